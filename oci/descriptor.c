/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/descriptor.h"

#include <errno.h>
#include <string.h>

#include "util/mem.h"

void
descriptor_init(struct descriptor *d, const char *media_type,
	const struct digest *digest, uint64_t size_bytes)
{
	*d = (struct descriptor){
		.media_type = mem_strdup(media_type),
		.digest = *digest,
		.size = size_bytes,
	};
}

void
descriptor_release(struct descriptor *d)
{
	free(d->media_type);
	json_free(d->annotations);
	json_free(d->platform);
	*d = (struct descriptor){ 0 };
}

void
descriptor_copy(const struct descriptor *from, struct descriptor *to)
{
	*to = (struct descriptor){
		.media_type = mem_strdup(from->media_type),
		.digest = from->digest,
		.size = from->size,
		.annotations = json_copy(from->annotations),
		.platform = json_copy(from->platform),
	};
}

/* An optional member that must be an object; a copy. */
static int
copy_object(const struct json *j, const char *name, struct json **ret,
	struct error *err)
{
	const struct json *member = json_get(j, name);

	if (member && json_kind(member) != JSON_OBJECT_)
		return error_set(err, EBADMSG,
			"descriptor's '%s' is not an object", name);
	*ret = json_copy(member);
	return 0;
}

int
descriptor_parse(const struct json *j, struct descriptor *ret,
	struct error *err)
{
	cleanup_value(descriptor_release) struct descriptor d = { 0 };
	const char *media_type = json_get_text(j, "mediaType");
	const char *digest = json_get_text(j, "digest");
	int64_t size = json_get_number(j, "size", -1);
	int r;

	if (!media_type || !*media_type)
		return error_set(err, EBADMSG, "descriptor has no mediaType");
	if (!digest || digest_parse(digest, &d.digest, NULL) < 0)
		return error_set(err, EBADMSG,
			"descriptor's digest '%.100s' is not of SHA-256",
			digest ? digest : "");
	if (size < 0)
		return error_set(err, EBADMSG,
			"descriptor of '%s' has no size", digest);
	d.media_type = mem_strdup(media_type);
	d.size = (uint64_t)size;
	r = copy_object(j, "annotations", &d.annotations, err);
	if (r == 0)
		r = copy_object(j, "platform", &d.platform, err);
	if (r < 0)
		return r;
	*ret = d;
	d = (struct descriptor){ 0 };
	return 0;
}

struct json *
descriptor_format(const struct descriptor *d)
{
	struct json *j = json_new_object();
	char digest[DIGEST_TEXT_SIZE];

	json_set_text(j, "mediaType", d->media_type);
	json_set_text(j, "digest", digest_format(&d->digest, digest));
	json_set_number(j, "size", (int64_t)d->size);
	if (d->annotations)
		json_set(j, "annotations", json_copy(d->annotations));
	if (d->platform)
		json_set(j, "platform", json_copy(d->platform));
	return j;
}

bool
descriptor_is_index(const struct descriptor *d)
{
	return strcmp(d->media_type, MEDIA_OCI_INDEX) == 0 ||
		strcmp(d->media_type, MEDIA_DOCKER_LIST) == 0;
}

bool
descriptor_is_manifest(const struct descriptor *d)
{
	return strcmp(d->media_type, MEDIA_OCI_MANIFEST) == 0 ||
		strcmp(d->media_type, MEDIA_DOCKER_MANIFEST) == 0;
}
