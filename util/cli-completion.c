/* SPDX-License-Identifier: Apache-2.0 */
/* Static scripts: pressing TAB starts no slipway. */
#include <errno.h>
#include <string.h>

#include "util/cli.h"
#include "util/mem.h"

/* What one shell needs to be told. */
struct shell {
	const char *name;
	const char *title; /* the first lines of the script */
	const char *head;
	void (*command)(FILE *to, const struct command *c,
		const struct option_spec *global);
	const char *tail;
};

static bool
takes_value(const struct option_spec *o)
{
	return o->operand && o->kind != OPT_FLAG && o->kind != OPT_OPTIONAL;
}

static bool
is_words(const char *values)
{
	return values && *values != '@';
}

/* `values` with `between` instead of its bars. */
static void
print_words(FILE *to, const char *values, char between)
{
	for (; *values; values++)
		(void)fputc(*values == '|' ? between : *values, to);
}

static void
print_bash_values(FILE *to, const char *values)
{
	if (is_words(values)) {
		(void)fputs("compgen -W '", to);
		print_words(to, values, ' ');
		(void)fputs("' -- \"$2\" ;;\n", to);
	} else if (values && strcmp(values, "@dir") == 0) {
		(void)fputs("compgen -d -- \"$2\" ;;\n", to);
	} else if (values && strcmp(values, "@image") == 0) {
		(void)fputs(": ;;\n", to);
	} else {
		(void)fputs("compgen -f -- \"$2\" ;;\n", to);
	}
}

static void
print_bash_names(FILE *to, const struct option_spec *o)
{
	for (; o && !cli_is_last(o); o++) {
		if (o->letter)
			(void)fprintf(to, " -%c", o->letter);
		if (o->name)
			(void)fprintf(to, " --%s", o->name);
	}
}

static void
print_bash_rows(FILE *to, const char *command, const struct option_spec *o)
{
	for (; o && !cli_is_last(o); o++) {
		if (!takes_value(o) || !o->name)
			continue;
		(void)fprintf(to, "\t'%s --%s')\n\t\t", command, o->name);
		print_bash_values(to, o->values);
	}
}

static void
print_bash(FILE *to, const struct command *c, const struct option_spec *global)
{
	(void)fprintf(to, "\t'%s -')\n\t\tcompgen -W '", c->name);
	print_bash_names(to, c->options);
	print_bash_names(to, global);
	(void)fputs("' -- \"$2\" ;;\n", to);
	print_bash_rows(to, c->name, c->options);
	print_bash_rows(to, c->name, global);
	if (c->max_operands == 0)
		return;
	(void)fprintf(to, "\t'%s')\n\t\t", c->name);
	print_bash_values(to, c->operand_values);
}

static const char bash_title[] =
	"# slipway completion for bash; made by 'slipway completion bash'\n";
static const char bash_head[] = "_slipway_words() {\n"
				"\tcase $1 in\n";
static const char bash_tail[] =
	"\tesac\n"
	"}\n"
	"_slipway() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal command='' two i\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\t[[ ${COMP_WORDS[i]} == -* ]] && continue\n"
	"\t\ttwo=\"${COMP_WORDS[i]} ${COMP_WORDS[i+1]-}\"\n"
	"\t\tcommand=${COMP_WORDS[i]}\n"
	"\t\t[[ $'\\n'$_slipway_commands$'\\n' == *$'\\n'\"$two\"$'\\n'* ]] &&\n"
	"\t\t\tcommand=$two\n"
	"\t\tbreak\n"
	"\tdone\n"
	"\tif [[ $prev == -* && -n $(_slipway_words \"$command $prev\" '') ]]; then\n"
	"\t\tmapfile -t COMPREPLY < <(_slipway_words \"$command $prev\" \"$cur\")\n"
	"\telif [[ $cur == -* ]]; then\n"
	"\t\tmapfile -t COMPREPLY < <(_slipway_words \"$command -\" \"$cur\")\n"
	"\telif [[ -z $command || $i -eq $((COMP_CWORD - 1)) ]]; then\n"
	"\t\tmapfile -t COMPREPLY < <(\n"
	"\t\t\t_slipway_next \"$command\" \"$cur\"\n"
	"\t\t\t[[ -n $command ]] && _slipway_words \"$command\" \"$cur\")\n"
	"\telse\n"
	"\t\tmapfile -t COMPREPLY < <(_slipway_words \"$command\" \"$cur\")\n"
	"\tfi\n"
	"}\n"
	"_slipway_next() {\n"
	"\tlocal line words=''\n"
	"\twhile IFS= read -r line; do\n"
	"\t\tif [[ -z $1 ]]; then\n"
	"\t\t\twords+=\" ${line%% *}\"\n"
	"\t\telif [[ $line == \"$1 \"* ]]; then\n"
	"\t\t\twords+=\" ${line#* }\"\n"
	"\t\tfi\n"
	"\tdone <<<\"$_slipway_commands\"\n"
	"\tcompgen -W \"$words\" -- \"$2\" | sort -u\n"
	"}\n"
	"complete -o filenames -F _slipway slipway\n";

