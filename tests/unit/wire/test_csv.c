/* test_csv.c - text/csv a record at a time: what RFC 4180 says, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/csv.h"

static struct arena *arena;
static struct csv csv;
static struct csv_record record;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define BEGIN(bytes) csv_begin(&csv, arena, (struct text){bytes, sizeof(bytes) - 1})

/* The next record is this one, its cells with a bar between them. */
static void assert_next(int64_t number, const char *cells)
{
	char read[200] = "";

	assert_true(csv_next(&csv, &record));
	assert_null(record.problem);
	assert_int_equal(record.number, number);
	for (size_t i = 0; i < record.count; i++)
		snprintf(read + strlen(read), sizeof(read) - strlen(read), "%s%.*s", i ? "|" : "",
			 TEXT_FMT(record.cells[i]));
	assert_string_equal(read, cells);
}

static void assert_flawed(int64_t number, const char *about)
{
	assert_true(csv_next(&csv, &record));
	assert_int_equal(record.number, number);
	assert_non_null(record.problem);
	assert_int_equal(record.count, 0);
	assert_non_null(strstr(record.problem, about));
}

static void assert_end(void)
{
	assert_false(csv_next(&csv, &record));
	assert_false(csv_next(&csv, &record));
}

static void records_and_cells_are_read(void **state)
{
	(void)state;
	BEGIN("a,b,c\r\n1,,3\r\n,\r\nlast");
	assert_next(1, "a|b|c");
	assert_next(2, "1||3");
	assert_next(3, "|");
	assert_next(4, "last");
	assert_end();
}

static void a_line_may_end_in_lf_alone_and_a_mark_of_byte_order_is_passed_over(void **state)
{
	(void)state;
	BEGIN("\xef\xbb\xbf"
	      "a,b\n1,2\r\n");
	assert_next(1, "a|b");
	assert_next(2, "1|2");
	assert_end();
}

static void quoted_cells_hold_commas_lines_and_quotes(void **state)
{
	(void)state;
	BEGIN("\"Reyes, Amira\",\"two\r\nlines\",\"say \"\"so\"\"\",\"\"\r\n\"x\"");
	assert_next(1, "Reyes, Amira|two\r\nlines|say \"so\"|");
	assert_next(2, "x");
	assert_end();
}

static void empty_lines_count_and_are_no_records(void **state)
{
	(void)state;
	BEGIN("\r\n\na\n\r\n\nb\n\n");
	assert_next(3, "a");
	assert_next(6, "b");
	assert_end();
	BEGIN("");
	assert_end();
}

static void what_is_no_record_is_said_and_reading_goes_on(void **state)
{
	(void)state;
	BEGIN("a\"b,c\nx\n\"a\"b,c\ny\na\rb\nz\n");
	assert_flawed(1, "quote");
	assert_next(2, "x");
	assert_flawed(3, "quote");
	assert_next(4, "y");
	assert_flawed(5, "carriage return");
	assert_next(6, "z");
	assert_end();
}

static void a_quote_that_is_never_closed_ends_the_text(void **state)
{
	(void)state;
	BEGIN("a\n\"b\nc\nd");
	assert_next(1, "a");
	assert_flawed(2, "never closed");
	assert_end();
}

static void nul_and_what_is_not_utf8_are_refused(void **state)
{
	(void)state;
	BEGIN("a\0b,c\n1\n\xe9t\xe9\n2\n\xff\xfe"
	      "a\0\n");
	assert_flawed(1, "NUL");
	assert_next(2, "1");
	assert_flawed(3, "UTF-8");
	assert_next(4, "2");
	assert_flawed(5, "NUL");
	assert_end();
}

static void more_cells_than_are_kept_are_counted(void **state)
{
	char text[CSV_CELLS_MOST + 40];

	(void)state;
	memset(text, ',', sizeof(text));
	csv_begin(&csv, arena, (struct text){text, sizeof(text)});
	assert_true(csv_next(&csv, &record));
	assert_int_equal(record.count, sizeof(text) + 1);
	assert_int_equal(record.cells[CSV_CELLS_MOST - 1].len, 0);
	assert_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_and_cells_are_read),
		TEST(a_line_may_end_in_lf_alone_and_a_mark_of_byte_order_is_passed_over),
		TEST(quoted_cells_hold_commas_lines_and_quotes),
		TEST(empty_lines_count_and_are_no_records),
		TEST(what_is_no_record_is_said_and_reading_goes_on),
		TEST(a_quote_that_is_never_closed_ends_the_text),
		TEST(nul_and_what_is_not_utf8_are_refused),
		TEST(more_cells_than_are_kept_are_counted),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
