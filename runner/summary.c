/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/summary.h"

#include <errno.h>

#include "util/json.h"
#include "util/listing.h"
#include "util/mem.h"
#include "util/proc.h"

static const char *const kind_names[] = {
	[STEP_BUILD] = "build",
	[STEP_CMD] = "cmd",
	[STEP_PUSH] = "push",
};

static struct json *
new_row(const struct step *s, const struct step_result *result)
{
	struct json *row = json_new_object();

	json_set_text(row, "id", s->id);
	json_set_text(row, "type", kind_names[s->kind]);
	json_set_text(row, "state", order_state_name(result->state));
	json_set_number(row, "milliseconds", result->duration_ms);
	json_set_number(row, "attempts", (int64_t)result->attempts);
	json_set_number(row, "status", result->status);
	return row;
}

void
summary_print(FILE *to, const struct task *t, const struct step_result *results,
	const char *format)
{
	static const char *const headings[] = { "STEP", "TYPE", "STATE", "TIME",
		"ATTEMPTS", "STATUS" };
	cleanup(listing_free) struct listing *l =
		listing_new(headings, ARRAY_SIZE(headings));
	size_t i;

	for (i = 0; i < t->step_count; i++) {
		const struct step_result *result = &results[i];
		autofree char *time =
			mem_printf("%.1fs", (double)result->duration_ms / 1000);
		autofree char *attempts = mem_printf(
			"%llu", (unsigned long long)result->attempts);
		autofree char *status = mem_printf("%d", result->status);
		const char *const cells[] = { t->steps[i].id,
			kind_names[t->steps[i].kind],
			order_state_name(result->state), time, attempts,
			status };

		listing_add(l, cells, new_row(&t->steps[i], result));
	}
	listing_print(to, l, format);
}

/* The first step that went wrong speaks for the run. */
int
summary_outcome(const struct task *t, const struct step_result *results,
	struct error *err)
{
	size_t i;

	if (proc_interrupted())
		return proc_check_interrupt(err);
	for (i = 0; i < t->step_count; i++) {
		if (results[i].handled)
			continue;
		if (results[i].state == STATE_TIMED_OUT) {
			error_set(err, ETIMEDOUT, "step '%s' timed out",
				t->steps[i].id);
			return error_kind(err, ERROR_TIMEOUT);
		}
		if (results[i].state == STATE_FAILED) {
			error_set(err, EIO, "step '%s' failed with status %d",
				t->steps[i].id, results[i].status);
			return error_kind(err, ERROR_WORK);
		}
	}
	for (i = 0; i < t->step_count; i++) {
		if (results[i].state != STATE_SKIPPED || results[i].unwanted)
			continue;
		error_set(err, ETIMEDOUT, "the run timed out");
		return error_kind(err, ERROR_TIMEOUT);
	}
	return 0;
}