/* 'text' for zsh and fish: quotes and brackets escaped. */
static void
print_quoted(FILE *to, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\'", to);
		else if (strchr(special, *text))
			(void)fputc('\\', to);
		(void)fputc(*text, to);
	}
}

static void
print_zsh_values(FILE *to, const char *values)
{
	if (is_words(values)) {
		(void)fputc('(', to);
		print_words(to, values, ' ');
		(void)fputc(')', to);
	} else if (values && strcmp(values, "@dir") == 0) {
		(void)fputs("_files -/", to);
	} else if (!values || strcmp(values, "@image") != 0) {
		(void)fputs("_files", to);
	}
}

static void
print_zsh_spec(FILE *to, const struct option_spec *o, const char *name)
{
	(void)fprintf(to, "\t\t\t'*%s%s[", name,
		takes_value(o) && name[1] == '-' ? "=" : "");
	print_quoted(to, o->help ? o->help : "", "[]:");
	(void)fputc(']', to);
	if (takes_value(o)) {
		(void)fprintf(to, ":%s:", o->operand);
		print_zsh_values(to, o->values);
	}
	(void)fputs("' \\\n", to);
}

static void
print_zsh_options(FILE *to, const struct option_spec *o)
{
	for (; o && !cli_is_last(o); o++) {
		char letter[] = { '-', o->letter, '\0' };
		autofree char *name =
			mem_printf("--%s", o->name ? o->name : "");

		if (o->letter)
			print_zsh_spec(to, o, letter);
		if (o->name)
			print_zsh_spec(to, o, name);
	}
}

static void
print_zsh(FILE *to, const struct command *c, const struct option_spec *global)
{
	(void)fprintf(to, "\t'%s')\n\t\t_arguments -s \\\n", c->name);
	print_zsh_options(to, c->options);
	print_zsh_options(to, global);
	(void)fputs("\t\t\t'*:operand:", to);
	print_zsh_values(to, c->operand_values);
	(void)fputs("' ;;\n", to);
}

static const char zsh_title[] =
	"#compdef slipway\n"
	"# slipway completion for zsh; made by 'slipway completion zsh'\n";
static const char zsh_head[] = "_slipway_arguments() {\n"
			       "\tcase $1 in\n";
static const char zsh_tail[] =
	"\tesac\n"
	"}\n"
	"_slipway() {\n"
	"\tlocal -a commands next\n"
	"\tlocal two\n"
	"\tcommands=(${(f)_slipway_commands})\n"
	"\tif (( CURRENT == 2 )); then\n"
	"\t\tnext=(${(u)commands%% *})\n"
	"\t\tcompadd -a next\n"
	"\t\treturn\n"
	"\tfi\n"
	"\ttwo=\"$words[2] $words[3]\"\n"
	"\tnext=(${${(M)commands:#$words[2] *}#* })\n"
	"\tif (( CURRENT == 3 && $#next )); then\n"
	"\t\tcompadd -a next\n"
	"\tfi\n"
	"\tif (( CURRENT > 3 && ${commands[(Ie)$two]} )); then\n"
	"\t\twords=(\"$two\" \"${(@)words[4,-1]}\")\n"
	"\t\t(( CURRENT -= 2 ))\n"
	"\t\t_slipway_arguments \"$two\"\n"
	"\telif (( ${commands[(Ie)$words[2]]} )); then\n"
	"\t\twords=(\"${(@)words[2,-1]}\")\n"
	"\t\t(( CURRENT -= 1 ))\n"
	"\t\t_slipway_arguments \"$words[1]\"\n"
	"\tfi\n"
	"}\n"
	"if [[ $funcstack[1] == _slipway ]]; then\n"
	"\t_slipway \"$@\"\n"
	"else\n"
	"\tcompdef _slipway slipway\n"
	"fi\n";

