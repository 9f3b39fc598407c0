/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "builder/cdi.h"
#include "builder/entitlement.h"
#include "builder/failure-shell.h"
#include "builder/history.h"
#include "builder/run-log.h"
#include "builder/run-mounts.h"
#include "builder/stack.h"
#include "builder/step.h"
#include "builder/windows.h"
#include "oci/config.h"
#include "sandbox/launch.h"
#include "util/log.h"
#include "util/mem.h"

/* Programs may know where they are built: both as BuildKit has them, the place
 * of a heredoc's script and the host's name. */
#define PIPES "/dev/pipes"
#define HOSTNAME "buildkitsandbox"

/* What the program is started with. */
struct detail {
	struct strv argv;
	struct strv proxies; /* only seen by the program */
	struct run_mounts mounts;
	char *script; /* a heredoc with an interpreter of its own, or NULL */
	char *script_path;
	const char *hostname;
	enum network_mode network;
	bool is_insecure; /* --security=insecure, and allowed */
	struct host_mounts devices; /* of --device */
	struct strv device_env;
};

static void
release(void *value)
{
	struct detail *d = value;

	strv_release(&d->argv);
	strv_release(&d->proxies);
	run_mounts_release(&d->mounts);
	host_mounts_release(&d->devices);
	strv_release(&d->device_env);
	free(d->script);
	free(d->script_path);
	free(d);
}

static int
refuse_windows(const struct step *s, struct error *err)
{
	autofree char *platform = platform_format(&s->stage->platform);

	(void)error_set(
		err, ENOTSUP, "cannot RUN programs of %s here", platform);
	(void)error_hint(err,
		"what an image for Windows needs can be made in a stage FROM --platform=$BUILDPLATFORM, and copied");
	return error_kind(err, ERROR_HOST);
}

