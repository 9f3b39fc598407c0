/* SPDX-License-Identifier: Apache-2.0 */
/* machine: kinds of processors, how their programs look, who emulates them. */
#ifndef SANDBOX_MACHINE_H
#define SANDBOX_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* How many bytes of a file tell whose program it is. */
#define MACHINE_HEAD 20

struct machine {
	const char *name;	/* as images have it: "arm64" */
	const char *qemu;	/* as qemu has it: "aarch64" */
	uint8_t elf_class;	/* ELFCLASS64, ... */
	uint8_t elf_data;	/* ELFDATA2LSB, ... */
	uint16_t elf_machine;	/* EM_AARCH64, ... */
	const uint8_t *exit_code; /* instructions that end with status 0, for
				 * those another processor may run, or NULL */
	size_t exit_size;
};

/* Row `index` of the table of all, or NULL after the last. */
const struct machine *machine_at(size_t index);
/* By its name, "arm64"; NULL when unknown. */
const struct machine *machine_find(const char *name);
/* The one slipway itself was made for; NULL when unknown. */
const struct machine *machine_host(void);
/* Does a file with this beginning hold a program for `m`? */
bool machine_fits(const struct machine *m, const uint8_t head[MACHINE_HEAD]);
/* What such a file begins with, and which of its bits count. */
void machine_magic(const struct machine *m, uint8_t ret_magic[MACHINE_HEAD],
	uint8_t ret_mask[MACHINE_HEAD]);
/*
 * The static user-mode qemu for `m` in PATH or the usual directories; yours.
 * -ENOENT, ERROR_HOST, when there is none, with the package as a remedy.
 */
int machine_find_qemu(const struct machine *m, char **ret, struct error *err);
/*
 * 1 when the kernel starts a program for `m`, tried in a child whose root
 * directory is empty: by itself, or by an emulator that was registered with
 * the host so that it need not be in sight. 0 when not. Needs userns_enter().
 */
int machine_runs(const struct machine *m, struct error *err);

#endif
