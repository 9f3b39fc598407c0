/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/shell-run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/shell-builtin.h"
#include "util/mem.h"
#include "util/proc.h"

/* A script under way. */
struct run {
	const struct shell_host *host;
	struct shell_place place;
	char *directory;	/* of `place`, once it was changed */
	struct strv unset;	/* told already */
	int status;
	bool over;		/* "exit" was called */
};

static int
complain(const char *text)
{
	(void)dprintf(STDERR_FILENO, "slipway: %s\n", text);
	return 2;
}

static void
tell_unset(struct run *run, size_t before)
{
	size_t i;

	for (i = before; i < run->unset.count; i++)
		(void)dprintf(STDERR_FILENO,
			"slipway: $%s is not set, and empty\n",
			run->unset.items[i]);
}

static int
expand(struct run *run, const struct shell_command *c, struct strv *ret,
	struct error *err)
{
	size_t before = run->unset.count;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < c->word_count; i++)
		r = shell_expand(
			&c->words[i], &run->place, ret, &run->unset, err);
	tell_unset(run, before);
	return r;
}

static const int flags_of[] = {
	[SHELL_FROM] = O_RDONLY,
	[SHELL_TO] = O_WRONLY | O_CREAT | O_TRUNC,
	[SHELL_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
};

static int
open_target(struct run *run, const struct shell_redirect *r, int *ret_fd,
	struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	int result;

	result = shell_expand(
		&r->target, &run->place, &words, &run->unset, err);
	if (result == 0 && words.count != 1)
		result = error_set(err, EINVAL,
			"a redirection leads to %zu files, not one",
			words.count);
	return result < 0 ? result
			  : shell_open(&run->place, words.items[0],
				    flags_of[r->direction], ret_fd, err);
}

static int
redirect(struct run *run, const struct shell_command *c, struct error *err)
{
	size_t i;

	for (i = 0; i < c->redirect_count; i++) {
		const struct shell_redirect *r = &c->redirects[i];
		autoclose int fd = -1;
		int result = 0;

		if (r->direction != SHELL_SAME)
			result = open_target(run, r, &fd, err);
		if (result < 0)
			return result;
		if (dup2(fd < 0 ? r->other : fd, r->fd) < 0)
			return error_errno(err, "cannot redirect");
	}
	return 0;
}

static void
unblock_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
}

/* In a child of its own. */
static int
run_command(struct run *run, const struct shell_command *c)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	autoerror err = { 0 };
	const struct shell_builtin *builtin;
	int r;

	unblock_signals();
	r = expand(run, c, &argv, &err);
	if (r == 0)
		r = redirect(run, c, &err);
	if (r < 0)
		return complain(err.text);
	if (argv.count == 0)
		return 0;
	builtin = shell_find_builtin(argv.items[0]);
	if (builtin)
		return builtin->run(&argv, &run->place);
	return run->host->command(run->host->context, &argv, &run->place);
}

static int
change_directory(struct run *run, const struct strv *argv)
{
	autoerror err = { 0 };
	char *directory;

	if (argv->count > 2)
		return complain("cd: too many directories");
	if (shell_directory(&run->place,
		    argv->count == 2 ? argv->items[1] : run->place.root_name,
		    &directory, &err) < 0)
		return complain(err.text);
	free(run->directory);
	run->directory = directory;
	run->place.directory = directory;
	return 0;
}

/* The first word, when it stands there as it is; else "". */
static const char *
name_of(const struct shell_command *c)
{
	const struct shell_word *first = c->words;

	return c->word_count && first->count == 1 && !first->parts->is_variable
		? first->parts->text
		: "";
}

/* "cd" and "exit" change the script itself. True when `c` was one of them. */
static bool
run_own(struct run *run, const struct shell_command *c)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	const char *name = name_of(c);
	autoerror err = { 0 };

	if (strcmp(name, "cd") != 0 && strcmp(name, "exit") != 0)
		return false;
	if (expand(run, c, &argv, &err) < 0) {
		run->status = complain(err.text);
		return true;
	}
	if (strcmp(name, "cd") == 0) {
		run->status = change_directory(run, &argv);
		return true;
	}
	run->over = true;
	if (argv.count > 1)
		run->status = shell_exit_status(argv.items[1]);
	return true;
}

/* The ends of a pipeline's children; fd -1 is what we have ourselves. */
struct ends {
	int in, out, next;
};

static int
start_one(struct run *run, const struct shell_command *c,
	const struct ends *ends, struct proc *ret, struct error *err)
{
	int r = proc_fork(ret, err);

	if (r != 0)
		return r < 0 ? r : 0;
	if ((ends->in >= 0 && dup2(ends->in, STDIN_FILENO) < 0) ||
		(ends->out >= 0 && dup2(ends->out, STDOUT_FILENO) < 0))
		_exit(125);
	if (ends->in >= 0)
		(void)close(ends->in);
	if (ends->out >= 0)
		(void)close(ends->out);
	if (ends->next >= 0)
		(void)close(ends->next);
	_exit(run_command(run, c));
}

static int
start_all(struct run *run, const struct shell_pipeline *line,
	struct proc *procs, struct error *err)
{
	autoclose int in = -1;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < line->count; i++) {
		autoclose int out = -1;
		int fds[2] = { -1, -1 };

		if (i + 1 < line->count && pipe2(fds, O_CLOEXEC) < 0)
			return error_errno(err, "cannot make a pipe");
		out = fds[1];
		r = start_one(run, &line->commands[i],
			&(struct ends){ in, out, fds[0] }, &procs[i], err);
		scope_close(&in);
		in = fds[0];
	}
	return r;
}

static void
run_pipeline(struct run *run, const struct shell_pipeline *line)
{
	autofree struct proc *procs = mem_array(line->count, sizeof(*procs));
	struct proc_end end = { 0 };
	autoerror err = { 0 };
	size_t i;

	if (start_all(run, line, procs, &err) < 0)
		run->status = complain(err.text);
	for (i = 0; i < line->count; i++) {
		if (procs[i].pid <= 0 ||
			proc_wait(&procs[i], -1, &end, NULL) < 0)
			continue;
		run->status = proc_end_status(&end);
	}
}

static bool
is_wanted(const struct run *run, enum shell_join join)
{
	return join == SHELL_ALWAYS ||
		(join == SHELL_ON_SUCCESS) == (run->status == 0);
}

static void
run_all(struct run *run, const struct shell_script *s)
{
	size_t i;

	for (i = 0; i < s->count && !run->over; i++) {
		const struct shell_pipeline *line = &s->pipelines[i];

		if (proc_interrupted()) {
			run->status = 128 + proc_interrupted();
			return;
		}
		if (!is_wanted(run, line->join))
			continue;
		if (line->count == 1 && run_own(run, line->commands))
			continue;
		run_pipeline(run, line);
	}
}

int
shell_run(const struct shell_script *s, const struct shell_host *host)
{
	struct run run = { .host = host, .place = host->place };

	/* The usual case needs no process but this one. */
	if (s->count == 1 && s->pipelines->count == 1 &&
		!run_own(&run, s->pipelines->commands))
		run.status = run_command(&run, s->pipelines->commands);
	else if (s->count > 1 || (s->count == 1 && s->pipelines->count > 1))
		run_all(&run, s);
	strv_release(&run.unset);
	free(run.directory);
	return run.status;
}
