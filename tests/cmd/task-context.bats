#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway task run: contexts that come from elsewhere.

load ../lib/slipway

file_setup() {
	need git
	import_busybox localhost/busybox:1
	export repos=$BATS_FILE_TMPDIR/repos work=$BATS_FILE_TMPDIR/work
	mkdir "$repos"
	test_git init -q "$work"
	mkdir "$work/sub"
	printf '%s\n' 'version: v1.1.0' 'steps:' \
		'  - cmd: localhost/busybox:1 cat file' >"$work/acb.yaml"
	sed 's/file/inside/' "$work/acb.yaml" >"$work/sub/acb.yaml"
	echo of-the-branch >"$work/file"
	echo of-the-directory >"$work/sub/inside"
	test_git -C "$work" add -A
	test_git -C "$work" commit -qm one
	test_git -C "$work" tag -a -m annotated v1
	echo later >"$work/file"
	test_git -C "$work" commit -qam two
	test_git clone -q --bare "$work" "$repos/app.git"
	start_git_web "$repos"
	mkdir -p "$SLIPWAY_ROOT/tmp"
}

teardown() {
	[ -z "$(ls -A "$SLIPWAY_ROOT/tmp")" ]
	run grep -rqs s3cret "$SLIPWAY_ROOT" "$XDG_STATE_HOME"
	[ "$status" != 0 ]
}

@test "a task from a repository: branch, tag, short commit, directory" {
	commit=$(test_git -C "$work" rev-parse v1^0)
	while read -r want ref; do
		run -0 slipway task run "$GIT_WEB/app.git$ref"
		[[ $output == *"$want"* ]]
	done <<-END
		later #main
		of-the-branch #v1
		of-the-branch #${commit:0:8}
		of-the-directory #v1:sub
		of-the-branch ?tag=v1
	END
}

@test "a token is nowhere: not in the workspace, not in what is recorded" {
	private=${GIT_WEB%/git}/private/app.git
	echo s3cret >"$BATS_TEST_TMPDIR/token"
	run slipway task run "$private"
	[ "$status" = 4 ]
	run -0 slipway task run --git-token-file "$BATS_TEST_TMPDIR/token" \
		--cmd 'localhost/busybox:1 cat /workspace/.git/config' "$private"
	[[ $output == *"url = $private"* && $output != *s3cret* ]]
	run -0 slipway task run "http://s3cret@${private#http://}"
	[[ $output == *later* && $output != *s3cret* ]]
}

@test "a task from an archive, by path and by standard input" {
	tar -C "$work" -cJf "$BATS_TEST_TMPDIR/c" --exclude=.git .
	run -0 slipway task run "$BATS_TEST_TMPDIR/c"
	[[ $output == *later* ]]
	run -0 slipway task run - <"$BATS_TEST_TMPDIR/c"
	[[ $output == *later* ]]
	run slipway task run - <<<'no archive'
	[ "$status" = 3 ]
}

