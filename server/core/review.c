/*
 * review.c - reviews: which are open, which are asked for, and how one reopens the calculation.
 *
 * A review that was asked for is an action due like the scheduled ones, numbered, so that it can be
 * held or declined. Within a review either side may have the calculation made again: a round opens,
 * and the present terms stand until both have signed others.
 */
#include "concordat/core/situation.h"

enum duty review_duty(enum review_kind kind)
{
	switch (kind) {
	case REVIEW_FIRST:
		return DUTY_FIRST_REVIEW;
	case REVIEW_THREE_MONTH:
		return DUTY_THREE_MONTH_REVIEW;
	case REVIEW_REQUESTED:
		return DUTY_REQUESTED_REVIEW;
	case REVIEW_YEARLY:
	case REVIEW_KIND_COUNT:
		break;
	}
	return DUTY_YEARLY_REVIEW;
}

/* ---- the yearly one ---- */

static bool anchors_the_yearly(const struct hold_review *review)
{
	return review->kind == REVIEW_THREE_MONTH || review->kind == REVIEW_YEARLY;
}

int32_t last_anchoring_review(const struct placement *placement)
{
	int32_t last = NO_DAY;

	for (size_t i = 0; i < placement->review_count; i++) {
		const struct hold_review *review = placement->reviews[i].data;

		if (anchors_the_yearly(review) && review->held_day > last)
			last = review->held_day;
	}
	return last;
}

bool is_the_yearly_anchor(const struct situation *s)
{
	return anchors_the_yearly(s->data);
}

/* A yearly review counts from the last three-month or yearly one held. */
bool release_old_yearly(const struct situation *s, struct fact *fact)
{
	if (is_the_yearly_anchor(s))
		end_duties(s, fact, BIT(DUTY_YEARLY_REVIEW), OBLIGATION_RELEASED);
	return true;
}

/* ---- held ---- */

static const struct obligation *open_duty(const struct placement *p, enum duty duty)
{
	for (size_t i = 0; i < p->obligation_count; i++)
		if (p->obligations[i].duty == duty && obligation_is_open(&p->obligations[i]))
			return &p->obligations[i];
	return NULL;
}

static const struct obligation *open_review(const struct placement *p, int32_t kind)
{
	return open_duty(p, review_duty((enum review_kind)kind));
}

/* The one that the yearly review counts from: it is not held on that day too. */
static bool held_today(const struct situation *s)
{
	return last_anchoring_review(s->placement) >= london_day(s->now_us);
}

RULE(review_open, "review_open", "that review is scheduled or asked for, and not held yet")
{
	const struct hold_review *data = s->data;
	bool any = false;

	for (int32_t kind = 0; kind < REVIEW_KIND_COUNT; kind++)
		any |= open_review(s->placement, kind) != NULL &&
		       !(!data && kind == REVIEW_YEARLY && held_today(s));
	if (!any)
		return NO(review_open, NULL, "No review is due. Confirm the start of care first.");
	if (data && !open_review(s->placement, data->kind))
		return NO(review_open, "/kind", "This review is held already or was never due.");
	return true;
}

/* The first one asked for and not answered yet is the oldest. */
static bool held_before_asked(const struct placement *p, const struct hold_review *data)
{
	const struct obligation *asked = open_review(p, REVIEW_REQUESTED);

	return data->kind == REVIEW_REQUESTED && asked &&
	       data->held_day < london_day(asked->anchor_us);
}

RULE(review_sound, "review_sound",
     "held on a day of care, its outcomes known; a cut names its reassessment")
{
	const struct hold_review *data = s->data;

	if (!data)
		return true;
	if (data->held_day > london_day(s->now_us))
		return NO(review_sound, "/held_on",
			  "This day is still to come. Record the review once it is held.");
	if (data->held_day < s->placement->started_day)
		return NO(review_sound, "/held_on", "This day is before care started.");
	if (held_before_asked(s->placement, data))
		return NO(review_sound, "/held_on", "This day is before the review was asked for.");
	if (data->kind == REVIEW_YEARLY && data->held_day <= last_anchoring_review(s->placement))
		return NO(review_sound, "/held_on",
			  "A three-month or yearly review was held on that day or later.");
	if (data->needs == NEEDS_FELL && data->reassessed_day == NO_DAY)
		return NO(review_sound, "/reassessed_on",
			  "A cut on needs rests on a reassessment. State its day.");
	if (data->reassessed_day != NO_DAY && data->reassessed_day > data->held_day)
		return NO(review_sound, "/reassessed_on",
			  "The reassessment must be on or before the day of the review.");
	return outcomes_known(s, &data->outcomes, sizeof(struct outcome_result_entry), refusal,
			      "/outcomes");
}

