/* SPDX-License-Identifier: Apache-2.0 */
/* registry: what can be asked of a repository (OCI distribution-spec). */
#ifndef OCI_REGISTRY_H
#define OCI_REGISTRY_H

#include "oci/session.h"
#include "util/json.h"

struct registry_job;
typedef void (*registry_done)(struct registry_job *job);

/*
 * One thing to be done. The caller fills the upper part and keeps the job
 * until `done`; the lower part is the outcome.
 */
struct registry_job {
	struct repository *repository;
	int64_t id;
	char *reference;	/* manifest, put: tag or digest */
	char *digest;		/* blob, upload, put */
	char *media_type;	/* put; outcome of manifest */
	bool head;		/* manifest: only ask what it is */
	uint64_t size;		/* bytes of the body; manifest: at most */
	struct strv mounts;	/* upload: repositories that may hold it */
	int fd;			/* where bytes go or come from */
	registry_done done;
	void *context;

	struct error error;
	char *ret_digest;	/* as the registry named it, or NULL */
	const char *how;	/* upload: "present", "mounted", "uploaded" */
	uint64_t sent;		/* upload: bytes so far */

	/* Private. */
	struct http_sink sink;
	bool pushes;
};

/* From a packet (oci/net.h): -EBADMSG when something is missing. */
int registry_job_init(struct registry_job *job, struct session *s,
	const struct json *packet, int fd, struct error *err);
void registry_job_release(struct registry_job *job);

/* By the "op" of a packet: "login", "manifest", "blob", "upload" or "put";
 * -EBADMSG for others. `job->done` is called once, from http_step(). */
int registry_start(struct registry_job *job, const char *op,
	struct error *err);

/* For registry-upload.c. */
/* Fill job->error from an answer that is no good: what was to be done
 * ("push blob sha256:..."), the status, the registry's own words. */
void registry_refused(struct registry_job *job, const char *doing,
	const struct http_answer *a);
/* "repository:PATH:ACTIONS"; yours. */
char *registry_scope(const struct registry_job *job, const char *actions);

#endif
