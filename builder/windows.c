/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/windows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oci/config.h"
#include "oci/windows.h"
#include "util/mem.h"

/* Where the base's layers wait; no image that is written has it. */
#define BASE_MEMBER "slipway.windows.base"

bool
windows_is(struct draft *d)
{
	const char *os = json_get_text(config_json(draft_config(d)), "os");

	return os && strcmp(os, "windows") == 0;
}

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int
windows_path(const char *text, char **ret, struct error *err)
{
	autofree char *path = mem_strdup(text);
	const char *rest = path;

	for (char *c = path; *c; c++) {
		if (*c == '\\')
			*c = '/';
	}
	if (strncmp(path, "//", 2) == 0)
		return refuse(
			err, "'%s' is a share, not on the system drive", text);
	if (is_letter(path[0]) && path[1] == ':') {
		if (path[0] != 'c' && path[0] != 'C')
			return refuse(
				err, "'%s' is not on the system drive", text);
		if (!path[2])
			return refuse(err, "'%s' is a drive, not a path", text);
		rest = path + 2;
	}
	*ret = mem_strdup(rest);
	return 0;
}

int
windows_begin(struct draft **d, struct error *err)
{
	cleanup(json_free) struct json *j = draft_format(*d);
	struct json *config = json_get(j, "config");
	struct json *runtime = json_get(config, "config");
	const char *cwd = json_get_text(runtime, "WorkingDir");
	autofree char *path = NULL;
	struct draft *now;
	int r;

	json_set(config, BASE_MEMBER, json_copy(json_get(j, "layers")));
	json_set(j, "layers", json_new_array());
	json_set(json_get(config, "rootfs"), "diff_ids", json_new_array());
	if (cwd && *cwd && windows_path(cwd, &path, NULL) == 0)
		json_set_text(runtime, "WorkingDir", path);
	r = draft_parse(j, &now, err);
	if (r < 0)
		return r;
	draft_free(*d);
	*d = now;
	return 0;
}

/* "/a/b" as "C:\a\b" */
static void
finish_cwd(struct config *c)
{
	const char *cwd = config_get_text(c, "WorkingDir");
	autofree char *path = NULL;

	if (!cwd || *cwd != '/')
		return;
	path = mem_printf("C:%s", cwd);
	for (char *p = path; *p; p++) {
		if (*p == '/')
			*p = '\\';
	}
	config_set_text(c, "WorkingDir", path);
}

/* What waited, as an image of its own. */
static int
restore_base(struct draft *d, struct draft **ret, struct error *err)
{
	cleanup(json_free) struct json *j = draft_format(d);
	struct json *config = json_get(j, "config");
	struct json *layers = json_copy(json_get(config, BASE_MEMBER));
	struct json *ids = json_new_array();

	if (!layers)
		layers = json_new_array();
	for (size_t n = 0; n < json_count(layers); n++)
		json_append(ids,
			json_new_text(
				json_get_text(json_at(layers, n), "diff_id")));
	json_set(j, "layers", layers);
	json_set(json_get(config, "rootfs"), "diff_ids", ids);
	json_set(config, BASE_MEMBER, NULL);
	return draft_parse(j, ret, err);
}

int
windows_finish(struct store *s, struct draft **d, struct error *err)
{
	cleanup(draft_free) struct draft *now = NULL;
	int r;

	r = restore_base(*d, &now, err);
	for (size_t n = 0; r == 0 && n < draft_layer_count(*d); n++) {
		cleanup_value(layer_release) struct layer l = { 0 };

		r = windows_layer(s, draft_layer(*d, n), &l, err);
		if (r == 0)
			draft_add_layer(now, &l);
	}
	if (r < 0)
		return r;
	finish_cwd(draft_config(now));
	draft_free(*d);
	*d = take_ptr(&now);
	return 0;
}
