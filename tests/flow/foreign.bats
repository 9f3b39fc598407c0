#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs of other machines: busybox of five Debian ports, and one riscv64
# program, in images that hold no emulator; each way of running them.

load ../lib/slipway

# Debian's name, the platform, what uname says.
PORTS='arm64 linux/arm64 aarch64
armhf linux/arm/v7 armv7l
i386 linux/386 x86_64
s390x linux/s390x s390x
ppc64el linux/ppc64le ppc64le'

# debian_source: the line of the main archive apt uses here.
debian_source() {
	local uri codename
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	uri=$(apt-get indextargets --format \
		'$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
		sed -n "s/ $codename main\$//p" | head -n 1)
	[ -n "$uri" ] && echo "deb $uri $codename main"
}

# fetch_ports DIR: their busybox-static, by an apt of our own.
fetch_ports() {
	local dir=$1 deb options
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/parts"
	: >"$dir/status"
	debian_source >"$dir/sources.list" || return 1
	options=(-qq -o "Dir::State::Lists=$dir/lists"
		-o "Dir::Cache=$dir/cache" -o "Dir::State::status=$dir/status"
		-o "Dir::Etc::sourcelist=$dir/sources.list"
		-o "Dir::Etc::sourceparts=$dir/parts"
		-o Acquire::Languages=none -o Debug::NoLocking=1
		-o "APT::Architectures=amd64,arm64,armhf,i386,s390x,ppc64el")
	apt-get "${options[@]}" update || return 1
	for deb in arm64 armhf i386 s390x ppc64el; do
		(cd "$dir" && apt-get "${options[@]}" download \
			"busybox-static:$deb") || return 1
	done
	rm -r "$dir/lists" "$dir/cache"
}

# make_port DIR: a root of dir/NAME.deb's busybox becomes dir/NAME.tar.
make_port() {
	local root=$1/root-$2 name
	mkdir -p "$root"/{etc,tmp}
	dpkg-deb --fsys-tarfile "$1"/busybox-static_*_"$2".deb |
		tar -C "$root" -xf - ./bin/busybox
	for name in sh uname id cat chmod sed; do
		ln -s busybox "$root/bin/$name"
	done
	tar --sort=name --mtime=@1700000000 --owner=0 --group=0 \
		--numeric-owner -C "$root" -cf "$1/$2.tar" .
	rm -r "$root"
}

# ports: the directory of their tars, made once; nothing without an archive.
ports() {
	local dir=$SLIPWAY_TEST_CACHE/ports port
	(
		flock 9
		[ ! -d "$dir" ] || exit 0
		rm -rf "$dir.new"
		fetch_ports "$dir.new" >&2 3>&- 9>&- || exit 1
		for port in arm64 armhf i386 s390x ppc64el; do
			make_port "$dir.new" "$port" || exit 1
		done
		mv "$dir.new" "$dir"
	) 9>"$SLIPWAY_TEST_CACHE/ports.lock" && echo "$dir"
}

file_setup() {
	local dir port platform
	need qemu-aarch64-static apt-get dpkg-deb
	[ "$(uname -m)" = x86_64 ] || skip "made for an amd64 host"
	dir=$(ports) || skip "no Debian archive in reach"
	while read -r port platform _; do
		slipway import --platform "$platform" --change 'CMD ["sh"]' \
			"$dir/$port.tar" localhost/port:"$port" >/dev/null
	done <<<"$PORTS"
}

# What a program of its own sees: itself, a child by path and by PATH, a script
# with words of its own, argv[0].
SCRIPT='uname -m && busybox uname -m && cd /tmp &&
	printf "#!/bin/sh -e\necho \"\$0\" \"\$@\"\n" >s && chmod 755 s &&
	./s 1 "2 3" && /tmp/s'

