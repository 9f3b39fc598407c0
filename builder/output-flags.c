/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/output-flags.h"

#include <stdlib.h>

static int
read_codec(const struct output_flags *f, enum codec *ret, struct error *err)
{
	*ret = CODEC_GZIP;
	if (!f->compression)
		return 0;
	if (codec_parse(f->compression, ret, err) < 0)
		return error_kind(err, ERROR_REQUEST);
	return 0;
}

int
output_flags_read(
	struct output_flags *f, struct output_options *ret, struct error *err)
{
	int r;

	r = read_codec(f, &ret->codec, err);
	if (r == 0)
		r = output_parse_tags(&f->tag_texts, &f->tags, err);
	if (r < 0)
		return r;
	ret->tags = f->tags;
	ret->tag_count = f->tag_texts.count;
	ret->push = f->push;
	ret->iidfile = f->iidfile;
	ret->metadata_file = f->metadata_file;
	return 0;
}

void
output_flags_release(struct output_flags *f)
{
	for (size_t n = 0; f->tags && n < f->tag_texts.count; n++)
		ref_release(&f->tags[n]);
	free(f->tags);
	strv_release(&f->tag_texts);
	*f = (struct output_flags){ 0 };
}
