/* test_existing.c - care that already runs: recorded by the commissioner, confirmed by the
 * provider.
 */
#include "world.h"

#include "concordat/core/account.h"

#define RECORDED "2026-04-01 10:00" /* a Wednesday */

static const struct uuid home = HOUSE(30);

/* Since Monday 3 June 2019, at 1,420.00 a week since Monday 7 April 2025; reviewed next in June. */
static struct record_existing_agreement running(void)
{
	struct make_offer offer = offer_of(142000);
	struct record_existing_agreement existing;

	schema_clear(move_schema(MOVE_RECORD_EXISTING_AGREEMENT), &existing);
	existing.terms = offer.terms;
	existing.terms.outcomes = (struct list){0};
	existing.terms.start_day = on("2025-04-07");
	existing.provider = provider;
	existing.home = home;
	existing.started_day = on("2019-06-03");
	existing.next_review_day = on("2026-06-06"); /* a Saturday */
	existing.contract_reference = TEXT("CT-118");
	return existing;
}

static void play_opened(void)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-04-01 09:30"));
}

static void play_recorded(void)
{
	struct record_existing_agreement existing = running();

	play_opened();
	must(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at(RECORDED));
}

static struct confirm_existing_agreement confirmation(void)
{
	struct confirm_existing_agreement confirmed;

	schema_clear(move_schema(MOVE_CONFIRM_EXISTING_AGREEMENT), &confirmed);
	confirmed.terms_digest = newest_digest();
	return confirmed;
}

static void confirm(const char *wall)
{
	struct confirm_existing_agreement confirmed = confirmation();

	must(&provider_signatory, MOVE_CONFIRM_EXISTING_AGREEMENT, &confirmed, at(wall));
}

static void play_confirmed(void)
{
	play_recorded();
	confirm("2026-04-13 10:00");
}

/* ---- recorded ---- */

static void it_lies_on_the_table_of_the_providers_strand(void **state)
{
	const struct offer *offer;

	(void)state;
	play_recorded();
	offer = thread_open_offer(strand());
	assert_non_null(offer);
	assert_int_equal(offer->side, SIDE_COMMISSIONER);
	assert_int_equal(offer->data->terms.weekly_p, 142000);
	assert_int_equal(offer->data->valid_until_day, NO_DAY);
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_true(strand()->chosen && strand()->acknowledged && strand()->identity_shared);
	assert_int_equal(strand()->turn, SIDE_PROVIDER);
	assert_int_equal(placement_party(played, provider)->side, SIDE_PROVIDER);
	assert_int_equal(party_stage(played, placement_party(played, provider)), STAGE_NEGOTIATING);
	assert_int_equal(fact_terms(last_fact())->calculation, NO_INT);
	assert_int_equal(fact_terms(last_fact())->needs, NO_INT);
	assert_int_equal(open_count(), 1);
	assert_due(DUTY_CONFIRM_EXISTING_AGREEMENT, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_true(uuid_eq(
		obligation_owner(played, owed(DUTY_CONFIRM_EXISTING_AGREEMENT, SIDE_PROVIDER)),
		provider));
}

static void it_is_not_confirmed_in_time_and_told_again(void **state)
{
	const struct timescale *t =
		&protocol_standard()->timescales[DUTY_CONFIRM_EXISTING_AGREEMENT];

	(void)state;
	assert_int_equal(t->repeat_days, 7);
	play_recorded();
	settle(at("2026-04-17 17:01"));
	assert_missed(DUTY_CONFIRM_EXISTING_AGREEMENT, SIDE_PROVIDER, "2026-04-17 17:00");
	settle(at("2026-12-01 10:00"));
	assert_int_equal(thread_open_offer(strand())->state, OFFER_OPEN);
	confirm("2026-12-01 11:00");
	assert_state(DUTY_CONFIRM_EXISTING_AGREEMENT, SIDE_PROVIDER, OBLIGATION_MET_LATE);
}

static void assert_refused(struct record_existing_agreement existing, const char *rule,
			   const char *pointer)
{
	refused_at(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at(RECORDED), rule,
		   pointer);
}

static void its_days_are_days_that_can_be(void **state)
{
	struct record_existing_agreement existing;

	(void)state;
	play_opened();
	existing = running();
	existing.started_day = on("2015-03-31");
	assert_refused(existing, "existing_sound", "/started");
	existing.started_day = on("2026-04-02");
	assert_refused(existing, "existing_sound", "/started");
	existing = running();
	existing.terms.start_day = on("2015-03-31");
	assert_refused(existing, "terms_sound", "/terms/start");
	existing.terms.start_day = on("2026-04-02");
	assert_refused(existing, "existing_sound", "/terms/start");
	existing = running();
	existing.terms.end_day = on("2026-03-31");
	assert_refused(existing, "existing_sound", "/terms/end");
	existing = running();
	existing.next_review_day = on("2026-03-31");
	assert_refused(existing, "existing_sound", "/next_review");
	existing.next_review_day = on("2027-04-03");
	assert_refused(existing, "existing_sound", "/next_review");
	existing = running();
	existing.review_kind = REVIEW_REQUESTED;
	assert_refused(existing, "existing_sound", "/review_kind");
	existing.review_kind = REVIEW_FIRST;
	assert_refused(existing, "existing_sound", "/review_kind");
	existing = running();
	((struct fee_line *)existing.terms.lines.items)->rate_r = 1490000; /* the person pays 150 */
	assert_refused(existing, "existing_sound", "/terms/funding");
	existing = running();
	existing.started_day = existing.terms.start_day = on("2015-04-01");
	existing.next_review_day = on("2026-04-01");
	must(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at(RECORDED));
}

static void outcomes_are_named_once_they_are_described(void **state)
{
	struct record_existing_agreement existing = running();

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	assert_refused(existing, "terms_sound", "/terms/outcomes");
	existing.terms.outcomes = offer_of(1).terms.outcomes;
	must(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at(RECORDED));
}

static void nobody_else_is_invited_beside_it(void **state)
{
	struct record_existing_agreement existing = running();

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at("2026-04-01 11:00"),
		"nobody_invited");
}

