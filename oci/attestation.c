/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/attestation.h"

#include "util/mem.h"

#define STATEMENT_MAX MiB(4)
#define EMPTY "{}"
#define EMPTY_BASE64 "e30="

static void
add_subject(struct json *to, const char *name, const struct digest *digest)
{
	struct json *subject = json_new_object();
	struct json *digests = json_new_object();
	char hex[DIGEST_HEX_SIZE];

	json_set_text(digests, "sha256", digest_format_hex(digest, hex));
	json_set_text(subject, "name", name);
	json_set(subject, "digest", digests);
	json_append(to, subject);
}

int
attestation_format(
	const struct attestation *a, struct buf *ret, struct error *err)
{
	cleanup(json_free) struct json *j = json_new_object();
	struct json *subjects = json_new_array();

	for (size_t n = 0; n < a->names->count; n++)
		add_subject(subjects, a->names->items[n], &a->image->digest);
	/* in-toto's word for a subject whose name does not matter. */
	if (!a->names->count)
		add_subject(subjects, "_", &a->image->digest);
	json_set_text(j, "_type", "https://in-toto.io/Statement/v1");
	json_set(j, "subject", subjects);
	json_set_text(j, "predicateType", a->predicate_type);
	json_set(j, "predicate", json_copy(a->predicate));
	buf_init(ret, STATEMENT_MAX);
	json_format(j, ret);
	return buf_check(ret, "an attestation", err);
}

static int
write_blob(struct store *s, const char *text, size_t len,
	const char *media_type, struct descriptor *ret, struct error *err)
{
	struct digest digest;
	int r;

	r = store_write_blob(s, text, len, &digest, err);
	if (r == 0)
		descriptor_init(ret, media_type, &digest, len);
	return r;
}

/* The empty config says what it is in full, so that nobody has to ask. */
static struct json *
format_config(const struct descriptor *empty)
{
	struct json *j = descriptor_format(empty);

	json_set_text(j, "data", EMPTY_BASE64);
	return j;
}

static struct json *
format_layer(const struct attestation *a, const struct descriptor *statement)
{
	struct json *annotations = json_new_object();
	struct json *j = descriptor_format(statement);

	json_set_text(
		annotations, "in-toto.io/predicate-type", a->predicate_type);
	json_set(j, "annotations", annotations);
	return j;
}

/* Not what the entry in the index says of the image beyond that. */
static struct json *
format_image(const struct attestation *a)
{
	const struct descriptor bare = { .media_type = a->image->media_type,
		.digest = a->image->digest,
		.size = a->image->size };

	return descriptor_format(&bare);
}

static int
write_manifest(struct store *s, const struct attestation *a,
	const struct descriptor *empty, const struct descriptor *statement,
	struct descriptor *ret, struct error *err)
{
	cleanup(json_free) struct json *j = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };
	struct json *layers = json_new_array();

	json_set_number(j, "schemaVersion", 2);
	json_set_text(j, "mediaType", MEDIA_OCI_MANIFEST);
	json_set_text(j, "artifactType", MEDIA_ATTESTATION);
	json_set(j, "config", format_config(empty));
	json_append(layers, format_layer(a, statement));
	json_set(j, "layers", layers);
	json_set(j, "subject", format_image(a));
	buf_init(&text, KiB(64));
	json_format(j, &text);
	return write_blob(
		s, buf_text(&text), text.len, MEDIA_OCI_MANIFEST, ret, err);
}

/* For no machine at all, so that none runs it. */
static void
describe(const struct attestation *a, struct descriptor *ret)
{
	char digest[DIGEST_TEXT_SIZE];

	ret->platform = json_new_object();
	json_set_text(ret->platform, "architecture", "unknown");
	json_set_text(ret->platform, "os", "unknown");
	ret->annotations = json_new_object();
	json_set_text(ret->annotations, "vnd.docker.reference.digest",
		digest_format(&a->image->digest, digest));
	json_set_text(ret->annotations, "vnd.docker.reference.type",
		"attestation-manifest");
}

int
attestation_write(struct store *s, const struct attestation *a,
	struct descriptor *ret, struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor empty = { 0 };
	cleanup_value(descriptor_release) struct descriptor statement = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	r = attestation_format(a, &text, err);
	if (r == 0)
		r = write_blob(s, EMPTY, 2, MEDIA_OCI_EMPTY, &empty, err);
	if (r == 0)
		r = write_blob(s, buf_text(&text), text.len, MEDIA_IN_TOTO,
			&statement, err);
	if (r == 0)
		r = write_manifest(s, a, &empty, &statement, ret, err);
	if (r == 0)
		describe(a, ret);
	return r;
}
