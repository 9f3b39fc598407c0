/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/verb-file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/scope.h"

/* Which file a verb names, and as what the program gets it. */
struct redirected {
	const char *command;
	const char *letter, *name;	/* of the option */
	int flags;
	int as;
};

static const struct redirected save = { "save", "-o", "--output",
	O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO };
static const struct redirected load = { "load", "-i", "--input", O_RDONLY,
	STDIN_FILENO };

/* The value when the word at `*at` is the option, else NULL. */
static const char *
value_of(const struct redirected *r, const struct strv *args, size_t *at)
{
	const char *word = args->items[*at];
	size_t len = strlen(r->name);

	if (strncmp(word, r->name, len) == 0 && word[len] == '=')
		return word + len + 1;
	if (strcmp(word, r->name) != 0 && strcmp(word, r->letter) != 0)
		return NULL;
	return *at + 1 < args->count ? args->items[++*at] : NULL;
}

static int
redirect(const struct action *s, const struct redirected *r, const char *path)
{
	autoclose int fd = -1;
	autoerror err = { 0 };
	int result;

	result = shell_open(s->place, path, r->flags, &fd, &err);
	if (result == 0 && dup2(fd, r->as) < 0)
		result = error_errno(&err, "cannot redirect");
	return result < 0 ? action_complain(&err) : 0;
}

static int
run(const struct action *s, const struct redirected *r,
	const struct strv *args)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	size_t i;
	int status = 0;

	strv_add(&words, r->command);
	for (i = 0; status == 0 && i < args->count; i++) {
		const char *path = value_of(r, args, &i);

		if (path)
			status = redirect(s, r, path);
		else
			strv_add(&words, args->items[i]);
	}
	return status ? status : action_become_slipway(s, &words);
}

int
verb_save(const struct action *s, const struct strv *args)
{
	return run(s, &save, args);
}

int
verb_load(const struct action *s, const struct strv *args)
{
	return run(s, &load, args);
}