/* The duty of that kind; of reviews asked for, those asked for by the day it was held. */
static bool holds(const struct hold_review *data, const struct obligation *o)
{
	return o->duty == review_duty((enum review_kind)data->kind) &&
	       (data->kind != REVIEW_REQUESTED || london_day(o->anchor_us) <= data->held_day);
}

/* ---- near a review ---- */

static int64_t near_days(const struct situation *s)
{
	return s->world->protocol->recalculation_within_days;
}

static bool was_held_lately(const struct situation *s, const struct hold_review *review)
{
	return review->held_day >= london_day(s->at_us) - near_days(s);
}

static bool is_close(const struct situation *s, const struct obligation *o)
{
	return BIT(o->duty) & REVIEW_DUTIES && obligation_is_open(o) &&
	       (o->duty == DUTY_REQUESTED_REVIEW ||
		o->due_day - london_day(s->at_us) <= near_days(s));
}

static bool feedback_is_open(const struct situation *s, int32_t kind)
{
	if (open_review(s->placement, kind))
		return true;
	for (size_t i = 0; i < s->placement->review_count; i++)
		if (s->placement->reviews[i].data->kind == kind &&
		    was_held_lately(s, s->placement->reviews[i].data))
			return true;
	return false;
}

RULE(feedback_open, "feedback_open", "that review is scheduled, or was held lately")
{
	const struct give_feedback *data = s->data;
	bool any = false;

	for (int32_t kind = 0; kind < REVIEW_KIND_COUNT; kind++)
		any |= feedback_is_open(s, kind);
	if (!any)
		return NO(feedback_open, NULL,
			  "No review is scheduled or was held lately. Ask for one "
			  "(request_review).");
	return !data || feedback_is_open(s, data->kind) ||
	       NO(feedback_open, "/kind",
		  "This review is not scheduled and was not held lately. Name another, or ask for "
		  "one (request_review).");
}

/* ---- asked for ---- */

/* How many were; the number of each is the subject of the action it opened. */
static int64_t reviews_asked(const struct placement *p)
{
	int64_t count = 0;

	for (size_t i = 0; i < p->obligation_count; i++)
		count += p->obligations[i].duty == DUTY_REQUESTED_REVIEW;
	return count;
}

int64_t next_review_request(const struct placement *placement)
{
	return reviews_asked(placement) + 1;
}

static enum side asked_by(const struct placement *p, const struct obligation *o)
{
	return fact_speaker(p->facts[o->entry - 1]);
}

RULE(review_not_asked, "review_not_asked_yet", "one's own last request is answered")
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (o->duty == DUTY_REQUESTED_REVIEW && obligation_is_open(o) &&
		    asked_by(s->placement, o) == s->actor->side)
			return NO(review_not_asked, NULL,
				  "Your side has asked for a review already. It is held or "
				  "declined first.");
	}
	return true;
}

RULE(review_request_sound, "review_request_sound", "another reason is given in words")
{
	const struct request_review *data = s->data;

	return !data || data->reason != REVIEW_OTHER_REASON || data->detail.text.at ||
	       NO(review_request_sound, "/detail", "Say why a review is wanted.");
}

bool derive_review_request(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct request_review *)data)->number = next_review_request(s->placement);
	return true;
}

static const struct obligation *request_meant(const struct situation *s)
{
	const struct decline_review *data = s->data;

	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (o->duty == DUTY_REQUESTED_REVIEW && obligation_is_open(o) &&
		    (!data || o->subject == data->number))
			return o;
	}
	return NULL;
}

RULE(review_requested, "review_requested", "a review is asked for, and not held or declined yet")
{
	if (request_meant(s))
		return true;
	return s->data ? NO(review_requested, "/number",
			    "No request of this number waits. Read the placement again.")
		       : NO(review_requested, NULL, "No review that was asked for waits.");
}

RULE(decline_reasonable, "declined_as_unreasonable",
     "the person's own request is declined only as unreasonable")
{
	const struct decline_review *data = s->data;
	const struct obligation *request = request_meant(s);

	return !data || data->unreasonable ||
	       asked_by(s->placement, request) != SIDE_REPRESENTATIVE ||
	       NO(decline_reasonable, "/unreasonable",
		  "The person asked for this review. It can be declined only as unreasonable; "
		  "else hold it.");
}

/* ---- the calculation again ---- */

/* Where one could be made: nothing is mediated, and no terms wait for signatures. */
static bool can_recalculate(const struct situation *s)
{
	return !open_duty(s->placement, DUTY_RECALCULATE) &&
	       (!s->round || s->round->stage == STAGE_INVITING ||
		s->round->stage == STAGE_NEGOTIATING);
}

