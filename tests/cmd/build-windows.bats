#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Images for Windows, put together without it.

load ../lib/slipway

file_setup() {
	import_busybox
	context=$BATS_FILE_TMPDIR/context
	mkdir "$context"
	echo program >"$context/app.exe"
	cat >"$context/base" <<-'END'
		FROM scratch
		COPY app.exe /Windows/base.exe
		WORKDIR c:\\start
	END
	cat >"$context/Dockerfile" <<-'END'
		# escape=`
		FROM --platform=$BUILDPLATFORM localhost/busybox:1 AS host
		RUN echo made here >/made
		FROM localhost/winbase
		ENV Name=value
		COPY app.exe C:\app\
		COPY --from=host /made rel\
		WORKDIR sub
		CMD app.exe
	END
	slipway build -q --platform windows/amd64 -f "$context/base" \
		-t localhost/winbase "$context"
	slipway build -q --platform windows/amd64 -t win:1 "$context"
}

test_setup() {
	context=$BATS_FILE_TMPDIR/context
	cd "$BATS_TEST_TMPDIR" || return
}

@test "the config says what Windows wants" {
	slipway inspect --config win:1 >config
	grep -q '"os":"windows"' config
	grep -q '"WorkingDir":"C:\\\\start\\\\sub"' config
	grep -q '"Cmd":\["cmd","/S","/C","app.exe"\]' config
	grep -q '"Env":\["Name=value"\]' config
	[ "$(grep -o '"created_by"' config | wc -l)" = 7 ]
}

@test "layers have Files, Hives and what NTFS wants to know" {
	need python3
	slipway save --format oci-dir --compression none -o layout win:1
	for blob in layout/blobs/sha256/*; do
		python3 - "$blob" <<-'END' || true
			import sys, tarfile
			for e in tarfile.open(sys.argv[1]):
			    p = e.pax_headers
			    print(e.name, p["MSWINDOWS.fileattr"],
			        len(p["MSWINDOWS.rawsd"]),
			        p["LIBARCHIVE.creationtime"].count("."))
		END
	done 2>/dev/null >list
	[ "$(grep -c '^Hives 16 ' list)" = 5 ]
	grep -q '^Files/Windows/base.exe 32 ' list
	grep -q '^Files/app/app.exe 32 ' list
	grep -q '^Files/start/rel/made 32 ' list
	grep -q '^Files/start/sub 16 ' list
}

@test "an index for both, with RUN only where it can be" {
	printf '%s\n' 'FROM scratch' 'COPY app.exe /app.exe' >both
	slipway build -q --platform linux/amd64,windows/amd64 -f both \
		-t both:1 "$context"
	slipway inspect --raw both:1 | grep -q '"os":"windows"'
	slipway store check
	printf '%s\n' 'FROM localhost/winbase' 'RUN dir' >run
	run slipway build --platform windows/amd64 -f run "$context"
	[ "$status" = 5 ]
	[[ $output == *"run:2:1: cannot RUN programs of windows/amd64"* ]]
	printf '%s\n' 'FROM scratch' 'COPY app.exe D:/x/' >drive
	run slipway build --platform windows/amd64 -f drive "$context"
	[ "$status" = 2 ]
	[[ $output == *"drive:2:1: "*"not on the system drive"* ]]
}
