/*
 * rules_terms.c - the rules about offers and their terms: whose turn, which offer, how much.
 */
#include "concordat/core/money.h"
#include "concordat/core/situation.h"

RULE(turn, "turn", "it is that side's turn: nobody offers twice in a row")
{
	if (s->thread && s->thread->turn != SIDE_EITHER && s->thread->turn != s->actor->side)
		return thread_open_offer(s->thread) == NULL
			       ? NO(turn, NULL,
				    "The other side's last offer was withdrawn or expired, and it "
				    "is its turn to offer "
				    "again. Wait for it.")
			       : NO(turn, NULL,
				    "It is the other side's turn to offer. Wait for its answer, or "
				    "withdraw "
				    "your offer.");
	return true;
}

/* Why there is none: what the last one came to. */
static bool refuse_no_offer(const struct situation *s, struct refusal *refusal)
{
	const struct thread *t = s->thread;

	if (t && t->offer_count && t->offers[t->offer_count - 1].state == OFFER_EXPIRED)
		return refuse(refusal, "offer_lapsed", NULL,
			      TEXT("The offer has expired. Its maker may make a new one."));
	if (t && t->offer_count && t->offers[t->offer_count - 1].state == OFFER_WITHDRAWN)
		return refuse(refusal, "offer_withdrawn", NULL,
			      TEXT("The offer was withdrawn. Its maker may make a new one."));
	return refuse(refusal, "offer_on_table", NULL, TEXT("There is no offer on the table."));
}

RULE(offer_on_table, "offer_on_table", "an unexpired offer is on the table")
{
	if (!s->thread || !thread_open_offer(s->thread))
		return refuse_no_offer(s, refusal);
	return true;
}

RULE(own_offer, "own_offer", "the offer is one's own")
{
	const struct offer *offer = thread_open_offer(s->thread);

	if (offer && offer->side != s->actor->side)
		return NO(own_offer, NULL,
			  "The offer on the table is the other side's. Accept, reject or counter "
			  "it.");
	return true;
}

RULE(others_offer, "others_offer", "the offer is the other side's")
{
	const struct offer *offer = thread_open_offer(s->thread);

	if (offer && offer->side == s->actor->side)
		return NO(
			others_offer, NULL,
			"The offer on the table is your own. Wait for the answer, or withdraw it.");
	return true;
}

RULE(names_digest, "names_digest", "the request names the digest of the terms")
{
	const struct digest *named = s->data; /* accept and sign: the first member */
	const struct offer *offer = thread_open_offer(s->thread);

	if (!offer)
		offer = thread_accepted_offer(s->thread);
	if (named && offer && !digest_eq(named, &offer->data->terms_digest))
		return NO(names_digest, "/terms_digest",
			  "This is not the digest of the offer on the table. Read the placement "
			  "again.");
	return true;
}

/* The weekly fee that the commissioner would be bound by: its own offer, or the one it accepts. */
static int64_t weekly_at_stake(const struct situation *s)
{
	const struct make_offer *made = s->data;
	const struct offer *offer;
	struct terms terms;
	struct flaw flaw;

	if (!puts_offer(s)) {
		offer = thread_open_offer(s->thread);
		return offer ? offer->data->terms.weekly_p : 0;
	}
	/* What cannot be completed the rule terms_sound refuses. */
	return terms_complete(s->arena, &made->terms, &terms, &flaw) ? terms.weekly_p : 0;
}

static int32_t start_at_stake(const struct situation *s)
{
	const struct make_offer *made = s->data;
	const struct offer *offer = s->thread ? thread_open_offer(s->thread) : NULL;

	if (puts_offer(s))
		return made->terms.start_day;
	return offer ? offer->data->terms.start_day : NO_DAY;
}

RULE(within_limit, "within_approved_limit", "the commissioner stays within the approved limit")
{
	int64_t limit = s->world->panel_threshold_p;

	/* what would be accepted lies there; what would be offered is not known without it */
	if ((!s->data && puts_offer(s)) || s->actor->side != SIDE_COMMISSIONER)
		return true;
	if (weekly_in_force(s->placement, start_at_stake(s)) > limit)
		limit = weekly_in_force(s->placement, start_at_stake(s));
	if (s->round && s->round->panel_approved)
		limit = s->round->limit_weekly_p;
	if (weekly_at_stake(s) > limit)
		return NO(within_limit, NULL,
			  "This is above the approved limit. Refer it to the panel again, or "
			  "counter.");
	return true;
}

RULE(guide_reason, "above_guide_reason", "above the guide's high the commissioner gives a reason")
{
	const struct calculation *guide = placement_calculation(s->placement);
	const struct personal *reason;

	if (!s->data || !guide || guide->data->weekly_high_p == NO_INT ||
	    s->actor->side != SIDE_COMMISSIONER)
		return true;
	reason = puts_offer(s) ? &((const struct make_offer *)s->data)->above_guide_reason
			       : &((const struct accept *)s->data)->above_guide_reason;
	if (weekly_at_stake(s) > guide->data->weekly_high_p && !reason->text.at)
		return NO(guide_reason, "/above_guide_reason",
			  "This is above the guide's high. Say why (above_guide_reason).");
	return true;
}

