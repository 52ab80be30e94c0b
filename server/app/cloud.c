/*
 * cloud.c - what a party is told for programs, of one fact.
 */
#include "concordat/app/cloud.h"
#include "concordat/app/log.h"

bool cloud_event_of_fact(struct app *app, struct arena *arena, const struct placement *placement,
			 const struct fact *fact, const struct party *party,
			 struct cloud_event *out)
{
	const struct log_head *head = log_head_of(app, placement->authority);

	if (!fact_told_to(fact, placement, party))
		return false;
	*out = (struct cloud_event){
		.public_url = text_of(app_config(app)->public_url),
		.kind = text_of(fact_names[fact->kind]),
		.placement = placement->id,
		.authority = placement->authority,
		.reference = text_copy(arena, placement->opening->reference),
		.entry = party_entry(placement, party, fact->seq),
		.version = party_version_at(placement, party, fact->seq),
		.at_us = fact->recorded_at_us,
	};
	if (head) {
		out->log_origin = text_copy(arena, head->origin);
		out->log_root = head->root;
		out->log_size = head->size;
	}
	return true;
}
