/* SPDX-License-Identifier: Apache-2.0 */
/* launch: run a spec; wait for it, kill all of it. */
#ifndef SANDBOX_LAUNCH_H
#define SANDBOX_LAUNCH_H

#include "sandbox/spec.h"
#include "util/error.h"
#include "util/proc.h"

struct sandbox;

/*
 * Start it: new mount, pid, ipc, uts, cgroup (and for NETWORK_NONE net)
 * namespaces; overlay root by pivot_root; own /proc, /dev, read-only /sys,
 * masked paths; capability set; seccomp; an init that reaps. Needs
 * userns_enter(). What goes wrong before the program runs is reported here or,
 * for exec itself, by the status: 127 not found, 126 not executable.
 * When the caller dies, all of it dies.
 */
int sandbox_launch(const struct sandbox_spec *spec, struct sandbox **ret,
	struct error *err);
/* Of its pid 1, as we see it. */
pid_t sandbox_pid(const struct sandbox *s);
/* Readable when it has ended; for poll. */
int sandbox_fd(const struct sandbox *s);
/* As proc_wait: -ETIMEDOUT leaves it running. What could not be set up inside
 * is -ENOTSUP or the errno it was, with the story. */
int sandbox_wait(struct sandbox *s, int timeout_ms, struct proc_end *ret,
	struct error *err);
/* Was one of its programs killed because it used up the memory it may? Only a
 * cgroup tells; after its end. */
bool sandbox_ran_out(const struct sandbox *s);
/* Send a signal to the program (not to init). */
void sandbox_signal(struct sandbox *s, int signal);
/* SIGKILL for every process in it. */
void sandbox_kill(struct sandbox *s);
/* Kills and reaps if it still runs. */
struct sandbox *sandbox_free(struct sandbox *s);

DEFINE_CLEANUP(struct sandbox *, sandbox_free);

#endif
