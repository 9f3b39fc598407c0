#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway unshare: a command among the store's owners.

load ../lib/slipway

@test "root inside" {
	run --separate-stderr slipway unshare id -u
	[ "$status" -eq 0 ]
	[ "$output" = 0 ]
}

@test "files of other owners come and go" {
	need_range
	mkdir "$BATS_TEST_TMPDIR/d"
	slipway unshare sh -c "touch '$BATS_TEST_TMPDIR/d/f' &&
		chown 1234:1234 '$BATS_TEST_TMPDIR/d/f' &&
		chown 1234 '$BATS_TEST_TMPDIR/d' &&
		chmod 700 '$BATS_TEST_TMPDIR/d'"
	run --separate-stderr slipway unshare stat -c %u \
		"$BATS_TEST_TMPDIR/d/f"
	[ "$output" = 1234 ]
	slipway unshare rm -r "$BATS_TEST_TMPDIR/d"
	[ ! -e "$BATS_TEST_TMPDIR/d" ]
}

@test "without a command a shell" {
	run --separate-stderr env SHELL=/bin/sh "$SLIPWAY" unshare < <(echo id -u)
	[ "$output" = 0 ]
}

@test "its status is the command's" {
	run -9 slipway unshare sh -c 'exit 9'
	run -127 slipway unshare no-such-command
	run -126 slipway unshare /etc/passwd
	run --separate-stderr slipway unshare echo --identity x
	[ "$output" = '--identity x' ]
}
