#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Killed, starved or lied to, slipway loses nothing.

load ../lib/slipway

file_setup() {
	import_busybox
	mkdir -p "$BATS_FILE_TMPDIR/context"
	for n in 1 2 3 4 5; do echo "$n" >"$BATS_FILE_TMPDIR/context/f$n"; done
	dockerfile "$BATS_FILE_TMPDIR/context" <<-'D'
		FROM localhost/busybox:1 AS one
		RUN seq 1000 >/one
		FROM localhost/busybox:1
		COPY f1 f2 /copied/
		RUN mkdir /d && for i in 1 2 3 4 5 6 7 8; do seq 100 >/d/$i; done
		COPY --from=one /one /one
		COPY . /all
		RUN rm -r /d/1 && echo end >/end
	D
}

@test "kill -9 at 200 random moments: the same build succeeds after" {
	local n pid
	for ((n = 0; n < 200; n++)); do
		setsid "$SLIPWAY" build -q --no-cache -t localhost/killed:1 \
			"$BATS_FILE_TMPDIR/context" >/dev/null 2>&1 3>&- &
		pid=$!
		# Not to wait for anything: the moment of the kill is the test.
		read -r -t "0.$(printf %03d $((RANDOM % 120)))" \
			<> <(:) || true
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	slipway store check
	run -0 slipway build --no-cache -t localhost/killed:1 \
		"$BATS_FILE_TMPDIR/context"
	run -0 --separate-stderr slipway run localhost/killed:1 sh -c \
		'cat /end; ls /all | wc -l; wc -l </one'
	[ "${lines[0]}" = end ]
	slipway store check
	# Nothing unfinished is left once somebody opens it again.
	slipway prune >/dev/null
	[ -z "$(ls "$SLIPWAY_ROOT/tmp")" ]
}

@test "kill -9 at 30 random moments: the same pull succeeds after" {
	local n pid layer blob=$BATS_TEST_TMPDIR/blobs
	start_registry
	dockerfile "$blob" <<-'D'
		FROM localhost/busybox:1
		COPY big1 /big1
		COPY big2 /big2
	D
	head -c 6000000 /dev/urandom >"$blob/big1"
	head -c 6000000 /dev/urandom >"$blob/big2"
	slipway build -q --push -t "$REGISTRY/big:1" "$blob"
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/store
	for ((n = 0; n < 30; n++)); do
		setsid "$SLIPWAY" pull -q --unpack "$REGISTRY/big:1" \
			>/dev/null 2>&1 3>&- &
		pid=$!
		# Not to wait for anything: the moment of the kill is the test.
		read -r -t "0.$(printf %03d $((RANDOM % 250)))" \
			<> <(:) || true
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		slipway store check
	done
	run -0 slipway pull -q --unpack "$REGISTRY/big:1"
	slipway store check
	run -0 slipway run "$REGISTRY/big:1" sha256sum /big1 /big2
	for layer in big1 big2; do
		[[ $output == *"$(sha256sum <"$blob/$layer" | cut -d' ' -f1)"* ]]
	done
	slipway prune >/dev/null
	[ -z "$(ls "$SLIPWAY_ROOT/tmp")" ]
	slipway unshare rm -rf "$SLIPWAY_ROOT"
}

@test "a full disk: one clear error, status 5, the store stays whole" {
	cp "$SLIPWAY" "$BATS_TEST_TMPDIR/slipway"
	cat >"$BATS_TEST_TMPDIR/inside" <<-'S'
		set -e
		mount -t tmpfs -o size=6m none "$1/full"
		export SLIPWAY_ROOT=$1/full/store
		"$SLIPWAY" import "$2" localhost/busybox:1 >/dev/null
		status=0
		"$SLIPWAY" build -t localhost/big:1 "$1/big" >"$1/out" 2>&1 || status=$?
		cat "$1/out"
		"$SLIPWAY" store check >&2 || exit 99
		exit $status
	S
	mkdir -p "$BATS_TEST_TMPDIR/full" "$BATS_TEST_TMPDIR/big"
	dockerfile "$BATS_TEST_TMPDIR/big" <<-'D'
		FROM localhost/busybox:1
		COPY blob /blob
	D
	head -c 8000000 /dev/urandom >"$BATS_TEST_TMPDIR/big/blob"
	run unshare --user --map-root-user --mount bash \
		"$BATS_TEST_TMPDIR/inside" "$BATS_TEST_TMPDIR" "$(busybox_tar)"
	[ "$status" = 5 ]
	[[ $output == *"No space left on device"* ]]
}

@test "what can be wrong in a request: one clear line and the right status" {
	local c=$BATS_TEST_TMPDIR/wrong
	mkdir -p "$c"
	run -3 slipway build "$c"
	[[ $output == *Dockerfile* ]]
	echo 'FROM localhost/busybox:1
RUNN true' >"$c/Dockerfile"
	run -2 slipway build "$c"
	[[ $output == *"Dockerfile:2:1: "*RUNN* && $output == *RUN* ]]
	echo 'FROM localhost/busybox:1
COPY nope /x' >"$c/Dockerfile"
	run -3 slipway build "$c"
	[[ $output == *"Dockerfile:2:"*nope* ]]
	echo 'FROM localhost/busybox:1
COPY . /x' >"$c/Dockerfile"
	echo x >"$c/closed"
	chmod 000 "$c/closed"
	if [ "$(id -u)" != 0 ]; then
		run -3 slipway build "$c"
		[[ $output == *"Dockerfile:2:"*closed*"Permission denied"* ]]
	fi
	rm -f "$c/closed"
	echo 'FROM localhost:1/none:1' >"$c/Dockerfile"
	run -4 slipway build "$c"
	[[ $output == *"localhost:1/none:1"* ]]
	echo 'FROM localhost/busybox:1
RUN exit 7' >"$c/Dockerfile"
	run -1 slipway build "$c"
	[[ $output == *"exit code: 7"* ]]
}

@test "a registry that refuses the password, and one that is gone" {
	start_registry htpasswd
	run -4 slipway push --creds alice:wrong localhost/busybox:1 \
		"$REGISTRY/busybox:1"
	[[ $output != *wrong* ]]
	run -0 slipway push --creds alice:s3cret localhost/busybox:1 \
		"$REGISTRY/busybox:1"
	stop_registries
	run -4 slipway pull --retry 0 "$REGISTRY/busybox:1"
	[[ $output == *"$REGISTRY"* ]]
}

@test "Ctrl-C ends the build and all its processes" {
	dockerfile "$BATS_TEST_TMPDIR/long" <<-'D'
		FROM localhost/busybox:1
		RUN echo started; sleep 98765
	D
	: >"$BATS_TEST_TMPDIR/log" # before anybody follows it
	"$SLIPWAY" build --progress plain "$BATS_TEST_TMPDIR/long" \
		>"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	local pid=$!
	tail -n +1 -f --pid $pid "$BATS_TEST_TMPDIR/log" 3>&- |
		grep -qm1 ' started$'
	kill -INT $pid
	local status=0
	wait $pid || status=$?
	[ "$status" = 130 ]
	run -1 pgrep -u "$(id -u)" -f 'sleep 98765'
}
