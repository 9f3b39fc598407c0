/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/builder/site.h"

#include "builder/stack.h"
#include "builder/step.h"

/* The last step of the first stage, prepared, and what it stands on. */
struct prepared {
	struct test_site t;
	struct state state;
	struct view *view;
	struct step *step;
};

static void
prepared_release(struct prepared *p)
{
	step_free(p->step);
	view_free(p->view);
	state_release(&p->state);
	site_release(&p->t);
}

#define prepared_auto cleanup_value(prepared_release) struct prepared

static void
prepare(struct prepared *p, const char *text)
{
	const struct plan_stage *stage;
	autoerror err = { 0 };

	*p = (struct prepared){ 0 };
	site_make(&p->t, text);
	unit_write(p->t.dir.fd, "context/f", "text");
	stage = &p->t.plan->stages[0];
	state_from_nothing(&layers_platform, '\\', &p->state);
	p->view = view_new(p->t.store);
	assert_ok(step_new(&p->t.site, stage, stage->count - 1, &p->state,
			  p->view, &p->step, &err),
		&err);
}

static int
perform(struct prepared *p, struct layer *ret, struct error *err)
{
	return step_kind_of(p->step->instr->kind)->perform(p->step, ret, err);
}

static void
layers_are_made_by_four(void **state)
{
	size_t count = 0;

	(void)state;
	for (int kind = 0; kind < INSTR_KINDS; kind++)
		count += step_kind_of((enum instr_kind)kind) != NULL;
	assert_int_equal(count, 4);
	assert_ptr_equal(step_kind_of(INSTR_ADD), &step_copy);
	assert_ptr_equal(step_kind_of(INSTR_COPY), &step_copy);
	assert_ptr_equal(step_kind_of(INSTR_RUN), &step_run);
	assert_ptr_equal(step_kind_of(INSTR_WORKDIR), &step_workdir);
	assert_null(step_free(NULL));
}

/* Each with one word of its key that is different. */
static const char *const different[] = {
	"FROM scratch\nWORKDIR /a\n",
	"FROM scratch\nWORKDIR /b\n",
	"FROM scratch\nCOPY f /a\n",
	"FROM scratch\nCOPY f /b\n",
	"FROM scratch\nCOPY --chown=1 f /a\n",
	"FROM scratch\nRUN true\n",
	"FROM scratch\nRUN [\"true\"]\n",
	"FROM scratch\nRUN --network=none true\n",
};

static void
keys_differ(void **state)
{
	struct digest keys[ARRAY_SIZE(different)];

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(different); n++) {
		prepared_auto p;

		prepare(&p, different[n]);
		key_digest(&p.step->key, &keys[n]);
		for (size_t other = 0; other < n; other++)
			assert_false(digest_equal(&keys[n], &keys[other]));
	}
}

static void
a_tar_or_a_tree_of_the_same_bytes(void **state)
{
	static const char *const texts[] = {
		"FROM scratch\nCOPY f /d/\n",
		"FROM scratch AS a\nCOPY f /d/\n"
		"FROM scratch\nCOPY --from=a /d /d\n",
	};
	struct digest ids[2];

	(void)state;
	for (size_t n = 0; n < 2; n++) {
		prepared_auto p;
		cleanup_value(layer_release) struct layer l = { 0 };
		autoerror err = { 0 };

		prepare(&p, texts[n]);
		p.t.site.epoch = p.t.site.clamp_mtime = 1;
		assert_int_equal(plan_wants_tree(p.t.plan, 0, 0), n == 1);
		assert_ok(perform(&p, &l, &err), &err);
		ids[n] = l.diff_id;
	}
	assert_true(digest_equal(&ids[0], &ids[1]));
}

static void
nothing_changed_is_the_empty_layer(void **state)
{
	prepared_auto p;
	cleanup(rootfs_close) struct rootfs *r = NULL;
	cleanup_value(layer_release) struct layer l = { 0 };
	autoerror err = { 0 };
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	prepare(&p, "FROM scratch\nWORKDIR /a\n");
	layers_add(p.t.store, p.state.draft, "f", "text");
	assert_ok(stack_open_draft(p.t.store, p.state.draft, &r, &err), &err);
	assert_ok(step_take_layer(&p.t.site, r, &l, &err), &err);
	/* 1024 zeros, as in every such layer of every builder. */
	assert_string_equal(digest_format_hex(&l.diff_id, hex),
		"5f70bf18a086007016e948b04aed3b82"
		"103a36bea41755b6cddfaf10ace3c6ef");
}

static void
accounts_in_a_tar_are_not_looked_up(void **state)
{
	struct tar_entry e = { .kind = TAR_FILE,
		.path = (char *)(uintptr_t)"etc/passwd" };
	prepared_auto p;
	autoerror err = { 0 };
	int fd = -1;

	(void)state;
	prepare(&p, "FROM scratch\nWORKDIR /a\n");
	assert_ok(step_find_accounts(p.step, 7, &fd, &err), &err);
	assert_int_equal(fd, 7);
	assert_ok(step_find_accounts(p.step, -1, &fd, &err), &err);
	view_forget(p.view);
	view_begin_layer(p.view);
	assert_ok(view_note(p.view, &e, &err), &err);
	assert_fails(step_find_accounts(p.step, -1, &fd, &err), &err, EEXIST,
		"'/etc/passwd' is in a tar");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers_are_made_by_four),
		cmocka_unit_test(keys_differ),
		cmocka_unit_test(a_tar_or_a_tree_of_the_same_bytes),
		cmocka_unit_test(nothing_changed_is_the_empty_layer),
		cmocka_unit_test(accounts_in_a_tar_are_not_looked_up),
	};

	return cmocka_run_group_tests(tests, layers_enter, NULL);
}
