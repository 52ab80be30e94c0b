/*
 * viewed.h - one placement, folded from facts made by hand, for the tests of what is seen of it.
 *
 * Whatever one side must not see holds a word that stands nowhere else (CANARY), so that a leak
 * through any member at all is found.
 */
#ifndef CONCORDAT_TESTS_VIEWED_H
#define CONCORDAT_TESTS_VIEWED_H

#include <cmocka.h>
#include <string.h>

#include "app/view/view.h"
#include "concordat/app/parts.h"
#include "concordat/core/protocol.h"
#include "concordat/wire/document.h"

#define HELPER __attribute__((unused)) static
#define START_US INT64_C(1775120400000000) /* Thursday 2 April 2026, 09:00 UTC */
#define LIMIT_P 98765432

struct world_of_test {
	struct arena *arena;
	struct placement *placement;
	struct authority_settings authority;
	struct calendar calendar;
	int32_t seq;
};

HELPER const struct uuid authority_id = {{1}}, placement_id = {{2}}, person_id = {{3}},
			 rival_id = {{4}}, provider_id = {{5}}, officer_id = {{6}};

HELPER struct personal said(const char *words)
{
	return (struct personal){.text = text_of(words)};
}

HELPER void *fresh(struct world_of_test *t, enum move move)
{
	void *data = arena_alloc(t->arena, move_schema(move)->size);

	schema_clear(move_schema(move), data);
	return data;
}

HELPER struct fact *record(struct world_of_test *t, enum move move, enum side side, int64_t thread,
			   const void *data)
{
	struct fact *fact = arena_make(t->arena, struct fact);

	*fact = (struct fact){
		.seq = ++t->seq,
		.kind = (enum fact_kind)move,
		.recorded_at_us = START_US + t->seq * US_PER_HOUR,
		.occurred_at_us = START_US + t->seq * US_PER_HOUR,
		.user = officer_id,
		.organisation = side == SIDE_COMMISSIONER ? authority_id : provider_id,
		.side = (int32_t)side,
		.on_behalf_of = NO_ENUM,
		.protocol = TEXT("standard/1"),
		.round = 1,
		.thread = thread,
		.data = data,
	};
	return fact;
}

HELPER void apply(struct world_of_test *t, const struct fact *fact)
{
	assert_true(placement_apply(t->placement, fact));
}

HELPER void owe(struct world_of_test *t, struct fact *fact, enum duty duty, enum side owed_by,
		int64_t thread, int64_t due_at_us)
{
	struct opened *opened = arena_make(t->arena, struct opened);

	*opened = (struct opened){
		.n = 1,
		.duty = duty,
		.owed_by = owed_by,
		.thread = thread,
		.subject = NO_INT,
		.unit = UNIT_WORKING_DAYS,
		.count = 5,
		.roll = ROLL_NONE,
		.anchor_us = fact->recorded_at_us,
		.calendar_version = 1,
		.due_at_us = due_at_us,
		.nominal_day = london_day(due_at_us),
		.due_day = london_day(due_at_us),
	};
	fact->opens = (struct list){opened, 1};
}

HELPER void open_it(struct world_of_test *t)
{
	struct open_placement *opening = fresh(t, MOVE_OPEN_PLACEMENT);
	struct funding_part *funding = arena_make(t->arena, struct funding_part);

	opening->person_name = said("CANARY-NAME");
	opening->person_initials = said("R.T.");
	opening->date_of_birth = said("CANARY-BIRTH");
	opening->case_reference = TEXT("CANARY-CASE");
	opening->care_setting = CARE_RESIDENTIAL;
	opening->urgency = URGENCY_ORDINARY;
	opening->wanted_start_day = day_of(2026, 6, 1);
	*funding = (struct funding_part){FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT, {{0}}};
	opening->funding = (struct list){funding, 1};
	opening->reference = TEXT("PL-1000047-P");
	opening->person = person_id;
	apply(t, record(t, MOVE_OPEN_PLACEMENT, SIDE_COMMISSIONER, 0, opening));
}

