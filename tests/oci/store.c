/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "oci/store.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define CONFIG_TEXT                                                            \
	"{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{}}"

static struct store *
opened(const struct unit_dir *dir)
{
	struct store *s = NULL;
	autoerror err = { 0 };

	assert_ok(store_open(dir->path, &s, &err), &err);
	return s;
}

static bool
exists(const struct unit_dir *dir, const char *path)
{
	return faccessat(dir->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
test_open(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *path = mem_printf("%s/a/b/", dir.path);
	autofree char *clean = mem_printf("%s/a/b", dir.path);
	cleanup(store_free) struct store *s = NULL;
	cleanup(store_free) struct store *again = NULL;
	autoerror err = { 0 };
	struct stat st;

	(void)state;
	assert_ok(store_open(path, &s, &err), &err);
	assert_string_equal(store_path(s), clean);
	assert_true(exists(&dir, "a/b/version"));
	assert_int_equal(fstatat(dir.fd, "a/b", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_true(store_dir_fd(s, STORE_BLOBS, &err) >= 0);
	assert_true(exists(&dir, "a/b/blobs/sha256"));
	/* Two may have it. */
	assert_ok(store_open(path, &again, &err), &err);
	assert_ok(store_sync(s, &err), &err);
}

static void
test_open_refuses(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	autofree char *file = mem_printf("%s/f", dir.path);
	struct store *s = NULL;
	autoerror err = { 0 };
	int r;

	(void)state;
	unit_write(dir.fd, "f", "x");
	assert_fails(store_open(dir.path, &s, &err), &err, EEXIST,
		"is not empty and no store");
	assert_fails(store_open(file, &s, &err), &err, ENOTDIR, "cannot open");
	assert_int_equal(unlinkat(dir.fd, "f", 0), 0);
	unit_write(dir.fd, "version", "999\n");
	r = store_open(dir.path, &s, &err);
	assert_int_equal(err.kind, ERROR_HOST);
	assert_non_null(err.hint);
	assert_fails(r, &err, ENOTSUP, "has format 999");
	unit_write(dir.fd, "version", "");
	r = store_open(dir.path, &s, &err);
	assert_int_equal(err.kind, ERROR_STORE);
	assert_fails(r, &err, EBADMSG, "version' is damaged");
	assert_null(s);
}

/* Made half by somebody who was killed: it is finished. */
static void
test_open_half_made(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = NULL;

	(void)state;
	unit_mkdir(dir.fd, "tmp");
	unit_write(dir.fd, "tmp/abc", "1\n");
	s = opened(&dir);
	assert_true(exists(&dir, "version"));
}

/* What lies in tmp/ goes when nobody else has the store, and not before. */
static void
test_sweep(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	struct store *other;

	(void)state;
	assert_true(store_dir_fd(s, STORE_TMP, NULL) >= 0);
	unit_mkdir(dir.fd, "tmp/tree");
	unit_write(dir.fd, "tmp/tree/file", "x");
	other = opened(&dir);
	store_free(other);
	assert_true(exists(&dir, "tmp/tree/file"));
	s = store_free(s);
	s = opened(&dir);
	assert_true(exists(&dir, "tmp/tree/file"));
	/* Ours is not rubbish. */
	unit_write(dir.fd, "tmp/ours", "x");
	assert_int_equal(store_sweep(s, NULL), 0);
	assert_false(exists(&dir, "tmp/tree"));
	assert_true(exists(&dir, "tmp/ours"));
}

static void
test_locks(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	autoclose int fd = openat(dir.fd, "version", O_RDWR | O_CLOEXEC);
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), 0);
	assert_int_equal(flock(fd, LOCK_UN), 0);
	assert_ok(store_lock_exclusive(s, &err), &err);
	assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), -1);
	assert_ok(store_lock_shared(s, &err), &err);
	assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), 0);
}

/* A forked child keeps the lock when the parent dies. */
static void
test_lock_survives_in_child(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	struct store *s = opened(&dir);
	autoclose int fd = openat(dir.fd, "version", O_RDWR | O_CLOEXEC);
	int pipe_fds[2], status;
	char c;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)close(pipe_fds[1]);
		_exit(read(pipe_fds[0], &c, 1) == 0 ? 0 : 1);
	}
	store_free(s);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
}

static void
test_tree_names(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	struct digest d;
	char name[128];

	(void)state;
	assert_int_equal(digest_parse_hex(HEX, &d, NULL), 0);
	store_tree_name(s, &d, name);
	assert_string_equal(name, HEX);
	store_set_tree_kind(s, "single");
	store_tree_name(s, &d, name);
	assert_string_equal(name, HEX ".single");
}

static void
set(struct store *s, const char *text, const struct digest *d)
{
	autoerror err = { 0 };
	autoref ref = { 0 };

	assert_ok(ref_parse(text, &ref, &err), &err);
	assert_ok(store_ref_set(s, &ref, d, &err), &err);
}

