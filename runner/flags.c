/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/flags.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "util/cli.h"
#include "util/mem.h"

/* What becomes of a flag. */
enum role {
	IGNORE,	 /* true of every container here, or of no effect */
	FORWARD, /* `slipway run` has it */
	COLLECT, /* into a list of struct flags */
	SWITCH,	 /* into a bool of struct flags */
};

struct flag {
	char letter;
	const char *name;
	bool has_value;
	enum role role;
	size_t offset; /* in struct flags */
};

#define F(field) offsetof(struct flags, field)

static const struct flag table[] = {
	{ 't', "tty", false, IGNORE },
	{ 'i', "interactive", false, IGNORE },
	{ 0, "rm", false, SWITCH, F(remove) },
	{ 0, "init", false, IGNORE },
	{ 'l', "label", true, IGNORE },
	{ 0, "expose", true, IGNORE },
	{ 0, "isolation", true, IGNORE },
	{ 0, "restart", true, IGNORE },
	{ 'q', "quiet", false, IGNORE },
	{ 'd', "detach", false, SWITCH, F(detach) },
	{ 0, "name", true, COLLECT, F(names) },
	{ 'e', "env", true, COLLECT, F(env) },
	{ 'v', "volume", true, COLLECT, F(volumes) },
	{ 0, "mount", true, COLLECT, F(mounts) },
	{ 0, "network", true, COLLECT, F(networks) },
	{ 0, "net", true, COLLECT, F(networks) },
	{ 0, "network-alias", true, COLLECT, F(aliases) },
	{ 'p', "publish", true, COLLECT, F(publish) },
	{ 0, "env-file", true, COLLECT, F(env_files) },
	{ 'w', "workdir", true, FORWARD },
	{ 'u', "user", true, FORWARD },
	{ 'h', "hostname", true, FORWARD },
	{ 0, "add-host", true, FORWARD },
	{ 0, "dns", true, FORWARD },
	{ 0, "entrypoint", true, FORWARD },
	{ 0, "cpus", true, FORWARD },
	{ 'm', "memory", true, FORWARD },
	{ 0, "shm-size", true, FORWARD },
	{ 0, "pids-limit", true, FORWARD },
	{ 0, "ulimit", true, FORWARD },
	{ 0, "tmpfs", true, FORWARD },
	{ 0, "read-only", false, FORWARD },
	{ 0, "cap-add", true, FORWARD },
	{ 0, "cap-drop", true, FORWARD },
	{ 0, "privileged", false, FORWARD },
	{ 0, "security-opt", true, FORWARD },
	{ 0, "device", true, FORWARD },
	{ 0, "platform", true, FORWARD },
	{ 0, "pull", true, FORWARD },
	{ 0, "stop-signal", true, FORWARD },
};

/* Where the parser puts the values of one row. */
struct slot {
	struct strv values;
	bool on;
};

void
flags_release(struct flags *f)
{
	strv_release(&f->forward);
	strv_release(&f->env);
	strv_release(&f->env_files);
	strv_release(&f->volumes);
	strv_release(&f->mounts);
	strv_release(&f->networks);
	strv_release(&f->aliases);
	strv_release(&f->publish);
	strv_release(&f->names);
	strv_release(&f->words);
	*f = (struct flags){ 0 };
}

static int
refuse(const char *what, const char *hint, struct error *err)
{
	error_set(err, EINVAL, "%s", what);
	error_hint(err, "%s", hint);
	error_kind(err, ERROR_REQUEST);
	return -EINVAL;
}

static int
check(const struct flag *row, const char *value, struct error *err)
{
	if (strcmp(row->name, "isolation") == 0 &&
		strcmp(value, "default") != 0)
		return refuse("that isolation is for Windows only",
			"leave it out", err);
	if ((strcmp(row->name, "volume") == 0 ||
		    strcmp(row->name, "mount") == 0) &&
		strstr(value, "docker.sock"))
		return refuse("there is no Docker socket here",
			"the docker verbs of a cmd step need none", err);
	return 0;
}

static int
take_row(const struct flag *row, const struct slot *slot, struct flags *ret,
	struct error *err)
{
	char *place = (char *)ret + row->offset;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < slot->values.count; i++) {
		const char *value = slot->values.items[i];

		r = check(row, value, err);
		if (row->role == FORWARD)
			strv_addf(&ret->forward, "--%s=%s", row->name, value);
		else if (row->role == COLLECT)
			strv_add((struct strv *)(void *)place, value);
	}
	if (slot->on && row->role == SWITCH)
		*(bool *)place = true;
	else if (slot->on && row->role == FORWARD)
		strv_addf(&ret->forward, "--%s", row->name);
	return r;
}

static int
parse_rows(const struct strv *argv, size_t first, struct slot *slots,
	struct strv *ret_words, struct error *err)
{
	struct option_spec rows[ARRAY_SIZE(table) + 1] = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		rows[i] = (struct option_spec){
			.letter = table[i].letter,
			.name = table[i].name,
			.operand = table[i].has_value ? "VALUE" : NULL,
			.kind = table[i].has_value ? OPT_LIST : OPT_FLAG,
			.value = table[i].has_value
				? (void *)&slots[i].values
				: (void *)&slots[i].on,
		};
	return cli_parse(rows, NULL, true, (int)(argv->count - first),
		argv->items + first, ret_words, err);
}

int
flags_parse(const struct strv *argv, size_t first, struct flags *ret,
	struct error *err)
{
	cleanup_value(flags_release) struct flags f = { 0 };
	struct slot slots[ARRAY_SIZE(table)] = { 0 };
	size_t i;
	int r;

	r = parse_rows(argv, first, slots, &f.words, err);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (r == 0)
			r = take_row(&table[i], &slots[i], &f, err);
		strv_release(&slots[i].values);
	}
	if (r == 0 && f.words.count == 0)
		r = refuse("there is no image behind the options",
			"write: [OPTIONS] IMAGE [ARGUMENT...]", err);
	if (r < 0)
		return r;
	*ret = f;
	f = (struct flags){ 0 };
	return 0;
}
