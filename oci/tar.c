/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/tar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oci/tar-block.h"
#include "util/mem.h"

const struct tar_limits tar_default_limits = {
	.entries = 4000000,
	.total_bytes = GiB(64),
	.path_bytes = 4096,
	.header_bytes = MiB(1),
};

void
tar_entry_release(struct tar_entry *e)
{
	size_t i;

	for (i = 0; i < e->xattr_count; i++) {
		free(e->xattrs[i].name);
		free(e->xattrs[i].value);
	}
	free(e->xattrs);
	free(e->path);
	free(e->link);
	*e = (struct tar_entry){ 0 };
}

/* The eight bytes of the checksum count as blanks. */
#define CHECKSUM_AT offsetof(struct tar_block, checksum)
#define CHECKSUM_END (CHECKSUM_AT + 8)

uint32_t
tar_block_sum(const struct tar_block *b)
{
	const unsigned char *byte = (const unsigned char *)b;
	uint32_t sum = 8 * ' ';
	size_t i;

	for (i = 0; i < CHECKSUM_AT; i++)
		sum += byte[i];
	for (i = CHECKSUM_END; i < TAR_BLOCK_SIZE; i++)
		sum += byte[i];
	return sum;
}

int32_t
tar_block_signed_sum(const struct tar_block *b)
{
	const signed char *byte = (const signed char *)b;
	int32_t sum = 8 * ' ';
	size_t i;

	for (i = 0; i < CHECKSUM_AT; i++)
		sum += byte[i];
	for (i = CHECKSUM_END; i < TAR_BLOCK_SIZE; i++)
		sum += byte[i];
	return sum;
}

bool
tar_octal_format(char *field, size_t size, uint64_t value)
{
	size_t i = size - 1;

	if (value >> (3 * i))
		return false;
	field[i] = '\0';
	while (i > 0) {
		field[--i] = (char)('0' + (value & 7));
		value >>= 3;
	}
	return true;
}

/* Big-endian two's complement; the top bit of the first byte only marks it,
 * the next is the sign. */
static int
parse_base256(const char *field, size_t size, int64_t *ret)
{
	const unsigned char *byte = (const unsigned char *)field;
	int64_t value = byte[0] & 0x40 ? -1 : 0;
	size_t i;

	if (byte[0] != 0x80 && byte[0] != 0xff)
		return -EBADMSG;
	for (i = 1; i < size; i++) {
		if (__builtin_mul_overflow(value, 256, &value))
			return -EBADMSG;
		value += byte[i];
	}
	*ret = value;
	return 0;
}

static int
parse_octal(const char *field, size_t size, int64_t *ret)
{
	uint64_t value = 0;
	size_t i = 0;

	while (i < size && (field[i] == ' ' || field[i] == '\0'))
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		value = value << 3 | (uint64_t)(field[i] - '0');
	for (; i < size; i++)
		if (field[i] != ' ' && field[i] != '\0')
			return -EBADMSG;
	/* Twelve octal digits at most: 36 bits. */
	*ret = (int64_t)value;
	return 0;
}

int
tar_number_parse(const char *field, size_t size, int64_t *ret,
	struct error *err)
{
	int r;

	r = field[0] & 0x80 ? parse_base256(field, size, ret) :
			      parse_octal(field, size, ret);
	if (r < 0)
		return error_set(err, -r, "damaged number in a tar header");
	return 0;
}

int
tar_text_set(char **place, const char *text, size_t len,
	const struct tar_limits *limits, struct error *err)
{
	if (len > limits->path_bytes)
		return error_set(err, EFBIG,
			"a path in the tar is longer than %zu bytes",
			limits->path_bytes);
	if (memchr(text, '\0', len))
		return error_set(err, EBADMSG, "a path in the tar has a NUL");
	free(*place);
	*place = mem_strndup(text, len);
	return 0;
}
