/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "util/cli.h"
#include "util/mem.h"
#include "util/term.h"

struct cli_table {
	size_t columns;
	size_t *widths;
	struct strv cells; /* row by row, the headings first */
};

void
cli_table_add(struct cli_table *t, const char *const *cells)
{
	size_t i, width;

	for (i = 0; i < t->columns; i++) {
		width = term_text_width(cells[i]);
		if (width > t->widths[i])
			t->widths[i] = width;
		strv_add(&t->cells, cells[i]);
	}
}

struct cli_table *
cli_table_new(const char *const *headings, size_t columns)
{
	struct cli_table *t = mem_zalloc(sizeof(*t));

	t->columns = columns;
	t->widths = mem_array(columns, sizeof(*t->widths));
	cli_table_add(t, headings);
	return t;
}

static void
print_row(FILE *to, const struct cli_table *t, char *const *cells)
{
	size_t last = t->columns;
	size_t i, width;

	while (last && !*cells[last - 1])
		last--;
	for (i = 0; i < last; i++) {
		width = term_text_width(cells[i]);
		(void)fputs(cells[i], to);
		if (i + 1 < last)
			(void)fprintf(
				to, "%*s", (int)(t->widths[i] - width + 3), "");
	}
	(void)fputc('\n', to);
}

void
cli_table_print(FILE *to, const struct cli_table *t)
{
	size_t row;

	for (row = 0; row < t->cells.count; row += t->columns)
		print_row(to, t, t->cells.items + row);
}

struct cli_table *
cli_table_free(struct cli_table *t)
{
	if (!t)
		return NULL;
	free(t->widths);
	strv_release(&t->cells);
	free(t);
	return NULL;
}
