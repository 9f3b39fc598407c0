#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# save and load: what one of us writes, the others read, and the reverse.

load ../lib/slipway

# app:1 and app:2 are one image of a base, a COPY and a RUN.
file_setup() {
	import_busybox
	mkdir "$BATS_FILE_TMPDIR/context"
	echo copied >"$BATS_FILE_TMPDIR/context/file"
	cat >"$BATS_FILE_TMPDIR/context/Dockerfile" <<-'END'
		FROM localhost/busybox:1
		COPY file /file
		RUN echo made >/made && rm /bin/yes
		CMD ["cat", "/file", "/made"]
	END
	slipway build -q -t app:1 -t app:2 "$BATS_FILE_TMPDIR/context"
}

test_setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export OTHER=$BATS_TEST_TMPDIR/other
}

# The same program with a store that has nothing yet.
elsewhere() { SLIPWAY_ROOT=$OTHER slipway "$@"; }

teardown() {
	"$SLIPWAY" unshare rm -rf "$BATS_TEST_TMPDIR/other" 2>/dev/null || true
}

@test "save and load: an archive goes through a pipe, with its names" {
	run -0 --separate-stderr elsewhere load < <(slipway save app:1 app:2)
	[ "${lines[0]}" = "Loaded image: docker.io/library/app:1" ]
	[ "${lines[1]}" = "Loaded image: docker.io/library/app:2" ]
	[ "$(elsewhere inspect --config app:2)" = \
		"$(slipway inspect --config app:2)" ]
	run -0 elsewhere run app:1
	[ "$output" = $'copied\nmade' ]
	run -0 elsewhere store check
}

@test "save: each form is read by load, from files and directories" {
	local form
	for form in docker-archive oci-archive docker-dir oci-dir; do
		slipway save --format "$form" -o "$form" app:1
		elsewhere rmi app:1 2>/dev/null || true
		run -0 elsewhere load -q -i "$form"
		[ "$output" = "Loaded image: docker.io/library/app:1" ]
	done
	gzip docker-archive
	run -0 elsewhere load docker-archive.gz
	run -0 elsewhere load --format json docker-archive.gz
	[[ $output == *'"Name": "docker.io/library/app:1"'* ]]
}

@test "save: the same images give the same bytes" {
	slipway save -o one app:1
	slipway save -o two app:1
	cmp one two
}

@test "save: skopeo reads both archives; oci has the digest that push gives" {
	need skopeo
	slipway save -o docker.tar app:1 app:2
	slipway save --format oci-archive -o oci.tar app:1
	skopeo inspect --config docker-archive:docker.tar:app:2 >config
	grep -q '"cat"' config
	skopeo copy -q oci-archive:oci.tar dir:dir
	skopeo copy -q --format oci docker-archive:docker.tar:app:1 dir:dir2
	start_registry
	run -0 --separate-stderr slipway push -q app:1 "$REGISTRY/app:1"
	[ "$output" = "sha256:$(tar -xOf oci.tar index.json |
		sed 's/.*"digest":"sha256:\([0-9a-f]*\).*/\1/')" ]
}

@test "save: umoci unpacks a layout, and the next image is put beside it" {
	need umoci
	slipway save --format oci-dir -o layout app:1
	slipway tag app:1 other:next
	slipway save --format oci-dir -o layout other:next
	[ "$(umoci ls --layout layout)" = $'1\nnext' ]
	umoci unpack --rootless --image layout:1 bundle
	[ "$(cat bundle/rootfs/made)" = made ]
	[ ! -e bundle/rootfs/bin/yes ]
}

@test "load: what skopeo writes" {
	need skopeo
	slipway save --format oci-dir -o layout app:1
	skopeo copy -q oci:layout:1 docker-archive:theirs.tar:localhost/theirs:1
	run -0 elsewhere load -i theirs.tar
	[ "$output" = "Loaded image: localhost/theirs:1" ]
	run -0 elsewhere run localhost/theirs:1
	[ "$output" = $'copied\nmade' ]
	# A layout that only has a tag names no image.
	skopeo copy -q oci:layout:1 oci-archive:theirs.oci:plain
	run -0 elsewhere load -i theirs.oci
	[[ $output == "Loaded image ID: sha256:"* ]]
	run -0 elsewhere load -t mine:7 theirs.oci
	[ "$output" = "Loaded image: mine:7" ]
	elsewhere inspect mine:7
	slipway save --format oci-archive --compression zstd -o z.tar app:1
	tar -xOf z.tar index.json >/dev/null
	run -0 elsewhere load -i z.tar
	[ "$output" = "Loaded image: docker.io/library/app:1" ]
	run -0 elsewhere run app:1
	[ "$output" = $'copied\nmade' ]
}

@test "load: damage is found" {
	slipway save --format oci-dir -o layout app:1
	blob=$(find layout/blobs -type f -size +100k)
	printf x | dd of="$blob" conv=notrunc bs=1 seek=99 status=none
	run elsewhere load -i layout
	[ "$status" = 3 ]
	[[ $output == *"expected 'sha256:"* ]]
	rm "$blob"
	run elsewhere load -i layout
	[ "$status" = 3 ]
	tar -cf plain.tar -C "$BATS_FILE_TMPDIR/context" .
	run elsewhere load -i plain.tar
	[ "$status" = 3 ]
	[[ $output == *"no archive of images"*"slipway import"* ]]
	head -c 3000 plain.tar >cut.tar
	run elsewhere load -i cut.tar
	[ "$status" = 3 ]
	run elsewhere load -i nowhere
	[ "$status" = 3 ]
}

@test "load: a tar cannot lead outside" {
	mkdir evil
	ln -s /etc/passwd evil/index.json
	echo '{"imageLayoutVersion":"1.0.0"}' >evil/oci-layout
	run elsewhere load -i evil
	[ "$status" = 3 ]
	tar -cf evil.tar -C evil .
	run elsewhere load -i evil.tar
	[ "$status" = 3 ]
	[[ $output != *root:* ]]
}

@test "save: what cannot be is said" {
	run slipway save nobody:1
	[ "$status" != 0 ]
	run slipway save --format tarball app:1
	[ "$status" = 2 ]
	run slipway save --format oci-dir app:1
	[ "$status" = 2 ]
	[[ $output == *"--output"* ]]
	run slipway save -o no/such/dir.tar app:1
	[ "$status" = 3 ]
	# Nothing is left of an archive that was not finished.
	run slipway save -o half.tar app:1 nobody:1
	[ ! -e half.tar ]
	[ -z "$(ls)" ]
}
