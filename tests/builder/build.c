/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/layers.h"

#include "builder/build.h"
#include "oci/config.h"
#include "util/log.h"

/* What is asked for, in dir/context with `text` as the Dockerfile. */
struct request {
	struct unit_dir dir;
	struct store *store;
	char *context;
	struct strv build_args, labels, hosts;
	struct transfer_settings transfer;
	struct build_options options;
};

static void
request_release(struct request *q)
{
	strv_release(&q->build_args);
	strv_release(&q->labels);
	store_free(q->store);
	free(q->context);
	unit_dir_remove(&q->dir);
}

#define request_auto cleanup_value(request_release) struct request

static void
request_make(struct request *q, const char *text)
{
	*q = (struct request){ .dir = unit_dir_make() };
	unit_mkdir(q->dir.fd, "context");
	unit_write(q->dir.fd, "context/Dockerfile", text);
	q->context = path_join(q->dir.path, "context");
	q->store = layers_open_store(&q->dir);
	transfer_settings_init(&q->transfer);
	q->options = (struct build_options){ .context = q->context,
		.platforms = &layers_platform, .platform_count = 1,
		.build_args = &q->build_args,
		.labels = &q->labels, .hosts = &q->hosts, .pull = PULL_NEVER,
		.jobs = 1, .timeout_ms = -1,
		.output.transfer = &q->transfer };
}

static struct image *
built(struct request *q)
{
	struct output_result result;
	struct image *i = NULL;
	autoerror err = { 0 };

	assert_ok(build_run(q->store, NULL, &q->options, &result, &err), &err);
	assert_ok(image_load(q->store, &result.manifest, &layers_platform, &i,
			  &err),
		&err);
	return i;
}

static void
check_label(const struct image *i, const char *value)
{
	cleanup(config_free) struct config *c = config_copy(image_config(i));

	assert_string_equal(json_get_text(json_get(config_runtime(c), "Labels"),
				    "a"),
		value);
}

static void
arguments_and_labels(void **state)
{
	request_auto q;
	cleanup(image_free) struct image *i = NULL;
	cleanup(image_free) struct image *labelled = NULL;

	(void)state;
	request_make(&q, "ARG G\nFROM scratch\nARG G=no\nLABEL a=$G\n");
	strv_add(&q.build_args, "G=given");
	i = built(&q);
	check_label(i, "given");
	strv_add(&q.labels, "a=last");
	labelled = built(&q);
	check_label(labelled, "last");
}

static void
a_target_in_the_middle(void **state)
{
	request_auto q;
	cleanup(image_free) struct image *i = NULL;

	(void)state;
	request_make(&q, "FROM scratch AS one\nLABEL a=1\n"
		"FROM localhost/not-here:1\n");
	q.options.target = "one";
	i = built(&q);
	check_label(i, "1");
}

static void
the_epoch_is_the_time(void **state)
{
	request_auto q;
	cleanup(image_free) struct image *i = NULL;
	cleanup(image_free) struct image *again = NULL;

	(void)state;
	request_make(&q, "FROM scratch\nWORKDIR /w\nCOPY Dockerfile /\n");
	q.options.epoch = "1";
	q.options.clamps_times = q.options.no_cache = true;
	i = built(&q);
	again = built(&q);
	assert_string_equal(config_get_top(image_config(i), "created"),
		"1970-01-01T00:00:01Z");
	assert_true(digest_equal(image_digest(i), image_digest(again)));
}

static void
check_fails(struct request *q, int code, enum error_kind kind,
	const char *message)
{
	struct output_result result;
	autoerror err = { 0 };
	int r;

	r = build_run(q->store, NULL, &q->options, &result, &err);
	assert_int_equal(err.kind, kind);
	assert_fails(r, &err, code, message);
}

static void
what_is_wrong(void **state)
{
	static const struct {
		const char *text, *epoch, *target, *argument;
		int code;
		enum error_kind kind;
		const char *message;
	} table[] = {
		{ "FRUM x", NULL, NULL, NULL, EINVAL, ERROR_REQUEST,
			"Dockerfile:1:1: " },
		{ "FROM scratch", "soon", NULL, NULL, EINVAL, ERROR_REQUEST,
			"source date epoch" },
		{ "FROM scratch", NULL, "none", NULL, EINVAL, ERROR_REQUEST,
			"'none'" },
		{ "FROM scratch", NULL, NULL, "=x", EINVAL, ERROR_REQUEST,
			"" },
		{ "FROM localhost/a:1", NULL, NULL, NULL, ENOENT, ERROR_LOCAL,
			"Dockerfile:1:1: image 'localhost/a:1' is not in" },
		{ "#syntax=my/own\nFROM scratch", NULL, NULL, NULL, ENOTSUP,
			ERROR_REQUEST, "my/own" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(table); n++) {
		request_auto q;

		request_make(&q, table[n].text);
		q.options.epoch = table[n].epoch;
		q.options.target = table[n].target;
		if (table[n].argument)
			strv_add(&q.build_args, table[n].argument);
		check_fails(&q, table[n].code, table[n].kind,
			table[n].message);
	}
}

static void
no_context(void **state)
{
	request_auto q;

	(void)state;
	request_make(&q, "FROM scratch");
	q.options.context = "/nonexistent";
	check_fails(&q, ENOENT, ERROR_LOCAL, "'/nonexistent'");
}

/* It is said, and goes on. */
static void
an_argument_nobody_asks_for(void **state)
{
	request_auto q;
	cleanup(image_free) struct image *i = NULL;

	(void)state;
	log_set_level(LOG_QUIET);
	request_make(&q, "FROM scratch\nLABEL a=1\n");
	strv_add(&q.build_args, "NOBODY=asks");
	i = built(&q);
	check_label(i, "1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_and_labels),
		cmocka_unit_test(a_target_in_the_middle),
		cmocka_unit_test(the_epoch_is_the_time),
		cmocka_unit_test(what_is_wrong),
		cmocka_unit_test(no_context),
		cmocka_unit_test(an_argument_nobody_asks_for),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
