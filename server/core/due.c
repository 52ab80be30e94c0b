/*
 * due.c - when a clock is due.
 *
 * One pure function of rule, anchor, calendar and pauses. Nothing is adjusted
 * after the fact: every change derives again from the anchor, which is why
 * pauses commute and split ones equal a merged one. The walk looks at a tick
 * alone and asks whether any pause covers it, so order and overlap cannot matter.
 */
#include <assert.h>

#include "due_walk.h"

#define TICK_HOUR 17
#define COUNT_MOST 1000
/* A pause that ends behind this never ends for us: 2200-01-01T00:00Z. */
#define PAUSE_END_MOST (INT64_C(84006) * US_PER_DAY)

const char *const unit_names[UNIT_COUNT + 1] = {"hours",  "working_days", "days",
						"months", "weekday",	  NULL};
const char *const roll_names[ROLL_COUNT + 1] = {"none", "forward", "back", NULL};

struct clock {
	const struct calendar *calendar;
	struct rule rule;
	int64_t anchor_us;
	const struct pause *pauses;
	size_t pause_count;
	on_walked *watch;
	void *context;
};

static int64_t tick_of(int32_t day)
{
	return london_instant(day, TICK_HOUR, 0);
}

static bool in_span(const struct calendar *calendar, int32_t day)
{
	return day >= calendar->first_day && day <= calendar->last_day;
}

static bool is_covered(const struct clock *c, int64_t tick_us)
{
	for (size_t i = 0; i < c->pause_count; i++)
		if (c->pauses[i].from_us < tick_us && tick_us <= c->pauses[i].to_us)
			return true;
	return false;
}

/* INT64_MIN when there is none: no tick is before it. */
static int64_t last_pause_from(const struct clock *c)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < c->pause_count; i++)
		if (!pause_is_empty(c->pauses[i]) && c->pauses[i].from_us > last)
			last = c->pauses[i].from_us;
	return last;
}

static void tell(const struct clock *c, int32_t day, enum fate fate, int32_t ticks)
{
	struct walked walked = {day, fate, ticks};

	if (c->watch)
		c->watch(c->context, &walked);
}

static struct due due_none(enum due_state state, int32_t ticks_before)
{
	return (struct due){.state = state,
			    .at_us = NEVER_US,
			    .nominal_day = NO_DAY,
			    .due_day = NO_DAY,
			    .ticks_before_pause = ticks_before};
}

/* The rolled day at 17:00. A roll back that would reach the anchor rolls forward instead: nobody
 * is late before the clock began. */
static struct due due_rolled(const struct clock *c, enum roll roll, int32_t nominal,
			     int32_t ticks_before)
{
	const struct calendar *calendar = c->calendar;
	int32_t day = nominal;

	switch (roll) {
	case ROLL_NONE:
		break;
	case ROLL_BACK:
		day = calendar_working_on_or_before(calendar, nominal);
		if (tick_of(day) > c->anchor_us)
			break;
		day = calendar_working_on_or_after(calendar, nominal);
		break;
	case ROLL_FORWARD:
		day = calendar_working_on_or_after(calendar, nominal);
		break;
	}
	return (struct due){.state = DUE_SET,
			    .at_us = tick_of(day),
			    .nominal_day = nominal,
			    .due_day = day,
			    .provisional = roll != ROLL_NONE &&
					   !(in_span(calendar, nominal) && in_span(calendar, day)),
			    .ticks_before_pause = ticks_before};
}

/* Day 0 of a clock of working days; NO_DAY when the calendar does not hold it. */
static int32_t find_day_0(const struct clock *c)
{
	int32_t day = london_day(c->anchor_us);

	if (in_span(c->calendar, day) && calendar_is_working(c->calendar, day) &&
	    c->anchor_us > tick_of(day))
		tell(c, day++, FATE_LATE, 0);
	for (; in_span(c->calendar, day); day++) {
		if (calendar_is_working(c->calendar, day))
			return day;
		tell(c, day, FATE_NOT_WORKING, 0);
	}
	tell(c, day, FATE_PAST_END, 0);
	return NO_DAY;
}

static struct due walk_ticks(const struct clock *c)
{
	bool working = c->rule.unit == UNIT_WORKING_DAYS;
	int32_t day = working ? find_day_0(c) : london_day(c->anchor_us);
	int64_t open_from = pause_open_from(c->pauses, c->pause_count);
	int64_t last_from = last_pause_from(c);
	int32_t ticks = 0, before = 0;

