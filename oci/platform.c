/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/platform.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>

#include "util/mem.h"
#include "util/num.h"
#include "util/scope.h"
#include "util/strv.h"

/* Levels of an arm64 variant "v9.N" and "v8.N" on one scale: v9.x includes
 * v8.(x+5) (Arm ARM, "Armv9-A extends Armv8.5-A"; containerd/platforms). */
#define ARM64_V9 100
#define ARM64_V9_INCLUDES 5
#define BEST_MATCH 1000

/* What people and kernels call it, and what images do. */
static const struct {
	const char *name, *arch, *variant;
} arch_names[] = {
	{ "x86_64", "amd64", NULL },
	{ "x86-64", "amd64", NULL },
	{ "aarch64", "arm64", NULL },
	{ "armhf", "arm", "v7" },
	{ "armel", "arm", "v6" },
	{ "armv7l", "arm", "v7" },
	{ "armv6l", "arm", "v6" },
	{ "armv5l", "arm", "v5" },
	{ "i386", "386", NULL },
	{ "i486", "386", NULL },
	{ "i586", "386", NULL },
	{ "i686", "386", NULL },
	{ "ppc64el", "ppc64le", NULL },
	{ "loongarch64", "loong64", NULL },
};

/* Variants that say nothing more than the architecture does. */
static const struct {
	const char *arch, *variant, *normal;
} variant_names[] = {
	{ "amd64", "v1", "" },
	{ "arm64", "8", "" },
	{ "arm64", "v8", "" },
	{ "arm64", "v8.0", "" },
	{ "arm64", "9", "v9" },
	{ "arm64", "v9.0", "v9" },
	{ "arm", "", "v7" },
	{ "arm", "5", "v5" },
	{ "arm", "6", "v6" },
	{ "arm", "7", "v7" },
	{ "arm", "8", "v8" },
};

static int
copy_word(char *to, size_t size, const char *word, struct error *err)
{
	size_t i, len = strlen(word);

	if (len >= size || strspn(word, "abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != len) {
		(void)error_set(err, EINVAL,
			"'%.80s' is no word of a platform", word);
		return error_kind(err, ERROR_REQUEST);
	}
	for (i = 0; i <= len; i++)
		to[i] = (char)tolower((unsigned char)word[i]);
	return 0;
}

static void
set_word(char *to, size_t size, const char *word)
{
	size_t len = strlen(word);

	/* The words of our own tables are short. */
	if (len < size)
		memcpy(to, word, len + 1);
}

static void
normalise(struct platform *p)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(arch_names); i++) {
		if (strcmp(p->arch, arch_names[i].name) != 0)
			continue;
		set_word(p->arch, sizeof(p->arch), arch_names[i].arch);
		if (arch_names[i].variant && !*p->variant)
			set_word(p->variant, sizeof(p->variant),
				arch_names[i].variant);
		break;
	}
	for (i = 0; i < ARRAY_SIZE(variant_names); i++)
		if (strcmp(p->arch, variant_names[i].arch) == 0 &&
			strcmp(p->variant, variant_names[i].variant) == 0) {
			set_word(p->variant, sizeof(p->variant),
				variant_names[i].normal);
			return;
		}
}

int
platform_from_words(const char *os, const char *arch, const char *variant,
	struct platform *ret, struct error *err)
{
	struct platform p;
	int r;

	r = copy_word(p.os, sizeof(p.os), os ? os : "", err);
	if (r == 0)
		r = copy_word(p.arch, sizeof(p.arch), arch ? arch : "", err);
	if (r == 0)
		r = copy_word(p.variant, sizeof(p.variant),
			variant ? variant : "", err);
	if (r < 0)
		return r;
	if (strcmp(p.os, "macos") == 0)
		set_word(p.os, sizeof(p.os), "darwin");
	normalise(&p);
	*ret = p;
	return 0;
}

/* One word alone: an operating system, or an architecture of this one. */
static int
parse_single(const char *word, struct platform *ret, struct error *err)
{
	struct platform host;

	platform_host(&host);
	if (strcasecmp(word, "linux") == 0)
		return platform_from_words(word, host.arch, host.variant, ret,
			err);
	return platform_from_words(host.os, word, NULL, ret, err);
}

