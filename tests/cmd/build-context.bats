#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build: contexts that are no directory. That an archive keeps its
# owners is BuildKit's rule; buildah 1.28 takes the same archives by -.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
	mkdir "$BATS_FILE_TMPDIR/web"
	start_web "$BATS_FILE_TMPDIR/web"
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir -p "$context/dir"
	echo file >"$context/file"
	echo other >"$context/dir/other"
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		COPY file dir /c/
	END
	mkdir -p "$SLIPWAY_ROOT/tmp"
}

teardown() {
	# What was unpacked went with the build.
	[ -z "$(ls -A "$SLIPWAY_ROOT/tmp")" ]
}

in_image() {
	run -0 --separate-stderr slipway run localhost/context:1 "$@"
	xargs <<<"$output"
}

build() { slipway build -t localhost/context:1 "$@"; }

@test "an archive on standard input, of each compression" {
	for filter in cat gzip bzip2 xz zstd; do
		tar -C "$context" -c . | "$filter" | build -
		[ "$(in_image cat /c/file /c/other)" = 'file other' ]
	done
	tar -C "$context" -c . >"$BATS_TEST_TMPDIR/t"
	build - <"$BATS_TEST_TMPDIR/t"
}

@test "an archive as a file, and the image is that of the directory" {
	for name in "$context" "$context/file" "$context/dir/other"; do
		touch -d @1700000000 "$name"
	done
	tar -C "$context" --owner=0 --group=0 -cf "$BATS_TEST_TMPDIR/c.tar" .
	one=$(build "$BATS_TEST_TMPDIR/c.tar")
	two=$(build "$context")
	[ "$one" = "$two" ]
}

@test "files of an archive keep their owners" {
	tar -C "$context" --owner=:11 --group=:12 -cf "$BATS_TEST_TMPDIR/c.tar" .
	build "$BATS_TEST_TMPDIR/c.tar"
	[ "$(in_image stat -c %u:%g /c/file /c)" = '11:12 0:0' ]
}

@test "an archive gives the same image where only one id exists" {
	need_range
	[ "$(id -u)" != 0 ] || skip "real root has no single identity"
	printf 'FROM scratch\nCOPY file /d/\nCOPY --link --chown=3:4 dir /e\n' \
		>"$context/Dockerfile"
	tar -C "$context" --owner=:11 --group=:12 -cf "$BATS_TEST_TMPDIR/c.tar" .
	for kind in range single; do
		SLIPWAY_ROOT=$BATS_TEST_TMPDIR/$kind slipway --identity "$kind" \
			build --timestamp 1700000000 "$BATS_TEST_TMPDIR/c.tar" \
			>"$BATS_TEST_TMPDIR/$kind.id"
	done
	cmp "$BATS_TEST_TMPDIR/range.id" "$BATS_TEST_TMPDIR/single.id"
}

@test "-f names a file in the archive, and not one outside" {
	mv "$context/Dockerfile" "$context/dir/mine"
	tar -C "$context" -cf "$BATS_TEST_TMPDIR/c.tar" .
	build -f dir/mine "$BATS_TEST_TMPDIR/c.tar"
	run build "$BATS_TEST_TMPDIR/c.tar"
	[ "$status" = 3 ]
	[[ $output == *"no Dockerfile at 'Dockerfile'"* ]]
	run build -f "$context/dir/mine" "$BATS_TEST_TMPDIR/c.tar"
	[ "$status" = 3 ]
	printf 'FROM scratch\nCOPY dir/mine /m\n' |
		slipway build -f - "$BATS_TEST_TMPDIR/c.tar"
}

@test "a link in an archive does not lead out of it" {
	ln -sf /etc/passwd "$context/file"
	tar -C "$context" -cf "$BATS_TEST_TMPDIR/c.tar" .
	run build "$BATS_TEST_TMPDIR/c.tar"
	[ "$status" != 0 ]
	[[ $output == *'"/file": not found'* ]]
}

@test "the Dockerfile alone on standard input: nothing to copy from" {
	printf 'FROM localhost/busybox:1\nRUN echo hi >/hi\n' | build -
	[ "$(in_image cat /hi)" = hi ]
	run build - <<<$'FROM scratch\nCOPY Dockerfile /'
	[ "$status" != 0 ]
	[[ $output == *"\"/Dockerfile\": not found in context '-'"* ]]
}

@test "a URL of an archive, of a Dockerfile, and of nothing" {
	tar -C "$context" -czf "$BATS_FILE_TMPDIR/web/c.tgz" .
	build "$WEB/c.tgz?token=s3cret"
	[ "$(in_image cat /c/file /c/other)" = 'file other' ]
	printf 'FROM localhost/busybox:1\nRUN echo url >/url\n' \
		>"$BATS_FILE_TMPDIR/web/recipe"
	build "$WEB/recipe"
	[ "$(in_image cat /url)" = url ]
	run build "$WEB/nowhere"
	[ "$status" = 4 ]
	[[ $output == *"cannot fetch '$WEB/nowhere'"* ]]
}

