/*
 * clock_oracle.h - due dates worked out a second time, by walking days one by one.
 *
 * Slow and plain on purpose: a table of days made by counting from Sunday 1 January 2023, each with
 * its weekday, its midnight and its 17:00 in London, and loops over it. Nothing here calls what it
 * is held against; only the structs are the core's.
 */
#ifndef CONCORDAT_TESTS_CLOCK_ORACLE_H
#define CONCORDAT_TESTS_CLOCK_ORACLE_H

#include "concordat/core/calendar.h"

#define ORACLE_FIRST_DAY 19358 /* 1 January 2023, in days since 1970 */
#define ORACLE_DAYS (12 * 366)
#define ORACLE_CALENDARS 64 /* told apart by a number */
#define ORACLE_HOUR INT64_C(3600000000)
#define ORACLE_NEVER INT64_MAX

struct oracle_day {
	int year, month, day, weekday; /* 1 Monday .. 7 Sunday */
	int64_t midnight_us, tick_us;
};

struct oracle_due {
	enum due_state state;
	int64_t at_us;
	int32_t nominal_day, due_day;
	bool provisional;
};

static struct oracle_day oracle_days[ORACLE_DAYS];
static bool oracle_closed[ORACLE_CALENDARS][ORACLE_DAYS];
static int oracle_first[ORACLE_CALENDARS], oracle_last[ORACLE_CALENDARS]; /* of the loaded span */

static int oracle_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && year % 4 == 0) /* 2000 to 2099 */
		return 29;
	return days[month - 1];
}

/* Clocks go forward on the last Sunday of March and back on that of October, at 01:00 GMT. */
static void oracle_init(void)
{
	int year = 2023, month = 1, day = 1, weekday = 7;
	bool summer = false;

	for (int i = 0; i < ORACLE_DAYS; i++) {
		int64_t utc_midnight = (int64_t)(ORACLE_FIRST_DAY + i) * 24 * ORACLE_HOUR;
		bool last_sunday = weekday == 7 && day + 7 > oracle_month_days(year, month);

		oracle_days[i] = (struct oracle_day){
			.year = year, .month = month, .day = day, .weekday = weekday};
		oracle_days[i].midnight_us = utc_midnight - (summer ? ORACLE_HOUR : 0);
		if (last_sunday && month == 3)
			summer = true;
		if (last_sunday && month == 10)
			summer = false;
		oracle_days[i].tick_us =
			utc_midnight + 17 * ORACLE_HOUR - (summer ? ORACLE_HOUR : 0);
		weekday = weekday % 7 + 1;
		if (++day > oracle_month_days(year, month)) {
			day = 1;
			if (++month > 12) {
				month = 1;
				year++;
			}
		}
	}
}

static void oracle_calendar(int which, const struct calendar *calendar)
{
	oracle_first[which] = calendar->first_day - ORACLE_FIRST_DAY;
	oracle_last[which] = calendar->last_day - ORACLE_FIRST_DAY;
	for (size_t i = 0; i < calendar->holiday_count; i++)
		oracle_closed[which][calendar->holidays[i].day - ORACLE_FIRST_DAY] = true;
}

static int oracle_day_at(int64_t at_us)
{
	int i = (int)(at_us / (24 * ORACLE_HOUR)) - ORACLE_FIRST_DAY - 1;

	while (oracle_days[i + 1].midnight_us <= at_us)
		i++;
	return i;
}

static bool oracle_works(int which, int day)
{
	return oracle_days[day].weekday <= 5 && !oracle_closed[which][day];
}

static bool oracle_covered(int64_t tick_us, const struct pause *pauses, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (tick_us > pauses[i].from_us && tick_us <= pauses[i].to_us)
			return true;
	return false;
}

/* Whether from this instant on it is paused, one pause running into the next, without an end. */
static bool oracle_paused_for_good(int64_t at_us, const struct pause *pauses, size_t count)
{
	int64_t end = at_us, next;
	bool covered = false;

	for (size_t i = 0; i < count; i++) {
		if (at_us <= pauses[i].from_us || at_us > pauses[i].to_us)
			continue;
		covered = true;
		end = pauses[i].to_us > end ? pauses[i].to_us : end;
	}
	while (covered && end != ORACLE_NEVER) {
		next = end;
		for (size_t i = 0; i < count; i++)
			if (pauses[i].from_us <= end && pauses[i].to_us > next)
				next = pauses[i].to_us;
		if (next == end)
			return false;
		end = next;
	}
	return covered;
}

static struct oracle_due oracle_on(int which, enum roll roll, int nominal, int64_t anchor_us)
{
	int day = nominal;
	bool inside;

