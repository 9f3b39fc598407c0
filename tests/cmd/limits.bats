#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Limits: of memory, processors, processes and time, by a cgroup where ours may
# be divided, and else as near as rlimits come.

load ../lib/slipway

file_setup() { import_busybox; }

# A string of 256 MiB in one program.
HUNGRY='awk "BEGIN { s = \"x\"; for (i = 0; i < 28; i++) s = s s }"'

box() {
	run --separate-stderr slipway run "$@"
}

has_cgroup() {
	slipway doctor | grep -q '^cgroup *ok'
}

# said: without a cgroup, what is done instead.
said() {
	has_cgroup || [[ $stderr == *"no cgroup of our own"*"rlimits"* ]]
}

@test "--memory" {
	box localhost/busybox:1 sh -c "$HUNGRY && echo fed"
	[ "$output" = fed ]
	box --memory 64m localhost/busybox:1 sh -c "$HUNGRY && echo fed"
	[ "$status" -ne 0 ]
	[ -z "$output" ]
	said
}

@test "--cpus and --cpuset-cpus" {
	box --cpuset-cpus 0 localhost/busybox:1 nproc
	[ "$output" = 1 ]
	said
	has_cgroup || {
		box --cpus 0.5 localhost/busybox:1 nproc
		[ "$output" = 1 ]
	}
}

@test "--cpu-shares below the usual" {
	box --cpu-shares 512 localhost/busybox:1 sh -c \
		'cut -d " " -f 19 /proc/self/stat'
	[ "$status" -eq 0 ]
	has_cgroup || [ "$output" = 4 ]
}

@test "--pids-limit" {
	[ "$(id -u)" != 0 ] || has_cgroup || skip "root has no such rlimit"
	box --pids-limit 20 localhost/busybox:1 sh -c \
		'for i in $(seq 40); do sleep 60 & done; echo all'
	[[ $output != all ]]
	[[ $stderr == *fork* ]]
}

@test "--ulimit and --shm-size" {
	box --ulimit nofile=100:200 --shm-size 1m localhost/busybox:1 sh -c \
		'ulimit -n; ulimit -H -n; df -k /dev/shm | tail -n 1 |
		sed "s/  */ /g" | cut -d " " -f 2'
	[ "$output" = $'100\n200\n1024' ]
	box --shm-size big localhost/busybox:1 true
	[ "$status" -eq 2 ]
}

@test "in a build" {
	run -1 slipway build --memory 64m - <<-D
		FROM localhost/busybox:1
		RUN $HUNGRY
	D
	run -0 slipway build --cpuset-cpus 0 --pids-limit 500 - <<-D
		FROM localhost/busybox:1
		RUN test "\$(nproc)" = 1
	D
	# Not what is made of a step, but how: no part of its key.
	run -0 slipway build --memory 512m - <<-D
		FROM localhost/busybox:1
		RUN test "\$(nproc)" = 1
	D
	[[ $output == *CACHED* && $output != *DONE* ]]
}

@test "what is no limit" {
	local bad
	for bad in --memory=1k --cpus=many --cpuset-cpus=x --pids-limit=none \
		--memory-swap=1g --cpu-quota=1; do
		run -2 slipway run "$bad" localhost/busybox:1 true
		[[ $output == *"${bad%%=*}"* ]]
	done
}

# Those that ignore signals and left their session die of it, too.
@test "--timeout kills whatever there is" {
	run -124 slipway run --timeout 1s localhost/busybox:1 sh -c '
		trap "" TERM INT HUP
		for i in $(seq 50); do setsid sh -c "trap \"\" TERM INT HUP
			sleep 987" & done; wait'
	run ! pgrep -u "$(id -u)" -f '^sleep 987$'
}
