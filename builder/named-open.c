/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "builder/layout.h"
#include "builder/named-context.h"
#include "oci/ref.h"
#include "util/mem.h"
#include "util/scope.h"

static int
read_layout(struct named_context *c, struct store *s, struct error *err)
{
	char text[DIGEST_TEXT_SIZE];
	struct digest d;
	int r;

	r = layout_read(s, c->value, &d, err);
	if (r == 0)
		c->image = mem_strdup(digest_format(&d, text));
	return r;
}

int
named_contexts_read_layouts(struct named_contexts *n, struct store *s,
	struct error *err)
{
	for (size_t i = 0; i < n->count; i++) {
		struct named_context *c = &n->items[i];

		if (c->kind != NAMED_LAYOUT || c->image)
			continue;
		if (read_layout(c, s, err) < 0)
			return error_wrap(err, "context '%s'", c->name);
	}
	return 0;
}

int
named_contexts_open(struct named_contexts *n,
	const struct named_context *which, struct store *s,
	const struct context_request *how, bool ignore_remote,
	struct error *err)
{
	struct named_context *c = &n->items[which - n->items];
	struct context_request request = *how;
	int r;

	if (c->context)
		return 0;
	request.text = c->value;
	r = context_open(s, &request, &c->context, err);
	if (r == 0)
		r = context_find_ignore(c->context, NULL, ignore_remote, err);
	if (r == 0)
		r = context_remember(c->context, s, err);
	return r < 0 ? error_wrap(err, "--build-context %s", c->name) : 0;
}
