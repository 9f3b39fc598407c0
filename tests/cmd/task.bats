# SPDX-License-Identifier: Apache-2.0
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

@test "lint: a good file" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- build: -t x:{{.Run.ID}} .
		- cmd: x:{{.Run.ID}} sh -c 'echo "a b"'
		- push: x:{{.Run.ID}}
	EOF
	run slipway task lint "$CONTEXT"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "lint: mistakes have file, line and column" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- cmd: x
		  entrypoint: y
	EOF
	run slipway task lint "$CONTEXT"
	[ "$status" -eq 2 ]
	[[ $output == "slipway: acb.yaml:4:3: unknown key 'entrypoint', did you mean 'entryPoint'?"* ]]
}

@test "lint: a template's mistake, standard input" {
	run slipway task lint -f - "$CONTEXT" <<<'steps: [{cmd: "{{.Run.ID"}]'
	[ "$status" -eq 2 ]
	[[ $output == "slipway: -:1:16: an action without its end"* ]]
}

@test "lint: no such file" {
	run slipway task lint -f none.yaml "$CONTEXT"
	[ "$status" -eq 3 ]
}

@test "run: a command" {
	run --separate-stderr slipway task run --set who=you --cmd \
		"localhost/busybox:1 sh -c 'echo hello {{.Values.who}}; pwd'" \
		/dev/null
	[ "$status" -eq 0 ]
	[[ $stderr == *" hello you"* ]]
	[[ $output == STEP*$'\n'"acb_step_0   cmd    Succeeded"* ]]
}

@test "run: build, use, share the workspace" {
	dockerfile "$CONTEXT" <<-'EOF'
		FROM localhost/busybox:1
		ARG WHAT=none
		RUN echo "built $WHAT" >/what
	EOF
	echo from-context >"$CONTEXT/file"
	task <<-'EOF'
		version: v1.1.0
		env: [COMMON=all]
		steps:
		- build: -t localhost/app:{{.Run.ID}} --build-arg "WHAT=with blanks" .
		- cmd: localhost/app:{{.Run.ID}} sh -c 'cat /what file; echo made >new'
		- cmd: localhost/app:{{.Run.ID}} sh -c 'cat ../new; echo $COMMON $OWN'
		  workingDirectory: sub
		  env: [OWN='a b']
	EOF
	mkdir "$CONTEXT/sub"
	run --separate-stderr slipway task run --run-id r1 "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $stderr == *"built with blanks"*from-context*made*"all a b"* ]]
	[ ! -e "$CONTEXT/new" ]
	[ -z "$(ls "$XDG_STATE_HOME/slipway/runs")" ]
}

@test "run: a failure skips the rest and the table tells" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: one, cmd: localhost/busybox:1 sh -c 'exit 7'}
		- {id: two, cmd: localhost/busybox:1 true}
	EOF
	run --separate-stderr slipway task run --format ndjson "$CONTEXT"
	[ "$status" -eq 1 ]
	[[ $stderr == *"slipway: step 'one' failed with status 7"* ]]
	[[ $output == *'"id":"one"'*'"state":"Failed"'*'"status":7'* ]]
	[[ $output == *'"id":"two"'*'"state":"Skipped"'* ]]
}

@test "run: ignored failures and retries" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- cmd: localhost/busybox:1 false
		  ignoreErrors: true
		- cmd: localhost/busybox:1 sh -c 'echo x >>n; [ $(wc -l <n) -ge 3 ]'
		  retries: 3
		  retryDelay: 1ms
	EOF
	run --separate-stderr slipway task run --format ndjson "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *IgnoredFailure* ]]
	[[ ${lines[1]} == *'"state":"Succeeded"'*'"attempts":3'* ]]
}

@test "run: a time-out is status 124" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: slow, cmd: localhost/busybox:1 sleep 600, timeout: 1}
	EOF
	run --separate-stderr slipway task run "$CONTEXT"
	[ "$status" -eq 124 ]
	[[ $stderr == *"step 'slow' timed out"* ]]
	[[ $output == *TimedOut* ]]
	run --separate-stderr slipway task run --timeout=-5s "$CONTEXT"
	[ "$status" -eq 2 ]
	[ "$stderr" = "slipway: --timeout: '-5s' is below 0" ]
}

