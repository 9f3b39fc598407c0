/* SPDX-License-Identifier: Apache-2.0 */
/* slipway-net: the side of slipway that talks to registries. Started by
 * slipway with a socket as descriptor 3; see oci/net.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "oci/confine.h"
#include "oci/download.h"
#include "oci/http.h"
#include "oci/net.h"
#include "oci/registry.h"
#include "oci/session.h"
#include "util/log.h"
#include "util/mem.h"

#define PROGRESS_MS 100

/* An answer that the socket could not take yet. */
struct letter {
	struct letter *next;
	struct json *packet;
};

/* What is being done for slipway. */
struct service {
	struct http *http;
	struct session *session;
	struct letter *letters;
	bool over;
};

/* A job and whom it is for. */
struct order {
	struct registry_job job;	/* first */
	struct service *service;
	uint64_t told;			/* progress that was reported */
	bool reports;			/* report() will come again */
	bool done;
};

static void
post(struct service *s, struct json *packet)
{
	struct letter **at = &s->letters;
	struct letter *l = mem_zalloc(sizeof(*l));

	l->packet = packet;
	while (*at)
		at = &(*at)->next;
	*at = l;
}

/* Never blocks: slipway may be blocked sending to us. */
static void
deliver(struct service *s)
{
	autoerror err = { 0 };
	struct letter *l;

	while ((l = s->letters)) {
		if (net_send(NET_FD, l->packet, -1, MSG_DONTWAIT, &err) < 0) {
			s->over = s->over || err.code != EAGAIN;
			return;
		}
		s->letters = l->next;
		json_free(l->packet);
		free(l);
	}
}

static void
order_free(struct order *o)
{
	registry_job_release(&o->job);
	free(o);
}

static void
report(void *context)
{
	struct order *o = context;
	struct json *packet;

	if (o->done) {
		order_free(o);
		return;
	}
	if (o->job.sent != o->told) {
		o->told = o->job.sent;
		packet = json_new_object();
		json_set_number(packet, "id", o->job.id);
		json_set_number(packet, "progress", (int64_t)o->told);
		post(o->service, packet);
	}
	http_after(o->service->http, PROGRESS_MS, report, o);
}

/* Uploads are freed by the next report(). */
static void
answer(struct registry_job *job)
{
	struct order *o = (struct order *)job;
	struct json *packet = json_new_object();

	json_set_number(packet, "id", job->id);
	if (job->error.code)
		net_set_error(packet, &job->error);
	if (job->media_type)
		json_set_text(packet, "media_type", job->media_type);
	if (job->ret_digest)
		json_set_text(packet, "digest", job->ret_digest);
	if (job->how)
		json_set_text(packet, "how", job->how);
	json_set_number(packet, "size", (int64_t)job->size);
	post(o->service, packet);
	o->done = true;
	if (!o->reports)
		order_free(o);
}

static void
refuse(struct service *s, int64_t id, const struct error *why)
{
	struct json *packet = json_new_object();

	json_set_number(packet, "id", id);
	net_set_error(packet, why);
	post(s, packet);
}

static void
take_order(struct service *s, const char *op, const struct json *packet,
	int fd)
{
	struct order *o = mem_zalloc(sizeof(*o));
	autoerror err = { 0 };
	int r;

	o->service = s;
	r = registry_job_init(&o->job, s->session, packet, fd, &err);
	o->job.done = answer;
	o->reports = strcmp(op, "upload") == 0;
	if (o->reports)
		http_after(s->http, PROGRESS_MS, report, o);
	if (r >= 0)
		r = registry_start(&o->job, op, &err);
	if (r >= 0)
		return;
	refuse(s, o->job.id, &err);
	o->done = true;
	if (!o->reports)
		order_free(o);
}

static void
answer_download(struct download *d)
{
	struct json *packet = json_new_object();

	json_set_number(packet, "id", d->id);
	if (d->error.code)
		net_set_error(packet, &d->error);
	if (d->last_modified)
		json_set_text(packet, "last_modified", d->last_modified);
	if (d->etag)
		json_set_text(packet, "etag", d->etag);
	json_set_bool(packet, "is_unchanged", d->is_unchanged);
	json_set_number(packet, "size", (int64_t)d->size);
	post(d->context, packet);
	download_release(d);
	free(d);
}

static void
take_download(struct service *s, const struct json *packet, int fd)
{
	struct download *d = mem_zalloc(sizeof(*d));
	autoerror err = { 0 };

	if (download_init(d, packet, fd, &err) < 0) {
		refuse(s, d->id, &err);
		download_release(d);
		free(d);
		return;
	}
	d->done = answer_download;
	d->context = s;
	download_start(s->http, d);
}

/* Directories that may be read, known before the first request. */
static int
take_hello(const struct json *packet, struct error *err)
{
	cleanup_value(strv_release) struct strv readable = { 0 };
	int r;

	log_set_level((enum log_level)json_get_number(packet, "log",
		LOG_WARNING));
	r = json_get_list(packet, "read", &readable, err);
	return r < 0 ? r : confine(&readable, err);
}

static int
take_packet(struct service *s, const struct json *packet, int *fd,
	struct error *err)
{
	const char *op = json_get_text(packet, "op");

	if (!op)
		return error_set(err, EBADMSG, "packet without 'op'");
	if (strcmp(op, "hello") == 0)
		return take_hello(packet, err);
	if (strcmp(op, "repository") == 0)
		return session_add_repository(s->session, packet, err);
	if (strcmp(op, "download") == 0)
		take_download(s, packet, take_fd(fd));
	else
		take_order(s, op, packet, take_fd(fd));
	return 0;
}

/* Everything that has come; 0, or negative when we should end. */
static int
listen_to_slipway(struct service *s, struct error *err)
{
	for (;;) {
		cleanup(json_free) struct json *packet = NULL;
		autoclose int fd = -1;
		int r = net_receive(NET_FD, MSG_DONTWAIT, &packet, &fd, err);

		if (r == -EAGAIN) {
			error_release(err);
			return 0;
		}
		if (r == 0)
			s->over = true;
		if (r <= 0)
			return r;
		r = take_packet(s, packet, &fd, err);
		if (r < 0)
			return r;
	}
}

static int
serve(struct service *s, struct error *err)
{
	int r = 0;

	while (r >= 0 && !s->over) {
		r = http_step(s->http, NET_FD,
			POLLIN | (s->letters ? POLLOUT : 0), err);
		if (r >= 0)
			r = listen_to_slipway(s, err);
		deliver(s);
	}
	return r;
}

int
main(void)
{
	struct service s = { 0 };
	autoerror err = { 0 };
	int status = 0;

	(void)signal(SIGPIPE, SIG_IGN);
	s.http = http_new();
	s.session = session_new(s.http);
	if (serve(&s, &err) < 0) {
		/* Nobody was waiting for an answer to this. */
		refuse(&s, -1, &err);
		deliver(&s);
		status = 1;
	}
	session_free(s.session);
	http_free(s.http);
	/* What sanitizers do at exit needs /proc, which confine() took. */
	_exit(status);
}