static int
get(struct store *s, const char *text, struct digest *ret, struct error *err)
{
	autoref ref = { 0 };

	assert_ok(ref_parse(text, &ref, err), err);
	return store_ref_get(s, &ref, ret, err);
}

static int
untag(struct store *s, const char *text, struct error *err)
{
	autoref ref = { 0 };

	assert_ok(ref_parse(text, &ref, err), err);
	return store_ref_remove(s, &ref, err);
}

static void
test_refs(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(strv_release) struct strv refs = { 0 };
	const struct digest one = { { 1 } }, two = { { 2 } };
	autoerror err = { 0 };
	struct digest d;

	(void)state;
	assert_fails(get(s, "debian", &d, &err), &err, ENOENT,
		"no image 'debian:latest' here");
	set(s, "debian:12", &one);
	set(s, "debian/sub:12", &one);
	set(s, "localhost:5000/a", &one);
	set(s, "localhost:5000/a", &two);
	assert_ok(get(s, "localhost:5000/a", &d, &err), &err);
	assert_true(digest_equal(&d, &two));
	assert_ok(store_ref_list(s, &refs, &err), &err);
	assert_int_equal(refs.count, 3);
	assert_string_equal(refs.items[0], "docker.io/debian/sub:12");
	assert_string_equal(refs.items[1], "docker.io/library/debian:12");
	assert_string_equal(refs.items[2], "localhost:5000/a:latest");
	assert_ok(untag(s, "localhost:5000/a", &err), &err);
	assert_false(exists(&dir, "refs/localhost:5000"));
	assert_fails(untag(s, "localhost:5000/a", &err), &err, ENOENT, "");
	assert_ok(untag(s, "debian/sub:12", &err), &err);
	assert_true(exists(&dir, "refs/docker.io/library/debian:12"));
}

static void
test_refs_by_digest(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(strv_release) struct strv refs = { 0 };
	autoerror err = { 0 };
	struct digest d;

	(void)state;
	/* The digest of "abc". */
	assert_fails(get(s, "a@sha256:" HEX, &d, &err), &err, ENOENT, "");
	assert_ok(store_write_blob(s, "abc", 3, &d, &err), &err);
	set(s, "a:1@sha256:" HEX, &d);
	assert_ok(get(s, "b@sha256:" HEX, &d, &err), &err);
	assert_ok(store_ref_list(s, &refs, &err), &err);
	assert_int_equal(refs.count, 1);
	assert_string_equal(refs.items[0], "docker.io/library/a@sha256:" HEX);
}

static void
test_damaged_ref(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	const struct digest one = { { 1 } };
	autoerror err = { 0 };
	struct digest d;
	int r;

	(void)state;
	set(s, "h.example/a:1", &one);
	unit_write(dir.fd, "refs/h.example/a:1", "rubbish\n");
	r = get(s, "h.example/a:1", &d, &err);
	assert_int_equal(err.kind, ERROR_STORE);
	assert_fails(r, &err, EBADMSG, "refs/h.example/a:1' is damaged");
}

static void
test_blobs(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(buf_release) struct buf b = { 0 };
	autoerror err = { 0 };
	struct digest d, none = { { 9 } };
	int r;

	(void)state;
	assert_ok(store_write_blob(s, "abc", 3, &d, &err), &err);
	assert_ok(store_write_blob(s, "abc", 3, &d, &err), &err);
	assert_int_equal(store_has_blob(s, &d, &err), 1);
	assert_int_equal(store_has_blob(s, &none, &err), 0);
	assert_ok(store_read_blob(s, &d, &b, &err), &err);
	assert_string_equal(buf_text(&b), "abc");
	assert_fails(store_read_blob(s, &none, &b, &err), &err, ENOENT,
		"no blob");
	unit_write(dir.fd, "blobs/sha256/" HEX, "abd");
	r = store_read_blob(s, &d, &b, &err);
	assert_int_equal(err.kind, ERROR_STORE);
	assert_fails(r, &err, EBADMSG, "is damaged");
	assert_string_equal(buf_text(&b), "abc");
	assert_ok(store_write_blob(s, "", 0, &d, &err), &err);
	assert_ok(store_read_blob(s, &d, &b, &err), &err);
	assert_int_equal(b.len, 0);
}

static void
test_large_blob(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	cleanup_value(buf_release) struct buf b = { 0 };
	autofree char *data = mem_zalloc(MiB(8) + 1);
	autoerror err = { 0 };
	struct digest d;

	(void)state;
	assert_ok(store_write_blob(s, data, MiB(8), &d, &err), &err);
	assert_ok(store_read_blob(s, &d, &b, &err), &err);
	assert_ok(store_write_blob(s, data, MiB(8) + 1, &d, &err), &err);
	assert_fails(store_read_blob(s, &d, &b, &err), &err, EFBIG,
		"larger");
}

