/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/networks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runner/relay.h"
#include "runner/task-network.h"
#include "sandbox/egress.h"
#include "sandbox/hub.h"
#include "util/log.h"
#include "util/mem.h"

struct networks {
	const struct task *task;
	struct hub *hub;	/* NULL: no private network is needed */
	bool egress;		/* can they have a way out? */
};

/* What a container gets: one of the hub's, or a word for `slipway run`. */
struct choice {
	bool is_private;
	unsigned network;
	bool ipv6;
	bool internal;
	const char *word;
};

/* Does this script start containers by docker? By its words, so it may be
 * wrong, which costs a network that nobody uses. */
static bool
runs_docker(const struct step *s)
{
	return s->cmd && strstr(s->cmd, "docker") && strstr(s->cmd, "run");
}

static bool
needs_hub(const struct task *t)
{
	size_t i;

	if (t->network_count)
		return true;
	for (i = 0; i < t->step_count; i++)
		if (t->steps[i].kind == STEP_CMD &&
			(t->steps[i].detach || t->steps[i].ports.count ||
				runs_docker(&t->steps[i])))
			return true;
	return false;
}

static bool
all_internal(const struct task *t)
{
	size_t i;

	for (i = 0; i < t->network_count; i++)
		if (!t->networks[i].internal)
			return false;
	return t->network_count > 0;
}

/* Said once, as each container would say the same. */
static bool
check_egress(const struct task *t)
{
	autoerror problem = { 0 };

	if (all_internal(t))
		return false;
	if (egress_check(&problem) == 0)
		return true;
	log_warning_once("egress", "%s: steps on private networks of this run "
		"reach each other, and nothing outside", problem.text);
	return false;
}

int
networks_open(const struct task *task, enum identity identity,
	struct networks **ret, struct error *err)
{
	cleanup(networks_free) struct networks *n = mem_zalloc(sizeof(*n));
	int r = 0;

	n->task = task;
	if (needs_hub(task))
		r = hub_open(identity, &n->hub, err);
	if (r < 0)
		return r;
	n->egress = n->hub && check_egress(task);
	*ret = take_ptr(&n);
	return 0;
}

struct networks *
networks_free(struct networks *n)
{
	if (!n)
		return NULL;
	(void)hub_free(n->hub);
	free(n);
	return NULL;
}

static int
unknown(const char *name, struct error *err)
{
	(void)error_set(err, EINVAL, "there is no network '%s' here", name);
	(void)error_hint(err, "use host, none or one of the task's networks");
	return error_kind(err, ERROR_REQUEST);
}

/* Those that are no network of the task: the words of `slipway run`. */
static const char *const plain_words[] = { "host", "none", "private" };

static void
choose_of_task(const struct task *t, size_t i, struct choice *ret)
{
	const struct task_network *w = &t->networks[i];

	if (w->driver && (strcmp(w->driver, "host") == 0 ||
				 strcmp(w->driver, "none") == 0)) {
		ret->word = w->driver;
		return;
	}
	ret->is_private = true;
	ret->network = (unsigned)i;
	ret->ipv6 = w->ipv6;
	ret->internal = w->internal;
}

static int
choose(const struct networks *n, const char *name, struct choice *ret,
	struct error *err)
{
	const struct task_network *otherwise = task_default_network(n->task);
	size_t i;

	*ret = (struct choice){ 0 };
	if (!name && otherwise)
		name = otherwise->name;
	for (i = 0; name && i < n->task->network_count; i++)
		if (strcmp(n->task->networks[i].name, name) == 0) {
			choose_of_task(n->task, i, ret);
			return 0;
		}
	for (i = 0; name && i < ARRAY_SIZE(plain_words); i++)
		if (strcmp(name, plain_words[i]) == 0) {
			ret->word = plain_words[i];
			return 0;
		}
	if (name && strcmp(name, "bridge") != 0 &&
		strcmp(name, "default") != 0 &&
		strcmp(name, "acb_default_network") != 0)
		return unknown(name, err);
	/* The one that is there for all, where the task has none of its own. */
	ret->is_private = n->hub && n->task->network_count == 0;
	return 0;
}

/* Underscores are not legal in names of hosts, and some resolvers mind. */
static void
add_host(const char *name, const char *address, struct strv *ret)
{
	autofree char *dashed = mem_strdup(name);
	char *c;

	strv_add(ret, "--add-host");
	strv_addf(ret, "%s:%s", name, address);
	for (c = dashed; *c; c++)
		if (*c == '_')
			*c = '-';
	if (strcmp(dashed, name) == 0)
		return;
	strv_add(ret, "--add-host");
	strv_addf(ret, "%s:%s", dashed, address);
}

