#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# With one id only, layers are those that a range of ids gives, bit by bit.

load ../lib/slipway

# The store of one identity: trees of both kinds would do in one, but then the
# step cache answers for the other.
as() {
	local kind=$1
	shift
	SLIPWAY_ROOT=$BATS_FILE_TMPDIR/store-$kind slipway --identity "$kind" "$@"
}

# A base whose files belong to many, an archive and a context.
make_base() {
	local dir=$BATS_FILE_TMPDIR/base
	make_busybox_root "$dir"
	mkdir -p "$dir/srv/mail" "$dir/srv/own"
	echo kept >"$dir/srv/mail/kept"
	ln -s kept "$dir/srv/mail/link"
	mkfifo "$dir/srv/mail/pipe"
	chmod 2750 "$dir/srv/mail"
	chmod 4755 "$dir/srv/mail/kept"
	tar --sort=name --mtime=@1700000000 --owner=0 --group=0 \
		--numeric-owner -C "$dir" --exclude ./srv -cf "$1" .
	tar --sort=name --mtime=@1700000000 --owner=1000 --group=8 \
		--numeric-owner -C "$dir" -rf "$1" ./srv
	rm -rf "$dir"
}

file_setup() {
	local kind c=$BATS_FILE_TMPDIR/context
	[ "$(identity)" != single ] || return 0
	make_base "$BATS_FILE_TMPDIR/base.tar"
	for kind in single range; do
		as $kind import "$BATS_FILE_TMPDIR/base.tar" \
			localhost/base:1 >/dev/null
	done
	mkdir -p "$c/tree/sub" "$c/pack"
	echo leaf >"$c/tree/sub/leaf"
	ln -s sub/leaf "$c/tree/link"
	echo packed >"$c/pack/file"
	ln -s file "$c/pack/link"
	tar --owner=99 --group=98 --numeric-owner --sort=name \
		-C "$c/pack" -cf "$c/data.tar" .
	rm -rf "$c/pack"
}

test_setup() {
	need_range
}

file_teardown() {
	local kind
	for kind in single range; do
		slipway --identity $kind unshare \
			rm -rf "$BATS_FILE_TMPDIR/store-$kind" || true
	done
}

# equal_layers IMAGE: that of one is the other's.
equal_layers() {
	local kind
	for kind in single range; do
		as $kind inspect --config "$1" |
			grep -o '"diff_ids":[^]]*' >"$BATS_TEST_TMPDIR/$kind"
	done
	diff "$BATS_TEST_TMPDIR/range" "$BATS_TEST_TMPDIR/single"
}

# same_layers: the Dockerfile on standard input, by both.
same_layers() {
	local kind
	cat >"$BATS_TEST_TMPDIR/Dockerfile"
	for kind in single range; do
		SOURCE_DATE_EPOCH=1700000000 as $kind build -q --reproducible \
			-f "$BATS_TEST_TMPDIR/Dockerfile" -t localhost/made:1 \
			"$BATS_FILE_TMPDIR/context" >/dev/null
	done
	equal_layers localhost/made:1
}

@test "COPY --chown, WORKDIR of a user, through trees" {
	same_layers <<-'D'
		FROM localhost/base:1
		COPY --chown=1000:100 tree /home/tree
		RUN touch /seen
		USER alice
		WORKDIR /home/crew/deep
		USER root
		RUN touch /home/crew/root
		COPY --chown=daemon tree /home/tree
		RUN touch /again
		COPY tree /home/tree
		RUN touch /end
	D
}

@test "ADD of an archive keeps its owners" {
	same_layers <<-'D'
		FROM localhost/base:1
		ADD data.tar /data/
		ADD --chown=7:8 data.tar /other/
		RUN touch /seen
	D
}

@test "COPY --from another stage and image: owners, links, pipes, modes" {
	same_layers <<-'D'
		FROM localhost/base:1 AS one
		COPY --chown=33:44 tree /tree
		RUN touch /tree/root
		FROM localhost/base:1
		COPY --from=one /tree /tree
		COPY --from=localhost/base:1 /srv /srv2
		COPY --from=localhost/base:1 /srv/mail/kept /srv2/one
		RUN touch /end
	D
}

@test "a RUN that touches other people's files leaves their owners" {
	same_layers <<-'D'
		FROM localhost/base:1
		RUN echo more >>/srv/mail/kept && mv /srv/mail/kept /srv/own/
	D
}

