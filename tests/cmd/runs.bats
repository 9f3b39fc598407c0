# SPDX-License-Identifier: Apache-2.0
load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	CONTEXT=$BATS_TEST_TMPDIR/context
	mkdir -p "$CONTEXT"
}

# quick ID COMMAND...: a run of one step.
quick() {
	local id=$1
	shift
	slipway task run --run-id "$id" --cmd \
		"localhost/busybox:1 sh -c '$*'" /dev/null
}

# field NAME [RUN]: of a run, by its JSON.
field() {
	slipway runs show --format json ${2+"$2"} | python3 -c \
		'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

# await WORD...: until the command succeeds; the test's own time-out ends it.
await() {
	local tries
	for ((tries = 0; tries < 600; tries++)); do
		"$@" >/dev/null 2>&1 && return
		read -rt 0.05 <> <(:) || :
	done
	return 1
}

@test "list: nothing yet" {
	run slipway runs list
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
	run slipway runs list --format json
	[ "$output" = "[]" ]
	run slipway runs show
	[ "$status" -eq 2 ]
	[[ $output == *"there is no run yet"* ]]
}

# One message, a remedy, and the status that says whose fault it is.
@test "a record that cannot be had" {
	local state=$XDG_STATE_HOME/slipway word
	quick one true
	head -c 3000 /dev/zero >"$BATS_TEST_TMPDIR/junk"
	cp "$state/runs.db" "$BATS_TEST_TMPDIR/good"
	for word in "runs list" "runs logs one" "runs rerun one"; do
		cp "$BATS_TEST_TMPDIR/junk" "$state/runs.db"
		# shellcheck disable=SC2086
		run slipway $word
		[ "$status" -eq 6 ]
		[ "${lines[0]}" = "slipway: the record of runs: database \
'$state/runs.db': file is not a database" ]
		[[ ${lines[1]} == "hint: move it away"* ]]
		[ "${#lines[@]}" -eq 2 ]
		cp "$BATS_TEST_TMPDIR/good" "$state/runs.db"
		[ "$EUID" -ne 0 ] || continue
		chmod 444 "$state/runs.db"
		# shellcheck disable=SC2086
		run slipway $word
		chmod 600 "$state/runs.db"
		[ "$status" -eq 5 ]
		[ "$output" = "slipway: the record of runs: cannot open \
'$state/runs.db': Permission denied" ]
		chmod 555 "$state"
		# shellcheck disable=SC2086
		run slipway $word
		chmod 755 "$state"
		[ "$status" -eq 5 ]
		[[ ${lines[0]} == *"runs.db': attempt to write a readonly"* ]]
		[[ ${lines[1]} == "hint: "* ]]
	done
	slipway runs logs one
}

@test "rerun: a context whose name looks like an option" {
	mkdir "$BATS_TEST_TMPDIR/-ctx"
	touch "$BATS_TEST_TMPDIR/-ctx/here"
	cd "$BATS_TEST_TMPDIR"
	slipway task run --run-id one --cmd "localhost/busybox:1 ls /workspace" -- -ctx
	run slipway runs rerun one
	[ "$status" -eq 0 ]
	[[ $output == *" here"* ]]
}

@test "list: newest first, by status, in JSON" {
	quick one true
	run quick two "exit 3"
	[ "$status" -eq 1 ]
	run slipway runs list
	[[ ${lines[1]} == two*quickrun*Failed*Manual* ]]
	[[ ${lines[2]} == one*quickrun*Succeeded*Manual* ]]
	run slipway runs list --status failed --format ndjson
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'"id":"two"'*'"why":"step '* ]]
	run slipway runs list --top 1
	[ "${#lines[@]}" -eq 2 ]
	run slipway runs list --top x
	[ "$status" -eq 2 ]
}

@test "show: the steps and how they ended" {
	cat >"$CONTEXT/acb.yaml" <<-'EOF'
		version: v1.1.0
		steps:
		- {id: good, cmd: localhost/busybox:1 true}
		- {id: bad, cmd: localhost/busybox:1 false, retries: 1, retryDelay: 1}
		- {id: never, cmd: localhost/busybox:1 true}
	EOF
	run slipway task run --run-id three "$CONTEXT"
	[ "$status" -eq 1 ]
	run slipway runs show three
	[[ $output == *"status    Failed"* ]]
	[[ $output == *"why       step 'bad' failed with status 1"* ]]
	[[ $output =~ good\ +cmd\ +Succeeded\ +1\ +0 ]]
	[[ $output =~ bad\ +cmd\ +Failed\ +2\ +1 ]]
	[[ $output =~ never\ +cmd\ +Skipped\ +0\ +0 ]]
	run slipway runs show nosuch
	[ "$status" -eq 2 ]
}

