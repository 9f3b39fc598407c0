/* SPDX-License-Identifier: Apache-2.0 */
/* A Dockerfile of strangers: parsed, and what every instruction then needs. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/dockerfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use(const struct instr *i, const struct dockerfile *d)
{
	struct instr trigger = { 0 };
	autoerror err = { 0 };

	assert(i->line >= 1 && i->column >= 1 && i->last_line >= i->line);
	for (size_t n = 0; n < i->heredoc_count; n++)
		free(heredoc_text(&i->heredocs[n]));
	if (i->kind == INSTR_RUN && !i->is_json)
		free(instr_shell_text(i));
	if (i->kind == INSTR_ONBUILD)
		(void)instr_parse(dockerfile_name(d), i->args.items[0],
			d->escape, i, &trigger, &err);
	instr_release(&trigger);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(dockerfile_free) struct dockerfile *d = NULL;
	autoerror err = { 0 };

	if (dockerfile_parse("Dockerfile", (const char *)data, size, NULL, &d,
		    &err) < 0) {
		assert(err.text);
		return 0;
	}
	assert(d->stage_count > 0);
	for (size_t s = 0; s < d->stage_count; s++) {
		for (size_t i = 0; i < d->stages[s].count; i++)
			use(&d->stages[s].instrs[i], d);
	}
	return 0;
}
