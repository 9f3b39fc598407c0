/* SPDX-License-Identifier: Apache-2.0 */
/* tar-block: the 512 bytes before each member, as POSIX.1-2001 pax(1) lays
 * them out, and the PAX records; private to oci/tar*.c. */
#ifndef OCI_TAR_BLOCK_H
#define OCI_TAR_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "oci/tar.h"

#define TAR_BLOCK_SIZE 512
/* What one read or write of an archive moves. */
#define TAR_BUFFER_SIZE ((size_t)256 << 10)
#define TAR_XATTR_KEY "SCHILY.xattr."

struct tar_block {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char rest[12];
};
_Static_assert(sizeof(struct tar_block) == TAR_BLOCK_SIZE, "tar block");

/* What the members before a member say of it: PAX records, GNU long names. */
struct tar_extension {
	struct buf records;
	struct buf path;
	struct buf link;
	size_t bytes;
};

/* The zero bytes that fill `size` up to whole blocks. */
static inline size_t
tar_padding(uint64_t size)
{
	return (size_t)(-size & (TAR_BLOCK_SIZE - 1));
}

/* The sum of a block's bytes with the checksum field read as blanks; some old
 * writers summed signed chars. */
uint32_t tar_block_sum(const struct tar_block *b);
int32_t tar_block_signed_sum(const struct tar_block *b);

/* "0000644" in a field of `size` bytes, NUL at its end; false, and nothing
 * written, when the value does not fit. */
bool tar_octal_format(char *field, size_t size, uint64_t value);
/* Octal text, or GNU's base 256. -EBADMSG for anything else and for what an
 * int64_t does not hold. */
int tar_number_parse(const char *field, size_t size, int64_t *ret,
	struct error *err);

/* Append "LEN KEY=VALUE\n". */
void tar_pax_add(struct buf *records, const char *key, const void *value,
	size_t len);
/* Let the records speak over what `e` says; -EBADMSG for damage, -EFBIG for a
 * path over the limit. */
int tar_pax_apply(const struct buf *records, const struct tar_limits *limits,
	struct tar_entry *e, struct error *err);

/* Put `len` bytes in place of the text *place, which was NULL or allocated.
 * -EBADMSG when there is a NUL among them, -EFBIG over the limit. */
int tar_text_set(char **place, const char *text, size_t len,
	const struct tar_limits *limits, struct error *err);

/* The header of `e` in the zeroed `b`; what does not fit there is added to
 * `records`. -EINVAL for what no tar can say. */
int tar_block_fill(struct tar_block *b, const struct tar_entry *e,
	struct buf *records, struct error *err);
/* Magic and checksum, when all else is filled in. */
void tar_block_seal(struct tar_block *b);
/* The size field; -EBADMSG when it is damaged or negative. */
int tar_block_data_size(const struct tar_block *b, uint64_t *ret,
	struct error *err);
/* A member's header and what came before it as an entry, which was empty and
 * is the caller's to release, also after a failure. */
int tar_entry_build(const struct tar_block *b, const struct tar_extension *x,
	const struct tar_limits *limits, struct tar_entry *e,
	struct error *err);

#endif
