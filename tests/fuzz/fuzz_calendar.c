/*
 * fuzz_calendar.c - a calendar's document, or an authority's closures: refused with a reason, or
 * one to count by.
 *
 * By a calendar that is taken a few due dates are derived, for the rule, the anchor and the pauses
 * that the bytes behind a NUL choose. A date must lie behind its anchor, be on a working day where
 * the clock says so, be explained as it is derived, and never come earlier for a longer pause.
 */
#include <stdlib.h>
#include <string.h>

#include "concordat/core/calendar.h"
#include "concordat/wire/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PAUSES_MOST 3
#define CLOSED_MOST 5

/* Numbers out of the bytes at the end; zeros when they are used up. */
struct chooser {
	const uint8_t *at;
	size_t left;
};

static struct arena *arena;

static void check(bool held)
{
	if (!held)
		abort();
}

static uint32_t choose(struct chooser *chooser, uint32_t below)
{
	uint32_t n = 0;

	for (int i = 0; i < 3 && chooser->left > 0; i++, chooser->left--)
		n = n << 8 | *chooser->at++;
	return n % below;
}

/* From a week before the span to a week behind it, at any minute. */
static int64_t choose_instant(struct chooser *chooser, const struct calendar *calendar)
{
	uint32_t span = (uint32_t)(calendar->last_day - calendar->first_day) + 15;
	int32_t day = calendar->first_day - 7 + (int32_t)choose(chooser, span);
	uint32_t minute = choose(chooser, 24 * 60);

	return london_instant(day, (int32_t)minute / 60, (int32_t)minute % 60);
}

static struct rule choose_rule(struct chooser *chooser)
{
	struct rule rule = {.unit = (enum unit)choose(chooser, UNIT_COUNT)};

	rule.count = 1 + (int32_t)choose(chooser, rule.unit == UNIT_WEEKDAY ? 7 : 1000);
	if (rule.unit == UNIT_DAYS || rule.unit == UNIT_MONTHS)
		rule.roll = (enum roll)choose(chooser, ROLL_COUNT);
	return rule;
}

static bool same_due(const struct due *a, const struct due *b)
{
	return a->state == b->state && a->at_us == b->at_us && a->nominal_day == b->nominal_day &&
	       a->due_day == b->due_day && a->provisional == b->provisional;
}

static struct due check_due(const struct calendar *calendar, struct rule rule, int64_t anchor_us,
			    const struct pause *pauses, size_t count)
{
	struct due due = due_derive(calendar, rule, anchor_us, pauses, count);
	struct due_explanation explained =
		due_explain(arena, calendar, rule, anchor_us, pauses, count);

	check(same_due(&due, &explained.due));
	check(explained.sentence.len > 0 && text_is_utf8(explained.sentence));
	for (size_t i = 0; i < explained.step_count; i++)
		check(explained.steps[i].why.len > 0);
	if (due.state != DUE_SET) {
		check(due.at_us == NEVER_US && due.due_day == NO_DAY);
		return due;
	}
	check(due.at_us > anchor_us && due.due_day == london_day(due.at_us));
	if (rule.unit == UNIT_WORKING_DAYS || rule.unit == UNIT_WEEKDAY || rule.roll != ROLL_NONE)
		check(calendar_is_working(calendar, due.due_day));
	return due;
}

static void check_pauses(const struct calendar *calendar, struct chooser *chooser, struct rule rule,
			 int64_t anchor_us)
{
	struct pause pauses[PAUSES_MOST];
	struct due plain = check_due(calendar, rule, anchor_us, NULL, 0), paused;
	size_t count = choose(chooser, PAUSES_MOST + 1);

	for (size_t i = 0; i < count; i++) {
		pauses[i].from_us = anchor_us + (int64_t)choose(chooser, 400) * US_PER_HOUR;
		pauses[i].to_us = pauses[i].from_us + (int64_t)choose(chooser, 400) * US_PER_HOUR;
	}
	paused = check_due(calendar, rule, anchor_us, pauses, count);
	check(paused.state != DUE_PAUSED);
	if (plain.state == DUE_SET && paused.state == DUE_SET)
		check(paused.at_us >= plain.at_us);
	if (count > 0) {
		pauses[count - 1].to_us = NEVER_US;
		(void)check_due(calendar, rule, anchor_us, pauses, count);
	}
}

static void check_days(const struct calendar *calendar, int32_t day)
{
	int32_t next = calendar_working_on_or_after(calendar, day);
	int32_t before = calendar_working_on_or_before(calendar, day);

	check(before <= day && day <= next);
	check(calendar_is_working(calendar, before) && calendar_is_working(calendar, next));
	check(calendar_is_working(calendar, day) == (before == day && next == day));
	check(calendar_add_working(calendar, calendar_add_working(calendar, next, 9), -9) == next);
}

/* The same with some days closed: no date comes earlier by it, but one that rolls back. */
static void check_closures(const struct calendar *calendar, struct chooser *chooser,
			   struct rule rule, int64_t anchor_us)
{
	struct due plain = check_due(calendar, rule, anchor_us, NULL, 0), closed;
	struct closures given = {.version = 1}, sorted;
	struct holiday days[CLOSED_MOST];
	const struct calendar *own;
	struct flaw flaw;

	given.days = days;
	for (given.count = choose(chooser, CLOSED_MOST + 1); given.count; given.count--) {
		for (size_t i = 0; i < given.count; i++)
			days[i] = (struct holiday){london_day(anchor_us) +
							   (int32_t)choose(chooser, 60),
						   TEXT("Closed")};
		if (closures_check(arena, &given, &sorted, &flaw))
			break;
		check(flaw.sentence.len > 0);
	}
	if (!given.count)
		return;
	own = calendar_with_closures(arena, calendar, &sorted, 2);
	for (size_t i = 0; i < given.count; i++)
		check(!calendar_is_working(own, days[i].day));
	closed = check_due(own, rule, anchor_us, NULL, 0);
	if (plain.state == DUE_SET && closed.state == DUE_SET && rule.roll != ROLL_BACK)
		check(closed.at_us >= plain.at_us);
}

static void check_closures_read(struct text json)
{
	struct text why = TEXT_NONE;
	const struct closures *closures = closures_decode(arena, json, &why);

	check(closures || (why.len > 0 && text_is_utf8(why)));
	for (size_t i = 1; closures && i < closures->count; i++)
		check(closures->days[i - 1].day < closures->days[i].day);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t length = nul ? (size_t)(nul - data) : size;
	struct text json = {(const char *)data, length}, why = TEXT_NONE;
	struct chooser chooser = {data + length, size - length};
	const struct calendar *calendar;

	arena = arena_new();
	calendar = calendar_decode(arena, json, &why);
	if (calendar) {
		for (int i = 0; i < 4; i++) {
			struct rule rule = choose_rule(&chooser);
			int64_t anchor_us = choose_instant(&chooser, calendar);

			check_pauses(calendar, &chooser, rule, anchor_us);
			check_closures(calendar, &chooser, rule, anchor_us);
			check_days(calendar, london_day(anchor_us));
		}
	} else {
		check(why.len > 0 && text_is_utf8(why));
		check_closures_read(json);
	}
	arena_free(arena);
	return 0;
}