/* A manifest of an image without layers; its digest and its config's. */
static void
make_image(struct store *s, const char *config_text, struct digest *ret,
	struct digest *ret_config)
{
	autofree char *manifest = NULL;
	char text[DIGEST_TEXT_SIZE];

	assert_int_equal(store_write_blob(s, config_text, strlen(config_text),
			ret_config, NULL), 0);
	manifest = mem_printf("{\"schemaVersion\":2,\"config\":{\"mediaType\":"
		"\"" MEDIA_OCI_CONFIG "\",\"digest\":\"%s\",\"size\":%zu},"
		"\"layers\":[]}", digest_format(ret_config, text),
		strlen(config_text));
	assert_int_equal(store_write_blob(s, manifest, strlen(manifest), ret,
			NULL), 0);
}

static void
test_find(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	struct digest manifest, config, d;
	char text[DIGEST_TEXT_SIZE], prefix[16];
	autoerror err = { 0 };
	autoref ref = { 0 };

	(void)state;
	make_image(s, CONFIG_TEXT, &manifest, &config);
	(void)digest_format(&manifest, text);
	/* Without a tag only the whole digest is good. */
	assert_ok(store_find(s, text, &d, NULL, &err), &err);
	assert_true(digest_equal(&d, &manifest));
	(void)snprintf(prefix, sizeof(prefix), "%.12s", text + 7);
	assert_fails(store_find(s, prefix, &d, NULL, &err), &err, ENOENT, "");
	set(s, "a:1", &manifest);
	assert_ok(store_find(s, "a:1", &d, &ref, &err), &err);
	assert_text(ref_format(&ref), "docker.io/library/a:1");
	assert_ok(store_find(s, prefix, &d, NULL, &err), &err);
	assert_true(digest_equal(&d, &manifest));
	assert_ok(store_find(s, digest_format(&config, text), &d, NULL, &err),
		&err);
	assert_true(digest_equal(&d, &manifest));
	(void)snprintf(prefix, sizeof(prefix), "%.12s", text + 7);
	assert_ok(store_find(s, prefix, &d, NULL, &err), &err);
	prefix[11] = '\0';
	assert_fails(store_find(s, prefix, &d, NULL, &err), &err, ENOENT, "");
	assert_fails(store_find(s, "b:1", &d, NULL, &err), &err, ENOENT,
		"no image 'b:1' here");
	assert_fails(store_find(s, "B", &d, NULL, &err), &err, EINVAL,
		"lower case");
	assert_fails(store_find(s, "sha256:" HEX, &d, NULL, &err), &err,
		ENOENT, "no image 'sha256:" HEX "' here");
}

/* An entry of an index is found by its own digits. */
static void
test_find_in_index(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	struct digest manifest, config, index, d;
	autofree char *text = NULL;
	char hex[DIGEST_HEX_SIZE];
	autoerror err = { 0 };

	(void)state;
	make_image(s, CONFIG_TEXT, &manifest, &config);
	text = mem_printf("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
		"\"" MEDIA_OCI_MANIFEST "\",\"digest\":\"sha256:%s\","
		"\"size\":1}]}", digest_format_hex(&manifest, hex));
	assert_ok(store_write_blob(s, text, strlen(text), &index, &err), &err);
	set(s, "a:1", &index);
	hex[20] = '\0';
	assert_ok(store_find(s, hex, &d, NULL, &err), &err);
	assert_true(digest_equal(&d, &manifest));
	(void)digest_format_hex(&config, hex);
	hex[12] = '\0';
	assert_ok(store_find(s, hex, &d, NULL, &err), &err);
	assert_true(digest_equal(&d, &manifest));
}

/* Tags need not lead anywhere to be found by their digits. */
static void
test_find_ambiguous(void **state)
{
	unit_dir_auto dir = unit_dir_make();
	cleanup(store_free) struct store *s = opened(&dir);
	struct digest one, other, d;
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(digest_parse_hex(HEX, &one, NULL), 0);
	other = one;
	other.bytes[31] ^= 1;
	set(s, "a:1", &one);
	set(s, "a:2", &one);
	assert_ok(store_find(s, "ba7816bf8f01", &d, NULL, &err), &err);
	set(s, "b:1", &other);
	assert_fails(store_find(s, "ba7816bf8f01", &d, NULL, &err), &err,
		ENOTUNIQ, "several images");
	assert_ok(store_find(s, HEX, &d, NULL, &err), &err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_open_refuses),
		cmocka_unit_test(test_open_half_made),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_lock_survives_in_child),
		cmocka_unit_test(test_tree_names),
		cmocka_unit_test(test_refs),
		cmocka_unit_test(test_refs_by_digest),
		cmocka_unit_test(test_damaged_ref),
		cmocka_unit_test(test_blobs),
		cmocka_unit_test(test_large_blob),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_in_index),
		cmocka_unit_test(test_find_ambiguous),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
