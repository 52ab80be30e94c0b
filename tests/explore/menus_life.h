/*
 * menus_life.h - the requests that stand for all others of the moves in the life of an agreement:
 * reviews, later rounds, uplifts, who pays, nights away.
 */
#ifndef CONCORDAT_TESTS_MENUS_LIFE_H
#define CONCORDAT_TESTS_MENUS_LIFE_H

#include "menus_beside.h"

#define TOP_UP_P 5000

static int32_t later_of(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* ---- reviews ---- */

static void menu_feedback(struct menu *menu)
{
	for (int32_t kind = 0; kind < REVIEW_KIND_COUNT; kind++)
		*ADD(give_feedback, review_kind_names[kind]) =
			(struct give_feedback){kind, said(menu)};
}

static void menu_review_requests(struct menu *menu)
{
	*ADD(request_review, "needs rose") =
		(struct request_review){REVIEW_NEEDS_ROSE, said(menu), NO_INT};
	ADD(request_review, "another reason, not given")->reason = REVIEW_OTHER_REASON;
}

static void menu_review_refusals(struct menu *menu)
{
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];

		if (o->duty == DUTY_REQUESTED_REVIEW && obligation_is_open(o))
			*ADD(decline_review, "asked for") =
				(struct decline_review){o->subject, said(menu), true};
	}
	*ADD(decline_review, "as it is") = (struct decline_review){1, said(menu), false};
	*ADD(decline_review, "no such request") = (struct decline_review){99, said(menu), true};
}

static void menu_recalculations(struct menu *menu)
{
	struct request_recalculation *asked =
		ADD(request_recalculation, "by the model that governs");

	asked->reason = said(menu);
	asked = ADD(request_recalculation, "by the hour");
	asked->model = TEXT("hourly");
	asked->version = TEXT("1");
	ADD(request_recalculation, "no version")->model = TEXT("home");
}

/* ---- offers in a later round ---- */

static void set_proposal(struct menu *menu, struct make_offer *offer, int64_t weekly_p,
			 int32_t start_day)
{
	set_amount(menu, offer, weekly_p);
	offer->line_reasons = (struct list){0};
	offer->terms.start_day = start_day;
}

static int32_t first_agreed_day(const struct menu *menu)
{
	return played->agreement_count ? played->agreements[0].from_day : menu->today;
}

static void menu_variations(struct menu *menu)
{
	int32_t start = later_of(menu->today, first_agreed_day(menu));

	set_proposal(menu, ADD(make_offer, "within the guide"), WITHIN_P, start);
	set_proposal(menu, ADD(make_offer, "above the limit"), ABOVE_LIMIT_P, start);
	set_proposal(menu, ADD(make_offer, "before it began"), WITHIN_P,
		     first_agreed_day(menu) - 1);
}

static void menu_term_extensions(struct menu *menu)
{
	const struct terms *agreed = agreed_terms();
	int32_t ends = agreed ? agreed->end_day : NO_DAY;
	struct make_offer *offer;

	for (int more = 0; more < 2; more++) {
		offer = ADD(make_offer, more ? "for too long" : "as agreed");
		set_proposal(menu, offer, WITHIN_P, ends == NO_DAY ? menu->today : ends + 1);
		if (ends != NO_DAY && agreed->extension.months != NO_INT)
			offer->terms.end_day =
				day_add_months(ends + 1, (int32_t)agreed->extension.months) - 1 +
				more;
	}
}

static void menu_version_corrections(struct menu *menu)
{
	const struct agreement *newest = placement_agreement(played);

	set_proposal(menu, ADD(make_offer, "of the first"), WITHIN_P, first_agreed_day(menu));
	if (newest && newest->number > 1)
		set_proposal(menu, ADD(make_offer, "of the newest"), WITHIN_P, newest->from_day);
	set_proposal(menu, ADD(make_offer, "of none"), WITHIN_P, first_agreed_day(menu) - 1);
}

/* ---- uplifts ---- */

/* No day is uplifted twice. */
static int32_t day_to_uplift(const struct menu *menu)
{
	int32_t day = later_of(menu->today, first_agreed_day(menu));

	for (size_t i = 0; i < played->agreement_count; i++) {
		const struct agreement *version = &played->agreements[i];
		bool by_round = version->basis == AGREEMENT_SIGNED &&
				thread_round(played, version->thread)->kind == ROUND_UPLIFT;

		if (version->basis == AGREEMENT_UPLIFTED || by_round)
			day = later_of(day, version->from_day + 1);
	}
	return day;
}

static void add_uplift(struct menu *menu, const char *name, int64_t percent_r, int32_t from_day)
{
	struct apply_uplift *uplift = ADD(apply_uplift, name);
	struct index_rise *rises = arena_array(arena, struct index_rise, 2);

	rises[0] = (struct index_rise){.index = COST_INDEX_NLW, .percent_r = percent_r};
	rises[1] = (struct index_rise){.index = COST_INDEX_CPI, .percent_r = percent_r};
	uplift->figures.from_day = from_day;
	uplift->figures.rises = (struct list){rises, 2};
}

