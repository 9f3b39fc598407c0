# SPDX-License-Identifier: Apache-2.0
# Secrets and volumes of a task, and that no secret is ever shown.
load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	CONTEXT=$BATS_TEST_TMPDIR/context
	mkdir -p "$CONTEXT"
}

# task: standard input becomes the context's acb.yaml.
task() {
	cat >"$CONTEXT/acb.yaml"
}

run_task() {
	run --separate-stderr timeout 60 "$SLIPWAY" task run "$@" "$CONTEXT"
}

@test "secrets from everywhere, none of them shown" {
	printf 'file secret\nof two lines\n' >"$BATS_TEST_TMPDIR/s"
	chmod 600 "$BATS_TEST_TMPDIR/s"
	mkdir "$BATS_TEST_TMPDIR/credentials"
	printf 'systemd-one' >"$BATS_TEST_TMPDIR/credentials/c"
	task <<-EOT
		version: v1.1.0
		secrets:
		- {id: e, from: "env:FIRST"}
		- {id: f, from: "file:$BATS_TEST_TMPDIR/s"}
		- {id: d, from: "fd:7"}
		- {id: c, from: "cmd:printf cmd-%s secret"}
		- {id: s, from: "systemd:c"}
		steps:
		- cmd: localhost/busybox:1 sh -c 'for v in "\$E" "\$F" "\$D" "\$C" "\$S"; do echo "[\$v] \${#v}"; done; printf %s "\$E" | base64; printf env-; sleep 0.2; printf "secret+1\n"'
		  env:
		  - E={{.Secrets.e}}
		  - F={{.Secrets.f}}
		  - D={{.Secrets.d}}
		  - C={{.Secrets.c}}
		  - S={{.Secrets.s}}
	EOT
	export FIRST=env-secret+1
	export CREDENTIALS_DIRECTORY=$BATS_TEST_TMPDIR/credentials
	run_task --allow-secret-commands 7<<<"descriptor"
	[ "$status" -eq 0 ]
	run ! grep -E "env-secret|file secret|two lines|descriptor|cmd-secret|systemd-one|ZW52LXNlY3JldC" <<<"$stderr"
	[[ $stderr == *"[***] 12"*"[***] 25"*"[***] 11"*"[***] 10"*"[***] 11"*"***"* ]]
	run ! grep -r -E "env-secret|two lines|systemd-one" "$XDG_STATE_HOME"
}

@test "secrets of the command line: not in titles, errors or records" {
	task <<-'EOT'
		version: v1.1.0
		steps: [{cmd: "localhost/busybox:1 echo {{.Values.s}}"}]
	EOT
	s=hush-hush run_task --set-secret s
	[ "$status" -eq 0 ]
	[[ $stderr == *"busybox:1 echo ***"* ]]
	[[ $stderr == *" ***"* && $stderr != *hush* ]]
	task <<-'EOT'
		version: v1.1.0
		steps: [{build: "--no-{{.Values.s}} ."}]
	EOT
	s=hush-hush run_task --set-secret s
	[ "$status" -eq 2 ]
	[[ $stderr == *"unknown option '--no-***'"* ]]
	run slipway task render --set-secret s=hush-hush "$CONTEXT"
	[[ $output == *"--no-***"* ]]
	run ! grep -r hush "$XDG_STATE_HOME"
}

@test "secrets that cannot be had, or not so" {
	task <<-EOT
		version: v1.1.0
		secrets: [{id: f, from: "file:$BATS_TEST_TMPDIR/open"}]
		steps: [{cmd: localhost/busybox:1 true}]
	EOT
	echo x >"$BATS_TEST_TMPDIR/open"
	chmod 644 "$BATS_TEST_TMPDIR/open"
	run_task
	[ "$status" -eq 3 ]
	[[ $stderr == *"secret 'f': "*"is not ours alone to read"* ]]
	sed -i 's/file:.*open/cmd:true/' "$CONTEXT/acb.yaml"
	run_task
	[ "$status" -eq 2 ]
	[[ $stderr == *--allow-secret-commands* ]]
	sed -i 's/cmd:true/env:NOT_THERE/' "$CONTEXT/acb.yaml"
	run_task
	[ "$status" -eq 3 ]
}

