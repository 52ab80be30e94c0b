/* test_decide_started.c - care that started before the paper, and entries made later than the thing
 * itself. */
#include "world.h"

static void start_while_an_offer_waits(void)
{
	struct confirm_start start = {.started_day = on("2026-04-10")};

	play_offered();
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-04-10 10:00"));
}

static void a_round_that_runs_out_ends_nothing_once_care_has_started(void **state)
{
	struct reject reject = rejection();
	struct make_offer offer = offer_of(165000);

	(void)state;
	start_while_an_offer_waits();
	must(&officer, MOVE_REJECT, &reject, at("2026-04-10 11:00"));
	assert_due(DUTY_AFTER_REJECTION, SIDE_EITHER, "2026-04-24 17:00");
	settle(at("2026-05-30 10:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_missed(DUTY_AFTER_REJECTION, SIDE_EITHER, "2026-04-24 17:00");
	assert_state(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-05-30 11:00"));
}

static void a_review_can_be_held_before_the_paper_is_signed(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-06-01");

	(void)state;
	start_while_an_offer_waits();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-06-01 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-06-01 11:00"));
	assert_state(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void a_review_held_in_time_and_entered_later_is_met(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-13");

	(void)state;
	play_started();
	settle(at("2026-07-20 09:00"));
	assert_missed(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-07-13 17:00");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-20 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-20 11:00"));
	assert_state(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void a_review_held_a_day_late_is_met_late(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-14");

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-14 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-14 11:00"));
	assert_state(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET_LATE);
}

static void the_yearly_review_never_counts_from_an_earlier_day_than_before(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-14");

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-14 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-14 11:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-09-01 10:00"));
	held = review(REVIEW_YEARLY, "2026-06-01");
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, at("2026-09-01 11:00"), "review_sound",
		   "/held_on");
}

static void involvement_that_is_yet_to_come_satisfies_nothing(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct record_involvement involved = involvement(INVOLVED_IN_CALCULATION);
	struct calculate calculated = calculation("home");

	(void)state;
	involved.took_part = TOOK_PART_NOT_YET;
	involved.reason = SAID("No time");
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-03-23 10:01"));
	refused(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:02"),
		"involvement_before_calculation");
}

static void an_offer_clock_that_begins_while_ones_question_waits_is_paused(void **state)
{
	struct ask ask = {SAID("Which room?"), NO_INT};
	struct withdraw_offer withdrawn = {.number = NO_INT};
	struct answer answer = {1, SAID("The one on the garden")};

	(void)state;
	play_offered();
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-10 10:00"));
	must(&negotiator, MOVE_WITHDRAW_OFFER, &withdrawn, at("2026-04-10 11:00"));
	assert_true(owed(DUTY_OFFER_AGAIN, SIDE_PROVIDER)->due_at_us == NEVER_US);
	must(&officer, MOVE_ANSWER, &answer, at("2026-04-14 10:00"));
	/* 10 April is day 0; the tick of 13 April was paused: 14, 15, 16, 17 and 20 count */
	assert_due(DUTY_OFFER_AGAIN, SIDE_PROVIDER, "2026-04-20 17:00");
}

static void a_twenty_first_unanswered_question_is_refused(void **state)
{
	struct ask ask = {SAID("And another?"), NO_INT};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	for (int i = 0; i < 20; i++)
		must(&negotiator, MOVE_ASK, &ask, at("2026-04-01 12:00"));
	refused(&negotiator, MOVE_ASK, &ask, at("2026-04-01 12:00"), "few_questions");
	must(&officer, MOVE_ASK, &ask, at("2026-04-01 12:00"));
}

static void terms_that_name_a_key_twice_are_refused(void **state)
{
	static const struct outcome_ref twice[] = {{TEXT("garden")}, {TEXT("garden")}};
	struct make_offer offer = offer_of(165000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.terms.outcomes = (struct list){(void *)twice, 2};
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "terms_sound",
		   "/terms/outcomes/1/key");
}

static void terms_that_start_long_before_the_placement_are_refused(void **state)
{
	struct make_offer offer = offer_of(165000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.terms.start_day = on("1999-01-01");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "terms_sound",
		   "/terms/start");
}

static void a_thread_that_is_not_ones_own_is_refused(void **state)
{
	struct make_offer offer = offer_of(165000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	on_thread = 99;
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "thread_known",
		   "/thread");
	refused_at(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "thread_known",
		   "/thread");
	on_thread = 1;
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_round_that_runs_out_ends_nothing_once_care_has_started),
		TEST(a_review_can_be_held_before_the_paper_is_signed),
		TEST(a_review_held_in_time_and_entered_later_is_met),
		TEST(a_review_held_a_day_late_is_met_late),
		TEST(the_yearly_review_never_counts_from_an_earlier_day_than_before),
		TEST(involvement_that_is_yet_to_come_satisfies_nothing),
		TEST(an_offer_clock_that_begins_while_ones_question_waits_is_paused),
		TEST(a_twenty_first_unanswered_question_is_refused),
		TEST(terms_that_name_a_key_twice_are_refused),
		TEST(terms_that_start_long_before_the_placement_are_refused),
		TEST(a_thread_that_is_not_ones_own_is_refused),
	};

	return cmocka_run_group_tests_name("test_decide_started", tests, NULL, NULL);
}
