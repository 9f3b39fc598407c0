#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The identities under each other: what has no other owners is the same image
# whoever builds it, and where little is permitted it is still built.

load ../lib/slipway

file_setup() {
	[ "$(id -u)" != 0 ] || return 0
	export SOURCE_DATE_EPOCH=1700000000
	context=$BATS_FILE_TMPDIR/context
	mkdir -p "$context/sub"
	echo 'A launch ships without a dock.' >"$context/sub/message.txt"
	ln -s message.txt "$context/sub/link"
	chmod 640 "$context/sub/message.txt"
	dockerfile "$context" <<-'D'
		FROM localhost/busybox:1 AS made
		RUN printf '#!/bin/sh\necho "hello from $(uname -m)"\n' >/hello \
			&& chmod 755 /hello
		FROM localhost/busybox:1
		COPY --from=made /hello /usr/bin/hello
		COPY --chmod=4755 sub /srv/
		RUN rm -r /home && mkdir -p -m 1777 /srv/open && ln /srv/link /l \
			&& mkfifo -m 600 /srv/fifo
		WORKDIR /srv/work
		ENTRYPOINT ["/usr/bin/hello"]
	D
	# Theirs, and the store of those who may do little.
	build_in ours slipway
	build_in little little
}

test_setup() {
	need setpriv
	[ "$(id -u)" != 0 ] || skip "root with no capability has no id map"
	export SOURCE_DATE_EPOCH=1700000000
}

# Nothing is gained by exec: newuidmap gives no ids.
little() {
	setpriv --no-new-privs --bounding-set -all --inh-caps -all \
		"$SLIPWAY" "$@"
}

build_in() {
	export SLIPWAY_ROOT=$BATS_FILE_TMPDIR/store-$1
	"$2" import --change 'CMD ["/bin/sh"]' "$(busybox_tar)" \
		localhost/busybox:1
	"$2" build --reproducible -t localhost/hello:1 "$BATS_FILE_TMPDIR/context"
}

layers() {
	"$SLIPWAY" --root "$BATS_FILE_TMPDIR/store-$1" inspect --config \
		localhost/hello:1 | sed 's/.*"diff_ids":\[\([^]]*\).*/\1/'
}

file_teardown() {
	[ "$(id -u)" != 0 ] || return 0
	"$SLIPWAY" unshare rm -rf "$BATS_FILE_TMPDIR"/store-*
}

@test "the little identity is single" {
	run -0 little doctor --root "$BATS_FILE_TMPDIR/store-little"
	[[ $output == *'identity: single'* ]]
	[[ $output == *'builds can run: yes'* ]]
}

@test "the same layers" {
	[ -n "$(layers ours)" ]
	[ "$(layers ours)" = "$(layers little)" ]
}

@test "it runs" {
	run -0 little run --root "$BATS_FILE_TMPDIR/store-little" \
		localhost/hello:1
	[[ $output == *"hello from $(uname -m)" ]]
}

@test "the same without being forced: --identity single" {
	export SLIPWAY_ROOT=$BATS_FILE_TMPDIR/store-single
	import_busybox
	slipway build --reproducible --identity single \
		-t localhost/hello:1 "$BATS_FILE_TMPDIR/context"
	[ "$(layers ours)" = "$(layers single)" ]
	rm -rf "$SLIPWAY_ROOT"
}