int
platform_parse(const char *text, struct platform *ret, struct error *err)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	size_t i;
	int r;

	strv_split(&words, text, '/');
	r = words.count > 3 ? -EINVAL : 0;
	for (i = 0; i < words.count; i++)
		if (!*words.items[i])
			r = -EINVAL;
	if (r < 0) {
		(void)error_set(err, EINVAL,
			"'%.80s' is not a platform, which is OS/ARCH or OS/ARCH/VARIANT",
			text);
		return error_kind(err, ERROR_REQUEST);
	}
	if (words.count == 1)
		return parse_single(words.items[0], ret, err);
	return platform_from_words(words.items[0], words.items[1],
		words.count > 2 ? words.items[2] : NULL, ret, err);
}

void
platform_host(struct platform *ret)
{
	struct utsname u;

	/* uname(2) fails only for a bad pointer. */
	(void)uname(&u);
	if (platform_from_words("linux", u.machine, NULL, ret, NULL) < 0)
		*ret = (struct platform){ .os = "linux", .arch = "unknown" };
}

char *
platform_format(const struct platform *p)
{
	return mem_printf("%s/%s%s%s", p->os, p->arch, *p->variant ? "/" : "",
		p->variant);
}

bool
platform_equal(const struct platform *a, const struct platform *b)
{
	return strcmp(a->os, b->os) == 0 && strcmp(a->arch, b->arch) == 0 &&
		strcmp(a->variant, b->variant) == 0;
}

/* The number in "vN", or -1. */
static int
plain_level(const char *variant)
{
	uint64_t n;

	if (*variant != 'v' || num_parse(variant + 1, 99, &n, NULL) < 0)
		return -1;
	return (int)n;
}

static int
level_amd64(const char *variant)
{
	return *variant ? plain_level(variant) : 1;
}

/* "" is v8.0; v8.N is N, v9.N is above all of them. */
static int
level_arm64(const char *variant)
{
	uint64_t minor = 0;

	if (!*variant)
		return 0;
	if (strncmp(variant, "v8", 2) != 0 && strncmp(variant, "v9", 2) != 0)
		return -1;
	if (variant[2] && (variant[2] != '.' ||
			num_parse(variant + 3, 50, &minor, NULL) < 0))
		return -1;
	return (int)minor + (variant[1] == '9' ? ARM64_V9 : 0);
}

static const struct {
	const char *arch;
	int (*level)(const char *variant);
} levels[] = {
	{ "amd64", level_amd64 },
	{ "arm", plain_level },
	{ "arm64", level_arm64 },
};

/* Can a machine of `want` run what needs `have`? Higher is nearer. */
static int
match_level(const char *arch, int want, int have)
{
	int distance;

	if (want < 0 || have < 0)
		return 0;
	distance = want - have;
	if (strcmp(arch, "arm64") == 0 && want >= ARM64_V9 && have < ARM64_V9)
		want -= ARM64_V9 - ARM64_V9_INCLUDES;
	else if (strcmp(arch, "arm") == 0 && have < 5)
		return 0;
	return have > want ? 0 : BEST_MATCH - 1 - distance;
}

static int
match_variant(const char *arch, const char *want, const char *have)
{
	size_t i;

	if (strcmp(want, have) == 0)
		return BEST_MATCH;
	for (i = 0; i < ARRAY_SIZE(levels); i++)
		if (strcmp(arch, levels[i].arch) == 0)
			return match_level(arch, levels[i].level(want),
				levels[i].level(have));
	return 0;
}

int
platform_match(const struct platform *want, const struct platform *have)
{
	if (strcmp(want->os, have->os) != 0)
		return 0;
	if (strcmp(want->arch, have->arch) == 0)
		return match_variant(want->arch, want->variant, have->variant);
	/* Every amd64 machine runs 386 code; the last choice. */
	if (strcmp(want->arch, "amd64") == 0 && strcmp(have->arch, "386") == 0)
		return 1;
	return 0;
}
