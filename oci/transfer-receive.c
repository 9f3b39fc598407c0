/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transfer-part.h"

#include "oci/blob.h"
#include "util/mem.h"

#define CHUNK_SIZE KiB(256)
#define PROGRESS_BYTES MiB(1)

/* What passes by also goes into the blob. */
struct tee_source {
	struct source source;	/* first */
	struct source *from;
	struct sink *to;
	struct progress *progress;
	progress_step step;
	const char *item;
	uint64_t done, told, total;
};

static ssize_t
tee_read(struct source *s, void *data, size_t len, struct error *err)
{
	struct tee_source *t = (struct tee_source *)s;
	ssize_t n = source_read(t->from, data, len, err);
	int r;

	if (n <= 0)
		return n;
	t->done += (uint64_t)n;
	if (t->done - t->told >= PROGRESS_BYTES) {
		t->told = t->done;
		progress_bytes(t->progress, t->step, t->item, t->done,
			t->total);
	}
	r = sink_write(t->to, data, (size_t)n, err);
	return r < 0 ? r : n;
}

static int
drain(struct source *from, struct error *err)
{
	autofree char *chunk = mem_alloc(CHUNK_SIZE);
	ssize_t n;

	do
		n = source_read(from, chunk, CHUNK_SIZE, err);
	while (n > 0);
	return (int)n;
}

int
transfer_receive(struct store *s, const struct fetch *f, int pipe_fd,
	struct progress *shown, progress_step step, struct error *err)
{
	cleanup(source_free) struct source *pipe = source_from_fd(pipe_fd);
	cleanup(blob_free) struct blob *blob = NULL;
	char name[DIGEST_TEXT_SIZE];
	struct tee_source tee = {
		.source = { .read = tee_read }, .from = pipe,
		.progress = shown, .step = step, .total = f->what.size,
		.item = digest_format(&f->what.digest, name),
	};
	struct digest digest;
	uint64_t size;
	int r;

	r = blob_begin(s, &blob, err);
	if (r < 0)
		return r;
	tee.to = blob_sink(blob);
	if (f->unpack)
		r = layer_tree_from_stream(s, &f->layer, &tee.source, err);
	if (r >= 0)
		r = drain(&tee.source, err);
	if (r >= 0)
		r = blob_commit(blob, &f->what.digest, &digest, &size, err);
	if (tee.told != tee.done)
		progress_bytes(shown, step, tee.item, tee.done, tee.total);
	return r;
}
