/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/hub.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/netlink.h"
#include "sandbox/network.h"
#include "sandbox/report.h"
#include "util/mem.h"
#include "util/pass.h"
#include "util/proc.h"

/* 10.209.0.0/16, private (RFC 1918), and a unique local prefix (RFC 4193). */
#define NET_4 0x0ad10000u
#define PREFIX_4 16
#define NET_6 "fdc5:16a1:d5::"
#define PREFIX_6 64
/* The first address is the bridge's own. */
#define BRIDGE "br0"
/* What a member finds inside. */
#define INSIDE "eth0"

struct hub {
	struct proc keeper;
	int fd;	/* to it */
};

enum wish { WISH_NETWORK, WISH_MEMBER };

struct request {
	enum wish wish;
	unsigned network, member;
	bool ipv6;
};

/* In the keeper: the namespaces of the bridges, each with a socket of its
 * own. */
struct keeper {
	int networks[HUB_NETWORKS_MAX];
	int sockets[HUB_NETWORKS_MAX];
	unsigned ports;		/* made so far: their names */
};

static struct in_addr
address_of(unsigned member)
{
	return (struct in_addr){ htonl(NET_4 + member) };
}

void
hub_address(unsigned member, char ret[16])
{
	struct in_addr a = address_of(member + 2);

	(void)inet_ntop(AF_INET, &a, ret, 16);
}

void
hub_address_6(unsigned member, char ret[46])
{
	(void)snprintf(ret, 46, NET_6 "%x", member + 2);
}

static int
own_namespace(int *ret_fd, struct error *err)
{
	*ret_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return *ret_fd < 0 ? error_errno(err, "cannot open a network namespace")
			   : 0;
}

/* Afterwards we are in it. */
static int
new_namespace(int *ret_fd, int *ret_socket, struct error *err)
{
	int r;

	if (unshare(CLONE_NEWNET) < 0) {
		(void)error_errno(err, "cannot make a network namespace");
		return error_kind(err, ERROR_HOST);
	}
	r = network_raise_loopback(err);
	if (r == 0)
		r = own_namespace(ret_fd, err);
	return r < 0 ? r : netlink_open(ret_socket, err);
}

static int
make_network(struct keeper *k, unsigned network, struct error *err)
{
	int r = 0;

	if (network >= HUB_NETWORKS_MAX)
		return error_set(err, E2BIG, "more than %d networks",
			HUB_NETWORKS_MAX);
	if (k->networks[network] >= 0)
		return 0;
	r = new_namespace(&k->networks[network], &k->sockets[network], err);
	if (r == 0)
		r = netlink_add_bridge(k->sockets[network], BRIDGE, err);
	if (r == 0)
		r = netlink_raise(k->sockets[network], BRIDGE, NULL, err);
	if (r == 0) {
		/* For relays: none of the members. */
		struct in_addr own = address_of(1);

		r = netlink_add_address(k->sockets[network], BRIDGE, &own,
			PREFIX_4, err);
	}
	return r;
}

static int
set_up_member(int fd, const struct request *q, struct error *err)
{
	struct in_addr address = address_of(q->member);
	char text[46];
	struct in6_addr address_6;
	int r;

	r = netlink_raise(fd, INSIDE, NULL, err);
	if (r == 0)
		r = netlink_add_address(fd, INSIDE, &address, PREFIX_4, err);
	if (r < 0 || !q->ipv6)
		return r;
	hub_address_6(q->member - 2, text);
	(void)inet_pton(AF_INET6, text, &address_6);
	return netlink_add_address_6(fd, INSIDE, &address_6, PREFIX_6, err);
}

static int
make_member(struct keeper *k, const struct request *q, int *ret_ns,
	struct error *err)
{
	autofree char *port = mem_printf("port%u", k->ports++);
	autoclose int netlink = -1;
	autoclose int ns = -1;
	int r;

	r = make_network(k, q->network, err);
	if (r == 0)
		r = new_namespace(&ns, &netlink, err);
	if (r == 0)
		r = netlink_add_veth(
			k->sockets[q->network], port, INSIDE, ns, err);
	if (r == 0)
		r = netlink_raise(k->sockets[q->network], port, BRIDGE, err);
	if (r == 0)
		r = set_up_member(netlink, q, err);
	if (r == 0)
		*ret_ns = take_fd(&ns);
	return r;
}

static int
grant(struct keeper *k, const struct request *q, int *ret_ns,
	struct error *err)
{
	int r;

