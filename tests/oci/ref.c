/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/ref.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* What people write, its full form, its short form. */
static const struct {
	const char *text, *full, *brief;
} good[] = {
	{ "debian", "docker.io/library/debian:latest", "debian:latest" },
	{ "debian:12", "docker.io/library/debian:12", "debian:12" },
	{ "me/app", "docker.io/me/app:latest", "me/app:latest" },
	{ "docker.io/debian", "docker.io/library/debian:latest",
		"debian:latest" },
	{ "index.docker.io/debian:12", "docker.io/library/debian:12",
		"debian:12" },
	{ "docker.io/library/a/b", "docker.io/library/a/b:latest",
		"library/a/b:latest" },
	{ "localhost/a", "localhost/a:latest", "localhost/a:latest" },
	{ "localhost:5000/a/b:1", "localhost:5000/a/b:1",
		"localhost:5000/a/b:1" },
	{ "localhost:5000", "docker.io/library/localhost:5000",
		"localhost:5000" },
	{ "127.0.0.1:5000/a", "127.0.0.1:5000/a:latest",
		"127.0.0.1:5000/a:latest" },
	{ "[::1]:5000/a", "[::1]:5000/a:latest", "[::1]:5000/a:latest" },
	{ "[2001:db8::1]/a:x", "[2001:db8::1]/a:x", "[2001:db8::1]/a:x" },
	{ "Host.Example/a", "Host.Example/a:latest", "Host.Example/a:latest" },
	{ "a.b/c-d__e.f--g_h:T_.-9", "a.b/c-d__e.f--g_h:T_.-9",
		"a.b/c-d__e.f--g_h:T_.-9" },
	{ "debian@sha256:" HEX, "docker.io/library/debian@sha256:" HEX,
		"debian@sha256:" HEX },
	{ "debian:12@sha256:" HEX, "docker.io/library/debian:12@sha256:" HEX,
		"debian:12@sha256:" HEX },
	{ "docker.io/a.b/c", "docker.io/a.b/c:latest",
		"docker.io/a.b/c:latest" },
	{ HEX ":1", "docker.io/library/" HEX ":1", HEX ":1" },
	{ "host.example/" HEX, "host.example/" HEX ":latest",
		"host.example/" HEX ":latest" },
};

static void
test_good(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		autoerror err = { 0 };
		autoref ref = { 0 }, again = { 0 };
		autofree char *full = NULL;

		assert_ok(ref_parse(good[i].text, &ref, &err), &err);
		assert_text(ref_format(&ref), good[i].full);
		assert_text(ref_format_short(&ref), good[i].brief);
		/* Both forms mean the same again. */
		full = ref_format(&ref);
		assert_ok(ref_parse(full, &again, &err), &err);
		assert_text(ref_format(&again), good[i].full);
		ref_release(&again);
		assert_ok(ref_parse(good[i].brief, &again, &err), &err);
		assert_text(ref_format(&again), good[i].full);
	}
}

static const struct {
	const char *text, *message;
} bad[] = {
	{ "", "not a valid image reference" },
	{ ":", "not a valid" },
	{ "a:", "not a valid tag" },
	{ "a:-b", "not a valid tag" },
	{ "a:.b", "not a valid tag" },
	{ "a:b:c", "not a valid tag" },
	{ "a:b c", "not a valid tag" },
	{ "a b", "not a valid image reference" },
	{ "/a", "not a valid" },
	{ "a/", "not a valid" },
	{ "a//b", "not a valid" },
	{ "a/../b", "not a valid" },
	{ "a/./b", "not a valid" },
	{ "host.example/../../etc", "not a valid" },
	{ "../a", "not a registry host" },
	{ "-a", "not a valid" },
	{ "a-", "not a valid" },
	{ "a___b", "not a valid" },
	{ "a..b", "not a valid" },
	{ "Debian", "must be lower case" },
	{ "Foo/bar", "must be lower case" },
	{ HEX, "is an image id" },
	{ "-h.example/a", "not a registry host" },
	{ "h..example/a", "not a registry host" },
	{ "host:port/a", "not a registry host" },
	{ "host:/a", "not a registry host" },
	{ "host:123456/a", "not a registry host" },
	{ "[::g]:1/a", "not a registry host" },
	{ "[]:1/a", "not a registry host" },
	{ "a@", "not a digest" },
	{ "a@sha256:12", "64 lower-case" },
	{ "@sha256:" HEX, "not a valid" },
	{ "a\nb", "not a valid" },
	{ "\xc3\xa4", "not a valid" },
};

static void
test_bad(void **state)
{
	autoerror err = { 0 };
	struct ref ref = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		int r = ref_parse(bad[i].text, &ref, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, bad[i].message);
		assert_null(ref.host);
	}
	assert_int_equal(ref_parse("Foo/bar", &ref, &err), -EINVAL);
	assert_non_null(strstr(err.hint, "needs a dot or a port"));
	assert_fails(ref_parse("a@sha512:12", &ref, &err), &err, ENOTSUP, "");
}

static void
test_limits(void **state)
{
	autoerror err = { 0 };
	autoref ref = { 0 };
	char name[300], tag[140];

	(void)state;
	/* "docker.io/x/" and the rest make 255 bytes. */
	(void)snprintf(name, sizeof(name), "x/%0243d", 0);
	assert_ok(ref_parse(name, &ref, &err), &err);
	ref_release(&ref);
	(void)snprintf(name, sizeof(name), "x/%0244d", 0);
	assert_fails(ref_parse(name, &ref, &err), &err, EINVAL, "longer than");
	(void)snprintf(tag, sizeof(tag), "a:%0128d", 0);
	assert_ok(ref_parse(tag, &ref, &err), &err);
	ref_release(&ref);
	(void)snprintf(tag, sizeof(tag), "a:%0129d", 0);
	assert_fails(ref_parse(tag, &ref, &err), &err, EINVAL, "tag");
}

static void
test_parts(void **state)
{
	autoref ref = { 0 }, copy = { 0 };

	(void)state;
	assert_int_equal(ref_parse("debian@sha256:" HEX, &ref, NULL), 0);
	assert_null(ref.tag);
	assert_true(ref_has_digest(&ref));
	assert_string_equal(ref_api_host(&ref), "registry-1.docker.io");
	assert_text(ref_format_name(&ref), "docker.io/library/debian");
	ref_copy(&ref, &copy);
	assert_text(ref_format(&copy), "docker.io/library/debian@sha256:" HEX);
	ref_release(&copy);
	assert_int_equal(ref_parse("h.example:1/a", &copy, NULL), 0);
	assert_false(ref_has_digest(&copy));
	assert_string_equal(ref_api_host(&copy), "h.example:1");
}

static void
test_loopback(void **state)
{
	(void)state;
	assert_true(ref_host_is_loopback("localhost"));
	assert_true(ref_host_is_loopback("localhost:5000"));
	assert_true(ref_host_is_loopback("127.0.0.1:5000"));
	assert_true(ref_host_is_loopback("127.9.9.9"));
	assert_true(ref_host_is_loopback("[::1]:5000"));
	assert_false(ref_host_is_loopback("128.0.0.1"));
	assert_false(ref_host_is_loopback("localhost.example"));
	assert_false(ref_host_is_loopback("127.0.0.1.example"));
	assert_false(ref_host_is_loopback("[::2]"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
