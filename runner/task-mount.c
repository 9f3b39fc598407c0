/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "runner/task-step.h"
#include "runner/task-volume.h"
#include "util/mem.h"

/* Where a value goes. */
#define M(field) offsetof(struct task_mount, field)

const struct property task_mount_properties[] = {
	{ "name", property_text, M(name) },
	{ "mountPath", property_text, M(mount_path) },
	{ NULL },
};

static int
check(const struct property_value *v, const struct step *s, size_t i,
	struct error *err)
{
	const struct task_mount *m = &s->mounts[i];
	const struct yaml_node *node = property_member(v, i);
	size_t k;

	if (!m->name || !*m->name)
		return yaml_error(v->doc, node, err, "a mount has no name");
	if (!m->mount_path || *m->mount_path != '/')
		return yaml_error(v->doc, node, err,
			"mount '%s' has no absolute 'mountPath'", m->name);
	for (k = 0; k < i; k++)
		if (strcmp(s->mounts[k].mount_path, m->mount_path) == 0)
			return yaml_error(v->doc, node, err,
				"'%s' is mounted on twice", m->mount_path);
	return 0;
}

int
task_mounts_read(const struct property_value *v, void *field, struct error *err)
{
	struct property_objects list = { 0 };
	struct step *s = field;
	size_t i;
	int r;

	r = property_read_list(v, task_mount_properties,
		sizeof(struct task_mount), &list, err);
	s->mounts = list.items;
	s->mount_count = list.count;
	for (i = 0; r == 0 && i < s->mount_count; i++) {
		s->mounts[i].place = task_place_of(property_member(v, i));
		r = check(v, s, i, err);
	}
	return r;
}

void
task_mounts_release(struct step *s)
{
	size_t i;

	for (i = 0; i < s->mount_count; i++) {
		free(s->mounts[i].name);
		free(s->mounts[i].mount_path);
	}
	free(s->mounts);
}
