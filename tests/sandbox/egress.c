/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sandbox/inside.h"

#include "sandbox/egress.h"
#include "util/log.h"

/* Where no helper works it says so; that is never a bug of ours. */
static int
open_or_skip(struct egress **ret)
{
	autoerror err = { 0 };
	int r = egress_open(ret, &err);

	if (r == 0)
		return 0;
	assert_int_equal(r, -ENOTSUP);
	assert_int_equal(err.kind, ERROR_HOST);
	assert_non_null(strstr(err.text, "no private network"));
	assert_non_null(err.hint);
	print_message("%s\n", err.text);
	error_release(&err); /* skip() does not return */
	skip();		/* the host has no helper, or no /dev/net/tun */
	return r;
}

static void
has_a_way_out(void **state)
{
	cleanup(egress_free) struct egress *e = NULL;
	cleanup_value(inside_release) struct inside_run run;
	unit_dir_auto d = unit_dir_make();
	cleanup(rootfs_close) struct rootfs *root = NULL;
	autoerror err = { 0 };

	(void)state;
	(void)open_or_skip(&e);
	inside_make_layer(&d);
	root = inside_open(&d, NULL);
	inside_init(&run, root, "cat /etc/resolv.conf; ifconfig -a");
	run.spec.network = NETWORK_PRIVATE;
	run.spec.egress = e;
	assert_ok(inside_go(&run, &err), &err);
	assert_non_null(strstr(buf_text(&run.output), egress_name_server(e)));
	assert_non_null(strstr(buf_text(&run.output), "127.0.0.1"));
	assert_int_equal(rootfs_is_unchanged(root, &err), 1);
}

static void
chooses(void **state)
{
	cleanup(egress_free) struct egress *e = NULL;
	enum network_mode mode = NETWORK_DEFAULT;
	autoerror err = { 0 };

	(void)state;
	assert_ok(egress_choose(NETWORK_NONE, &mode, &e, &err), &err);
	assert_int_equal(mode, NETWORK_NONE);
	assert_null(e);
	assert_ok(egress_choose(NETWORK_HOST, &mode, &e, &err), &err);
	assert_int_equal(mode, NETWORK_HOST);
	assert_null(e);
	log_set_level(LOG_QUIET);
	assert_ok(egress_choose(NETWORK_DEFAULT, &mode, &e, &err), &err);
	assert_int_equal(mode, e ? NETWORK_PRIVATE : NETWORK_HOST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_a_way_out),
		cmocka_unit_test(chooses),
	};

	return cmocka_run_group_tests(tests, inside_enter, NULL);
}
