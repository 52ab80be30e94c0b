/* test_ical.c - calendars: lines, folds and escapes, and what another library makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "concordat/core/calendar.h"
#include "concordat/wire/ical.h"
#include "ical_strict.h"

static struct arena *arena;
static struct writer w;
static struct ical_calendar calendar;
static struct ical_event event;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	writer_init(&w, arena);
	calendar = (struct ical_calendar){TEXT("Concordat: all placements"),
					  TEXT("https://fees.example/"), 1};
	event = (struct ical_event){
		.uid = TEXT("0190b0c8-7a00-7000-8000-000000000001.12.1"),
		.sequence = 2,
		.changed_us = INT64_C(1776070800000000),
		.day = day_of(2026, 8, 18),
		.at_us = NEVER_US,
		.summary = TEXT("PL-1000047-P: hold the three-month review"),
		.description = TEXT("By Tuesday 18 August 2026 at 17:00"),
		.link = TEXT("/placements/PL-1000047-P"),
		.category = "Review",
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const char *written(void)
{
	writer_init(&w, arena);
	ical_begin(&w, &calendar);
	ical_event(&w, &calendar, &event);
	ical_end(&w);
	return text_cstr(arena, writer_text(&w));
}

/* The folds taken out. */
static const char *unfolded(const char *text)
{
	struct writer out;

	writer_init(&out, arena);
	for (; *text; text++) {
		if (!strncmp(text, "\r\n ", 3))
			text += 2;
		else
			writer_char(&out, *text);
	}
	return text_cstr(arena, writer_text(&out));
}

static void an_event_is_written_whole_and_in_order(void **state)
{
	(void)state;
	assert_string_equal(written(), "BEGIN:VCALENDAR\r\n"
				       "VERSION:2.0\r\n"
				       "PRODID:-//Concordat//Care fee agreements//EN\r\n"
				       "CALSCALE:GREGORIAN\r\n"
				       "METHOD:PUBLISH\r\n"
				       "NAME:Concordat: all placements\r\n"
				       "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"
				       "URL:https://fees.example\r\n"
				       "BEGIN:VEVENT\r\n"
				       "UID:0190b0c8-7a00-7000-8000-000000000001.12.1\r\n"
				       "SEQUENCE:2\r\n"
				       "DTSTAMP:20260413T090000Z\r\n"
				       "LAST-MODIFIED:20260413T090000Z\r\n"
				       "DTSTART;VALUE=DATE:20260818\r\n"
				       "DTEND;VALUE=DATE:20260819\r\n"
				       "STATUS:CONFIRMED\r\n"
				       "SUMMARY:PL-1000047-P: hold the three-month review\r\n"
				       "DESCRIPTION:By Tuesday 18 August 2026 at 17:00\r\n"
				       "CATEGORIES:Review\r\n"
				       "TRANSP:TRANSPARENT\r\n"
				       "ORGANIZER;CN=Concordat:https://fees.example\r\n"
				       "URL:https://fees.example/placements/PL-1000047-P\r\n"
				       "END:VEVENT\r\n"
				       "END:VCALENDAR\r\n");
	assert_int_equal(ical_check(written()), 1);
}

static void what_is_due_at_an_instant_ends_at_it_in_utc(void **state)
{
	(void)state;
	event.at_us = london_instant(day_of(2026, 7, 1), 0, 10); /* 23:10 the day before, UTC */
	event.is_cancelled = true;
	assert_non_null(strstr(written(), "DTSTART:20260630T224000Z\r\nDTEND:20260630T231000Z\r\n"
					  "STATUS:CANCELLED\r\n"));
	assert_int_equal(ical_check(written()), 1);
}

static void a_day_ends_with_the_next_months_first_where_it_must(void **state)
{
	(void)state;
	event.day = day_of(2028, 2, 29);
	assert_non_null(strstr(written(), "DATE:20280229\r\nDTEND;VALUE=DATE:20280301\r\n"));
	event.day = day_of(2026, 12, 31);
	assert_non_null(strstr(written(), "DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"));
}

static void texts_are_escaped_and_hold_no_line_end_of_their_own(void **state)
{
	(void)state;
	event.description = TEXT("a;b,c\\d\r\ne\nf:g\"h\rEND:VEVENT\x01\x7f\ti");
	assert_non_null(
		strstr(written(),
		       "\r\nDESCRIPTION:a\\;b\\,c\\\\d\\ne\\nf:g\"hEND:VEVENT\ti\r\nCATEGORIES"));
	assert_int_equal(ical_check(written()), 1);
}

