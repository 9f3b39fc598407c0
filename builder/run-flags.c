/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/run-flags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder/entitlement.h"
#include "sandbox/capability.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"

#define RESOLV_CONF_MAX KiB(64)

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_network(
	const struct run_flags *f, enum network_mode *ret, struct error *err)
{
	return f->network ? network_parse(f->network, ret, err) : 0;
}

static int
read_security(
	const struct run_flags *f, bool *ret_new_privileges, struct error *err)
{
	for (size_t n = 0; n < f->security.count; n++) {
		const char *item = f->security.items[n];

		if (strcmp(item, "no-new-privileges=false") == 0)
			*ret_new_privileges = true;
		else if (strcmp(item, "no-new-privileges=true") == 0 ||
			strcmp(item, "no-new-privileges") == 0)
			*ret_new_privileges = false;
		else if (strncmp(item, "label", 5) == 0 ||
			strncmp(item, "apparmor", 8) == 0)
			log_warning_once(item,
				"--security-opt %s has no effect here", item);
		else
			return refuse(
				err, "--security-opt: '%s' is not known", item);
	}
	return 0;
}

static int
check_hosts(const struct run_flags *f, struct error *err)
{
	for (size_t n = 0; n < f->hosts.count; n++) {
		const char *item = f->hosts.items[n];
		size_t len = strcspn(item, ":=");

		if (len == 0 || !item[len] || !item[len + 1])
			return refuse(err,
				"--add-host: '%s' is not NAME:ADDRESS", item);
	}
	return 0;
}

static int
read_shm_size(const struct run_flags *f, uint64_t *ret, struct error *err)
{
	if (f->shm_size && num_parse_size(f->shm_size, ret, NULL) < 0)
		return refuse(err, "--shm-size: '%s' is not a size like 64m",
			f->shm_size);
	return 0;
}

static int
read_limits(struct run_flags *f, struct build_options *ret, struct error *err)
{
	int r;

	r = limit_parse_all(&f->limit_texts, &f->limits, err);
	if (r == 0)
		r = resource_flags_read(
			&f->resource_texts, &f->resources, err);
	ret->limits = f->limits;
	ret->limit_count = f->limit_texts.count;
	ret->resources = &f->resources;
	return r;
}

static int
read_secrets(struct run_flags *f, struct build_options *ret, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < f->secret_texts.count; n++)
		r = secrets_add(&f->secrets, f->secret_texts.items[n], err);
	for (size_t n = 0; r == 0 && n < f->agent_texts.count; n++)
		r = secret_add_agent(&f->agents, &f->own_agents,
			f->agent_texts.items[n], err);
	ret->secrets = &f->secrets;
	ret->agents = &f->agents;
	return r;
}

static int
read_rights(const struct run_flags *f, uint64_t *ret, struct error *err)
{
	if (!f->cap_add.count && !f->cap_drop.count)
		return 0;
	return capability_mask(&f->cap_add, &f->cap_drop, ret, err);
}

static int
read_host_mounts(
	struct run_flags *f, struct build_options *ret, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < f->volumes.count; n++)
		r = host_mounts_add_volume(
			&f->host_mounts, f->volumes.items[n], err);
	for (size_t n = 0; r == 0 && n < f->devices.count; n++)
		r = host_mounts_add_device(
			&f->host_mounts, f->devices.items[n], err);
	ret->host_mounts = &f->host_mounts;
	return r;
}

static int
read_entitlements(
	struct run_flags *f, struct build_options *ret, struct error *err)
{
	int r = 0;

	for (size_t n = 0; r == 0 && n < f->allow_texts.count; n++)
		r = entitlement_parse(f->allow_texts.items[n], &ret->allowed,
			&f->allowed_devices, err);
	if (f->cdi_dirs.count == 0) {
		strv_add(&f->cdi_dirs, "/etc/cdi");
		strv_add(&f->cdi_dirs, "/var/run/cdi");
	}
	ret->allowed_devices = &f->allowed_devices;
	ret->cdi_dirs = &f->cdi_dirs;
	return r;
}

static void
add_line(struct buf *b, const char *word, const struct strv *values)
{
	autofree char *joined = strv_join(values, " ");

	if (values->count)
		buf_addf(b, "%s %s\n", word, joined);
}

/* resolv.conf(5), when anything is said of it. */
static int
read_dns(struct run_flags *f, struct build_options *ret, struct error *err)
{
	buf_init(&f->resolv_conf, RESOLV_CONF_MAX);
	add_line(&f->resolv_conf, "search", &f->dns_search);
	for (size_t n = 0; n < f->dns.count; n++)
		buf_addf(&f->resolv_conf, "nameserver %s\n", f->dns.items[n]);
	add_line(&f->resolv_conf, "options", &f->dns_options);
	if (f->resolv_conf.len)
		ret->resolv_conf = buf_text(&f->resolv_conf);
	return buf_check(&f->resolv_conf, "resolv.conf", err);
}

int
run_flags_read(
	struct run_flags *f, struct build_options *ret, struct error *err)
{
	int r;

	ret->hosts = &f->hosts;
	r = read_network(f, &ret->network, err);
	if (r == 0)
		r = read_security(f, &ret->new_privileges, err);
	if (r == 0)
		r = read_shm_size(f, &ret->shm_bytes, err);
	if (r == 0)
		r = check_hosts(f, err);
	if (r == 0)
		r = read_rights(f, &ret->cap_mask, err);
	if (r == 0)
		r = read_host_mounts(f, ret, err);
	if (r == 0)
		r = read_entitlements(f, ret, err);
	if (r == 0)
		r = read_dns(f, ret, err);
	if (r == 0)
		r = read_secrets(f, ret, err);
	return r < 0 ? r : read_limits(f, ret, err);
}

void
run_flags_release(struct run_flags *f)
{
	strv_release(&f->hosts);
	strv_release(&f->security);
	strv_release(&f->secret_texts);
	strv_release(&f->agent_texts);
	strv_release(&f->limit_texts);
	secrets_release(&f->secrets);
	strv_release(&f->agents);
	agents_release(&f->own_agents);
	free(f->limits);
	host_mounts_release(&f->host_mounts);
	strv_release(&f->allow_texts);
	strv_release(&f->allowed_devices);
	strv_release(&f->cdi_dirs);
	buf_release(&f->resolv_conf);
	strv_release(&f->cap_add);
	strv_release(&f->cap_drop);
	strv_release(&f->volumes);
	strv_release(&f->devices);
	strv_release(&f->dns);
	strv_release(&f->dns_options);
	strv_release(&f->dns_search);
	*f = (struct run_flags){ 0 };
}
