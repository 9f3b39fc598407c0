#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build: git contexts, from git http-backend below lighttpd and from
# sshd. What a tree is to be is what git itself checks out.

load ../lib/slipway

# commit MESSAGE: all there is in $work.
commit() {
	test_git -C "$work" add -A
	test_git -C "$work" commit -qm "$1"
}

# A repository "app" with two commits, a branch, tags, a submodule and the ref
# of a pull request.
make_repositories() {
	work=$BATS_FILE_TMPDIR/library
	test_git init -q "$work"
	echo library >"$work/library"
	commit one
	test_git clone -q --bare "$work" "$repos/library.git"
	work=$BATS_FILE_TMPDIR/app
	test_git init -q "$work"
	mkdir "$work/sub"
	printf 'FROM localhost/busybox:1\nCOPY . /c/\n' |
		tee "$work/Dockerfile" >"$work/sub/Dockerfile"
	echo inside >"$work/sub/inside"
	echo one >"$work/file"
	printf '#!/bin/sh\n' >"$work/program"
	chmod +x "$work/program"
	ln -s file "$work/link"
	ln -s / "$work/root"
	ln -s ../../.. "$work/up"
	echo ignored >"$work/secret"
	echo secret >"$work/.dockerignore"
	printf 'file export-ignore\nsub/inside export-subst\n' \
		>"$work/.gitattributes"
	commit one
	first=$(test_git -C "$work" rev-parse HEAD)
	test_git -C "$work" tag -a -m annotated v1
	test_git -C "$work" tag light
	test_git -C "$work" branch old
	echo two >"$work/file"
	commit two
	second=$(test_git -C "$work" rev-parse HEAD)
	test_git -C "$work" checkout -q -b modules
	test_git -C "$work" submodule --quiet add "$repos/library.git" lib
	test_git -C "$work" config -f .gitmodules submodule.lib.url \
		../library.git
	commit modules
	test_git -C "$work" checkout -q main
	test_git clone -q --bare "$work" "$repos/app.git"
	test_git -C "$repos/app.git" update-ref refs/pull/7/head "$first"
}

file_setup() {
	need git
	import_busybox localhost/busybox:1
	export repos=$BATS_FILE_TMPDIR/repos work first second
	mkdir "$repos"
	make_repositories
	start_git_web "$repos"
	export base=${GIT_WEB%/git}
	start_sshd
}

test_setup() {
	mkdir -p "$SLIPWAY_ROOT/tmp"
}

teardown() {
	# Nothing secret is left, and what was unpacked went with the build.
	[ -z "$(ls -A "$SLIPWAY_ROOT/tmp")" ]
	run grep -rqsE 's3cret|t0ken' "$SLIPWAY_ROOT"
	[ "$status" != 0 ]
}

build() { slipway build -t localhost/git:1 "$@"; }

in_image() {
	run -0 --separate-stderr slipway run localhost/git:1 "$@"
	xargs <<<"$output"
}

# refused STATUS TEXT ARGUMENTS: the build fails so.
refused() {
	local want=$1 text=$2
	shift 2
	run build "$@"
	if [ "$status" != "$want" ] || [[ $output != *"$text"* ]] ||
		[[ $output == *s3cret* ]]; then
		echo "status $status of $*: $output"
		return 1
	fi
}

@test "a repository is what git checks out, without .git" {
	build "$GIT_WEB/app.git"
	[ "$(in_image cat /c/file)" = two ]
	[ "$(in_image stat -c '%a %u:%g %Y' /c/file /c/program /c/sub)" = \
		'644 0:0 1700000000 755 0:0 1700000000 755 0:0 1700000000' ]
	[ "$(in_image sh -c 'cd /c; for i in link root up; do readlink $i; done')" \
		= 'file / ../../..' ]
	[ "$(in_image ls -A /c)" = \
		'.dockerignore .gitattributes Dockerfile file link program root secret sub up' ]
}

