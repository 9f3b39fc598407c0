/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "util/cli.h"
#include "util/mem.h"

#define NAME_WIDTH 26

/* "-f, --file PATH" */
static char *
option_words(const struct option_spec *o)
{
	const char *space = o->operand ? " " : "";
	const char *operand = o->operand ? o->operand : "";

	if (!o->letter)
		return mem_printf("    --%s%s%s", o->name, space, operand);
	if (!o->name)
		return mem_printf("-%c%s%s", o->letter, space, operand);
	return mem_printf("-%c, --%s%s%s", o->letter, o->name, space, operand);
}

static void
print_option(FILE *to, const struct option_spec *o)
{
	autofree char *words = option_words(o);

	if (strlen(words) > NAME_WIDTH)
		(void)fprintf(to, "  %s\n  %*s  %s\n", words, NAME_WIDTH, "",
			o->help);
	else
		(void)fprintf(to, "  %-*s  %s\n", NAME_WIDTH, words, o->help);
}

static void
print_options(FILE *to, const char *heading, const struct option_spec *o)
{
	if (!o || cli_is_last(o))
		return;
	(void)fprintf(to, "\n%s:\n", heading);
	for (; !cli_is_last(o); o++)
		print_option(to, o);
}

void
cli_print_help(
	FILE *to, const struct command *c, const struct option_spec *global)
{
	(void)fprintf(to, "usage: slipway %s%s%s\n\n%s.\n", c->name,
		*c->operands ? " " : "", c->operands, c->summary);
	print_options(to, "Options", c->options);
	print_options(to, "Options of every command", global);
}

static bool
is_first_of_group(const struct command *const *commands, size_t index)
{
	size_t i;

	if (!commands[index]->group)
		return false;
	for (i = 0; i < index; i++)
		if (commands[i]->group &&
			strcmp(commands[i]->group, commands[index]->group) == 0)
			return false;
	return true;
}

static void
print_group(FILE *to, const struct command *const *commands, const char *group)
{
	(void)fprintf(to, "\n%s:\n", group);
	for (; *commands; commands++)
		if ((*commands)->group &&
			strcmp((*commands)->group, group) == 0)
			(void)fprintf(to, "  %-16s  %s\n", (*commands)->name,
				(*commands)->summary);
}

void
cli_print_commands(FILE *to, const struct command *const *commands,
	const struct option_spec *global)
{
	size_t i;

	(void)fputs("usage: slipway [OPTIONS] COMMAND [ARGUMENTS]\n", to);
	for (i = 0; commands[i]; i++)
		if (is_first_of_group(commands, i))
			print_group(to, commands, commands[i]->group);
	print_options(to, "Options of every command", global);
	(void)fputs("\n'slipway COMMAND --help' tells more, and the manual "
		    "pages all: slipway(1).\n",
		to);
}

static void
print_option_rows(FILE *to, const char *command, const struct option_spec *o)
{
	for (; o && !cli_is_last(o); o++) {
		if (o->name)
			(void)fprintf(to, "%s\t--%s\t%s\n", command, o->name,
				o->operand ? o->operand : "");
		if (o->letter)
			(void)fprintf(to, "%s\t-%c\t%s\n", command, o->letter,
				o->operand ? o->operand : "");
	}
}

void
cli_print_tables(FILE *to, const struct command *const *commands,
	const struct option_spec *global)
{
	print_option_rows(to, "", global);
	for (; *commands; commands++) {
		if (!(*commands)->group)
			continue;
		(void)fprintf(to, "%s\t\t%s\n", (*commands)->name,
			(*commands)->operands);
		print_option_rows(to, (*commands)->name, (*commands)->options);
	}
}
