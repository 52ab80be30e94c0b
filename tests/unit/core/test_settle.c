/* test_settle.c - what time does: misses, lapses and their effects, at their own instants. */
#include "world.h"

static void a_move_at_17_00_00_000_is_in_time(void **state)
{
	struct make_offer counter = offer_of(165550);

	(void)state;
	play_offered();
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-16 17:00"));
	assert_int_equal(last.settled, 0);
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void late_answer_is_accepted_and_marked_late(void **state)
{
	struct make_offer counter = offer_of(165550);

	(void)state;
	play_offered();
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-16 17:00") + 1);
	assert_int_equal(last.settled, 1);
	assert_missed(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-16 17:00");
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_MET_LATE);
}

static void a_miss_stays_open_and_is_told_once(void **state)
{
	(void)state;
	play_offered();
	settle(at("2026-04-20 09:00"));
	assert_int_equal(last.settled, 1);
	assert_int_equal(last_fact()->kind, FACT_MISSED);
	assert_true(last_fact()->occurred_at_us == at("2026-04-16 17:00"));
	assert_true(last_fact()->recorded_at_us == at("2026-04-20 09:00"));
	assert_int_equal(last_fact()->side, SIDE_TIME);
	assert_int_equal(last_fact()->thread, 1);
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	settle(at("2026-04-21 09:00"));
	assert_int_equal(last.settled, 0);
}

static void nothing_due_gives_the_same_placement(void **state)
{
	const struct placement *before;

	(void)state;
	play_offered();
	before = played;
	settle(at("2026-04-16 17:00"));
	assert_ptr_equal(before, played);
}

static void settled_facts_stand_when_the_move_is_refused(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_offered();
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-17 09:00"), "turn");
	assert_int_equal(last.settled, 1);
	assert_int_equal(last.facts.count, 1);
	assert_int_equal(last_fact()->kind, FACT_MISSED);
	assert_int_equal(played->seq, 10);
}

static void an_invitation_lapses_and_another_may_be_invited(void **state)
{
	struct invite invited = invitation_of(rival_provider);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	settle(at("2026-05-01 09:00"));
	assert_int_equal(last.settled, 2);
	assert_missed(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-07 17:00");
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_RELEASED);
	assert_state(DUTY_MAKE_OFFER, SIDE_PROVIDER, OBLIGATION_LAPSED);
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->closed_at_us == at("2026-04-17 17:00"));
	assert_int_equal(played->stage, STAGE_INVITING);
	assert_int_equal(open_count(), 0);
	must(&officer, MOVE_INVITE, &invited, at("2026-05-01 10:00"));
}

static void a_question_unanswered_keeps_an_invitation_from_lapsing_for_a_time(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	settle(at("2026-05-05 17:00"));
	assert_int_equal(strand()->state, THREAD_OPEN);
	assert_missed(DUTY_ANSWER, SIDE_COMMISSIONER, "2026-04-09 17:00");
	settle(at("2026-06-01 09:00"));
	assert_state(DUTY_WAIT_FOR_ANSWER, SIDE_TIME, OBLIGATION_LAPSED);
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == at("2026-05-19 17:00"));
	assert_int_equal(strand()->state, THREAD_LAPSED);
}

/* Past the calendar's end nothing can be counted: the clock goes on all the same. */
static void a_question_unanswered_when_the_calendar_runs_out_holds_nothing(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	calendar.last_day = on("2026-05-12");
	settle(at("2026-05-06 09:00"));
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == NEVER_US);
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->pauses[0].to_us ==
		    at("2026-05-05 17:00"));
}

static void an_expired_offer_is_owed_again_by_its_maker(void **state)
{
	struct accept accept;
	struct make_offer offer = offer_of(165000);

	(void)state;
	play_offered(); /* stands 20 working days, to Friday 8 May */
	accept = acceptance();
	accept.above_guide_reason = SAID("Near her sister");
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-05-08 17:01"), "offer_lapsed");
	assert_int_equal(last.settled, 2);
	assert_int_equal(strand()->offers[0].state, OFFER_EXPIRED);
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_LAPSED);
	assert_due(DUTY_OFFER_AGAIN, SIDE_PROVIDER, "2026-05-15 17:00");
	assert_due(DUTY_ROUND_STANDS, SIDE_TIME, "2026-06-08 17:00");
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-05-12 09:00"), "turn");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-05-19 09:00"));
	assert_state(DUTY_OFFER_AGAIN, SIDE_PROVIDER, OBLIGATION_MET_LATE);
}

static void a_lapse_long_ago_chains_at_its_own_instants(void **state)
{
	(void)state;
	play_offered();
	settle(at("2026-12-01 09:00"));
	/* reply missed, offer expired, offer again missed, round ended */
	assert_int_equal(last.settled, 4);
	assert_true(last_fact()->occurred_at_us == at("2026-06-08 17:00"));
	assert_true(last_fact()->recorded_at_us == at("2026-12-01 09:00"));
	assert_int_equal(played->stage, STAGE_ENDED);
	assert_int_equal(played->end_reason, END_LAPSED);
	assert_int_equal(open_count(), 0);
}

static void settling_in_steps_equals_settling_at_once(void **state)
{
	const struct placement *offered, *stepped;

	(void)state;
	play_offered();
	offered = played;
	for (int day = 10; day < 31; day++)
		settle(london_instant(day_of(2026, 5, day), 9, 0));
	settle(at("2026-12-01 09:00"));
	stepped = played;
	played = offered;
	settle(at("2026-12-01 09:00"));
	assert_int_equal(played->obligation_count, stepped->obligation_count);
	for (size_t i = 0; i < played->obligation_count; i++) {
		assert_int_equal(played->obligations[i].state, stepped->obligations[i].state);
		assert_true(played->obligations[i].due_at_us == stepped->obligations[i].due_at_us);
		assert_true(played->obligations[i].closed_at_us ==
			    stepped->obligations[i].closed_at_us);
	}
}

