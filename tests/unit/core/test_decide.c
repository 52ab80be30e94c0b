/* test_decide.c - moves before anybody is invited, and every rule that refuses them. */
#include "world.h"

/* ---- preparing ---- */

static void a_placement_opens_in_preparing(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	assert_int_equal(played->stage, STAGE_PREPARING);
	assert_int_equal(played->seq, 1);
	assert_int_equal(played->round_count, 1);
	assert_int_equal(played->party_count, 1);
	assert_int_equal(played->parties[0].version, 1);
	assert_true(text_is(last_fact()->protocol, "standard/1"));
}

static void nothing_happens_before_a_placement_is_opened(void **state)
{
	struct describe_needs described = needs();

	(void)state;
	refused(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"), "stage");
	assert_int_equal(played->seq, 0);
}

static void a_placement_opens_once(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	refused(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 11:00"), "stage");
}

static void planned_end_before_the_start_is_refused(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	open.planned_end_day = open.wanted_start_day - 1;
	refused_at(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"), "opening_sound",
		   "/planned_end");
}

static void exactly_one_payer_takes_the_remainder(void **state)
{
	static const struct funding_part none[] = {{FUNDER_AUTHORITY, 100, NO_INT, NO_INT, {{0}}}};
	static const struct funding_part two[] = {{FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT, {{0}}},
						  {FUNDER_NHS, NO_INT, NO_INT, NO_INT, {{0}}}};
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	open.funding = LIST_OF(none);
	refused_at(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"), "opening_sound",
		   "/funding");
	open.funding = LIST_OF(two);
	refused_at(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"), "opening_sound",
		   "/funding");
}

static void a_side_makes_its_own_moves_only(void **state)
{
	struct describe_needs described = needs();
	struct decline decline = {.reason = DECLINE_PRICE};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&negotiator, MOVE_DESCRIBE_NEEDS, &described, at("2026-04-01 11:00"), "side",
		   "/move");
	refused_at(&officer, MOVE_DECLINE, &decline, at("2026-04-01 11:00"), "side", "/move");
}

static void a_role_makes_its_own_moves_only(void **state)
{
	struct describe_needs described = needs();
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&signatory, MOVE_DESCRIBE_NEEDS, &described, at("2026-04-01 11:00"), "role",
		   "/move");
	refused_at(&provider_signatory, MOVE_MAKE_OFFER, &offer, at("2026-04-01 11:00"), "role",
		   "/move");
}

static void people_never_miss_or_lapse_for_time(void **state)
{
	struct not_done data = {.entry = 1, .n = 1, .end_reason = NO_ENUM};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused(&officer, MOVE_MISS, &data, at("2026-04-01 11:00"), "side");
	refused(&negotiator, MOVE_LAPSE, &data, at("2026-04-01 11:00"), "side");
}

static void outcomes_have_keys_of_their_own(void **state)
{
	static const struct outcome twice[] = {{.key = TEXT("garden")}, {.key = TEXT("garden")}};
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct describe_needs described = needs();

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	described.outcomes = LIST_OF(twice);
	refused_at(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"), "needs_sound",
		   "/outcomes/1/key");
}

static void involvement_says_how_or_why_not(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct record_involvement said = {.purpose = INVOLVED_IN_CALCULATION};
	int64_t now = at("2026-03-23 11:00");

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	said.took_part = TOOK_PART_FULLY;
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained", "/how");
	said.took_part = TOOK_PART_WITH_SUPPORT;
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained", "/how");
	said.how = SAID("With cards");
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained",
		   "/supported_by");
	said.took_part = TOOK_PART_CHOSE_NOT;
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained",
		   "/reason");
	said.took_part = TOOK_PART_LACKS_CAPACITY;
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained",
		   "/capacity_record");
	said.capacity_record = TEXT("MCA-7");
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained",
		   "/advocate");
	said.advocate = SAID("An advocate");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &said, now);
	assert_int_equal(played->involvement_count, 1);
}

static void calculating_waits_for_involvement(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct record_involvement choice = involvement(INVOLVED_IN_CHOICE);
	struct calculate calculated = calculation("home");

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &choice, at("2026-03-23 10:00"));
	refused(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"),
		"involvement_before_calculation");
}

static void a_calculation_is_filled_from_its_model(void **state)
{
	const struct calculate *guide;

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	guide = placement_calculation(played)->data;
	assert_int_equal(guide->weekly_low_p, 150000);
	assert_int_equal(guide->weekly_mid_p, 160000);
	assert_int_equal(guide->weekly_high_p, 169000);
	assert_int_equal(guide->lines.count, 1);
	assert_true(text_is(guide->unit, "week"));
}

static void an_unknown_or_old_model_is_refused(void **state)
{
	struct calculate calculated = calculation("castle");

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	refused_at(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"),
		   "cost_model_known", "/model");
	calculated = calculation("home");
	home_model.effective_to_day = on("2026-03-22");
	refused_at(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"),
		   "cost_model_in_effect", "/version");
	home_model.effective_to_day = NO_DAY;
	home_model.effective_from_day = on("2026-03-24");
	refused(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"),
		"cost_model_in_effect");
}

