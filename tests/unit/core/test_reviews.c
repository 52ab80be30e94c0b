/* test_reviews.c - reviews asked for, held and declined, and the calculation made again. */
#include "world.h"

#define ASKED "2026-09-01 10:00" /* a Tuesday, two weeks after the three-month review was due */

static struct request_review request_of(enum review_reason reason)
{
	return (struct request_review){(int32_t)reason, SAID("She falls at night"), NO_INT};
}

static void ask_for_a_review(const struct actor *who, const char *wall)
{
	struct request_review request = request_of(REVIEW_NEEDS_ROSE);

	must(who, MOVE_REQUEST_REVIEW, &request, at(wall));
}

static void hold(struct hold_review held, const char *wall)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);

	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at(wall));
	must(&officer, MOVE_HOLD_REVIEW, &held, at(wall));
}

/* The first and the three-month review, held on Friday 10 July and Monday 17 August. */
static void play_reviewed(void)
{
	play_started();
	hold(review(REVIEW_FIRST, "2026-07-10"), "2026-07-10 14:00");
	hold(review(REVIEW_THREE_MONTH, "2026-08-17"), "2026-08-17 14:00");
}

/* ---- asked for ---- */

static void a_review_asked_for_is_due_within_28_days(void **state)
{
	(void)state;
	play_reviewed();
	ask_for_a_review(&negotiator, "2026-09-05 10:00"); /* a Saturday; to Saturday 3 October */
	assert_due(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER, "2026-10-02 17:00");
	assert_int_equal(owed(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER)->subject, 1);
	assert_int_equal(owed(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER)->thread, 0);
}

static void in_an_emergency_it_is_due_within_5_working_days(void **state)
{
	const struct timescale *t = &protocol_standard()->timescales[DUTY_REQUESTED_REVIEW];

	(void)state;
	for (int urgency = URGENCY_DISCHARGE; urgency <= URGENCY_EMERGENCY; urgency++) {
		assert_int_equal(t->by_urgency[urgency].unit, UNIT_WORKING_DAYS);
		assert_int_equal(t->by_urgency[urgency].count, 5);
	}
}

static void a_side_asks_again_once_it_is_answered(void **state)
{
	struct request_review request = request_of(REVIEW_ASK_TO_MOVE);

	(void)state;
	play_reviewed();
	ask_for_a_review(&negotiator, ASKED);
	refused(&negotiator, MOVE_REQUEST_REVIEW, &request, at("2026-09-02 10:00"),
		"review_not_asked_yet");
	must(&officer, MOVE_REQUEST_REVIEW, &request, at("2026-09-02 10:00"));
	assert_int_equal(owed(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER)->subject, 2);
}

static void another_reason_is_given_in_words(void **state)
{
	struct request_review request = {.reason = REVIEW_OTHER_REASON, .number = NO_INT};

	(void)state;
	play_reviewed();
	refused_at(&negotiator, MOVE_REQUEST_REVIEW, &request, at(ASKED), "review_request_sound",
		   "/detail");
}

static void one_review_held_answers_every_request_before_it(void **state)
{
	(void)state;
	play_reviewed();
	ask_for_a_review(&negotiator, ASKED);
	ask_for_a_review(&officer, "2026-09-07 10:00");
	hold(review(REVIEW_REQUESTED, "2026-09-03"), "2026-09-08 10:00");
	assert_int_equal(placement_obligation(
				 played, owed(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER)->entry, 1)
				 ->state,
			 OBLIGATION_OPEN); /* asked for after the day it was held */
	hold(review(REVIEW_REQUESTED, "2026-09-08"), "2026-09-08 11:00");
	assert_state(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void it_is_not_held_before_it_is_asked_for(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_REQUESTED, "2026-08-31");

	(void)state;
	play_reviewed();
	ask_for_a_review(&negotiator, ASKED);
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-09-02 09:00"));
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, at("2026-09-02 10:00"), "review_sound",
		   "/held_on");
}

static void a_review_asked_for_does_not_move_the_yearly_one(void **state)
{
	(void)state;
	play_reviewed();
	ask_for_a_review(&negotiator, ASKED);
	hold(review(REVIEW_REQUESTED, "2026-09-08"), "2026-09-08 11:00");
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-08-17 17:00");
}

