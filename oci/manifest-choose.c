/* SPDX-License-Identifier: Apache-2.0 */
/* Which of an index's images a machine wants. */
#include "oci/manifest.h"

#include <errno.h>
#include <string.h>

#include "util/log.h"
#include "util/strv.h"

/* Attestations lie beside the images they speak of (BuildKit's
 * attestation-storage.md). */
static bool
is_image(const struct descriptor *d)
{
	const char *os = json_get_text(d->platform, "os");

	if (!descriptor_is_manifest(d) && !descriptor_is_index(d))
		return false;
	if (os && strcmp(os, "unknown") == 0)
		return false;
	return !json_get(d->annotations, "vnd.docker.reference.type");
}

static int
platform_of(const struct descriptor *d, struct platform *ret)
{
	return platform_from_words(json_get_text(d->platform, "os"),
		json_get_text(d->platform, "architecture"),
		json_get_text(d->platform, "variant"), ret, NULL);
}

/* An entry that does not say what it is for counts, after all others. */
static int
score(const struct descriptor *d, const struct platform *want)
{
	struct platform have;

	if (!is_image(d))
		return 0;
	if (!d->platform)
		return 1;
	if (platform_of(d, &have) < 0)
		return 0;
	return 2 * platform_match(want, &have);
}

static int
none_fits(const struct image_index *i, const struct platform *want,
	struct error *err)
{
	cleanup_value(strv_release) struct strv names = { 0 };
	autofree char *wanted = platform_format(want);
	autofree char *there = NULL;
	struct platform have;
	size_t n;

	for (n = 0; n < i->count; n++) {
		if (!is_image(&i->manifests[n]) ||
			platform_of(&i->manifests[n], &have) < 0)
			continue;
		strv_take(&names, platform_format(&have));
	}
	there = strv_join(&names, ", ");
	return error_set(err, ENOENT, "no image for '%s', only for %s", wanted,
		names.count ? there : "nothing at all");
}

static void
warn_if_foreign(const struct descriptor *d, const struct platform *want)
{
	struct platform have;

	if (d->platform && platform_of(d, &have) == 0 &&
		strcmp(have.arch, want->arch) != 0)
		log_warning("no image for '%s', taking the one for '%s'",
			want->arch, have.arch);
}

int
image_index_choose(const struct image_index *i, const struct platform *want,
	size_t *ret, struct error *err)
{
	size_t n, best = 0;
	int s, best_score = 0;

	for (n = 0; n < i->count; n++) {
		s = score(&i->manifests[n], want);
		if (s > best_score) {
			best_score = s;
			best = n;
		}
	}
	if (best_score == 0)
		return none_fits(i, want, err);
	warn_if_foreign(&i->manifests[best], want);
	*ret = best;
	return 0;
}
