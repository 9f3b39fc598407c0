/* SPDX-License-Identifier: Apache-2.0 */
/* flags: the options of `docker run`, before an image of a cmd step. */
#ifndef RUNNER_FLAGS_H
#define RUNNER_FLAGS_H

#include <stdbool.h>

#include "util/error.h"
#include "util/strv.h"

/* What they ask for. All-zero is nothing. */
struct flags {
	struct strv forward;	/* as `slipway run` takes them */
	struct strv env;	/* "NAME=value"; "NAME" is the step's */
	struct strv env_files;	/* paths in the workspace */
	struct strv volumes;	/* SOURCE:TARGET[:ro] */
	struct strv mounts;	/* type=...,target=... */
	struct strv networks;
	struct strv aliases;
	struct strv publish;
	struct strv names;	/* the last one counts */
	bool detach;
	bool remove;
	struct strv words;	/* the image, and what is behind it */
};

void flags_release(struct flags *f);
/*
 * The words from `first` on. -EINVAL, ERROR_REQUEST, for what we do not have
 * and what would lead out of the sandbox: `docker.sock` among the volumes,
 * another isolation than "default".
 */
int flags_parse(const struct strv *argv, size_t first, struct flags *ret,
	struct error *err);

#endif
