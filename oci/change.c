/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/change.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "util/mem.h"
#include "util/path.h"

#define BLANKS " \t"

/* A JSON array of texts, or -EINVAL. */
static int
parse_array(const char *text, struct strv *ret)
{
	cleanup(json_free) struct json *j = NULL;
	cleanup(json_free) struct json *holder = json_new_object();

	if (*text != '[' ||
		json_parse(text, strlen(text), MiB(1), "list", &j, NULL) < 0)
		return -EINVAL;
	json_set(holder, "list", take_ptr(&j));
	return json_get_list(holder, "list", ret, NULL);
}

/* One word without its quotes, added to `word`; returns where it ends. */
static const char *
unquote(const char *text, struct buf *word)
{
	char quote = 0;

	for (; *text && (quote || !strchr(BLANKS, *text)); text++) {
		if (quote && *text == quote)
			quote = 0;
		else if (!quote && (*text == '"' || *text == '\''))
			quote = *text;
		else if (*text == '\\' && text[1] && quote != '\'')
			buf_addc(word, *++text);
		else
			buf_addc(word, *text);
	}
	return text;
}

static void
split_words(const char *text, struct strv *ret)
{
	while (*(text += strspn(text, BLANKS))) {
		cleanup_value(buf_release) struct buf word = { .max = MiB(1) };

		text = unquote(text, &word);
		strv_add(ret, buf_text(&word));
	}
}

static int
change_command(struct config *c, const char *name, const char *rest,
	struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };

	(void)err;
	if (parse_array(rest, &words) < 0) {
		strv_add(&words, "/bin/sh");
		strv_add(&words, "-c");
		strv_add(&words, rest);
	}
	config_set_list(c, name, &words);
	return 0;
}

/* "NAME=value NAME=value" or "NAME the rest" as NAME=value items. */
static int
split_pairs(const char *rest, struct strv *ret, struct error *err)
{
	size_t i, name = strcspn(rest, BLANKS "=");

	if (rest[name] != '=') {
		strv_addf(ret, "%.*s=%s", (int)name, rest,
			rest + name + strspn(rest + name, BLANKS));
		return 0;
	}
	split_words(rest, ret);
	for (i = 0; i < ret->count; i++)
		if (!strchr(ret->items[i], '=') || *ret->items[i] == '=')
			return error_set(err, EINVAL,
				"'%s' is not of the form NAME=value",
				ret->items[i]);
	return 0;
}

static int
change_env(struct config *c, const char *name, const char *rest,
	struct error *err)
{
	cleanup_value(strv_release) struct strv pairs = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	size_t i;
	int r;

	r = split_pairs(rest, &pairs, err);
	if (r == 0)
		r = config_get_list(c, name, &env, err);
	for (i = 0; r == 0 && i < pairs.count; i++) {
		char *value = strchr(pairs.items[i], '=');

		*value = '\0';
		strv_env_set(&env, pairs.items[i], value + 1);
	}
	if (r == 0)
		config_set_list(c, name, &env);
	return r;
}

static int
change_labels(struct config *c, const char *name, const char *rest,
	struct error *err)
{
	cleanup_value(strv_release) struct strv pairs = { 0 };
	size_t i;
	int r;

	r = split_pairs(rest, &pairs, err);
	for (i = 0; r == 0 && i < pairs.count; i++) {
		char *value = strchr(pairs.items[i], '=');

		*value = '\0';
		config_set_member(c, name, pairs.items[i], value + 1);
	}
	return r;
}

static int
change_ports(struct config *c, const char *name, const char *rest,
	struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	size_t i;

	split_words(rest, &words);
	for (i = 0; i < words.count; i++) {
		const char *word = words.items[i];
		size_t digits = strspn(word, "0123456789");
		autofree char *port = mem_printf("%s%s", word,
			word[digits] ? "" : "/tcp");

		if (!digits || (word[digits] && word[digits] != '/'))
			return error_set(err, EINVAL, "'%s' is not a port",
				word);
		config_set_member(c, name, port, NULL);
	}
	return 0;
}

static int
change_volumes(struct config *c, const char *name, const char *rest,
	struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	size_t i;

	(void)err;
	if (parse_array(rest, &words) < 0)
		split_words(rest, &words);
	for (i = 0; i < words.count; i++)
		config_set_member(c, name, words.items[i], NULL);
	return 0;
}

static int
change_text(struct config *c, const char *name, const char *rest,
	struct error *err)
{
	(void)err;
	config_set_text(c, name, rest);
	return 0;
}

static int
change_cwd(struct config *c, const char *name, const char *rest,
	struct error *err)
{
	const char *before = config_get_text(c, name);
	autofree char *path = path_resolve(before && *before ? before : "/",
		rest);

	return change_text(c, name, path, err);
}

static const struct {
	const char *word;
	const char *name;
	int (*apply)(struct config *c, const char *name, const char *rest,
		struct error *err);
} changes[] = {
	{ "CMD", "Cmd", change_command },
	{ "ENTRYPOINT", "Entrypoint", change_command },
	{ "ENV", "Env", change_env },
	{ "EXPOSE", "ExposedPorts", change_ports },
	{ "LABEL", "Labels", change_labels },
	{ "STOPSIGNAL", "StopSignal", change_text },
	{ "USER", "User", change_text },
	{ "VOLUME", "Volumes", change_volumes },
	{ "WORKDIR", "WorkingDir", change_cwd },
};

static int
apply(struct config *c, const char *word, const char *rest, struct error *err)
{
	size_t i;

	if (!*rest)
		return error_set(err, EINVAL, "it says nothing");
	for (i = 0; i < ARRAY_SIZE(changes); i++)
		if (strcasecmp(word, changes[i].word) == 0)
			return changes[i].apply(c, changes[i].name, rest, err);
	return error_set(err, EINVAL, "'%s' is not possible here", word);
}

int
change_apply(struct config *c, const char *line, struct error *err)
{
	autofree char *word = NULL;
	autofree char *rest = NULL;
	size_t len, end;
	int r;

	line += strspn(line, BLANKS);
	len = strcspn(line, BLANKS);
	word = mem_strndup(line, len);
	rest = mem_strdup(line + len + strspn(line + len, BLANKS));
	for (end = strlen(rest); end && strchr(BLANKS, rest[end - 1]); end--)
		rest[end - 1] = '\0';
	r = apply(c, word, rest, err);
	if (r == 0)
		return 0;
	(void)error_kind(err, ERROR_REQUEST);
	return error_wrap(err, "change '%s'", line);
}
