# SPDX-License-Identifier: Apache-2.0
# Containers of a run that are there for each other: detached steps, networks,
# published ports, docker run and its kin.
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

@test "a detached step is reached by its id, by - for _, and its output shown" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- id: my_app
		  cmd: localhost/busybox:1 sh -c 'echo page >i; echo serving; exec httpd -f -p 80'
		  detach: true
		- cmd: localhost/busybox:1 sh -c 'until wget -q -O - my_app/i && wget -q -O - my-app/i; do sleep 0.1; done'
		- cmd: localhost/busybox:1 hostname
		  id: third
	EOT
	run_task
	[ "$status" -eq 0 ]
	[[ $stderr == *serving* ]]
	[ "$(grep -c ' page$' <<<"$stderr")" -ge 2 ]
	[[ $stderr == *" third"* ]]
	[[ $output == *"my_app "*Succeeded* ]]
	run ! pgrep -u "$(id -u)" -f "$BATS_FILE_TMPDIR.*httpd"
}

@test "a detached step that ends badly ends the run only when told so" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- {id: bad, cmd: localhost/busybox:1 sh -c 'exit 5', detach: true}
		- {id: next, cmd: localhost/busybox:1 true}
	EOT
	run_task
	[ "$status" -eq 0 ]
	task <<-'EOT'
		version: v1.1.0
		steps:
		- {id: bad, cmd: localhost/busybox:1 sh -c 'exit 5', detach: {failFast: true}}
		- {id: next, cmd: localhost/busybox:1 sleep 600}
	EOT
	run_task
	[ "$status" -eq 1 ]
	[[ $output == *"bad "*Failed* ]]
	[[ $output == *"next "*Canceled* ]]
}

@test "what cannot start does not count as detached" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- {id: bad, cmd: -u nobody-here localhost/busybox:1 sleep 600, detach: true}
		- {id: next, cmd: localhost/busybox:1 true}
	EOT
	run_task
	[ "$status" -eq 1 ]
	[[ $output == *"next "*Skipped* ]]
}

@test "a published port is one of this host's loopback" {
	need python3
	task <<-'EOT'
		version: v1.1.0
		steps:
		- id: app
		  cmd: localhost/busybox:1 sh -c 'head -c 3000000 /dev/zero | tr "\0" x >big; exec httpd -f -p 8080'
		  detach: true
		  ports: ["8080"]
		- cmd: localhost/busybox:1 sh -c 'until [ -e seen ]; do sleep 0.1; done'
	EOT
	touch "$BATS_TEST_TMPDIR/out"
	"$SLIPWAY" task run "$CONTEXT" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	local run=$! port='' space
	until [ -n "$port" ]; do
		port=$(sed -n "s/.*port 8080 of 'app' is port \([0-9]*\) of.*/\1/p" \
			"$BATS_TEST_TMPDIR/out")
		kill -0 "$run"
		sleep 0.05
	done
	run timeout 20 python3 - "$port" <<-'EOT'
		import sys, time, urllib.request
		while True:
		    try:
		        page = urllib.request.urlopen(
		            "http://127.0.0.1:%s/big" % sys.argv[1]).read()
		        break
		    except OSError:
		        time.sleep(0.05)
		print(len(page))
	EOT
	space=$(compgen -G "$XDG_STATE_HOME/slipway/runs/*/workspace")
	touch "$space/seen"
	wait "$run"
	[ "$output" = 3000000 ]
}

@test "networks of the task: apart from each other, unknown ones refused" {
	task <<-'EOT'
		version: v1.1.0
		networks:
		- {name: one, isDefault: true, ipv6: true}
		- {name: two, internal: true}
		steps:
		- {id: a, cmd: localhost/busybox:1 httpd -f -p 80, detach: true}
		- {id: b, cmd: localhost/busybox:1 httpd -f -p 80, detach: true, network: two}
		- cmd: localhost/busybox:1 sh -c 'grep -w b /etc/hosts || echo no b; until echo | nc a 80; do sleep 0.1; done; ip -6 addr show eth0'
		- cmd: localhost/busybox:1 sh -c 'until echo | nc b 80; do sleep 0.1; done; echo two fine'
		  network: two
		- {cmd: localhost/busybox:1 ip addr, network: none}
	EOT
	run_task
	[ "$status" -eq 0 ]
	[[ $stderr == *"no b"*"fdc5:"*"two fine"* ]]
	run_task -f - <<<'{version: v1.1.0, steps: [{cmd: "--network x localhost/busybox:1 true"}]}'
	[ "$status" -eq 1 ]
	[[ $stderr == *"there is no network 'x' here"* ]]
}

