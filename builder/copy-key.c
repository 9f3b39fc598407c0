/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/copy.h"
#include "util/mem.h"
#include "util/scope.h"

static void
add_mode(const struct chmod *c, struct key *k)
{
	if (c->is_octal)
		key_add_number(k, "mode", c->octal);
	key_add(k, "mode", c->symbolic);
}

void
copy_add_words(const struct copy *c, struct key *k)
{
	cleanup_value(strv_release) struct strv excludes = { 0 };

	instr_flag_list(c->instr, "exclude", &excludes);
	key_add_list(k, "source", &c->sources);
	key_add_list(k, "exclude", &excludes);
}

/* What came, or what may come; not where it came from. */
static void
add_fetched(const struct copy *c, const struct fetched *f, struct key *k)
{
	key_add(k, "file", f->name);
	key_add_digest(
		k, "content", c->has_checksum ? &c->checksum : &f->got.digest);
	key_add_number(k, "unpack-file", c->unpacks_urls);
}

void
copy_add_key(const struct copy *c, struct key *k)
{
	key_add(k, "destination", c->dest);
	key_add_number(k, "into-directory", c->dest_is_dir);
	key_add(k, "owner", c->owner);
	add_mode(&c->chmod, k);
	key_add_number(k, "unpack", c->unpacks);
	if (c->parents)
		key_add(k, "parents", "true");
	for (size_t n = 0; n < c->url_count; n++)
		add_fetched(c, &c->urls[n], k);
	for (size_t n = 0; n < c->repository_count; n++)
		cloned_add_key(&c->repositories[n], k);
	for (size_t n = 0; n < c->bodies.count; n++) {
		key_add(k, "heredoc", c->instr->heredocs[n].name);
		key_add(k, "body", c->bodies.items[n]);
	}
}

void
copy_add_history(const struct copy *c, struct buf *b)
{
	const char *mode = instr_flag(c->instr, "chmod");

	buf_adds(b, instr_name(c->instr->kind));
	if (c->parents)
		buf_adds(b, " --parents");
	if (c->owner)
		buf_addf(b, " --chown=%s", c->owner);
	if (mode)
		buf_addf(b, " --chmod=%s", mode);
	for (size_t n = 0; n < c->sources.count; n++)
		buf_addf(b, " %s", c->sources.items[n]);
	for (size_t n = 0; n < c->url_count; n++)
		buf_addf(b, " %s", c->urls[n].url);
	for (size_t n = 0; n < c->repository_count; n++)
		buf_addf(b, " %s", c->repositories[n].url.name);
	for (size_t n = 0; n < c->bodies.count; n++)
		buf_addf(b, " <<%s", c->instr->heredocs[n].name);
	buf_addf(b, " %s # buildkit", c->dest_text);
}
