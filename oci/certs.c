/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/certs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "util/fs.h"
#include "util/mem.h"

#define FILES_MAX 256
#define FILE_MAX MiB(1)

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len > n && strcmp(name + len - n, end) == 0;
}

static int
read_text(int dir_fd, const char *name, char **ret, struct error *err)
{
	cleanup_value(buf_release) struct buf b = { 0 };
	int r = fs_read_file(dir_fd, name, FILE_MAX, &b, err);

	if (r < 0)
		return error_wrap(err, "certificate file '%s'", name);
	free(*ret);
	*ret = buf_steal(&b);
	return 0;
}

static int
add_authority(int dir_fd, const char *name, struct http_trust *trust,
	struct error *err)
{
	autofree char *text = NULL;
	char *both;
	int r;

	r = read_text(dir_fd, name, &text, err);
	if (r < 0)
		return r;
	both = mem_printf("%s%s\n", trust->ca_pem ? trust->ca_pem : "", text);
	free(trust->ca_pem);
	trust->ca_pem = both;
	return 0;
}

static int
add_client(int dir_fd, const char *cert, const struct strv *names,
	struct http_trust *trust, struct error *err)
{
	autofree char *key = mem_printf("%.*s.key",
		(int)(strlen(cert) - strlen(".cert")), cert);
	int r;

	if (!strv_has(names, key))
		return error_set(err, EINVAL,
			"client certificate '%s' has no key '%s' beside it",
			cert, key);
	if (trust->cert_pem)
		return 0;
	r = read_text(dir_fd, cert, &trust->cert_pem, err);
	if (r < 0)
		return r;
	return read_text(dir_fd, key, &trust->key_pem, err);
}

static int
load_dir(int dir_fd, struct http_trust *trust, struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	int r = fs_list(dir_fd, FILES_MAX, &names, err);

	for (size_t i = 0; r >= 0 && i < names.count; i++) {
		const char *name = names.items[i];

		if (ends_in(name, ".crt"))
			r = add_authority(dir_fd, name, trust, err);
		else if (ends_in(name, ".cert"))
			r = add_client(dir_fd, name, &names, trust, err);
	}
	return r;
}

int
certs_load(const struct strv *dirs, struct http_trust *trust,
	struct error *err)
{
	for (size_t i = 0; i < dirs->count; i++) {
		autoclose int fd = open(dirs->items[i],
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		int r;

		if (fd < 0)
			continue;
		r = load_dir(fd, trust, err);
		return r < 0 ? error_wrap(err, "'%s'", dirs->items[i]) : 0;
	}
	return 0;
}

void
certs_release(struct http_trust *trust)
{
	free(trust->ca_pem);
	free(trust->cert_pem);
	if (trust->key_pem)
		explicit_bzero(trust->key_pem, strlen(trust->key_pem));
	free(trust->key_pem);
	*trust = (struct http_trust){ 0 };
}
