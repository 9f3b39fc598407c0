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
	int *secret_fds;	/* by mount: of one of secrets, else 0 */
};

void volumes_release(struct volumes *v);
/* Takes the texts of `m` over. */
void volumes_add(struct volumes *v, const struct sandbox_mount *m);
/*
 * Each item "SRC:DST[:ro|:rw]": SRC a path that is there (relative ones get
 * this directory before them), DST absolute. -EINVAL or -ENOENT,
 * ERROR_REQUEST.
 */
int volumes_parse(const struct strv *items, struct volumes *ret,
	struct error *err);
/*
 * Adds `--mount` items: "type=bind,source=PATH[,bind-subpath=PATH],target=PATH
 * [,readonly]" and "type=tmpfs,target=PATH[,tmpfs-size=N][,tmpfs-mode=N]", with
 * Docker's other names of these fields. A subpath never leads out of the
 * source. -EINVAL or -ENOENT, ERROR_REQUEST.
 */
int volumes_parse_mounts(const struct strv *items, struct volumes *v,
	struct error *err);
/* Adds `--tmpfs` items: "PATH[:size=N,mode=N,...]". */
int volumes_parse_tmpfs(const struct strv *items, struct volumes *v,
	struct error *err);
/* Fill those of type=secret,fd=N: JSON, {"files": [{"name", "data" in base64}],
 * "uid", "gid", "mode"}, becomes files of a file system in memory, mounted in
 * the absolute path `scratch`. Before the targets are made. */
int volumes_open_secrets(struct volumes *v, const char *scratch,
	struct error *err);
/* Make what is missing of the targets below `root_fd`, a directory or an empty
 * file as the source is. */
int volumes_make_targets(const struct volumes *v, int root_fd,
	struct error *err);

#endif
