/* SPDX-License-Identifier: Apache-2.0 */
/* What an image was made of, once it is made. */
#include "builder/build-part.h"

#include <string.h>
#include <time.h>

#include "builder/fetched.h"
#include "builder/pinning.h"
#include "oci/provenance.h"
#include "util/mem.h"

#define PREDICATE_MAX MiB(4)

/* A digest is "sha256:..."; a commit's id is sha1 or sha256 by its length. */
static struct json *
format_digest(enum lock_kind kind, const char *text)
{
	struct json *j = json_new_object();
	const char *hex = strchr(text, ':');

	if (kind == LOCK_COMMIT)
		json_set_text(j, strlen(text) == 40 ? "sha1" : "sha256", text);
	else
		json_set_text(j, "sha256", hex ? hex + 1 : text);
	return j;
}

static struct json *
format_dependency(enum lock_kind kind, const char *uri, const char *digest,
	bool *ret_known)
{
	struct json *j = json_new_object();

	json_set_text(j, "uri", uri);
	if (digest && *digest)
		json_set(j, "digest", format_digest(kind, digest));
	else
		*ret_known = false;
	return j;
}

static struct json *
list_dependencies(const struct lock *l, bool *ret_complete)
{
	static const char *const members[LOCK_KINDS] = {
		[LOCK_IMAGE] = "images",
		[LOCK_FILE] = "files",
		[LOCK_COMMIT] = "commits",
	};
	struct json *list = json_new_array();

	*ret_complete = true;
	for (int n = 0; n < LOCK_KINDS; n++) {
		const struct json *of = json_get(lock_json(l), members[n]);

		for (void *i = json_first(of); i; i = json_next(of, i))
			json_append(list,
				format_dependency((enum lock_kind)n,
					json_member_name(i),
					json_text(json_member_value(i)),
					ret_complete));
	}
	return list;
}

/* A path of this machine is nobody's business but its end. */
static const char *
file_of(const struct build *b)
{
	const char *file = b->options->file ? b->options->file : "Dockerfile";
	const char *slash = strrchr(file, '/');

	return *file == '/' || strncmp(file, "..", 2) == 0
		? slash ? slash + 1 : file
		: file;
}

static int
set_repository(const struct build *b, struct json *to, struct error *err)
{
	cleanup_value(git_url_release) struct git_url u = { 0 };
	const char *commit = context_commit(b->context);
	autofree char *uri = NULL;
	int r;

	r = git_url_parse(b->options->context, &u, err);
	if (r < 0)
		return r;
	uri = mem_printf("%s#%s", u.remote, u.ref ? u.ref : "HEAD");
	json_set_text(to, "uri", uri);
	if (commit)
		json_set(to, "digest", format_digest(LOCK_COMMIT, commit));
	return 0;
}

static int
set_url(const struct build *b, struct json *to, struct error *err)
{
	cleanup_value(fetched_release) struct fetched f = { .fd = -1 };
	int r;

	r = fetched_init(b->options->context, &f, err);
	if (r == 0)
		json_set_text(to, "uri", f.url);
	return r;
}

static int
describe_source(const struct build *b, struct json *to, struct error *err)
{
	int r = 0;

	if (git_url_is_context(b->options->context))
		r = set_repository(b, to, err);
	else if (fetched_is_url(b->options->context))
		r = set_url(b, to, err);
	json_set_text(to, "path", file_of(b));
	return r;
}

/* Proxies are the machine's, and their URLs may have passwords. A value that
 * is a secret's, too, stays one. */
static bool
is_told(const struct build *b, const char *name, const char *value)
{
	const struct secrets *s = b->options->secrets;

	for (size_t n = 0; s && n < s->count; n++) {
		if (*value && strcmp(s->items[n].value, value) == 0)
			return false;
	}
	return !args_is_proxy(name);
}

static struct json *
list_args(const struct build *b)
{
	const struct strv *given = b->options->build_args;
	struct json *j = json_new_object();

	for (size_t n = 0; given && n < given->count; n++) {
		const char *item = given->items[n];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);
		const char *value = item[len] ? item + len + 1 : "";

		if (is_told(b, name, value))
			json_set_text(j, name, value);
	}
	return j;
}

/* Their names only. */
static struct json *
list_ids(const struct build *b)
{
	const struct secrets *s = b->options->secrets;
	struct json *list = json_new_array();

	for (size_t n = 0; s && n < s->count; n++) {
		struct json *j = json_new_object();

		json_set_text(j, "id", s->items[n].id);
		json_append(list, j);
	}
	return list;
}

static void
describe_request(const struct build *b, struct json *to)
{
	autofree char *platform = platform_format(b->platform);

	json_set_text(to, "frontend", "dockerfile");
	json_set_text(to, "platform", platform);
	json_set_text(to, "target", b->options->target);
	if (!b->options->output.attest->is_max)
		return;
	json_set(to, "args", list_args(b));
	json_set(to, "secrets", list_ids(b));
}

static int
find_dependencies(struct build *b, struct lock *l, struct error *err)
{
	const struct pinning sources = {
		.plan = b->plan,
		.images = b->images,
		.store = b->store,
		.known = b->lock,
	};

	return pinning_recall(&sources, l, err);
}

static int
format(const struct provenance *p, char **ret, struct error *err)
{
	cleanup(json_free) struct json *j = provenance_format(p);
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, PREDICATE_MAX);
	json_format(j, &text);
	r = buf_check(&text, "the provenance", err);
	if (r == 0)
		*ret = buf_steal(&text);
	return r;
}

int
build_describe(struct build *b, char **ret, struct error *err)
{
	cleanup(lock_free) struct lock *found = lock_new();
	cleanup(json_free) struct json *source = json_new_object();
	cleanup(json_free) struct json *request = json_new_object();
	cleanup(json_free) struct json *dependencies = NULL;
	bool has_epoch = b->site.epoch != INT64_MAX;
	struct provenance p = { .source = source, .request = request };
	autofree char *machine = NULL;
	struct platform host;
	int r;

	r = describe_source(b, source, err);
	if (r == 0)
		r = find_dependencies(b, found, err);
	if (r < 0)
		return r;
	describe_request(b, request);
	dependencies = list_dependencies(found, &p.is_complete);
	platform_host(&host);
	machine = platform_format(&host);
	p.dependencies = dependencies;
	p.builder_id = b->options->output.attest->builder_id;
	/* Neither time nor machine where the same is to come out again. */
	p.builder_platform = has_epoch ? NULL : machine;
	p.has_times = !has_epoch;
	p.started = b->started;
	p.finished = time(NULL);
	p.is_reproducible = has_epoch;
	return format(&p, ret, err);
}
