#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

test_setup() {
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/store
	import_busybox a:1
}

blobs() { find "$SLIPWAY_ROOT/blobs/sha256" -type f | wc -l; }

@test "prune: what a tag needs stays" {
	run -0 --separate-stderr slipway prune --all
	[ "$output" = "Total reclaimed space: 0B" ]
	slipway store check
}

@test "prune: what nobody needs goes, when it is old enough or all is asked" {
	slipway rmi a:1
	run -0 --separate-stderr slipway prune
	[ "$output" = "Total reclaimed space: 0B" ]
	run -0 --separate-stderr slipway prune --all --dry-run
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} =~ ^Would\ delete:\ blob\ sha256:[0-9a-f]{64}$ ]]
	[[ ${lines[3]} =~ ^Total\ reclaimable\ space:\ [0-9.]+MB$ ]]
	[ "$(blobs)" -eq 3 ]
	run -0 --separate-stderr slipway prune --all
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} == "Deleted: blob sha256:"* ]]
	[ "$(blobs)" -eq 0 ]
}

@test "prune: --format json" {
	slipway rmi a:1
	run -0 --separate-stderr slipway prune --all --format ndjson
	[[ $output =~ ^\{\"Removed\":\[\"blob\ sha256:.*\],\"Bytes\":[0-9]+,\"DryRun\":false\}$ ]]
}

@test "prune: trees of a build and its step cache" {
	dockerfile "$BATS_TEST_TMPDIR/context" <<-'EOF'
		FROM a:1
		RUN echo x >/x; mkdir /d; chown 1:1 /d; chmod 0 /d
	EOF
	slipway build -t b:1 "$BATS_TEST_TMPDIR/context"
	slipway rmi a:1 b:1
	# The step is remembered, so its layer stays.
	run -0 --separate-stderr slipway prune
	[[ $output != *"tree "* ]]
	run -0 --separate-stderr slipway prune --all
	[[ $output == *"Deleted: step "* ]]
	[[ $output == *"Deleted: tree "* ]]
	run -0 ls "$SLIPWAY_ROOT/trees" "$SLIPWAY_ROOT/steps" "$SLIPWAY_ROOT/tmp"
	[[ $output != *[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]* ]]
}

@test "prune: --keep-steps is a duration" {
	run -2 slipway prune --keep-steps soon
	[[ $output == *"--keep-steps"* ]]
	slipway prune --keep-steps 1h30m
}

@test "prune: waits for others who use the store" {
	exec 7<"$SLIPWAY_ROOT/version"
	flock -s 7
	slipway rmi a:1
	mkfifo "$BATS_TEST_TMPDIR/log"
	slipway --log-level info prune --all >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/log" 7>&- &
	local pid=$! line
	exec 8<"$BATS_TEST_TMPDIR/log"
	until [[ $line == *"waiting for others"* ]]; do
		read -r line <&8
	done
	[ "$(blobs)" -eq 3 ]
	exec 7<&-
	wait $pid
	exec 8<&-
	[ "$(blobs)" -eq 0 ]
}
