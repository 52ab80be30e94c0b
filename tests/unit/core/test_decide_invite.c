/* test_decide_invite.c - invitations and questions, and every rule that refuses them. */
#include "world.h"

/* ---- inviting ---- */

static void an_invitation_needs_approval(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "panel_approval");
}

static void a_guide_within_the_threshold_needs_no_panel(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	world.panel_threshold_p = 168999;
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "panel_approval");
	world.panel_threshold_p = 169000;
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
}

static void a_guide_without_a_weekly_price_is_under_no_threshold(void **state)
{
	struct calculate calculated = calculation("hourly");
	struct invite invited = invitation_of(provider);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"));
	assert_true(placement_calculation(played)->data->weekly_high_p == NO_INT);
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "panel_approval");
}

static void an_invitation_needs_needs_and_a_guide(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct describe_needs described = needs();
	struct invite invited = invitation_of(provider);

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "needs_described");
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-04-01 10:00"));
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "guide_calculated");
}

static void an_invitation_discloses_and_starts_two_clocks(void **state)
{
	const struct invite *data;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	data = last_fact()->data;
	assert_int_equal(data->wanted_start_day, on("2026-05-18"));
	assert_int_equal(data->calculation, 1);
	assert_int_equal(data->needs, 1);
	assert_int_equal(played->stage, STAGE_INVITING);
	assert_due(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-07 17:00");
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_int_equal(owed(DUTY_ACKNOWLEDGE, SIDE_PROVIDER)->n, 1);
	assert_int_equal(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->n, 2);
}

static void a_start_within_28_days_halves_the_offer_clock(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_approved(URGENCY_ORDINARY);
	invited.wanted_start_day = on("2026-04-29");
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-10 17:00");
}

static void one_invitation_at_a_time(void **state)
{
	struct invite invited = invitation_of(rival_provider);
	struct decline decline = {.reason = DECLINE_NO_VACANCY};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 11:00"),
		"one_invitation_at_a_time");
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	assert_int_equal(played->threads[0].state, THREAD_DECLINED);
	assert_int_equal(open_count(), 0);
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 13:00"));
	assert_int_equal(played->thread_count, 2);
	assert_true(uuid_eq(strand()->provider, rival_provider));
}

static void acknowledging_twice_is_refused(void **state)
{
	struct acknowledge acknowledge = {.contact.text = TEXT("Ms Poole, 01632 960001")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-02 10:00"));
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET);
	refused(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-02 10:00"),
		"not_acknowledged_yet");
}

static void an_answer_to_the_commissioners_own_offer_acknowledges(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct acknowledge acknowledge = {0};
	struct reject reject = rejection();

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-01 11:00"));
	assert_state(DUTY_MAKE_OFFER, SIDE_PROVIDER, OBLIGATION_RELEASED);
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_OPEN);
	must(&negotiator, MOVE_REJECT, &reject, at("2026-04-01 12:00"));
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET);
	refused(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-01 13:00"),
		"not_acknowledged_yet");
}

static void an_invitation_can_be_acknowledged_while_an_offer_waits(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct acknowledge acknowledge = {0};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-01 11:00"));
	must(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-02 11:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET);
}

static void declining_is_only_for_invitations_without_offers(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};

	(void)state;
	play_offered();
	refused(&negotiator, MOVE_DECLINE, &decline, at("2026-04-10 10:00"), "decline_in_time");
}

static void offer_after_invitation_lapsed_is_refused_as_lapsed(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-17 17:01"), "invitation_lapsed");
	assert_int_equal(last.settled, 2); /* acknowledge missed, invitation lapsed */
	assert_int_equal(strand()->state, THREAD_LAPSED);
	assert_int_equal(last_fact()->kind, FACT_LAPSED);
}

static void offer_after_declining_is_refused_as_declined(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct decline decline = {.reason = DECLINE_PRICE};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-01 13:00"),
		"invitation_declined");
}

