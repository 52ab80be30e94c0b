/* test_correction.c - entries put right: by their own side, by a second officer, by both. */
#include "world.h"

static int64_t number_of(const struct actor *who, enum fact_kind kind)
{
	for (size_t i = played->fact_count; i-- > 0;)
		if (played->facts[i]->kind == kind)
			return party_entry(played, placement_party(played, who->organisation),
					   (int32_t)i + 1);
	fail_msg("no %s", fact_names[kind]);
	return 0;
}

static struct correct correction(const struct actor *who, enum fact_kind kind, const char *field,
				 const char *was, const char *is)
{
	return (struct correct){number_of(who, kind), text_of(field), text_of(was), text_of(is),
				SAID("The care log says so")};
}

/* Signed in February; the start is typed as 9 March, and was the 2nd. */
static void play_mistyped(void)
{
	struct confirm_start start = {.started_day = on("2026-06-08")};

	play_signed();
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-06-09 10:00"));
}

static void a_start_put_right_moves_the_reviews_that_count_from_it(void **state)
{
	struct correct right;
	const struct due_change *changes;

	(void)state;
	play_mistyped();
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-09-08 17:00");
	right = correction(&officer, FACT_START_CONFIRMED, "started", "2026-06-08", "2026-06-01");
	must(&officer, MOVE_CORRECT, &right, at("2026-07-13 10:00"));
	assert_int_equal(played->started_day, on("2026-06-01"));
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-07-27 17:00");
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-09-01 17:00");
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-06-01 17:00");
	changes = last_fact()->changes.items;
	assert_int_equal(last_fact()->changes.count, 3);
	assert_int_equal(changes[1].old_due_at_us, at("2026-09-08 17:00"));
	assert_true(fact_visible(last_fact(), played, placement_party(played, provider)));
	assert_int_equal(((const struct confirm_start *)played
				  ->facts[party_seq(played, placement_party(played, authority),
						    (int32_t)right.entry) -
					  1]
				  ->data)
				 ->started_day,
			 on("2026-06-08"));
}

static void a_review_missed_by_a_typing_error_is_no_longer_missed(void **state)
{
	struct correct right;

	(void)state;
	play_mistyped();
	settle(at("2026-08-04 09:00"));
	assert_true(owed(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER)->missed_at_us != NEVER_US);
	right = correction(&officer, FACT_START_CONFIRMED, "started", "2026-06-08", "2026-06-15");
	must(&officer, MOVE_CORRECT, &right, at("2026-08-04 10:00"));
	assert_true(owed(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER)->missed_at_us == NEVER_US);
	settle(at("2026-08-11 09:00"));
	assert_int_equal(owed(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER)->missed_at_us,
			 at("2026-08-10 17:00"));
}

static void a_review_held_in_time_is_judged_again_by_the_true_day(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-08-03");
	struct correct right;

	(void)state;
	play_mistyped();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-03 15:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-03 16:00"));
	assert_int_equal(newest(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER)->state, OBLIGATION_MET);
	right = correction(&officer, FACT_START_CONFIRMED, "started", "2026-06-08", "2026-06-01");
	must(&officer, MOVE_CORRECT, &right, at("2026-08-05 10:00"));
	assert_int_equal(newest(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER)->state, OBLIGATION_MET_LATE);
	assert_int_equal(newest(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER)->due_at_us,
			 at("2026-07-27 17:00"));
}

static void a_correction_is_corrected_from_what_stands(void **state)
{
	struct correct right;

	(void)state;
	play_mistyped();
	right = correction(&officer, FACT_START_CONFIRMED, "started", "2026-06-08", "2026-06-01");
	must(&officer, MOVE_CORRECT, &right, at("2026-07-13 10:00"));
	right.is = TEXT("2026-06-02");
	refused_at(&officer, MOVE_CORRECT, &right, at("2026-07-14 10:00"), "correction_sound",
		   "/was");
	right.was = TEXT("2026-06-01");
	must(&officer, MOVE_CORRECT, &right, at("2026-07-14 10:00"));
	assert_int_equal(played->started_day, on("2026-06-02"));
}

