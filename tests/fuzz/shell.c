/* SPDX-License-Identifier: Apache-2.0 */
/* Any text is parsed or refused; what is one simple command for shell_split()
 * is one for shell_parse(), too. */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/shell-expand.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expand(const struct shell_command *c)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup_value(strv_release) struct strv unset = { 0 };
	const struct strv none = { 0 };
	const struct shell_place place = { &none, "/workspace", -1, "." };
	size_t i;

	for (i = 0; i < c->word_count; i++)
		(void)shell_expand(
			&c->words[i], &place, &words, &unset, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = mem_strndup((const char *)data, size);
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup(shell_free) struct shell_script *s = NULL;
	int r = shell_parse(text, &s, NULL);
	size_t i, n;

	assert(r == 0 || r == -EINVAL || r == -EFBIG);
	assert((r == 0) == (s != NULL));
	for (i = 0; s && i < s->count; i++)
		for (n = 0; n < s->pipelines[i].count; n++)
			expand(&s->pipelines[i].commands[n]);
	if (shell_split(text, &words, NULL) == 0 && s)
		assert(s->count <= 1);
	return 0;
}
