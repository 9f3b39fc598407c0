#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build: the flags of COPY and ADD that choose what comes and where it
# lies. Each case is built twice: into the layer's tar, and, because a RUN comes
# after it, into the mounted tree. buildah 1.28 knows none of these flags; the
# rules are BuildKit's, and where we differ the case says so.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir -p "$context/x/y/z"
	for name in top.txt x/c.txt x/y/a.txt x/y/b.md x/y/z/deep.txt; do
		echo "$name" >"$context/$name"
	done
}

# built COMMAND EXPECTED: the Dockerfile on stdin, built both ways; then COMMAND
# in the image prints EXPECTED, lines joined by blanks.
built() {
	local text end
	text=$(cat)
	for end in '' 'RUN true'; do
		printf '%s\n%s\n' "$text" "$end" >"$context/Dockerfile"
		slipway build --progress plain -t localhost/copy:1 "$context"
		run --separate-stderr slipway run localhost/copy:1 sh -c "$1"
		[ "$(echo "$output" | xargs)" = "$2" ] || {
			echo "with '$end': '$output'" "$stderr"
			return 1
		}
	done
}


# was_cached STEP: the build whose log is in $BATS_TEST_TMPDIR/log took it so.
was_cached() { grep -F -A1 -e "$1" "$BATS_TEST_TMPDIR/log" | grep -q CACHED; }

@test "--exclude leaves out below a directory, with exceptions" {
	built 'cd /d && find . -type f | sort' './top.txt ./x/y/a.txt' <<-'END'
		FROM localhost/busybox:1
		COPY --exclude=**/*.txt --exclude=!top.txt --exclude=!**/a.txt \
			--exclude=**/*.md --exclude=Dockerfile . /d/
	END
}

# BuildKit does not match a source that is itself a file; its manual says it
# does, and so do we.
@test "--exclude leaves out files that a wildcard found" {
	built 'ls /d' 'c.txt y' <<-'END'
		FROM localhost/busybox:1
		COPY --exclude=top* *.txt x /d/
	END
}

@test "--exclude from a stage, and a change of what it leaves out is no change" {
	cat >"$context/Dockerfile" <<-'END'
		FROM localhost/busybox:1 AS one
		COPY x /x
		FROM localhost/busybox:1
		COPY --from=one --exclude=y /x /x/
		COPY --exclude=y x /again/
	END
	slipway build -t localhost/copy:1 "$context"
	run -0 --separate-stderr slipway run localhost/copy:1 ls /x /again
	[ "$(xargs <<<"$output")" = '/again: c.txt /x: c.txt' ]
	echo changed >"$context/x/y/a.txt"
	slipway build --progress plain "$context" 2>"$BATS_TEST_TMPDIR/log"
	was_cached 'COPY --exclude=y x'
}

@test "--parents keeps the path, from the pivot on" {
	chmod 711 "$context/x"
	built 'cd /d && find . | sort; stat -c %a /d x' \
		'. ./a.txt ./x ./x/c.txt ./y ./y/a.txt 755 711' <<-'END'
		FROM localhost/busybox:1
		COPY --parents x/c.txt ./x/./y/*.txt x/y/./a.txt /d
	END
}

@test "--parents: ** goes down, and nothing found is no mistake" {
	built 'cd /d && find . -type f | sort' \
		'./top.txt ./x/c.txt ./x/y/a.txt ./x/y/z/deep.txt' <<-'END'
		FROM localhost/busybox:1
		COPY --parents **/*.txt none*/./** /d/
	END
}

@test "--parents: a plain path must be there" {
	printf 'FROM scratch\nCOPY --parents x/none /d/\n' >"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" != 0 ]
	[[ $output == *"Dockerfile:2:1:"*'"/x/none": not found'* ]]
}

@test "--link: a layer of its own that does not ask what is below" {
	built 'stat -c %F /l /t; cat /l/f; ls /t' \
		'directory directory top.txt' <<-'END'
		FROM localhost/busybox:1
		RUN mkdir /t && ln -s /t /l
		COPY --link top.txt /l/f
	END
	built 'stat -c "%a %u:%g" /new /new/c.txt' '700 5:6 700 5:6' <<-'END'
		FROM localhost/busybox:1
		COPY --link --chown=5:6 --chmod=700 x/c.txt /new/
	END
}

@test "--link: what changes below does not make it again" {
	for word in one two; do
		printf '%s\n' 'FROM localhost/busybox:1' "RUN echo $word >/below" \
			'COPY --link x /x' 'COPY top.txt /top' \
			>"$context/Dockerfile"
		slipway build --progress plain -t "localhost/copy:$word" \
			"$context" 2>"$BATS_TEST_TMPDIR/log"
	done
	was_cached 'COPY --link'
	run ! was_cached 'COPY top'
	run -0 --separate-stderr slipway run localhost/copy:two \
		sh -c 'cat /below /x/c.txt /top'
	[ "$(xargs <<<"$output")" = 'two x/c.txt top.txt' ]
}

@test "--link has no accounts to look names up in" {
	printf 'FROM localhost/busybox:1\nCOPY --link --chown=alice x /x\n' \
		>"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" != 0 ]
	[[ $output == *"Dockerfile:2:1:"*"alice"* ]]
}

@test "--if-exists: what is missing is passed over" {
	built 'ls /d' 'c.txt' <<-'END'
		FROM localhost/busybox:1
		COPY --if-exists nowhere x/c.txt x/nowhere /d/
		COPY --if-exists nothing /at/all
	END
}

@test "ARGs in --from, of the file and of the stage" {
	cat >"$context/Dockerfile" <<-'END'
		ARG KIND=one
		FROM scratch AS one
		COPY top.txt /f
		FROM scratch AS two
		COPY x/c.txt /f
		FROM localhost/busybox:1
		ARG KIND
		ARG OTHER=${KIND}
		COPY --from=$KIND /f /kind
		COPY --from=${OTHER} /f /other
		ARG KIND=none
	END
	slipway build -t localhost/copy:1 "$context"
	run -0 --separate-stderr slipway run localhost/copy:1 cat /kind /other
	[ "$(xargs <<<"$output")" = 'top.txt top.txt' ]
	slipway build --build-arg KIND=two -t localhost/copy:1 "$context"
	run -0 --separate-stderr slipway run localhost/copy:1 cat /kind /other
	[ "$(xargs <<<"$output")" = 'x/c.txt x/c.txt' ]
}

@test "ENV in --from is not known in time, and that is said" {
	printf '%s\n' 'FROM scratch' 'ENV E=x' 'COPY --from=$E /f /f' \
		>"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" = 2 ]
	[[ $output == *"Dockerfile:3:1:"*"expands to nothing"*"ARGs"* ]]
}
