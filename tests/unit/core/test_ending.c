/* test_ending.c - notice and plans, the end of care, a death, another payer, and what stays open.
 */
#include "world.h"

#include "concordat/core/account.h"

#include "concordat/core/situation.h"

static struct give_notice notice_until(const char *day)
{
	return (struct give_notice){
		.end_day = on(day), .clause = TEXT("notice"), .reason = NOTICE_PERSON_CHOSE};
}

static struct file_plan plan(void)
{
	return (struct file_plan){SAID("Rosa packs with her sister on Friday"), NO_INT};
}

static struct end_care ending(const char *day, enum care_ending reason)
{
	return (struct end_care){on(day), (int32_t)reason, SAID("Keys and the care plan"),
				 SAID("Three nights, to the council")};
}

static struct record_death death(const char *day, int32_t last_paid)
{
	return (struct record_death){.died_day = on(day), .last_paid_day = last_paid};
}

static struct transfer_care transfer_from(const char *day)
{
	return (struct transfer_care){.reason = TRANSFER_NHS_CONTINUING_CARE,
				      .payer = TEXT("The fictional Weald NHS Board"),
				      .from_day = on(day),
				      .signed_by = TEXT("Wanda Kite")};
}

/* Notice by the council on Monday 1 June 2026, for Monday 29 June. */
static void play_notice(void)
{
	struct give_notice notice = notice_until("2026-06-29");

	play_started();
	must(&officer, MOVE_GIVE_NOTICE, &notice, at("2026-06-01 10:00"));
}

static void play_ended(void)
{
	struct end_care end = ending("2026-06-28", ENDING_TERMINATED);

	play_notice();
	must(&officer, MOVE_END, &end, at("2026-06-29 10:00"));
}

static void notice_owes_two_plans(void **state)
{
	struct file_plan filed = plan();

	(void)state;
	play_notice();
	assert_due(DUTY_EXIT_PLAN, SIDE_PROVIDER, "2026-06-15 17:00");
	assert_due(DUTY_HANDOVER_PLAN, SIDE_COMMISSIONER, "2026-06-15 17:00");
	assert_true(
		uuid_eq(obligation_owner(played, owed(DUTY_EXIT_PLAN, SIDE_PROVIDER)), provider));
	must(&negotiator, MOVE_FILE_EXIT_PLAN, &filed, at("2026-06-12 10:00"));
	assert_state(DUTY_EXIT_PLAN, SIDE_PROVIDER, OBLIGATION_MET);
	settle(at("2026-06-16 10:00"));
	assert_missed(DUTY_HANDOVER_PLAN, SIDE_COMMISSIONER, "2026-06-15 17:00");
	must(&officer, MOVE_FILE_HANDOVER_PLAN, &filed, at("2026-06-16 11:00"));
	assert_state(DUTY_HANDOVER_PLAN, SIDE_COMMISSIONER, OBLIGATION_MET_LATE);
}

static void notice_is_refused_for_a_day_past_for_an_unknown_clause_and_twice(void **state)
{
	struct give_notice notice = notice_until("2026-05-31");
	static struct clause clauses[] = {{TEXT("leaving"), TEXT("28 days")}};
	struct placement *with_clauses;
	struct terms *terms;

	(void)state;
	play_started();
	refused_at(&officer, MOVE_GIVE_NOTICE, &notice, at("2026-06-01 10:00"), "notice_sound",
		   "/ends");
	with_clauses = placement_copy(arena, played);
	terms = arena_copy(arena, with_clauses->agreements[0].terms, sizeof(*terms));
	terms->clauses = LIST_OF(clauses);
	with_clauses->agreements[0].terms = terms;
	notice = notice_until("2026-06-29");
	last = core_decide(arena, &world, with_clauses, &officer,
			   &(struct request){MOVE_GIVE_NOTICE, &notice, NO_INT, NEVER_US, NULL},
			   at("2026-06-01 10:00"));
	assert_true(last.refused);
	assert_string_equal(text_cstr(arena, last.refusal.pointer), "/clause");
	must(&officer, MOVE_GIVE_NOTICE, &notice, at("2026-06-01 10:00"));
	refused(&negotiator, MOVE_GIVE_NOTICE, &notice, at("2026-06-01 11:00"), "no_notice");
}

