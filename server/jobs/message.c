/*
 * message.c - what a party is told, from two tables: the kinds of fact, and the duties.
 *
 * Words come from the tables, the placement's reference and dates; no text that anybody typed is
 * ever read here, so that none can leak. "You" is the side that reads.
 */
#include "message.h"

#include <assert.h>
#include <string.h>

#include "concordat/core/protocol.h"

struct fact_words {
	const char *subject;
	const char *did;	/* after "The commissioner" or "You" */
	const char *did_to_you; /* the same, as the other side reads it; NULL: no different */
};

static const struct fact_words fact_words[FACT_COUNT] = {
	[FACT_PLACEMENT_OPENED] = {"placement opened", "opened the placement", NULL},
	[FACT_NEEDS_DESCRIBED] = {"needs and outcomes described",
				  "described the needs and the outcomes", NULL},
	[FACT_INVOLVEMENT_RECORDED] = {"involvement recorded",
				       "recorded how the person was involved", NULL},
	[FACT_CALCULATED] = {"guide range calculated", "calculated the guide range for the fee",
			     NULL},
	[FACT_PANEL_REFERRED] = {"referred to panel", "referred the placement to panel", NULL},
	[FACT_PANEL_DECIDED] = {"panel decision recorded", "recorded the panel's decision", NULL},
	[FACT_INVITED] = {"invitation to make an offer", "invited a provider to make an offer",
			  "invited you to make an offer"},
	[FACT_ACKNOWLEDGED] = {"invitation acknowledged", "acknowledged the invitation", NULL},
	[FACT_DECLINED] = {"invitation declined", "declined the invitation", NULL},
	[FACT_ASKED] = {"question asked", "asked a question", "asked you a question"},
	[FACT_ANSWERED] = {"question answered", "answered a question", "answered your question"},
	[FACT_OFFER_MADE] = {"offer made", "made an offer", "made you an offer"},
	[FACT_OFFER_WITHDRAWN] = {"offer withdrawn", "withdrew an offer", NULL},
	[FACT_ACCEPTED] = {"offer accepted", "accepted an offer", "accepted your offer"},
	[FACT_REJECTED] = {"offer rejected", "rejected an offer", "rejected your offer"},
	[FACT_SIGNED] = {"terms signed", "signed the agreed terms", NULL},
	[FACT_START_CONFIRMED] = {"start of care confirmed", "confirmed that care has started",
				  NULL},
	[FACT_REVIEW_HELD] = {"review held", "recorded a review", NULL},
	[FACT_WITHDRAWN] = {"placement withdrawn", "withdrew the placement, which ends it", NULL},
	[FACT_INVITATION_REOPENED] = {"invitation open again", "opened an invitation again",
				      "opened your invitation again"},
	[FACT_PROVIDER_CHOSEN] = {"provider chosen", "chose among the offers", NULL},
	[FACT_IDENTITY_SHARED] = {"identity shared", "told the provider who the person is", NULL},
	[FACT_PROVIDER_ASSESSED] = {"assessment made", "assessed whether it can meet the needs",
				    NULL},
	[FACT_MEDIATION_PROPOSED] = {"mediation proposed", "proposed mediation", NULL},
	[FACT_MEDIATION_CONSENTED] = {"mediation agreed",
				      "consented to mediation; every clock is paused", NULL},
	[FACT_MEDIATION_REFUSED] = {"mediation refused", "would not mediate", NULL},
	[FACT_MEDIATOR_NOMINATED] = {"mediator named", "named a mediator", NULL},
	[FACT_MEDIATOR_AGREED] = {"mediator agreed", "agreed to the mediator named", NULL},
	[FACT_MEDIATOR_APPOINTED] = {"mediator appointed",
				     "recorded the mediator whom the appointing body named", NULL},
	[FACT_SETTLEMENT_PROPOSED] = {"settlement proposed", "proposed a settlement",
				      "proposed a settlement to you"},
	[FACT_SETTLEMENT_ACCEPTED] = {"settlement accepted", "accepted the settlement", NULL},
	[FACT_MEDIATION_LEFT] = {"mediation left", "left the mediation; clocks go on", NULL},
	[FACT_MEDIATION_CONCLUDED] = {"mediation concluded",
				      "concluded the mediation; clocks go on", NULL},
	[FACT_TIMESCALE_CHANGE_ASKED] = {"more time asked for", "asked for more time", NULL},
	[FACT_TIMESCALE_CHANGED] = {"more time agreed", "agreed to more time", NULL},
	[FACT_EXTENSION_REMOVED] = {"extension taken back", "asked to take an extension back",
				    NULL},
	[FACT_MESSAGE_SENT] = {"message", "sent a message", "sent you a message"},
	[FACT_NOTE_WRITTEN] = {"note", "wrote a note", NULL},
	[FACT_DOCUMENT_ATTACHED] = {"document attached", "attached a document", NULL},
	[FACT_ENTRY_DISPUTED] = {"entry disputed", "disputed an entry", NULL},
	[FACT_OFFERS_OPENED] = {"offers opened", "opened the offer at the closing time", NULL},
	[FACT_DUE_CHANGED] = {"dates changed", "moved dates by a newer calendar", NULL},
	[FACT_MISSED] = {"not done in time", NULL, NULL},
	[FACT_LAPSED] = {"expired", NULL, NULL},
};

