/* SPDX-License-Identifier: Apache-2.0 */
/* step: the commands that one step of a task is. */
#ifndef RUNNER_STEP_H
#define RUNNER_STEP_H

#include <stddef.h>

#include "runner/task.h"
#include "util/cli.h"

/* What is the same for every step of a run. Borrowed. */
struct step_context {
	const char *program;	/* our own executable */
	const struct strv *global;	/* options for every command */
	const char *workspace;	/* host directory that is /workspace inside */
	int workspace_fd;	/* the same, open */
	const struct option_spec *build_options;	/* of `slipway build` */
	const char *home;	/* host directory that is /acb/home inside, or
				 * NULL */
	const struct strv *variables;	/* "ID=x" of the run, for $ID; may be
					 * NULL */
	const char *task_name;	/* NULL: it has none */
	const struct task *task;
	struct crew *crew;	/* its containers, or NULL (in tests) */
	struct networks *networks;	/* the same */
	const struct volume_places *volumes;	/* the same */
};

/* A list of commands, run one after the other until one fails. */
struct step_commands {
	struct strv *argvs;
	size_t count;
	struct strv env;	/* the whole environment of each */
	const char *program;	/* borrowed from the context */
	int workspace_fd;	/* borrowed from the context */
	char *cwd;		/* below workspace_fd, "." for itself */
	struct strv paths;	/* for step_check_links() */
	/* A cmd step has none of these, and counts as one command: its script
	 * is for script_run(). Borrowed; NULL for the others. */
	const struct step *step;
	const struct step_context *context;
	int notify_fd;	/* to be told when a container runs; 0: nobody */
};

/*
 * "build" is one `slipway build` in the workspace, "." added when it names no
 * context; "cmd" a script for script_run(); "push" a `slipway push` for each
 * reference. -EINVAL, ERROR_REQUEST, when the options
 * of a build are wrong or a directory would leave the workspace by its name;
 * that it does not leave it by a link is seen to when it is entered.
 */
int step_commands(const struct step *s, const struct step_context *c,
	struct step_commands *ret, struct error *err);
void step_commands_release(struct step_commands *c);
/*
 * The words of a build behind `slipway build`, with a context, after a check
 * that by its name it lies in the workspace, and so does the Dockerfile;
 * `directory`, below that, is where it starts. What the build reads first is
 * added to `ret_paths`.
 */
int step_build_words(const struct step *s, const struct step_context *context,
	const char *directory, const struct strv *args, struct strv *ret,
	struct strv *ret_paths, struct error *err);
/* Does none of the paths below the workspace leave it by a link? A task may be
 * a stranger's. For when the build starts: steps before it make links, too.
 * -EXDEV, ERROR_LOCAL. */
int step_check_links(int workspace_fd, const struct strv *paths,
	struct error *err);
/* The step's directory as programs inside see it; yours. */
char *step_inside_path(const struct step *s);

/* What the workspace is called inside. */
#define STEP_WORKSPACE "/workspace"
#define STEP_HOME "/acb/home"

#endif
