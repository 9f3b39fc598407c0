/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/validator.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/scope.h"

#define RECORD_MAX KiB(64)

void
validator_release(struct validator *v)
{
	free(v->etag);
	free(v->last_modified);
	*v = (struct validator){ 0 };
}

/* By a digest: the address may hold a secret. */
static char *
name_of(const char *url)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(url, strlen(url), &d);
	return mem_strdup(digest_format_hex(&d, hex));
}

static int
read_record(const struct buf *text, struct validator *ret)
{
	cleanup(json_free) struct json *record = NULL;
	const char *digest;

	if (json_parse(buf_text(text), text->len, RECORD_MAX, "record", &record,
		    NULL) < 0)
		return -1;
	digest = json_get_text(record, "digest");
	if (!digest || digest_parse(digest, &ret->digest, NULL) < 0)
		return -1;
	ret->etag = mem_strdup(json_get_text(record, "etag"));
	ret->last_modified = mem_strdup(json_get_text(record, "last_modified"));
	ret->size = (uint64_t)json_get_number(record, "size", 0);
	return 0;
}

int
validator_load(struct store *s, const char *url, struct validator *ret)
{
	int fd = store_dir_fd(s, STORE_FETCHED, NULL);
	cleanup_value(validator_release) struct validator v = { 0 };
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *name = name_of(url);

	buf_init(&text, RECORD_MAX);
	if (fd < 0 || fs_read_file(fd, name, RECORD_MAX, &text, NULL) < 0 ||
		read_record(&text, &v) < 0 ||
		store_has_blob(s, &v.digest, NULL) <= 0)
		return 0;
	*ret = v;
	v = (struct validator){ 0 };
	return 1;
}

void
validator_save(struct store *s, const char *url, const struct validator *v)
{
	int fd = store_dir_fd(s, STORE_FETCHED, NULL);
	int tmp_fd = store_dir_fd(s, STORE_TMP, NULL);
	cleanup(json_free) struct json *record = json_new_object();
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *name = name_of(url);
	char digest[DIGEST_TEXT_SIZE];
	autoerror why = { 0 };

	if (!v->etag && !v->last_modified)
		return;
	if (v->etag)
		json_set_text(record, "etag", v->etag);
	if (v->last_modified)
		json_set_text(record, "last_modified", v->last_modified);
	json_set_text(record, "digest", digest_format(&v->digest, digest));
	json_set_number(record, "size", (int64_t)v->size);
	buf_init(&text, RECORD_MAX);
	json_format(record, &text);
	if (fd < 0 || tmp_fd < 0 ||
		fs_publish(tmp_fd, fd, name, text.data, text.len, 0600,
			&why) < 0)
		log_debug("cannot remember what was fetched: %s",
			why.text ? why.text : "no place for it");
}

void
validator_forget(struct store *s, const char *url)
{
	int fd = store_dir_fd(s, STORE_FETCHED, NULL);
	autofree char *name = name_of(url);

	/* Most often there is none. */
	if (fd >= 0)
		(void)unlinkat(fd, name, 0);
}
