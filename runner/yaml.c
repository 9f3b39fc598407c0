/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/yaml.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <yaml.h>

#include "runner/yaml-node.h"
#include "util/mem.h"

struct reader {
	yaml_parser_t parser;
	struct yaml_doc *y;
	struct map *anchors; /* name to node, borrowed */
	unsigned depth;
	struct error *err;
};

static const char *const core_tags[] = {
	YAML_NULL_TAG,
	YAML_BOOL_TAG,
	YAML_STR_TAG,
	YAML_INT_TAG,
	YAML_FLOAT_TAG,
	YAML_SEQ_TAG,
	YAML_MAP_TAG,
	"!",
};

static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

static int __attribute__((format(printf, 4, 5))) fail(struct reader *r,
	const yaml_mark_t *mark, int code, const char *format, ...)
{
	autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	return yaml_node_fail(
		r->y, mark->line + 1, mark->column + 1, code, what, r->err);
}

static int
next_event(struct reader *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return 0;
	return fail(r, &r->parser.problem_mark, EINVAL, "%s",
		r->parser.problem ? r->parser.problem : "not YAML");
}

static struct yaml_node *
new_node(struct reader *r, enum yaml_kind kind, const yaml_mark_t *mark)
{
	return yaml_node_new(r->y, kind, mark->line + 1, mark->column + 1);
}

/* What a billion laughs would cost is known before anybody laughs. */
static int
add_weight(struct reader *r, struct yaml_node *n, const struct yaml_node *of,
	const yaml_mark_t *mark)
{
	n->weight += of->weight;
	if (n->weight <= YAML_NODES_MAX && r->y->count <= YAML_NODES_MAX)
		return 0;
	return fail(r, mark, EFBIG, "more than %d values", YAML_NODES_MAX);
}

static int
check_tag(struct reader *r, const yaml_char_t *tag, const yaml_mark_t *mark)
{
	size_t i;

	if (!tag)
		return 0;
	for (i = 0; i < ARRAY_SIZE(core_tags); i++)
		if (strcmp((const char *)tag, core_tags[i]) == 0)
			return 0;
	return fail(r, mark, EINVAL, "unknown tag '%s'", (const char *)tag);
}

static bool
is_null_text(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nulls); i++)
		if (strcmp(nulls[i], text) == 0)
			return true;
	return false;
}

static int
read_scalar(struct reader *r, const yaml_event_t *event, struct yaml_node **ret)
{
	const char *text = (const char *)event->data.scalar.value;
	struct yaml_node *n;

	if (strlen(text) != event->data.scalar.length)
		return fail(r, &event->start_mark, EINVAL,
			"a text holds a NUL byte");
	n = new_node(r, YAML_TEXT, &event->start_mark);
	n->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
		event->data.scalar.tag;
	if (!n->quoted && is_null_text(text))
		n->kind = YAML_NONE;
	n->text = mem_strdup(text);
	*ret = n;
	return 0;
}

static int read_node(
	struct reader *r, const yaml_event_t *event, struct yaml_node **ret);

/* Reads the event that begins the next node, and the node; 0 and NULL at the
 * end of the collection. */
static int
read_member(struct reader *r, yaml_event_type_t end, yaml_mark_t *ret_mark,
	struct yaml_node **ret)
{
	yaml_event_t event;
	int e = next_event(r, &event);

	if (e < 0)
		return e;
	*ret = NULL;
	*ret_mark = event.start_mark;
	if (event.type != end)
		e = read_node(r, &event, ret);
	yaml_event_delete(&event);
	return e;
}

static int
read_list(struct reader *r, struct yaml_node *n)
{
	struct yaml_node *item;
	yaml_mark_t mark;
	int e;

	for (;;) {
		e = read_member(r, YAML_SEQUENCE_END_EVENT, &mark, &item);
		if (e < 0 || !item)
			return e;
		e = add_weight(r, n, item, &mark);
		if (e < 0)
			return e;
		yaml_node_add(n, NULL, item);
	}
}

