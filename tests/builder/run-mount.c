/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/run-mount.h"

static int
parse(const char *text, struct run_mount *ret, struct error *err)
{
	cleanup_value(state_release) struct state s = { .escape = '\\' };

	strv_add(&s.vars, "DIR=/dir");
	strv_add(&s.vars, "KIND=cache");
	return run_mount_parse(text, &s, "/app", ret, err);
}

#define automount cleanup_value(run_mount_release) struct run_mount

static void
defaults(void **state)
{
	automount bind = { 0 }, cache = { 0 }, secret = { 0 }, ssh = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(parse("target=a/../b", &bind, &err), &err);
	assert_int_equal(bind.type, RUN_MOUNT_BIND);
	assert_string_equal(bind.target, "/app/b");
	assert_false(bind.writable);
	assert_null(bind.source);
	assert_ok(parse("target=c/,type=cache", &cache, &err), &err);
	assert_string_equal(cache.id, "c");
	assert_int_equal(cache.mode, 0755);
	assert_int_equal(cache.sharing, RUN_MOUNT_SHARED);
	assert_true(cache.writable);
	assert_ok(parse("type=secret,id=a/b", &secret, &err), &err);
	assert_string_equal(secret.target, "/run/secrets/b");
	assert_int_equal(secret.mode, 0400);
	assert_ok(parse("type=ssh", &ssh, &err), &err);
	assert_string_equal(ssh.id, "default");
	assert_null(ssh.target);
	assert_int_equal(ssh.mode, 0600);
}

static void
all_that_can_be_said(void **state)
{
	automount cache = { 0 }, tmpfs = { 0 }, bind = { 0 }, secret = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(parse("ID=$DIR,MODE=0770,uid=1,gid=2,sharing=LOCKED,ro,"
			"from=$DIR,\"src=$DIR,x\",dst=$DIR/x,type=$KIND",
			&cache, &err), &err);
	assert_int_equal(cache.type, RUN_MOUNT_CACHE);
	assert_string_equal(cache.id, "/dir");
	assert_string_equal(cache.from, "$DIR");
	assert_string_equal(cache.source, "/dir,x");
	assert_int_equal(cache.sharing, RUN_MOUNT_LOCKED);
	assert_int_equal(cache.mode, 0770);
	assert_int_equal(cache.uid, 1);
	assert_int_equal(cache.gid, 2);
	assert_false(cache.writable);
	assert_string_equal(cache.target, "/dir/x");
	assert_ok(parse("size=2k,destination=/t,type=tmpfs", &tmpfs, &err),
		&err);
	assert_int_equal(tmpfs.size_bytes, 2048);
	assert_ok(parse("target=/b,readonly=false", &bind, &err), &err);
	assert_true(bind.writable);
	assert_ok(parse("type=secret,target=/etc/t,env=T,required", &secret,
			&err), &err);
	assert_string_equal(secret.id, "t");
	assert_string_equal(secret.env, "T");
	assert_true(secret.required);
}

static void
what_is_wrong(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "needs a 'target'" },
		{ "target=", "needs a 'target'" },
		{ "target=/..", "invalid mount target" },
		{ "target=/a,dst=/b", "given twice" },
		{ "target=/a,rw,ro", "given twice" },
		{ "target", "needs a value" },
		{ "tmpcopyup,target=/x", "unexpected key 'tmpcopyup'" },
		{ "type=volume,target=/x", "unsupported mount type 'volume'" },
		{ "target=/x,rw=maybe", "is not true or false" },
		{ "target=/x,uid=1", "has no 'uid'" },
		{ "target=/x,required", "has no 'required'" },
		{ "type=ssh,source=/x", "has no 'source'" },
		{ "type=cache,target=/x,uid=-1", "is not a number" },
		{ "type=cache,target=/x,mode=10000", "is not an octal mode" },
		{ "type=cache,target=/x,from=", "'from' in --mount is empty" },
		{ "type=secret", "needs an 'id'" },
		{ "type=secret,id=x,rw", "is read-only" },
		{ "\"target=/x", "a quote is missing" },
		{ "target=${DIR", "missing '}'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		automount m = { 0 };
		autoerror err = { 0 };

		assert_fails(parse(cases[i].text, &m, &err), &err, EINVAL,
			cases[i].message);
	}
}

static void
the_source_alone(void **state)
{
	(void)state;
	assert_text(run_mount_from("target=/x,FROM=base"), "base");
	assert_null(run_mount_from("target=/x"));
	assert_null(run_mount_from("\"from=x"));
}

static void
what_decides(void **state)
{
	automount secret = { 0 }, cache = { 0 };
	cleanup_value(key_release) struct key a = { 0 }, b = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(parse("type=secret,id=x", &secret, &err), &err);
	run_mount_add_key(&secret, &a);
	assert_true(strv_has(&a.words, "mount-id=x"));
	assert_ok(parse("type=cache,id=x,target=/x", &cache, &err), &err);
	run_mount_add_key(&cache, &b);
	assert_false(strv_has(&b.words, "mount-id=x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(all_that_can_be_said),
		cmocka_unit_test(what_is_wrong),
		cmocka_unit_test(the_source_alone),
		cmocka_unit_test(what_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
