/*
 * closures.c - the days on which an authority itself is closed, over its division's bank holidays.
 *
 * A list is given whole and takes the place of the one before, so what may change is the future
 * only: a day that is past was counted, and stays as it was.
 */
#include "concordat/core/calendar.h"
#include "concordat/core/schema.h"

static bool refuse(struct arena *arena, size_t row, struct text sentence, struct flaw *flaw)
{
	*flaw = (struct flaw){text_printf(arena, "/closures/%zu/date", row), sentence};
	return false;
}

static const struct holiday *find(const struct closures *closures, int32_t day)
{
	for (size_t i = 0; closures && i < closures->count; i++)
		if (closures->days[i].day == day)
			return &closures->days[i];
	return NULL;
}

/* Into its place in what is sorted so far. */
static void insert(struct holiday *days, size_t *count, const struct holiday *added)
{
	size_t at = (*count)++;

	for (; at && days[at - 1].day > added->day; at--)
		days[at] = days[at - 1];
	days[at] = *added;
}

bool closures_check(struct arena *arena, const struct closures *given, struct closures *sorted,
		    struct flaw *flaw)
{
	struct holiday *days = arena_array(arena, struct holiday, given->count);

	*sorted = (struct closures){.version = given->version, .days = days};
	for (size_t i = 0; i < given->count; i++) {
		int32_t day = given->days[i].day;

		if (find(sorted, day))
			return refuse(arena, i,
				      text_printf(arena, "%.*s stands twice. Name it once.",
						  TEXT_FMT(day_words(arena, day))),
				      flaw);
		if (weekday_of(day) >= SATURDAY)
			return refuse(
				arena, i,
				text_printf(arena,
					    "%.*s is no working day, so closing on it changes "
					    "nothing. Leave it out.",
					    TEXT_FMT(day_words(arena, day))),
				flaw);
		insert(days, &sorted->count, &given->days[i]);
	}
	return true;
}

static bool row_follows(struct arena *arena, const struct closures *given, size_t row,
			const struct closures *standing, const struct calendar *bank_holidays,
			int32_t today, struct flaw *flaw)
{
	const struct holiday *closure = &given->days[row];

	if (closure->day > bank_holidays->last_day)
		return refuse(
			arena, row,
			text_printf(arena,
				    "The bank holidays that are loaded end on %.*s. Name days "
				    "up to then.",
				    TEXT_FMT(day_words(arena, bank_holidays->last_day))),
			flaw);
	if (closure->day < today && !find(standing, closure->day))
		return refuse(
			arena, row,
			text_printf(arena,
				    "%.*s is past, and what was counted stands. Name days from "
				    "today on.",
				    TEXT_FMT(day_words(arena, closure->day))),
			flaw);
	return true;
}

bool closures_follow(struct arena *arena, const struct closures *given,
		     const struct closures *standing, const struct calendar *bank_holidays,
		     int32_t today, struct closures *next, struct flaw *flaw)
{
	size_t before = standing ? standing->count : 0;
	struct closures sorted;
	struct holiday *days;

	if (!closures_check(arena, given, &sorted, flaw))
		return false;
	for (size_t i = 0; i < given->count; i++)
		if (!row_follows(arena, given, i, standing, bank_holidays, today, flaw))
			return false;
	days = arena_array(arena, struct holiday, before + sorted.count);
	*next = (struct closures){.version = given->version, .days = days};
	for (size_t i = 0; i < before && standing->days[i].day < today; i++)
		days[next->count++] = standing->days[i];
	for (size_t i = 0; i < sorted.count; i++)
		if (sorted.days[i].day >= today)
			days[next->count++] = sorted.days[i];
	if (next->count <= CLOSURES_MOST)
		return true;
	*flaw = (struct flaw){TEXT("/closures"),
			      text_printf(arena,
					  "With the days that are past there would be more "
					  "than %d. Name fewer.",
					  CLOSURES_MOST)};
	return false;
}

bool calendar_is_closure(const struct calendar *calendar, int32_t day)
{
	return find(calendar->closures, day) && !calendar_holiday(calendar->bank_holidays, day);
}

const struct calendar *calendar_with_closures(struct arena *arena,
					      const struct calendar *bank_holidays,
					      const struct closures *closures, int32_t version)
{
	const struct holiday *one = bank_holidays->holidays, *other = closures->days;
	const struct holiday *one_end = one + bank_holidays->holiday_count;
	const struct holiday *other_end = other + closures->count;
	struct calendar *made = arena_make(arena, struct calendar);
	struct holiday *days =
		arena_array(arena, struct holiday, bank_holidays->holiday_count + closures->count);

	*made = *bank_holidays;
	made->version = version;
	made->bank_holidays = bank_holidays;
	made->closures = closures;
	made->holidays = days;
	made->holiday_count = 0;
	while (one < one_end || other < other_end) {
		bool both = one < one_end && other < other_end && one->day == other->day;
		bool first = other == other_end || (one < one_end && one->day <= other->day);

		days[made->holiday_count++] = first ? *one++ : *other++;
		other += both;
	}
	return made;
}
