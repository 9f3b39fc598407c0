# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Checks that run programs. `scratch` is set by run.

check_headers_alone() {
	local compiler header

	for compiler in gcc clang; do
		if ! command -v $compiler >/dev/null; then
			skip "no $compiler"
			continue
		fi
		while read -r header; do
			printf '#include "%s"\n' "$header" |
				$compiler -std=gnu11 -D_GNU_SOURCE -I. -Wall \
					-Wextra -Werror -fsyntax-only -xc - \
					2>"$scratch/complaint" ||
				echo "$header:1: does not compile alone with" \
					"$compiler: $(head -n 1 "$scratch/complaint")"
		done < <(c_files "${folders[@]}" | grep '\.h$')
	done
}

# The page of a command: slipway-store-check.1, or slipway-store.1 which
# explains all commands of that first word; slipway.1 for what all have.
page_of() {
	local words=${1// /-}

	if [ -z "$words" ]; then
		echo man/slipway.1
	elif [ -e "man/slipway-$words.1" ] || [ "$words" = "${words%%-*}" ]; then
		echo "man/slipway-$words.1"
	else
		echo "man/slipway-${1%% *}.1"
	fi
}

# "page<TAB>line<TAB>option" of each option that a page explains. What follows
# "Fl", up to the next macro, are options.
documented_options() {
	find man -name '*.1' | LC_ALL=C sort | xargs awk '
		/^\.It .*Fl / {
			flags = 0
			for (i = 2; i <= NF; i++) {
				if ($i ~ /^[A-Z][a-z]$/)
					flags = $i == "Fl"
				else if (flags && $i ~ /^-*[A-Za-z0-9]/) {
					sub(/=.*/, "", $i)
					print FILENAME "\t" FNR "\t-" $i
				}
			}
		}'
}

# "page<TAB>option" of each option that the program knows; a command by itself
# has an empty option.
known_options() {
	local command option

	"$SLIPWAY" __tables >"$scratch/tables" || return
	# Not by tabs: read would drop an empty first field, all commands'.
	tr '\t' '|' <"$scratch/tables" | cut -d '|' -f 1,2 | LC_ALL=C sort -u |
		while IFS='|' read -r command option; do
			printf '%s\t%s\n' "$(page_of "$command")" "$option"
		done
}

check_manual() {
	local page

	if [ -z "${SLIPWAY:-}" ]; then
		skip "SLIPWAY names no program"
		return
	fi
	documented_options >"$scratch/documented"
	if ! known_options >"$scratch/known"; then
		echo "$SLIPWAY:1: __tables failed"
		return
	fi
	cut -f 1 "$scratch/known" | LC_ALL=C sort -u | while read -r page; do
		if [ ! -e "$page" ]; then
			echo "$page:1: there is no such page"
			sed -i "\|^$page	|d" "$scratch/known"
		fi
	done
	compare_options
}

# A flag --x may be taken back by --no-x without being told so again, and what
# all commands have may be told again.
compare_options() {
	awk -F '\t' '
		FILENAME ~ /documented$/ {
			told[$1, $3] = 1
			place[$1, $3] = $1 ":" $2
			next
		}
		$2 == "" { next }
		{ known[$1, $2] = 1 }
		!(($1, $2) in told) {
			print $1 ":1: does not explain " $2
		}
		END {
			for (t in told) {
				split(t, part, SUBSEP)
				option = part[2]
				sub(/^--no-/, "--", option)
				if (!(t in known) && !((part[1], option) in known) &&
				    !(("man/slipway.1", part[2]) in known))
					print place[t] ": explains " part[2] \
						", which is no option"
			}
		}' "$scratch/documented" "$scratch/known" | LC_ALL=C sort -u
}

check_manual_lint() {
	if ! command -v mandoc >/dev/null; then
		skip "no mandoc"
		return
	fi
	# Cross references go to pages that are not installed yet.
	find man -name '*.[15]' | LC_ALL=C sort |
		xargs mandoc -T lint -W warning | sed 's/^mandoc: //'
}

# Not wanted: functions called by name only (2317), programs in quotes for sh -c
# or awk (2016), and in files that others source, names the others set (2154).
check_shell() {
	if ! command -v shellcheck >/dev/null; then
		skip "no shellcheck"
		return
	fi
	shell_scripts | xargs shellcheck -x -f gcc -e 2317,2016
	find tests contrib -name '*.bash' -o -name '*.bats' |
		LC_ALL=C sort | xargs shellcheck -x -f gcc -e 2317,2016,2154
}
