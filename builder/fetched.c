/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/fetched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/git-url.h"
#include "oci/blob.h"
#include "oci/url.h"
#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"

/* BuildKit's name for what has none. */
#define UNNAMED "__unnamed__"

/* Where path and host end: a query or a fragment is no part of them. */
static size_t
plain_length(const char *url)
{
	return strcspn(url, "?#");
}

bool
fetched_is_url(const char *source)
{
	return (strncmp(source, "http://", 7) == 0 ||
		       strncmp(source, "https://", 8) == 0) &&
		!git_url_is(source);
}

int
fetched_init(const char *url, struct fetched *ret, struct error *err)
{
	autofree char *plain = mem_strndup(url, plain_length(url));
	const char *path = strchr(strstr(plain, "//") + 2, '/');
	autofree char *name = NULL;

	name = url_unescape(path ? path_base(path) : "");
	if (!*name) {
		free(name);
		name = mem_strdup(UNNAMED);
	}
	if (!path_is_name(name)) {
		(void)error_set(err, EINVAL, "'%s' names no file", plain);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = (struct fetched){
		.url = mem_strdup(url), .name = take_ptr(&name), .fd = -1
	};
	return 0;
}

void
fetched_release(struct fetched *f)
{
	free(f->url);
	free(f->name);
	if (f->fd >= 0)
		(void)close(f->fd);
	*f = (struct fetched){ .fd = -1 };
}

int
fetched_get(struct fetched *f, struct store *s,
	const struct transfer_settings *settings,
	const struct digest *expected, struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	int r;

	if (f->is_here)
		return 0;
	/* Not one that lasts: stages are processes, and cannot share it. */
	r = transfer_open(s, settings, &t, err);
	if (r < 0)
		return r;
	r = transfer_download(t, f->url, expected, &f->got, err);
	if (r < 0)
		return r;
	r = blob_open(s, &f->got.digest, &f->fd, NULL, err);
	f->is_here = r == 0;
	return r;
}
