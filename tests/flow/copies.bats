#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Where no overlay can be mounted, steps work on copies, and layers are the
# same bytes.

load ../lib/slipway

file_setup() {
	export SOURCE_DATE_EPOCH=1700000000
	dockerfile "$BATS_FILE_TMPDIR/context" <<-'D'
		FROM localhost/busybox:1 AS base
		RUN echo of another >/other
		FROM localhost/busybox:1
		RUN mkdir -p /d/deep/er /e/in /moved/in /gone/in /swap1 /swap2 && \
			for f in /d/a /d/b /d/deep/x /d/deep/er/y /e/f /e/in/g \
				/moved/f /moved/in/g /gone/f /gone/in/g /mode /owner \
				/time /size /replaced /same /swap1/1 /swap2/2; \
			do echo "$f" >"$f"; done && \
			ln /same /twin && ln -s same /link && ln -s /d /dirlink && \
			mkfifo /fifo && chown 5:6 /d/a /link /fifo /e && \
			chmod 4750 /d/b && chmod 1777 /moved
		RUN echo new >/d/new && mkdir -p /new/dir/in && echo 1 >/new/dir/in/f
		RUN echo longer >>/size && chmod 600 /mode && chown 7:8 /owner && \
			touch -d '2001-02-03 04:05:06' /time && chmod g+s /d/deep
		RUN rm /replaced && mkdir /replaced && echo in >/replaced/in && \
			rm -r /gone && echo file >/gone
		RUN rm /d/a && rm -r /d/deep/er && rm /fifo && mkfifo /fifo
		RUN rm -r /e && mkdir /e && echo other >/e/other && mkdir /e/in
		RUN mv /moved /renamed && mv /swap1 /swap && mv /swap2 /swap1 && \
			mv /swap /swap2
		RUN ln /same /third && ln /third /d/fourth && echo more >>/same
		RUN echo twin >/twin && ln -sfn /new /dirlink && chown -h 3:4 /link
		RUN echo left >/tmp/x && rm /tmp/x
		RUN : changes nothing
		RUN mv /d/deep /d/deeper && mkdir -p /d/deep/er && echo y >/d/deep/er/z
		RUN chmod 711 /
		RUN echo 'same content' >/again && cp -a /again /copy && rm /again
		RUN --mount=type=tmpfs,target=/not/there --mount=type=cache,target=/c \
			test -d /not/there && echo used >/c/used
		COPY Dockerfile /d/b
		COPY --from=base /other /bin/sh /d/from/
		WORKDIR /job/dir
		RUN test "$(cat /gone)" = file && test "$(cat /twin)" = twin && \
			test ! -e /e/f && test ! -e /d/a && test -e /renamed/in/g && \
			test "$(stat -c %u:%g:%a /owner)" = 7:8:644
	D
	build "$BATS_FILE_TMPDIR/overlay"
}

test_setup() { export SOURCE_DATE_EPOCH=1700000000; }

file_teardown() {
	"$SLIPWAY" unshare rm -rf "$BATS_FILE_TMPDIR"/{overlay,copy,inside} ||
		true
}

# build STORE [WRAPPER...]
build() {
	local store=$1
	shift
	"$@" "$SLIPWAY" --root "$store" import --change 'CMD ["/bin/sh"]' \
		"$(busybox_tar)" localhost/busybox:1
	"$@" "$SLIPWAY" --root "$store" build --reproducible \
		--network host -t localhost/out:1 "$BATS_FILE_TMPDIR/context"
}

denied() { python3 "$BATS_TEST_DIRNAME/../lib/refuse.py" 1:overlay "$@"; }

layers() {
	"$SLIPWAY" --root "$1" inspect --config localhost/out:1 |
		sed 's/.*"diff_ids":\[\([^]]*\).*/\1/' | tr , '\n'
}

# same_layers STORE
same_layers() {
	layers "$BATS_FILE_TMPDIR/overlay" >"$BATS_TEST_TMPDIR/wanted"
	layers "$1" >"$BATS_TEST_TMPDIR/found"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/wanted")" -gt 15 ]
	diff "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/found"
}

@test "copies give the layers of overlays" {
	need python3
	run -0 build "$BATS_FILE_TMPDIR/copy" denied
	[ "$(grep -c "each step works on a copy" <<<"$output")" = 1 ]
	same_layers "$BATS_FILE_TMPDIR/copy"
	run -0 ls "$BATS_FILE_TMPDIR/copy/tmp"
	[ -z "$output" ]
}

@test "the same where owners are real" {
	need python3
	need_range
	export -f build busybox_tar make_busybox_root
	run -0 "$SLIPWAY" unshare python3 "$BATS_TEST_DIRNAME/../lib/refuse.py" \
		1:overlay bash -ec 'build "$1"' - "$BATS_FILE_TMPDIR/inside"
	[[ $output = *"each step works on a copy"* ]]
	same_layers "$BATS_FILE_TMPDIR/inside"
}

@test "doctor says that there are copies, why, and what they cost" {
	need python3
	run -0 --separate-stderr denied "$SLIPWAY" doctor
	[[ $output =~ overlay\ +warn\ .*"works on a copy of the files below it" ]]
	run -0 --separate-stderr denied "$SLIPWAY" doctor --format json
	[[ $output = *'"name":"overlay","status":"warn"'* ||
		$output = *'"name": "overlay"'* ]]
	[[ $output = *reflinks* ]]
}
