#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What becomes of an image: --output and its relatives.

load ../lib/slipway

file_setup() {
	import_busybox
	context=$BATS_FILE_TMPDIR/context
	mkdir "$context"
	echo copied >"$context/file"
	cat >"$context/Dockerfile" <<-'END'
		FROM localhost/busybox:1 AS base
		COPY --chown=1000:1000 file /file
		RUN echo made >/made && ln -s made /link && rm /bin/yes
		FROM scratch AS files
		COPY --from=base /file /made /link /
	END
	slipway build -q --target base -t app:1 "$context"
}

test_setup() {
	context=$BATS_FILE_TMPDIR/context
	cd "$BATS_TEST_TMPDIR" || return
}

lacks() { if grep -q "$@"; then return 1; fi; }

build() { slipway build -q "$@" "$context"; }

@test "local: the files are ours, and others stay" {
	mkdir out
	echo mine >out/other
	build -o out
	[ "$(cat out/file out/link out/other)" = $'copied\nmade\nmine' ]
	[ "$(stat -c %u out/file)" = "$(id -u)" ]
	build -o type=local,dest=out,mode=delete
	[ ! -e out/other ]
	[ -e out/made ]
}

@test "local: a file system that is full ends it, and is named" {
	mkdir large
	head -c 1000000 /dev/zero >large/file
	printf 'FROM scratch\nCOPY . /\n' >large/Dockerfile
	slipway build -q large
	(
		trap '' XFSZ
		ulimit -f 100
		run -3 timeout 60 "$SLIPWAY" build -q -o out large
		[[ $output == *"output 'out': "*"File too large"* ]]
	)
}

@test "tar: to a file, a pipe, and with the epoch" {
	run -0 --separate-stderr build -o type=tar,dest=files.tar
	[[ $output == sha256:* ]]
	[ "$(tar -tf files.tar | xargs)" = "file link made" ]
	[ "$(build -o - | tar -xOf - file)" = copied ]
	[ "$(build -o type=tar | tar -xOf - file)" = copied ]
	tar --numeric-owner -tvf files.tar file | grep -q 1000/1000
	SOURCE_DATE_EPOCH=86400 build -o type=tar,dest=old.tar
	[ "$(tar -tvf old.tar --full-time --utc | grep -c 1970-01-02)" = 3 ]
}

@test "oci and docker: archives that skopeo reads, several at once" {
	need skopeo
	build --target base -t app:2 -o type=oci,dest=oci.tar \
		-o type=docker,dest=docker.tar,name=other:3
	skopeo inspect --raw oci-archive:oci.tar:2 >manifest
	grep -q tar+gzip manifest
	skopeo copy -q docker-archive:docker.tar:docker.io/library/other:3 \
		dir:copy
	build --target base -o type=oci,dest=zstd.tar,compression=zstd
	skopeo inspect --raw oci-archive:zstd.tar | grep -q tar+zstd
	build --target base --compression none -o type=oci,dest=none.tar
	skopeo inspect --raw oci-archive:none.tar | lacks gzip
	run -0 slipway load -q -t back:1 none.tar
	run -0 slipway run back:1 cat /made
	[ "$output" = made ]
}

@test "a layout, and where buildah would put it" {
	need umoci
	build --target base -o type=oci,tar=false,dest=layout,name=app:7
	build --target base -t oci:layout:eight
	[ "$(umoci ls --layout layout)" = $'7\neight' ]
	build --target files -t oci-archive:files.tar:localhost/files:1 \
		-t "docker-archive:docker.tar:localhost/files:1"
	run -0 slipway load -q docker.tar
	[ "$output" = "Loaded image: localhost/files:1" ]
}

@test "docker's media types" {
	need skopeo
	build --target base --format docker -t mine:1 \
		-o type=docker,dest=docker.tar
	tar -xOf docker.tar index.json | grep -q docker.distribution
	start_registry
	build --target base --format docker --push -t "$REGISTRY/old:1"
	skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/old:1" \
		>manifest
	grep -q vnd.docker.distribution.manifest.v2 manifest
	lacks vnd.oci manifest
	run build --target base -o type=registry,oci-mediatypes=false \
		--compression zstd -t "$REGISTRY/old:2"
	[ "$status" = 2 ]
	[[ $output == *"zstd"*"--force-compression"* ]]
}

