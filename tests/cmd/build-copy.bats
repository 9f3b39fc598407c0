#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build: COPY and ADD. Each case is built twice: into the layer's tar,
# and, because a RUN comes after it, into the mounted tree.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir -p "$context/dir/sub"
	echo file >"$context/file"
	echo two >"$context/two"
	echo in >"$context/dir/in"
	echo deep >"$context/dir/sub/deep"
}

# both COMMAND EXPECTED: the Dockerfile on stdin, built both ways; then COMMAND
# in the image prints EXPECTED.
both() {
	local text end
	text=$(cat)
	for end in '' 'RUN true'; do
		printf '%s\n%s\n' "$text" "$end" >"$context/Dockerfile"
		slipway build --progress plain -t localhost/copy:1 "$context"
		run --separate-stderr slipway run localhost/copy:1 sh -c "$1"
		[ "$output" = "$2" ] || {
			echo "with '$end': '$output'" "$stderr"
			return 1
		}
	done
}

# layers IMAGE: their diff ids, of those that hold something.
layers() {
	slipway inspect "$1" | sed -n '/"RootFS"/,/]/s/.*"\(sha256:.*\)".*/\1/p' |
		grep -v sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6
}

@test "a file to a file, into a directory, under another name" {
	both 'cat /a /tmp/file /new/dir/file; stat -c %a:%u:%g /a /new' 'file
file
file
644:0:0
755:0:0' <<-'END'
		FROM localhost/busybox:1
		COPY file /a
		COPY file /tmp
		COPY file /new/dir/
	END
}

@test "a directory gives its contents" {
	chmod 2755 "$context/dir"
	chmod 711 "$context/dir/sub"
	both 'cd /d; find . | sort; stat -c %a . sub' '.
./in
./sub
./sub/deep
755
711' <<-'END'
		FROM localhost/busybox:1
		COPY dir /d
	END
}

@test "into a directory that is there: it stays, its subdirectories change" {
	both 'stat -c "%n %a" /d /d/sub; ls /d /d/sub' '/d 1777
/d/sub 755
/d:
in
old
sub

/d/sub:
deep
older' <<-'END'
		FROM localhost/busybox:1
		RUN mkdir -m 1777 /d && mkdir -m 700 /d/sub && touch /d/old /d/sub/older
		COPY dir /d/
	END
}

@test "wildcards, several sources, and none that match" {
	both 'ls -d /w/* /two/* /none 2>&1 | tr "\n" " "' \
		'ls: /none: No such file or directory /two/dir /two/file /two/two /w/file /w/in /w/two ' <<-'END'
		FROM localhost/busybox:1 AS w
		COPY f*e tw? dir/i[m-o] /w/
		COPY missing* /none/
		FROM w
		WORKDIR /two
		COPY --from=w /w/fil* /w/two ./
		COPY dir dir/
	END
}

@test "several sources need a directory" {
	printf 'FROM scratch\nCOPY file two /x\n' >"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" = 2 ]
	[[ $output == *"Dockerfile:2:1:"*"must be a directory and end with a /"* ]]
}

@test "a source that is missing or ignored is named" {
	printf 'FROM scratch\nCOPY nowhere /x\n' >"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" = 1 ] || [ "$status" = 2 ] || [ "$status" = 3 ]
	[[ $output == *"Dockerfile:2:1:"*'"/nowhere": not found'* ]]
	printf 'FROM scratch\nCOPY file /x\n' >"$context/Dockerfile"
	echo file >"$context/.dockerignore"
	run slipway build "$context"
	[ "$status" != 0 ]
	[[ $output == *'"/file": not found'*".dockerignore"* ]]
}

@test ".dockerignore leaves out and takes back" {
	printf '%s\n' 'dir/*' '!dir/sub' two Dockerfile .dockerignore \
		>"$context/.dockerignore"
	both 'cd /c && find . | sort' '.
./dir
./dir/sub
./dir/sub/deep
./file' <<-'END'
		FROM localhost/busybox:1
		COPY . /c/
	END
}