static bool
is_same(const struct choice *a, const struct choice *b)
{
	if (a->is_private != b->is_private)
		return false;
	return a->is_private ? a->network == b->network
			     : a->word && b->word &&
			strcmp(a->word, b->word) == 0;
}

/* Steps have their addresses from the beginning, so that those that started
 * before them know them, too. */
static void
add_steps(const struct networks *n, const struct choice *own,
	struct strv *ret)
{
	char address[46];
	size_t i;

	for (i = 0; i < n->task->step_count; i++) {
		const struct step *s = &n->task->steps[i];
		autofree char *name = crew_name_of(s->id);
		struct choice its;

		if (s->kind != STEP_CMD ||
			choose(n, s->network, &its, NULL) < 0 ||
			!is_same(own, &its))
			continue;
		hub_address((unsigned)i, address);
		add_host(name, own->is_private ? address : "127.0.0.1", ret);
		if (!own->is_private || !own->ipv6)
			continue;
		hub_address_6((unsigned)i, address);
		strv_add(ret, "--add-host");
		strv_addf(ret, "%s=%s", name, address);
	}
}

static bool
is_step(const struct networks *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->task->step_count; i++) {
		autofree char *its = crew_name_of(n->task->steps[i].id);

		if (strcmp(its, name) == 0)
			return true;
	}
	return false;
}

static void
add_crew(const struct networks *n, struct crew *crew, struct strv *ret)
{
	cleanup_value(strv_release) struct strv hosts = { 0 };
	size_t i;

	if (crew)
		crew_hosts(crew, &hosts);
	for (i = 0; i < hosts.count; i++) {
		char *colon = strchr(hosts.items[i], ':');

		*colon = '\0';
		if (!is_step(n, hosts.items[i]))
			add_host(hosts.items[i], colon + 1, ret);
	}
}

static int
publish(struct networks *n, const struct choice *c, const char *text,
	const struct networks_wish *wish, struct error *err)
{
	struct relay_port port;
	autoclose int bridge = -1;
	char address[16];
	uint16_t at;
	int r;

	r = relay_parse(text, &port, err);
	if (r == 0)
		r = hub_network(n->hub, c->network, &bridge, err);
	if (r < 0)
		return r;
	hub_address(wish->member, address);
	r = relay_start(&port, bridge, address, &at, err);
	if (r == 0 && !port.host_port)
		(void)dprintf(STDERR_FILENO,
			"slipway: port %u of '%s' is port %u of this host\n",
			port.port, wish->name, at);
	return r;
}

static int
publish_all(struct networks *n, const struct choice *c,
	const struct strv *ports, const struct networks_wish *wish,
	struct error *err)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && ports && i < ports->count; i++)
		r = publish(n, c, ports->items[i], wish, err);
	return r;
}

static int
join(struct networks *n, const struct choice *c,
	const struct networks_wish *wish, struct strv *ret, struct error *err)
{
	char address[16];
	int fd = -1;
	int r;

	r = hub_join(n->hub, c->network, wish->member, c->ipv6, &fd, err);
	if (r < 0)
		return r;
	hub_address(wish->member, address);
	if (wish->record)
		r = crew_set_address(wish->record, address, err);
	if (r < 0)
		return r;
	/* For the program that we become. */
	if (fcntl(fd, F_SETFD, 0) < 0)
		return error_errno(err, "cannot pass a network");
	strv_add(ret, "--network");
	strv_addf(ret, "ns:/proc/self/fd/%d", fd);
	if (n->egress && !c->internal)
		strv_add(ret, "--egress");
	strv_add(ret, "--hostname");
	strv_add(ret, wish->name);
	return 0;
}

int
networks_connect(struct networks *n, struct crew *crew,
	const struct networks_wish *wish, struct strv *ret, struct error *err)
{
	struct choice c;
	int r;

	r = choose(n, wish->network, &c, err);
	if (r < 0)
		return r;
	if (c.word) {
		strv_add(ret, "--network");
		strv_add(ret, c.word);
	}
	if (c.is_private)
		r = join(n, &c, wish, ret, err);
	if (r == 0 && c.is_private)
		r = publish_all(n, &c, wish->ports, wish, err);
	if (r == 0 && c.is_private)
		r = publish_all(n, &c, wish->more_ports, wish, err);
	if (r == 0 && (c.is_private || (c.word && !strcmp(c.word, "host"))))
		add_steps(n, &c, ret);
	if (r == 0 && c.is_private)
		add_crew(n, crew, ret);
	return r;
}
