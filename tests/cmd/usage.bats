# SPDX-License-Identifier: Apache-2.0
load ../lib/slipway

@test "unknown command: status 2 and a suggestion" {
	run --separate-stderr slipway versoin
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == "slipway: unknown command 'versoin', did you mean 'version'?"* ]]
	[[ $stderr == *$'\n'"hint: "* ]]
}

@test "unknown second word" {
	run slipway task rum
	[ "$status" -eq 2 ]
	[[ $output == *"did you mean 'task run'?"* ]]
}

@test "unknown option: status 2 and a suggestion" {
	run slipway version --fromat json
	[ "$status" -eq 2 ]
	[[ $output == *"unknown option '--fromat', did you mean '--format'?"* ]]
}

@test "too many operands" {
	run slipway version now
	[ "$status" -eq 2 ]
	[[ $output == *"'now' is one operand too many"* ]]
}

@test "global options before and after the command" {
	slipway --log-level error version
	slipway version --log-level=error
	run slipway version --log-level loud
	[ "$status" -eq 2 ]
	run slipway version --format yaml
	[ "$status" -eq 2 ]
	[[ $output == *"hint: formats are table, json and ndjson"* ]]
}

@test "a bad line of the settings has file and line" {
	printf 'root = /x\nprogres = plain\n' >"$BATS_TEST_TMPDIR/conf"
	SLIPWAY_CONFIG=$BATS_TEST_TMPDIR/conf run slipway version
	[ "$status" -eq 2 ]
	[[ $output == *"conf:2: unknown setting 'progres'"* ]]
	[[ $output == *"hint: did you mean 'progress'?"* ]]
}

@test "a full disk under stdout is told" {
	[ -w /dev/full ] || skip "the host lacks /dev/full"
	run --separate-stderr bash -c '"$SLIPWAY" help >/dev/full'
	[ "$status" -eq 1 ]
	[[ $stderr == *"cannot write to standard output: No space left"* ]]
}

@test "a reader that goes away is no news" {
	run bash -c '"$SLIPWAY" help | true'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}
