/*
 * versions.h - another version of the world's calendar, loaded in the middle of what is played.
 *
 * Each call makes the next version from the newest, and the world goes by it; the older ones stay
 * known. They live in the arena of what is played.
 */
#ifndef CONCORDAT_TESTS_VERSIONS_H
#define CONCORDAT_TESTS_VERSIONS_H

#include "world.h"

#define VERSIONS_MOST 8

static const struct calendar *versions[VERSIONS_MOST];

/* Its holidays have room for one more. */
HELPER struct calendar *next_version(struct holiday **list)
{
	struct calendar *next = arena_copy(arena, world.calendar, sizeof(*next));

	if (!world.calendar_count)
		versions[world.calendar_count++] = world.calendar;
	assert_true(world.calendar_count < VERSIONS_MOST);
	*list = arena_array(arena, struct holiday, next->holiday_count + 1);
	memcpy(*list, next->holidays, next->holiday_count * sizeof(**list));
	next->holidays = *list;
	next->version++;
	versions[world.calendar_count++] = next;
	world.calendars = versions;
	world.calendar = next;
	return next;
}

HELPER void calendar_adds(int32_t day, struct text title)
{
	struct holiday *list;
	struct calendar *next = next_version(&list);
	size_t place = next->holiday_count++;

	for (; place > 0 && list[place - 1].day > day; place--)
		list[place] = list[place - 1];
	list[place] = (struct holiday){day, title.len ? text_copy(arena, title) : TEXT("Closed")};
}

HELPER void calendar_loses(int32_t day)
{
	struct holiday *list;
	struct calendar *next = next_version(&list);
	size_t kept = 0;

	for (size_t i = 0; i < next->holiday_count; i++)
		if (list[i].day != day)
			list[kept++] = list[i];
	assert_int_equal(kept + 1, next->holiday_count);
	next->holiday_count = kept;
}

HELPER void calendar_reaches(int32_t last_day)
{
	struct holiday *list;

	next_version(&list)->last_day = last_day;
}

#endif
