/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/purl.h"

#include <string.h>

#include "util/buf.h"
#include "util/mem.h"

#define PURL_MAX KiB(8)

/* What purl-spec leaves as it is; all else becomes %XX. */
static void
add_encoded(struct buf *to, const char *text, const char *also)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789.-_~";
	static const char hex[] = "0123456789ABCDEF";

	for (const char *c = text; *c; c++) {
		if (strchr(plain, *c) || strchr(also, *c)) {
			buf_addc(to, *c);
			continue;
		}
		buf_addc(to, '%');
		buf_addc(to, hex[(unsigned char)*c >> 4]);
		buf_addc(to, hex[*c & 15]);
	}
}

static const char *
familiar_path(const struct ref *ref)
{
	static const char library[] = "library/";

	return strncmp(ref->path, library, strlen(library)) == 0
		? ref->path + strlen(library)
		: ref->path;
}

char *
purl_of_image(const struct ref *ref, const struct platform *p)
{
	autofree char *platform = platform_format(p);
	cleanup_value(buf_release) struct buf text = { 0 };
	bool is_docker = strcmp(ref->host, "docker.io") == 0;

	buf_init(&text, PURL_MAX);
	buf_adds(&text, "pkg:docker/");
	if (!is_docker) {
		add_encoded(&text, ref->host, ":");
		buf_addc(&text, '/');
	}
	add_encoded(&text, is_docker ? familiar_path(ref) : ref->path, "/");
	if (ref->tag) {
		buf_addc(&text, '@');
		add_encoded(&text, ref->tag, "");
	}
	buf_adds(&text, "?platform=");
	add_encoded(&text, platform, "");
	return buf_steal(&text);
}