@test "modes, times and links inside a directory are kept" {
	mkdir "$context/t"
	echo x >"$context/t/plain"
	chmod 4755 "$context/t/plain"
	touch -d @1234567890 "$context/t/plain"
	ln "$context/t/plain" "$context/t/second"
	ln -s ../outside "$context/t/link"
	mkfifo "$context/t/pipe"
	touch -h -d @1234567890 "$context/t/link"
	both 'cd /t; stat -c "%n %a %h %Y" plain; readlink link; test -p pipe; test plain -ef second; echo $?' \
		'plain 4755 2 1234567890
../outside
0' <<-'END'
		FROM localhost/busybox:1
		COPY t /t
	END
}

@test "links: of the source are followed, of the destination inside the root" {
	ln -s dir "$context/to-dir"
	ln -s file "$context/to-file"
	ln -s ../../../../etc/passwd "$context/out"
	rm "$context/out"
	both 'cat /real/file /real/in /real/new; test -L /l; echo $?' 'file
in
two
0' <<-'END'
		FROM localhost/busybox:1
		RUN mkdir /real && ln -s /real /l && ln -s /../../real/new /dangling
		COPY to-file /l/file
		COPY to-dir /l/
		COPY two /dangling
	END
}

@test "a link that leaves the context leads nowhere" {
	ln -s /etc/hostname "$context/outside"
	printf 'FROM scratch\nCOPY outside /x\n' >"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" != 0 ]
	[[ $output == *"not found"* ]]
}

@test "files replace files, links and directories of another kind" {
	both 'cat /f /d; test -d /n; echo $?; cat /n/in' 'file
two
0
in' <<-'END'
		FROM localhost/busybox:1
		RUN mkdir -p /x/d/full /x/n0 && echo old >/f && touch /x/d/full/y
		COPY file /f
		RUN rm -rf /d && touch /d
		COPY two /d
		COPY dir /n
	END
}

@test "a file in a directory's place within a tree" {
	mkdir -p "$context/t/was-dir" "$context/u"
	echo now-dir >"$context/t/was-dir/x"
	ln -s elsewhere "$context/u/was-dir"
	both 'readlink /t/was-dir; ls /t' 'elsewhere
was-dir' <<-'END'
		FROM localhost/busybox:1
		COPY t /t
		COPY u /t
	END
}

@test "--chown by number and by name" {
	need_range
	both 'cd /o; stat -c "%n %u:%g" . a b c c/in c/sub d' '. 11:12
a 11:12
b 1000:1000
c 13:13
c/in 13:13
c/sub 13:13
d 1:100' <<-'END'
		FROM localhost/busybox:1
		COPY --chown=11:12 file /o/a
		COPY --chown=alice file /o/b
		COPY --chown=13 dir /o/c
		COPY --chown=daemon:users two /o/d
	END
}

@test "--chown of a name that is nobody's is an error" {
	printf 'FROM localhost/busybox:1\nCOPY --chown=nosuch file /\n' \
		>"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" != 0 ]
	[[ $output == *"Dockerfile:2:1: --chown=nosuch:"* ]]
	printf 'FROM scratch\nCOPY --chown=nosuch file /\n' \
		>"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" != 0 ]
}

@test "--chown by a name that a COPY before it brought" {
	need_range
	mkdir "$context/etc"
	echo 'bob:x:55:56::/:/bin/sh' >"$context/etc/passwd"
	both 'stat -c %u:%g /f' 55:56 <<-'END'
		FROM localhost/busybox:1
		COPY etc /etc
		COPY --chown=bob file /f
	END
}

@test "--chmod octal and symbolic" {
	chmod 750 "$context/dir/sub"
	both 'stat -c "%n %a" /m /m/f /s/in /s/sub /s/sub/deep /x' '/m 640
/m/f 640
/s/in 711
/s/sub 711
/s/sub/deep 711
/x 744' <<-'END'
		FROM localhost/busybox:1
		COPY --chmod=640 file /m/f
		COPY --chmod=0711 dir /s/
		COPY --chmod=u+x,go=r file /x
	END
	printf 'FROM scratch\nCOPY --chmod=999 file /\n' >"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" = 2 ]
	[[ $output == *"invalid chmod parameter: '999'"* ]]
}

@test "--from keeps owners, the context does not" {
	need_range
	both 'stat -c "%n %u:%g" /out/* /ctx' '/out/a 5:6
/out/b 7:8
/ctx 0:0' <<-'END'
		FROM localhost/busybox:1 AS owners
		RUN mkdir /src && touch /src/a /src/b && chown 5:6 /src/a && chown 7:8 /src/b
		FROM localhost/busybox:1
		COPY --from=owners /src /out
		COPY file /ctx
	END
}

