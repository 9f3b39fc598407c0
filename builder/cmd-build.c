/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/build.h"
#include "oci/commands.h"
#include "oci/transfer-options.h"
#include "sandbox/limit.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

static struct {
	struct transfer_options transfer;
	struct strv tags, build_args, labels, hosts, security;
	struct strv secrets, agents, limits;
	const char *file, *ignore_file, *target, *platform, *pull, *network;
	const char *jobs, *timeout, *timestamp, *compression, *shm_size;
	const char *iidfile, *metadata_file;
	bool no_cache, push, explain, propagate_exit, reproducible;
} opt;

static const struct option_spec options[] = {
	{ 'f', "file", "PATH",
		"read PATH instead of CONTEXT/Dockerfile, - is standard input",
		OPT_STRING, &opt.file, NULL, "@file" },
	{ 't', "tag", "NAME[:TAG]", "name the image, may be repeated", OPT_LIST,
		&opt.tags, NULL, "@image" },
	{ 0, "build-arg", "NAME[=VALUE]",
		"set an ARG, from the environment without VALUE", OPT_LIST,
		&opt.build_args },
	{ 0, "target", "STAGE", "build this stage, not the last", OPT_STRING,
		&opt.target },
	{ 0, "platform", "OS/ARCH[/VARIANT]", "build for this platform",
		OPT_STRING, &opt.platform },
	{ 0, "pull", "POLICY",
		"fetch base images: missing, always (alone), newer, never",
		OPT_OPTIONAL, &opt.pull, NULL, "missing|always|newer|never" },
	{ 0, "no-cache", NULL, "run every instruction again", OPT_FLAG,
		&opt.no_cache },
	{ 0, "push", NULL, "push the image to its tags", OPT_FLAG, &opt.push },
	{ 0, "compression", "KIND",
		"of layers that are pushed: gzip, zstd or none", OPT_STRING,
		&opt.compression, NULL, "gzip|zstd|none" },
	{ 0, "label", "NAME=VALUE", "add a label, may be repeated", OPT_LIST,
		&opt.labels },
	{ 0, "network", "MODE", "of RUN: default, host or none", OPT_STRING,
		&opt.network, NULL, "default|host|none" },
	{ 0, "add-host", "NAME:ADDRESS", "a line of /etc/hosts in RUN",
		OPT_LIST, &opt.hosts },
	{ 0, "secret", "id=ID[,src=PATH|,env=NAME]",
		"what RUN --mount=type=secret,id=ID shows", OPT_LIST,
		&opt.secrets },
	{ 0, "ssh", "default|ID[=SOCKET]",
		"the agent that RUN --mount=type=ssh shows", OPT_LIST,
		&opt.agents },
	{ 0, "shm-size", "SIZE", "of /dev/shm in RUN, 64m", OPT_STRING,
		&opt.shm_size },
	{ 0, "ulimit", "NAME=SOFT[:HARD]", "a resource limit of RUN", OPT_LIST,
		&opt.limits },
	{ 0, "security-opt", "OPTION",
		"no-new-privileges=false lets setuid programs work in RUN",
		OPT_LIST, &opt.security },
	{ 0, "jobs", "N", "stages at once, as many as there are cores",
		OPT_STRING, &opt.jobs },
	{ 0, "timeout", "TIME", "give up after TIME, like 10m", OPT_STRING,
		&opt.timeout },
	{ 0, "timestamp", "SECONDS",
		"nothing in the image is newer, no file either", OPT_STRING,
		&opt.timestamp },
	{ 0, "reproducible", NULL,
		"no file is newer than SOURCE_DATE_EPOCH, or 1970", OPT_FLAG,
		&opt.reproducible },
	{ 0, "ignorefile", "PATH", "read PATH instead of .dockerignore",
		OPT_STRING, &opt.ignore_file, NULL, "@file" },
	{ 0, "iidfile", "PATH", "write the config's digest to PATH", OPT_STRING,
		&opt.iidfile, NULL, "@file" },
	{ 0, "metadata-file", "PATH", "write digests as JSON to PATH",
		OPT_STRING, &opt.metadata_file, NULL, "@file" },
	{ 0, "explain", NULL, "say what each step's key is made of", OPT_FLAG,
		&opt.explain },
	{ 0, "propagate-exit", NULL, "end with the status of a failed RUN",
		OPT_FLAG, &opt.propagate_exit },
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

/* "NAME" alone takes the value of our environment; unset, it is left out. */
static void
resolve_build_args(struct strv *ret)
{
	for (size_t n = 0; n < opt.build_args.count; n++) {
		const char *item = opt.build_args.items[n];
		const char *value;

		if (strchr(item, '=')) {
			strv_add(ret, item);
			continue;
		}
		value = getenv(item);
		if (value)
			strv_addf(ret, "%s=%s", item, value);
	}
}

static int
read_jobs(unsigned *ret, struct error *err)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t jobs = cores > 0 ? (uint64_t)cores : 1;

	if (opt.jobs && num_parse(opt.jobs, 1000, &jobs, NULL) < 0)
		return refuse(err, "--jobs: '%s' is not a number up to 1000",
			opt.jobs);
	*ret = jobs ? (unsigned)jobs : 1;
	return 0;
}

