/*
 * message_detail.c - what the kind of a fact adds to what a party is told: its days and outcomes.
 *
 * No text that anybody typed, and no figure of money.
 */
#include "concordat/core/account.h"
#include "concordat/core/protocol.h"
#include "message_parts.h"
#include "message_words.h"

/* How it went in the strand that the reader sees. */
static void put_competition(const struct reader *r, const struct fact *fact)
{
	const struct open_offers *opened = fact->data;
	const struct choose_provider *choice = fact->data;
	bool provider = r->party->side == SIDE_PROVIDER;

	if (fact->kind == FACT_OFFERS_OPENED) {
		if (opened->offers == 0)
			form_say(r->form, PART_PARAGRAPH,
				 "There was no offer, so the invitation has expired.");
		return;
	}
	if (choice->is_chosen)
		form_say(r->form, PART_PARAGRAPH, "%s offer was chosen.",
			 provider ? "Your" : "This");
	else
		form_say(r->form, PART_PARAGRAPH,
			 "%s offer was not chosen; its marks and the reasons are with "
			 "the placement.",
			 provider ? "Your" : "This");
}

static void put_review(const struct reader *r, const struct hold_review *review)
{
	form_say(r->form, PART_PARAGRAPH, "It was the %s review, held on %.*s.",
		 review_words[review->kind], TEXT_FMT(day_words(r->arena, review->held_day)));
	if (review->decision >= 0 && decision_words[review->decision])
		form_say(r->form, PART_PARAGRAPH, "%s", decision_words[review->decision]);
}

static void put_day(const struct reader *r, const char *before, int32_t day)
{
	if (day != NO_DAY)
		form_say(r->form, PART_PARAGRAPH, "%s %.*s.", before,
			 TEXT_FMT(day_words(r->arena, day)));
}

/* How care ends or passes on: its days. */
static void put_ending(const struct reader *r, const struct fact *fact)
{
	const struct give_notice *notice = fact->data;
	const struct end_care *ended = fact->data;
	const struct record_death *death = fact->data;
	const struct transfer_care *transfer = fact->data;
	const struct consent_to_novation *consent = fact->data;

	switch (fact->kind) {
	case FACT_NOTICE_GIVEN:
		put_day(r, "It ends on", notice->end_day);
		break;
	case FACT_CARE_ENDED:
		put_day(r, "The last day was", ended->last_day);
		break;
	case FACT_DEATH_RECORDED:
		put_day(r, "The last day paid for is", death->last_paid_day);
		break;
	case FACT_TRANSFERRED:
		put_day(r, "It pays from", transfer->from_day);
		break;
	case FACT_NOVATION_PROPOSED:
		put_day(r, "It would begin on", ((const struct novate *)fact->data)->from_day);
		break;
	case FACT_NOVATION_CONSENTED:
		put_day(r,
			consent->agreement == NO_INT ? "The provider that takes over is to consent "
						       "on or after"
						     : "All three stand by it; it is from",
			consent->from_day);
		break;
	default:
		break;
	}
}

static void put_uplift(const struct reader *r, const struct apply_uplift *uplift)
{
	struct text from = day_words(r->arena, uplift->figures.from_day);

	if (uplift->version == NO_INT)
		form_say(r->form, PART_PARAGRAPH,
			 "The fee would fall from %.*s, so it is an offer that both sides must "
			 "sign.",
			 TEXT_FMT(from));
	else
		form_say(r->form, PART_PARAGRAPH, "It is from %.*s, and paid from %.*s.",
			 TEXT_FMT(from), TEXT_FMT(day_words(r->arena, uplift->paid_from_day)));
}

/* What a co-payer is to know of it: that its own share is another, and whether for nights past. */
static void put_share(const struct reader *r, const struct fact *fact)
{
	bool told = false;

	for (size_t i = 0; i < r->party->told_count; i++)
		told = told || r->party->told[i] == fact->seq;
	if (!told)
		return;
	form_say(r->form, PART_PARAGRAPH,
		 "It changes what you pay: your share by day is with the placement.");
	if (account_changes_past(r->arena, r->placement, r->party->organisation, fact))
		form_say(r->form, PART_PARAGRAPH,
			 "It also changes what you pay for nights already past: your "
			 "account says what is owed or goes back.");
}

static void put_not_served(const struct reader *r, const struct not_served *data)
{
	if (data->side == (int32_t)r->party->side)
		form_say(r->form, PART_PARAGRAPH,
			 "You could not be reached by e-mail. Your clock starts when you "
			 "open the placement, or are told in another way.");
	else
		form_say(r->form, PART_PARAGRAPH,
			 "Telephone or write, and record it: the clock starts then, or "
			 "when they open the placement.");
	if (data->voids.count)
		form_say(r->form, PART_PARAGRAPH,
			 "What was recorded meanwhile as not done in time, or as expired, "
			 "is void.");
}

void message_detail(const struct reader *r, const struct fact *fact)
{
	const struct confirm_start *start = fact->data;
	const struct hold_review *review = fact->data;
	const struct make_offer *offer = fact->data;
	const struct sign *sign = fact->data;
	const struct change_due *change = fact->data;
	const struct accept_settlement *accepted = fact->data;

	if (fact_is_sealed(fact, r->placement, r->party)) {
		form_say(r->form, PART_PARAGRAPH, "It stays sealed until the closing time.");
		return;
	}
	put_ending(r, fact);
	if (r->party->side == SIDE_CO_PAYER) {
		put_share(r, fact);
		return;
	}
	if (fact->kind == FACT_OFFERS_OPENED || fact->kind == FACT_PROVIDER_CHOSEN)
		put_competition(r, fact);
	if (fact->kind == FACT_UPLIFT_APPLIED)
		put_uplift(r, fact->data);
	if (fact->kind == FACT_QUALITY_APPLIED)
		put_day(r, "The fee follows it, as the terms say, from",
			((const struct apply_quality *)fact->data)->from_day);
	if (fact->kind == FACT_EXISTING_AGREEMENT_RECORDED)
		put_day(r, "Care started on",
			((const struct record_existing_agreement *)fact->data)->started_day);
	if (fact->kind == FACT_NOT_SERVED)
		put_not_served(r, fact->data);
	if (fact->kind == FACT_DUE_CHANGED)
		form_say(r->form, PART_PARAGRAPH, "%.*s.", TEXT_FMT(change->why));
	if (fact_puts_offer(fact->kind) && offer->valid_until_day != NO_DAY)
		form_say(r->form, PART_PARAGRAPH, "It is valid until %.*s.",
			 TEXT_FMT(day_words(r->arena, offer->valid_until_day)));
	if (fact->kind == FACT_SETTLEMENT_ACCEPTED)
		form_say(r->form, PART_PARAGRAPH, "%s",
			 accepted->is_agreed
				 ? "Both sides have accepted it: it is to be signed."
				 : "The other side learns of it once it has accepted too.");
	if (fact->kind == FACT_SIGNED && sign->agreement != NO_INT && sign->agreement > 0)
		form_say(r->form, PART_PARAGRAPH,
			 "Both sides have now signed: the agreement is made.");
	if (fact->kind == FACT_START_CONFIRMED && start->started_day != NO_DAY)
		form_say(r->form, PART_PARAGRAPH, "Care started on %.*s.",
			 TEXT_FMT(day_words(r->arena, start->started_day)));
	if (fact->kind == FACT_REVIEW_HELD && review->kind >= 0 && review->held_day != NO_DAY)
		put_review(r, review);
}
