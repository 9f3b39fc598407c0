#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build: RUN --mount, scripts of heredocs, and what else RUN is given.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir -p "$context/dir/sub"
	echo file >"$context/file"
	echo in >"$context/dir/in"
	echo deep >"$context/dir/sub/deep"
}

# built [OPTION...]: the Dockerfile on stdin is built as localhost/mount:1.
built() {
	dockerfile "$context"
	run slipway build --progress plain -t localhost/mount:1 "$@" "$context"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}

# refused TEXT [OPTION...]: it is not built, and the message has TEXT.
refused() {
	local text=$1
	shift
	dockerfile "$context"
	run slipway build --progress plain "$@" "$context"
	[ "$status" != 0 ]
	[[ $output == *"$text"* ]] || { echo "$output"; return 1; }
}

inside() {
	slipway run localhost/mount:1 sh -c "$1"
}

@test "bind: a directory and a file of the context, read-only" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN --mount=target=/c,source=dir find /c | sort >/list; \
			cat /c/sub/deep >>/list; ! touch /c/new
		RUN --mount=type=bind,target=/here,source=/file cat /here >/one
		RUN --mount=target=rel cat rel/file >/two
	END
	[ "$(inside 'cat /list /one /two; ls -d /c /here /rel 2>/dev/null')" = \
		"$(printf '%s\n' /c /c/in /c/sub /c/sub/deep deep file file)" ]
}

@test "bind: what is written is forgotten and never reaches the context" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN --mount=target=/c,rw echo evil >/c/file && echo x >/c/new && \
			rm -rf /c/dir
		RUN --mount=target=/c,rw cat /c/file /c/dir/in >/kept; ls /c >>/kept
	END
	[ "$(inside 'cat /kept')" = \
		"$(printf '%s\n' file in Dockerfile dir file)" ]
	[ "$(cat "$context/file")" = file ]
	[ -d "$context/dir/sub" ] && [ ! -e "$context/new" ]
}

@test "bind: the ignore file counts, owners are 0:0" {
	echo 'dir/sub' >"$context/.dockerignore"
	built <<-'END'
		FROM localhost/busybox:1
		RUN --mount=target=/c stat -c %u:%g /c/file >/list; ls /c/dir >>/list
	END
	[ "$(inside 'cat /list')" = "$(printf '0:0\nin')" ]
	refused 'not found' <<-'END'
		FROM localhost/busybox:1
		RUN --mount=target=/c,source=dir/sub true
	END
}

@test "bind: of a stage by name and number, of an image; a stage is waited for" {
	built <<-'END'
		FROM scratch AS made
		COPY file /d/x
		FROM localhost/busybox:1
		RUN --mount=from=made,target=/m find /m | sort >/list
		RUN --mount=from=0,source=d/x,target=/m,rw cat /m >>/list
		RUN --mount=from=localhost/busybox:1,target=/m,source=etc \
			head -n 1 /m/passwd >>/list
	END
	[ "$(inside 'cat /list')" = "$(printf '%s\n' /m /m/d /m/d/x file \
		root:x:0:0:root:/root:/bin/sh)" ]
}

@test "bind: other files of the context do not make it run again" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN --mount=target=/c,source=dir cat /c/in
	END
	slipway build --progress plain "$context"
	echo other >"$context/file"
	run slipway build --progress plain "$context"
	[[ $output == *'#2 CACHED'* ]]
	echo changed >"$context/dir/in"
	run slipway build --progress plain "$context"
	[[ $output != *'#2 CACHED'* ]]
}

@test "targets that are missing leave nothing behind" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN mkdir -p /old/dir && rm -rf /old && ln -s /nowhere/to /link
		RUN --mount=type=cache,target=/old/dir/deep \
			--mount=target=/file,source=file \
			--mount=type=tmpfs,target=/link/x \
			--mount=type=tmpfs,target=/etc/new \
			ls -d /old/dir/deep /file /nowhere/to/x /etc/new
	END
	run -1 slipway run localhost/mount:1 ls /old
	run -1 slipway run localhost/mount:1 ls /nowhere
	[ "$(inside 'ls -d /file /etc/new 2>/dev/null; ls /etc')" = \
		"$(printf 'group\nhosts\npasswd\nresolv.conf')" ]
}

@test "directories above a target look as they did" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN mkdir -m 750 /own && chown 1000:1000 /own && \
			touch -d '2001-01-01 00:00:00' /own
		RUN --mount=type=cache,target=/own/x stat -c '%a %u:%g %Y' /own >/seen
		RUN stat -c '%a %u:%g %Y' /own >>/seen
	END
	[ "$(inside 'sort -u /seen')" = '750 1000:1000 978307200' ]
}