static void
print_fish_values(FILE *to, const char *values)
{
	if (is_words(values)) {
		(void)fputs(" -f -a '", to);
		print_words(to, values, ' ');
		(void)fputc('\'', to);
	} else if (values && strcmp(values, "@dir") == 0) {
		(void)fputs(" -f -a '(__fish_complete_directories)'", to);
	}
}

static void
print_fish_option(FILE *to, const char *condition, const struct option_spec *o)
{
	(void)fprintf(to, "complete -c slipway -n '%s'", condition);
	if (o->letter)
		(void)fprintf(to, " -s %c", o->letter);
	if (o->name)
		(void)fprintf(to, " -l %s", o->name);
	if (takes_value(o)) {
		(void)fputs(" -r", to);
		print_fish_values(to, o->values);
	}
	(void)fputs(" -d '", to);
	print_quoted(to, o->help ? o->help : "", "");
	(void)fputs("'\n", to);
}

static void
print_fish(FILE *to, const struct command *c, const struct option_spec *global)
{
	const char *space = strchr(c->name, ' ');
	size_t len = space ? (size_t)(space - c->name) : strlen(c->name);
	autofree char *first = mem_strndup(c->name, len);
	autofree char *condition =
		mem_printf("__fish_seen_subcommand_from %s%s%s", first,
			space ? "; and __fish_seen_subcommand_from" : "",
			space ? space : "");
	const struct option_spec *o;

	(void)global;
	(void)fprintf(to,
		"complete -c slipway -f -n __fish_use_subcommand -a %s -d '",
		first);
	print_quoted(to, space ? "" : c->summary, "");
	(void)fputs("'\n", to);
	if (space)
		(void)fprintf(to,
			"complete -c slipway -f -n "
			"'__fish_seen_subcommand_from %s' -a%s\n",
			first, space);
	if (is_words(c->operand_values)) {
		(void)fprintf(to, "complete -c slipway -n '%s'", condition);
		print_fish_values(to, c->operand_values);
		(void)fputc('\n', to);
	}
	for (o = c->options; o && !cli_is_last(o); o++)
		print_fish_option(to, condition, o);
}

static const char fish_title[] =
	"# slipway completion for fish; made by 'slipway completion fish'\n";

static const struct shell shells[] = {
	{ "bash", bash_title, bash_head, print_bash, bash_tail },
	{ "zsh", zsh_title, zsh_head, print_zsh, zsh_tail },
	{ "fish", fish_title, "", print_fish, "" },
};

/* The names, one a line, in a variable that bash and zsh share. */
static void
print_names(FILE *to, const struct command *const *commands)
{
	const char *before = "";

	(void)fputs("_slipway_commands='", to);
	for (; *commands; commands++) {
		if (!(*commands)->group)
			continue;
		(void)fprintf(to, "%s%s", before, (*commands)->name);
		before = "\n";
	}
	(void)fputs("'\n", to);
}

static void
print_script(FILE *to, const struct shell *s,
	const struct command *const *commands, const struct option_spec *global)
{
	const struct option_spec *o;
	size_t i;

	(void)fputs(s->title, to);
	if (s->command != print_fish)
		print_names(to, commands);
	(void)fputs(s->head, to);
	for (i = 0; commands[i]; i++)
		if (commands[i]->group)
			s->command(to, commands[i], global);
	(void)fputs(s->tail, to);
	if (s->command != print_fish)
		return;
	for (o = global; o && !cli_is_last(o); o++)
		print_fish_option(to, "true", o);
}

int
cli_print_completion(FILE *to, const char *shell,
	const struct command *const *commands, const struct option_spec *global,
	struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shells); i++) {
		if (strcmp(shells[i].name, shell) != 0)
			continue;
		print_script(to, &shells[i], commands, global);
		return 0;
	}
	error_set(err, EINVAL, "no completion for shell '%s'", shell);
	error_hint(err, "shells are bash, zsh and fish");
	return error_kind(err, ERROR_REQUEST);
}
