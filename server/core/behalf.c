/*
 * behalf.c - a move of one side that another enters, said by telephone, letter or e-mail.
 *
 * The rules of the move look at the side that said it, as if it had moved itself at that instant;
 * the fact keeps who entered it. The side it was entered for may dispute it, which is why the right
 * to do so begins when it is recorded and not when it was said. What the person said either side
 * enters; whoever represents them may dispute it.
 */
#include "concordat/core/situation.h"

#define MINUTE_US (60 * US_PER_SECOND) /* as people say what time it was */

/* The strand that it is about, also of a move about the placement as a whole. */
static const struct thread *strand_of(const struct situation *s)
{
	const struct party *own;

	if (s->thread)
		return s->thread;
	if (s->recorder->side == SIDE_COMMISSIONER && s->actor->side == SIDE_REPRESENTATIVE)
		return NULL; /* between the two of them */
	if (s->recorder->side == SIDE_COMMISSIONER)
		return s->asked_thread == NO_INT ? placement_open_thread(s->placement)
						 : placement_thread(s->placement, s->asked_thread);
	own = placement_party(s->placement, s->recorder->organisation);
	return own ? placement_thread(s->placement, own->thread) : NULL;
}

/* What was answered was there first. */
static int64_t earliest(const struct situation *s)
{
	const struct thread *strand = strand_of(s);
	const struct answer *answer = s->data;
	const struct offer *offer = s->thread ? thread_open_offer(s->thread) : NULL;
	const struct question *question;
	const struct fact *disputed;
	int64_t since;

	if (s->row->move == MOVE_DISPUTE_ENTRY) {
		disputed = disputed_entry(s->placement, s->recorder, s->data);
		return disputed ? disputed->recorded_at_us : s->placement->opened_at_us;
	}
	/* Care may be agreed by telephone, and begin, before the invitation is written. */
	if (s->row->move == MOVE_RECORD_INVOLVEMENT || s->row->move == MOVE_AGREE_INTERIM_TERMS ||
	    s->row->move == MOVE_CONFIRM_START || !strand)
		return s->placement->opened_at_us;
	since = s->placement->facts[strand->invited_entry - 1]->recorded_at_us;
	if (offer && (s->row->move == MOVE_ACCEPT || s->row->move == MOVE_REJECT ||
		      s->row->move == MOVE_WITHDRAW_OFFER))
		return offer->made_at_us;
	if (s->row->move == MOVE_ANSWER && answer->number >= 1 &&
	    (size_t)answer->number <= strand->question_count) {
		question = &strand->questions[answer->number - 1];
		return s->placement->facts[question->entry - 1]->occurred_at_us;
	}
	return since;
}

void speak_for(struct situation *s, const struct said *said)
{
	struct actor *speaker = arena_make(s->arena, struct actor);
	const struct party *person = placement_representative(s->placement);
	const struct thread *strand;

	*speaker = (struct actor){.user = s->actor->user, .side = (enum side)said->on_behalf_of};
	s->recorder = s->actor;
	s->actor = speaker;
	s->said = said;
	strand = strand_of(s);
	if (speaker->side == SIDE_COMMISSIONER)
		speaker->organisation = s->placement->authority;
	else if (speaker->side == SIDE_REPRESENTATIVE && person)
		speaker->organisation = person->organisation;
	else if (speaker->side != SIDE_REPRESENTATIVE && strand)
		speaker->organisation = strand->provider;
	if ((strand || speaker->side == SIDE_REPRESENTATIVE) && s->at_us < earliest(s) &&
	    s->at_us + MINUTE_US > earliest(s))
		s->at_us = earliest(s);
}

RULE(by_a_side, "recorder", "a case officer or a negotiator enters it")
{
	unsigned roles = s->recorder->roles;

	if (s->recorder->side == SIDE_COMMISSIONER)
		return roles & BIT(ROLE_CASE_OFFICER) ||
		       NO(by_a_side, "/on_behalf_of",
			  "Only a case officer enters what another side said. Ask one.");
	if (s->recorder->side == SIDE_PROVIDER)
		return roles & BIT(ROLE_NEGOTIATOR) ||
		       NO(by_a_side, "/on_behalf_of",
			  "Only a negotiator enters what another side said. Ask one.");
	return NO(by_a_side, "/on_behalf_of",
		  "Only the commissioner and a provider enter what another said.");
}