	if (day == NO_DAY)
		return due_none(DUE_UNCOUNTABLE, 0);
	tell(c, day, FATE_DAY_0, 0);
	while (ticks < c->rule.count) {
		int64_t tick_us = tick_of(++day);

		if (tick_us > open_from) {
			tell(c, london_day(open_from), FATE_STOPPED, ticks);
			return due_none(DUE_PAUSED, before);
		}
		if (working && !in_span(c->calendar, day)) {
			tell(c, day, FATE_PAST_END, ticks);
			return due_none(DUE_UNCOUNTABLE, before);
		}
		if (working && !calendar_is_working(c->calendar, day)) {
			tell(c, day, FATE_NOT_WORKING, ticks);
			continue;
		}
		if (is_covered(c, tick_us)) {
			tell(c, day, FATE_PAUSED, ticks);
			continue;
		}
		ticks++;
		if (tick_us <= last_from)
			before = ticks;
		tell(c, day, FATE_COUNTS, ticks);
	}
	return due_rolled(c, working ? ROLL_NONE : c->rule.roll, day, before);
}

/* The end of the pauses that hold the instant, one behind the other; the instant itself when none
 * does. */
static int64_t pauses_skip(const struct clock *c, int64_t at_us)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < c->pause_count; i++) {
			if (c->pauses[i].from_us <= at_us && at_us < c->pauses[i].to_us) {
				at_us = c->pauses[i].to_us;
				moved = true;
			}
		}
	}
	return at_us;
}

static int64_t next_pause_from(const struct clock *c, int64_t at_us)
{
	int64_t next = NEVER_US;

	for (size_t i = 0; i < c->pause_count; i++)
		if (!pause_is_empty(c->pauses[i]) && c->pauses[i].from_us > at_us &&
		    c->pauses[i].from_us < next)
			next = c->pauses[i].from_us;
	return next;
}

static struct due elapse_hours(const struct clock *c)
{
	int64_t open_from = pause_open_from(c->pauses, c->pause_count);
	int64_t last_from = last_pause_from(c);
	int64_t left = c->rule.count * US_PER_HOUR, at = c->anchor_us, before = 0;
	int32_t day;

	while (true) {
		int64_t run, next;

		at = pauses_skip(c, at);
		if (at >= open_from)
			return due_none(DUE_PAUSED, (int32_t)(before / US_PER_HOUR));
		next = next_pause_from(c, at);
		run = next != NEVER_US && next - at < left ? next - at : left;
		left -= run;
		at += run;
		if (at <= last_from)
			before += run;
		if (left == 0)
			break;
	}
	day = london_day(at);
	return (struct due){.state = DUE_SET,
			    .at_us = at,
			    .nominal_day = day,
			    .due_day = day,
			    .ticks_before_pause = (int32_t)(before / US_PER_HOUR)};
}

bool pause_is_empty(struct pause pause)
{
	return pause.to_us <= pause.from_us;
}

int64_t pause_open_from(const struct pause *pauses, size_t count)
{
	int64_t from = NEVER_US;
	bool moved = true;

	for (size_t i = 0; i < count; i++)
		if (pauses[i].to_us >= PAUSE_END_MOST && pauses[i].from_us < from)
			from = pauses[i].from_us;
	/* A pause that runs into the open one is part of it. */
	while (moved && from != NEVER_US) {
		moved = false;
		for (size_t i = 0; i < count; i++) {
			if (pauses[i].from_us < from && pauses[i].to_us >= from) {
				from = pauses[i].from_us;
				moved = true;
			}
		}
	}
	return from;
}

struct due due_walk(const struct calendar *calendar, struct rule rule, int64_t anchor_us,
		    const struct pause *pauses, size_t pause_count, on_walked *watch, void *context)
{
	struct clock c = {calendar, rule, anchor_us, pauses, pause_count, watch, context};
	int32_t day = london_day(anchor_us);

	assert(rule_is_sound(rule));
	switch (rule.unit) {
	case UNIT_HOURS:
		return elapse_hours(&c);
	case UNIT_WORKING_DAYS:
	case UNIT_DAYS:
		return walk_ticks(&c);
	case UNIT_MONTHS:
		return due_rolled(&c, rule.roll, day_add_months(day, rule.count), 0);
	case UNIT_WEEKDAY:
		break;
	}
	do
		day++;
	while ((int32_t)weekday_of(day) != rule.count);
	return due_rolled(&c, ROLL_FORWARD, day, 0);
}

struct due due_derive(const struct calendar *calendar, struct rule rule, int64_t anchor_us,
		      const struct pause *pauses, size_t pause_count)
{
	return due_walk(calendar, rule, anchor_us, pauses, pause_count, NULL, NULL);
}

bool rule_is_sound(struct rule rule)
{
	int32_t most = rule.unit == UNIT_WEEKDAY ? SUNDAY : COUNT_MOST;

	return (unsigned)rule.unit < UNIT_COUNT && (unsigned)rule.roll < ROLL_COUNT &&
	       rule.count >= 1 && rule.count <= most;
}
