#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

test_setup() {
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/store
	import_busybox a:1
}

layer() {
	slipway inspect a:1 | sed -n '/"Layers"/{n;s/.*sha256:\([0-9a-f]*\).*/\1/p;}'
}

@test "store check: a good store" {
	run -0 --separate-stderr slipway store check
	[ "$output" = "1 tags, 1 images, 3 blobs, 0 trees, 0 steps looked at; problems: 0" ]
	run -0 --separate-stderr slipway store check --format ndjson
	[[ $output == '{"Problems":[],"Refs":1,'* ]]
}

@test "store check: a flipped byte in a layer is status 6 and named" {
	local blob
	blob=$SLIPWAY_ROOT/blobs/sha256/$(layer)
	printf X | dd of="$blob" bs=1 seek=1000 conv=notrunc status=none
	run -6 slipway store check
	[[ $output == *"blobs/sha256/$(layer): has digest 'sha256:"* ]]
	[[ $output == *"problems: 1"* ]]
	[[ $output == *"store '$SLIPWAY_ROOT' is damaged"* ]]
}

@test "store check: a missing layer is told by its tag" {
	rm "$SLIPWAY_ROOT/blobs/sha256/$(layer)"
	run -6 slipway store check
	[[ $output == *"refs/docker.io/library/a:1: layer with diff id"* ]]
}

@test "store check: the tree of a build" {
	dockerfile "$BATS_TEST_TMPDIR/context" <<-'EOF'
		FROM a:1
		RUN echo x >/x
	EOF
	slipway build -t b:1 "$BATS_TEST_TMPDIR/context"
	run -0 --separate-stderr slipway store check --trees
	[[ $output == *" 1 trees, 1 steps looked at; problems: 0" ]]
	slipway unshare sh -c 'echo y >"$1"' sh \
		"$(echo "$SLIPWAY_ROOT"/trees/*/x)"
	run -6 slipway store check --trees
	[[ $output == *"trees/"*": has digest"* ]]
	slipway store check
}

@test "store check: a store of a later format is refused" {
	echo 2 >"$SLIPWAY_ROOT/version"
	run -5 slipway store check
	[[ $output == *"has format 2, this slipway knows 1"*"hint: "* ]]
	: >"$SLIPWAY_ROOT/version"
	run -6 slipway store check
}

@test "store check: a directory of other files never becomes a store" {
	mkdir "$BATS_TEST_TMPDIR/mine"
	touch "$BATS_TEST_TMPDIR/mine/file"
	run -2 slipway --root "$BATS_TEST_TMPDIR/mine" store check
	[[ $output == *"is not empty and no store of slipway"* ]]
	[ "$(ls "$BATS_TEST_TMPDIR/mine")" = file ]
}

@test "store: what a killed process left goes with the next command" {
	mkdir -p "$SLIPWAY_ROOT/tmp/half/w/work"
	touch "$SLIPWAY_ROOT/tmp/half/w/file"
	chmod 0 "$SLIPWAY_ROOT/tmp/half/w/work"
	slipway images
	run -0 ls "$SLIPWAY_ROOT/tmp"
	[ -z "$output" ]
}
