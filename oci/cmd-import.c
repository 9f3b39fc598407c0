/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "oci/change.h"
#include "oci/draft.h"
#include "oci/import.h"
#include "util/clock.h"
#include "util/num.h"

static struct {
	struct strv changes;
	const char *message;
	const char *platform;
} opt;

static const struct option_spec options[] = {
	{ 'c', "change", "LINE", "apply a Dockerfile's line: CMD, ENV, USER ...",
		OPT_LIST, &opt.changes },
	{ 'm', "message", "TEXT", "comment in the image's history", OPT_STRING,
		&opt.message },
	{ 0, "platform", "PLATFORM", "what the files are for", OPT_STRING,
		&opt.platform },
	{ 0 },
};

static int
open_input(const char *path, int *ret, struct error *err)
{
	int fd;

	fd = strcmp(path, "-") == 0 ?
		fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) :
		open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)error_errno(err, "cannot open '%s'", path);
		return error_kind(err, ERROR_LOCAL);
	}
	*ret = fd;
	return 0;
}

static bool
is_directory(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Files of ours are root's in the image, as they are in the namespace. */
static int
import_directory(struct command_context *c, struct store *s,
	struct layer *ret, struct error *err)
{
	autoclose int fd = -1;
	const char *kind;
	int r;

	r = c->enter_namespace(c, &kind, err);
	/* Opened again: only now its owners are seen as they will be. */
	if (r == 0)
		r = open_input(c->operands.items[0], &fd, err);
	return r < 0 ? r : import_tree(s, fd, ret, err);
}

static int
make_layer(struct command_context *c, struct store *s, struct layer *ret,
	struct error *err)
{
	cleanup(source_free) struct source *from = NULL;
	const char *path = c->operands.items[0];
	autoclose int fd = -1;
	int r;

	r = open_input(path, &fd, err);
	if (r < 0)
		return r;
	if (is_directory(fd)) {
		r = import_directory(c, s, ret, err);
	} else {
		from = source_from_fd(fd);
		r = import_tar(s, from, ret, err);
	}
	if (r < 0) {
		(void)error_kind(err, ERROR_LOCAL);
		return error_wrap(err, "'%s'", path);
	}
	return 0;
}

/* Now, or what reproducible-builds.org's SOURCE_DATE_EPOCH says. */
static int
format_created(char ret[40], struct error *err)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;
	int r;

	if (!epoch || !*epoch) {
		num_format_time(clock_wall_seconds(NULL), 0, ret);
		return 0;
	}
	r = num_parse(epoch, INT32_MAX, &seconds, err);
	if (r < 0)
		return error_wrap(err, "SOURCE_DATE_EPOCH");
	num_format_time((int64_t)seconds, 0, ret);
	return 0;
}

static int
fill_config(struct config *config, struct error *err)
{
	struct history history = {
		.created_by = "slipway import",
		.comment = opt.message,
	};
	char created[40];
	size_t i;
	int r;

	r = format_created(created, err);
	if (r < 0)
		return r;
	history.created = created;
	config_set_top(config, "created", created);
	config_add_history(config, &history);
	for (i = 0; r == 0 && i < opt.changes.count; i++)
		r = change_apply(config, opt.changes.items[i], err);
	return r;
}

static int
make_image(struct command_context *c, struct store *s,
	const struct platform *platform, struct digest *ret,
	struct error *err)
{
	cleanup(draft_free) struct draft *draft = draft_from_nothing(platform);
	cleanup_value(layer_release) struct layer layer = { 0 };
	int r;

	/* Wrong words are told before the work. */
	r = fill_config(draft_config(draft), err);
	if (r == 0)
		r = make_layer(c, s, &layer, err);
	if (r < 0)
		return r;
	draft_add_layer(draft, &layer);
	return draft_commit(draft, s, NULL, ret, err);
}

static int
parse_operands(const struct command_context *c, struct ref *ret,
	struct platform *ret_platform, struct error *err)
{
	int r = ref_parse(c->operands.items[1], ret, err);

	if (r == 0 && ref_has_digest(ret)) {
		(void)error_set(err, EINVAL,
			"'%s' holds a digest; a new image gets its own",
			c->operands.items[1]);
		r = error_kind(err, ERROR_REQUEST);
	}
	return r < 0 ? r : command_platform(opt.platform, ret_platform, err);
}

static int
run(struct command_context *c, struct error *err)
{
	cleanup(store_free) struct store *s = NULL;
	autoref ref = { 0 };
	struct platform platform;
	struct digest digest;
	char text[DIGEST_TEXT_SIZE];
	int r;

	r = parse_operands(c, &ref, &platform, err);
	if (r == 0)
		r = command_open_store(c, &s, err);
	if (r == 0)
		r = make_image(c, s, &platform, &digest, err);
	if (r == 0)
		r = store_sync(s, err);
	if (r == 0)
		r = store_ref_set(s, &ref, &digest, err);
	if (r < 0)
		return r;
	(void)puts(digest_format(&digest, text));
	return 0;
}

const struct command cmd_import = {
	.name = "import",
	.operands = "[OPTIONS] FILE|DIRECTORY|- NAME",
	.summary = "make an image of a root file system",
	.group = "Images",
	.options = options,
	.min_operands = 2,
	.max_operands = 2,
	.needs = NEEDS_STORE,
	.operand_values = "@file",
	.run = run,
};
