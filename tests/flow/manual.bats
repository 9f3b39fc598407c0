#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every example of the manual does what it is there for, as it is printed.
# Only the registries and repositories of the examples are ours.

load ../lib/slipway

man=$BATS_TEST_DIRNAME/../../man

file_setup() {
	import_busybox
	for name in busybox alpine:3 app:1; do
		slipway tag localhost/busybox:1 "$name"
	done
	mkdir -p "$BATS_FILE_TMPDIR/bin"
	ln -s "$SLIPWAY" "$BATS_FILE_TMPDIR/bin/slipway"
	start_registry
}

test_setup() {
	PATH=$BATS_FILE_TMPDIR/bin:$PATH
	mkdir "$BATS_TEST_TMPDIR/here"
	cd "$BATS_TEST_TMPDIR/here" || return
}

# blocks PAGE: the examples, each after a line "%%".
blocks() {
	awk '
		/^\.Sh/ { inside = $2 == "EXAMPLES"; next }
		!inside { next }
		/^\.Dl/ { print "%%"; sub(/^\.Dl /, ""); print; next }
		/^\.Bd/ { print "%%"; text = 1; next }
		/^\.Ed/ { text = 0; next }
		text
	' "$man/$1" | sed 's/\\e/\\/g; s/\\&//g'
}

# block PAGE NUMBER: one of them.
block() {
	blocks "$1" | awk -v n="$2" '/^%%$/ { i++; next } i == n'
}

# commands PAGE: all of them, with our registry for theirs.
commands() {
	blocks "$1" | grep -v '^%%$' | sed -e 's/^\$ //' \
		-e "s|registry\.example\.[a-z]*|$REGISTRY|g" \
		-e "s|localhost:5000|$REGISTRY|g" \
		-e "s|https://git\.example\.org|file://$BATS_TEST_TMPDIR|g" \
		-e "s|pull debian:12|pull $REGISTRY/debian:12|"
}

# examples PAGE: run them all, as typed one after the other.
examples() {
	commands "$1" >"$BATS_TEST_TMPDIR/examples"
	[ -s "$BATS_TEST_TMPDIR/examples" ]
	cat "$BATS_TEST_TMPDIR/examples"
	run -0 bash -exo pipefail "$BATS_TEST_TMPDIR/examples"
	echo "$output"
}

@test "no page without examples, no example without a test" {
	local page name
	for page in "$man"/*.[157]; do
		name=${page##*/}
		[ -n "$(blocks "$name")" ] || echo "$name: no examples"
		grep -qE "(examples|commands|block) $name" \
			"$BATS_TEST_FILENAME" || echo "$name: not tried"
	done >"$BATS_TEST_TMPDIR/missing"
	cat "$BATS_TEST_TMPDIR/missing"
	[ ! -s "$BATS_TEST_TMPDIR/missing" ]
}

@test "slipway(1), version, help, doctor" {
	examples slipway.1
	examples slipway-version.1
	examples slipway-help.1
	examples slipway-doctor.1
}

@test "completion" {
	examples slipway-completion.1
	[ -s "$HOME/.config/fish/completions/slipway.fish" ]
}

# A repository app.git, with a Dockerfile below docker/.
make_repository() {
	local work=$BATS_TEST_TMPDIR/work
	git init -q "$work"
	mkdir "$work/docker"
	echo 'FROM localhost/busybox:1' >"$work/docker/Dockerfile"
	git -C "$work" add docker
	git -C "$work" -c user.name=x -c user.email=x@example.org \
		commit -q -m first
	git -C "$work" tag v1.2
	git clone -q --bare "$work" "$BATS_TEST_TMPDIR/app.git"
}

@test "build" {
	need git
	make_repository
	dockerfile . <<-'D'
		FROM localhost/busybox:1 AS release
		ARG VERSION=1
		RUN echo "$VERSION" >/version
		CMD ["cat", "/version"]
		FROM release
		RUN echo done
	D
	examples slipway-build.1
	[[ $output == *$'\n1\n'* ]]
	slipway pull "$REGISTRY/app:2"
	[ "$(slipway run "$REGISTRY/app:2")" = 2 ]
}

@test "run" {
	need script
	commands slipway-run.1 >"$BATS_TEST_TMPDIR/examples"
	echo 'echo "tested $(pwd)"; ls /sys/class/net' >test.sh
	run -0 script -qec "bash -ex $BATS_TEST_TMPDIR/examples" /dev/null \
		< <(echo 'echo "I am $((40 + 2))"; exit')
	[[ $output == *"I am 42"* ]]
	[[ $output == *"tested /src"* ]]
}

@test "images, history, inspect, tag" {
	examples slipway-images.1
	examples slipway-history.1
	examples slipway-inspect.1
	examples slipway-tag.1
}

@test "login, logout" {
	TOKEN=s3cret examples slipway-login.1
	examples slipway-logout.1
}

