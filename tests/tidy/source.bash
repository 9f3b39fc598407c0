# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Checks that only read text. `scratch` and `tidy` are set by run.

folders=(util oci sandbox builder runner)

c_files() { find "$@" -name '*.[ch]' -type f | LC_ALL=C sort; }

# Everything a person wrote here, but for what tests feed to the program.
text_files() {
	find "${folders[@]}" tests contrib man .ci Makefile.am configure.ac \
		-type f \( -name '*.[ch15]' -o -name '*.am' -o -name '*.ac' \
		-o -name '*.mk' -o -name '*.bats' -o -name '*.bash' \
		-o -name '*.sh' -o -name '*.awk' \) \
		-not -path '*/corpus/*' -not -path 'tests/dockerfile/*' |
		LC_ALL=C sort
	shell_scripts
}

shell_scripts() {
	find contrib tests .ci -type f -not -path '*/corpus/*' \
		-not -path 'tests/dockerfile/*' -not -name '*.[ch]' \
		-exec awk 'FNR == 1 {
			if (/^#!.*(\/| )(ba)?sh( |$)/) print FILENAME
			nextfile }' {} + | LC_ALL=C sort
}

# Each source without comments and strings, below $scratch/src.
strip_sources() {
	find "${folders[@]}" tests -type d -exec mkdir -p "$scratch/src/{}" \;
	c_files "${folders[@]}" tests |
		xargs awk -v to="$scratch/src" -f "$tidy/strip.awk"
}

# Search the stripped sources of the named folders.
search() {
	local pattern=$1
	shift
	(cd "$scratch/src" && grep -rnE "$pattern" "$@" | LC_ALL=C sort)
}

# Findings on stdin, without those that tests/tidy/allowed explains.
without_allowed() {
	awk -F '\t' -v check="$1" '
		FNR == NR {
			if ($1 == check) {
				file[++n] = $2
				line[n] = $3
			}
			next
		}
		{
			for (i = 1; i <= n; i++)
				if (index($0, file[i] ":") == 1 && $0 ~ line[i])
					next
			print
		}' "$tidy/allowed" -
}

# "file:line:included" of every include of ours.
our_includes() {
	search '^[ \t]*#[ \t]*include[ \t]*"' "${folders[@]}" |
		sed -E 's/^([^:]*:[0-9]+):[^"]*"([^"]*)".*/\1:\2/'
}

check_layers() {
	our_includes | awk -F '[:/]' '
		BEGIN {
			below["util"] = " util "
			below["oci"] = " util oci "
			below["sandbox"] = " util sandbox "
			below["builder"] = " util oci sandbox builder "
			below["runner"] = " util oci sandbox builder runner "
		}
		$4 ~ /\.h$/ && NF == 4 || !index(below[$1], " " $4 " ") {
			print $1 "/" $2 ":" $3 ": must not include " $4 "/" $5
		}'
}

# A module is folder/noun; folder/noun-part belongs to it. An edge is in a cycle
# when its beginning can be reached from its end.
check_cycles() {
	{
		c_files "${folders[@]}" | grep '\.h$'
		our_includes
	} | awk -F : '
		function module(file,  stem, shorter) {
			stem = file
			sub(/\.[ch]$/, "", stem)
			shorter = stem
			while (sub(/-[^-\/]*$/, "", shorter))
				if ((shorter ".h") in header)
					stem = shorter
			return stem
		}
		function reaches(from, to,  next_one) {
			if (from == to)
				return 1
			if (from in seen)
				return 0
			seen[from] = 1
			for (next_one in ends)
				if ((from, next_one) in edge &&
				    reaches(next_one, to))
					return 1
			return 0
		}
		NF == 1 { header[$1] = 1; next }
		{
			from = module($1)
			to = module($3)
			if (from == to || (from, to) in edge)
				next
			edge[from, to] = $1 ":" $2
			ends[to] = 1
		}
		END {
			for (e in edge) {
				split(e, end, SUBSEP)
				split("", seen)
				if (reaches(end[2], end[1]))
					print edge[e] ": " end[2] \
						" needs " end[1] " already"
			}
		}' | LC_ALL=C sort
}

check_own_header_first() {
	local file own first

	while read -r file; do
		own=${file%.c}.h
		[ -e "$own" ] || continue
		first=$(grep -nm1 -E '^[ \t]*#[ \t]*include' "$file")
		[[ $first == *"\"$own\""* ]] ||
			echo "$file:${first%%:*}: must include \"$own\" first"
	done < <(find "${folders[@]}" -name '*.c' | LC_ALL=C sort)
}

# Header<TAB>the only files that may include it, as patterns of the shell.
vendors=$tidy/vendors

check_vendors() {
	local where line text header owner home
	local -a owners

	while IFS=: read -r where line text; do
		while read -ra owners; do
			header=${owners[0]}
			unset 'owners[0]'
			[[ $text == *"<$header"* ]] || continue
			home=no
			for owner in "${owners[@]}"; do
				# shellcheck disable=SC2053 # a pattern
				[[ $where != $owner ]] || home=yes
			done
			[ $home = yes ] ||
				echo "$where:$line: <$header> belongs to ${owners[*]}"
		done < <(grep -v '^#' "$vendors")
	done < <(search '#[ \t]*include[ \t]*<' "${folders[@]}" tests)
}