@test "RUN: chown, links, pipes, devices, install, tar, users" {
	same_layers <<-'D'
		FROM localhost/base:1
		RUN mkdir -m 2775 /shared && chown 7:8 /shared && \
			touch /shared/in && mkdir /shared/dir && \
			ln -s in /shared/link && chown -h 9:9 /shared/link
		RUN chmod 4755 /srv/mail/link && chown 5:6 /srv/mail/kept && \
			chown -h 5:6 /srv/mail/link && mv /srv/mail/pipe /pipe
		RUN cp /bin/busybox /bb && chown alice:users /bb && \
			chmod 4755 /bb && mkfifo -m 640 /p && chown alice /p
		RUN tar -C / -cf /t.tar shared bb && mkdir /x && \
			tar -C /x -xpf /t.tar && rm /t.tar && cp -a /x /y
		RUN su alice -c 'cd /tmp; touch f; mkdir d; ln -s f l; \
			echo x >d/y; chmod 4755 f; cp -a d e; mv l k'
		USER alice:users
		WORKDIR /home/alice
		RUN id >who; touch file; stat -c '%u:%g %n' . file /srv/* >>who
		RUN chown root file 2>error; echo $? >>error; \
			chgrp alice file 2>>error; echo $? >>error; rm file
	D
}

@test "devices are made, seen and packed" {
	dockerfile "$BATS_TEST_TMPDIR/d" <<-'D'
		FROM localhost/base:1
		RUN mkdir /jail && mknod -m 666 /jail/null c 1 3 && \
			mknod /jail/disk b 8 16 && chown 0:6 /jail/disk && \
			test -c /jail/null && test -b /jail/disk && \
			cp -a /jail /copy
		RUN stat -c '%F %t:%T %u:%g %a' /copy/null /copy/disk >/told
	D
	as single build -q -t localhost/devices:1 "$BATS_TEST_TMPDIR/d"
	run -0 as single run localhost/devices:1 cat /told
	[ "${lines[0]}" = 'character special file 1:3 0:0 666' ]
	[ "${lines[1]}" = 'block special file 8:10 0:6 644' ]
}

@test "run: --user and what it writes" {
	run -0 as single run -u alice localhost/base:1 sh -c \
		'id -u; touch /tmp/x; stat -c %u:%g /tmp/x; chown 0 /tmp/x || echo no'
	[ "${lines[0]}" = 1000 ]
	[ "${lines[1]}" = 1000:1000 ]
	[[ $output == *no ]]
}

@test "Debian: packages of many owners, the same layer, without privileges" {
	local kind tar
	need mmdebstrap setpriv
	tar=$(debian_tar)
	dockerfile "$BATS_TEST_TMPDIR/d" <<-'D'
		FROM localhost/debian:1
		RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get \
			install -y --no-install-recommends openssh-client cron && \
			apt-get clean && rm -rf /var/lib/apt/lists/* \
			/var/cache/apt/*.bin /var/cache/ldconfig/aux-cache \
			/var/log/apt /var/log/*.log /var/cache/debconf
		RUN useradd -m -u 1234 worker && usermod -aG crontab worker && \
			rm -f /etc/*- && passwd -d worker
	D
	for kind in single range; do
		as $kind import "$tar" localhost/debian:1 >/dev/null
	done
	export SOURCE_DATE_EPOCH=1700000000
	SLIPWAY_ROOT=$BATS_FILE_TMPDIR/store-single setpriv --no-new-privs \
		"$SLIPWAY" --identity single build --reproducible -q \
		-t localhost/apt:1 "$BATS_TEST_TMPDIR/d"
	as range build --reproducible -q -t localhost/apt:1 \
		"$BATS_TEST_TMPDIR/d"
	equal_layers localhost/apt:1
}

# list_image KIND: of localhost/long:1, through a registry; what is random, or
# the time, is left out of the contents of files.
list_image() {
	local dir=$BATS_TEST_TMPDIR/$1 random
	random='^(etc/(aliases.db|ssh/ssh_host_|ssl/(certs|private)/ssl-cert)'
	random+='|var/(cache|log)/|var/lib/(dbus/machine-id|postgresql/)'
	random+='|etc/(machine-id|.pwd.lock|shadow))'
	as "$1" push -q --compression none localhost/long:1 \
		"$REGISTRY/$1:1" >/dev/null
	echo "{}" >"$BATS_TEST_TMPDIR/auth.json"
	skopeo copy -q --authfile "$BATS_TEST_TMPDIR/auth.json" \
		--src-tls-verify=false "docker://$REGISTRY/$1:1" \
		"oci:$dir:1"
	"$BATS_TEST_DIRNAME/../lib/image-list" "$dir" |
		sed -E "\\#$random#s/ [0-9a-f]{64}\$//" >"$dir.list"
	rm -rf "$dir"
}

@test "Debian: twelve thousand files and servers, entry by entry" {
	local kind
	[ -n "${SLIPWAY_LONG:-}" ] ||
		skip "takes minutes; SLIPWAY_LONG=1 for it"
	need skopeo docker-registry mmdebstrap setpriv python3
	dockerfile "$BATS_TEST_TMPDIR/d" <"$BATS_TEST_DIRNAME/debian/Servers"
	start_registry
	for kind in single range; do
		as $kind import "$(debian_tar)" localhost/debian:1 >/dev/null
	done
	SLIPWAY_ROOT=$BATS_FILE_TMPDIR/store-single setpriv --no-new-privs \
		--bounding-set -all --inh-caps -all \
		"$SLIPWAY" --identity single build -t localhost/long:1 \
		"$BATS_TEST_TMPDIR/d"
	as range build --security-opt no-new-privileges=false \
		-t localhost/long:1 "$BATS_TEST_TMPDIR/d"
	for kind in single range; do
		list_image $kind
	done
	[ "$(wc -l <"$BATS_TEST_TMPDIR/range.list")" -ge 12000 ]
	diff "$BATS_TEST_TMPDIR/range.list" "$BATS_TEST_TMPDIR/single.list"
}
