# SPDX-License-Identifier: Apache-2.0
# A web application from its source to the registry: build the image, run it,
# build an image of its tests, run them against it over the network, and only
# when they succeed push both.
load ../lib/slipway

file_setup() {
	import_busybox localhost/busybox:1
	start_registry
}

test_setup() {
	APP=$BATS_TEST_TMPDIR/app
	dockerfile "$APP/web" <<-'EOT'
		FROM localhost/busybox:1
		COPY index.html /www/
		EXPOSE 80
		CMD ["httpd", "-f", "-p", "80", "-h", "/www"]
	EOT
	echo "the answer is 42" >"$APP/web/index.html"
	dockerfile "$APP/tests" <<-'EOT'
		FROM localhost/busybox:1
		COPY check /
		CMD ["/check"]
	EOT
	cat >"$APP/tests/check" <<-'EOT'
		#!/bin/sh
		for try in 1 2 3 4 5 6 7 8 9; do
			page=$(wget -q -O - "http://$TARGET/") && break
			sleep 0.2
		done
		[ "$page" = "the answer is 42" ] || { echo "got '$page'"; exit 1; }
		echo "all tests passed"
	EOT
	chmod 755 "$APP/tests/check"
	cat >"$APP/acb.yaml" <<-'EOT'
		version: v1.1.0
		steps:
		- id: build-web
		  build: -t $Registry/web:$ID web
		- id: build-tests
		  build: -t $Registry/web-tests:$ID tests
		  when: ["-"]
		- id: web
		  cmd: $Registry/web:$ID
		  detach: true
		  disableWorkingDirectoryOverride: true
		  when: [build-web]
		- id: test
		  cmd: $Registry/web-tests:$ID
		  env: [TARGET=web]
		  when: [web, build-tests]
		- id: publish
		  push: ["$Registry/web:$ID", "$Registry/web-tests:$ID"]
		  when: [test]
	EOT
}

run_app() {
	run --separate-stderr timeout 120 "$SLIPWAY" task run -r "$REGISTRY" \
		"$@" "$APP"
}

# has NAME TAG: does the registry have it?
has() {
	[ -e "$REGISTRY_DIR/data/docker/registry/v2/repositories/$1/_manifests/tags/$2" ]
}

@test "built, run, tested and pushed" {
	run_app --run-id good1
	[ "$status" -eq 0 ]
	[[ $stderr == *"all tests passed"* ]]
	has web good1
	has web-tests good1
}

@test "not pushed when the tests fail" {
	echo "the answer is 41" >"$APP/web/index.html"
	run_app --run-id bad1
	[ "$status" -eq 1 ]
	[[ $stderr == *"got 'the answer is 41'"*"step 'test' failed"* ]]
	[[ $output == *"publish "*Skipped* ]]
	run ! has web bad1
}

@test "the same in docker's words" {
	cat >"$APP/acb.yaml" <<-'EOT'
		version: v1.1.0
		steps:
		- cmd: docker build -t $Registry/web:$ID web && docker build -t $Registry/web-tests:$ID tests
		- cmd: docker run -d --name web -w / $Registry/web:$ID
		- cmd: docker run --rm -e TARGET=web $Registry/web-tests:$ID && docker stop web
		- cmd: docker push $Registry/web:$ID && docker push $Registry/web-tests:$ID
	EOT
	run_app --run-id docker1
	[ "$status" -eq 0 ]
	[[ $stderr == *"all tests passed"* ]]
	has web docker1
	has web-tests docker1
}
