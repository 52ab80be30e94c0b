/*
 * access.c - who may see and do what: the one place that says so.
 *
 * A caller acts for the organisation of the token they hold, with the roles they have there. What
 * a side may do is the protocol's; this says only on which side a caller stands.
 */
#include "internal.h"

#include "concordat/core/protocol.h"

#define READING_ROLES (BIT(ROLE_AUDITOR) | BIT(ROLE_ADMINISTRATOR))

bool access_actor(const struct placement *placement, const struct caller *caller,
		  struct actor *actor, const struct party **party)
{
	const struct party *found;

	*actor = (struct actor){0};
	*party = NULL;
	if (!placement || !caller->roles || uuid_is_zero(caller->organisation))
		return false;
	found = placement_party(placement, caller->organisation);
	if (!found || party_reads_no_more(found))
		return false;
	*party = found;
	*actor = (struct actor){
		.user = caller->user,
		.organisation = caller->organisation,
		.side = found->side,
		.roles = caller->roles,
	};
	/* Reads as the commissioner does; an auditor is on no side that a move is open to. */
	if (found->side == SIDE_COMMISSIONER && !(caller->roles & ~READING_ROLES))
		actor->side = SIDE_AUDITOR;
	return true;
}

bool access_home(struct uuid provider, const struct caller *caller, struct actor *actor)
{
	bool is_provider = uuid_eq(provider, caller->organisation);

	if (!caller->roles || (!is_provider && caller->kind != ORGANISATION_AUTHORITY))
		return false;
	*actor = (struct actor){
		.user = caller->user,
		.organisation = caller->organisation,
		.side = is_provider ? SIDE_PROVIDER : SIDE_COMMISSIONER,
		.roles = caller->roles,
	};
	if (!is_provider && !(caller->roles & ~READING_ROLES))
		actor->side = SIDE_AUDITOR;
	return true;
}

bool access_is_over(const struct placement *placement, const struct party *party)
{
	/* Whoever represents the person reads on until they are released, and who pays a share what
	 * was written to it. */
	if (party->side == SIDE_COMMISSIONER || party->side == SIDE_REPRESENTATIVE ||
	    party->side == SIDE_CO_PAYER || party_stage(placement, party) != STAGE_ENDED)
		return false;
	for (size_t i = 0; i < placement->agreement_count; i++)
		if (uuid_eq(placement_thread(placement, placement->agreements[i].thread)->provider,
			    party->organisation))
			return false;
	return true;
}

/* In the strand that it is in now, as long as that is not over: what an earlier one told it is
 * none of its business any more. */
static bool knows_the_person(const struct placement *placement, const struct party *party)
{
	const struct thread *thread = placement_thread(placement, party->thread);

	return party->side == SIDE_PROVIDER && thread && thread->identity_shared &&
	       !access_is_over(placement, party);
}

enum audience access_audience(const struct placement *placement, const struct actor *actor,
			      const struct party *party)
{
	switch (actor->side) {
	case SIDE_COMMISSIONER:
	case SIDE_AUDITOR:
		return AUDIENCE_COMMISSIONER;
	case SIDE_PROVIDER:
		return knows_the_person(placement, party) ? AUDIENCE_TOLD_PROVIDER
							  : AUDIENCE_PROVIDER;
	case SIDE_REPRESENTATIVE:
		return AUDIENCE_REPRESENTATIVE;
	case SIDE_CO_PAYER:
		return AUDIENCE_CO_PAYER;
	case SIDE_MEDIATOR:
	case SIDE_TIME:
	case SIDE_EITHER:
	case SIDE_COUNT:
		break;
	}
	return AUDIENCE_PROVIDER;
}

bool access_is_operator(const struct caller *caller)
{
	return caller->kind == ORGANISATION_OPERATOR && caller->roles & BIT(ROLE_ADMINISTRATOR);
}

bool access_manages(const struct caller *caller, struct uuid organisation)
{
	if (access_is_operator(caller))
		return true;
	return caller->roles & BIT(ROLE_ADMINISTRATOR) && !uuid_is_zero(organisation) &&
	       uuid_eq(caller->organisation, organisation);
}
