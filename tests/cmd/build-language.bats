#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build: INCLUDE, and where in the text a mistake is.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir -p "$context/parts"
	cd "$context" || return
}

# fails_at PLACE TEXT: the build is refused for that.
fails_at() {
	run -2 slipway build -q .
	[[ $output == *"slipway: $1: "*"$2"* ]]
}

@test "INCLUDE: instructions of another file" {
	cat >parts/base <<-'END'
		ARG BASE=localhost/busybox:1
		FROM $BASE AS base
		RUN echo included >/included
	END
	cat >parts/user <<-'END'
		USER 5
		COPY <<EOF /who
		somebody
		EOF
	END
	echo 'parts' >.dockerignore
	dockerfile . <<-'END'
		INCLUDE parts/base
		include ./parts/../parts/user
		CMD cat /included /who
	END
	slipway build -q -t localhost/test:1 .
	[ "$(slipway run localhost/test:1)" = $'included\nsomebody' ]
	(cd / && slipway build -q "$context")
	tar c . | slipway build -q -
}

@test "INCLUDE: a mistake is shown where it is" {
	dockerfile . <<<'INCLUDE parts/base'
	run -3 slipway build -q .
	[[ $output == *"Dockerfile:1:1: INCLUDE 'parts/base': cannot open"* ]]
	printf '# a part\nFROM scratch\n LABEL a=1 \\\n  b=${c:?missing}\n' \
		>parts/base
	fails_at parts/base:4:5 "c: missing"
	[[ $output == *$'\n  b=${c:?missing}\n    ^\nincluded at Dockerfile:1:1'* ]]
	echo 'INCLUDE Dockerfile' >parts/base
	fails_at parts/base:1:1 "'Dockerfile' includes itself"
}

@test "INCLUDE: nothing outside of the context" {
	echo 'FROM scratch' >"$BATS_TEST_TMPDIR/outside"
	ln -s "$BATS_TEST_TMPDIR/outside" parts/link
	for path in ../outside parts/link "$BATS_TEST_TMPDIR/outside"; do
		dockerfile . <<<"INCLUDE $path"
		run -3 slipway build -q .
		[[ $output == *"INCLUDE '$path': cannot open"* ]]
	done
	run -3 slipway build -q - <<<'INCLUDE parts/base'
}

@test "a mistake in a word or in a heredoc: its own line and column" {
	dockerfile . <<-'END'
		FROM scratch
		LABEL one=1 \
		    two=${X:=y}
	END
	fails_at Dockerfile:3:9 'unsupported modifier (:=)'
	dockerfile . <<-'END'
		FROM scratch
		COPY <<EOF /x
		fine
		not ${X:?fine}
		EOF
	END
	fails_at Dockerfile:4:1 'X: fine'
}

@test "a heredoc may be called like a path, which does not leave the image" {
	local end
	for end in '' 'RUN true'; do
		printf '%s\n' 'FROM localhost/busybox:1' \
			'COPY <<a/b/c <<../../../../up /t/' one a/b/c two \
			../../../../up "$end" >Dockerfile
		slipway build -q -t localhost/test:1 .
		[ "$(slipway run localhost/test:1 cat /t/a/b/c /up)" = \
			$'one\ntwo' ]
	done
	printf '%s\n' 'FROM scratch' 'COPY <<.. /t/' x .. >Dockerfile
	run -1 slipway build -q .
	[[ $output == *"Dockerfile:2:1: "*"is a directory"* ]]
}

@test "a stage that is misspelt: the one that was meant" {
	dockerfile . <<-'END'
		FROM scratch AS build
		FROM scratch
		COPY --from=biuld / /
	END
	run slipway build --pull=never -q .
	[ "$status" = 3 ]
	[[ $output == *"Dockerfile:3:1: image 'biuld'"*"did you mean stage 'build'?"* ]]
	run -2 slipway build --target=buidl -q .
	[[ $output == *"'buidl' could not be found"*"did you mean 'build'?"* ]]
}
