/* SPDX-License-Identifier: Apache-2.0 */
/* acl: access control lists as the kernel's attributes hold them, acl(5). For
 * lists that name ids which do not exist, and which the kernel thus refuses. */
#ifndef UTIL_ACL_H
#define UTIL_ACL_H

#include <stddef.h>
#include <sys/types.h>

#define ACL_ACCESS "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"
/* Of what both begin with. */
#define ACL_PREFIX "system.posix_acl_"

/* `mode` with the permissions the list gives: its owner's, its mask's (or its
 * group's) and everybody's. What is no list changes nothing. */
mode_t acl_mode(const void *list, size_t size, mode_t mode);
/* The list follows a chmod(2) to `mode`, in place. */
void acl_follow(void *list, size_t size, mode_t mode);
/* A default list becomes what a new file made with `mode` has, in place:
 * nothing that either of them does not permit. Returns its mode. */
mode_t acl_inherit(void *list, size_t size, mode_t mode);

#endif
