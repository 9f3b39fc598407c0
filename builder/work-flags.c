/* SPDX-License-Identifier: Apache-2.0 */
#include "builder/work-flags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/num.h"

#define JOBS_MAX 1000

static int
refuse(struct error *err, const char *format, const char *text)
{
	(void)error_set(err, EINVAL, format, text);
	return error_kind(err, ERROR_REQUEST);
}

static int
read_jobs(const struct work_flags *f, unsigned *ret, struct error *err)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t jobs = cores > 0 ? (uint64_t)cores : 1;

	if (f->jobs && num_parse(f->jobs, JOBS_MAX, &jobs, NULL) < 0)
		return refuse(err, "--jobs: '%s' is not a number up to 1000",
			f->jobs);
	*ret = jobs ? (unsigned)jobs : 1;
	return 0;
}

static int
read_timeout(const struct work_flags *f, int64_t *ret_ms, struct error *err)
{
	int64_t ns;

	*ret_ms = -1;
	if (!f->timeout)
		return 0;
	if (num_parse_duration(f->timeout, &ns, NULL) < 0 || ns <= 0)
		return refuse(err,
			"--timeout: '%s' is not a time like 90s or 10m",
			f->timeout);
	*ret_ms = ns / 1000000;
	return 0;
}

static int
read_on_error(const struct work_flags *f, struct build_options *ret,
	struct error *err)
{
	ret->shell_on_error = f->on_error && strcmp(f->on_error, "shell") == 0;
	if (!f->on_error || ret->shell_on_error ||
		strcmp(f->on_error, "stop") == 0)
		return 0;
	return refuse(
		err, "--on-error: '%s' is not stop or shell", f->on_error);
}

/* The shell reads what is left of standard input: all of it. */
static int
check_input(const struct build_options *o, struct error *err)
{
	bool is_used = (o->context && strcmp(o->context, "-") == 0) ||
		(o->file && strcmp(o->file, "-") == 0);

	if (!o->shell_on_error || !is_used)
		return 0;
	return refuse(err,
		"--on-error=%s: standard input is the context or the Dockerfile",
		"shell");
}

static int
read_no_cache(
	struct work_flags *f, struct build_options *ret, struct error *err)
{
	const char *text = f->no_cache;

	for (size_t n = 0; n < f->no_cache_filters.count; n++)
		strv_split(
			&f->no_cache_stages, f->no_cache_filters.items[n], ',');
	ret->no_cache_stages = &f->no_cache_stages;
	ret->no_cache = text && (!*text || strcmp(text, "true") == 0);
	ret->no_cache_run = text && strcmp(text, "run") == 0;
	if (text && !ret->no_cache && !ret->no_cache_run &&
		strcmp(text, "false") != 0)
		return refuse(err,
			"--no-cache: '%s' is none of true, false and run",
			text);
	return 0;
}

static int
read_caches(const struct strv *texts, bool is_export, struct cache_spec **ret,
	size_t *ret_count, struct error *err)
{
	int r = 0;

	*ret = mem_array(texts->count + 1, sizeof(**ret));
	for (size_t n = 0; r == 0 && n < texts->count; n++) {
		r = cache_spec_parse(
			texts->items[n], is_export, &(*ret)[n], err);
		*ret_count = n + (r == 0);
	}
	return r;
}

static int
read_all_caches(
	struct work_flags *f, struct build_options *ret, struct error *err)
{
	int r;

	r = read_caches(&f->cache_from_texts, false, &f->cache_from,
		&f->cache_from_count, err);
	if (r == 0)
		r = read_caches(&f->cache_to_texts, true, &f->cache_to,
			&f->cache_to_count, err);
	ret->cache_from = f->cache_from;
	ret->cache_from_count = f->cache_from_count;
	ret->cache_to = f->cache_to;
	ret->cache_to_count = f->cache_to_count;
	return r;
}

int
work_flags_read(
	struct work_flags *f, struct build_options *ret, struct error *err)
{
	const char *pull = f->pull_always ? "always"
		: f->pull_never		  ? "never"
					  : f->pull;
	int r;

	ret->explain = f->explain;
	ret->propagates_exit = f->propagate_exit;
	r = pull_policy_parse(pull, &ret->pull, err);
	if (r == 0)
		r = read_no_cache(f, ret, err);
	if (r == 0)
		r = read_all_caches(f, ret, err);
	if (r == 0)
		r = read_jobs(f, &ret->jobs, err);
	if (r == 0)
		r = read_on_error(f, ret, err);
	if (r == 0)
		r = check_input(ret, err);
	return r < 0 ? r : read_timeout(f, &ret->timeout_ms, err);
}

void
work_flags_release(struct work_flags *f)
{
	for (size_t n = 0; n < f->cache_from_count; n++)
		cache_spec_release(&f->cache_from[n]);
	for (size_t n = 0; n < f->cache_to_count; n++)
		cache_spec_release(&f->cache_to[n]);
	free(f->cache_from);
	free(f->cache_to);
	strv_release(&f->cache_from_texts);
	strv_release(&f->cache_to_texts);
	strv_release(&f->no_cache_filters);
	strv_release(&f->no_cache_stages);
	*f = (struct work_flags){ 0 };
}
