/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/template.h"
#include "util/mem.h"

static const char data_text[] = "Run: {ID: cf2a}\n"
				"Values:\n"
				"  a: {b: '{{.Run.ID}}'}\n"
				"  list: [x, y, z]\n"
				"  map: {k: v, j: w}\n"
				"  n: 5\n  yes: true\n  name: Some Name\n";
static struct arena *arena;
static struct template_data data;

static int
make_data(void **state)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = NULL;

	(void)state;
	arena = arena_new(MiB(1));
	assert_int_equal(
		yaml_doc_parse(data_text, strlen(data_text), "data", &y, NULL),
		0);
	data.root = value_from_yaml(arena, yaml_doc_root(y));
	return 0;
}

static int
free_data(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static void
assert_renders(const char *text, const char *wanted)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	autoerror err = { 0 };

	buf_init(&out, MiB(2));
	if (template_render(text, strlen(text), "f", &data, &out, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	assert_string_equal(buf_text(&out), wanted);
}

static void
assert_refused(const char *text, const char *message)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	autoerror err = { 0 };

	buf_init(&out, MiB(2));
	assert_int_equal(
		template_render(text, strlen(text), "f", &data, &out, &err),
		-EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(err.kind, ERROR_REQUEST);
	assert_int_equal(out.len, 0);
}

static void
fields(void **state)
{
	(void)state;
	assert_renders("", "");
	assert_renders("a {{.Run.ID}} b", "a cf2a b");
	assert_renders("{{ .Run.ID }}{{\t.Run.ID\n}}", "cf2acf2a");
	/* What was put in is not looked at again. */
	assert_renders("{{.Values.a.b}}", "{{.Run.ID}}");
	assert_renders("{ { }} }", "{ { }} }");
	assert_refused("x{{.Values.nane}}",
		"f:1:4: there is no '.Values.nane', did you mean 'name'?");
	assert_refused("{{.Values.elsewhere.r}}",
		"f:1:3: there is no '.Values.elsewhere.r'");
	assert_refused("{{.Values.elsewhere | upper}}",
		"f:1:23: upper: there is no '.Values.elsewhere'");
	assert_renders(
		"{{.Values.q | default \"d\"}}{{b64enc .Values.q}}", "d");
	data.lenient = true;
	assert_renders("x{{.Values.none}}y{{.Values.q.r}}", "xy");
	data.lenient = false;
}

static void
literals(void **state)
{
	(void)state;
	assert_renders("{{\"a\\n\\\"}}\\t\"}}", "a\n\"}}\t");
	assert_renders("{{`raw \\n }}`}}", "raw \\n }}");
	assert_renders("{{42}}{{-7}} {{1.5}} {{0x10}} {{'a'}} {{true}}",
		"42-7 1.5 16 97 true");
	assert_renders("{{nil}}", "");
}

static void
trims_and_comments(void **state)
{
	(void)state;
	assert_renders("a \n {{- .Run.ID -}} \n b", "acf2ab");
	assert_renders("a {{/* \" ' }} */}} b", "a  b");
	assert_renders("a {{- /* x */ -}} b", "ab");
	assert_renders("{{.Run.ID}} {{- .Run.ID}}", "cf2acf2a");
	assert_renders("a\n  # {{ not closed\nb {{.Run.ID}}",
		"a\n  # {{ not closed\nb cf2a");
}

static void
control(void **state)
{
	(void)state;
	assert_renders("{{if .Values.yes}}a{{else}}b{{end}}", "a");
	assert_renders("{{if .Values.none}}a{{else if eq 1 1}}b{{else}}c"
		       "{{end}}",
		"b");
	assert_renders("{{with .Values.a}}{{.b}}{{end}}", "{{.Run.ID}}");
	assert_renders(
		"{{with .Values.no}}a{{else}}{{.Run.ID}}{{end}}", "cf2a");
	assert_renders("{{range .Values.list}}[{{.}}]{{end}}", "[x][y][z]");
	assert_renders("{{range $i, $v := .Values.list}}{{$i}}{{$v}}{{end}}",
		"0x1y2z");
	assert_renders("{{range $k, $v := .Values.map}}{{$k}}={{$v}}{{end}}",
		"j=wk=v");
	assert_renders("{{range .Values.no}}a{{else}}none{{end}}", "none");
	assert_renders("{{range .Values.list}}{{if eq . \"y\"}}{{break}}{{end}}"
		       "{{.}}{{end}}",
		"x");
	assert_renders("{{range .Values.list}}{{if eq . \"y\"}}{{continue}}"
		       "{{end}}{{.}}{{end}}",
		"xz");
	assert_renders("{{$x := 1}}{{if true}}{{$x = 2}}{{$y := 3}}{{end}}"
		       "{{$x}}{{$.Run.ID}}",
		"2cf2a");
	assert_renders("{{define \"t\"}}<{{.}}>{{end}}{{template \"t\" 3}}"
		       "{{block \"u\" 4}}{{.}}{{end}}",
		"<3>4");
}

static void
logic(void **state)
{
	(void)state;
	assert_renders("{{and 1 0}} {{or 0 \"x\"}} {{not 1}}", "0 x false");
	assert_renders("{{eq 1 2 1}} {{ne \"a\" \"b\"}} {{lt 1 2.5}} {{le 2 2}}"
		       " {{gt \"b\" \"a\"}} {{ge 1 2}}",
		"true true true true true false");
	assert_renders(
		"{{coalesce \"\" 0 3}} {{empty \"\"}} {{ternary 1 2 true}}",
		"3 true 1");
	assert_renders("{{kindOf 1}} {{kindIs \"map\" .Values}}", "int true");
	assert_renders("{{print 1 2 \"a\"}} {{printf \"%03d|%-3s|%v|%q|%%\" 7 "
		       "\"a\" .Values.list \"q\"}}",
		"1 2a 007|a  |[x y z]|\"q\"|%");
	assert_refused("{{fail \"no\"}}", "f:1:3: fail: no");
	assert_refused(
		"{{required \"want x\" .Values.x}}", "f:1:3: required: want x");
	assert_refused("{{eq 1 \"1\"}}",
		"f:1:3: eq: a int and a string do not compare");
	assert_refused("{{printf \"%d\"}}",
		"f:1:3: printf: not as many values as verbs");
}

static void
texts(void **state)
{
	(void)state;
	assert_renders(
		"{{.Values.name | upper | replace \" \" \"-\"}}", "SOME-NAME");
	assert_renders(
		"{{lower \"AB\"}}{{title \"a b\"}}{{trim \" x \"}}", "abA Bx");
	assert_renders("{{trimAll \"-\" \"-a-\"}}{{trimPrefix \"a\" \"ab\"}}"
		       "{{trimSuffix \"b\" \"ab\"}}",
		"aba");
	assert_renders("{{contains \"b\" \"abc\"}}{{hasPrefix \"b\" \"a\"}}"
		       "{{hasSuffix \"c\" \"abc\"}}",
		"truefalsetrue");
	assert_renders(
		"{{repeat 3 \"ab\"}}{{substr 1 3 \"abcd\"}}"
		"{{trunc 2 \"abc\"}}{{trunc -2 \"abc\"}}{{nospace \" a \"}}",
		"abababbcabbca");
	assert_renders("{{quote \"a\\\"b\" 1}} {{squote 2}} {{cat 1 \"b\"}}",
		"\"a\\\"b\" \"1\" '2' 1 b");
	assert_renders(
		"{{indent 2 \"a\\nb\"}}{{nindent 1 \"c\"}}", "  a\n  b\n c");
	assert_renders("{{base \"/a/b.c\"}} {{dir \"/a/b\"}} {{ext \"b.c\"}} "
		       "{{clean \"a/../b\"}}",
		"b.c /a .c b");
	assert_renders("{{b64enc \"hi\"}} {{b64dec \"aGk=\"}}", "aGk= hi");
	assert_renders("{{sha256sum \"\" | trunc 8}} {{adler32sum \"a\"}}",
		"e3b0c442 6422626");
	assert_renders("{{toJson .Values.map}}", "{\"j\":\"w\",\"k\":\"v\"}");
	assert_renders(
		"{{html \"<a>\"}} {{urlquery \"a b/\"}}", "&lt;a&gt; a+b%2F");
	assert_renders("{{date \"2006-01-02T15:04:05Z07:00\" 0}}",
		"1970-01-01T00:00:00Z");
	assert_refused("{{b64dec \"*\"}}", "f:1:3: b64dec: this is not base64");
}

static void
lists_and_numbers(void **state)
{
	(void)state;
	assert_renders("{{list 1 2 | join \",\"}} {{len .Values.list}} "
		       "{{index .Values.list 1}} {{index .Values.map \"k\"}}",
		"1,2 3 y v");
	assert_renders("{{first .Values.list}}{{last .Values.list}}"
		       "{{rest .Values.list}}{{initial .Values.list}}",
		"xz[y z][x y]");
	assert_renders("{{append .Values.list 1}}{{prepend (list 1) 0}}"
		       "{{concat (list 1) (list 2)}}",
		"[x y z 1][0 1][1 2]");
	assert_renders("{{uniq (list 1 1 2)}}{{without (list 1 2) 1}}"
		       "{{reverse (list 1 2)}}{{has 1 (list 1)}}"
		       "{{compact (list 0 1)}}",
		"[1 2][2][2 1]true[1]");
	assert_renders(
		"{{sortAlpha (list \"b\" \"a\")}}{{splitList \",\" \"a,b\"}}"
		"{{(split \",\" \"a,b\")._1}}",
		"[a b][a b]b");
	assert_renders(
		"{{dict \"a\" 1 \"b\" 2 | keys}}"
		"{{(set (dict) \"x\" 1).x}}{{hasKey .Values \"n\"}}"
		"{{pick .Values.map \"k\"}}{{omit .Values.map \"k\"}}"
		"{{merge (dict \"k\" 1) .Values.map}}"
		"{{get (dict) \"q\"}}{{unset .Values.map \"k\" | values}}",
		"[a b]1truemap[k:v]map[j:w]map[j:w k:1][w]");
	assert_renders(
		"{{slice .Values.list 1 2}}{{slice \"abc\" 1}}", "[y]bc");
	assert_renders(
		"{{add 1 2 3}} {{sub 5 2}} {{mul 2 3}} {{div 7 2}} "
		"{{mod 7 2}} {{max 1 3 2}} {{min 3 1}} {{add1 .Values.n}}",
		"6 3 6 3 1 3 1 6");
	assert_renders(
		"{{ceil 1.2}} {{floor 1.8}} {{round 1.25 1}} {{int \"7\"}} "
		"{{until 3}} {{untilStep 5 0 -2}}",
		"2 1 1.3 7 [0 1 2] [5 3 1]");
	assert_refused("{{div 1 0}}", "f:1:3: div: there is no such number");
	assert_refused("{{index .Values.list 3}}",
		"f:1:3: index: there is no member 3");
}

static void
mistakes(void **state)
{
	(void)state;
	assert_refused(
		"a\n b {{.Run.ID", "f:2:4: an action without its end '}}'");
	assert_refused("{{/* x }}", "f:1:1: an action without its end '}}'");
	assert_refused("{{}}", "f:1:3: an action with nothing in it");
	assert_refused("{{.a..b}}", "f:1:3: '.a..b' is not a field");
	assert_refused("{{.a.}}", "f:1:3: '.a.' is not a field");
	assert_refused("{{\"\\q\"}}", "f:1:4: unknown escape '\\q'");
	assert_refused("{{1.5.2}}", "f:1:3: '1.5.2' is not a number");
	assert_refused("{{if .a}}", "f:1:3: this has no 'end'");
	assert_refused("{{end}}", "f:1:3: 'end' without a beginning");
	assert_refused("{{break}}", "f:1:3: this is in no 'range'");
	assert_refused("{{$x}}", "f:1:3: no variable '$x'");
	assert_refused("{{$x = 1}}", "f:1:3: no variable '$x'");
	assert_refused("{{uper 1}}",
		"f:1:3: no function 'uper', did you mean 'upper'?");
	assert_refused("{{env \"HOME\"}}",
		"f:1:3: function 'env' is not for task files");
	assert_refused("{{1 2}}", "f:1:5: an argument for what is no function");
	assert_refused("{{1 | 2}}", "f:1:7: behind '|' a function is wanted");
	assert_refused("{{(1}}", "f:1:3: '(' without ')'");
	assert_refused("{{template \"x\"}}", "f:1:3: no template 'x'");
	assert_refused("{{upper}}", "f:1:3: upper: 0 arguments are too few");
	assert_refused("{{upper (list)}}",
		"f:1:3: upper: argument 1 is a slice, not a string");
	assert_refused("{{range 3}}{{end}}",
		"f:1:3: 'range' over a number: use 'until'");
}

static void
limits(void **state)
{
	autofree char *text = mem_zalloc(TEMPLATE_TEXT_MAX + 2);
	cleanup_value(buf_release) struct buf out = { 0 };
	autoerror err = { 0 };

	(void)state;
	memset(text, 'x', TEMPLATE_TEXT_MAX + 1);
	buf_init(&out, MiB(4));
	assert_int_equal(template_render(text, TEMPLATE_TEXT_MAX + 1, "f",
				 &data, &out, &err),
		-EFBIG);
	assert_refused("{{repeat 2000000 \"x\"}}",
		"f:1:3: repeat: the result is larger than 1048576");
	assert_refused(
		"{{until 20000}}", "f:1:3: until: more than 10000 numbers");
	assert_refused("{{range until 5000}}{{range until 5000}}{{end}}{{end}}",
		"f:1:29: until: the template needs too much memory");
	assert_refused("{{range until 9999}}{{range $.Values.list}}{{range "
		       "$.Values.list}}{{.}}{{end}}{{end}}{{end}}",
		"f:1:69: the template does too much");
	assert_refused("{{define \"t\"}}{{template \"t\"}}{{end}}"
		       "{{template \"t\"}}",
		"f:1:17: more than 64 levels");
}

static void
patterns(void **state)
{
	(void)state;
	assert_renders("{{regexMatch `^v\\d+$` \"v12\"}} "
		       "{{regexFind `[a-z]+` \"1ab2\"}} "
		       "{{regexFindAll `[\\w.]+` \"a.b c\" -1}} "
		       "{{regexFindAll `a` \"aaa\" 2}}",
		"true ab [a.b c] [a a]");
	assert_renders("{{regexReplaceAll `(a)(b)` \"xabab\" `${2}$1-`}} "
		       "{{regexReplaceAllLiteral `a` \"aba\" `$1`}} "
		       "{{regexReplaceAll `x*` \"ab\" `-`}} "
		       "{{regexSplit `,\\s*` \"a, b,c\" -1}} "
		       "{{regexSplit `,` \"a,b,c\" 2}}",
		"xba-ba- $1b$1 -a-b- [a b c] [a b,c]");
	assert_refused("{{regexMatch `(` \"\"}}",
		"f:1:3: regexMatch: '(' is not a pattern");
	assert_refused("{{regexMatch `(?i)a` \"\"}}",
		"f:1:3: regexMatch: the pattern has flags");
	assert_refused("{{regexMatch `a+?` \"\"}}",
		"f:1:3: regexMatch: the pattern is not greedy");
	assert_refused("{{regexMatch `(a)\\1` \"\"}}",
		"f:1:3: regexMatch: the pattern has a '\\' that is not known "
		"here");
	assert_refused("{{regexMatch `(a{60}){60}` \"\"}}",
		"f:1:3: regexMatch: the pattern repeats too much");
	assert_refused("{{regexMatch `(a{60}b{60}),1` \"\"}}",
		"f:1:3: regexMatch: the pattern repeats too much");
	assert_refused("{{regexMatch `a{101,}` \"\"}}",
		"f:1:3: regexMatch: the pattern repeats too much");
	assert_renders("{{regexReplaceAll `[a\\-z]` \"a-m\" `X`}} "
		       "{{regexReplaceAll `[\\^\\]b]` \"^]ab\" `X`}} "
		       "{{regexReplaceAll `[\\.\\[]` \".[b\" `X`}}",
		"XXm XXaX XXb");
}

static void
times(void **state)
{
	(void)state;
	assert_renders("{{date \"2006-01-02 15:04:05\" 86399}} "
		       "{{dateInZone \"Jan Mon MST\" 0 \"UTC\"}} "
		       "{{dateModify \"-1h\" 7200}} {{htmlDate 0}} "
		       "{{toDate \"2006-01-02\" \"1970-01-03\"}} "
		       "{{unixEpoch 12}}",
		"1970-01-01 23:59:59 Jan Thu UTC 3600 1970-01-01 172800 12");
	assert_refused("{{dateInZone \"06\" 0 \"Europe/Paris\"}}",
		"f:1:3: dateInZone: zone 'Europe/Paris' is not UTC");
	assert_refused("{{dateModify \"soon\" 0}}",
		"f:1:3: dateModify: 'soon' is no time like 1h30m");
	assert_refused("{{toDate \"2006\" \"never\"}}",
		"f:1:3: toDate: 'never' is not of this layout");
}

static void
assert_constraint(const char *constraint, const char *version, bool holds)
{
	autofree char *text = mem_printf(
		"{{semverCompare \"%s\" \"%s\"}}", constraint, version);

	assert_renders(text, holds ? "true" : "false");
}

static void
version_functions(void **state)
{
	(void)state;
	assert_renders("{{$v := semver \"v1.2.3-rc.1+b5\"}}{{$v.Major}} "
		       "{{$v.Minor}} {{$v.Patch}} {{$v.Prerelease}} "
		       "{{$v.Metadata}}",
		"1 2 3 rc.1 b5");
	assert_constraint("1.2.3", "1.2.3", true);
	assert_constraint("1.2", "1.2.9", true);
	assert_constraint("1.x", "2.0.0", false);
	assert_constraint("*", "2.0.0", true);
	assert_constraint("!=1.2.3", "1.2.4", true);
	assert_constraint(">=1.2, <2", "1.9.9", true);
	assert_constraint(">= 1.2 < 2", "2.0.0", false);
	assert_constraint("^1.2.3", "1.9.0", true);
	assert_constraint("^1.2.3", "2.0.0", false);
	assert_constraint("^0.2.3", "0.3.0", false);
	assert_constraint("~1.2.3", "1.2.9", true);
	assert_constraint("~1.2.3", "1.3.0", false);
	assert_constraint("1.0 - 2.0", "1.5.0", true);
	assert_constraint("1.0 - 2.0", "2.1.0", false);
	assert_constraint("<1 || >=3", "3.0.0", true);
	assert_constraint(">1.0.0", "1.1.0-rc.1", false);
	assert_constraint(">1.0.0-0", "1.1.0-rc.1", true);
	assert_constraint(">1.0.0-rc.2", "1.0.0-rc.10", true);
	assert_refused(
		"{{semver \"one\"}}", "f:1:3: semver: 'one' is no version");
	assert_refused("{{semverCompare \"<>1\" \"1.0.0\"}}",
		"f:1:3: semverCompare: '<>1' is no constraint");
}

static void
names(void **state)
{
	(void)state;
	assert_renders("{{b32enc \"foobar\"}} {{b32dec \"MZXW6YQ=\"}} "
		       "{{js `'<a>'`}} {{(splitn \"/\" 2 \"a/b/c\")._1}}",
		"MZXW6YTBOI====== foob \\'\\u003Ca\\u003E\\' b/c");
	assert_renders("{{sha1sum \"\"}} {{sha1sum (repeat 55 \"x\")}} "
		       "{{sha1sum (repeat 56 \"x\")}} "
		       "{{sha1sum (repeat 130 \"x\")}}",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709 "
		"cef734ba81a024479e09eb5a75b6ddae62e6abf1 "
		"901305367c259952f4e7af8323f480d59f81335b "
		"d140171ce524e232cc2a6bf07cca693c533d73a1");
	assert_renders("{{$u := urlParse \"https://me@h:80/p/q?a=1#f\"}}"
		       "{{$u.scheme}} {{$u.userinfo}} {{$u.host}} "
		       "{{$u.hostname}} {{$u.path}} {{$u.query}} "
		       "{{$u.fragment}} {{urlJoin $u}}",
		"https me h:80 h /p/q a=1 f https://me@h:80/p/q?a=1#f");
	assert_renders(
		"{{len (randAlphaNum 9)}} "
		"{{regexMatch `^[0-9]{5}$` (randNumeric 5)}} "
		"{{regexMatch `^[a-zA-Z]+$` (randAlpha 7)}} {{len uuidv4}}",
		"9 true true 36");
	assert_refused("{{b32dec \"1\"}}", "f:1:3: b32dec: this is not base32");
	assert_refused("{{randAlpha 5000}}", "f:1:3: randAlpha: not so many");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(literals),
		cmocka_unit_test(trims_and_comments),
		cmocka_unit_test(control),
		cmocka_unit_test(logic),
		cmocka_unit_test(texts),
		cmocka_unit_test(lists_and_numbers),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(limits),
		cmocka_unit_test(patterns),
		cmocka_unit_test(times),
		cmocka_unit_test(version_functions),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, make_data, free_data);
}
