/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "runner/action.h"
#include "runner/action-words.h"
#include "runner/crew.h"
#include "runner/networks.h"
#include "runner/volume-task.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/proc.h"

/* Who a container is, in the run. */
struct identity_card {
	char *name;
	unsigned member;
	char *record;	/* its directory; NULL: nobody asks for it later */
};

static void
card_release(struct identity_card *card)
{
	free(card->name);
	free(card->record);
}

/* A retry, or the next command of the script, takes the place of the one
 * before; two of them in one pipe are not told apart, and the second has no
 * place. */
static int
enlist_primary(const struct action *s, const char *image,
	struct identity_card *card, struct error *err)
{
	cleanup_value(crew_member_release) struct crew_member old = { 0 };

	if (crew_find(s->context->crew, card->name, &old, NULL) == 0) {
		if (old.running)
			return 0;
		(void)crew_remove(s->context->crew, card->name, NULL);
	}
	return crew_enlist(
		s->context->crew, card->name, image, &card->record, err);
}

static int
make_card(const struct action *s, const struct flags *f, bool primary,
	struct identity_card *ret, struct error *err)
{
	const struct step_context *c = s->context;
	unsigned number;
	int r;

	if (primary) {
		ret->name = crew_name_of(s->step->id);
		ret->member = (unsigned)(s->step - c->task->steps);
		return enlist_primary(s, f->words.items[0], ret, err);
	}
	r = crew_number(c->crew, &number, err);
	if (r < 0)
		return r;
	ret->member = (unsigned)c->task->step_count + number;
	ret->name = f->names.count
		? mem_strdup(f->names.items[f->names.count - 1])
		: mem_printf("%s-%u", s->step->id, number);
	return crew_enlist(
		c->crew, ret->name, f->words.items[0], &ret->record, err);
}

/* Adds the options that make it a member of the run. */
static int
join_run(const struct action *s, const struct identity_card *card,
	bool primary, struct flags *f, struct error *err)
{
	const struct networks_wish wish = {
		.network = f->networks.count
			? f->networks.items[f->networks.count - 1]
			: s->step->network,
		.name = card->name,
		.member = card->member,
		.ports = primary ? &s->step->ports : NULL,
		.more_ports = &f->publish,
		.record = card->record,
	};
	cleanup_value(strv_release) struct strv options = { 0 };
	int r;

	if (card->record)
		strv_addf(&options, "--record=%s", card->record);
	r = networks_connect(
		s->context->networks, s->context->crew, &wish, &options, err);
	if (r == 0 && primary && s->context->volumes)
		r = volume_options(
			s->context->volumes, s->step, &options, err);
	/* Before the user's own: those win. */
	strv_add_all(&options, &f->forward);
	strv_copy(&f->forward, &options);
	return r;
}

static int
become_container(const struct action *s, const struct identity_card *card,
	struct flags *f, bool primary)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	autoerror err = { 0 };
	int r;

	r = action_pass_env(s, f, &err);
	if (r == 0 && s->context->crew)
		r = join_run(s, card, primary, f, &err);
	if (r == 0)
		r = action_container_argv(s, f, primary, &argv, &err);
	return r < 0 ? action_complain(&err) : action_become(s, &argv);
}

