/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runner/alias.h"
#include "runner/late.h"
#include "runner/mask.h"
#include "runner/near.h"
#include "runner/template.h"
#include "runner/variables.h"
#include "util/base64.h"
#include "util/conf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/scope.h"

#define DEFAULT_FILE "acb.yaml"

/* A file on its way to a task. */
struct loading {
	const struct load *request;
	const char *name;
	int dir_fd; /* of the file; -1: it is none */
	struct buf source;
	struct variables *variables;
	struct aliases *aliases;
	struct late *late;
	struct buf text;
};

static void
loading_release(struct loading *l)
{
	scope_close(&l->dir_fd);
	buf_release(&l->source);
	variables_free(l->variables);
	aliases_free(l->aliases);
	late_free(l->late);
	buf_release(&l->text);
}

static int
decode(const char *encoded, const char *what, struct buf *ret,
	struct error *err)
{
	int r;

	if (base64_parse(encoded, ret) < 0) {
		error_set(err, EINVAL, "%s is not base64", what);
		return error_kind(err, ERROR_REQUEST);
	}
	r = buf_check(ret, what, err);
	return r < 0 ? error_kind(err, ERROR_REQUEST) : 0;
}

static struct near
near_of(const struct load *request)
{
	return (struct near){ request->context, request->is_foreign };
}

static int
read_source(struct loading *l, struct error *err)
{
	const struct load *request = l->request;
	const struct near near = near_of(request);

	buf_init(&l->source, TEMPLATE_TEXT_MAX);
	l->name = request->file ? request->file : DEFAULT_FILE;
	if (request->command) {
		l->name = "--cmd";
		buf_adds(&l->source, request->command);
		return buf_check(&l->source, l->name, err);
	}
	if (strcmp(l->name, "-") != 0 && !request->encoded)
		return near_read(
			&near, l->name, &l->source, &l->dir_fd, err);
	l->dir_fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (l->dir_fd < 0)
		return error_errno(err, "cannot open the current directory");
	if (request->encoded) {
		l->name = "--encoded-file";
		return decode(request->encoded, l->name, &l->source, err);
	}
	return fs_read_fd(STDIN_FILENO, TEMPLATE_TEXT_MAX, &l->source, err);
}

static int
add_values_file(struct loading *l, const char *path, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	const struct near near = near_of(l->request);
	int r;

	buf_init(&text, TEMPLATE_TEXT_MAX);
	r = near_read(&near, path, &text, NULL, err);
	if (r < 0)
		return r;
	return variables_add_values(
		l->variables, buf_text(&text), text.len, path, err);
}

static int
add_encoded_values(struct loading *l, const char *encoded, struct error *err)
{
	static const char name[] = "--encoded-values";
	cleanup_value(buf_release) struct buf text = { 0 };
	int r;

	buf_init(&text, TEMPLATE_TEXT_MAX);
	r = decode(encoded, name, &text, err);
	if (r < 0)
		return r;
	return variables_add_values(
		l->variables, buf_text(&text), text.len, name, err);
}

static int
add_values(struct loading *l, struct error *err)
{
	const struct strv *files = l->request->values;
	const struct strv *encoded = l->request->encoded_values;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && files && i < files->count; i++)
		r = add_values_file(l, files->items[i], err);
	for (i = 0; r == 0 && encoded && i < encoded->count; i++)
		r = add_encoded_values(l, encoded->items[i], err);
	return r;
}

static int
make_variables(struct loading *l, struct error *err)
{
	const struct load *request = l->request;
	struct run_words words = request->words;
	unsigned source;
	size_t i;
	int r;

	words.shared_volume = "workspace";
	l->variables = variables_new(&words);
	l->late = late_new();
	r = add_values(l, err);
	for (source = 0; source < VARIABLES_SOURCES; source++)
		for (i = 0; r == 0 && i < request->set[source]->count; i++)
			r = variables_set(l->variables, source,
				request->set[source]->items[i], err);
	variables_add_json(l->variables);
	return r;
}

static int
read_aliases(struct loading *l, struct error *err)
{
	cleanup_value(strv_release) struct strv defaults = { 0 };
	autofree char *own = conf_xdg_path("CONFIG");
	struct template_data data = { .root = variables_root(l->variables),
		.lenient = l->request->acr };
	struct alias_source source = { .name = l->name,
		.dir_fd = l->dir_fd,
		.defaults = &defaults,
		.data = &data,
		.always = !l->request->acr };

	if (l->dir_fd < 0)
		return 0;
	strv_add(&defaults, "/etc/slipway/aliases.yaml");
	strv_addf(&defaults, "%s/aliases.yaml", own);
	return aliases_read(
		buf_text(&l->source), l->source.len, &source, &l->aliases, err);
}