banned='strcpy strcat strncpy sprintf strtok atoi strtol gmtime localtime mktemp system popen alloca'

check_banned_calls() {
	search "(^|[^A-Za-z0-9_])(${banned// /|})[ \t]*\(" "${folders[@]}" tests |
		sed -E 's/^([^:]*:[0-9]+):.*[^A-Za-z0-9_]?('"${banned// /|}"')[ \t]*\(.*/\1: \2() is not used/'
	search '(^|[^A-Za-z0-9_])goto([^A-Za-z0-9_]|$)' "${folders[@]}" tests |
		sed -E 's/^([^:]*:[0-9]+):.*/\1: goto is not used/'
	grep -rnE '/\*.*(TODO|FIXME|XXX)' --include='*.[ch]' "${folders[@]}" |
		sed -E 's/^([^:]*:[0-9]+):.*/\1: an open end is not merged/'
}

check_no_exit() {
	search '(^|[^A-Za-z0-9_])exit[ \t]*\(' "${folders[@]}" |
		grep -vE '^(runner/main|sandbox/mkfilter|[a-z]+/cmd-[a-z-]+)\.c:' |
		sed -E 's/^([^:]*:[0-9]+):.*/\1: only commands and main choose an exit status/'
}

check_no_ifdef_in_body() {
	local file

	while read -r file; do
		awk -v file="$file" '
			/^\{/ { body = 1 }
			/^\}/ { body = 0 }
			body && /^[ \t]*#[ \t]*(if|el|endif)/ {
				print file ":" FNR ": conditional inside a body"
			}' "$scratch/src/$file"
	done < <(c_files "${folders[@]}")
}

# On the first line, or on the second behind "#!".
check_licence() {
	local file

	while read -r file; do
		head -n 2 "$file" | awk '
			NR == 1 && /^#!/ { next }
			{ good = /SPDX-License-Identifier: Apache-2\.0/; exit }
			END { exit !good }' ||
			echo "$file:1: no SPDX line"
	done < <(text_files | LC_ALL=C sort -u)
}

trade='images?|layers?|containers?|docker|dockerfiles?|oci|registry|registries|manifests?'

# The layer at the bottom knows nothing of the trade of those above.
check_words() {
	grep -niE "(^|[^a-z])($trade)([^a-z]|$)" util/*.[ch] |
		without_allowed words |
		sed -E 's/^([^:]*:[0-9]+):(.*)/\1: a word of the trade:\2/'
}

# "file:line:name" of each function that is defined here and not static.
exported_functions() {
	(cd "$scratch/src" && c_files "${folders[@]}" | grep '\.c$' |
		xargs awk '
		FNR == 1 { before = "" }
		/^[a-z_][a-z0-9_]*\(/ && before !~ /(^|[ \t])static([ \t]|$)/ &&
				before ~ /^[a-z]/ {
			name = $0
			sub(/\(.*/, "", name)
			print FILENAME ":" FNR ":" name
		}
		{ before = $0 }')
}

# Nouns a file may begin its functions with: its own, that of the module it is a
# part of, and those of the structs and enums in the headers of both.
nouns_of() {
	local stem=${1%.c} header noun

	while :; do
		noun=${stem##*/}
		noun=${noun//-/_}
		echo "$noun" "${noun%s}"
		for header in "$stem".h "$stem"-*.h; do
			[ ! -e "$header" ] || sed -nE \
				's/^(struct|enum) (([a-z0-9]+)[a-z0-9_]*).*/\2 \3/p' \
				"$header"
		done
		[[ ${stem##*/} == *-* ]] || return 0
		stem=${stem%-*}
	done
}

check_exports() {
	local file line name noun good

	while IFS=: read -r file line name; do
		[ "$name" != main ] || continue
		grep -qE "(^|[^a-z0-9_])$name\(" "$scratch/src/${file%/*}"/*.h ||
			echo "$file:$line: $name() is in no header, so it is static"
		good=no
		for noun in $(nouns_of "$file"); do
			[[ $name != "$noun" && $name != "${noun}_"* ]] || good=yes
		done
		[ $good = yes ] ||
			echo "$file:$line: $name() does not begin with its module"
	done < <(exported_functions) | without_allowed exports
}

# Strings are not split, so a line with one may be longer.
check_columns() {
	local file

	while read -r file; do
		awk -v file="$file" '
			/[ \t]$/ { print file ":" FNR ": trailing blank" }
			{
				line = $0
				while ((at = index(line, "\t")))
					line = substr(line, 1, at - 1) \
						substr("        ", 1,
							8 - (at - 1) % 8) \
						substr(line, at + 1)
			}
			length(line) > 80 && file ~ /\.[ch]$/ && !/"/ {
				print file ":" FNR ": longer than 80 columns"
			}' "$file"
	done < <(text_files | LC_ALL=C sort -u)
}