@test "--from: the same files of other layers are copied once" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1 AS made
		ARG V=1
		RUN echo $V >/version && echo same >/result && touch -d @1000000000 /result
		FROM localhost/busybox:1
		COPY --from=made /result /
		RUN cat /result >/used
	END
	slipway build -q "$context"
	run slipway build --progress plain --build-arg V=2 "$context"
	[[ $output == *"[stage-1 3/3] RUN cat /result"*CACHED* ]]
}

@test "heredocs" {
	both 'cat /h/one /h/two /x; stat -c %a /x' 'one v
two $V
x
600' <<-'END'
		FROM localhost/busybox:1
		ENV V=v
		COPY <<one <<"two" /h/
		one $V
		one
		two $V
		two
		COPY --chmod=600 <<EOF /x
		x
		EOF
	END
}

@test "ADD unpacks archives and copies other files" {
	need_range
	mkdir "$context/pack"
	echo packed >"$context/pack/p"
	tar -C "$context/pack" --owner=99 --group=98 --numeric-owner \
		-cf "$context/plain.tar" .
	gzip -k "$context/plain.tar"
	zstd -q "$context/plain.tar" -o "$context/named-oddly"
	both 'cat /a/p /b/p /c/p; stat -c %u:%g /a/p /own/p; tar tf /raw/plain.tar | wc -l; cat /f' 'packed
packed
packed
99:98
5:6
2
file' <<-'END'
		FROM localhost/busybox:1
		ADD plain.tar /a
		ADD plain.tar.gz /b/
		ADD named-oddly /c
		ADD --chown=5:6 plain.tar /own
		ADD --unpack=false plain.tar /raw/
		ADD file /f
	END
}

@test "ADD never deletes by an archive, and never leaves the root" {
	mkdir "$context/evil"
	touch "$context/evil/.wh.passwd"
	tar -C "$context/evil" -cf "$context/wh.tar" .wh.passwd
	printf 'FROM localhost/busybox:1\nADD wh.tar /etc\n' \
		>"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" != 0 ]
	tar -C "$context" -P --transform 's,file,../../../../../../tmp/slipway-escaped,' \
		-cf "$context/up.tar" file
	printf 'FROM localhost/busybox:1\nADD up.tar /etc\n' \
		>"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" != 0 ]
	[ ! -e /tmp/slipway-escaped ]
}

@test "the same files give the same layer, whenever and in whatever order" {
	dockerfile "$context" <<-'END'
		FROM localhost/busybox:1
		COPY . /c/
	END
	slipway build -q -t localhost/a:1 --no-cache "$context"
	mkdir "$BATS_TEST_TMPDIR/other"
	(cd "$context" && tar cf - --sort=inode .) |
		tar -C "$BATS_TEST_TMPDIR/other" -xf -
	slipway build -q -t localhost/b:1 --no-cache "$BATS_TEST_TMPDIR/other"
	[ "$(layers localhost/a:1)" = "$(layers localhost/b:1)" ]
}

@test "COPY into what a COPY before it made, without a tree" {
	both 'cat /app/etc/file /app/in /app/sub/two; ls /app' 'file
in
two
etc
in
sub' <<-'END'
		FROM localhost/busybox:1
		COPY dir /app
		COPY file /app/etc/
		WORKDIR /app/sub
		COPY two .
	END
}

@test "small files in a row make the layers that they make alone" {
	cat >"$context/Dockerfile" <<-'END'
		FROM localhost/busybox:1
		COPY file /a/b/
		RUN true
		COPY two /a/b/
		RUN true
	END
	slipway build --no-cache -t localhost/alone:1 "$context"
	cat >"$context/Dockerfile" <<-'END'
		FROM localhost/busybox:1
		COPY file /a/b/
		COPY two /a/b/
		RUN [ "$(cat /a/b/file /a/b/two)" = "$(printf 'file\ntwo')" ]
	END
	slipway build --no-cache -t localhost/row:1 "$context"
	[ "$(layers localhost/row:1 | wc -l)" = 3 ]
	diff <(layers localhost/alone:1) <(layers localhost/row:1)
}
