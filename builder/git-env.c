/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/git-env.h"

#include <stdlib.h>

#include "util/mem.h"

/* What git and ssh need of our environment, and proxies. */
static void
add_inherited(struct strv *env)
{
	static const char *const names[] = { "PATH", "HOME", "http_proxy",
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
		"no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR" };

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		const char *value = getenv(names[n]);

		if (value)
			strv_env_set(env, names[n], value);
	}
}

/*
 * No settings of the user's, no questions, and only hosts that are known. In a
 * user namespace ssh would look for all that in root's home, so ours is named.
 */
#define SSH "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes " \
	"-o ConnectTimeout=30 -o ServerAliveInterval=15 " \
	"-o ForwardAgent=no -o ClearAllForwardings=yes " \
	"-o UserKnownHostsFile=\"\\\"$HOME/.ssh/known_hosts\\\"\" "
#define KEY(name) "-o IdentityFile=\"\\\"$HOME/.ssh/" name "\\\"\" "

static void
add_ssh(struct strv *env, const struct git_settings *settings)
{
	strv_addf(env, "GIT_SSH_COMMAND=%s", settings->uses_keys ?
		SSH KEY("id_ed25519") KEY("id_ecdsa") KEY("id_rsa") :
		SSH "-o IdentityFile=none");
	strv_add(env, "GIT_SSH_VARIANT=ssh");
	if (settings->agent)
		strv_addf(env, "SSH_AUTH_SOCK=%s", settings->agent);
}

void
git_env_make(const struct git_settings *settings, struct strv *env)
{
	add_inherited(env);
	strv_add(env, "LC_ALL=C");
	strv_add(env, "GIT_CONFIG_NOSYSTEM=1");
	strv_add(env, "GIT_CONFIG_GLOBAL=/proc/self/fd/3");
	strv_add(env, "GIT_ATTR_NOSYSTEM=1");
	strv_add(env, "GIT_TERMINAL_PROMPT=0");
	strv_add(env, "GIT_OPTIONAL_LOCKS=0");
	strv_add(env, "GIT_NO_REPLACE_OBJECTS=1");
	strv_add(env, "GIT_ADVICE=0");
	strv_add(env, "GIT_LFS_SKIP_SMUDGE=0");
	add_ssh(env, settings);
}
