#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

file_setup() {
	import_busybox a:1
}

@test "tag: other names for the same image" {
	run -0 --separate-stderr slipway tag a:1 b localhost:5000/x/y:z
	[ -z "$output" ]
	run -0 slipway images -q
	[ "${#lines[@]}" -eq 1 ]
	run -0 slipway images
	[ "${#lines[@]}" -eq 4 ]
}

@test "tag: by id, and again" {
	slipway tag "$(slipway images -q a:1)" c:1
	slipway tag a:1 c:1
	slipway inspect c:1
}

@test "tag: names that are none, and images that are not here" {
	run -2 slipway tag a:1 B:1
	[[ $output == *"must be lower case"* ]]
	run -2 slipway tag a:1 "b@$(slipway inspect --raw a:1 | sha256sum |
		sed 's/^\(.\{64\}\).*/sha256:\1/')"
	run -2 slipway tag a:1
	run -3 slipway tag nothing:1 b:1
}