static void menu_uplifts(struct menu *menu)
{
	int32_t day = day_to_uplift(menu);
	struct apply_uplift *uplift;

	add_uplift(menu, "a rise", 12300, day);
	add_uplift(menu, "a fall", -12300, day);
	add_uplift(menu, "before it began", 12300, first_agreed_day(menu) - 1);
	if (played->agreement_count)
		add_uplift(menu, "from its first day", 12300, first_agreed_day(menu));
	add_uplift(menu, "without a figure", 12300, day);
	uplift = (struct apply_uplift *)menu->items[menu->count - 1].data;
	uplift->figures.rises.count = 0;
	add_uplift(menu, "of an index twice", 12300, day);
	uplift = (struct apply_uplift *)menu->items[menu->count - 1].data;
	((struct index_rise *)uplift->figures.rises.items)[1].index = COST_INDEX_NLW;
	add_uplift(menu, "paid before it", 12300, day);
	uplift = (struct apply_uplift *)menu->items[menu->count - 1].data;
	uplift->paid_from_day = day - 1;
}

/* ---- money ---- */

/* As the other side has entered it, or something else. */
static void menu_interim_terms(struct menu *menu)
{
	const struct interim *last_one =
		played->interim_count ? &played->interims[played->interim_count - 1] : NULL;
	struct agree_interim_terms *terms = ADD(agree_interim_terms, "as entered");
	int64_t weekly_p = WITHIN_P + 11 * menu->thread;
	bool is_theirs = last_one && last_one->thread == menu->thread && !last_one->agreed_entry &&
			 last_one->side != menu->who->side;

	terms->weekly_p = is_theirs ? last_one->weekly_p : weekly_p;
	terms->basis = is_theirs ? (int32_t)last_one->basis : INTERIM_FINAL;
	terms->from_day = is_theirs ? last_one->from_day : menu->today;
	terms = ADD(agree_interim_terms, "another amount");
	terms->weekly_p =
		last_one && last_one->weekly_p == weekly_p + 1 ? weekly_p + 2 : weekly_p + 1;
	terms->basis = INTERIM_ADJUSTED;
	terms->from_day = menu->today;
	terms = ADD(agree_interim_terms, "nothing");
	terms->weekly_p = 0;
	terms->basis = INTERIM_FINAL;
	terms->from_day = menu->today;
	if (menu->who->side != SIDE_COMMISSIONER)
		return;
	terms = ADD(agree_interim_terms, "above the limit");
	terms->weekly_p = ABOVE_LIMIT_P + 11 * menu->thread;
	terms->basis = INTERIM_FINAL;
	terms->from_day = menu->today;
}

static void menu_funding(struct menu *menu)
{
	static const struct funding_part topped_up[] = {
		{FUNDER_THIRD_PARTY, TOP_UP_P, NO_INT, NO_INT, {{0}}},
		{FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT, {{0}}}};
	static const struct funding_part plain[] = {
		{FUNDER_PERSON, 20000, NO_INT, NO_INT, {{0}}},
		{FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT, {{0}}}};
	static const struct funding_part no_rest[] = {
		{FUNDER_PERSON, 20000, NO_INT, NO_INT, {{0}}}};
	int32_t from = later_of(menu->today, first_agreed_day(menu));
	struct change_funding *change = ADD(change_funding, "a top-up");

	change->from_day = from;
	change->funding = LIST_OF(topped_up);
	change = ADD(change_funding, "the person and the authority");
	change->from_day = from;
	change->funding = LIST_OF(plain);
	change = ADD(change_funding, "no remainder");
	change->from_day = from;
	change->funding = LIST_OF(no_rest);
}

static void menu_top_ups(struct menu *menu)
{
	*ADD(sign_top_up, "signed") =
		(struct sign_top_up){menu->today, TEXT("TU-1"), TOP_UP_P, {{0}}};
	/* what is left of it while the person is away */
	*ADD(sign_top_up, "signed, while away") =
		(struct sign_top_up){menu->today, TEXT("TU-1"), TOP_UP_P * 8 / 10, {{0}}};
	*ADD(sign_top_up, "another amount") =
		(struct sign_top_up){menu->today, TEXT("TU-2"), TOP_UP_P + 1, {{0}}};
}

static void menu_absences(struct menu *menu)
{
	int32_t from = later_of(menu->today, played->started_day);
	struct record_absence *absence;

	for (size_t i = 0; i < played->absence_count; i++)
		if (played->absences[i].to_day != NO_DAY && !played->absences[i].in_error)
			from = later_of(from, played->absences[i].to_day + 1);
	absence = ADD(record_absence, "in hospital");
	absence->kind = ABSENCE_HOSPITAL;
	absence->from_day = from;
	absence->held_r = 800000;
	absence = ADD(record_absence, "on holiday");
	absence->kind = ABSENCE_HOLIDAY;
	absence->from_day = from;
	absence->to_day = from + 3;
	absence = ADD(record_absence, "before care started");
	absence->kind = ABSENCE_HOSPITAL;
	absence->from_day = played->started_day == NO_DAY ? from : played->started_day - 1;
	absence->to_day = absence->from_day;
}

static void menu_returns(struct menu *menu)
{
	ADD(end_absence, "today")->to_day = menu->today;
	ADD(end_absence, "to come")->to_day = menu->today + 1;
}

#endif
