/*
 * novation.c - another provider takes over on the same terms, such as with a home that is sold.
 *
 * One side proposes it and the other consents; only then is the new provider told, in a strand of
 * its own, and its consent on the day or after makes the next version. Until then whoever proposed
 * it may take it back, and whoever is to consent may decline, or lets its time pass. A consent is
 * written into both strands, so that the old provider sees everything up to then and nothing after;
 * so is the end of a change of provider that came to nothing.
 */
#include "concordat/core/situation.h"

RULE(novation_sound, "novation_sound",
     "care has started; another provider; from a day that the present version covers")
{
	const struct novate *data = s->data;
	const struct agreement *present = placement_agreement(s->placement);
	const struct party *party;

	if (!care_has_started(s->placement))
		return NO(novation_sound, NULL, "Care has not started. Confirm its start first.");
	if (!data)
		return true;
	party = placement_party(s->placement, data->provider);
	if (uuid_eq(data->provider, s->thread->provider))
		return NO(novation_sound, "/provider",
			  "This provider provides the care already. Name the one that takes over.");
	if (party && party->side != SIDE_PROVIDER)
		return NO(novation_sound, "/provider",
			  "This organisation has another part in the placement. Name a provider.");
	if (data->from_day < present->from_day || data->from_day < s->placement->started_day ||
	    (present->to_day != NO_DAY && data->from_day > present->to_day))
		return NO(novation_sound, "/from",
			  "The present version of the agreement does not cover this day. Choose "
			  "one from its beginning on.");
	return true;
}

static bool is_the_new_one(const struct situation *s)
{
	return s->actor->side == SIDE_PROVIDER && s->thread &&
	       s->thread->state == THREAD_NOVATING &&
	       s->thread->number == s->placement->novation.new_thread;
}

static bool is_the_other_old_side(const struct situation *s)
{
	const struct novation *n = &s->placement->novation;

	return s->thread && uuid_eq(s->thread->provider, n->from) &&
	       s->actor->side != n->proposed_by;
}

static bool is_asked(const struct situation *s)
{
	return s->placement->novation.new_thread ? is_the_new_one(s) : is_the_other_old_side(s);
}

static bool strand_is_known(const struct situation *s, struct refusal *refusal)
{
	return s->asked_thread == NO_INT || (s->thread && s->thread->number == s->asked_thread) ||
	       refuse(refusal, "thread_known", "/thread",
		      TEXT("There is no such thread that you may act in. Leave it out."));
}

RULE(novation_awaits, "novation_awaits", "a change of provider waits for this side's consent")
{
	const struct novation *n = &s->placement->novation;

	if (!strand_is_known(s, refusal))
		return false;
	if (!n->entry)
		return NO(novation_awaits, NULL,
			  "No change of provider is proposed (novate), or it is done.");
	if (is_asked(s))
		return true;
	return n->new_thread
		       ? NO(novation_awaits, NULL,
			    "Both sides have consented. The provider that takes over is to consent "
			    "now.")
		       : NO(novation_awaits, NULL,
			    "Your side proposed this. The other side is to consent first.");
}

RULE(novation_begun, "novation_begun", "the provider that takes over consents on the day or after")
{
	const struct novation *n = &s->placement->novation;

	return !is_the_new_one(s) || n->data->from_day <= london_day(s->now_us) ||
	       NO(novation_begun, NULL,
		  "The day is still to come, and the present provider provides the care until "
		  "then. Consent on that day or after.");
}

/* What is consented to is what was proposed: the same terms, and no others to come. */
RULE(novation_unchanged, "novation_unchanged",
     "the terms are those that stood when it was proposed")
{
	const struct novation *n = &s->placement->novation;
	const struct agreement *version = agreement_on(s->placement, n->data->from_day);

	return (version && version == placement_agreement(s->placement) &&
		version->entry < n->entry) ||
	       NO(novation_unchanged, NULL,
		  "The terms have changed since this was proposed. Propose it again (novate).");
}

RULE(novation_open, "novation_open",
     "a change of provider is proposed, by this side or for its consent")
{
	const struct novation *n = &s->placement->novation;

	if (!strand_is_known(s, refusal))
		return false;
	if (!n->entry)
		return NO(novation_open, NULL,
			  "No change of provider is proposed (novate), or it is done.");
	return is_asked(s) ||
	       (s->thread && uuid_eq(s->thread->provider, n->from) &&
		s->actor->side == n->proposed_by) ||
	       NO(novation_open, NULL,
		  "Your side has consented. Who proposed it may take it back, or the provider that "
		  "takes over may decline.");
}

