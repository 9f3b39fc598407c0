/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/commands.h"

#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "sandbox/probe-host.h"
#include "util/conf.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/path.h"

static struct {
	const char *format;
} opt;

static const struct option_spec options[] = {
	CLI_FORMAT(opt.format),
	{ 0 },
};

/* Numbers of statfs(2) that people know by name. */
static const struct fs_name {
	unsigned long magic;
	const char *name;
} fs_names[] = {
	{ 0xef53, "ext4" }, { 0x58465342, "xfs" }, { 0x9123683e, "btrfs" },
	{ 0x01021994, "tmpfs" }, { 0x794c7630, "overlay" }, { 0x6969, "nfs" },
	{ 0x2fc12fc1, "zfs" }, { 0xf2f52010, "f2fs" }, { 0x65735546, "fuse" },
	{ 0xca451a4e, "bcachefs" },
};

/* The store itself, or the nearest directory above it that is there. */
static char *
existing_directory(const char *path)
{
	autofree char *dir = path_resolve("/", path);

	while (access(dir, F_OK) < 0 && strcmp(dir, "/") != 0) {
		char *above = path_dir(dir);

		free(dir);
		dir = above;
	}
	return take_ptr(&dir);
}

static void
check_store(const char *store, const char *dir, struct probe *p)
{
	const char *name = "another file system";
	struct statfs st;
	size_t i;

	if (access(dir, W_OK) < 0) {
		probe_add(p, "store", PROBE_FAIL,
			"choose another place with --root or SLIPWAY_ROOT",
			"'%s' cannot be written", dir);
		return;
	}
	if (statfs(dir, &st) == 0)
		for (i = 0; i < ARRAY_SIZE(fs_names); i++)
			if (fs_names[i].magic == (unsigned long)st.f_type)
				name = fs_names[i].name;
	probe_add(p, "store", PROBE_OK, NULL, "'%s' on %s", store, name);
}

static void
check_net(struct probe *p)
{
	autofree char *dir = conf_libexec_path();
	autofree char *path = mem_printf("%s/slipway-net", dir);

	if (access(path, X_OK) == 0)
		probe_add(p, "slipway-net", PROBE_OK, NULL, "%s", path);
	else
		probe_add(p, "slipway-net", PROBE_WARN,
			"install slipway whole, or set SLIPWAY_LIBEXEC",
			"'%s' is not there: no pull and no push", path);
}

static int
probe_all(const struct command_context *c, struct probe *ret,
	struct error *err)
{
	autofree char *store = conf_store_path(c->conf);
	autofree char *dir = existing_directory(store);
	enum identity want;
	int r;

	r = identity_parse(c->identity, &want, err);
	if (r < 0)
		return r;
	check_store(store, dir, ret);
	check_net(ret);
	return probe_host(want, dir, ret, err);
}

static const char *
verdict(const struct probe *p)
{
	return probe_is_good(p) ? "yes" : "no";
}

static void
print_remedies(const struct probe *p)
{
	const struct probe_check *c;

	for (c = p->checks; c < p->checks + p->count; c++)
		if (*c->remedy && c->status != PROBE_OK)
			(void)printf("%s: %s\n", c->name, c->remedy);
}

static void
print_table(const struct probe *p)
{
	static const char *const headings[] = { "CHECK", "STATUS", "DETAIL" };
	struct cli_table *t = cli_table_new(headings, ARRAY_SIZE(headings));
	const struct probe_check *c;

	for (c = p->checks; c < p->checks + p->count; c++) {
		const char *cells[] = {
			c->name, probe_status_name(c->status), c->detail,
		};

		cli_table_add(t, cells);
	}
	cli_table_print(stdout, t);
	(void)cli_table_free(t);
	print_remedies(p);
	(void)printf("identity: %s\nbuilds can run: %s\n",
		p->identity == IDENTITY_AUTO ? "none" :
		identity_name(p->identity), verdict(p));
}

static struct json *
json_of(const struct probe_check *c)
{
	struct json *j = json_new_object();

	json_set_text(j, "name", c->name);
	json_set_text(j, "status", probe_status_name(c->status));
	json_set_text(j, "detail", c->detail);
	json_set(j, "remedy", *c->remedy ? json_new_text(c->remedy) :
		json_new_null());
	return j;
}

static void
print_json(const struct probe *p, bool pretty)
{
	cleanup(json_free) struct json *all = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };
	struct json *checks = json_new_array();
	size_t i;

	for (i = 0; i < p->count; i++)
		json_append(checks, json_of(&p->checks[i]));
	json_set_text(all, "identity", p->identity == IDENTITY_AUTO ? "none" :
		identity_name(p->identity));
	json_set_bool(all, "can_build", probe_is_good(p));
	json_set(all, "checks", checks);
	buf_init(&text, MiB(1));
	if (pretty)
		json_format_pretty(all, &text);
	else
		json_format(all, &text);
	(void)printf("%s\n", buf_text(&text));
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(probe_release) struct probe p = { 0 };
	int r;

	r = probe_all(c, &p, err);
	if (r < 0)
		return r;
	if (c->json)
		print_json(&p, strcmp(c->format, "json") == 0);
	else
		print_table(&p);
	return probe_is_good(&p) ? 0 : ERROR_HOST;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.operands = "[OPTIONS]",
	.summary = "say what this host permits, and how to get more",
	.group = "Host",
	.options = options,
	.needs = NEEDS_NOTHING,
	.run = run,
};
