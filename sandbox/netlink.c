/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/netlink.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/mem.h"

#define MESSAGE_MAX 1024

/* A request in the making: header, fixed part, attributes. */
struct message {
	union {
		struct nlmsghdr header;
		char bytes[MESSAGE_MAX];
	};
};

static void *
begin(struct message *m, uint16_t type, uint16_t flags, size_t fixed)
{
	memset(m, 0, sizeof(*m));
	m->header.nlmsg_type = type;
	m->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	m->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(fixed);
	return NLMSG_DATA(&m->header);
}

/* Ours are of names and addresses: they fit. */
static struct rtattr *
add(struct message *m, uint16_t type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(m->header.nlmsg_len);
	struct rtattr *a = (struct rtattr *)(void *)(m->bytes + at);

	a->rta_type = type;
	a->rta_len = (uint16_t)RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	m->header.nlmsg_len = (uint32_t)(at + RTA_ALIGN(a->rta_len));
	return a;
}

static void
add_text(struct message *m, uint16_t type, const char *text)
{
	(void)add(m, type, text, strlen(text) + 1);
}

/* An attribute that holds what was added since. */
static void
end(struct message *m, struct rtattr *a)
{
	char *here = m->bytes + NLMSG_ALIGN(m->header.nlmsg_len);

	a->rta_len = (uint16_t)(here - (char *)a);
}

int
netlink_open(int *ret_fd, struct error *err)
{
	*ret_fd = socket(
		AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	return *ret_fd < 0 ? error_errno(err, "cannot open a netlink socket")
			   : 0;
}

/* The kernel answers each request with one message about it. */
static int
call(int fd, struct message *m, const char *what, struct error *err)
{
	struct message answer;
	const struct nlmsgerr *told = NLMSG_DATA(&answer.header);

	if (send(fd, m, m->header.nlmsg_len, 0) < 0 ||
		recv(fd, &answer, sizeof(answer), 0) < 0)
		return error_errno(err, "cannot %s", what);
	if (answer.header.nlmsg_type != NLMSG_ERROR || told->error == 0)
		return 0;
	errno = -told->error;
	return error_errno(err, "cannot %s", what);
}

/* The number of an interface, asked of the socket's own namespace: we may have
 * left it since. */
static int
index_of(int fd, const char *name, int *ret, struct error *err)
{
	struct message m;
	const struct nlmsgerr *told = NLMSG_DATA(&m.header);
	const struct ifinfomsg *found = NLMSG_DATA(&m.header);

	begin(&m, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	m.header.nlmsg_flags = NLM_F_REQUEST;
	add_text(&m, IFLA_IFNAME, name);
	if (send(fd, &m, m.header.nlmsg_len, 0) < 0 ||
		recv(fd, &m, sizeof(m), 0) < 0)
		return error_errno(err, "cannot look for '%s'", name);
	if (m.header.nlmsg_type == NLMSG_ERROR) {
		errno = -told->error;
		return error_errno(err, "interface '%s'", name);
	}
	*ret = found->ifi_index;
	return 0;
}

int
netlink_add_bridge(int fd, const char *name, struct error *err)
{
	struct message m;
	struct rtattr *info;

	begin(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
		sizeof(struct ifinfomsg));
	add_text(&m, IFLA_IFNAME, name);
	info = add(&m, IFLA_LINKINFO, NULL, 0);
	add_text(&m, IFLA_INFO_KIND, "bridge");
	end(&m, info);
	return call(fd, &m, "make a bridge", err);
}

int
netlink_add_veth(int fd, const char *name, const char *peer, int peer_ns_fd,
	struct error *err)
{
	const struct ifinfomsg none = { 0 };
	struct rtattr *info, *data, *other;
	struct message m;

	begin(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
		sizeof(struct ifinfomsg));
	add_text(&m, IFLA_IFNAME, name);
	info = add(&m, IFLA_LINKINFO, NULL, 0);
	add_text(&m, IFLA_INFO_KIND, "veth");
	data = add(&m, IFLA_INFO_DATA, NULL, 0);
	other = add(&m, VETH_INFO_PEER, &none, sizeof(none));
	add_text(&m, IFLA_IFNAME, peer);
	add(&m, IFLA_NET_NS_FD, &peer_ns_fd, sizeof(peer_ns_fd));
	end(&m, other);
	end(&m, data);
	end(&m, info);
	return call(fd, &m, "make a pair of interfaces", err);
}

int
netlink_raise(int fd, const char *name, const char *bridge, struct error *err)
{
	struct message m;
	struct ifinfomsg *link;
	int index, master = 0;
	int r;

	r = index_of(fd, name, &index, err);
	if (r == 0 && bridge)
		r = index_of(fd, bridge, &master, err);
	if (r < 0)
		return r;
	link = begin(&m, RTM_NEWLINK, 0, sizeof(*link));
	link->ifi_index = index;
	link->ifi_flags = IFF_UP;
	link->ifi_change = IFF_UP;
	if (bridge)
		add(&m, IFLA_MASTER, &master, sizeof(master));
	return call(fd, &m, "switch on an interface", err);
}

static int
add_address(int fd, const char *name, struct ifaddrmsg *how,
	const void *address, size_t len, struct error *err)
{
	struct message m;
	struct ifaddrmsg *fixed;
	int index, r;

	r = index_of(fd, name, &index, err);
	if (r < 0)
		return r;
	fixed = begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
		sizeof(*fixed));
	*fixed = *how;
	fixed->ifa_index = (unsigned)index;
	add(&m, IFA_LOCAL, address, len);
	add(&m, IFA_ADDRESS, address, len);
	return call(fd, &m, "give an address to an interface", err);
}

int
netlink_add_address(int fd, const char *name, const struct in_addr *address,
	unsigned prefix, struct error *err)
{
	struct ifaddrmsg how = { .ifa_family = AF_INET,
		.ifa_prefixlen = (unsigned char)prefix };

	return add_address(fd, name, &how, address, sizeof(*address), err);
}

/* Without waiting whether somebody else has it: nobody has. */
int
netlink_add_address_6(int fd, const char *name,
	const struct in6_addr *address, unsigned prefix, struct error *err)
{
	struct ifaddrmsg how = { .ifa_family = AF_INET6,
		.ifa_flags = IFA_F_NODAD,
		.ifa_prefixlen = (unsigned char)prefix };

	return add_address(fd, name, &how, address, sizeof(*address), err);
}

int
netlink_add_default_route(int fd, const struct in_addr *gateway,
	struct error *err)
{
	struct message m;
	struct rtmsg *route = begin(&m, RTM_NEWROUTE,
		NLM_F_CREATE | NLM_F_EXCL, sizeof(*route));

	route->rtm_family = AF_INET;
	route->rtm_table = RT_TABLE_MAIN;
	route->rtm_protocol = RTPROT_STATIC;
	route->rtm_scope = RT_SCOPE_UNIVERSE;
	route->rtm_type = RTN_UNICAST;
	add(&m, RTA_GATEWAY, gateway, sizeof(*gateway));
	return call(fd, &m, "set the default route", err);
}
