# SPDX-License-Identifier: Apache-2.0
# One file for each mistake a task file can have: tests/task/negative. What is
# said of it stands in the file "expected" there, sorted by name.
load ../lib/slipway

negative=$BATS_TEST_DIRNAME/../task/negative

test_setup() {
	cp -r "$negative" "$BATS_TEST_TMPDIR/files"
	cd "$BATS_TEST_TMPDIR/files" || return
}

# options FILE: those it is a mistake with.
options() {
	case $1 in
	forward-reference.yaml) echo --compat=acr ;;
	esac
}

@test "each file has its place, its message, status 2" {
	local file
	for file in *.yaml; do
		# shellcheck disable=SC2046
		run slipway task lint $(options "$file") -f "$file" .
		[ "$status" -eq 2 ] || echo "$file: status $status"
		echo "${lines[0]#slipway: }"
	done >found
	diff -u expected found
}

@test "nothing is executed" {
	local file
	for file in *.yaml; do
		# shellcheck disable=SC2046
		run --separate-stderr slipway task run $(options "$file") \
			-f "$file" .
		[ "$status" -eq 2 ] || echo "$file: status $status"
		[ -z "$output" ] || echo "$file: $output"
		[[ $stderr != *"#1 "* ]] || echo "$file: $stderr"
	done >wrong
	cat wrong
	[ ! -s wrong ]
	[ ! -e "$XDG_STATE_HOME/slipway/runs" ]
}

@test "what is relaxed with --compat=acr is a warning" {
	local file
	for file in unknown-key unknown-key-of-task untagged-key duplicate-key \
		octal-timeout octal-retries float-retries empty-steps no-steps \
		two-documents template-no-field env-without-value alias-too-old
	do
		run slipway task lint --compat=acr -f "$file.yaml" .
		[ "$status" -eq 0 ] || echo "$file: $status $output"
	done >wrong
	cat wrong
	[ ! -s wrong ]
}
