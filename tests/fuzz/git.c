/* SPDX-License-Identifier: Apache-2.0 */
/* A git URL, and the listing of a tree with its .gitmodules. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "builder/git-tree.h"
#include "builder/git-url.h"
#include "util/mem.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was written, git is given no option and no second line. */
static void
check(const struct git_url *u)
{
	if (u->remote[0] == '-' || strpbrk(u->remote, " \n\r") ||
		(u->ref && (u->ref[0] == '-' || strpbrk(u->ref, " \n\r*"))) ||
		(u->password && strpbrk(u->password, "\r\n")))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_value(git_url_release) struct git_url u = { 0 }, below = { 0 };
	cleanup_value(git_tree_release) struct git_tree t = { 0 };
	autofree char *text = mem_strndup((const char *)data, size);
	size_t half = strlen(text) + 1;
	autofree char *config = NULL;

	if (git_url_parse(text, &u, NULL) == 0)
		check(&u);
	if (git_url_parse_remote(text, "https://h/a/b", &below, NULL) == 0)
		check(&below);
	if (size <= half)
		return 0;
	(void)git_tree_parse((const char *)data, size, &t, NULL);
	/* The parser is given what is followed by a NUL, as from a buffer. */
	config = mem_zalloc(size - half + 1);
	memcpy(config, data + half, size - half);
	git_tree_parse_modules(&t, config, size - half);
	return 0;
}
