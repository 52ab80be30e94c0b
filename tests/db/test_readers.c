/*
 * test_readers.c - where a reader lives: when it is 09:00 there, and when their daily hour comes.
 */
#include "house.h"

static const char *utc(const char *reckoned)
{
	return sqlf("select to_char(%s at time zone 'UTC', 'YYYY-MM-DD HH24:MI')", reckoned);
}

static void nine_oclock_is_of_the_day_that_it_is_there(void **state)
{
	static const char *const mornings[][3] = {
		{"America/New_York", "2026-03-07", "2026-03-07 14:00"},
		{"America/New_York", "2026-03-08", "2026-03-08 13:00"}, /* forward that night */
		{"America/New_York", "2026-10-31", "2026-10-31 13:00"},
		{"America/New_York", "2026-11-01", "2026-11-01 14:00"}, /* and back */
		{"Europe/London", "2026-03-28", "2026-03-28 09:00"},
		{"Europe/London", "2026-03-29", "2026-03-29 08:00"},
		{"Europe/London", "2026-10-25", "2026-10-25 09:00"},
		{"Pacific/Auckland", "2026-04-04", "2026-04-03 20:00"},
		{"Pacific/Auckland", "2026-04-05", "2026-04-04 21:00"},
		{"Pacific/Auckland", "2026-09-27", "2026-09-26 20:00"},
		{"Asia/Tokyo", "2026-03-29", "2026-03-29 00:00"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mornings) / sizeof(mornings[0]); i++)
		assert_string_equal(
			utc(text_cstr(house.arena, text_printf(house.arena, "morning('%s', '%s')",
							       mornings[i][1], mornings[i][0]))),
			mornings[i][2]);
}

static void an_hour_comes_once_a_day_also_when_clocks_change(void **state)
{
	static const struct {
		const char *zone;
		int hour;
		const char *after, *next;
	} hours[] = {
		{"Europe/London", 8, "2026-03-28 08:00", "2026-03-29 07:00"},
		{"Europe/London", 8, "2026-03-29 06:59", "2026-03-29 07:00"},
		{"Europe/London", 1, "2026-03-28 12:00", "2026-03-29 01:00"}, /* left out: 02:00 */
		{"Europe/London", 1, "2026-03-29 01:00", "2026-03-30 00:00"},
		{"Europe/London", 1, "2026-10-24 12:00",
		 "2026-10-25 01:00"}, /* twice: the second */
		{"Europe/London", 1, "2026-10-25 01:00", "2026-10-26 01:00"},
		{"America/New_York", 2, "2026-03-07 12:00", "2026-03-08 07:00"},
		{"America/New_York", 1, "2026-10-31 12:00", "2026-11-01 06:00"},
		{"America/New_York", 23, "2026-06-01 03:30", "2026-06-02 03:00"},
		{"Pacific/Auckland", 2, "2026-04-04 00:00", "2026-04-04 14:00"},
		{"Pacific/Auckland", 2, "2026-09-26 00:00", "2026-09-26 14:00"},
		{"Asia/Tokyo", 8, "2026-03-28 22:59", "2026-03-28 23:00"},
		{"Asia/Tokyo", 8, "2026-03-28 23:00", "2026-03-29 23:00"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++)
		assert_string_equal(
			utc(text_cstr(house.arena,
				      text_printf(house.arena, "next_hour('%s', %d, '%s+00')",
						  hours[i].zone, hours[i].hour, hours[i].after))),
			hours[i].next);
}

/* What the clock looks at is London's until somebody reads elsewhere. */
static void the_clock_looks_when_it_is_nine_for_the_first_reader(void **state)
{
	(void)state;
	assert_string_equal(utc("first_look('2026-04-14 09:00+01', '2026-04-01')"),
			    "2026-04-14 08:00");
	sqlf("insert into message_reader (organisation_id, time_zone) values ('%s', 'Asia/Tokyo'), "
	     "('%s', 'America/New_York')",
	     id_text(house.provider), id_text(house.authority));
	assert_string_equal(utc("first_look('2026-04-14 09:00+01', '2026-04-01')"),
			    "2026-04-14 00:00");
	assert_string_equal(utc("first_look('2026-04-14 09:00+01', '2026-04-14 00:00+00')"),
			    "2026-04-14 08:00");
	assert_string_equal(utc("first_look('2026-04-14 17:00+01', '2026-04-01')"),
			    "2026-04-14 16:00");
	assert_string_equal(utc("look_from('2026-04-14 00:00+00', 'Pacific/Auckland')"),
			    "2026-04-13 21:00");
	assert_string_equal(utc("look_from('2026-04-14 09:00+01', 'America/New_York')"),
			    "2026-04-14 08:00");
	assert_string_equal(sql("select first_look(null, now()) is null"), "t");
}

/* Names go when a machine's list of them is renewed. */
static void a_zone_that_is_known_no_more_is_londons(void **state)
{
	(void)state;
	sqlf("insert into message_reader (organisation_id, time_zone) values ('%s', "
	     "'Mars/Olympus')",
	     id_text(house.other_provider));
	assert_string_equal(utc("first_look('2026-04-14 09:00+01', '2026-04-14 00:00+00')"),
			    "2026-04-14 08:00");
	assert_string_equal(utc("look_from('2026-04-14 09:00+01', 'America/New_York')"),
			    "2026-04-14 08:00");
	assert_string_equal(sql("select zone_of('Mars/Olympus') || ' ' || zone_of('Asia/Tokyo')"),
			    "Europe/London Asia/Tokyo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nine_oclock_is_of_the_day_that_it_is_there),
		cmocka_unit_test(an_hour_comes_once_a_day_also_when_clocks_change),
		cmocka_unit_test(the_clock_looks_when_it_is_nine_for_the_first_reader),
		cmocka_unit_test(a_zone_that_is_known_no_more_is_londons),
	};

	return cmocka_run_group_tests_name("readers", tests, house_open, house_close);
}