	if (q->wish == WISH_MEMBER)
		return make_member(k, q, ret_ns, err);
	r = make_network(k, q->network, err);
	if (r < 0)
		return r;
	*ret_ns = fcntl(k->networks[q->network], F_DUPFD_CLOEXEC, 3);
	return *ret_ns < 0 ? error_errno(err, "cannot pass a namespace") : 0;
}

/* A descriptor or, without one, why not. */
static void
answer(int to, int ns_fd, const struct error *problem)
{
	if (pass_send(to, "", 1, ns_fd, NULL) == 0 && ns_fd < 0)
		report_send(to, problem);
}

/* Each request brings the socket for its answer: those who ask do not wait for
 * each other. */
static _Noreturn void
keep(int fd)
{
	struct keeper k;
	size_t i;

	memset(&k, 0, sizeof(k));
	for (i = 0; i < HUB_NETWORKS_MAX; i++)
		k.networks[i] = k.sockets[i] = -1;
	for (;;) {
		struct request q = { 0 };
		autoerror problem = { 0 };
		autoclose int to = -1;
		autoclose int ns = -1;

		if (pass_receive(fd, &q, sizeof(q), &to, NULL) <= 0)
			_exit(0);
		if (grant(&k, &q, &ns, &problem) < 0)
			(void)error_kind(&problem, ERROR_HOST);
		answer(to, ns, &problem);
	}
}

static _Noreturn void
be_keeper(enum identity identity, int fd)
{
	struct userns userns;
	autoerror problem = { 0 };
	autoclose int ns = -1;

	if (userns_enter(identity, &userns, &problem) < 0) {
		answer(fd, -1, &problem);
		_exit(1);
	}
	if (own_namespace(&ns, &problem) == 0)
		answer(fd, ns, NULL);
	keep(fd);
}

/* What answer() sent. */
static int
read_answer(int from, int *ret_fd, struct error *err)
{
	char byte;
	int r;

	r = pass_receive(from, &byte, 1, ret_fd, err);
	if (r > 0 && *ret_fd >= 0)
		return 0;
	if (r > 0)
		r = report_receive(from, err);
	return r < 0 ? r : error_set(err, EPIPE, "nobody keeps the networks");
}

int
hub_open(enum identity identity, struct hub **ret, struct error *err)
{
	cleanup(hub_free) struct hub *h = mem_zalloc(sizeof(*h));
	autoclose int theirs = -1;
	autoclose int ns = -1;
	int fds[2], r;

	h->fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return error_errno(err, "cannot make a socket");
	h->fd = fds[0];
	theirs = fds[1];
	r = proc_fork(&h->keeper, err);
	if (r == 0) {
		(void)close(fds[0]);
		be_keeper(identity, theirs);
	}
	if (r > 0) {
		(void)close(take_fd(&theirs));
		r = read_answer(h->fd, &ns, err);
	}
	if (r < 0)
		return error_wrap(err, "private networks");
	*ret = take_ptr(&h);
	return 0;
}

struct hub *
hub_free(struct hub *h)
{
	if (!h)
		return NULL;
	scope_close(&h->fd);
	proc_release(&h->keeper);
	free(h);
	return NULL;
}

static int
ask(struct hub *h, const struct request *q, int *ret_fd, struct error *err)
{
	autoclose int ours = -1;
	autoclose int theirs = -1;
	int fds[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return error_errno(err, "cannot make a socket");
	ours = fds[0];
	theirs = fds[1];
	r = pass_send(h->fd, q, sizeof(*q), theirs, err);
	(void)close(take_fd(&theirs));
	if (r == 0)
		r = read_answer(ours, ret_fd, err);
	return r < 0 ? error_wrap(err, "private network") : 0;
}

int
hub_join(struct hub *h, unsigned network, unsigned member, bool ipv6,
	int *ret_ns_fd, struct error *err)
{
	const struct request q = { WISH_MEMBER, network, member + 2, ipv6 };

	if (member >= HUB_MEMBERS_MAX)
		return error_set(err, E2BIG, "more than %d members",
			HUB_MEMBERS_MAX);
	return ask(h, &q, ret_ns_fd, err);
}

int
hub_network(struct hub *h, unsigned network, int *ret_ns_fd,
	struct error *err)
{
	const struct request q = { .wish = WISH_NETWORK, .network = network };

	return ask(h, &q, ret_ns_fd, err);
}
