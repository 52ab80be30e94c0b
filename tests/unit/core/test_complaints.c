/* test_complaints.c - complaints about the other side: their clocks, their ladder, who sees them.
 */
#include "world.h"

#include "concordat/core/situation.h"

static struct raise_complaint complaint(enum complaint_subject subject)
{
	return (struct raise_complaint){NO_INT, (int32_t)subject, SAID("Nobody rang back")};
}

static struct acknowledge_complaint acknowledgement(int64_t number)
{
	return (struct acknowledge_complaint){number, SAID("Ines looks into it")};
}

static struct answer_complaint answer_to(int64_t number)
{
	return (struct answer_complaint){number, COMPLAINT_UPHELD, SAID("It is so, and mended")};
}

static struct escalate higher(int64_t number, enum escalation to)
{
	return (struct escalate){number, (int32_t)to, TEXT_NONE, SAID("That is no answer")};
}

/* The provider complains on Monday 1 June 2026 at 10:00. */
static void play_complaint(void)
{
	struct raise_complaint raised = complaint(COMPLAINT_DELAY);

	play_started();
	must(&negotiator, MOVE_RAISE_COMPLAINT, &raised, at("2026-06-01 10:00"));
}

static enum complaint_state state_now(void)
{
	return played->complaints[played->complaint_count - 1].state;
}

