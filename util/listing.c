/* SPDX-License-Identifier: Apache-2.0 */
#include "util/listing.h"

#include <stdint.h>
#include <string.h>

#include "util/cli.h"
#include "util/mem.h"

struct listing {
	struct cli_table *table;
	struct json *rows;
};

struct listing *
listing_new(const char *const *headings, size_t columns)
{
	struct listing *l = mem_zalloc(sizeof(*l));

	l->table = cli_table_new(headings, columns);
	l->rows = json_new_array();
	return l;
}

struct listing *
listing_free(struct listing *l)
{
	if (!l)
		return NULL;
	cli_table_free(l->table);
	json_free(l->rows);
	free(l);
	return NULL;
}

void
listing_add(struct listing *l, const char *const *cells, struct json *row)
{
	cli_table_add(l->table, cells);
	json_append(l->rows, row);
}

static void
print_pretty(FILE *to, const struct json *j)
{
	cleanup_value(buf_release) struct buf text = { .max = SIZE_MAX };

	json_format_pretty(j, &text);
	(void)fprintf(to, "%s\n", buf_text(&text));
}

static void
print_lines(FILE *to, const struct json *rows)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	size_t i;

	buf_init(&text, SIZE_MAX);
	for (i = 0; i < json_count(rows); i++) {
		buf_reset(&text);
		json_format(json_at(rows, i), &text);
		(void)fprintf(to, "%s\n", buf_text(&text));
	}
}

void
listing_print(FILE *to, const struct listing *l, const char *format)
{
	if (!format || strcmp(format, "table") == 0)
		cli_table_print(to, l->table);
	else if (strcmp(format, "json") == 0)
		print_pretty(to, l->rows);
	else
		print_lines(to, l->rows);
}