@test "run: two steps at once" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: a, cmd: "localhost/busybox:1 sh -c 'touch a; until [ -e b ]; do sleep 0.1; done'"}
		- {id: b, cmd: "localhost/busybox:1 sh -c 'touch b; until [ -e a ]; do sleep 0.1; done'", when: '-'}
		- {cmd: localhost/busybox:1 ls, when: [a, b]}
	EOF
	run --separate-stderr slipway task run --max-parallel 2 --timeout 60 \
		"$CONTEXT"
	[ "$status" -eq 0 ]
}

@test "run: a mistake in the last step runs none" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- cmd: localhost/busybox:1 true
		- build: --no-such-option .
	EOF
	run --separate-stderr slipway task run "$CONTEXT"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *"unknown option '--no-such-option'"* ]]
}

@test "run: a build cannot leave the workspace" {
	task <<<'{version: v1.1.0, steps: [{build: ../..}]}'
	run slipway task run "$CONTEXT"
	[ "$status" -eq 2 ]
	ln -s / "$CONTEXT/link"
	task <<<'{version: v1.1.0, steps: [{build: ., workingDirectory: link/etc}]}'
	run slipway task run "$CONTEXT"
	[ "$status" -eq 1 ]
}

@test "run: push" {
	start_registry
	dockerfile "$CONTEXT" <<<'FROM localhost/busybox:1'
	task <<-'EOF'
		version: v1.1.0
		steps:
		- build: -t {{.Run.Registry}}/app:{{.Run.ID}} .
		- push: "{{.Run.Registry}}/app:{{.Run.ID}}"
	EOF
	slipway task run -r "$REGISTRY" --run-id r2 "$CONTEXT"
	curl -fsS "http://$REGISTRY/v2/app/tags/list" | grep -q '"r2"'
}

@test "run: wrong requests" {
	run slipway task run --cmd x -f y "$CONTEXT"
	[ "$status" -eq 2 ]
	run slipway task run --cmd "localhost/busybox:1 true" --run-id A/b /dev/null
	[ "$status" -eq 2 ]
	run slipway task run --cmd "localhost/busybox:1 true" --max-parallel 0 /dev/null
	[ "$status" -eq 2 ]
	run slipway task run --cmd "localhost/busybox:1 true" --set x /dev/null
	[ "$status" -eq 2 ]
	run slipway task run --cmd "localhost/busybox:1 true" /no/such/context
	[ "$status" -eq 3 ]
}

@test "run: an interrupt ends the steps and removes the workspace" {
	"$SLIPWAY" task run --run-id r3 --cmd \
		"localhost/busybox:1 sleep 600" /dev/null \
		2>"$BATS_TEST_TMPDIR/log" 3>&- &
	pid=$!
	for _ in $(seq 300); do
		grep -q '^#1 ' "$BATS_TEST_TMPDIR/log" && break
		sleep 0.1
	done
	kill -INT "$pid"
	wait "$pid" && status=0 || status=$?
	[ "$status" -eq 130 ]
	[ ! -e "$XDG_STATE_HOME/slipway/runs/r3" ]
}

@test "run: the next one removes what a killed one left" {
	"$SLIPWAY" task run --run-id r4 --cmd \
		"localhost/busybox:1 sleep 600" /dev/null \
		2>"$BATS_TEST_TMPDIR/log" 3>&- &
	pid=$!
	for _ in $(seq 300); do
		grep -q '^#1 ' "$BATS_TEST_TMPDIR/log" && break
		sleep 0.1
	done
	slipway task run --cmd "localhost/busybox:1 true" /dev/null
	[ -d "$XDG_STATE_HOME/slipway/runs/r4/workspace" ]
	kill -KILL "$pid"
	wait "$pid" || true
	slipway task run --run-id r4 --cmd "localhost/busybox:1 true" /dev/null
	[ -z "$(ls "$XDG_STATE_HOME/slipway/runs")" ]
}

