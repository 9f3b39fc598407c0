#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build: every instruction, the cache, what is said when it fails.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir "$context"
}

# build [OPTIONS]: the context's Dockerfile, tagged localhost/test:1.
build() {
	slipway build --progress plain -t localhost/test:1 "$@" "$context"
}

# in_image COMMAND...: run in what was built.
in_image() {
	slipway run localhost/test:1 "$@"
}

# image_config NAME.NAME: a part of the config of what was built.
image_config() {
	slipway inspect localhost/test:1 | python3 -c '
import json, os, sys
digest = json.load(sys.stdin)[0]["Manifest"]["config"]["digest"]
path = os.environ["SLIPWAY_ROOT"] + "/blobs/" + digest.replace(":", "/")
value = json.load(open(path))
for name in sys.argv[1].split("."):
    is_index = name.lstrip("-").isdigit()
    value = value[int(name)] if is_index else value.get(name)
print(json.dumps(value))' "$1"
}

@test "RUN in shell and in JSON form" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN echo "one $((1 + 1))" >/shell
		RUN ["/bin/sh", "-c", "echo json >/json"]
	END
	build
	[ "$(in_image cat /shell /json)" = "one 2
json" ]
}

@test "only the digest goes to stdout, and -q is silent" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN echo loud; echo louder >&2
	END
	run --separate-stderr slipway build -q "$context"
	[ "$status" = 0 ]
	[[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
	[[ $stderr != *loud* && $stderr != *RUN* ]]
}

@test "a failing RUN: status 1, place, line, last output and the whole log" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN for i in $(seq 100); do echo line $i; done; exit 3
	END
	run --separate-stderr slipway build --progress quiet "$context"
	[ "$status" = 1 ]
	[[ $stderr == *"Dockerfile:2:1: process \"/bin/sh -c for i"*"did not complete successfully: exit code: 3"* ]]
	[[ $stderr == *"RUN for i in"* ]]
	[[ $stderr == *"line 61"*"line 100"* ]]
	[[ $stderr != *"line 60"* ]]
	log=$(sed -n 's/.*full log: //p' <<<"$stderr")
	[ "$(wc -l <"$log")" = 100 ]
}

@test "--propagate-exit ends with the RUN's own status" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN exit 42
	END
	run slipway build -q --propagate-exit "$context"
	[ "$status" = 42 ]
}

@test "a mistake in the Dockerfile: status 2 and file:line:column" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUNN true
	END
	run slipway build "$context"
	[ "$status" = 2 ]
	[[ $output == *"Dockerfile:2:1:"*"RUNN"* ]]
}

@test "no context, no Dockerfile: status 3" {
	run slipway build "$context/nowhere"
	[ "$status" = 3 ]
	run slipway build "$context"
	[ "$status" = 3 ]
	[[ $output == *"no Dockerfile at"* ]]
	run slipway build -f nothing "$context"
	[ "$status" = 3 ]
	for other in https://example.test/x.git git@example.test:x; do
		run slipway build "$other"
		[ "$status" = 4 ]
		[[ $output == *"context '$other': git cannot get"* ]]
	done
}

@test "an image that is not here, with --pull=never: status 3" {
	dockerfile "$context" <<<'FROM localhost/nowhere:1'
	run slipway build --pull=never "$context"
	[ "$status" = 3 ]
	[[ $output == *"Dockerfile:1:1: image 'localhost/nowhere:1' is not in the store"* ]]
}

@test "nothing changed: nothing is done, and the image is the same" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		WORKDIR /srv
		COPY . .
		RUN date >/when
		LABEL a=b
	END
	first=$(build)
	run build
	[ "$status" = 0 ]
	[[ $output != *DONE* ]]
	[ "${lines[-1]}" = "$first" ]
	touch "$context/Dockerfile"
	[ "$(build)" = "$first" ]
}

@test "a changed file, word or variable is done again, and what stands on it" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		ARG V=1
		RUN echo early >/early
		COPY file /
		RUN echo $V >/late
	END
	echo 1 >"$context/file"
	build
	echo 2 >"$context/file"
	run build
	[[ $output == *"[2/4] RUN echo early"*CACHED*"[3/4] COPY"*DONE*"[4/4] RUN"*DONE* ]]
	run build --build-arg V=2
	[[ $output == *"[2/4]"*DONE* ]]
	[ "$(in_image cat /late)" = 2 ]
}

