#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

file_setup() {
	local kind
	command -v skopeo umoci docker-registry >/dev/null || return 0
	busybox_layout "$BATS_FILE_TMPDIR/layout"
	for kind in htpasswd token; do
		start_registry "$kind"
		skopeo copy -q --dest-creds alice:s3cret --dest-tls-verify=false \
			"oci:$BATS_FILE_TMPDIR/layout:latest" \
			"docker://$REGISTRY/test/busybox:1"
		export "$kind=$REGISTRY" "${kind}_dir=$REGISTRY_DIR"
	done
}

test_setup() {
	need skopeo umoci docker-registry
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/store
	unset XDG_RUNTIME_DIR REGISTRY_AUTH_FILE DOCKER_CONFIG
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	auth=$XDG_CONFIG_HOME/containers/auth.json
}

log_in() { printf 's3cret\n' | slipway login -u alice --password-stdin "$@"; }

@test "login checks, keeps, and others can use what it kept" {
	run -0 --separate-stderr log_in "$htpasswd"
	[ "$output" = "Login Succeeded" ]
	[ -z "$stderr" ]
	[ "$(stat -c %a "$auth")" = 600 ]
	[ "$(jq -r ".auths[\"$htpasswd\"].auth" "$auth")" = \
		"$(printf alice:s3cret | base64)" ]
	slipway pull -q "$htpasswd/test/busybox:1"
	skopeo inspect --tls-verify=false "docker://$htpasswd/test/busybox:1"
	run -0 skopeo login --get-login "$htpasswd"
	[ "$output" = alice ]
	run -0 slipway login --get-login "$htpasswd"
	[ "$output" = alice ]
}

@test "what skopeo kept is used and forgotten" {
	skopeo login --tls-verify=false -u alice -p s3cret \
		--authfile "$BATS_TEST_TMPDIR/a.json" "$htpasswd"
	run -0 slipway login --get-login --authfile "$BATS_TEST_TMPDIR/a.json" \
		"https://$htpasswd/"
	[ "$output" = alice ]
	slipway logout --authfile "$BATS_TEST_TMPDIR/a.json" "$htpasswd"
	run -1 skopeo login --get-login --authfile "$BATS_TEST_TMPDIR/a.json" \
		"$htpasswd"
}

@test "a wrong password is refused, not kept and not shown" {
	local there
	for there in "$htpasswd" "$token"; do
		run -4 --separate-stderr bash -c \
			"echo wr0ng | '$SLIPWAY' --debug login -u alice --password-stdin $there"
		[[ $stderr == *"$there"* ]]
		[[ $stderr != *wr0ng* ]]
		[[ $stderr != *"$(printf alice:wr0ng | base64)"* ]]
		[ ! -e "$auth" ]
	done
	run -4 slipway login --get-login "$htpasswd"
	[[ $output == *"not logged in to '$htpasswd'"* ]]
}

@test "login with a token server" {
	log_in "$token"
	grep -q '^GET alice ' "$token_dir/log"
	slipway pull -q "$token/test/busybox:1"
	skopeo copy -q --src-tls-verify=false --dest-tls-verify=false \
		"docker://$token/test/busybox:1" "docker://$token/test/busybox:2"
}

@test "login writes where it is told" {
	local dir=$BATS_TEST_TMPDIR
	log_in --authfile "$dir/named.json" "$htpasswd"
	jq -e .auths "$dir/named.json"
	REGISTRY_AUTH_FILE=$dir/env.json log_in "$htpasswd"
	jq -e .auths "$dir/env.json"
	DOCKER_CONFIG=$dir/docker log_in "$htpasswd"
	jq -e .auths "$dir/docker/config.json"
	log_in --compat-auth-file "$dir/compat.json" "$htpasswd"
	jq -e .auths "$dir/compat.json"
	[ ! -e "$auth" ]
	(cd "$dir" && log_in --authfile here.json "$htpasswd")
	jq -e .auths "$dir/here.json"
}

@test "login says when other credentials come first" {
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
	mkdir -p "$XDG_RUNTIME_DIR/containers"
	printf '{"auths": {"%s": {"auth": "%s"}}}' "$htpasswd" \
		"$(printf bob:x | base64)" >"$XDG_RUNTIME_DIR/containers/auth.json"
	run -0 --separate-stderr log_in "$htpasswd"
	[[ $stderr == *"containers/auth.json' come before these"* ]]
	slipway logout "$htpasswd"
	run -4 slipway login --get-login "$htpasswd"
}

@test "credential helpers keep and forget" {
	local bin=$BATS_TEST_TMPDIR/bin docker=$BATS_TEST_TMPDIR/docker
	mkdir -p "$bin" "$docker"
	cat >"$bin/docker-credential-test" <<-'H'
		#!/bin/sh
		dir=${0%/*}
		echo "$*" >>"$dir/asked"
		case $1 in
		store) cat >"$dir/secret" ;;
		get) cat "$dir/secret" 2>/dev/null || {
			echo credentials not found in native keychain; exit 1; } ;;
		erase) rm "$dir/secret" ;;
		esac
	H
	chmod +x "$bin/docker-credential-test"
	echo '{"credsStore": "test"}' >"$docker/config.json"
	export PATH=$bin:$PATH DOCKER_CONFIG=$docker
	log_in "$htpasswd"
	[ "$(jq -r .Secret "$bin/secret")" = s3cret ]
	[ "$(jq -r .ServerURL "$bin/secret")" = "$htpasswd" ]
	[ "$(jq -c .auths "$docker/config.json")" = "{\"$htpasswd\":{}}" ]
	run -1 grep -q s3cret "$bin/asked"
	slipway pull -q "$htpasswd/test/busybox:1"
	slipway logout "$htpasswd"
	[ ! -e "$bin/secret" ]
	run -4 slipway login --get-login "$htpasswd"
}

@test "logout --all, and who is not logged in" {
	log_in "$htpasswd"
	log_in "$token"
	run -0 slipway logout --all
	[ "$(jq -c .auths "$auth")" = '{}' ]
	run -4 slipway logout "$htpasswd"
	[[ $output == *"not logged in"* ]]
	run -2 slipway logout --all "$htpasswd"
}

@test "login asks at the terminal and does not show the password" {
	need python3
	run -0 python3 - "$SLIPWAY" "$htpasswd" <<-'P'
		import os, pty, sys
		pid, fd = pty.fork()
		if pid == 0:
		    os.execv(sys.argv[1], [sys.argv[1], "login", sys.argv[2]])
		seen = b""
		def until(word):
		    global seen
		    while word not in seen:
		        seen += os.read(fd, 1024)
		until(b"Username: ")
		os.write(fd, b"alice\n")
		until(b"Password: ")
		os.write(fd, b"s3cret\n")
		try:
		    while True:
		        data = os.read(fd, 1024)
		        if not data:
		            break
		        seen += data
		except OSError:
		    pass
		sys.stdout.write(seen.decode())
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	P
	[[ $output == *"Login Succeeded"* ]]
	[[ $output == *alice* ]]
	[[ $output != *s3cret* ]]
}

@test "login without a way to ask" {
	run -2 setsid -w "$SLIPWAY" login -u alice "$htpasswd" </dev/null
	[[ $output == *--password-stdin* ]]
	run -2 slipway login --password-stdin "$htpasswd" </dev/null
	[[ $output == *--username* ]]
	run -2 slipway login -u a:b --password-stdin "$htpasswd" </dev/null
	run -2 slipway login -u alice --password-stdin "$htpasswd" </dev/null
	[[ $output == *"the password is empty"* ]]
	run -2 slipway login -u a --password-stdin 'a b' </dev/null
	[[ $output == *"no registry"* ]]
}
