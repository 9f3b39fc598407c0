/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/courier.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "oci/net.h"
#include "util/conf.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/proc.h"

/* How often an interruption is looked for while waiting. */
#define INTERRUPT_MS 200
#define PROGRAM "slipway-net"

struct courier {
	struct proc proc;
	int socket;
	int64_t last_id;
	struct errand *errands;
};

void
courier_errand_release(struct errand *e)
{
	error_release(&e->error);
	e->answer = json_free(e->answer);
}

static int
start_program(int socket, struct proc *ret, struct error *err)
{
	autofree char *dir = conf_libexec_path();
	autofree char *program = path_join(dir, PROGRAM);
	cleanup_value(strv_release) struct strv argv = { 0 };
	struct proc_spec spec = { .program = program, .argv = &argv,
		.in_fd = -1, .out_fd = -1, .error_fd = STDERR_FILENO,
		.pass_fds = &socket, .pass_count = 1, .own_group = true,
		.die_with_parent = true };
	int r;

	strv_add(&argv, PROGRAM);
	r = proc_start(&spec, ret, err);
	if (r < 0)
		return error_kind(err, ERROR_HOST);
	return 0;
}

static int
say_hello(struct courier *c, const struct strv *readable, struct error *err)
{
	cleanup(json_free) struct json *hello = json_new_object();

	json_set_text(hello, "op", "hello");
	json_set(hello, "read", json_new_list(readable));
	json_set_number(hello, "log", log_get_level());
	return courier_tell(c, hello, err);
}

int
courier_start(const struct strv *readable, struct courier **ret,
	struct error *err)
{
	cleanup(courier_free) struct courier *c = mem_zalloc(sizeof(*c));
	autoclose int theirs = -1;
	int pair[2];
	int r;

	c->socket = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_errno(err, "cannot make a socket");
	c->socket = pair[0];
	theirs = pair[1];
	r = start_program(theirs, &c->proc, err);
	if (r >= 0)
		r = say_hello(c, readable, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&c);
	return 0;
}

struct courier *
courier_free(struct courier *c)
{
	if (!c)
		return NULL;
	if (c->socket >= 0)
		(void)close(c->socket);
	proc_release(&c->proc);
	free(c);
	return NULL;
}

int
courier_fd(const struct courier *c)
{
	return c->socket;
}

/* When slipway-net is gone, it may have said why. */
static int
send_packet(struct courier *c, const struct json *packet, int fd,
	struct error *err)
{
	autoerror why = { 0 };
	int r = net_send(c->socket, packet, fd, 0, err);

	if (r == -EPIPE && courier_receive(c, &why) < 0)
		return error_move(err, &why);
	return r;
}

int
courier_tell(struct courier *c, const struct json *packet, struct error *err)
{
	return send_packet(c, packet, -1, err);
}

int
courier_send(struct courier *c, struct json *packet, int fd, struct errand *e,
	struct error *err)
{
	int r;

	e->id = ++c->last_id;
	json_set_number(packet, "id", e->id);
	r = send_packet(c, packet, fd, err);
	if (r < 0)
		return r;
	e->sent = true;
	e->next = c->errands;
	c->errands = e;
	return 0;
}

static struct errand **
find_errand(struct courier *c, int64_t id)
{
	struct errand **at = &c->errands;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

static void
finish_first(struct errand **at)
{
	struct errand *e = *at;

	*at = e->next;
	e->next = NULL;
	e->done = true;
}

void
courier_forget(struct courier *c, struct errand *e)
{
	struct errand **at = &c->errands;

	while (*at && *at != e)
		at = &(*at)->next;
	if (*at)
		*at = e->next;
}

/* Nobody will answer any more. */
static void
fail_all(struct courier *c, const struct error *why)
{
	while (c->errands) {
		(void)error_set(&c->errands->error, why->code, "%s",
			why->text);
		finish_first(&c->errands);
	}
}

static int
take_packet(struct courier *c, struct json **packet, struct error *err)
{
	int64_t id = json_get_number(*packet, "id", -1);
	struct errand **at = find_errand(c, id);
	int64_t bytes = json_get_number(*packet, "progress", -1);

	if (id < 0)
		return net_get_error(*packet, err);
	if (!*at)
		return 0;
	if (bytes >= 0) {
		(*at)->bytes = (uint64_t)bytes;
		return 0;
	}
	(void)net_get_error(*packet, &(*at)->error);
	(*at)->answer = take_ptr(packet);
	finish_first(at);
	return 0;
}

static int
take_one(struct courier *c, struct error *err)
{
	cleanup(json_free) struct json *packet = NULL;
	autoclose int fd = -1;
	int r = net_receive(c->socket, MSG_DONTWAIT, &packet, &fd, err);

	if (r == 0)
		return error_set(err, EPIPE, "'%s' ended unexpectedly",
			PROGRAM);
	return r < 0 ? r : take_packet(c, &packet, err);
}

int
courier_receive(struct courier *c, struct error *err)
{
	autoerror why = { 0 };
	int r;

	do
		r = take_one(c, &why);
	while (r >= 0);
	if (r == -EAGAIN)
		return 0;
	fail_all(c, &why);
	return error_move(err, &why);
}

int
courier_wait(struct courier *c, struct errand *e, struct error *err)
{
	struct pollfd p = { .fd = c->socket, .events = POLLIN };
	int r = 0;

	while (!e->done) {
		r = proc_check_interrupt(err);
		if (r < 0)
			return r;
		if (poll(&p, 1, INTERRUPT_MS) <= 0)
			continue;
		r = courier_receive(c, err);
		if (r < 0)
			return r;
	}
	return e->error.code ? error_move(err, &e->error) : 0;
}
