#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

# A pulled image and one whose layer was made here.
file_setup() {
	local kind
	command -v skopeo umoci docker-registry >/dev/null || return 0
	for kind in plain htpasswd tls token; do
		start_registry "$kind"
		export "$kind=$REGISTRY" "${kind}_dir=$REGISTRY_DIR"
	done
	busybox_layout "$BATS_FILE_TMPDIR/layout"
	skopeo copy -q --dest-tls-verify=false \
		"oci:$BATS_FILE_TMPDIR/layout:latest" \
		"docker://$plain/test/busybox:1"
	slipway pull -q "$plain/test/busybox:1"
	import_busybox localhost/made:1
}

test_setup() {
	need skopeo umoci docker-registry
}

inspect() {
	skopeo inspect --tls-verify=false --creds alice:s3cret "${@:2}" \
		"docker://$1"
}

# Does another tool get the same files out of it?
check_files() {
	local dir=$BATS_TEST_TMPDIR/check
	skopeo copy -q --src-tls-verify=false "docker://$1" "oci:$dir:1"
	umoci raw unpack --rootless --image "$dir:1" "$dir/root"
	[ -x "$dir/root/bin/busybox" ]
	[ "$(readlink "$dir/root/bin/sh")" = busybox ]
}

@test "a pulled image keeps its digest" {
	local digest
	digest=$(inspect "$plain/test/busybox:1" --format '{{.Digest}}')
	run -0 --separate-stderr slipway push -q "$plain/test/busybox:1" \
		"$plain/other/copy:1"
	[ "$output" = "$digest" ]
	[ "$(inspect "$plain/other/copy:1" --format '{{.Digest}}')" = "$digest" ]
}

@test "blobs the registry has elsewhere are mounted, not sent" {
	run -0 slipway --debug push "$plain/test/busybox:1" "$plain/third/copy:1"
	[[ $output == *"POST "*"/v2/third/copy/blobs/uploads/"* ]]
	[[ $output != *"PUT "*"/blobs/"* ]]
}

@test "an image made here: gzip by default, right files" {
	run -0 --separate-stderr slipway push localhost/made:1 "$plain/made:1"
	inspect "$plain/made:1" --raw >"$BATS_TEST_TMPDIR/manifest"
	grep -q 'vnd.oci.image.layer.v1.tar+gzip' "$BATS_TEST_TMPDIR/manifest"
	[ "$output" = "sha256:$(sha256sum <"$BATS_TEST_TMPDIR/manifest" |
		cut -d ' ' -f 1)" ]
	check_files "$plain/made:1"
}

@test "the same image gives the same digest, and sends nothing twice" {
	local first
	first=$(slipway push -q localhost/made:1 "$plain/made:2")
	run -0 --separate-stderr slipway --debug push localhost/made:1 \
		"$plain/made:2"
	[ "$output" = "$first" ]
	[[ $stderr != *"POST "* ]]
}

@test "zstd, none and levels" {
	slipway push --compression zstd --compression-level 1 \
		localhost/made:1 "$plain/made:zstd"
	run -0 inspect "$plain/made:zstd" --raw
	[[ $output == *'layer.v1.tar+zstd'* ]]
	slipway push --compression none localhost/made:1 "$plain/made:none"
	run -0 inspect "$plain/made:none" --raw
	[[ $output == *'"application/vnd.oci.image.layer.v1.tar"'* ]]
	check_files "$plain/made:none"
	run -2 slipway push --compression lzma localhost/made:1 "$plain/made:x"
}

@test "a pulled layer is packed anew only when forced" {
	slipway push --compression zstd "$plain/test/busybox:1" "$plain/f:1"
	run -0 inspect "$plain/f:1" --raw
	[[ $output == *'layer.v1.tar+gzip'* ]]
	slipway push --compression zstd --force-compression \
		"$plain/test/busybox:1" "$plain/f:2"
	run -0 inspect "$plain/f:2" --raw
	[[ $output == *'layer.v1.tar+zstd'* ]]
}

