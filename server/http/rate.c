/*
 * rate.c - a window of one second per organisation, in a table of fixed size.
 *
 * Two organisations that share a slot take turns in it: a limit may then be counted too kindly,
 * never too harshly.
 */
#include "rate.h"

#include <string.h>
#include <time.h>

#define SLOTS 1024

struct slot {
	struct uuid organisation;
	int64_t second, count;
};

struct rate {
	int64_t per_second;
	struct slot slots[SLOTS];
};

struct rate *rate_new(struct arena *arena, int64_t per_second)
{
	struct rate *rate = arena_make(arena, struct rate);

	rate->per_second = per_second;
	return rate;
}

bool rate_allows(struct rate *rate, struct uuid organisation)
{
	struct timespec now;
	struct slot *slot;
	uint16_t hash;

	if (!rate->per_second)
		return true;
	/* the last bytes of an id are its random ones */
	memcpy(&hash, organisation.bytes + 14, sizeof(hash));
	slot = &rate->slots[hash % SLOTS];
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (slot->second != now.tv_sec || !uuid_eq(slot->organisation, organisation))
		*slot = (struct slot){organisation, now.tv_sec, 0};
	return slot->count++ < rate->per_second;
}