@test "run: aliases" {
	echo 'box: localhost/busybox:1' >"$CONTEXT/names.yaml"
	task <<-'EOF'
		version: v1.1.0
		alias:
		  src: names.yaml
		  values: {word: hello}
		steps:
		- cmd: box sh -c 'echo $word $$word $none $ID'
		- cmd: $box true
	EOF
	run --separate-stderr slipway task run --run-id r1 "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $stderr == *" hello \$word \$none r1"* ]]
	sed -i s/v1.1.0/v1.0.0/ "$CONTEXT/acb.yaml"
	run slipway task lint "$CONTEXT"
	[ "$status" -eq 2 ]
	[[ $output == "slipway: acb.yaml:3:3: 'alias' needs version v1.1.0"* ]]
}

@test "run: templates with functions and values" {
	printf 'tags: [a, b]\nimage: {name: localhost/busybox:1}\n' \
		>"$BATS_TEST_TMPDIR/values"
	echo -n from-file >"$BATS_TEST_TMPDIR/text"
	task <<-'EOF'
		version: v1.1.0
		steps:
		{{- range $i, $tag := .Values.tags}}
		- id: s{{$i}}
		  cmd: {{$.Values.image.name}} echo {{$tag | upper}}-{{$.Values.j.k}}
		{{- end}}
		- cmd: {{.Values.image.name}} echo {{.Values.f}} {{.Values.no | default "none"}}
	EOF
	run --separate-stderr slipway task run \
		--values "$BATS_TEST_TMPDIR/values" --set-json 'j={"k":7}' \
		--set-file "f=$BATS_TEST_TMPDIR/text" "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $stderr == *" A-7"* && $stderr == *" B-7"* ]]
	[[ $stderr == *" from-file none"* ]]
	run slipway task lint --cmd 'x {{.Run.Id}}' /dev/null
	[ "$status" -eq 2 ]
	[[ $output == "slipway: --cmd:1:5: there is no '.Run.Id', did you mean 'ID'?"* ]]
}

@test "run: what happens after a failure" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: late, cmd: localhost/busybox:1 true, when: [bad], runOn: failure}
		- {id: bad, cmd: "localhost/busybox:1 sh -c 'exit 3'", when: ['-']}
		- {id: not, cmd: localhost/busybox:1 true, when: [bad]}
		- {id: three, cmd: localhost/busybox:1 true, when: [bad], exitedWith: 3}
	EOF
	run --separate-stderr slipway task run "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $output =~ late\ +cmd\ +Succeeded && $output =~ bad\ +cmd\ +Failed ]]
	[[ $output =~ not\ +cmd\ +Skipped && $output =~ three\ +cmd\ +Succeeded ]]
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: bad, cmd: localhost/busybox:1 false}
		- {id: after, cmd: localhost/busybox:1 true}
		- {id: other, cmd: localhost/busybox:1 true, when: ['-'], startDelay: 1}
	EOF
	run --separate-stderr slipway task run --keep-going "$CONTEXT"
	[ "$status" -eq 1 ]
	[[ $output =~ after\ +cmd\ +Skipped && $output =~ other\ +cmd\ +Succeeded ]]
}

@test "lint: steps that wait for each other" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: a, cmd: x, when: [b]}
		- {id: b, cmd: x, when: [a]}
	EOF
	run slipway task lint "$CONTEXT"
	[ "$status" -eq 2 ]
	[[ $output == "slipway: acb.yaml:3:3: steps wait for each other: a → b → a"* ]]
}

@test "render: aliases and templates replaced" {
	printf 'version: v1.1.0\nsteps:\n- cmd: $Registry/{{.Values.x | upper}}\n' >"$CONTEXT/acb.yaml"
	run slipway task render -r reg --set x=a "$CONTEXT"
	[ "$status" -eq 0 ]
	[ "$output" = $'version: v1.1.0\nsteps:\n- cmd: reg/A' ]
}

@test "run: a list of commands, pipes and files of the workspace" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- cmd: >-
		    localhost/busybox:1 false || echo "hello $NAME" >out.txt &&
		    cat out.txt | localhost/busybox:1 tr a-z A-Z
		  env: [NAME=you]
		- cmd: |
		    -e FOO="a b" \
		    --env-file vars localhost/busybox:1 \
		    sh -c 'echo "[$FOO] [$FROM_FILE] $HOME"'
		    echo second *.txt
		- cmd: localhost/busybox:1 sh -c 'touch $HOME/mark' ; localhost/busybox:1 ls /acb/home
		- cmd: localhost/busybox:1 true && exit 3
	EOT
	echo FROM_FILE=x >"$CONTEXT/vars"
	run --separate-stderr slipway task run "$CONTEXT"
	[ "$status" -eq 1 ]
	[[ $stderr == *"HELLO YOU"*"[a b] [x] /acb/home"*"second out.txt"*mark* ]]
	[[ $stderr == *"failed with status 3"* ]]
}