@test "a private network has a way out where a helper works, unless internal" {
	task <<-'EOT'
		version: v1.1.0
		networks: [{name: open, isDefault: true}, {name: shut, internal: true}]
		steps:
		- cmd: |
		    localhost/busybox:1 sh -c 'echo open=$(ip route | grep -c default)'
		    localhost/busybox:1 grep -c ^nameserver /etc/resolv.conf
		- cmd: localhost/busybox:1 sh -c 'echo shut=$(ip route | grep -c default)'
		  network: shut
	EOT
	run_task
	[ "$status" -eq 0 ]
	[[ $stderr == *shut=0* ]]
	if "$SLIPWAY" run --network private localhost/busybox:1 true; then
		[[ $stderr == *open=1* && $stderr != *warning* ]]
	else
		[[ $stderr == *open=0* ]]
		[ "$(grep -c 'and nothing outside' <<<"$stderr")" -eq 1 ]
	fi
}

@test "kept containers stay for logs and wait" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- {id: k, cmd: localhost/busybox:1 sh -c 'echo words; exit 4', keep: true, ignoreErrors: true}
		- cmd: docker ps -a && docker logs k && docker wait k
		- cmd: docker rm k && docker ps -a -q
		- cmd: docker logs nobody
	EOT
	run_task
	[ "$status" -eq 1 ]
	[[ $stderr == *"k "*"Exited (4)"*words*" 4"*"no container 'nobody'"* ]]
}

@test "docker run, exec, logs, stop, kill, rm, wait, ps" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- cmd: >-
		    docker run -d --name db -e A=7 localhost/busybox:1
		    sh -c 'echo up; trap "exit 3" TERM; while :; do sleep 0.1; done'
		- cmd: docker ps | localhost/busybox:1 grep db
		- cmd: docker exec -w /tmp -e B=5 db sh -c 'echo $A-$B-$PWD; exit 6' || echo exec failed
		- cmd: docker stop db && docker wait db && docker logs db
		- cmd: docker rm db && docker run --rm -v ./sub:/x:ro localhost/busybox:1 cat /x/f
		- cmd: docker run -d --name q localhost/busybox:1 sleep 600 && docker kill q && docker wait q
		- cmd: docker run -d --name r localhost/busybox:1 sleep 600 && docker rm r
	EOT
	mkdir "$CONTEXT/sub"
	echo in-the-workspace >"$CONTEXT/sub/f"
	run_task
	[ "$status" -eq 1 ]
	[[ $stderr == *"7-5-/tmp"*"exec failed"*" 3"*" up"*in-the-workspace*137* ]]
	[[ $stderr == *"container 'r' runs"*"docker rm --force"* ]]
	run ! pgrep -u "$(id -u)" -f "sleep 600"
}

@test "docker cp: from a kept container and to one that runs, not beyond" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- id: made
		  keep: true
		  cmd: localhost/busybox:1 sh -c 'mkdir -p /r/d && echo result >/r/d/f && chmod 750 /r/d/f && ln -s /etc/passwd /r/l'
		- cmd: docker cp made:/r out && docker cp made:/r/d/. all && docker cp made:/r/d/f out/l
		- cmd: localhost/busybox:1 sh -c 'cat all/f out/l; stat -c %a-%u out/d/f'
		- cmd: docker run -d --name db localhost/busybox:1 sleep 600 && docker cp in db:/tmp && docker exec db cat /tmp/in/x
		- cmd: docker cp up db:/ || docker cp in/../.. db:/tmp || docker cp in made || docker cp db:/none . || echo refused
	EOT
	mkdir "$CONTEXT/in"
	echo given >"$CONTEXT/in/x"
	run_task
	[ "$status" -eq 0 ]
	[ "$(grep -c ' result$' <<<"$stderr")" -eq 2 ]
	[[ $stderr == *" 750-0"*given*refused* ]]
}

@test "cache: enabled: another store does not build again" {
	local n
	need docker-registry
	start_registry
	dockerfile "$CONTEXT" <<-'D'
		FROM localhost/busybox:1
		RUN echo built >/b
	D
	task <<-EOT
		version: v1.1.0
		steps:
		- {id: made, build: -t x:1 -t $REGISTRY/a/b:1 ., cache: Enabled}
	EOT
	run_task
	[ "$status" -eq 0 ]
	n=$(sed -n 's,.* \(#[0-9]*\) \[2/2\].*,\1,p' <<<"$stderr")
	[[ $stderr == *"$n DONE"* ]]
	slipway pull -q "$REGISTRY/a/b:cache_quickrun_made"
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/other
	import_busybox localhost/busybox:1
	run_task
	[ "$status" -eq 0 ]
	n=$(sed -n 's,.* \(#[0-9]*\) \[2/2\].*,\1,p' <<<"$stderr")
	[[ $stderr == *"$n CACHED"* ]]
	task <<-EOT
		version: v1.1.0
		steps:
		- {build: -t x:1 ., cache: enabled}
	EOT
	run_task
	[ "$status" -eq 0 ]
	[[ $stderr == *"no tag names a registry"* ]]
}