static void plans_follow_a_notice_and_name_what_is_attached(void **state)
{
	struct file_plan filed = plan();
	struct attach attach = {
		.document = document_id, .bytes = NO_INT, .title = SAID("The exit plan")};

	(void)state;
	play_started();
	refused(&negotiator, MOVE_FILE_EXIT_PLAN, &filed, at("2026-06-01 09:00"), "notice_given");
	arena_free(arena);
	set_up(NULL);
	play_notice();
	filed.document = 1;
	refused_at(&negotiator, MOVE_FILE_EXIT_PLAN, &filed, at("2026-06-02 10:00"),
		   "plan_attached", "/document");
	must(&negotiator, MOVE_ATTACH, &attach, at("2026-06-02 11:00"));
	filed.document = placement_party(played, provider)->entries;
	must(&negotiator, MOVE_FILE_EXIT_PLAN, &filed, at("2026-06-02 12:00"));
	assert_int_equal(((const struct file_plan *)last_fact()->data)->document,
			 last_fact()->seq - 1);
}

static void care_ends_once_the_day_has_come(void **state)
{
	struct end_care end = ending("2026-06-28", ENDING_TERMINATED);

	(void)state;
	play_notice();
	refused(&officer, MOVE_END, &end, at("2026-06-28 10:00"), "end_has_come");
	end.last_day = on("2026-06-30");
	refused_at(&officer, MOVE_END, &end, at("2026-06-29 10:00"), "ending_sound", "/last_day");
	end.last_day = on("2026-05-17");
	refused_at(&officer, MOVE_END, &end, at("2026-06-29 10:00"), "ending_sound", "/last_day");
	end.last_day = on("2026-06-28");
	refused(&negotiator, MOVE_END, &end, at("2026-06-29 10:00"), "side");
	must(&officer, MOVE_END, &end, at("2026-06-29 10:00"));
	assert_int_equal(played->stage, STAGE_ENDED);
	assert_int_equal(played->end_reason, END_TERMINATED);
	assert_int_equal(played->last_day, on("2026-06-28"));
	assert_int_equal(open_count(), 0);
	assert_state(DUTY_EXIT_PLAN, SIDE_PROVIDER, OBLIGATION_RELEASED);
	assert_int_equal(party_stage(played, placement_party(played, provider)), STAGE_ENDED);
}

static void a_stay_ends_as_planned_without_a_notice(void **state)
{
	struct end_care end = ending("2026-06-12", ENDING_TERMINATED);
	struct open_placement *open;
	struct placement *stay;

	(void)state;
	play_started();
	refused(&officer, MOVE_END, &end, at("2026-06-12 10:00"), "end_has_come");
	stay = placement_copy(arena, played);
	open = arena_copy(arena, stay->opening, sizeof(*open));
	open->planned_end_day = on("2026-06-12");
	stay->opening = open;
	last = core_decide(arena, &world, stay, &officer,
			   &(struct request){MOVE_END, &end, NO_INT, NEVER_US, NULL},
			   at("2026-06-12 11:00"));
	assert_true(last.refused);
	assert_string_equal(text_cstr(arena, last.refusal.pointer), "/reason");
}

static void after_the_end_the_account_stays_open_and_care_is_not_restarted(void **state)
{
	struct send_message message = {.message = SAID("What of the last invoice?")};
	struct attach attach = {
		.document = document_id, .bytes = NO_INT, .title = SAID("The last invoice")};
	struct confirm_start start = {.started_day = on("2026-06-29")};
	struct make_offer offer = offer_of(165000);
	struct invite invite = invitation_of(rival_provider);
	struct give_notice notice = notice_until("2026-07-29");
	struct write_note note = {.note = SAID("No")};
	struct dispute_entry dispute;

	(void)state;
	play_ended();
	must(&negotiator, MOVE_SEND_MESSAGE, &message, at("2026-06-30 10:00"));
	must(&officer, MOVE_SEND_MESSAGE, &message, at("2026-06-30 10:00"));
	must(&officer, MOVE_ATTACH, &attach, at("2026-06-30 10:00"));
	dispute = (struct dispute_entry){.entry = placement_party(played, provider)->entries,
					 .statement = SAID("That is not our invoice")};
	must(&negotiator, MOVE_DISPUTE_ENTRY, &dispute, at("2026-06-30 10:00"));
	refused(&officer, MOVE_CONFIRM_START, &start, at("2026-06-30 10:00"), "placement_ended");
	refused(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at("2026-06-30 10:00"),
		"placement_ended");
	refused(&officer, MOVE_INVITE, &invite, at("2026-06-30 10:00"), "placement_ended");
	refused(&officer, MOVE_GIVE_NOTICE, &notice, at("2026-06-30 10:00"), "placement_ended");
	refused(&officer, MOVE_WRITE_NOTE, &note, at("2026-06-30 10:00"), "placement_ended");
}

