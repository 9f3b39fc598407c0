/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "builder/output-spec.h"

static int
parse(const char *text, struct output_spec *ret, struct error *err)
{
	cleanup_value(annotations_release) struct annotations a = { 0 };

	return output_spec_parse(text, ret, &a, err);
}

#define spec_auto cleanup_value(output_spec_release) struct output_spec

static void
short_forms(void **state)
{
	spec_auto dir = { 0 }, out = { 0 }, tar = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(parse("a/dir", &dir, &err), &err);
	assert_int_equal(dir.kind, OUTPUT_LOCAL);
	assert_string_equal(dir.dest, "a/dir");
	assert_int_equal(dir.splits, -1);
	assert_false(output_spec_takes_stdout(&dir));
	assert_ok(parse("-", &out, &err), &err);
	assert_int_equal(out.kind, OUTPUT_TAR);
	assert_true(output_spec_takes_stdout(&out));
	assert_ok(parse("type=tar", &tar, &err), &err);
	assert_true(output_spec_takes_stdout(&tar));
}

static void
attributes(void **state)
{
	spec_auto o = { 0 }, push = { 0 };
	autoerror err = { 0 };

	(void)state;
	assert_ok(parse("type=oci,dest=x,tar=false,\"name=a,b:2\","
			"compression=zstd,compression-level=7,"
			"force-compression=true,rewrite-timestamp=1",
			  &o, &err),
		&err);
	assert_int_equal(o.kind, OUTPUT_OCI);
	assert_true(o.is_dir);
	assert_int_equal(o.names.count, 2);
	assert_string_equal(o.names.items[1], "b:2");
	assert_true(o.has_codec);
	assert_int_equal(o.packing.codec, CODEC_ZSTD);
	assert_int_equal(o.packing.level, 7);
	assert_true(o.packing.force);
	assert_true(o.clamps_times);
	assert_ok(parse("type=registry,oci-mediatypes=false,"
			"push-by-digest=true,registry.insecure=true",
			  &push, &err),
		&err);
	assert_true(push.push);
	assert_true(push.docker_types);
	assert_true(push.by_digest);
	assert_true(push.plain_http);
}

static void
mistakes(void **state)
{
	static const char *const table[][2] = {
		{ "type=what", "type 'what' is not known" },
		{ "type=image,dset=x", "attribute 'dset' is not known" },
		{ "type=local", "needs dest=DIR" },
		{ "type=local,dest=-", "needs dest=DIR" },
		{ "type=oci", "needs dest=FILE" },
		{ "type=oci,tar=false", "needs dest=DIR" },
		{ "type=image,dest=x", "no dest" },
		{ "type=oci,dest=x,oci-mediatypes=false", "OCI media types" },
		{ "type=image,push=perhaps", "neither true nor false" },
		{ "type=image,compression=rar", "rar" },
		{ "type=image,compression=estargz", "cannot be written" },
		{ "type=image,compression-level=23", "up to 22" },
		{ "type=local,dest=x,mode=move", "neither copy nor delete" },
		{ "type=local,dest", "is not NAME=VALUE" },
		{ "type=image,\"name=x", "quote" },
		{ "type=image,annotation-x.y=z", "level 'x'" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		struct output_spec o = { .splits = 5 };
		autoerror err = { 0 };
		int r = parse(table[n][0], &o, &err);

		assert_int_equal(err.kind, ERROR_REQUEST);
		assert_fails(r, &err, EINVAL, table[n][1]);
		assert_int_equal(o.splits, 5);
	}
}

static void
transports(void **state)
{
	static const struct {
		const char *text;
		int is_spec;
		enum output_kind kind;
		const char *dest, *name;
	} table[] = {
		{ "app:1", 0, 0, NULL, NULL },
		{ "oci:latest", 0, 0, NULL, NULL },
		{ "oci:dir:1", 1, OUTPUT_OCI, "dir", "1" },
		{ "oci:./dir", 1, OUTPUT_OCI, "./dir", NULL },
		{ "oci-archive:a.tar", 1, OUTPUT_OCI, "a.tar", NULL },
		{ "docker-archive:a.tar:x/y:1", 1, OUTPUT_DOCKER, "a.tar",
			"x/y:1" },
		{ "docker://host/x:1", 1, OUTPUT_IMAGE, NULL, "host/x:1" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		spec_auto o = { 0 };
		autoerror err = { 0 };

		assert_int_equal(output_spec_of_tag(table[n].text, &o, &err),
			table[n].is_spec);
		if (!table[n].is_spec)
			continue;
		assert_int_equal(o.kind, table[n].kind);
		if (table[n].dest)
			assert_string_equal(o.dest, table[n].dest);
		assert_int_equal(o.names.count, table[n].name != NULL);
		if (table[n].name)
			assert_string_equal(o.names.items[0], table[n].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_forms),
		cmocka_unit_test(attributes),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(transports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