RULE(of_the_other, "other_side_said_it", "it was said by another side, not by one's own")
{
	return s->actor->side != s->recorder->side ||
	       NO(of_the_other, "/on_behalf_of",
		  "This is your own side. Make the move without on_behalf_of.");
}

RULE(recordable, "recordable", "it is a move that can be entered for that side")
{
	if (s->row->recorded_for & BIT(s->actor->side))
		return true;
	refuse(refusal, rule_recordable.name, "/on_behalf_of",
	       text_printf(s->arena, "%s cannot be entered for that side; it must do so itself.",
			   move_names[s->row->move]));
	return false;
}

RULE(in_open_strand, "strand_open",
     "their negotiation with each other is open; the commissioner needs none to enter what the "
     "person said")
{
	struct situation own = *s;

	own.thread = strand_of(s);
	if (s->actor->side == SIDE_REPRESENTATIVE && s->recorder->side == SIDE_COMMISSIONER)
		return true;
	return rule_thread_open.check(&own, refusal);
}

RULE(not_under_seal, "seal_kept", "nothing is entered that a seal keeps from the one who enters it")
{
	enum move move = s->row->move;
	const struct thread *strand = strand_of(s);

	if (!strand || !strand->sealed || (move != MOVE_MAKE_OFFER && move != MOVE_WITHDRAW_OFFER))
		return true;
	return NO(not_under_seal, "/on_behalf_of",
		  "Offers are sealed until the closing time. The provider must send its own.");
}

RULE(occurred_in_time, "occurred_at_sound",
     "it was said after what it answers, and not in the future")
{
	if (s->at_us > s->now_us)
		return NO(occurred_in_time, "/occurred_at",
			  "This instant is still to come. Enter it once it has been said.");
	if (s->at_us < earliest(s))
		return NO(occurred_in_time, "/occurred_at",
			  "This is before the invitation, or before what it answers.");
	return true;
}

static const struct fact *document_meant(const struct situation *s)
{
	return entry_named(s->placement, s->recorder, s->said->evidence.entry);
}

RULE(evidence_given, "evidence_given",
     "it names a document attached in this negotiation, or of the person's, or the reference of a "
     "letter or call")
{
	const struct evidence *evidence = &s->said->evidence;
	const struct fact *document;

	if ((evidence->entry != NO_INT) == (evidence->reference.at != NULL))
		return NO(evidence_given, "/evidence",
			  "Name one: the entry of an attached document, or a reference.");
	if (evidence->entry == NO_INT)
		return true;
	document = document_meant(s);
	if (!document || document->kind != FACT_DOCUMENT_ATTACHED ||
	    (s->actor->side != SIDE_REPRESENTATIVE && document->thread != strand_of(s)->number))
		return NO(evidence_given, "/evidence/entry",
			  "No document is attached there. Attach it first, and give its entry.");
	return true;
}

const struct named_rule *const rules_on_behalf[] = {
	&rule_by_a_side,      &rule_of_the_other,   &rule_recordable,	    &rule_in_open_strand,
	&rule_not_under_seal, &rule_evidence_given, &rule_occurred_in_time, NULL};

struct evidence evidence_kept(const struct situation *s)
{
	struct evidence kept = s->said->evidence;

	if (kept.entry != NO_INT)
		kept.entry = document_meant(s)->seq;
	return kept;
}

bool owe_right_to_dispute(const struct situation *s, struct fact *fact)
{
	bool of_person = s->actor->side == SIDE_REPRESENTATIVE;
	struct opened *opens;

	if (of_person && !placement_representative(s->placement))
		return true; /* there is nobody to dispute it */
	if (!owe(s, fact, DUTY_DISPUTE_ENTRY, s->actor->side, NO_INT))
		return false;
	opens = fact->opens.items;
	opens[fact->opens.count - 1].thread = of_person ? 0 : strand_of(s)->number;
	return true;
}