static void a_complaint_owes_the_other_side_two_things(void **state)
{
	struct acknowledge_complaint acknowledged = acknowledgement(1);
	struct answer_complaint answered = answer_to(1);

	(void)state;
	play_complaint();
	assert_due(DUTY_ACKNOWLEDGE_COMPLAINT, SIDE_COMMISSIONER, "2026-06-04 17:00");
	assert_due(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, "2026-06-15 17:00");
	must(&manager, MOVE_ACKNOWLEDGE_COMPLAINT, &acknowledged, at("2026-06-03 10:00"));
	assert_state(DUTY_ACKNOWLEDGE_COMPLAINT, SIDE_COMMISSIONER, OBLIGATION_MET);
	must(&officer, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-16 10:00"));
	assert_state(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, OBLIGATION_MET_LATE);
	assert_int_equal(state_now(), COMPLAINT_ANSWERED);
}

static void an_answer_acknowledges_too(void **state)
{
	struct answer_complaint answered = answer_to(1);
	struct acknowledge_complaint acknowledged = acknowledgement(1);

	(void)state;
	play_complaint();
	must(&officer, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-02 10:00"));
	assert_state(DUTY_ACKNOWLEDGE_COMPLAINT, SIDE_COMMISSIONER, OBLIGATION_MET);
	refused_at(&officer, MOVE_ACKNOWLEDGE_COMPLAINT, &acknowledged, at("2026-06-02 11:00"),
		   "complaint_is_new", "/number");
	refused_at(&officer, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-02 11:00"),
		   "complaint_waits", "/number");
}

static void safeguarding_is_signposted_and_never_a_complaint(void **state)
{
	struct raise_complaint raised = complaint(COMPLAINT_SAFEGUARDING);

	(void)state;
	play_started();
	refused_at(&negotiator, MOVE_RAISE_COMPLAINT, &raised, at("2026-06-01 10:00"),
		   "not_safeguarding", "/subject");
	assert_non_null(strstr(text_cstr(arena, last.refusal.sentence), "safeguarding team"));
	assert_non_null(strstr(text_cstr(arena, last.refusal.sentence), "emergency services"));
	assert_int_equal(played->complaint_count, 0);
}

static void nobody_deals_with_its_own_or_with_what_is_not_there(void **state)
{
	struct acknowledge_complaint acknowledged = acknowledgement(1);
	struct answer_complaint answered = answer_to(1);
	struct escalate escalated = higher(1, ESCALATE_TO_MANAGER);

	(void)state;
	play_complaint();
	refused_at(&negotiator, MOVE_ACKNOWLEDGE_COMPLAINT, &acknowledged, at("2026-06-02 10:00"),
		   "complaint_is_new", "/number");
	refused_at(&negotiator, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-02 10:00"),
		   "complaint_waits", "/number");
	refused_at(&officer, MOVE_ESCALATE, &escalated, at("2026-06-02 10:00"), "can_escalate",
		   "/number");
	answered = answer_to(2);
	refused_at(&officer, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-02 10:00"),
		   "complaint_known", "/number");
}

static void the_ladder_goes_to_the_manager_first(void **state)
{
	struct escalate to_manager = higher(1, ESCALATE_TO_MANAGER);
	struct escalate to_body = higher(1, ESCALATE_TO_OMBUDSMAN);
	struct answer_complaint answered = answer_to(1);

	(void)state;
	play_complaint();
	refused_at(&negotiator, MOVE_ESCALATE, &to_manager, at("2026-06-15 17:00"), "can_escalate",
		   "/number");
	must(&officer, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-15 17:00"));
	refused_at(&negotiator, MOVE_ESCALATE, &to_body, at("2026-06-16 10:00"), "ladder_kept",
		   "/to");
	must(&negotiator, MOVE_ESCALATE, &to_manager, at("2026-06-16 10:00"));
	assert_due(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, "2026-06-30 17:00");
	refused(&officer, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-17 10:00"),
		"another_answers");
	must(&manager, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-17 10:00"));
	assert_int_equal(state_now(), COMPLAINT_MANAGER_ANSWERED);
	refused_at(&negotiator, MOVE_ESCALATE, &to_manager, at("2026-06-18 10:00"), "ladder_kept",
		   "/to");
	to_body = higher(1, ESCALATE_TO_OTHER_BODY);
	refused_at(&negotiator, MOVE_ESCALATE, &to_body, at("2026-06-18 10:00"), "ladder_kept",
		   "/body");
	to_body.body = TEXT("The fictional Care Arbiter");
	must(&negotiator, MOVE_ESCALATE, &to_body, at("2026-06-18 10:00"));
	assert_int_equal(state_now(), COMPLAINT_WITH_BODY);
	refused_at(&negotiator, MOVE_ESCALATE, &to_body, at("2026-06-19 10:00"), "can_escalate",
		   "/number");
	refused_at(&manager, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-19 10:00"),
		   "complaint_waits", "/number");
}

static void silence_is_a_miss_and_may_be_taken_higher(void **state)
{
	struct escalate to_manager = higher(1, ESCALATE_TO_MANAGER);
	struct escalate to_body = higher(1, ESCALATE_TO_OMBUDSMAN);

	(void)state;
	play_complaint();
	must(&negotiator, MOVE_ESCALATE, &to_manager, at("2026-06-16 09:00"));
	assert_int_equal(last.settled, 2);
	assert_state(DUTY_ACKNOWLEDGE_COMPLAINT, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	assert_due(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, "2026-06-30 17:00");
	refused_at(&negotiator, MOVE_ESCALATE, &to_body, at("2026-06-30 17:00"), "can_escalate",
		   "/number");
	must(&negotiator, MOVE_ESCALATE, &to_body, at("2026-07-01 09:00"));
	assert_state(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
}

static void complaints_are_made_at_any_stage_and_after_the_end(void **state)
{
	struct raise_complaint raised = complaint(COMPLAINT_MONEY);
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};
	struct answer_complaint answered = answer_to(1);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	refused(&officer, MOVE_RAISE_COMPLAINT, &raised, at("2026-03-23 11:00"), "provider_known");
	arena_free(arena);
	set_up(NULL);
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_RAISE_COMPLAINT, &raised, at("2026-04-02 10:00"));
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-07 10:00"));
	assert_due(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, "2026-04-20 17:00");
	assert_int_equal(open_count(), 2);
	must(&officer, MOVE_RAISE_COMPLAINT, &raised, at("2026-04-08 10:00"));
	assert_due(DUTY_ACKNOWLEDGE_COMPLAINT, SIDE_PROVIDER, "2026-04-13 17:00");
	settle(at("2026-04-14 10:00"));
	assert_missed(DUTY_ACKNOWLEDGE_COMPLAINT, SIDE_PROVIDER, "2026-04-13 17:00");
	must(&officer, MOVE_ANSWER_COMPLAINT, &answered, at("2026-04-14 10:00"));
	answered = answer_to(2);
	must(&negotiator, MOVE_ANSWER_COMPLAINT, &answered, at("2026-04-14 11:00"));
	assert_int_equal(open_count(), 0);
}

static void it_outlasts_the_strand_and_is_answered_from_another(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct raise_complaint raised = complaint(COMPLAINT_STAFF);
	struct answer_complaint answered = answer_to(1);
	struct reject reject = rejection();

	(void)state;
	play_started();
	offer.terms.start_day = on("2026-07-20");
	must(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at("2026-07-01 10:00"));
	must(&officer, MOVE_RAISE_COMPLAINT, &raised, at("2026-07-10 10:00"));
	assert_int_equal(last_fact()->thread, 2);
	must(&officer, MOVE_REJECT, &reject, at("2026-07-10 11:00"));
	settle(at("2026-07-24 17:01"));
	assert_null(placement_open_round(played));
	assert_state(DUTY_ANSWER_COMPLAINT, SIDE_PROVIDER, OBLIGATION_OPEN);
	assert_missed(DUTY_ANSWER_COMPLAINT, SIDE_PROVIDER, "2026-07-24 17:00");
	must(&negotiator, MOVE_ANSWER_COMPLAINT, &answered, at("2026-07-27 10:00"));
	assert_int_equal(last_fact()->thread, 1);
	assert_state(DUTY_ANSWER_COMPLAINT, SIDE_PROVIDER, OBLIGATION_MET_LATE);
}

static void each_provider_has_its_own_numbers_and_sees_no_others(void **state)
{
	struct invite first = invitation_of(provider), second = invitation_of(rival_provider);
	struct raise_complaint raised = complaint(COMPLAINT_DECISION);

	(void)state;
	play_approved(URGENCY_ORDINARY);
	first.closes_day = second.closes_day = on("2026-04-20");
	must(&officer, MOVE_INVITE, &first, at("2026-04-01 10:00"));
	must(&officer, MOVE_INVITE, &second, at("2026-04-01 10:00"));
	must(&negotiator, MOVE_RAISE_COMPLAINT, &raised, at("2026-04-02 10:00"));
	assert_false(fact_visible(last_fact(), played, placement_party(played, rival_provider)));
	must(&rival, MOVE_RAISE_COMPLAINT, &raised, at("2026-04-02 11:00"));
	assert_int_equal(((const struct raise_complaint *)last_fact()->data)->number, 1);
	assert_false(fact_visible(last_fact(), played, placement_party(played, provider)));
	refused(&officer, MOVE_RAISE_COMPLAINT, &raised, at("2026-04-02 12:00"), "thread_named");
	on_thread = 2;
	must(&officer, MOVE_RAISE_COMPLAINT, &raised, at("2026-04-02 12:00"));
	assert_int_equal(((const struct raise_complaint *)last_fact()->data)->number, 2);
}

static void a_death_releases_it_and_it_can_be_taken_up_again(void **state)
{
	struct record_death died = {.died_day = on("2026-06-02"),
				    .last_paid_day = on("2026-06-02")};
	struct raise_complaint raised = complaint(COMPLAINT_CARE);
	struct escalate to_manager = higher(1, ESCALATE_TO_MANAGER);

	(void)state;
	play_complaint();
	must(&officer, MOVE_RECORD_DEATH, &died, at("2026-06-02 10:00"));
	assert_int_equal(open_count(), 0);
	must(&negotiator, MOVE_ESCALATE, &to_manager, at("2026-06-03 10:00"));
	assert_due(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, "2026-06-17 17:00");
	must(&officer, MOVE_RAISE_COMPLAINT, &raised, at("2026-06-03 10:00"));
	assert_due(DUTY_ANSWER_COMPLAINT, SIDE_PROVIDER, "2026-06-17 17:00");
}

static void it_is_recorded_for_the_other_side_and_counts_from_when_it_was_said(void **state)
{
	static const struct said by_provider = {SIDE_PROVIDER, {NO_INT, TEXT("Call 31")}};
	struct raise_complaint raised = complaint(COMPLAINT_MONEY);

	(void)state;
	play_started();
	saying = &by_provider;
	said_at_us = at("2026-03-22 10:00");
	refused_at(&officer, MOVE_RAISE_COMPLAINT, &raised, at("2026-06-03 10:00"),
		   "occurred_at_sound", "/occurred_at");
	said_at_us = at("2026-06-01 10:00");
	must(&officer, MOVE_RAISE_COMPLAINT, &raised, at("2026-06-03 10:00"));
	assert_int_equal(played->complaints[0].raised_by, SIDE_PROVIDER);
	assert_due(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, "2026-06-15 17:00");
}

static void who_answered_before_may_not_answer_for_the_manager(void **state)
{
	struct answer_complaint answered = answer_to(1);
	struct escalate escalated = higher(1, ESCALATE_TO_MANAGER);
	int64_t now = at("2026-06-08 10:00");

	(void)state;
	play_complaint();
	must(&officer, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-04 10:00"));
	must(&negotiator, MOVE_ESCALATE, &escalated, at("2026-06-05 10:00"));
	assert_false(core_allows(arena, &world, played, &officer, MOVE_ANSWER_COMPLAINT, now));
	assert_true(core_allows(arena, &world, played, &manager, MOVE_ANSWER_COMPLAINT, now));
}

/* It is owed by the commissioner, and nobody waits for a second answer. */
static void the_persons_complaint_is_answered_by_either_side_and_owed_no_more(void **state)
{
	struct raise_complaint raised = complaint(COMPLAINT_CARE);
	struct answer_complaint answered = answer_to(1);

	(void)state;
	play_started();
	must(&officer, MOVE_INVITE_REPRESENTATIVE,
	     &(struct invite_representative){family, SAID("Her daughter")}, at("2026-06-01 09:00"));
	must(&daughter, MOVE_RAISE_COMPLAINT, &raised, at("2026-06-01 10:00"));
	assert_due(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, "2026-06-15 17:00");
	must(&negotiator, MOVE_ANSWER_COMPLAINT, &answered, at("2026-06-02 10:00"));
	assert_int_equal(state_now(), COMPLAINT_ANSWERED);
	assert_state(DUTY_ACKNOWLEDGE_COMPLAINT, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_state(DUTY_ANSWER_COMPLAINT, SIDE_COMMISSIONER, OBLIGATION_MET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_complaint_owes_the_other_side_two_things),
		TEST(an_answer_acknowledges_too),
		TEST(safeguarding_is_signposted_and_never_a_complaint),
		TEST(nobody_deals_with_its_own_or_with_what_is_not_there),
		TEST(the_ladder_goes_to_the_manager_first),
		TEST(silence_is_a_miss_and_may_be_taken_higher),
		TEST(complaints_are_made_at_any_stage_and_after_the_end),
		TEST(it_outlasts_the_strand_and_is_answered_from_another),
		TEST(each_provider_has_its_own_numbers_and_sees_no_others),
		TEST(a_death_releases_it_and_it_can_be_taken_up_again),
		TEST(it_is_recorded_for_the_other_side_and_counts_from_when_it_was_said),
		TEST(who_answered_before_may_not_answer_for_the_manager),
		TEST(the_persons_complaint_is_answered_by_either_side_and_owed_no_more),
	};

	return cmocka_run_group_tests_name("complaints", tests, NULL, NULL);
}