static void a_rejection_that_nobody_follows_ends_the_round(void **state)
{
	struct reject reject = rejection();
	struct make_offer offer = offer_of(165000);

	(void)state;
	play_offered();
	must(&officer, MOVE_REJECT, &reject, at("2026-04-10 10:00"));
	settle(at("2026-04-24 17:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-24 17:00") + 1,
		"placement_ended");
	assert_int_equal(played->end_reason, END_LAPSED);
	assert_int_equal(strand()->state, THREAD_ENDED);
	assert_state(DUTY_AFTER_REJECTION, SIDE_EITHER, OBLIGATION_LAPSED);
}

static void a_withdrawn_offer_that_is_not_replaced_ends_the_round(void **state)
{
	struct withdraw_offer withdraw = {.number = NO_INT};

	(void)state;
	play_offered();
	must(&negotiator, MOVE_WITHDRAW_OFFER, &withdraw, at("2026-04-10 10:00"));
	settle(at("2026-05-12 09:00"));
	assert_missed(DUTY_OFFER_AGAIN, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_int_equal(played->stage, STAGE_ENDED);
	assert_state(DUTY_OFFER_AGAIN, SIDE_PROVIDER, OBLIGATION_RELEASED);
}

static void an_acceptance_lapses_when_care_has_not_started(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct make_offer offer = offer_of(164000);
	struct accept accept;
	struct sign sign;

	(void)state;
	play_accepted();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	settle(at("2026-05-12 09:00"));
	assert_missed(DUTY_SIGN, SIDE_COMMISSIONER, "2026-04-17 17:00");
	assert_state(DUTY_SIGN, SIDE_COMMISSIONER, OBLIGATION_LAPSED);
	assert_state(DUTY_SIGN, SIDE_PROVIDER, OBLIGATION_MET);
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_null(thread_accepted_offer(strand()));
	assert_false(played->signed_by_provider);
	assert_due(DUTY_ROUND_STANDS, SIDE_TIME, "2026-06-09 17:00");
	refused(&signatory, MOVE_SIGN, &sign, at("2026-05-12 10:00"), "acceptance_lapsed");
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-05-12 10:00"));
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-05-12 11:00"));
	assert_int_equal(played->stage, STAGE_SIGNING);
}

static void an_acceptance_stands_once_care_has_started(void **state)
{
	struct confirm_start start = {.started_day = on("2026-04-14")};
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct sign sign;

	(void)state;
	play_accepted();
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-04-14 12:00"));
	settle(at("2026-05-12 09:00"));
	assert_int_equal(played->stage, STAGE_SIGNING);
	assert_missed(DUTY_ACCEPTANCE_STANDS, SIDE_TIME, "2026-05-11 17:00");
	assert_state(DUTY_ACCEPTANCE_STANDS, SIDE_TIME, OBLIGATION_OPEN);
	sign = signature();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-05-13 10:00"));
	must(&signatory, MOVE_SIGN, &sign, at("2026-05-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-05-13 10:00"));
	assert_state(DUTY_SIGN, SIDE_PROVIDER, OBLIGATION_MET_LATE);
	assert_state(DUTY_ACCEPTANCE_STANDS, SIDE_TIME, OBLIGATION_RELEASED);
	assert_null(newest(DUTY_CONFIRM_START, SIDE_COMMISSIONER)); /* it is confirmed */
}

static void a_panel_that_does_not_sit_is_a_miss_like_any_other(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide approved = approval(LIMIT_P);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	must(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-03-26 09:00"));
	assert_missed(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, "2026-03-25 17:00");
	assert_state(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, OBLIGATION_MET_LATE);
	assert_int_equal(played->stage, STAGE_INVITING);
}

static void reviews_are_missed_and_held_late(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-15");

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-15 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-15 11:00"));
	assert_missed(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-07-13 17:00");
	assert_state(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET_LATE);
}

static void an_offer_expires_even_where_the_calendar_ends(void **state)
{
	(void)state;
	play_offered();
	calendar.last_day = on("2026-05-12");
	settle(at("2026-05-12 09:00"));
	assert_int_equal(strand()->offers[0].state, OFFER_EXPIRED);
	assert_null(newest(DUTY_OFFER_AGAIN, SIDE_PROVIDER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_move_at_17_00_00_000_is_in_time),
		TEST(late_answer_is_accepted_and_marked_late),
		TEST(a_miss_stays_open_and_is_told_once),
		TEST(nothing_due_gives_the_same_placement),
		TEST(settled_facts_stand_when_the_move_is_refused),
		TEST(an_invitation_lapses_and_another_may_be_invited),
		TEST(a_question_unanswered_keeps_an_invitation_from_lapsing_for_a_time),
		TEST(a_question_unanswered_when_the_calendar_runs_out_holds_nothing),
		TEST(an_expired_offer_is_owed_again_by_its_maker),
		TEST(a_lapse_long_ago_chains_at_its_own_instants),
		TEST(settling_in_steps_equals_settling_at_once),
		TEST(a_rejection_that_nobody_follows_ends_the_round),
		TEST(a_withdrawn_offer_that_is_not_replaced_ends_the_round),
		TEST(an_acceptance_lapses_when_care_has_not_started),
		TEST(an_acceptance_stands_once_care_has_started),
		TEST(a_panel_that_does_not_sit_is_a_miss_like_any_other),
		TEST(reviews_are_missed_and_held_late),
		TEST(an_offer_expires_even_where_the_calendar_ends),
	};

	return cmocka_run_group_tests_name("test_settle", tests, NULL, NULL);
}
