/* SPDX-License-Identifier: Apache-2.0 */
/* volume: "SRC:DST[:ro]", directories and files of the host made visible. */
#ifndef RUNNER_VOLUME_H
#define RUNNER_VOLUME_H

#include <stddef.h>

#include "sandbox/spec.h"
#include "util/error.h"
#include "util/strv.h"

/* All-zero is none. */
struct volumes {
	struct sandbox_mount *mounts;	/* for the spec; texts are ours */
	size_t count;
};

void volumes_release(struct volumes *v);
/*
 * Each item "SRC:DST[:ro|:rw]": SRC a path that is there (relative ones get
 * this directory before them), DST absolute. -EINVAL or -ENOENT,
 * ERROR_REQUEST.
 */
int volumes_parse(const struct strv *items, struct volumes *ret,
	struct error *err);
/* Make what is missing of the targets below `root_fd`, a directory or an empty
 * file as the source is. */
int volumes_make_targets(const struct volumes *v, int root_fd,
	struct error *err);

#endif