HELPER void describe(struct world_of_test *t)
{
	struct describe_needs *needs = fresh(t, MOVE_DESCRIBE_NEEDS);
	struct need *need = arena_make(t->arena, struct need);
	struct outcome *outcome = arena_make(t->arena, struct outcome);

	*need = (struct need){TEXT("nights"), said("A waking night"), 7, NO_INT, 1};
	*outcome = (struct outcome){
		.key = TEXT("swim"), .what = said("Swims each week"), .owner = SIDE_PROVIDER};
	needs->needs = (struct list){need, 1};
	needs->outcomes = (struct list){outcome, 1};
	apply(t, record(t, MOVE_DESCRIBE_NEEDS, SIDE_COMMISSIONER, 0, needs));
}

HELPER void calculate(struct world_of_test *t)
{
	struct calculate *guide = fresh(t, MOVE_CALCULATE);
	struct line_range *line = arena_make(t->arena, struct line_range);

	guide->model = TEXT("residential-ld");
	guide->version = TEXT("1");
	guide->unit = TEXT("week");
	guide->low_p = guide->weekly_low_p = 110000;
	guide->mid_p = guide->weekly_mid_p = 120000;
	guide->high_p = guide->weekly_high_p = 130000;
	*line = (struct line_range){TEXT("care"), TEXT("Care"), 1, 2, 3};
	guide->lines = (struct list){line, 1};
	apply(t, record(t, MOVE_CALCULATE, SIDE_COMMISSIONER, 0, guide));
}

HELPER void ask_panel(struct world_of_test *t)
{
	struct refer_to_panel *referral = fresh(t, MOVE_REFER_TO_PANEL);
	struct panel_decide *decision = fresh(t, MOVE_PANEL_DECIDE);
	struct closed *closed = arena_make(t->arena, struct closed);
	struct fact *referred, *decided;

	referral->note = said("CANARY-NOTE");
	referred = record(t, MOVE_REFER_TO_PANEL, SIDE_COMMISSIONER, 0, referral);
	owe(t, referred, DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, 0, START_US + 3 * US_PER_DAY);
	apply(t, referred);
	decision->outcome = PANEL_APPROVED;
	decision->limit_weekly_p = LIMIT_P;
	decision->reasons = said("CANARY-REASONS");
	decided = record(t, MOVE_PANEL_DECIDE, SIDE_COMMISSIONER, 0, decision);
	*closed = (struct closed){referred->seq, 1, OBLIGATION_MET, START_US + 3 * US_PER_DAY};
	decided->closes = (struct list){closed, 1};
	apply(t, decided);
}

HELPER void invite(struct world_of_test *t, struct uuid provider, int64_t thread)
{
	struct invite *invitation = fresh(t, MOVE_INVITE);
	struct fact *invited;

	invitation->provider = provider;
	invitation->wanted_start_day = day_of(2026, 6, 1);
	invitation->calculation = 1;
	invitation->needs = 1;
	invited = record(t, MOVE_INVITE, SIDE_COMMISSIONER, thread, invitation);
	owe(t, invited, DUTY_MAKE_OFFER, SIDE_PROVIDER, thread,
	    START_US + (thread + 10) * US_PER_DAY);
	apply(t, invited);
}

HELPER void offer(struct world_of_test *t, enum side side, int64_t thread, int64_t weekly_p,
		  const char *note)
{
	struct make_offer *data = fresh(t, MOVE_MAKE_OFFER);
	struct fee_line *line = arena_make(t->arena, struct fee_line);

	*line = (struct fee_line){.key = TEXT("care"),
				  .label = TEXT("Care"),
				  .unit = LINE_WEEK,
				  .index = NO_ENUM,
				  .quantity_r = 10000,
				  .rate_r = weekly_p * 100,
				  .weekly_p = weekly_p};
	data->terms.lines = (struct list){line, 1};
	data->terms.start_day = day_of(2026, 6, 1);
	data->terms.weekly_p = weekly_p;
	data->terms.calculation = 1;
	data->terms.needs = 1;
	data->covering_note = said(note);
	data->side = (int32_t)side;
	data->number = (int64_t)t->placement->threads[thread - 1].offer_count + 1;
	if (side == SIDE_COMMISSIONER)
		data->above_guide_reason = said("CANARY-ABOVE");
	apply(t, record(t, MOVE_MAKE_OFFER, side, thread, data));
}

