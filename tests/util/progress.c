/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/fs.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/proc.h"
#include "util/progress.h"

/* What `show` makes a display of `style` write to stderr. */
static char *
shown(enum progress_style style, void (*show)(struct progress *p))
{
	autoclose int memory = memfd_create("stderr", MFD_CLOEXEC);
	autoclose int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	cleanup_value(buf_release) struct buf text = { 0 };
	struct progress *p;

	assert_true(memory >= 0 && kept >= 0);
	assert_true(dup2(memory, STDERR_FILENO) >= 0);
	p = progress_new(style);
	show(p);
	progress_free(p);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	assert_int_equal(lseek(memory, 0, SEEK_SET), 0);
	buf_init(&text, MiB(8));
	assert_int_equal(fs_read_fd(memory, MiB(8), &text, NULL), 0);
	return buf_steal(&text);
}

static void
out(struct progress *p, progress_step step, const char *text)
{
	progress_output(p, step, text, strlen(text));
}

static void
show_nothing(struct progress *p)
{
	assert_int_equal(progress_tick(p), -1);
}

static void
show_some(struct progress *p)
{
	progress_step one = progress_begin(p, "first \033[2Jstep");
	progress_step two = progress_begin(p, "second");

	out(p, one, "ab");
	out(p, one, "c\r\nwrong\rright\n\033]0;title\007x\033[31mred\n");
	progress_bytes(p, two, "blob", 500, 1000);
	progress_bytes(p, two, "blob", 1000, 1000);
	progress_end(p, two, PROGRESS_CACHED, NULL);
	log_warning("beware");
	out(p, one, "last");
	progress_end(p, one, PROGRESS_FAILED, "status 3");
	out(p, one, "too late");
	progress_end(p, one, PROGRESS_DONE, NULL);
}

/* Times differ; digits become 0 and repeated ones one. */
static void
hide_times(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text >= '0' && *text <= '9') {
			if (to[-1] != '0')
				*to++ = '0';
			continue;
		}
		*to++ = *text;
	}
	*to = '\0';
}

static void
nothing_prints_nothing(void **state)
{
	enum progress_style style;

	(void)state;
	for (style = PROGRESS_AUTO; style <= PROGRESS_CI; style++) {
		autofree char *text = shown(style, show_nothing);

		assert_string_equal(text, "");
	}
}

static void
plain_is_plain(void **state)
{
	autofree char *text = shown(PROGRESS_PLAIN, show_some);

	(void)state;
	hide_times(text + 1);
	assert_string_equal(text,
		"#0 first step\n"
		"#0 second\n"
		"#0 0.0 abc\n"
		"#0 0.0 right\n"
		"#0 0.0 xred\n"
		"#0 0.0 blob 0kB / 0kB\n"
		"#0 CACHED\n"
		"slipway: warning: beware\n"
		"#0 0.0 last\n"
		"#0 ERROR status 0\n");
}

static void
json_is_json(void **state)
{
	autofree char *text = shown(PROGRESS_JSON, show_some);

	(void)state;
	assert_non_null(strstr(text, "\"step\":1,\"title\":\"first step\"}\n"));
	assert_non_null(strstr(text, "\"step\":1,\"output\":\"xred\"}\n"));
	assert_non_null(strstr(
		text, "\"item\":\"blob\",\"bytes\":1000,\"total\":1000}\n"));
	assert_non_null(strstr(text, "\"outcome\":\"cached\""));
	assert_non_null(strstr(text, "\"note\":\"status 3\"}\n"));
	assert_non_null(strstr(text, "\"message\":\"warning: beware\"}\n"));
	assert_null(strstr(text, "too late"));
}

static void
quiet_tells_failures(void **state)
{
	autofree char *text = shown(PROGRESS_QUIET, show_some);

	(void)state;
	assert_string_equal(text,
		"slipway: warning: beware\n"
		"first step: failed: status 3\n"
		"  abc\n  right\n  xred\n  last\n");
}

