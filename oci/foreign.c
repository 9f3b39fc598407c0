/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/foreign.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/scope.h"

#define CHUNK KiB(64)

/*
 * The library is loaded when the first such archive comes: it brings a dozen
 * others, which would cost each start of ours more than a cached build takes.
 */
#define LIBRARY "libarchive.so.13"

struct library {
	void *handle;
	typeof(archive_read_new) *read_new;
	typeof(archive_read_free) *read_free;
	typeof(archive_read_support_filter_bzip2) *with_bzip2;
	typeof(archive_read_support_filter_xz) *with_xz;
	typeof(archive_read_support_format_raw) *with_raw;
	typeof(archive_read_open) *read_open;
	typeof(archive_read_next_header) *next_header;
	typeof(archive_read_data) *read_data;
	typeof(archive_error_string) *error_string;
};

/* libarchive calls back for more; what failed there is told here. */
struct foreign {
	struct source source;
	struct source *from;
	struct library lib;
	struct archive *archive;
	bool is_open;
	struct error failed;
	char chunk[CHUNK];
};

bool
foreign_detect(const void *data, size_t len)
{
	const unsigned char *d = data;

	if (len >= 6 && memcmp(d, "\xfd" "7zXZ", 6) == 0)
		return true;
	return len >= 4 && memcmp(d, "BZh", 3) == 0 && d[3] >= '1' &&
		d[3] <= '9';
}

static ssize_t
more(struct archive *a, void *context, const void **ret)
{
	struct foreign *f = context;
	ssize_t n = source_read(f->from, f->chunk, sizeof(f->chunk),
		&f->failed);

	(void)a;
	*ret = f->chunk;
	return n < 0 ? ARCHIVE_FATAL : n;
}

static int
damaged(struct foreign *f, struct error *err)
{
	const char *text = f->lib.error_string(f->archive);

	if (f->failed.code)
		return error_move(err, &f->failed);
	return error_set(err, EBADMSG, "cannot decompress: %s",
		text ? text : "it is damaged");
}

/* The one member of "raw": all that comes out of the filters. */
static int
begin(struct foreign *f, struct error *err)
{
	struct archive_entry *entry;

	if (f->is_open)
		return 0;
	if (f->lib.read_open(f->archive, f, NULL, more, NULL) != ARCHIVE_OK ||
		f->lib.next_header(f->archive, &entry) != ARCHIVE_OK)
		return damaged(f, err);
	f->is_open = true;
	return 0;
}

static ssize_t
foreign_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct foreign *f = (struct foreign *)s;
	ssize_t n;
	int r;

	r = begin(f, err);
	if (r < 0)
		return r;
	n = f->lib.read_data(f->archive, data, len);
	return n < 0 ? damaged(f, err) : n;
}

static void
foreign_free(struct source *s)
{
	struct foreign *f = (struct foreign *)s;

	if (f->archive)
		(void)f->lib.read_free(f->archive);
	if (f->lib.handle)
		(void)dlclose(f->lib.handle);
	error_release(&f->failed);
	free(f);
}

static int
load(struct library *l, struct error *err)
{
	const struct {
		const char *name;
		void *place;
	} rows[] = {
		{ "archive_read_new", &l->read_new },
		{ "archive_read_free", &l->read_free },
		{ "archive_read_support_filter_bzip2", &l->with_bzip2 },
		{ "archive_read_support_filter_xz", &l->with_xz },
		{ "archive_read_support_format_raw", &l->with_raw },
		{ "archive_read_open", &l->read_open },
		{ "archive_read_next_header", &l->next_header },
		{ "archive_read_data", &l->read_data },
		{ "archive_error_string", &l->error_string },
	};
	bool is_whole;

	l->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	is_whole = l->handle != NULL;
	for (size_t n = 0; is_whole && n < ARRAY_SIZE(rows); n++) {
		void *found = dlsym(l->handle, rows[n].name);

		/* POSIX: a function's address fits into a void pointer. */
		memcpy(rows[n].place, &found, sizeof(found));
		is_whole = found != NULL;
	}
	if (is_whole)
		return 0;
	(void)error_set(err, ENOTSUP,
		"cannot read bzip2 or xz: %s is not installed", LIBRARY);
	return error_hint(err, "install it, or compress with gzip or zstd");
}

static int
set_up(struct foreign *f, struct error *err)
{
	int r;

	r = load(&f->lib, err);
	if (r < 0)
		return r;
	f->archive = f->lib.read_new();
	if (f->archive && f->lib.with_bzip2(f->archive) == ARCHIVE_OK &&
		f->lib.with_xz(f->archive) == ARCHIVE_OK &&
		f->lib.with_raw(f->archive) == ARCHIVE_OK)
		return 0;
	return error_set(err, ENOTSUP,
		"%s was built without bzip2 or xz", LIBRARY);
}

int
foreign_source(struct source *from, struct source **ret, struct error *err)
{
	struct foreign *f = mem_zalloc(sizeof(*f));
	int r;

	f->source = (struct source){ foreign_read, foreign_free };
	f->from = from;
	r = set_up(f, err);
	if (r < 0) {
		foreign_free(&f->source);
		return r;
	}
	*ret = &f->source;
	return 0;
}
