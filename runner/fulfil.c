/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/fulfil.h"

#include "runner/template.h"
#include "util/mem.h"

static int
render_action(const char *action, const char *name, const struct value *root,
	struct buf *to, struct error *err)
{
	const struct template_data data = { .root = root };
	cleanup_value(buf_release) struct buf text = { 0 };

	buf_init(&text, TEMPLATE_TEXT_MAX);
	buf_addf(&text, "{{%s}}", action);
	return template_render(buf_text(&text), text.len, name, &data, to, err);
}

int
fulfil_text(const struct late *l, const char *text, const char *name,
	unsigned known, const struct value *root, char **ret, struct error *err)
{
	cleanup_value(buf_release) struct buf out = { 0 };
	struct late_mark m;
	int r;

	buf_init(&out, TEMPLATE_TEXT_MAX);
	for (m = late_find(l, text); m.at; m = late_find(l, text)) {
		buf_add(&out, text, (size_t)(m.at - text));
		text = m.end;
		if (!m.words || (m.waits & ~known)) {
			buf_add(&out, m.at, (size_t)(m.end - m.at));
			continue;
		}
		r = render_action(m.words, name, root, &out, err);
		if (r < 0)
			return r;
	}
	buf_adds(&out, text);
	r = buf_check(&out, name, err);
	if (r < 0)
		return error_kind(err, ERROR_REQUEST);
	*ret = buf_steal(&out);
	return 0;
}