/* Nobody waits for it but the run. */
static void
become_orphan(pid_t parent)
{
	while (getppid() == parent)
		(void)poll(NULL, 0, 1);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

/* What is not attached to the step speaks to its log, and outlives it. */
static int
let_go(const struct action *s, const struct identity_card *card)
{
	autoclose int log = -1;
	autoerror err = { 0 };

	if (crew_open_log(s->context->crew, card->name,
		    O_WRONLY | O_CREAT | O_APPEND, &log, &err) < 0)
		return action_complain(&err);
	(void)setpgid(0, 0);
	return dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0;
}

/* A grandchild: its parent ends at once. */
static int
start_orphan(const struct action *s, const struct identity_card *card,
	struct flags *f, bool primary, int notify_fd)
{
	autoproc between = { 0 };
	struct proc_end end;
	autoerror err = { 0 };
	pid_t parent;
	int r;

	r = proc_fork(&between, &err);
	if (r < 0)
		return action_complain(&err);
	if (r > 0)
		return proc_wait(&between, -1, &end, NULL) < 0;
	parent = getpid();
	if (fork() != 0)
		_exit(0);
	become_orphan(parent);
	if (f->detach && let_go(s, card) != 0)
		_exit(125);
	strv_addf(&f->forward, "--notify-fd=%d", notify_fd);
	if (!f->remove || s->step->keep)
		strv_add(&f->forward, "--keep");
	_exit(become_container(s, card, f, primary));
}

/* Its own words, when it could not even start. */
static int
tell_log(const struct action *s, const struct identity_card *card)
{
	autoclose int log = -1;

	if (crew_open_log(s->context->crew, card->name, O_RDONLY, &log,
		    NULL) == 0)
		(void)fs_copy_data(log, STDERR_FILENO, UINT64_MAX, NULL, NULL);
	return 125;
}

static int
wait_for(const struct action *s, const struct identity_card *card)
{
	cleanup_value(crew_member_release) struct crew_member m = { 0 };
	autoerror err = { 0 };
	int status;

	if (crew_find(s->context->crew, card->name, &m, &err) < 0 ||
		crew_wait(&m, -1, &status, &err) < 0)
		return action_complain(&err);
	return status;
}

static int
run_apart(const struct action *s, const struct identity_card *card,
	struct flags *f, bool primary)
{
	autoclose int ours = -1;
	autoclose int theirs = -1;
	char byte;
	int fds[2];

	if (pipe(fds) < 0)
		return 125;
	ours = fds[0];
	theirs = fds[1];
	if (fcntl(ours, F_SETFD, FD_CLOEXEC) < 0 ||
		start_orphan(s, card, f, primary, theirs) != 0)
		return 125;
	(void)close(take_fd(&theirs));
	if (TEMP_FAILURE_RETRY(read(ours, &byte, 1)) != 1)
		return f->detach ? tell_log(s, card) : wait_for(s, card);
	if (!f->detach)
		return wait_for(s, card);
	(void)dprintf(STDOUT_FILENO, "%s\n", card->name);
	return 0;
}

static int
pull_once(const struct action *s, const char *image)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	autoproc child = { 0 };
	struct proc_end end = { 0 };

	strv_add(&words, "pull");
	strv_add(&words, image);
	if (proc_fork(&child, NULL) == 0)
		_exit(action_become_slipway(s, &words));
	if (proc_wait(&child, -1, &end, NULL) < 0)
		return 125;
	return proc_end_status(&end);
}

/* `pull`, with attempts of its own. */
static int
pull(const struct action *s, const char *image)
{
	uint64_t attempt;
	int status = 0;

	for (attempt = 0; attempt <= s->step->download_retries; attempt++) {
		if (attempt)
			(void)poll(NULL, 0,
				(int)s->step->download_retry_delay_ms);
		status = pull_once(s, image);
		if (status == 0)
			break;
	}
	return status;
}

int
action_run_container(const struct action *s, struct flags *f, bool primary)
{
	cleanup_value(card_release) struct identity_card card = { 0 };
	autoerror err = { 0 };
	int status = 0;

	if (primary && s->step->pull)
		status = pull(s, f->words.items[0]);
	if (status)
		return status;
	if (s->context->crew && make_card(s, f, primary, &card, &err) < 0)
		return action_complain(&err);
	if (card.record && (f->detach || (primary && s->step->keep)))
		return run_apart(s, &card, f, primary);
	if (s->notify_fd)
		strv_addf(&f->forward, "--notify-fd=%d", s->notify_fd);
	return become_container(s, &card, f, primary);
}
