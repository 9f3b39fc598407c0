#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

file_setup() {
	slipway import --platform linux/arm64 --change 'CMD ["/bin/sh"]' \
		--change 'ENV A=b' "$(busybox_tar)" localhost/busybox:1
	slipway tag localhost/busybox:1 other:2
}

# The value of the first member of that name.
member() {
	sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" | head -n 1
}

@test "inspect: docker's members, and ours" {
	run -0 slipway inspect localhost/busybox:1
	python3 - "$output" <<-'EOF'
		import json, sys
		[image] = json.loads(sys.argv[1])
		assert image["RepoTags"] == ["other:2", "localhost/busybox:1"]
		assert image["RepoDigests"] == []
		assert image["Architecture"] == "arm64" and image["Os"] == "linux"
		assert image["Config"] == {"Env": ["A=b"], "Cmd": ["/bin/sh"]}
		assert image["Size"] > 500000
		assert image["RootFS"]["Type"] == "layers"
		assert image["Manifest"]["config"]["digest"] == image["Id"]
		assert image["Manifest"]["layers"][0]["digest"] \
		    == image["RootFS"]["Layers"][0]
	EOF
}

@test "inspect: --raw and --config are the bytes of the digests" {
	local digest id
	digest=$(slipway inspect other:2 | member Digest)
	id=$(slipway inspect other:2 | member Id)
	[ "sha256:$(slipway inspect --raw other:2 | sha256sum | cut -c 1-64)" = "$digest" ]
	[ "sha256:$(slipway inspect --config other:2 | sha256sum | cut -c 1-64)" = "$id" ]
}

@test "inspect: by digest, by id, by their beginnings" {
	local digest id name
	digest=$(slipway inspect other:2 | member Digest)
	id=$(slipway inspect other:2 | member Id)
	for name in "$digest" "$id" "${id#sha256:}" "${id:7:12}" \
		"${digest:7:12}" "sha256:${id:7:20}"; do
		run -0 slipway inspect "$name"
		[[ $output == *"\"Digest\": \"$digest\""* ]]
	done
	run -3 slipway inspect "${id:7:11}"
}

@test "inspect: several images, one array" {
	run -0 slipway inspect other:2 localhost/busybox:1
	[ "$(grep -c '"Id"' <<<"$output")" -eq 2 ]
}

@test "inspect: what is not here is status 3, what is no name 2" {
	run -3 --separate-stderr slipway inspect nothing
	[ -z "$output" ]
	[ "$stderr" = "slipway: no image 'nothing:latest' here" ]
	run -2 slipway inspect 'No Name'
}

@test "inspect: a damaged manifest is status 6" {
	local root=$BATS_TEST_TMPDIR/store digest
	SLIPWAY_ROOT=$root import_busybox a:1
	digest=$(slipway --root "$root" inspect a:1 | member Digest)
	echo >>"$root/blobs/sha256/${digest#sha256:}"
	run -6 slipway --root "$root" inspect a:1
	[[ $output == *"blob '$digest' in '$root' is damaged"* ]]
}
