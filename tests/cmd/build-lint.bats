#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build --check and --call, and lint in an ordinary build.

load ../lib/slipway

manual=$BATS_TEST_DIRNAME/../../man/slipway-lint.7

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir "$context"
	cd "$context" || return
}

# rules: the names of all that the manual knows.
rules() {
	sed -n '/^\.Sh RULES/,/^\.Sh EXAMPLES/s/^\.It Sy //p' "$manual"
}

# example RULE: its Dockerfile in the manual.
example() {
	awk -v rule="$1" '
		/^\.(It Sy|Sh)/ { found = $3 == rule }
		found && /^\.Bd/ { text = 1; next }
		/^\.Ed/ { text = 0 }
		text
	' "$manual" | sed 's/\\e/\\/g; s/\\&//g'
}

# found: the rules of the findings, in their order.
found() {
	sed -n 's/^WARNING: \([A-Za-z]*\).*/\1/p' <<<"$output"
}

@test "each rule finds what its example in the manual shows" {
	local rule known=0
	echo ignored.txt >.dockerignore
	for rule in $(rules); do
		example "$rule" >Dockerfile
		run -0 slipway build --check .
		grep -qx "$rule" <<<"$(found)" || {
			echo "$rule: not found in"
			cat Dockerfile
			echo "$output"
			false
		}
		known=$((known + 1))
	done
	[ "$known" = "$(grep -hcE '^	\{ \{ "[A-Z]' \
		"$BATS_TEST_DIRNAME"/../../builder/lint-*.c |
		awk '{ n += $1 } END { print n }')" ]
}

@test "a good Dockerfile: nothing is found" {
	cat >Dockerfile <<-'END'
		# syntax=docker/dockerfile:1
		ARG VERSION=1
		FROM localhost/busybox:$VERSION AS build
		SHELL ["/bin/sh", "-eo", "pipefail", "-c"]
		ARG VERSION NAME=${VERSION%.*}
		WORKDIR /src
		COPY main.c other.c ./
		RUN --mount=type=cache,target=/root/.cache <<EOF
		date | cat
		echo "$VERSION" >version
		EOF
		RUN [ "$NAME" = 1 ] && echo yes || echo "no | no"
		ENV HOME=/root
		ENV DIR=$HOME/x UNSET=${NOT_SET:-}
		FROM scratch
		COPY --from=build /src /src
		ADD root.tar /
		EXPOSE 80/tcp 1000-1010
		CMD ["/src/main"]
	END
	run -0 slipway build --check .
	[ "$output" = "Check complete, no warnings found." ]
}

@test "text has the place and the line, JSON the same" {
	printf 'FROM scratch\n\n  LABEL a=$b \\\n    c d=1\nCMD x\n' >Dockerfile
	sed -i 's/ c d=1/ c=$d/' Dockerfile
	run -0 slipway build --check .
	[[ $output == "Check complete, 3 warnings have been found!"* ]]
	[[ $output == *$'undefined variable \'$d\'\nDockerfile:4:7\n     4 |     c=$d'* ]]
	slipway build --call=check,format=json . >found.json
	python3 - <<-'END'
		import base64, json
		j = json.load(open("found.json"))
		assert [w["ruleName"] for w in j["warnings"]] == [
		    "UndefinedVar", "UndefinedVar", "JSONArgsRecommended"]
		w = j["warnings"][2]
		assert set(w) == {"ruleName", "description", "url", "detail",
		                  "location"}
		assert w["location"]["ranges"] == [
		    {"start": {"line": 5}, "end": {"line": 5}}]
		assert j["sources"][0]["filename"] == "Dockerfile"
		assert (base64.b64decode(j["sources"][0]["data"]) ==
		        open("Dockerfile", "rb").read())
	END
}

