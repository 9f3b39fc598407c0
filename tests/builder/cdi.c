/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/cdi.h"
#include "builder/entitlement.h"

static struct strv dirs;
static struct host_mounts mounts;
static struct strv env;

static int
find(const char *file, const char *name, struct error *err)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = mem_printf("%s/a.json", dir.path);

	strv_release(&dirs);
	strv_release(&env);
	host_mounts_release(&mounts);
	dirs = env = (struct strv){ 0 };
	strv_add(&dirs, "/nonexistent");
	strv_add(&dirs, dir.path);
	assert_ok(fs_publish_path(path, file, strlen(file), err), err);
	return cdi_find(&dirs, name, &mounts, &env, err);
}

static void
describes_devices(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_ok(
		find("{\"kind\": \"v.com/c\", \"devices\": [{\"name\": \"a\","
		     " \"containerEdits\": {\"env\": [\"A=b\"],"
		     " \"deviceNodes\": [{\"path\": \"/dev/null\"}],"
		     " \"mounts\": [{\"hostPath\": \"/etc/passwd\","
		     " \"containerPath\": \"/p\", \"options\": [\"ro\"]}]}}]}",
			"v.com/c=a", &err),
		&err);
	assert_int_equal(mounts.count, 2);
	assert_true(mounts.items[0].is_device);
	assert_string_equal(mounts.items[0].target, "/dev/null");
	assert_string_equal(mounts.items[1].target, "/p");
	assert_false(mounts.items[1].writable);
	assert_string_equal(env.items[0], "A=b");
}

/* Neither what comes before the node that is not there. */
static void
half_of_a_device_is_none(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_fails(find("{\"kind\": \"v/c\", \"devices\": [{\"name\": \"a\","
			  " \"containerEdits\": {\"deviceNodes\": ["
			  "{\"path\": \"/dev/null\"},"
			  "{\"path\": \"/dev/nonexistent\"}]}}]}",
			     "v/c=a", &err),
		&err, ENOENT, "/dev/nonexistent");
	assert_int_equal(mounts.count, 0);
}

static void
refuses(void **state)
{
	autoerror err = { 0 };

	(void)state;
	assert_fails(find("{}", "no-device", &err), &err, EINVAL,
		"vendor.com/class=name");
	assert_fails(find("{}", "v/c=", &err), &err, EINVAL, "v/c=");
	assert_fails(find("{\"kind\": \"v/c\"}", "v/c=a", &err), &err, ENOENT,
		"describes device 'v/c=a'");
	assert_fails(find("{", "v/c=a", &err), &err, EBADMSG, "a.json");
	assert_fails(find("{\"kind\": \"v/c\", \"devices\": [{\"name\": \"a\","
			  " \"containerEdits\": {\"deviceNodes\": [{}]}}]}",
			     "v/c=a", &err),
		&err, EBADMSG, "'path' is missing");
	assert_fails(find("{\"kind\": \"v/c\", \"devices\": [{\"name\": \"a\","
			  " \"containerEdits\": {\"mounts\": [{\"hostPath\":"
			  " \"etc\", \"containerPath\": \"/x\"}]}}]}",
			     "v/c=a", &err),
		&err, EBADMSG, "no absolute path");
}

static void
knows_entitlements(void **state)
{
	cleanup_value(strv_release) struct strv devices = { 0 };
	autoerror err = { 0 };
	unsigned flags = 0;

	(void)state;
	assert_ok(
		entitlement_parse("security.insecure", &flags, &devices, &err),
		&err);
	assert_ok(entitlement_parse("device=a", &flags, &devices, &err), &err);
	assert_int_equal(flags, ALLOW_INSECURE);
	assert_true(strv_has(&devices, "a"));
	assert_fails(entitlement_parse("device=", &flags, &devices, &err), &err,
		EINVAL, "not known");
}

static int
forget(void **state)
{
	(void)state;
	strv_release(&dirs);
	strv_release(&env);
	host_mounts_release(&mounts);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_devices),
		cmocka_unit_test(half_of_a_device_is_none),
		cmocka_unit_test(refuses),
		cmocka_unit_test(knows_entitlements),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
