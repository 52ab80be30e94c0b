/*
 * test_due_laws.c - what holds of every clock, over random schedules.
 *
 * The seed is fixed, so a failure comes back; each names its case. Instants often
 * fall exactly on a tick, where the edges of a pause decide.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/core/calendar.h"

#define CASES 200000
#define SEED UINT64_C(0x5eed2026)
#define PAUSES_MOST 4
#define EXPLAIN_EVERY 64

/* Months and days of a made-up year's holidays. */
static const int32_t holiday_dates[][2] = {{1, 1},  {3, 29}, {4, 1},   {5, 6},
					   {5, 27}, {8, 26}, {12, 25}, {12, 26}};
#define HOLIDAYS_A_YEAR (sizeof(holiday_dates) / sizeof(holiday_dates[0]))
#define HOLIDAYS (HOLIDAYS_A_YEAR * 5)

struct schedule {
	struct rule rule;
	int64_t anchor_us;
	struct pause pauses[PAUSES_MOST + 1];
	size_t pause_count;
};

static struct holiday holidays[HOLIDAYS];
static struct calendar calendar;
static uint64_t random_state;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static int32_t random_below(int32_t most)
{
	return (int32_t)(random_next() % (uint64_t)most);
}

/* One in three exactly at 17:00, else at some second of the day. */
static int64_t random_instant(int32_t first_day, int32_t days)
{
	int32_t day = first_day + random_below(days);

	if (random_below(3) == 0)
		return london_instant(day, 17, 0);
	return day * US_PER_DAY + random_below(86400) * US_PER_SECOND;
}

static struct pause random_pause(int32_t around_day)
{
	int64_t a = random_instant(around_day - 3, 40), b = random_instant(around_day - 3, 40);

	if (random_below(12) == 0)
		return (struct pause){a, NEVER_US};
	return a < b ? (struct pause){a, b} : (struct pause){b, a};
}

static struct schedule random_schedule(void)
{
	static const int32_t most[UNIT_COUNT] = {200, 25, 60, 14, 7};
	struct schedule s = {.anchor_us = random_instant(calendar.first_day,
							 calendar.last_day - calendar.first_day)};

	s.rule.unit = (enum unit)random_below(UNIT_COUNT);
	s.rule.count = 1 + random_below(most[s.rule.unit]);
	s.rule.roll = (enum roll)random_below(ROLL_COUNT);
	s.pause_count = (size_t)random_below(PAUSES_MOST);
	for (size_t i = 0; i < s.pause_count; i++)
		s.pauses[i] = random_pause(london_day(s.anchor_us));
	return s;
}

static struct due derive_in(const struct calendar *c, const struct schedule *s)
{
	return due_derive(c, s->rule, s->anchor_us, s->pauses, s->pause_count);
}

static struct due derive(const struct schedule *s)
{
	return derive_in(&calendar, s);
}

static bool same_due(struct due a, struct due b)
{
	return a.state == b.state && a.at_us == b.at_us && a.nominal_day == b.nominal_day &&
	       a.due_day == b.due_day && a.provisional == b.provisional &&
	       a.ticks_before_pause == b.ticks_before_pause;
}

static void each_case(bool (*law)(const struct schedule *s, struct due due))
{
	random_state = SEED;
	for (int i = 0; i < CASES; i++) {
		struct schedule s = random_schedule();

		if (!law(&s, derive(&s)))
			fail_msg("case %d: unit %d count %d roll %d anchor %lld, %zu pauses", i,
				 (int)s.rule.unit, s.rule.count, (int)s.rule.roll,
				 (long long)s.anchor_us, s.pause_count);
	}
}

static bool is_later(const struct schedule *s, struct due due)
{
	if (due.at_us <= s->anchor_us)
		return false;
	return due.state != DUE_SET || s->rule.unit != UNIT_WORKING_DAYS ||
	       calendar_is_working(&calendar, due.due_day);
}

static void a_clock_is_due_after_its_anchor_and_on_a_day_that_works(void **state)
{
	(void)state;
	each_case(is_later);
}

static bool split_is_same(const struct schedule *s, struct due due)
{
	struct schedule split = *s;
	size_t which;
	int64_t middle;

	if (!s->pause_count)
		return true;
	which = (size_t)random_below((int32_t)s->pause_count);
	middle = s->pauses[which].to_us == NEVER_US
			 ? s->pauses[which].from_us + random_below(400) * US_PER_HOUR
			 : s->pauses[which].from_us +
				   (s->pauses[which].to_us - s->pauses[which].from_us) / 2;
	if (random_below(2))
		middle = london_instant(london_day(middle), 17, 0);
	if (middle <= s->pauses[which].from_us || middle >= s->pauses[which].to_us)
		return true;
	split.pauses[which].to_us = middle;
	split.pauses[split.pause_count++] = (struct pause){middle, s->pauses[which].to_us};
	return same_due(derive(&split), due);
}

static void a_split_pause_equals_a_merged_one(void **state)
{
	(void)state;
	each_case(split_is_same);
}

