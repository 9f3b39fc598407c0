#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What led out of other sandboxes, by the numbers of the CVEs; more of it in
# tests/sandbox/images.bats and tests/cmd/build-mount.bats. slipway-sandbox(7)
# says which number is tested where; tests/sandbox/prove, that it is.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir -p "$context"
}

# image_with: a script on stdin changes a copy of the root.
image_with() {
	local root=$BATS_TEST_TMPDIR/root
	rm -rf "$root"
	mkdir "$root"
	tar -C "$root" -xf "$(busybox_tar)"
	(cd "$root" && sh -eu)
	tar --numeric-owner --owner=0 --group=0 -C "$root" \
		-cf "$BATS_TEST_TMPDIR/root.tar" .
	slipway import "$@" "$BATS_TEST_TMPDIR/root.tar" localhost/bad:1 \
		>/dev/null
}

built() {
	dockerfile "$context"
	run slipway build --progress plain -t localhost/made:1 "$context"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}

inside() {
	slipway run localhost/made:1 sh -c "$1"
}

@test "a WORKDIR of a build in a directory of ours (2024-21626)" {
	local fd
	for fd in 3 5 7 8 9 11 14; do
		dockerfile "$context" <<-END
			FROM localhost/busybox:1
			WORKDIR /proc/self/fd/$fd
			RUN pwd; ls
		END
		run slipway build "$context"
		[ "$status" -ne 0 ]
	done
}

@test "a WORKDIR through a link of the image (2026-55686)" {
	mkdir "$BATS_TEST_TMPDIR/outside"
	image_with <<-END
		ln -s "$BATS_TEST_TMPDIR/outside" w
	END
	dockerfile "$context" <<-'END'
		FROM localhost/bad:1
		USER alice
		WORKDIR /w/x
	END
	run slipway build "$context"
	[ -z "$(ls "$BATS_TEST_TMPDIR/outside")" ]
	[ "$(stat -c %u "$BATS_TEST_TMPDIR/outside")" = "$(id -u)" ]
}

@test "users that are nearly root (2016-3697, 2024-40635, 2026-30892)" {
	local user
	image_with <<-'END'
		printf '%s\n' 1000:x:0:0::/: 0x0:x:0:0::/: >>etc/passwd
	END
	for user in 1000:0abc +0 -0 -1 0x 00x 4294967295 4294967296 \
		18446744073709551616 2147483648:4294967296 ' 0' '1000:' \
		1000:-1 ../0 'root/'; do
		run slipway run -u "$user" localhost/bad:1 id -u
		[ "$status" -ne 0 ] || [ "$output" != 0 ]
	done
	run -0 slipway run -u 1000 localhost/bad:1 id -u
	[ "$output" = 1000 ]
}

@test "a config with nonsense: an error or a program, nothing of ours breaks" {
	local change status
	for change in 'WORKDIR ../../../../../..' 'USER ../../etc:..' \
		'WORKDIR /proc/1/root' 'ENTRYPOINT ["/proc/1/exe"]' \
		'CMD ["../../../../bin/sh"]' 'ENV LD_PRELOAD=/etc/passwd' \
		'ENV PATH=' 'VOLUME /../../etc' 'ENTRYPOINT [""]' \
		'STOPSIGNAL SIGKILL'; do
		image_with --change "$change" <<<true
		status=0
		timeout 20 "$SLIPWAY" run localhost/bad:1 true || status=$?
		[ "$status" != 125 ] && [ "$status" -lt 128 ]
	done
}