static void what_the_panel_was_asked_is_released(void **state)
{
	struct refer_to_panel referred = {SAID("Canary note"), NO_DAY};
	struct record_existing_agreement existing = running();

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	existing.terms.outcomes = offer_of(1).terms.outcomes;
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	must(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at("2026-03-24 10:00"));
	assert_state(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	assert_false(placement_open_round(played)->panel_pending);
}

/* ---- confirmed ---- */

static void confirmed_it_is_the_first_version_without_signatures(void **state)
{
	const struct agreement *agreement;

	(void)state;
	play_confirmed();
	agreement = placement_agreement(played);
	assert_int_equal(agreement->number, 1);
	assert_int_equal(agreement->basis, AGREEMENT_EXISTING);
	assert_int_equal(agreement->from_day, on("2025-04-07"));
	assert_int_equal(agreement->terms->weekly_p, 142000);
	assert_int_equal(played->facts[agreement->terms_entry - 1]->kind,
			 FACT_EXISTING_AGREEMENT_RECORDED);
	assert_int_equal(played->stage, STAGE_IN_FORCE);
	assert_null(placement_open_round(played));
	assert_int_equal(strand()->state, THREAD_AGREED);
	assert_int_equal(played->started_day, on("2019-06-03"));
	assert_state(DUTY_CONFIRM_EXISTING_AGREEMENT, SIDE_PROVIDER, OBLIGATION_MET);
}

static void nothing_is_owed_but_the_next_review(void **state)
{
	(void)state;
	play_confirmed();
	assert_int_equal(open_count(), 1);
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2026-06-05 17:00");
	settle(at("2026-04-13 10:01"));
	assert_int_equal(open_count(), 1);
	assert_true(newest(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER)->missed_at_us == NEVER_US);
}

static void a_signatory_confirms_and_names_the_digest(void **state)
{
	struct confirm_existing_agreement confirmed;

	(void)state;
	play_recorded();
	confirmed = confirmation();
	refused(&negotiator, MOVE_CONFIRM_EXISTING_AGREEMENT, &confirmed, at("2026-04-02 10:00"),
		"role");
	refused(&signatory, MOVE_CONFIRM_EXISTING_AGREEMENT, &confirmed, at("2026-04-02 10:00"),
		"side");
	confirmed.terms_digest.bytes[0] ^= 1;
	refused_at(&provider_signatory, MOVE_CONFIRM_EXISTING_AGREEMENT, &confirmed,
		   at("2026-04-02 10:00"), "names_digest", "/terms_digest");
}

static void a_review_whose_day_has_passed_by_then_is_due_a_working_day_later(void **state)
{
	(void)state;
	play_recorded();
	confirm("2026-06-08 10:00");
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2026-06-09 17:00");
}

static void young_care_still_has_its_later_reviews(void **state)
{
	struct record_existing_agreement existing = running();

	(void)state;
	existing.started_day = existing.terms.start_day = on("2026-03-02");
	existing.next_review_day = on("2026-04-27");
	existing.review_kind = REVIEW_FIRST;
	play_opened();
	must(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at(RECORDED));
	confirm("2026-04-02 10:00");
	assert_int_equal(open_count(), 3);
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-04-27 17:00");
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-06-02 17:00");
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-03-02 17:00");
}

static void a_yearly_review_follows_the_one_that_is_held(void **state)
{
	struct describe_needs described = needs();
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_YEARLY, "2026-06-01");

	(void)state;
	play_confirmed();
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-05-01 10:00"));
	refused(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-05-02 10:00"), "needs_wanted");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-06-02 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-06-02 11:00"));
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-06-01 17:00");
}

