/* SPDX-License-Identifier: Apache-2.0 */
/* ignored-flags: options of other builders that have no effect here, and say so
 * once: there is no daemon, no layer store and no runtime to choose. */
#ifndef BUILDER_IGNORED_FLAGS_H
#define BUILDER_IGNORED_FLAGS_H

#include "util/cli.h"

#define IGNORED_FLAG(name)                                                     \
	{ 0, name, NULL, "accepted, has no effect", OPT_IGNORED }
#define IGNORED_VALUE(name)                                                    \
	{ 0, name, "VALUE", "accepted, has no effect", OPT_IGNORED }

/* Rows for the command's table. */
#define IGNORED_FLAG_ROWS                                                      \
	{ 'D', "debug", NULL, "accepted, has no effect", OPT_IGNORED },        \
	IGNORED_VALUE("builder"),                                              \
	IGNORED_VALUE("isolation"),                                            \
	IGNORED_VALUE("runtime"),                                              \
	IGNORED_VALUE("runtime-flag"),                                         \
	IGNORED_VALUE("hooks-dir"),                                            \
	IGNORED_VALUE("cpuset-mems"),                                          \
	IGNORED_VALUE("cgroup-parent"),                                        \
	IGNORED_VALUE("cgroupns"),                                             \
	IGNORED_VALUE("group-add"),                                            \
	IGNORED_VALUE("ipc"),                                                  \
	IGNORED_VALUE("pid"),                                                  \
	IGNORED_VALUE("uts"),                                                  \
	IGNORED_VALUE("userns"),                                               \
	IGNORED_VALUE("userns-uid-map"),                                       \
	IGNORED_VALUE("userns-gid-map"),                                       \
	IGNORED_VALUE("userns-uid-map-user"),                                  \
	IGNORED_VALUE("userns-gid-map-group"),                                 \
	IGNORED_FLAG("compress"),                                              \
	IGNORED_FLAG("disable-content-trust"),                                 \
	IGNORED_FLAG("layers"),                                                \
	IGNORED_FLAG("rm"),                                                    \
	IGNORED_FLAG("force-rm"),                                              \
	IGNORED_FLAG("stdin"),                                                 \
	IGNORED_FLAG("compat-volumes"),                                        \
	IGNORED_FLAG("skip-unused-stages"),                                    \
	IGNORED_FLAG("save-stages"),                                           \
	IGNORED_FLAG("stage-labels"),                                          \
	IGNORED_FLAG("identity-label"),                                        \
	IGNORED_FLAG("created-annotation"),                                    \
	IGNORED_FLAG("inherit-annotations"),                                   \
	IGNORED_FLAG("logsplit"),                                              \
	IGNORED_FLAG("no-push"),                                               \
	IGNORED_FLAG("cleanup"),                                               \
	IGNORED_FLAG("no-hostname")

#endif
