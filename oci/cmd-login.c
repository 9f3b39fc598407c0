/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "oci/auth-save.h"
#include "oci/auth.h"
#include "oci/transfer-options.h"
#include "util/ask.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"

#define SECRET_MAX KiB(32)

static struct {
	struct transfer_options transfer;
	const char *user, *docker_file;
	bool from_stdin, get_login, verbose;
} opt;

static const struct option_spec options[] = {
	{ 'u', "username", "USER", "who we are there", OPT_STRING, &opt.user },
	{ 0, "password-stdin", NULL, "read the password from standard input",
		OPT_FLAG, &opt.from_stdin },
	{ 0, "get-login", NULL, "only print who we are there", OPT_FLAG,
		&opt.get_login },
	{ 0, "authfile", "FILE", "the file of credentials", OPT_STRING,
		&opt.transfer.auth_file, NULL, "@file" },
	{ 0, "compat-auth-file", "FILE", "the same, for docker's form of it",
		OPT_STRING, &opt.docker_file, NULL, "@file" },
	{ 0, "tls-verify", "BOOL",
		"check certificates (true), or allow plain http (false)",
		OPT_OPTIONAL, &opt.transfer.tls_verify, NULL, "true|false" },
	{ 0, "cert-dir", "DIR",
		"more authorities (*.crt), our certificate (*.cert, *.key)",
		OPT_STRING, &opt.transfer.cert_dir, NULL, "@dir" },
	{ 'v', "verbose", NULL, "also print which file was written", OPT_FLAG,
		&opt.verbose },
	{ 0 },
};

/* Secrets do not outlive their use. */
static void
wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->len);
	buf_release(b);
}

static int
read_stdin(struct buf *ret, struct error *err)
{
	int r = fs_read_fd(STDIN_FILENO, SECRET_MAX, ret, err);

	if (r < 0)
		return error_wrap(err, "--password-stdin");
	if (ret->len && ret->data[ret->len - 1] == '\n')
		ret->data[--ret->len] = '\0';
	if (ret->len && ret->data[ret->len - 1] == '\r')
		ret->data[--ret->len] = '\0';
	return 0;
}

static int
ask(const char *prompt, bool hidden, char **ret, struct error *err)
{
	cleanup_value(wipe) struct buf answer = { 0 };
	int r;

	buf_init(&answer, SECRET_MAX);
	r = hidden && opt.from_stdin ? read_stdin(&answer, err)
				     : ask_line(prompt, hidden, &answer, err);
	if (r == -ENOTTY)
		(void)error_hint(err,
			"use --username USER --password-stdin where nobody can be asked");
	if (r == 0 && answer.len == 0)
		r = error_set(err, EINVAL, "%s is empty",
			hidden ? "the password" : "the user name");
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = mem_strdup(buf_text(&answer));
	return 0;
}

static int
get_credential(struct credential *ret, struct error *err)
{
	int r = 0;

	if (opt.from_stdin && !opt.user) {
		(void)error_set(
			err, EINVAL, "--password-stdin needs --username USER");
		return error_kind(err, ERROR_REQUEST);
	}
	if (opt.user)
		ret->user = mem_strdup(opt.user);
	else
		r = ask("Username: ", false, &ret->user, err);
	if (r == 0 && strchr(ret->user, ':')) {
		(void)error_set(err, EINVAL,
			"a user name cannot hold a colon: '%s'", ret->user);
		return error_kind(err, ERROR_REQUEST);
	}
	if (r == 0)
		r = ask("Password: ", true, &ret->password, err);
	ret->origin = mem_strdup("this login");
	return r;
}

static int
check(struct command_context *c, const char *host, const struct credential *who,
	struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	struct transfer_settings settings;
	int r;

	opt.transfer.quiet = true;
	r = transfer_options_apply(&opt.transfer, c, &settings, err);
	if (r < 0)
		return r;
	r = transfer_open(NULL, &settings, &t, err);
	if (r == 0)
		r = transfer_login(t, host, who, err);
	progress_free(settings.progress);
	return r < 0 ? error_kind(err, ERROR_REMOTE) : 0;
}

/* Files are searched in an order, and another may come first. */
static void
warn_of_others(const struct auth_places *p, const char *host, const char *path,
	const struct credential *who)
{
	cleanup_value(credential_release) struct credential found = { 0 };

	if (auth_find(p, host, path, &found, NULL) < 0 || !found.user)
		return;
	if (strcmp(found.user, who->user) != 0 || !found.password ||
		strcmp(found.password, who->password) != 0)
		log_warning("the credentials from %s come before these",
			found.origin);
}

static int
save(const struct auth_places *p, const char *registry, const char *host,
	const struct credential *who, struct error *err)
{
	const char *file = auth_places_target(p);
	int r;

	if (!file) {
		(void)error_set(err, ENOENT, "there is no home to log in from");
		(void)error_hint(err, "name a file with --authfile");
		return error_kind(err, ERROR_REQUEST);
	}
	r = auth_save(file, registry, who, err);
	if (r < 0)
		return r;
	warn_of_others(p, host,
		registry[strlen(host)] ? registry + strlen(host) + 1 : "", who);
	return 0;
}

static int
log_in(struct command_context *c, const struct auth_places *p,
	const char *registry, struct error *err)
{
	cleanup_value(credential_release) struct credential who = { 0 };
	autofree char *host = mem_strndup(registry, strcspn(registry, "/"));
	int r;

	r = get_credential(&who, err);
	if (r == 0)
		r = check(c, host, &who, err);
	if (r == 0)
		r = save(p, registry, host, &who, err);
	if (r < 0)
		return r;
	if (opt.verbose)
		(void)printf("Used: %s\n", auth_places_target(p));
	(void)puts("Login Succeeded");
	return 0;
}

static int
print_login(
	const struct auth_places *p, const char *registry, struct error *err)
{
	cleanup_value(credential_release) struct credential who = { 0 };
	autofree char *host = mem_strndup(registry, strcspn(registry, "/"));
	const char *path = registry + strlen(host);
	int r;

	r = auth_find(p, host, *path ? path + 1 : "", &who, err);
	if (r == 0 && credential_is_none(&who))
		r = error_set(err, ENOENT, "not logged in to '%s'", registry);
	if (r < 0)
		return error_kind(err, ERROR_REMOTE);
	(void)puts(who.user ? who.user : "<token>");
	return 0;
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(auth_places_release) struct auth_places places = { 0 };
	autofree char *registry = NULL;
	int r;

	r = command_registry(c, &registry, err);
	if (r < 0)
		return r;
	auth_places_init(&places, NULL,
		opt.docker_file ? opt.docker_file : opt.transfer.auth_file);
	if (opt.get_login)
		return print_login(&places, registry, err);
	return log_in(c, &places, registry, err);
}

const struct command cmd_login = {
	.name = "login",
	.operands = "[OPTIONS] [REGISTRY]",
	.summary = "keep credentials for a registry",
	.group = "Images",
	.options = options,
	.min_operands = 0,
	.max_operands = 1,
	.run = run,
};
