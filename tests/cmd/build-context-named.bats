#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build --build-context: what names of a Dockerfile mean instead. The
# order of look-ups is BuildKit's.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
	printf 'FROM localhost/busybox:1\nCOPY <<EOF /other\nother\nEOF\n' |
		slipway build -t localhost/other:1 -
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	extra=$BATS_TEST_TMPDIR/extra
	mkdir -p "$context" "$extra/dir"
	echo main >"$context/file"
	echo extra >"$extra/file"
	echo secret >"$extra/secret"
	echo deep >"$extra/dir/deep"
	echo secret >"$extra/.dockerignore"
	mkdir -p "$SLIPWAY_ROOT/tmp"
}

teardown() {
	[ -z "$(ls -A "$SLIPWAY_ROOT/tmp")" ]
}

build() { slipway build -t localhost/named:1 "$@" "$context"; }

in_image() {
	run -0 --separate-stderr slipway run localhost/named:1 "$@"
	xargs <<<"$output"
}

refused() {
	local want=$1 words=$2
	shift 2
	run build "$@"
	if [ "$status" != "$want" ] || [[ $output != *"$words"* ]]; then
		echo "status $status of $*: $output"
		return 1
	fi
}

@test "a directory: COPY --from, RUN --mount, and its own ignore file" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		COPY --from=Extra . /c/
		COPY --from=extra dir/de*p /d/
		RUN --mount=from=extra,target=/m cat /m/file /c/file >/both; \
			ls -A /m >/list
		COPY file /main
	END
	build --build-context extra="$extra"
	[ "$(in_image cat /both /d/deep /main)" = 'extra extra deep main' ]
	[ "$(in_image cat /list)" = '.dockerignore dir file' ]
	run slipway run localhost/named:1 cat /c/secret
	[ "$status" != 0 ]
	[ "$(in_image stat -c %u:%g /c/file)" = 0:0 ]
}

@test "the key of a directory is what is in it" {
	printf 'FROM scratch\nCOPY --from=extra file /f\n' >"$context/Dockerfile"
	one=$(build --build-context extra="$extra")
	touch "$extra/file"
	cp -r "$extra" "$extra.copy"
	[ "$(build --build-context extra="$extra.copy")" = "$one" ]
	echo changed >"$extra/file"
	[ "$(build --build-context extra="$extra")" != "$one" ]
}

@test "a directory as what a stage stands on, or instead of it" {
	dockerfile "$context" <<-'END'
		FROM scratch AS base
		COPY nothing-of-the-kind /
		FROM base AS next
		COPY file /main
		FROM localhost/busybox:1
		COPY --from=next / /c/
		COPY --from=base file /b
	END
	build --build-context base="$extra"
	[ "$(in_image cat /c/file /c/main /b)" = 'extra main extra' ]
	printf 'FROM extra\nCOPY file /main\n' >"$context/Dockerfile"
	build --build-context extra="$extra"
	slipway save localhost/named:1 | tar -t >/dev/null
	printf 'FROM extra AS files\nFROM localhost/busybox:1\nCOPY --from=files / /c\n' \
		>"$context/Dockerfile"
	build --build-context extra="$extra"
	[ "$(in_image cat /c/file)" = extra ]
}

@test "an image instead of a name, a stage and another image" {
	printf 'FROM base\n' >"$context/Dockerfile"
	build --build-context base=docker-image://localhost/other:1
	[ "$(in_image cat /other)" = other ]
	printf 'FROM debian:bookworm\nCOPY --from=docker.io/library/tools /other /again\n' \
		>"$context/Dockerfile"
	build --build-context \
		docker.io/library/debian:bookworm=docker-image://localhost/busybox:1 \
		--build-context tools=docker-image://localhost/other:1
	[ "$(in_image cat /again)" = other ]
	printf 'FROM scratch AS Base\nCOPY nowhere /\nFROM base\n' \
		>"$context/Dockerfile"
	build --build-context base=docker-image://localhost/other:1
	[ "$(in_image cat /other)" = other ]
}

@test "a stage before a context of the same name, but for itself" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS one
		RUN echo stage >/stage
		FROM localhost/busybox:1
		COPY --from=two /stage /got
	END
	build --build-context two=target:one
	[ "$(in_image cat /got)" = stage ]
	printf 'FROM two\n' >>"$context/Dockerfile"
	build --build-context two=target:one
	[ "$(in_image cat /stage)" = stage ]
	refused 2 "'nowhere'" --build-context two=target:nowhere
}

