#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Inside other containers: /proc masked, few capabilities, no home, file
# systems that hold no upper directory.

load ../lib/slipway

file_setup() {
	export SOURCE_DATE_EPOCH=1700000000
	dockerfile "$BATS_FILE_TMPDIR/context" <<-'D'
		FROM localhost/busybox:1
		RUN echo made >/made && chown 5:6 /made && mkfifo /fifo
		RUN test "$(stat -c %u:%g /made)" = 5:6 && \
			test -r /proc/self/status && test -c /dev/null && \
			test -d /dev/pts
	D
	SLIPWAY_ROOT=$BATS_FILE_TMPDIR/plain import_busybox
	build plain --
}

test_setup() { export SOURCE_DATE_EPOCH=1700000000; }

file_teardown() {
	"$SLIPWAY" unshare rm -rf "$BATS_FILE_TMPDIR"/{plain,masked,caps} ||
		true
}

# build STORE [WRAPPER...] -- [OPTIONS]
build() {
	local store=$BATS_FILE_TMPDIR/$1 wrap=()
	shift
	while [ "$1" != -- ]; do
		wrap+=("$1")
		shift
	done
	shift
	[ -d "$store" ] || "${wrap[@]}" "$SLIPWAY" --root "$store" import \
		--change 'CMD ["/bin/sh"]' "$(busybox_tar)" localhost/busybox:1
	"${wrap[@]}" "$SLIPWAY" --root "$store" build --reproducible \
		--network host -t localhost/out:1 "$@" \
		"$BATS_FILE_TMPDIR/context"
}

layers() {
	"$SLIPWAY" --root "$BATS_FILE_TMPDIR/$1" inspect --config \
		localhost/out:1 | sed 's/.*"diff_ids":\[\([^]]*\).*/\1/'
}

same_layers() {
	[ -n "$(layers plain)" ]
	[ "$(layers plain)" = "$(layers "$1")" ]
}

# A container without privilege: a namespace of one id, /proc masked.
masked() {
	unshare -Urm --propagation private \
		"$BATS_TEST_DIRNAME/../lib/masked.sh" "$@"
}

need_namespaces() {
	unshare -Urm true 2>/dev/null || skip "no namespaces to play with"
}

@test "/proc masked and read-only" {
	need_namespaces
	build masked masked -- --no-cache
	same_layers masked
	run --separate-stderr masked "$SLIPWAY" --root \
		"$BATS_FILE_TMPDIR/masked" run localhost/out:1 sh -c \
		'cat /made; cat /proc/keys; touch /proc/sys/x 2>/dev/null || echo ro'
	[ "$output" = $'made\nro' ]
	run -0 masked "$SLIPWAY" doctor
	[[ $output == *proc\ *warn*'no fresh /proc'* ]]
	[[ $output == *systempaths=unconfined* ]]
}

@test "what is left there dies with its step" {
	need_namespaces
	run -0 masked "$SLIPWAY" --root "$BATS_FILE_TMPDIR/masked" run \
		localhost/out:1 sh -c 'setsid sleep 986 & echo started'
	[[ $output == *started* ]]
	run ! pgrep -u "$(id -u)" -f '^sleep 986$'
}

@test "root with the capabilities of a container" {
	need setpriv
	[ "$(id -u)" = 0 ] || skip "not root"
	local keep=+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid
	keep+=,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod
	keep+=,+audit_write,+setfcap
	few() {
		setpriv --bounding-set "-all,$keep" --inh-caps -all "$@"
	}
	run few "$SLIPWAY" doctor
	[ "$status" -eq 0 ]
	[[ $output == *'identity: range'* ]]
	build caps few -- --no-cache
	same_layers caps
}

@test "no home, no runtime directory, no passwd entry" {
	need_namespaces
	run env -u HOME -u XDG_RUNTIME_DIR -u XDG_DATA_HOME unshare -U \
		--map-user=4321 --map-group=4321 "$SLIPWAY" --root \
		"$BATS_TEST_TMPDIR/store" --identity single run --pull never \
		localhost/none:1 true
	# All it needs is there; but for the image.
	[ "$status" -ne 5 ]
	[[ $output == *localhost/none:1* ]]
}

@test "a store on overlay keeps its changes in memory" {
	need_namespaces
	mkdir -p "$BATS_TEST_TMPDIR"/{l,u,w,m}
	cat >"$BATS_TEST_TMPDIR/in" <<-'END'
		mount -t overlay overlay -o \
			"lowerdir=$1/l,upperdir=$1/u,workdir=$1/w,userxattr" \
			"$1/m" || exit 77
		export SLIPWAY_ROOT=$1/m/store
		"$SLIPWAY" import "$2" localhost/busybox:1
		"$SLIPWAY" build --reproducible -t localhost/out:1 "$3"
		"$SLIPWAY" run localhost/out:1 cat /made
		"$SLIPWAY" doctor | grep '^overlay'
	END
	run unshare -Urm sh -e "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR" \
		"$(busybox_tar)" "$BATS_FILE_TMPDIR/context"
	[ "$status" -ne 77 ] || skip "no overlay in a user namespace"
	[ "$status" -eq 0 ]
	[[ $output == *made* && $output == *overlay*warn*'in memory'* ]]
}
