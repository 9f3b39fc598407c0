/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "runner/copy.h"
#include "runner/crew.h"
#include "runner/verb-container.h"
#include "sandbox/enter.h"
#include "util/cli.h"
#include "util/mem.h"
#include "util/path.h"

static int
refuse(const char *text, const char *why, struct error *err)
{
	(void)error_set(err, EINVAL, "docker cp: '%s': %s", text, why);
	(void)error_hint(err, "use CONTAINER:PATH and a path below "
		STEP_WORKSPACE);
	return error_kind(err, ERROR_REQUEST);
}

/* "NAME:PATH"; a path of the workspace with a colon begins with "./". */
static bool
is_in_container(const char *text)
{
	size_t len = strcspn(text, ":/");

	return len && text[len] == ':' && *text != '.';
}

/* As its owners are known there: we stay in its user namespace. */
static int
open_container(const struct action *s, const char *text, int *ret_fd,
	struct error *err)
{
	cleanup_value(crew_member_release) struct crew_member m = { 0 };
	autofree char *name = mem_strndup(text, strcspn(text, ":"));
	autofree char *root = NULL;
	int r;

	r = crew_find(s->context->crew, name, &m, err);
	if (r < 0)
		return r;
	if (!m.keeper)
		return refuse(text, "the container has ended, and was not "
			"kept", err);
	root = mem_printf("/proc/%d/fd/%d", (int)m.keeper, m.root_fd);
	*ret_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd < 0)
		return error_errno(err, "container '%s'", name);
	return enter_owner(m.keeper, err);
}

/* `ret` is below the workspace. */
static int
find_in_workspace(const struct action *s, const char *text, char **ret,
	struct error *err)
{
	autofree char *here = path_resolve(STEP_WORKSPACE, s->place->directory);
	autofree char *path = path_resolve(here, text);
	size_t len = strlen(text);
	bool content = len > 1 && strcmp(text + len - 2, "/.") == 0;

	if (!path_is_below(path, STEP_WORKSPACE))
		return refuse(text, "not in the workspace", err);
	*ret = mem_printf("%s%s",
		path[strlen(STEP_WORKSPACE)] ? path + strlen(STEP_WORKSPACE)
					     : ".",
		content ? "/." : "");
	return 0;
}

static int
copy(const struct action *s, const char *from, const char *to,
	struct error *err)
{
	bool out = is_in_container(from);
	const char *inside = out ? from : to;
	autofree char *path = NULL;
	autoclose int root = -1;
	struct copy_end ends[2];
	int r;

	if (out == is_in_container(to))
		return refuse(from, "one of both is in a container", err);
	r = find_in_workspace(s, out ? to : from, &path, err);
	if (r == 0)
		r = open_container(s, inside, &root, err);
	if (r < 0)
		return r;
	ends[!out] = (struct copy_end){ root, strchr(inside, ':') + 1 };
	ends[out] = (struct copy_end){ s->place->root_fd, path };
	return copy_path(&ends[0], &ends[1], err);
}

int
verb_cp(const struct action *s, const struct strv *args)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	bool ignored = false;
	const struct option_spec options[] = {
		{ 'a', "archive", NULL, "", OPT_FLAG, &ignored },
		{ 'q', "quiet", NULL, "", OPT_FLAG, &ignored },
		{ 0 },
	};
	autoerror err = { 0 };
	int r;

	r = cli_parse(options, NULL, false, (int)args->count, args->items,
		&names, &err);
	if (r == 0 && names.count != 2)
		r = refuse("", "two paths are wanted", &err);
	if (r == 0)
		r = copy(s, names.items[0], names.items[1], &err);
	return r < 0 ? action_complain(&err) : 0;
}