bool derive_novation(const struct situation *s, void *data, struct refusal *refusal)
{
	struct consent_to_novation *consent = data;
	const struct novate *asked = s->placement->novation.data;
	const struct agreement *agreement = agreement_on(s->placement, asked->from_day);

	(void)refusal;
	consent->provider = asked->provider;
	consent->home = asked->home;
	consent->from_day = asked->from_day;
	consent->terms_digest = agreement->terms_digest;
	if (is_the_new_one(s))
		consent->agreement = (int64_t)s->placement->agreement_count + 1;
	return true;
}

/* What a negotiation with the old provider may have left; its right to dispute stays. */
#define LEFT_BEHIND (STRAND_DUTIES & ~BIT(DUTY_DISPUTE_ENTRY))

/* In every strand of its: each round had one. */
static void leave_behind(const struct situation *s, struct fact *fact)
{
	struct situation its = *s;

	for (size_t i = 0; i < s->placement->thread_count; i++) {
		its.thread = &s->placement->threads[i];
		if (uuid_eq(its.thread->provider, s->placement->novation.from))
			end_duties(&its, fact, LEFT_BEHIND, OBLIGATION_RELEASED);
	}
}

struct fact *tell_of_novation(const struct situation *s, size_t n)
{
	const struct novation *novation = &s->placement->novation;
	struct consent_to_novation *data = arena_copy(s->arena, s->data, sizeof(*data));
	struct situation other = *s;
	struct fact *fact;

	if (n > 0)
		return n == 1 && data->agreement != NO_INT ? drop_check(s, data->home) : NULL;
	data->note = (struct personal){.text = TEXT_NONE}; /* to its own strand alone */
	other.thread = placement_thread(s->placement,
					placement_party(s->placement, novation->from)->thread);
	fact = fact_begin(&other, FACT_NOVATION_CONSENTED);
	fact->data = data;
	if (data->agreement == NO_INT)
		fact->thread = (int64_t)s->placement->thread_count + 1;
	else
		leave_behind(&other, fact);
	if (data->agreement == NO_INT) /* the effect has counted it */
		(void)owe(&other, fact, DUTY_CONSENT_TO_NOVATION, SIDE_PROVIDER, NO_INT);
	return fact;
}

int64_t novation_anchor(const struct situation *s)
{
	const struct consent_to_novation *consent = s->data;
	int64_t from_us;

	if (s->row->move != MOVE_CONSENT_TO_NOVATION)
		return s->at_us;
	from_us = london_instant(consent->from_day, 0, 0);
	return from_us > s->at_us ? from_us : s->at_us;
}

bool novation_can_be_counted(const struct situation *s, struct fact *fact)
{
	struct due due = due_derive(s->world->calendar, duty_rule(s, DUTY_CONSENT_TO_NOVATION),
				    novation_anchor(s), NULL, 0);

	return ((const struct consent_to_novation *)fact->data)->agreement != NO_INT ||
	       due.state == DUE_SET;
}

static const struct thread *strand_given_up(const struct placement *placement)
{
	const struct party *party = placement_party(placement, placement->novation.from);

	return placement_thread(placement, party->thread);
}

/* Folded in the other strand, it has left this one as it was; NULL: nobody was told yet. */
static const struct thread *strand_asked(const struct placement *placement)
{
	for (size_t i = placement->thread_count; i-- > 0;)
		if (placement->threads[i].state == THREAD_NOVATING)
			return &placement->threads[i];
	return NULL;
}

/* In that strand, without a reason; NULL: there is none. */
static struct fact *dropped_in(const struct situation *s, const struct thread *strand)
{
	struct drop_novation *data = arena_make(s->arena, struct drop_novation);
	struct situation other = *s;
	struct fact *fact;

	if (!strand)
		return NULL;
	other.thread = strand;
	data->reason = (struct personal){.text = TEXT_NONE};
	fact = fact_begin(&other, FACT_NOVATION_DROPPED);
	fact->data = data;
	end_duties(&other, fact, BIT(DUTY_CONSENT_TO_NOVATION), OBLIGATION_RELEASED);
	return fact;
}

/* Both strands learn of it, once there are two; why is for its own. */
struct fact *tell_of_novation_dropped(const struct situation *s, size_t n)
{
	if (n > 0)
		return NULL;
	return dropped_in(s, s->thread->state == THREAD_NOVATING ? strand_given_up(s->placement)
								 : strand_asked(s->placement));
}

struct fact *tell_of_novation_replaced(const struct situation *s, size_t n)
{
	return n > 0 ? NULL : dropped_in(s, strand_asked(s->placement));
}

struct fact *tell_of_novation_lapsed(const struct situation *s)
{
	return s->placement->novation.new_thread ? dropped_in(s, strand_given_up(s->placement))
						 : NULL;
}
