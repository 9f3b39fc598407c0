/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runner/alias.h"
#include "runner/template.h"
#include "runner/variables.h"
#include "util/conf.h"
#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

#define DEFAULT_FILE "acb.yaml"

/* A file on its way to a task. */
struct loading {
	const struct load *request;
	const char *name;
	char *dir; /* of the file */
	struct buf source;
	struct variables *variables;
	struct aliases *aliases;
	struct buf text;
};

static void
loading_release(struct loading *l)
{
	free(l->dir);
	buf_release(&l->source);
	variables_free(l->variables);
	aliases_free(l->aliases);
	buf_release(&l->text);
}

/* Beside the context's files, as `az acr run` looks for it, else here. */
static int
read_near(struct loading *l, struct error *err)
{
	autofree char *inside = path_resolve(l->request->context, l->name);
	autoerror first = { 0 };
	int r;

	l->dir = path_dir(inside);
	r = fs_read_file(
		AT_FDCWD, inside, TEMPLATE_TEXT_MAX, &l->source, &first);
	if (r == -ENOENT || r == -ENOTDIR) {
		free(l->dir);
		l->dir = path_dir(l->name);
		r = fs_read_file(AT_FDCWD, l->name, TEMPLATE_TEXT_MAX,
			&l->source, &first);
	}
	return r < 0 ? error_move(err, &first) : 0;
}

static int
read_source(struct loading *l, struct error *err)
{
	const struct load *request = l->request;

	buf_init(&l->source, TEMPLATE_TEXT_MAX);
	l->name = request->file ? request->file : DEFAULT_FILE;
	if (request->command) {
		l->name = "--cmd";
		buf_adds(&l->source, request->command);
		return buf_check(&l->source, l->name, err);
	}
	if (strcmp(l->name, "-") != 0)
		return read_near(l, err);
	l->dir = mem_strdup(".");
	return fs_read_fd(STDIN_FILENO, TEMPLATE_TEXT_MAX, &l->source, err);
}

static int
make_variables(struct loading *l, struct error *err)
{
	const struct load *request = l->request;
	cleanup_value(buf_release) struct buf text = { 0 };
	struct run_words words = { .id = request->run_id,
		.registry = request->registry,
		.shared_volume = "workspace" };
	unsigned source;
	size_t i;
	int r = 0;

	l->variables = variables_new(&words);
	buf_init(&text, TEMPLATE_TEXT_MAX);
	if (request->values)
		r = fs_read_file(AT_FDCWD, request->values, TEMPLATE_TEXT_MAX,
			&text, err);
	if (r == 0 && request->values)
		r = variables_add_values(l->variables, buf_text(&text),
			text.len, request->values, err);
	for (source = 0; source < VARIABLES_SOURCES; source++)
		for (i = 0; r == 0 && i < request->set[source]->count; i++)
			r = variables_set(l->variables, source,
				request->set[source]->items[i], err);
	return r;
}

static int
read_aliases(struct loading *l, struct error *err)
{
	cleanup_value(strv_release) struct strv defaults = { 0 };
	autofree char *own = conf_xdg_path("CONFIG");
	autoclose int dir = -1;
	struct template_data data = { variables_root(l->variables), false };
	struct alias_source source = { .name = l->name,
		.defaults = &defaults,
		.data = &data,
		.always = true };

	if (!l->dir)
		return 0;
	dir = open(*l->dir ? l->dir : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	source.dir_fd = dir;
	strv_add(&defaults, "/etc/slipway/aliases.yaml");
	strv_addf(&defaults, "%s/aliases.yaml", own);
	return aliases_read(
		buf_text(&l->source), l->source.len, &source, &l->aliases, err);
}

static int
render(struct loading *l, struct error *err)
{
	cleanup_value(buf_release) struct buf replaced = { 0 };
	struct template_data data = { variables_root(l->variables), false };
	const struct buf *from = &l->source;
	int r;

	buf_init(&replaced, TEMPLATE_TEXT_MAX);
	buf_init(&l->text, TEMPLATE_TEXT_MAX);
	if (l->aliases) {
		aliases_replace(l->aliases, buf_text(&l->source), l->source.len,
			&replaced);
		from = &replaced;
	}
	r = buf_check(from, l->name, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	return template_render(
		buf_text(from), from->len, l->name, &data, &l->text, err);
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
	return r == 0 ? render(l, err) : r;
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

int
load_text(const struct load *request, struct buf *ret, struct error *err)
{
	cleanup_value(
		loading_release) struct loading l = { .request = request };
	int r;

	r = load(&l, err);
	if (r == 0)
		buf_add(ret, buf_text(&l.text), l.text.len);
	return r;
}

int
load_task(const struct load *request, struct task **ret, struct error *err)
{
	cleanup_value(
		loading_release) struct loading l = { .request = request };
	int r;

	r = load(&l, err);
	if (r < 0)
		return r;
	if (request->command) {
		r = task_from_command(buf_text(&l.text), ret, err);
		return r < 0 ? error_wrap(err, "--cmd") : 0;
	}
	r = task_parse(buf_text(&l.text), l.text.len, l.name, ret, err);
	if (r == 0)
		expand_images(l.aliases, *ret);
	return r;
}
