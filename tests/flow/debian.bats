#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The main job, end to end: a Debian base from a real registry, a build with
# every plain instruction, pushed; read back by skopeo, umoci, podman and
# buildah; equal to what buildah makes of the same Dockerfile.

load ../lib/slipway

flow=$BATS_TEST_DIRNAME

# A context with what copying can get wrong: modes, links, an archive of other
# people's files, ignored ones.
make_context() {
	local c=$1
	mkdir -p "$c/tree/deep/er" "$c/ignored"
	cp "$flow/debian/Dockerfile" "$c/"
	echo single >"$c/single"
	echo leaf >"$c/tree/deep/er/leaf"
	echo ignored | tee "$c/ignored/file" "$c/tree/x.log" >/dev/null
	ln -s deep/er/leaf "$c/tree/link"
	ln "$c/tree/deep/er/leaf" "$c/tree/hard"
	chmod 750 "$c/tree/deep"
	chmod 600 "$c/tree/deep/er/leaf"
	printf '%s\n' ignored '**/*.log' >"$c/.dockerignore"
	mkdir -p "$c/pack/in"
	echo packed >"$c/pack/in/file"
	tar --owner=99 --group=98 --numeric-owner --sort=name \
		-C "$c/pack" -czf "$c/data.tar.gz" in
	rm -rf "$c/pack"
}

file_setup() {
	# Each test says so itself.
	[ "$(identity)" != single ] || return 0
	need skopeo umoci buildah podman mmdebstrap
	start_registry
	local layout=$BATS_FILE_TMPDIR/layout
	umoci init --layout "$layout"
	umoci new --image "$layout:latest"
	umoci raw add-layer --image "$layout:latest" "$(debian_tar)"
	umoci config --image "$layout:latest" --config.cmd /bin/bash
	skopeo copy -q --dest-tls-verify=false "oci:$layout:latest" \
		"docker://$REGISTRY/debian:12"
	rm -rf "$layout"
	make_context "$BATS_FILE_TMPDIR/context"
	export BUILDAH_ISOLATION=chroot
	BUILDAH="buildah --root $BATS_FILE_TMPDIR/buildah --runroot $BATS_FILE_TMPDIR/buildah-run --storage-driver overlay"
	[ "$(id -u)" = 0 ] || BUILDAH="buildah --root $HOME/buildah --runroot $HOME/buildah-run --storage-driver overlay"
	export BUILDAH
}

file_teardown() {
	[ -z "${BUILDAH:-}" ] || in_buildah rm -rf "$BATS_FILE_TMPDIR/buildah" \
		"$HOME/buildah" || true
}

# Where buildah's files have their owners.
in_buildah() {
	if [ "$(id -u)" = 0 ]; then "$@"; else buildah unshare "$@"; fi
}

# list_image REFERENCE FILE: the flattened tree as buildah sees it.
list_image() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_buildah bash -c '
		set -e
		container=$($1 from --pull-always --tls-verify=false "$2")
		"$3" "$($1 mount "$container")" >"$4"
		$1 umount "$container" >/dev/null
		$1 rm "$container" >/dev/null' \
		bash "$BUILDAH" "$1" "$flow/../lib/tree-list" "$2"
}