@test "two ways to the same files share what comes after" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		COPY a /x
		RUN sleep 0 && cat /x >/y
	END
	echo same >"$context/a"
	touch -d @1000000000 "$context/a"
	build
	mv "$context/a" "$context/b"
	sed -i 's/COPY a/COPY .\/b/' "$context/Dockerfile"
	run build
	[[ $output == *"[2/3] COPY"*"[3/3] RUN"*CACHED* ]]
}

@test "FROM an image that was built here, and its layers never left" {
	dockerfile "$BATS_TEST_TMPDIR/one" <<-'D'
		FROM localhost/busybox:1
		RUN echo one >/one
	D
	dockerfile "$BATS_TEST_TMPDIR/two" <<-'D'
		FROM localhost/one:1
		RUN cat /one >/two
	D
	slipway build -q -t localhost/one:1 "$BATS_TEST_TMPDIR/one"
	run -0 slipway build --pull=never -t localhost/two:1 \
		"$BATS_TEST_TMPDIR/two"
	run -0 slipway run localhost/two:1 cat /two
	[ "${lines[-1]}" = one ]
}

@test "--no-cache does everything again" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN cat /proc/sys/kernel/random/uuid >/id
	END
	build
	before=$(in_image cat /id)
	build
	[ "$(in_image cat /id)" = "$before" ]
	build --no-cache
	[ "$(in_image cat /id)" != "$before" ]
}

@test "stages: by name, by number, from an image; only what is needed" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS one
		RUN echo one >/one
		FROM localhost/busybox:1 AS unused
		RUN exit 1
		FROM one AS two
		RUN echo two >/two
		FROM scratch
		COPY --from=two /one /two /
		COPY --from=0 /one /number
		COPY --from=localhost/busybox:1 /bin/busybox /bin/sh
	END
	build
	[ "$(in_image sh -c 'read a </one; read b </two; read c </number; echo $a $b $c')" = "one two one" ]
}

@test "--target" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS first
		RUN echo first >/which
		FROM localhost/busybox:1 AS second
		RUN exit 1
	END
	build --target FIRST
	[ "$(in_image cat /which)" = first ]
	run build --target thrid
	[ "$status" = 2 ]
	[[ $output == *"target stage 'thrid' could not be found"* ]]
}

free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# Each stage ends only when it has met the other, on the host's loopback.
@test "independent stages run at the same time" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS a
		ARG PORT
		RUN echo met | nc -l -p $PORT 127.0.0.1 >/a
		FROM localhost/busybox:1 AS b
		ARG PORT
		RUN until nc 127.0.0.1 $PORT </dev/null >/b; do sleep 0.1; done
		FROM scratch
		COPY --from=a /a /
		COPY --from=b /b /
	END
	build --jobs 2 --network host --timeout 60s \
		--build-arg "PORT=$(free_port)"
}

@test "a failure ends the other stages" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS a
		RUN sleep 60
		FROM localhost/busybox:1 AS b
		RUN exit 1
		FROM scratch
		COPY --from=a /a /
		COPY --from=b /b /
	END
	before=$SECONDS
	run build --jobs 2
	[ "$status" = 1 ]
	[[ $output == *"Dockerfile:4:1:"* ]]
	[ $((SECONDS - before)) -lt 20 ]
}

@test "--timeout: status 124" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN sleep 60
	END
	run build --timeout 500ms
	[ "$status" = 124 ]
	[[ $output == *"longer than allowed"* ]]
}

@test "an interrupt: status 130, and nothing stays behind" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN echo started; exec sleep 4713
	END
	# Shells start what runs in the background with SIGINT ignored.
	mkfifo "$BATS_TEST_TMPDIR/log"
	env --default-signal=INT "$SLIPWAY" build --progress plain "$context" \
		2>"$BATS_TEST_TMPDIR/log" 3>&- &
	pid=$!
	exec 7<"$BATS_TEST_TMPDIR/log"
	while read -r -t 20 line <&7; do
		[[ $line != *" started" ]] || break
	done
	kill -INT $pid
	cat <&7 >/dev/null
	status=0
	wait $pid || status=$?
	[ "$status" = 130 ]
	run ! pgrep -u "$(id -u)" -f 'sleep 4713'
}

