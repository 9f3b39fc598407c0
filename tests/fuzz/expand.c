/* SPDX-License-Identifier: Apache-2.0 */
/* Words of strangers, each way they are expanded, with both escapes. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/expand.h"
#include "util/mem.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expand_all(const char *text, char escape, const struct strv *vars)
{
	struct strv unset = { 0 }, words = { 0 };
	struct expand_env env = { vars, escape, &unset };
	autofree char *word = NULL;
	autofree char *body = NULL;
	autoerror err = { 0 };

	(void)expand_word(text, &env, &word, &err);
	(void)expand_words(text, &env, &words, &err);
	(void)expand_heredoc(text, &env, &body, &err);
	strv_release(&unset);
	strv_release(&words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = mem_strndup((const char *)data, size);
	struct strv vars = { 0 };

	strv_add(&vars, "A=/usr/lib/a b.tar.gz");
	strv_add(&vars, "B=*x?\n\xc3\xa4\xff");
	strv_add(&vars, "E=");
	expand_all(text, '\\', &vars);
	expand_all(text, '`', &vars);
	strv_release(&vars);
	return 0;
}