@test "what is neither is refused" {
	run build "$context/file"
	[ "$status" = 3 ]
	[[ $output == *"neither a directory nor a tar archive"* ]]
	run build -f - - <"$context/Dockerfile"
	[ "$status" = 2 ]
	tar -C "$context" -c . | head -c 2000 >"$BATS_TEST_TMPDIR/cut.tar"
	run build "$BATS_TEST_TMPDIR/cut.tar"
	[ "$status" = 3 ]
	[[ $output == *"cannot unpack context"* ]]
}

@test "Dockerfile.dockerignore goes before .dockerignore, --ignorefile before both" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		COPY . /c/
	END
	echo file >"$context/.dockerignore"
	build "$context"
	[ "$(in_image sh -c 'cd /c; ls')" = 'Dockerfile dir' ]
	echo dir >"$context/Dockerfile.dockerignore"
	build "$context"
	[ "$(in_image sh -c 'cd /c; ls')" = 'Dockerfile Dockerfile.dockerignore file' ]
	echo 'Dockerfile*' >"$BATS_TEST_TMPDIR/ignore"
	build --ignorefile "$BATS_TEST_TMPDIR/ignore" "$context"
	[ "$(in_image sh -c 'cd /c; ls')" = 'dir file' ]
}

# put_blob FILE: into the repository; its descriptor's first members.
put_blob() {
	local at digest
	digest=sha256:$(sha256sum "$1" | cut -d' ' -f1)
	at=$(curl -fsS -o /dev/null -w '%header{location}' -X POST \
		"http://$REGISTRY/v2/files/blobs/uploads/")
	curl -fsS -X PUT -H 'Content-Type: application/octet-stream' \
		--data-binary "@$1" "$at&digest=$digest"
	printf '"digest":"%s","size":%s' "$digest" "$(stat -c %s "$1")"
}

# As ORAS pushes files, and a directory that it packed.
@test "oci:// and oci-layout://: the files of an artifact" {
	need skopeo
	start_registry
	type='"mediaType":"application/vnd.oci.image.layer.v1.tar'
	title='"annotations":{"org.opencontainers.image.title"'
	cd "$BATS_TEST_TMPDIR"
	echo '{}' >config
	printf 'FROM localhost/busybox:1\nCOPY . /c/\n' >Dockerfile
	tar -czf packed -C context dir
	config=$(put_blob config) file=$(put_blob Dockerfile)
	packed=$(put_blob packed)
	push() {
		curl -fsS -X PUT --data-binary @- \
			-H 'Content-Type: application/vnd.oci.image.manifest.v1+json' \
			"http://$REGISTRY/v2/files/manifests/$1" <<-END
			{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
			"config":{"mediaType":"application/vnd.unknown.config.v1+json",$config},
			"layers":[$2]}
		END
	}
	push 1 "{$type\",$file,$title:\"Dockerfile\"}},{$type\",$file,$title:\"../../etc/x\"}},{$type+gzip\",$packed,$title:\"dir\",\"io.deis.oras.content.unpack\":\"true\"}}"
	push bare "{$type+gzip\",$packed}"
	push wrong "{$type\",$file}"
	build "oci://$REGISTRY/files:1"
	[ "$(in_image sh -c 'cd /c; find . -type f | sort; cat dir/other')" = \
		'./Dockerfile ./dir/other ./etc/x other' ]
	build -f - "OCI://$REGISTRY/files:bare" <Dockerfile
	[ "$(in_image cat /c/dir/other)" = other ]
	run build "oci://$REGISTRY/files:wrong"
	[[ $status = 4 && $output == *"without a title is no archive"* ]]
	run build "oci://$REGISTRY/files:absent"
	[ "$status" = 4 ]
	skopeo copy -q --src-tls-verify=false "docker://$REGISTRY/files:1" \
		oci:layout:one
	build --no-cache "oci-layout://layout:one"
	[ "$(in_image cat /c/dir/other)" = other ]
	run build oci-layout://layout:two
	[[ $status = 3 && $output == *"has no image 'two'"* ]]
	printf '%s\n' 'steps:' '  - build: -t x .' >acb.yaml
	task=$(put_blob acb.yaml)
	push task "{$type\",$file,$title:\"Dockerfile\"}},{$type\",$task,$title:\"acb.yaml\"}}"
	run -0 slipway task run "oci://$REGISTRY/files:task"
}

@test "what the ignore file leaves out is not looked at" {
	need strace
	cd "$BATS_TEST_TMPDIR"
	mkdir -p context/private/deep
	touch context/private/deep/file
	echo private >context/.dockerignore
	printf 'FROM scratch\nCOPY . /\n' >context/Dockerfile
	# LeakSanitizer, where the program has it, cannot be traced.
	export ASAN_OPTIONS=detect_leaks=0
	strace -fqq -e trace=file -o trace "$SLIPWAY" build -o out context
	grep -q '"other"' trace
	run grep -E '"([^"]*/)?private[/"]' trace
	[ "$status" = 1 ]
	# An exception below it does need a look.
	echo '!private/deep/file' >>context/.dockerignore
	strace -fqq -e trace=file -o trace "$SLIPWAY" build -o out2 context
	grep -qE '"([^"]*/)?private[/"]' trace
	[ -e out2/private/deep/file ]
}