static void an_end_takes_an_open_round_with_it(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct end_care end = ending("2026-06-28", ENDING_COMPLETED);

	(void)state;
	play_notice();
	offer.terms.start_day = on("2026-06-20");
	must(&officer, MOVE_PROPOSE_VARIATION, &offer, at("2026-06-10 10:00"));
	must(&officer, MOVE_END, &end, at("2026-06-29 10:00"));
	assert_null(placement_open_round(played));
	assert_int_equal(open_count(), 0);
	assert_int_equal(played->end_reason, END_COMPLETED);
	assert_int_equal(placement_party(played, provider)->thread, 1);
}

static void a_death_stops_everything_at_any_stage(void **state)
{
	struct record_death died = death("2026-04-12", NO_DAY);
	struct send_message message = {.message = SAID("We are sorry")};
	struct dispute_entry dispute = {.entry = 2, .statement = SAID("Not so")};

	(void)state;
	play_accepted();
	died.last_paid_day = on("2026-04-13");
	refused_at(&negotiator, MOVE_RECORD_DEATH, &died, at("2026-04-13 10:00"), "death_sound",
		   "/last_paid");
	died = death("2026-04-14", NO_DAY);
	refused_at(&officer, MOVE_RECORD_DEATH, &died, at("2026-04-13 10:00"), "death_sound",
		   "/died_on");
	died = death("2026-03-22", NO_DAY);
	refused_at(&officer, MOVE_RECORD_DEATH, &died, at("2026-04-13 10:00"), "death_sound",
		   "/died_on");
	assert_false(placement_person_died(played));
	died = death("2026-04-12", NO_DAY);
	must(&negotiator, MOVE_RECORD_DEATH, &died, at("2026-04-13 10:00"));
	assert_int_equal(played->end_reason, END_DIED);
	assert_true(placement_person_died(played));
	assert_int_equal(open_count(), 0);
	must(&officer, MOVE_SEND_MESSAGE, &message, at("2026-04-13 11:00"));
	must(&negotiator, MOVE_SEND_MESSAGE, &message, at("2026-04-13 11:00"));
	must(&negotiator, MOVE_DISPUTE_ENTRY, &dispute, at("2026-04-13 11:00"));
	settle(at("2027-04-13 11:00"));
	assert_int_equal(last.facts.count, 0);
}

static void a_death_in_care_says_the_last_day_that_is_paid(void **state)
{
	struct record_death died = death("2026-06-03", NO_DAY);

	(void)state;
	play_started();
	refused_at(&officer, MOVE_RECORD_DEATH, &died, at("2026-06-04 10:00"), "death_sound",
		   "/last_paid");
	died.last_paid_day = on("2026-06-02");
	refused_at(&officer, MOVE_RECORD_DEATH, &died, at("2026-06-04 10:00"), "death_sound",
		   "/last_paid");
	died.last_paid_day = on("2026-06-06");
	must(&officer, MOVE_RECORD_DEATH, &died, at("2026-06-04 10:00"));
	assert_int_equal(played->last_day, on("2026-06-06"));
	refused(&officer, MOVE_RECORD_DEATH, &died, at("2026-06-04 11:00"), "placement_ended");
}

static void who_only_competes_records_no_death(void **state)
{
	struct invite first = invitation_of(provider), second = invitation_of(rival_provider);
	struct record_death died = death("2026-04-02", NO_DAY);

	(void)state;
	play_approved(URGENCY_ORDINARY);
	first.closes_day = second.closes_day = on("2026-04-20");
	must(&officer, MOVE_INVITE, &first, at("2026-04-01 10:00"));
	must(&officer, MOVE_INVITE, &second, at("2026-04-01 10:00"));
	refused(&rival, MOVE_RECORD_DEATH, &died, at("2026-04-02 10:00"), "negotiated_with");
	must(&officer, MOVE_RECORD_DEATH, &died, at("2026-04-02 10:00"));
	assert_int_equal(played->threads[0].state, THREAD_ENDED);
	assert_int_equal(played->threads[1].state, THREAD_ENDED);
	assert_true(fact_visible(last_fact(), played, placement_party(played, rival_provider)));
}