@test "the environment and the files of the caller (2021-3602)" {
	mkdir -p "$HOME/.docker"
	echo '{"auths":{}, "hush": "tell nobody"}' >"$HOME/.docker/config.json"
	SESAME=open HTTP_PROXY='' built <<-'END'
		FROM localhost/busybox:1
		ENV A=1
		RUN env | cut -d= -f1 | sort | tr '\n' ' ' >/seen; \
			cat /proc/*/environ | tr '\0' '\n' | grep -c SESAME >>/seen; \
			grep -rl 'tell nobody' /root /home /run /etc /tmp >>/seen; true
	END
	run -0 inside 'cat /seen'
	[[ ${lines[0]} != *SESAME* ]]
	[[ ${lines[0]} == *A* ]]
	[[ ${lines[0]} =~ 0$ ]]
	[ "${#lines[@]}" = 1 ]
	rm "$HOME/.docker/config.json"
}

@test "groups of the caller, and capabilities (2022-2990, 2022-29162)" {
	image_with <<-'END'
		printf 'crew:x:50:alice\n' >>etc/group
		chmod 1777 tmp
	END
	dockerfile "$context" <<-'END'
		FROM localhost/bad:1
		RUN id -G >/root.seen; grep -h ^Cap /proc/self/status >/caps
		USER alice
		RUN id -G >/tmp/alice.seen
	END
	slipway build -t localhost/made:1 "$context"
	run -0 inside 'cat /root.seen /tmp/alice.seen; sort -u /caps'
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}" = '1000 100 50' ] || [ "${lines[1]}" = '1000 50 100' ]
	[[ $output == *$'CapInh:\t0000000000000000'* ]]
	[[ $output == *$'CapAmb:\t0000000000000000'* ]]
	[[ $output == *$'CapBnd:\t00000000a80425fb'* ]]
}

@test "settings of the kernel (2023-25809, 2022-0492)" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN for f in /proc/sys/kernel/core_pattern \
			/proc/sys/kernel/hostname /proc/sysrq-trigger \
			/sys/fs/cgroup/cgroup.procs /sys/kernel/uevent_helper \
			/proc/sys/vm/overcommit_memory; do \
			[ ! -e $f ] || ! (echo 1 >$f) 2>/dev/null || echo $f >>/bad; \
			done; mkdir /sys/fs/cgroup/x 2>/dev/null && echo dir >>/bad; \
			mount -t tmpfs none /mnt 2>/dev/null && echo mount >>/bad; \
			umount /proc 2>/dev/null && echo umount >>/bad; \
			unshare -U true 2>/dev/null && echo userns >>/bad; \
			cat /proc/kcore /proc/keys /proc/timer_list 2>/dev/null | \
			wc -c >/masked; touch /bad
	END
	run -0 inside 'cat /bad /masked'
	[ "$output" = 0 ]
}

@test "nobody of ours is within reach (2019-5736, 2020-15257)" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN for p in /proc/[0-9]*; do \
			(echo x >$p/mem) 2>/dev/null && [ $p != /proc/1 ] || true; \
			done; \
			cat /proc/1/maps 2>/dev/null | wc -l >/seen; \
			ls -l /proc/1/exe /proc/1/root /proc/1/fd 2>/dev/null | \
			grep -c -e '->' >>/seen; \
			grep -ci '@.*slipway' /proc/net/unix >>/seen; \
			kill -9 1; echo alive >>/seen
	END
	run -0 inside 'cat /seen'
	[ "$output" = $'0\n0\n0\nalive' ]
}

@test "COPY --from follows links inside of the other root (2019-10152)" {
	echo host >"$BATS_TEST_TMPDIR/secret"
	built <<-END
		FROM localhost/busybox:1 AS evil
		RUN ln -s $BATS_TEST_TMPDIR /dir; ln -s ../../../../../.. /up; \\
			ln -s /proc/1/root /magic; \\
			ln -s $BATS_TEST_TMPDIR/secret /secret; mkdir -p /d; \\
			ln -s /dir/secret /d/secret
		FROM localhost/busybox:1
		COPY --from=evil /up/etc/group /group
		COPY --from=evil /d /d
	END
	[[ "$(inside 'cat /group')" == *alice* ]]
	run inside 'cat /d/secret'
	[[ $output != host ]]
	for path in /dir/secret /secret /magic/etc/hostname; do
		dockerfile "$context" <<-END
			FROM localhost/busybox:1 AS evil
			RUN ln -s $BATS_TEST_TMPDIR /dir; ln -s /proc/1/root /magic; \\
				ln -s $BATS_TEST_TMPDIR/secret /secret
			FROM scratch
			COPY --from=evil $path /x
		END
		run slipway build "$context"
		[ "$status" -ne 0 ]
	done
}

@test "the same layers with another config are another base (2024-24557)" {
	image_with --change 'ENV WHO=one' <<<true
	slipway tag localhost/bad:1 localhost/one:1
	image_with --change 'ENV WHO=two' <<<true
	for base in one bad; do
		dockerfile "$context" <<-END
			FROM localhost/$base:1
			RUN echo \$WHO >/who
		END
		slipway build -q -t localhost/made:1 "$context"
		inside 'cat /who' >>"$BATS_TEST_TMPDIR/who"
	done
	[ "$(cat "$BATS_TEST_TMPDIR/who")" = $'one\ntwo' ]
}

@test "the store is nobody else's (2021-41091)" {
	[ "$(stat -c %a "$SLIPWAY_ROOT")" = 700 ]
}

# malicious_tar KIND FILE: members that lead out.
malicious_tar() {
	python3 - "$1" "$2" "$BATS_TEST_TMPDIR/outside" <<-'END'
		import io, sys, tarfile
		kind, path, outside = sys.argv[1:]
		def add(name, data=b"x", **fields):
		    m = tarfile.TarInfo(name)
		    m.size = len(data)
		    for key, value in fields.items():
		        setattr(m, key, value)
		    tar.addfile(m, io.BytesIO(data))
		def link(name, to, kind=tarfile.SYMTYPE):
		    add(name, b"", type=kind, linkname=to)
		tar = tarfile.open(path, "w", format=tarfile.PAX_FORMAT)
		add("dir/file")
		if kind == "absolute":
		    add(outside + "/new")
		elif kind == "up":
		    add("dir/" + "../" * 20 + outside[1:] + "/new")
		elif kind == "through":
		    link("l", outside)
		    add("l/new")
		elif kind == "through-link-twice":
		    link("a", "../" * 20 + outside[1:])
		    link("b", "a")
		    add("b/new")
		elif kind == "hard":
		    link("h", outside + "/old", tarfile.LNKTYPE)
		    add("h", b"changed")
		elif kind == "hard-up":
		    link("h", "../" * 20 + outside[1:] + "/old", tarfile.LNKTYPE)
		elif kind == "hard-through":
		    link("l", outside)
		    link("h", "l/old", tarfile.LNKTYPE)
		    add("h", b"changed")
		elif kind == "whiteout":
		    link("l", outside)
		    add("l/.wh.old", b"")
		    add("l/.wh..wh..opq", b"")
		elif kind == "whiteout-up":
		    add(".wh...", b"")
		elif kind == "mode":
		    add("l", b"", type=tarfile.DIRTYPE, mode=0o777)
		    link("l", outside)
		elif kind == "root-link":
		    link("./", outside)
		    add("new")
		elif kind == "again":
		    add("f")
		    link("f", outside + "/old")
		    add("f", b"changed")
		elif kind == "device":
		    add("d", b"", type=tarfile.BLKTYPE, devmajor=8, devminor=0)
		tar.close()
	END
}

@test "archives that lead out, as images and in ADD (2020-10696, 2016-6321)" {
	need python3
	local kind out=$BATS_TEST_TMPDIR/outside
	mkdir -m 750 "$out"
	echo old >"$out/old"
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		ADD bad.tar /a/
		RUN ls -R /a >/dev/null
	END
	for kind in absolute up through through-link-twice hard hard-up \
		hard-through whiteout whiteout-up mode root-link again device; do
		malicious_tar $kind "$context/bad.tar"
		run timeout 20 "$SLIPWAY" import "$context/bad.tar" \
			localhost/bad:1
		[ "$status" != 125 ] && [ "$status" -lt 128 ]
		[ "$status" != 0 ] ||
			slipway run localhost/bad:1 /x 2>/dev/null || true
		run timeout 20 "$SLIPWAY" build "$context"
		[ "$status" != 125 ] && [ "$status" -lt 128 ]
		[ "$(ls "$out")$(cat "$out/old")$(stat -c %a "$out")" = \
			oldold750 ] || { echo "$kind"; return 1; }
	done
}

# swap DIR A B: exchange two names in a directory until killed.
swap() {
	exec python3 - "$@" 3>&- <<-'END'
		import ctypes, os, sys
		os.chdir(sys.argv[1])
		a, b = (name.encode() for name in sys.argv[2:])
		rename = ctypes.CDLL(None).renameat2
		print("ready", flush=True)
		while True:
		    rename(-100, a, -100, b, 2)
	END
}

@test "a directory of the context becomes a link meanwhile (2018-15664)" {
	need python3
	local n pid tries=${SLIPWAY_RACES:-30}
	mkdir -p "$context/d" "$BATS_TEST_TMPDIR/out"
	echo fine >"$context/d/file"
	echo 'a word of the host' >"$BATS_TEST_TMPDIR/out/file"
	ln -s "$BATS_TEST_TMPDIR/out" "$context/l"
	mkfifo "$BATS_TEST_TMPDIR/ready"
	swap "$context" d l >"$BATS_TEST_TMPDIR/ready" &
	pid=$!
	read -r _ <"$BATS_TEST_TMPDIR/ready"
	dockerfile "$BATS_TEST_TMPDIR/file" <<-'END'
		FROM scratch
		COPY d/file /file
	END
	for ((n = 0; n < tries; n++)); do
		slipway build -q -t localhost/made:1 --no-cache \
			-f "$BATS_TEST_TMPDIR/file/Dockerfile" "$context" \
			>/dev/null 2>&1 || continue
	done
	kill $pid
	wait $pid || true
	run slipway unshare grep -rl 'a word of the host' \
		"$SLIPWAY_ROOT/trees" "$SLIPWAY_ROOT/blobs"
	[ -z "$output" ]
}

@test "a cache's directory becomes a link while it is mounted on (2021-30465)" {
	need python3
	local n pid cache tries=${SLIPWAY_RACES:-30} out=$BATS_TEST_TMPDIR/out
	mkdir -p "$out/made"
	dockerfile "$context" <<-END
		FROM localhost/busybox:1
		RUN --mount=type=cache,id=race,target=/c mkdir -p /c/d; \\
			ln -sfn $out /c/l; touch /c/mark
	END
	slipway build -q "$context"
	cache=$(dirname "$(slipway unshare find "$SLIPWAY_ROOT/mounts" \
		-name mark)")
	mkfifo "$BATS_TEST_TMPDIR/ready"
	swap "$cache" d l >"$BATS_TEST_TMPDIR/ready" &
	pid=$!
	read -r _ <"$BATS_TEST_TMPDIR/ready"
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=cache,id=race,target=/c \
			--mount=type=tmpfs,target=/c/d/made \
			--mount=type=cache,id=race,source=d,target=/sub \
			touch /c/d/made/x /sub/x /sub/made/x
	END
	for ((n = 0; n < tries; n++)); do
		slipway build -q --no-cache "$context" >/dev/null 2>&1 ||
			continue
	done
	kill $pid
	wait $pid || true
	[ "$(cd "$out" && find .)" = "$(printf '.\n./made')" ]
}

# Three hundred that left their session and heed nothing.
stubborn='i=0; while [ $i -lt 300 ]; do setsid sh -c '\''trap "" TERM HUP INT; \
	sleep 98764'\'' </dev/null >/dev/null 2>&1 & i=$((i+1)); done; '

@test "three hundred stubborn processes end with their step" {
	built <<-END
		FROM localhost/busybox:1
		RUN $stubborn ls /proc | grep -c '^[0-9]' >/count
		RUN ls /proc | grep -c '^[0-9]' >/left
	END
	[ "$(inside 'cat /count')" -gt 200 ]
	[ "$(inside 'cat /left')" -lt 6 ]
	run pgrep -u "$(id -u)" -f 'sleep 98764'
	[ -z "$output" ]
}

@test "kill -9 of slipway leaves none of them within a second" {
	local pid n
	dockerfile "$context" <<-END
		FROM localhost/busybox:1
		RUN $stubborn echo started; sleep 98764
	END
	: >"$BATS_TEST_TMPDIR/log"
	"$SLIPWAY" build --progress plain "$context" \
		>>"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	pid=$!
	tail -n +1 -f --pid $pid "$BATS_TEST_TMPDIR/log" 3>&- |
		grep -qm1 ' started$'
	kill -9 $pid
	for ((n = 0; n < 20; n++)); do
		pgrep -u "$(id -u)" -f 'sleep 98764' >/dev/null || return 0
		# The second is what is promised, not waited for.
		read -r -t 0.05 <> <(:) || true
	done
	return 1
}
