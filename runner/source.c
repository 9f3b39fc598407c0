/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/context-open.h"
#include "builder/http-auth.h"
#include "builder/secret.h"
#include "oci/store.h"
#include "util/fs.h"
#include "util/mem.h"

struct source_dir {
	struct store *store;
	struct context *context;
	char *path;
};

struct source_dir *
source_dir_free(struct source_dir *s)
{
	if (!s)
		return NULL;
	context_free(s->context);
	store_free(s->store);
	free(s->path);
	free(s);
	return NULL;
}

const char *
source_dir_path(const struct source_dir *s)
{
	return s->path;
}

bool
source_dir_is_foreign(const struct source_dir *s)
{
	return s->context != NULL;
}

char *
source_dir_shown(const char *text)
{
	char *shown, *header;

	http_auth_split(text, &shown, &header);
	if (header)
		explicit_bzero(header, strlen(header));
	free(header);
	return shown;
}

static int
read_token(const char *token_file, struct secrets *ret, struct error *err)
{
	autofree char *text = NULL;

	if (!token_file)
		return 0;
	text = mem_printf("\"id=GIT_AUTH_TOKEN\",\"src=%s\"", token_file);
	return secrets_add(ret, text, err);
}

static int
fetch(struct source_dir *s, const char *text, const char *store_path,
	const struct secrets *secrets, struct error *err)
{
	struct transfer_settings transfer;
	const struct context_request request = {
		.text = text,
		.transfer = &transfer,
		.keeps_git_dir = true,
		.is_ours = true,
		.git = {
			.secrets = secrets,
			.agent = getenv("SSH_AUTH_SOCK"),
			.uses_keys = true,
		},
	};
	autofree char *link = NULL;
	int r;

	transfer_settings_init(&transfer);
	r = store_open(store_path, &s->store, err);
	if (r == 0)
		r = context_open(s->store, &request, &s->context, err);
	if (r < 0)
		return r;
	if (context_recipe_fd(s->context) >= 0) {
		(void)error_set(err, EINVAL,
			"context '%s' is no archive, but a file",
			context_name(s->context));
		return error_kind(err, ERROR_LOCAL);
	}
	link = mem_printf("/proc/self/fd/%d", context_root_fd(s->context));
	return fs_read_link(AT_FDCWD, link, &s->path, err);
}

int
source_dir_open(const char *text, const char *store_path,
	const char *token_file, struct source_dir **ret, struct error *err)
{
	cleanup(source_dir_free) struct source_dir *s = mem_zalloc(sizeof(*s));
	cleanup_value(secrets_release) struct secrets secrets = { 0 };
	struct stat st;
	int r;

	if (strcmp(text, "/dev/null") == 0 ||
		(stat(text, &st) == 0 && S_ISDIR(st.st_mode))) {
		s->path = mem_strdup(text);
		*ret = take_ptr(&s);
		return 0;
	}
	r = read_token(token_file, &secrets, err);
	if (r == 0)
		r = fetch(s, text, store_path, &secrets, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&s);
	return 0;
}