@test "branches, tags, refs and commits, whole and short" {
	while read -r want ref; do
		build "$GIT_WEB/app.git$ref"
		[ "$(in_image cat /c/file)" = "$want" ]
	done <<-END
		one #old
		one #v1
		one #light
		one #refs/tags/v1
		one #pull/7/head
		one #$first
		one #${first:0:9}
		two #${second}
		one ?ref=old
		one ?branch=old
		one ?tag=v1
		one ?commit=$first
		one ?ref=old&checksum=${first:0:12}
		two ?ref=main#main
	END
}

@test "a subdirectory, and none outside" {
	for ref in '#:sub' '#main:sub' '#main:/sub/../sub' '?subdir=sub' \
		'?ref=main&subdir=sub#:sub'; do
		build "$GIT_WEB/app.git$ref"
		[ "$(in_image ls -A /c)" = 'Dockerfile inside' ]
	done
	refused 3 "context '" "$GIT_WEB/app.git#:nowhere"
	refused 3 "context '" "$GIT_WEB/app.git#:file"
	# Up and away is the root of the repository, as in a chroot.
	for ref in '#:root' '#:up' '#:../../..'; do
		build "$GIT_WEB/app.git$ref"
		[ "$(in_image cat /c/sub/inside)" = inside ]
	done
}

@test "what is asked for wrongly" {
	url=https://example.test/app.git
	while read -r line; do
		refused 2 "${line#* }" "$url${line%% *}"
	done <<-'END'
		?what=1 unexpected query 'what'
		?ref=a#b ref conflicts: 'b' and 'a'
		?tag=a&branch=b branch conflicts: 'refs/tags/a' and 'refs/heads/b'
		?ref=a&ref=b query 'ref' has multiple values
		?ref= query 'ref' has no value
		?subdir=a#b:c subdir conflicts: 'c' and 'a'
		?checksum=xyz 'xyz' is no checksum of a commit
		?submodules=maybe 'maybe' of 'submodules' is neither true nor false
		?mtime=checkout mtime=checkout is not supported
		#--upload-pack=x '--upload-pack=x' is no name of a branch
		#a..b 'a..b' is no name of a branch
		#a%0ab is no name of a branch
	END
	refused 2 "a host that begins with '-'" ssh://-oProxyCommand=touch/x
	refused 2 "a part that begins with '-'" git@example.test:-x
	refused 2 'control characters' "https://s3cret%0a:x@example.test/x.git"
}

@test "what is not there" {
	refused 4 "has no branch, tag or commit 'nowhere'" \
		"$GIT_WEB/app.git#nowhere"
	refused 4 "git cannot get '$GIT_WEB/no.git'" "$GIT_WEB/no.git"
	refused 4 'git cannot get' "$GIT_WEB/app.git#$(printf '1%.0s' {1..40})"
	refused 7 "is commit $first, not 1234567" \
		"$GIT_WEB/app.git?tag=v1&checksum=1234567"
}

@test "what was fetched once is not fetched again" {
	test_git clone -q --bare "$repos/app.git" "$repos/gone.git"
	build "$GIT_WEB/gone.git#$first"
	rm -rf "$repos/gone.git"
	build "$GIT_WEB/gone.git#$first"
	[ "$(in_image cat /c/file)" = one ]
}

@test "submodules come along, unless they are not wanted" {
	build "$GIT_WEB/app.git#modules"
	[ "$(in_image cat /c/lib/library)" = library ]
	[ "$(in_image find /c -name .git)" = '' ]
	build "$GIT_WEB/app.git?ref=modules&submodules=false"
	[ "$(in_image ls -A /c/lib)" = '' ]
}

@test "--ignore-remote obeys the repository's .dockerignore" {
	build --ignore-remote "$GIT_WEB/app.git"
	run slipway run localhost/git:1 cat /c/secret
	[ "$status" != 0 ]
	build "$GIT_WEB/app.git"
	[ "$(in_image cat /c/secret)" = ignored ]
}