@test "logs: by step, with times, as JSON" {
	cat >"$CONTEXT/acb.yaml" <<-'EOF'
		version: v1.1.0
		steps:
		- {id: a, cmd: "localhost/busybox:1 printf 'one\ntwo'"}
		- {id: b, cmd: localhost/busybox:1 echo three}
	EOF
	slipway task run "$CONTEXT"
	run slipway runs logs
	[ "$output" = $'a | one\na | two\nb | three' ]
	run slipway runs logs --step a
	[ "$output" = $'one\ntwo' ]
	run slipway runs logs -t --step b
	[[ $output =~ ^20[0-9-]+T[0-9:.]+Z\ three$ ]]
	run slipway runs logs --format json
	python3 -c 'import json, sys
assert [l["text"] for l in json.loads(sys.argv[1])] == ["one", "two", "three"]' \
		"$output"
}

@test "logs -f goes on to the end" {
	cat >"$CONTEXT/wait" <<<'echo begun; until [ -e end ]; do :; done; echo over'
	cat >"$CONTEXT/acb.yaml" <<-'EOF'
		version: v1.1.0
		steps:
		- cmd: localhost/busybox:1 sh wait
	EOF
	slipway task run --run-id five "$CONTEXT" >/dev/null 2>&1 3>&- &
	await slipway runs show five
	slipway runs logs -f five >"$BATS_TEST_TMPDIR/seen" 3>&- &
	follower=$!
	await grep -q begun "$BATS_TEST_TMPDIR/seen"
	touch "$XDG_STATE_HOME/slipway/runs/five/workspace/end"
	wait "$follower"
	[ "$(cat "$BATS_TEST_TMPDIR/seen")" = $'begun\nover' ]
	wait
	[ "$(field status five)" = Succeeded ]
}

@test "a killed runner's run is an error, and logs -f ends" {
	slipway task run --run-id six --cmd \
		"localhost/busybox:1 sh -c 'echo begun; sleep 600'" /dev/null \
		>/dev/null 2>&1 3>&- &
	await slipway runs show six
	slipway runs logs -f six >"$BATS_TEST_TMPDIR/seen" 3>&- &
	follower=$!
	await grep -q begun "$BATS_TEST_TMPDIR/seen"
	kill -KILL "$(field pid six)"
	wait "$follower"
	run slipway runs show six
	[[ $output == *"status    Error"* ]]
	[[ $output == *"the runner was killed"* ]]
	[[ $output =~ acb_step_0\ +cmd\ +Canceled ]]
}

@test "cancel" {
	slipway task run --run-id seven --cmd \
		"localhost/busybox:1 sh -c 'echo begun; sleep 600'" /dev/null \
		>/dev/null 2>&1 3>&- &
	runner=$!
	await sh -c '"$SLIPWAY" runs logs seven | grep -q begun'
	slipway runs cancel seven
	wait "$runner" || ended=$?
	[ "$ended" -eq 143 ]
	[ "$(field status seven)" = Canceled ]
	run slipway runs cancel seven
	[ "$status" -eq 2 ]
	[[ $output == *"run 'seven' has ended: Canceled"* ]]
}

@test "rerun: the same command line, in the same place" {
	cd "$CONTEXT"
	slipway task run --run-id eight --set who=you --cmd \
		"localhost/busybox:1 echo hello {{.Values.who}}" /dev/null
	cd /
	slipway runs rerun eight
	[ "$(slipway runs list --format ndjson | wc -l)" -eq 2 ]
	run slipway runs logs
	[ "$output" = "hello you" ]
	slipway runs rerun eight -- --run-id nine
	[ "$(field status nine)" = Succeeded ]
}

@test "prune" {
	quick ten true
	run quick eleven false
	run slipway runs prune
	[ -z "$output" ]
	run slipway runs prune --keep-runs 1 --dry-run
	[ "$output" = ten ]
	run slipway runs prune --keep-days 0 --keep-failed
	[ "$output" = ten ]
	run slipway runs prune --keep-runs 0 --keep-days 0
	[ ! -e "$XDG_STATE_HOME/slipway/logs/ten.log" ]
	run slipway runs prune --keep-runs x
	[ "$status" -eq 2 ]
}
