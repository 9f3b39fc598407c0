/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/args.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "builder/expand.h"
#include "util/mem.h"
#include "util/scope.h"

void
args_release(struct args *a)
{
	strv_release(&a->given);
	strv_release(&a->globals);
}

int
args_give(struct args *a, const char *text, struct error *err)
{
	autofree char *name = NULL;
	const char *equals = strchr(text, '=');

	if (!equals || equals == text) {
		(void)error_set(err, EINVAL,
			"build argument '%s' is not NAME=VALUE", text);
		return error_kind(err, ERROR_REQUEST);
	}
	name = mem_strndup(text, (size_t)(equals - text));
	strv_env_set(&a->given, name, equals + 1);
	return 0;
}

const char *
args_given(const struct args *a, const char *name)
{
	return strv_env_get(&a->given, name);
}

const char *
args_global(const struct args *a, const char *name)
{
	return strv_env_get(&a->globals, name);
}

static void
set_global(struct args *a, const char *name, const char *value)
{
	const char *given = args_given(a, name);

	strv_env_set(&a->globals, name, given ? given : value);
}

static void
set_platform(struct args *a, const char *prefix, const struct platform *p)
{
	autofree char *whole = platform_format(p);
	const struct {
		const char *suffix, *value;
	} words[] = {
		{ "PLATFORM", whole },
		{ "OS", p->os },
		{ "ARCH", p->arch },
		{ "VARIANT", p->variant },
		{ "OSVERSION", "" },
	};

	for (size_t n = 0; n < ARRAY_SIZE(words); n++) {
		autofree char *name =
			mem_printf("%s%s", prefix, words[n].suffix);

		set_global(a, name, words[n].value);
	}
}

void
args_set_platforms(struct args *a, const struct platform *target,
	const struct platform *build, const char *target_stage)
{
	set_platform(a, "TARGET", target);
	set_platform(a, "BUILD", build);
	set_global(a, "TARGETSTAGE", target_stage ? target_stage : "default");
}

/* One word of an ARG, "NAME" or "NAME=default". */
static int
apply_word(const struct args *a, const char *word, char escape,
	struct strv *vars, struct error *err)
{
	const struct expand_env env = { .vars = vars, .escape = escape };
	const char *equals = strchr(word, '=');
	autofree char *raw = NULL, *name = NULL, *value = NULL;
	int r;

	raw = equals ? mem_strndup(word, (size_t)(equals - word))
		     : mem_strdup(word);
	r = expand_word(raw, &env, &name, err);
	if (r < 0)
		return r;
	value = mem_strdup(args_given(a, name));
	if (!value && !equals)
		value = mem_strdup(args_global(a, name));
	if (!value && equals) {
		r = expand_word(equals + 1, &env, &value, err);
		if (r < 0)
			return r;
	}
	if (value)
		strv_env_set(vars, name, value);
	return 0;
}

int
args_apply(const struct args *a, const struct instr *i, char escape,
	struct strv *vars, struct error *err)
{
	for (size_t n = 0; n < i->args.count; n++) {
		int r = apply_word(a, i->args.items[n], escape, vars, err);

		if (r < 0)
			return r;
	}
	return 0;
}

int
args_read_globals(struct args *a, const struct dockerfile *d, struct error *err)
{
	for (size_t n = 0; n < d->global_count; n++) {
		const struct instr *i = &d->global_args[n];

		if (args_apply(a, i, d->escape, &a->globals, err) < 0)
			return dockerfile_error_at(d, i, err);
	}
	return 0;
}

bool
args_is_proxy(const char *name)
{
	static const char *const names[] = { "HTTP_PROXY", "HTTPS_PROXY",
		"FTP_PROXY", "NO_PROXY", "ALL_PROXY" };

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (strcasecmp(name, names[n]) == 0)
			return true;
	}
	return false;
}

/* Names that are known without an ARG: proxies, platform words, and the ones
 * that steer a BuildKit or us. */
static bool
means_something(const struct args *a, const char *name)
{
	return args_is_proxy(name) || strncmp(name, "BUILDKIT_", 9) == 0 ||
		strcmp(name, "SOURCE_DATE_EPOCH") == 0 || args_global(a, name);
}

static bool
instr_declares(const struct instr *i, const char *name)
{
	size_t len = strlen(name);

	if (i->kind == INSTR_ONBUILD)
		return i->args.count && strstr(i->args.items[0], name);
	if (i->kind != INSTR_ARG)
		return false;
	for (size_t w = 0; w < i->args.count; w++) {
		const char *word = i->args.items[w];

		if (strncmp(word, name, len) == 0 &&
			(word[len] == '=' || word[len] == '\0'))
			return true;
	}
	return false;
}

static bool
file_declares(const struct dockerfile *d, const char *name)
{
	for (size_t s = 0; s < d->stage_count; s++) {
		for (size_t n = 0; n < d->stages[s].count; n++) {
			if (instr_declares(&d->stages[s].instrs[n], name))
				return true;
		}
	}
	return false;
}

void
args_unused(const struct args *a, const struct dockerfile *d, struct strv *ret)
{
	for (size_t n = 0; n < a->given.count; n++) {
		const char *item = a->given.items[n];
		autofree char *name = mem_strndup(item, strcspn(item, "="));

		if (!means_something(a, name) && !file_declares(d, name))
			strv_add(ret, name);
	}
}