static void it_is_owed_even_when_the_stay_ends_sooner(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	play_reviewed();
	open = *played->opening;
	open.planned_end_day = on("2026-09-10");
	((struct placement *)played)->opening = &open;
	((struct fact *)played->facts[0])->data = &open;
	ask_for_a_review(&negotiator, ASKED);
	assert_due(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER, "2026-09-29 17:00");
	hold(review(REVIEW_YEARLY, "2026-09-08"), "2026-09-08 11:00");
	assert_state(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_int_equal(open_count(), 1); /* and no yearly one that it would outlive */
}

static void a_request_is_declined_with_reasons(void **state)
{
	struct decline_review decline = {1, SAID("Held a week ago, and nothing has changed"),
					 false};

	(void)state;
	play_reviewed();
	refused(&officer, MOVE_DECLINE_REVIEW, &decline, at("2026-08-31 10:00"),
		"review_requested");
	ask_for_a_review(&negotiator, ASKED);
	refused(&negotiator, MOVE_DECLINE_REVIEW, &decline, at("2026-09-02 10:00"), "side");
	decline.number = 2;
	refused_at(&officer, MOVE_DECLINE_REVIEW, &decline, at("2026-09-02 10:00"),
		   "review_requested", "/number");
	decline.number = 1;
	must(&officer, MOVE_DECLINE_REVIEW, &decline, at("2026-09-02 10:00"));
	assert_state(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void the_persons_request_is_declined_only_as_unreasonable(void **state)
{
	struct decline_review decline = {1, SAID("The third in a month"), false};
	struct fact *asked;

	(void)state;
	play_reviewed();
	ask_for_a_review(&negotiator, ASKED);
	asked = (struct fact *)last_fact();
	asked->on_behalf_of = SIDE_REPRESENTATIVE;
	refused_at(&officer, MOVE_DECLINE_REVIEW, &decline, at("2026-09-02 10:00"),
		   "declined_as_unreasonable", "/unreasonable");
	decline.unreasonable = true;
	must(&officer, MOVE_DECLINE_REVIEW, &decline, at("2026-09-02 10:00"));
}

static void what_is_not_done_is_told_weekly_of_a_yearly_one_monthly(void **state)
{
	const struct obligation *o;

	(void)state;
	play_reviewed();
	ask_for_a_review(&negotiator, ASKED);
	o = owed(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER); /* Tuesday 29 September */
	assert_true(obligation_next_us(&world, o, at(ASKED)) == at("2026-09-15 09:00"));
	assert_true(obligation_next_us(&world, o, at("2026-09-15 09:00")) ==
		    at("2026-09-22 09:00"));
	settle(at("2026-09-29 17:00") + 1);
	o = owed(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER);
	assert_missed(DUTY_REQUESTED_REVIEW, SIDE_COMMISSIONER, "2026-09-29 17:00");
	assert_true(obligation_next_us(&world, o, at("2026-09-29 18:00")) ==
		    at("2026-10-06 09:00"));
	assert_true(obligation_next_us(&world, o, at("2026-10-06 09:00")) ==
		    at("2026-10-13 09:00"));
	settle(at("2027-08-17 17:00") + 1);
	o = owed(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER);
	assert_true(obligation_next_us(&world, o, at("2027-08-17 18:00")) ==
		    at("2027-09-16 09:00"));
}

/* ---- feedback ---- */

static void each_side_says_its_own_until_28_days_after(void **state)
{
	struct give_feedback view = {REVIEW_FIRST, SAID("She likes the window")};

	(void)state;
	play_started();
	must(&negotiator, MOVE_GIVE_FEEDBACK, &view, at("2026-06-01 10:00"));
	hold(review(REVIEW_FIRST, "2026-07-10"), "2026-07-10 14:00");
	must(&officer, MOVE_GIVE_FEEDBACK, &view, at("2026-08-07 10:00"));
	refused_at(&officer, MOVE_GIVE_FEEDBACK, &view, at("2026-08-08 10:00"), "feedback_open",
		   "/kind");
	view.kind = REVIEW_REQUESTED;
	refused_at(&negotiator, MOVE_GIVE_FEEDBACK, &view, at("2026-08-08 10:00"), "feedback_open",
		   "/kind");
}

static void feedback_moves_no_version(void **state)
{
	struct give_feedback view = {REVIEW_FIRST, SAID("She likes the window")};
	int32_t version;

	(void)state;
	play_started();
	version = placement_party(played, provider)->version;
	must(&officer, MOVE_GIVE_FEEDBACK, &view, at("2026-06-01 10:00"));
	assert_int_equal(placement_party(played, provider)->version, version);
	assert_true(fact_visible(last_fact(), played, placement_party(played, provider)));
}

/* ---- the calculation again ---- */

static void a_recalculation_is_asked_for_near_a_review_only(void **state)
{
	struct request_recalculation request = {.reason = SAID("Less one-to-one")};

	(void)state;
	play_started(); /* the first review is due on Monday 13 July */
	refused(&negotiator, MOVE_REQUEST_RECALCULATION, &request, at("2026-06-14 10:00"),
		"within_review");
	must(&negotiator, MOVE_REQUEST_RECALCULATION, &request, at("2026-06-15 10:00"));
	assert_int_equal(placement_open_round(played)->kind, ROUND_REVIEW);
	assert_due(DUTY_RECALCULATE, SIDE_COMMISSIONER, "2026-06-29 17:00");
	assert_due(DUTY_ROUND_STANDS, SIDE_TIME, "2026-07-13 17:00");
	refused(&officer, MOVE_REQUEST_RECALCULATION, &request, at("2026-06-16 10:00"),
		"recalculation_fits");
}

static void within_28_days_after_a_review_or_when_one_is_asked_for(void **state)
{
	struct request_recalculation request = {.reason = SAID("Less one-to-one")};

	(void)state;
	play_reviewed();
	refused(&officer, MOVE_REQUEST_RECALCULATION, &request, at("2026-09-15 10:00"),
		"within_review");
	ask_for_a_review(&officer, "2026-09-15 11:00");
	must(&officer, MOVE_REQUEST_RECALCULATION, &request, at("2026-09-15 12:00"));
}

static void the_present_terms_stand_when_the_round_runs_out(void **state)
{
	struct request_recalculation request = {.reason = SAID("Less one-to-one")};

	(void)state;
	play_reviewed();
	must(&officer, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-17 15:00"));
	settle(at("2026-09-15 17:01"));
	assert_missed(DUTY_RECALCULATE, SIDE_COMMISSIONER, "2026-09-01 17:00");
	assert_state(DUTY_RECALCULATE, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	assert_null(placement_open_round(played));
	assert_int_equal(agreement_on(played, on("2026-09-16"))->number, 1);
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-08-17 17:00");
}

static void a_review_that_decides_it_opens_the_round(void **state)
{
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-17");

	(void)state;
	play_started();
	hold(review(REVIEW_FIRST, "2026-07-10"), "2026-07-10 14:00");
	held.decision = REVIEW_RECALCULATE;
	hold(held, "2026-08-17 14:00");
	assert_int_equal(placement_open_round(played)->kind, ROUND_REVIEW);
	assert_int_equal(placement_open_round(played)->number, 2);
	assert_due(DUTY_RECALCULATE, SIDE_COMMISSIONER, "2026-09-01 17:00");
	assert_due(DUTY_ROUND_STANDS, SIDE_TIME, "2026-09-15 17:00");
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-08-17 17:00");
	assert_int_equal(owed(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER)->thread, 0);
	assert_true(fact_visible(last_fact(), played, placement_party(played, provider)));
}

static void it_is_owed_in_a_round_that_is_open_already(void **state)
{
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-17");
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_started();
	offer.terms.start_day = on("2026-10-05");
	must(&officer, MOVE_PROPOSE_VARIATION, &offer, at("2026-08-14 10:00"));
	held.decision = REVIEW_RECALCULATE;
	hold(held, "2026-08-17 14:00");
	assert_int_equal(played->round_count, 2);
	assert_due(DUTY_RECALCULATE, SIDE_COMMISSIONER, "2026-09-01 17:00");
	assert_int_equal(owed(DUTY_RECALCULATE, SIDE_COMMISSIONER)->thread, 2);
	assert_null(newest(DUTY_ROUND_STANDS, SIDE_TIME));
}

static void other_decisions_open_nothing(void **state)
{
	struct hold_review held = review(REVIEW_FIRST, "2026-07-10");

	(void)state;
	play_started();
	held.decision = REVIEW_RENEGOTIATE;
	hold(held, "2026-07-10 14:00");
	assert_null(placement_open_round(played));
	assert_null(newest(DUTY_RECALCULATE, SIDE_COMMISSIONER));
}

static void an_offer_in_the_round_begins_no_earlier_than_the_agreement(void **state)
{
	struct request_recalculation request = {.reason = SAID("Less one-to-one")};
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_reviewed();
	must(&officer, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-18 10:00"));
	offer.terms.start_day = on("2026-05-17");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-08-19 10:00"), "begins_in_force",
		   "/terms/start");
}

/* ---- by which model ---- */

static struct cost_model next_model;

static const struct cost_model *find_with_newer(void *context, struct text id, struct text version)
{
	if (text_is(id, "home") && text_is(version, "2"))
		return &next_model;
	return find_model(context, id, version);
}

/* "home" 1 ended on 30 June; 2 begins on 1 October. */
static void models_change(void)
{
	home_model.effective_to_day = on("2026-06-30");
	next_model = home_model;
	next_model.version = TEXT("2");
	next_model.effective_from_day = on("2026-10-01");
	next_model.effective_to_day = NO_DAY;
	world.cost_model = find_with_newer;
}

static struct calculate by_version(const char *version)
{
	struct calculate calculated = calculation("home");

	calculated.version = text_of(version);
	return calculated;
}

static void the_model_that_governs_is_used_though_it_is_not_in_effect(void **state)
{
	struct request_recalculation request = {.reason = SAID("Less one-to-one")};
	struct calculate one = by_version("1"), two = by_version("2");
	const struct request_recalculation *recorded;

	(void)state;
	play_reviewed();
	models_change();
	must(&negotiator, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-18 10:00"));
	recorded = last_fact()->data;
	assert_true(text_is(recorded->model, "home") && text_is(recorded->version, "1"));
	assert_false(recorded->is_newer);
	refused_at(&officer, MOVE_CALCULATE, &two, at("2026-08-20 10:00"), "cost_model_in_effect",
		   "/version");
	must(&officer, MOVE_CALCULATE, &one, at("2026-08-20 10:00"));
	assert_state(DUTY_RECALCULATE, SIDE_COMMISSIONER, OBLIGATION_MET);
	refused_at(&officer, MOVE_CALCULATE, &one, at("2026-08-21 10:00"), "cost_model_in_effect",
		   "/version");
}

static void a_newer_version_that_is_stated_is_what_is_owed(void **state)
{
	struct request_recalculation request = {.model = TEXT("home"), .version = TEXT("2")};
	struct calculate one = by_version("1"), two = by_version("2");

	(void)state;
	play_reviewed();
	models_change();
	must(&negotiator, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-18 10:00"));
	must(&officer, MOVE_CALCULATE, &one, at("2026-08-20 10:00"));
	assert_state(DUTY_RECALCULATE, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	must(&officer, MOVE_CALCULATE, &two, at("2026-08-20 11:00"));
	assert_state(DUTY_RECALCULATE, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void a_model_stated_is_whole_loaded_and_newer(void **state)
{
	struct request_recalculation request = {.model = TEXT("home")};

	(void)state;
	play_reviewed();
	models_change();
	refused_at(&negotiator, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-18 10:00"),
		   "recalculation_model", "/version");
	request.version = TEXT("3");
	refused_at(&negotiator, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-18 10:00"),
		   "cost_model_known", "/model");
	request.version = TEXT("1");
	refused_at(&negotiator, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-18 10:00"),
		   "recalculation_model", "/version");
}

static void accepted_terms_need_no_calculation(void **state)
{
	struct request_recalculation request = {.reason = SAID("Less one-to-one")};
	struct make_offer offer = offer_of(160000);
	struct accept accept;

	(void)state;
	play_reviewed();
	offer.terms.start_day = on("2026-10-05");
	must(&officer, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-18 10:00"));
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-08-19 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-08-20 10:00"));
	assert_state(DUTY_RECALCULATE, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	refused(&officer, MOVE_REQUEST_RECALCULATION, &request, at("2026-08-20 11:00"),
		"recalculation_fits");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_review_asked_for_is_due_within_28_days),
		TEST(in_an_emergency_it_is_due_within_5_working_days),
		TEST(a_side_asks_again_once_it_is_answered),
		TEST(another_reason_is_given_in_words),
		TEST(one_review_held_answers_every_request_before_it),
		TEST(it_is_not_held_before_it_is_asked_for),
		TEST(a_review_asked_for_does_not_move_the_yearly_one),
		TEST(it_is_owed_even_when_the_stay_ends_sooner),
		TEST(a_request_is_declined_with_reasons),
		TEST(the_persons_request_is_declined_only_as_unreasonable),
		TEST(what_is_not_done_is_told_weekly_of_a_yearly_one_monthly),
		TEST(each_side_says_its_own_until_28_days_after),
		TEST(feedback_moves_no_version),
		TEST(a_recalculation_is_asked_for_near_a_review_only),
		TEST(within_28_days_after_a_review_or_when_one_is_asked_for),
		TEST(the_present_terms_stand_when_the_round_runs_out),
		TEST(a_review_that_decides_it_opens_the_round),
		TEST(it_is_owed_in_a_round_that_is_open_already),
		TEST(other_decisions_open_nothing),
		TEST(an_offer_in_the_round_begins_no_earlier_than_the_agreement),
		TEST(the_model_that_governs_is_used_though_it_is_not_in_effect),
		TEST(a_newer_version_that_is_stated_is_what_is_owed),
		TEST(a_model_stated_is_whole_loaded_and_newer),
		TEST(accepted_terms_need_no_calculation),
	};

	return cmocka_run_group_tests_name("test_reviews", tests, NULL, NULL);
}