static void one_who_is_out_hears_nothing_of_how_others_fare(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};
	struct record_involvement involved = involvement(INVOLVED_IN_CHOICE);
	struct invite invited = invitation_of(rival_provider);
	struct make_offer offer = offer_of(160000);
	struct withdraw withdraw = {.reason = WITHDRAW_OTHER};
	struct sign sign = {.side = NO_ENUM};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 13:00"));
	must(&rival, MOVE_MAKE_OFFER, &offer, at("2026-04-02 13:00"));
	refused(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-02 14:00"),
		"invitation_declined");
	refused(&negotiator, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-02 14:00"),
		"invitation_declined");
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-03 14:00"));
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-03 15:00"),
		"invitation_declined");
	refused(&rival, MOVE_MAKE_OFFER, &offer, at("2026-04-03 15:00"), "placement_ended");
}

/* ---- questions ---- */

static void question_pauses_the_askers_offer_clock(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct answer answer = {1, SAID("Yes")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == NEVER_US);
	assert_due(DUTY_ANSWER, SIDE_COMMISSIONER, "2026-04-09 17:00");
	must(&officer, MOVE_ANSWER, &answer, at("2026-04-09 10:00"));
	assert_state(DUTY_ANSWER, SIDE_COMMISSIONER, OBLIGATION_MET);
	/* the ticks of 2, 7 and 8 April fell into the pause */
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-22 17:00");
	assert_due(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-07 17:00");
}

static void a_second_question_keeps_the_clock_paused_until_both_are_answered(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct answer answer = {2, SAID("Yes")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 11:00"));
	must(&officer, MOVE_ANSWER, &answer, at("2026-04-02 12:00"));
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == NEVER_US);
	answer.number = 1;
	must(&officer, MOVE_ANSWER, &answer, at("2026-04-02 13:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
}

static void a_question_by_the_other_side_pauses_nothing(void **state)
{
	struct ask ask = {SAID("How many staff at night?"), NO_INT};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&officer, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_due(DUTY_ANSWER, SIDE_PROVIDER, "2026-04-09 17:00");
}

static void an_answer_names_an_open_question_of_the_other_side(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct answer answer = {1, SAID("Yes")};
	int64_t now = at("2026-04-02 11:00");

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&officer, MOVE_ANSWER, &answer, now, "question_open", "/number");
	must(&negotiator, MOVE_ASK, &ask, now);
	refused_at(&negotiator, MOVE_ANSWER, &answer, now, "question_open", "/number");
	answer.number = 0;
	refused_at(&officer, MOVE_ANSWER, &answer, now, "question_open", "/number");
	answer.number = 1;
	must(&officer, MOVE_ANSWER, &answer, now);
	refused_at(&officer, MOVE_ANSWER, &answer, now, "question_open", "/number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_invitation_needs_approval),
		TEST(a_guide_within_the_threshold_needs_no_panel),
		TEST(a_guide_without_a_weekly_price_is_under_no_threshold),
		TEST(an_invitation_needs_needs_and_a_guide),
		TEST(an_invitation_discloses_and_starts_two_clocks),
		TEST(a_start_within_28_days_halves_the_offer_clock),
		TEST(one_invitation_at_a_time),
		TEST(acknowledging_twice_is_refused),
		TEST(an_answer_to_the_commissioners_own_offer_acknowledges),
		TEST(an_invitation_can_be_acknowledged_while_an_offer_waits),
		TEST(declining_is_only_for_invitations_without_offers),
		TEST(offer_after_invitation_lapsed_is_refused_as_lapsed),
		TEST(offer_after_declining_is_refused_as_declined),
		TEST(one_who_is_out_hears_nothing_of_how_others_fare),
		TEST(question_pauses_the_askers_offer_clock),
		TEST(a_second_question_keeps_the_clock_paused_until_both_are_answered),
		TEST(a_question_by_the_other_side_pauses_nothing),
		TEST(an_answer_names_an_open_question_of_the_other_side),
	};

	return cmocka_run_group_tests_name("test_decide_invite", tests, NULL, NULL);
}