static void
terminal_redraws(void **state)
{
	autofree char *text = shown(PROGRESS_TERMINAL, show_some);

	(void)state;
	assert_non_null(strstr(text, " => second"));
	assert_non_null(strstr(text, "CACHED"));
	assert_non_null(strstr(text, "\033[J"));
	assert_non_null(strstr(text, " => => last\n"));
	assert_null(strstr(text, "\033[2J"));
	/* stderr is no terminal here: no colours. */
	assert_null(strstr(text, "\033[31m"));
}

static const char *const services[] = { "GITLAB_CI", "TF_BUILD", "BUILDKITE",
	"TEAMCITY_VERSION", "GITHUB_ACTIONS" };

/* The test itself may run on one of them. */
static void
forget_services(void)
{
	for (size_t n = 0; n < ARRAY_SIZE(services); n++)
		assert_int_equal(unsetenv(services[n]), 0);
}

static void
ci_shows_steps_whole(void **state)
{
	autofree char *github = NULL;
	autofree char *unknown = NULL;

	(void)state;
	forget_services();
	assert_int_equal(progress_lasting_style(), PROGRESS_PLAIN);
	unknown = shown(PROGRESS_CI, show_some);
	assert_int_equal(setenv("GITHUB_ACTIONS", "true", 1), 0);
	assert_int_equal(progress_lasting_style(), PROGRESS_CI);
	github = shown(PROGRESS_CI, show_some);
	assert_int_equal(unsetenv("GITHUB_ACTIONS"), 0);
	hide_times(unknown + 1);
	hide_times(github + 1);
	assert_string_equal(unknown,
		"=== first step\nabc\nright\nxred\n"
		"slipway: warning: beware\nlast\n"
		"failed in 0.0 s: status 0\n"
		"first step: failed: status 0\n"
		"=== second\ncached in 0.0 s\n");
	assert_string_equal(github,
		"::group::first step\nabc\nright\nxred\n"
		"::warning::slipway: warning: beware\nlast\n"
		"failed in 0.0 s: status 0\n::endgroup::\n"
		"::error::first step: failed: status 0\n"
		"::group::second\ncached in 0.0 s\n::endgroup::\n");
}

static void
show_three(struct progress *p)
{
	progress_step one = progress_begin(p, "one [100%]");
	progress_step two = progress_begin(p, "two");
	progress_step three = progress_begin(p, "three");

	out(p, two, "b\n");
	out(p, three, "c\n");
	progress_end(p, two, PROGRESS_DONE, NULL);
	out(p, one, "a\n");
	progress_end(p, one, PROGRESS_DONE, NULL);
	out(p, three, "d\n");
	(void)three;
}

static void
ci_marks_as_each_service(void **state)
{
	static const char *const expected[] = {
		"\033[0Ksection_start:0:step_0[collapsed=true]\r\033[0Kone [0%]\na\n",
		"##[group]one [0%]\na\n",
		"--- one [0%]\na\n",
		"##teamcity[blockOpened name='one |[0%|]']\na\n",
		"::group::one [0%0]\na\n",
	};

	(void)state;
	forget_services();
	for (size_t n = 0; n < ARRAY_SIZE(services); n++) {
		autofree char *text = NULL;

		assert_int_equal(setenv(services[n], "1", 1), 0);
		text = shown(PROGRESS_CI, show_three);
		assert_int_equal(unsetenv(services[n]), 0);
		assert_true(strstr(text, "\nb\n") < strstr(text, "\nc\nd\n"));
		hide_times(text + 1);
		text[strlen(expected[n])] = '\0';
		assert_string_equal(text, expected[n]);
	}
}

static void
show_long(struct progress *p)
{
	progress_step step = progress_begin(p, "long");
	autofree char *line = mem_zalloc(MiB(1) + 1);

	memset(line, 'x', MiB(1));
	out(p, step, line);
	progress_end(p, step, PROGRESS_DONE, NULL);
}

