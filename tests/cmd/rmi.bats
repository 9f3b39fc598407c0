#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

test_setup() {
	import_busybox a:1
	slipway tag a:1 b:1
}

@test "rmi: a name goes, the other stays" {
	run -0 --separate-stderr slipway rmi a:1
	[ "$output" = "Untagged: a:1" ]
	slipway inspect b:1
	run -3 slipway rmi a:1
	[[ $output == *"no image 'a:1' here"* ]]
	run -0 slipway rmi --force a:1
	[ -z "$output" ]
}

@test "rmi: by id, one name or --force" {
	local id
	id=$(slipway images -q a:1)
	run -2 slipway rmi "$id"
	[[ $output == *"has 2 names"*"--force takes all of them"* ]]
	run -0 --separate-stderr slipway rmi --force "$id"
	[ "${#lines[@]}" -eq 2 ]
	run -3 slipway inspect b:1
}

@test "rmi: the last name leaves no directory behind" {
	slipway rmi a:1 b:1
	run -0 find "$SLIPWAY_ROOT/refs" -mindepth 1
	[ -z "$output" ]
}
