# SPDX-License-Identifier: Apache-2.0
# contrib/az-acr: command lines that were written for "az acr".
load ../lib/slipway

az_acr=$BATS_TEST_DIRNAME/../../contrib/az-acr

file_setup() {
	import_busybox localhost/busybox:1
	start_registry
}

test_setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir context
	export SLIPWAY
}

@test "build: pushes to the registry it names" {
	dockerfile context <<-'EOF'
		FROM localhost/busybox:1
		ARG WHAT
		RUN echo "$WHAT" >/what
	EOF
	run "$az_acr" acr build -r "$REGISTRY" --image app:1 -t app:2 \
		--build-arg=WHAT=x --agent-pool p --no-format --timeout 300 context
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"--agent-pool is ignored"* ]]
	curl -fsS "http://$REGISTRY/v2/app/tags/list" | grep '"1"' | grep -q '"2"'
	run -0 slipway run "$REGISTRY/app:2" cat /what
	[ "$output" = x ]
}

@test "slipway build -r: the same by itself" {
	dockerfile context <<<'FROM localhost/busybox:1'
	slipway build -r "$REGISTRY" -t direct:1 -t "$REGISTRY/direct:2" context
	curl -fsS "http://$REGISTRY/v2/direct/tags/list" >tags
	grep '"1"' tags | grep -q '"2"'
	run -0 slipway build -r "$REGISTRY" context
	[[ $output == *"nothing is pushed"* ]]
}

@test "build: --no-push, secrets as arguments, no image" {
	dockerfile context <<-'EOF'
		FROM localhost/busybox:1
		ARG KEY
		RUN --mount=type=secret,id=KEY [ "$(cat /run/secrets/KEY)" = "$KEY" ]
	EOF
	run "$az_acr" build -r "$REGISTRY" -t secret:1 --no-push \
		--secret-build-arg KEY=hush context
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"kept in the image's history"* ]]
	run ! curl -fsS "http://$REGISTRY/v2/secret/tags/list"
	run "$az_acr" build context --build-arg KEY=
	[[ $output == *"no -t: nothing is pushed"* ]]
}

@test "run: a file, a command" {
	cat >context/acb.yaml <<-'EOF'
		steps:
		- cmd: localhost/busybox:1 echo {{.Values.a}}-{{.Values.none}}-{{.Run.Registry}}
	EOF
	run "$az_acr" run -r myregistry --set a=b --no-wait context
	[ "$status" -eq 0 ]
	[[ $output == *" b--myregistry.azurecr.io"* ]]
	run "$az_acr" run --registry "$REGISTRY" --set a \
		--cmd 'localhost/busybox:1 echo [{{.Values.a}}]' /dev/null
	[ "$status" -eq 0 ]
	[[ $output == *" []"* ]]
	run "$az_acr" run --cmd 'localhost/busybox:1 sh -c "exit 3"' /dev/null
	[ "$status" -eq 1 ]
}

# Names that are those of variables of the script.
@test "run: secrets of any name" {
	local name
	for name in value name args source used; do
		run --separate-stderr "$az_acr" run --set-secret "$name=hush" \
			--set a=b --cmd "localhost/busybox:1 sh -c \
			'[ {{.Values.$name}} = hush ] && echo same'" /dev/null
		[ "$status" -eq 0 ]
		[[ $stderr == *" same"* ]]
		[[ $stderr != *hush* ]]
	done
}

@test "task: the runs there were" {
	run "$az_acr" run --cmd 'localhost/busybox:1 echo fine' /dev/null
	[ "$status" -eq 0 ]
	id=$(slipway runs list --format ndjson | head -1 |
		sed 's/.*"id":"\([^"]*\)".*/\1/')
	run -0 "$az_acr" task list-runs -r x
	[[ $output == *"$id"* ]]
	run -0 "$az_acr" task logs -r x --run-id "$id"
	[[ $output == *fine* ]]
	run -0 "$az_acr" task show-run --run-id "$id"
}

@test "what is not there is said" {
	run "$az_acr" build --nonsense .
	[ "$status" -eq 2 ]
	run "$az_acr" run -f x
	[ "$status" -eq 2 ]
	run "$az_acr" task create -n x
	[ "$status" -eq 2 ]
	run "$az_acr" helm
	[ "$status" -eq 2 ]
}
