#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# With one id only, layers are those that a range of ids gives, bit by bit.

load ../lib/slipway

# The store of one identity: trees of both kinds would do in one, but then the
# step cache answers for the other.
as() {
	local kind=$1
	shift
	SLIPWAY_ROOT=$BATS_FILE_TMPDIR/store-$kind slipway --identity "$kind" "$@"
}

# A base whose files belong to many, an archive and a context.
make_base() {
	local dir=$BATS_FILE_TMPDIR/base
	make_busybox_root "$dir"
	mkdir -p "$dir/srv/mail" "$dir/srv/own"
	echo kept >"$dir/srv/mail/kept"
	ln -s kept "$dir/srv/mail/link"
	mkfifo "$dir/srv/mail/pipe"
	chmod 2750 "$dir/srv/mail"
	chmod 4755 "$dir/srv/mail/kept"
	tar --sort=name --mtime=@1700000000 --owner=0 --group=0 \
		--numeric-owner -C "$dir" --exclude ./srv -cf "$1" .
	tar --sort=name --mtime=@1700000000 --owner=1000 --group=8 \
		--numeric-owner -C "$dir" -rf "$1" ./srv
	rm -rf "$dir"
}

file_setup() {
	local kind c=$BATS_FILE_TMPDIR/context
	need_range
	make_base "$BATS_FILE_TMPDIR/base.tar"
	for kind in single range; do
		as $kind import "$BATS_FILE_TMPDIR/base.tar" \
			localhost/base:1 >/dev/null
	done
	mkdir -p "$c/tree/sub" "$c/pack"
	echo leaf >"$c/tree/sub/leaf"
	ln -s sub/leaf "$c/tree/link"
	echo packed >"$c/pack/file"
	ln -s file "$c/pack/link"
	tar --owner=99 --group=98 --numeric-owner --sort=name \
		-C "$c/pack" -cf "$c/data.tar" .
	rm -rf "$c/pack"
}

file_teardown() {
	local kind
	for kind in single range; do
		slipway --identity $kind unshare \
			rm -rf "$BATS_FILE_TMPDIR/store-$kind" || true
	done
}

# same_layers: the Dockerfile on standard input, by both.
same_layers() {
	local kind
	cat >"$BATS_TEST_TMPDIR/Dockerfile"
	for kind in single range; do
		SOURCE_DATE_EPOCH=1700000000 as $kind build -q --reproducible \
			-f "$BATS_TEST_TMPDIR/Dockerfile" -t localhost/made:1 \
			"$BATS_FILE_TMPDIR/context" >/dev/null
		as $kind inspect --config localhost/made:1 \
			>"$BATS_TEST_TMPDIR/$kind"
	done
	grep -q '"diff_ids"' "$BATS_TEST_TMPDIR/single"
	diff "$BATS_TEST_TMPDIR/range" "$BATS_TEST_TMPDIR/single"
}

@test "COPY --chown, WORKDIR of a user, through trees" {
	same_layers <<-'D'
		FROM localhost/base:1
		COPY --chown=1000:100 tree /home/tree
		RUN touch /seen
		USER alice
		WORKDIR /home/work/deep
		USER root
		RUN touch /home/work/root
		COPY --chown=daemon tree /home/tree
		RUN touch /again
		COPY tree /home/tree
		RUN touch /end
	D
}

@test "ADD of an archive keeps its owners" {
	same_layers <<-'D'
		FROM localhost/base:1
		ADD data.tar /data/
		ADD --chown=7:8 data.tar /other/
		RUN touch /seen
	D
}

@test "COPY --from another stage and image: owners, links, pipes, modes" {
	same_layers <<-'D'
		FROM localhost/base:1 AS one
		COPY --chown=33:44 tree /tree
		RUN touch /tree/root
		FROM localhost/base:1
		COPY --from=one /tree /tree
		COPY --from=localhost/base:1 /srv /srv2
		COPY --from=localhost/base:1 /srv/mail/kept /srv2/one
		RUN touch /end
	D
}

@test "a RUN that touches other people's files leaves their owners" {
	same_layers <<-'D'
		FROM localhost/base:1
		RUN echo more >>/srv/mail/kept && mv /srv/mail/kept /srv/own/
	D
}
