#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Archives that build, save and copy write are images of one id to buildah.

load ../lib/slipway

test_setup() {
	need buildah
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/store
	cd "$BATS_TEST_TMPDIR" || return
	mkdir context
	printf 'FROM scratch\nCOPY Dockerfile /f\nLABEL a=b\n' \
		>context/Dockerfile
}

theirs() {
	buildah --storage-driver vfs --root "$PWD/root" --runroot "$PWD/run" "$@"
}

teardown() {
	"$SLIPWAY" unshare rm -rf "$BATS_TEST_TMPDIR/root" 2>/dev/null || true
}

@test "buildah reads what build, save and copy write" {
	local id from
	theirs images >/dev/null 2>&1 || skip "buildah cannot work as this user"
	slipway build -q -t app:1 -o type=oci,dest=built-oci.tar \
		-o type=docker,dest=built-docker.tar context
	slipway save -o saved-docker.tar app:1
	slipway save --format oci-archive -o saved-oci.tar app:1
	slipway copy -q app:1 docker-archive:copied-docker.tar:app:1
	slipway copy -q app:1 oci-archive:copied-oci.tar:app:1
	id=$(slipway inspect app:1 | jq -r '.[0].Id')
	for from in built saved copied; do
		run -0 --separate-stderr theirs pull -q "docker-archive:$from-docker.tar"
		[ "sha256:$output" = "$id" ]
		run -0 --separate-stderr theirs pull -q "oci-archive:$from-oci.tar"
		[ "sha256:$output" = "$id" ]
	done
	run -0 --separate-stderr theirs inspect --type image \
		--format '{{.OCIv1.Config.Labels}}' "${id#sha256:}"
	[ "$output" = 'map[a:b]' ]
}
