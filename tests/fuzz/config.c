/* SPDX-License-Identifier: Apache-2.0 */
/* An image config of strangers: what is accepted can be changed and written;
 * writing it twice gives the same bytes. And a line of import --change. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "oci/age.h"
#include "oci/change.h"
#include "oci/config.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_all(struct config *c)
{
	static const char *const lists[] = { "Env", "Cmd", "Entrypoint" };
	autofree struct digest *ids = NULL;
	int64_t seconds;
	size_t i, count;

	assert(config_diff_ids(c, &ids, &count, NULL) == 0);
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		cleanup_value(strv_release) struct strv items = { 0 };

		(void)config_get_list(c, lists[i], &items, NULL);
	}
	(void)config_get_text(c, "User");
	(void)json_count(config_history(c));
	if (config_get_top(c, "created"))
		(void)age_parse(config_get_top(c, "created"), &seconds, NULL);
}

static void
change_all(struct config *c)
{
	const struct history history = { .created_by = "x" };
	const struct digest d = { { 1 } };

	config_add_history(c, &history);
	config_add_diff_id(c, &d);
	config_set_member(c, "Labels", "a", "b");
	config_set_text(c, "User", "me");
	config_set_list(c, "Cmd", NULL);
}

static void
check_format(const struct config *c)
{
	cleanup_value(buf_release) struct buf one = { .max = MiB(32) };
	cleanup_value(buf_release) struct buf other = { .max = MiB(32) };
	cleanup(config_free) struct config *again = NULL;

	config_format(c, &one);
	assert(config_parse(buf_text(&one), one.len, &again, NULL) == 0);
	config_format(again, &other);
	assert(strcmp(buf_text(&one), buf_text(&other)) == 0);
}

static void
use_line(const char *line)
{
	static const struct platform p = { "linux", "amd64", "" };
	cleanup(config_free) struct config *c = config_new(&p);

	if (change_apply(c, line, NULL) == 0)
		check_format(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(config_free) struct config *c = NULL;
	autofree char *line = mem_strndup((const char *)data, size);

	use_line(line);
	if (config_parse((const char *)data, size, &c, NULL) < 0)
		return 0;
	check_format(c);
	read_all(c);
	change_all(c);
	check_format(c);
	return 0;
}