@test "import" {
	make_busybox_root rootfs
	tar -C rootfs -czf root.tar.gz .
	examples slipway-import.1
	run -0 slipway run localhost/mine:2 /bin/sh -c 'echo fine'
	run -0 slipway run localhost/mine:3 env
	[[ $output == *LANG=C.UTF-8* ]]
}

@test "save, load" {
	examples slipway-save.1
	examples slipway-load.1
	examples slipway-copy.1
	slipway rmi "$REGISTRY/app:2" || : # of another page
	examples slipway-manifest.1
	run -0 slipway run localhost/app:1 true
}

@test "push, pull" {
	need umoci skopeo
	slipway tag localhost/busybox:1 "$REGISTRY/app:1"
	slipway push localhost/busybox:1 "docker://$REGISTRY/debian:12"
	examples slipway-push.1
	busybox_layout "$BATS_TEST_TMPDIR/arm"
	umoci config --image "$BATS_TEST_TMPDIR/arm:latest" \
		--architecture arm64
	skopeo copy -q --dest-tls-verify=false \
		"oci:$BATS_TEST_TMPDIR/arm:latest" \
		"docker://$REGISTRY/tools/compiler:3"
	examples slipway-pull.1
}

@test "rmi, prune, store check" {
	examples slipway-rmi.1
	import_busybox
	examples slipway-store-check.1
	examples slipway-prune.1
}

@test "task" {
	need umoci
	import_busybox
	block slipway-task.5 1 >acb.yaml
	dockerfile . <<-'D'
		FROM localhost/busybox:1
		COPY test /test
	D
	printf '#!/bin/sh\necho tested\n' >"test"
	chmod 755 test
	run -0 --separate-stderr slipway task run -r "$REGISTRY" .
	[[ $stderr == *fine* ]]
	block slipway-task.5 2 >acb.yaml
	slipway task lint -r "$REGISTRY" .
	block slipway-task.5 3 >acb.yaml
	run -0 --separate-stderr slipway task run .
	[[ $stderr == *" app-amd64-1.0"*" app-arm64-1.0"*" that was all"* ]]
	cat >acb.yaml <<-'Y'
		version: v1.1.0
		steps:
		- cmd: localhost/busybox:1 echo {{.Values.tag}}
	Y
	examples slipway-task.1
}

@test "runs" {
	examples slipway-runs.1
	[[ $output == *Z\ hello ]]
}

@test "scan" {
	dockerfile . <<<'FROM localhost/busybox:1'
	examples slipway-scan.1
	[[ $output == *'"reference":"localhost/busybox:1"'* ]]
}

@test "lock" {
	dockerfile . <<<'FROM localhost/busybox:1'
	examples slipway-lock.1
}

@test "lint" {
	dockerfile . <<-'D'
		FROM localhost/busybox:1
		CMD echo
	D
	examples slipway-lint.7
	[[ $output == *JSONArgsRecommended* ]]
}

@test "a Dockerfile and an ignore file" {
	block slipway-dockerfile.5 1 >Dockerfile
	echo text >a.txt
	slipway tag localhost/busybox:1 busybox
	slipway build -t localhost/text:1 .
	mkdir other src
	touch other/a.c src/a.c src/a.o
	block slipway-dockerfile.5 2 >.dockerignore
	dockerfile . <<-'D'
		FROM busybox
		COPY --from=localhost/text:1 /text /text
		COPY . /context
	D
	slipway build -t localhost/looker:1 .
	run -0 slipway run localhost/looker:1 sh -c \
		'cat /text; cd /context && find . -type f'
	[ "$output" = $'hello\ntext\n./src/a.c' ]
}

# A store where it is when nobody says otherwise, and its end.
default_store() {
	(
		unset SLIPWAY_ROOT
		import_busybox
		slipway build -q -f - . <<-'D'
			FROM localhost/busybox:1
			RUN mkdir -m 700 /d && { chown 1 /d || true; }
		D
		[ -d "$HOME/.local/share/slipway/trees" ]
		"$@"
	)
	[ ! -e "$HOME/.local/share/slipway" ]
}

@test "unshare, store" {
	default_store examples slipway-unshare.1
	default_store examples slipway-store.5
}

@test "the sandbox" {
	examples slipway-sandbox.7
	[[ $output == *$'NoNewPrivs:\t1'* ]]
}

@test "settings" {
	mkdir -p "$XDG_CONFIG_HOME/slipway"
	block slipway.conf.5 1 | sed "s|/scratch/alice|$BATS_TEST_TMPDIR|" \
		>"$XDG_CONFIG_HOME/slipway/slipway.conf"
	unset SLIPWAY_ROOT
	import_busybox
	[ -d "$BATS_TEST_TMPDIR/slipway/refs" ]
	rm "$XDG_CONFIG_HOME/slipway/slipway.conf"
}
