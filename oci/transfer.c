/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/transfer.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "oci/transfer-part.h"
#include "util/fs.h"
#include "util/mem.h"

/* The distribution-spec asks for 4 MB at least, registries take no more. */
#define MANIFEST_MAX MiB(4)

void
transfer_settings_init(struct transfer_settings *t)
{
	*t = (struct transfer_settings){
		.tls_verify = -1,
		.retries = 5,
		.retry_delay_ms = 500,
	};
}

int
transfer_open(struct store *s, const struct transfer_settings *settings,
	struct transfer **ret, struct error *err)
{
	struct transfer *t;

	if (settings->creds && !strchr(settings->creds, ':')) {
		(void)error_set(err, EINVAL,
			"credentials must be written USER:PASSWORD");
		return error_kind(err, ERROR_REQUEST);
	}
	t = mem_zalloc(sizeof(*t));
	t->store = s;
	t->settings = *settings;
	auth_places_init(&t->places, settings->creds, settings->auth_file);
	*ret = t;
	return 0;
}

struct transfer *
transfer_free(struct transfer *t)
{
	if (!t)
		return NULL;
	courier_free(t->courier);
	auth_places_release(&t->places);
	strv_release(&t->repositories);
	free(t);
	return NULL;
}

void
transfer_document_release(struct document *d)
{
	buf_release(&d->text);
}

int
transfer_document_load(struct store *s, const struct digest *d,
	struct document *ret, struct error *err)
{
	struct document doc = { .digest = *d };
	int r;

	r = store_read_blob(s, d, &doc.text, err);
	if (r >= 0)
		r = manifest_detect(doc.text.data, doc.text.len, NULL,
			&doc.kind, err);
	if (r < 0) {
		transfer_document_release(&doc);
		return r;
	}
	*ret = doc;
	return 0;
}

int
transfer_start(struct transfer *t, struct error *err)
{
	cleanup_value(strv_release) struct strv readable = { 0 };

	if (t->courier)
		return 0;
	if (t->settings.cert_dir)
		strv_add(&readable, t->settings.cert_dir);
	auth_cert_dirs(NULL, &readable);
	return courier_start(&readable, &t->courier, err);
}

int
transfer_introduce(struct transfer *t, const struct ref *ref,
	const struct credential *who, int64_t id, struct error *err)
{
	const struct transfer_settings *s = &t->settings;
	cleanup_value(strv_release) struct strv dirs = { 0 };
	cleanup(json_free) struct json *packet = NULL;

	if (s->cert_dir)
		strv_add(&dirs, s->cert_dir);
	else
		auth_cert_dirs(ref->host, &dirs);
	packet = json_new_object();
	json_set_text(packet, "op", "repository");
	json_set_number(packet, "id", id);
	json_set_text(packet, "host", ref_api_host(ref));
	json_set_text(packet, "path", ref->path);
	json_set_number(packet, "tls_verify", s->tls_verify);
	json_set(packet, "cert_dirs", json_new_list(&dirs));
	json_set_number(packet, "retries", s->retries);
	json_set_number(packet, "retry_delay_ms", s->retry_delay_ms);
	credential_to_packet(who, packet);
	return courier_tell(t->courier, packet, err);
}

static int
introduce(struct transfer *t, const struct ref *ref, int64_t id,
	struct error *err)
{
	cleanup_value(credential_release) struct credential who = { 0 };
	int r;

	r = auth_find(&t->places, ref->host, ref->path, &who, err);
	if (r < 0)
		return error_kind(err, ERROR_REMOTE);
	return transfer_introduce(t, ref, &who, id, err);
}

int
transfer_repository(struct transfer *t, const struct ref *ref, int64_t *ret,
	struct error *err)
{
	autofree char *name = ref_format_name(ref);
	size_t id = 0;
	int r;

	while (id < t->repositories.count &&
		strcmp(t->repositories.items[id], name) != 0)
		id++;
	if (id == t->repositories.count) {
		r = transfer_start(t, err);
		if (r >= 0)
			r = introduce(t, ref, (int64_t)id, err);
		if (r < 0)
			return r;
		strv_add(&t->repositories, name);
	}
	*ret = (int64_t)id;
	return 0;
}

struct json *
transfer_packet(const char *op, int64_t repository)
{
	struct json *packet = json_new_object();

	json_set_text(packet, "op", op);
	json_set_number(packet, "repository", repository);
	return packet;
}

