/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/host-mount.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/path.h"
#include "util/scope.h"
#include "util/strv.h"

void
host_mounts_release(struct host_mounts *m)
{
	for (size_t n = 0; n < m->count; n++) {
		free(m->items[n].source);
		free(m->items[n].target);
	}
	free(m->items);
	*m = (struct host_mounts){ 0 };
}

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static int
add(struct host_mounts *m, const char *from, const char *to, bool writable,
	struct error *err)
{
	autofree char *here = getcwd(NULL, 0);
	autofree char *source = path_resolve(here ? here : "/", from);
	struct stat st;

	if (*to != '/')
		return refuse(err, "its target '%s' is not absolute", to);
	if (stat(source, &st) < 0) {
		(void)error_errno(err, "cannot look at '%s'", source);
		return error_kind(err, ERROR_REQUEST);
	}
	m->items = mem_resize(m->items, m->count + 1, sizeof(*m->items));
	m->items[m->count++] = (struct host_mount){
		.source = take_ptr(&source),
		.target = path_clean(to),
		.is_file = !S_ISDIR(st.st_mode),
		.writable = writable,
	};
	return 0;
}

static bool
has_word(const char *list, const char *word)
{
	cleanup_value(strv_release) struct strv words = { 0 };

	strv_split(&words, list, ',');
	return strv_has(&words, word);
}

int
host_mounts_add_volume(
	struct host_mounts *m, const char *text, struct error *err)
{
	cleanup_value(strv_release) struct strv parts = { 0 };
	bool writable;
	int r;

	strv_split(&parts, text, ':');
	if (parts.count < 2 || parts.count > 3 || !*parts.items[0]) {
		(void)refuse(err, "--volume: '%s' is not SOURCE:TARGET", text);
		return error_hint(err, "use SOURCE:TARGET[:ro]");
	}
	writable = parts.count == 2 || !has_word(parts.items[2], "ro");
	r = add(m, parts.items[0], parts.items[1], writable, err);
	return r < 0 ? error_wrap(err, "--volume '%s'", text) : 0;
}

int
host_mounts_add_device(
	struct host_mounts *m, const char *text, struct error *err)
{
	cleanup_value(strv_release) struct strv parts = { 0 };
	const char *target, *rights;
	int r;

	strv_split(&parts, text, ':');
	if (parts.count > 3 || *parts.items[0] != '/') {
		(void)refuse(
			err, "--device: '%s' is no path of a device", text);
		return error_hint(err, "use /dev/NAME[:TARGET[:rw]]");
	}
	target = parts.count > 1 ? parts.items[1] : parts.items[0];
	rights = parts.count > 2 ? parts.items[2] : "rw";
	/* "NAME:rw" is a short form. */
	if (parts.count == 2 && strspn(target, "rwm") == strlen(target)) {
		rights = target;
		target = parts.items[0];
	}
	r = add(m, parts.items[0], target, strchr(rights, 'w') != NULL, err);
	if (r < 0)
		return error_wrap(err, "--device '%s'", text);
	m->items[m->count - 1].is_device = true;
	return 0;
}