static void what_may_not_be_corrected_is_refused_with_where(void **state)
{
	struct correct right;

	(void)state;
	play_mistyped();
	right = correction(&negotiator, FACT_START_CONFIRMED, "started", "2026-06-08",
			   "2026-06-01");
	refused_at(&negotiator, MOVE_CORRECT, &right, at("2026-07-13 10:00"), "entry_correctable",
		   "/entry");
	right = correction(&officer, FACT_START_CONFIRMED, "recorded_at", "2026-06-08",
			   "2026-06-01");
	refused_at(&officer, MOVE_CORRECT, &right, at("2026-07-13 10:00"), "entry_correctable",
		   "/field");
	right = correction(&negotiator, FACT_OFFER_MADE, "valid_until", "2026-06-08", "2026-06-01");
	refused_at(&negotiator, MOVE_CORRECT, &right, at("2026-07-13 10:00"), "entry_correctable",
		   "/entry");
	right = correction(&officer, FACT_START_CONFIRMED, "started", "2026-06-08", "2026-08-01");
	refused_at(&officer, MOVE_CORRECT, &right, at("2026-07-13 10:00"), "correction_sound",
		   "/is");
	right = correction(&officer, FACT_START_CONFIRMED, "started", "2026-06-08", "2026-03-22");
	refused_at(&officer, MOVE_CORRECT, &right, at("2026-07-13 10:00"), "correction_sound",
		   "/is");
	right.entry = 99;
	refused_at(&officer, MOVE_CORRECT, &right, at("2026-07-13 10:00"), "entry_correctable",
		   "/entry");
}

static void a_start_entered_in_error_takes_its_clocks_with_it(void **state)
{
	struct mark_entered_in_error mark = {.why = ERROR_WRONG_PERSON,
					     .reason = SAID("It was the next file")};

	(void)state;
	play_mistyped();
	mark.entry = number_of(&officer, FACT_START_CONFIRMED);
	refused_at(&officer, MOVE_MARK_ENTERED_IN_ERROR, &mark, at("2026-06-10 10:00"),
		   "second_officer", "/entry");
	must(&second_officer, MOVE_MARK_ENTERED_IN_ERROR, &mark, at("2026-06-10 10:00"));
	assert_int_equal(played->started_day, NO_DAY);
	assert_state(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	assert_state(DUTY_CONFIRM_START, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	refused(&second_officer, MOVE_MARK_ENTERED_IN_ERROR, &mark, at("2026-06-10 11:00"),
		"entry_markable");
}

static void a_review_entered_in_error_is_owed_again(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-03");
	struct mark_entered_in_error mark = {.why = ERROR_WRONG_PERSON,
					     .reason = SAID("It was the next file")};

	(void)state;
	play_mistyped();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-03 15:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-03 16:00"));
	mark.entry = number_of(&officer, FACT_REVIEW_HELD);
	must(&second_officer, MOVE_MARK_ENTERED_IN_ERROR, &mark, at("2026-08-04 10:00"));
	assert_int_equal(played->review_count, 0);
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-09-08 17:00");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-05 15:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-05 16:00"));
}

static void a_redaction_is_the_data_protection_leads_and_once(void **state)
{
	struct redact redact = {.grounds = TEXT("Article 17 request 2026/14")};

	(void)state;
	play_mistyped();
	redact.entry = number_of(&officer, FACT_INVOLVEMENT_RECORDED);
	refused(&officer, MOVE_REDACT, &redact, at("2026-06-10 10:00"), "role");
	must(&data_protection, MOVE_REDACT, &redact, at("2026-06-10 10:00"));
	refused(&data_protection, MOVE_REDACT, &redact, at("2026-06-10 11:00"), "entry_redactable");
}

/* Signed at 1,650.00 from 18 May; the true figure was 1,641.00. */
static void play_correcting(void)
{
	struct make_offer right = offer_of(164100);

	play_started();
	must(&officer, MOVE_PROPOSE_CORRECTION, &right, at("2026-07-13 10:00"));
}

static void what_both_signed_is_corrected_by_what_both_sign(void **state)
{
	struct accept accept;
	struct sign sign;

	(void)state;
	play_correcting();
	assert_int_equal(placement_open_round(played)->kind, ROUND_CORRECTION);
	assert_true(agreement_is_disputed(played, &played->agreements[0]));
	assert_int_equal(agreement_on(played, on("2026-06-01"))->terms->weekly_p, 165000);
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-07-13 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-07-13 12:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-07-13 13:00"));
	assert_int_equal(played->agreements[1].corrects, 1);
	assert_false(agreement_is_disputed(played, &played->agreements[0]));
	assert_int_equal(agreement_on(played, on("2026-05-18"))->terms->weekly_p, 164100);
	assert_int_equal(agreement_on(played, on("2027-05-18"))->terms->weekly_p, 164100);
}

static void a_correction_refused_leaves_what_was_signed_disputed(void **state)
{
	struct reject reject = rejection();

	(void)state;
	play_correcting();
	must(&negotiator, MOVE_REJECT, &reject, at("2026-07-13 11:00"));
	settle(at("2026-07-28 09:00"));
	assert_null(placement_open_round(played));
	assert_true(agreement_is_disputed(played, &played->agreements[0]));
	assert_int_equal(agreement_on(played, on("2026-05-18"))->terms->weekly_p, 165000);
}

static void a_correction_begins_when_what_it_corrects_did(void **state)
{
	struct make_offer right = offer_of(164100);

	(void)state;
	play_started();
	right.terms.start_day = on("2026-05-19");
	refused_at(&officer, MOVE_PROPOSE_CORRECTION, &right, at("2026-07-13 10:00"),
		   "version_to_correct", "/terms/start");
}