static bool empty_is_nothing(const struct schedule *s, struct due due)
{
	struct schedule with = *s;
	int64_t at = random_instant(london_day(s->anchor_us) - 2, 60);

	with.pauses[with.pause_count++] = (struct pause){at, at};
	return same_due(derive(&with), due);
}

static void a_pause_of_no_length_changes_nothing(void **state)
{
	(void)state;
	each_case(empty_is_nothing);
}

static bool shuffled_is_same(const struct schedule *s, struct due due)
{
	struct schedule shuffled = *s;

	for (size_t i = shuffled.pause_count; i > 1; i--) {
		size_t j = (size_t)random_below((int32_t)i);
		struct pause kept = shuffled.pauses[i - 1];

		shuffled.pauses[i - 1] = shuffled.pauses[j];
		shuffled.pauses[j] = kept;
	}
	return same_due(derive(&shuffled), due);
}

static void pauses_commute(void **state)
{
	(void)state;
	each_case(shuffled_is_same);
}

static bool longer_is_later(const struct schedule *s, struct due due)
{
	struct schedule with = *s;

	with.pauses[with.pause_count++] = random_pause(london_day(s->anchor_us));
	return derive(&with).at_us >= due.at_us;
}

static void one_more_pause_never_brings_a_date_forward(void **state)
{
	(void)state;
	each_case(longer_is_later);
}

/* A review that rolls back moves the other way, and its nominal day not at all. */
static bool holiday_is_later(const struct schedule *s, struct due due)
{
	struct holiday more[HOLIDAYS + 1];
	struct calendar with = calendar;
	int32_t day = london_day(s->anchor_us) + random_below(60);
	struct due later;
	size_t count = 0;

	if (day < calendar.first_day || day > calendar.last_day)
		return true;
	while (count < HOLIDAYS && holidays[count].day < day)
		count++;
	memcpy(more, holidays, count * sizeof(*more));
	more[count] = (struct holiday){day, TEXT("Closed")};
	memcpy(more + count + 1, holidays + count, (HOLIDAYS - count) * sizeof(*more));
	with.holidays = more;
	with.holiday_count = HOLIDAYS + 1;
	later = derive_in(&with, s);
	switch (s->rule.unit) {
	case UNIT_HOURS:
		return same_due(later, due);
	case UNIT_WORKING_DAYS:
	case UNIT_WEEKDAY:
		return later.at_us >= due.at_us;
	case UNIT_DAYS:
	case UNIT_MONTHS:
		break;
	}
	return later.nominal_day == due.nominal_day &&
	       (s->rule.roll == ROLL_BACK || later.at_us >= due.at_us);
}

static void a_holiday_added_never_brings_a_date_forward(void **state)
{
	(void)state;
	each_case(holiday_is_later);
}

static void an_explanation_ends_at_the_date_it_explains(void **state)
{
	(void)state;
	random_state = SEED;
	for (int i = 0; i < CASES / EXPLAIN_EVERY; i++) {
		struct schedule s = random_schedule();
		struct arena *arena = arena_new();
		struct due due = derive(&s);
		struct due_explanation e =
			due_explain(arena, &calendar, s.rule, s.anchor_us, s.pauses, s.pause_count);
		int32_t ticks = 0;

		assert_true(same_due(e.due, due));
		assert_true(e.step_count > 0 && e.sentence.len > 0);
		for (size_t row = 0; row < e.step_count; row++)
			ticks += e.steps[row].counts;
		if (due.state == DUE_SET)
			assert_int_equal(e.steps[e.step_count - 1].day, due.due_day);
		if (due.state == DUE_SET && s.rule.unit == UNIT_WORKING_DAYS &&
		    due.due_day - london_day(s.anchor_us) < 50)
			assert_int_equal(ticks, s.rule.count);
		arena_free(arena);
	}
}

static int make_calendar(void **state)
{
	size_t count = 0;

	(void)state;
	for (int32_t year = 2024; year <= 2028; year++)
		for (size_t i = 0; i < HOLIDAYS_A_YEAR; i++)
			holidays[count++] = (struct holiday){
				day_of(year, holiday_dates[i][0], holiday_dates[i][1]),
				TEXT("Holiday")};
	calendar = (struct calendar){.version = 1,
				     .first_day = day_of(2024, 1, 1),
				     .last_day = day_of(2028, 12, 31),
				     .holidays = holidays,
				     .holiday_count = HOLIDAYS};
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_is_due_after_its_anchor_and_on_a_day_that_works),
		cmocka_unit_test(a_split_pause_equals_a_merged_one),
		cmocka_unit_test(a_pause_of_no_length_changes_nothing),
		cmocka_unit_test(pauses_commute),
		cmocka_unit_test(one_more_pause_never_brings_a_date_forward),
		cmocka_unit_test(a_holiday_added_never_brings_a_date_forward),
		cmocka_unit_test(an_explanation_ends_at_the_date_it_explains),
	};

	return cmocka_run_group_tests_name("due_laws", tests, make_calendar, NULL);
}
