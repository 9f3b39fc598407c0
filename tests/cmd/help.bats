# SPDX-License-Identifier: Apache-2.0
load ../lib/slipway

@test "without a command: the overview" {
	run slipway
	[ "$status" -eq 0 ]
	[[ $output == *"usage: slipway"*"version"*"completion"* ]]
	[[ $output != *__tables* ]]
	help=$(slipway help)
	[ "$help" = "$output" ]
}

@test "help of a command, three spellings" {
	one=$(slipway help version)
	[ "$one" = "$(slipway version --help)" ]
	[ "$one" = "$(slipway -h version)" ]
	[[ $one == "usage: slipway version [OPTIONS]"*--format* ]]
}

@test "help of an unknown command" {
	run slipway help frobnicate
	[ "$status" -eq 2 ]
}

@test "every option of every command has help" {
	local line command option
	while IFS= read -r line; do
		command=${line%%$'\t'*}
		option=${line#*$'\t'}
		option=${option%%$'\t'*}
		[ -n "$command" ] && [ -n "$option" ] || continue
		# shellcheck disable=SC2086
		slipway help $command | grep -qw -e "$option"
	done < <(slipway __tables)
}

@test "bash completes commands, options and words" {
	eval "$(slipway completion bash)"
	complete_line() {
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		COMPREPLY=()
		_slipway
		echo "${COMPREPLY[*]}"
	}
	[ "$(complete_line slipway vers)" = version ]
	[ "$(complete_line slipway version --fo)" = --format ]
	[ "$(complete_line slipway version --format j)" = json ]
	[ "$(complete_line slipway completion f)" = fish ]
	[ "$(complete_line slipway task l)" = lint ]
	[[ "$(complete_line slipway task run --val)" == *--values* ]]
}

@test "scripts of the other shells are sound" {
	need zsh fish
	slipway completion zsh | zsh -n
	slipway completion fish | fish -n
}

@test "completion for an unknown shell" {
	run slipway completion csh
	[ "$status" -eq 2 ]
}
