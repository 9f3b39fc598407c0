/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/credential.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "util/base64.h"
#include "util/mem.h"

#define SECRET_MAX KiB(32)

/* The members by their names in a packet. */
static const struct {
	const char *name;
	size_t offset;
} members[] = {
	{ "user", offsetof(struct credential, user) },
	{ "password", offsetof(struct credential, password) },
	{ "identity_token", offsetof(struct credential, identity_token) },
	{ "registry_token", offsetof(struct credential, registry_token) },
	{ "origin", offsetof(struct credential, origin) },
};

static char **
member(const struct credential *c, size_t i)
{
	return (char **)((uintptr_t)c + members[i].offset);
}

void
credential_release(struct credential *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		char *text = *member(c, i);

		if (text)
			explicit_bzero(text, strlen(text));
		free(text);
	}
	*c = (struct credential){ 0 };
}

bool
credential_is_none(const struct credential *c)
{
	return !c->user && !c->identity_token && !c->registry_token;
}

int
credential_parse(const char *text, const char *origin, struct credential *ret,
	struct error *err)
{
	const char *colon = strchr(text, ':');

	if (!colon || colon == text)
		return error_set(err, EINVAL,
			"credentials must be written USER:PASSWORD");
	*ret = (struct credential){
		.user = mem_strndup(text, colon - text),
		.password = mem_strdup(colon + 1),
		.origin = mem_strdup(origin),
	};
	return 0;
}

void
credential_to_packet(const struct credential *c, struct json *packet)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (*member(c, i))
			json_set_text(packet, members[i].name, *member(c, i));
}

void
credential_from_packet(const struct json *packet, struct credential *ret)
{
	*ret = (struct credential){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		*member(ret, i) =
			mem_strdup(json_get_text(packet, members[i].name));
}

char *
credential_basic(const struct credential *c)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *pair = NULL;

	if (!c->user)
		return NULL;
	pair = mem_printf("%s:%s", c->user, c->password ? c->password : "");
	buf_init(&text, SECRET_MAX);
	buf_adds(&text, "Basic ");
	base64_format(pair, strlen(pair), &text);
	explicit_bzero(pair, strlen(pair));
	return buf_steal(&text);
}
