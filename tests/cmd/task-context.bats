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
