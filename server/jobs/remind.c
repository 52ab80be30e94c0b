/*
 * remind.c - whom a reminder, or an entry of a home's record, is for, and its words.
 */
#include "remind.h"

#include "message_document.h"

#include "concordat/core/home.h"

const struct obligation *reminded_due(const struct reminded *of, int32_t entry, int32_t n)
{
	const struct home_record *record;

	if (of->placement)
		return placement_obligation(of->placement, entry, n);
	record = of->home->record;
	for (size_t i = 0; i < record->owed_count; i++)
		if (record->owed[i].due.entry == entry && record->owed[i].due.n == n)
			return &record->owed[i].due;
	return NULL;
}

static bool hears(const struct placement *placement, const struct obligation *o,
		  const struct party *party)
{
	if (o->owed_by != SIDE_EITHER && o->owed_by != SIDE_TIME)
		return uuid_eq(party->organisation, obligation_owner(placement, o));
	return party->side == SIDE_COMMISSIONER ||
	       (party->side == SIDE_PROVIDER && o->thread && party->thread == o->thread);
}

static size_t notices_of_placement(struct arena *arena, struct text url,
				   const struct placement *placement, const struct obligation *o,
				   struct text name, struct notice *notices)
{
	size_t count = 0;

	for (size_t i = 0; i < placement->party_count && count < TOLD_MOST; i++) {
		const struct party *party = &placement->parties[i];
		struct notice *notice = &notices[count];

		if (!hears(placement, o, party) ||
		    !message_of_reminder(arena, url, placement, o, name, party, &notice->message))
			continue;
		notice->placement = placement->id;
		notice->recipient = party->organisation;
		notice->kind = "reminder";
		notice->by_mail = true;
		notice->is_owed = o->owed_by != SIDE_TIME;
		count++;
	}
	return count;
}

static void put_documents(const struct jobs *jobs, struct arena *arena,
			  const struct placement *placement, const struct obligation *o,
			  struct notice *notices, size_t count)
{
	for (size_t i = 0; i < placement->party_count; i++)
		for (size_t k = 0; k < count; k++)
			if (uuid_eq(notices[k].recipient, placement->parties[i].organisation))
				notices[k].document = document_of_reminder(
					jobs->app, arena, placement, o, notices[k].reminder,
					&placement->parties[i], app_now_us(jobs->app));
}

static size_t notices_of_home(struct arena *arena, struct text url, const struct home_read *home,
			      const struct obligation *o, struct text name, struct notice *notice)
{
	notice->placement = home->record->home;
	notice->recipient = o->owed_by == SIDE_PROVIDER ? home->provider : home->record->authority;
	notice->kind = "reminder";
	notice->by_mail = notice->is_owed = true;
	message_of_home_reminder(arena, url, home->name, home->record->home, o, name,
				 &notice->message);
	return 1;
}

size_t reminded_notices(const struct jobs *jobs, struct arena *arena, const struct reminded *of,
			const struct obligation *o, int64_t since_us, int64_t now_us,
			bool has_webhooks, struct notice *notices)
{
	struct text url = text_of(jobs->config->public_url), name;
	int64_t upto_us = now_us + MORNINGS_APART_US, at_us;
	size_t count = 0;

	while (count + TOLD_MOST <= REMINDED_MOST &&
	       obligation_reminder(arena, of->world, o, since_us - MORNINGS_APART_US, upto_us,
				   &at_us, &name)) {
		size_t first = count;

		count += of->placement
				 ? notices_of_placement(arena, url, of->placement, o, name,
							notices + count)
				 : notices_of_home(arena, url, of->home, o, name, notices + count);
		for (size_t i = first; i < count; i++) {
			notices[i].reminder = name;
			notices[i].day = london_day(at_us);
		}
		if (at_us <= now_us - MORNINGS_APART_US)
			break; /* it has come everywhere: what is earlier does not go out any more
				*/
		upto_us = at_us - 1;
	}
	if (of->placement && has_webhooks)
		put_documents(jobs, arena, of->placement, o, notices, count);
	return count;
}

static bool is_sides(int32_t owed_by, enum side side)
{
	return owed_by == (int32_t)side || owed_by == SIDE_EITHER;
}

bool fact_is_owed(const struct placement *placement, const struct fact *fact,
		  const struct party *party)
{
	const struct opened *opens = fact->opens.items;
	const struct due_change *changes = fact->changes.items;
	const struct not_done *missed = fact->data;

	for (size_t i = 0; i < fact->opens.count; i++)
		if (is_sides(opens[i].owed_by, party->side) &&
		    duty_told_to((enum duty)opens[i].duty, opens[i].owed_by, opens[i].thread,
				 placement, party))
			return true;
	for (size_t i = 0; i < fact->changes.count; i++) {
		const struct obligation *o = placement_obligation(
			placement, (int32_t)changes[i].entry, (int32_t)changes[i].n);

		if (o && is_sides((int32_t)o->owed_by, party->side) &&
		    duty_told_to(o->duty, (int32_t)o->owed_by, o->thread, placement, party))
			return true;
	}
	return fact->kind == FACT_MISSED && is_sides(missed->owed_by, party->side);
}

static bool home_is_owed(const struct home_record *record, const struct home_fact *fact,
			 enum side side)
{
	const struct home_opened *opens = fact->opens.items;
	const struct home_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->opens.count; i++)
		if (opens[i].owed_by == (int32_t)side)
			return true;
	for (size_t i = 0; i < fact->changes.count; i++)
		for (size_t k = 0; k < record->owed_count; k++)
			if (record->owed[k].due.entry == changes[i].entry &&
			    record->owed[k].due.n == changes[i].n &&
			    record->owed[k].due.owed_by == side)
				return true;
	return fact->kind == HOME_MISSED && fact->data.owed_by == (int32_t)side;
}

void home_notices(struct arena *arena, struct text public_url, const struct home_read *read,
		  const struct home_fact *fact, int64_t leaf_index,
		  struct notice notices[HOME_TOLD])
{
	struct home_told both[HOME_TOLD];

	home_told(read, both);
	for (size_t i = 0; i < HOME_TOLD; i++) {
		notices[i] = (struct notice){
			.placement = read->record->home,
			.recipient = both[i].organisation,
			.sender = fact->actor.organisation,
			.kind = home_fact_names[fact->kind],
			.leaf_index = leaf_index,
			.is_owed = home_is_owed(read->record, fact, both[i].side),
			.by_mail = fact->actor.side != (int32_t)both[i].side,
		};
		message_of_home_fact(arena, public_url, read->name, read->record, fact,
				     both[i].side, &notices[i].message);
	}
}