# No link of a stranger's leads to what we may read.
@test "a hostile repository or archive shows nothing of this host" {
	evil=$BATS_TEST_TMPDIR/evil
	hidden=$BATS_TEST_TMPDIR/hidden
	mkdir "$hidden" "$BATS_TEST_TMPDIR/empty"
	echo 'secret: of-the-host' >"$hidden/values"
	printf '%s\n' '- cmd: localhost/busybox:1 echo of-the-host' \
		>"$hidden/steps"
	test_git init -q "$evil"
	ln -s "$hidden/steps" "$evil/acb.yaml"
	ln -s "$hidden" "$evil/away"
	ln -s ../../../../../../../../../../../../../.."$hidden" "$evil/up"
	ln -s "$hidden/values" "$evil/values"
	printf '%s\n' 'steps:' '  - cmd: localhost/busybox:1 true' \
		>"$evil/fine.yaml"
	for path in ../../x up/steps away/steps "$hidden/steps"; do
		name=include-${path//\//_}
		printf '%s\n' 'steps:' "  - include: $path" \
			>"$evil/$name.yaml"
		printf '%s\n' 'alias:' "  src: [$path]" 'steps:' \
			'  - cmd: localhost/busybox:1 true' \
			>"$evil/alias-$name.yaml"
	done
	mkfifo "$evil/pipe.yaml"
	test_git -C "$evil" add -A
	test_git -C "$evil" commit -qm evil
	test_git clone -q --bare "$evil" "$repos/evil.git"
	tar -C "$evil" -cf "$BATS_TEST_TMPDIR/evil.tar" --exclude=.git .
	files=$(cd "$evil" && echo alias-* include-* acb.yaml away/steps)
	cd "$BATS_TEST_TMPDIR/empty"
	for context in "$GIT_WEB/evil.git" ../evil.tar; do
		for file in $files; do
			run slipway task render -f "$file" "$context"
			[[ $output != *of-the-host* ]]
			run slipway task lint -f "$file" "$context"
			[[ $status = [23] && $output != *of-the-host* ]]
		done
		run slipway task run "$context"
		[ "$status" = 3 ]
		[[ $output == *"'acb.yaml' of the context is a link that"* ]]
		run slipway task render -f fine.yaml --values values "$context"
		[[ $status = 3 && $output == *"link that leads out"* ]]
		run -0 slipway task lint -f fine.yaml "$context"
	done
	run slipway task lint -f pipe.yaml ../evil.tar
	[ "$status" = 3 ]
}

@test "the Dockerfile of a fetched context is no link to elsewhere" {
	cd "$BATS_TEST_TMPDIR"
	mkdir made
	echo 'FROM of-the-host' >hidden
	ln -s "$PWD/hidden" made/Dockerfile
	ln -s ../../../../../../../../../../../../.."$PWD/hidden" made/up
	printf '%s\n' 'steps:' '  - build: -t x .' >made/acb.yaml
	printf '%s\n' 'steps:' '  - build: -t x -f up .' >made/up.yaml
	tar -cf made.tar -C made .
	for file in Dockerfile up; do
		run slipway build -f "$file" made.tar
		[[ $status = 3 && $output != *of-the-host* ]]
	done
	printf '%s\n' 'steps:' '  - build: -t x home' >made/home.yaml
	printf '%s\n' 'steps:' '  - cmd: docker build -t x home' \
		>made/verb.yaml
	ln -s "$PWD" made/home
	tar -cf made.tar -C made .
	for file in acb.yaml up.yaml home.yaml verb.yaml; do
		run slipway task run -f "$file" made.tar
		[[ $status != 0 && $output == *"leaves the workspace"* ]]
	done
}

@test "what looks at a task fetches it, too" {
	run -0 slipway task lint "$GIT_WEB/app.git#v1"
	run -0 slipway task render "$GIT_WEB/app.git#v1:sub"
	[[ $output == *"cat inside"* ]]
	run -0 slipway task graph --format json "$GIT_WEB/app.git"
	[ "$(jq length <<<"$output")" = 1 ]
	echo s3cret >"$BATS_TEST_TMPDIR/token"
	run -0 slipway task lint --git-token-file "$BATS_TEST_TMPDIR/token" \
		"${GIT_WEB%/git}/private/app.git"
}

@test "values of the context are found before ours" {
	cd "$BATS_TEST_TMPDIR"
	mkdir there
	echo 'word: theirs' >there/values.yaml
	echo 'word: ours' >values.yaml
	echo 'word: only-here' >own.yaml
	printf '%s\n' 'steps:' '  - cmd: x {{.Values.word}}' >there/acb.yaml
	tar -cf there.tar -C there .
	for context in there there.tar; do
		run -0 slipway task render --values values.yaml "$context"
		[[ $output == *"x theirs"* ]]
		run -0 slipway task render --values own.yaml "$context"
		[[ $output == *"x only-here"* ]]
		run -0 slipway task render --values "$PWD/values.yaml" \
			"$context"
		[[ $output == *"x ours"* ]]
	done
}
