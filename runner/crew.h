/* SPDX-License-Identifier: Apache-2.0 */
/* crew: the containers of a run, each a directory that tells how it is. */
#ifndef RUNNER_CREW_H
#define RUNNER_CREW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

/*
 * RUN/crew/NAME/ has "lock", held while the program runs, "life", held as
 * long as `slipway run` is there; "pid", the numbers of
 * `slipway run`, of the sandbox's init and of the former's descriptor of its
 * root; "status", once it has ended;
 * "image"; "address", when it has one. What it says is in RUN/logs/NAME.
 */
struct crew;

/* Makes RUN/crew. From now on, orphans are children of ours: containers that
 * outlive who started them die with us. */
int crew_open(int run_fd, const char *run_path, struct crew **ret,
	struct error *err);
/* What still runs is stopped: SIGTERM and, after `patience_ms`, SIGKILL. */
struct crew *crew_free(struct crew *c, int patience_ms);

/* Docker's names: letters, digits, "_", "." and "-". */
bool crew_is_name(const char *name);
/* The name of a step's container: its id, with "-" for what a name cannot have;
 * yours. */
char *crew_name_of(const char *id);
/* A new one; the path of its directory is yours. A name whose container has
 * ended and is not kept may be had again; else -EEXIST, ERROR_REQUEST. */
int crew_enlist(struct crew *c, const char *name, const char *image,
	char **ret_path, struct error *err);
/* What the container of that name says, from now on: for appending, or for
 * reading. */
int crew_open_log(struct crew *c, const char *name, int flags, int *ret_fd,
	struct error *err);
/* A number that no other container of this run has, from 0. */
int crew_number(struct crew *c, unsigned *ret, struct error *err);

/* One of them, as it is now. */
struct crew_member {
	int dir_fd;
	pid_t keeper;	/* `slipway run`; 0 when it has ended, too */
	pid_t init;	/* of the sandbox */
	int root_fd;	/* of the keeper: /proc/KEEPER/fd/N */
	bool running;	/* the program */
	int status;	/* of the program that has ended */
	char *image;
};

void crew_member_release(struct crew_member *m);
/* -ENOENT, ERROR_REQUEST, when there is none of that name. */
int crew_find(struct crew *c, const char *name, struct crew_member *ret,
	struct error *err);
/* Their names, sorted. */
int crew_names(struct crew *c, struct strv *ret, struct error *err);
/* Until the program has ended; then the status. -ETIMEDOUT. */
int crew_wait(const struct crew_member *m, int timeout_ms, int *ret_status,
	struct error *err);
/* Kill what is left, and forget it. */
int crew_remove(struct crew *c, const char *name, struct error *err);
/* Names and addresses as "name:address" for /etc/hosts. */
void crew_hosts(struct crew *c, struct strv *ret);
/* Note the address of the container whose directory `path` is. */
int crew_set_address(const char *path, const char *address,
	struct error *err);

/*
 * The other side, in `slipway run`: the lock is held from crew_sign_on() to
 * crew_report_end(), or to our death; one more that is never given back, to our
 * death.
 */
int crew_sign_on(const char *path, int *ret_dir_fd, int *ret_lock_fd,
	struct error *err);
int crew_report_start(int dir_fd, pid_t init, int root_fd, struct error *err);
int crew_report_end(int dir_fd, int lock_fd, int status, struct error *err);

#endif
