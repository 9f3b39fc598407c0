#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Random Dockerfiles, built here and by buildah.

load ../lib/slipway

# Its files have their owners only where they were made.
file_teardown() {
	buildah unshare rm -rf "$HOME/.local/share/containers" 2>/dev/null || true
}

@test "random Dockerfiles give what buildah makes of them" {
	need buildah python3
	[ "$(identity)" = range ] || skip "one way to own files is enough here"
	export STORAGE_DRIVER=overlay
	run -0 "$BATS_TEST_DIRNAME/differential" --count 8
}
