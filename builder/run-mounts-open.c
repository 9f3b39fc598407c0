/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder/cache-mount.h"
#include "builder/copy.h"
#include "builder/run-mounts.h"
#include "builder/secret.h"
#include "builder/stack.h"
#include "builder/target.h"
#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/owner.h"
#include "util/path.h"
#include "util/scope.h"

#define AGENT "/run/buildkit/ssh_agent"

/* One that is in place. */
struct opened {
	const struct run_mount *option;	/* NULL: a script of ours */
	struct rootfs *from;
	struct cache_mount cache;
	char *source, *inside, *target;
	char *size;
	struct mounts_option tmpfs[3];
	bool is_file;
	bool writable, is_device;	/* without an option */
};

struct run_mounts_open {
	const struct site *site;
	struct opened *items;
	size_t count;
	struct sandbox_mount *list;
	char *scratch;		/* absolute, of the root's */
	char *secrets;		/* absolute: a tmpfs, NULL: none yet */
	size_t agents;
	struct strv env;
};

static void
opened_release(struct opened *i)
{
	rootfs_close(i->from);
	cache_mount_release(&i->cache);
	free(i->source);
	free(i->inside);
	free(i->target);
	free(i->size);
}

struct run_mounts_open *
run_mounts_close(struct run_mounts_open *o)
{
	if (!o)
		return NULL;
	for (size_t n = 0; n < o->count; n++)
		opened_release(&o->items[n]);
	if (o->secrets && umount2(o->secrets, MNT_DETACH) < 0)
		log_debug("cannot unmount the secrets: %s", strerror(errno));
	/* Variables may be secrets. */
	for (size_t n = 0; n < o->env.count; n++)
		explicit_bzero(o->env.items[n], strlen(o->env.items[n]));
	strv_release(&o->env);
	free(o->secrets);
	free(o->scratch);
	free(o->items);
	free(o->list);
	free(o);
	return NULL;
}

/* A directory of the root's scratch for the mount that is being opened. */
static int
make_dir(const struct run_mounts_open *o, char **ret_path, int *ret_fd,
	struct error *err)
{
	autofree char *path = mem_printf("%s/mount%zu", o->scratch, o->count);

	if (mkdir(path, 0755) < 0 || chmod(path, 0755) < 0)
		return error_errno(err, "cannot make '%s'", path);
	*ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_fd < 0)
		return error_errno(err, "cannot open '%s'", path);
	*ret_path = take_ptr(&path);
	return 0;
}

/*
 * A copy: it has what the ignore file leaves, belongs to 0:0 whoever owns the
 * context, and nothing that is done to it reaches the context.
 */
static int
open_context(struct run_mounts_open *o, const struct run_mounts_item *item,
	struct opened *i, struct error *err)
{
	static char here[] = "/";
	const struct copy copy = { .dest = here, .dest_is_dir = true };
	const struct copy_owner owner = { 0 };
	const struct selected *source = &item->selection.items[0];
	cleanup(target_free) struct target *t = NULL;
	autoclose int fd = -1;
	int r;

	r = make_dir(o, &i->source, &fd, err);
	if (r < 0)
		return r;
	t = target_to_tree(fd);
	r = copy_perform(&copy, &item->root, &item->selection, &owner, t, fd,
		err);
	if (r == 0)
		r = target_finish(t, err);
	if (r < 0)
		return r;
	i->is_file = !S_ISDIR(source->kind);
	if (i->is_file)
		i->inside = mem_strdup(source->name);
	return 0;
}

static int
open_rootfs(const struct mount_user *s, const struct run_mounts_item *item,
	struct rootfs **ret, struct error *err)
{
	const struct image *image;
	int r;

	if (item->from.is_stage)
		return stack_open_draft_bare(s->site->store,
			s->site->results[item->from.stage].draft, ret, err);
	r = images_get(s->site->images, item->from.image, &s->stage->platform,
		&image, err);
	return r < 0 ? r : stack_open_image_bare(s->site->store, image, ret,
		err);
}

/* What `source` is in the mounted stage or image. */
static int
open_source(const struct mount_user *s, const struct run_mounts_item *item,
	struct rootfs **ret, struct stat *ret_stat, int *ret_fd,
	struct error *err)
{
	const char *source = item->option.source;
	int r;

