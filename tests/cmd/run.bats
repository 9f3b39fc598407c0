#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway run: what is started, with what around it, and how it ends.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

bb() { slipway run "$@"; }

@test "the image's command, or the one given" {
	run --separate-stderr bb localhost/busybox:1 </dev/null
	[ "$status" -eq 0 ]
	run --separate-stderr bb localhost/busybox:1 echo hello world
	[ "$output" = 'hello world' ]
	[ "$stderr" = '' ] || [[ $stderr == *"only one id"* ]]
}

@test "options end at the image" {
	run --separate-stderr bb localhost/busybox:1 echo --network none -x
	[ "$output" = '--network none -x' ]
}

@test "stdin, stdout and stderr are the caller's" {
	run --separate-stderr bb localhost/busybox:1 \
		sh -c 'cat; echo bad >&2' < <(echo fed)
	[ "$output" = fed ]
	[[ $stderr == *bad ]]
}

@test "the status is the program's" {
	run -7 bb localhost/busybox:1 sh -c 'exit 7'
	run -143 bb localhost/busybox:1 sh -c 'kill -TERM $$'
	run -127 bb localhost/busybox:1 nothing-here
	[[ $output == *"exec 'nothing-here': not found in PATH"* ]]
	run -126 bb localhost/busybox:1 /etc/passwd
	[[ $output == *"not executable"* ]]
}

@test "an entrypoint takes the arguments, another one none of the image's" {
	slipway import --change 'ENTRYPOINT ["echo","a"]' --change 'CMD ["b"]' \
		"$(busybox_tar)" localhost/entry:1 >/dev/null
	run --separate-stderr bb localhost/entry:1
	[ "$output" = 'a b' ]
	run --separate-stderr bb localhost/entry:1 c d
	[ "$output" = 'a c d' ]
	run --separate-stderr bb --entrypoint echo localhost/entry:1
	[ "$output" = '' ]
	run --separate-stderr bb --entrypoint '' localhost/entry:1 echo plain
	[ "$output" = plain ]
	run -2 bb --entrypoint '' localhost/entry:1
	[[ $output == *"no command"* ]]
}

@test "the environment is the image's, the files', the options', nothing else" {
	slipway import --change 'ENV A=1 B=2' "$(busybox_tar)" \
		localhost/env:1 >/dev/null
	printf '# comment\nB=file\nC=file\n\n' >"$BATS_TEST_TMPDIR/vars"
	export PASSED=on HIDDEN=not
	run --separate-stderr bb --env-file "$BATS_TEST_TMPDIR/vars" \
		-e C=option -e PASSED -e ABSENT localhost/env:1 env
	[ "$(sort <<<"$output")" = 'A=1
B=file
C=option
HOME=/root
PASSED=on
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' ]
	run -2 bb -e =x localhost/env:1 env
	run -3 bb --env-file /nonexistent localhost/env:1 env
}

@test "a directory to start in is made when it is missing" {
	run --separate-stderr bb -w /new/dir localhost/busybox:1 pwd
	[ "$output" = /new/dir ]
}

@test "users of the image" {
	need_range
	run --separate-stderr bb -u alice localhost/busybox:1 \
		sh -c 'id -u; id -g; id -G; echo $HOME'
	[ "${lines[*]}" = '1000 1000 1000 100 /home' ] ||
		[ "${lines[*]}" = '1000 1000 100 /home' ]
	run --separate-stderr bb -u 77:daemon localhost/busybox:1 \
		sh -c 'id -u; id -g'
	[ "${lines[*]}" = '77 1' ]
}

@test "users that are none" {
	local user
	for user in nobody alice:nogroup 1000:abc +5 4294967296 \
		2147483648:4294967295; do
		run -2 bb -u "$user" localhost/busybox:1 true
	done
	run -2 bb -u nobody localhost/busybox:1 true
	[[ $output == *"unable to find user nobody"* ]]
}

@test "volumes" {
	mkdir "$BATS_TEST_TMPDIR/v"
	echo one >"$BATS_TEST_TMPDIR/v/f"
	run --separate-stderr bb -v "$BATS_TEST_TMPDIR/v:/some/where" \
		localhost/busybox:1 sh -c 'cat /some/where/f; echo two >/some/where/g'
	[ "$output" = one ]
	[ "$(cat "$BATS_TEST_TMPDIR/v/g")" = two ]
	run -1 bb -v "$BATS_TEST_TMPDIR/v/f:/etc/one:ro" localhost/busybox:1 \
		sh -c 'echo x >>/etc/one'
	[[ $output == *"Read-only file system"* ]]
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr bb -v ./v:/v localhost/busybox:1 cat /v/f
	[ "$output" = one ]
	run -2 bb -v "$BATS_TEST_TMPDIR/v:relative" localhost/busybox:1 true
	run -2 bb -v named:/v localhost/busybox:1 true
}

@test "nothing of a run is left" {
	bb localhost/busybox:1 touch /made
	run -1 bb localhost/busybox:1 ls /made
	[ -z "$(ls "$SLIPWAY_ROOT/tmp")" ]
}

@test "a read-only root" {
	run -1 bb --read-only localhost/busybox:1 touch /x
	[[ $output == *"Read-only file system"* ]]
}

@test "a network of its own has loopback only" {
	run --separate-stderr bb --network none localhost/busybox:1 \
		sh -c 'ls /sys/class/net; ping -c 1 -w 5 127.0.0.1 >/dev/null && echo up'
	[ "${lines[*]}" = 'lo up' ]
	run -2 bb --network bridge localhost/busybox:1 true
}

@test "names of hosts" {
	run --separate-stderr bb --hostname box --add-host db:10.1.2.3 \
		localhost/busybox:1 sh -c 'hostname; cat /etc/hosts'
	[ "${lines[0]}" = box ]
	[[ $output == *$'10.1.2.3\tdb'* ]]
	[[ $output == *$'127.0.0.1\tlocalhost box'* ]]
	run -2 bb --add-host db:nowhere localhost/busybox:1 true
}

@test "too slow is killed" {
	run -124 bb --timeout 200ms localhost/busybox:1 sleep 1000
	[[ $output == *"timed out"* ]]
	run -2 bb --timeout soon localhost/busybox:1 true
}

@test "signals reach the program" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	"$SLIPWAY" run localhost/busybox:1 sh -c \
		'trap "exit 33" TERM; echo ready; sleep 1000 & wait' \
		>"$BATS_TEST_TMPDIR/fifo" 3>&- &
	read -r line <"$BATS_TEST_TMPDIR/fifo"
	[ "$line" = ready ]
	kill -TERM $!
	wait $! || status=$?
	[ "$status" -eq 33 ]
}