@test "a mount within a mount" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=tmpfs,target=/a/b/c --mount=target=/a,rw \
			touch /a/b/c/x && ls /a >/list
	END
	[ "$(inside 'cat /list')" = "$(printf 'Dockerfile\nb\ndir\nfile')" ]
	refused 'Read-only file system' <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=tmpfs,target=/a/b/c --mount=target=/a true
	END
}

@test "cache: kept between builds, by id; owner and mode make another one" {
	for _ in 1 2; do
		built --no-cache <<-'END'
			FROM localhost/busybox:1
			RUN --mount=type=cache,id=kept,target=/c echo x >>/c/n; \
				wc -l </c/n >/count
			RUN --mount=type=cache,id=kept,target=/other cat /other/n | \
				wc -l >>/count
			RUN --mount=type=cache,id=kept,target=/c,mode=1770,gid=100 \
				stat -c %a:%u:%g /c >>/count; ls /c >>/count
		END
	done
	[ "$(inside 'cat /count')" = "$(printf '2\n2\n1770:0:100')" ]
}

@test "cache: a name space of its own, and read-only" {
	for space in one two; do
		built --no-cache --build-arg BUILDKIT_CACHE_MOUNT_NS=$space <<-'END'
			FROM localhost/busybox:1
			RUN --mount=type=cache,id=spaced,target=/c echo x >>/c/n; \
				wc -l </c/n >/count
			RUN --mount=type=cache,id=spaced,target=/c,ro ! touch /c/no
		END
		[ "$(inside 'cat /count')" = 1 ]
	done
}

@test "cache: what a stage has is in it at first" {
	for n in 1 2; do
		built --build-arg "N=$n" <<-'END'
			FROM localhost/busybox:1 AS seed
			RUN mkdir /s && echo first >/s/f
			FROM localhost/busybox:1
			ARG N
			RUN --mount=type=cache,from=seed,source=s,target=/seeded \
				echo more >>/seeded/f; cat /seeded/f >/list
		END
	done
	[ "$(inside 'cat /list')" = "$(printf 'first\nmore\nmore')" ]
}

@test "cache: locked waits, private does not, shared is one" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS a
		ARG MODE TRIES
		RUN --mount=type=cache,id=$MODE,sharing=$MODE,target=/c \
			--mount=type=cache,id=meet-$MODE,target=/meet \
			mkdir /meet/a; for i in $(seq $TRIES); do \
			[ -d /meet/b ] && break; usleep 20000; done; \
			mkdir /c/$(ls /c | wc -l); ls /c | wc -l >/n
		FROM localhost/busybox:1 AS b
		ARG MODE TRIES
		RUN --mount=type=cache,id=$MODE,sharing=$MODE,target=/c \
			--mount=type=cache,id=meet-$MODE,target=/meet \
			mkdir /meet/b; for i in $(seq $TRIES); do \
			[ -d /meet/a ] && break; usleep 20000; done; \
			mkdir /c/$(ls /c | wc -l); ls /c | wc -l >/n
		FROM localhost/busybox:1
		COPY --from=a /n /a
		COPY --from=b /n /b
	END
	# Who waits for the lock is never met; the private ones must be.
	slipway build --jobs 2 --build-arg MODE=locked --build-arg TRIES=9 \
		-t localhost/mount:1 "$context"
	[ "$(inside 'cat /a /b | sort')" = "$(printf '1\n2')" ]
	slipway build --jobs 2 --build-arg MODE=private \
		--build-arg TRIES=1500 -t localhost/mount:1 "$context"
	[ "$(inside 'cat /a /b')" = "$(printf '1\n1')" ]
}

@test "tmpfs: of a size, and gone afterwards" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=tmpfs,target=/tmp,size=64k \
			! dd if=/dev/zero of=/tmp/big bs=1k count=100
		RUN ls -A /tmp >/list
	END
	[ -z "$(inside 'cat /list')" ]
}

@test "secret: a file in memory, mode and owner; nowhere else" {
	printf 'hush-%s' hidden >"$BATS_TEST_TMPDIR/token"
	built --explain --secret "id=token,src=$BATS_TEST_TMPDIR/token" <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=secret,id=token stat -c %a:%u:%g \
			/run/secrets/token >/list; md5sum </run/secrets/token >>/list; \
			grep ' /run/secrets/token tmpfs ro,' /proc/mounts | wc -l >>/list
		RUN --mount=type=secret,id=token,target=/a/b,mode=0444,uid=1000 \
			stat -c %a:%u /a/b >>/list; \
			grep -c . /proc/mounts >/dev/null
		RUN ls -A / | grep -x -e run -e a >>/list || true
	END
	[[ $output != *hush* ]]
	[ "$(inside 'cat /list')" = "$(printf '%s\n' 400:0:0 \
		"$(printf hush-hidden | md5sum)" 1 444:1000)" ]
	slipway history --no-trunc localhost/mount:1 | grep -c hush || [ $? = 1 ]
	run -1 slipway unshare grep -rlF hush-hidden "$SLIPWAY_ROOT"
}