int
transfer_memory(int *ret_fd, struct error *err)
{
	int fd = memfd_create("slipway", MFD_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "cannot make an anonymous file");
	*ret_fd = fd;
	return 0;
}

/* Ask for a manifest; with `fd` the body goes there, else only its head. */
static int
ask_manifest(struct transfer *t, const struct ref *ref, const char *reference,
	int fd, struct json **ret, struct error *err)
{
	cleanup_value(courier_errand_release) struct errand e = { 0 };
	cleanup(json_free) struct json *packet = NULL;
	int64_t repository = 0;
	int r;

	r = transfer_repository(t, ref, &repository, err);
	if (r < 0)
		return r;
	packet = transfer_packet("manifest", repository);
	json_set_text(packet, "reference", reference);
	json_set_bool(packet, "head", fd < 0);
	json_set_number(packet, "size", MANIFEST_MAX);
	r = courier_send(t->courier, packet, fd, &e, err);
	if (r >= 0)
		r = courier_wait(t->courier, &e, err);
	courier_forget(t->courier, &e);
	if (r < 0)
		return r;
	*ret = take_ptr(&e.answer);
	return 0;
}

/* Is it what was asked for, and what its sender says it is? */
static int
verify_document(struct document *d, const struct digest *expected,
	const struct json *answer, struct error *err)
{
	const char *declared = json_get_text(answer, "digest");
	char text[DIGEST_TEXT_SIZE];
	int r;

	digest_of(buf_text(&d->text), d->text.len, &d->digest);
	digest_format(&d->digest, text);
	if (expected && !digest_equal(expected, &d->digest))
		return error_set(err, EBADMSG,
			"the registry sent a manifest with digest '%s'", text);
	if (!expected && declared && strncmp(declared, "sha256:", 7) == 0 &&
		strcmp(declared, text) != 0)
		return error_set(err, EBADMSG,
			"the registry calls a manifest '%s' that is '%s'",
			declared, text);
	r = manifest_detect(buf_text(&d->text), d->text.len,
		json_get_text(answer, "media_type"), &d->kind, err);
	return r;
}

static int
fetch_document(struct transfer *t, const struct ref *ref,
	const struct digest *expected, struct document *d, struct error *err)
{
	cleanup(json_free) struct json *answer = NULL;
	char text[DIGEST_TEXT_SIZE];
	autoclose int fd = -1;
	int r;

	r = transfer_memory(&fd, err);
	if (r >= 0)
		r = ask_manifest(t, ref,
			expected ? digest_format(expected, text) : ref->tag, fd,
			&answer, err);
	if (r < 0)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, "cannot read a manifest");
	r = fs_read_fd(fd, MANIFEST_MAX, &d->text, err);
	return r < 0 ? r : verify_document(d, expected, answer, err);
}

int
transfer_document(struct transfer *t, const struct ref *ref,
	const struct digest *expected, struct document *ret,
	struct error *err)
{
	autofree char *name = ref_format_short(ref);
	struct document d = { 0 };
	struct digest written;
	int r;

	r = fetch_document(t, ref, expected, &d, err);
	if (r == -EBADMSG)
		(void)error_wrap(err, "'%s'", name);
	if (r < 0)
		(void)error_kind(err, ERROR_REMOTE);
	else
		r = store_write_blob(t->store, d.text.data, d.text.len,
			&written, err);
	if (r < 0) {
		transfer_document_release(&d);
		return r;
	}
	*ret = d;
	return 0;
}

int
transfer_resolve(struct transfer *t, const struct ref *ref,
	struct digest *ret, struct error *err)
{
	cleanup_value(transfer_document_release) struct document d = { 0 };
	cleanup(json_free) struct json *answer = NULL;
	const char *digest;
	int r;

	if (ref_has_digest(ref)) {
		*ret = ref->digest;
		return 0;
	}
	/* HEAD is free where pulls are counted, but not all know it. */
	r = ask_manifest(t, ref, ref->tag, -1, &answer, NULL);
	digest = json_get_text(answer, "digest");
	if (r >= 0 && digest && digest_parse(digest, ret, NULL) >= 0)
		return 0;
	r = transfer_document(t, ref, NULL, &d, err);
	if (r >= 0)
		*ret = d.digest;
	return r;
}
