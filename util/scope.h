/* SPDX-License-Identifier: Apache-2.0 */
/* scope: variables that release what they hold when they leave scope. */
#ifndef UTIL_SCOPE_H
#define UTIL_SCOPE_H

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

/* Make a cleanup: DEFINE_CLEANUP(struct store *, store_free); */
#define DEFINE_CLEANUP(type, release)                                          \
	static inline void release##_cleanup(type *held)                       \
	{                                                                      \
		if (*held)                                                     \
			release(*held);                                        \
	}                                                                      \
	struct scope_semicolon_expected

/* Usage: cleanup(store_free) struct store *s = NULL; */
#define cleanup(release) __attribute__((__cleanup__(release##_cleanup)))
/* Usage: cleanup_value(buf_release) struct buf b = { 0 }; */
#define cleanup_value(release) __attribute__((__cleanup__(release)))

static inline void
scope_free(void *held)
{
	free(*(void **)held);
}

static inline void
scope_close(const int *held)
{
	if (*held >= 0)
		(void)close(*held);
}

static inline void
scope_closedir(DIR **held)
{
	if (*held)
		(void)closedir(*held);
}

#define autofree __attribute__((__cleanup__(scope_free)))
#define autoclose __attribute__((__cleanup__(scope_close)))
#define autoclosedir __attribute__((__cleanup__(scope_closedir)))

/* Move ownership out of a self-releasing variable, visibly. */
#define take_ptr(p)                                                            \
	({                                                                     \
		typeof(*(p)) taken_ = *(p);                                    \
		*(p) = NULL;                                                   \
		taken_;                                                        \
	})
#define take_fd(p)                                                             \
	({                                                                     \
		int taken_ = *(p);                                             \
		*(p) = -1;                                                     \
		taken_;                                                        \
	})

#endif