@test "run: no file outside of the workspace" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- {cmd: "localhost/busybox:1 ln -s / out"}
		- {cmd: "cat out/etc/passwd", ignoreErrors: true}
		- {cmd: "echo x >out/tmp/evil", ignoreErrors: true}
		- {cmd: "-v ./out/etc:/x localhost/busybox:1 cat /x/hostname", ignoreErrors: true}
		- {cmd: "--env-file out/etc/passwd localhost/busybox:1 env", ignoreErrors: true}
		- {cmd: "docker save -o ../x localhost/busybox:1", ignoreErrors: true}
	EOT
	run --separate-stderr slipway task run "$CONTEXT"
	[ "$status" -eq 0 ]
	[ "$(grep -c IgnoredFailure <<<"$output")" -eq 5 ]
	[[ $stderr != *root:x:0* ]]
}

@test "run: secrets of the environment are on no command line" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- cmd: localhost/busybox:1 sh -c 'touch up; until [ -e seen ]; do sleep 0.1; done'
		  env: [TOKEN=very-hidden-word]
	EOT
	"$SLIPWAY" task run "$CONTEXT" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	local run=$!
	local space=
	until [ -n "$space" ]; do
		space=$(compgen -G "$XDG_STATE_HOME/slipway/runs/*/workspace/up") || sleep 0.05
	done
	cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ' \
		>"$BATS_TEST_TMPDIR/lines"
	touch "${space%/up}/seen"
	wait "$run"
	run ! grep -q very-hidden-word "$BATS_TEST_TMPDIR/lines"
}

@test "run: docker verbs" {
	dockerfile "$CONTEXT/sub" <<-'EOT'
		FROM localhost/busybox:1
		RUN echo made >/made
	EOT
	task <<-'EOT'
		version: v1.1.0
		steps:
		- cmd: docker build -t localhost/v:1 sub && docker tag localhost/v:1 localhost/v:2
		- cmd: docker buildx create --use && cd sub && buildx build -t localhost/v:3 .
		- cmd: localhost/v:2 cat /made
		- cmd: docker images | localhost/busybox:1 grep localhost/v
		- cmd: mcr.microsoft.com/docker:27 rmi localhost/v:2
		- cmd: docker version
	EOT
	run --separate-stderr slipway task run "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $stderr == *made* ]]
	run --separate-stderr slipway task run --cmd 'docker swarm init' /dev/null
	[ "$status" -eq 1 ]
	[[ $stderr == *"'docker swarm init' is not supported here"* ]]
	[[ $stderr == *"supported are: build, "* ]]
	run --separate-stderr slipway task run --cmd 'docker build /etc' /dev/null
	[ "$status" -eq 1 ]
	[[ $stderr == *"'/etc' leaves the workspace"* ]]
}

@test "lint: what needs a shell" {
	task <<-'EOT'
		version: v1.1.0
		steps:
		- cmd: x $(date)
	EOT
	run slipway task lint "$CONTEXT"
	[ "$status" -eq 2 ]
	[[ $output == "slipway: acb.yaml:3:8: cmd: '\$(' needs a shell"*"IMAGE sh -c"* ]]
}

@test "run: steps are folded for the build service" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: a, cmd: localhost/busybox:1 echo one}
		- {id: b, cmd: localhost/busybox:1 false}
	EOF
	GITHUB_ACTIONS=true run slipway task run "$CONTEXT"
	[ "$status" -eq 1 ]
	[[ $output == *"::group::[a] cmd localhost/busybox:1 echo one"$'\none\ndone in '*$'\n::endgroup::\n'* ]]
	[[ $output == *$'::error::[b] cmd localhost/busybox:1 false: failed: status 1\n'* ]]
	run slipway --progress ci task run --cmd "localhost/busybox:1 echo two" /dev/null
	[[ $output == *$'=== [acb_step_0] cmd localhost/busybox:1 echo two\ntwo\n'* ]]
}