/* What is asked for must have been allowed. */
static int
refuse_unallowed(const char *flag, const char *allow, struct error *err)
{
	(void)error_set(err, EPERM, "RUN --%s is not allowed", flag);
	(void)error_hint(err, "if you trust this file: --allow %s", allow);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_security(const struct step *s, struct detail *d, struct error *err)
{
	const char *mode = instr_flag(s->instr, "security");

	if (!mode || strcmp(mode, "sandbox") == 0)
		return 0;
	if (strcmp(mode, "insecure") != 0) {
		(void)error_set(err, EINVAL,
			"--security=%s: it is sandbox or insecure", mode);
		return error_kind(err, ERROR_REQUEST);
	}
	if (!(s->site->allowed & ALLOW_INSECURE))
		return refuse_unallowed(
			"security=insecure", "security.insecure", err);
	d->is_insecure = true;
	return 0;
}

/* "NAME[,required]" */
static int
read_device(struct step *s, struct detail *d, const char *text,
	struct error *err)
{
	const char *comma = strchr(text, ',');
	autofree char *name = mem_strndup(text, strcspn(text, ","));
	autoerror why = { 0 };
	int r;

	if (comma && strcmp(comma, ",required") != 0) {
		(void)error_set(err, EINVAL,
			"--device=%s: it is NAME or NAME,required", text);
		return error_kind(err, ERROR_REQUEST);
	}
	if (!(s->site->allowed & ALLOW_DEVICE) &&
		!(s->site->allowed_devices &&
			strv_has(s->site->allowed_devices, name)))
		return refuse_unallowed("device", "device", err);
	r = cdi_find(s->site->cdi_dirs, name, &d->devices, &d->device_env,
		&why);
	/* One that is left out is not seen. */
	if (r == 0)
		key_add(&s->key, "device", name);
	if (r != -ENOENT || comma)
		return r < 0 ? error_move(err, &why) : 0;
	log_warning("%s: it is left out", why.text);
	return 0;
}

static int
read_devices(struct step *s, struct detail *d, struct error *err)
{
	cleanup_value(strv_release) struct strv texts = { 0 };
	int r = 0;

	instr_flag_list(s->instr, "device", &texts);
	for (size_t n = 0; r == 0 && n < texts.count; n++)
		r = read_device(s, d, texts.items[n], err);
	return r;
}

static int
read_network(const struct step *s, struct detail *d, struct error *err)
{
	const char *text = instr_flag(s->instr, "network");

	d->network = s->site->network;
	if (!text || strcmp(text, "default") == 0)
		return 0;
	if (network_parse(text, &d->network, err) == 0 &&
		d->network != NETWORK_PRIVATE)
		return 0;
	(void)error_set(err, EINVAL,
		"--network=%s: it is default, host or none", text);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_flags(struct step *s, struct detail *d, struct error *err)
{
	int r;

	d->hostname = args_given(s->site->args, "BUILDKIT_SANDBOX_HOSTNAME");
	if (!d->hostname)
		d->hostname = HOSTNAME;
	r = read_security(s, d, err);
	if (r == 0)
		r = read_devices(s, d, err);
	return r < 0 ? r : read_network(s, d, err);
}

static int
read_command(struct step *s, struct detail *d, struct error *err)
{
	autofree char *text = NULL;
	int r;

	if (s->instr->is_json) {
		strv_copy(&d->argv, &s->instr->args);
		return 0;
	}
	text = instr_shell_text(s->instr);
	r = state_shell(s->state, &d->argv, err);
	if (r < 0)
		return r;
	if (instr_is_script(s->instr) && strncmp(text, "#!", 2) == 0) {
		d->script = take_ptr(&text);
		d->script_path = mem_printf(
			PIPES "/%s", s->instr->heredocs[0].name);
		text = mem_strdup(d->script_path);
	}
	strv_take(&d->argv, take_ptr(&text));
	return 0;
}

/* Given by --build-arg, in both cases as programs disagree about them. */
static void
read_proxies(const struct step *s, struct detail *d)
{
	const struct strv *given = &s->site->args->given;

	for (size_t n = 0; n < given->count; n++) {
		const char *item = given->items[n];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);

		if (!args_is_proxy(name))
			continue;
		for (char *c = name; *c; c++)
			*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
		strv_env_set(&d->proxies, name, item + len + 1);
		for (char *c = name; *c; c++)
			*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
		strv_env_set(&d->proxies, name, item + len + 1);
	}
}

/* What is in them may change without a change in the result. */
static void
add_host_words(struct step *s)
{
	const struct host_mounts *m = s->site->host_mounts;

	for (size_t n = 0; m && n < m->count; n++)
		key_add(&s->key, "host-mount", m->items[n].target);
}

static void
fill_key(struct step *s, const struct detail *d)
{
	struct config *c = draft_config(s->state->draft);
	autofree char *platform = platform_format(&s->stage->platform);
	const struct strv *hosts = s->site->hosts;

	key_add(&s->key, "step", "RUN");
	key_add_digest(&s->key, "below", draft_chain_id(s->state->draft));
	key_add_list(&s->key, "argument", &d->argv);
	key_add(&s->key, "script", d->script);
	key_add_list(&s->key, "environment", &s->state->vars);
	key_add(&s->key, "directory", state_cwd(s->state));
	key_add(&s->key, "user", config_get_text(c, "User"));
	key_add(&s->key, "platform", platform);
	key_add(&s->key, "network",
		d->network == NETWORK_NONE ? "none" : "host");
	key_add(&s->key, "hostname", d->hostname);
	key_add_number(&s->key, "new-privileges", s->site->new_privileges);
	if (s->site->cap_mask)
		key_add_number(&s->key, "capabilities",
			(long long)s->site->cap_mask);
	if (d->is_insecure)
		key_add(&s->key, "security", "insecure");
	add_host_words(s);
	if (s->site->clamp_mtime != INT64_MAX)
		key_add_number(&s->key, "clamp", s->site->clamp_mtime);
	/* The address of a host may change without a change in the result. */
	for (size_t n = 0; n < hosts->count; n++) {
		autofree char *name = mem_strndup(
			hosts->items[n], strcspn(hosts->items[n], ":="));

		key_add(&s->key, "host", name);
	}
}

/* "RUN |1 V=2 /bin/sh -c echo x # buildkit": the ARGs. */
static char *
history_text(const struct step *s, const struct detail *d)
{
	autofree char *command = strv_join(&d->argv, " ");
	cleanup_value(strv_release) struct strv args = { 0 };
	autofree char *joined = NULL;

	for (size_t n = 0; n < s->state->arg_names.count; n++) {
		const char *name = s->state->arg_names.items[n];
		const char *value = strv_env_get(&s->state->vars, name);

		strv_addf(&args, "%s=%s", name, value ? value : "");
	}
	if (args.count == 0)
		return mem_printf("RUN %s # buildkit", command);
	joined = strv_join(&args, " ");
	return mem_printf(
		"RUN |%zu %s %s # buildkit", args.count, joined, command);
}

static void
fill_user(struct step *s, struct mount_user *ret)
{
	*ret = (struct mount_user){ s->site, s->stage, s->instr, s->state,
		&s->key };
}

static int
prepare_mounts(struct step *s, struct detail *d, struct error *err)
{
	struct mount_user user;

	fill_user(s, &user);
	return run_mounts_prepare(&user, &d->mounts, err);
}

static int
prepare(struct step *s, struct error *err)
{
	struct detail *d = mem_zalloc(sizeof(*d));

	s->detail = d;
	if (windows_is(s->state->draft))
		return refuse_windows(s, err);
	if (read_flags(s, d, err) < 0 || read_command(s, d, err) < 0)
		return -err->code;
	read_proxies(s, d);
	fill_key(s, d);
	s->created_by = history_text(s, d);
	return prepare_mounts(s, d, err);
}

static void
fill_environment(const struct step *s, const struct detail *d,
	const struct account *user, struct strv *ret)
{
	strv_copy(ret, &s->state->vars);
	for (size_t n = 0; n < d->proxies.count; n++) {
		const char *item = d->proxies.items[n];
		autofree char *name = mem_strndup(item, strcspn(item, "="));

		if (!strv_env_get(ret, name))
			strv_add(ret, item);
	}
	if (!strv_env_get(ret, "HOME"))
		strv_env_set(ret, "HOME", user->home);
}

static int
failed(const struct step *s, const struct detail *d, const struct proc_end *end,
	struct error *err)
{
	autofree char *command = strv_join(&d->argv, " ");
	int status = proc_end_status(end);

	(void)error_set(err, ECHILD,
		"process \"%s\" did not complete successfully: exit code: %d",
		command, status);
	(void)error_kind(err, ERROR_WORK);
	if (end->signal == SIGKILL || status == 128 + SIGKILL)
		(void)error_hint(
			err, "it was killed; if nobody did, memory ran out");
	else if (status == 127)
		(void)error_hint(err, "a program was not found in the image");
	else if (status == 126)
		(void)error_hint(err,
			"the program cannot be executed: its mode, or made for another machine?");
	if (s->site->propagates_exit)
		err->status = status;
	return -ECHILD;
}

/* Start it and read what it writes until it and all its children are gone. */
static int
run_to_end(const struct sandbox_spec *without_output, struct run_log *log,
	struct proc_end *ret, bool *ret_ran_out, struct error *err)
{
	cleanup(sandbox_free) struct sandbox *running = NULL;
	struct sandbox_spec spec = *without_output;
	autoclose int read_fd = -1, write_fd = -1;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	read_fd = fds[0];
	write_fd = fds[1];
	spec.out_fd = write_fd;
	spec.error_fd = write_fd;
	r = sandbox_launch(&spec, &running, err);
	if (r < 0)
		return r;
	(void)close(take_fd(&write_fd));
	r = run_log_read(log, read_fd, err);
	if (r == 0)
		r = sandbox_wait(running, -1, ret, err);
	*ret_ran_out = r == 0 && sandbox_ran_out(running);
	return r;
}

/* Mounts that are in place for this run. */
static int
open_mounts(struct step *s, const struct detail *d, struct rootfs *root,
	struct run_mounts_open **ret, struct error *err)
{
	struct mount_user user;
	int r;

	fill_user(s, &user);
	user.devices = &d->devices;
	r = run_mounts_open(&user, &d->mounts, root, ret, err);
	if (r < 0 || !d->script)
		return r;
	return run_mounts_add_script(*ret, d->script, d->script_path, err);
}

/* Default and private ones come to the same, where there is a way out. */
static enum network_mode
network_of(const struct step *s, const struct detail *d)
{
	if (d->network == NETWORK_HOST || d->network == NETWORK_NONE)
		return d->network;
	return s->site->egress ? NETWORK_PRIVATE : NETWORK_HOST;
}

static struct sandbox_spec
spec_of(const struct step *s, const struct detail *d, struct rootfs *root,
	const struct account *user, const struct strv *env)
{
	return (struct sandbox_spec){
		.rootfs = root,
		.argv = &d->argv,
		.env = env,
		.cwd = state_cwd(s->state),
		.user = user,
		.hostname = d->hostname,
		.network = network_of(s, d),
		.egress = s->site->egress,
		.cap_mask = d->is_insecure ? UINT64_MAX : s->site->cap_mask,
		.privileged = d->is_insecure,
		.shm_bytes = s->site->shm_bytes,
		.limits = s->site->limits,
		.limit_count = s->site->limit_count,
		.resources = s->site->resources,
		.extra_hosts = s->site->hosts,
		.in_fd = -1,
		.new_privileges = s->site->new_privileges,
		.machine = s->stage->platform.arch,
		.emulation = s->site->emulation,
	};
}

/* For the user to look around, with all that the RUN had. */
static void
open_shell(const struct step *s, const struct sandbox_spec *spec,
	const struct error *failure)
{
	cleanup_value(strv_release) struct strv shell = { 0 };

	if (state_shell(s->state, &shell, NULL) == 0 && shell.count > 0)
		failure_shell_run(
			spec, shell.items[0], s->site->progress, failure);
}

static int
run(struct step *s, const struct detail *d, struct rootfs *root,
	struct error *err)
{
	cleanup(run_mounts_close) struct run_mounts_open *mounts = NULL;
	cleanup_value(account_release) struct account user = { 0 };
	cleanup_value(strv_release) struct strv env = { 0 };
	cleanup_value(run_log_release) struct run_log log;
	struct proc_end end = { 0 };
	bool ran_out = false;
	struct sandbox_spec spec = spec_of(s, d, root, &user, &env);
	int r;

	run_log_init(&log, s->site->store, s->site->progress, s->shown);
	r = open_mounts(s, d, root, &mounts, err);
	if (r < 0)
		return r;
	spec.mounts = run_mounts_list(mounts, &spec.mount_count);
	r = account_find(rootfs_fd(root),
		config_get_text(draft_config(s->state->draft), "User"), &user,
		err);
	if (r < 0)
		return error_kind(err, ERROR_WORK);
	fill_environment(s, d, &user, &env);
	for (size_t n = 0; n < d->device_env.count; n++) {
		const char *item = d->device_env.items[n];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);

		strv_env_set(&env, name, item[len] ? item + len + 1 : "");
	}
	run_mounts_set_env(mounts, &env);
	r = run_to_end(&spec, &log, &end, &ran_out, err);
	if (r < 0)
		return r;
	if (proc_end_status(&end) == 0)
		return 0;
	r = failed(s, d, &end, err);
	if (ran_out)
		(void)error_hint(err, "it used up its memory, %" PRIu64
			" bytes: --memory", s->site->resources->memory_bytes);
	run_log_keep(&log, err);
	if (s->site->shell_on_error)
		open_shell(s, &spec, err);
	return r;
}

static int
perform(struct step *s, struct layer *ret, struct error *err)
{
	cleanup(rootfs_close) struct rootfs *root = NULL;
	int r;

	r = stack_open_draft(s->site->store, s->state->draft, &root, err);
	if (r < 0)
		return r;
	r = run(s, s->detail, root, err);
	if (r < 0)
		return r;
	view_forget(s->view);
	return step_take_layer(s->site, root, ret, err);
}

const struct step_kind step_run = { prepare, perform, release };