@test "docker types stay as they are, and become OCI's with a new layer" {
	local types
	skopeo copy -q --format v2s2 --dest-tls-verify=false \
		"oci:$BATS_FILE_TMPDIR/layout:latest" \
		"docker://$plain/docker/busybox:1"
	slipway pull -q "$plain/docker/busybox:1"
	slipway push -q "$plain/docker/busybox:1" "$plain/docker/copy:1"
	run -0 inspect "$plain/docker/copy:1" --raw
	[[ $output == *'vnd.docker.distribution.manifest.v2+json'* ]]

	dockerfile "$BATS_TEST_TMPDIR/context" <<-D
		FROM $plain/docker/busybox:1
		COPY Dockerfile /
	D
	slipway build -q -t "$plain/docker/more:1" "$BATS_TEST_TMPDIR/context"
	slipway push -q "$plain/docker/more:1"
	types=$(inspect "$plain/docker/more:1" --raw |
		grep -o 'application/vnd[^"]*' | sort -u)
	[[ $types != *docker* ]]
	check_files "$plain/docker/more:1"
}

@test "an index goes with all that it names" {
	local digest size
	need curl
	digest=$(inspect "$plain/test/busybox:1" --format '{{.Digest}}')
	size=$(inspect "$plain/test/busybox:1" --raw | wc -c)
	curl -fsS -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
		--data-binary @- "http://$plain/v2/test/busybox/manifests/all" <<-J
		{"schemaVersion": 2,
		 "mediaType": "application/vnd.oci.image.index.v1+json",
		 "manifests": [
		  {"mediaType": "application/vnd.oci.image.manifest.v1+json",
		   "digest": "$digest", "size": $size,
		   "platform": {"os": "linux", "architecture": "amd64"}}]}
	J
	slipway pull -q --platform linux/amd64 "$plain/test/busybox:all"
	slipway push -q "$plain/test/busybox:all" "$plain/indexed:all"
	cmp <(inspect "$plain/indexed:all" --raw) \
		<(inspect "$plain/test/busybox:all" --raw)
	inspect "$plain/indexed@$digest" >/dev/null
}

@test "a layer that a RUN made, pushed by another process" {
	dockerfile "$BATS_TEST_TMPDIR/run" <<-'D'
		FROM localhost/made:1
		RUN echo made >/made && chmod 600 /made
	D
	slipway build -q -t localhost/run:1 "$BATS_TEST_TMPDIR/run"
	slipway push localhost/run:1 "$plain/run:1"
	check_files "$plain/run:1"
}

@test "destinations: docker://, the image's own name, a digest file" {
	local file=$BATS_TEST_TMPDIR/digest
	slipway tag localhost/made:1 "$plain/own/name:1"
	run -0 --separate-stderr slipway push -q --digestfile "$file" \
		"$plain/own/name:1"
	[ "$(cat "$file")" = "$output" ]
	slipway push "$plain/own/name:1" "docker://$plain/own/name:2"
	inspect "$plain/own/name:2" >/dev/null
}

@test "push with a password, a token, over TLS" {
	run -4 slipway push localhost/made:1 "$htpasswd/made:1"
	[[ $output == *--creds* ]]
	slipway push --creds alice:s3cret localhost/made:1 "$htpasswd/made:1"
	run -4 slipway push localhost/made:1 "$token/made:1"
	slipway push --creds alice:s3cret localhost/made:1 "$token/made:1"
	slipway push --creds alice:s3cret localhost/made:1 "$token/moved:1"
	grep -q '^GET alice repository:moved:pull,push repository:made:pull$' \
		"$token_dir/log"
	slipway push --tls-verify=false localhost/made:1 "$tls/made:1"
}

@test "secrets are in no argument, message or file of the store" {
	run -0 slipway --debug push --creds alice:s3cret localhost/made:1 \
		"$token/secret:1"
	[[ $output != *s3cret* ]]
	[[ $output != *[Bb]earer* ]]
	run grep -r s3cret "$SLIPWAY_ROOT"
	[ "$status" = 1 ]
}

@test "an image that is not here, a registry that is not there" {
	run -3 slipway push localhost/nothing:1 "$plain/x:1"
	run -4 slipway push localhost/made:1 "127.0.0.1:1/x:1"
	[[ $output == *"127.0.0.1:1"* ]]
	run -2 slipway push localhost/made:1 "$plain/X:1"
	run -2 slipway push
}
