/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/images.h"
#include "builder/stack.h"
#include "oci/commands.h"
#include "oci/transfer-options.h"
#include "runner/attend.h"
#include "runner/container.h"
#include "runner/crew.h"
#include "runner/terminal.h"
#include "runner/volume.h"
#include "sandbox/capability.h"
#include "sandbox/launch.h"
#include "sandbox/limit.h"
#include "sandbox/resource-flags.h"
#include "sandbox/userns.h"
#include "util/conf.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

static struct {
	struct transfer_options transfer;
	const char *user, *cwd, *entrypoint, *network, *hostname, *platform;
	const char *pull, *timeout;
	struct strv env, env_files, volumes, extra_hosts, security;
	struct strv mounts, tmpfs, limits;
	const char *shm_size;
	struct resource_flags resources;
	struct strv cap_add, cap_drop;
	const char *record, *notify_fd;
	bool keep, privileged, egress;
	bool read_only, tty, interactive, remove;
} opt;

static const struct option_spec options[] = {
	{ 'u', "user", "USER[:GROUP]", "run as this user of the image",
		OPT_STRING, &opt.user },
	{ 'w', "workdir", "DIR", "start in DIR", OPT_STRING, &opt.cwd },
	{ 'e', "env", "NAME[=VALUE]", "set a variable, or pass ours on",
		OPT_LIST, &opt.env },
	{ 0, "env-file", "FILE", "set the variables in FILE", OPT_LIST,
		&opt.env_files, NULL, "@file" },
	{ 'v', "volume", "SOURCE:TARGET[:ro]",
		"show a directory or file of the host inside", OPT_LIST,
		&opt.volumes },
	{ 0, "mount", "FIELDS",
		"the same, type=bind,source=PATH,target=PATH[,readonly]",
		OPT_LIST, &opt.mounts },
	{ 0, "tmpfs", "TARGET[:OPTIONS]", "show an empty directory in memory",
		OPT_LIST, &opt.tmpfs },
	{ 0, "entrypoint", "PROGRAM",
		"run PROGRAM instead of the image's entrypoint", OPT_STRING,
		&opt.entrypoint },
	{ 0, "network", "NETWORK", "default, host, none or private",
		OPT_STRING, &opt.network, NULL, "default|host|none|private" },
	{ 0, "egress", NULL, "a way out for --network ns:PATH", OPT_FLAG,
		&opt.egress },
	{ 0, "add-host", "NAME:ADDRESS", "add a line to /etc/hosts", OPT_LIST,
		&opt.extra_hosts },
	{ 0, "hostname", "NAME", "the host name inside", OPT_STRING,
		&opt.hostname },
	{ 0, "cap-add", "CAPABILITY", "let programs have it, or ALL",
		OPT_LIST, &opt.cap_add },
	{ 0, "cap-drop", "CAPABILITY", "take it from programs, or ALL",
		OPT_LIST, &opt.cap_drop },
	{ 0, "privileged", NULL, "all capabilities, nothing filtered",
		OPT_FLAG, &opt.privileged },
	{ 0, "record", "DIR", "tell in the files of DIR how it is",
		OPT_STRING, &opt.record, NULL, "@dir" },
	{ 0, "notify-fd", "N", "write a byte there when the program runs",
		OPT_STRING, &opt.notify_fd },
	{ 0, "keep", NULL, "stay until a signal when the program has ended",
		OPT_FLAG, &opt.keep },
	{ 0, "read-only", NULL, "make the root file system read-only",
		OPT_FLAG, &opt.read_only },
	{ 0, "security-opt", "no-new-privileges[=BOOL]",
		"may set-user-id programs gain rights (true: no)", OPT_LIST,
		&opt.security },
	RESOURCE_FLAG_ROWS(opt.resources),
	{ 0, "ulimit", "NAME=SOFT[:HARD]", "a resource limit", OPT_LIST,
		&opt.limits },
	{ 0, "shm-size", "SIZE", "of /dev/shm, 64m", OPT_STRING,
		&opt.shm_size },
	{ 't', "tty", NULL, "give the program a terminal of its own",
		OPT_FLAG, &opt.tty },
	{ 'i', "interactive", NULL, "keep stdin open (it always is)",
		OPT_FLAG, &opt.interactive },
	{ 0, "rm", NULL, "remove what was changed (always done)", OPT_FLAG,
		&opt.remove },
	{ 0, "timeout", "TIME", "kill it after TIME (1m30s): status 124",
		OPT_STRING, &opt.timeout },
	{ 0, "platform", "OS/ARCH[/VARIANT]", "use the image for this platform",
		OPT_STRING, &opt.platform },
	{ 0, "pull", "WHEN", "missing (default), always, newer or never",
		OPT_STRING, &opt.pull, NULL, "missing|always|newer|never" },
	TRANSFER_OPTION_ROWS(opt.transfer),
	{ 0 },
};