static bool outcome_known(const struct describe_needs *needs, struct text key)
{
	const struct outcome *outcomes = needs->outcomes.items;

	for (size_t i = 0; i < needs->outcomes.count; i++)
		if (text_eq(outcomes[i].key, key))
			return true;
	return false;
}

bool outcomes_known(const struct situation *s, const struct list *refs, size_t size,
		    struct refusal *refusal, const char *pointer)
{
	for (size_t i = 0; i < refs->count; i++) {
		const struct text *key = (const void *)((const char *)refs->items + i * size);

		if (!s->placement->needs || !outcome_known(s->placement->needs, *key)) {
			refuse(refusal, "outcome_known", NULL,
			       text_printf(s->arena,
					   "No outcome has the key \"%.*s\". Use a key of the "
					   "needs described.",
					   TEXT_FMT(*key)));
			refusal->pointer = text_printf(s->arena, "%s/%zu/key", pointer, i);
			return false;
		}
	}
	return true;
}

#define START_BEFORE_MOST 90

/* How far back terms may reach: care that ran before it was brought here, to where it may. */
static bool start_is_sound(const struct situation *s, int32_t day, struct refusal *refusal)
{
	bool existing =
		runs_as_brought_in(s) || (s->row && s->row->move == MOVE_RECORD_EXISTING_AGREEMENT);

	if (existing)
		return day >= first_existing_day() ||
		       refuse(refusal, rule_terms_sound.name, "/terms/start",
			      TEXT("This start is before 1 April 2015. Give that day, or the one "
				   "these terms were last changed on."));
	return day >= london_day(s->placement->opened_at_us) - START_BEFORE_MOST ||
	       refuse(refusal, rule_terms_sound.name, "/terms/start",
		      TEXT("This start is more than 90 days before the placement was opened."));
}

RULE(terms_sound, "terms_sound",
     "terms can be worked out: lines, payers, quality and uplift; outcomes are known")
{
	const struct make_offer *data = s->data;
	struct terms terms;
	struct flaw flaw;

	if (!data)
		return true;
	if (!terms_complete(s->arena, &data->terms, &terms, &flaw)) {
		refuse(refusal, rule_terms_sound.name, NULL, flaw.sentence);
		refusal->pointer = text_printf(s->arena, "/terms%.*s", TEXT_FMT(flaw.pointer));
		return false;
	}
	if (!payers_are_apart(s, &data->terms.funding, &flaw)) {
		refuse(refusal, rule_terms_sound.name, NULL, flaw.sentence);
		refusal->pointer =
			text_printf(s->arena, "/terms/funding%.*s", TEXT_FMT(flaw.pointer));
		return false;
	}
	if (!start_is_sound(s, data->terms.start_day, refusal))
		return false;
	if (s->placement->needs && !data->terms.outcomes.count)
		return NO(terms_sound, "/terms/outcomes",
			  "Name the outcomes that these terms serve, by their keys.");
	return outcomes_known(s, &data->terms.outcomes, sizeof(struct outcome_ref), refusal,
			      "/terms/outcomes");
}

RULE(valid_until, "valid_until", "the offer stands at least until the answer is due")
{
	const struct make_offer *data = s->data;
	int32_t closes = closing_day(s);
	int64_t from_us = closes == NO_DAY ? s->at_us : london_instant(closes, 17, 0);
	struct rule rule;
	struct due due;

	if (!data || data->valid_until_day == NO_DAY)
		return true;
	if (closes != NO_DAY && data->valid_until_day <= closes)
		return NO(valid_until, "/valid_until",
			  "Offers are opened on the closing day. Let yours stand longer.");
	if (data->valid_until_day <= london_day(s->at_us))
		return NO(valid_until, "/valid_until",
			  "An offer stands until tomorrow at the least. Choose a later day.");
	rule = duty_rule(s, DUTY_RESPOND);
	due = due_derive(s->world->calendar, rule, from_us, NULL, 0);
	if (due.state == DUE_SET && london_instant(data->valid_until_day, 17, 0) < due.at_us) {
		struct text until = instant_words(s->arena, due.at_us);

		return refuse(refusal, rule_valid_until.name, "/valid_until",
			      text_printf(s->arena,
					  "The other side has until %.*s to answer. Let the offer "
					  "stand that long.",
					  TEXT_FMT(until)));
	}
	if (data->valid_until_day - london_day(from_us) > 366)
		return NO(valid_until, "/valid_until",
			  "An offer stands a year at most. Choose an earlier day.");
	return true;
}
