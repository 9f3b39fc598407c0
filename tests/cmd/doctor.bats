#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway doctor: what it finds here is true, and hardships are named.

load ../lib/slipway

@test "all is well here" {
	run slipway doctor
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == CHECK*STATUS*DETAIL ]]
	[[ $output == *'builds can run: yes'* ]]
	[[ $output == *"identity: $(identity)"* ]]
}

@test "the same for programs" {
	need python3
	slipway doctor --format json >"$BATS_TEST_TMPDIR/json"
	python3 - "$BATS_TEST_TMPDIR/json" <<-'END'
		import json, sys
		found = json.load(open(sys.argv[1]))
		assert found["can_build"] is True
		assert found["identity"] in ("root", "range", "single")
		names = [c["name"] for c in found["checks"]]
		assert len(names) == len(set(names))
		for c in found["checks"]:
		    assert c["status"] in ("ok", "info", "warn", "fail")
		    assert c["detail"]
	END
}

@test "the identity asked for is tried" {
	run slipway doctor --identity single
	[ "$status" -eq 0 ]
	[[ $output == *'identity: single'* ]]
	run slipway doctor --identity king
	[ "$status" -eq 2 ]
}

@test "a store that cannot be" {
	run slipway doctor --root /proc/nowhere
	[ "$status" -eq 5 ]
	[[ $output == *'builds can run: no'* ]]
}

# Hardships made on purpose. A failure means that nothing works here: status 5.

# hardship STATUS COMMAND...: what doctor says there, for named.
hardship() {
	local status=$1 got=0
	shift
	"$@" >"$BATS_TEST_TMPDIR/json" || got=$?
	[ "$got" = "$status" ]
}

# named STATUS NAME TEXT: it has that check, with a remedy.
named() {
	python3 - "$@" "$BATS_TEST_TMPDIR/json" <<-'END'
		import json, sys
		status, name, text, found = sys.argv[1:]
		found = json.load(open(found))
		check = {c["name"]: c for c in found["checks"]}[name]
		assert check["status"] == status, check
		assert text in check["detail"], check
		assert check["remedy"], check
		assert found["can_build"] is (status != "fail"), found
	END
}

need_user() {
	need python3 "$@"
	[ "$(id -u)" != 0 ] || skip "root needs no ranges"
}

# ours COMMAND...: in a user namespace of its own, as its root.
ours() {
	unshare -Urm true 2>/dev/null || skip "no namespaces to play with"
	unshare -Urm "$@"
}

@test "hardship: sysctl user.max_user_namespaces=0" {
	need python3
	hardship 5 ours sh -c \
		'echo 0 >/proc/sys/user/max_user_namespaces
		exec "$SLIPWAY" doctor --identity single --format json'
	named fail namespaces user.max_user_namespaces=0
}

@test "hardship: too many user namespaces" {
	need python3
	hardship 5 ours sh -c \
		'echo 1 >/proc/sys/user/max_user_namespaces
		exec unshare -Ur "$SLIPWAY" doctor --identity single \
			--format json'
	named fail namespaces "too many user namespaces"
}

