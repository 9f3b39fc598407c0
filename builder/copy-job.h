/* SPDX-License-Identifier: Apache-2.0 */
/* copy-job: one COPY at work; for copy-*.c only. */
#ifndef BUILDER_COPY_JOB_H
#define BUILDER_COPY_JOB_H

#include <stdbool.h>
#include <time.h>

#include "builder/copy.h"
#include "builder/place.h"
#include "util/error.h"
#include "util/map.h"

/* All borrowed. */
struct copy_job {
	const struct copy *copy;
	const struct copy_root *root;
	const struct copy_owner *owner;
	struct target *target;
	int root_fd;
	struct map *links; /* "device:inode" -> path it was put at, of one
			    * source: copies of two are two files */
	bool is_several;   /* more than one source was named */
};

/* Where a file goes that is called `name`, yours; its parents are made, with
 * the time `mtime`. -EINVAL, ERROR_REQUEST when several sources have one name
 * to go to. */
int copy_find_file_place(struct copy_job *j, const char *name, time_t mtime,
	char **ret, struct error *err);
/* Where a directory's contents go; it is made. */
int copy_find_dir_place(struct copy_job *j, const struct selected *s,
	time_t mtime, struct place *ret, struct error *err);

#endif
