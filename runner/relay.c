/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/userns.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/proc.h"
#include "util/scope.h"
#include "util/strv.h"

#define CONNECTIONS_MAX 256
#define CHUNK 16384

/* What one socket said and the other has not got yet. */
struct flow {
	char data[CHUNK];
	size_t at, len;
	bool done;	/* nothing more comes */
};

/* Two sockets; flow[n] is from fd[n] to the other. Neither side waits for the
 * other's reading: it might wait for ours. */
struct pair {
	int fd[2];
	struct flow flow[2];
};

static int
refuse(const char *text, const char *why, struct error *err)
{
	(void)error_set(err, EINVAL, "port '%s': %s", text, why);
	(void)error_hint(err, "use [[ADDRESS:]PORT:]CONTAINER_PORT");
	return error_kind(err, ERROR_REQUEST);
}

static int
parse_number(const char *text, uint16_t *ret)
{
	uint64_t number;

	if (num_parse(text, 65535, &number, NULL) < 0)
		return -EINVAL;
	*ret = (uint16_t)number;
	return 0;
}

int
relay_parse(const char *text, struct relay_port *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv parts = { 0 };
	autofree char *plain = mem_strndup(text, strcspn(text, "/"));
	struct relay_port port = {
		.address = { htonl(INADDR_LOOPBACK) }
	};
	size_t n;

	if (text[strlen(plain)] && strcmp(text + strlen(plain), "/tcp") != 0)
		return refuse(text, "only tcp is relayed", err);
	strv_split(&parts, plain, ':');
	n = parts.count;
	if (n > 3 || parse_number(parts.items[n - 1], &port.port) < 0 ||
		port.port == 0)
		return refuse(text, "no port of a container", err);
	if (n > 1 && *parts.items[n - 2] &&
		parse_number(parts.items[n - 2], &port.host_port) < 0)
		return refuse(text, "no port of this host", err);
	if (n > 2 && inet_pton(AF_INET, parts.items[0], &port.address) != 1)
		return refuse(text, "no address of this host", err);
	*ret = port;
	return 0;
}

