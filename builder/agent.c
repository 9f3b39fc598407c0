/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* Short, as a socket's path has at most 107 bytes. */
#define PLACE "/tmp"
#define PATIENCE_MS 10000
#define WORDS_MAX KiB(64)

static void
agent_release(struct agent *a)
{
	proc_release(&a->proc);
	if (a->socket)
		(void)unlink(a->socket); /* the agent may have done so */
	if (a->dir)
		(void)rmdir(a->dir);
	free(a->socket);
	free(a->dir);
}

void
agents_release(struct agents *a)
{
	for (size_t n = 0; n < a->count; n++)
		agent_release(&a->items[n]);
	free(a->items);
	*a = (struct agents){ 0 };
}

static int
make_dir(struct agent *a, struct error *err)
{
	autoclose int place = open(PLACE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int dir = -1;
	autofree char *name = NULL;
	int r;

	if (place < 0)
		return error_errno(err, "cannot open '" PLACE "'");
	r = fs_make_temp_dir(place, &name, &dir, err);
	if (r < 0)
		return r;
	a->dir = mem_printf(PLACE "/%s", name);
	a->socket = mem_printf("%s/agent", a->dir);
	return 0;
}

/* It says where its socket is as soon as that is there. */
static int
wait_until_ready(int fd, struct error *err)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char c;

	if (poll(&p, 1, PATIENCE_MS) > 0 && read(fd, &c, 1) == 1)
		return 0;
	return error_set(err, EIO, "ssh-agent did not start");
}

static int
missing(int r, struct error *err)
{
	if (r != -ENOENT)
		return r;
	(void)error_hint(err,
		"install openssh-client, or add the key to an agent elsewhere");
	return error_kind(err, ERROR_HOST);
}

static int
start(struct agent *a, struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	autoclose int said = -1, theirs = -1;
	struct proc_spec spec = {
		.program = "ssh-agent",
		.argv = &argv,
		.in_fd = -1,
		.error_fd = -1,
		.die_with_parent = true,
	};
	int fds[2], r;

	strv_add(&argv, "ssh-agent");
	strv_add(&argv, "-D");
	strv_add(&argv, "-a");
	strv_add(&argv, a->socket);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	said = fds[0];
	theirs = fds[1];
	spec.out_fd = theirs;
	r = proc_start(&spec, &a->proc, err);
	if (r < 0)
		return missing(r, err);
	(void)close(take_fd(&theirs));
	return wait_until_ready(said, err);
}

/* Without a terminal or anybody to ask for a passphrase. */
static int
add_key(const struct agent *a, const char *file, struct error *err)
{
	cleanup_value(strv_release) struct strv argv = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	cleanup_value(buf_release) struct buf out = { .max = WORDS_MAX };
	cleanup_value(buf_release) struct buf words = { .max = WORDS_MAX };
	struct proc_spec spec = { .program = "ssh-add",
		.argv = &argv,
		.env = &env,
		.in_fd = -1,
		.own_group = true };
	struct proc_end end = { 0 };
	int r;

	strv_add(&argv, "ssh-add");
	strv_add(&argv, "-q");
	strv_add(&argv, "--");
	strv_add(&argv, file);
	strv_env_set(&env, "SSH_AUTH_SOCK", a->socket);
	strv_env_set(&env, "SSH_ASKPASS_REQUIRE", "never");
	r = proc_capture(&spec, NULL, &out, &words, PATIENCE_MS, &end, err);
	if (r < 0)
		return missing(r, err);
	if (proc_end_status(&end) == 0)
		return 0;
	(void)error_set(err, EACCES, "ssh-add does not take key '%s': %.*s",
		file, (int)strcspn(buf_text(&words), "\r\n"),
		buf_text(&words));
	return error_kind(err, ERROR_REQUEST);
}

int
agents_start(struct agents *all, const char *files, const char **ret_socket,
	struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	struct agent *a;
	int r;

	all->items =
		mem_resize(all->items, all->count + 1, sizeof(*all->items));
	a = &all->items[all->count++];
	*a = (struct agent){ 0 };
	r = make_dir(a, err);
	if (r == 0)
		r = start(a, err);
	strv_split(&names, files, ',');
	for (size_t n = 0; r == 0 && n < names.count; n++)
		r = add_key(a, names.items[n], err);
	if (r < 0)
		return r;
	*ret_socket = a->socket;
	return 0;
}
