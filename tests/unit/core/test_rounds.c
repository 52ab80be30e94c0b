/* test_rounds.c - rounds that are negotiated while an agreement is in force. */
#include "world.h"

static struct make_offer variation_of(int64_t weekly_p, const char *from)
{
	struct make_offer offer = offer_of(weekly_p);

	offer.terms.start_day = on(from);
	return offer;
}

/* On Wednesday 2 September 2026 at 11:00 the council offers 1,535.60. */
static void play_varied(void)
{
	struct make_offer offer = variation_of(153560, "2026-10-05");

	play_started();
	must(&officer, MOVE_PROPOSE_VARIATION, &offer, at("2026-09-02 11:00"));
}

static const struct agreement *on_day(const char *day)
{
	const struct agreement *agreement = agreement_on(played, on(day));

	assert_non_null(agreement);
	return agreement;
}

static void a_variation_opens_a_round_and_the_agreement_stands(void **state)
{
	const struct round *round;

	(void)state;
	play_varied();
	round = placement_open_round(played);
	assert_int_equal(round->number, 2);
	assert_int_equal(round->kind, ROUND_VARIATION);
	assert_int_equal(round->stage, STAGE_NEGOTIATING);
	assert_int_equal(played->stage, STAGE_IN_FORCE);
	assert_due(DUTY_RESPOND, SIDE_PROVIDER, "2026-09-09 17:00");
	assert_int_equal(placement_party(played, provider)->thread, round->thread);
	assert_int_equal(on_day("2026-10-05")->terms->weekly_p, 165000);
}

static void a_variation_is_countered_accepted_and_signed_as_the_next_version(void **state)
{
	struct make_offer counter = variation_of(161000, "2026-10-05");
	struct accept accept;
	struct sign sign;

	(void)state;
	play_varied();
	must(&negotiator, MOVE_MAKE_OFFER, &counter, at("2026-09-08 11:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-09-10 11:00"));
	assert_int_equal(placement_open_round(played)->stage, STAGE_SIGNING);
	assert_int_equal(played->stage, STAGE_IN_FORCE);
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-09-11 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-09-11 11:00"));
	assert_null(placement_open_round(played));
	assert_int_equal(played->agreement_count, 2);
	assert_int_equal(on_day("2026-10-04")->number, 1);
	assert_int_equal(on_day("2026-10-05")->number, 2);
	assert_int_equal(on_day("2027-10-05")->terms->weekly_p, 161000);
	assert_null(newest(DUTY_CONFIRM_START, SIDE_PROVIDER));
}

static void one_round_runs_at_a_time(void **state)
{
	struct make_offer offer = variation_of(170000, "2026-10-05");

	(void)state;
	play_varied();
	refused(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at("2026-09-03 10:00"),
		"no_round_open");
}

static void a_round_rejected_and_left_ends_and_the_agreement_stands(void **state)
{
	struct reject reject = rejection();
	struct make_offer offer = variation_of(170000, "2026-10-05");
	struct send_message message = {.message = SAID("Let us talk again in spring")};

	(void)state;
	play_varied();
	must(&negotiator, MOVE_REJECT, &reject, at("2026-09-03 10:00"));
	assert_due(DUTY_AFTER_REJECTION, SIDE_EITHER, "2026-09-17 17:00");
	settle(at("2026-09-17 17:01"));
	assert_null(placement_open_round(played));
	assert_int_equal(played->rounds[1].stage, STAGE_ENDED);
	assert_int_equal(played->stage, STAGE_IN_FORCE);
	assert_int_equal(on_day("2026-10-05")->number, 1);
	assert_int_equal(newest(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER)->missed_at_us,
			 at("2026-08-18 17:00"));
	assert_int_equal(newest(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER)->state,
			 OBLIGATION_OPEN);
	must(&negotiator, MOVE_SEND_MESSAGE, &message, at("2026-09-18 10:00"));
	assert_int_equal(placement_party(played, provider)->thread, 1);
	assert_int_equal(party_stage(played, placement_party(played, provider)), STAGE_IN_FORCE);
	must(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at("2026-09-18 10:00"));
	assert_int_equal(placement_open_round(played)->number, 3);
}

static void an_acceptance_not_signed_in_time_lapses_in_a_later_round(void **state)
{
	struct accept accept;

	(void)state;
	play_varied();
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-09-03 10:00"));
	settle(at("2026-10-01 17:01"));
	assert_int_equal(placement_open_round(played)->stage, STAGE_NEGOTIATING);
	assert_int_equal(played->stage, STAGE_IN_FORCE);
}

static void the_fee_in_force_is_the_limit_until_the_panel_sets_another(void **state)
{
	struct make_offer offer = variation_of(165001, "2026-10-05");
	struct refer_to_panel referred = {SAID("Canary note"), NO_DAY};
	struct panel_decide approved = approval(168000);
	struct accept accept;

	(void)state;
	play_started();
	refused(&officer, MOVE_PROPOSE_VARIATION, &offer, at("2026-09-02 11:00"),
		"within_approved_limit");
	must(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at("2026-09-02 11:00"));
	accept = acceptance();
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-09-02 12:00"), "within_approved_limit");
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-09-02 12:00"));
	must(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-09-02 13:00"));
	assert_int_equal(placement_open_round(played)->stage, STAGE_NEGOTIATING);
	must(&officer, MOVE_ACCEPT, &accept, at("2026-09-02 14:00"));
}

static void what_is_in_force_is_not_withdrawn(void **state)
{
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};
	struct provider_assessment assessed = {.outcome = ASSESSMENT_CANNOT};

	(void)state;
	play_varied();
	refused(&officer, MOVE_WITHDRAW, &withdraw, at("2026-09-03 10:00"), "nothing_in_force");
	refused(&negotiator, MOVE_PROVIDER_ASSESSMENT, &assessed, at("2026-09-03 10:00"),
		"nothing_in_force");
}

