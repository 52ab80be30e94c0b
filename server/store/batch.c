/*
 * batch.c - what a batch holds, and what is said of one that fails.
 */
#include "batch.h"

#include <string.h>

#include "concordat/base/report.h"

struct batch *batch_new(struct lane *lane)
{
	struct arena *arena = arena_new();
	struct batch *b = arena_make(arena, struct batch);

	b->arena = arena;
	b->lane = lane;
	return b;
}

bool batch_holds(const struct batch *b, const struct append *append)
{
	for (size_t i = 0; i < b->count; i++)
		if (uuid_eq(b->entries[i]->append->stream, append->stream) &&
		    uuid_eq(b->entries[i]->append->authority, append->authority))
			return true;
	return false;
}

bool batch_is_of(const struct batch *b, struct uuid authority)
{
	for (size_t i = 0; i < b->count; i++)
		if (uuid_eq(b->entries[i]->append->authority, authority))
			return true;
	return false;
}

bool batch_is_old(const struct batch *b, int64_t us)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->entries[i]->since_us >= us)
			return false;
	return true;
}

bool batch_is_late(const struct batch *b)
{
	const struct segment *s = &b->segment;

	return strcmp(s->sqlstate, "23505") == 0 && strcmp(s->constraint, "person_pkey") == 0;
}

void batch_report_fault(const struct batch *b)
{
	char stream[37];

	uuid_format(b->entries[0]->append->stream, stream);
	report(REPORT_ERROR, "store", "a move cannot be appended", "stream", stream, "kind",
	       text_cstr(b->arena, b->entries[0]->append->facts[0].kind), "sqlstate",
	       b->segment.sqlstate, "constraint",
	       b->segment.constraint[0] ? b->segment.constraint : NULL, NULL);
}
