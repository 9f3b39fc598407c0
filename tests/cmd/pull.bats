#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

# One image, by another tool, in each kind of registry.
file_setup() {
	local kind
	command -v skopeo umoci docker-registry >/dev/null || return 0
	busybox_layout "$BATS_FILE_TMPDIR/layout"
	for kind in plain htpasswd tls token; do
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
}

digest_there() {
	skopeo inspect --tls-verify=false --creds alice:s3cret \
		--format '{{.Digest}}' "docker://$1"
}

@test "pull prints the digest and sets the tag" {
	run -0 --separate-stderr slipway pull "$plain/test/busybox:1"
	[ "$output" = "$(digest_there "$plain/test/busybox:1")" ]
	run -0 slipway images --format ndjson
	[[ $output == *"$plain/test/busybox"* ]]
}

@test "pull twice fetches nothing the second time" {
	slipway pull -q "$plain/test/busybox:1"
	run -0 --separate-stderr slipway --debug pull "$plain/test/busybox:1"
	[[ $stderr == *"HEAD "*"/manifests/1"* ]]
	[[ $stderr != *"/blobs/"* ]]
}

@test "pull by digest" {
	local digest
	digest=$(digest_there "$plain/test/busybox:1")
	run -0 --separate-stderr slipway pull "$plain/test/busybox@$digest"
	[ "$output" = "$digest" ]
}

@test "pull --unpack makes the trees on the way" {
	slipway pull --unpack "$plain/test/busybox:1"
	[ -n "$(ls "$SLIPWAY_ROOT/trees")" ]
	run -0 slipway store check
	# Blobs that are here are unpacked from here.
	slipway unshare rm -r "$SLIPWAY_ROOT/trees"
	mkdir -m 700 "$SLIPWAY_ROOT/trees"
	slipway pull --unpack "$plain/test/busybox:1"
	[ -n "$(ls "$SLIPWAY_ROOT/trees")" ]
}

@test "pull several images in one go" {
	run -0 --separate-stderr slipway pull -q "$plain/test/busybox:1" \
		"$plain/test/busybox:1"
	[ "${#lines[@]}" = 2 ]
	[ "$stderr" = "" ]
}

@test "pull with a password: --creds, files, environment" {
	local auth=$BATS_TEST_TMPDIR/auth.json
	run -4 slipway pull "$htpasswd/test/busybox:1"
	run -4 slipway pull --creds alice:wrong "$htpasswd/test/busybox:1"
	[[ $output == *"--creds"* ]]
	[[ $output != *wrong* ]]
	slipway pull --creds alice:s3cret "$htpasswd/test/busybox:1"

	printf '{"auths": {"%s/test": {"auth": "%s"}}}' "$htpasswd" \
		"$(printf alice:s3cret | base64)" >"$auth"
	slipway pull --authfile "$auth" "$htpasswd/test/busybox:1"
	REGISTRY_AUTH_FILE=$auth slipway pull "$htpasswd/test/busybox:1"
	DOCKER_AUTH_CONFIG=$(cat "$auth") slipway pull "$htpasswd/test/busybox:1"
	mkdir -p "$HOME/.docker"
	cp "$auth" "$HOME/.docker/config.json"
	slipway pull "$htpasswd/test/busybox:1"
	rm -r "$HOME/.docker"
}

@test "pull with a credential helper" {
	mkdir -p "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/docker"
	cat >"$BATS_TEST_TMPDIR/bin/docker-credential-test" <<-'H'
		#!/bin/sh
		read -r server
		echo "$1 $server" >>"${0%/*}/asked"
		echo '{"Username": "alice", "Secret": "s3cret"}'
	H
	chmod +x "$BATS_TEST_TMPDIR/bin/docker-credential-test"
	echo '{"credsStore": "test"}' >"$BATS_TEST_TMPDIR/docker/config.json"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH \
		DOCKER_CONFIG=$BATS_TEST_TMPDIR/docker \
		slipway pull "$htpasswd/test/busybox:1"
	[ "$(cat "$BATS_TEST_TMPDIR/bin/asked")" = "get $htpasswd" ]
}

@test "pull from a token server, anonymous, with a password, with a token" {
	local auth=$BATS_TEST_TMPDIR/auth.json log=$token_dir/log
	slipway pull "$token/test/busybox:1"
	slipway pull --creds alice:s3cret "$token/test/busybox:1"
	grep -q '^GET alice repository:test/busybox:pull$' "$log"
	run -4 slipway pull --creds alice:wrong "$token/test/busybox:1"
	[[ $output == *"--creds"* ]]

	printf '{"auths": {"%s": {"auth": "%s", "identitytoken": "r3fresh"}}}' \
		"$token" "$(printf '00000000-0000-0000-0000-000000000000:' |
			base64)" >"$auth"
	slipway pull --authfile "$auth" "$token/test/busybox:1"
	grep -q '^POST alice repository:test/busybox:pull$' "$log"
}

@test "pull over TLS with a private authority" {
	run -4 slipway pull "$tls/test/busybox:1"
	[[ $output == *certificate* ]]
	[[ $output == *--cert-dir* ]]
	mkdir "$BATS_TEST_TMPDIR/certs"
	cp "$tls_dir/ca.crt" "$BATS_TEST_TMPDIR/certs"
	slipway pull --cert-dir "$BATS_TEST_TMPDIR/certs" "$tls/test/busybox:1"
	slipway pull --tls-verify=false "$tls/test/busybox:1"
	mkdir -p "$XDG_CONFIG_HOME/containers/certs.d/$tls"
	cp "$tls_dir/ca.crt" "$XDG_CONFIG_HOME/containers/certs.d/$tls"
	slipway pull "$tls/test/busybox:1"
	rm -r "$XDG_CONFIG_HOME/containers"
}

# An index of the image for two platforms, put by hand.
put_index() {
	local digest size
	digest=$(digest_there "$plain/test/busybox:1")
	size=$(curl -fsS -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
		"http://$plain/v2/test/busybox/manifests/1" | wc -c)
	curl -fsS -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
		--data-binary @- "http://$plain/v2/test/busybox/manifests/$1" <<-J
		{"schemaVersion": 2,
		 "mediaType": "application/vnd.oci.image.index.v1+json",
		 "manifests": [
		  {"mediaType": "application/vnd.oci.image.manifest.v1+json",
		   "digest": "$digest", "size": $size,
		   "platform": {"os": "linux", "architecture": "$2"}},
		  {"mediaType": "application/vnd.oci.image.manifest.v1+json",
		   "digest": "$digest", "size": $size,
		   "platform": {"os": "unknown", "architecture": "unknown"}}]}
	J
}

@test "pull chooses the platform, and says which there are" {
	need curl
	put_index multi riscv64
	run -0 --separate-stderr slipway pull --platform linux/riscv64 \
		"$plain/test/busybox:multi"
	[ "$output" = "$(skopeo inspect --raw --tls-verify=false \
		"docker://$plain/test/busybox:multi" | sha256sum |
		sed 's/^/sha256:/; s/ .*//')" ]
	run -4 slipway pull --platform linux/s390x "$plain/test/busybox:multi"
	[[ $output == *linux/riscv64* ]]
}

@test "pull of what is not there" {
	run -4 slipway pull "$plain/test/missing:1"
	[[ $output == *"not there"* ]]
	run -2 slipway pull "$plain/Test/busybox:1"
	run -2 slipway pull --tls-verify=maybe "$plain/test/busybox:1"
	run -2 slipway pull
}