/* The options that are checked before anything is touched. */
struct request {
	struct transfer_settings transfer;
	struct platform platform;
	enum pull_policy pull;
	enum network_mode network;
	enum foreign_way emulation;
	struct volumes volumes;
	struct strv args;
	struct resources resources;
	struct sandbox_limit *limits;
	uint64_t shm_bytes;
	uint64_t cap_mask;
	int64_t timeout_ms;
	bool new_privileges;
	int notify_fd;		/* 0: none */
	int network_fd;		/* of "ns:PATH", or 0 */
};

static void
request_release(struct request *q)
{
	volumes_release(&q->volumes);
	strv_release(&q->args);
	free(q->limits);
	if (q->network_fd)
		(void)close(q->network_fd);
	q->transfer.progress = progress_free(q->transfer.progress);
}

static const struct security {
	const char *text;
	bool new_privileges;
} security_options[] = {
	{ "no-new-privileges", false },
	{ "no-new-privileges=true", false },
	{ "no-new-privileges:true", false },
	{ "no-new-privileges=false", true },
	{ "no-new-privileges:false", true },
};

static int
parse_security(const struct strv *items, bool *ret, struct error *err)
{
	size_t i, n;

	for (i = 0; i < items->count; i++) {
		for (n = 0; n < ARRAY_SIZE(security_options); n++)
			if (!strcmp(items->items[i], security_options[n].text))
				break;
		if (n == ARRAY_SIZE(security_options)) {
			(void)error_set(err, EINVAL,
				"unknown security option '%s'",
				items->items[i]);
			return error_kind(err, ERROR_REQUEST);
		}
		*ret = security_options[n].new_privileges;
	}
	return 0;
}

static int
parse_timeout(const char *text, int64_t *ret_ms, struct error *err)
{
	int64_t ns;

	*ret_ms = -1;
	if (!text)
		return 0;
	if (num_parse_duration(text, &ns, err) < 0) {
		(void)error_wrap(err, "--timeout");
		return error_kind(err, ERROR_REQUEST);
	}
	*ret_ms = ns / 1000000;
	return 0;
}

static int
parse_limits(struct request *q, struct error *err)
{
	int r;

	r = resource_flags_read(&opt.resources, &q->resources, err);
	if (r == 0)
		r = limit_parse_all(&opt.limits, &q->limits, err);
	if (r < 0 || !opt.shm_size ||
		num_parse_size(opt.shm_size, &q->shm_bytes, NULL) == 0)
		return r;
	(void)error_set(err, EINVAL, "--shm-size: '%s' is not a size like 64m",
		opt.shm_size);
	return error_kind(err, ERROR_REQUEST);
}

static int
parse_caps(struct request *q, struct error *err)
{
	int r = 0;

	if (opt.cap_add.count || opt.cap_drop.count)
		r = capability_mask(
			&opt.cap_add, &opt.cap_drop, &q->cap_mask, err);
	if (r < 0 || !opt.privileged)
		return r;
	q->cap_mask = UINT64_MAX;
	log_info("privileged: devices, modules and mounts of disks of this "
		"host stay out of reach");
	return 0;
}

/* It is for us, and not for what we start. */
static int
parse_notify_fd(struct request *q, struct error *err)
{
	uint64_t fd = 0;
	int r = 0;

	if (opt.notify_fd)
		r = num_parse(opt.notify_fd, INT32_MAX, &fd, err);
	q->notify_fd = (int)fd;
	if (r == 0 && fd && fcntl(q->notify_fd, F_SETFD, FD_CLOEXEC) < 0)
		r = error_errno(err, "--notify-fd %s", opt.notify_fd);
	return r < 0 ? error_kind(err, ERROR_REQUEST) : 0;
}

/* "ns:PATH", a network that is there: we move into it ourselves, and what we
 * start shares it with us. */
