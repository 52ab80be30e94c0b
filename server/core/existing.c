/*
 * existing.c - rules about care that already ran when it was brought here.
 *
 * Its terms, its start and its next review are stated as they are, however long ago it began. What
 * lies before the confirmation is past: no review is owed for it, and no payment changes.
 */
#include "concordat/core/situation.h"

#define REVIEW_AHEAD_MOST 366 /* days */

/* The Care Act 2014 is in force since: no older terms are brought in as they stand. */
int32_t first_existing_day(void)
{
	return day_of(2015, 4, 1);
}

RULE(nobody_invited, "nobody_invited", "no provider has an open invitation")
{
	for (size_t i = 0; i < s->placement->thread_count; i++)
		if (s->placement->threads[i].state == THREAD_OPEN)
			return NO(nobody_invited, NULL,
				  "A provider already has an open invitation. Wait until it is "
				  "declined or expires.");
	return true;
}

static bool started_is_sound(const struct situation *s,
			     const struct record_existing_agreement *data, struct refusal *refusal);
static bool review_is_sound(const struct situation *s, const struct record_existing_agreement *data,
			    struct refusal *refusal);

/* Who pays as the placement was opened, where the terms do not say. */
static bool payers_fit(const struct situation *s, const struct record_existing_agreement *data,
		       struct refusal *refusal)
{
	struct list parts = s->placement->opening->funding;
	struct terms terms;
	struct flaw flaw;

	/* The rule terms_sound has refused what cannot be completed. */
	if (!terms_complete(s->arena, &data->terms, &terms, &flaw) || terms.funding.count)
		return true;
	parts.items = arena_copy(s->arena, parts.items, parts.count * sizeof(struct funding_part));
	return funding_split(s->arena, &parts, terms_payable(&terms), &flaw) ||
	       refuse(refusal, rule_existing_sound.name, "/terms/funding", flaw.sentence);
}

RULE(existing_sound, "existing_sound",
     "terms and care have begun, not before 1 April 2015; payers fit; the next review is to come")
{
	const struct record_existing_agreement *data = s->data;

	if (!data)
		return true;
	if (data->terms.start_day > london_day(s->now_us))
		return NO(existing_sound, "/terms/start",
			  "These terms are still to begin. Invite the provider instead, or state "
			  "those that stand today.");
	if (data->terms.end_day != NO_DAY && data->terms.end_day < london_day(s->now_us))
		return NO(existing_sound, "/terms/end",
			  "These terms have ended. State those that stand today.");
	return payers_fit(s, data, refusal) && started_is_sound(s, data, refusal) &&
	       review_is_sound(s, data, refusal);
}

static bool started_is_sound(const struct situation *s,
			     const struct record_existing_agreement *data, struct refusal *refusal)
{
	if (data->started_day > london_day(s->now_us))
		return NO(existing_sound, "/started",
			  "This day is still to come. Invite the provider instead.");
	return data->started_day >= first_existing_day() ||
	       NO(existing_sound, "/started",
		  "This day is before 1 April 2015. Give that day, and put what came before into "
		  "a note.");
}

static bool review_is_sound(const struct situation *s, const struct record_existing_agreement *data,
			    struct refusal *refusal)
{
	int32_t today = london_day(s->now_us);

	if (data->next_review_day < today)
		return NO(existing_sound, "/next_review",
			  "This day is past. Give the day by which the next review is held.");
	if (data->next_review_day > today + REVIEW_AHEAD_MOST)
		return NO(existing_sound, "/next_review",
			  "A review is held every twelve months. Give a day within a year.");
	if (data->review_kind == REVIEW_REQUESTED)
		return NO(existing_sound, "/review_kind",
			  "A review that is asked for has no day of its own. Say first, "
			  "three_month or yearly.");
	if (data->review_kind == REVIEW_FIRST &&
	    data->next_review_day >= day_add_months(data->started_day, 3))
		return NO(existing_sound, "/review_kind",
			  "By then the three-month review is due. Say three_month or yearly.");
	return true;
}

