/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-secret.h"

#include <ctype.h>
#include <string.h>

#include "runner/task-step.h"
#include "util/mem.h"

/* Where a value goes. */
#define S(field) offsetof(struct task_secret, field)

const struct property task_secret_properties[] = {
	{ "id", property_text, S(id) },
	{ "from", property_text, S(from) },
	{ "keyvault", property_text, S(keyvault) },
	{ "clientID", property_text, S(client_id) },
	{ NULL },
};

static const char *const providers[] = { "env", "file", "fd", "cmd", "systemd",
	"pass", "vault", "age" };

static bool
has_blank(const char *text)
{
	for (; *text; text++)
		if (isspace((unsigned char)*text))
			return true;
	return false;
}

static bool
is_provider(const char *from)
{
	size_t len = strcspn(from, ":");
	size_t i;

	if (!from[len] || !from[len + 1])
		return false;
	for (i = 0; i < ARRAY_SIZE(providers); i++)
		if (strlen(providers[i]) == len &&
			strncmp(from, providers[i], len) == 0)
			return true;
	return false;
}

/* "https://VAULT.SUFFIX/secrets/NAME[/VERSION]" */
static bool
is_vault_url(const char *url)
{
	static const char scheme[] = "https://";
	static const char middle[] = "/secrets/";
	const char *host = url + strlen(scheme);
	const char *name;
	size_t len;

	if (strncasecmp(url, scheme, strlen(scheme)) != 0)
		return false;
	len = strcspn(host, "/");
	if (!memchr(host, '.', len) ||
		strncasecmp(host + len, middle, strlen(middle)) != 0)
		return false;
	name = host + len + strlen(middle);
	len = strcspn(name, "/");
	if (len == 0)
		return false;
	name += len;
	return !*name || !strchr(name + 1, '/') ||
		!*(strchr(name + 1, '/') + 1);
}

static bool
is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	if (strlen(text) != strlen(form))
		return false;
	for (i = 0; text[i]; i++)
		if (form[i] == '-' ? text[i] != '-'
				   : !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

static int
check_source(const struct property_value *v, const struct yaml_node *node,
	const struct task_secret *s, struct error *err)
{
	if (!s->from && !s->keyvault)
		return yaml_error(v->doc, node, err,
			"secret '%s' has neither 'from' nor 'keyvault'", s->id);
	if (s->from && s->keyvault)
		return yaml_error(v->doc, node, err,
			"secret '%s' has both 'from' and 'keyvault'", s->id);
	if (s->from && !is_provider(s->from))
		return yaml_error(v->doc, yaml_get(node, "from"), err,
			"'from' is not env:NAME, file:PATH, fd:N, cmd:PROGRAM "
			"or systemd:NAME");
	if (s->keyvault && !is_vault_url(s->keyvault))
		return yaml_error(v->doc, yaml_get(node, "keyvault"), err,
			"'keyvault' is not https://VAULT/secrets/NAME");
	if (s->client_id && !is_uuid(s->client_id))
		return yaml_error(v->doc, yaml_get(node, "clientID"), err,
			"'clientID' is not a UUID");
	return 0;
}

static int
check(const struct property_value *v, const struct task *t, size_t i,
	struct error *err)
{
	const struct task_secret *s = &t->secrets[i];
	const struct yaml_node *node = property_member(v, i);

	if (!s->id || !*s->id)
		return yaml_error(v->doc, node, err, "a secret has no id");
	if (has_blank(s->id))
		return yaml_error(
			v->doc, node, err, "secret id '%s' has a blank", s->id);
	if (task_find_secret(t, s->id) != s)
		return yaml_error(v->doc, node, err,
			"a secret above has the id '%s' too", s->id);
	return check_source(v, node, s, err);
}

int
task_secrets_read(
	const struct property_value *v, void *field, struct error *err)
{
	struct property_objects list = { 0 };
	struct task *t = field;
	size_t i;
	int r;

	r = property_read_list(v, task_secret_properties,
		sizeof(struct task_secret), &list, err);
	t->secrets = list.items;
	t->secret_count = list.count;
	for (i = 0; r == 0 && i < t->secret_count; i++) {
		t->secrets[i].place = task_place_of(property_member(v, i));
		r = check(v, t, i, err);
	}
	return r;
}

void
task_secrets_release(struct task *t)
{
	size_t i;

	for (i = 0; i < t->secret_count; i++) {
		free(t->secrets[i].id);
		free(t->secrets[i].from);
		free(t->secrets[i].keyvault);
		free(t->secrets[i].client_id);
	}
	free(t->secrets);
}

const struct task_secret *
task_find_secret(const struct task *t, const char *id)
{
	size_t i;

	for (i = 0; i < t->secret_count; i++)
		if (t->secrets[i].id && strcmp(t->secrets[i].id, id) == 0)
			return &t->secrets[i];
	return NULL;
}