	if (roll == ROLL_BACK) {
		while (!oracle_works(which, day))
			day--;
		if (oracle_days[day].tick_us <= anchor_us) {
			day = nominal;
			roll = ROLL_FORWARD;
		}
	}
	if (roll == ROLL_FORWARD)
		while (!oracle_works(which, day))
			day++;
	inside = nominal >= oracle_first[which] && nominal <= oracle_last[which] &&
		 day >= oracle_first[which] && day <= oracle_last[which];
	return (struct oracle_due){DUE_SET, oracle_days[day].tick_us, nominal + ORACLE_FIRST_DAY,
				   day + ORACLE_FIRST_DAY, roll != ROLL_NONE && !inside};
}

static struct oracle_due oracle_ticks(int which, struct rule rule, int64_t anchor_us,
				      const struct pause *pauses, size_t count)
{
	const struct oracle_due none = {DUE_UNCOUNTABLE, ORACLE_NEVER, 0, 0, false};
	const struct oracle_due paused = {DUE_PAUSED, ORACLE_NEVER, 0, 0, false};
	bool working = rule.unit == UNIT_WORKING_DAYS;
	int day = oracle_day_at(anchor_us), counted = 0;

	if (working) {
		if (day < oracle_first[which] || day > oracle_last[which])
			return none;
		if (anchor_us > oracle_days[day].tick_us)
			day++;
		while (day <= oracle_last[which] && !oracle_works(which, day))
			day++;
		if (day > oracle_last[which])
			return none;
	}
	for (day++;; day++) {
		if (oracle_paused_for_good(oracle_days[day].tick_us, pauses, count))
			return paused;
		if (working && day > oracle_last[which])
			return none;
		if (working && !oracle_works(which, day))
			continue;
		if (oracle_covered(oracle_days[day].tick_us, pauses, count))
			continue;
		if (++counted == rule.count)
			return oracle_on(which, working ? ROLL_NONE : rule.roll, day, anchor_us);
	}
}

/* The next instant behind this one at which a pause begins or ends. */
static int64_t oracle_edge(int64_t at_us, const struct pause *pauses, size_t count)
{
	int64_t edge = ORACLE_NEVER;

	for (size_t i = 0; i < count; i++) {
		if (pauses[i].from_us > at_us && pauses[i].from_us < edge)
			edge = pauses[i].from_us;
		if (pauses[i].to_us > at_us && pauses[i].to_us < edge)
			edge = pauses[i].to_us;
	}
	return edge;
}

static struct oracle_due oracle_hours(struct rule rule, int64_t anchor_us,
				      const struct pause *pauses, size_t count)
{
	int64_t at_us = anchor_us, left = rule.count * ORACLE_HOUR;
	int32_t day;

	while (left) {
		int64_t edge = oracle_edge(at_us, pauses, count);
		bool stopped = false;

		for (size_t i = 0; i < count; i++)
			if (pauses[i].from_us <= at_us && at_us < pauses[i].to_us)
				stopped = true;
		if (stopped && edge == ORACLE_NEVER)
			return (struct oracle_due){DUE_PAUSED, ORACLE_NEVER, 0, 0, false};
		if (stopped) {
			at_us = edge;
		} else if (edge == ORACLE_NEVER || edge - at_us >= left) {
			at_us += left;
			left = 0;
		} else {
			left -= edge - at_us;
			at_us = edge;
		}
	}
	day = oracle_day_at(at_us) + ORACLE_FIRST_DAY;
	return (struct oracle_due){DUE_SET, at_us, day, day, false};
}

/* So many months on, a day at a time; the same day of the month or its last. */
static int oracle_months(int day, int months)
{
	int wanted = oracle_days[day].day, length;

	day -= wanted - 1;
	for (; months; months--)
		day += oracle_month_days(oracle_days[day].year, oracle_days[day].month);
	length = oracle_month_days(oracle_days[day].year, oracle_days[day].month);
	return day + (wanted < length ? wanted : length) - 1;
}

static struct oracle_due oracle_derive(int which, struct rule rule, int64_t anchor_us,
				       const struct pause *pauses, size_t count)
{
	int day = oracle_day_at(anchor_us);

	switch (rule.unit) {
	case UNIT_HOURS:
		return oracle_hours(rule, anchor_us, pauses, count);
	case UNIT_WORKING_DAYS:
	case UNIT_DAYS:
		return oracle_ticks(which, rule, anchor_us, pauses, count);
	case UNIT_MONTHS:
		return oracle_on(which, rule.roll, oracle_months(day, rule.count), anchor_us);
	case UNIT_WEEKDAY:
		break;
	}
	do
		day++;
	while (oracle_days[day].weekday != rule.count);
	return oracle_on(which, ROLL_FORWARD, day, anchor_us);
}

#endif
