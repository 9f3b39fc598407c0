/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/shell-test.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/num.h"

enum { YES, NO, WRONG };

static int
complain(const char *what)
{
	(void)dprintf(STDERR_FILENO, "slipway: test: '%s' is not understood\n",
		what);
	return WRONG;
}

static int
test_file(char kind, const char *path, const struct shell_place *place)
{
	autoclose int fd = -1;
	struct stat st;

	if (shell_open(place, path, O_PATH, &fd, NULL) < 0 ||
		fstat(fd, &st) < 0)
		return NO;
	switch (kind) {
	case 'f':
		return S_ISREG(st.st_mode) ? YES : NO;
	case 'd':
		return S_ISDIR(st.st_mode) ? YES : NO;
	case 's':
		return st.st_size > 0 ? YES : NO;
	}
	return YES;
}

static int
test_one(const char *operator, const char *word,
	const struct shell_place *place)
{
	if (operator[0] != '-' || !operator[1] || operator[2])
		return complain(operator);
	if (operator[1] == 'n')
		return *word ? YES : NO;
	if (operator[1] == 'z')
		return *word ? NO : YES;
	if (!strchr("efds", operator[1]))
		return complain(operator);
	return test_file(operator[1], word, place);
}

static const char *const comparisons[] = { "-eq", "-ne", "-lt", "-le", "-gt",
	"-ge" };

static int
compare(size_t how, int64_t a, int64_t b)
{
	const bool answers[] = { a == b, a != b, a < b, a <= b, a > b, a >= b };

	return answers[how] ? YES : NO;
}

static int
number(const char *text, int64_t *ret)
{
	uint64_t value;

	if (num_parse(text + (*text == '-'), INT64_MAX, &value, NULL) < 0)
		return -1;
	*ret = *text == '-' ? -(int64_t)value : (int64_t)value;
	return 0;
}

static int
test_two(const char *left, const char *operator, const char *right)
{
	int64_t a, b;
	size_t i;

	if (strcmp(operator, "=") == 0 || strcmp(operator, "==") == 0)
		return strcmp(left, right) == 0 ? YES : NO;
	if (strcmp(operator, "!=") == 0)
		return strcmp(left, right) != 0 ? YES : NO;
	for (i = 0; i < ARRAY_SIZE(comparisons); i++) {
		if (strcmp(operator, comparisons[i]) != 0)
			continue;
		if (number(left, &a) < 0)
			return complain(left);
		return number(right, &b) < 0 ? complain(right)
					     : compare(i, a, b);
	}
	return complain(operator);
}

static int
evaluate(char *const *words, size_t count, const struct shell_place *place)
{
	int answer;

	if (count > 1 && strcmp(words[0], "!") == 0) {
		answer = evaluate(words + 1, count - 1, place);
		return answer == WRONG ? WRONG : !answer;
	}
	switch (count) {
	case 0:
		return NO;
	case 1:
		return *words[0] ? YES : NO;
	case 2:
		return test_one(words[0], words[1], place);
	case 3:
		return test_two(words[0], words[1], words[2]);
	}
	return complain(words[3]);
}

int
shell_test(const struct strv *argv, const struct shell_place *place)
{
	size_t count = argv->count - 1;

	if (strcmp(argv->items[0], "[") == 0) {
		if (count == 0 || strcmp(argv->items[count], "]") != 0)
			return complain("[ without ]");
		count--;
	}
	return evaluate(argv->items + 1, count, place);
}
