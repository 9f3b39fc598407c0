#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is said of an image beside it: --provenance and --attest.

load ../lib/slipway

file_setup() {
	import_busybox
	start_registry
	context=$BATS_FILE_TMPDIR/context
	mkdir "$context"
	echo copied >"$context/file"
	cat >"$context/Dockerfile" <<-'END'
		FROM localhost/busybox:1
		ARG WORD
		COPY file /file
		RUN echo "$WORD" >/word
	END
}

test_setup() {
	context=$BATS_FILE_TMPDIR/context
	cd "$BATS_TEST_TMPDIR" || return
}

build() { slipway build -q "$@" "$context"; }

# look FILE EXPRESSION: of the JSON j.
look() {
	python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$@"
}

raw() { skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/$1"; }

# The blob with this digest, of repository app.
blob() { curl -sf "http://$REGISTRY/v2/app/blobs/$1"; }

@test "off by default: one image is one manifest" {
	build -t plain:1
	run -0 build --provenance=false -o type=oci,dest=plain,tar=false
	[ "$(look plain/index.json 'j["manifests"][0]["mediaType"]')" = \
		application/vnd.oci.image.manifest.v1+json ]
}

@test "pushed: an index of the image and what is said of it" {
	need skopeo
	need curl
	build --provenance --push -t "$REGISTRY/app:1" --build-arg WORD=word
	raw app:1 >index
	image=$(look index 'j["manifests"][0]["digest"]')
	about=$(look index 'j["manifests"][1]["digest"]')
	[ "$(look index 'len(j["manifests"])')" = 2 ]
	[ "$(look index 'j["manifests"][1]["platform"]["os"]')" = unknown ]
	look index 'j["manifests"][1]["annotations"]' >annotations
	grep -q "'vnd.docker.reference.digest': '$image'" annotations
	grep -q "'vnd.docker.reference.type': 'attestation-manifest'" annotations

	raw "app@$about" >manifest
	[ "$(look manifest 'j["artifactType"]')" = \
		application/vnd.docker.attestation.manifest.v1+json ]
	[ "$(look manifest 'j["subject"]["digest"]')" = "$image" ]
	[ "$(look manifest 'j["config"]["data"]')" = "e30=" ]
	[ "$(look manifest 'j["layers"][0]["annotations"]["in-toto.io/predicate-type"]')" = \
		https://slsa.dev/provenance/v1 ]
	blob "$(look manifest 'j["layers"][0]["digest"]')" >statement
	[ "sha256:$(look statement 'j["subject"][0]["digest"]["sha256"]')" = "$image" ]
	look statement 'j["subject"][0]["name"]' | grep -q "^pkg:docker/$REGISTRY/app@1?"
	look statement 'j["predicate"]["buildDefinition"]["resolvedDependencies"]' >found
	grep -q 'pkg:docker/localhost/busybox@1' found
	grep -q sha256 found
	look statement 'j["predicate"]["runDetails"]["metadata"]["startedOn"]' | grep -q ^20
	# The least of it has no values of arguments.
	if grep -q WORD statement; then return 1; fi
	raw "app@$image" | grep -q tar+gzip
}

@test "whoever uses the image gets the image" {
	build --provenance --push -t "$REGISTRY/app:2" --build-arg WORD=here
	slipway rmi "$REGISTRY/app:2"
	slipway pull -q --tls-verify=false "$REGISTRY/app:2"
	[ "$(slipway run "$REGISTRY/app:2" cat /word)" = here ]
	slipway inspect --config "$REGISTRY/app:2" | grep -q rootfs
	slipway images
	printf 'FROM %s/app:2\nRUN grep here /word\n' "$REGISTRY" |
		slipway build -q -f - "$context"
	slipway store check
	slipway prune
	[ "$(slipway run "$REGISTRY/app:2" cat /word)" = here ]
}

@test "files: provenance.json beside them, for us alone" {
	echo secret-value >secret
	build -o out --attest type=provenance,mode=max,builder-id=https://b.test \
		--secret id=token,src=secret --build-arg WORD=word \
		--build-arg http_proxy=http://me:pass@proxy.test
	[ "$(stat -c %a out/provenance.json)" = 600 ]
	[ "$(look out/provenance.json 'j["predicateType"]')" = \
		https://slsa.dev/provenance/v1 ]
	[ "$(look out/provenance.json 'j["predicate"]["runDetails"]["builder"]["id"]')" = \
		https://b.test ]
	look out/provenance.json \
		'j["predicate"]["buildDefinition"]["externalParameters"]["request"]' >request
	grep -q "'args': {'WORD': 'word'}" request
	grep -q "'id': 'token'" request
	if grep -q -e secret-value -e pass@ -e "$PWD" out/provenance.json; then
		return 1
	fi
	build --provenance -o - | tar -xOf - provenance.json >of-tar
	[ "$(look of-tar 'j["_type"]')" = https://in-toto.io/Statement/v1 ]
}

@test "a repository: which commit it was" {
	need git
	git init -q repo.git
	printf 'FROM scratch\nCOPY Dockerfile /\n' >repo.git/Dockerfile
	git -C repo.git add .
	git -C repo.git -c user.name=a -c user.email=b commit -q -m c
	slipway build -q --provenance -o out "file://$PWD/repo.git#HEAD"
	[ "$(look out/provenance.json \
		'j["predicate"]["buildDefinition"]["externalParameters"]["configSource"]["digest"]["sha1"]')" = \
		"$(git -C repo.git rev-parse HEAD)" ]
}

@test "two platforms: each has its own, behind both" {
	printf 'FROM scratch\nCOPY file /\n' >Dockerfile
	echo file >file
	slipway build -q --provenance --platform linux/amd64,linux/arm64 \
		-o type=oci,dest=layout,tar=false -o type=local,dest=out .
	digest=$(look layout/index.json 'j["manifests"][0]["digest"]')
	[ "$(look "layout/blobs/sha256/${digest#*:}" \
		'[m["platform"]["architecture"] for m in j["manifests"]]')" = \
		"['amd64', 'arm64', 'unknown', 'unknown']" ]
	grep -q linux/arm64 out/linux_arm64/provenance.json
	grep -q linux/amd64 out/linux_amd64/provenance.json
}

@test "reproducible: the same digest again, at another time" {
	local first
	first=$(build --no-cache --reproducible --provenance=mode=max \
		-o type=oci,dest=one.tar)
	[ "$(build --no-cache --reproducible --provenance=mode=max \
		-o type=oci,dest=two.tar)" = "$first" ]
	cmp one.tar two.tar
	tar -xOf one.tar --wildcards 'blobs/sha256/*' | grep -a -q slipway_repro
	if tar -xOf one.tar --wildcards 'blobs/sha256/*' |
		grep -a -q -e startedOn -e builderPlatform; then
		return 1
	fi
}

@test "what cannot be is said before anything is built" {
	local words
	for words in --provenance=maybe --provenance=mode=most \
		--attest=type=sbom --attest=mode=max \
		"--provenance --format docker --push -t localhost/x:1" \
		"--provenance -o type=docker,dest=x.tar"; do
		# shellcheck disable=SC2086
		run build $words
		[ "$status" = 2 ]
	done
}
