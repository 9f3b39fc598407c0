/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/image-flags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static void
read_times(const struct image_flags *f, struct strv *build_args,
	struct build_options *ret)
{
	static const char name[] = "SOURCE_DATE_EPOCH";
	const char *epoch = f->timestamp ? f->timestamp : f->epoch;

	if (!epoch)
		epoch = strv_env_get(build_args, name);
	if (!epoch)
		epoch = getenv(name);
	if (epoch && !strv_env_get(build_args, name))
		strv_addf(build_args, "%s=%s", name, epoch);
	ret->epoch = epoch;
	ret->clamps_times = f->timestamp || f->reproducible || f->rewrite;
}

static int
read_squash(
	const struct image_flags *f, enum build_squash *ret, struct error *err)
{
	static const struct {
		const char *word;
		enum build_squash squash;
	} words[] = {
		{ "", SQUASH_NEW },
		{ "new", SQUASH_NEW },
		{ "true", SQUASH_NEW },
		{ "all", SQUASH_ALL },
		{ "false", SQUASH_NONE },
	};

	*ret = f->squash_all ? SQUASH_ALL : SQUASH_NONE;
	for (size_t n = 0; f->squash && n < ARRAY_SIZE(words); n++) {
		if (strcmp(f->squash, words[n].word) == 0) {
			*ret = words[n].squash;
			return 0;
		}
	}
	return f->squash ? refuse(err, "--squash: '%s' is neither new nor all",
				   f->squash)
			 : 0;
}

/* "NAME" alone takes our value; unset, it is left out. */
static int
read_env(struct image_flags *f, struct error *err)
{
	for (size_t n = 0; n < f->env_texts.count; n++) {
		const char *item = f->env_texts.items[n];
		const char *value;

		if (*item == '=' || !*item)
			return refuse(
				err, "--env: '%s' is not NAME=VALUE", item);
		value = strchr(item, '=') ? NULL : getenv(item);
		if (value)
			strv_addf(&f->env, "%s=%s", item, value);
		else if (strchr(item, '='))
			strv_add(&f->env, item);
	}
	return 0;
}

static int
read_inheritance(
	const struct image_flags *f, bool *ret_drops, struct error *err)
{
	const char *text = f->inherit_labels;

	*ret_drops = text && strcmp(text, "false") == 0;
	if (!text || !*text || *ret_drops || strcmp(text, "true") == 0)
		return 0;
	return refuse(
		err, "--inherit-labels: '%s' is neither true nor false", text);
}

int
image_flags_read(struct image_flags *f, struct strv *build_args,
	struct build_options *ret, struct error *err)
{
	int r;

	read_times(f, build_args, ret);
	ret->labels = &f->label_texts;
	ret->unset_labels = &f->unset_labels;
	ret->env = &f->env;
	ret->unset_env = &f->unset_env;
	ret->omits_history = f->omit_history;
	r = read_env(f, err);
	if (r == 0)
		r = read_inheritance(f, &ret->drops_labels, err);
	return r < 0 ? r : read_squash(f, &ret->squash, err);
}

void
image_flags_release(struct image_flags *f)
{
	strv_release(&f->label_texts);
	strv_release(&f->unset_labels);
	strv_release(&f->env_texts);
	strv_release(&f->unset_env);
	strv_release(&f->env);
	*f = (struct image_flags){ 0 };
}