@test "docker login: for the run alone, and its password is not shown" {
	need skopeo umoci docker-registry htpasswd
	start_registry htpasswd
	task <<-EOT
		version: v1.1.0
		steps:
		- cmd: docker tag localhost/busybox:1 $REGISTRY/a:1
		- cmd: docker push $REGISTRY/a:1 || echo stranger
		- cmd: docker login -u alice -p s3cret $REGISTRY
		- push: [$REGISTRY/a:1]
		- cmd: docker logout $REGISTRY && echo s3cret
		- cmd: docker push $REGISTRY/a:1
	EOT
	XDG_CONFIG_HOME=$BATS_TEST_TMPDIR run_task
	[ "$status" -eq 1 ]
	[[ $stderr == *stranger*"Login Succeeded"*"Removed login"* ]]
	[[ $stderr$output != *s3cret* && $stderr == *"-u alice -p ***"* ]]
	[ "$(grep -c Failed <<<"$output")" -eq 1 ]
	[ ! -e "$BATS_TEST_TMPDIR/containers/auth.json" ]
}

@test "retries, repeat and retryOnErrors" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- {cmd: "localhost/busybox:1 sh -c 'echo x >>r'", repeat: 2}
		- {cmd: "localhost/busybox:1 sh -c 'echo x >>f; exit 1'", repeat: 1, retries: 1, retryDelay: 1ms, ignoreErrors: true}
		- {cmd: "localhost/busybox:1 sh -c 'echo x >>t; echo some; exit 1'", retries: 3, retryDelay: 1ms, retryOnErrors: [other], ignoreErrors: true}
		- {cmd: "localhost/busybox:1 sh -c 'echo x >>s; echo so other; [ $(wc -l <s) -ge 3 ]'", retries: 3, retryDelay: 1ms, retryOnErrors: [none, o other]}
		- cmd: localhost/busybox:1 wc -l r f t s
	EOT
	run_task
	[ "$status" -eq 0 ]
	[[ $stderr == *"3 r"*"4 f"*"1 t"*"3 s"* ]]
}

@test "nothing stays when the runner is killed" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- {id: a, cmd: "localhost/busybox:1 sh -c 'touch up; exec sleep 611'", detach: true}
		- cmd: docker run -d --name b localhost/busybox:1 sleep 612 && localhost/busybox:1 sleep 613
	EOT
	touch "$BATS_TEST_TMPDIR/out"
	"$SLIPWAY" task run "$CONTEXT" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	local run=$!
	until pgrep -u "$(id -u)" -f "^sleep 613" && pgrep -u "$(id -u)" -f "^sleep 612"; do
		kill -0 "$run"
		sleep 0.05
	done
	kill -9 "$run"
	wait "$run" || true
	timeout 20 sh -c "while pgrep -u $(id -u) -f '^sleep 61[123]'; do sleep 0.05; done"
}

@test "--mount of a cmd step is bound by what -v is" {
	echo seen >"$CONTEXT/file"
	task <<-'END'
		version: v1.1.0
		steps:
		- cmd: --mount type=bind,source=/workspace/file,target=/there,readonly --mount type=tmpfs,target=/t localhost/busybox:1 sh -c 'cat /there; grep " /t " /proc/mounts'
	END
	run slipway task run "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $output == *seen*tmpfs* ]]
	for mount in type=bind,source=/etc,target=/x \
		type=tmpfs,type=bind,source=/etc,target=/x \
		type=tmpfs,target=/x,src=/etc \
		TYPE=bind,source=/workspace,target=/x \
		source=/etc,target=/x \
		type=bind,bind-subpath=../..,source=/workspace,target=/x \
		type=volume,source=x,target=/x; do
		task <<-END
			version: v1.1.0
			steps:
			- cmd: --mount $mount localhost/busybox:1 ls /x
		END
		run slipway task run "$CONTEXT"
		[ "$status" -ne 0 ]
		[[ $output == *"volume '"* ]]
	done
}
