/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/build-context.h"

#include <errno.h>
#include <string.h>

/* Is this build argument true? */
static bool
has_argument(const struct build_options *o, const char *name)
{
	const char *value = strv_env_get(o->build_args, name);

	return value && strcmp(value, "") != 0 && strcmp(value, "0") != 0 &&
		strcmp(value, "false") != 0;
}

/* The one that was given for builds, else the user's own: it is the user who
 * named the context. */
static const char *
agent_of(const struct build_options *o)
{
	const char *given = o->agents ?
		strv_env_get(o->agents, "default") : NULL;

	return given ? given : o->own_agent;
}

static int
open_main(struct build_contexts *b, struct context **ret, struct error *err)
{
	const struct build_options *o = b->options;
	int r;

	if (strcmp(o->context, "-") == 0 && o->file &&
		strcmp(o->file, "-") == 0) {
		(void)error_set(err, EINVAL,
			"context and Dockerfile cannot both be standard input");
		return error_kind(err, ERROR_REQUEST);
	}
	r = context_open(b->store, &b->request, ret, err);
	return r < 0 ? r : context_remember(*ret, b->store, err);
}

int
build_contexts_open(struct build_contexts *b, struct store *s,
	const struct build_options *o, struct progress *p,
	struct context **ret, struct error *err)
{
	int r = 0;

	b->store = s;
	b->options = o;
	b->request = (struct context_request){
		.text = o->context,
		.identity = o->identity,
		.transfer = o->output.transfer,
		.keeps_git_dir = has_argument(o,
			"BUILDKIT_CONTEXT_KEEP_GIT_DIR"),
		.git = {
			.secrets = o->secrets,
			.agent = agent_of(o),
			.uses_keys = true,
			.progress = p,
		},
	};
	if (o->contexts)
		r = named_contexts_parse(o->contexts, &b->named, err);
	if (r == 0)
		r = open_main(b, ret, err);
	return r < 0 ? r : named_contexts_read_layouts(&b->named, s, err);
}

void
build_contexts_release(struct build_contexts *b)
{
	named_contexts_release(&b->named);
}

int
build_contexts_load(struct build_contexts *b,
	const struct named_context *files, struct error *err)
{
	return named_contexts_open(&b->named, files, b->store, &b->request,
		b->options->ignore_remote, err);
}
