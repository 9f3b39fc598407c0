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

@test "user namespaces used up" {
	[ "$(identity)" != root ] || need setpriv
	# A namespace in which no further one may be made.
	cat >"$BATS_TEST_TMPDIR/inside" <<-'END'
		echo 0 >/proc/sys/user/max_user_namespaces
		exec "$SLIPWAY" doctor --identity single
	END
	run unshare -Ur sh "$BATS_TEST_TMPDIR/inside"
	[ "$status" -eq 5 ]
	[[ $output == *'max_user_namespaces=0'* ]]
	[[ $output == *'builds can run: no'* ]]
}
