/* SPDX-License-Identifier: Apache-2.0 */
/* task: a validated task file; slipway-task(5). */
#ifndef RUNNER_TASK_H
#define RUNNER_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/shell.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/scope.h"
#include "util/strv.h"

enum step_kind { STEP_BUILD, STEP_CMD, STEP_PUSH };

/* What those that a step waits for must have done. */
enum step_run_on {
	RUN_ON_SUCCESS,	  /* all of them */
	RUN_ON_FAILURE,	  /* one failed, the others ended */
	RUN_ON_COMPLETED, /* all ran to an end */
	RUN_ON_ALWAYS,	  /* all ended, even if they were skipped */
};

/* Where something stands in the task file, from 1; 0 when it is in none. */
struct task_place {
	size_t line, column;
};

/* One member of `networks`. */
struct task_network {
	struct task_place place;
	char *name;
	char *driver;	     /* "bridge", "none", "host", "external" or NULL */
	bool ipv6;	     /* addresses of IPv6, too */
	bool internal;	     /* no way out */
	bool skip_creation;  /* somebody else makes and removes it */
	bool is_default;     /* of steps that name none; the last one counts */
};

/* One member of `secrets`. At least one of `from` and `keyvault` is there. */
struct task_secret {
	struct task_place place;
	char *id;
	char *from;	 /* "env:NAME", "file:/path", "fd:3", "cmd:...",
			  * "systemd:NAME", ... */
	char *keyvault;	 /* https URL */
	char *client_id; /* UUID or NULL */
};

/* A file of a volume of secrets. */
struct task_volume_file {
	char *name;
	char *secret; /* the id of a secret, or NULL: */
	struct buf content;
};

enum task_volume_kind {
	TASK_VOLUME_EMPTY,  /* a directory as long as the run */
	TASK_VOLUME_SECRET, /* `files` */
	TASK_VOLUME_CACHE,  /* a directory that stays between runs */
	TASK_VOLUME_TMPFS,
	TASK_VOLUME_HOST, /* a directory of this host */
};

enum task_volume_sharing {
	TASK_VOLUME_SHARED,  /* several runs at once */
	TASK_VOLUME_PRIVATE, /* a run that finds it taken gets another */
	TASK_VOLUME_LOCKED,  /* a run that finds it taken waits */
};

/* One member of `volumes`. */
struct task_volume {
	struct task_place place;
	char *name;
	enum task_volume_kind kind;
	struct task_volume_file *files;
	size_t file_count;
	char *cache_id; /* its name when `cache` gives none */
	enum task_volume_sharing sharing;
	uint64_t max_bytes; /* of a cache or tmpfs; 0: no limit */
	char *host_path;
	bool read_only;
	uint64_t uid, gid;
	uint64_t mode; /* of files of secrets, 0400 by default */
};

/* One member of `volumeMounts`; `name` is that of a volume of the task. */
struct task_mount {
	struct task_place place;
	char *name;
	char *mount_path; /* absolute, once in a step */
};

/* When a detached step is of use to those that wait for it. */
struct task_health {
	char *cmd; /* NULL: as soon as it runs */
	int64_t interval_ms;
	int64_t timeout_ms;
	int64_t start_period_ms; /* failures before do not count */
	uint64_t retries;
};

/* One member of `steps` or `cleanup`; names as in the file. */
struct step {
	struct task_place place;
	char *id; /* "acb_step_N" when the file has none; with "[os=linux]"
		   * when there is a matrix */
	char *base_id; /* without that */
	size_t index;  /* its own among the task's */
	size_t first;  /* index of the first step of the same matrix */
	enum step_kind kind;
	bool is_cleanup; /* of `cleanup`: when all others have ended */
	char *build; /* the texts as written; NULL when not there */
	char *cmd;
	struct strv words; /* of `build`, split */
	struct shell_script *script; /* of `cmd`, parsed */
	struct strv push;  /* references; ":latest" added, no duplicates */
	struct strv when;  /* ids; "-" alone: at once; "*": all above;
				 * empty: the one above */
	enum step_run_on run_on;
	struct strv exited_with;    /* a parent's status is one of these */
	struct strv exited_without; /* no parent's status is */
	struct strv env;	    /* the task's below the step's own */
	int64_t timeout_ms;	    /* for all attempts together */
	int64_t start_delay_ms;
	uint64_t retries;
	int64_t retry_delay_ms;
	struct strv retry_on_errors; /* retry only after one of these texts */
	uint64_t repeat;	     /* that often again, whatever happens */
	bool ignore_errors;
	bool detach;
	bool fail_fast; /* detached: its failure ends the run */
	bool keep;	/* the container is there until the run ends */
	struct task_health health;
	bool disable_working_directory_override;
	char *entry_point;
	char *user;
	char *working_directory; /* the step's, else the task's */
	char *network; /* one of `networks`, "host", "none", ...; or NULL */
	struct strv ports;  /* as docker's --publish */
	struct strv expose; /* "80", "53/udp" */
	bool privileged;
	char *isolation;
	char *cpus;	       /* "1.5" */
	uint64_t memory_bytes; /* 0: no limit */
	bool pull;
	uint64_t download_retries; /* of `pull` */
	int64_t download_retry_delay_ms;
	char *cache;
	struct task_mount *mounts;
	size_t mount_count;
};

struct task {
	char *version; /* "v1.0.0" or "v1.1.0" */
	struct step *steps; /* those of `cleanup` last */
	size_t step_count;
	int64_t step_timeout_ms;
	int64_t total_timeout_ms; /* 0: none */
	char *working_directory;
	struct strv env;
	struct task_network *networks;
	size_t network_count;
	struct task_secret *secrets;
	size_t secret_count;
	struct task_volume *volumes;
	size_t volume_count;
	struct late *late; /* for the marks in texts of steps; may be NULL */
};

struct late;
struct variables;

/* How a file is read. Borrowed. */
struct task_source {
	const char *name; /* for errors */
	bool acr; /* as the registry service reads it: yaml_doc_parse_lenient(),
		   * no forward references, no version is v1.0.0 */
	bool allow_empty;	     /* no steps are fine */
	bool hints; /* warn of what is perhaps not meant */
	struct late *late;	     /* for marks; NULL: there are none */
	struct variables *variables; /* for {{.Matrix.x}}; with `late` */
	/* The rendered text of a file that is included. */
	int (*include)(void *context, const char *path, struct buf *ret,
		struct error *err);
	void *include_context;
};

/*
 * YAML text (rendered already) to a task. `name` stands before every error, as
 * "name:line:column: ...": unknown and duplicate keys, wrong kinds, the rules
 * of the registry service, what is not supported yet. -EINVAL or -EFBIG,
 * ERROR_REQUEST.
 */
int task_parse(const char *text, size_t len, const char *name,
	struct task **ret, struct error *err);
int task_parse_from(const char *text, size_t len, const struct task_source *s,
	struct task **ret, struct error *err);
/* A task of one cmd step, as `az acr run --cmd` makes it. */
int task_from_command(
	const char *command, struct task **ret, struct error *err);
struct task *task_free(struct task *t);

DEFINE_CLEANUP(struct task *, task_free);

#endif
