/*
 * person.c - who speaks for the person, and what they and the commissioner write to each other.
 *
 * A representative is a party without a strand: what it reads is placement.c's to say, and it moves
 * as any side does. What is said for the person without one is recorded all the same (behalf.c).
 */
#include "concordat/core/situation.h"

static const struct party *representative(const struct situation *s)
{
	return placement_representative(s->placement);
}

RULE(nobody_represents, "nobody_represents", "nobody represents the person yet")
{
	return !representative(s) ||
	       NO(nobody_represents, NULL,
		  "Somebody represents the person already. Release them first "
		  "(release_representative).");
}

RULE(represents_no_side, "represents_no_side", "whoever represents the person is no side here")
{
	const struct invite_representative *data = s->data;
	const struct novation *novation = &s->placement->novation;
	const struct party *party =
		data ? placement_party(s->placement, data->representative) : NULL;
	bool takes_over = data && novation->entry && novation->data &&
			  uuid_eq(novation->data->provider, data->representative);

	return (!takes_over && (!party || party->side == SIDE_REPRESENTATIVE)) ||
	       NO(represents_no_side, "/representative",
		  "This organisation takes part here already. Name one that holds the person or "
		  "their family.");
}

RULE(represented, "represented", "somebody represents the person")
{
	return representative(s) || NO(represented, NULL,
				       "Nobody represents the person here. Invite somebody first "
				       "(invite_representative).");
}

bool is_for_person(enum move move, const void *data)
{
	/* the first member of both */
	return (move == MOVE_SEND_MESSAGE || move == MOVE_ATTACH) && data && *(const bool *)data;
}

bool is_for_provider(enum move move, const void *data)
{
	/* the second member of both */
	return (move == MOVE_SEND_MESSAGE || move == MOVE_ATTACH) && data &&
	       ((const struct send_message *)data)->to_provider;
}

/* Zero: for none. */
static struct uuid co_payer_addressed(enum move move, const void *data)
{
	if (move == MOVE_SEND_MESSAGE && data)
		return ((const struct send_message *)data)->co_payer;
	if (move == MOVE_ATTACH && data)
		return ((const struct attach *)data)->co_payer;
	return (struct uuid){0};
}

bool is_for_co_payer(enum move move, const void *data)
{
	return !uuid_is_zero(co_payer_addressed(move, data));
}

/* The commissioner's, to one that pays a share now. */
static bool reaches_co_payer(const struct situation *s, struct refusal *refusal)
{
	const struct party *party =
		placement_party(s->placement, co_payer_addressed(s->row->move, s->data));

	if (s->actor->side != SIDE_COMMISSIONER)
		return NO(addressee, "/co_payer",
			  "Only the commissioner writes to a co-payer. Leave this out.");
	if (is_for_person(s->row->move, s->data))
		return NO(addressee, "/co_payer",
			  "This is for the representative. Write to the co-payer apart.");
	if (s->asked_thread != NO_INT)
		return NO(addressee, "/thread",
			  "What is for a co-payer is in no strand. Leave this out.");
	return (party && co_payer_takes_part(party, london_day(s->now_us))) ||
	       NO(addressee, "/co_payer",
		  "This organisation pays no share here. Name one that does.");
}

/* In a strand; the commissioner without one may have meant the representative. */
static bool is_to_other_side(const struct situation *s, struct refusal *refusal)
{
	if (rule_thread_open.check(s, refusal))
		return true;
	if (s->actor->side == SIDE_COMMISSIONER && representative(s) && !refusal->pointer.at)
		return NO(addressee, "/to_representative",
			  "No provider's strand is open. If this is for the representative, say so "
			  "(to_representative).");
	return false;
}

/* It knows whom it cares for, or is to. */
static bool gives_care(const struct situation *s)
{
	return s->thread && s->thread->chosen &&
	       (s->thread->identity_shared || s->thread->state == THREAD_AGREED);
}

/* Between the provider and whoever represents the person: the commissioner sees it too. */
static bool reaches_each_other(const struct situation *s, struct refusal *refusal)
{
	bool by_person = s->actor->side == SIDE_REPRESENTATIVE;

	if (by_person != is_for_provider(s->row->move, s->data))
		return by_person
			       ? NO(addressee, "/to_representative",
				    "This is your own side. Leave it out.")
			       : NO(addressee, "/to_provider",
				    "Only whoever represents the person says this. Leave it out.");
	if (!representative(s))
		return NO(addressee, "/to_representative",
			  "Nobody represents the person here. Write to the commissioner.");
	if (gives_care(s))
		return rule_thread_open.check(s, refusal);
	return by_person ? NO(addressee, "/to_provider",
			      "No provider gives the care yet. Write to the commissioner.")
			 : NO(addressee, "/to_representative",
			      "You have not been told who the person is. Write to the "
			      "commissioner.");
}

RULE(addressee, "addressee_known",
     "its strand is open; or it is between the commissioner, or the provider that knows the "
     "person, and whoever represents them; or the commissioner's to a co-payer")
{
	bool for_person = is_for_person(s->row->move, s->data);
	bool writes = s->actor->side == SIDE_COMMISSIONER && representative(s);

	if (is_for_co_payer(s->row->move, s->data))
		return reaches_co_payer(s, refusal);
	if (is_for_provider(s->row->move, s->data) ||
	    (for_person &&
	     (s->actor->side == SIDE_PROVIDER || s->actor->side == SIDE_REPRESENTATIVE)))
		return reaches_each_other(s, refusal);
	if (for_person && s->actor->side != SIDE_COMMISSIONER)
		return NO(addressee, "/to_representative",
			  "Only the commissioner and the provider write to the representative. "
			  "Leave this out.");
	if (s->actor->side == SIDE_REPRESENTATIVE || (!s->data && writes))
		return true;
	if (!for_person)
		return is_to_other_side(s, refusal);
	if (s->asked_thread != NO_INT)
		return NO(addressee, "/thread",
			  "What is for the representative is in no strand. Leave this out.");
	return writes || NO(addressee, "/to_representative",
			    "Nobody represents the person here. Invite somebody first "
			    "(invite_representative).");
}

/* Of the person's side; zero when it is between the sides, or nobody represents the person. */
static struct uuid of_person(const struct situation *s, const void *data)
{
	const struct party *party = representative(s);

	if (party && (s->actor->side == SIDE_REPRESENTATIVE || is_for_person(s->row->move, data)))
		return party->organisation;
	return (struct uuid){0};
}

bool derive_message(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct send_message *)data)->representative = of_person(s, data);
	return true;
}

bool derive_document(const struct situation *s, void *data, struct refusal *refusal)
{
	struct attach *attach = data;
	const struct document_facts *document =
		s->world->document ? s->world->document(s->world->context, attach->document) : NULL;

	if (!document)
		return refuse(refusal, "document_known", "/document",
			      TEXT("There is no such document of yours. Upload it first (POST "
				   "/v1/documents)."));
	attach->representative = of_person(s, data);
	attach->sha256 = document->sha256;
	attach->bytes = document->bytes;
	attach->media_type = document->media_type;
	return true;
}

bool derive_release(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct release_representative *)data)->representative = representative(s)->organisation;
	return true;
}

bool release_rights_of_person(const struct situation *s, struct fact *fact)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++)
		if (s->placement->obligations[i].owed_by == SIDE_REPRESENTATIVE)
			end_obligation(s, fact, &s->placement->obligations[i], OBLIGATION_RELEASED);
	return true;
}