/* The same, as the one whom it makes mediator reads it. */
static const char *const mediator_words[FACT_COUNT] = {
	[FACT_MEDIATOR_AGREED] = "agreed, as the other side has, that you mediate",
	[FACT_MEDIATOR_APPOINTED] = "recorded that the appointing body named you as mediator",
};

struct duty_words {
	const char *action;  /* what is to be done */
	const char *expires; /* what runs out when it is not */
	bool commissioners_own;
};

static const struct duty_words duty_words[DUTY_COUNT] = {
	[DUTY_DECIDE_AT_PANEL] = {"decide at panel", "the time to decide at panel", true},
	[DUTY_ACKNOWLEDGE] = {"acknowledge the invitation", "the time to acknowledge it", false},
	[DUTY_MAKE_OFFER] = {"make an offer", "the invitation to make an offer", false},
	[DUTY_ANSWER] = {"answer the question", "the time to answer the question", false},
	[DUTY_RESPOND] = {"respond to the offer", "the time to respond to the offer", false},
	[DUTY_OFFER_STANDS] = {"deal with the offer", "the offer", false},
	[DUTY_AFTER_REJECTION] = {"make another offer after the rejection",
				  "the right to make another offer after the rejection", false},
	[DUTY_OFFER_AGAIN] = {"make an offer in place of the last one",
			      "the time to make another offer", false},
	[DUTY_ROUND_STANDS] = {"reach an agreement", "the negotiation", false},
	[DUTY_SIGN] = {"sign the agreed terms", "the time to sign the agreed terms", false},
	[DUTY_ACCEPTANCE_STANDS] = {"sign the accepted offer", "the acceptance of the offer",
				    false},
	[DUTY_CONFIRM_START] = {"confirm the start of care", "the time to confirm the start",
				false},
	[DUTY_FIRST_REVIEW] = {"hold the first review", "the time for the first review", false},
	[DUTY_THREE_MONTH_REVIEW] = {"hold the three-month review",
				     "the time for the three-month review", false},
	[DUTY_YEARLY_REVIEW] = {"hold the yearly review", "the time for the yearly review", false},
	[DUTY_OPEN_OFFERS] = {"open the offers", "the seal on the offers", false},
	[DUTY_CONSENT_TO_MEDIATION] = {"consent to mediation", "the proposal to mediate", false},
	[DUTY_AGREE_MEDIATOR] = {"agree a mediator", "the time to agree a mediator", false},
	[DUTY_APPOINT_MEDIATOR] = {"have a mediator appointed",
				   "the time to have a mediator appointed", false},
	[DUTY_MEDIATE] = {"mediate", "the mediation", false},
	[DUTY_DISPUTE_ENTRY] = {"dispute the entry", "the right to dispute the entry", false},
	[DUTY_RECORD_INVOLVEMENT] = {"record how the person was involved",
				     "the time to record how the person was involved", true},
};

static const char *const review_words[REVIEW_KIND_COUNT] = {
	[REVIEW_FIRST] = "first", [REVIEW_THREE_MONTH] = "three-month", [REVIEW_YEARLY] = "yearly"};

/* Who reads, of which placement, and where it is written to. */
struct reader {
	struct arena *arena;
	struct writer *w;
	const struct placement *placement;
	const struct party *party;
};

