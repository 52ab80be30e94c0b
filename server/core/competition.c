/*
 * competition.c - several providers at once: sealed offers, opening, choice, assessment.
 *
 * Each invitation is a strand of its own, and what is said in one is never said in another. The
 * rules, derivations and effects that the rows of moves_offers.c name for it.
 */
#include "concordat/core/situation.h"

/* ---- inviting ---- */

int32_t closing_day(const struct situation *s)
{
	const struct invite *invite = s->data;
	const struct reopen_invitation *reopen = s->data;

	if (s->row && s->row->move == MOVE_INVITE)
		return invite ? invite->closes_day : NO_DAY;
	if (s->row && s->row->move == MOVE_REOPEN_INVITATION)
		return reopen ? reopen->closes_day : NO_DAY;
	return s->thread && s->thread->sealed ? s->thread->closes_day : NO_DAY;
}

bool is_one_of_several(const struct situation *s)
{
	return closing_day(s) != NO_DAY;
}

bool is_single_invitation(const struct situation *s)
{
	return !is_one_of_several(s);
}

bool is_unsealed(const struct situation *s)
{
	return !s->thread || !s->thread->sealed;
}

bool is_negotiated(const struct situation *s)
{
	return s->thread && s->thread->chosen;
}

bool has_open_offer(const struct situation *s)
{
	return s->thread && thread_open_offer(s->thread);
}

RULE(closing_sound, "closing_sound",
     "several are invited with one closing day, which leaves each the time to offer")
{
	int32_t closes = closing_day(s);
	struct due due;

	if (closes == NO_DAY)
		return true;
	if (closes <= london_day(s->at_us))
		return NO(
			closing_sound, "/closes",
			"A mini-competition closes tomorrow at the earliest. Choose a later day.");
	if (closes - london_day(s->at_us) > 366)
		return NO(closing_sound, "/closes",
			  "A mini-competition closes within a year. Choose an earlier day.");
	due = due_derive(s->world->calendar, time_to_offer(s), s->at_us, NULL, 0);
	if (due.state == DUE_SET && london_instant(closes, 17, 0) < due.at_us)
		return refuse(
			refusal, rule_closing_sound.name, "/closes",
			text_printf(s->arena,
				    "A provider has until %.*s to offer. Close then or later.",
				    TEXT_FMT(instant_words(s->arena, due.at_us))));
	return true;
}

RULE(invitation_lapsed, "invitation_lapsed", "the invitation has expired and can be opened again")
{
	if (!s->thread)
		return NO(invitation_lapsed, "/thread",
			  "Say which invitation is to be open again (thread).");
	return s->thread->state == THREAD_LAPSED ||
	       NO(invitation_lapsed, "/thread",
		  "Only an invitation that has expired can be opened again.");
}

/* Whom the move would invite; zero when it has not said. */
static struct uuid invited_provider(const struct situation *s)
{
	const struct invite *invite = s->data;
	const struct record_existing_agreement *existing = s->data;

	if (s->row->move == MOVE_REOPEN_INVITATION)
		return s->thread ? s->thread->provider : (struct uuid){0};
	if (s->row->move == MOVE_RECORD_EXISTING_AGREEMENT)
		return existing ? existing->provider : (struct uuid){0};
	return invite ? invite->provider : (struct uuid){0};
}

RULE(nothing_invited, "one_invitation_at_a_time",
     "no other provider has an open invitation, unless several have one closing day")
{
	int32_t closes = closing_day(s);

	for (size_t i = 0; i < s->placement->thread_count; i++) {
		const struct thread *thread = &s->placement->threads[i];

		if (thread->state != THREAD_OPEN && thread->state != THREAD_AGREED)
			continue;
		if (!thread->sealed)
			return NO(nothing_invited, NULL,
				  "A provider already has an open invitation. Wait until it is "
				  "declined or expires.");
		if (uuid_eq(thread->provider, invited_provider(s)))
			return NO(nothing_invited,
				  s->row->move == MOVE_INVITE ? "/provider" : "/thread",
				  "This provider is invited already.");
		if (!s->data)
			continue;
		if (closes == NO_DAY)
			return NO(
				nothing_invited, "/closes",
				"Others are invited until a closing day. Give the same (closes).");
		if (closes != thread->closes_day)
			return NO(
				nothing_invited, "/closes",
				"The others were invited with another closing day. Give the same.");
	}
	return true;
}

RULE(invitee_is_another, "invitee_is_another",
     "whom it invites is another, and has not mediated here, nor represented the person")
{
	const struct party *party = placement_party(s->placement, invited_provider(s));

	if (party && party->side == SIDE_COMMISSIONER)
		return NO(invitee_is_another, "/provider",
			  "This is your own organisation. Name a provider.");
	if (party && party->side == SIDE_REPRESENTATIVE)
		return NO(invitee_is_another, "/provider",
			  "This organisation represents the person, or has. Invite another.");
	return !party || party->side != SIDE_MEDIATOR ||
	       NO(invitee_is_another, "/provider",
		  "This organisation mediated here and has seen another provider's offers. Invite "
		  "another.");
}

/* ---- choosing ---- */

static bool is_in_running(const struct thread *thread)
{
	return thread->state == THREAD_OPEN && thread->closes_day != NO_DAY && !thread->sealed &&
	       thread_open_offer(thread);
}

RULE(offers_opened, "offers_opened", "the offers of a mini-competition are open")
{
	for (size_t i = 0; i < s->placement->thread_count; i++)
		if (is_in_running(&s->placement->threads[i]))
			return true;
	return NO(offers_opened, NULL,
		  "There are no opened offers of a mini-competition to choose from.");
}

