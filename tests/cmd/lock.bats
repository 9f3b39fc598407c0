#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway lock and build --locked: names mean what they meant.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
	start_registry
	export WEB_DIR=$BATS_FILE_TMPDIR/web
	mkdir -p "$WEB_DIR"
	start_web "$WEB_DIR"
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir "$context"
	cd "$context" || return
}

# push_says NAME WORD: an image in the registry, and only there, that says so.
push_says() {
	slipway build -q --no-cache -t "$REGISTRY/$1" --push - <<-END
		FROM localhost/busybox:1
		RUN echo $2 >/word
	END
	slipway rmi "$REGISTRY/$1"
}

# says: what the locked build of the context says.
says() {
	slipway build -q --locked "$@" -t localhost/locked:1 . >/dev/null
	slipway run localhost/locked:1 cat /word /copied /mounted /fetched
}

@test "every name of the file, and only the digests count afterwards" {
	push_says base:1 base
	push_says other:1 other
	echo file >"$WEB_DIR/file"
	cat >Dockerfile <<-'END'
		ARG HOST
		ARG WEB=none
		FROM $HOST/base:1 AS unused
		FROM $HOST/base:1 AS base
		ARG WEB HOST
		ENV NAME=file
		ADD $WEB/$NAME /fetched
		COPY --from=$HOST/other:1 /word /copied
		RUN --mount=type=bind,from=$HOST/other:1,target=/m cp /m/word /mounted
	END
	sed -i "s|from=\$HOST/other:1,target|from=$REGISTRY/other:1,target|" \
		Dockerfile
	args=(--build-arg "HOST=$REGISTRY" --build-arg "WEB=$WEB")
	run -0 slipway lock "${args[@]}" .
	echo "$output"
	[[ $output == *"image   $REGISTRY/base:1 "*sha256:* ]]
	[[ $output == *"file    $WEB/file "*"sha256:$(sha256sum <"$WEB_DIR/file" | cut -d' ' -f1)"* ]]
	[ "$(grep -c sha256: Dockerfile.lock)" = 3 ]
	cp Dockerfile.lock first
	said=$(says "${args[@]}")
	[ "$said" = $'base\nother\nother\nfile' ]

	push_says base:1 newer
	push_says other:1 newest
	slipway rmi localhost/locked:1
	[ "$(says "${args[@]}" --no-cache --pull)" = "$said" ]
	slipway build -q --pull "${args[@]}" -t localhost/locked:1 .
	[ "$(slipway run localhost/locked:1 cat /word)" = newer ]

	slipway lock "${args[@]}" --format json . >printed
	run ! cmp -s first Dockerfile.lock
	[ "$(says "${args[@]}")" = $'newer\nnewest\nnewest\nfile' ]
	python3 -c '
import json
lock = json.load(open("Dockerfile.lock"))
assert json.load(open("printed")) == lock
assert lock["version"] == 1 and len(lock["images"]) == 2'
}

@test "what is not as locked: status 7" {
	run -2 slipway build --locked - <<<'FROM scratch'
	[[ $output == *"has no lock file beside it"* ]]
	dockerfile . <<-END
		FROM localhost/busybox:1
		ADD $WEB/text /
	END
	run -7 slipway build --locked .
	[[ $output == *"Dockerfile.lock"*"slipway lock makes it"* ]]
	echo one >"$WEB_DIR/text"
	slipway lock .
	slipway build -q --locked .
	echo two >"$WEB_DIR/text"
	run -7 slipway build --locked .
	[[ $output == *"Dockerfile:2:1: "*"$WEB/text"* ]]
	echo "COPY --from=localhost/other:1 / /" >>Dockerfile
	run -7 slipway build --locked .
	[[ $output == *"Dockerfile:3:1: 'localhost/other:1' is not in the lock file"* ]]
	echo '{}' >Dockerfile.lock
	run -7 slipway build --locked .
	[[ $output == *"is no lock file of version 1"* ]]
}

@test "a digest needs no lock, a Dockerfile that is no file has none" {
	digest=$(slipway build -q -t localhost/own:1 - <<<'FROM scratch
		LABEL a=b')
	dockerfile . <<<"FROM localhost/own:1@$digest"
	slipway lock .
	[ "$(grep -c sha256: Dockerfile.lock)" = 0 ]
	slipway build -q --locked .
	run -2 slipway lock - <Dockerfile
	[[ $output == *"has no lock file beside it"* ]]
}