static const char *side_words(const struct reader *r, int32_t side, bool first)
{
	if (side == (int32_t)r->party->side)
		return first ? "You" : "you";
	switch ((enum side)side) {
	case SIDE_COMMISSIONER:
		return first ? "The commissioner" : "the commissioner";
	case SIDE_PROVIDER:
		return first ? "The provider" : "the provider";
	case SIDE_MEDIATOR:
		return first ? "The mediator" : "the mediator";
	case SIDE_REPRESENTATIVE:
		return first ? "The representative" : "the representative";
	case SIDE_AUDITOR:
		return first ? "The auditor" : "the auditor";
	case SIDE_EITHER:
		return first ? "Either side" : "either side";
	case SIDE_TIME:
	case SIDE_COUNT:
		break;
	}
	return first ? "The service" : "the service";
}

static bool is_told_of(const struct reader *r, enum duty duty, int64_t thread)
{
	if (r->party->side == SIDE_COMMISSIONER)
		return true;
	return !duty_words[duty].commissioners_own && (!thread || thread == r->party->thread);
}

static void put_upper(struct writer *w, const char *words)
{
	writer_char(w,
		    (char)(words[0] >= 'a' && words[0] <= 'z' ? words[0] - 'a' + 'A' : words[0]));
	writer_puts(w, words + 1);
}

static void put_instant(const struct reader *r, int64_t at_us)
{
	if (at_us == NEVER_US)
		writer_puts(r->w, "a date not yet set");
	else
		writer_put(r->w, instant_words(r->arena, at_us));
}

/* "You: respond to the offer, by Monday 13 April 2026 at 17:00." */
static void put_due(const struct reader *r, enum duty duty, int32_t owed_by, int64_t due_at_us)
{
	const struct duty_words *words = &duty_words[duty];

	writer_puts(r->w, "- ");
	if (owed_by == SIDE_TIME) {
		put_upper(r->w, words->expires);
		writer_puts(r->w, " stands until ");
	} else if (duty == DUTY_DISPUTE_ENTRY) {
		writer_printf(r->w, "%s may %s, until ", side_words(r, owed_by, true),
			      words->action);
	} else if (owed_by == SIDE_EITHER) {
		writer_printf(r->w, "Either side may %s, until ", words->action);
	} else {
		writer_printf(r->w, "%s: %s, by ", side_words(r, owed_by, true), words->action);
	}
	put_instant(r, due_at_us);
	writer_puts(r->w, ".\n");
}

static void put_opened(const struct reader *r, const struct fact *fact)
{
	const struct opened *opens = fact->opens.items;
	bool any = false;

	for (size_t i = 0; i < fact->opens.count; i++) {
		if (!is_told_of(r, (enum duty)opens[i].duty, opens[i].thread))
			continue;
		if (!any)
			writer_puts(r->w, "\nActions due from this:\n");
		any = true;
		put_due(r, (enum duty)opens[i].duty, opens[i].owed_by, opens[i].due_at_us);
	}
}

static void put_whose(const struct reader *r, const struct obligation *o)
{
	const struct duty_words *words = &duty_words[o->duty];

	writer_puts(r->w, "- ");
	if (o->owed_by == SIDE_TIME)
		put_upper(r->w, words->expires);
	else
		writer_printf(r->w, "%s: %s", side_words(r, (int32_t)o->owed_by, true),
			      words->action);
	writer_puts(r->w, ", ");
}

static void put_changed(const struct reader *r, const struct fact *fact)
{
	const struct due_change *changes = fact->changes.items;
	bool any = false;

	for (size_t i = 0; i < fact->changes.count; i++) {
		const struct obligation *o = placement_obligation(
			r->placement, (int32_t)changes[i].entry, (int32_t)changes[i].n);

		if (!o || !is_told_of(r, o->duty, o->thread))
			continue;
		if (!any)
			writer_puts(r->w, "\nDates that moved:\n");
		any = true;
		put_whose(r, o);
		if (changes[i].new_due_at_us == NEVER_US) {
			writer_puts(r->w, "has no date while it is paused.\n");
			continue;
		}
		writer_puts(r->w, "now by ");
		put_instant(r, changes[i].new_due_at_us);
		if (changes[i].old_due_at_us == changes[i].new_due_at_us) {
			writer_puts(r->w, changes[i].provisional
						  ? " as before, and provisional"
						  : " as before, and no longer provisional");
		} else if (changes[i].old_due_at_us != NEVER_US) {
			writer_puts(r->w, " (before: ");
			put_instant(r, changes[i].old_due_at_us);
			writer_char(r->w, ')');
		}
		writer_puts(r->w, ".\n");
	}
}