static int
listen_here(const struct relay_port *port, int *ret_fd, uint16_t *ret_port,
	struct error *err)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr = port->address,
		.sin_port = htons(port->host_port) };
	socklen_t len = sizeof(a);
	autoclose int fd = socket(AF_INET,
		SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int on = 1;

	if (fd >= 0)
		(void)setsockopt(
			fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		listen(fd, SOMAXCONN) < 0 ||
		getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return error_errno(err, "cannot listen at port %u of this host",
			port->host_port);
	*ret_port = ntohs(a.sin_port);
	*ret_fd = take_fd(&fd);
	return 0;
}

static void
end_pair(struct pair *p)
{
	(void)close(p->fd[0]);
	(void)close(p->fd[1]);
	p->fd[0] = p->fd[1] = -1;
}

static void
accept_one(int listener, const struct sockaddr_in *to, struct pair *p)
{
	p->fd[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	p->fd[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	p->flow[0] = p->flow[1] = (struct flow){ .done = false };
	/* On a bridge of our own the answer comes at once. */
	if (p->fd[0] < 0 || p->fd[1] < 0 ||
		connect(p->fd[1], (const struct sockaddr *)to, sizeof(*to)) < 0)
		end_pair(p);
}

static void
take(struct pair *p, int n)
{
	struct flow *f = &p->flow[n];
	ssize_t len = recv(p->fd[n], f->data, sizeof(f->data), MSG_DONTWAIT);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	f->at = 0;
	f->len = len > 0 ? (size_t)len : 0;
	if (len > 0)
		return;
	/* The end of one direction is passed on, too. */
	f->done = true;
	(void)shutdown(p->fd[!n], SHUT_WR);
	if (len < 0 || p->flow[!n].done)
		end_pair(p);
}

static void
give(struct pair *p, int n)
{
	struct flow *f = &p->flow[n];
	ssize_t len = send(p->fd[!n], f->data + f->at, f->len - f->at,
		MSG_DONTWAIT | MSG_NOSIGNAL);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len < 0)
		end_pair(p);
	else
		f->at += (size_t)len;
}

static bool
is_full(const struct flow *f)
{
	return f->at < f->len;
}

static struct pollfd
wish_of(const struct pair *p, int n)
{
	bool in = !p->flow[n].done && !is_full(&p->flow[n]);
	short events = (short)((in ? POLLIN : 0) |
		(is_full(&p->flow[!n]) ? POLLOUT : 0));

	return (struct pollfd){ events ? p->fd[n] : -1, events, 0 };
}

static void
serve_one(struct pair *p, int n, short revents)
{
	if (p->fd[0] >= 0 && revents & (POLLOUT | POLLERR) &&
		is_full(&p->flow[!n]))
		give(p, !n);
	if (p->fd[0] >= 0 && revents & (POLLIN | POLLHUP | POLLERR) &&
		!p->flow[n].done && !is_full(&p->flow[n]))
		take(p, n);
}

static _Noreturn void
serve(int listener, const struct sockaddr_in *to)
{
	struct pair *pairs = mem_array(CONNECTIONS_MAX, sizeof(*pairs));
	struct pollfd fds[2 * CONNECTIONS_MAX + 1];
	size_t i, vacant;

	for (i = 0; i < CONNECTIONS_MAX; i++)
		pairs[i].fd[0] = pairs[i].fd[1] = -1;
	for (;;) {
		vacant = CONNECTIONS_MAX;
		for (i = 0; i < 2 * CONNECTIONS_MAX; i++) {
			if (pairs[i / 2].fd[0] < 0)
				vacant = i / 2;
			fds[i] = wish_of(&pairs[i / 2], (int)(i % 2));
		}
		fds[i] = (struct pollfd){
			vacant < CONNECTIONS_MAX ? listener : -1, POLLIN, 0
		};
		if (poll(fds, 2 * CONNECTIONS_MAX + 1, -1) < 0)
			continue;
		for (i = 0; i < 2 * CONNECTIONS_MAX; i++)
			if (fds[i].revents)
				serve_one(&pairs[i / 2], (int)(i % 2),
					fds[i].revents);
		if (fds[i].revents)
			accept_one(listener, to, &pairs[vacant]);
	}
}

/* Nothing of ours stays open but the listener. */
static void
let_go(int *listener, int *net_ns_fd)
{
	sigset_t none;
	int fd;

	*net_ns_fd = fcntl(*net_ns_fd, F_DUPFD_CLOEXEC, 5);
	*listener = fcntl(*listener, F_DUPFD_CLOEXEC, 5);
	if (dup2(*net_ns_fd, 3) < 0 || dup2(*listener, 4) < 0)
		_exit(1);
	*net_ns_fd = 3;
	*listener = 4;
	(void)syscall(SYS_close_range, 5, ~0U, 0);
	for (fd = 0; fd < 3; fd++)
		(void)dup2(open("/dev/null", O_RDWR | O_CLOEXEC), fd);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setpgid(0, 0);
}

int
relay_start(const struct relay_port *port, int net_ns_fd, const char *address,
	uint16_t *ret_port, struct error *err)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port->port) };
	autoclose int listener = -1;
	struct proc child = { 0 };
	struct userns userns;
	int r;

	r = listen_here(port, &listener, ret_port, err);
	if (r < 0)
		return r;
	(void)inet_pton(AF_INET, address, &to.sin_addr);
	r = proc_fork(&child, err);
	if (r == 0) {
		let_go(&listener, &net_ns_fd);
		if (userns_join(net_ns_fd, &userns, NULL) < 0 ||
			userns_join_network(net_ns_fd, NULL) < 0)
			_exit(1);
		serve(listener, &to);
	}
	/* It is left alone until we end: nobody waits for it. */
	return r < 0 ? r : 0;
}
