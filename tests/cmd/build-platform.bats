#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# One image for several platforms. Nothing here runs a foreign program.

load ../lib/slipway

file_setup() {
	import_busybox
	context=$BATS_FILE_TMPDIR/context
	mkdir "$context"
	echo data >"$context/file"
	cat >"$context/Dockerfile" <<-'END'
		FROM --platform=$BUILDPLATFORM localhost/busybox:1 AS host
		ARG TARGETPLATFORM TARGETARCH
		RUN echo "made for $TARGETPLATFORM" >/made
		FROM scratch
		ARG TARGETARCH TARGETVARIANT
		COPY file /etc/file
		COPY --from=host /made /
		LABEL arch=$TARGETARCH$TARGETVARIANT
	END
}

test_setup() {
	context=$BATS_FILE_TMPDIR/context
	cd "$BATS_TEST_TMPDIR" || return
}

all=linux/amd64,linux/arm64,linux/arm/v7

build() { slipway build -q "$@" "$context"; }

# The members "architecture" of an index on stdin.
architectures() {
	grep -o '"architecture":"[a-z0-9]*"' | cut -d '"' -f 4 | xargs
}

@test "each platform has its own image, in the order asked for" {
	run -0 --separate-stderr build --platform "$all" -t multi:1
	[ "sha256:$(slipway inspect --raw multi:1 | sha256sum |
		cut -c 1-64)" = "$output" ]
	[ "$(slipway inspect --raw multi:1 | architectures)" = \
		"amd64 arm64 arm" ]
	slipway inspect --platform linux/arm64 multi:1 | grep -q '"arch": "arm64"'
	slipway inspect --platform linux/arm/v7 multi:1 | grep -q '"arch": "armv7"'
	# Several options, said twice, are as good; nothing is done again.
	run -0 --separate-stderr build --platform linux/amd64 \
		--platform linux/arm64,linux/amd64 --platform linux/arm/v7
	[ "sha256:$(slipway inspect --raw multi:1 | sha256sum |
		cut -c 1-64)" = "$output" ]
	run -0 slipway store check
}

@test "one platform is no index, unless it is wanted" {
	build --platform linux/arm64 -t one:1
	slipway inspect --raw one:1 | grep -q image.manifest
	build --build-arg BUILDKIT_MULTI_PLATFORM=1 -t one:2
	slipway inspect --raw one:2 | grep -q image.index
	DOCKER_DEFAULT_PLATFORM=linux/s390x build -t one:3
	slipway inspect --platform linux/s390x one:3 |
		grep -q '"Architecture": "s390x"'
}

@test "files are split by platform, archives hold all" {
	build --platform "$all" -o out -o type=oci,dest=oci.tar \
		-o type=tar,dest=files.tar
	[ "$(cat out/linux_arm_v7/made)" = "made for linux/arm/v7" ]
	[ "$(cat out/linux_arm64/made)" = "made for linux/arm64" ]
	tar -xOf files.tar linux_amd64/made | grep -q linux/amd64
	SLIPWAY_ROOT=$PWD/other slipway load -q -t back:1 oci.tar
	[ "$(SLIPWAY_ROOT=$PWD/other slipway inspect --raw back:1 |
		architectures)" = "amd64 arm64 arm" ]
	build --platform linux/arm64 -o type=local,dest=one,platform-split=true
	[ -e one/linux_arm64/made ]
	run build --platform "$all" -o type=docker,dest=x.tar
	[ "$status" = 2 ]
	[[ $output == *"several platforms"* ]]
}

@test "an index is pushed, pulled, saved, tagged and removed whole" {
	need skopeo
	start_registry
	run -0 --separate-stderr build --platform "$all" --push \
		-t "$REGISTRY/multi:1"
	[ "$(skopeo inspect --tls-verify=false --raw \
		"docker://$REGISTRY/multi:1" | architectures)" = \
		"amd64 arm64 arm" ]
	[ "sha256:$(skopeo inspect --tls-verify=false --raw \
		"docker://$REGISTRY/multi:1" | sha256sum | cut -c 1-64)" = \
		"$output" ]
	skopeo copy -q --all --src-tls-verify=false \
		"docker://$REGISTRY/multi:1" oci:all
	slipway tag "$REGISTRY/multi:1" again:1
	slipway push -q again:1 "$REGISTRY/multi:2"
	slipway save --format oci-archive -o saved.tar again:1
	tar -xOf saved.tar index.json | grep -q image.index
	slipway save -o docker.tar again:1
	skopeo inspect docker-archive:docker.tar | grep -q '"amd64"'
	slipway rmi again:1
	slipway prune >/dev/null
	run -0 slipway store check
	slipway inspect --platform linux/arm64 "$REGISTRY/multi:1" >/dev/null
	# Elsewhere only what is asked for comes.
	export SLIPWAY_ROOT=$PWD/other
	slipway pull -q --platform linux/arm64 "$REGISTRY/multi:1"
	slipway inspect --platform linux/arm64 "$REGISTRY/multi:1" >/dev/null
	slipway save --format oci-archive --platform linux/arm64 -o one.tar \
		"$REGISTRY/multi:1"
}

@test "annotations of one platform" {
	build --platform linux/amd64,linux/arm64 -t noted:1 \
		--annotation 'manifest[linux/arm64]:only=arm' \
		--annotation 'index,manifest-descriptor:all=yes'
	slipway inspect --raw noted:1 >index
	[ "$(grep -o '"all":"yes"' index | wc -l)" = 3 ]
	slipway save --format oci-dir -o layout noted:1
	[ "$(grep -l '"only":"arm"' layout/blobs/sha256/* | wc -l)" = 1 ]
}

@test "a failure names its platform" {
	printf '%s\n' 'FROM --platform=$BUILDPLATFORM localhost/busybox:1' \
		'ARG TARGETARCH' 'RUN test "$TARGETARCH" != arm64' \
		>"$BATS_TEST_TMPDIR/Dockerfile"
	run slipway build --platform "$all" "$BATS_TEST_TMPDIR"
	[ "$status" = 1 ]
	[[ $output == *"linux/arm64: "*"Dockerfile:3"* ]]
}