/* Whether any date that moved is the reader's business. */
static bool is_told_of_any(const struct reader *r, const struct fact *fact)
{
	const struct due_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->changes.count; i++) {
		const struct obligation *o = placement_obligation(
			r->placement, (int32_t)changes[i].entry, (int32_t)changes[i].n);

		if (o && is_told_of(r, o->duty, o->thread))
			return true;
	}
	return false;
}

static void put_missed(const struct reader *r, const struct not_done *data)
{
	const struct duty_words *words = &duty_words[data->duty];

	writer_printf(r->w, "Not done in time: \"%s\" was due from %s by ", words->action,
		      side_words(r, data->owed_by, false));
	put_instant(r, data->due_at_us);
	writer_puts(r->w, ", and was not done.\n\nIt is still due. Doing it late is recorded as "
			  "done, and late.\n");
}

static void put_lapsed(const struct reader *r, const struct not_done *data)
{
	put_upper(r->w, duty_words[data->duty].expires);
	writer_puts(r->w, " expired on ");
	put_instant(r, data->due_at_us);
	writer_puts(r->w, ".\n");
	if (data->end_reason != NO_ENUM)
		writer_puts(r->w, "\nThe placement has ended with it.\n");
	if (data->duty == DUTY_APPOINT_MEDIATOR || data->duty == DUTY_MEDIATE)
		writer_puts(r->w,
			    "\nThe mediation is over and nothing is settled; clocks go on.\n");
}

/* How it went in the strand that the reader sees. */
static void put_competition(const struct reader *r, const struct fact *fact)
{
	const struct open_offers *opened = fact->data;
	const struct choose_provider *choice = fact->data;
	bool provider = r->party->side == SIDE_PROVIDER;

	if (fact->kind == FACT_OFFERS_OPENED) {
		if (opened->offers == 0)
			writer_puts(r->w, "There was no offer, so the invitation has expired.\n");
		return;
	}
	if (choice->is_chosen)
		writer_printf(r->w, "%s offer was chosen.\n", provider ? "Your" : "This");
	else
		writer_printf(r->w,
			      "%s offer was not chosen; its marks and the reasons are with "
			      "the placement.\n",
			      provider ? "Your" : "This");
}

/* What the kind's own data adds: dates and numbers only. */
static void put_detail(const struct reader *r, const struct fact *fact)
{
	const struct confirm_start *start = fact->data;
	const struct hold_review *review = fact->data;
	const struct make_offer *offer = fact->data;
	const struct sign *sign = fact->data;
	const struct change_due *change = fact->data;
	const struct accept_settlement *accepted = fact->data;

	if (fact_is_sealed(fact, r->placement, r->party)) {
		writer_puts(r->w, "It stays sealed until the closing time.\n");
		return;
	}
	if (fact->kind == FACT_OFFERS_OPENED || fact->kind == FACT_PROVIDER_CHOSEN)
		put_competition(r, fact);
	if (fact->kind == FACT_DUE_CHANGED)
		writer_printf(r->w, "%.*s.\n", TEXT_FMT(change->why));
	if (fact_puts_offer(fact->kind) && offer->valid_until_day != NO_DAY)
		writer_printf(r->w, "It is valid until %.*s.\n",
			      TEXT_FMT(day_words(r->arena, offer->valid_until_day)));
	if (fact->kind == FACT_SETTLEMENT_ACCEPTED)
		writer_puts(r->w, accepted->is_agreed
					  ? "Both sides have accepted it: it is to be signed.\n"
					  : "The other side learns of it once it has accepted "
					    "too.\n");
	if (fact->kind == FACT_SIGNED && sign->agreement != NO_INT && sign->agreement > 0)
		writer_puts(r->w, "Both sides have now signed: the agreement is made.\n");
	if (fact->kind == FACT_START_CONFIRMED && start->started_day != NO_DAY)
		writer_printf(r->w, "Care started on %.*s.\n",
			      TEXT_FMT(day_words(r->arena, start->started_day)));
	if (fact->kind == FACT_REVIEW_HELD && review->kind >= 0 && review->held_day != NO_DAY)
		writer_printf(r->w, "It was the %s review, held on %.*s.\n",
			      review_words[review->kind],
			      TEXT_FMT(day_words(r->arena, review->held_day)));
}

/* What is between the sides is done to the other one, and what a mediator does to both. */
static bool is_between(const struct reader *r, const struct fact *fact)
{
	return r->party->side != SIDE_MEDIATOR &&
	       (r->party->side == SIDE_PROVIDER || fact->side == SIDE_PROVIDER ||
		fact->side == SIDE_MEDIATOR);
}