	r = open_rootfs(s, item, ret, err);
	if (r < 0)
		return r;
	r = fs_open_in(rootfs_fd(*ret), source && *source ? source : "/",
		FS_IN_ROOT, O_PATH, 0, ret_fd, err);
	if (r < 0)
		return error_wrap(err, "'%s' in '%s'", source,
			item->option.from);
	if (fstat(*ret_fd, ret_stat) < 0)
		return error_errno(err, "cannot look at '%s'", source);
	return 0;
}

static int
open_bind(struct run_mounts_open *o, const struct mount_user *s,
	const struct run_mounts_item *item, struct opened *i,
	struct error *err)
{
	autoclose int fd = -1;
	struct stat st;
	int r;

	if (item->is_context)
		return open_context(o, item, i, err);
	r = open_source(s, item, &i->from, &st, &fd, err);
	if (r < 0)
		return r;
	i->source = mem_strdup(rootfs_path(i->from));
	i->inside = mem_strdup(item->option.source ? item->option.source : "/");
	i->is_file = !S_ISDIR(st.st_mode);
	return 0;
}

/* Everything that makes it another cache. */
static void
cache_id(const struct mount_user *s, const struct run_mounts_item *item,
	struct digest *ret)
{
	const char *space = args_given(s->site->args,
	"BUILDKIT_CACHE_MOUNT_NS");
	const struct run_mount *m = &item->option;
	cleanup(digester_free) struct digester *d = digester_new();
	autofree char *owner = mem_printf("%u:%u:%o", m->uid, m->gid, m->mode);
	char from[DIGEST_TEXT_SIZE];

	digester_add_text(d, "slipway cache mount 1");
	digester_add_text(d, space ? space : "");
	digester_add_text(d, m->id);
	digester_add_text(d, owner);
	digester_add_text(d, item->has_from ?
		digest_format(&item->from_chain, from) : "");
	digester_add_text(d, m->source ? m->source : "");
	digester_take(d, ret);
}

static int
open_cache(struct run_mounts_open *o, const struct mount_user *s,
	const struct run_mounts_item *item, struct opened *i,
	struct error *err)
{
	cleanup(rootfs_close) struct rootfs *from = NULL;
	autoclose int seed = -1;
	struct digest id;
	struct stat st;
	int r = 0;

	(void)o;
	cache_id(s, item, &id);
	if (item->has_from)
		r = open_source(s, item, &from, &st, &seed, err);
	if (r == 0 && item->has_from && !S_ISDIR(st.st_mode))
		r = error_set(err, ENOTDIR, "'%s' in '%s' is no directory",
			item->option.source, item->option.from);
	if (r == 0)
		r = cache_mount_open(s->site->store, &id, &item->option, seed,
			&i->cache, err);
	if (r == 0)
		i->source = mem_strdup(i->cache.path);
	return r;
}

static int
open_tmpfs(struct run_mounts_open *o, const struct mount_user *s,
	const struct run_mounts_item *item, struct opened *i,
	struct error *err)
{
	uint64_t size = item->option.size_bytes;

	(void)o;
	(void)s;
	(void)err;
	i->tmpfs[0] = (struct mounts_option){ "mode", "1777" };
	if (size) {
		i->size = mem_printf("%llu", (unsigned long long)size);
		i->tmpfs[1] = (struct mounts_option){ "size", i->size };
	}
	return 0;
}

/* In memory, in our own mount namespace, for root only. */
static int
mount_secrets(struct run_mounts_open *o, struct error *err)
{
	static const struct mounts_option options[] = {
		{ "mode", "0700" }, { 0 },
	};
	autofree char *path = mem_printf("%s/secrets", o->scratch);
	autoclose int fd = -1, place = -1;
	int r;

	if (o->secrets)
		return 0;
	if (mkdir(path, 0700) < 0)
		return error_errno(err, "cannot make '%s'", path);
	place = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place < 0)
		return error_errno(err, "cannot open '%s'", path);
	r = mounts_create("tmpfs", options, MOUNTS_NO_SUID | MOUNTS_NO_DEV, &fd,
		err);
	if (r == 0)
		r = mounts_attach(fd, place, err);
	if (r == 0)
		o->secrets = take_ptr(&path);
	return r;
}