static void what_was_paid_before_is_not_put_right(void **state)
{
	struct account_question question = {
		.known_at_us = INT64_MAX,
		.from_day = on("2026-03-30"),
		.to_day = on("2026-04-26"),
	};
	struct account account;

	(void)state;
	play_confirmed();
	account_work(arena, played, &question, &account);
	assert_int_equal(account.nights, 28);
	assert_int_equal(account.due.total_p, 4 * 142000);
	assert_int_equal(account.charged.total_p, 4 * 142000);
	assert_int_equal(account.adjustments.count, 0);
	assert_int_equal(account.adjusted.total_p, 0);
}

static void a_variation_may_begin_before_it_was_brought_here(void **state)
{
	struct make_offer offer = offer_of(150000);
	struct accept accept;

	(void)state;
	play_confirmed();
	offer.terms.outcomes = (struct list){0};
	offer.terms.start_day = on("2025-06-02"); /* long before it was brought here */
	must(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at("2026-04-20 10:00"));
	accept = acceptance();
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-04-21 10:00"), "within_approved_limit");
	assert_int_equal(placement_open_round(played)->number, 2);
}

/* ---- answered otherwise ---- */

static void it_is_confirmed_and_not_accepted(void **state)
{
	struct accept accept;

	(void)state;
	play_recorded();
	accept = acceptance();
	refused(&negotiator, MOVE_ACCEPT, &accept, at("2026-04-02 10:00"), "not_existing");
}

static void countered_it_is_negotiated_and_signed(void **state)
{
	struct make_offer counter = offer_of(149000);
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct confirm_start start = {.started_day = on("2019-06-03")};
	struct confirm_existing_agreement confirmed;
	struct accept accept;
	struct sign sign;

	(void)state;
	world.panel_threshold_p = 200000;
	play_recorded();
	counter.terms.outcomes = (struct list){0};
	counter.terms.start_day = on("2025-04-07");
	must(&negotiator, MOVE_MAKE_OFFER, &counter, at("2026-04-02 10:00"));
	assert_state(DUTY_CONFIRM_EXISTING_AGREEMENT, SIDE_PROVIDER, OBLIGATION_MET);
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-13 17:00");
	confirmed = confirmation();
	refused(&provider_signatory, MOVE_CONFIRM_EXISTING_AGREEMENT, &confirmed,
		at("2026-04-02 11:00"), "existing_on_table");
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-13 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-13 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 11:00"));
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-04-14 12:00"));
	assert_int_equal(placement_agreement(played)->basis, AGREEMENT_SIGNED);
	assert_int_equal(played->started_day, on("2019-06-03"));
	assert_int_equal(open_count(), 1);
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2026-06-05 17:00");
}

static void declined_another_may_be_recorded(void **state)
{
	struct decline decline = {.reason = DECLINE_OTHER};
	struct record_existing_agreement existing = running();

	(void)state;
	play_recorded();
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-02 10:00"));
	assert_int_equal(played->stage, STAGE_INVITING);
	assert_int_equal(strand()->state, THREAD_DECLINED);
	assert_int_equal(open_count(), 0);
	existing.provider = rival_provider;
	existing.home = (struct uuid){{0}};
	must(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at("2026-04-02 11:00"));
	assert_int_equal(strand()->number, 2);
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
}

static void an_offer_is_not_declined_once_it_is_negotiated(void **state)
{
	struct decline decline = {.reason = DECLINE_OTHER};

	(void)state;
	play_offered();
	refused(&negotiator, MOVE_DECLINE, &decline, at("2026-04-10 10:00"), "decline_in_time");
}

static void rejected_it_waits_for_another_offer(void **state)
{
	struct reject reject = rejection();

	(void)state;
	play_recorded();
	must(&negotiator, MOVE_REJECT, &reject, at("2026-04-02 10:00"));
	assert_state(DUTY_CONFIRM_EXISTING_AGREEMENT, SIDE_PROVIDER, OBLIGATION_MET);
	assert_due(DUTY_AFTER_REJECTION, SIDE_EITHER, "2026-04-20 17:00");
}