RULE(none_chosen, "none_chosen", "none is chosen yet")
{
	for (size_t i = 0; i < s->placement->thread_count; i++)
		if (s->placement->threads[i].state == THREAD_OPEN &&
		    s->placement->threads[i].chosen)
			return NO(none_chosen, NULL,
				  "A provider is chosen already. Negotiate with it.");
	return true;
}

RULE(involved_in_choice, "involvement_before_choice",
     "the person's involvement in this choice is on record (in an emergency, within 5 working days "
     "after)")
{
	return is_involved(s->placement, INVOLVED_IN_CHOICE) ||
	       s->placement->opening->urgency == URGENCY_EMERGENCY ||
	       NO(involved_in_choice, NULL,
		  "Record first how the person took part in the choice (record_involvement, "
		  "purpose choice).");
}

static const struct score *score_of(const struct choose_provider *data, int64_t thread)
{
	const struct score *scores = data->scores.items;

	for (size_t i = 0; i < data->scores.count; i++)
		if (scores[i].thread == thread)
			return &scores[i];
	return NULL;
}

RULE(scores_sound, "scores_sound", "each offer in the running has its marks, once")
{
	const struct choose_provider *data = s->data;
	const struct placement *p = s->placement;
	size_t in_running = 0;

	if (!data)
		return true;
	if (!s->thread || !is_in_running(s->thread))
		return NO(scores_sound, "/chosen", "Choose one of the offers in the running.");
	for (size_t i = 0; i < p->thread_count; i++) {
		if (!is_in_running(&p->threads[i]))
			continue;
		in_running++;
		if (!score_of(data, p->threads[i].number))
			return refuse(refusal, rule_scores_sound.name, "/scores",
				      text_printf(s->arena,
						  "Give the marks of strand %lld too: each offer "
						  "has its own.",
						  (long long)p->threads[i].number));
	}
	if (data->scores.count != in_running)
		return NO(scores_sound, "/scores",
			  "There are marks for a strand that is not in the running, or twice for "
			  "one.");
	return true;
}

RULE(chosen_first, "chosen_first", "it is the provider negotiated with")
{
	const struct thread *thread = s->thread;
	bool puts_sealed_offer = s->row->move == MOVE_MAKE_OFFER && thread && thread->sealed &&
				 s->actor->side == SIDE_PROVIDER;

	if (!thread || thread->chosen || puts_sealed_offer)
		return true;
	if (thread->sealed)
		return NO(chosen_first, NULL,
			  "Offers are sealed until the closing day. Wait for them to be opened.");
	return NO(chosen_first, NULL,
		  "A provider has not been chosen yet (choose_provider). Only then is its offer "
		  "answered.");
}

/* The marks of one strand alone, with their total. What another's fact says of the one chosen is
 * nothing, not even a digest: its bytes may be handed to its provider. */
static void keep_own_marks(const struct situation *s, struct choose_provider *data, int64_t thread)
{
	struct score *own = arena_make(s->arena, struct score);

	*own = *score_of(s->asked, thread);
	own->total_r = own->quality_r + own->price_r;
	data->scores = (struct list){own, 1};
	data->is_chosen = data->chosen == thread;
	if (data->is_chosen)
		return;
	data->chosen = NO_INT;
	data->person_choice = (struct personal){.text = TEXT_NONE};
}

bool derive_choice(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	keep_own_marks(s, data, s->thread->number);
	return true;
}

/* Each of the others hears its own marks and reasons. The winner's own fact stands already, so the
 * strands are those still in the running. */
struct fact *choose_among_others(const struct situation *s, size_t n)
{
	const struct choose_provider *asked = s->asked;
	struct situation other = *s;
	struct choose_provider *data;
	struct fact *fact;

	(void)n;
	other.thread = NULL;
	for (size_t i = 0; i < s->placement->thread_count && !other.thread; i++)
		if (is_in_running(&s->placement->threads[i]) &&
		    s->placement->threads[i].number != asked->chosen)
			other.thread = &s->placement->threads[i];
	if (!other.thread)
		return NULL;
	data = arena_copy(s->arena, asked, sizeof(*asked));
	keep_own_marks(s, data, other.thread->number);
	fact = fact_begin(&other, FACT_PROVIDER_CHOSEN);
	fact->data = data;
	end_duties(&other, fact, BIT(DUTY_RESPOND), OBLIGATION_MET); /* this is the answer */
	end_duties(&other, fact, STRAND_DUTIES, OBLIGATION_RELEASED);
	return fact;
}

/* Of an opened offer, when none is chosen yet: its strand is over with it. */
bool release_if_out_of_running(const struct situation *s, struct fact *fact)
{
	if (s->thread && !s->thread->sealed && !s->thread->chosen)
		end_duties(s, fact, STRAND_DUTIES, OBLIGATION_RELEASED);
	return true;
}

/* ---- meeting the person ---- */

RULE(identity_not_shared, "identity_not_shared_yet", "the provider is not told yet")
{
	return !s->thread || !s->thread->identity_shared ||
	       NO(identity_not_shared, NULL, "The provider knows who the person is already.");
}

RULE(identity_shared, "identity_shared", "the provider was told who the person is")
{
	return !s->thread || s->thread->identity_shared ||
	       NO(identity_shared, NULL,
		  "The commissioner has not said who the person is yet (share_identity).");
}

bool release_if_cannot(const struct situation *s, struct fact *fact)
{
	if (((const struct provider_assessment *)s->data)->outcome == ASSESSMENT_CANNOT)
		end_duties(s, fact, STRAND_DUTIES, OBLIGATION_RELEASED);
	return true;
}
