/*
 * calendar.h - days, London time, and when a clock is due.
 *
 * An instant is int64_t microseconds since 1970-01-01T00:00Z (name ends in _us).
 * A civil day is int32_t days since 1970-01-01 (name ends in _day). London time
 * is computed by rule: BST from 01:00 UTC on the last Sunday of March to 01:00 UTC
 * on the last Sunday of October (the Summer Time Act 1972 as amended, in force
 * for every year this service handles).
 *
 * A working day belongs to a division's calendar plus an authority's closures
 * and ends at 17:00 London time; 17:00:00.000000 itself still belongs to it.
 *
 * A clock counts ticks. A clock of N working days ticks at 17:00 on each working
 * day after day 0 and is due at its N-th tick. Day 0 is the day it was started:
 * the anchor's London day, or the next working day when the anchor is after 17:00
 * or on a non-working day (working-day clocks only). Calendar-day clocks tick at
 * 17:00 every day after the anchor's London day. A tick that falls while the clock is
 * paused does not count (struct pause).
 * So due = f(rule, anchor, calendar, pauses), and split pauses equal a merged
 * one, pauses commute, and a holiday added never brings a date forward (save one
 * that rolls back: a review due on the new holiday is due the day before).
 */
#ifndef CONCORDAT_CORE_CALENDAR_H
#define CONCORDAT_CORE_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "concordat/base/text.h"

struct flaw;

#define CLOSURES_MOST 2000 /* in one list */

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_HOUR (INT64_C(3600) * US_PER_SECOND)
#define US_PER_DAY (INT64_C(24) * US_PER_HOUR)
#define NEVER_US INT64_MAX
#define NO_DAY INT32_MIN

struct civil {
	int32_t year;
	int32_t month; /* 1-12 */
	int32_t day;   /* 1-31 */
};

