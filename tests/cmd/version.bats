# SPDX-License-Identifier: Apache-2.0
load ../lib/slipway

@test "version names program, version and platform" {
	run slipway version
	[ "$status" -eq 0 ]
	[[ $output =~ ^slipway\ [0-9]+\.[0-9]+\.[0-9]+\ linux/ ]]
	run slipway --version
	[[ $output =~ ^slipway\ [0-9] ]]
}

@test "version as JSON" {
	run slipway version --format json
	[ "$status" -eq 0 ]
	[[ $output == '{"version":"'*'","os":"linux","machine":"'*'"}' ]]
}

@test "version touches nothing but the settings" {
	slipway version
	[ ! -e "$SLIPWAY_ROOT" ]
}