static int
open_network(struct request *q, struct error *err)
{
	if (!opt.network || strncmp(opt.network, "ns:", 3) != 0)
		return 0;
	q->network_fd = open(opt.network + 3, O_RDONLY | O_CLOEXEC);
	if (q->network_fd < 0) {
		q->network_fd = 0;
		(void)error_errno(err, "--network '%s'", opt.network);
		return error_kind(err, ERROR_REQUEST);
	}
	opt.network = "host";
	return 0;
}

static int
parse_request(const struct command_context *c, struct request *q,
	struct error *err)
{
	size_t i;
	int r;

	for (i = 1; i < c->operands.count; i++)
		strv_add(&q->args, c->operands.items[i]);
	r = command_platform(opt.platform, &q->platform, err);
	if (r == 0)
		r = pull_policy_parse(opt.pull, &q->pull, err);
	if (r == 0)
		r = parse_caps(q, err);
	if (r == 0)
		r = parse_notify_fd(q, err);
	if (r == 0)
		r = open_network(q, err);
	if (r == 0)
		r = network_parse(opt.network ? opt.network :
			conf_get(c->conf, "network"), &q->network, err);
	if (r == 0)
		r = foreign_parse(conf_get(c->conf, "emulation"),
			&q->emulation, err);
	if (r == 0)
		r = parse_timeout(opt.timeout, &q->timeout_ms, err);
	if (r == 0)
		r = parse_security(&opt.security, &q->new_privileges, err);
	if (r == 0)
		r = parse_limits(q, err);
	if (r == 0)
		r = volumes_parse(&opt.volumes, &q->volumes, err);
	if (r == 0)
		r = volumes_parse_mounts(&opt.mounts, &q->volumes, err);
	if (r == 0)
		r = volumes_parse_tmpfs(&opt.tmpfs, &q->volumes, err);
	if (r == 0)
		r = transfer_options_apply(&opt.transfer, c, &q->transfer,
			err);
	return r;
}

/* Who watches over us gets to know of the start and of the end. */
struct watched {
	int dir_fd, lock_fd;
};

static int
tell_start(const struct watched *w, const struct request *q,
	const struct sandbox *s, const struct rootfs *root, struct error *err)
{
	int r = 0;

	if (opt.record)
		r = crew_report_start(w->dir_fd, sandbox_pid(s),
			rootfs_fd(root), err);
	if (r == 0 && q->notify_fd)
		r = fs_write(q->notify_fd, "\n", 1, err);
	return r;
}

/* The container stays as it was left until somebody has no more use for it. */
static int
tell_end(const struct watched *w, int status, struct error *err)
{
	sigset_t ends;
	int signal;
	int r = 0;

	if (opt.record)
		r = crew_report_end(w->dir_fd, w->lock_fd, status, err);
	if (r < 0 || !opt.keep)
		return r;
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	(void)sigwait(&ends, &signal);
	return 0;
}

/* Launch and stand by. The terminal is ours again whatever happens. */
static int
run_spec(struct sandbox_spec *spec, const struct request *q,
	const struct watched *w, struct error *err)
{
	cleanup(attend_free) struct attend *a = NULL;
	cleanup(terminal_free) struct terminal *t = NULL;
	cleanup(sandbox_free) struct sandbox *s = NULL;
	struct proc_end end;
	int r;

	if (opt.tty) {
		r = terminal_open(&t, err);
		if (r < 0)
			return r;
		spec->in_fd = spec->out_fd = spec->error_fd =
			terminal_program_fd(t);
		spec->terminal = true;
	}
	r = attend_begin(&a, err);
	if (r == 0)
		r = sandbox_launch(spec, &s, err);
	if (r == 0)
		r = tell_start(w, q, s, spec->rootfs, err);
	if (r < 0)
		return r;
	if (t)
		terminal_started(t);
	r = attend_wait(a, s, t, q->timeout_ms, &end, err);
	if (r < 0)
		return r;
	if (sandbox_ran_out(s))
		log_warning("it used up its memory: --memory");
	r = tell_end(w, proc_end_status(&end), err);
	return r < 0 ? r : proc_end_status(&end);
}

/* A way out of the network that was given is made while we are still outside.
 * It matters less than what is inside: without one, a warning says so. */
static int
open_egress(const struct request *q, enum network_mode *ret_mode,
	struct egress **ret, struct error *err)
{
	autoerror problem = { 0 };
	int r;