/* A key that is there already: the last one counts, for whom that is fine. */
static int
replace_pair(struct reader *r, struct yaml_node *n, const struct yaml_node *key,
	struct yaml_node *value, const yaml_mark_t *mark)
{
	autofree char *what = mem_printf("key '%s' is there twice", key->text);
	size_t i;

	if (!r->y->lenient)
		return fail(r, mark, EINVAL, "%s", what);
	yaml_node_warn(r->y, mark->line + 1, mark->column + 1, what);
	for (i = 0; i < n->count; i++)
		if (strcmp(n->keys[i]->text, key->text) == 0)
			yaml_node_replace(n, i, value);
	map_set(n->index, key->text, value);
	return add_weight(r, n, value, mark);
}

static int
add_pair(struct reader *r, struct yaml_node *n, struct yaml_node *key,
	struct yaml_node *value, const yaml_mark_t *mark)
{
	int e;

	if (key->kind != YAML_TEXT && key->kind != YAML_NONE)
		return fail(
			r, mark, EINVAL, "a key is %s", yaml_kind_name(key));
	if (map_has(n->index, key->text))
		return replace_pair(r, n, key, value, mark);
	e = add_weight(r, n, value, mark);
	if (e < 0)
		return e;
	map_set(n->index, key->text, value);
	yaml_node_add(n, key, value);
	return 0;
}

/* The pairs of `from` that are not there yet. */
static int
merge_map(struct reader *r, struct yaml_node *n, const struct yaml_node *from,
	const yaml_mark_t *mark)
{
	size_t i;
	int e;

	if (from->kind != YAML_MAP)
		return fail(r, mark, EINVAL, "'<<' is %s, not a map",
			yaml_kind_name(from));
	for (i = 0; i < from->count; i++) {
		if (map_has(n->index, from->keys[i]->text))
			continue;
		e = add_pair(r, n, from->keys[i], from->items[i], mark);
		if (e < 0)
			return e;
	}
	return 0;
}

static int
merge(struct reader *r, struct yaml_node *n, const struct yaml_node *from,
	const yaml_mark_t *mark)
{
	size_t i;
	int e;

	if (from->kind != YAML_LIST)
		return merge_map(r, n, from, mark);
	for (i = 0; i < from->count; i++) {
		e = merge_map(r, n, from->items[i], mark);
		if (e < 0)
			return e;
	}
	return 0;
}

static bool
is_merge_key(const struct yaml_node *key)
{
	return key->kind == YAML_TEXT && !key->quoted &&
		strcmp(key->text, "<<") == 0;
}

static int
read_map(struct reader *r, struct yaml_node *n)
{
	struct yaml_node *merged = NULL;
	struct yaml_node *key, *value;
	yaml_mark_t mark, value_mark = { 0 };
	int e;

	n->index = map_new(NULL);
	for (;;) {
		e = read_member(r, YAML_MAPPING_END_EVENT, &mark, &key);
		if (e < 0)
			return e;
		if (!key)
			return merged ? merge(r, n, merged, &value_mark) : 0;
		/* The grammar has a value for each key: nothing ends here. */
		e = read_member(r, YAML_NO_EVENT, &value_mark, &value);
		if (e < 0)
			return e;
		if (!is_merge_key(key))
			e = add_pair(r, n, key, value, &mark);
		else if (merged)
			e = fail(r, &mark, EINVAL, "key '<<' is there twice");
		else
			merged = value;
		if (e < 0)
			return e;
	}
}

static int
read_collection(
	struct reader *r, const yaml_event_t *event, struct yaml_node **ret)
{
	bool is_map = event->type == YAML_MAPPING_START_EVENT;
	int e;