@test "volumes: secrets byte for byte, in memory, only where they are asked for" {
	task <<-'EOT'
		version: v1.1.0
		secrets: [{id: e, from: "env:MY_SECRET"}]
		volumes:
		- {name: keys, secret: {key: JHggYHkKRU9M, "dot.x": AAEC/w==}, mode: 0440}
		- {name: more, secretFrom: {file: e}}
		steps:
		- cmd: localhost/busybox:1 sh -c 'cd /run/keys && ls -l key && od -An -c key && od -An -tx1 dot.x && cat /more/file && grep " /run/keys " /proc/mounts && ! touch x'
		  volumeMounts: [{name: keys, mountPath: /run/keys}, {name: more, mountPath: /more}]
		- cmd: localhost/busybox:1 sh -c 'ls /run/keys /more /workspace'
		  ignoreErrors: true
	EOT
	export MY_SECRET=from-a-variable
	run_task
	[ "$status" -eq 0 ]
	[[ $stderr == *"-r--r-----"*" key"* ]]
	[[ $stderr == *'$   x       `   y  \n   E   O   L'* ]]
	[[ $stderr == *"00 01 02 ff"*"***"*"/run/keys tmpfs ro"* ]]
	[[ $stderr == *"/run/keys: No such file"* ]]
	run ! grep -r from-a-variable "$XDG_STATE_HOME"
}

@test "volumes: empty, tmpfs, cache and host" {
	task <<-'EOT'
		version: v1.1.0
		volumes:
		- {name: e, empty: {}}
		- {name: t, tmpfs: {size: 1m}}
		- {name: c, cache: {id: mine, sharing: locked}}
		steps:
		- cmd: localhost/busybox:1 sh -c 'echo x >/e/f; echo $(( $(cat /c/n || echo 0) + 1 )) >/c/n; cat /c/n; ! head -c 2000000 /dev/zero >/t/f'
		  user: "0"
		  volumeMounts: [{name: e, mountPath: /e}, {name: t, mountPath: /t}, {name: c, mountPath: /c}]
		- cmd: localhost/busybox:1 cat /again/f
		  volumeMounts: [{name: e, mountPath: /again}]
	EOT
	run_task
	[ "$status" -eq 0 ]
	run_task
	[ "$status" -eq 0 ]
	[[ $stderr == *" 2"*" x"* ]]
	# One that is locked may be in two places of a step.
	task <<-'EOT'
		version: v1.1.0
		volumes:
		- {name: c, cache: {id: mine, sharing: locked}}
		steps:
		- cmd: localhost/busybox:1 cat /c/n /d/n
		  user: "0"
		  timeout: 60
		  volumeMounts: [{name: c, mountPath: /c}, {name: c, mountPath: /d}]
	EOT
	run_task
	[ "$status" -eq 0 ]
	mkdir -p "$BATS_TEST_TMPDIR/host/sub"
	echo of-the-host >"$BATS_TEST_TMPDIR/host/sub/f"
	task <<-EOT
		version: v1.1.0
		volumes: [{name: h, host: {path: "$BATS_TEST_TMPDIR/host/sub", readOnly: true}}]
		steps:
		- cmd: localhost/busybox:1 sh -c 'cat /h/f; ! touch /h/x'
		  volumeMounts: [{name: h, mountPath: /h}]
	EOT
	run_task
	[ "$status" -eq 2 ]
	[[ $stderr == *"may not be shown"*"--allow-host-volume"* ]]
	run_task --allow-host-volume "$BATS_TEST_TMPDIR/host"
	[ "$status" -eq 0 ]
	[[ $stderr == *of-the-host* ]]
}