HELPER void ask_and_answer(struct world_of_test *t, int64_t thread)
{
	struct ask *question = fresh(t, MOVE_ASK);
	struct answer *reply = fresh(t, MOVE_ANSWER);

	question->question = said("Is there a garden?");
	question->number = 1;
	apply(t, record(t, MOVE_ASK, SIDE_COMMISSIONER, thread, question));
	reply->number = 1;
	reply->answer = said("A large one.");
	apply(t, record(t, MOVE_ANSWER, SIDE_PROVIDER, thread, reply));
}

HELPER void decline(struct world_of_test *t, int64_t thread)
{
	struct decline *refusal = fresh(t, MOVE_DECLINE);

	refusal->reason = DECLINE_PRICE;
	refusal->detail = said("CANARY-DECLINE");
	apply(t, record(t, MOVE_DECLINE, SIDE_PROVIDER, thread, refusal));
}

HELPER int on_setup(void **state)
{
	struct arena *arena = arena_new();
	struct world_of_test *t = arena_make(arena, struct world_of_test);

	t->arena = arena;
	t->placement = placement_new(arena, authority_id, placement_id);
	t->calendar = (struct calendar){
		.version = 1, .first_day = day_of(2026, 1, 1), .last_day = day_of(2028, 12, 31)};
	t->authority = (struct authority_settings){
		.id = authority_id,
		.name = TEXT("Eastmere Council"),
		.world = {.protocol = protocol_standard(),
			  .calendar = &t->calendar,
			  .panel_weekday = WEDNESDAY},
	};
	open_it(t);
	describe(t);
	calculate(t);
	ask_panel(t);
	invite(t, rival_id, 1);
	offer(t, SIDE_PROVIDER, 1, 77777700, "CANARY-RIVAL");
	decline(t, 1);
	invite(t, provider_id, 2);
	offer(t, SIDE_PROVIDER, 2, 125000, "We would be glad to.");
	ask_and_answer(t, 2);
	offer(t, SIDE_COMMISSIONER, 2, 121000, "Nearer the guide.");
	*state = t;
	return 0;
}

HELPER int on_teardown(void **state)
{
	struct world_of_test *t = *state;

	arena_free(t->arena);
	return 0;
}

HELPER const char *seen_by(struct world_of_test *t, struct uuid organisation, enum side side,
			   unsigned roles)
{
	const struct actor actor = {officer_id, organisation, side, roles};
	const struct party *party = placement_party(t->placement, organisation);

	assert_non_null(party);
	return text_cstr(t->arena,
			 view_placement(t->arena, &t->authority, t->placement, &actor, party,
					START_US + 20 * US_PER_HOUR, NO_DAY, NULL, TEXT_NONE));
}

HELPER const char *seen_by_provider(struct world_of_test *t)
{
	return seen_by(t, provider_id, SIDE_PROVIDER, 1u << ROLE_NEGOTIATOR);
}

HELPER const char *seen_by_commissioner(struct world_of_test *t)
{
	return seen_by(t, authority_id, SIDE_COMMISSIONER, 1u << ROLE_CASE_OFFICER);
}

HELPER void assert_has(const char *view, const char *part)
{
	if (!strstr(view, part))
		fail_msg("%s is not in %s", part, view);
}

HELPER void assert_has_not(const char *view, const char *part)
{
	if (strstr(view, part))
		fail_msg("%s is in %s", part, view);
}

#endif
