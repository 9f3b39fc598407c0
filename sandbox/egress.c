/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/egress.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/caps.h"
#include "sandbox/network.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/scope.h"
#include "util/strv.h"

#define TUN "/dev/net/tun"
#define READY_TIMEOUT_MS 10000

/* "%net" is the path of the namespace, "%ready" that of a pipe to write to.
 * Nobody outside gets in, nobody inside reaches the host's loopback. */
static const struct helper {
	const char *name;
	const char *name_server;
	const char *arguments;
} helpers[] = {
	{ "slirp4netns", "10.0.2.3",
		"-c -m 65520 --disable-host-loopback --enable-sandbox "
		"--enable-seccomp -r 3 --netns-type=path %net tap0" },
	{ "pasta", "169.254.1.1",
		"-f -q --config-net --netns-only -t none -u none -T none "
		"-U none --no-map-gw --dns-forward 169.254.1.1 -P %ready "
		"--netns %net" },
};

struct egress {
	const struct helper *kind;
	struct proc holder;	/* a child of ours in the namespace */
	int socket_fd;		/* as long as it is open, it holds */
	struct proc helper;
	int net_fd;
	int ready_fd;		/* readable when it works */
};

static int
refuse(struct error *err, const char *why, const char *remedy)
{
	(void)error_set(err, ENOTSUP, "no private network: %s", why);
	(void)error_hint(err, "%s", remedy);
	return error_kind(err, ERROR_HOST);
}

/* Enter the namespace, or make one. */
static int
enter(int net_fd)
{
	if (net_fd >= 0)
		return setns(net_fd, CLONE_NEWNET);
	if (unshare(CLONE_NEWNET) < 0)
		return -1;
	return network_raise_loopback(NULL);
}

/*
 * The life of a child in the namespace: helpers find it and the pipe below its
 * /proc. They may look there, although they have given up their rights, as it
 * has none either.
 */
static _Noreturn void
hold(int net_fd, int socket_fd)
{
	char byte = 0;

	if (enter(net_fd) < 0 || caps_set(0, NULL) < 0)
		_exit(1);
	(void)!write(socket_fd, &byte, 1);
	(void)TEMP_FAILURE_RETRY(read(socket_fd, &byte, 1));
	_exit(0);
}

static int
start_holder(struct egress *e, int net_fd, struct error *err)
{
	autofree char *path = NULL;
	autoclose int its = -1;
	int fds[2], r;
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return error_errno(err, "cannot make a socket");
	e->socket_fd = fds[0];
	its = fds[1];
	r = proc_fork(&e->holder, err);
	if (r < 0)
		return r;
	if (r == 0) {
		(void)close(e->socket_fd);
		hold(net_fd, its);
	}
	(void)close(take_fd(&its));
	if (TEMP_FAILURE_RETRY(read(e->socket_fd, &byte, 1)) != 1)
		return refuse(err, "the host refuses network namespaces",
			"see slipway doctor");
	path = mem_printf("/proc/%d/ns/net", e->holder.pid);
	e->net_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (e->net_fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	return 0;
}

/* Its words with ours in their places. */
static void
fill_arguments(const struct egress *e, int ready_fd, struct strv *ret)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	size_t i;

	strv_add(ret, e->kind->name);
	strv_split(&words, e->kind->arguments, ' ');
	for (i = 0; i < words.count; i++) {
		if (strcmp(words.items[i], "%net") == 0)
			strv_addf(ret, "/proc/%d/ns/net", e->holder.pid);
		else if (strcmp(words.items[i], "%ready") == 0)
			strv_addf(ret, "/proc/%d/fd/%d", e->holder.pid,
				ready_fd);
		else
			strv_add(ret, words.items[i]);
	}
}

static int
start_helper(struct egress *e, const char *program, int ready_fd,
	struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	const struct proc_spec spec = {
		.program = program, .argv = &argv, .in_fd = -1, .out_fd = -1,
		.error_fd = -1, .pass_fds = &ready_fd, .pass_count = 1,
		.die_with_parent = true,
	};

	fill_arguments(e, ready_fd, &argv);
	return proc_start(&spec, &e->helper, err);
}

