/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>

static const struct option_spec options[] = {
	{ 0 },
};

static int
check_target(const struct ref *target, struct error *err)
{
	if (!ref_has_digest(target))
		return 0;
	(void)error_set(err, EINVAL, "a new name cannot hold a digest");
	return error_kind(err, ERROR_REQUEST);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	autoref target = { 0 };
	struct digest d;
	size_t i;
	int r;

	r = command_open_store(c, &s, err);
	if (r == 0)
		r = store_find(s, c->operands.items[0], &d, NULL, err);
	for (i = 1; r == 0 && i < c->operands.count; i++) {
		ref_release(&target);
		r = ref_parse(c->operands.items[i], &target, err);
		if (r == 0)
			r = check_target(&target, err);
		if (r == 0)
			r = store_ref_set(s, &target, &d, err);
	}
	return r;
}

const struct command cmd_tag = {
	.name = "tag",
	.operands = "IMAGE NEW-NAME...",
	.summary = "give an image another name",
	.group = "Images",
	.options = options,
	.min_operands = 2,
	.max_operands = -1,
	.needs = NEEDS_STORE,
	.operand_values = "@image",
	.run = run,
};