@test "the Dockerfile is one of the repository" {
	build -f sub/Dockerfile "$GIT_WEB/app.git"
	[ "$(in_image cat /c/file)" = two ]
	refused 3 'no Dockerfile at' -f /etc/passwd "$GIT_WEB/app.git"
	refused 3 'Dockerfile' -f root/etc/passwd "$GIT_WEB/app.git"
}

@test "keep-git-dir brings a repository that knows no secret" {
	printf 'FROM localhost/busybox:1\nCOPY . /c/\n' >"$BATS_TEST_TMPDIR/f"
	build -f - "${base/\/\////alice:s3cret@}/private/app.git?keep-git-dir=1&tag=v1" \
		<"$BATS_TEST_TMPDIR/f"
	[ "$(in_image cat /c/.git/HEAD)" = "$first" ]
	[[ $(in_image cat /c/.git/config) != *s3cret* ]]
	slipway run localhost/git:1 tar -C /c -c . >"$BATS_TEST_TMPDIR/tar"
	mkdir "$BATS_TEST_TMPDIR/c"
	tar -C "$BATS_TEST_TMPDIR/c" -xf "$BATS_TEST_TMPDIR/tar"
	[ -z "$(test_git -C "$BATS_TEST_TMPDIR/c" status --porcelain)" ]
	[ "$(test_git -C "$BATS_TEST_TMPDIR/c" describe --tags)" = v1 ]
	build --build-arg BUILDKIT_CONTEXT_KEEP_GIT_DIR=1 \
		"$GIT_WEB/app.git#old" 2>&1
	[ "$(in_image cat /c/.git/HEAD)" = 'ref: refs/heads/old' ]
}

# add LINES [OPTIONS]: builds them onto busybox.
add() {
	local text=$1
	shift
	printf 'FROM localhost/busybox:1\n%s\n' "$text" | build "$@" -
}

@test "ADD of a repository: all of it, a ref, a directory, into a directory" {
	add "ADD $GIT_WEB/app.git /c/
ADD $GIT_WEB/app.git#v1:sub /s
WORKDIR /w
ADD --chown=3:4 --chmod=600 --exclude=sub $GIT_WEB/app.git?branch=old here/"
	[ "$(in_image cat /c/file /c/sub/inside /s/inside)" = \
		'two inside inside' ]
	[ "$(in_image ls -A /s)" = 'Dockerfile inside' ]
	[ "$(in_image stat -c '%a %u:%g %Y' /c/file /w/here/file)" = \
		'644 0:0 1700000000 600 3:4 1700000000' ]
	run slipway run localhost/git:1 ls -d /c/.git /w/here/sub
	[ "$status" != 0 ]
}

