/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/tar-block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/num.h"

static size_t
decimal_digits(size_t n)
{
	size_t digits = 1;

	for (; n > 9; n /= 10)
		digits++;
	return digits;
}

void
tar_pax_add(struct buf *records, const char *key, const void *value, size_t len)
{
	/* The length counts itself, a blank, '=' and the newline. */
	size_t rest = strlen(key) + len + 3;
	size_t total = rest + decimal_digits(rest);

	if (rest + decimal_digits(total) > total)
		total++;
	buf_addf(records, "%zu %s=", total, key);
	buf_add(records, value, len);
	buf_addc(records, '\n');
}

/* One record, taken apart; borrowed from the records. */
struct record {
	const char *key, *value;
	size_t key_len, value_len;
};

struct reading {
	struct tar_entry *entry;
	const struct tar_limits *limits;
};

static int
value_number(const struct record *rec, uint64_t max, uint64_t *ret,
	struct error *err)
{
	autofree char *text = mem_strndup(rec->value, rec->value_len);

	if (num_parse(text, max, ret, NULL) < 0)
		return error_set(err, EBADMSG, "damaged number in '%.*s'",
			(int)rec->key_len, rec->key);
	return 0;
}

static int
take_path(struct reading *to, const struct record *rec, struct error *err)
{
	return tar_text_set(&to->entry->path, rec->value, rec->value_len,
		to->limits, err);
}

static int
take_link(struct reading *to, const struct record *rec, struct error *err)
{
	return tar_text_set(&to->entry->link, rec->value, rec->value_len,
		to->limits, err);
}

static int
take_size(struct reading *to, const struct record *rec, struct error *err)
{
	return value_number(rec, INT64_MAX, &to->entry->size, err);
}

static int
take_id(const struct record *rec, uint32_t *ret, struct error *err)
{
	uint64_t id;
	int r;

	/* The last one is chown(2)'s "leave it". */
	r = value_number(rec, UINT32_MAX - 1, &id, err);
	if (r == 0)
		*ret = (uint32_t)id;
	return r;
}

static int
take_uid(struct reading *to, const struct record *rec, struct error *err)
{
	return take_id(rec, &to->entry->uid, err);
}

static int
take_gid(struct reading *to, const struct record *rec, struct error *err)
{
	return take_id(rec, &to->entry->gid, err);
}

/* Nine digits of a fraction, the missing ones zero, further ones dropped. */
static int
parse_fraction(const char *text, uint32_t *ret)
{
	uint32_t ns = 0, unit = 100000000;

	for (; *text >= '0' && *text <= '9'; text++) {
		ns += (uint32_t)(*text - '0') * unit;
		unit /= 10;
	}
	*ret = ns;
	return *text == '\0' ? 0 : -EBADMSG;
}

/* "[-]SECONDS[.FRACTION]"; the fraction counts away from zero. */
static int
parse_time(char *text, int64_t *ret, uint32_t *ret_ns)
{
	bool negative = text[0] == '-';
	char *dot = strchr(text, '.');
	uint64_t seconds;
	uint32_t ns = 0;

	if (dot && parse_fraction(dot + 1, &ns) < 0)
		return -EBADMSG;
	if (dot)
		*dot = '\0';
	if (num_parse(text + negative, INT64_MAX - 1, &seconds, NULL) < 0)
		return -EBADMSG;
	*ret = negative ? -(int64_t)seconds : (int64_t)seconds;
	*ret_ns = ns;
	if (negative && ns > 0) {
		(*ret)--;
		*ret_ns = 1000000000 - ns;
	}
	return 0;
}

static int
take_mtime(struct reading *to, const struct record *rec, struct error *err)
{
	autofree char *text = mem_strndup(rec->value, rec->value_len);
	struct tar_entry *e = to->entry;

	if (parse_time(text, &e->mtime, &e->mtime_ns) < 0)
		return error_set(err, EBADMSG, "damaged time in 'mtime'");
	return 0;
}