bool derive_existing_agreement(const struct situation *s, void *data, struct refusal *refusal)
{
	struct record_existing_agreement *existing = data;
	const struct terms asked = existing->terms;
	struct flaw flaw;

	/* The rule terms_sound has refused what could not be completed. */
	if (!terms_complete(s->arena, &asked, &existing->terms, &flaw))
		return refuse(refusal, "terms_sound", NULL, flaw.sentence);
	terms_rest_on(s->placement, &existing->terms);
	if (existing->review_kind == NO_ENUM)
		existing->review_kind = REVIEW_YEARLY;
	existing->number = 1;
	existing->terms_digest = terms_digest(s->arena, &existing->terms);
	return true;
}

/* ---- the provider's answer ---- */

/* Whether the offer on the table holds the terms of care that already runs. */
static bool is_on_table(const struct situation *s)
{
	const struct offer *offer = s->thread ? thread_open_offer(s->thread) : NULL;

	return offer &&
	       s->placement->facts[offer->entry - 1]->kind == FACT_EXISTING_AGREEMENT_RECORDED;
}

RULE(existing_on_table, "existing_on_table",
     "the terms on the table are those of care that already runs")
{
	return is_on_table(s) ||
	       NO(existing_on_table, NULL,
		  "No terms of care that already runs are on the table. Answer the offer that is.");
}

RULE(not_existing, "not_existing", "the terms are not those of care that already runs")
{
	return !is_on_table(s) || NO(not_existing, NULL,
				     "This care already runs: a signatory confirms its terms "
				     "(confirm_existing_agreement).");
}

RULE(decline_in_time, "decline_in_time",
     "nothing is negotiated yet, or the terms are those of care that already runs")
{
	return (s->round && s->round->stage == STAGE_INVITING) || is_on_table(s) ||
	       NO(decline_in_time, NULL,
		  "Terms are being negotiated. Reject the offer, or withdraw your own.");
}

RULE(needs_wanted, "needs_wanted",
     "while an agreement is in force, in a round, or when none are described yet")
{
	bool in_round = s->round &&
			(s->round->stage == STAGE_INVITING || s->round->stage == STAGE_NEGOTIATING);

	return s->placement->stage != STAGE_IN_FORCE || in_round ||
	       (!s->round && !s->placement->needs) ||
	       NO(needs_wanted, NULL,
		  "Needs are described again in a round. Propose other terms "
		  "(propose_variation), or have the calculation made again at a review.");
}

bool derive_existing_confirmation(const struct situation *s, void *data, struct refusal *refusal)
{
	struct confirm_existing_agreement *confirmed = data;

	(void)refusal;
	confirmed->number = thread_open_offer(s->thread)->number;
	confirmed->agreement = (int64_t)s->placement->agreement_count + 1;
	confirmed->started_day = s->placement->existing->started_day;
	return true;
}

/* ---- reviews of care that already ran ---- */

/* With the provider that it was recorded of: declined, it is nobody's. */
bool runs_as_brought_in(const struct situation *s)
{
	const struct placement *p = s->placement;

	for (size_t i = p->fact_count; p->existing && i-- > 0;)
		if (p->facts[i]->kind == FACT_EXISTING_AGREEMENT_RECORDED)
			return s->thread && s->thread->number == p->facts[i]->thread;
	return false;
}

/* Whether the move schedules its reviews. */
static bool schedules_existing(const struct situation *s)
{
	return runs_as_brought_in(s) && s->row &&
	       (s->row->move == MOVE_CONFIRM_EXISTING_AGREEMENT ||
		s->row->move == MOVE_CONFIRM_START);
}

bool is_next_of_existing(const struct situation *s, enum duty duty)
{
	return schedules_existing(s) &&
	       duty == review_duty((enum review_kind)s->placement->existing->review_kind);
}

/* One whose day has passed by now is due a working day from now. */
struct rule next_of_existing(const struct situation *s)
{
	int32_t ahead = s->placement->existing->next_review_day - london_day(s->at_us);

	return ahead > 0 ? (struct rule){UNIT_DAYS, ahead, ROLL_BACK}
			 : (struct rule){UNIT_WORKING_DAYS, 1, ROLL_NONE};
}

bool is_past_of_existing(const struct situation *s, enum duty duty, const struct due *due)
{
	enum duty next;

	if (!schedules_existing(s) || !(BIT(duty) & SCHEDULED_REVIEWS))
		return false;
	next = review_duty((enum review_kind)s->placement->existing->review_kind);
	return duty < next || due->at_us <= s->at_us;
}
