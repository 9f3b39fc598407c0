/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an archive of images: what is read is whole and has names that
 * are names; what fails leaves nothing to use. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "oci/archive.h"
#include "oci/ref.h"
#include "util/fs.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Made once; emptied after each input. */
static char scratch[] = "/var/tmp/fuzz-archive-XXXXXX";

static void
leave(void)
{
	(void)fs_remove_tree(AT_FDCWD, scratch, NULL);
}

static void
require(int good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "not so: %s\n", what);
	abort();
}

static struct store *
the_store(void)
{
	static struct store *s;

	if (s)
		return s;
	require(mkdtemp(scratch) != NULL, "scratch directory");
	(void)atexit(leave);
	require(store_open(scratch, &s, NULL) == 0, "a store");
	return s;
}

static void
empty(struct store *s, enum store_part part)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	int fd = store_dir_fd(s, part, NULL);

	require(fs_list(fd, 100000, &names, NULL) == 0, "a list");
	for (size_t n = 0; n < names.count; n++)
		(void)unlinkat(fd, names.items[n], 0);
}

static void
check(struct store *s, const struct archive_image *i)
{
	require(store_has_blob(s, &i->what, NULL) == 1, "it is here");
	for (size_t n = 0; n < i->names.count; n++) {
		autoref ref = { 0 };

		require(ref_parse(i->names.items[n], &ref, NULL) == 0,
			"a name is one");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(archive_content_release) struct archive_content c = { 0 };
	cleanup(source_free) struct source *from =
		source_from_memory(data, size);
	struct store *s = the_store();
	autoerror err = { 0 };

	if (archive_read_tar(s, from, &c, &err) < 0) {
		require(err.text != NULL, "a failure has a story");
		require(c.count == 0, "it leaves nothing");
	}
	for (size_t n = 0; n < c.count; n++)
		check(s, &c.images[n]);
	empty(s, STORE_BLOBS);
	empty(s, STORE_TMP);
	return 0;
}