@test "push: by output, by digest, under other names" {
	need skopeo
	start_registry
	run -0 --separate-stderr build \
		-o "type=registry,name=$REGISTRY/one:1"
	digest=$output
	[ "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' \
		"docker://$REGISTRY/one:1")" = "$digest" ]
	run -0 --separate-stderr build \
		-o "type=image,name=$REGISTRY/two,push=true,push-by-digest=true"
	skopeo inspect --tls-verify=false --raw \
		"docker://$REGISTRY/two@$output" >/dev/null
	run skopeo inspect --tls-verify=false "docker://$REGISTRY/two"
	[ "$status" != 0 ]
	build -t "docker://$REGISTRY/three:1"
	skopeo inspect --tls-verify=false --raw \
		"docker://$REGISTRY/three:1" >/dev/null
}

@test "annotations are where they were put" {
	build -t noted:1 --annotation a=1 --annotation manifest:b=2 \
		--annotation manifest-descriptor:c=3 \
		-o type=oci,dest=oci.tar,annotation.d=4
	slipway inspect --raw noted:1 >manifest
	grep -q '"annotations":{"a":"1","b":"2","d":"4"}' manifest
	tar -xOf oci.tar index.json | grep -q '"c":"3"'
	run build --annotation index:a=1
	[ "$status" = 2 ]
	[[ $output == *"for an index"* ]]
	build -t noted:2 --annotation index:a=1 \
		--annotation index-descriptor:b=2 -o type=oci,dest=index.tar \
		--build-arg BUILDKIT_MULTI_PLATFORM=1
	slipway inspect --raw noted:2 | grep -q '"annotations":{"a":"1"}}$'
	tar -xOf index.tar index.json | grep -q '"b":"2"'
}

@test "files that tell of the image" {
	build -t told:1 -t localhost/told:2 --iidfile id --iidfile-raw raw \
		--metadata-file meta --digest-file digest \
		--image-name-with-digest-file names \
		--image-name-tag-with-digest-file tags
	[ "$(cat id)" = "sha256:$(cat raw)" ]
	[ "$(cat id)" = "sha256:$(slipway inspect --config told:1 |
		sha256sum | cut -c 1-64)" ]
	[ "$(cat digest)" = "$(slipway images --format json told |
		sed -n 's/.*"Digest": "\(.*\)".*/\1/p' | head -n 1)" ]
	[ "$(cat tags)" = "docker.io/library/told:1@$(cat digest)
localhost/told:2@$(cat digest)" ]
	[ "$(head -n 1 names)" = "docker.io/library/told@$(cat digest)" ]
	grep -q '"containerimage.digest"' meta
}

@test "rewrite-timestamp: no file in a layer is newer" {
	SOURCE_DATE_EPOCH=86400 build --no-cache \
		-o type=oci,dest=oci.tar,rewrite-timestamp=true
	slipway load -q -t old:1 oci.tar
	slipway save --format oci-dir --compression none \
		--force-compression -o layout old:1
	for blob in layout/blobs/sha256/*; do
		tar -tvf "$blob" --utc 2>/dev/null || true
	done | tee list | grep -q 1970-01-02
	awk '{ print $4 }' list | lacks ^20
}

@test "what is wrong is said before anything is built" {
	local spec
	for spec in type=what type=local type=oci,dset=x \
		type=image,compression=estargz; do
		run build -o "$spec"
		[ "$status" = 2 ]
		[[ $output == *"--output: "* ]]
	done
	run build -o type=image,name=BAD//NAME --target none
	[ "$status" = 2 ]
	[[ $output == *"--output: "*BAD* ]]
	run build -o - -o type=oci,dest=-
	[ "$status" = 2 ]
	run build -o type=local,dest="$context/file"
	[ "$status" = 3 ]
	run build -o type=tar,dest=none/x.tar
	[ "$status" = 3 ]
	run build --format tar
	[ "$status" = 2 ]
}