/* The service takes such lines away, wherever they are. */
static void
empty_comments(struct buf *text)
{
	char *at = text->data, *end;
	bool comment;

	while (at && *at) {
		end = strchr(at, '\n');
		end = end ? end : at + strlen(at);
		comment = at[strspn(at, " \t")] == '#';
		for (; at < end; at++)
			if (comment)
				*at = ' ';
		at += *at == '\n';
	}
}

/* Aliases, then templates, of the file or of one that it includes. */
static int
render(struct loading *l, struct buf *source, const char *name,
	struct buf *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf replaced = { 0 };
	struct template_data data = { .root = variables_root(l->variables),
		.lenient = l->request->acr,
		.late = l->late };
	const struct buf *from = source;
	int r;

	if (l->request->acr)
		empty_comments(source);
	buf_init(&replaced, TEMPLATE_TEXT_MAX);
	if (l->aliases) {
		aliases_replace(
			l->aliases, buf_text(source), source->len, &replaced);
		from = &replaced;
	}
	r = buf_check(from, name, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	return template_render(
		buf_text(from), from->len, name, &data, ret, err);
}

/* Beside the task file or below. */
static int
include(void *context, const char *path, struct buf *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	struct loading *l = context;
	int r;

	buf_init(&text, TEMPLATE_TEXT_MAX);
	r = near_read_below(l->dir_fd, path, &text, err);
	if (r == -EXDEV)
		return error_set(err, EINVAL,
			"'%s' is not beside the task file or below", path);
	if (r < 0)
		return r;
	return render(l, &text, path, ret, err);
}

static int
load(struct loading *l, struct error *err)
{
	int r;

	r = read_source(l, err);
	if (r == 0)
		r = make_variables(l, err);
	if (r == 0)
		r = read_aliases(l, err);
	buf_init(&l->text, TEMPLATE_TEXT_MAX);
	return r == 0 ? render(l, &l->source, l->name, &l->text, err) : r;
}

/* A first word without quotes may be short for an image. */
static void
expand_image(const struct aliases *a, struct shell_command *c)
{
	struct shell_part *part = c->word_count ? c->words[0].parts : NULL;
	const char *image;

	if (!part || c->words[0].count != 1 || part->is_variable)
		return;
	image = aliases_image(a, part->text);
	if (!image)
		return;
	free(part->text);
	part->text = mem_strdup(image);
}

/* "bash -c x" in full, whichever command of a script it is. */
static void
expand_images(const struct aliases *a, struct task *t)
{
	size_t i, n, c;

	for (i = 0; i < t->step_count; i++) {
		struct shell_script *s = t->steps[i].script;

		for (n = 0; s && n < s->count; n++)
			for (c = 0; c < s->pipelines[n].count; c++)
				expand_image(a, &s->pipelines[n].commands[c]);
	}
}

/* What is secret is not shown. */
static void
add_hidden(const char *text, const struct strv *secrets, struct buf *ret)
{
	cleanup(mask_free) struct mask *m = mask_new();
	autofree char *shown = NULL;
	size_t i;

	for (i = 0; i < secrets->count; i++)
		mask_add(m, secrets->items[i], strlen(secrets->items[i]));
	shown = mask_text(m, text);
	buf_adds(ret, shown);
}

int
load_text(const struct load *request, struct buf *ret, struct error *err)
{
	cleanup_value(
		loading_release) struct loading l = { .request = request,
				    .dir_fd = -1 };
	autofree char *text = NULL;
	int r;

	r = load(&l, err);
	if (r < 0)
		return r;
	text = late_restore(l.late, buf_text(&l.text));
	add_hidden(text, variables_secrets(l.variables), ret);
	return 0;
}

static int
parse(struct loading *l, struct task **ret, struct error *err)
{
	const struct task_source source = { .name = l->name,
		.acr = l->request->acr,
		.allow_empty = l->request->allow_empty,
		.hints = l->request->hints,
		.late = l->late,
		.variables = l->variables,
		.include = l->dir_fd >= 0 ? include : NULL,
		.include_context = l };
	int r;

	if (l->request->command) {
		r = task_from_command(buf_text(&l->text), ret, err);
		return r < 0 ? error_wrap(err, "--cmd") : 0;
	}
	r = task_parse_from(
		buf_text(&l->text), l->text.len, &source, ret, err);
	if (r == 0)
		expand_images(l->aliases, *ret);
	return r;
}

int
load_task(const struct load *request, struct task **ret,
	struct variables **ret_variables, struct error *err)
{
	cleanup_value(
		loading_release) struct loading l = { .request = request,
				    .dir_fd = -1 };
	cleanup(task_free) struct task *t = NULL;
	int r;

	r = load(&l, err);
	if (r == 0)
		r = parse(&l, &t, err);
	if (r < 0)
		return r;
	t->late = take_ptr(&l.late);
	*ret_variables = take_ptr(&l.variables);
	*ret = take_ptr(&t);
	return 0;
}