@test "ENV, ARG and expansion" {
	dockerfile "$context" <<-'END'
		ARG TAG=1
		ARG SHARED=global
		FROM localhost/busybox:${TAG}
		ARG SHARED
		ARG NAME=default OTHER
		ENV A="a b" B=${NAME:-x} C=${OTHER:-unset}
		RUN echo "$A,$B,$C,$SHARED,${OTHER-none},$TAG" >/out
		ENV NAME=env
		RUN echo "$NAME" >>/out
	END
	build --build-arg OTHER=
	[ "$(in_image cat /out)" = "a b,default,unset,global,,
env" ]
	build --build-arg NAME=given
	[ "$(in_image head -n 1 /out)" = "a b,given,unset,global,none," ]
}

@test "--build-arg without a value takes the environment's" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		ARG FROM_OUTSIDE=inside
		RUN echo $FROM_OUTSIDE >/out
	END
	FROM_OUTSIDE=outside build --build-arg FROM_OUTSIDE
	[ "$(in_image cat /out)" = outside ]
	build --build-arg FROM_OUTSIDE
	[ "$(in_image cat /out)" = inside ]
}

@test "an unused --build-arg is said" {
	dockerfile "$context" <<<'FROM localhost/busybox:1'
	run build --build-arg TYPO=1
	[ "$status" = 0 ]
	[[ $output == *"'TYPO' is not used by any ARG"* ]]
}

@test "platform words" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		ARG TARGETPLATFORM TARGETOS BUILDARCH TARGETSTAGE
		RUN echo $TARGETPLATFORM $TARGETOS $BUILDARCH $TARGETSTAGE >/out
	END
	build
	[[ $(in_image cat /out) =~ ^linux/([a-z0-9/]+)\ linux\ [a-z0-9]+\ default$ ]]
}

@test "proxies are seen by RUN and are no part of the key" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN echo "$http_proxy $HTTP_PROXY" >/out
	END
	build --build-arg http_proxy=http://one
	[ "$(in_image cat /out)" = "http://one http://one" ]
	run build --build-arg http_proxy=http://two
	[[ $output != *DONE* ]]
	run slipway history localhost/test:1
	[[ $output != *http://* ]]
}

@test "USER, WORKDIR and what they own" {
	need_range
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		WORKDIR /by/root
		USER alice
		WORKDIR /by/alice
		WORKDIR deeper
		RUN id -un >/tmp/who; pwd >>/tmp/who; echo $HOME >>/tmp/who
		USER 77:88
		WORKDIR /number
	END
	build
	[ "$(in_image stat -c %u:%g /by /by/root /by/alice /by/alice/deeper /number | tr '\n' ' ')" = "0:0 0:0 1000:1000 1000:1000 77:88 " ]
	[ "$(in_image cat /tmp/who | tr '\n' ' ')" = "alice /by/alice/deeper /home " ]
	[ "$(image_config config.WorkingDir)" = '"/number"' ]
	[ "$(image_config config.User)" = '"77:88"' ]
}

@test "an unknown USER is named" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		USER nobody-here
		RUN true
	END
	run build
	[ "$status" = 1 ]
	[[ $output == *"Dockerfile:3:1:"*"nobody-here"* ]]
}

@test "configuration and history" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		MAINTAINER somebody
		LABEL a=1 b="x y"
		EXPOSE 8080 53/udp
		VOLUME /data
		STOPSIGNAL SIGINT
		SHELL ["/bin/ash", "-ec"]
		ENTRYPOINT echo hi
		HEALTHCHECK --interval=5s CMD true
		ARG P=1
		RUN true
	END
	build --label b=cli --label c
	[ "$(image_config config.Labels)" = '{"a": "1", "b": "cli", "c": ""}' ]
	[ "$(image_config config.ExposedPorts)" = '{"53/udp": {}, "8080/tcp": {}}' ]
	[ "$(image_config config.Volumes)" = '{"/data": {}}' ]
	[ "$(image_config config.StopSignal)" = '"SIGINT"' ]
	[ "$(image_config config.Entrypoint)" = '["/bin/ash", "-ec", "echo hi"]' ]
	# The base's CMD was for another program.
	[ "$(image_config config.Cmd)" = null ]
	[ "$(image_config config.Healthcheck)" = '{"Test": ["CMD-SHELL", "true"], "Interval": 5000000000}' ]
	[ "$(image_config author)" = '"somebody"' ]
	[ "$(image_config history.-1.created_by)" = '"RUN |1 P=1 /bin/ash -ec true # buildkit"' ]
	[ "$(image_config history.-1.comment)" = '"slipway"' ]
	[ "$(image_config history.-2.empty_layer)" = true ]
}

@test "CMD after ENTRYPOINT, and in one stage before it" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		CMD ["x"]
		ENTRYPOINT ["/bin/echo"]
	END
	build
	[ "$(slipway run localhost/test:1)" = x ]
}

