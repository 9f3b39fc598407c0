/* SPDX-License-Identifier: Apache-2.0 */
#include "util/acl.h"

#include <stdint.h>
#include <string.h>

/* A version, then entries: tag, permissions, id, all little-endian. */
#define HEAD 4
#define ENTRY 8

enum { USER_OBJ = 1, GROUP_OBJ = 4, MASK = 16, OTHER = 32 };

static uint16_t
get16(const unsigned char *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

/* The list, as those that a mode is made of. */
struct parts {
	unsigned char *user, *group, *mask, *other;
};

static struct parts
find_parts(void *list, size_t size)
{
	unsigned char *bytes = list;
	struct parts p = { 0 };

	for (size_t i = HEAD; i + ENTRY <= size; i += ENTRY) {
		switch (get16(bytes + i)) {
		case USER_OBJ:
			p.user = bytes + i + 2;
			break;
		case GROUP_OBJ:
			p.group = bytes + i + 2;
			break;
		case MASK:
			p.mask = bytes + i + 2;
			break;
		case OTHER:
			p.other = bytes + i + 2;
			break;
		}
	}
	/* Where there is a mask, it is what a mode shows of the group. */
	if (p.mask)
		p.group = p.mask;
	return p;
}

static void
add_bits(const unsigned char *part, unsigned shift, mode_t *mode)
{
	if (part)
		*mode = (*mode & ~((mode_t)7 << shift)) |
			(mode_t)(get16(part) & 7) << shift;
}

mode_t
acl_mode(const void *list, size_t size, mode_t mode)
{
	struct parts p = find_parts((void *)(uintptr_t)list, size);

	add_bits(p.user, 6, &mode);
	add_bits(p.group, 3, &mode);
	add_bits(p.other, 0, &mode);
	return mode;
}

static void
set_bits(unsigned char *part, unsigned bits)
{
	if (!part)
		return;
	part[0] = bits & 7;
	part[1] = 0;
}

void
acl_follow(void *list, size_t size, mode_t mode)
{
	struct parts p = find_parts(list, size);

	set_bits(p.user, mode >> 6);
	set_bits(p.group, mode >> 3);
	set_bits(p.other, mode);
}

mode_t
acl_inherit(void *list, size_t size, mode_t mode)
{
	mode &= acl_mode(list, size, 0777) | ~(mode_t)0777;
	acl_follow(list, size, mode);
	return mode;
}