@test "kill -9 of slipway ends all of it" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	"$SLIPWAY" run localhost/busybox:1 sh -c \
		'trap "" TERM; (trap "" TERM; sleep 1000) & echo ready; wait' \
		>"$BATS_TEST_TMPDIR/fifo" 3>&- &
	exec 7<"$BATS_TEST_TMPDIR/fifo"
	read -r line <&7
	kill -KILL $!
	# The end of the pipe is the end of its last holder.
	run cat <&7
	exec 7<&-
	[ "$output" = '' ]
}

@test "a terminal of its own" {
	need script
	run script -qec "'$SLIPWAY' run -it localhost/busybox:1 sh -c 'test -t 0 && stty size && echo term=\$TERM'" /dev/null
	[ "$status" -eq 0 ]
	[[ $output == *"term=xterm"* ]]
	run -2 bb -t localhost/busybox:1 true </dev/null
	[[ $output == *"not a terminal"* ]]
}

@test "no new privileges unless allowed" {
	run --separate-stderr bb localhost/busybox:1 \
		grep NoNewPrivs /proc/self/status
	[ "$output" = $'NoNewPrivs:\t1' ]
	run -2 bb --security-opt seccomp=unconfined localhost/busybox:1 true
}

@test "new privileges, where they are allowed" {
	# With one id the supervisor makes sudo work instead.
	need_range
	run --separate-stderr bb --security-opt no-new-privileges=false \
		localhost/busybox:1 grep NoNewPrivs /proc/self/status
	[ "$output" = $'NoNewPrivs:\t0' ]
}

@test "an image that is not here is pulled, or not" {
	need skopeo umoci
	start_registry
	busybox_layout "$BATS_TEST_TMPDIR/layout"
	skopeo copy -q --dest-tls-verify=false \
		"oci:$BATS_TEST_TMPDIR/layout:latest" \
		"docker://$REGISTRY/bb:1"
	run bb --pull never "$REGISTRY/bb:1" true
	[ "$status" -ne 0 ]
	run --separate-stderr bb -q "$REGISTRY/bb:1" echo pulled
	[ "$output" = pulled ]
	run --separate-stderr bb --pull never "$REGISTRY/bb:1" echo here
	[ "$output" = here ]
}

@test "capabilities" {
	run slipway run --cap-drop ALL localhost/busybox:1 \
		grep CapEff /proc/self/status
	[ "$status" -eq 0 ]
	[[ $output == *$'\t0000000000000000' ]]
	run slipway run --cap-drop ALL --cap-add cap_net_admin \
		localhost/busybox:1 grep CapEff /proc/self/status
	[[ $output == *$'\t0000000000001000' ]]
	run slipway run --cap-add nothing localhost/busybox:1 true
	[ "$status" -eq 2 ]
	[[ $output == *"capability 'nothing' is not known"* ]]
}

@test "privileged: mounts inside, nothing more outside" {
	run slipway run localhost/busybox:1 mount -t tmpfs none /tmp
	[ "$status" -ne 0 ]
	[ "$(identity)" != single ] || skip "the filter stays with one id"
	run slipway run --privileged localhost/busybox:1 \
		sh -c 'mount -t tmpfs none /tmp && echo mounted; ls /dev'
	[ "$status" -eq 0 ]
	[[ $output == mounted* ]]
	[[ $output != *sda* ]]
}
