/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/pinning-recall.h"

#include "builder/fetched.h"
#include "builder/git-lock.h"
#include "oci/purl.h"
#include "oci/validator.h"
#include "util/mem.h"

int
pinning_recall_image(const struct pinning *s, struct lock *l, const char *name,
	const struct platform *p, struct error *err)
{
	const struct image *image = images_peek(s->images, name, p);
	char digest[DIGEST_TEXT_SIZE] = "";
	autofree char *uri = NULL;
	autoref ref = { 0 };

	(void)err;
	/* An id of an image here has no name that others know. */
	if (ref_parse(name, &ref, NULL) == 0 && ref.path)
		uri = purl_of_image(&ref, p);
	else
		uri = mem_strdup(name);
	if (image)
		(void)digest_format(image_digest(image), digest);
	lock_set(l, LOCK_IMAGE, uri, digest);
	return 0;
}

int
pinning_recall_file(const struct pinning *s, struct lock *l, const char *url,
	const char *checksum, struct error *err)
{
	cleanup_value(fetched_release) struct fetched f = { .fd = -1 };
	cleanup_value(validator_release) struct validator v = { 0 };
	char text[DIGEST_TEXT_SIZE] = "";
	int r;

	r = fetched_init(url, &f, err);
	if (r < 0)
		return r;
	if (!checksum && s->known)
		(void)lock_get(s->known, LOCK_FILE, f.url, &checksum, NULL);
	if (!checksum && validator_load(s->store, f.url, &v) > 0)
		checksum = digest_format(&v.digest, text);
	lock_set(l, LOCK_FILE, f.url, checksum ? checksum : "");
	return 0;
}

int
pinning_recall_repository(const struct pinning *s, struct lock *l,
	const char *url, const char *commit, struct error *err)
{
	cleanup_value(git_url_release) struct git_url u = { 0 };
	cleanup_value(git_commit_release) struct git_commit c = { 0 };
	autofree char *uri = NULL;
	int r;

	r = git_url_parse(url, &u, err);
	if (r < 0)
		return r;
	if (!commit && u.ref && git_is_id(u.ref))
		commit = u.ref;
	if (!commit && s->known && git_lock_get(s->known, &u, &c, NULL) > 0)
		commit = c.id;
	uri = mem_printf("%s#%s", u.remote, u.ref ? u.ref : "HEAD");
	lock_set(l, LOCK_COMMIT, uri, commit ? commit : "");
	return 0;
}