static void another_payer_takes_over_from_the_day_after_the_last(void **state)
{
	struct transfer_care transfer = transfer_from("2026-07-03");

	(void)state;
	play_started();
	refused_at(&officer, MOVE_TRANSFER, &transfer, at("2026-07-01 10:00"), "transfer_sound",
		   "/from");
	transfer.from_day = on("2026-05-18");
	refused_at(&officer, MOVE_TRANSFER, &transfer, at("2026-07-01 10:00"), "transfer_sound",
		   "/from");
	transfer.from_day = on("2026-07-02");
	transfer.organisation = authority;
	refused_at(&officer, MOVE_TRANSFER, &transfer, at("2026-07-01 10:00"), "transfer_sound",
		   "/organisation");
	transfer.organisation = (struct uuid){0};
	must(&officer, MOVE_TRANSFER, &transfer, at("2026-07-01 10:00"));
	assert_int_equal(played->end_reason, END_TRANSFERRED);
	assert_int_equal(played->last_day, on("2026-07-01"));
	assert_int_equal(open_count(), 0);
}

static void care_starts_in_no_stage_without_a_provider(void **state)
{
	struct confirm_start start = {.started_day = on("2026-03-24")};
	struct refer_to_panel referred = {SAID("Canary note"), NO_DAY};

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	refused(&officer, MOVE_CONFIRM_START, &start, at("2026-03-24 10:00"), "care_agreed");
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 11:00"));
	refused(&officer, MOVE_CONFIRM_START, &start, at("2026-03-24 12:00"), "care_agreed");
}

/* Agreed until 31 May, and care goes on. */
static void terms_past_their_last_day_are_paid_on_and_marked(void **state)
{
	struct make_offer offer = offer_of(165000);
	struct accept accepted;
	struct sign signed_by;
	struct account_period period;

	(void)state;
	play_started();
	offer.terms.start_day = on("2026-05-25");
	offer.terms.end_day = on("2026-05-31");
	must(&officer, MOVE_PROPOSE_VARIATION, &offer, at("2026-05-19 10:00"));
	accepted = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accepted, at("2026-05-19 11:00"));
	signed_by = signature();
	must(&signatory, MOVE_SIGN, &signed_by, at("2026-05-19 12:00"));
	must(&provider_signatory, MOVE_SIGN, &signed_by, at("2026-05-19 13:00"));
	assert_due(DUTY_END_OR_EXTEND, SIDE_COMMISSIONER, "2026-06-02 17:00");
	assert_true(account_on(arena, played, on("2026-05-31"), &period));
	assert_false(period.past_end);
	assert_int_equal(period.to_day, on("2026-05-31"));
	assert_true(account_on(arena, played, on("2026-06-01"), &period));
	assert_true(period.past_end);
	assert_int_equal(period.weekly.total_p, 165000);
	settle(at("2026-06-02 17:01"));
	assert_missed(DUTY_END_OR_EXTEND, SIDE_COMMISSIONER, "2026-06-02 17:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(terms_past_their_last_day_are_paid_on_and_marked),
		TEST(notice_owes_two_plans),
		TEST(notice_is_refused_for_a_day_past_for_an_unknown_clause_and_twice),
		TEST(plans_follow_a_notice_and_name_what_is_attached),
		TEST(care_ends_once_the_day_has_come),
		TEST(a_stay_ends_as_planned_without_a_notice),
		TEST(after_the_end_the_account_stays_open_and_care_is_not_restarted),
		TEST(an_end_takes_an_open_round_with_it),
		TEST(a_death_stops_everything_at_any_stage),
		TEST(a_death_in_care_says_the_last_day_that_is_paid),
		TEST(who_only_competes_records_no_death),
		TEST(another_payer_takes_over_from_the_day_after_the_last),
		TEST(care_starts_in_no_stage_without_a_provider),
	};

	return cmocka_run_group_tests_name("ending", tests, NULL, NULL);
}
