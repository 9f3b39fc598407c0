/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/context-artifact.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/archive.h"
#include "builder/layout.h"
#include "oci/blob.h"
#include "oci/manifest.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

#define SCHEME "oci://"
#define LAYOUT "oci-layout://"
#define TITLE "org.opencontainers.image.title"
/* ORAS says so of a directory that it packed. */
#define UNPACK "io.deis.oras.content.unpack"
#define MANIFEST_MAX MiB(4)

bool
context_is_artifact(const char *text)
{
	return strncasecmp(text, SCHEME, strlen(SCHEME)) == 0 ||
		strncmp(text, LAYOUT, strlen(LAYOUT)) == 0;
}

static int
take(struct store *s, const struct context_request *q, struct digest *ret,
	struct error *err)
{
	cleanup(transfer_free) struct transfer *t = NULL;
	autoref ref = { 0 };
	int r;

	if (strncmp(q->text, LAYOUT, strlen(LAYOUT)) == 0)
		return layout_read(s, q->text + strlen(LAYOUT), ret, err);
	r = ref_parse(q->text + strlen(SCHEME), &ref, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	r = transfer_open(s, q->transfer, &t, err);
	return r < 0 ? r : transfer_take(t, &ref, NULL, ret, err);
}

static int
read_manifest(struct store *s, const struct digest *d, struct manifest *ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autoclose int fd = -1;
	int r;

	buf_init(&text, MANIFEST_MAX);
	r = blob_open(s, d, &fd, NULL, err);
	if (r == 0)
		r = fs_read_fd(fd, MANIFEST_MAX, &text, err);
	return r < 0 ? r : manifest_parse(buf_text(&text), text.len, ret, err);
}

/* It has no time that anybody knows. */
static int
write_file(int from, int root, const char *title, struct error *err)
{
	const struct timespec times[2] = { 0 };
	autofree char *clean = path_resolve("/", title);
	autofree char *dir = path_dir(clean);
	autofree char *name = NULL;
	autoclose int parent = -1;
	autoclose int made = -1;
	autoclose int to = -1;
	int r;

	r = fs_make_dirs(root, dir, 0755, &made, err);
	if (r == 0)
		r = fs_open_parent(root, clean, &parent, &name, err);
	if (r < 0)
		return r;
	to = openat(parent, name,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (to < 0)
		return error_errno(err, "cannot make '%s'", title);
	r = fs_copy_data(from, to, UINT64_MAX, NULL, err);
	if (r < 0)
		return r;
	if (fchmod(to, 0644) < 0 || futimens(to, times) < 0)
		return error_errno(err, "cannot set up '%s'", title);
	return 0;
}

static int
add_archive(int fd, int root, const struct context_request *q,
	struct error *err)
{
	const struct copy_owner owner = { 0 };
	int r = archive_is(fd, q->text, err);

	if (r < 0)
		return r;
	if (r == 0)
		return error_set(err, EBADMSG,
			"a layer without a title is no archive");
	return q->is_ours ? archive_unpack_as_ours(fd, root, err)
			  : archive_unpack(fd, root, &owner, err);
}

static int
add_layer(struct store *s, const struct descriptor *layer, int root,
	const struct context_request *q, struct error *err)
{
	const char *title = json_get_text(layer->annotations, TITLE);
	const char *unpack = json_get_text(layer->annotations, UNPACK);
	autoclose int fd = -1;
	int r;

	r = blob_open(s, &layer->digest, &fd, NULL, err);
	if (r < 0)
		return r;
	if (title && (!unpack || strcmp(unpack, "true") != 0))
		return write_file(fd, root, title, err);
	return add_archive(fd, root, q, err);
}

static int
fill(struct store *s, const struct manifest *m, int root,
	const struct context_request *q, struct error *err)
{
	int r = 0;

	if (m->layer_count == 0)
		r = error_set(err, EBADMSG, "it has no files");
	for (size_t n = 0; r == 0 && n < m->layer_count; n++)
		r = add_layer(s, &m->layers[n], root, q, err);
	return r < 0 ? error_kind(err, ERROR_REMOTE) : 0;
}

static int
open_taken(struct store *s, const struct digest *d,
	const struct context_request *q, struct context **ret,
	struct error *err)
{
	cleanup_value(manifest_release) struct manifest m = { 0 };
	cleanup(context_free) struct context *c = NULL;
	struct userns userns;
	int r;

	r = read_manifest(s, d, &m, err);
	if (r < 0)
		return error_kind(err, ERROR_REMOTE);
	/* Before the directory is made: it is to belong to root in there. */
	if (!q->is_ours)
		r = userns_enter(q->identity, &userns, err);
	if (r == 0)
		r = context_make_dir(s, q->text, &c, err);
	if (r == 0)
		r = fill(s, &m, context_root_fd(c), q, err);
	if (r == 0)
		*ret = take_ptr(&c);
	return r;
}

int
context_open_artifact(struct store *s, const struct context_request *q,
	struct context **ret, struct error *err)
{
	struct digest d;
	int r;

	r = take(s, q, &d, err);
	if (r == 0)
		r = open_taken(s, &d, q, ret, err);
	return r < 0 ? error_wrap(err, "context '%s'", q->text) : 0;
}
