/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "oci/transport.h"

static const struct {
	const char *text;
	enum transport_kind kind;
	const char *path, *name;
} good[] = {
	{ "debian:12", TRANSPORT_STORE, NULL, "debian:12" },
	{ "docker://h:5000/a:1", TRANSPORT_REGISTRY, NULL, "h:5000/a:1" },
	{ "oci:dir", TRANSPORT_OCI_DIR, "dir", NULL },
	{ "oci:/a/b:latest", TRANSPORT_OCI_DIR, "/a/b", "latest" },
	{ "oci:dir:", TRANSPORT_OCI_DIR, "dir", NULL },
	{ "oci-archive:f.tar:h/a:1", TRANSPORT_OCI_ARCHIVE, "f.tar", "h/a:1" },
	{ "docker-archive:f.tar:a:1", TRANSPORT_DOCKER_ARCHIVE, "f.tar",
		"a:1" },
};

static void
same(const char *a, const char *b)
{
	if (!b)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void
forms_are_parsed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct transport t = { 0 };
		autoerror err = { 0 };

		assert_ok(transport_parse(good[i].text, &t, &err), &err);
		assert_int_equal(t.kind, good[i].kind);
		same(t.path, good[i].path);
		same(t.name, good[i].name);
		transport_release(&t);
	}
}

static void
others_are_refused(void **state)
{
	static const char *const bad[] = { "dir:x", "docker-daemon:a:1",
		"containers-storage:a", "oci:", "oci::tag", "docker://",
		"docker://UPPER" };
	struct transport t = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autoerror err = { 0 };

		assert_int_equal(
			transport_parse(bad[i], &t, &err), -EINVAL);
		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_non_null(strstr(err.text, bad[i]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_parsed),
		cmocka_unit_test(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
