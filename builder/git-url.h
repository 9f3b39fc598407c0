/* SPDX-License-Identifier: Apache-2.0 */
/* git-url: a git repository and what is wanted of it, as users write it. */
#ifndef BUILDER_GIT_URL_H
#define BUILDER_GIT_URL_H

#include <stdbool.h>

#include "util/error.h"

enum git_choice { GIT_UNSAID, GIT_NO, GIT_YES };

/* All-zero is empty. */
struct git_url {
	char *remote;		/* for git: without what is below */
	char *scheme;		/* "https", "http", "ssh", "git" or "file" */
	char *user, *password;	/* of http and https, else NULL; a secret */
	char *ref;		/* branch, tag, commit; NULL: HEAD */
	char *subdir;		/* NULL: all of it */
	char *checksum;		/* what the commit begins with, or NULL */
	char *name;		/* for messages: no secret in it */
	enum git_choice keep_dir, submodules;
};

/* Is this source of an ADD a repository? git@host:path, git://, ssh://, and
 * http(s):// with ".git" at the end of the path or "/_git/" in it as Azure
 * DevOps has it; "git+" may stand before a scheme. */
bool git_url_is(const char *text);
/* Is this CONTEXT one? "github.com/..." and file://....git are, too. */
bool git_url_is_context(const char *text);
/*
 * REMOTE[?name=value&...][#ref[:subdir]], as slipway-build(1) tells. -EINVAL,
 * ERROR_REQUEST for what is no such thing: two answers to one question, an
 * unknown word in the query, a name of a host, ref or path that git would take
 * for an option. No message has user, password or query.
 */
int git_url_parse(const char *text, struct git_url *ret, struct error *err);
/* Only REMOTE, as a submodule names it; "./" and "../" go on from the remote
 * `base`. */
int git_url_parse_remote(const char *text, const char *base,
	struct git_url *ret, struct error *err);
/* One more word about it, which is the ref, too, if it is a whole id and there
 * is none; -EINVAL when it is no checksum of a commit, or another one than
 * u->checksum. */
int git_url_set_checksum(struct git_url *u, const char *text,
	struct error *err);
void git_url_release(struct git_url *u);

/* "https://host:port" of what is http or https, else NULL; yours. */
char *git_url_origin(const struct git_url *u);
/* 40 or 64 digits: a commit's whole id, which needs no asking. */
bool git_is_id(const char *ref);
/* Four digits and more, and nothing else: perhaps the beginning of one. */
bool git_is_short_id(const char *ref);
/* May git be given this as the name of a branch, tag or commit? */
bool git_is_ref(const char *ref);

#endif
