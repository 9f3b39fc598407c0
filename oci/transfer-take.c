/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "oci/transfer-part.h"

#define DEPTH_MAX 4

static int take(struct transfer *t, const struct ref *ref, unsigned depth,
	struct digest *ret, struct error *err);

static int
take_entries(struct transfer *t, const struct ref *ref,
	const struct document *d, unsigned depth, struct error *err)
{
	cleanup_value(image_index_release) struct image_index i = { 0 };
	int r;

	if (depth > DEPTH_MAX)
		return error_set(err, ELOOP, "indexes are nested too deep");
	r = image_index_parse(buf_text(&d->text), d->text.len, &i, err);
	for (size_t n = 0; r == 0 && n < i.count; n++) {
		struct digest ignored;
		autoref entry = { 0 };

		ref_copy(ref, &entry);
		entry.digest = i.manifests[n].digest;
		r = take(t, &entry, depth + 1, &ignored, err);
	}
	return r;
}

static int
take(struct transfer *t, const struct ref *ref, unsigned depth,
	struct digest *ret, struct error *err)
{
	cleanup_value(transfer_document_release) struct document d = { 0 };
	int r;

	r = transfer_document(
		t, ref, ref_has_digest(ref) ? &ref->digest : NULL, &d, err);
	if (r < 0)
		return r;
	*ret = d.digest;
	if (d.kind == MANIFEST_INDEX)
		return take_entries(t, ref, &d, depth, err);
	return transfer_take(t, ref, NULL, ret, err);
}

int
transfer_take_all(struct transfer *t, const struct ref *ref, struct digest *ret,
	struct error *err)
{
	return take(t, ref, 0, ret, err);
}