@test "FROM scratch has PATH and a directory" {
	dockerfile "$context" <<<'FROM scratch'
	build
	[ "$(image_config config)" = '{"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "WorkingDir": "/"}' ]
	[ "$(image_config rootfs.diff_ids)" = '[]' ]
}

@test "ONBUILD of an image and of a stage" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS base
		ONBUILD COPY file /triggered
		ONBUILD RUN cat /triggered >/ran
		FROM base
		RUN cat /ran >/last
	END
	echo trigger >"$context/file"
	build
	[ "$(in_image cat /last)" = trigger ]
	slipway build -q --target base -t localhost/base:1 "$context"
	dockerfile "$context" <<<'FROM localhost/base:1'
	build
	[ "$(in_image cat /ran)" = trigger ]
	[ "$(image_config config.OnBuild)" = null ]
}

@test "a heredoc of RUN" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN <<EOF
		echo first >/out
		echo "second $((1 + 1))" >>/out
		EOF
		RUN cat <<A >/a && cat <<B >>/a
		from a
		A
		from b
		B
	END
	build
	[ "$(in_image cat /out /a)" = "first
second 2
from a
from b" ]
}

@test "RUN sees no network with --network none" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN ls /sys/class/net >/net
		RUN --network=host ls /sys/class/net >/host
	END
	build --network none
	[ "$(in_image cat /net)" = lo ]
	[ "$(in_image cat /host | wc -l)" -ge 1 ]
}

@test "--add-host" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN cp /etc/hosts /seen
	END
	build --add-host example.test:192.0.2.7
	in_image grep -q '192.0.2.7.*example.test' /seen
	run build --add-host nonsense
	[ "$status" = 2 ]
}

@test "running something leaves nothing behind but what it wrote" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN true
	END
	build
	# The layer is the one of nothing at all.
	[ "$(image_config rootfs.diff_ids.-1)" = '"sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"' ]
}

@test "what RUN removes is gone, and comes back when it is made again" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN mkdir /d && touch /d/a /d/b /f
		RUN rm -r /d /f
		RUN test ! -e /f && test ! -e /d && mkdir /d && touch /d/c
	END
	build
	[ "$(in_image sh -c 'ls /d; ls /f 2>&1 | wc -l')" = "c
1" ]
}

@test "--iidfile and --metadata-file" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN true
	END
	digest=$(build --iidfile "$BATS_TEST_TMPDIR/iid" \
		--metadata-file "$BATS_TEST_TMPDIR/meta")
	python3 - "$digest" "$(cat "$BATS_TEST_TMPDIR/iid")" \
		"$BATS_TEST_TMPDIR/meta" <<-'END'
		import json, sys
		digest, iid, meta = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3]))
		assert meta["containerimage.digest"] == digest
		assert meta["containerimage.config.digest"] == iid
		assert meta["containerimage.descriptor"]["digest"] == digest
		assert meta["image.name"] == "localhost/test:1"
	END
	run slipway build -q --iidfile "$BATS_TEST_TMPDIR/no/where" "$context"
	[ "$status" = 3 ]
}

@test "several tags" {
	dockerfile "$context" <<<'FROM localhost/busybox:1'
	slipway build -q -t localhost/one:1 -t localhost/two:2 "$context"
	[ "$(slipway inspect localhost/one:1)" = "$(slipway inspect localhost/two:2)" ] ||
		slipway inspect localhost/two:2
	run slipway build -t Bad/Name "$context"
	[ "$status" = 2 ]
}

@test "-f: a path from here, in the context, or standard input" {
	mkdir "$context/sub"
	echo 'FROM localhost/busybox:1
LABEL from=sub' >"$context/sub/Other"
	build -f "$context/sub/Other"
	[ "$(image_config config.Labels.from)" = '"sub"' ]
	build -f sub/Other
	build -f - <<<'FROM localhost/busybox:1
LABEL from=stdin'
	[ "$(image_config config.Labels.from)" = '"stdin"' ]
}

timed_dockerfile() {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		WORKDIR /w
		COPY Dockerfile /copied
		ARG SOURCE_DATE_EPOCH
		RUN touch /ran && echo $SOURCE_DATE_EPOCH >/epoch
		LABEL a=b
	END
}

