#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Options of a build that are no output: docker's, buildah's and kaniko's words.

load ../lib/slipway

file_setup() {
	import_busybox
	slipway import --change 'LABEL one=1' --change 'LABEL two=2' \
		--change 'ENV KEPT=yes' "$(busybox_tar)" localhost/labelled:1
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir "$context"
	cd "$BATS_TEST_TMPDIR" || return
}

build() { slipway build -q "$@" "$context"; }

layers() { slipway inspect "$1" | grep -c '^ *"sha256:[0-9a-f]*",\{0,1\}$'; }

lacks() { if grep -q "$@"; then return 1; fi; }

@test "labels: added, dropped, not inherited" {
	dockerfile "$context" <<-'END'
		FROM localhost/labelled:1
		LABEL three=3
	END
	build -t a:1 --unsetlabel one --label four=4
	slipway inspect --config a:1 >config
	grep -q '"Labels":{"four":"4","three":"3","two":"2"}' config
	build -t a:2 --inherit-labels=false
	slipway inspect --config a:2 | grep -q '"Labels":{"three":"3"}'
	run build --inherit-labels=maybe
	[ "$status" = 2 ]
}

@test "variables of the image" {
	dockerfile "$context" <<-'END'
		FROM localhost/labelled:1
		ENV GONE=1
	END
	OURS=x build -t a:1 --env A=b=c --env OURS --env UNKNOWN --unsetenv GONE
	slipway inspect --config a:1 >config
	grep -q '"KEPT=yes",.*"A=b=c","OURS=x"' config
	lacks '"GONE=1"' config
	lacks UNKNOWN config
}

@test "build arguments from a file" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		ARG A
		ARG B
		ARG C
		LABEL all="$A-$B-$C"
	END
	printf '%s\n' '# a comment' '' A=file B=file C >args
	C=environment build -t a:1 --build-arg-file args --build-arg B=option
	slipway inspect a:1 | grep -q '"all": "file-option-environment"'
	run build --build-arg-file nowhere
	[ "$status" = 3 ]
}

@test "another base, another platform" {
	dockerfile "$context" <<-'END'
		FROM nowhere/at-all:9
		ARG TARGETPLATFORM
		LABEL for=$TARGETPLATFORM
	END
	build -t a:1 --from localhost/labelled:1
	slipway inspect a:1 | grep -q '"one": "1"'
	printf '%s\n' 'FROM scratch' 'ARG TARGETPLATFORM' \
		'LABEL for=$TARGETPLATFORM' >"$context/Dockerfile"
	build -t a:2 --arch arm --variant v7
	slipway inspect --platform linux/arm/v7 a:2 |
		grep -q '"for": "linux/arm/v7"'
}

# How many lines of progress say that a step was found done.
cached() { grep -c CACHED "$1" || true; }

@test "what is done again" {
	echo x >"$context/file"
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS one
		COPY file /file
		RUN echo one >/one
		FROM localhost/busybox:1
		COPY --from=one /one /
		RUN echo two >/two
	END
	# So that what is done again gives the same.
	again() { slipway build --timestamp 1 --progress plain "$@" "$context" 2>log; }
	again
	again
	all=$(cached log)
	again --no-cache=run
	[ "$(cached log)" = $((all - 2)) ]
	again --no-cache-filter ONE,none
	[ "$(cached log)" = $((all - 2)) ]
	again --no-cache-filter 1
	[ "$(cached log)" = $((all - 2)) ]
	run build --no-cache=sometimes
	[ "$status" = 2 ]
}

@test "squash: one layer does what several did" {
	dockerfile "$context" <<-'END'
		FROM localhost/labelled:1
		RUN rm -r /home && mkdir /home && echo new >/home/file
		RUN rm /bin/yes && echo tmp >/tmp/x && ln /etc/passwd /etc/hard
		RUN rm /tmp/x && mkdir -m 700 /private && chown 5:6 /private
	END
	for how in false new all; do
		build -t "$how:1" --squash=$how -o "type=tar,dest=$how.tar"
		tar --numeric-owner -tvf "$how.tar" >"$how"
	done
	diff false new
	diff false all
	[ "$(layers false:1)" = 4 ]
	[ "$(layers new:1)" = 2 ]
	[ "$(layers all:1)" = 1 ]
	slipway history new:1 | grep -q '3 layers'
	# Again it is found, and is the same.
	run -0 --separate-stderr build --squash
	[ "$output" = "$(slipway images --digests --no-trunc \
		--format json new | sed -n 's/.*"Digest": "\(.*\)".*/\1/p')" ]
	run -0 slipway run new:1 cat /home/file
	[ "$output" = new ]
	build -t bare:1 --omit-history
	slipway inspect --config bare:1 | lacks '"history"'
}

@test "times" {
	echo x >"$context/file"
	printf 'FROM scratch\nCOPY file /\n' >"$context/Dockerfile"
	build -t a:1 --source-date-epoch 86400
	slipway inspect a:1 | grep -q '"Created": "1970-01-02T00:00:00Z"'
	build -t a:2 --source-date-epoch 86400 --rewrite-timestamp --no-cache
	slipway save --format oci-dir --compression none -o layout a:2
	find layout/blobs -type f -exec tar -tvf {} --utc \; 2>/dev/null |
		grep -q '1970-01-02.* file'
}

@test "what a RUN sees of the host" {
	mkdir shown
	echo hello >shown/file
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN cat /mnt/shown/file /etc/resolv.conf >/seen; \
			test -c /dev/mine && cat /dev/mine && \
			! touch /mnt/shown/new
	END
	build -t a:1 --volume "$PWD/shown:/mnt/shown:ro" \
		--device /dev/null:/dev/mine --dns 192.0.2.7 \
		--dns-search example.org --dns-option ndots:2 \
		-o type=tar,dest=a.tar
	tar -xOf a.tar seen >shown/seen
	[ "$(xargs <shown/seen)" = "hello search example.org nameserver 192.0.2.7 options ndots:2" ]
	# Nothing of it stays.
	tar -tf a.tar | lacks mnt/shown
	run build -v nowhere
	[ "$status" = 2 ]
	run build --device vendor.com/thing=1
	[ "$status" = 2 ]
}

@test "capabilities" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN grep CapBnd /proc/self/status >/caps
	END
	build --cap-drop all --cap-add net_raw,CAP_CHOWN -o out
	grep -q 0000000000002001 out/caps
	run build --cap-add everything
	[ "$status" = 2 ]
	[[ $output == *"capability 'everything'"* ]]
}

@test "words of others: accepted, or said to have no effect, once" {
	printf 'FROM scratch\n' >"$context/Dockerfile"
	slipway build --layers --rm --force-rm --cpuset-mems 0 \
		--userns host --userns host --allow network.host \
		--pull-never --security-opt label=disable "$context" 2>log
	[ "$(grep -c -- "'--userns' has no effect" log)" = 1 ]
	grep -q label=disable log
}

@test "--logfile has the progress, the terminal only what failed" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN echo to the log; false
	END
	run slipway build --logfile log "$context"
	[ "$status" = 1 ]
	grep -q 'to the log' log
	[[ $output == *"exit code: 1"* ]]
	[[ $output != *"FROM localhost"* ]]
}