static int
find_helper(const struct helper **ret, char **ret_program, struct error *err)
{
	autoclose int tun = open(TUN, O_RDWR | O_CLOEXEC);
	size_t i;

	if (tun < 0 && errno == ENOENT)
		return refuse(err, TUN " is missing",
			"as root: modprobe tun; in a container: --device "
			TUN);
	if (tun < 0)
		return refuse(err, TUN " is not for us",
			"as root: chmod 666 " TUN);
	for (i = 0; i < ARRAY_SIZE(helpers); i++) {
		*ret = &helpers[i];
		if (proc_find(helpers[i].name, ret_program) == 0)
			return 0;
	}
	return refuse(err, "neither slirp4netns nor pasta is installed",
		"install package slirp4netns or passt");
}

int
egress_check(struct error *err)
{
	const struct helper *kind;
	autofree char *program = NULL;

	return find_helper(&kind, &program, err);
}

static int
start(struct egress *e, const char *program, int net_fd, struct error *err)
{
	autoclose int ready = -1;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	e->ready_fd = fds[0];
	ready = fds[1];
	r = start_holder(e, net_fd, err);
	return r < 0 ? r : start_helper(e, program, ready, err);
}

int
egress_attach(int net_fd, struct egress **ret, struct error *err)
{
	cleanup(egress_free) struct egress *e = mem_zalloc(sizeof(*e));
	autofree char *program = NULL;
	int r;

	e->helper.pid_fd = e->holder.pid_fd = -1;
	e->net_fd = e->ready_fd = e->socket_fd = -1;
	r = find_helper(&e->kind, &program, err);
	if (r == 0)
		r = start(e, program, net_fd, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&e);
	return 0;
}

int
egress_open(struct egress **ret, struct error *err)
{
	return egress_attach(-1, ret, err);
}

int
egress_wait(const struct egress *e, struct error *err)
{
	struct pollfd fds[] = {
		{ .fd = e->ready_fd, .events = POLLIN },
		{ .fd = e->helper.pid_fd, .events = POLLIN },
	};
	int n;

	/* What can be read stays there for others who wait. */
	n = TEMP_FAILURE_RETRY(poll(fds, ARRAY_SIZE(fds), READY_TIMEOUT_MS));
	if (n > 0 && fds[0].revents & POLLIN && !fds[1].revents)
		return 0;
	(void)error_set(err, ENOTSUP, "no private network: %s %s",
		e->kind->name, n > 0 ? "gave up" : "does not answer");
	(void)error_hint(err, "run it by hand to see why; --network host "
		"needs none");
	return error_kind(err, ERROR_HOST);
}

int
egress_choose(enum network_mode want, enum network_mode *ret_mode,
	struct egress **ret, struct error *err)
{
	autoerror problem = { 0 };
	int r = 0;

	*ret = NULL;
	*ret_mode = want;
	if (want == NETWORK_PRIVATE || want == NETWORK_DEFAULT)
		r = egress_open(ret, &problem);
	/* Whether to do without is known only when it works. */
	if (r == 0 && want == NETWORK_DEFAULT)
		r = egress_wait(*ret, &problem);
	if (r < 0)
		*ret = egress_free(*ret);
	if (r < 0 && want == NETWORK_PRIVATE)
		return error_move(err, &problem);
	if (want == NETWORK_DEFAULT)
		*ret_mode = r < 0 ? NETWORK_HOST : NETWORK_PRIVATE;
	if (r < 0)
		log_warning_once("network", "%s: programs see the network of "
			"the host; --network host says nothing",
			problem.text);
	return 0;
}

int
egress_fd(const struct egress *e)
{
	return e->net_fd;
}

const char *
egress_name_server(const struct egress *e)
{
	return e->kind->name_server;
}

const char *
egress_helper(const struct egress *e)
{
	return e->kind->name;
}

struct egress *
egress_free(struct egress *e)
{
	if (!e)
		return NULL;
	proc_release(&e->helper);
	proc_release(&e->holder);
	scope_close(&e->net_fd);
	scope_close(&e->ready_fd);
	scope_close(&e->socket_fd);
	free(e);
	return NULL;
}
