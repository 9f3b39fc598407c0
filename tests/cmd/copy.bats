#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

# app is for two platforms, and was never unpacked here.
file_setup() {
	command -v skopeo umoci docker-registry >/dev/null || return 0
	busybox_layout "$BATS_FILE_TMPDIR/layout"
	cat >"$BATS_FILE_TMPDIR/Dockerfile" <<-'END'
		FROM scratch
		ARG TARGETARCH
		LABEL arch=$TARGETARCH
		COPY file /
	END
	echo text >"$BATS_FILE_TMPDIR/file"
	start_registry
	slipway build -q --platform linux/amd64,linux/arm64 --push \
		-t "$REGISTRY/app:1" "$BATS_FILE_TMPDIR"
	export REGISTRY
}

test_setup() {
	need skopeo umoci docker-registry
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/store
	cd "$BATS_TEST_TMPDIR" || return
}

there() { skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/$1"; }

@test "copy between registries keeps every byte" {
	local digest
	run -0 --separate-stderr slipway copy -q --all \
		"docker://$REGISTRY/app:1" "docker://$REGISTRY/app/copy:2"
	digest=$output
	[ "$(there app:1)" = "$(there app/copy:2)" ]
	[ "$(there app:1 | sha256sum | cut -c 1-64)" = "${digest#sha256:}" ]
	skopeo copy -q --all --src-tls-verify=false \
		"docker://$REGISTRY/app/copy:2" oci:check
	[ ! -d "$SLIPWAY_ROOT/trees" ] || [ -z "$(ls "$SLIPWAY_ROOT/trees")" ]
	run -0 slipway images --format ndjson
	[ -z "$output" ]
}

@test "copy one platform of several" {
	slipway copy -q --platform linux/arm64 --digestfile digest \
		"docker://$REGISTRY/app:1" oci:layout:arm
	run -0 skopeo inspect --config oci:layout:arm
	[[ $output == *'"arch": "arm64"'* ]]
	[ "sha256:$(skopeo inspect --raw oci:layout:arm | sha256sum |
		cut -c 1-64)" = "$(cat digest)" ]
	slipway copy -q "docker://$REGISTRY/app:1" here:1
	run -0 slipway inspect here:1
	[[ $output != *'"Architecture": "arm64"'* ]] || [ "$(uname -m)" = aarch64 ]
}

@test "copy through every kind of archive and back" {
	local digest at=oci:first:latest next
	skopeo copy -q "oci:$BATS_FILE_TMPDIR/layout:latest" "$at"
	digest=$(skopeo inspect --format '{{.Digest}}' "$at")
	for next in oci:second:a oci-archive:third.tar:a here:1 \
		"docker://$REGISTRY/there:1" oci-archive:fourth.tar; do
		run -0 --separate-stderr slipway copy -q "$at" "$next"
		[ "$output" = "$digest" ]
		at=$next
	done
	slipway copy -q "$at" docker-archive:fifth.tar:mine:3
	slipway copy -q docker-archive:fifth.tar:mine:3 here:2
	slipway copy -q docker-archive:fifth.tar here:2
	[ "$(slipway inspect --config here:1)" = \
		"$(slipway inspect --config here:2)" ]
	skopeo inspect docker-archive:fifth.tar
	skopeo inspect oci-archive:third.tar:a
	slipway store check
}

@test "copy: what cannot be done" {
	run -2 slipway copy here:1 dir:x
	[[ $output == *"no transport of ours"* ]]
	run -2 slipway copy here:1 docker://UPPER
	run -3 slipway copy oci:missing here:1
	slipway copy -q "oci:$BATS_FILE_TMPDIR/layout:latest" oci:two:a
	slipway copy -q "docker://$REGISTRY/app:1" oci:two:b
	run -3 slipway copy oci:two here:1
	[[ $output == *"2 images"* ]]
	run -3 slipway copy oci:two:c here:1
	[[ $output == *"no image 'c'"* ]]
	run -4 slipway copy "docker://$REGISTRY/none:1" here:1
	run -2 slipway copy --all "docker://$REGISTRY/app:1" docker-archive:x
	[ ! -e x ]
}
