#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What was done elsewhere need not be done here: --cache-to and --cache-from.

load ../lib/slipway

file_setup() {
	import_busybox
	slipway save -o "$BATS_FILE_TMPDIR/base.tar" localhost/busybox:1
	context=$BATS_FILE_TMPDIR/context
	mkdir "$context"
	echo x >"$context/file"
	cat >"$context/Dockerfile" <<-'END'
		FROM localhost/busybox:1 AS tools
		RUN echo tool >/tool
		FROM localhost/busybox:1
		COPY file /file
		COPY --from=tools /tool /
		RUN echo made >/made
	END
}

test_setup() {
	context=$BATS_FILE_TMPDIR/context
	cd "$BATS_TEST_TMPDIR" || return
}

# A machine that has the base image and nothing else.
another() {
	export SLIPWAY_ROOT=$BATS_TEST_TMPDIR/$1
	slipway load -q -i "$BATS_FILE_TMPDIR/base.tar" >/dev/null
}

teardown() {
	for root in "$BATS_TEST_TMPDIR"/machine*; do
		"$SLIPWAY" unshare rm -rf "$root" 2>/dev/null || true
	done
}

# What is done again gives the same.
build() {
	slipway build --timestamp 1 --progress plain "$@" "$context" 2>log
}

# No step like this was done.
found() {
	grep -E "$1" -A1 log >part
	if grep -q ' DONE ' part; then return 1; fi
}

# Steps that were done, not found.
done_steps() { grep -c ' DONE ' log || true; }

@test "a registry has it: nothing is done again" {
	start_registry
	another machine1
	digest=$(build --cache-to "type=registry,ref=$REGISTRY/cache:1,mode=max")
	[ "$(done_steps)" -ge 4 ]
	another machine2
	[ "$(build --cache-from "type=registry,ref=$REGISTRY/cache:1" \
		-o type=tar,dest=a.tar)" = "$digest" ]
	found '\] (RUN|COPY)'
	[ "$(tar -xOf a.tar made)" = made ]
	run -0 slipway store check
}

@test "buildah's words; what is not there is a warning" {
	start_registry
	another machine1
	run -0 build --cache-from "$REGISTRY/none" --cache-to "$REGISTRY/cache"
	grep -q "warning: cache '$REGISTRY/none'" log
	another machine2
	build --cache-from "$REGISTRY/cache"
	found 'RUN echo made'
}

@test "a directory has it" {
	another machine1
	digest=$(build --cache-to type=local,dest=cache,mode=max,compression=zstd)
	another machine2
	[ "$(build --cache-from type=local,src=cache)" = "$digest" ]
	found '\] (RUN|COPY)'
	# Only what the result came of, under another tag of the same layout.
	build --cache-to type=local,dest=cache,tag=small
	another machine3
	build --cache-from type=local,src=cache,tag=small
	[ "$(grep -c ' DONE ' log)" -gt 0 ]
	another machine4
	run -0 build --cache-from type=local,src=nowhere
	grep -q "warning: cache 'nowhere'" log
}

@test "the image itself has it" {
	start_registry
	another machine1
	digest=$(build --cache-to type=inline --push -t "$REGISTRY/app:1")
	another machine2
	build --cache-from "$REGISTRY/app:1"
	found 'RUN echo made'
	slipway build -q "$context"
}

@test "what is wrong" {
	local spec
	for spec in type=s3,bucket=x type=registry type=local,src=x,mode=most \
		type=inline type=registry,ref=x,what=1; do
		run slipway build --cache-from "$spec" "$context"
		[ "$status" = 2 ]
		[[ $output == *"--cache-from '$spec'"* ]]
	done
	another machine1
	run build --cache-to type=registry,ref=127.0.0.1:9/x --retry 0
	[ "$status" = 4 ]
	run -0 build --retry 0 \
		--cache-to type=registry,ref=127.0.0.1:9/x,ignore-error=true
}
