/*
 * calendar_change.c - what a newer version of a calendar changes, from one day to another.
 *
 * Two sorted lists of holidays are walked side by side. Only what can move a date counts: a Monday
 * to Friday that is a holiday in one and not in the other, else a day that only one of them covers.
 */
#include "concordat/core/calendar.h"

#define TITLE_MOST 80 /* bytes that are shown of a holiday's name */

struct side {
	const struct holiday *at, *end;
};

static struct side side_from(const struct calendar *calendar, int32_t day)
{
	struct side side = {calendar->holidays, calendar->holidays + calendar->holiday_count};

	while (side.at < side.end && side.at->day < day)
		side.at++;
	return side;
}

static void take(struct calendar_change *change, const struct calendar *of,
		 const struct holiday *holiday, enum day_change what, size_t *found)
{
	if (weekday_of(holiday->day) >= SATURDAY)
		return;
	if (!*found)
		*change = (struct calendar_change){
			.day = holiday->day,
			.what = what,
			.title = holiday->title,
			.is_closure = calendar_is_closure(of, holiday->day),
		};
	change->more = (*found)++;
}

static size_t holidays_changed(const struct calendar *older, const struct calendar *newer,
			       int32_t from_day, int32_t to_day, struct calendar_change *change)
{
	struct side was = side_from(older, from_day), is = side_from(newer, from_day);
	size_t found = 0;

	for (;;) {
		bool has_was = was.at < was.end && was.at->day <= to_day;
		bool has_is = is.at < is.end && is.at->day <= to_day;

		if (!has_was && !has_is)
			return found;
		if (has_was && has_is && was.at->day == is.at->day) {
			was.at++;
			is.at++;
		} else if (has_is && (!has_was || is.at->day < was.at->day)) {
			take(change, newer, is.at++, DAY_CLOSED, &found);
		} else {
			take(change, older, was.at++, DAY_OPENED, &found);
		}
	}
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static int32_t earlier(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* The first day of [from, to] that one covers and the other does not; NO_DAY: none. */
static int32_t covered_alone(const struct calendar *one, const struct calendar *other,
			     int32_t from_day, int32_t to_day)
{
	int32_t first = later(from_day, one->first_day), last = earlier(to_day, one->last_day);

	if (first > last)
		return NO_DAY;
	if (first < other->first_day || first > other->last_day)
		return first;
	return other->last_day < last ? other->last_day + 1 : NO_DAY;
}

static int32_t covered_by_one(const struct calendar *older, const struct calendar *newer,
			      int32_t from_day, int32_t to_day)
{
	int32_t gained = covered_alone(newer, older, from_day, to_day);
	int32_t lost = covered_alone(older, newer, from_day, to_day);

	if (gained == NO_DAY || lost == NO_DAY)
		return gained == NO_DAY ? lost : gained;
	return earlier(gained, lost);
}

bool calendar_changed_from(const struct calendar *older, const struct calendar *newer, int32_t *day)
{
	struct calendar_change change;
	bool holidays = holidays_changed(older, newer, INT32_MIN, INT32_MAX, &change) > 0;
	int32_t covered = covered_by_one(older, newer, INT32_MIN, INT32_MAX);

	if (holidays && covered != NO_DAY)
		*day = earlier(change.day, covered);
	else
		*day = holidays ? change.day : covered;
	return *day != NO_DAY;
}

bool calendar_changed(const struct calendar *older, const struct calendar *newer, int32_t from_day,
		      int32_t to_day, struct calendar_change *change)
{
	int32_t day = covered_by_one(older, newer, from_day, to_day);

	if (holidays_changed(older, newer, from_day, to_day, change))
		return true;
	*change = (struct calendar_change){.day = day, .what = DAY_COVERED};
	return day != NO_DAY;
}

static struct text title_of(const struct calendar_change *change)
{
	struct text title = change->title;

	if (title.len > TITLE_MOST) {
		title.len = TITLE_MOST;
		while (title.len && ((unsigned char)title.at[title.len] & 0xc0) == 0x80)
			title.len--; /* not within a character */
	}
	return title;
}

struct text calendar_change_words(struct arena *arena, const struct calendar *newer,
				  const struct calendar_change *change)
{
	const char *kind = change->is_closure ? "closure of the authority" : "holiday";
	struct writer w;

	writer_init(&w, arena);
	switch (change->what) {
	case DAY_CLOSED:
		writer_printf(&w, "%.*s is now a %s (%.*s)",
			      TEXT_FMT(day_words(arena, change->day)), kind,
			      TEXT_FMT(title_of(change)));
		break;
	case DAY_OPENED:
		writer_printf(&w, "%.*s is no longer a %s (%.*s)",
			      TEXT_FMT(day_words(arena, change->day)), kind,
			      TEXT_FMT(title_of(change)));
		break;
	case DAY_COVERED:
		writer_printf(&w, "The calendar now covers %.*s to %.*s",
			      TEXT_FMT(day_words(arena, newer->first_day)),
			      TEXT_FMT(day_words(arena, newer->last_day)));
		break;
	}
	if (change->more)
		writer_printf(&w, ", and %zu other day%s changed", change->more,
			      change->more == 1 ? "" : "s");
	return writer_text(&w);
}