@test "build and push: a real Debian image from a registry base" {
	need_range
	run -0 --separate-stderr slipway build --build-arg VERSION=7 \
		--build-arg "BASE=$REGISTRY/debian:12" \
		-t "$REGISTRY/app:1" --push "$BATS_FILE_TMPDIR/context"
	[[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
	echo "$output" >"$BATS_FILE_TMPDIR/digest"
}

@test "skopeo reads the pushed image and its digest is the one printed" {
	need_range
	run -0 skopeo inspect --tls-verify=false --format '{{.Digest}}' \
		"docker://$REGISTRY/app:1"
	[ "$output" = "$(cat "$BATS_FILE_TMPDIR/digest")" ]
}

@test "the tree equals what buildah makes of the same Dockerfile" {
	need_range
	# shellcheck disable=SC2086 # BUILDAH is a command and its options
	$BUILDAH bud --layers --tls-verify=false --format docker \
		--build-arg VERSION=7 --build-arg "BASE=$REGISTRY/debian:12" \
		-t "$REGISTRY/app:buildah" "$BATS_FILE_TMPDIR/context"
	# shellcheck disable=SC2086
	$BUILDAH push -q --tls-verify=false "$REGISTRY/app:buildah" \
		"docker://$REGISTRY/app:buildah"
	list_image "$REGISTRY/app:1" "$BATS_FILE_TMPDIR/ours"
	list_image "$REGISTRY/app:buildah" "$BATS_FILE_TMPDIR/theirs"
	[ "$(wc -l <"$BATS_FILE_TMPDIR/ours")" -gt 5000 ]
	# Debian's buildah leaves empty mount points of its RUN behind.
	grep -vE '^(etc/(hosts|hostname|resolv.conf)|run/?(\.containerenv|secrets)?) ' \
		"$BATS_FILE_TMPDIR/theirs" >"$BATS_FILE_TMPDIR/theirs.clean"
	grep -vE '^(etc/(hosts|hostname|resolv.conf)|run/?(\.containerenv|secrets)?) ' \
		"$BATS_FILE_TMPDIR/ours" >"$BATS_FILE_TMPDIR/ours.clean"
	diff "$BATS_FILE_TMPDIR/theirs.clean" "$BATS_FILE_TMPDIR/ours.clean"
}

@test "the config equals what buildah makes of the same Dockerfile" {
	need_range
	for tag in 1 buildah; do
		skopeo inspect --tls-verify=false --config --raw \
			"docker://$REGISTRY/app:$tag" |
			"$flow/../lib/config-list" >"$BATS_FILE_TMPDIR/config.$tag"
	done
	diff "$BATS_FILE_TMPDIR/config.buildah" "$BATS_FILE_TMPDIR/config.1"
}

@test "umoci unpacks it, owners and all" {
	[ "$(id -u)" = 0 ] || skip "umoci keeps owners only as root"
	skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/app:1" \
		"oci:$BATS_FILE_TMPDIR/out:1"
	umoci unpack --image "$BATS_FILE_TMPDIR/out:1" "$BATS_FILE_TMPDIR/bundle"
	"$flow/../lib/tree-list" "$BATS_FILE_TMPDIR/bundle/rootfs" \
		>"$BATS_FILE_TMPDIR/umoci"
	diff "$BATS_FILE_TMPDIR/ours" "$BATS_FILE_TMPDIR/umoci"
}

@test "podman runs it" {
	need_range
	run podman --root "$HOME/podman" --runroot "$(mktemp -d /tmp/pXXXXXX)" \
		--storage-driver overlay --cgroup-manager cgroupfs run --rm \
		--cgroups=disabled --ulimit nofile=1024:1024 \
		--ulimit nproc=1024:1024 --network host --tls-verify=false \
		"$REGISTRY/app:1"
	echo "$output"
	umount -R "$HOME/podman/overlay" 2>/dev/null || true
	in_buildah rm -rf "$HOME/podman"
	[[ $output != *"hybrid mode not supported"* ]] ||
		skip "the host's cgroups are hybrid, which podman's crun refuses"
	[ "$status" = 0 ]
	[[ $output == *"ran as worker in /home/worker/app/sub with a b"* ]]
}

@test "buildah runs it" {
	need_range
	# shellcheck disable=SC2016,SC2086 # for the inner shell; words
	run -0 bash -c 'c=$($0 from --pull-never "$1") &&
		$0 run --isolation chroot --user worker $c -- \
			sh -c "id -un; pwd; echo \$A" && $0 rm $c' \
		"$BUILDAH" "$REGISTRY/app:1"
	[[ $output == *"worker"*"/home/worker/app/sub"*"a b"* ]]
}

@test "slipway runs it: entrypoint, user, working directory, environment" {
	need_range
	run -0 slipway run "$REGISTRY/app:1"
	[ "$output" = "ran as worker in /home/worker/app/sub with a b" ]
}

@test "a second build is all from the cache and gives the same digest" {
	need_range
	run -0 --separate-stderr slipway build --build-arg VERSION=7 \
		--build-arg "BASE=$REGISTRY/debian:12" \
		-t "$REGISTRY/app:1" --push "$BATS_FILE_TMPDIR/context"
	[ "$output" = "$(cat "$BATS_FILE_TMPDIR/digest")" ]
}
