/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static const struct {
	const char *prefix;
	enum transport_kind kind;
} transports[] = {
	{ "docker://", TRANSPORT_REGISTRY },
	{ "oci:", TRANSPORT_OCI_DIR },
	{ "oci-archive:", TRANSPORT_OCI_ARCHIVE },
	{ "docker-archive:", TRANSPORT_DOCKER_ARCHIVE },
};

/* Those of others, which would else be taken for names with a tag. */
static const char *const foreign[] = {
	"atomic:",
	"containers-storage:",
	"dir:",
	"docker-daemon:",
	"ostree:",
	"sif:",
	"tarball:",
};

static bool
begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int
refuse_foreign(const char *text, struct error *err)
{
	for (size_t n = 0; n < ARRAY_SIZE(foreign); n++) {
		if (!begins(text, foreign[n]))
			continue;
		(void)error_set(err, EINVAL, "'%s' is no transport of ours",
			foreign[n]);
		return error_hint(err,
			"use docker://, oci:, oci-archive: or docker-archive:, or only the name of an image that is here");
	}
	return 0;
}

static int
parse_path(const char *text, struct transport *t, struct error *err)
{
	size_t len = strcspn(text, ":");

	if (len == 0)
		return error_set(err, EINVAL, "the path is missing");
	t->path = mem_strndup(text, len);
	if (text[len] && text[len + 1])
		t->name = mem_strdup(text + len + 1);
	return 0;
}

static int
parse(const char *text, struct transport *t, struct error *err)
{
	for (size_t n = 0; n < ARRAY_SIZE(transports); n++) {
		if (!begins(text, transports[n].prefix))
			continue;
		text += strlen(transports[n].prefix);
		t->kind = transports[n].kind;
		if (t->kind != TRANSPORT_REGISTRY)
			return parse_path(text, t, err);
		t->name = mem_strdup(text);
		return ref_parse(text, &t->ref, err);
	}
	t->kind = TRANSPORT_STORE;
	t->name = mem_strdup(text);
	return refuse_foreign(text, err);
}

int
transport_parse(const char *text, struct transport *ret, struct error *err)
{
	struct transport t = { 0 };
	int r = parse(text, &t, err);

	if (r < 0) {
		transport_release(&t);
		(void)error_wrap(err, "'%s'", text);
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = t;
	return 0;
}

void
transport_release(struct transport *t)
{
	free(t->path);
	free(t->name);
	ref_release(&t->ref);
	*t = (struct transport){ 0 };
}
