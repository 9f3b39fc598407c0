/* SPDX-License-Identifier: Apache-2.0 */
/* state: what a stage has become so far: its image, and what $NAME means. */
#ifndef BUILDER_STATE_H
#define BUILDER_STATE_H

#include <stdbool.h>

#include "oci/draft.h"
#include "oci/image.h"
#include "util/error.h"
#include "util/json.h"
#include "util/strv.h"

#define STATE_DEFAULT_PATH                                                     \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* All-zero is empty. */
struct state {
	struct draft *draft;
	struct strv vars;	/* ENV and ARG as "NAME=value", later wins */
	struct strv arg_names;	/* ARGs declared in this stage */
	bool has_cmd;		/* CMD was met in this stage */
	char *created;		/* time of the last layer, RFC 3339, or NULL */
	char escape;		/* the Dockerfile's escape character */
	struct strv steps;	/* keys of the steps it came of, hex */
};

void state_release(struct state *s);
/* What FROM gives: the image's config without its triggers, PATH filled in. */
void state_from_image(const struct image *i, char escape, struct state *ret);
/* FROM scratch: PATH and the working directory "/". */
void state_from_nothing(const struct platform *p, char escape,
	struct state *ret);
/* FROM an earlier stage: its image and its variables. */
void state_from_stage(const struct state *from, struct state *ret);

/* One word with the variables of this stage; yours. */
int state_expand(const struct state *s, const char *word, char **ret,
	struct error *err);
/* The working directory, cleaned and absolute; borrowed. */
const char *state_cwd(struct state *s);
/* The shell that shell forms are given to; adds to `ret`. */
int state_shell(struct state *s, struct strv *ret, struct error *err);
/* Add a history entry. A `created` of NULL takes the time of the last layer:
 * what made no layer has no time of its own, so that the same steps always
 * give the same image. */
void state_add_history(struct state *s, const char *created_by,
	const char *created, bool empty_layer);

/* For the way from a worker to its parent. */
struct json *state_format(const struct state *s);
/* -EBADMSG when it is not what state_format made. */
int state_parse(const struct json *j, struct state *ret, struct error *err);

#endif
