/* test_decide_offer.c - offers, acceptance and signing, and every rule that refuses them. */
#include "world.h"

/* ---- offers ---- */

static void an_offer_is_totalled_numbered_and_digested(void **state)
{
	static const struct fee_line lines[] = {
		{TEXT("care"), TEXT("Care"), LINE_HOUR, NO_ENUM, 105000, 142025, NO_INT},
		{TEXT("less"), TEXT("Reduction"), LINE_WEEK, NO_ENUM, 10000, -100050, NO_INT},
	};
	struct make_offer offer = offer_of(0);
	const struct make_offer *made;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.terms.lines = LIST_OF(lines);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 18:20"));
	made = last_fact()->data;
	assert_int_equal(((const struct fee_line *)made->terms.lines.items)[0].weekly_p, 14913);
	assert_int_equal(((const struct fee_line *)made->terms.lines.items)[1].weekly_p, -1001);
	assert_int_equal(made->terms.weekly_p, 13912);
	assert_int_equal(made->number, 1);
	assert_int_equal(made->side, SIDE_PROVIDER);
	assert_int_equal(lines[0].weekly_p == NO_INT, true); /* the request is left alone */
	assert_false(digest_is_zero(&made->terms_digest));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_int_equal(strand()->offers[0].number, 1);
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET_LATE);
	assert_state(DUTY_MAKE_OFFER, SIDE_PROVIDER, OBLIGATION_MET);
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-17 17:00");
	assert_due(DUTY_OFFER_STANDS, SIDE_TIME, "2026-05-11 17:00");
}

static void nobody_offers_twice_in_a_row(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_offered();
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-10 10:00"), "turn");
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-10 10:00"));
	assert_int_equal(strand()->offers[0].state, OFFER_COUNTERED);
	assert_state(DUTY_RESPOND, SIDE_PROVIDER, OBLIGATION_OPEN);
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-10 11:00"), "turn");
}

static void unsound_terms_are_refused(void **state)
{
	static const struct fee_line twice[] = {
		{TEXT("care"), TEXT("Care"), LINE_WEEK, NO_ENUM, 10000, 10000, NO_INT},
		{TEXT("care"), TEXT("Care"), LINE_WEEK, NO_ENUM, 10000, 10000, NO_INT},
	};
	static const struct outcome_ref unknown[] = {{TEXT("garden")}, {TEXT("moon")}};
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.terms.lines = LIST_OF(twice);
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "terms_sound",
		   "/terms/lines/1/key");
	offer = offer_of(-1);
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "terms_sound",
		   "/terms/lines");
	offer = offer_of(160000);
	offer.terms.outcomes = LIST_OF(unknown);
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "outcome_known",
		   "/terms/outcomes/1/key");
}

static void an_offer_stands_until_the_answer_is_due(void **state)
{
	struct make_offer offer = offer_of(160000);
	int64_t now = at("2026-04-09 10:00"); /* reply by Thursday 16 April */

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.valid_until_day = on("2026-04-15");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, now, "valid_until", "/valid_until");
	offer.valid_until_day = on("2027-04-11");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, now, "valid_until", "/valid_until");
	offer.valid_until_day = on("2026-04-18");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, now);
	assert_due(DUTY_OFFER_STANDS, SIDE_TIME, "2026-04-18 17:00"); /* a Saturday: as they said */
}

static void an_urgent_offer_stands_until_tomorrow_at_the_least(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_EMERGENCY);
	offer.valid_until_day = on("2026-04-01");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-01 10:30"), "valid_until",
		   "/valid_until");
	offer.valid_until_day = on("2026-04-02");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-01 10:30"));
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-01 14:30");
	assert_due(DUTY_OFFER_STANDS, SIDE_TIME, "2026-04-02 17:00");
}

static void an_offer_in_hours_stands_past_its_hour(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_DISCHARGE); /* reply in 24 hours: 20:00 on the 3rd, past 17:00 */
	offer.valid_until_day = on("2026-04-03");
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 20:00"), "valid_until");
	offer.valid_until_day = on("2026-04-04");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 20:00"));
}

static void the_commissioner_offers_within_the_limit(void **state)
{
	struct make_offer offer = offer_of(LIMIT_P + 1);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.above_guide_reason = SAID("The only home near her sister");
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "within_approved_limit");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
}