@test "secret: as a variable; the value is not in the key" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=secret,id=token,env=TOKEN test "$TOKEN" = one
	END
	TOKEN=one slipway build --secret id=token,env=TOKEN "$context"
	run env TOKEN=two "$SLIPWAY" build --progress plain \
		--secret id=token,env=TOKEN "$context"
	[[ $output == *'#2 CACHED'* ]]
	run env token=two "$SLIPWAY" build --no-cache --secret id=token \
		"$context"
	[ "$status" = 1 ]
}

@test "secret: missing is nothing, or an error when it is required" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=secret,id=no,env=NO env | grep ^NO= >/list; \
			! ls /run/secrets/no
	END
	[ "$(inside 'cat /list')" = NO= ]
	refused "secret 'no' is required" <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=secret,id=no,required true
	END
	refused "cannot open '/nonexistent'" --secret id=x,src=/nonexistent \
		<<<'FROM scratch'
	refused 'it needs an id' --secret src=/etc/passwd <<<'FROM scratch'
}

@test "ssh: keys in files" {
	need ssh-agent ssh-add ssh-keygen
	local key=$BATS_TEST_TMPDIR/key
	ssh-keygen -q -t ed25519 -N '' -C mine -f "$key"
	ssh-keygen -q -t ed25519 -N '' -C other -f "$key.2"
	built --ssh "default=$key,$key.2" -v /usr:/usr:ro -v /lib:/lib:ro \
		-v /lib64:/lib64:ro <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=ssh /usr/bin/ssh-add -L >/names
	END
	[[ $(inside 'cat /names') == *mine*other* ]]
	# It is gone with the build.
	run pgrep -u "$(id -u)" -f "ssh-agent -D -a /tmp/"
	[ "$status" -ne 0 ]
	ssh-keygen -q -t ed25519 -N secret -f "$key.3"
	refused "ssh-add does not take key" --ssh "default=$key.3" <<<'FROM scratch'
	refused "cannot find agent or key" --ssh default=/nonexistent \
		<<<'FROM scratch'
}

@test "ssh: an agent's socket" {
	need ssh-agent ssh-add
	eval "$(ssh-agent -a "$BATS_TEST_TMPDIR/agent" 3>&-)" >/dev/null
	built --ssh default --ssh "other=$BATS_TEST_TMPDIR/agent" <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && \
			echo "$SSH_AUTH_SOCK" >/list
		RUN --mount=type=ssh,id=other,target=/agent test -S /agent
		RUN --mount=type=ssh,id=none test -z "$SSH_AUTH_SOCK"
	END
	kill "$SSH_AGENT_PID"
	[ "$(inside 'cat /list')" = /run/buildkit/ssh_agent.0 ]
	refused "ssh agent 'none' is required" <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=ssh,id=none,required true
	END
}

@test "options that are wrong name themselves and the place" {
	local line
	while IFS='|' read -r line text; do
		refused "$text" <<-END2
			FROM localhost/busybox:1
			RUN --mount=$line true
		END2
		[[ $output == *'Dockerfile:2:1'* ]]
	done <<-'END'
		type=bnd,target=/x|did you mean 'bind'?
		type=cache,traget=/x|did you mean 'target'?
		target=/|invalid mount target '/'
		type=cache|needs a 'target'
		target=/x,size=1m|has no 'size'
		type=tmpfs,target=/x,size=lots|is not a size like 64m
		type=cache,target=/x,sharing=some|unsupported mount sharing 'some'
		target=/x,bind-propagation=shared|unexpected key
		type=secret,id=a,source=b|not both
		type=cache,target=/x,mode=9|is not an octal mode
		target=/x,source=nothing|not found
		from=nobody,target=/x|nobody
		target=/proc/self|nothing can be mounted in /proc
		type=tmpfs,target=/sys/fs|nothing can be mounted in /proc
	END
}

