/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/sighting.h"

#include <string.h>

#include "util/buf.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"

#define SIGHTINGS_MAX 8
#define FILE_MAX KiB(8)

static char *
file_name(const struct digest *blob)
{
	char hex[DIGEST_HEX_SIZE];

	return mem_printf("%s.seen", digest_format_hex(blob, hex));
}

/* The lines of its file, latest first; none when there is no file. */
static void
read_lines(struct store *s, const struct digest *blob, struct strv *ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *name = file_name(blob);
	int dir = store_dir_fd(s, STORE_PACKED, NULL);

	if (dir < 0 || fs_read_file(dir, name, FILE_MAX, &text, NULL) < 0)
		return;
	strv_split(ret, buf_text(&text), '\n');
}

static int
publish(struct store *s, const struct digest *blob, const struct buf *text,
	struct error *err)
{
	autofree char *name = file_name(blob);
	int dir = store_dir_fd(s, STORE_PACKED, err);
	int tmp = dir < 0 ? dir : store_dir_fd(s, STORE_TMP, err);

	if (tmp < 0)
		return tmp;
	return fs_publish(tmp, dir, name, text->data, text->len, 0600, err);
}

void
sighting_add(struct store *s, const struct digest *blob,
	const char *repository)
{
	cleanup_value(strv_release) struct strv lines = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	autoerror err = { 0 };
	size_t kept = 1;

	read_lines(s, blob, &lines);
	if (strv_has(&lines, repository))
		return;
	buf_init(&text, FILE_MAX);
	buf_addf(&text, "%s\n", repository);
	for (size_t i = 0; i < lines.count && kept < SIGHTINGS_MAX; i++)
		if (*lines.items[i]) {
			buf_addf(&text, "%s\n", lines.items[i]);
			kept++;
		}
	if (text.overflow || publish(s, blob, &text, &err) < 0)
		log_debug("cannot remember '%s'", repository);
}

void
sighting_list(struct store *s, const struct digest *blob, const char *host,
	const char *not_path, struct strv *ret)
{
	cleanup_value(strv_release) struct strv lines = { 0 };
	size_t len = strlen(host);

	read_lines(s, blob, &lines);
	for (size_t i = 0; i < lines.count; i++) {
		const char *path = lines.items[i];

		if (strncmp(path, host, len) != 0 || path[len] != '/')
			continue;
		path += len + 1;
		if (strcmp(path, not_path) != 0)
			strv_add(ret, path);
	}
}
