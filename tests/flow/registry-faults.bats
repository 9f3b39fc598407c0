#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What registries do to us, and what we make of it.

load ../lib/slipway

file_setup() {
	local fifo=$BATS_FILE_TMPDIR/fifo port
	command -v python3 >/dev/null || return 0
	mkfifo "$fifo"
	python3 "$BATS_TEST_DIRNAME/../lib/fault-registry.py" \
		"$BATS_FILE_TMPDIR/log" >"$fifo" 3>&- &
	echo $! >>"$BATS_FILE_TMPDIR/registry.pids"
	read -r -t 30 _ _ port <"$fifo"
	export FAULTS=127.0.0.1:$port LOG=$BATS_FILE_TMPDIR/log
}

test_setup() {
	need python3
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/store
}

pull() { run -"${1}" --separate-stderr slipway pull --retry-delay 10ms "${@:2}"; }

# The image of the fault registry, in the store of this test.
have_image() { pull 0 "$FAULTS/good/img:1"; }

push() {
	run -"${1}" --separate-stderr slipway push --compression none \
		--retry-delay 10ms "$FAULTS/good/img:1" "${@:2}"
}

@test "three errors in a row are outlived" {
	pull 0 "$FAULTS/burst/img:1"
	[[ $output == sha256:* ]]
	[ "$(grep -c '^GET /v2/burst/img/manifests/1 500' "$LOG")" = 3 ]
}

@test "with --retry 0 the first error is the last" {
	pull 4 --retry 0 "$FAULTS/burst/zero:1"
	[[ $stderr == *"status 500"*"try again"* ]]
	[ "$(grep -c '/v2/burst/zero/manifests' "$LOG")" = 1 ]
}

@test "Retry-After is waited for" {
	local before after
	before=$(date +%s%N)
	pull 0 "$FAULTS/busy/img:1"
	after=$(date +%s%N)
	[ $((after - before)) -ge 1000000000 ]
}

@test "a used-up quota is not asked again" {
	pull 4 "$FAULTS/quota/img:1"
	[[ $stderr == *"pull rate limit"* ]]
	[ "$(grep -c '/v2/quota/img/manifests' "$LOG")" = 1 ]
}

@test "a broken download goes on where it broke" {
	pull 0 "$FAULTS/cut/img:1"
	grep -q '^GET /v2/cut/img/blobs/.* 206 range=bytes=' "$LOG"
}

@test "a registry without ranges sends it all again" {
	pull 0 "$FAULTS/norange/img:1"
	grep -q '^GET /v2/norange/img/blobs/.* 200 range=bytes=' "$LOG"
}

@test "a download that always breaks fails in the end" {
	pull 4 --retry 2 "$FAULTS/broken/img:1"
	[[ $stderr == *blob* ]]
	run slipway images --format ndjson
	[ -z "$output" ]
}

@test "bytes that are not what was asked for are refused" {
	pull 4 "$FAULTS/wrong/img:1"
	[[ $stderr == *sha256:* ]]
	pull 4 "$FAULTS/longer/img:1"
	[ -z "$(ls -A "$SLIPWAY_ROOT/tmp")" ]
}

@test "manifests that lie are refused" {
	pull 4 "$FAULTS/forged/img:1"
	[[ $stderr == *"calls a manifest"* ]]
	pull 4 "$FAULTS/huge/img:1"
	pull 4 "$FAULTS/both/img:1"
}

@test "an answer that is no JSON is quoted without control bytes" {
	pull 4 "$FAULTS/html/img:1"
	[[ $stderr == *"no such page"* ]]
	[[ $stderr != *$'\e'* ]]
}

@test "a redirect to another port does not carry credentials" {
	pull 0 --creds alice:s3cret "$FAULTS/login/img:1"
	grep -q '^GET /v2/login/img/blobs/.* 307 auth' "$LOG"
	grep -q '^GET /elsewhere/.* 200$' "$LOG"
	run grep '^GET /elsewhere/.* auth' "$LOG"
	[ "$status" = 1 ]
	run grep s3cret "$LOG"
	[ "$status" = 1 ]
}

@test "a redirect in circles ends" {
	pull 4 "$FAULTS/loop/img:1"
	[[ $stderr == *redirects* ]]
}

@test "no credentials, a hint; wrong ones, their source" {
	pull 4 "$FAULTS/login/img:2"
	[[ $stderr == *"--creds"* ]]
	[[ $stderr == *"no credentials"* ]]
}

@test "a registry that wants PATCH and says 201 gets it" {
	have_image
	push 0 "$FAULTS/patch/img:1"
	grep -q '^PATCH /v2/patch/img/.* 201' "$LOG"
}

@test "a registry that wants small chunks gets them" {
	have_image
	push 0 "$FAULTS/chunks/img:1"
	grep -q '^PATCH /v2/chunks/img/.* 202 content-range=0-' "$LOG"
}

@test "an upload that is lost begins anew" {
	have_image
	push 0 "$FAULTS/flaky/img:1"
	grep -q '^PUT /v2/flaky/img/.* 503' "$LOG"
}

@test "an immutable tag that stands right is a success" {
	have_image
	push 0 "$FAULTS/immutable/img:1"
}

@test "nobody listening is one clear line" {
	local port
	port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	pull 4 "127.0.0.1:$port/img:1"
	[[ $stderr == *"cannot talk to registry '127.0.0.1:$port'"* ]]
}
