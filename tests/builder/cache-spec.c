/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/cache-spec.h"
#include "oci/compress.h"

#define spec_auto cleanup_value(cache_spec_release) struct cache_spec

static void
forms(void **state)
{
	spec_auto bare = { 0 }, registry = { 0 }, local = { 0 }, inside = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(cache_spec_parse("host/cache", false, &bare, &err), &err);
	assert_int_equal(bare.kind, CACHE_REGISTRY);
	assert_string_equal(bare.place, "host/cache");
	assert_int_equal(bare.packing.codec, CODEC_GZIP);
	assert_false(bare.all_stages);
	assert_ok(cache_spec_parse("type=registry,ref=h/c:1,mode=max,"
				   "image-manifest=true,ignore-error=true",
			  true, &registry, &err),
		&err);
	assert_true(registry.all_stages);
	assert_true(registry.ignores_errors);
	assert_ok(cache_spec_parse("type=local,dest=d,tag=t,compression=zstd,"
				   "compression-level=9,"
				   "force-compression=true",
			  true, &local, &err),
		&err);
	assert_int_equal(local.kind, CACHE_LOCAL);
	assert_string_equal(local.place, "d");
	assert_string_equal(local.tag, "t");
	assert_int_equal(local.packing.codec, CODEC_ZSTD);
	assert_int_equal(local.packing.level, 9);
	assert_true(local.packing.force);
	assert_ok(cache_spec_parse("type=inline", true, &inside, &err), &err);
	assert_int_equal(inside.kind, CACHE_INLINE);
}

static void
mistakes(void **state)
{
	static const struct {
		const char *text;
		bool is_export;
		const char *story;
	} table[] = {
		{ "type=gha", false, "type 'gha' is not supported" },
		{ "type=registry", false, "ref=REFERENCE" },
		{ "type=local", true, "dest=DIR" },
		{ "type=local", false, "src=DIR" },
		{ "type=inline", false, "--cache-from type=registry" },
		{ "", false, "ref=REFERENCE" },
		{ "ref=x,mode=all", true, "neither min nor max" },
		{ "ref=x,force-compression=1", true, "neither true nor" },
		{ "ref=x,compression-level=99", true, "up to 22" },
		{ "ref=x,compression=rar", true, "rar" },
		{ "ref=x,re=y", true, "attribute 're=y' is not known" },
		{ "ref=x,reset", true, "is not NAME=VALUE" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		struct cache_spec c = { 0 };
		autoerror err = { 0 };
		int r;

		r = cache_spec_parse(
			table[n].text, table[n].is_export, &c, &err);
		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, table[n].story);
		assert_null(c.place);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