static void sign_next(const struct make_offer *offer, enum move move, const char *when)
{
	struct accept accept;
	struct sign sign;

	must(&officer, move, offer, at(when));
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at(when));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at(when));
	must(&provider_signatory, MOVE_SIGN, &sign, at(when));
}

static void a_correction_of_an_earlier_version_leaves_the_later_one_in_force(void **state)
{
	struct make_offer later = offer_of(160000), right = offer_of(164100);

	(void)state;
	play_started();
	later.terms.start_day = on("2026-07-01");
	sign_next(&later, MOVE_PROPOSE_VARIATION, "2026-06-22 10:00");
	sign_next(&right, MOVE_PROPOSE_CORRECTION, "2026-07-13 10:00");
	assert_int_equal(agreement_on(played, on("2026-06-30"))->terms->weekly_p, 164100);
	assert_int_equal(agreement_on(played, on("2026-07-01"))->terms->weekly_p, 160000);
	assert_int_equal(played->agreements[2].to_day, on("2026-06-30"));
	assert_int_equal(placement_agreement(played)->number, 2);
}

static void an_absence_is_put_right_or_never_was(void **state)
{
	struct record_absence away = {.kind = ABSENCE_HOSPITAL,
				      .from_day = on("2026-06-20"),
				      .to_day = on("2026-06-25"),
				      .held_r = 500000,
				      .number = NO_INT};
	struct mark_entered_in_error mark = {.why = ERROR_WRONG_PERSON,
					     .reason = SAID("It was the next file")};
	struct correct right;

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_ABSENCE, &away, at("2026-06-26 10:00"));
	right = correction(&officer, FACT_ABSENCE_RECORDED, "from", "2026-06-20", "2026-06-26");
	refused_at(&officer, MOVE_CORRECT, &right, at("2026-06-27 10:00"), "correction_sound",
		   "/is");
	right.is = TEXT("2026-06-18");
	must(&officer, MOVE_CORRECT, &right, at("2026-06-27 10:00"));
	assert_int_equal(played->absences[0].from_day, on("2026-06-18"));
	mark.entry = right.entry;
	must(&second_officer, MOVE_MARK_ENTERED_IN_ERROR, &mark, at("2026-06-28 10:00"));
	assert_true(played->absences[0].in_error);
	must(&officer, MOVE_RECORD_ABSENCE, &away, at("2026-06-29 10:00"));
}

static bool may_mark(const struct actor *who)
{
	return core_allows(arena, &world, played, who, MOVE_MARK_ENTERED_IN_ERROR,
			   at("2026-06-26 10:00"));
}

static void who_made_every_entry_may_mark_none(void **state)
{
	(void)state;
	play_signed();
	assert_false(may_mark(&officer));
	assert_true(may_mark(&second_officer));
	assert_false(may_mark(&negotiator));
}

static void after_the_end_nothing_is_owed_again(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-06-25");
	struct record_death death = {.died_day = on("2026-06-25"),
				     .last_paid_day = on("2026-06-25")};
	struct mark_entered_in_error mark = {.why = ERROR_WRONG_PERSON, .reason = SAID("Not hers")};
	const struct party *party;
	int32_t review_seq;

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-06-25 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-06-25 11:00"));
	review_seq = played->seq;
	must(&officer, MOVE_RECORD_DEATH, &death, at("2026-06-26 10:00"));
	party = placement_party(played, authority);
	mark.entry = party_entry(played, party, review_seq);
	must(&second_officer, MOVE_MARK_ENTERED_IN_ERROR, &mark, at("2026-06-27 10:00"));
	for (size_t i = 0; i < played->obligation_count; i++)
		assert_false(obligation_is_open(&played->obligations[i]));
}

static void days_that_were_agreed_on_are_not_corrected_by_one_side(void **state)
{
	struct correct right;

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	right = correction(&officer, FACT_PLACEMENT_OPENED, "wanted_start", "2026-05-18",
			   "2026-05-11");
	must(&officer, MOVE_CORRECT, &right, at("2026-03-24 10:00"));
	assert_int_equal(played->opening->wanted_start_day, on("2026-05-11"));
	tear_down(NULL);
	set_up(NULL);
	play_signed();
	right = correction(&officer, FACT_PLACEMENT_OPENED, "wanted_start", "2026-05-18",
			   "2026-05-11");
	refused_at(&officer, MOVE_CORRECT, &right, at("2026-05-01 10:00"), "entry_correctable",
		   "/field");
}