	*ret_mode = q->network;
	if (!q->network_fd)
		return egress_choose(q->network, ret_mode, ret, err);
	if (opt.egress) {
		r = egress_attach(q->network_fd, ret, &problem);
		if (r == 0)
			r = egress_wait(*ret, &problem);
		if (r == 0)
			*ret_mode = NETWORK_PRIVATE;
		else
			*ret = egress_free(*ret);
		if (r < 0)
			log_warning("%s", problem.text);
	}
	return userns_join_network(q->network_fd, err);
}

static int
run_image(struct store *s, const struct image *i, const struct request *q,
	const struct watched *w, struct error *err)
{
	cleanup(rootfs_close) struct rootfs *root = NULL;
	cleanup(egress_free) struct egress *egress = NULL;
	cleanup_value(container_release) struct container container = { 0 };
	const struct container_options wanted = {
		.args = &q->args, .entrypoint = opt.entrypoint,
		.user = opt.user, .cwd = opt.cwd, .env = &opt.env,
		.env_files = &opt.env_files, .tty = opt.tty,
	};
	struct platform platform = { 0 };
	struct sandbox_spec spec = {
		.argv = &container.argv, .env = &container.env,
		.user = &container.user, .hostname = opt.hostname,
		.extra_hosts = &opt.extra_hosts,
		.mounts = q->volumes.mounts, .mount_count = q->volumes.count,
		.in_fd = STDIN_FILENO, .out_fd = STDOUT_FILENO,
		.error_fd = STDERR_FILENO, .read_only = opt.read_only,
		.new_privileges = q->new_privileges || opt.privileged,
		.privileged = opt.privileged, .cap_mask = q->cap_mask,
		.emulation = q->emulation, .resources = &q->resources,
		.limits = q->limits, .limit_count = opt.limits.count,
		.shm_bytes = q->shm_bytes,
	};
	int r;

	/* An image that does not say is taken for one of ours. */
	if (config_platform(image_config(i), &platform, NULL) == 0)
		spec.machine = platform.arch;
	r = open_egress(q, &spec.network, &egress, err);
	if (r == 0)
		r = stack_open_image(s, i, &root, err);
	if (r == 0)
		r = container_make(i, &wanted, rootfs_fd(root), &container,
			err);
	if (r == 0)
		r = volumes_open_secrets((struct volumes *)(uintptr_t)
			&q->volumes, rootfs_scratch(root), err);
	if (r == 0)
		r = volumes_make_targets(&q->volumes, rootfs_fd(root), err);
	if (r < 0)
		return r;
	spec.egress = egress;
	spec.rootfs = root;
	spec.cwd = container.cwd;
	return run_spec(&spec, q, w, err);
}

/* Owners are those of the namespace of the network, if that is given. */
static int
enter(struct command_context *c, const struct request *q,
	const char **ret_kind, struct error *err)
{
	struct userns userns;
	int r;

	if (q->network_fd) {
		r = userns_join(q->network_fd, &userns, err);
		if (r < 0)
			return r;
	}
	return c->enter_namespace(c, ret_kind, err);
}

static int
run_request(struct command_context *c, const struct request *q,
	const struct watched *w, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	cleanup(images_free) struct images *images = NULL;
	const struct image *image;
	const char *kind;
	int r;

	r = enter(c, q, &kind, err);
	if (r == 0)
		r = command_open_store(c, &s, err);
	if (r < 0)
		return r;
	store_set_tree_kind(s, kind);
	images = images_new(s, q->pull, &q->transfer);
	r = images_get(images, c->operands.items[0], &q->platform, &image,
		err);
	/* What is pulled comes by the network that we leave then. */
	return r < 0 ? r : run_image(s, image, q, w, err);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup_value(request_release) struct request q = { 0 };
	struct watched w = { -1, -1 };
	int r;

	r = parse_request(c, &q, err);
	if (r == 0 && opt.record)
		r = crew_sign_on(opt.record, &w.dir_fd, &w.lock_fd, err);
	return r < 0 ? r : run_request(c, &q, &w, err);
}

const struct command cmd_run = {
	.name = "run",
	.operands = "[OPTIONS] IMAGE [COMMAND [ARGUMENT...]]",
	.summary = "run a program in an image",
	.group = "Containers",
	.options = options,
	.min_operands = 1,
	.max_operands = -1,
	.needs = NEEDS_STORE,
	.stop_at_operand = true,
	.operand_values = "@image",
	.run = run,
};