@test "SOURCE_DATE_EPOCH: the time of the image and of what we make" {
	timed_dockerfile
	build
	touch -d @1200000000 "$context/Dockerfile"
	SOURCE_DATE_EPOCH=1000000000 build
	[ "$(image_config created)" = '"2001-09-09T01:46:40Z"' ]
	[ "$(image_config history.-1.created)" = '"2001-09-09T01:46:40Z"' ]
	[ "$(in_image stat -c %Y /w /copied)" = "1000000000
1200000000" ]
	[ "$(in_image cat /epoch)" = 1000000000 ]
	run env SOURCE_DATE_EPOCH=soon "$SLIPWAY" build "$context"
	[ "$status" = 2 ]
	SOURCE_DATE_EPOCH='' build
}

@test "--reproducible and --timestamp: nothing is newer" {
	timed_dockerfile
	one=$(SOURCE_DATE_EPOCH=1000000000 build --no-cache --reproducible)
	[ "$(in_image stat -c %Y /w /copied /ran | sort -u)" = 1000000000 ]
	[ "$(image_config created)" = '"2001-09-09T01:46:40Z"' ]
	[ "$(image_config history.-1.created)" = '"2001-09-09T01:46:40Z"' ]
	two=$(build --no-cache --timestamp 1000000000)
	[ "$one" = "$two" ]
	[ "$(build --no-cache --reproducible \
		--build-arg SOURCE_DATE_EPOCH=1000000000)" = "$one" ]
	build --reproducible
	[ "$(in_image stat -c %Y /w /copied /ran | sort -u)" = 0 ]
	run build --timestamp soon
	[ "$status" = 2 ]
}

@test "RUN --security and --device want to be allowed" {
	for line in 'RUN --device=vendor.com/class=x true' \
		'RUN --security=insecure true'; do
		printf 'FROM localhost/busybox:1\n%s\n' "$line" >"$context/Dockerfile"
		run build
		[ "$status" = 2 ]
		[[ $output == *"Dockerfile:2:"*"is not allowed"*"--allow "* ]]
	done
	run build --allow everything
	[ "$status" = 2 ]
	[[ $output == *"--allow: 'everything' is not known"* ]]
}

@test "RUN --security=insecure, allowed" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN --security=insecure grep CapEff /proc/self/status >/caps
		RUN grep CapEff /proc/self/status >/fewer
	END
	build --allow security.insecure
	if [ "$(identity)" = range ]; then
		[ "$(in_image cat /caps)" != "$(in_image cat /fewer)" ]
	fi
	# Two different things are not one step of the cache.
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN --security=sandbox grep CapEff /proc/self/status >/caps
	END
	build
	[ "$(in_image cat /caps)" = "$(in_image sh -c \
		'grep CapEff /proc/self/status')" ]
}

@test "RUN --device: what a file of this host describes" {
	mkdir "$BATS_TEST_TMPDIR/cdi"
	echo shown >"$BATS_TEST_TMPDIR/shown"
	cat >"$BATS_TEST_TMPDIR/cdi/x.json" <<-END
		{"cdiVersion": "0.6.0", "kind": "vendor.com/class",
		 "containerEdits": {"env": ["ALL=yes"]},
		 "devices": [{"name": "x", "containerEdits": {
		   "env": ["ONE=x"],
		   "deviceNodes": [{"path": "/dev/mine", "hostPath": "/dev/zero"}],
		   "mounts": [{"hostPath": "$BATS_TEST_TMPDIR/shown",
		     "containerPath": "/lib/mine", "options": ["ro"]}]}}]}
	END
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		ENV ONE=image
		RUN --device=vendor.com/class=x,required \
			echo $ALL $ONE $(cat /lib/mine) $(head -c 5 /dev/mine | wc -c) >/seen
	END
	build --allow device --cdi-spec-dir "$BATS_TEST_TMPDIR/cdi"
	[ "$(in_image cat /seen)" = "yes x shown 5" ]
	run in_image ls /dev/mine /lib/mine
	[ "$status" != 0 ]
	sed -i s/=x,req/=y,req/ "$context/Dockerfile"
	run build --allow device=vendor.com/class=y \
		--cdi-spec-dir "$BATS_TEST_TMPDIR/cdi"
	[ "$status" = 5 ]
	[[ $output == *"describes device 'vendor.com/class=y'"* ]]
	sed -i s/,required// "$context/Dockerfile"
	echo 'RUN echo done' >>"$context/Dockerfile"
	sed -i 's/ echo .ALL.*/ true/; s/^\techo.*/\ttrue/' "$context/Dockerfile"
	run build --allow device --cdi-spec-dir "$BATS_TEST_TMPDIR/cdi"
	[ "$status" = 0 ]
	[[ $output == *"it is left out"* ]]
	echo '{' >"$BATS_TEST_TMPDIR/cdi/a.json"
	run build --allow device --cdi-spec-dir "$BATS_TEST_TMPDIR/cdi"
	[ "$status" = 5 ]
	[[ $output == *"a.json"* ]]
}

