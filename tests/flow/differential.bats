#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Random Dockerfiles, built here and by buildah.

load ../lib/slipway

@test "random Dockerfiles give what buildah makes of them" {
	need buildah python3
	[ "$(identity)" = range ] || skip "one way to own files is enough here"
	run -0 "$BATS_TEST_DIRNAME/differential" --count 8
}