static int
read_timeout(int64_t *ret_ms, struct error *err)
{
	int64_t ns;

	*ret_ms = -1;
	if (!opt.timeout)
		return 0;
	if (num_parse_duration(opt.timeout, &ns, NULL) < 0 || ns <= 0)
		return refuse(err,
			"--timeout: '%s' is not a time like 90s or 10m",
			opt.timeout);
	*ret_ms = ns / 1000000;
	return 0;
}

static int
read_network(enum network_mode *ret, struct error *err)
{
	*ret = NETWORK_HOST;
	if (!opt.network || strcmp(opt.network, "default") == 0)
		return 0;
	return network_parse(opt.network, ret, err);
}

static int
read_security(bool *ret_new_privileges, struct error *err)
{
	for (size_t n = 0; n < opt.security.count; n++) {
		const char *item = opt.security.items[n];

		if (strcmp(item, "no-new-privileges=false") == 0)
			*ret_new_privileges = true;
		else if (strcmp(item, "no-new-privileges=true") == 0 ||
			strcmp(item, "no-new-privileges") == 0)
			*ret_new_privileges = false;
		else
			return refuse(
				err, "--security-opt: '%s' is not known", item);
	}
	return 0;
}

static int
check_hosts(struct error *err)
{
	for (size_t n = 0; n < opt.hosts.count; n++) {
		const char *item = opt.hosts.items[n];
		size_t len = strcspn(item, ":=");

		if (len == 0 || !item[len] || !item[len + 1])
			return refuse(err,
				"--add-host: '%s' is not NAME:ADDRESS", item);
	}
	return 0;
}

static int
read_shm_size(uint64_t *ret, struct error *err)
{
	if (opt.shm_size && num_parse_size(opt.shm_size, ret, NULL) < 0)
		return refuse(err, "--shm-size: '%s' is not a size like 64m",
			opt.shm_size);
	return 0;
}

/* What the command line gives to RUN; `o` borrows it. */
struct given {
	struct secrets secrets;
	struct strv agents;
	struct sandbox_limit *limits;
};

static void
given_release(struct given *g)
{
	secrets_release(&g->secrets);
	strv_release(&g->agents);
	free(g->limits);
}

static int
read_limits(struct given *g, struct build_options *o, struct error *err)
{
	g->limits = mem_array(opt.limits.count + 1, sizeof(*g->limits));
	for (size_t n = 0; n < opt.limits.count; n++) {
		int r = limit_parse(opt.limits.items[n], &g->limits[n], err);

		if (r < 0)
			return r;
	}
	o->limits = g->limits;
	o->limit_count = opt.limits.count;
	return 0;
}

static int
read_given(struct given *g, struct build_options *o, struct error *err)
{
	for (size_t n = 0; n < opt.secrets.count; n++) {
		if (secrets_add(&g->secrets, opt.secrets.items[n], err) < 0)
			return -err->code;
	}
	for (size_t n = 0; n < opt.agents.count; n++) {
		if (secret_add_agent(&g->agents, opt.agents.items[n], err) < 0)
			return -err->code;
	}
	o->secrets = &g->secrets;
	o->agents = &g->agents;
	return read_limits(g, o, err);
}

