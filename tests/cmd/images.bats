#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

file_setup() {
	export SOURCE_DATE_EPOCH=0
	import_busybox localhost/busybox:1
	import_busybox busybox:2
	import_busybox team/app:x
}

@test "images: a line for each tag, as docker prints them" {
	run -0 --separate-stderr slipway images
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} =~ ^REPOSITORY\ +TAG\ +IMAGE\ ID\ +CREATED\ +SIZE$ ]]
	[[ ${lines[1]} =~ ^busybox\ +2\ +[0-9a-f]{12}\ +.*\ ago\ +[0-9.]+MB$ ]]
	[[ ${lines[2]} =~ ^team/app\ +x\  ]]
	[[ ${lines[3]} =~ ^localhost/busybox\ +1\  ]]
}

@test "images: an empty store is an empty table, and an empty array" {
	run -0 slipway --root "$BATS_TEST_TMPDIR/none" images
	[ "${#lines[@]}" -eq 1 ]
	run -0 slipway --root "$BATS_TEST_TMPDIR/none" images --format json
	[ "$output" = '[]' ]
}

@test "images: --format json says what inspect says" {
	run -0 slipway images --format json busybox:2
	local id
	id=$(slipway inspect busybox:2 | member Id)
	[[ $output == *"\"ID\": \"$id\""* ]]
	[[ $output == *'"Repository": "busybox"'* ]]
	[[ $output == *'"Tag": "2"'* ]]
	run -0 slipway images --format ndjson
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == '{"Repository":"busybox","Tag":"2",'*'}' ]]
}

# The value of the first member of that name.
member() {
	sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" | head -n 1
}

@test "images: -q, --digests and --no-trunc" {
	run -0 slipway images -q
	[ "${#lines[@]}" -eq 1 ]
	[[ $output =~ ^[0-9a-f]{12}$ ]]
	local short=$output
	run -0 slipway images -q --no-trunc
	[[ $output =~ ^sha256:${short}[0-9a-f]{52}$ ]]
	run -0 slipway images --digests busybox
	[[ ${lines[0]} == *" DIGEST "* ]]
	[[ ${lines[1]} == *" $(slipway inspect busybox:2 | member Digest) "* ]]
}

@test "images: the operand chooses" {
	run -0 slipway images busybox
	[ "${#lines[@]}" -eq 2 ]
	run -0 slipway images docker.io/library/busybox
	[ "${#lines[@]}" -eq 2 ]
	run -0 slipway images 'localhost/*'
	[ "${#lines[@]}" -eq 2 ]
	run -0 slipway images busybox:1
	[ "${#lines[@]}" -eq 1 ]
}

@test "images: one that cannot be read is still listed" {
	local root=$BATS_TEST_TMPDIR/store config
	SLIPWAY_ROOT=$root import_busybox a:1
	config=$(slipway --root "$root" inspect a:1 | member Id)
	rm "$root/blobs/sha256/${config#sha256:}"
	run -0 slipway --root "$root" images
	[[ ${lines[1]} =~ ^a\ +1\ +[0-9a-f]{12}\ +N/A\ +N/A$ ]]
	run -0 slipway --root "$root" images --format ndjson
	[[ $output == *'"Created":null,"Size":null}' ]]
}
