#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

load ../lib/slipway

test_setup() {
	export SOURCE_DATE_EPOCH=1700000000
}

layer_of() {
	slipway inspect "$1" |
		sed -n '/"Layers"/{n;s/.*sha256:\([0-9a-f]*\).*/\1/p;}'
}

@test "import: prints the manifest's digest and sets the tag" {
	run -0 --separate-stderr slipway import "$(busybox_tar)" a:1
	[[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
	[ "sha256:$(slipway inspect --raw a:1 | sha256sum | cut -c 1-64)" = "$output" ]
}

@test "import: GNU tar reads the layer and finds the same files" {
	slipway import "$(busybox_tar)" a:1
	tar -tvf "$SLIPWAY_ROOT/blobs/sha256/$(layer_of a:1)" --numeric-owner |
		sed 's, \./, ,' | sort >"$BATS_TEST_TMPDIR/ours"
	tar -tvf "$(busybox_tar)" --numeric-owner |
		sed 's, \./, ,; / $/d' | sort >"$BATS_TEST_TMPDIR/theirs"
	diff "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours"
}

@test "import: a file, a pipe, gzip and zstd give the same image" {
	local tar digest
	tar=$(busybox_tar)
	digest=$(slipway import "$tar" a:1)
	run -0 slipway import - a:2 <"$tar"
	[ "$output" = "$digest" ]
	gzip -c "$tar" >"$BATS_TEST_TMPDIR/a.gz"
	run -0 slipway import "$BATS_TEST_TMPDIR/a.gz" a:3
	[ "$output" = "$digest" ]
	[ "$(gzip -c "$tar" | slipway import - a:4)" = "$digest" ]
	need zstd
	[ "$(zstd -q -c "$tar" | slipway import - a:5)" = "$digest" ]
}

@test "import: what tar wrote beside the files does not matter" {
	local dir=$BATS_TEST_TMPDIR/root
	mkdir -p "$dir/etc"
	echo x >"$dir/etc/file"
	touch -d @1600000000.5 "$dir/etc/file" "$dir/etc" "$dir"
	tar -C "$dir" --sort=name --owner=me:7 --group=us:8 --format=gnu \
		-cf "$BATS_TEST_TMPDIR/one" .
	tar -C "$dir" --sort=name --owner=you:7 --group=them:8 --format=pax \
		-b 1 -cf "$BATS_TEST_TMPDIR/two" etc
	[ "$(slipway import "$BATS_TEST_TMPDIR/one" b:1)" = \
		"$(slipway import "$BATS_TEST_TMPDIR/two" b:2)" ]
}

@test "import: a directory; what is ours is root's" {
	local dir=$BATS_TEST_TMPDIR/root
	make_busybox_root "$dir"
	slipway import --change 'CMD ["/bin/sh"]' "$dir" c:1
	run -0 tar -tvf "$SLIPWAY_ROOT/blobs/sha256/$(layer_of c:1)" \
		--numeric-owner etc/passwd
	[[ $output == *" 0/0 "* ]]
}

@test "import: --change, --message, --platform" {
	slipway import -c 'ENTRYPOINT ["/bin/echo"]' -c 'ENV A="b c" D=e' \
		-c 'WORKDIR /x' -c 'USER 7' -c 'EXPOSE 80' -c 'LABEL l=m' \
		-c 'VOLUME /v' -c 'STOPSIGNAL INT' -m hello \
		--platform linux/arm/v6 "$(busybox_tar)" d:1
	run -0 slipway inspect --config d:1
	[[ $output == *'"architecture":"arm","os":"linux","variant":"v6","config":{"User":"7","ExposedPorts":{"80/tcp":{}},"Env":["A=b c","D=e"],"Entrypoint":["/bin/echo"],"Volumes":{"/v":{}},"WorkingDir":"/x","Labels":{"l":"m"},"StopSignal":"INT"}'* ]]
	[[ $output == *'"created_by":"slipway import","comment":"hello"}'* ]]
	run -2 slipway import -c 'RUN x' "$(busybox_tar)" d:2
	[[ $output == *"change 'RUN x': 'RUN' is not possible here"* ]]
	run -3 slipway inspect d:2
}

@test "import: what cannot be had or is no archive leaves nothing" {
	run -3 slipway import "$BATS_TEST_TMPDIR/none" e:1
	[[ $output == *"cannot open '$BATS_TEST_TMPDIR/none'"* ]]
	head -c 5000 /dev/urandom >"$BATS_TEST_TMPDIR/rubbish"
	run -3 slipway import "$BATS_TEST_TMPDIR/rubbish" e:1
	head -c 100000 "$(busybox_tar)" >"$BATS_TEST_TMPDIR/short"
	run -3 slipway import "$BATS_TEST_TMPDIR/short" e:1
	run -2 slipway import "$(busybox_tar)" E:1
	run -3 slipway inspect e:1
	run -0 ls "$SLIPWAY_ROOT/tmp"
	[ -z "$output" ]
}

@test "import: a name that means a deleted file is refused" {
	mkdir "$BATS_TEST_TMPDIR/root"
	touch "$BATS_TEST_TMPDIR/root/.wh.x"
	tar -C "$BATS_TEST_TMPDIR/root" -cf "$BATS_TEST_TMPDIR/tar" .
	run ! slipway import "$BATS_TEST_TMPDIR/tar" f:1
	[[ $output == *"'.wh.x' cannot be in an image"* ]]
}

@test "import: a build stands on it" {
	import_busybox g:1
	dockerfile "$BATS_TEST_TMPDIR/context" <<-'EOF'
		FROM g:1
		RUN ls -ln /etc/passwd >/list
	EOF
	slipway build -t g:2 "$BATS_TEST_TMPDIR/context"
	run -0 slipway run g:2 cat /list
	[[ $output == *" 0 "*"/etc/passwd" ]]
}