static void a_variation_begins_no_earlier_than_what_it_changes(void **state)
{
	struct make_offer offer = variation_of(160000, "2026-05-17");

	(void)state;
	play_started();
	refused_at(&officer, MOVE_PROPOSE_VARIATION, &offer, at("2026-09-02 11:00"),
		   "begins_in_force", "/terms/start");
}

/* By its number the commissioner may name the strand that the agreement was made in. */
static void what_is_negotiated_is_in_the_rounds_own_strand(void **state)
{
	struct make_offer offer = variation_of(161000, "2026-10-05");
	struct accept accept;
	struct sign sign;

	(void)state;
	play_varied();
	on_thread = 1;
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-09-03 10:00"), "stage");
	on_thread = NO_INT;
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-09-03 11:00"));
	on_thread = 1;
	sign = signature();
	sign.terms_digest = played->agreements[0].terms_digest;
	refused(&signatory, MOVE_SIGN, &sign, at("2026-09-04 10:00"), "stage");
	assert_int_equal(played->agreement_count, 1);
}

/* The account is put right, and the end stays what it was. */
static void a_correction_signed_after_the_end_leaves_it_ended(void **state)
{
	struct make_offer offer = variation_of(163000, "2026-05-18");
	struct record_death death = {.died_day = on("2026-06-01"),
				     .last_paid_day = on("2026-06-04")};
	struct accept accept;
	struct sign sign;

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_DEATH, &death, at("2026-06-02 10:00"));
	must(&officer, MOVE_PROPOSE_CORRECTION, &offer, at("2026-06-03 10:00"));
	refused(&officer, MOVE_RECORD_DEATH, &death, at("2026-06-03 11:00"), "placement_ended");
	assert_false(core_allows(arena, &world, played, &officer, MOVE_RECORD_DEATH,
				 at("2026-06-03 11:00")));
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-06-04 10:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-06-05 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-06-05 11:00"));
	assert_int_equal(played->agreement_count, 2);
	assert_int_equal(played->stage, STAGE_ENDED);
	assert_int_equal(played->end_reason, END_DIED);
}

/* Said in the first strand, and acknowledged while another round is negotiated. */
static void an_entry_of_an_earlier_strand_is_acknowledged_in_a_later_round(void **state)
{
	const struct party *party;
	struct acknowledge_delivery received;
	int64_t now = at("2026-09-03 10:00");

	(void)state;
	play_started();
	must(&negotiator, MOVE_PROPOSE_VARIATION,
	     &(struct make_offer){.terms = variation_of(170000, "2026-10-05").terms,
				  .valid_until_day = NO_DAY,
				  .side = NO_ENUM,
				  .answers = NO_INT},
	     at("2026-09-02 11:00"));
	assert_true(
		core_allows(arena, &world, played, &negotiator, MOVE_ACKNOWLEDGE_DELIVERY, now));
	party = placement_party(played, provider);
	received.entry = party_entry(played, party, played->threads[0].invited_entry);
	must(&negotiator, MOVE_ACKNOWLEDGE_DELIVERY, &received, now);
}

static void a_question_is_waited_for_no_longer_than_its_round(void **state)
{
	struct ask ask = {SAID("From which day?"), NO_INT};
	struct reject reject = rejection();

	(void)state;
	play_varied();
	must(&negotiator, MOVE_ASK, &ask, at("2026-09-02 12:00"));
	must(&negotiator, MOVE_REJECT, &reject, at("2026-09-03 10:00"));
	settle(at("2026-09-17 17:01"));
	assert_null(placement_open_round(played));
	assert_int_equal(newest(DUTY_WAIT_FOR_ANSWER, SIDE_TIME)->state, OBLIGATION_RELEASED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_variation_opens_a_round_and_the_agreement_stands),
		TEST(a_variation_is_countered_accepted_and_signed_as_the_next_version),
		TEST(one_round_runs_at_a_time),
		TEST(a_round_rejected_and_left_ends_and_the_agreement_stands),
		TEST(an_acceptance_not_signed_in_time_lapses_in_a_later_round),
		TEST(the_fee_in_force_is_the_limit_until_the_panel_sets_another),
		TEST(what_is_in_force_is_not_withdrawn),
		TEST(a_variation_begins_no_earlier_than_what_it_changes),
		TEST(what_is_negotiated_is_in_the_rounds_own_strand),
		TEST(a_correction_signed_after_the_end_leaves_it_ended),
		TEST(an_entry_of_an_earlier_strand_is_acknowledged_in_a_later_round),
		TEST(a_question_is_waited_for_no_longer_than_its_round),
	};

	return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}
