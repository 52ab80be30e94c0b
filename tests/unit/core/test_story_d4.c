/* test_story_d4.c - needs fall: the review reopens the calculation, and mediation comes between. */
#include "world.h"

static struct make_offer offer_from_october(int64_t weekly_p)
{
	struct make_offer offer = offer_of(weekly_p);

	offer.terms.start_day = on("2026-10-05");
	return offer;
}

/* Larch House at 1,698.00 from Monday 18 May 2026, when care starts. */
static void agreed_at_1698(void)
{
	struct acknowledge acknowledge = {.contact.text = TEXT("Larch House, 01632 960002")};
	struct make_offer offer = offer_of(169800);
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct confirm_start start = {.started_day = on("2026-05-18")};
	struct accept accept;
	struct sign sign;

	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-02 09:30"));
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	accept = acceptance();
	accept.above_guide_reason = SAID("The only home near her sister");
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-05-18 15:00"));
}

/* The first review on time; then needs were reassessed on 10 August. */
static void reviewed_on_17_august(void)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review first = review(REVIEW_FIRST, "2026-07-10");
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-17");

	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-10 11:00"));
	must(&officer, MOVE_HOLD_REVIEW, &first, at("2026-07-10 14:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-17 10:00"));
	held.needs = NEEDS_FELL;
	held.reassessed_day = on("2026-08-10");
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-17 11:00"));
	assert_state(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-08-17 17:00");
}

static void recalculated_by_1_september(void)
{
	struct request_recalculation request = {.reason = SAID("She needs one-to-one for less")};
	struct calculate again = calculation("home");
	const struct round *round;

	must(&officer, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-17 14:00"));
	round = placement_open_round(played);
	assert_int_equal(round->number, 2);
	assert_int_equal(round->kind, ROUND_REVIEW);
	assert_int_equal(strand()->turn, SIDE_EITHER);
	assert_due(DUTY_RECALCULATE, SIDE_COMMISSIONER, "2026-09-01 17:00");
	must(&officer, MOVE_CALCULATE, &again, at("2026-08-28 10:00"));
	assert_state(DUTY_RECALCULATE, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void offered_and_mediated(void)
{
	struct make_offer offer = offer_from_october(153560);
	struct propose_mediation proposal = {TEXT("The fictional Institute of Mediators"), 500000,
					     SAID("The hours of one-to-one")};
	struct consent_to_mediation consent = {SAID("Gladly")};
	struct nominate_mediator nominee = {mediation_body, TEXT("Magnus Hale")};
	struct agree_mediator agreed = {{{0}}};
	struct conclude_mediation over = {MEDIATION_NOT_SETTLED};

	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-09-02 11:00"));
	assert_due(DUTY_RESPOND, SIDE_PROVIDER, "2026-09-09 17:00");
	must(&officer, MOVE_PROPOSE_MEDIATION, &proposal, at("2026-09-07 10:00"));
	must(&negotiator, MOVE_CONSENT_TO_MEDIATION, &consent, at("2026-09-08 15:00"));
	assert_int_equal(placement_open_round(played)->stage, STAGE_MEDIATING);
	assert_int_equal(played->stage, STAGE_IN_FORCE);
	assert_true(owed(DUTY_RESPOND, SIDE_PROVIDER)->due_at_us == NEVER_US);
	must(&officer, MOVE_NOMINATE_MEDIATOR, &nominee, at("2026-09-09 10:00"));
	must(&negotiator, MOVE_AGREE_MEDIATOR, &agreed, at("2026-09-10 10:00"));
	must(&mediator, MOVE_CONCLUDE_MEDIATION, &over, at("2026-09-25 12:00"));
	assert_due(DUTY_RESPOND, SIDE_PROVIDER, "2026-09-28 17:00");
}

static void agreed_at_1610(void)
{
	struct make_offer counter = offer_from_october(161000);
	struct accept accept;
	struct sign sign;

	must(&negotiator, MOVE_MAKE_OFFER, &counter, at("2026-09-28 11:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-09-29 10:00"));
	sign = signature();
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-09-30 10:00"));
	assert_int_equal(placement_agreement(played)->terms->weekly_p, 169800);
	must(&signatory, MOVE_SIGN, &sign, at("2026-10-01 10:00"));
	assert_null(placement_open_round(played));
	assert_int_equal(agreement_on(played, on("2026-10-04"))->terms->weekly_p, 169800);
	assert_int_equal(agreement_on(played, on("2026-10-05"))->terms->weekly_p, 161000);
}

static void needs_fall_and_every_date_is_kept(void **state)
{
	(void)state;
	agreed_at_1698();
	reviewed_on_17_august();
	recalculated_by_1_september();
	offered_and_mediated();
	agreed_at_1610();
	for (size_t i = 0; i < played->fact_count; i++)
		assert_true(played->facts[i]->kind != FACT_MISSED);
	assert_int_equal(open_count(), 1); /* the yearly review */
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(needs_fall_and_every_date_is_kept)};

	return cmocka_run_group_tests_name("test_story_d4", tests, NULL, NULL);
}