@test "hardship: a chroot" {
	need python3
	hardship 5 ours sh -euc '
		for d in /*/; do
			mkdir -p "$1$d"
			mount --rbind "$d" "$1$d"
		done
		exec chroot "$1" "$SLIPWAY" doctor --identity single \
			--format json' sh "$BATS_TEST_TMPDIR/root"
	named fail namespaces chroot
}

@test "hardship: a seccomp filter refuses unshare" {
	need python3
	for code in 1 38; do
		hardship 5 python3 \
			"$BATS_TEST_DIRNAME/../lib/refuse.py" $code \
			"$SLIPWAY" doctor --identity single --format json
		named fail namespaces "seccomp filter"
	done
}

# with_apparmor COMMAND...: where the kernel says what Ubuntu's says.
with_apparmor() {
	ours sh -euc 'mount -t tmpfs none /proc/sys/kernel
		echo 1 >/proc/sys/kernel/apparmor_restrict_unprivileged_userns
		exec "$@"' sh "$@"
}

@test "hardship: AppArmor refuses mounts in new namespaces" {
	need python3
	hardship 5 with_apparmor python3 \
		"$BATS_TEST_DIRNAME/../lib/refuse.py" 13:mount_setattr \
		"$SLIPWAY" doctor --identity single --format json
	named fail namespaces "AppArmor refuses mounts"
	grep -q contrib/apparmor/slipway "$BATS_TEST_TMPDIR/json"
}

@test "hardship: a security module refuses mounts" {
	need python3
	hardship 5 python3 "$BATS_TEST_DIRNAME/../lib/refuse.py" \
		13:mount_setattr "$SLIPWAY" doctor --identity single \
		--format json
	named fail namespaces "docker-default"
	grep -q apparmor=unconfined "$BATS_TEST_TMPDIR/json"
}

@test "hardship: programs cannot be looked into" {
	need python3
	hardship 0 python3 "$BATS_TEST_DIRNAME/../lib/refuse.py" \
		1:process_vm_readv "$SLIPWAY" doctor --identity single \
		--format json
	named warn tracing "cannot be looked into"
}

@test "hardship: /proc is masked" {
	need python3
	hardship 0 ours "$BATS_TEST_DIRNAME/../lib/masked.sh" "$SLIPWAY" \
		doctor --identity single --format json
	named warn proc "no fresh /proc"
}

@test "hardship: a file system without user attributes" {
	need python3
	mkdir "$BATS_TEST_TMPDIR/store"
	run ours sh -euc 'mount -t ramfs none "$1"
		exec "$SLIPWAY" doctor --root "$1" --identity single \
			--format json' sh "$BATS_TEST_TMPDIR/store"
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/json"
	named warn attributes "no user attributes"
}

@test "hardship: a namespace without ids" {
	need python3
	unshare -U true 2>/dev/null || skip "no namespaces to play with"
	chmod 755 "$BATS_TEST_TMPDIR"
	hardship 5 unshare -U "$SLIPWAY" doctor \
		--identity single --format json
	named fail namespaces "without ids"
}

@test "hardship: root without capabilities" {
	need python3 setpriv
	[ "$(id -u)" = 0 ] || skip "not root"
	hardship 5 setpriv --bounding-set -all --inh-caps -all \
		"$SLIPWAY" doctor --format json
	named fail namespaces CAP_SETFCAP
}

@test "hardship: no range of ids in /etc/subuid" {
	need python3
	unshare -U --map-user=4321 true 2>/dev/null || skip "no --map-user"
	hardship 0 unshare -U --map-user=4321 --map-group=4321 \
		"$SLIPWAY" doctor --format json
	named warn ids "'/etc/subuid' has no range for user"
	named warn namespaces "with one id"
}

@test "hardship: no newuidmap in PATH" {
	need_user
	need_range
	hardship 0 env PATH=/nonexistent "$SLIPWAY" doctor \
		--format json
	named warn newuidmap "not found"
	named warn newgidmap "not found"
	named warn ids newuidmap
}

@test "hardship: a newuidmap that is not set-user-id" {
	need_user newuidmap
	need_range
	mkdir "$BATS_TEST_TMPDIR/bin"
	cp "$(command -v newuidmap)" "$(command -v newgidmap)" \
		"$BATS_TEST_TMPDIR/bin"
	hardship 0 env PATH="$BATS_TEST_TMPDIR/bin" \
		"$SLIPWAY" doctor --format json
	named warn newuidmap "neither set-user-id"
	named warn ids "newuidmap failed"
}

@test "hardship: no_new_privs" {
	need_user setpriv
	need_range
	hardship 0 setpriv --no-new-privs "$SLIPWAY" doctor \
		--format json
	named warn no_new_privs "newuidmap cannot work"
	named warn ids "no_new_privs"
}
