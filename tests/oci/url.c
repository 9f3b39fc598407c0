/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/url.h"

/* RFC 3986, 5.4, as far as registries use it; NULL: refused. */
static const struct {
	const char *base, *reference, *result;
} resolutions[] = {
	{ "https://h/a/b?q", "/c", "https://h/c" },
	{ "https://h/a/b?q", "c", "https://h/a/c" },
	{ "https://h/a/b/", "c", "https://h/a/b/c" },
	{ "https://h", "c", "https://h/c" },
	{ "https://h?q", "c", "https://h/c" },
	{ "https://h/a?q", "?r=1", "https://h/a?r=1" },
	{ "https://h/a/b", "//o:8/c?d", "https://o:8/c?d" },
	{ "https://h/a", "http://o/c", "http://o/c" },
	{ "https://h/a", "HTTPS://O/c", "HTTPS://O/c" },
	{ "https://h/a", "ftp://o/c", NULL },
	{ "https://h/a", "file:///etc/passwd", NULL },
	{ "https://h/a", "javascript:1", NULL },
	{ "https://h/a", "https://user:pw@o/c", NULL },
	{ "https://h/a", "/a b", NULL },
	{ "https://h/a", "/a\r\nX: y", NULL },
	{ "https://h/a", "https://", NULL },
};

static void
resolves(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(resolutions); i++) {
		autofree char *got = url_resolve(resolutions[i].base,
			resolutions[i].reference);

		if (resolutions[i].result)
			assert_string_equal(got, resolutions[i].result);
		else
			assert_null(got);
	}
}

static void
too_long_is_refused(void **state)
{
	autofree char *text = mem_alloc(KiB(40));

	(void)state;
	memset(text, 'a', KiB(40));
	text[0] = '/';
	text[KiB(40) - 1] = '\0';
	assert_null(url_resolve("https://h/", text));
}

static void
origins(void **state)
{
	(void)state;
	assert_text(url_origin("HTTPS://Reg.Example/v2/"),
		"https://reg.example:443");
	assert_text(url_origin("http://h:5000/x"), "http://h:5000");
	assert_text(url_origin("http://[::1]/x"), "http://[::1]:80");
	assert_text(url_origin("http://[::1]:9/x"), "http://[::1]:9");
	assert_null(url_origin("ssh://h"));
	assert_true(url_same_origin("https://h/a", "https://H:443/b"));
	assert_false(url_same_origin("https://h/a", "http://h/a"));
	assert_false(url_same_origin("https://h/a", "https://h:444/a"));
	assert_false(url_same_origin("https://h/a", "https://h.evil/a"));
	assert_false(url_same_origin("x", "x"));
	assert_true(url_is_https("https://h"));
	assert_false(url_is_https("http://h"));
}

static void
queries(void **state)
{
	(void)state;
	assert_text(url_without_query("https://h/a?secret#x"), "https://h/a");
	assert_text(url_escape("a/b:c d~"), "a%2Fb%3Ac%20d~");
	assert_text(url_add_query("https://h/u?s=1", "digest", "sha256:0a"),
		"https://h/u?s=1&digest=sha256%3A0a");
	assert_text(url_add_query("https://h/u", "n", ""), "https://h/u?n=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves),
		cmocka_unit_test(too_long_is_refused),
		cmocka_unit_test(origins),
		cmocka_unit_test(queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
