/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/verb-login.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner/verb.h"
#include "util/fs.h"
#include "util/mem.h"

/* Where the value begins in a word that is the option; what is empty is in the
 * next one. */
static const char *
value_in(const char *word)
{
	if (strncmp(word, "--password=", 11) == 0)
		return word + 11;
	if (strcmp(word, "--password") == 0)
		return "";
	if (strncmp(word, "-p", 2) == 0)
		return word + 2 + (word[2] == '=');
	return NULL;
}

/* The password among `words`, or NULL; all others are added to `ret`. */
static const char *
part(const struct strv *words, size_t first, struct strv *ret)
{
	const char *password = NULL;
	size_t i;

	for (i = first; i < words->count; i++) {
		const char *value = value_in(words->items[i]);

		if (!value)
			strv_add(ret, words->items[i]);
		else if (*value)
			password = value;
		else if (i + 1 < words->count)
			password = words->items[++i];
	}
	return password;
}

/* The standard input of whoever we become. */
static int
pass_password(const char *password, struct error *err)
{
	autoclose int fd = memfd_create("password", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return error_errno(err, "cannot pass a password");
	r = fs_write(fd, password, strlen(password), err);
	if (r == 0 && (lseek(fd, 0, SEEK_SET) < 0 ||
			      dup2(fd, STDIN_FILENO) < 0))
		r = error_errno(err, "cannot pass a password");
	return r;
}

int
verb_login(const struct action *s, const struct strv *args)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	const char *password;
	autoerror err = { 0 };

	strv_add(&words, "login");
	password = part(args, 0, &words);
	if (password) {
		strv_add(&words, "--password-stdin");
		if (pass_password(password, &err) < 0)
			return action_complain(&err);
	}
	return action_become_slipway(s, &words);
}

/* As written; empty when it depends on a variable. */
static void
add_literal(const struct shell_word *w, struct strv *ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t i;

	buf_init(&text, MiB(1));
	for (i = 0; i < w->count && !w->parts[i].is_variable; i++)
		buf_adds(&text, w->parts[i].text);
	strv_add(ret, i < w->count ? "" : buf_text(&text));
}

static void
hide_in(const struct shell_command *c, struct mask *mask)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup_value(strv_release) struct strv others = { 0 };
	const char *password;
	size_t i;

	for (i = 0; i < c->word_count; i++)
		add_literal(&c->words[i], &words);
	if (words.count < 2 || !verb_is_for_us(words.items[0]) ||
		strcmp(words.items[1], "login") != 0)
		return;
	password = part(&words, 2, &others);
	if (password)
		mask_add(mask, password, strlen(password));
}

void
verb_hide_passwords(const struct shell_script *script, struct mask *mask)
{
	size_t i, n;

	for (i = 0; i < script->count; i++)
		for (n = 0; n < script->pipelines[i].count; n++)
			hide_in(&script->pipelines[i].commands[n], mask);
}
