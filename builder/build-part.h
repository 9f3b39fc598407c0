/* SPDX-License-Identifier: Apache-2.0 */
/* build-part: what the files of build share. */
#ifndef BUILDER_BUILD_PART_H
#define BUILDER_BUILD_PART_H

#include "builder/build-context.h"
#include "builder/lint.h"
#include "builder/site.h"
#include "oci/digest.h"

/* Everything one build holds; released together. Context and file are for all
 * platforms, the rest is for one: each has a copy, in a process of its own. */
struct build {
	const struct build_options *options;
	struct store *store;
	const struct platform *platform;
	char *label; /* of the platform, when there are several */
	struct context *context;
	struct build_contexts contexts;
	struct dockerfile *file;
	char *path; /* of the Dockerfile, NULL when it has none */
	struct lock *lock;
	struct args args;
	struct plan *plan;
	struct images *images;
	const struct image **bases; /* by stage; NULL: no image, or not here */
	struct lint_report lint;
	struct site site;
	char *epoch; /* what a word means as the time, "": none; NULL: it is
		      * no word */
	char created[40];
	int64_t started; /* seconds since 1970 */
	struct state *results;
	bool *is_done;
};

/* build-read: what all platforms share: the contexts, and the Dockerfile with
 * what it ignores. `options` and `store` are set. */
int build_prepare(struct build *b, struct progress *p, struct error *err);
/* The arguments for b->platform. */
int build_read_args(struct build *b, struct error *err);
/* Where images are looked for; none is yet. */
void build_open_images(struct build *b);
/* Of one that is half built, too. */
void build_release(struct build *b);

/* build-epoch: find the time that "context", or the name of a context of files,
 * stands for; nothing happens for a number, and the second time. Errors of
 * build_contexts_load(). */
int build_settle_epoch(struct build *b, struct error *err);
/* The time becomes an argument, for stages that ask. */
int build_give_epoch(struct build *b, struct error *err);
/* The time of the image as text: of the caller, of the file, or 1970 when times
 * are to be clamped; NULL. Borrowed. */
const char *build_epoch(const struct build *b);
/* As a number; INT64_MAX: none. -EINVAL, ERROR_REQUEST. */
int build_parse_epoch(const struct build *b, int64_t *ret, struct error *err);

/* build-images: every image and context that a needed stage stands on or reads
 * from, with the triggers of bases. */
int build_load_images(struct build *b, struct error *err);

/* build-site: after build_prepare(), all that is needed for b->platform before
 * the first step. */
int build_set_up(struct build *b, struct progress *p, struct error *err);
/* The path of the lock file, yours; -EINVAL, ERROR_REQUEST, when the Dockerfile
 * is no file. */
int build_find_lock(const struct build *b, char **ret, struct error *err);

/* build-answer: lint before anything is done; what it finds fails the build
 * only when the file says so. */
int build_look_over(struct build *b, struct error *err);

/* build-commit: the layers of the target become one, if that is wanted; whether
 * it was work. */
int build_squash(struct build *b, bool *ret_worked, struct error *err);
/* The target as an image in the store: its manifest. */
int build_commit(struct build *b, struct digest *ret, struct error *err);
/* build-provenance: what the image was made of, as the text of a predicate
 * (oci/provenance.h), yours. After the work; nothing is asked again, so what
 * left no digest here has none. Errors of pinning_recall(). */
int build_describe(struct build *b, char **ret, struct error *err);

#endif
