/* SPDX-License-Identifier: Apache-2.0 */
/* proc: child processes that are always waited for. */
#ifndef UTIL_PROC_H
#define UTIL_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/strv.h"

/*
 * A running child. All-zero is "none". proc_release() kills what is still
 * running (SIGKILL to its process group when it leads one) and reaps it.
 * After proc_wait() has told its end it is "none" again.
 */
struct proc {
	pid_t pid;
	int pid_fd;	/* readable at its end; -1 where there is no pidfd */
	bool leads_group;
};

/* What a child gets. Descriptors of -1 mean /dev/null. All others close. */
struct proc_spec {
	const char *program;		/* path, or a name looked up in PATH */
	const struct strv *argv;
	const struct strv *env;		/* NULL: inherit */
	const char *cwd;		/* NULL: inherit */
	const int *cwd_fd;		/* a directory; wins over cwd */
	int in_fd, out_fd, error_fd;
	const int *pass_fds;		/* become 3, 4, ... */
	unsigned pass_count;
	bool own_group;			/* setpgid: proc_kill takes all */
	bool die_with_parent;		/* PR_SET_PDEATHSIG SIGKILL */
};

/* How it ended: exit status 0..255, or the signal. */
struct proc_end {
	int status;
	int signal;
};

/* Start it; failure to exec is reported here, with -ENOENT or -EACCES. The
 * program starts with no signal blocked and SIGPIPE at its default. At most 16
 * `pass_fds` (-EINVAL). */
int proc_start(const struct proc_spec *spec, struct proc *ret,
	struct error *err);

/* The file that proc_start() would run for `name`; yours. 0, -ENOENT or
 * -EACCES. */
int proc_find(const char *name, char **ret);

/* fork(2) for work of our own in a child: returns 0 in the child (which must
 * end by _exit()), 1 in the parent. The child dies with its parent. */
int proc_fork(struct proc *ret, struct error *err);

/* Wait; `timeout_ms` < 0 is for ever. -ETIMEDOUT leaves it running. */
int proc_wait(struct proc *p, int timeout_ms, struct proc_end *ret,
	struct error *err);
void proc_kill(struct proc *p, int signal);
void proc_release(struct proc *p);

/* 0..255, or 128 + signal. */
int proc_end_status(const struct proc_end *end);

/* Run to its end with `input` on stdin (NULL: spec->in_fd); collect stdout (at
 * most out->max, which the caller sets by buf_init, else -EFBIG) and, if not
 * NULL, stderr (NULL: spec->error_fd). Kills it after `timeout_ms`
 * (-ETIMEDOUT). A non-zero end is not an error. SIGPIPE must be ignored, as
 * main() does. */
int proc_capture(const struct proc_spec *spec, const struct buf *input,
	struct buf *out, struct buf *errors, int timeout_ms,
	struct proc_end *ret, struct error *err);

/*
 * Interruption: after proc_catch_interrupts(), SIGINT, SIGTERM and SIGHUP are
 * blocked and readable from the returned descriptor (a signalfd, for poll).
 * proc_interrupted() is the signal number read so far, or 0; it polls.
 */
int proc_catch_interrupts(struct error *err);
int proc_interrupted(void);
/* How many so far. */
unsigned proc_interrupt_count(void);
/* -ECANCELED with "interrupted" if so, else 0. */
int proc_check_interrupt(struct error *err);

#define autoproc __attribute__((__cleanup__(proc_release))) struct proc

#endif