static int
write_secret(const struct run_mount *m, const struct secret *secret,
	const char *path, struct error *err)
{
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0600);
	int r;

	if (fd < 0)
		return error_errno(err, "cannot make it");
	r = fs_write(fd, secret->value, secret->len, err);
	if (r < 0)
		return r;
	if ((m->uid || m->gid) && owner_give(fd, m->uid, m->gid) < 0)
		return error_errno(err, "cannot give it to %u:%u", m->uid,
			m->gid);
	if (fchmod(fd, m->mode) < 0)
		return error_errno(err, "cannot set its mode");
	return 0;
}

static int
refuse_missing(const struct run_mount *m, const char *what, const char *how,
	struct error *err)
{
	(void)error_set(err, ENOENT, "%s '%s' is required, but was not given",
		what, m->id);
	(void)error_kind(err, ERROR_REQUEST);
	return error_hint(err, "give it with --%s", how);
}

static int
open_secret(struct run_mounts_open *o, const struct mount_user *s,
	const struct run_mounts_item *item, struct opened *i,
	struct error *err)
{
	const struct run_mount *m = &item->option;
	const struct secret *secret = secrets_find(s->site->secrets, m->id);
	int r;

	if (!secret && m->required)
		return refuse_missing(m, "secret", "secret id=ID,src=FILE",
			err);
	if (m->env)
		strv_env_set(&o->env, m->env, secret ? secret->value : "");
	if (!secret || !m->target)
		return 0;
	r = mount_secrets(o, err);
	if (r < 0)
		return r;
	i->source = mem_printf("%s/%zu", o->secrets, o->count);
	i->is_file = true;
	r = write_secret(m, secret, i->source, err);
	return r < 0 ? error_wrap(err, "secret '%s'", m->id) : 0;
}

static int
open_agent(struct run_mounts_open *o, const struct mount_user *s,
	const struct run_mounts_item *item, struct opened *i,
	struct error *err)
{
	const struct run_mount *m = &item->option;
	const char *path = strv_env_get(s->site->agents, m->id);

	if (!path && m->required)
		return refuse_missing(m, "ssh agent", "ssh ID=SOCKET", err);
	if (!path)
		return 0;
	i->target = m->target ? mem_strdup(m->target) :
		mem_printf(AGENT ".%zu", o->agents);
	o->agents++;
	i->source = mem_strdup(path);
	i->is_file = true;
	if (!strv_env_get(&o->env, "SSH_AUTH_SOCK"))
		strv_env_set(&o->env, "SSH_AUTH_SOCK", i->target);
	return 0;
}

static int (*const openers[RUN_MOUNT_TYPES])(struct run_mounts_open *o,
	const struct mount_user *s, const struct run_mounts_item *item,
	struct opened *i,
	struct error *err) = {
	[RUN_MOUNT_BIND] = open_bind,
	[RUN_MOUNT_CACHE] = open_cache,
	[RUN_MOUNT_TMPFS] = open_tmpfs,
	[RUN_MOUNT_SECRET] = open_secret,
	[RUN_MOUNT_SSH] = open_agent,
};

/* What is mounted into another mount comes after that. */
static int
by_target(const void *a, const void *b)
{
	const struct opened *left = a, *right = b;

	return strcmp(left->target, right->target);
}

/* The places that the tree itself is to have, not another mount. */
static int
add_points(const struct run_mounts_open *o, struct rootfs *root,
	struct error *err)
{
	autofree struct rootfs_point *points =
		mem_array(o->count + 1, sizeof(*points));
	const char *above = NULL;
	size_t count = 0;

	for (size_t n = 0; n < o->count; n++) {
		const struct opened *i = &o->items[n];

		/* /dev is made anew each time. */
		if (path_is_below(i->target, "/dev") ||
			(above && path_is_below(i->target, above)))
			continue;
		above = i->is_file ? above : i->target;
		points[count++] =
			(struct rootfs_point){ i->target, i->is_file };
	}
	return rootfs_add_points(root, points, count, err);
}

static void
make_list(struct run_mounts_open *o)
{
	free(o->list);
	o->list = mem_array(o->count + 1, sizeof(*o->list));
	for (size_t n = 0; n < o->count; n++) {
		const struct opened *i = &o->items[n];

		o->list[n] = (struct sandbox_mount){
			.source = i->source,
			.inside = i->inside,
			.target = i->target,
			.read_only = i->option ?
				!i->option->writable &&
					i->option->type != RUN_MOUNT_SSH :
				!i->writable,
			.make_target = true,
			.is_device = i->is_device,
			.tmpfs = i->tmpfs,
		};
	}
}

