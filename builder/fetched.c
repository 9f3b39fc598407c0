/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/fetched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/git-url.h"
#include "builder/http-auth.h"
#include "oci/blob.h"
#include "oci/url.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

/* BuildKit's name for what has none. */
#define UNNAMED "__unnamed__"

bool
fetched_is_url(const char *source)
{
	return (strncmp(source, "http://", 7) == 0 ||
		       strncmp(source, "https://", 8) == 0) &&
		!git_url_is(source);
}

int
fetched_init(const char *text, struct fetched *ret, struct error *err)
{
	cleanup_value(fetched_release) struct fetched f = { .fd = -1 };
	autofree char *plain = NULL;
	const char *path;

	http_auth_split(text, &f.url, &f.authorization);
	plain = url_without_query(f.url);
	path = strchr(strstr(plain, "//") + 2, '/');
	f.name = url_unescape(path ? path_base(path) : "");
	if (!*f.name) {
		free(f.name);
		f.name = mem_strdup(UNNAMED);
	}
	if (!path_is_name(f.name)) {
		(void)error_set(err, EINVAL, "'%s' names no file", plain);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = f;
	f = (struct fetched){ .fd = -1 };
	return 0;
}

static void
wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void
fetched_release(struct fetched *f)
{
	free(f->url);
	free(f->name);
	wipe(f->authorization);
	if (f->fd >= 0)
		(void)close(f->fd);
	*f = (struct fetched){ .fd = -1 };
}

/* What stands in the URL goes before a secret for its host. */
static int
fetch(struct fetched *f, struct transfer *t, const struct secrets *secrets,
	const struct digest *expected, struct error *err)
{
	char *header = NULL;
	int r = 0;

	if (!f->authorization)
		r = http_auth_find(secrets, f->url, &header, err);
	if (r == 0)
		r = transfer_download(t, f->url,
			header ? header : f->authorization, expected, &f->got,
			err);
	wipe(header);
	return r;
}

int
fetched_get(struct fetched *f, struct store *s,
	const struct transfer_settings *settings,
	const struct secrets *secrets, const struct digest *expected,
	struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	int r;

	if (f->is_here)
		return 0;
	/* Not one that lasts: stages are processes, and cannot share it. */
	r = transfer_open(s, settings, &t, err);
	if (r == 0)
		r = fetch(f, t, secrets, expected, err);
	/* Others would say that it is the server that failed. */
	if (r == -EBADMSG && expected && err)
		err->kind = ERROR_POLICY;
	if (r < 0)
		return r;
	r = blob_open(s, &f->got.digest, &f->fd, NULL, err);
	f->is_here = r == 0;
	return r;
}