static void without_a_panel_the_threshold_is_the_limit(void **state)
{
	struct invite invited = invitation_of(provider);
	struct make_offer offer = offer_of(169001);

	(void)state;
	world.panel_threshold_p = 169000;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	offer.above_guide_reason = SAID("The only home near her sister");
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "within_approved_limit");
}

static void accepting_above_the_limit_is_refused(void **state)
{
	struct accept accept;

	(void)state;
	play_offered(); /* 1,812.00 */
	accept = acceptance();
	accept.above_guide_reason = SAID("The only home near her sister");
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"), "within_approved_limit");
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
}

static void a_higher_limit_lets_the_offer_be_accepted(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide approved = approval(181200);
	struct accept accept;

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	must(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-04-10 11:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	accept = acceptance();
	accept.above_guide_reason = SAID("The only home near her sister");
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 12:00"));
}

static void above_guide_high_needs_a_reason(void **state)
{
	struct make_offer offer = offer_of(169001);
	struct accept accept;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "above_guide_reason",
		   "/above_guide_reason");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
	accept = acceptance();
	refused_at(&officer, MOVE_ACCEPT, &accept, at("2026-04-02 11:00"), "above_guide_reason",
		   "/above_guide_reason");
	accept.above_guide_reason = SAID("The only home near her sister");
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-02 11:00"));
}

static void at_the_guides_high_no_reason_is_asked(void **state)
{
	struct make_offer offer = offer_of(169000);
	struct accept accept;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-02 11:00"));
}

static void an_acceptance_names_the_digest(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct accept accept;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
	accept = acceptance();
	accept.terms_digest.bytes[31] ^= 1;
	refused_at(&officer, MOVE_ACCEPT, &accept, at("2026-04-02 11:00"), "names_digest",
		   "/terms_digest");
}