static void inputs_that_do_not_fit_are_refused_with_their_place(void **state)
{
	static const struct map_entry inputs[] = {{TEXT("rooms"), 10000}};
	struct calculate calculated = calculation("home");

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	calculated.inputs = LIST_OF(inputs);
	refused_at(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"),
		   "inputs_fit_model", "/inputs/rooms");
}

/* ---- the panel ---- */

static void the_panel_is_asked_with_guide_and_needs(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct record_involvement involved = involvement(INVOLVED_IN_CALCULATION);
	struct calculate calculated = calculation("home");
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	refused(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-23 10:00"),
		"guide_calculated");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
	refused(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-23 10:00"),
		"needs_described");
}

static void a_referral_is_decided_at_the_next_sitting(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-25 09:00"));
	assert_int_equal(played->stage, STAGE_WITH_PANEL);
	assert_int_equal(((const struct refer_to_panel *)last_fact()->data)->sitting_day,
			 on("2026-04-01"));
	assert_due(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, "2026-04-01 17:00");
	refused(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-25 09:00"), "stage");
}

static void opener_may_not_approve(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide approved = approval(LIMIT_P);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	refused(&busy_officer, MOVE_PANEL_DECIDE, &approved, at("2026-03-24 10:00"),
		"three_people");
}

static void an_approval_states_a_limit_and_anything_else_reasons(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide decided = {.outcome = PANEL_APPROVED, .limit_weekly_p = NO_INT};
	int64_t now = at("2026-03-25 10:00");

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	refused_at(&panel, MOVE_PANEL_DECIDE, &decided, now, "panel_reasons", "/limit_weekly");
	decided.outcome = PANEL_RETURNED;
	refused_at(&panel, MOVE_PANEL_DECIDE, &decided, now, "panel_reasons", "/reasons");
	decided.limit_weekly_p = 100;
	refused_at(&panel, MOVE_PANEL_DECIDE, &decided, now, "panel_reasons", "/limit_weekly");
	decided.limit_weekly_p = NO_INT;
	decided.reasons = SAID("Ask another home too");
	must(&panel, MOVE_PANEL_DECIDE, &decided, now);
	assert_int_equal(played->stage, STAGE_PREPARING);
	assert_state(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void a_refusal_by_the_panel_ends_the_placement(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide decided = {PANEL_REFUSED, NO_INT, SAID("Needs are met elsewhere")};
	struct withdraw withdraw = {.reason = WITHDRAW_OTHER};

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	must(&panel, MOVE_PANEL_DECIDE, &decided, at("2026-03-25 10:00"));
	assert_int_equal(played->stage, STAGE_ENDED);
	assert_int_equal(played->end_reason, END_REFUSED_BY_PANEL);
	assert_int_equal(open_count(), 0);
	refused(&officer, MOVE_WITHDRAW, &withdraw, at("2026-03-25 11:00"), "placement_ended");
}

static void the_panel_decides_what_it_was_asked(void **state)
{
	struct panel_decide approved = approval(LIMIT_P);

	(void)state;
	play_offered();
	refused(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-04-10 10:00"), "panel_asked");
}

static void the_panel_is_not_asked_twice(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	refused(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 11:00"),
		"panel_not_waiting");
}

static void panel_in_negotiation_moves_the_commissioners_reply(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_offered();
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-16 17:00");
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-15 10:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_due(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, "2026-04-22 17:00");
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-23 17:00");
	assert_int_equal(last_fact()->changes.count, 1);
}

static void a_reply_due_after_the_sitting_stays(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-09 11:00"));
	assert_due(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, "2026-04-15 17:00");
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-16 17:00");
	assert_int_equal(last_fact()->changes.count, 0);
}

static void an_acceptance_leaves_the_panel_nothing_to_decide(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct make_offer counter = offer_of(165550);
	struct accept accept;

	(void)state;
	play_offered();
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-10 10:00"));
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 11:00"));
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-04-10 12:00"));
	assert_state(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	assert_false(played->rounds[0].panel_pending);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_placement_opens_in_preparing),
		TEST(nothing_happens_before_a_placement_is_opened),
		TEST(a_placement_opens_once),
		TEST(planned_end_before_the_start_is_refused),
		TEST(exactly_one_payer_takes_the_remainder),
		TEST(a_side_makes_its_own_moves_only),
		TEST(a_role_makes_its_own_moves_only),
		TEST(people_never_miss_or_lapse_for_time),
		TEST(outcomes_have_keys_of_their_own),
		TEST(involvement_says_how_or_why_not),
		TEST(calculating_waits_for_involvement),
		TEST(a_calculation_is_filled_from_its_model),
		TEST(an_unknown_or_old_model_is_refused),
		TEST(inputs_that_do_not_fit_are_refused_with_their_place),
		TEST(the_panel_is_asked_with_guide_and_needs),
		TEST(a_referral_is_decided_at_the_next_sitting),
		TEST(opener_may_not_approve),
		TEST(an_approval_states_a_limit_and_anything_else_reasons),
		TEST(a_refusal_by_the_panel_ends_the_placement),
		TEST(the_panel_decides_what_it_was_asked),
		TEST(the_panel_is_not_asked_twice),
		TEST(panel_in_negotiation_moves_the_commissioners_reply),
		TEST(a_reply_due_after_the_sitting_stays),
		TEST(an_acceptance_leaves_the_panel_nothing_to_decide),
	};

	return cmocka_run_group_tests_name("test_decide", tests, NULL, NULL);
}
