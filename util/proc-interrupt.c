/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "util/proc.h"

/* Signals belong to the process, and so does what is known of them. */
static int signal_fd = -1;
static int seen;
static unsigned count;

int
proc_catch_interrupts(struct error *err)
{
	sigset_t set;

	if (signal_fd >= 0)
		return signal_fd;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_errno(err, "cannot block signals");
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signal_fd < 0)
		return error_errno(err, "cannot wait for signals");
	return signal_fd;
}

int
proc_interrupted(void)
{
	struct signalfd_siginfo info;

	if (signal_fd < 0)
		return seen;
	if (read(signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		seen = (int)info.ssi_signo;
		count++;
	}
	return seen;
}

unsigned
proc_interrupt_count(void)
{
	(void)proc_interrupted();
	return count;
}

int
proc_check_interrupt(struct error *err)
{
	int signal = proc_interrupted();

	if (!signal)
		return 0;
	error_set(err, ECANCELED, "interrupted");
	if (err)
		err->status = 128 + signal;
	return -ECANCELED;
}
