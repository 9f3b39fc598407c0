/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/names.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/network.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

/* Of /etc/hosts and of /etc/resolv.conf. */
#define NAMES_MAX_BYTES KiB(128)

/* A small file of this run, in the root file system's scratch. */
static int
write_file(const struct sandbox_spec *spec, const char *name,
	const struct buf *text, char **ret, struct error *err)
{
	autofree char *path = mem_printf("%s/%s",
		rootfs_scratch(spec->rootfs), name);
	autoclose int fd = -1;
	int r;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	/* Whatever the umask: everybody inside reads it. */
	if (fd < 0 || fchmod(fd, 0644) < 0)
		return error_errno(err, "cannot make '%s'", path);
	r = fs_write(fd, text->data, text->len, err);
	if (r == 0)
		*ret = take_ptr(&path);
	return r;
}

int
names_write_hosts(const struct sandbox_spec *spec, char **ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, NAMES_MAX_BYTES);
	r = network_format_hosts(spec->hostname ? spec->hostname : "slipway",
		spec->extra_hosts, &text, err);
	return r < 0 ? r : write_file(spec, "hosts", &text, ret, err);
}

int
names_write_resolv(const struct sandbox_spec *spec, char **ret,
	struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	if (spec->network != NETWORK_PRIVATE) {
		*ret = mem_strdup(network_resolv_conf());
		return 0;
	}
	r = egress_wait(spec->egress, err);
	if (r < 0)
		return r;
	buf_init(&text, NAMES_MAX_BYTES);
	r = network_format_resolv(egress_name_server(spec->egress), &text,
		err);
	return r < 0 ? r : write_file(spec, "resolv.conf", &text, ret, err);
}
