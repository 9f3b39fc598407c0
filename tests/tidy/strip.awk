# SPDX-License-Identifier: Apache-2.0
# C without comments and without what is in its strings, line for line, each
# file into the same name below `to`. An include keeps its file name.

FNR == 1 {
	if (out)
		close(out)
	out = to "/" FILENAME
	in_comment = 0
}

/^[ \t]*#[ \t]*include/ && !in_comment {
	sub(/\/\*.*/, "")
	print > out
	next
}

{
	rest = $0
	code = ""
	while (rest != "") {
		if (in_comment) {
			end = index(rest, "*/")
			if (!end)
				break
			rest = substr(rest, end + 2)
			in_comment = 0
		} else if (!match(rest, /"|'|\/\*|\/\//)) {
			code = code rest
			break
		} else {
			start = substr(rest, RSTART, RLENGTH)
			code = code substr(rest, 1, RSTART - 1)
			rest = substr(rest, RSTART + RLENGTH)
			if (start == "//")
				break
			in_comment = start == "/*"
			if (in_comment)
				continue
			code = code start start
			if (start == "\"")
				match(rest, /^([^"\\]|\\.)*"/)
			else
				match(rest, /^([^'\\]|\\.)*'/)
			# A string that goes on in the next line ends here.
			rest = RLENGTH > 0 ? substr(rest, RLENGTH + 1) : ""
		}
	}
	print code > out
}
