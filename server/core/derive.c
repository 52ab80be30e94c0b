/*
 * derive.c - what the core fills into a request, when a start applies, and the effects on clocks
 * that no column of the table says.
 *
 * Everything here is named by a row of moves.c and by nothing else.
 */
#include "concordat/core/account.h"
#include "concordat/core/compare.h"
#include "concordat/core/situation.h"

/* ---- when a start applies ---- */

enum involvement_purpose involvement_left_out(const struct placement *placement,
					      const struct obligation *obligation)
{
	enum fact_kind kind = placement->facts[obligation->entry - 1]->kind;

	if (kind == FACT_SIGNED)
		return INVOLVED_IN_SIGNATURE;
	return kind == FACT_PROVIDER_CHOSEN ? INVOLVED_IN_CHOICE : INVOLVED_IN_CALCULATION;
}

static bool not_involved_yet(const struct situation *s, enum involvement_purpose purpose)
{
	const struct placement *p = s->placement;

	if (p->opening->urgency != URGENCY_EMERGENCY || is_involved(p, purpose))
		return false;
	for (size_t i = 0; i < p->obligation_count; i++)
		if (p->obligations[i].duty == DUTY_RECORD_INVOLVEMENT &&
		    obligation_is_open(&p->obligations[i]) &&
		    involvement_left_out(p, &p->obligations[i]) == purpose)
			return false; /* it is owed already */
	return true;
}

bool calculated_without_person(const struct situation *s)
{
	return not_involved_yet(s, INVOLVED_IN_CALCULATION);
}

bool chosen_without_person(const struct situation *s)
{
	return not_involved_yet(s, INVOLVED_IN_CHOICE);
}

bool signed_without_person(const struct situation *s)
{
	return not_involved_yet(s, INVOLVED_IN_SIGNATURE);
}

bool signed_by_both(const struct situation *s)
{
	return s->actor->side == SIDE_COMMISSIONER ? s->placement->signed_by_provider
						   : s->placement->signed_by_commissioner;
}

bool care_to_be_confirmed(const struct situation *s)
{
	return signed_by_both(s) && !care_has_started(s->placement) && !is_in_later_round(s);
}

/* ---- what the core fills in ---- */

bool derive_calculation(const struct situation *s, void *data, struct refusal *refusal)
{
	struct calculate *c = data;
	const struct cost_model *model =
		s->world->cost_model(s->world->context, c->model, c->version);
	int32_t today = london_day(s->now_us), first_day, last_day;
	struct flaw fault;
	struct guide guide;
	const struct guide_line *lines;
	struct line_range *ranges;

	if (!model)
		return refuse(refusal, "cost_model_known", "/model",
			      TEXT("No such cost model and version is loaded. GET /v1/cost-models "
				   "lists them."));
	cost_model_effective(model, &first_day, &last_day);
	if (!recalculates_by(s, c) &&
	    (today < first_day || (last_day != NO_DAY && today > last_day)))
		return refuse(refusal, "cost_model_in_effect", "/version",
			      TEXT("This version is not in effect today. GET /v1/cost-models shows "
				   "which is."));
	if (!cost_model_run(s->arena, model, &c->inputs, &guide, &fault)) {
		refuse(refusal, "inputs_fit_model", NULL, fault.sentence);
		refusal->pointer = text_printf(s->arena, "/inputs%.*s", TEXT_FMT(fault.pointer));
		return false;
	}
	c->unit = guide.unit;
	c->low_p = guide.low_p;
	c->mid_p = guide.mid_p;
	c->high_p = guide.high_p;
	c->weekly_low_p = guide.weekly_low_p;
	c->weekly_mid_p = guide.weekly_mid_p;
	c->weekly_high_p = guide.weekly_high_p;
	c->illustrative = guide.illustrative;
	lines = guide.lines.items;
	ranges = arena_array(s->arena, struct line_range, guide.lines.count);
	for (size_t i = 0; i < guide.lines.count; i++)
		ranges[i] = (struct line_range){lines[i].key, lines[i].label, lines[i].low_r,
						lines[i].mid_r, lines[i].high_r};
	c->lines = (struct list){ranges, guide.lines.count};
	return true;
}

bool derive_sitting(const struct situation *s, void *data, struct refusal *refusal)
{
	struct refer_to_panel *r = data;
	struct due due = due_derive(s->world->calendar, duty_rule(s, DUTY_DECIDE_AT_PANEL),
				    s->at_us, NULL, 0);

	(void)refusal;
	r->sitting_day = due.due_day;
	return true;
}

bool derive_invitation(const struct situation *s, void *data, struct refusal *refusal)
{
	struct invite *i = data;

	(void)refusal;
	if (i->wanted_start_day == NO_DAY)
		i->wanted_start_day = s->placement->opening->wanted_start_day;
	i->calculation = (int64_t)s->placement->calculation_count;
	i->needs = s->placement->needs_count;
	return true;
}

