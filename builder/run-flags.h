/* SPDX-License-Identifier: Apache-2.0 */
/* run-flags: the options of a build that say what its RUNs see and may do. */
#ifndef BUILDER_RUN_FLAGS_H
#define BUILDER_RUN_FLAGS_H

#include "builder/build.h"
#include "builder/host-mount.h"
#include "builder/secret.h"
#include "sandbox/limit.h"
#include "sandbox/resource-flags.h"
#include "util/buf.h"
#include "util/cli.h"
#include "util/strv.h"

/* As given, and what was made of it; all-zero is nothing given. */
struct run_flags {
	const char *network, *shm_size;
	struct resource_flags resource_texts;
	struct strv hosts, security, secret_texts, agent_texts, limit_texts;
	struct strv cap_add, cap_drop, volumes, devices;
	struct strv allow_texts, cdi_dirs;
	struct strv dns, dns_options, dns_search;

	struct secrets secrets;
	struct strv agents;
	struct agents own_agents;
	struct sandbox_limit *limits;
	struct resources resources;
	struct host_mounts host_mounts;
	struct strv allowed_devices;
	struct buf resolv_conf;
};

/* Rows for the command's table; `f` is its struct run_flags. */
#define RUN_FLAG_ROWS(f)                                                       \
	{ 0, "network", "MODE", "of RUN: default, host, none or private",      \
		OPT_STRING, &(f).network, NULL,                                \
		"default|host|none|private" },                                 \
	{ 0, "add-host", "NAME:ADDRESS", "a line of /etc/hosts in RUN",        \
		OPT_LIST, &(f).hosts },                                        \
	{ 0, "secret", "id=ID[,src=PATH|,env=NAME]",                           \
		"what RUN --mount=type=secret,id=ID shows", OPT_LIST,          \
		&(f).secret_texts },                                           \
	{ 0, "ssh", "default|ID[=SOCKET|KEY]",                                     \
		"the agent that RUN --mount=type=ssh shows", OPT_LIST,         \
		&(f).agent_texts },                                            \
	{ 0, "shm-size", "SIZE", "of /dev/shm in RUN, 64m", OPT_STRING,        \
		&(f).shm_size },                                               \
	{ 0, "ulimit", "NAME=SOFT[:HARD]", "a resource limit of RUN",          \
		OPT_LIST, &(f).limit_texts },                                  \
	{ 0, "security-opt", "OPTION",                                         \
		"no-new-privileges=false lets setuid programs work in RUN",    \
		OPT_LIST, &(f).security },                                     \
	{ 0, "cap-add", "NAME", "a capability more for RUN, or ALL",           \
		OPT_LIST, &(f).cap_add },                                      \
	{ 0, "cap-drop", "NAME", "a capability less for RUN, or ALL",          \
		OPT_LIST, &(f).cap_drop },                                     \
	{ 'v', "volume", "SOURCE:TARGET[:ro]",                                 \
		"show a directory or file of the host in RUN", OPT_LIST,       \
		&(f).volumes },                                                \
	{ 0, "device", "/dev/NAME[:TARGET]",                                   \
		"show a device of the host in RUN", OPT_LIST, &(f).devices },  \
	{ 0, "allow", "ENTITLEMENT",                                           \
		"what RUN may ask for: security.insecure, device[=NAME]",      \
		OPT_LIST, &(f).allow_texts, NULL,                              \
		"network.host|security.insecure|device" },                     \
	{ 0, "cdi-spec-dir", "DIR",                                            \
		"where devices are described, /etc/cdi and /var/run/cdi",      \
		OPT_LIST, &(f).cdi_dirs, NULL, "@dir" },                       \
	{ 0, "dns", "ADDRESS", "a name server for RUN", OPT_LIST, &(f).dns },  \
	{ 0, "dns-option", "OPTION", "of resolv.conf in RUN", OPT_LIST,        \
		&(f).dns_options },                                            \
	{ 0, "dns-search", "DOMAIN", "search it for names in RUN", OPT_LIST,   \
		&(f).dns_search },                                            \
	RESOURCE_FLAG_ROWS((f).resource_texts)

/* Checked and filled in; `ret` borrows from `f`. -EINVAL, ERROR_REQUEST;
 * errors of secrets_add() and secret_add_agent(). */
int run_flags_read(struct run_flags *f, struct build_options *ret,
	struct error *err);
void run_flags_release(struct run_flags *f);

#endif