static void
endless_lines_are_cut(void **state)
{
	autofree char *text = shown(PROGRESS_PLAIN, show_long);
	const char *line;
	size_t len;

	(void)state;
	for (line = text; *line; line += len + 1) {
		len = strcspn(line, "\n");
		assert_true(len < KiB(17));
	}
	assert_true(strlen(text) > MiB(1));
}

static void
send_as_child(int fd, int number)
{
	struct progress *p = progress_to_parent(fd);
	autofree char *title = mem_printf("child %d", number);
	autofree char *line = mem_zalloc(100001);
	progress_step step = progress_begin(p, title);

	memset(line, 'y', 100000);
	line[99999] = '\n';
	out(p, step, line);
	progress_end(p, step, PROGRESS_DONE, NULL);
	progress_free(p);
	_exit(0);
}

static void
show_children(struct progress *p)
{
	struct proc children[3] = { 0 };
	struct proc_end end = { 0 };
	int fds[2], i, r;

	assert_int_equal(progress_channel(fds, NULL), 0);
	for (i = 0; i < 3; i++) {
		r = proc_fork(&children[i], NULL);
		assert_true(r >= 0);
		if (r == 0)
			send_as_child(fds[1], i);
	}
	(void)close(fds[1]);
	while (progress_feed(p, fds[0], NULL) == 1)
		(void)usleep(1000);
	for (i = 0; i < 3; i++) {
		assert_int_equal(proc_wait(&children[i], 60000, &end, NULL), 0);
		assert_int_equal(proc_end_status(&end), 0);
	}
	(void)close(fds[0]);
}

static void
children_share_a_display(void **state)
{
	autofree char *text = shown(PROGRESS_PLAIN, show_children);

	(void)state;
	assert_non_null(strstr(text, " child 0\n"));
	assert_non_null(strstr(text, " child 1\n"));
	assert_non_null(strstr(text, " child 2\n"));
	assert_non_null(strstr(text, "#1 DONE"));
	assert_non_null(strstr(text, "#2 DONE"));
	assert_non_null(strstr(text, "#3 DONE"));
	assert_true(strlen(text) > 300000);
}

static void
nonsense_is_refused(void **state)
{
	autoerror err = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(progress_channel(fds, NULL), 0);
	assert_int_equal(send(fds[1], "nonsense", 8, 0), 8);
	assert_int_equal(progress_feed(NULL, fds[0], &err), -EBADMSG);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
null_does_nothing(void **state)
{
	(void)state;
	assert_int_equal(progress_begin(NULL, "x"), 0);
	out(NULL, 0, "x");
	progress_bytes(NULL, 0, "x", 1, 2);
	progress_message(NULL, "x");
	progress_end(NULL, 0, PROGRESS_DONE, NULL);
	assert_int_equal(progress_tick(NULL), -1);
	assert_null(progress_free(NULL));
}

static void
styles_have_names(void **state)
{
	enum progress_style style = PROGRESS_QUIET;
	autoerror err = { 0 };

	(void)state;
	assert_int_equal(progress_parse_style(NULL, &style, NULL), 0);
	assert_int_equal(style, PROGRESS_AUTO);
	assert_int_equal(progress_parse_style("rawjson", &style, NULL), 0);
	assert_int_equal(style, PROGRESS_JSON);
	assert_int_equal(progress_parse_style("loud", &style, &err), -EINVAL);
	assert_int_equal(err.kind, ERROR_REQUEST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_prints_nothing),
		cmocka_unit_test(plain_is_plain),
		cmocka_unit_test(json_is_json),
		cmocka_unit_test(quiet_tells_failures),
		cmocka_unit_test(terminal_redraws),
		cmocka_unit_test(ci_shows_steps_whole),
		cmocka_unit_test(ci_marks_as_each_service),
		cmocka_unit_test(endless_lines_are_cut),
		cmocka_unit_test(children_share_a_display),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(null_does_nothing),
		cmocka_unit_test(styles_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
