/* SPDX-License-Identifier: Apache-2.0 */
/* The time of what is made. */
#include "builder/build-part.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/num.h"

#define EPOCH "SOURCE_DATE_EPOCH"

/* The year 9999 is the last that RFC 3339 can say. */
#define EPOCH_MAX 253402300799

/* Of the caller, or of the file; NULL. */
static const char *
given_epoch(const struct build *b)
{
	const char *text = b->options->epoch;

	if (!text || !*text)
		text = args_global(&b->args, EPOCH);
	return text && *text ? text : NULL;
}

const char *
build_epoch(const struct build *b)
{
	const char *text = b->epoch ? b->epoch : given_epoch(b);

	if (text && *text)
		return text;
	return b->options->clamps_times ? "0" : NULL;
}

/* What a word stands for, the main context's or that of a named one; "" when
 * that has no time. NULL: it is neither. */
static int
find_time(struct build *b, const char *word, char **ret, struct error *err)
{
	const struct context *c = b->context;
	const struct named_context *named;
	int r;

	*ret = NULL;
	if (strcmp(word, "context") != 0) {
		named = named_contexts_find(
			&b->contexts.named, word, b->platform);
		if (!named || named->kind != NAMED_FILES)
			return 0;
		r = build_contexts_load(&b->contexts, named, err);
		if (r < 0)
			return r;
		c = named->context;
	}
	*ret = context_time(c) < 0
		? mem_strdup("")
		: mem_printf("%" PRId64, context_time(c));
	return 0;
}

int
build_settle_epoch(struct build *b, struct error *err)
{
	const char *given = given_epoch(b);
	uint64_t seconds;

	if (!given || b->epoch ||
		num_parse(given, EPOCH_MAX, &seconds, NULL) == 0)
		return 0;
	return find_time(b, given, &b->epoch, err);
}

/* A stage that names it sees it. */
int
build_give_epoch(struct build *b, struct error *err)
{
	const char *epoch = build_epoch(b);
	autofree char *text = NULL;

	/* A word that was given as the argument itself is replaced. */
	if (!b->epoch && (!epoch || args_given(&b->args, EPOCH)))
		return 0;
	text = mem_printf("%s=%s", EPOCH, epoch ? epoch : "");
	return args_give(&b->args, text, err);
}

int
build_parse_epoch(const struct build *b, int64_t *ret, struct error *err)
{
	const char *text = build_epoch(b);
	uint64_t seconds;
	int r;

	*ret = INT64_MAX;
	if (!text)
		return 0;
	r = num_parse(text, EPOCH_MAX, &seconds, err);
	if (r < 0) {
		(void)error_wrap(err, "source date epoch");
		return error_kind(err, ERROR_REQUEST);
	}
	*ret = (int64_t)seconds;
	return 0;
}