static int
open_one(struct run_mounts_open *o, const struct mount_user *s,
	const struct run_mounts_item *item, struct error *err)
{
	struct opened *i = &o->items[o->count];
	int r;

	i->option = &item->option;
	i->cache.fd = -1;
	r = openers[item->option.type](o, s, item, i, err);
	if (!i->target && item->option.target)
		i->target = mem_strdup(item->option.target);
	/* Nothing to mount: what is not given, or is but a variable. */
	if (r == 0 && !i->source && item->option.type != RUN_MOUNT_TMPFS) {
		opened_release(i);
		*i = (struct opened){ 0 };
		return 0;
	}
	o->count++;
	return r;
}

static size_t
count_of(const struct host_mounts *m)
{
	return m ? m->count : 0;
}

/* What a RUN sees of the host. */
static void
add_host_mounts(struct run_mounts_open *o, const struct host_mounts *all)
{
	for (size_t n = 0; n < count_of(all); n++) {
		struct opened *i = &o->items[o->count++];

		i->cache.fd = -1;
		i->source = mem_strdup(all->items[n].source);
		i->target = mem_strdup(all->items[n].target);
		i->is_file = all->items[n].is_file;
		i->writable = all->items[n].writable;
		i->is_device = all->items[n].is_device;
	}
}

/* Name servers of our own, where the host's would be shown. */
static int
add_resolv_conf(struct run_mounts_open *o, struct error *err)
{
	const char *text = o->site->resolv_conf;
	autofree char *path = mem_printf("%s/resolv.conf", o->scratch);
	struct opened *i = &o->items[o->count];

	if (!text)
		return 0;
	if (fs_publish_path(path, text, strlen(text), err) < 0)
		return -err->code;
	i->cache.fd = -1;
	i->source = take_ptr(&path);
	i->target = mem_strdup("/etc/resolv.conf");
	i->is_file = true;
	o->count++;
	return 0;
}

int
run_mounts_open(const struct mount_user *s, const struct run_mounts *m,
	struct rootfs *root, struct run_mounts_open **ret, struct error *err)
{
	cleanup(run_mounts_close) struct run_mounts_open *o =
		mem_zalloc(sizeof(*o));
	int r = 0;

	o->site = s->site;
	o->scratch = mem_strdup(rootfs_scratch(root));
	/* Two more, for a script and the name servers. */
	o->items = mem_array(m->count + 2 + count_of(s->site->host_mounts) +
		count_of(s->devices), sizeof(*o->items));
	add_host_mounts(o, s->site->host_mounts);
	add_host_mounts(o, s->devices);
	r = add_resolv_conf(o, err);
	for (size_t n = 0; r == 0 && n < m->count; n++)
		r = open_one(o, s, &m->items[n], err);
	if (r < 0)
		return r;
	if (o->count)
		qsort(o->items, o->count, sizeof(*o->items), by_target);
	r = add_points(o, root, err);
	if (r < 0)
		return r;
	make_list(o);
	*ret = take_ptr(&o);
	return 0;
}

int
run_mounts_add_script(struct run_mounts_open *o, const char *text,
	const char *target, struct error *err)
{
	struct opened *i = &o->items[o->count];
	autofree char *path = mem_printf("%s/script", o->scratch);
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0700);
	int r;

	if (fd < 0 || fchmod(fd, 0755) < 0)
		return error_errno(err, "cannot make '%s'", path);
	r = fs_write(fd, text, strlen(text), err);
	if (r < 0)
		return r;
	i->cache.fd = -1;
	i->source = take_ptr(&path);
	i->target = mem_strdup(target);
	i->is_file = true;
	o->count++;
	make_list(o);
	return 0;
}

const struct sandbox_mount *
run_mounts_list(const struct run_mounts_open *o, size_t *ret_count)
{
	*ret_count = o->count;
	return o->list;
}

void
run_mounts_set_env(const struct run_mounts_open *o, struct strv *env)
{
	for (size_t n = 0; n < o->env.count; n++) {
		const char *item = o->env.items[n];
		size_t len = strcspn(item, "=");
		autofree char *name = mem_strndup(item, len);

		if (strcmp(name, "SSH_AUTH_SOCK") != 0 ||
			!strv_env_get(env, name))
			strv_env_set(env, name, item + len + 1);
	}
}
