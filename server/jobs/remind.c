/*
 * remind.c - whom a reminder, or an entry of a home's record, is for, and its words.
 */
#include "remind.h"

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
		notice->by_mail = true;
		count++;
	}
	return count;
}

size_t reminded_notices(struct arena *arena, struct text public_url, const struct reminded *of,
			const struct obligation *o, struct text name, struct notice *notices)
{
	const struct home_read *home = of->home;

	if (of->placement)
		return notices_of_placement(arena, public_url, of->placement, o, name, notices);
	notices->placement = home->record->home;
	notices->recipient = o->owed_by == SIDE_PROVIDER ? home->provider : home->record->authority;
	notices->by_mail = true;
	message_of_home_reminder(arena, public_url, home->name, home->record->home, o, name,
				 &notices->message);
	return 1;
}

void home_notices(struct arena *arena, struct text public_url, const struct home_read *read,
		  const struct home_fact *fact, int64_t leaf_index,
		  struct notice notices[HOME_TOLD])
{
	const struct {
		enum side side;
		struct uuid recipient;
	} both[HOME_TOLD] = {{SIDE_COMMISSIONER, read->record->authority},
			     {SIDE_PROVIDER, read->provider}};

	for (size_t i = 0; i < HOME_TOLD; i++) {
		notices[i] = (struct notice){
			.placement = read->record->home,
			.recipient = both[i].recipient,
			.leaf_index = leaf_index,
			.by_mail = fact->actor.side != (int32_t)both[i].side,
		};
		message_of_home_fact(arena, public_url, read->name, read->record, fact,
				     both[i].side, &notices[i].message);
	}
}
