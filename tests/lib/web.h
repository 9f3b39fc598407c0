/* SPDX-License-Identifier: Apache-2.0 */
/* web: a small server in a child, for tests of what talks to servers. Include
 * after unit.h. */
#ifndef TESTS_LIB_WEB_H
#define TESTS_LIB_WEB_H

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* To a request that begins with `request` goes `reply` as it stands, `times`
 * times (0: always); the first row that fits counts. NULL cuts the line. In a
 * reply "@@" stands for the port of the server. */
struct web_row {
	const char *request;
	const char *reply;
	int times;
};

/* Running; what it was sent is appended to the file at `log`. */
struct web {
	pid_t pid;
	int port;
	char log[96];
};

static inline void
web_reply(int fd, struct web_row *rows, const char *request, int port)
{
	char number[8];
	const char *at;

	for (; rows->request; rows++)
		if (strncmp(request, rows->request, strlen(rows->request)) == 0
			&& rows->times >= 0)
			break;
	if (rows->times > 0 && --rows->times == 0)
		rows->times = -1;
	(void)snprintf(number, sizeof(number), "%d", port);
	for (at = rows->request ? rows->reply : NULL; at && *at;) {
		size_t n = strncmp(at, "@@", 2) == 0 ? 2 : 1;

		if (n == 1)
			while (at[n] && strncmp(at + n, "@@", 2) != 0)
				n++;
		if (strncmp(at, "@@", 2) == 0)
			(void)!write(fd, number, strlen(number));
		else
			(void)!write(fd, at, n);
		at += n;
	}
}

/* One request a connection; its body is what Content-Length says. */
static inline void
web_serve(int listener, struct web_row *rows, int log, int port)
{
	static char text[1 << 16];

	for (;;) {
		int fd = accept(listener, NULL, NULL);
		size_t len = 0, want = SIZE_MAX;
		ssize_t n = 1;

		while (n > 0 && len < want) {
			char *end, *body;

			n = read(fd, text + len, sizeof(text) - 1 - len);
			len += n > 0 ? (size_t)n : 0;
			text[len] = '\0';
			end = strstr(text, "\r\n\r\n");
			body = strstr(text, "Content-Length: ");
			if (end)
				want = (size_t)(end + 4 - text) +
					(body && body < end ?
						(size_t)strtoul(body + 16,
							NULL, 10) : 0);
		}
		(void)!write(log, text, len);
		if (len > 0)
			web_reply(fd, rows, text, port);
		(void)close(fd);
	}
}

static inline struct web
web_start(struct web_row *rows, const char *dir, const char *name)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(a);
	struct web w = { 0 };
	int fd, log;

	(void)snprintf(w.log, sizeof(w.log), "%s/%s", dir, name);
	log = open(w.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	w.port = ntohs(a.sin_port);
	w.pid = fork();
	assert_true(w.pid >= 0);
	if (w.pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)signal(SIGPIPE, SIG_IGN);
		web_serve(fd, rows, log, w.port);
	}
	(void)close(fd);
	(void)close(log);
	return w;
}

static inline void
web_stop(struct web *w)
{
	(void)kill(w->pid, SIGKILL);
	(void)waitpid(w->pid, NULL, 0);
}

#define web_auto cleanup_value(web_stop) struct web

/* How often `text` stands in what was sent to the server. */
static inline int
web_count(const struct web *w, const char *text)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	int count = 0;

	assert_int_equal(fs_read_file(AT_FDCWD, w->log, MiB(1), &b, NULL), 0);
	for (const char *at = buf_text(&b); (at = strstr(at, text)); at++)
		count++;
	return count;
}

#define WEB_OK(body_text, length)                                              \
	"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " length      \
	"\r\n\r\n" body_text
#define WEB_STATUS(status, headers)                                            \
	"HTTP/1.1 " status " X\r\nConnection: close\r\n" headers               \
	"Content-Length: 0\r\n\r\n"

#endif
