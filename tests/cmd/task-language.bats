# SPDX-License-Identifier: Apache-2.0
# What a task file can say beyond one step after the other.
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

@test "outputs of a step, in words, in the environment, for a build" {
	dockerfile "$CONTEXT" <<-'EOF'
		FROM localhost/busybox:1
		ARG WHAT
		RUN echo "$WHAT" >/what
	EOF
	task <<-'EOF'
		version: v1.1.0
		steps:
		- id: one
		  cmd: localhost/busybox:1 sh -c 'printf "a=x  *; \$HOME {{"{{"}}\nb<<E\n1\n2\nE\n" >>$SLIPWAY_OUTPUT'
		- id: image
		  build: -t localhost/out:1 --build-arg WHAT={{.Steps.one.Outputs.a}} .
		- cmd: localhost/out:1 cat /what
		- cmd: localhost/busybox:1 echo [{{.Steps.one.Outputs.a}}] {{.Steps.one.State | upper}}
		- cmd: localhost/busybox:1 sh -c 'echo "$B" | tr "\n" ,'
		  env: ["B={{.Steps.one.Outputs.b}}"]
	EOF
	run --separate-stderr slipway task run --format json "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $stderr == *" x  *; \$HOME {{"* ]]
	[[ $stderr == *" [x  *; \$HOME {{] SUCCEEDED"* ]]
	[[ $stderr == *" 1,2,"* ]]
	run slipway task render "$CONTEXT"
	[[ $output == *'echo [{{.Steps.one.Outputs.a}}] {{.Steps.one.State | upper}}'* ]]
}

@test "an output that is not there fails the step" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: one, cmd: "localhost/busybox:1 true"}
		- {id: two, cmd: "localhost/busybox:1 echo {{.Steps.one.Outputs.no}}"}
	EOF
	run --separate-stderr slipway task run "$CONTEXT"
	[ "$status" -eq 1 ]
	[[ $stderr == *"step 'two':1:3: there is no '.Steps.one.Outputs.no'"* ]]
}

@test "outputs: names to push, with a tag and without" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: one, cmd: "localhost/busybox:1 sh -c 'echo i=localhost/none >>$$SLIPWAY_OUTPUT'"}
		- {id: tag, push: ["{{.Steps.one.Outputs.i}}:7"], ignoreErrors: true}
		- {id: tagged, push: ["{{printf `%s:8` .Steps.one.Outputs.i}}"], ignoreErrors: true}
		- {id: none, push: ["{{.Steps.one.Outputs.i}}"], ignoreErrors: true}
		- {id: bad, push: ["{{.Steps.one.Outputs.no}}"], ignoreErrors: true}
	EOF
	run --separate-stderr slipway task run "$CONTEXT"
	[[ $stderr == *"[tag] push localhost/none:7"$'\n'* ]]
	[[ $stderr == *"[tagged] push localhost/none:8"$'\n'* ]]
	[[ $stderr == *"[none] push localhost/none:latest"$'\n'* ]]
	[[ $stderr == *"[bad] push {{.Steps.one.Outputs.no}}"$'\n'* ]]
}

@test "a matrix, and what waits for it" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- id: make
		  cmd: localhost/busybox:1 touch made-{{.Matrix.os}}-{{.Matrix.v}}
		  matrix: {os: [a, b], v: [1, 2]}
		- cmd: localhost/busybox:1 sh -c 'ls | tr "\n" " "'
	EOF
	run --separate-stderr slipway task run --max-parallel 4 "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $stderr == *"made-a-1 made-a-2 made-b-1 made-b-2 "* ]]
	[[ $output == *"make[os=b,v=2] "*Succeeded* ]]
}

@test "an included file is rendered, too" {
	mkdir "$CONTEXT/ci"
	cat >"$CONTEXT/ci/more.yaml" <<-'EOF'
		steps:
		- {id: more, cmd: "$box echo from-{{.Values.x}}"}
	EOF
	task <<-'EOF'
		version: v1.1.0
		alias: {values: {box: localhost/busybox:1}}
		steps:
		- include: ci/more.yaml
		- {cmd: $box echo after, when: [more]}
	EOF
	run --separate-stderr slipway task run --set x=more "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $stderr == *" from-more"*" after"* ]]
}

@test "cleanup: after a failure, and what it may look at" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- {id: bad, cmd: "localhost/busybox:1 sh -c 'exit 4'"}
		- {id: never, cmd: localhost/busybox:1 true}
		cleanup:
		- {id: always, cmd: "localhost/busybox:1 echo tidy {{.Steps.bad.Status}}"}
		- {id: good, cmd: localhost/busybox:1 true, runOn: success}
		- {id: sad, cmd: localhost/busybox:1 echo sad, runOn: failure}
	EOF
	run --separate-stderr slipway task run --format ndjson "$CONTEXT"
	[ "$status" -eq 1 ]
	[[ $stderr == *" tidy 4"*" sad"* ]]
	[[ ${lines[1]} == *never*Skipped* ]]
	[[ ${lines[2]} == *always*Succeeded* ]]
	[[ ${lines[3]} == *good*Skipped* ]]
	[[ ${lines[4]} == *sad*Succeeded* ]]
	[[ $stderr == *"step 'bad' failed with status 4"* ]]
}