@test "an ordinary build warns at its end" {
	dockerfile . <<-'END'
		FROM scratch
		COPY Dockerfile /
		CMD x
	END
	run --separate-stderr slipway build --progress plain .
	[ "$status" = 0 ]
	[[ $output == sha256:* ]]
	[[ $stderr == *COPY*"Dockerfile:3:1: JSON arguments recommended for CMD"*"(JSONArgsRecommended)"* ]]
	run -0 slipway build -q .
	[[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
}

@test "check=skip, error, for one instruction, and as a build argument" {
	dockerfile . <<-'END'
		# check=skip=jsonargsrecommended;error=true
		FROM scratch
		CMD x
		# check=skip=UndefinedVar
		LABEL a=$a
	END
	run -0 slipway build --check .
	slipway build -q .
	echo 'LABEL b=$b' >>Dockerfile
	run -1 slipway build --check .
	[ "$(found)" = UndefinedVar ]
	run -1 slipway build .
	[[ $output == *"lint found 1 problem, which are errors"*"Dockerfile:6:9: "* ]]
	slipway build -q --build-arg BUILDKIT_DOCKERFILE_CHECK=skip=all .
	run -0 slipway build --check --build-arg \
		BUILDKIT_DOCKERFILE_CHECK=error=false .
	[ "$(found)" = $'JSONArgsRecommended\nUndefinedVar' ]
	sed -i '1s/.*/# check=skip=x;what=1/' Dockerfile
	run -2 slipway build .
	[[ $output == *"Dockerfile:1:9: check: 'what' is not known"* ]]
	printf 'FROM scratch\n# check=none\nCMD x\n' >Dockerfile
	run -2 slipway build --check .
	[[ $output == *"Dockerfile:3:1: check: 'none' is not name=value"* ]]
}

@test "a base that is here has variables, one that is not may have any" {
	slipway build -q -t localhost/base:1 - <<-'END'
		FROM localhost/busybox:1
		ENV FROM_BASE=1
	END
	for base in localhost/base:1 localhost/nowhere:1; do
		dockerfile . <<-END
			FROM $base
			ARG NAME
			LABEL a=\$FROM_BASE b=\$OTHER c=\$NAMES
		END
		slipway build --check . | grep ^Usage >"${base//[!a-z]/}"
	done
	cat localhost*
	[ "$(grep -c ^Usage localhostbase)" = 2 ]
	[ "$(cat localhostnowhere)" = "Usage of undefined variable '\$NAMES' (did you mean \$NAME?)" ]
}

@test "a mistake: status 2, and no findings" {
	dockerfile . <<<'FRM x'
	run -2 --separate-stderr slipway build --check .
	[ -z "$output" ]
	[[ $stderr == *"Dockerfile:1:1: unknown instruction: FRM"* ]]
	run -2 slipway build --call=nothing .
	[[ $output == *"--call: 'nothing' is not one of"* ]]
	run -2 slipway build --call=check,format=yaml .
}

@test "--call=targets and outline" {
	cat >Dockerfile <<-'END'
		# VERSION of everything
		ARG VERSION=1
		# base all stand on this
		FROM localhost/busybox:1 AS base
		FROM base AS other
		ARG UNSEEN
		FROM base AS final
		# COLOUR of the result
		ARG COLOUR
		ARG VERSION
		RUN --mount=type=secret,id=key,required --mount=type=ssh \
		    --mount=type=cache,target=/c true
	END
	run -0 slipway build --call=targets .
	[ "$output" = \
"TARGET                   DESCRIPTION
base                     all stand on this
other
final (default)" ]
	run -0 slipway build --call=outline --build-arg COLOUR=red .
	[ "$output" = \
"TARGET: final

BUILD ARG                VALUE                    DESCRIPTION
VERSION                  1                        of everything
COLOUR                   red                      of the result

SECRET
key (required)

SSH
default

CACHE
/c" ]
	slipway build --call=targets,format=json . >targets.json
	slipway build --call=outline,format=json --target other . \
		>outline.json
	python3 - <<-'END'
		import json
		j = json.load(open("targets.json"))["targets"]
		assert [t["name"] for t in j] == ["base", "other", "final"]
		assert j[0]["description"] == "all stand on this"
		assert j[2]["default"] and "default" not in j[0]
		assert j[0]["base"] == "localhost/busybox:1"
		j = json.load(open("outline.json"))
		assert j["name"] == "other"
		assert [a["name"] for a in j["args"]] == ["VERSION", "UNSEEN"]
		assert j["args"][0]["value"] == "1"
		assert j["secrets"] == []
	END
}

@test "the syntax directive, its build argument, and --ignore-syntax" {
	dockerfile . <<-'END'
		# syntax=example/other
		FROM scratch
		LABEL a=b
	END
	run -2 slipway build .
	[[ $output == *"syntax 'example/other'"*"--ignore-syntax"* ]]
	slipway build -q --ignore-syntax .
	slipway build -q --build-arg BUILDKIT_SYNTAX=docker/dockerfile:1 .
	sed -i 1d Dockerfile
	run -2 slipway build --build-arg BUILDKIT_SYNTAX=example/other .
}
