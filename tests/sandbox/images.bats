#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hostile images against `slipway run`: links and files that led other tools
# outside (the numbers are those of the CVEs).

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

# image_with: a script on stdin changes a copy of the root in "$root".
image_with() {
	root=$BATS_TEST_TMPDIR/root
	rm -rf "$root"
	mkdir "$root"
	tar -C "$root" -xf "$(busybox_tar)"
	(cd "$root" && sh -eu)
	tar --numeric-owner --owner=0 --group=0 -C "$root" \
		-cf "$BATS_TEST_TMPDIR/root.tar" .
	slipway import "$BATS_TEST_TMPDIR/root.tar" localhost/bad:1 >/dev/null
}

@test "passwd is a device, a pipe, a link outwards (2024-9676)" {
	image_with <<-'END'
		rm etc/passwd
		mkfifo etc/passwd
	END
	run -2 timeout 20 "$SLIPWAY" run -u alice localhost/bad:1 true
	[[ $output == *"no regular file"* ]]
	image_with <<-'END'
		ln -sf /../../../../../../proc/self/environ etc/passwd
	END
	run -2 timeout 20 "$SLIPWAY" run -u alice localhost/bad:1 true
	[[ $output == *"unable to find user"* ]]
}

@test "a directory of the host as the working directory (2024-21626)" {
	local fd
	for fd in 3 4 5 6 7 8 9 10 11 12; do
		run "$SLIPWAY" run -w "/proc/self/fd/$fd" localhost/busybox:1 pwd
		[ "$status" -ne 0 ]
		[[ $output == *"working directory"* ]]
	done
}

@test "a working directory through a link makes nothing outside (2026-55686)" {
	mkdir "$BATS_TEST_TMPDIR/outside"
	image_with <<-END
		ln -s "$BATS_TEST_TMPDIR/outside" w
	END
	run "$SLIPWAY" run -w /w/x localhost/bad:1 true
	[ "$status" -ne 0 ]
	[ -z "$(ls "$BATS_TEST_TMPDIR/outside")" ]
}

@test "proc, sys and dev as links (2019-16884, 2023-27561, 2026-47766)" {
	local place
	for place in proc sys dev; do
		image_with <<-END
			rm -rf $place
			ln -s /tmp $place
		END
		run -1 "$SLIPWAY" run localhost/bad:1 true
		[[ $output == *"'/$place' of the image is no directory"* ]]
	done
}

@test "a /dev/null that is something else (2025-31133)" {
	image_with <<-'END'
		mkdir -p dev
		ln -s /proc/sys/kernel/core_pattern dev/null
		ln -s /proc/sysrq-trigger dev/console
	END
	run --separate-stderr "$SLIPWAY" run localhost/bad:1 \
		sh -c 'stat -c %F /dev/null; cat /proc/timer_list 2>/dev/null'
	[ "$output" = 'character special file' ]
}

@test "our own program as the interpreter (2019-5736)" {
	before=$(sha256sum <"$SLIPWAY")
	image_with <<-'END'
		printf '#!/proc/self/exe\n' >bin/evil
		chmod 755 bin/evil
		ln -s /proc/self/exe bin/worse
	END
	run -126 "$SLIPWAY" run localhost/bad:1 evil
	run -126 "$SLIPWAY" run localhost/bad:1 worse
	run -126 "$SLIPWAY" run --entrypoint /proc/self/exe localhost/bad:1
	run -126 "$SLIPWAY" run --entrypoint /proc/1/exe localhost/bad:1
	[ "$(sha256sum <"$SLIPWAY")" = "$before" ]
}

@test "names of hosts do not go through links of the image (2025-24965)" {
	image_with <<-END
		ln -s "$BATS_TEST_TMPDIR/written" etc/hosts
		ln -s ../dev/../../../../etc/shadow etc/resolv.conf
	END
	run --separate-stderr "$SLIPWAY" run localhost/bad:1 cat /etc/hosts
	[[ $output == *localhost* ]]
	[ ! -e "$BATS_TEST_TMPDIR/written" ]
}

@test "capabilities, filter and descriptors (2022-24769, 2016-9962)" {
	run --separate-stderr "$SLIPWAY" run localhost/busybox:1 sh -c \
		'grep -E "^(CapInh|CapBnd|CapAmb|Seccomp):" /proc/self/status; ls /proc/self/fd' \
		8</etc/passwd
	[ "$output" = $'CapInh:\t0000000000000000
CapBnd:\t00000000a80425fb
CapAmb:\t0000000000000000
Seccomp:\t2
0
1
2
3' ]
}

@test "device nodes made inside are without effect" {
	need_range
	run "$SLIPWAY" run localhost/busybox:1 \
		sh -c 'mknod /d c 1 5 && head -c 1 /d'
	[ "$status" -ne 0 ]
	run "$SLIPWAY" run localhost/busybox:1 \
		sh -c 'mknod /dev/d c 1 5 && head -c 1 /dev/d'
	[ "$status" -ne 0 ]
}

@test "the command line of slipway is nobody's business inside" {
	run -0 slipway run -e TOKEN=1 --hostname tell-nobody \
		localhost/busybox:1 sh -c 'cat /proc/*/cmdline; echo end'
	[[ $output == *end* ]]
	[[ $output != *tell-nobody* ]]
}