@test "cleanup: after an interrupt" {
	task <<-'EOF'
		version: v1.1.0
		steps:
		- cmd: localhost/busybox:1 sleep 600
		cleanup:
		- cmd: localhost/busybox:1 echo tidied
	EOF
	"$SLIPWAY" task run "$CONTEXT" 2>"$BATS_TEST_TMPDIR/log" 3>&- &
	pid=$!
	for _ in $(seq 300); do
		grep -q '^#1 ' "$BATS_TEST_TMPDIR/log" && break
		sleep 0.1
	done
	kill -INT "$pid"
	wait "$pid" && status=0 || status=$?
	[ "$status" -eq 130 ]
	grep -q ' tidied$' "$BATS_TEST_TMPDIR/log"
}

@test "values: files in turn, base64, secrets" {
	printf 'a: {b: 1, c: 2}\nl: [x]\n' >"$BATS_TEST_TMPDIR/1"
	printf 'a: {b: 3}\n' >"$BATS_TEST_TMPDIR/2"
	task <<-'EOF'
		version: v1.1.0
		steps:
		- cmd: x {{.Values.a.b}} {{.Values.s}} {{.Values.e}} {{.Run.Commit}} {{.Run.ShortCommit}} {{.Run.Branch}} {{.Run.TaskName}} {{.ValuesJSON}}
	EOF
	s=hush run slipway task render --values "$BATS_TEST_TMPDIR/1" \
		--values "$BATS_TEST_TMPDIR/2" --set-secret s \
		--encoded-values "$(printf 'e: enc' | base64)" \
		--commit 0123456789abcdef --branch main -n nightly "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $output == *"x 3 *** enc 0123456789abcdef 0123456 main nightly '{"* ]]
	[[ $output != *hush* ]]
	run slipway task lint --encoded-file "$(base64 -w0 "$CONTEXT/acb.yaml")" \
		--set a.b=1 --set s=1 --set e=1 "$CONTEXT"
	[ "$status" -eq 0 ]
	run slipway task lint --encoded-file '%' "$CONTEXT"
	[ "$status" -eq 2 ]
}

@test "compat: as ACR reads it" {
	task <<-'EOF'
		env: ["A=1,B=2"]
		steps:
		- cmd: |
		    localhost/busybox:1 sh -c 'echo "$A-$B-{{.Values.none}}"'
		  retries: 010
		  nonsense: true
	EOF
	run --separate-stderr slipway task run --compat acr "$CONTEXT"
	[ "$status" -eq 0 ]
	[[ $stderr == *" 1-2-"* ]]
	[[ $stderr == *"acb.yaml:6:3: unknown key 'nonsense'"* ]]
	run slipway task run --compat other "$CONTEXT"
	[ "$status" -eq 2 ]
}

@test "no steps is a mistake unless it is said to be none" {
	task <<<'version: v1.1.0'
	run slipway task run "$CONTEXT"
	[ "$status" -eq 2 ]
	run slipway task run --allow-empty "$CONTEXT"
	[ "$status" -eq 0 ]
}

# graph SEED: 24 steps in an order of their own. Each looks for the marks of
# those it waits for, and leaves its own; "log" has a line for each.
graph() {
	local -a place=()
	local i k
	RANDOM=$1
	for i in $(seq 0 23); do place[i]=$RANDOM; done
	echo "version: v1.1.0"
	echo "steps:"
	for i in $(seq 0 23); do
		local when="" test=""
		for _ in 1 2 3; do
			k=$((RANDOM % 24))
			[ "${place[k]}" -lt "${place[i]}" ] || continue
			when+="${when:+, }s$k"
			test+="[ -e s$k ] && "
		done
		echo "- id: s$i"
		echo "  when: [${when:-"'-'"}]"
		echo "  cmd: localhost/busybox:1 sh -c '${test}usleep $((RANDOM % 20000)) && touch s$i && echo s$i >>log'"
	done
	echo "- {when: ['*'], cmd: localhost/busybox:1 sort log}"
}

@test "a random graph: each step once, after those it waits for" {
	graph 42 | task
	run --separate-stderr slipway task run --max-parallel 6 \
		--format ndjson "$CONTEXT"
	echo "$stderr" | tail -20
	[ "$status" -eq 0 ]
	[ "$(grep -c '"state": *"Succeeded"' <<<"$output")" -eq 25 ]
	grep -o ' s[0-9]*$' <<<"$stderr" | sort >"$BATS_TEST_TMPDIR/found"
	seq -f ' s%g' 0 23 | sort | diff - "$BATS_TEST_TMPDIR/found"
}
