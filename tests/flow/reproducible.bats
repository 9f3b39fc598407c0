#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The same files and words give the same digest: whenever, wherever, by
# whomever, however many processors there are.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

# make_context DIR NAMES...: its files, made in the order of the names.
make_context() {
	local dir=$1 name
	shift
	mkdir -p "$dir/tree"
	for name; do
		mkdir -p "$dir/tree/$name"
		echo "in $name" >"$dir/tree/$name/file"
		ln -s file "$dir/tree/$name/link"
	done
	ln "$dir/tree/a/file" "$dir/tree/hard"
	tar --sort=name --mtime=@1000 --owner=9 --group=8 --numeric-owner \
		-C "$dir/tree" -cf "$dir/archive.tar" a
	chmod -R u=rwX,go=rX "$dir"
	cat >"$dir/Dockerfile" <<-'END'
		ARG BASE=localhost/busybox:1
		FROM $BASE AS one
		RUN mkdir -p /one/sub && echo 1 >/one/sub/f && chown 5:6 /one
		FROM $BASE AS two
		COPY --chown=7:8 tree /two/
		RUN --mount=type=cache,target=/cache date >/cache/now
		FROM $BASE
		WORKDIR /job/dir
		COPY tree ./tree/
		COPY --chmod=640 --parents tree/a/file /parents/
		ADD archive.tar /archive/
		COPY <<text /doc/
		a heredoc
		text
		COPY --from=one /one /one/
		COPY --link --from=two /two /two/
		RUN for n in z y x; do echo $n >/job/$n; done; \
			rm /etc/group; mv /one/sub /one/moved
		USER 77
		WORKDIR /job/of/user
		LABEL a=b
	END
}

# digest CONTEXT OPTIONS...: of a build in a store of its own.
digest() {
	local context=$1 store
	shift
	store=$(mktemp -d "$BATS_TEST_TMPDIR/store.XXXXXX")
	"$SLIPWAY" --root "$store" import --change 'CMD ["/bin/sh"]' \
		"$(busybox_tar)" localhost/busybox:1 >/dev/null
	"$SLIPWAY" --root "$store" build -q "$@" "$context"
	"$SLIPWAY" --root "$store" unshare rm -rf "$store"
}

@test "two clocks, umasks, orders, places and numbers of processors" {
	local first second
	# shellcheck disable=SC2030 # each test has its own
	export SOURCE_DATE_EPOCH=86400
	make_context "$BATS_TEST_TMPDIR/1" a b c d
	make_context "$BATS_TEST_TMPDIR/other/2" d c b a
	find "$BATS_TEST_TMPDIR/1" -exec touch -h -d @1500000000 {} +
	find "$BATS_TEST_TMPDIR/other/2" -exec touch -h -d @1700000000.5 {} +
	first=$(umask 022 && digest "$BATS_TEST_TMPDIR/1" --reproducible)
	second=$(umask 077 && cd "$BATS_TEST_TMPDIR/other" &&
		TZ=Asia/Tokyo LC_ALL=C taskset -c 0 "$BASH" -c "
			$(declare -f digest busybox_tar make_busybox_root)
			digest 2 --reproducible --jobs 1")
	[[ $first =~ ^sha256: ]]
	[ "$first" = "$second" ]
}

@test "one id and several" {
	local first second
	[ "$(identity)" = range ] || skip "this user has but one way"
	make_context "$BATS_TEST_TMPDIR/1" a b
	# shellcheck disable=SC2031
	export SOURCE_DATE_EPOCH=86400
	first=$(digest "$BATS_TEST_TMPDIR/1" --reproducible)
	second=$(SLIPWAY_IDENTITY=single digest "$BATS_TEST_TMPDIR/1" \
		--reproducible)
	[[ $first =~ ^sha256: ]]
	[ "$first" = "$second" ]
}

# created OPTIONS...: the image's time and those of its history.
created() {
	slipway build -q -t localhost/time:1 "$@" "$BATS_TEST_TMPDIR" >/dev/null
	slipway inspect localhost/time:1 | sed -n 's/.*"Created": "\(.*\)".*/\1/p'
	slipway history --format json localhost/time:1 |
		grep -io '"created": *"[^"]*"' | grep -v -c 1970-01-02T00:00:00 || true
}

@test "the time of the image: option, argument, environment, the file" {
	local expected
	printf '%s\n' 'FROM scratch' 'LABEL a=b' 'WORKDIR /x' \
		>"$BATS_TEST_TMPDIR/Dockerfile"
	expected='1970-01-02T00:00:00Z
0'
	[ "$(created --timestamp 86400)" = "$expected" ]
	[ "$(created --build-arg SOURCE_DATE_EPOCH=86400)" = "$expected" ]
	[ "$(SOURCE_DATE_EPOCH=86400 created)" = "$expected" ]
	# The option is before the argument, which is before the environment.
	[ "$(SOURCE_DATE_EPOCH=1 created --build-arg SOURCE_DATE_EPOCH=86400)" \
		= "$expected" ]
	[ "$(created --timestamp 86400 --build-arg SOURCE_DATE_EPOCH=1)" \
		= "$expected" ]
	sed -i '1i ARG SOURCE_DATE_EPOCH=86400' "$BATS_TEST_TMPDIR/Dockerfile"
	[ "$(created)" = "$expected" ]
	[ "$(created --reproducible)" = "$expected" ]
	[ "$(SOURCE_DATE_EPOCH=86400 created --reproducible)" = "$expected" ]
}
