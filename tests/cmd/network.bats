#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What programs reach, and what they are told about it.

load ../lib/slipway

file_setup() {
	import_busybox
	# On the loopback of the host: WEB.
	mkdir "$BATS_FILE_TMPDIR/www"
	echo here >"$BATS_FILE_TMPDIR/www/page"
	start_web "$BATS_FILE_TMPDIR/www"
}

# A private network, or the reason why there is none here.
need_private() {
	local why
	why=$("$SLIPWAY" run --network private localhost/busybox:1 true 2>&1) ||
		skip "${why%%$'\n'*}"
}

in_box() {
	run --separate-stderr slipway run "$@"
}

@test "none: loopback, and it is up" {
	in_box --network none localhost/busybox:1 sh -c \
		'ip -o addr | grep -c inet\  ; ping -c 1 -q 127.0.0.1 >&2;
		ip route'
	[ "$status" -eq 0 ]
	[ "$output" = 1 ]
}

@test "host: what the host reaches" {
	in_box --network host localhost/busybox:1 wget -q -O - "$WEB/page"
	[ "$output" = here ]
}

@test "private: a way out, but not to the host's loopback" {
	need_private
	in_box --network private localhost/busybox:1 sh -c \
		"wget -q -O - $WEB/page || echo closed
		ip route | grep -c default; grep -c ^nameserver /etc/resolv.conf"
	[ "$output" = $'closed\n1\n1' ]
}

@test "private: one for all of a build, nothing of it in the image" {
	need_private
	dockerfile "$BATS_TEST_TMPDIR/c" <<-D
		FROM localhost/busybox:1
		RUN ip route | grep default && echo kept >/tmp/kept
		RUN --network=none ! ip route | grep default
		RUN --network=host true
	D
	slipway build --network private -t localhost/net:1 "$BATS_TEST_TMPDIR/c"
	in_box localhost/net:1 cat /tmp/kept
	[ "$output" = kept ]
	# Another name for a network that leads somewhere is no other key.
	run -0 slipway build --network default "$BATS_TEST_TMPDIR/c"
	[[ $output == *CACHED* && $output != *DONE* ]]
}

@test "the default says why it is the host's" {
	run env -u SLIPWAY_NETWORK "$SLIPWAY" run localhost/busybox:1 true
	[ "$status" -eq 0 ]
	[ -z "$output" ] || [[ $output == *'warning: no private network: '* ]]
	run env SLIPWAY_NETWORK=none "$SLIPWAY" run localhost/busybox:1 \
		sh -c 'ip route'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run -2 slipway run --network moon localhost/busybox:1 true
	[[ $output == *"use default, host, none or private"* ]]
}

@test "a helper that gives up is named" {
	[ -r /dev/net/tun ] && [ -w /dev/net/tun ] || skip "no /dev/net/tun"
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /bin/false "$BATS_TEST_TMPDIR/bin/slirp4netns"
	run -5 env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$SLIPWAY" run \
		--network private localhost/busybox:1 true
	[[ $output == *"slirp4netns gave up"* ]]
	run -0 env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$SLIPWAY" run \
		--network default localhost/busybox:1 echo went on
	[[ $output == *"slirp4netns gave up"*"went on"* ]]
}

@test "proxies of the environment reach programs, and nothing else" {
	dockerfile "$BATS_TEST_TMPDIR/c" <<-'D'
		FROM localhost/busybox:1
		RUN test "${http_proxy##*@}" = proxy:1 && \
			test "$HTTP_PROXY" = "$http_proxy"
		RUN test "$no_proxy" = given
	D
	http_proxy=http://user:s3cret@proxy:1 no_proxy=lost slipway build \
		--build-arg no_proxy=given -t localhost/proxy:1 \
		"$BATS_TEST_TMPDIR/c"
	run -0 slipway build --explain "$BATS_TEST_TMPDIR/c"
	[[ $output == *CACHED* && $output != *s3cret* ]]
	run -0 slipway inspect --config localhost/proxy:1
	[[ $output != *proxy:1\"* && $output != *s3cret* ]]
	run -0 slipway history --no-trunc localhost/proxy:1
	[[ $output != *s3cret* ]]
	HTTPS_PROXY=http://proxy:2 in_box localhost/busybox:1 sh -c \
		'echo "$HTTPS_PROXY"'
	[ "$output" = http://proxy:2 ]
}

@test "names of hosts, without a trace in the layer" {
	dockerfile "$BATS_TEST_TMPDIR/c" <<-'D'
		FROM localhost/busybox:1
		RUN grep -q '^10.1.2.3.db$' /etc/hosts && \
			! echo x >>/etc/hosts && ! echo x >>/etc/resolv.conf && \
			! touch /etc/resolv.conf
	D
	slipway build --add-host db:10.1.2.3 -t localhost/names:1 \
		"$BATS_TEST_TMPDIR/c"
	run -0 --separate-stderr slipway inspect localhost/names:1
	run -0 --separate-stderr slipway run localhost/names:1 cat /etc/hosts
	[[ $output != *10.1.2.3* ]]
	mkdir "$BATS_TEST_TMPDIR/out"
	slipway build --add-host db:10.1.2.3 --explain -t localhost/names:2 - \
		<<-'D'
		FROM localhost/names:1
		RUN --mount=type=bind,from=localhost/names:1,target=/i \
			! test -e /i/etc/hosts && ! test -e /i/etc/resolv.conf
	D
}