	if (++r->depth > YAML_DEPTH_MAX)
		return fail(r, &event->start_mark, EFBIG,
			"deeper than %d levels", YAML_DEPTH_MAX);
	*ret = new_node(r, is_map ? YAML_MAP : YAML_LIST, &event->start_mark);
	e = is_map ? read_map(r, *ret) : read_list(r, *ret);
	r->depth--;
	return e;
}

static int
read_alias(struct reader *r, const yaml_event_t *event, struct yaml_node **ret)
{
	const char *name = (const char *)event->data.alias.anchor;

	*ret = map_get(r->anchors, name);
	if (*ret)
		return 0;
	return fail(r, &event->start_mark, EINVAL, "unknown alias '*%s'", name);
}

static int
read_node(struct reader *r, const yaml_event_t *event, struct yaml_node **ret)
{
	const yaml_char_t *anchor = NULL;
	const yaml_char_t *tag = NULL;
	int e;

	switch ((int)event->type) {
	case YAML_ALIAS_EVENT:
		return read_alias(r, event, ret);
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		e = read_scalar(r, event, ret);
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		e = read_collection(r, event, ret);
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		e = read_collection(r, event, ret);
		break;
	default:
		return fail(r, &event->start_mark, EINVAL, "not YAML");
	}
	if (e == 0)
		e = check_tag(r, tag, &event->start_mark);
	/* Only now: an alias inside of what it names finds nothing. */
	if (e == 0 && anchor)
		map_set(r->anchors, (const char *)anchor, *ret);
	return e;
}

static int
read_stream(struct reader *r)
{
	yaml_event_t event;
	yaml_event_type_t type;
	int e;

	do {
		e = next_event(r, &event);
		if (e < 0)
			return e;
		type = event.type;
		if (type == YAML_DOCUMENT_START_EVENT && r->y->root &&
			r->y->lenient)
			type = YAML_STREAM_END_EVENT;
		else if (type == YAML_DOCUMENT_START_EVENT && r->y->root)
			e = fail(r, &event.start_mark, EINVAL,
				"a second document");
		else if (type != YAML_DOCUMENT_START_EVENT &&
			type != YAML_DOCUMENT_END_EVENT &&
			type != YAML_STREAM_START_EVENT &&
			type != YAML_STREAM_END_EVENT)
			e = read_node(r, &event, &r->y->root);
		yaml_event_delete(&event);
	} while (e == 0 && type != YAML_STREAM_END_EVENT);
	return e;
}

static int
parse(struct yaml_doc *y, const char *text, size_t len, struct error *err)
{
	const yaml_mark_t start = { 0 };
	struct reader r = { .y = y, .err = err };
	int e;

	if (len > YAML_TEXT_MAX)
		return fail(
			&r, &start, EFBIG, "more than %u bytes", YAML_TEXT_MAX);
	if (!yaml_parser_initialize(&r.parser))
		return error_set(err, ENOMEM, "no memory for a YAML parser");
	r.anchors = map_new(NULL);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&r.parser, (const unsigned char *)text, len);
	e = read_stream(&r);
	if (e == 0 && !y->root)
		y->root = new_node(&r, YAML_NONE, &start);
	map_free(r.anchors);
	yaml_parser_delete(&r.parser);
	return e;
}

static int
parse_as(bool lenient, const char *text, size_t len, const char *name,
	struct yaml_doc **ret, struct error *err)
{
	cleanup(yaml_doc_free) struct yaml_doc *y = mem_zalloc(sizeof(*y));
	int e;

	y->name = mem_strdup(name);
	y->lenient = lenient;
	e = parse(y, text, len, err);
	if (e < 0)
		return e;
	*ret = take_ptr(&y);
	return 0;
}

int
yaml_doc_parse(const char *text, size_t len, const char *name,
	struct yaml_doc **ret, struct error *err)
{
	return parse_as(false, text, len, name, ret, err);
}

int
yaml_doc_parse_lenient(const char *text, size_t len, const char *name,
	struct yaml_doc **ret, struct error *err)
{
	return parse_as(true, text, len, name, ret, err);
}
