/* test_decide_care.c - care, reviews, emergencies and the end, and every rule that refuses. */
#include "world.h"

/* ---- care ---- */

static void the_start_schedules_three_reviews_rolled_back(void **state)
{
	struct confirm_start start = {.started_day = on("2026-05-30")};

	(void)state;
	play_signed();
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-06-01 10:00"));
	assert_state(DUTY_CONFIRM_START, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	/* 25 July and 30 August are a Saturday and a Sunday, 30 May 2027 a Sunday */
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-07-24 17:00");
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-08-28 17:00");
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-05-28 17:00");
	assert_int_equal(owed(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER)->nominal_day,
			 on("2026-08-30"));
}

static void a_stay_planned_to_end_sooner_gets_no_review_it_would_outlive(void **state)
{
	struct confirm_start start = {.started_day = on("2026-03-23")};
	struct open_placement open = opening(URGENCY_EMERGENCY);
	struct describe_needs described = needs();
	struct calculate calculated = calculation("home");
	struct invite invited = invitation_of(provider);

	(void)state;
	world.panel_threshold_p = 169000;
	open.planned_end_day = on("2026-06-01");
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
	must(&officer, MOVE_INVITE, &invited, at("2026-03-23 10:00"));
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-03-23 11:00"));
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-05-18 17:00");
	assert_null(newest(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER));
	assert_null(newest(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER));
}

static void the_start_is_confirmed_once_and_in_the_past(void **state)
{
	struct confirm_start start = {.started_day = on("2026-05-20")};

	(void)state;
	play_approved(URGENCY_ORDINARY);
	refused(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"), "care_agreed");
	tear_down(NULL);
	set_up(NULL);
	play_signed();
	refused_at(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"), "start_in_past",
		   "/started");
	start.started_day = on("2026-03-22");
	refused_at(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"), "start_in_past",
		   "/started");
	start.started_day = on("2026-05-18");
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"));
	assert_state(DUTY_CONFIRM_START, SIDE_COMMISSIONER, OBLIGATION_MET);
	refused(&negotiator, MOVE_CONFIRM_START, &start, at("2026-05-19 11:00"),
		"start_not_confirmed_yet");
}

static void reviews_outlast_an_invitation_that_is_declined(void **state)
{
	struct confirm_start start = {.started_day = on("2026-04-01")};
	struct decline decline = {.reason = DECLINE_CANNOT_MEET_NEEDS};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-04-01 12:00"));
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 13:00"));
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-05-27 17:00");
	assert_state(DUTY_MAKE_OFFER, SIDE_PROVIDER, OBLIGATION_RELEASED);
}

static void a_review_waits_for_involvement_in_it(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-10");

	(void)state;
	play_started();
	refused(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-10 10:00"),
		"involvement_before_review");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-10 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-10 11:00"));
	assert_state(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_state(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-05-18 17:00");
	held.kind = REVIEW_THREE_MONTH;
	refused(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-10 12:00"),
		"involvement_before_review");
}

static void a_three_month_review_moves_the_yearly_one(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-14");

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-14 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-14 11:00"));
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-08-13 17:00"); /* Saturday 14 */
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2027-08-10 10:00"));
	held = review(REVIEW_YEARLY, "2027-08-10");
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2027-08-10 11:00"));
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2028-08-10 17:00");
	held = review(REVIEW_THREE_MONTH, "2027-08-10");
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, at("2027-08-10 12:00"), "review_open",
		   "/kind");
}

static void unsound_reviews_are_refused(void **state)
{
	static const struct outcome_result_entry unknown[] = {
		{TEXT("moon"), OUTCOME_MET, {.text = TEXT_NONE}}};
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-11");
	int64_t now = at("2026-07-10 10:00");

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, now);
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "review_sound", "/held_on");
	held.held_day = on("2026-05-17");
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "review_sound", "/held_on");
	held.held_day = on("2026-07-10");
	held.needs = NEEDS_FELL;
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "review_sound", "/reassessed_on");
	held.reassessed_day = on("2026-07-11");
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "review_sound", "/reassessed_on");
	held.reassessed_day = on("2026-07-09");
	held.outcomes = LIST_OF(unknown);
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "outcome_known", "/outcomes/0/key");
}

static void no_review_is_due_before_care_starts(void **state)
{
	struct hold_review held = review(REVIEW_FIRST, "2026-05-10");

	(void)state;
	play_signed();
	refused(&officer, MOVE_HOLD_REVIEW, &held, at("2026-05-10 10:00"), "review_open");
}

static void a_review_belongs_to_the_strand_that_was_agreed(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};
	struct hold_review held = review(REVIEW_FIRST, "2026-05-10");

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	on_thread = 1;
	refused(&officer, MOVE_HOLD_REVIEW, &held, at("2026-05-10 10:00"), "invitation_declined");
}

/* ---- emergencies ---- */

