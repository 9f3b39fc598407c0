/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/task-network.h"

#include <string.h>

#include "runner/task-step.h"
#include "util/mem.h"

/* Where a value goes. */
#define N(field) offsetof(struct task_network, field)

const struct property task_network_properties[] = {
	{ "name", property_text, N(name) },
	{ "driver", property_text, N(driver) },
	{ "ipv6", property_bool, N(ipv6) },
	{ "internal", property_bool, N(internal) },
	{ "skipCreation", property_bool, N(skip_creation) },
	{ "isDefault", property_bool, N(is_default) },
	{ NULL },
};

static const char *const drivers[] = { "bridge", "nat", "none", "host",
	"external", NULL };
static const char *const always_there[] = { "host", "none", "bridge", NULL };

static bool
is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

static const struct task_network *
find(const struct task *t, const char *name, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(t->networks[i].name, name) == 0)
			return &t->networks[i];
	return NULL;
}

static int
check(const struct property_value *v, const struct task *t, size_t i,
	struct error *err)
{
	const struct task_network *n = &t->networks[i];
	const struct yaml_node *node = property_member(v, i);

	if (!n->name || !*n->name)
		return yaml_error(v->doc, node, err, "a network has no name");
	if (find(t, n->name, i))
		return yaml_error(v->doc, node, err,
			"a network above has the name '%s' too", n->name);
	if (is_one_of(n->name, always_there))
		return yaml_error(v->doc, node, err,
			"network '%s' is always there", n->name);
	if (n->driver && !is_one_of(n->driver, drivers))
		return yaml_error(v->doc, yaml_get(node, "driver"), err,
			"driver '%s' is not bridge, none, host or external",
			n->driver);
	return 0;
}

int
task_networks_read(
	const struct property_value *v, void *field, struct error *err)
{
	struct property_objects list = { 0 };
	struct task *t = field;
	size_t i;
	int r;

	r = property_read_list(v, task_network_properties,
		sizeof(struct task_network), &list, err);
	t->networks = list.items;
	t->network_count = list.count;
	for (i = 0; r == 0 && i < t->network_count; i++) {
		t->networks[i].place = task_place_of(property_member(v, i));
		r = check(v, t, i, err);
	}
	return r;
}

void
task_networks_release(struct task *t)
{
	size_t i;

	for (i = 0; i < t->network_count; i++) {
		free(t->networks[i].name);
		free(t->networks[i].driver);
	}
	free(t->networks);
}

bool
task_has_network(const struct task *t, const char *name)
{
	return is_one_of(name, always_there) ||
		strncmp(name, "container:", strlen("container:")) == 0 ||
		find(t, name, t->network_count);
}

const struct task_network *
task_default_network(const struct task *t)
{
	const struct task_network *found = NULL;
	size_t i;

	for (i = 0; i < t->network_count; i++)
		if (t->networks[i].is_default)
			found = &t->networks[i];
	return found;
}