bool derive_question(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct ask *)data)->number = (int64_t)s->thread->question_count + 1;
	return true;
}

void terms_rest_on(const struct placement *placement, struct terms *terms)
{
	terms->calculation =
		placement->calculation_count ? (int64_t)placement->calculation_count : NO_INT;
	terms->needs = placement->needs_count ? placement->needs_count : NO_INT;
}

bool derive_offer(const struct situation *s, void *data, struct refusal *refusal)
{
	struct make_offer *o = data;
	const struct offer *answered = offer_answered(s);
	const struct terms asked = o->terms;
	struct flaw flaw;

	/* The rule terms_sound has refused what could not be completed. */
	if (!terms_complete(s->arena, &asked, &o->terms, &flaw))
		return refuse(refusal, "terms_sound", NULL, flaw.sentence);
	terms_rest_on(s->placement, &o->terms);
	if (answered) {
		o->answers = answered->number;
		o->line_answers = offer_line_answers(s->arena, &answered->data->terms, &o->terms);
	}
	o->side = (int32_t)s->actor->side;
	o->number = (int64_t)s->thread->offer_count + 1;
	o->terms_digest = terms_digest(s->arena, &o->terms);
	return true;
}

bool derive_withdrawn_offer(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct withdraw_offer *)data)->number = thread_open_offer(s->thread)->number;
	return true;
}

bool derive_acceptance(const struct situation *s, void *data, struct refusal *refusal)
{
	const struct offer *offer = thread_open_offer(s->thread);

	(void)refusal;
	((struct accept *)data)->number = offer->number;
	((struct accept *)data)->weekly_p = offer->data->terms.weekly_p;
	return true;
}

bool derive_rejection(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct reject *)data)->number = thread_open_offer(s->thread)->number;
	return true;
}

/* What the agreement that this signature makes changes for nights already past. */
static void state_difference(const struct situation *s, struct sign *sign)
{
	struct placement *then = placement_copy(s->arena, s->placement);
	struct fact *fact = fact_begin(s, FACT_SIGNED);
	struct account_adjustment adjustment;

	fact->data = sign;
	if (!then || !placement_apply(then, fact))
		return;
	adjustment = account_of_last(s->arena, then);
	if (!adjustment.nights)
		return;
	sign->difference_p = adjustment.difference.total_p;
	sign->nights = adjustment.nights;
	sign->differences = amounts_list(s->arena, &adjustment.difference);
}

bool derive_signature(const struct situation *s, void *data, struct refusal *refusal)
{
	struct sign *sign = data;

	(void)refusal;
	sign->side = (int32_t)s->actor->side;
	sign->difference_p = sign->nights = NO_INT;
	sign->differences = (struct list){0};
	if (!signed_by_both(s))
		return true;
	sign->agreement = (int64_t)s->placement->agreement_count + 1;
	state_difference(s, sign);
	return true;
}

/* ---- effects on clocks that no column says ---- */

/* A reply waits for one sitting: asking the panel again and again does not put it off for ever. */
static bool waited_already(const struct obligation *o)
{
	return o->anchor_us > o->opened_at_us;
}

/* The commissioner's answer then waits for the sitting, and one working day; the other side sees
 * the date. */
bool wait_for_sitting(const struct situation *s, struct fact *fact)
{
	const struct opened *decide = fact->opens.items;
	const struct obligation *o;

	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		o = &s->placement->obligations[i];
		if (o->duty != DUTY_RESPOND || o->owed_by != SIDE_COMMISSIONER ||
		    !obligation_is_open(o) || o->missed_at_us != NEVER_US ||
		    o->due_at_us > decide->due_at_us || waited_already(o))
			continue;
		if (!move_due(s, fact, o, (struct rule){UNIT_WORKING_DAYS, 1, ROLL_NONE},
			      decide->due_at_us, "panel_sitting"))
			return false;
	}
	return true;
}

/* A panel that refuses before anybody is invited ends the placement: everything owed is released.
 * Once a provider negotiates, its refusal leaves the limit as it was. */
bool release_if_refused(const struct situation *s, struct fact *fact)
{
	if (((const struct panel_decide *)s->data)->outcome == PANEL_REFUSED &&
	    s->placement->stage == STAGE_WITH_PANEL)
		end_duties(s, fact, CARE_DUTIES, OBLIGATION_RELEASED);
	return true;
}

bool release_if_agreed(const struct situation *s, struct fact *fact)
{
	if (signed_by_both(s))
		end_duties(s, fact, BIT(DUTY_ACCEPTANCE_STANDS), OBLIGATION_RELEASED);
	return true;
}