/* At every length around the limit, with characters of one to four bytes at every place. */
static void no_line_is_longer_than_75_octets_and_no_character_is_cut(void **state)
{
	static const char *const characters[] = {
		"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8f\xa0", ";", "\n"};
	static const char *const shown[] = {"x",   "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8f\xa0",
					    "\\;", "\\n"};

	(void)state;
	for (size_t c = 0; c < sizeof(characters) / sizeof(*characters); c++)
		for (int before = 50; before < 80; before++) {
			struct writer given, expected;
			const char *text;

			writer_init(&given, arena);
			writer_init(&expected, arena);
			for (int i = 0; i < before; i++) {
				writer_char(&given, 'a');
				writer_char(&expected, 'a');
			}
			for (int i = 0; i < 80; i++) {
				writer_puts(&given, characters[c]);
				writer_puts(&expected, shown[c]);
			}
			event.summary = writer_text(&given);
			text = written();
			assert_true(ical_lines_are_sound(text));
			for (const char *fold = text; (fold = strstr(fold, "\r\n ")); fold += 3)
				assert_true(((unsigned char)fold[3] & 0xc0) != 0x80);
			assert_non_null(strstr(
				unfolded(text),
				text_cstr(arena, text_printf(arena, "\r\nSUMMARY:%.*s\r\nDESCR",
							     TEXT_FMT(writer_text(&expected))))));
			assert_null(strstr(text, "\\\r\n"));
		}
	assert_int_equal(ical_check(written()), 1);
}

static void a_line_is_folded_only_where_it_must_be(void **state)
{
	(void)state;
	/* SUMMARY: is 8 octets */
	event.summary = text_printf(arena, "%067d", 0);
	assert_non_null(
		strstr(written(), text_cstr(arena, text_printf(arena, "SUMMARY:%067d\r\nD", 0))));
	event.summary = text_printf(arena, "%068d", 0);
	assert_non_null(strstr(
		written(), text_cstr(arena, text_printf(arena, "SUMMARY:%067d\r\n 0\r\nD", 0))));
	event.summary = text_printf(arena, "%0141d1", 0);
	assert_non_null(strstr(
		written(),
		text_cstr(arena, text_printf(arena, "SUMMARY:%067d\r\n %074d\r\n 1\r\nD", 0, 0))));
}

static void nothing_is_linked_to_that_is_no_plain_web_address(void **state)
{
	static const char *const addresses[] = {"", "/", "javascript:alert(1)",
						"https://fees.example/\r\nX-EVIL:1",
						"https://fees example"};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		calendar.public_url = text_of(addresses[i]);
		assert_null(strstr(written(), "URL:"));
		assert_null(strstr(written(), "ORGANIZER"));
		assert_null(strstr(written(), "EVIL"));
	}
}

static void a_calendar_with_nothing_in_it_is_one_too(void **state)
{
	(void)state;
	ical_begin(&w, &calendar);
	ical_end(&w);
	assert_int_equal(ical_check(text_cstr(arena, writer_text(&w))), 0);
}

static void what_is_unsound_is_noticed(void **state)
{
	const char *sound = written();
	const char *status = strstr(sound, "STATUS:CONFIRMED"), *stamp = strstr(sound, "DTSTAMP:");
	struct text head = {sound, (size_t)(status - sound)};

	(void)state;
	assert_int_equal(ical_check(text_cstr(arena, text_printf(arena, "%.*sSTATUS:PERHAPS%s",
								 TEXT_FMT(head), status + 16))),
			 -1);
	head.len = (size_t)(stamp - sound);
	assert_int_equal(ical_check(text_cstr(arena, text_printf(arena, "%.*s%s", TEXT_FMT(head),
								 strstr(stamp, "LAST-")))),
			 -1);
	assert_int_equal(ical_check("BEGIN:VCALENDAR\nEND:VCALENDAR\n"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_event_is_written_whole_and_in_order),
		TEST(what_is_due_at_an_instant_ends_at_it_in_utc),
		TEST(a_day_ends_with_the_next_months_first_where_it_must),
		TEST(texts_are_escaped_and_hold_no_line_end_of_their_own),
		TEST(no_line_is_longer_than_75_octets_and_no_character_is_cut),
		TEST(a_line_is_folded_only_where_it_must_be),
		TEST(nothing_is_linked_to_that_is_no_plain_web_address),
		TEST(a_calendar_with_nothing_in_it_is_one_too),
		TEST(what_is_unsound_is_noticed),
	};

	return cmocka_run_group_tests_name("ical", tests, NULL, NULL);
}