static bool makes_mediator(const struct reader *r, const struct fact *fact)
{
	return mediator_words[fact->kind] &&
	       uuid_eq(*(const struct uuid *)fact->data, r->party->organisation);
}

static void put_happened(const struct reader *r, const struct fact *fact)
{
	const struct fact_words *words = &fact_words[fact->kind];
	bool mine = fact->side == (int32_t)r->party->side;
	bool to_you = !mine && words->did_to_you && fact_speaker(fact) != r->party->side &&
		      is_between(r, fact);

	if (fact->kind == FACT_MISSED) {
		put_missed(r, fact->data);
		return;
	}
	if (fact->kind == FACT_LAPSED) {
		put_lapsed(r, fact->data);
		return;
	}
	writer_printf(r->w, "%s %s", side_words(r, fact->side, true),
		      makes_mediator(r, fact) ? mediator_words[fact->kind]
		      : to_you		      ? words->did_to_you
					      : words->did);
	if (fact->on_behalf_of != NO_ENUM)
		writer_printf(r->w, ", on behalf of %s", side_words(r, fact->on_behalf_of, false));
	writer_puts(r->w, ", on ");
	put_instant(r, fact->recorded_at_us);
	writer_puts(r->w, ".\n");
	put_detail(r, fact);
}

static void put_head(const struct reader *r)
{
	writer_printf(r->w, "Placement %.*s\n\n", TEXT_FMT(r->placement->opening->reference));
}

static void put_link(const struct reader *r, struct text public_url)
{
	while (public_url.len && public_url.at[public_url.len - 1] == '/')
		public_url.len--;
	writer_printf(r->w,
		      "\nSign in to see it and what can be done next:\n%.*s/placements/%.*s\n",
		      TEXT_FMT(public_url), TEXT_FMT(r->placement->opening->reference));
}

bool message_of_fact(struct arena *arena, struct text public_url, const struct placement *placement,
		     const struct fact *fact, const struct party *party, struct message *out)
{
	struct writer w;
	struct reader r = {arena, &w, placement, party};
	struct text reference = placement->opening->reference;
	const struct not_done *not_done = fact->data;
	bool by_time = fact->kind == FACT_MISSED || fact->kind == FACT_LAPSED;
	bool mine = uuid_eq(fact->organisation, party->organisation);

	assert(reference_is_sound(reference));
	if (!fact_visible(fact, placement, party))
		return false;
	if (by_time && !is_told_of(&r, (enum duty)not_done->duty, fact->thread))
		return false;
	if (fact->kind == FACT_DUE_CHANGED && !is_told_of_any(&r, fact))
		return false;
	writer_init(&w, arena);
	put_head(&r);
	put_happened(&r, fact);
	put_opened(&r, fact);
	put_changed(&r, fact);
	put_link(&r, public_url);
	out->kind = mine ? "receipt" : fact_names[fact->kind];
	out->subject = by_time ? text_printf(arena, "%.*s: %s: %s", TEXT_FMT(reference),
					     fact_words[fact->kind].subject,
					     fact->kind == FACT_MISSED
						     ? duty_words[not_done->duty].action
						     : duty_words[not_done->duty].expires)
			       : text_printf(arena, "%.*s: %s", TEXT_FMT(reference),
					     fact_words[fact->kind].subject);
	out->body = writer_text(&w);
	return true;
}

bool message_of_reminder(struct arena *arena, struct text public_url,
			 const struct placement *placement, const struct obligation *obligation,
			 struct text name, const struct party *party, struct message *out)
{
	struct writer w;
	struct reader r = {arena, &w, placement, party};
	const struct duty_words *words = &duty_words[obligation->duty];
	bool late = obligation->missed_at_us != NEVER_US;
	struct text reference = placement->opening->reference;

	assert(reference_is_sound(reference));
	if (!is_told_of(&r, obligation->duty, obligation->thread))
		return false;
	writer_init(&w, arena);
	put_head(&r);
	writer_printf(&w, "%s (%.*s).\n\n", late ? "This has not been done in time" : "A reminder",
		      TEXT_FMT(name));
	put_due(&r, obligation->duty, (int32_t)obligation->owed_by, obligation->due_at_us);
	put_link(&r, public_url);
	out->kind = "reminder";
	out->subject = text_printf(
		arena, "%.*s: %s: %s", TEXT_FMT(reference), late ? "still to do" : "reminder",
		obligation->owed_by == SIDE_TIME ? words->expires : words->action);
	out->body = writer_text(&w);
	return true;
}
