# SPDX-License-Identifier: Apache-2.0
load ../lib/slipway

test_setup() {
	CONTEXT=$BATS_TEST_TMPDIR/context
	mkdir -p "$CONTEXT"
	cd "$CONTEXT" || return
}

# get EXPRESSION: of the first object, "d", of what scan printed.
get() {
	python3 -c 'import json, sys
d = json.loads(sys.argv[1])[0]
print(eval(sys.argv[2]))' "$output" "$1"
}

@test "bases, sources and mounts, with what each is for" {
	cat >Dockerfile <<-'EOF'
		# syntax=docker/dockerfile:1
		ARG V=12
		FROM --platform=$BUILDPLATFORM golang:1 AS Build
		RUN --mount=from=cache.example.com/tools:2,target=/t true
		FROM unused AS never
		FROM debian:${V} AS base
		FROM base
		COPY --from=build /a /b
		COPY --from=localhost:5000/x@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 /c /
		COPY <<FILE /
		FROM nothing
		FILE
	EOF
	run slipway scan -t example.com/app:1 -t app --build-arg V=11 .
	[ "$status" -eq 0 ]
	[[ $output == '[{"image":{'* ]]
	[ "${#lines[@]}" -eq 1 ]
	[ "$(get 'd["image"]')" = "{'registry': 'example.com', 'repository': 'app', 'tag': '1', 'reference': 'example.com/app:1'}" ]
	[ "$(get 'd["runtime-dependency"]["reference"]')" = registry.hub.docker.com/library/debian:11 ]
	[ "$(get '[b["reference"] for b in d["buildtime-dependency"]]')" = "['registry.hub.docker.com/library/golang:1', 'cache.example.com/tools:2', 'localhost:5000/x', 'registry.hub.docker.com/docker/dockerfile:1']" ]
	[ "$(get '[b["kind"] for b in d["kinds"]]')" = "['from', 'from', 'mount', 'copy-from', 'syntax']" ]
	[ "$(get 'd["buildtime-dependency"][2]["digest"][:14]')" = sha256:e3b0c44 ]
	[ "$(get '[(s["name"], s["used"]) for s in d["stages"]][:3]')" = "[('build', True), ('never', False), ('base', True)]" ]
	[ "$(get 'd["git"]')" = "{'git-head-revision': ''}" ]
}

@test "without a tag, of scratch" {
	printf 'FROM scratch\nCOPY Dockerfile /\n' >Dockerfile
	run slipway scan
	[ "$status" -eq 0 ]
	[[ $output == '[{"image":null,"runtime-dependency":null,"buildtime-dependency":null,"git":{"git-head-revision":""},'* ]]
}

@test "a base that is here has its digest" {
	import_busybox localhost/busybox:1
	printf 'FROM localhost/busybox:1\n' >Dockerfile
	run slipway scan .
	[ "$(get 'd["runtime-dependency"]["digest"]')" = \
		"$(slipway images --digests --format ndjson 2>/dev/null | sed -n 's/.*"Digest": *"\([^"]*\)".*/\1/p')" ]
}

@test "a git context has its commit" {
	need git
	git init -q repository.git
	cd repository.git
	printf 'FROM scratch\nCOPY Dockerfile /\n' >Dockerfile
	git add Dockerfile
	git -c user.name=a -c user.email=a@b commit -qm one
	run --separate-stderr slipway scan "file://$PWD"
	[ "$status" -eq 0 ]
	[ "$(get 'd["git"]["git-head-revision"]')" = "$(git rev-parse HEAD)" ]
}

@test "mistakes are those of a build" {
	printf 'FROM scratch\nCOPY --from=UPPER/case /a /b\n' >Dockerfile
	run slipway scan .
	[ "$status" -eq 2 ]
	[[ $output == *"Dockerfile:2:"* ]]
	run slipway scan nowhere
	[ "$status" -eq 3 ]
}