enum weekday { MONDAY = 1, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

int32_t day_of(int32_t year, int32_t month, int32_t day);
struct civil civil_of(int32_t day);
enum weekday weekday_of(int32_t day);
/* n months on, clamped to the month's end: 30 Nov + 3 = 28 or 29 Feb. */
int32_t day_add_months(int32_t day, int32_t months);

/* The London civil day that holds the instant, and an instant from a London wall time.
 * A wall time skipped in March counts forward by the gap; one doubled in October is the second
 * (GMT). */
int32_t london_day(int64_t at_us);
int64_t london_instant(int32_t day, int32_t hour, int32_t minute);
bool london_is_summer(int64_t at_us);

/* RFC 3339. Output in UTC with 'Z', microseconds only when not zero. Input with any offset; a civil
 * date alone and a leap second are refused, what is finer than a microsecond is dropped. Years
 * 1900-2199. */
void instant_write(struct writer *w, int64_t at_us);
struct text instant_text(struct arena *arena, int64_t at_us);
bool instant_parse(struct text t, int64_t *at_us);
/* "2026-04-13" */
void day_write(struct writer *w, int32_t day);
struct text day_text(struct arena *arena, int32_t day);
bool day_parse(struct text t, int32_t *day);
/* For people: "Monday 13 April 2026", "Monday 13 April 2026 at 17:00" (London). */
struct text day_words(struct arena *arena, int32_t day);
struct text instant_words(struct arena *arena, int64_t at_us);

enum division { DIVISION_ENGLAND_AND_WALES, DIVISION_SCOTLAND, DIVISION_NORTHERN_IRELAND };
#define DIVISION_COUNT 3
extern const char *const division_names[DIVISION_COUNT + 1]; /* "england-and-wales", ... */

struct holiday {
	int32_t day;
	struct text title;
};

/* Days on which an authority itself is closed, beside its division's bank holidays. */
struct closures {
	int32_t version;
	const struct holiday *days; /* sorted by day */
	size_t count;
};

/* A division's bank holidays; or an authority's own calendar, which is those of one version with
 * its closures of one version merged in (calendar_with_closures). */
struct calendar {
	enum division division;
	int32_t version;		/* the division's, or the authority's own number for it */
	int32_t first_day, last_day;	/* loaded span, whole years: 1 Jan to 31 Dec */
	const struct holiday *holidays; /* sorted by day, authority closures merged in */
	size_t holiday_count;
	/* What an authority's own is made of; both NULL for a division's. */
	const struct calendar *bank_holidays;
	const struct closures *closures;
};

/* NULL when the day is not a holiday. */
const struct holiday *calendar_holiday(const struct calendar *calendar, int32_t day);
/* Monday to Friday and no holiday. Days outside the loaded span: by weekday alone (see
 * due.provisional). */
bool calendar_is_working(const struct calendar *calendar, int32_t day);
int32_t calendar_working_on_or_after(const struct calendar *calendar, int32_t day);
int32_t calendar_working_on_or_before(const struct calendar *calendar, int32_t day);
/* n working days before (n < 0) or after day; day itself when n is 0. */
int32_t calendar_add_working(const struct calendar *calendar, int32_t day, int32_t n);

/* ---- an authority's own closures (closures.c) ---- */

/* A list as it was given, in any order: sorted, when no day stands in it twice and each is a Monday
 * to Friday. Else false, and *flaw names the row ("/closures/2/date") and what to do. A bank
 * holiday is let pass: a newer calendar may move it. */
bool closures_check(struct arena *arena, const struct closures *given, struct closures *sorted,
		    struct flaw *flaw) __attribute__((warn_unused_result));
/* The list that takes the place of the standing one (NULL: there is none yet), as it is given
 * today. What is past was counted and stands: those days are kept whether they are given again or
 * not, and another is refused; so is one behind the end of the bank holidays. */
bool closures_follow(struct arena *arena, const struct closures *given,
		     const struct closures *standing, const struct calendar *bank_holidays,
		     int32_t today, struct closures *next, struct flaw *flaw)
	__attribute__((warn_unused_result));
/* The authority's own calendar, under its own number. A day that is both a bank holiday and a
 * closure goes by the bank holiday's name. It points into what it is made of. */
const struct calendar *calendar_with_closures(struct arena *arena,
					      const struct calendar *bank_holidays,
					      const struct closures *closures, int32_t version);
/* Whether the day is closed by the authority and would be none of its division's holidays. */
bool calendar_is_closure(const struct calendar *calendar, int32_t day);

/* ---- what a newer version changes (calendar_change.c) ---- */

enum day_change {
	DAY_CLOSED, /* a Monday to Friday that is a holiday now */
	DAY_OPENED, /* one that was */
	DAY_COVERED /* no holiday changed, but the day's being inside the loaded span */
};

struct calendar_change {
	int32_t day; /* the first */
	enum day_change what;
	struct text title; /* the holiday's; TEXT_NONE for DAY_COVERED */
	bool is_closure;   /* the authority's own, not its division's */
	size_t more;	   /* days that changed besides */
};

/* What differs from one day to another, both included; false when nothing does. A holiday at the
 * weekend, or by another name, is no difference. */
bool calendar_changed(const struct calendar *older, const struct calendar *newer, int32_t from_day,
		      int32_t to_day, struct calendar_change *change);
/* The first day in which they differ, in a holiday or in being covered. */
bool calendar_changed_from(const struct calendar *older, const struct calendar *newer,
			   int32_t *day);
/* "Wednesday 15 April 2026 is now a holiday (A day of thanks)"; at most 200 characters. */
struct text calendar_change_words(struct arena *arena, const struct calendar *newer,
				  const struct calendar_change *change);

enum unit {
	UNIT_HOURS, /* elapsed, every hour of every day */
	UNIT_WORKING_DAYS,
	UNIT_DAYS,   /* calendar days, at 17:00 */
	UNIT_MONTHS, /* clamped, at 17:00 */
	UNIT_WEEKDAY /* the next such weekday (count = 1 Monday ... 7 Sunday) after the anchor's day
		      * that is a working day, else the working day after it; at 17:00. A panel's
		      * next sitting. */
};
#define UNIT_COUNT 5
extern const char *const unit_names[UNIT_COUNT + 1]; /* "hours", "working_days", ... */

enum roll { ROLL_NONE, ROLL_FORWARD, ROLL_BACK };
#define ROLL_COUNT 3
extern const char *const roll_names[ROLL_COUNT + 1];

struct rule {
	enum unit unit;
	int32_t count;	/* at least 1, at most 1000 */
	enum roll roll; /* days and months: when the date is not a working day. A roll back that
			 * would reach the anchor rolls forward instead */
};
/* Unit and roll are known, count is within its limits (1 to 7 for a weekday). */
bool rule_is_sound(struct rule rule);

/* A tick at instant t does not count when from_us < t and t <= to_us: a pause begun after a day's
 * tick does not take it away, one that ends exactly at a tick has covered it. to_us = NEVER_US
 * while it lasts. Hours stop while paused. Months and weekdays are never paused. */
struct pause {
	int64_t from_us, to_us;
};

enum due_state {
	DUE_SET,	/* at_us is the instant */
	DUE_PAUSED,	/* open pause: no instant until it ends; at_us = NEVER_US */
	DUE_UNCOUNTABLE /* a working-day clock that runs past the calendar's last day, or starts
			 * before its first: refused; at_us = NEVER_US */
};

struct due {
	enum due_state state;
	int64_t at_us;
	int32_t nominal_day; /* before rolling; equals due_day for clocks that do not roll */
	int32_t due_day;     /* London day of at_us; both are NO_DAY unless DUE_SET */
	bool provisional;    /* rolled by weekdays alone, outside the calendar's span: will be
			      * derived again when it grows */
	int32_t ticks_before_pause; /* counted before the last pause (whole hours for hours); 0
				     * without one */
};

/* Pure. rule must be sound. pauses may overlap and be in any order; an empty one changes nothing.
 */
struct due due_derive(const struct calendar *calendar, struct rule rule, int64_t anchor_us,
		      const struct pause *pauses, size_t pause_count);

/* One row of the explanation: a day, whether it ticked, and why ("day 0", "counts as 3 of 5",
 * "Good Friday", "Saturday", "paused", "rolled back from Saturday 28 February 2026, due at 17:00").
 * Clocks of working days have a row a day up to 60 rows, clocks of days up to 16; past these, and
 * for the other units, only the rows that matter. A roll back comes last, though its day is
 * earlier. */
struct due_step {
	int32_t day;
	bool counts;
	struct text why;
};

struct due_explanation {
	struct due due;
	struct text sentence; /* the whole in one plain English sentence */
	struct due_step *steps;
	size_t step_count;
};

struct due_explanation due_explain(struct arena *arena, const struct calendar *calendar,
				   struct rule rule, int64_t anchor_us, const struct pause *pauses,
				   size_t pause_count);

/* "5 working days", "3 months", "24 hours", "next Wednesday": out and in. A roll stands behind:
 * "28 days, or the working day after", "3 months, or the working day before". In, in either case,
 * also "5 wd", "4 h", "8 weeks" (56 days), "1 year" (12 months). False when it is none of these. */
struct text rule_text(struct arena *arena, struct rule rule);
bool rule_parse(struct text t, struct rule *rule);

#endif