static void nobody_answers_ones_own_offer(void **state)
{
	struct accept accept;
	struct reject reject = rejection();
	struct withdraw_offer withdraw = {.number = NO_INT};

	(void)state;
	play_offered();
	accept = acceptance();
	refused(&negotiator, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"), "others_offer");
	refused(&negotiator, MOVE_REJECT, &reject, at("2026-04-10 10:00"), "others_offer");
	refused(&officer, MOVE_WITHDRAW_OFFER, &withdraw, at("2026-04-10 10:00"), "own_offer");
}

static void an_acceptance_owes_two_signatures(void **state)
{
	const struct accept *accept;

	(void)state;
	play_accepted();
	accept = last_fact()->data;
	assert_int_equal(accept->number, 1);
	assert_int_equal(accept->weekly_p, 165000);
	assert_int_equal(played->stage, STAGE_SIGNING);
	assert_due(DUTY_SIGN, SIDE_COMMISSIONER, "2026-04-17 17:00");
	assert_due(DUTY_SIGN, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_due(DUTY_ACCEPTANCE_STANDS, SIDE_TIME, "2026-05-11 17:00");
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_state(DUTY_OFFER_STANDS, SIDE_TIME, OBLIGATION_RELEASED);
	assert_non_null(thread_accepted_offer(strand()));
}

static void a_withdrawn_offer_is_owed_again_by_its_maker(void **state)
{
	struct withdraw_offer withdraw = {.number = NO_INT};
	struct make_offer offer = offer_of(160000);
	struct accept accept;

	(void)state;
	play_offered();
	accept = acceptance();
	must(&negotiator, MOVE_WITHDRAW_OFFER, &withdraw, at("2026-04-10 10:00"));
	assert_int_equal(((const struct withdraw_offer *)last_fact()->data)->number, 1);
	assert_due(DUTY_OFFER_AGAIN, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_due(DUTY_ROUND_STANDS, SIDE_TIME, "2026-05-11 17:00");
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 11:00"), "offer_withdrawn");
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-10 11:00"), "turn");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-10 12:00"));
	assert_state(DUTY_OFFER_AGAIN, SIDE_PROVIDER, OBLIGATION_MET);
	assert_state(DUTY_ROUND_STANDS, SIDE_TIME, OBLIGATION_RELEASED);
}

static void a_rejection_leaves_ten_days_for_either_to_offer(void **state)
{
	struct reject reject = rejection();
	struct make_offer offer = offer_of(165000);
	struct accept accept;

	(void)state;
	play_offered();
	accept = acceptance();
	must(&officer, MOVE_REJECT, &reject, at("2026-04-10 10:00"));
	assert_int_equal(((const struct reject *)last_fact()->data)->number, 1);
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_due(DUTY_AFTER_REJECTION, SIDE_EITHER, "2026-04-24 17:00");
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 11:00"), "offer_on_table");
	assert_true(core_allows(arena, &world, played, &officer, MOVE_MAKE_OFFER,
				at("2026-04-10 11:00")));
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-10 12:00"));
	assert_state(DUTY_AFTER_REJECTION, SIDE_EITHER, OBLIGATION_RELEASED);
}

/* ---- signing ---- */

static void signing_waits_for_involvement(void **state)
{
	struct sign sign;

	(void)state;
	play_accepted();
	sign = signature();
	refused(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"),
		"involvement_before_signature");
}

static void opener_and_approver_may_not_sign(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct sign sign;

	(void)state;
	play_accepted();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	refused(&busy_officer, MOVE_SIGN, &sign, at("2026-04-13 10:00"), "three_people");
	refused(&busy_panel, MOVE_SIGN, &sign, at("2026-04-13 10:00"), "three_people");
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
}

static void the_second_signature_makes_the_agreement(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	const struct agreement *agreement;
	struct sign sign, wrong;

	(void)state;
	play_accepted();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = wrong = signature();
	wrong.terms_digest.bytes[0] ^= 1;
	refused(&provider_signatory, MOVE_SIGN, &wrong, at("2026-04-13 10:00"), "names_digest");
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	assert_int_equal(played->stage, STAGE_SIGNING);
	assert_true(((const struct sign *)last_fact()->data)->agreement == NO_INT);
	refused(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-13 11:00"), "not_signed_yet");
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	assert_int_equal(((const struct sign *)last_fact()->data)->agreement, 1);
	assert_int_equal(played->stage, STAGE_IN_FORCE);
	agreement = placement_agreement(played);
	assert_int_equal(agreement->number, 1);
	assert_int_equal(agreement->from_day, on("2026-05-18"));
	assert_int_equal(agreement->terms->weekly_p, 165000);
	assert_state(DUTY_ACCEPTANCE_STANDS, SIDE_TIME, OBLIGATION_RELEASED);
	assert_due(DUTY_CONFIRM_START, SIDE_COMMISSIONER, "2026-05-20 17:00");
	assert_int_equal(open_count(), 1);
}

static void an_agreed_start_in_the_past_is_confirmed_from_now(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct make_offer offer = offer_of(160000);
	struct accept accept;
	struct sign sign;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.terms.start_day = on("2026-03-30");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
	must(&negotiator, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	assert_due(DUTY_CONFIRM_START, SIDE_COMMISSIONER, "2026-04-16 17:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_offer_is_totalled_numbered_and_digested),
		TEST(nobody_offers_twice_in_a_row),
		TEST(unsound_terms_are_refused),
		TEST(an_offer_stands_until_the_answer_is_due),
		TEST(an_urgent_offer_stands_until_tomorrow_at_the_least),
		TEST(an_offer_in_hours_stands_past_its_hour),
		TEST(the_commissioner_offers_within_the_limit),
		TEST(without_a_panel_the_threshold_is_the_limit),
		TEST(accepting_above_the_limit_is_refused),
		TEST(a_higher_limit_lets_the_offer_be_accepted),
		TEST(above_guide_high_needs_a_reason),
		TEST(at_the_guides_high_no_reason_is_asked),
		TEST(an_acceptance_names_the_digest),
		TEST(nobody_answers_ones_own_offer),
		TEST(an_acceptance_owes_two_signatures),
		TEST(a_withdrawn_offer_is_owed_again_by_its_maker),
		TEST(a_rejection_leaves_ten_days_for_either_to_offer),
		TEST(signing_waits_for_involvement),
		TEST(opener_and_approver_may_not_sign),
		TEST(the_second_signature_makes_the_agreement),
		TEST(an_agreed_start_in_the_past_is_confirmed_from_now),
	};

	return cmocka_run_group_tests_name("test_decide_offer", tests, NULL, NULL);
}
