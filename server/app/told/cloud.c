/*
 * cloud.c - what a party is told for programs, of one fact.
 */
#include "concordat/app/cloud.h"
#include "concordat/app/log.h"

static struct cloud_event begun(struct app *app, struct arena *arena, struct uuid authority,
				const char *kind, int64_t at_us, struct text traceparent)
{
	const struct log_head *head = log_head_of(app, authority);
	struct cloud_event event = {
		.public_url = text_of(app_config(app)->public_url),
		.kind = text_of(kind),
		.authority = authority,
		.at_us = at_us,
		.traceparent = text_copy(arena, traceparent),
	};

	if (head) {
		event.log_origin = text_copy(arena, head->origin);
		event.log_root = head->root;
		event.log_size = head->size;
	}
	return event;
}

bool cloud_event_of_fact(struct app *app, struct arena *arena, const struct placement *placement,
			 const struct fact *fact, const struct party *party,
			 struct text traceparent, struct cloud_event *out)
{
	if (!fact_told_to(fact, placement, party))
		return false;
	*out = begun(app, arena, placement->authority, fact_names[fact->kind], fact->recorded_at_us,
		     traceparent);
	out->placement = placement->id;
	out->reference = text_copy(arena, placement->opening->reference);
	out->entry = party_entry(placement, party, fact->seq);
	out->version = party_version_at(placement, party, fact->seq);
	return true;
}

/* By the record's own numbers, as both sides are shown it. */
bool cloud_event_of_home(struct app *app, struct arena *arena, const struct home_read *read,
			 const struct home_fact *fact, struct uuid organisation,
			 struct text traceparent, struct cloud_event *out)
{
	struct home_told told[HOME_TOLD];
	bool is_told = false;

	home_told(read, told);
	for (size_t i = 0; i < HOME_TOLD; i++)
		is_told = is_told || (uuid_eq(told[i].organisation, organisation) &&
				      home_fact_visible(fact, told[i].side));
	if (!is_told)
		return false;
	*out = begun(app, arena, read->record->authority, home_fact_names[fact->kind],
		     fact->recorded_at_us, traceparent);
	out->home = read->record->home;
	out->entry = out->version = fact->seq;
	return true;
}
