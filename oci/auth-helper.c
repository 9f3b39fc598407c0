/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/auth.h"

#include <errno.h>
#include <string.h>

#include "util/buf.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/proc.h"

/* The protocol of docker-credential-helpers. */
#define HELPER_TIMEOUT_MS 30000
#define HELPER_OUTPUT_MAX KiB(64)
#define NOT_FOUND "credentials not found in native keychain"
#define TOKEN_USER "<token>"

/* Its key for Docker Hub is an address, for all others the host. */
static const char *
server_name(const char *host)
{
	if (strcmp(host, "docker.io") == 0)
		return "https://index.docker.io/v1/";
	return host;
}

static int
run_helper(const char *program, const char *verb, const struct buf *input,
	struct buf *out, struct proc_end *end, struct error *err)
{
	cleanup_value(buf_release) struct buf errors = { 0 };
	cleanup_value(strv_release) struct strv argv = { 0 };
	struct proc_spec spec = { .program = program, .argv = &argv,
		.in_fd = -1, .out_fd = -1, .error_fd = -1, .own_group = true,
		.die_with_parent = true };

	strv_add(&argv, program);
	strv_add(&argv, verb);
	buf_init(&errors, KiB(4));
	return proc_capture(
		&spec, input, out, &errors, HELPER_TIMEOUT_MS, end, err);
}

/* Ask it one thing: 1, 0 when it has nothing for us, or negative. */
static int
ask(const char *program, const char *verb, const struct buf *input,
	struct buf *out, struct error *err)
{
	struct proc_end end = { 0 };
	int r;

	if (!path_is_name(program))
		return error_set(err, EINVAL,
			"'%s' is no name of a credential helper", program);
	buf_init(out, HELPER_OUTPUT_MAX);
	r = run_helper(program, verb, input, out, &end, err);
	if (r < 0)
		return error_wrap(err, "credential helper '%s'", program);
	if (proc_end_status(&end) == 0)
		return 1;
	if (strstr(buf_text(out), NOT_FOUND))
		return 0;
	return error_set(err, EACCES,
		"credential helper '%s' failed with status %d", program,
		proc_end_status(&end));
}

static void
wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->len);
	buf_release(b);
}

static int
parse_answer(const struct buf *out, const char *program,
	struct credential *ret, struct error *err)
{
	cleanup(json_free) struct json *j = NULL;
	const char *user, *secret;

	/* What it said may hold the secret: no parser's message is shown. */
	if (json_parse(buf_text(out), out->len, HELPER_OUTPUT_MAX, program, &j,
		    NULL) < 0)
		return error_set(err, EBADMSG,
			"credential helper '%s' did not answer in JSON",
			program);
	user = json_get_text(j, "Username");
	secret = json_get_text(j, "Secret");
	if (!user || !secret)
		return error_set(err, EBADMSG,
			"credential helper '%s' gave no user and secret",
			program);
	if (strcmp(user, TOKEN_USER) == 0) {
		ret->identity_token = mem_strdup(secret);
	} else {
		ret->user = mem_strdup(user);
		ret->password = mem_strdup(secret);
	}
	ret->origin = mem_printf("credential helper '%s'", program);
	return 1;
}

int
auth_helper_get(const char *helper, const char *host, struct credential *ret,
	struct error *err)
{
	autofree char *program = mem_printf("docker-credential-%s", helper);
	cleanup_value(buf_release) struct buf input = { 0 };
	cleanup_value(wipe) struct buf out = { 0 };
	int r;

	*ret = (struct credential){ 0 };
	buf_init(&input, KiB(4));
	buf_addf(&input, "%s\n", server_name(host));
	r = ask(program, "get", &input, &out, err);
	return r > 0 ? parse_answer(&out, program, ret, err) : r;
}

int
auth_helper_store(const char *helper, const char *host,
	const struct credential *who, struct error *err)
{
	autofree char *program = mem_printf("docker-credential-%s", helper);
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(wipe) struct buf input = { 0 };
	cleanup_value(wipe) struct buf out = { 0 };
	int r;

	json_set_text(j, "ServerURL", server_name(host));
	json_set_text(j, "Username", who->user);
	json_set_text(j, "Secret", who->password);
	buf_init(&input, HELPER_OUTPUT_MAX);
	json_format(j, &input);
	r = ask(program, "store", &input, &out, err);
	if (r == 0)
		r = error_set(err, EACCES,
			"credential helper '%s' did not store them", program);
	return r < 0 ? r : 0;
}

int
auth_helper_erase(const char *helper, const char *host, struct error *err)
{
	autofree char *program = mem_printf("docker-credential-%s", helper);
	cleanup_value(buf_release) struct buf input = { 0 };
	cleanup_value(wipe) struct buf out = { 0 };

	buf_init(&input, KiB(4));
	buf_addf(&input, "%s\n", server_name(host));
	return ask(program, "erase", &input, &out, err);
}