static void the_commissioner_withdraws_it(void **state)
{
	struct withdraw withdrawn = {.reason = WITHDRAW_OPENED_IN_ERROR};

	(void)state;
	play_recorded();
	must(&officer, MOVE_WITHDRAW, &withdrawn, at("2026-04-02 10:00"));
	assert_int_equal(played->end_reason, END_WITHDRAWN);
	assert_state(DUTY_CONFIRM_EXISTING_AGREEMENT, SIDE_PROVIDER, OBLIGATION_RELEASED);
}

/* ---- both at once ---- */

static void both_moves_are_made_in_one_instant_or_neither(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct record_existing_agreement existing = running();
	const struct request first = {.move = MOVE_OPEN_PLACEMENT,
				      .data = &open,
				      .thread = NO_INT,
				      .occurred_at_us = NEVER_US};
	const struct request second = {.move = MOVE_RECORD_EXISTING_AGREEMENT,
				       .data = &existing,
				       .thread = NO_INT,
				       .occurred_at_us = NEVER_US};
	struct decision both =
		core_decide_both(arena, &world, played, &officer, &first, &second, at(RECORDED));
	struct fact *const *facts = both.facts.items;

	(void)state;
	assert_false(both.refused);
	assert_int_equal(both.facts.count, 2);
	assert_int_equal(facts[0]->recorded_at_us, facts[1]->recorded_at_us);
	assert_int_equal(facts[1]->seq, 2);
	assert_int_equal(both.after->stage, STAGE_NEGOTIATING);
	existing.started_day = on("2026-04-02");
	both = core_decide_both(arena, &world, played, &officer, &first, &second, at(RECORDED));
	assert_true(both.refused);
	assert_int_equal(both.facts.count, 0);
	assert_int_equal(both.after->seq, 0);
	assert_string_equal(both.refusal.rule, "existing_sound");
}

static void a_question_is_waited_for_no_more_once_it_is_confirmed(void **state)
{
	struct ask ask = {SAID("Which room?"), NO_INT};

	(void)state;
	play_recorded();
	must(&officer, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	assert_non_null(newest(DUTY_WAIT_FOR_ANSWER, SIDE_TIME));
	confirm("2026-04-07 10:00");
	assert_int_equal(newest(DUTY_WAIT_FOR_ANSWER, SIDE_TIME)->state, OBLIGATION_RELEASED);
	assert_int_equal(newest(DUTY_ANSWER, SIDE_PROVIDER)->state, OBLIGATION_RELEASED);
}

static void the_commissioner_is_not_its_own_provider(void **state)
{
	struct record_existing_agreement existing = running();

	(void)state;
	play_opened();
	existing.provider = authority;
	refused_at(&officer, MOVE_RECORD_EXISTING_AGREEMENT, &existing, at(RECORDED),
		   "invitee_is_another", "/provider");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_lies_on_the_table_of_the_providers_strand),
		TEST(it_is_not_confirmed_in_time_and_told_again),
		TEST(its_days_are_days_that_can_be),
		TEST(outcomes_are_named_once_they_are_described),
		TEST(nobody_else_is_invited_beside_it),
		TEST(what_the_panel_was_asked_is_released),
		TEST(confirmed_it_is_the_first_version_without_signatures),
		TEST(nothing_is_owed_but_the_next_review),
		TEST(a_signatory_confirms_and_names_the_digest),
		TEST(a_review_whose_day_has_passed_by_then_is_due_a_working_day_later),
		TEST(young_care_still_has_its_later_reviews),
		TEST(a_yearly_review_follows_the_one_that_is_held),
		TEST(what_was_paid_before_is_not_put_right),
		TEST(a_variation_may_begin_before_it_was_brought_here),
		TEST(it_is_confirmed_and_not_accepted),
		TEST(countered_it_is_negotiated_and_signed),
		TEST(declined_another_may_be_recorded),
		TEST(an_offer_is_not_declined_once_it_is_negotiated),
		TEST(rejected_it_waits_for_another_offer),
		TEST(the_commissioner_withdraws_it),
		TEST(both_moves_are_made_in_one_instant_or_neither),
		TEST(the_commissioner_is_not_its_own_provider),
		TEST(a_question_is_waited_for_no_more_once_it_is_confirmed),
	};

	return cmocka_run_group_tests_name("existing", tests, NULL, NULL);
}