@test "an OCI layout: the only image, a tag, a digest" {
	need umoci
	busybox_layout "$BATS_TEST_TMPDIR/layout"
	layout=oci-layout://$BATS_TEST_TMPDIR/layout
	printf 'FROM base\nCOPY --from=base /bin/busybox /again\n' \
		>"$context/Dockerfile"
	digest=$(grep -o 'sha256:[0-9a-f]*' "$BATS_TEST_TMPDIR/layout/index.json")
	for end in '' :latest "@$digest" ":latest@$digest"; do
		build --build-context base="$layout$end"
		[ "$(in_image sh -c 'cmp /again /bin/busybox && echo yes')" = yes ]
	done
	umoci tag --image "$BATS_TEST_TMPDIR/layout:latest" second
	build --build-context base="$layout:second"
	refused 3 "has no image 'third'" --build-context base="$layout:third"
	refused 3 "context 'base'" --build-context base=oci-layout:///nowhere
}

@test "an archive, by path and by URL, and a repository" {
	mkdir "$BATS_TEST_TMPDIR/web"
	tar -C "$extra" -cJf "$BATS_TEST_TMPDIR/web/extra" .
	start_web "$BATS_TEST_TMPDIR/web"
	test_git init -q "$BATS_TEST_TMPDIR/repo"
	cp -r "$extra/." "$BATS_TEST_TMPDIR/repo"
	test_git -C "$BATS_TEST_TMPDIR/repo" add -A
	test_git -C "$BATS_TEST_TMPDIR/repo" commit -qm one
	test_git clone -q --bare "$BATS_TEST_TMPDIR/repo" \
		"$BATS_TEST_TMPDIR/repo.git"
	printf 'FROM localhost/busybox:1\nCOPY --from=extra . /c/\n' \
		>"$context/Dockerfile"
	for value in "$BATS_TEST_TMPDIR/web/extra" "$WEB/extra" \
		"file://$BATS_TEST_TMPDIR/repo.git#main"; do
		build --build-context extra="$value"
		[ "$(in_image cat /c/file /c/secret)" = 'extra secret' ]
		build --ignore-remote --build-context extra="$value"
		[ "$(in_image ls -A /c)" = '.dockerignore dir file' ]
	done
	build --build-context extra="file://$BATS_TEST_TMPDIR/repo.git#:dir"
	[ "$(in_image ls -A /c)" = deep ]
}

@test "a context for one platform" {
	mkdir "$BATS_TEST_TMPDIR/arm"
	echo arm >"$BATS_TEST_TMPDIR/arm/file"
	printf 'FROM scratch\nCOPY --from=extra file /f\n' >"$context/Dockerfile"
	names=(--build-context "extra::linux/arm64=$BATS_TEST_TMPDIR/arm"
		--build-context extra="$extra")
	build --platform linux/arm64 "${names[@]}"
	slipway save localhost/named:1 | tar -xO --wildcards 'blobs/*' |
		grep -aq arm
	build --platform linux/amd64 "${names[@]}"
	slipway save localhost/named:1 | tar -xO --wildcards 'blobs/*' |
		grep -aq extra
}

@test "a context that nobody asks for is not opened" {
	printf 'FROM scratch\nCOPY file /\n' >"$context/Dockerfile"
	build --build-context extra=/nowhere \
		--build-context web=http://127.0.0.1:1/x
}

@test "mistakes" {
	printf 'FROM scratch\nCOPY --from=extra file /\n' >"$context/Dockerfile"
	refused 2 '--build-context extra: it is not NAME=VALUE' \
		--build-context extra
	refused 2 'it is not NAME=VALUE' --build-context extra=
	refused 2 'standard input' --build-context extra=-
	refused 2 'no name for a context' --build-context scratch="$extra"
	refused 2 'no name that a Dockerfile can use' \
		--build-context 'a b'="$extra"
	refused 2 "'a/b/c/d'" --build-context extra::a/b/c/d="$extra"
	refused 3 '--build-context extra' --build-context extra=/nowhere
	refused 4 '--build-context extra' --build-context \
		extra=http://user:s3cret@127.0.0.1:1/x --retry 0
	[[ $output != *s3cret* ]]
	printf 'FROM scratch\nCOPY --from=extra nowhere /\n' \
		>"$context/Dockerfile"
	run build --build-context extra="$extra"
	[ "$status" != 0 ]
	[[ $output == *'"/nowhere": not found in context'* ]]
}
