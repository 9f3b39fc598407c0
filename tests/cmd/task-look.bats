# SPDX-License-Identifier: Apache-2.0
# Commands that look at a task file: lint, render, graph, schema.
load ../lib/slipway

test_setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat >acb.yaml <<-'EOF'
		version: v1.1.0
		steps:
		- {id: a, cmd: x}
		- {id: b, build: ., when: ['-']}
		- {id: c, push: [$Registry/x], when: [a, b]}
		- {id: d, cmd: "x {{.Matrix.os}}", runOn: failure, matrix: {os: [l, m]}}
		cleanup:
		- {id: z, cmd: y}
	EOF
}

@test "graph: a table" {
	run -0 slipway task graph
	[[ ${lines[0]} =~ ^LEVEL\ +STEP\ +TYPE\ +AFTER\ +WHEN$ ]]
	[[ ${lines[1]} =~ ^1\ +a\ +cmd\ +-\ +-$ ]]
	[[ ${lines[3]} =~ ^2\ +c\ +push\ +a\ b\ +-$ ]]
	[[ ${lines[5]} =~ ^3\ +d\[os=m\]\ +cmd\ +c\ +failure$ ]]
	[[ ${lines[6]} =~ ^4\ +z\ +cmd\ +\(all\)\ +always$ ]]
}

@test "graph: for programs, for dot" {
	run -0 slipway task graph --format ndjson
	[[ ${lines[2]} == *'"after":["a","b"]'*'"line":5'* ||
		${lines[2]} == *'"line":5'*'"after":["a","b"]'* ]]
	run -0 slipway task graph --dot
	[[ $output == "digraph task {"*'"a" -> "c";'*'"c" -> "d[os=l]" [label="failure"];'*"}" ]]
}

@test "lint: for programs" {
	run -0 slipway task lint --format ndjson
	[[ $output == *'"ok":true'* && $output == *'"steps":6'* ]]
	sed -i 's/push: /pussh: /' acb.yaml
	run --separate-stderr slipway task lint --format ndjson
	[ "$status" -eq 2 ]
	[[ $output == *'"line":5'* && $output == *'"column":11'* ]]
	[[ $output == *"\"message\":\"unknown key 'pussh', did you mean 'push'?\""* ]]
	[[ $stderr == *"acb.yaml:5:11: unknown key"* ]]
}

@test "lint: what is perhaps not meant" {
	cat >acb.yaml <<-'EOF'
		version: v1.1.0
		steps:
		- {id: a, cmd: x}
		- {id: b, cmd: x, when: ['-']}
		- id: c
		  cmd: |
		    img a
		    img b
	EOF
	run -0 slipway task lint
	[ "${lines[0]}" = "slipway: warning: acb.yaml:5:3: step 'c' waits for 'b' only; when: [\"*\"] waits for all steps above" ]
	[ "${lines[1]}" = "slipway: warning: acb.yaml:6:8: a line break ends a command here, as ';' does" ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "render: for programs" {
	run -0 slipway task render --format json -r reg
	[[ $output == *'"push":["reg/x"]'* ]]
}

@test "schema: the published one is that of the program" {
	slipway task schema | diff - "$BATS_TEST_DIRNAME/../../contrib/schema/slipway-task.json"
}

@test "schema: what it says of our files is what lint says" {
	python3 -c 'import jsonschema' 2>/dev/null ||
		skip "no python3-jsonschema"
	slipway task schema >schema.json
	cat >validate.py <<-'EOF'
		import json, jsonschema, sys
		v = jsonschema.Draft202012Validator(json.load(open("schema.json")))
		sys.exit(not v.is_valid(json.load(sys.stdin)))
	EOF
	slipway task render --format json | python3 validate.py
	sed -i 's/push: /pussh: /' acb.yaml
	run ! python3 validate.py < <(slipway task render --format json)
}