each_port() {
	local port platform machine
	while read -r port platform machine; do
		run -0 --separate-stderr slipway run "$@" --platform \
			"$platform" localhost/port:"$port" sh -c "$SCRIPT" \
			</dev/null
		[ "$output" = "$machine
$machine
./s 1 2 3
/tmp/s" ]
	done <<<"$PORTS"
}

@test "each of them runs" {
	each_port
}

@test "where binfmt_misc is not to be had" {
	SLIPWAY_EMULATION="exec" each_port
}

@test "with one id only" {
	each_port --identity single
	SLIPWAY_EMULATION="exec" each_port --identity single
}

@test "RUN, for one platform after the other" {
	local port platform machine
	while read -r port platform machine; do
		dockerfile "$BATS_TEST_TMPDIR/c" <<-D
			FROM localhost/port:$port
			RUN test "\$(uname -m)" = $machine && echo made >/made
			RUN ["/bin/busybox", "grep", "made", "/made"]
			RUN ! test -e /usr/bin/qemu*
		D
		slipway build --platform "$platform" -t localhost/out:"$port" \
			"$BATS_TEST_TMPDIR/c" </dev/null
	done <<<"$PORTS"
}

@test "the layers are the same, however they were made" {
	local first='' way got
	for way in auto exec; do
		SLIPWAY_EMULATION=$way slipway build --no-cache \
			--reproducible --platform linux/arm64 \
			-t localhost/way:$way - <<-D
			FROM localhost/port:arm64
			RUN echo made >/made
		D
		got=$(slipway inspect --config localhost/way:$way |
			sed 's/.*"diff_ids":\[\([^]]*\).*/\1/')
		[ -n "$got" ]
		[ "${first:=$got}" = "$got" ]
	done
}

@test "one command, an image for each" {
	local port platform machine
	while read -r port platform _; do
		slipway tag localhost/port:"$port" localhost/base:"$(
			cut -d / -f 2 <<<"$platform")"
	done <<<"$PORTS"
	dockerfile "$BATS_TEST_TMPDIR/c" <<-'D'
		ARG TARGETARCH
		FROM localhost/base:$TARGETARCH
		ARG TARGETPLATFORM
		RUN echo "$TARGETPLATFORM $(uname -m)" >/made
	D
	slipway build -t localhost/multi:1 --platform "$(cut -d ' ' -f 2 \
		<<<"$PORTS" | paste -sd ,)" "$BATS_TEST_TMPDIR/c"
	while read -r _ platform machine; do
		run -0 --separate-stderr slipway run --platform "$platform" \
			localhost/multi:1 cat /made </dev/null
		[ "$output" = "$platform $machine" ]
	done <<<"$PORTS"
}

@test "riscv64" {
	need python3
	mkdir "$BATS_TEST_TMPDIR/c"
	python3 "$BATS_TEST_DIRNAME/../lib/riscv-hello.py" \
		"$BATS_TEST_TMPDIR/c/hello"
	dockerfile "$BATS_TEST_TMPDIR/c" <<-D
		FROM scratch
		COPY hello /
		RUN ["/hello"]
		CMD ["/hello"]
	D
	slipway build --platform linux/riscv64 -t localhost/riscv:1 \
		"$BATS_TEST_TMPDIR/c"
	run -0 --separate-stderr slipway run --platform linux/riscv64 \
		localhost/riscv:1
	[ "$output" = riscv64 ]
	run -0 --separate-stderr env SLIPWAY_EMULATION=exec "$SLIPWAY" run \
		--platform linux/riscv64 localhost/riscv:1
	[ "$output" = riscv64 ]
}

