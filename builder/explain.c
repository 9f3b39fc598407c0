/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/explain.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "builder/names.h"
#include "util/fs.h"
#include "util/json.h"
#include "util/mem.h"

#define ENTRY_MAX MiB(32)
/* Of a value that is long, what is shown. */
#define SHOWN_MAX 200

/* The best so far. */
struct best {
	struct strv words;
	size_t alike; /* words that both have */
	struct timespec when;
};

static bool
is_newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec
				      : a->tv_nsec > b->tv_nsec;
}

static size_t
count_alike(const struct strv *a, const struct strv *b)
{
	size_t count = 0;

	for (size_t n = 0; n < a->count; n++)
		count += strv_has(b, a->items[n]);
	return count;
}

/* The words of one entry; false when it cannot be read. */
static bool
read_words(int dir_fd, const char *name, struct strv *ret)
{
	cleanup_value(buf_release) struct buf text = { 0 };
	cleanup(json_free) struct json *j = NULL;

	buf_init(&text, ENTRY_MAX);
	return fs_read_file(dir_fd, name, ENTRY_MAX, &text, NULL) == 0 &&
		json_parse(text.data, text.len, ENTRY_MAX, "cache entry", &j,
			NULL) == 0 &&
		json_get_list(j, "why", ret, NULL) == 0 && ret->count > 0;
}

/* The first word says what kind of step it is; that alone is not alike. */
static void
consider(int dir_fd, const char *name, const struct key *k, struct best *best)
{
	cleanup_value(strv_release) struct strv words = { 0 };
	struct stat st;
	size_t alike;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(st.st_mode) || !read_words(dir_fd, name, &words) ||
		strcmp(words.items[0], k->words.items[0]) != 0)
		return;
	alike = count_alike(&words, &k->words);
	if (alike < 2 || alike < best->alike ||
		(alike == best->alike && !is_newer(&st.st_mtim, &best->when)))
		return;
	strv_copy(&best->words, &words);
	best->alike = alike;
	best->when = st.st_mtim;
}

static const char *
value_of(const char *word)
{
	const char *equals = strchr(word, '=');

	return equals ? equals + 1 : word;
}

static int
name_len(const char *word)
{
	return (int)strcspn(word, "=");
}

static bool
has_name(const struct strv *words, size_t index, const char *word)
{
	int len = name_len(word);

	return index < words->count && name_len(words->items[index]) == len &&
		strncmp(words->items[index], word, (size_t)len) == 0;
}

/* What became of the word `index`: another value, or only one of both has
 * it. */
static char *
format_difference(const struct strv *was, const struct strv *is, size_t index)
{
	const char *old = index < was->count ? was->items[index] : NULL;
	const char *new = index < is->count ? is->items[index] : NULL;

	if (old && new &&has_name(was, index, new))
		return mem_printf("'%.*s' was '%.*s', and is '%.*s'",
			name_len(new), new, SHOWN_MAX, value_of(old), SHOWN_MAX,
			value_of(new));
	if (new && (!old || !strv_has(was, new)))
		return mem_printf("'%.*s' is new: '%.*s'", name_len(new), new,
			SHOWN_MAX, value_of(new));
	return mem_printf("'%.*s' is gone, it was '%.*s'", name_len(old), old,
		SHOWN_MAX, value_of(old));
}

static char *
first_difference(const struct strv *was, const struct strv *is)
{
	for (size_t n = 0; n < was->count || n < is->count; n++) {
		if (n >= was->count || n >= is->count ||
			strcmp(was->items[n], is->items[n]) != 0)
			return format_difference(was, is, n);
	}
	return mem_strdup("nothing differs, but its layer is gone");
}

char *
explain_difference(struct store *s, const struct key *k)
{
	cleanup_value(names_release) struct names names = { 0 };
	autoclose int fd = -1;
	struct best best = { 0 };
	char *text = NULL;
	int dir_fd = store_dir_fd(s, STORE_STEPS, NULL);

	if (dir_fd >= 0)
		fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || names_read(fd, &names, NULL) < 0 || k->words.count == 0)
		return NULL;
	for (size_t n = 0; n < names.count; n++)
		consider(fd, names.items[n].text, k, &best);
	if (best.alike > 0)
		text = first_difference(&best.words, &k->words);
	strv_release(&best.words);
	return text;
}
