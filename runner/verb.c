/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/verb.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runner/verb-container.h"
#include "runner/verb-file.h"
#include "runner/verb-login.h"
#include "util/fs.h"
#include "util/mem.h"

/* One of docker's, by its one or two words. */
struct verb {
	const char *name;
	/* `args` is what stands behind the name. */
	int (*run)(const struct action *s, const struct strv *args);
	const char *command;	/* of slipway, when `run` is NULL */
};

static int
do_nothing(const struct action *s, const struct strv *args)
{
	(void)s;
	(void)args;
	return 0;
}

/* In the script's directory; it is entered as it is now, by descriptor. */
static int
build(const struct action *s, const struct strv *args)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	cleanup_value(strv_release) struct strv paths = { 0 };
	autoclose int directory = -1;
	autoerror err = { 0 };
	int r;

	strv_add(&words, "build");
	r = step_build_words(s->step, s->context, s->place->directory, args,
		&words, &paths, &err);
	if (r == 0)
		r = step_check_links(s->place->root_fd, &paths, &err);
	if (r == 0)
		r = fs_open_in(s->place->root_fd, s->place->directory,
			FS_BENEATH, O_PATH | O_DIRECTORY, 0, &directory, &err);
	if (r == 0 && fchdir(directory) < 0)
		r = error_errno(&err, "cannot enter '%s'",
			s->place->directory);
	return r < 0 ? action_complain(&err)
		     : action_become_slipway(s, &words);
}

/* Sorted. */
static const struct verb verbs[] = {
	{ "build", build, NULL },
	{ "builder build", build, NULL },
	{ "builder prune", NULL, "prune" },
	{ "buildx build", build, NULL },
	{ "buildx create", do_nothing, NULL },
	{ "buildx inspect", do_nothing, NULL },
	{ "buildx rm", do_nothing, NULL },
	{ "buildx use", do_nothing, NULL },
	{ "container cp", verb_cp, NULL },
	{ "container exec", verb_exec, NULL },
	{ "container kill", verb_kill, NULL },
	{ "container logs", verb_logs, NULL },
	{ "container ls", verb_ps, NULL },
	{ "container rm", verb_rm, NULL },
	{ "container run", verb_run_container, NULL },
	{ "container stop", verb_stop, NULL },
	{ "container wait", verb_wait, NULL },
	{ "cp", verb_cp, NULL },
	{ "exec", verb_exec, NULL },
	{ "history", NULL, "history" },
	{ "image build", build, NULL },
	{ "image history", NULL, "history" },
	{ "image inspect", NULL, "inspect" },
	{ "image load", verb_load, NULL },
	{ "image ls", NULL, "images" },
	{ "image pull", NULL, "pull" },
	{ "image push", NULL, "push" },
	{ "image rm", NULL, "rmi" },
	{ "image save", verb_save, NULL },
	{ "image tag", NULL, "tag" },
	{ "images", NULL, "images" },
	{ "import", NULL, "import" },
	{ "info", NULL, "version" },
	{ "inspect", NULL, "inspect" },
	{ "kill", verb_kill, NULL },
	{ "load", verb_load, NULL },
	{ "login", verb_login, NULL },
	{ "logout", NULL, "logout" },
	{ "logs", verb_logs, NULL },
	{ "manifest annotate", NULL, "manifest annotate" },
	{ "manifest create", NULL, "manifest create" },
	{ "manifest inspect", NULL, "manifest inspect" },
	{ "manifest push", NULL, "manifest push" },
	{ "manifest rm", NULL, "manifest rm" },
	{ "ps", verb_ps, NULL },
	{ "pull", NULL, "pull" },
	{ "push", NULL, "push" },
	{ "rm", verb_rm, NULL },
	{ "rmi", NULL, "rmi" },
	{ "run", verb_run_container, NULL },
	{ "save", verb_save, NULL },
	{ "stop", verb_stop, NULL },
	{ "tag", NULL, "tag" },
	{ "version", NULL, "version" },
	{ "wait", verb_wait, NULL },
};

bool
verb_is_for_us(const char *word)
{
	const char *base = strrchr(word, '/');
	bool is_ours = strcmp(word, "buildx") == 0 ||
		strcmp(word, "slipway") == 0;

	base = base ? base + 1 : word;
	return is_ours || strcmp(base, "docker") == 0 ||
		strncmp(base, "docker:", 7) == 0;
}

/* How many of the words from `first` on name the verb: 2, 1 or 0. */
static size_t
words_matching(const struct verb *v, const struct strv *argv, size_t first)
{
	const char *one = argv->items[first];
	size_t len = strlen(one);

	if (strcmp(v->name, one) == 0)
		return 1;
	if (argv->count <= first + 1 || strncmp(v->name, one, len) != 0 ||
		v->name[len] != ' ')
		return 0;
	return strcmp(v->name + len + 1, argv->items[first + 1]) ? 0 : 2;
}

static int
unknown(const struct strv *argv)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	autofree char *said = strv_join(argv, " ");
	autofree char *known = NULL;
	autoerror err = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		strv_add(&names, verbs[i].name);
	known = strv_join(&names, ", ");
	error_set(&err, EINVAL, "'%s' is not supported here", said);
	error_hint(&err, "supported are: %s", known);
	error_kind(&err, ERROR_REQUEST);
	return action_complain(&err);
}

static int
run(const struct action *s, const struct verb *v, const struct strv *args)
{
	cleanup_value(strv_release) struct strv words = { 0 };

	if (v->run)
		return v->run(s, args);
	strv_split(&words, v->command, ' ');
	strv_add_all(&words, args);
	return action_become_slipway(s, &words);
}

static int
find_and_run(const struct action *s, const struct strv *argv, size_t first)
{
	cleanup_value(strv_release) struct strv args = { 0 };
	size_t i, n, used;

	for (i = 0; first < argv->count && i < ARRAY_SIZE(verbs); i++) {
		used = words_matching(&verbs[i], argv, first);
		if (!used)
			continue;
		for (n = first + used; n < argv->count; n++)
			strv_add(&args, argv->items[n]);
		return run(s, &verbs[i], &args);
	}
	return unknown(argv);
}

int
verb_run(const struct action *s, const struct strv *argv)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	size_t i;

	if (strcmp(argv->items[0], "buildx") != 0)
		return find_and_run(s, argv, 1);
	/* "buildx build" is "docker buildx build". */
	strv_add(&words, "docker");
	for (i = 0; i < argv->count; i++)
		strv_add(&words, argv->items[i]);
	return find_and_run(s, &words, 1);
}