static void an_emergency_owes_involvement_within_five_working_days(void **state)
{
	struct open_placement open = opening(URGENCY_EMERGENCY);
	struct calculate calculated = calculation("home");
	struct record_involvement involved = involvement(INVOLVED_IN_CHOICE);

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
	assert_due(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, "2026-03-30 17:00");
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"));
	assert_int_equal(open_count(), 1); /* not owed twice */
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-03-24 10:00"));
	assert_state(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	involved.purpose = INVOLVED_IN_CALCULATION;
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-03-24 11:00"));
	assert_state(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void an_emergency_signature_owes_involvement_after(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct make_offer offer = offer_of(165000);
	struct accept accept;
	struct sign sign;

	(void)state;
	play_invited(URGENCY_EMERGENCY);
	assert_due(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-01 14:00");
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-02 10:00");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-01 11:00"));
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-01 15:00");
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-01 12:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-01 13:00"));
	assert_due(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, "2026-04-10 17:00");
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-01 14:00"));
	assert_int_equal(last_fact()->opens.count, 1); /* the start; involvement is owed once */
	assert_due(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, "2026-04-10 17:00");
	must(&negotiator, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-02 10:00"));
	assert_state(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void involvement_owed_outlasts_an_invitation_that_is_declined(void **state)
{
	struct open_placement open = opening(URGENCY_EMERGENCY);
	struct describe_needs described = needs();
	struct calculate calculated = calculation("home");
	struct invite invited = invitation_of(provider);
	struct decline decline = {.reason = DECLINE_NO_VACANCY};

	(void)state;
	world.panel_threshold_p = 169000;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
	must(&officer, MOVE_INVITE, &invited, at("2026-03-23 10:00"));
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-03-23 11:00"));
	assert_state(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, OBLIGATION_OPEN);
}

/* ---- the end ---- */

static void withdrawing_stops_every_clock(void **state)
{
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-10 11:00"));
	assert_int_equal(played->stage, STAGE_ENDED);
	assert_int_equal(played->end_reason, END_WITHDRAWN);
	assert_int_equal(open_count(), 0);
	assert_int_equal(strand()->state, THREAD_ENDED);
	assert_null(placement_open_round(played));
}

static void an_agreement_in_force_is_not_withdrawn(void **state)
{
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};

	(void)state;
	play_signed();
	refused(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-15 11:00"), "stage");
}

static void only_what_stays_open_after_the_end_is_allowed_in_it(void **state)
{
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};

	(void)state;
	play_offered();
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-10 11:00"));
	for (int move = 0; move < MOVE_COUNT; move++) {
		if (protocol_move((enum move)move)->stages & BIT(STAGE_ENDED))
			continue;
		assert_false(core_allows(arena, &world, played, &busy_officer, (enum move)move,
					 at("2026-04-10 12:00")));
		assert_false(core_allows(arena, &world, played, &negotiator, (enum move)move,
					 at("2026-04-10 12:00")));
	}
}

static void a_date_past_the_calendar_is_refused_with_the_reason(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_approved(URGENCY_ORDINARY);
	calendar.last_day = on("2026-04-10");
	invited.wanted_start_day = on("2026-12-01");
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "calendar_runs_out");
}

static void an_answer_past_the_calendar_is_refused_too(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct answer answer = {1, SAID("Yes")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	calendar.last_day = on("2026-04-20");
	refused(&officer, MOVE_ANSWER, &answer, at("2026-04-09 10:00"), "calendar_runs_out");
}

static void deciding_leaves_the_placement_it_was_given_alone(void **state)
{
	struct make_offer offer = offer_of(165000);
	const struct placement *before;

	(void)state;
	play_offered();
	before = played;
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-20 10:00"));
	assert_int_equal(before->seq + 2, played->seq); /* a miss and the offer */
	assert_int_equal(before->fact_count, (size_t)before->seq);
	assert_int_equal(before->threads[0].offer_count, 1);
	assert_int_equal(before->threads[0].offers[0].state, OFFER_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_start_schedules_three_reviews_rolled_back),
		TEST(a_stay_planned_to_end_sooner_gets_no_review_it_would_outlive),
		TEST(the_start_is_confirmed_once_and_in_the_past),
		TEST(reviews_outlast_an_invitation_that_is_declined),
		TEST(a_review_waits_for_involvement_in_it),
		TEST(a_three_month_review_moves_the_yearly_one),
		TEST(unsound_reviews_are_refused),
		TEST(no_review_is_due_before_care_starts),
		TEST(a_review_belongs_to_the_strand_that_was_agreed),
		TEST(an_emergency_owes_involvement_within_five_working_days),
		TEST(an_emergency_signature_owes_involvement_after),
		TEST(involvement_owed_outlasts_an_invitation_that_is_declined),
		TEST(withdrawing_stops_every_clock),
		TEST(an_agreement_in_force_is_not_withdrawn),
		TEST(only_what_stays_open_after_the_end_is_allowed_in_it),
		TEST(a_date_past_the_calendar_is_refused_with_the_reason),
		TEST(an_answer_past_the_calendar_is_refused_too),
		TEST(deciding_leaves_the_placement_it_was_given_alone),
	};

	return cmocka_run_group_tests_name("test_decide_care", tests, NULL, NULL);
}
