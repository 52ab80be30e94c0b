/* test_report.c - log lines are whole JSON, whatever goes in. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "concordat/base/report.h"

static int real_stderr, pipe_ends[2];

/* Standard error goes into a pipe until the lines are taken. */
static void catch_lines(void)
{
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK), 0);
	real_stderr = dup(STDERR_FILENO);
	dup2(pipe_ends[1], STDERR_FILENO);
	close(pipe_ends[1]);
}

static size_t take_lines(char *out, size_t room)
{
	ssize_t size;

	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	size = read(pipe_ends[0], out, room);
	close(pipe_ends[0]);
	return size > 0 ? (size_t)size : 0;
}

static json_t *take_object(void)
{
	char line[8192];
	size_t size = take_lines(line, sizeof(line));
	json_error_t error;
	json_t *root;

	assert_true(size > 0 && size <= 4096);
	assert_int_equal(line[size - 1], '\n');
	assert_ptr_equal(memchr(line, '\n', size), line + size - 1);
	root = json_loadb(line, size, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		fail_msg("%s: %.*s", error.text, (int)size, line);
	return root;
}

static const char *member(json_t *root, const char *key)
{
	return json_string_value(json_object_get(root, key));
}

static void a_line_carries_time_level_room_message_and_pairs(void **state)
{
	json_t *root;

	(void)state;
	catch_lines();
	report(REPORT_WARNING, "store", "Slow \"append\"\n", "placement", "PL-1000047-P", "absent",
	       NULL, "tab", "a\tb\\c", NULL);
	root = take_object();
	assert_int_equal(strlen(member(root, "time")), strlen("2026-03-31T16:00:00.123Z"));
	assert_int_equal(member(root, "time")[23], 'Z');
	assert_string_equal(member(root, "level"), "warning");
	assert_string_equal(member(root, "room"), "store");
	assert_string_equal(member(root, "message"), "Slow \"append\"\n");
	assert_string_equal(member(root, "placement"), "PL-1000047-P");
	assert_string_equal(member(root, "tab"), "a\tb\\c");
	assert_null(json_object_get(root, "absent"));
	json_decref(root);
}

static void ill_formed_text_still_gives_json(void **state)
{
	json_t *root;

	(void)state;
	catch_lines();
	report(REPORT_ERROR, "http", "Odd", "bytes", "a\xff\x80z", "pound", "\xc2\xa3", "control",
	       "\x01\x7f", NULL);
	root = take_object();
	assert_string_equal(member(root, "bytes"), "a\xc3\xbf\xc2\x80z");
	assert_string_equal(member(root, "pound"), "\xc2\xa3");
	assert_string_equal(member(root, "control"), "\x01\x7f");
	json_decref(root);
}

static void a_long_value_is_cut_between_characters(void **state)
{
	static char value[9000];

	(void)state;
	for (size_t shift = 0; shift < 6; shift++) {
		json_t *root;

		memset(value, 0, sizeof(value));
		memset(value, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof(value); i += 3)
			memcpy(value + i, "\xe2\x82\xac", 3);
		catch_lines();
		report(REPORT_INFO, "app", "Long", "value", value, "after", "not there", "a", "",
		       NULL);
		root = take_object();
		assert_true(strlen(member(root, "value")) > 3000);
		json_decref(root);
	}
}

static void lines_below_the_level_are_not_written(void **state)
{
	char line[256];
	enum report_level level;

	(void)state;
	assert_true(report_level_parse("warning", &level));
	assert_false(report_level_parse("loud", &level));
	report_set_level(level);
	catch_lines();
	report(REPORT_INFO, "app", "Quiet", NULL);
	assert_int_equal(take_lines(line, sizeof(line)), 0);
	report_set_level(REPORT_INFO);
}

static void a_line_that_cannot_be_written_is_counted(void **state)
{
	unsigned long before = report_dropped();

	(void)state;
	real_stderr = dup(STDERR_FILENO);
	close(STDERR_FILENO);
	report(REPORT_ERROR, "app", "Lost", NULL);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	assert_int_equal(report_dropped(), before + 1);
}

static void a_fatal_report_ends_the_process_with_70(void **state)
{
	int status;
	json_t *root;
	pid_t child;

	(void)state;
	catch_lines();
	child = fork();
	if (child == 0)
		report_fatal("base", "No way on.");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 70);
	root = take_object();
	assert_string_equal(member(root, "message"), "No way on.");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_carries_time_level_room_message_and_pairs),
		cmocka_unit_test(ill_formed_text_still_gives_json),
		cmocka_unit_test(a_long_value_is_cut_between_characters),
		cmocka_unit_test(lines_below_the_level_are_not_written),
		cmocka_unit_test(a_line_that_cannot_be_written_is_counted),
		cmocka_unit_test(a_fatal_report_ends_the_process_with_70),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
