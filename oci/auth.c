/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/fs.h"
#include "util/mem.h"
#include "util/path.h"

#define FILE_MAX MiB(1)

/* The other tools' settings: nobody but this module reads them. */
static const char *
setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static void
add_file(struct auth_places *p, const char *dir, const char *name)
{
	if (dir)
		strv_take(&p->files, path_join(dir, name));
}

static void
add_runtime_file(struct auth_places *p)
{
	const char *dir = setting("XDG_RUNTIME_DIR");

	if (dir)
		add_file(p, dir, "containers/auth.json");
	else
		strv_addf(&p->files, "/run/containers/%ju/auth.json",
			(uintmax_t)getuid());
}

static void
add_usual_files(struct auth_places *p)
{
	const char *home = setting("HOME");
	const char *config = setting("XDG_CONFIG_HOME");
	const char *docker = setting("DOCKER_CONFIG");

	add_runtime_file(p);
	if (config)
		add_file(p, config, "containers/auth.json");
	else
		add_file(p, home, ".config/containers/auth.json");
	if (docker)
		add_file(p, docker, "config.json");
	else
		add_file(p, home, ".docker/config.json");
}

void
auth_places_init(struct auth_places *p, const char *creds,
	const char *auth_file)
{
	const char *named = auth_file;

	*p = (struct auth_places){ .creds = mem_strdup(creds) };
	if (!named)
		p->run_file = mem_strdup(setting("SLIPWAY_RUN_AUTH_FILE"));
	if (!named)
		named = setting("REGISTRY_AUTH_FILE");
	p->must_exist = named != NULL;
	if (named) {
		strv_add(&p->files, named);
		return;
	}
	p->text = mem_strdup(setting("DOCKER_AUTH_CONFIG"));
	add_usual_files(p);
}

const char *
auth_places_target(const struct auth_places *p)
{
	size_t count = p->files.count;

	if (p->run_file)
		return p->run_file;
	if (count == 0)
		return NULL;
	/* As add_usual_files() has them: docker's is the last, the one of the
	 * session the first. */
	if (p->must_exist || count == 1)
		return p->files.items[0];
	return setting("DOCKER_CONFIG") ? p->files.items[count - 1]
					: p->files.items[1];
}

void
auth_places_release(struct auth_places *p)
{
	if (p->creds)
		explicit_bzero(p->creds, strlen(p->creds));
	free(p->creds);
	if (p->text)
		explicit_bzero(p->text, strlen(p->text));
	free(p->text);
	free(p->run_file);
	strv_release(&p->files);
	*p = (struct auth_places){ 0 };
}

/* 1 found, 0 not; a file that is not there holds nothing. */
static int
find_in_file(const char *file, bool must_exist, const char *host,
	const char *path, struct credential *ret, struct error *err)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	autofree char *origin = mem_printf("'%s'", file);
	autoerror missing = { 0 };
	int r;

	r = fs_read_file(AT_FDCWD, file, FILE_MAX, &text, &missing);
	if (r == -ENOENT && !must_exist)
		return 0;
	if (r == -EACCES && !must_exist)
		return 0;
	if (r < 0) {
		(void)error_move(err, &missing);
		return error_wrap(err, "credentials");
	}
	r = auth_file_find(buf_text(&text), text.len, origin, host, path, ret,
		err);
	if (text.data)
		explicit_bzero(text.data, text.len);
	return r;
}

int
auth_find(const struct auth_places *p, const char *host, const char *path,
	struct credential *ret, struct error *err)
{
	int r = 0;

	*ret = (struct credential){ 0 };
	if (p->creds)
		return credential_parse(p->creds, "--creds", ret, err);
	if (p->run_file)
		r = find_in_file(p->run_file, false, host, path, ret, err);
	if (r == 0 && p->text)
		r = auth_file_find(p->text, strlen(p->text),
			"DOCKER_AUTH_CONFIG", host, path, ret, err);
	for (size_t i = 0; r == 0 && i < p->files.count; i++)
		r = find_in_file(p->files.items[i], p->must_exist, host, path,
			ret, err);
	return r < 0 ? r : 0;
}

static void
add_cert_dir(struct strv *to, const char *base, const char *host)
{
	strv_take(to, path_join(base, host ? host : ""));
}

void
auth_cert_dirs(const char *host, struct strv *ret)
{
	const char *config = setting("XDG_CONFIG_HOME");
	const char *home = setting("HOME");
	autofree char *own = NULL;

	if (config)
		own = path_join(config, "containers/certs.d");
	else if (home)
		own = path_join(home, ".config/containers/certs.d");
	if (own)
		add_cert_dir(ret, own, host);
	add_cert_dir(ret, "/etc/containers/certs.d", host);
	add_cert_dir(ret, "/etc/docker/certs.d", host);
}
