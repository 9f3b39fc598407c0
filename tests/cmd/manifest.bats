#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

# amd:1 and arm:1, here and in the registry.
file_setup() {
	local arch
	command -v skopeo docker-registry >/dev/null || return 0
	start_registry
	export REGISTRY
	for arch in amd64 arm64; do
		printf 'FROM scratch\nLABEL arch=%s\nCOPY Dockerfile /\n' "$arch" \
			>"$BATS_FILE_TMPDIR/Dockerfile"
		slipway build -q --platform "linux/$arch" -t "${arch%64}:1" \
			"$BATS_FILE_TMPDIR"
		slipway push -q "${arch%64}:1" "$REGISTRY/${arch%64}:1"
	done
}

test_setup() {
	need skopeo docker-registry
	cd "$BATS_TEST_TMPDIR" || return
}

# entries LIST [WORDS...]: one line an entry.
entries() {
	slipway manifest inspect "$1" |
		jq -r '.manifests[] | [.platform.os, .platform.architecture,
			.platform.variant // "-"] | join("/")'
}

@test "manifest: a list of images that are here, pushed and pulled" {
	run -0 --separate-stderr slipway manifest create both:1 amd:1 arm:1
	[[ $output == sha256:* ]]
	[ "$(entries both:1)" = $'linux/amd64/-\nlinux/arm64/-' ]
	run -0 --separate-stderr slipway manifest push -q --digestfile digest \
		both:1 "docker://$REGISTRY/both:1"
	[ "$output" = "$(cat digest)" ]
	run -0 skopeo inspect --tls-verify=false --override-arch arm64 --config \
		"docker://$REGISTRY/both:1"
	[[ $output == *'"arch": "arm64"'* ]]
	skopeo copy -q --all --src-tls-verify=false \
		"docker://$REGISTRY/both:1" oci:check
	slipway store check
}

@test "manifest: of images in a registry, by a store that has nothing" {
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/store
	slipway manifest create "$REGISTRY/far:1" "$REGISTRY/amd:1" \
		"docker://$REGISTRY/arm:1"
	slipway manifest annotate "$REGISTRY/far:1" "$REGISTRY/arm:1" \
		--variant v8 --annotation a=b
	[ "$(entries "$REGISTRY/far:1")" = $'linux/amd64/-\nlinux/arm64/v8' ]
	slipway manifest push -q --purge "$REGISTRY/far:1"
	run -2 slipway manifest inspect "$REGISTRY/far:1"
	run -0 skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/far:1"
	[ "$(jq -r '.manifests[1].annotations.a' <<<"$output")" = b ]
}

@test "manifest: lists grow, shrink and go" {
	local digest
	slipway manifest create grow:1
	[ -z "$(entries grow:1)" ]
	slipway images
	slipway manifest add --os linux --arch riscv64 --os-features x grow:1 amd:1
	slipway manifest add grow:1 amd:1
	slipway manifest create --amend grow:1 arm:1
	[ "$(entries grow:1)" = $'linux/riscv64/-\nlinux/arm64/-' ]
	slipway manifest create --all all:1 grow:1
	[ "$(entries all:1)" = "$(entries grow:1)" ]
	digest=$(slipway manifest inspect grow:1 | jq -r '.manifests[0].digest')
	slipway manifest remove grow:1 "$digest"
	[ "$(entries grow:1)" = linux/arm64/- ]
	slipway prune -f >/dev/null
	slipway manifest rm grow:1 all:1
	run -2 slipway manifest inspect grow:1
	slipway inspect arm:1 >/dev/null
}

@test "manifest: what cannot be done" {
	slipway manifest create there:1 amd:1
	run -2 slipway manifest create there:1 arm:1
	[[ $output == *--amend* ]]
	run -2 slipway manifest inspect amd:1
	[[ $output == *"no list"* ]]
	run -2 slipway manifest annotate there:1 arm:1 --os linux
	[[ $output == *"the list has no"* ]]
	run -2 slipway manifest annotate there:1 amd:1 --annotation x
	run -4 slipway manifest create new:1 "$REGISTRY/none:1"
	run -2 slipway manifest inspect new:1
	run -2 slipway manifest push there:1 oci:x
	[[ $output == *"copy --all"* ]]
	run -2 slipway manifest rm amd:1
	slipway manifest rm there:1
}