static int
take_xattr(struct reading *to, const struct record *rec, struct error *err)
{
	size_t skip = strlen(TAR_XATTR_KEY);
	struct tar_entry *e = to->entry;
	struct tar_xattr *x;

	if (rec->key_len == skip || memchr(rec->key, '\0', rec->key_len))
		return error_set(err, EBADMSG, "damaged attribute name");
	/* Room doubles: at 1, 2, 4, 8... members. */
	if ((e->xattr_count & (e->xattr_count - 1)) == 0)
		e->xattrs = mem_resize(e->xattrs,
			e->xattr_count ? e->xattr_count * 2 : 1,
			sizeof(*e->xattrs));
	x = &e->xattrs[e->xattr_count++];
	x->name = mem_strndup(rec->key + skip, rec->key_len - skip);
	x->value = mem_dup(rec->value, rec->value_len);
	x->size = rec->value_len;
	return 0;
}

static int
refuse_sparse(struct reading *to, const struct record *rec, struct error *err)
{
	(void)to;
	(void)rec;
	return error_set(err, EBADMSG, "sparse members are not supported");
}

/* A key that ends in a dot stands for all that begin so. */
static const struct {
	const char *key;
	int (*take)(struct reading *to, const struct record *rec,
		struct error *err);
} keys[] = {
	{ "path", take_path },
	{ "linkpath", take_link },
	{ "size", take_size },
	{ "uid", take_uid },
	{ "gid", take_gid },
	{ "mtime", take_mtime },
	{ TAR_XATTR_KEY, take_xattr },
	{ "GNU.sparse.", refuse_sparse },
};

static bool
key_matches(const char *key, const struct record *rec)
{
	size_t len = strlen(key);

	if (rec->key_len < len || memcmp(rec->key, key, len) != 0)
		return false;
	return rec->key_len == len || key[len - 1] == '.';
}

static int
take_record(struct reading *to, const struct record *rec, struct error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (key_matches(keys[i].key, rec))
			return keys[i].take(to, rec, err);
	/* atime, comment, uname and whatever else: not for us. */
	return 0;
}

/* The length of the record at `text`, digits and all; 0 when it is damaged. */
static size_t
record_length(const char *text, size_t left, size_t *ret_digits)
{
	size_t len = 0, i;

	for (i = 0; i < left && text[i] >= '0' && text[i] <= '9'; i++) {
		if (len > left)
			return 0;
		len = len * 10 + (size_t)(text[i] - '0');
	}
	if (i == 0 || i == left || text[i] != ' ')
		return 0;
	*ret_digits = i;
	return len <= left && len > i + 2 && text[len - 1] == '\n' ? len : 0;
}

static int
parse_record(const char *text, size_t left, struct record *ret, size_t *ret_len)
{
	size_t digits = 0, len;
	const char *equals;

	len = record_length(text, left, &digits);
	if (len == 0)
		return -EBADMSG;
	ret->key = text + digits + 1;
	equals = memchr(ret->key, '=', len - digits - 2);
	if (!equals || equals == ret->key)
		return -EBADMSG;
	ret->key_len = (size_t)(equals - ret->key);
	ret->value = equals + 1;
	ret->value_len = (size_t)(text + len - 1 - ret->value);
	*ret_len = len;
	return 0;
}

static int
compare_xattrs(const void *a, const void *b)
{
	const struct tar_xattr *one = a, *other = b;

	return strcmp(one->name, other->name);
}

static int
sort_xattrs(struct tar_entry *e, struct error *err)
{
	size_t i;

	if (e->xattr_count < 2)
		return 0;
	qsort(e->xattrs, e->xattr_count, sizeof(*e->xattrs), compare_xattrs);
	for (i = 1; i < e->xattr_count; i++)
		if (strcmp(e->xattrs[i - 1].name, e->xattrs[i].name) == 0)
			return error_set(err, EBADMSG,
				"the attribute '%s' is there twice",
				e->xattrs[i].name);
	return 0;
}

int
tar_pax_apply(const struct buf *records, const struct tar_limits *limits,
	struct tar_entry *e, struct error *err)
{
	struct reading to = { .entry = e, .limits = limits };
	struct record rec;
	size_t at, len;
	int r;

	for (at = 0; at < records->len; at += len) {
		r = parse_record(records->data + at, records->len - at, &rec,
			&len);
		if (r < 0)
			return error_set(err, EBADMSG, "damaged PAX record");
		r = take_record(&to, &rec, err);
		if (r < 0)
			return r;
	}
	return sort_xattrs(e, err);
}