@test "another platform works without RUN" {
	dockerfile "$context" <<-'END'
		FROM scratch
		WORKDIR /w
		COPY Dockerfile .
	END
	build --platform linux/sparc64
	[ "$(image_config architecture)" = '"sparc64"' ]
	echo 'RUN ["/x"]' >>"$context/Dockerfile"
	run build --platform linux/sparc64
	[ "$status" = 5 ]
	[[ $output == *"programs of sparc64 cannot run here"* ]]
}

@test "--explain says what a key is made of" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		ARG V=7
		RUN true
	END
	run build --explain
	[[ $output == *"of RUN true"* ]]
	[[ $output == *"environment=V=7"* ]]
	[[ $output == *"argument=true"* ]]
}

@test "--explain says why a step is done" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		ARG V=1
		COPY file /
		RUN echo $V
	END
	echo one >"$context/file"
	run -0 build --explain
	[[ $output == *"of COPY file /"*"to be done: "* ]]
	run -0 build --explain
	[[ $output != *"to be done"* ]]
	[ "$(grep -c 'done before' <<<"$output")" = 2 ]
	run -0 build --explain --build-arg V=2
	[[ $output == *"done before"*"to be done: 'environment' was 'V=1', and is 'V=2'"* ]]
	echo two >"$context/file"
	run -0 build --explain --build-arg V=2
	[[ $output == *"of COPY file /"*"to be done: "*"' was '"*"of RUN echo"*"to be done: 'below' was 'sha256:"* ]]
	run -0 build --explain --no-cache
	[[ $output == *"to be done: --no-cache"* ]]
}

@test "--on-error=shell: in the tree, with all that the RUN had" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		WORKDIR /work
		ENV A=1
		RUN --mount=type=bind,target=/m echo partial >left; exit 3
	END
	echo 'echo "I see $(cat left) $A $(ls /m) in $(pwd)"; exit 9' \
		>"$BATS_TEST_TMPDIR/commands"
	run --separate-stderr slipway build --on-error=shell "$context" \
		<"$BATS_TEST_TMPDIR/commands"
	[ "$status" = 1 ]
	[ -z "$output" ]
	[[ $stderr == *"exit code: 3; /bin/sh in its tree"*"I see partial 1 Dockerfile in /work"*"Dockerfile:4:1: "* ]]
	run -3 slipway build -q --on-error=shell --propagate-exit "$context" \
		</dev/null
	run slipway build --on-error=stop "$context" \
		<"$BATS_TEST_TMPDIR/commands"
	[ "$status" = 1 ]
	[[ $output != *"I see"* ]]
	run -2 slipway build --on-error=panic "$context"
	run -2 slipway build --on-error=shell - <"$context/Dockerfile"
	[[ $output == *"standard input is the context or the Dockerfile"* ]]
}

@test "--on-error=shell: an image without a shell" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		SHELL ["/bin/busybox", "sh", "-c"]
		RUN rm /bin/busybox; exit 1
	END
	run -1 slipway build --on-error=shell "$context" </dev/null
	[[ $output == *"Dockerfile:3:1: "*"exit code: 1"* ]]
}

@test "a pulled base, and a push" {
	need skopeo umoci
	start_registry
	busybox_layout "$BATS_TEST_TMPDIR/layout"
	skopeo copy -q --dest-tls-verify=false \
		"oci:$BATS_TEST_TMPDIR/layout:latest" \
		"docker://$REGISTRY/base:1"
	dockerfile "$context" <<-END
		FROM $REGISTRY/base:1
		RUN echo pushed >/pushed
	END
	digest=$(slipway build -q --push -t "$REGISTRY/app:1" \
		-t "$REGISTRY/app:2" "$context")
	for tag in 1 2; do
		[ "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' \
			"docker://$REGISTRY/app:$tag")" = "$digest" ]
	done
	# The second time the base is not asked for.
	slipway build -q --pull=never "$context"
	slipway build -q --pull "$context"
	slipway build -q --pull=newer "$context"
	run slipway build --push "$context"
	[ "$status" = 2 ]
	[[ $output == *"needs a tag"* ]]
}
