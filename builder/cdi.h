/* SPDX-License-Identifier: Apache-2.0 */
/* cdi: devices by name, as this host's files of the Container Device Interface
 * describe them (the CNCF's cdi specification, 0.6 and later, JSON). */
#ifndef BUILDER_CDI_H
#define BUILDER_CDI_H

#include "builder/host-mount.h"
#include "util/error.h"
#include "util/strv.h"

/*
 * What the device `name`, "vendor.com/class=device", is, from the first file in
 * `dirs` that has it: device nodes and mounts are added to `mounts`, variables
 * to `env`; on failure nothing is. Hooks, which are programs of the host, are
 * passed over with a warning. -EINVAL, ERROR_REQUEST for a name of another
 * form; -ENOENT, ERROR_HOST when no file has it or a node is not there;
 * -EBADMSG, ERROR_HOST for a file that is not as specified.
 */
int cdi_find(const struct strv *dirs, const char *name,
	struct host_mounts *mounts, struct strv *env, struct error *err);

#endif
