#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

file_setup() {
	slipway import -m 'from a tar' "$(busybox_tar)" a:1
}

@test "history: docker's columns" {
	run -0 --separate-stderr slipway history a:1
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} =~ ^IMAGE\ +CREATED\ +CREATED\ BY\ +SIZE\ +COMMENT$ ]]
	[[ ${lines[1]} =~ ^[0-9a-f]{12}\ +.*\ ago\ +slipway\ import\ +[0-9.]+[kM]B\ +from\ a\ tar$ ]]
}

@test "history: --format, --no-trunc, -q" {
	run -0 slipway history --format ndjson a:1
	[[ $output =~ ^\{\"ID\":\"sha256:[0-9a-f]{64}\",\"Created\":\"20.*Z\",\"CreatedBy\":\"slipway\ import\",\"Size\":[0-9]+,\"Comment\":\"from\ a\ tar\",\"EmptyLayer\":false\}$ ]]
	run -0 slipway history -q a:1
	[[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
	local id=$output
	run -0 slipway history --no-trunc a:1
	[[ ${lines[1]} == "$id "* ]]
}

@test "history: of what is not here" {
	run -3 slipway history b:1
}