@test "links of a source lead no further than the source" {
	ln -s / "$context/root"
	ln -s ../../../../../../etc/hostname "$context/out"
	mkdir -p "$BATS_TEST_TMPDIR/outside"
	echo mine >"$BATS_TEST_TMPDIR/outside/file"
	ln -s "$BATS_TEST_TMPDIR/outside" "$context/escape"
	# CVE-2024-1753: a link as the source of a bind that is written to.
	built <<-'END'
		FROM localhost/busybox:1 AS evil
		RUN ln -s / /rooted && ln -s ../../../../.. /up
		FROM localhost/busybox:1
		RUN --mount=from=evil,source=rooted,target=/m,rw ls /m/bin/sh && \
			touch /m/BREAKOUT
		RUN --mount=from=evil,source=up,target=/m,rw ls /m/bin/sh && \
			touch /m/BREAKOUT
		RUN --mount=source=root,target=/m,rw ls /m/file && \
			touch /m/BREAKOUT
	END
	[ ! -e /BREAKOUT ]
	[ -z "$(find "$context" "$BATS_TEST_TMPDIR/outside" -name BREAKOUT)" ]
	refused 'not found' <<-'END'
		FROM localhost/busybox:1
		RUN --mount=source=escape,target=/m,rw touch /m/BREAKOUT
	END
	[ ! -e "$BATS_TEST_TMPDIR/outside/BREAKOUT" ]
}

@test "no name of a cache leads out of its place" {
	# CVE-2024-9675, CVE-2024-23651
	built <<-'END'
		FROM localhost/busybox:1
		RUN --mount=type=cache,id=../../escaped,source=../../..,target=/c \
			touch /c/x; ls -A /c >/list
	END
	[ "$(inside 'cat /list')" = x ]
	[ ! -e "$SLIPWAY_ROOT/../escaped" ] && [ ! -e "$SLIPWAY_ROOT/escaped" ]
	run find "$SLIPWAY_ROOT/mounts" -mindepth 1 -maxdepth 1 \
		! -name '[0-9a-f]*[0-9a-f]'
	[ -z "$output" ]
}

@test "a program cannot have us remove or make files elsewhere" {
	# CVE-2024-23652: the parent of a target becomes a link meanwhile.
	mkdir "$BATS_TEST_TMPDIR/victim"
	touch "$BATS_TEST_TMPDIR/victim/stub"
	built <<-END
		FROM localhost/busybox:1
		RUN --mount=type=tmpfs,target=/d/stub mv /d /e || true; \\
			ln -s $BATS_TEST_TMPDIR/victim /d2; mkdir -p /x
		RUN ln -s $BATS_TEST_TMPDIR/victim /v
		RUN --mount=type=cache,target=/v/made touch /v/made/x
	END
	[ -e "$BATS_TEST_TMPDIR/victim/stub" ]
	[ ! -e "$BATS_TEST_TMPDIR/victim/made" ]
}

@test "a script names its interpreter" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN <<SCRIPT
		#!/bin/cat
		as it is: $0 `false`
		SCRIPT
		RUN <<-S
			#!/bin/sh
			echo "$0" >/list
			stat -c %a "$0" >>/list
		S
		RUN ls /dev >>/list
	END
	[[ $output == *'as it is: $0 `false`'* ]]
	[ "$(inside 'head -n 2 /list; grep -c pipes /list')" = \
		"$(printf '/dev/pipes/S\n755\n1')" ]
}

@test "host name, /dev/shm and limits" {
	built --build-arg BUILDKIT_SANDBOX_HOSTNAME=named --shm-size 1m \
		--ulimit nofile=100:200 --add-host there:192.0.2.7 <<-'END'
		FROM localhost/busybox:1
		RUN hostname >/list; grep -c named /etc/hosts >>/list; \
			df -k /dev/shm | awk 'NR==2{print $2}' >>/list; \
			ulimit -Sn >>/list; ulimit -Hn >>/list; \
			grep there /etc/hosts >>/list
	END
	[ "$(inside 'tr "\n\t" "  " </list')" = \
		'named 1 1024 100 200 192.0.2.7 there ' ]
	refused "--shm-size: 'x' is not" --shm-size x <<<'FROM scratch'
	refused 'no limit of that name' --ulimit files=3 <<<'FROM scratch'
	refused 'over the hard one' --ulimit nofile=3:2 <<<'FROM scratch'
}

@test "--network=none has no other interface, insecure is refused" {
	built <<-'END'
		FROM localhost/busybox:1
		RUN --network=none ls /sys/class/net >/list
	END
	[ "$(inside 'cat /list')" = lo ]
	refused '--security=insecure is not allowed' <<-'END'
		FROM localhost/busybox:1
		RUN --security=insecure true
	END
}
