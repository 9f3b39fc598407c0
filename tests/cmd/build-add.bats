#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# slipway build: ADD of what is fetched, from Python's web server. Mode, owner,
# name and time are BuildKit's rules; buildah 1.28 makes the same file.

load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
	export WEB_DIR=$BATS_FILE_TMPDIR/web
	mkdir -p "$WEB_DIR/sub"
	echo hello >"$WEB_DIR/sub/a file"
	tar -C "$WEB_DIR" -czf "$WEB_DIR/t.tar.gz" sub
	touch -d @1234567890 "$WEB_DIR/sub/a file"
	start_web "$WEB_DIR"
}

test_setup() {
	context=$BATS_TEST_TMPDIR/context
	mkdir -p "$context"
	sum=sha256:$(sha256sum <"$WEB_DIR/sub/a file" | cut -d' ' -f1)
}

# built COMMAND EXPECTED: the Dockerfile on stdin, into a tar and into a tree.
built() {
	local text end
	text=$(cat)
	for end in '' 'RUN true'; do
		printf '%s\n%s\n' "$text" "$end" >"$context/Dockerfile"
		slipway build -t localhost/add:1 "$context"
		run --separate-stderr slipway run localhost/add:1 sh -c "$1"
		[ "$(xargs <<<"$output")" = "$2" ] || {
			echo "with '$end': '$output'" "$stderr"
			return 1
		}
	done
}

requests() { grep -c '"GET ' "$WEB_LOG" || true; }

@test "ADD URL: name, mode, owner and time" {
	built 'cat "/d/a file" /f; stat -c "%a %u:%g %Y" "/d/a file" /f' \
		'hello hello 600 0:0 1234567890 640 5:6 1234567890' <<-END
		FROM localhost/busybox:1
		ENV WEB=$WEB
		ADD \$WEB/sub/a%20file?query#fragment /d/
		ADD --chown=5:6 --chmod=640 $WEB/sub/a%20file /f
	END
}

@test "ADD URL leaves an archive as it is, but for --unpack" {
	built 'cat "/u/sub/a file"; ls /d' 'hello t.tar.gz' <<-END
		FROM localhost/busybox:1
		ADD $WEB/t.tar.gz /d/
		ADD --unpack $WEB/t.tar.gz /u
	END
}

@test "--checksum is verified, and what is known is not fetched again" {
	cat >"$context/Dockerfile" <<-END
		FROM localhost/busybox:1
		ADD --checksum=$sum $WEB/sub/a%20file /f
	END
	one=$(slipway build "$context")
	before=$(requests)
	two=$(slipway build "$context")
	[ "$one" = "$two" ]
	[ "$(requests)" = "$before" ]
	sed -i "s/$sum/sha256:$(sha256sum </dev/null | cut -d' ' -f1)/" \
		"$context/Dockerfile"
	run slipway build "$context"
	[ "$status" != 0 ]
	[[ $output == *"Dockerfile:2:1:"*"$sum"* ]]
}

@test "what changes there is seen" {
	printf 'FROM scratch\nADD %s/changing /f\n' "$WEB" >"$context/Dockerfile"
	echo one >"$WEB_DIR/changing"
	one=$(slipway build "$context")
	[ "$(slipway build "$context")" = "$one" ]
	echo two >"$WEB_DIR/changing"
	[ "$(slipway build "$context")" != "$one" ]
}

@test "what cannot be had is said" {
	for url in "$WEB/nowhere?token=s3cret" http://127.0.0.1:1/x; do
		printf 'FROM scratch\nADD %s /f\n' "$url" >"$context/Dockerfile"
		run slipway build --retry 0 "$context"
		[ "$status" = 4 ]
		[[ $output == *"Dockerfile:2:1:"*"cannot fetch '${url%%\?*}'"* ]]
	done
}

@test "mistakes in what is asked for" {
	while read -r line; do
		printf 'FROM scratch\n%s\n' "$line" >"$context/Dockerfile"
		run slipway build "$context"
		[ "$status" = 2 ]
	done <<-END
		ADD --checksum=$sum Dockerfile /f
		ADD --checksum=$sum $WEB/a $WEB/b /f/
		ADD --checksum=nothing $WEB/a /f
		ADD $WEB/a/.. /f/
		COPY $WEB/a /f
	END
}

@test "a file that did not change does not come again" {
	echo large >"$WEB_DIR/old"
	touch -d @1234567890 "$WEB_DIR/old"
	printf 'FROM scratch\nADD %s/old /f\n' "$WEB" >"$context/Dockerfile"
	export SOURCE_DATE_EPOCH=1700000000
	one=$(slipway build "$context")
	[ "$(slipway build "$context")" = "$one" ]
	tail -n 1 "$WEB_LOG" | grep -q '"GET /old HTTP/1.1" 304'
	# What is gone from the store is fetched as if for the first time.
	sum=$(sha256sum <"$WEB_DIR/old" | cut -d' ' -f1)
	rm "$SLIPWAY_ROOT/blobs/sha256/$sum"
	[ "$(slipway build --no-cache "$context")" = "$one" ]
	tail -n 1 "$WEB_LOG" | grep -q '"GET /old HTTP/1.1" 200'
	echo newer >"$WEB_DIR/old"
	[ "$(slipway build "$context")" != "$one" ]
}