bool recalculation_decided(const struct situation *s)
{
	const struct hold_review *data = s->data;

	return data->decision == REVIEW_RECALCULATE && can_recalculate(s);
}

bool review_round_decided(const struct situation *s)
{
	return s->placement->agreement_count && no_round_is_open(s) && recalculation_decided(s);
}

RULE(within_review, "within_review",
     "a review is asked for, due soon or overdue, or was held lately")
{
	const struct placement *p = s->placement;

	for (size_t i = 0; i < p->obligation_count; i++)
		if (is_close(s, &p->obligations[i]))
			return true;
	for (size_t i = 0; i < p->review_count; i++)
		if (was_held_lately(s, p->reviews[i].data))
			return true;
	return NO(within_review, NULL,
		  "No review is near. Ask for one (request_review), or propose other terms "
		  "(propose_variation).");
}

RULE(recalculation_fits, "recalculation_fits",
     "none is owed already, nothing is being mediated or signed")
{
	return can_recalculate(s) ||
	       NO(recalculation_fits, NULL,
		  "The calculation is asked for already, or the open round is being mediated or "
		  "signed. Wait for that first.");
}

/* That it takes effect later than the one that governs. */
static bool is_newer_model(const struct situation *s, const struct cost_model *model)
{
	const struct calculation *governs = placement_calculation(s->placement);
	const struct cost_model *older =
		governs ? s->world->cost_model(s->world->context, governs->data->model,
					       governs->data->version)
			: NULL;
	int32_t first_day, older_first_day, last_day;

	if (!older || !text_eq(older->id, model->id))
		return true;
	cost_model_effective(model, &first_day, &last_day);
	cost_model_effective(older, &older_first_day, &last_day);
	return first_day > older_first_day;
}

RULE(recalculation_model, "recalculation_model",
     "by the cost model that governs, or a newer one that is loaded")
{
	const struct request_recalculation *data = s->data;
	const struct cost_model *model;

	if (!data)
		return true;
	if (!data->model.at != !data->version.at)
		return NO(recalculation_model, data->model.at ? "/version" : "/model",
			  "State the model and its version, or neither.");
	if (!data->model.at)
		return placement_calculation(s->placement) ||
		       NO(recalculation_model, "/model",
			  "There is no calculation yet. State the model and its version.");
	model = s->world->cost_model(s->world->context, data->model, data->version);
	if (!model)
		return refuse(refusal, "cost_model_known", "/model",
			      TEXT("No such cost model and version is loaded. GET /v1/cost-models "
				   "lists them."));
	return is_newer_model(s, model) ||
	       NO(recalculation_model, "/version",
		  "This version is no newer than the one that governs. Leave both out to "
		  "recalculate by that one.");
}

bool derive_recalculation(const struct situation *s, void *data, struct refusal *refusal)
{
	struct request_recalculation *request = data;
	const struct calculation *governs = placement_calculation(s->placement);

	(void)refusal;
	request->is_newer = request->model.at != NULL;
	if (request->is_newer)
		return true;
	request->model = governs->data->model;
	request->version = governs->data->version;
	return true;
}

/* What was asked for, by the action it opened; NULL: a review decided it. */
static const struct request_recalculation *request_of(const struct placement *p,
						      const struct obligation *o)
{
	const struct fact *fact = p->facts[o->entry - 1];

	return fact->kind == FACT_RECALCULATION_REQUESTED ? fact->data : NULL;
}

static bool is_model(const struct calculate *c, struct text model, struct text version)
{
	return text_eq(c->model, model) && text_eq(c->version, version);
}

bool recalculates_by(const struct situation *s, const struct calculate *c)
{
	const struct obligation *owed = open_duty(s->placement, DUTY_RECALCULATE);
	const struct request_recalculation *request = owed ? request_of(s->placement, owed) : NULL;
	const struct calculation *governs = placement_calculation(s->placement);

	if (!owed)
		return false;
	return (request && is_model(c, request->model, request->version)) ||
	       (governs && is_model(c, governs->data->model, governs->data->version));
}

/* Where a newer version was stated, by that one. */
static bool recalculates(const struct situation *s, const struct obligation *o)
{
	const struct request_recalculation *request = request_of(s->placement, o);

	return !request || !request->is_newer ||
	       is_model(s->data, request->model, request->version);
}

bool meets_review(const struct situation *s, const struct obligation *o)
{
	const struct decline_review *declined = s->data;

	if (s->row->move == MOVE_HOLD_REVIEW)
		return holds(s->data, o);
	if (s->row->move == MOVE_DECLINE_REVIEW)
		return o->subject == declined->number;
	return s->row->move != MOVE_CALCULATE || recalculates(s, o);
}
