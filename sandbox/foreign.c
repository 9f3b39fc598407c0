/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/foreign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/binfmt.h"
#include "sandbox/rewrite.h"
#include "util/log.h"
#include "util/mem.h"

static const char *const names[] = {
	[FOREIGN_AUTO] = "auto",
	[FOREIGN_NATIVE] = "native",
	[FOREIGN_BINFMT] = "binfmt",
	[FOREIGN_HOST] = "host",
	[FOREIGN_EXEC] = "exec",
};

int
foreign_parse(const char *text, enum foreign_way *ret, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (i == FOREIGN_NATIVE ||
			strcmp(text ? text : "auto", names[i]) != 0)
			continue;
		*ret = (enum foreign_way)i;
		return 0;
	}
	(void)error_set(err, EINVAL, "unknown emulation '%s'", text);
	(void)error_hint(err, "use auto, binfmt, host or exec");
	return error_kind(err, ERROR_REQUEST);
}

const char *
foreign_name(enum foreign_way way)
{
	return names[way];
}

void
foreign_init(struct foreign *f)
{
	*f = (struct foreign){ .binfmt_fd = -1 };
}

void
foreign_release(struct foreign *f)
{
	free(f->qemu);
	scope_close(&f->binfmt_fd);
	foreign_init(f);
}

/* amd64 runs 386, and some arm64 run arm. */
static int
use_native(struct foreign *f, struct error *err)
{
	const struct machine *host = machine_host();
	int r;

	if (f->machine == host)
		return 0;
	if (!f->machine->exit_code || !host ||
		host->elf_data != f->machine->elf_data)
		return error_set(err, ENOTSUP, "this processor is another");
	r = machine_runs(f->machine, err);
	if (r == 0)
		r = error_set(err, ENOTSUP, "this kernel does not");
	return r < 0 ? r : 0;
}

static int
use_binfmt(struct foreign *f, struct error *err)
{
	int r = machine_find_qemu(f->machine, &f->qemu, err);

	if (r == 0)
		r = binfmt_register(f->machine, f->qemu, &f->binfmt_fd, err);
	return r;
}

static int
use_host(struct foreign *f, struct error *err)
{
	int r = machine_runs(f->machine, err);

	if (r == 0)
		r = error_set(err, ENOTSUP, "the host has no emulator "
			"registered with flag F in binfmt_misc");
	return r < 0 ? r : 0;
}

static int
use_exec(struct foreign *f, struct error *err)
{
	int r = rewrite_is_supported() ? 0 :
		error_set(err, ENOTSUP, "not made for this processor");

	return r < 0 ? r : machine_find_qemu(f->machine, &f->qemu, err);
}

static const struct way {
	enum foreign_way way;
	int (*use)(struct foreign *f, struct error *err);
} ways[] = {
	{ FOREIGN_NATIVE, use_native }, { FOREIGN_BINFMT, use_binfmt },
	{ FOREIGN_HOST, use_host }, { FOREIGN_EXEC, use_exec },
};

/* The remedy that is least trouble comes first. */
static int
refuse(const struct machine *m, const struct error *last, struct error *err)
{
	(void)error_set(err, ENOTSUP, "programs of %s cannot run here: %s",
		m->name, last->text);
	(void)error_hint(err, "%s", last->hint ? last->hint : "install "
		"package qemu-user-static; slipway doctor says what is used");
	return error_kind(err, ERROR_HOST);
}

static int
find_way(struct foreign *f, enum foreign_way want, struct error *err)
{
	autoerror problem = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (want != FOREIGN_AUTO && want != ways[i].way &&
			ways[i].way != FOREIGN_NATIVE)
			continue;
		error_release(&problem);
		f->way = ways[i].way;
		if (ways[i].use(f, &problem) == 0)
			return 0;
		log_debug("programs of %s, %s: %s", f->machine->name,
			names[ways[i].way], problem.text);
		free(f->qemu);
		f->qemu = NULL;
	}
	return refuse(f->machine, &problem, err);
}

int
foreign_open(const char *name, enum foreign_way want, struct foreign *ret,
	struct error *err)
{
	cleanup_value(foreign_release) struct foreign f;
	int r;

	foreign_init(&f);
	f.way = FOREIGN_NATIVE;
	f.machine = name ? machine_find(name) : NULL;
	if (name && !f.machine) {
		(void)error_set(err, ENOTSUP, "programs of %s cannot run here:"
			" nothing is known about that machine", name);
		return error_kind(err, ERROR_HOST);
	}
	r = f.machine ? find_way(&f, want, err) : 0;
	if (r < 0)
		return r;
	if (f.way != FOREIGN_NATIVE)
		log_debug("programs of %s run by way of %s", name,
			names[f.way]);
	*ret = f;
	foreign_init(&f);
	return 0;
}
