/*
 * stuck.c - entries that cannot be read, an authority each, and for how long that has been so.
 *
 * In memory alone: whoever takes the telling over begins to wait anew.
 */
#include "stuck.h"

#include "concordat/base/report.h"

#define RETRY_US (10 * US_PER_SECOND)
#define PASS_US (600 * US_PER_SECOND)

static struct stuck *find(const struct stuck_list *list, struct uuid authority)
{
	for (size_t i = 0; i < list->count; i++)
		if (uuid_eq(list->items[i].authority, authority))
			return (struct stuck *)&list->items[i];
	return NULL;
}

bool stuck_waits(const struct stuck_list *list, struct uuid authority)
{
	const struct stuck *stuck = find(list, authority);

	return stuck && jobs_monotonic_us() < stuck->retry_us;
}

void stuck_over(struct stuck_list *list, struct uuid authority)
{
	struct stuck *stuck = find(list, authority);

	if (stuck)
		*stuck = list->items[--list->count];
}

bool stuck_at(struct stuck_list *list, struct uuid authority, struct uuid stream,
	      int64_t leaf_index)
{
	struct stuck *stuck = find(list, authority);
	int64_t now_us = jobs_monotonic_us();
	bool pass;
	char id[37];

	if (!stuck) {
		stuck = &list->items[list->count < STUCK_MOST ? list->count++ : 0];
		*stuck = (struct stuck){.authority = authority, .leaf_index = NO_INT};
	}
	if (stuck->leaf_index != leaf_index) {
		stuck->leaf_index = leaf_index;
		stuck->since_us = now_us;
	}
	stuck->retry_us = now_us + RETRY_US;
	pass = now_us - stuck->since_us > PASS_US;
	uuid_format(stream, id);
	report(REPORT_ERROR, "jobs",
	       pass ? "An entry cannot be read, and nobody is told of it"
		    : "An entry cannot be read; telling waits for it",
	       "placement", id, NULL);
	return pass;
}