static int
read_codec(enum codec *ret, struct error *err)
{
	*ret = CODEC_GZIP;
	if (!opt.compression)
		return 0;
	if (codec_parse(opt.compression, ret, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	return 0;
}

/* The epoch, and what is to be no newer. It is a build argument, too: a stage
 * that declares it hands it on to its programs. */
static void
read_times(struct strv *build_args, struct build_options *o)
{
	static const char name[] = "SOURCE_DATE_EPOCH";
	const char *epoch = opt.timestamp;

	if (!epoch)
		epoch = strv_env_get(build_args, name);
	if (!epoch)
		epoch = getenv(name);
	if (opt.reproducible && (!epoch || !*epoch))
		epoch = "0";
	if (epoch && !strv_env_get(build_args, name))
		strv_addf(build_args, "%s=%s", name, epoch);
	o->epoch = epoch;
	o->clamps_times = opt.timestamp || opt.reproducible;
}

/* All options but those that talk to a registry. */
static int
read_options(const struct command_context *c, struct build_options *o,
	struct error *err)
{
	o->context = c->operands.items[0];
	o->file = opt.file;
	o->ignore_file = opt.ignore_file;
	o->target = opt.target;
	o->labels = &opt.labels;
	o->hosts = &opt.hosts;
	o->no_cache = opt.no_cache;
	o->explain = opt.explain;
	o->propagates_exit = opt.propagate_exit;
	o->output.push = opt.push;
	o->output.iidfile = opt.iidfile;
	o->output.metadata_file = opt.metadata_file;
	if (command_platform(opt.platform, &o->platform, err) < 0 ||
		pull_policy_parse(opt.pull, &o->pull, err) < 0 ||
		identity_parse(c->identity, &o->identity, err) < 0 ||
		read_jobs(&o->jobs, err) < 0 ||
		read_timeout(&o->timeout_ms, err) < 0 ||
		read_network(&o->network, err) < 0 ||
		read_security(&o->new_privileges, err) < 0 ||
		read_shm_size(&o->shm_bytes, err) < 0 ||
		check_hosts(err) < 0 || read_codec(&o->output.codec, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	return 0;
}

static int
build(struct command_context *c, struct build_options *o,
	struct transfer_settings *settings, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	struct output_result result;
	char digest[DIGEST_TEXT_SIZE];
	int r;

	if (opt.explain && log_get_level() < LOG_INFO)
		log_set_level(LOG_INFO);
	r = command_open_store(c, &s, err);
	if (r < 0)
		return r;
	r = build_run(s, settings->progress, o, &result, err);
	settings->progress = progress_free(settings->progress);
	if (r < 0)
		return r;
	(void)puts(digest_format(&result.manifest, digest));
	return 0;
}

static void
free_tags(struct ref *tags, size_t count)
{
	for (size_t n = 0; n < count; n++)
		ref_release(&tags[n]);
	free(tags);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(strv_release) struct strv build_args = { 0 };
	cleanup_value(given_release) struct given given = { 0 };
	struct build_options o = { .build_args = &build_args };
	struct transfer_settings settings = { 0 };
	struct ref *tags = NULL;
	int r;

	resolve_build_args(&build_args);
	read_times(&build_args, &o);
	r = read_options(c, &o, err);
	if (r == 0)
		r = read_given(&given, &o, err);
	if (r < 0)
		return r;
	r = output_parse_tags(&opt.tags, &tags, err);
	if (r < 0)
		return r;
	o.output.tags = tags;
	o.output.tag_count = opt.tags.count;
	r = transfer_options_apply(&opt.transfer, c, &settings, err);
	if (r == 0) {
		o.output.transfer = &settings;
		r = build(c, &o, &settings, err);
	}
	progress_free(settings.progress);
	free_tags(tags, opt.tags.count);
	return r;
}

const struct command cmd_build = {
	.name = "build",
	.operands = "[OPTIONS] CONTEXT",
	.summary = "build an image from a Dockerfile",
	.group = "Building",
	.options = options,
	.min_operands = 1,
	.max_operands = 1,
	.needs = NEEDS_STORE,
	.operand_values = "@dir",
	.run = run,
};