static void a_loser_hears_nothing_of_what_is_put_right_later(void **state)
{
	struct invite invited = invitation_of(rival_provider);
	struct decline decline = {.reason = DECLINE_PRICE};
	struct correct right;
	int32_t entries, version;

	(void)state;
	play_approved(URGENCY_ORDINARY);
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	must(&rival, MOVE_DECLINE, &decline, at("2026-04-01 11:00"));
	entries = placement_party(played, rival_provider)->entries;
	version = placement_party(played, rival_provider)->version;
	right = correction(&officer, FACT_PLACEMENT_OPENED, "wanted_start", "2026-05-18",
			   "2026-05-11");
	must(&officer, MOVE_CORRECT, &right, at("2026-04-02 10:00"));
	assert_int_equal(placement_party(played, rival_provider)->entries, entries);
	assert_int_equal(placement_party(played, rival_provider)->version, version);
	assert_false(fact_visible(last_fact(), played, placement_party(played, rival_provider)));
}

static void a_review_that_opened_a_round_is_not_taken_back(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-03");
	struct mark_entered_in_error mark = {.why = ERROR_WRONG_PERSON,
					     .reason = SAID("It was the next file")};

	(void)state;
	play_mistyped();
	held.decision = REVIEW_RECALCULATE;
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-03 15:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-03 16:00"));
	mark.entry = number_of(&officer, FACT_REVIEW_HELD);
	refused_at(&second_officer, MOVE_MARK_ENTERED_IN_ERROR, &mark, at("2026-08-04 10:00"),
		   "entry_markable", "/entry");
}

static void a_review_held_in_time_and_entered_late_is_judged_by_its_day(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-27");
	struct correct right;

	(void)state;
	play_mistyped();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-02 15:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-02 16:00"));
	right = correction(&officer, FACT_START_CONFIRMED, "started", "2026-06-08", "2026-06-01");
	must(&officer, MOVE_CORRECT, &right, at("2026-08-05 10:00"));
	assert_int_equal(newest(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER)->due_at_us,
			 at("2026-07-27 17:00"));
	assert_int_equal(newest(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER)->state, OBLIGATION_MET);
}

static void a_counter_offer_corrects_from_the_same_day(void **state)
{
	struct make_offer counter = offer_of(164500);

	(void)state;
	play_correcting();
	counter.terms.start_day = on("2026-05-25");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &counter, at("2026-07-14 10:00"),
		   "begins_in_force", "/terms/start");
	counter.terms.start_day = on("2026-05-18");
	must(&negotiator, MOVE_MAKE_OFFER, &counter, at("2026-07-14 10:00"));
}

static void the_commissioners_limit_is_not_asked_for_by_the_provider(void **state)
{
	static const struct said by_telephone = {
		.on_behalf_of = SIDE_COMMISSIONER,
		.evidence = {.entry = NO_INT, .reference = {"Call 7", 6}}};
	struct agree_interim_terms interim;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	schema_clear(move_schema(MOVE_AGREE_INTERIM_TERMS), &interim);
	interim.weekly_p = LIMIT_P + 1;
	interim.from_day = on("2026-05-18");
	interim.basis = 0;
	saying = &by_telephone;
	said_at_us = at("2026-04-01 11:00");
	refused(&negotiator, MOVE_AGREE_INTERIM_TERMS, &interim, at("2026-04-01 12:00"),
		"recordable");
	saying = NULL;
	said_at_us = NEVER_US;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_start_put_right_moves_the_reviews_that_count_from_it),
		TEST(a_review_missed_by_a_typing_error_is_no_longer_missed),
		TEST(a_review_held_in_time_is_judged_again_by_the_true_day),
		TEST(a_correction_is_corrected_from_what_stands),
		TEST(what_may_not_be_corrected_is_refused_with_where),
		TEST(a_start_entered_in_error_takes_its_clocks_with_it),
		TEST(a_review_entered_in_error_is_owed_again),
		TEST(a_redaction_is_the_data_protection_leads_and_once),
		TEST(an_absence_is_put_right_or_never_was),
		TEST(days_that_were_agreed_on_are_not_corrected_by_one_side),
		TEST(a_loser_hears_nothing_of_what_is_put_right_later),
		TEST(a_review_that_opened_a_round_is_not_taken_back),
		TEST(a_review_held_in_time_and_entered_late_is_judged_by_its_day),
		TEST(a_counter_offer_corrects_from_the_same_day),
		TEST(the_commissioners_limit_is_not_asked_for_by_the_provider),
		TEST(what_both_signed_is_corrected_by_what_both_sign),
		TEST(a_correction_refused_leaves_what_was_signed_disputed),
		TEST(a_correction_begins_when_what_it_corrects_did),
		TEST(a_correction_of_an_earlier_version_leaves_the_later_one_in_force),
		TEST(who_made_every_entry_may_mark_none),
		TEST(after_the_end_nothing_is_owed_again),
	};

	return cmocka_run_group_tests_name("correction", tests, NULL, NULL);
}
