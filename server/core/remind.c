/*
 * remind.c - when the clock must look at an obligation again, and what it then says.
 *
 * Reminders go at 09:00, so many days or working days before the due day; after a miss some go on
 * every so many days. It is London's 09:00 here; who lives elsewhere has theirs when it is 09:00
 * there (migrations/0026_readers.sql). Reminders are messages and not facts.
 */
#include "concordat/core/protocol.h"

#define REMIND_HOUR 9

static int64_t reminder_instant(const struct world *world, const struct obligation *o,
				const struct reminder *r)
{
	int32_t day =
		r->unit == UNIT_WORKING_DAYS
			? calendar_add_working(world->calendar, o->due_day, -(int32_t)r->before)
			: o->due_day - (int32_t)r->before;

	return london_instant(day, REMIND_HOUR, 0);
}

/* The k-th telling after a miss, k from 1. */
static int64_t repeat_instant(const struct obligation *o, int64_t repeat_days, int64_t k)
{
	return london_instant(o->due_day + (int32_t)(repeat_days * k), REMIND_HOUR, 0);
}

static bool repeats(const struct timescale *t, const struct obligation *o)
{
	return t->repeat_days != NO_INT && o->missed_at_us != NEVER_US;
}

/* How many tellings after a miss have come up to this instant. */
static int64_t repeats_upto(const struct timescale *t, const struct obligation *o, int64_t upto_us)
{
	int64_t k = (london_day(upto_us) - o->due_day) / t->repeat_days;

	if (k < 0)
		return 0;
	return repeat_instant(o, t->repeat_days, k) > upto_us ? k - 1 : k;
}

int64_t obligation_next_us(const struct world *world, const struct obligation *obligation,
			   int64_t after_us)
{
	const struct timescale *t = &world->protocol->timescales[obligation->duty];
	const struct reminder *reminders = t->reminders.items;
	int64_t next = NEVER_US, at;

	if (!obligation_is_open(obligation))
		return NEVER_US;
	if (repeats(t, obligation)) {
		at = repeats_upto(t, obligation, after_us);
		return repeat_instant(obligation, t->repeat_days, (at < 0 ? 0 : at) + 1);
	}
	if (obligation->missed_at_us != NEVER_US || obligation->due_at_us == NEVER_US)
		return NEVER_US;
	next = obligation->due_at_us + 1;
	for (size_t i = 0; obligation->rule.unit != UNIT_HOURS && i < t->reminders.count; i++) {
		at = reminder_instant(world, obligation, &reminders[i]);
		if (at > after_us && at > obligation->opened_at_us && at < next)
			next = at;
	}
	return next;
}

static struct text reminder_name(struct arena *arena, const struct reminder *r)
{
	return text_printf(arena, "%lld %s%s before", (long long)r->before,
			   r->unit == UNIT_WORKING_DAYS ? "working day" : "day",
			   r->before == 1 ? "" : "s");
}

bool obligation_reminder(struct arena *arena, const struct world *world,
			 const struct obligation *obligation, int64_t after_us, int64_t upto_us,
			 int64_t *at_us, struct text *name)
{
	const struct timescale *t = &world->protocol->timescales[obligation->duty];
	const struct reminder *reminders = t->reminders.items, *latest = NULL;
	int64_t at, k;

	if (!obligation_is_open(obligation))
		return false;
	if (repeats(t, obligation)) {
		k = repeats_upto(t, obligation, upto_us);
		if (k < 1 || repeat_instant(obligation, t->repeat_days, k) <= after_us)
			return false;
		*at_us = repeat_instant(obligation, t->repeat_days, k);
		*name = text_printf(arena, "%lld days late", (long long)(t->repeat_days * k));
		return true;
	}
	if (obligation->missed_at_us != NEVER_US || obligation->due_at_us == NEVER_US)
		return false;
	*at_us = after_us;
	for (size_t i = 0; obligation->rule.unit != UNIT_HOURS && i < t->reminders.count; i++) {
		at = reminder_instant(world, obligation, &reminders[i]);
		if (at <= *at_us || at > upto_us || at <= obligation->opened_at_us)
			continue;
		latest = &reminders[i];
		*at_us = at;
	}
	if (latest)
		*name = reminder_name(arena, latest);
	return latest != NULL;
}