@test "ADD of a repository is done again when its branch moved" {
	test_git clone -q --bare "$repos/app.git" "$repos/moving.git"
	add "ADD $GIT_WEB/moving.git /c"
	one=$(build - <<<"FROM localhost/busybox:1
ADD $GIT_WEB/moving.git /c")
	[ "$(build - <<<"FROM localhost/busybox:1
ADD $GIT_WEB/moving.git /c")" = "$one" ]
	test_git -C "$repos/moving.git" update-ref refs/heads/main "$first"
	add "ADD $GIT_WEB/moving.git /c"
	[ "$(in_image cat /c/file)" = one ]
}

@test "a lock has the commits of ADD and of contexts with names" {
	local dir=$BATS_TEST_TMPDIR/locked
	local locked_tar=http://alice:s3cret@${base#http://}/files/locked.tar
	test_git clone -q --bare "$repos/app.git" "$repos/locked.git"
	args=("$dir" --build-context "it=$GIT_WEB/locked.git#main:sub"
		--build-context "tar=$locked_tar")
	tar -C "$work" -cf "$GIT_WEB_FILES/locked.tar" file
	dockerfile "$dir" <<-END
		FROM localhost/busybox:1
		ADD $GIT_WEB/locked.git $locked_tar /c/
		COPY --from=it inside /sub/
		COPY --from=tar file /tar/
		ADD $GIT_WEB/app.git#$first /whole
		ADD --checksum=$first $GIT_WEB/app.git#v1 /checked
	END
	run -7 build --locked "${args[@]}"
	slipway lock "${args[@]}" --format json >"$BATS_TEST_TMPDIR/printed"
	python3 -c '
import json, sys
lock = json.load(open(sys.argv[1]))
remote, second = sys.argv[2:]
assert lock["commits"] == {remote + "#HEAD": second, remote + "#main": second}
assert len(lock["files"]) == 1, lock' \
		"$dir/Dockerfile.lock" "$GIT_WEB/locked.git" "$second"
	run -1 grep s3cret "$dir/Dockerfile.lock" "$BATS_TEST_TMPDIR/printed"
	test_git -C "$repos/locked.git" update-ref refs/heads/main "$first"
	build --locked "${args[@]}"
	[ "$(in_image cat /c/file /sub/inside /whole/file /checked/file)" = \
		'two inside one one' ]
	build "${args[@]}"
	[ "$(in_image cat /c/file)" = one ]
	# Another ref is another name; what was fetched is what it was.
	sed -i "s|locked.git http|locked.git#old http|" "$dir/Dockerfile"
	run -7 build --locked "${args[@]}"
	[[ $output == *"Dockerfile:2:1: "*"locked.git#old' is not in the lock"* ]]
	sed -i "s|locked.git#old|locked.git|" "$dir/Dockerfile"
	sed -i "s|$second|main|" "$dir/Dockerfile.lock"
	run -7 build --locked "${args[@]}"
	[[ $output == *"has no commit in the lock file"* ]]
	slipway lock "${args[@]}"
	sed -i 's|\(locked.tar": "sha256:\)....|\10000|' "$dir/Dockerfile.lock"
	run -7 build --locked "${args[@]}"
}

@test "ADD --checksum and --keep-git-dir" {
	add "ADD --checksum=${first:0:10} $GIT_WEB/app.git#v1 /c"
	[ "$(in_image cat /c/file)" = one ]
	# Nobody is asked about a commit that is known.
	add "ADD --checksum=$first $GIT_WEB/app.git /c"
	[ "$(in_image cat /c/file)" = one ]
	run add "ADD --checksum=abcdef $GIT_WEB/app.git#v1 /c"
	[ "$status" = 7 ]
	[[ $output == *"Dockerfile:2:1:"*"is commit $first, not abcdef"* ]]
	run add "ADD --checksum=sha256:abcdef $GIT_WEB/app.git /c"
	[ "$status" = 2 ]
	run add "ADD --checksum=abcdef $GIT_WEB/app.git Dockerfile /c"
	[ "$status" = 2 ]
	add "ADD --keep-git-dir $GIT_WEB/app.git#old /c"
	[ "$(in_image cat /c/.git/HEAD)" = 'ref: refs/heads/old' ]
	run add "ADD --keep-git-dir=maybe $GIT_WEB/app.git#old /c"
	[ "$status" = 2 ]
}

@test "ADD of a private repository, and of one by ssh" {
	export TOKEN=s3cret
	run add "ADD $base/private/app.git /c"
	[ "$status" = 4 ]
	add "ADD $base/private/app.git /c" --secret id=GIT_AUTH_TOKEN,env=TOKEN
	[ "$(in_image cat /c/file)" = two ]
	# Not without --ssh: it is the Dockerfile that asks, not the user.
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$SSH_KEY"
	run add "ADD ssh://$GIT_SSH$repos/app.git#main /c"
	[ "$status" = 4 ]
	add "ADD ssh://$GIT_SSH$repos/app.git#v1 /c" --ssh default
	[ "$(in_image cat /c/file)" = one ]
	ssh-agent -k >/dev/null
	run add "ADD file://$repos/app.git /c"
	[ "$status" != 0 ]
}

@test "ADD and contexts of files behind a password" {
	echo hello >"$GIT_WEB_FILES/f"
	tar -C "$work" -cf "$GIT_WEB_FILES/c.tar" .
	files=$base/files
	run add "ADD $files/f /f"
	[ "$status" = 4 ]
	add "ADD http://alice:s3cret@${files#http://}/f /f"
	[ "$(in_image cat /f)" = hello ]
	[[ $(slipway history --no-trunc localhost/git:1) != *s3cret* ]]
	BASIC="basic $(printf alice:s3cret | base64)"
	export BASIC
	add "ADD $files/f /f" \
		--secret id=HTTP_AUTH_HEADER_127.0.0.1,env=BASIC
	build --secret id=HTTP_AUTH_HEADER_127.0.0.1,env=BASIC "$files/c.tar"
	[ "$(in_image cat /c/file)" = two ]
	refused 4 "cannot fetch '$files/c.tar'" "$files/c.tar"
}

@test "who may come in: userinfo, GIT_AUTH_TOKEN, GIT_AUTH_HEADER" {
	host=${base#http://}
	refused 4 'git cannot get' "$base/private/app.git"
	[[ $output == *'--secret id=GIT_AUTH_TOKEN'* ]]
	refused 4 'git cannot get' "http://alice:wrong@$host/private/app.git"
	build "http://alice:s3cret@$host/private/app.git"
	build "http://s3cret@$host/private/app.git"
	export GIT_AUTH_TOKEN=s3cret OTHER=nothing
	BASIC="basic $(printf alice:s3cret | base64)"
	export BASIC BEARER='Bearer t0ken'
	build --secret id=GIT_AUTH_TOKEN "$base/private/app.git"
	build --secret id=GIT_AUTH_TOKEN,env=OTHER \
		--secret "id=GIT_AUTH_TOKEN.127.0.0.1,env=GIT_AUTH_TOKEN" \
		"$base/private/app.git"
	build --secret id=GIT_AUTH_HEADER,env=BASIC "$base/private/app.git"
	build --secret id=GIT_AUTH_HEADER,env=BEARER "$base/bearer/app.git"
	refused 4 'git cannot get' --secret \
		id=GIT_AUTH_TOKEN.example.test,env=GIT_AUTH_TOKEN \
		"$base/private/app.git"
}

@test "a secret is in no argument and no environment" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/git" <<-END
		#!/bin/sh
		env >>$BATS_TEST_TMPDIR/seen
		echo "\$@" >>$BATS_TEST_TMPDIR/seen
		exec $(command -v git) "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/git"
	GIT_TRACE=$BATS_TEST_TMPDIR/trace PATH=$BATS_TEST_TMPDIR/bin:$PATH \
		build "http://alice:s3cret@${base#http://}/private/app.git"
	grep -q archive "$BATS_TEST_TMPDIR/seen"
	run grep s3cret "$BATS_TEST_TMPDIR/seen"
	[ "$status" = 1 ]
	[ ! -e "$BATS_TEST_TMPDIR/trace" ]
}

@test "the user's settings do not count, nor the repository's" {
	printf '[core]\n\thooksPath = %s\n[url "file:///nowhere/"]\n\tinsteadOf = http\n' \
		"$BATS_TEST_TMPDIR" >"$HOME/.gitconfig"
	build "$GIT_WEB/app.git"
	rm "$HOME/.gitconfig"
}

@test "ssh, with an agent and with a key, and only to a host that is known" {
	url=ssh://$GIT_SSH$repos/app.git
	refused 4 'git cannot get' "$url"
	cp "$SSH_KEY" "$HOME/.ssh/id_ed25519"
	build "$url#v1"
	[ "$(in_image cat /c/file)" = one ]
	rm "$HOME/.ssh/id_ed25519"
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$SSH_KEY"
	build "$url#main"
	[ "$(in_image cat /c/file)" = two ]
	agent=$SSH_AUTH_SOCK
	env -u SSH_AUTH_SOCK "$SLIPWAY" build --ssh default="$agent" "$url#old"
	mv "$HOME/.ssh/known_hosts" "$HOME/.ssh/hosts"
	refused 4 'git cannot get' "$url"
	mv "$HOME/.ssh/hosts" "$HOME/.ssh/known_hosts"
	ssh-agent -k >/dev/null
}

@test "a bare repository of this host" {
	build "file://$repos/app.git#v1"
	[ "$(in_image cat /c/file)" = one ]
}

@test "without git there is one clear error" {
	mkdir "$BATS_TEST_TMPDIR/nothing"
	run env PATH="$BATS_TEST_TMPDIR/nothing" "$SLIPWAY" build \
		"$GIT_WEB/app.git#old"
	[ "$status" = 5 ]
	[[ $output == *'git is not installed'*'install git'* ]]
}

# evil NAME: a bare repository whose only commit has the tree on stdin, lines of
# "MODE TYPE ID<tab>PATH" that git itself would not write; ID "-" is $blob.
evil() {
	local tree commit
	test_git init -q --bare "$repos/$1.git"
	blob=$(echo evil | test_git -C "$repos/$1.git" hash-object -w --stdin)
	tree=$(sed "s/ -\t/ $blob\t/" | perl -ne '
		m/^0*(\d+) \w+ (\w+)\t(.*)$/ and
			print "$1 $3\0", pack("H*", $2)' |
		test_git -C "$repos/$1.git" hash-object -w --literally -t tree --stdin)
	commit=$(test_git -C "$repos/$1.git" commit-tree -m evil "$tree")
	test_git -C "$repos/$1.git" update-ref refs/heads/main "$commit"
}

@test "a tree that pretends to be a repository is refused" {
	for name in .git .GIT ..; do
		printf '100644 blob -\t%s\n' "$name" | evil "pretends${name//./_}"
		refused 4 "the tree has '$name'" \
			"$GIT_WEB/pretends${name//./_}.git"
	done
	printf '120000 blob -\t.git\n' | evil symlink
	refused 4 "the tree has '.git'" "$GIT_WEB/symlink.git"
	printf '100644 blob -\ta\n120000 blob -\tl\n100644 blob -\tl/x\n' |
		evil slash
	run build "$GIT_WEB/slash.git"
	[ "$status" != 0 ]
}

@test "submodules that are tricks" {
	tricks=$BATS_TEST_TMPDIR/tricks
	test_git init -q "$tricks"
	cp "$work/Dockerfile" "$tricks"
	test_git -C "$tricks" add .
	test_git -C "$tricks" commit -qm start
	echo s3cret-of-the-host >"$BATS_TEST_TMPDIR/host"
	n=0
	while read -r url what; do
		n=$((n + 1))
		rm -f "$tricks/.gitmodules"
		test_git -C "$tricks" config -f .gitmodules \
			submodule.../../x.path sub
		test_git -C "$tricks" config -f .gitmodules \
			submodule.../../x.url "$url"
		test_git -C "$tricks" config -f .gitmodules \
			submodule.../../x.update '!touch evil'
		test_git -C "$tricks" update-index --add --cacheinfo \
			"160000,$first,sub"
		test_git -C "$tricks" add .gitmodules
		test_git -C "$tricks" commit -qm "$url"
		test_git clone -q --bare "$tricks" "$repos/tricks$n.git"
		refused 4 "$what" "$GIT_WEB/tricks$n.git"
	done <<-END
		file://$repos/app.git it is on this host
		$repos/app.git a form that is not known
		--upload-pack=touch a form that is not known
		ext::sh%20-c%20touch a form that is not known
		ssh://-oProxyCommand=touch/x a host that begins with '-'
		../../../../../../x too many '../'
		$base/git/nowhere.git git cannot get
	END
	[ "$n" = 7 ]
	# A good one, whose name is a path and whose hooks nobody runs.
	test_git -C "$tricks" config -f .gitmodules submodule.../../x.url \
		../app.git
	test_git -C "$tricks" add .gitmodules
	test_git -C "$tricks" commit -qm good
	test_git clone -q --bare "$tricks" "$repos/good.git"
	build "$GIT_WEB/good.git"
	[ "$(in_image cat /c/sub/file)" = one ]
	[ ! -e evil ]
}

@test "a tree that is too large is refused, and nothing is left" {
	test_git init -q --bare "$repos/bomb.git"
	id=$(echo x | test_git -C "$repos/bomb.git" hash-object -w --stdin)
	type=blob mode=100644
	# 16 names of one tree, six times over: sixteen million files.
	for _ in 1 2 3 4 5 6; do
		id=$(for n in {a..p}; do
			printf '%s %s %s\t%s\n' "$mode" "$type" "$id" "$n"
		done | test_git -C "$repos/bomb.git" mktree)
		type=tree mode=040000
	done
	commit=$(test_git -C "$repos/bomb.git" commit-tree -m bomb "$id")
	test_git -C "$repos/bomb.git" update-ref refs/heads/main "$commit"
	refused 4 'bomb.git' "$GIT_WEB/bomb.git"
}

@test "files of git LFS, where it is installed" {
	need git-lfs
	lfs=$BATS_TEST_TMPDIR/lfs
	test_git init -q "$lfs"
	cp "$work/Dockerfile" "$lfs"
	test_git -C "$lfs" lfs install --local >/dev/null
	(cd "$lfs" && test_git lfs track '*.bin' >/dev/null)
	head -c 3000 /dev/zero >"$lfs/big.bin"
	test_git -C "$lfs" add -A
	test_git -C "$lfs" commit -qm lfs
	build "file://$lfs/.git"
	[ "$(in_image stat -c %s /c/big.bin)" = 3000 ]
}

@test "SOURCE_DATE_EPOCH=context: the time of the commit" {
	plain=$BATS_TEST_TMPDIR/plain
	mkdir "$plain"
	printf '%s\n' 'ARG SOURCE_DATE_EPOCH=context' \
		'FROM localhost/busybox:1' 'ARG SOURCE_DATE_EPOCH' 'WORKDIR /w' \
		'RUN echo "[$SOURCE_DATE_EPOCH]" >/epoch' >"$plain/Dockerfile"
	sed 1d "$plain/Dockerfile" >"$plain/given"
	made=(stat -c %Y /w)
	build -f "$plain/given" --build-arg SOURCE_DATE_EPOCH=repo \
		--build-context repo="$GIT_WEB/app.git" "$plain"
	[ "$(in_image cat /epoch)" = '[1700000000]' ]
	[ "$(in_image "${made[@]}")" = 1700000000 ]
	SOURCE_DATE_EPOCH=context build "$GIT_WEB/app.git"
	[[ $(slipway inspect localhost/git:1) == *2023-11-14T22:13:20Z* ]]
	SOURCE_DATE_EPOCH=context slipway build "$GIT_WEB/app.git" \
		-o "type=tar,dest=$BATS_TEST_TMPDIR/t"
	[ "$(tar -tvf "$BATS_TEST_TMPDIR/t" --utc --full-time |
		grep -vc '2023-11-14 22:13:20')" = 0 ]
	# A directory has none.
	build "$plain"
	[ "$(in_image cat /epoch)" = '[]' ]
	[ "$(in_image "${made[@]}")" -gt 1700000000 ]
	refused 2 "source date epoch: 'other' is not a number" \
		--build-arg SOURCE_DATE_EPOCH=other "$plain"
}
