/*
 * due_walk.h - the one walk over a clock's days, for due.c and due_explain.c.
 *
 * Deriving a date and explaining it must never part company, so both take the
 * same steps: the explanation is the derivation with somebody watching.
 */
#ifndef CONCORDAT_CORE_DUE_WALK_H
#define CONCORDAT_CORE_DUE_WALK_H

#include "concordat/core/calendar.h"

enum fate {
	FATE_LATE,	  /* the anchor's own day, but after 17:00 */
	FATE_NOT_WORKING, /* before day 0 or after it */
	FATE_DAY_0,
	FATE_PAUSED,
	FATE_COUNTS,
	FATE_STOPPED, /* an open pause begins on this day */
	FATE_PAST_END /* behind the calendar's last day, or before its first */
};

struct walked {
	int32_t day;
	enum fate fate;
	int32_t ticks; /* counted so far */
};

/* Called for each day in order; may be NULL. */
typedef void on_walked(void *context, const struct walked *walked);

/* due_derive, watched. Only clocks of working days and of days are walked day by day. */
struct due due_walk(const struct calendar *calendar, struct rule rule, int64_t anchor_us,
		    const struct pause *pauses, size_t pause_count, on_walked *watch,
		    void *context);

/* A pause that covers no instant changes nothing. */
bool pause_is_empty(struct pause pause);
/* Where the pause that has no end begins, with those that run into it; NEVER_US when all end. */
int64_t pause_open_from(const struct pause *pauses, size_t count);

#endif