@test "an exec that fails, jobs that stop, many at once" {
	export SLIPWAY_EMULATION=exec
	run -127 slipway run --platform linux/arm64 localhost/port:arm64 nothing
	run -126 slipway run --platform linux/arm64 localhost/port:arm64 /etc
	run -3 slipway run --platform linux/arm64 localhost/port:arm64 \
		sh -c 'exit 3'
	run -0 --separate-stderr slipway run --platform linux/arm64 \
		localhost/port:arm64 sh -c '
		sh -c "kill -STOP \$\$; echo went on" & p=$!
		until grep -q "^State:.[Tt]" /proc/$p/status; do :; done
		kill -CONT $p; wait $p
		for i in 1 2 3 4 5 6 7 8; do sh -c "sh -c true" & done; wait
		echo all done'
	[ "$output" = 'went on
all done' ]
}

@test "the host's registration serves as well" {
	unshare -Urm true 2>/dev/null || skip "no namespaces to play with"
	mkdir "$BATS_TEST_TMPDIR/binfmt"
	cat >"$BATS_TEST_TMPDIR/host" <<-'END'
		mount -t binfmt_misc none "$1" || exit 77
		magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
		mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
		printf '%s' ":a64:M::$magic:$mask:$(command -v \
			qemu-aarch64-static):$2" >"$1/register"
		SLIPWAY_EMULATION=host exec "$SLIPWAY" run --root "$3" \
			--platform linux/arm64 localhost/port:arm64 uname -m
	END
	host() {
		unshare -Urm sh "$BATS_TEST_TMPDIR/host" \
			"$BATS_TEST_TMPDIR/binfmt" "$1" "$BATS_TEST_TMPDIR/store"
	}
	slipway --root "$BATS_TEST_TMPDIR/store" --identity single import \
		--platform linux/arm64 "$(ports)/arm64.tar" localhost/port:arm64
	run --separate-stderr host FP
	[ "$status" != 77 ] || skip "Linux before 6.7"
	[ "$status" = 0 ] || { echo "$output $stderr"; false; }
	[ "$output" = aarch64 ]
	# Without F the emulator would have to be in the image.
	run -5 host P
	[[ $output == *"flag F"* ]]
}

@test "no emulator: what to do" {
	mkdir "$BATS_TEST_TMPDIR/none"
	run -2 env SLIPWAY_EMULATION=magic "$SLIPWAY" run \
		--platform linux/arm64 localhost/port:arm64 true
	[[ $output == *"use auto, binfmt, host or exec"* ]]
	run -5 env SLIPWAY_EMULATION=host "$SLIPWAY" run \
		--platform linux/arm64 localhost/port:arm64 true
	[[ $output == *"programs of arm64 cannot run here"* ]]
	[[ $output == *qemu-user-static* ]]
}

@test "doctor knows" {
	run -0 slipway doctor
	[[ $output == *'foreign programs'*'386 by the processor'* ]]
	[[ $output == *' arm64 '*'by '* ]]
}

# Minutes long: SLIPWAY_TEST_SLOW=1.
@test "apt-get install in an arm64 Debian" {
	[ "${SLIPWAY_TEST_SLOW:-}" = 1 ] || skip "slow: SLIPWAY_TEST_SLOW=1"
	need debootstrap
	local tar=$SLIPWAY_TEST_CACHE/debian-arm64.tar
	# A container has no use for device nodes: it then makes none.
	[ -s "$tar" ] || container=lxc slipway unshare sh -euc '
		debootstrap --foreign --arch=arm64 --variant=minbase bookworm "$1"
		tar -C "$1" --exclude=./dev --exclude=./proc --exclude=./sys \
			-cf "$2" .
		rm -rf "$1"' sh "$BATS_TEST_TMPDIR/root" "$tar"
	slipway import --platform linux/arm64 "$tar" localhost/debian:arm64
	slipway build --platform linux/arm64 -t localhost/debian:out - <<-'D'
		FROM localhost/debian:arm64
		ENV DEBIAN_FRONTEND=noninteractive
		RUN container=lxc /debootstrap/debootstrap --second-stage
		RUN apt-get update && apt-get install -y openssh-client
		RUN test "$(stat -c %u:%g:%a /etc/shadow)" = 0:42:640 && \
			test "$(stat -c %U:%G:%a /usr/bin/ssh-agent)" = \
			root:_ssh:2755 && ssh -V && dpkg --print-architecture
	D
}
