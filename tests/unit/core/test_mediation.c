/* test_mediation.c - mediation: what it pauses and lets go on, and what each of the three may see.
 */
#include "world.h"

#define MEDIATIONS 2000

static const struct nominate_mediator one_body = {.mediator = HOUSE(7)},
				      another = {.mediator = HOUSE(8)};
static const struct consent_to_mediation consent;
static const struct leave_mediation leave;
static const struct agree_mediator agree;

static struct propose_mediation proposal(void)
{
	return (struct propose_mediation){.appointing_body = TEXT("A fictional institute"),
					  .commissioner_share_r = 500000};
}

/* The provider's offer of 1,812.00 on Thursday 9 April 10:00 and both sides' consent. */
static void play_consented(const char *when)
{
	struct propose_mediation proposed = proposal();

	play_offered();
	must(&officer, MOVE_PROPOSE_MEDIATION, &proposed, at("2026-04-09 11:00"));
	must(&negotiator, MOVE_CONSENT_TO_MEDIATION, &consent, at(when));
}

static void play_appointed(const struct nominate_mediator *nominated)
{
	must(&officer, MOVE_NOMINATE_MEDIATOR, nominated, played->recorded_at_us + 1);
	must(&negotiator, MOVE_AGREE_MEDIATOR, &agree, played->recorded_at_us + 1);
}

static void conclude(const struct actor *who, int64_t now_us)
{
	struct conclude_mediation concluded = {MEDIATION_NOT_SETTLED};

	must(who, MOVE_CONCLUDE_MEDIATION, &concluded, now_us);
}

static struct propose_settlement settlement(int64_t weekly_p)
{
	struct make_offer offer = offer_of(weekly_p);
	struct propose_settlement proposed;

	schema_clear(move_schema(MOVE_PROPOSE_SETTLEMENT), &proposed);
	proposed.terms = offer.terms;
	return proposed;
}

static struct accept_settlement accepted(void)
{
	struct accept_settlement data;

	schema_clear(move_schema(MOVE_ACCEPT_SETTLEMENT), &data);
	data.terms_digest = newest_digest();
	return data;
}

static const struct party *party_of(const struct actor *who)
{
	return placement_party(played, who->organisation);
}

/* ---- clocks ---- */

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* However it ends and whenever (before anybody must be appointed, 14 working days on), each date is
 * what due_derive says of the pause. */
static void every_clock_goes_on_with_the_ticks_that_remain(void **state)
{
	uint32_t seed = 5;

	for (int i = 0; i < MEDIATIONS; i++) {
		int64_t from =
			at("2026-04-09 12:00") + next_random(&seed) % (4 * 86400) * US_PER_SECOND;
		int64_t to = from + (1 + next_random(&seed) % (17 * 86400)) * US_PER_SECOND;
		struct propose_mediation proposed = proposal();
		struct obligation respond, stands;
		struct pause pause;

		play_offered();
		must(&officer, MOVE_PROPOSE_MEDIATION, &proposed, at("2026-04-09 11:00"));
		respond = *owed(DUTY_RESPOND, SIDE_COMMISSIONER);
		stands = *owed(DUTY_OFFER_STANDS, SIDE_TIME);
		must(&negotiator, MOVE_CONSENT_TO_MEDIATION, &consent, from);
		assert_true(owed(DUTY_RESPOND, SIDE_COMMISSIONER)->due_at_us == NEVER_US);
		if (i % 2) {
			play_appointed(&one_body);
			conclude(&mediator, to);
		} else {
			must(&officer, MOVE_LEAVE_MEDIATION, &leave, to);
		}
		pause = (struct pause){from, to};
		assert_true(
			owed(DUTY_RESPOND, SIDE_COMMISSIONER)->due_at_us ==
			due_derive(&calendar, respond.rule, respond.anchor_us, &pause, 1).at_us);
		assert_true(owed(DUTY_OFFER_STANDS, SIDE_TIME)->due_at_us ==
			    due_derive(&calendar, stands.rule, stands.anchor_us, &pause, 1).at_us);
		tear_down(state);
		set_up(state);
	}
}

static void hours_that_remain_are_counted_by_the_second(void **state)
{
	struct propose_mediation proposed = proposal();
	struct make_offer offer = offer_of(165000);

	(void)state;
	play_invited(URGENCY_DISCHARGE);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-03 10:00");
	must(&negotiator, MOVE_PROPOSE_MEDIATION, &proposed, at("2026-04-02 11:00"));
	must(&officer, MOVE_CONSENT_TO_MEDIATION, &consent, at("2026-04-02 16:00"));
	must(&officer, MOVE_LEAVE_MEDIATION, &leave, at("2026-04-10 09:30"));
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-11 03:30");
}

static void change_asked(enum duty duty, enum side side, int64_t more)
{
	const struct obligation *o = owed(duty, side);
	struct change_timescale change = {
		.entry = party_entry(played, party_of(&negotiator), o->entry),
		.n = o->n,
		.more = more,
		.reason = SAID("It takes longer"),
		.number = NO_INT,
		.side = NO_ENUM,
	};
	struct consent_to_timescale agreed = {1};

	must(&negotiator, MOVE_CHANGE_TIMESCALE, &change, played->recorded_at_us + 1);
	must(&officer, MOVE_CONSENT_TO_TIMESCALE, &agreed, played->recorded_at_us + 1);
}

static void an_extension_inside_a_mediation_commutes_with_its_pause(void **state)
{
	int64_t due_us[2];

	for (int inside = 0; inside < 2; inside++) {
		struct propose_mediation proposed = proposal();

		play_offered();
		if (!inside)
			change_asked(DUTY_RESPOND, SIDE_COMMISSIONER, 2);
		must(&officer, MOVE_PROPOSE_MEDIATION, &proposed, at("2026-04-09 11:00"));
		must(&negotiator, MOVE_CONSENT_TO_MEDIATION, &consent, at("2026-04-13 18:00"));
		if (inside)
			change_asked(DUTY_RESPOND, SIDE_COMMISSIONER, 2);
		assert_true(owed(DUTY_RESPOND, SIDE_COMMISSIONER)->due_at_us == NEVER_US);
		must(&officer, MOVE_LEAVE_MEDIATION, &leave, at("2026-04-20 09:00"));
		due_us[inside] = owed(DUTY_RESPOND, SIDE_COMMISSIONER)->due_at_us;
		tear_down(state);
		set_up(state);
	}
	/* two ticks used, 10 and 13 April; five remain: 20 to 24 */
	assert_true(due_us[0] == at("2026-04-24 17:00"));
	assert_true(due_us[1] == due_us[0]);
}

static void reviews_and_what_is_owed_to_the_person_are_not_paused(void **state)
{
	struct confirm_start start = {.started_day = on("2026-04-09")};

	(void)state;
	play_consented("2026-04-10 10:00");
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-04-10 11:00"));
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-06-04 17:00");
	must(&officer, MOVE_LEAVE_MEDIATION, &leave, at("2026-04-13 10:00"));
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-06-04 17:00");
}

static void once_care_has_started_a_missed_window_is_not_paused(void **state)
{
	struct confirm_start start = {.started_day = on("2026-04-09")};
	struct propose_mediation proposed = proposal();
	struct reject rejected = rejection();

	(void)state;
	play_offered();
	must(&officer, MOVE_REJECT, &rejected, at("2026-04-10 10:00"));
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-04-10 11:00"));
	settle(at("2026-04-27 10:00"));
	assert_missed(DUTY_AFTER_REJECTION, SIDE_EITHER, "2026-04-24 17:00");
	must(&negotiator, MOVE_PROPOSE_MEDIATION, &proposed, at("2026-04-27 10:00"));
	must(&officer, MOVE_CONSENT_TO_MEDIATION, &consent, at("2026-04-28 10:00"));
	assert_true(owed(DUTY_AFTER_REJECTION, SIDE_EITHER)->due_at_us == at("2026-04-24 17:00"));
	must(&officer, MOVE_LEAVE_MEDIATION, &leave, at("2026-05-01 10:00"));
	assert_true(owed(DUTY_AFTER_REJECTION, SIDE_EITHER)->missed_at_us ==
		    at("2026-04-24 17:00"));
	assert_state(DUTY_AFTER_REJECTION, SIDE_EITHER, OBLIGATION_OPEN);
}

static void past_the_calendars_end_people_are_refused_and_time_goes_on(void **state)
{
	(void)state;
	play_consented("2026-04-10 10:00");
	play_appointed(&one_body);
	calendar.last_day = on("2026-05-11"); /* the mediation lapses on Friday 8 May */
	refused(&officer, MOVE_LEAVE_MEDIATION, &leave, at("2026-05-07 10:00"),
		"calendar_runs_out");
	settle(at("2026-05-09 10:00"));
	assert_state(DUTY_MEDIATE, SIDE_MEDIATOR, OBLIGATION_LAPSED);
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_true(owed(DUTY_OFFER_STANDS, SIDE_TIME)->due_at_us == NEVER_US);
	assert_true(owed(DUTY_OFFER_STANDS, SIDE_TIME)->pauses[0].to_us == at("2026-05-08 17:00"));
}

/* ---- who sees what ---- */

static void the_mediator_sees_its_strand_from_the_invitation_until_the_end(void **state)
{
	struct write_note note = {.note = SAID("Canary note")};
	struct send_message message = {.message = SAID("Hello")};

	(void)state;
	play_consented("2026-04-10 10:00");
	must(&officer, MOVE_WRITE_NOTE, &note, at("2026-04-10 10:30"));
	play_appointed(&one_body);
	for (size_t i = 0; i < played->fact_count; i++) {
		enum fact_kind kind = played->facts[i]->kind;

		assert_int_equal(fact_visible(played->facts[i], played, party_of(&mediator)),
				 kind != FACT_PANEL_DECIDED && kind != FACT_NOTE_WRITTEN);
	}
	conclude(&mediator, at("2026-04-13 10:00"));
	assert_true(fact_visible(last_fact(), played, party_of(&mediator)));
	must(&officer, MOVE_SEND_MESSAGE, &message, at("2026-04-13 11:00"));
	assert_false(fact_visible(last_fact(), played, party_of(&mediator)));
	assert_int_equal(party_stage(played, party_of(&mediator)), STAGE_ENDED);
}

static void the_first_acceptance_moves_nothing_that_the_other_side_sees(void **state)
{
	struct propose_settlement proposed = settlement(165000);
	struct accept_settlement acceptance;
	struct party before;

	(void)state;
	play_consented("2026-04-10 10:00");
	play_appointed(&one_body);
	must(&mediator, MOVE_PROPOSE_SETTLEMENT, &proposed, at("2026-04-13 10:00"));
	acceptance = accepted();
	before = *party_of(&officer);
	must(&negotiator, MOVE_ACCEPT_SETTLEMENT, &acceptance, at("2026-04-13 11:00"));
	assert_int_equal(party_of(&officer)->version, before.version);
	assert_int_equal(party_of(&officer)->entries, before.entries);
	assert_int_equal(party_entry(played, party_of(&officer), played->seq), 0);
	assert_true(fact_visible(last_fact(), played, party_of(&negotiator)));
	assert_true(fact_visible(last_fact(), played, party_of(&mediator)));
	must(&officer, MOVE_ACCEPT_SETTLEMENT, &acceptance, at("2026-04-14 11:00"));
	assert_int_equal(party_entry(played, party_of(&officer), played->seq), before.entries + 1);
	assert_true(fact_visible(last_fact(), played, party_of(&negotiator)));
	assert_int_equal(played->stage, STAGE_SIGNING);
}

static void a_later_mediator_takes_nothing_from_the_first(void **state)
{
	struct propose_mediation proposed = proposal();
	struct party first;
	int32_t entry;

	(void)state;
	play_consented("2026-04-10 10:00");
	play_appointed(&one_body);
	entry = owed(DUTY_MEDIATE, SIDE_MEDIATOR)->entry;
	conclude(&mediator, at("2026-04-13 10:00"));
	first = *party_of(&mediator);
	must(&officer, MOVE_PROPOSE_MEDIATION, &proposed, at("2026-04-13 11:00"));
	must(&negotiator, MOVE_CONSENT_TO_MEDIATION, &consent, at("2026-04-13 12:00"));
	play_appointed(&another);
	assert_memory_equal(party_of(&mediator), &first, sizeof(first));
	assert_true(uuid_eq(obligation_owner(played, placement_obligation(played, entry, 1)),
			    mediation_body));
	assert_true(
		uuid_eq(obligation_owner(played, owed(DUTY_MEDIATE, SIDE_MEDIATOR)), other_body));
	conclude(&other_mediator, at("2026-04-14 10:00"));
}

static void a_body_that_mediates_again_keeps_its_numbers(void **state)
{
	struct propose_mediation proposed = proposal();
	int32_t before[64] = {0}, until;

	(void)state;
	play_consented("2026-04-10 10:00");
	play_appointed(&one_body);
	conclude(&mediator, at("2026-04-13 10:00"));
	until = played->seq;
	for (int32_t seq = 1; seq <= until; seq++)
		before[seq] = party_entry(played, party_of(&mediator), seq);
	must(&officer, MOVE_PROPOSE_MEDIATION, &proposed, at("2026-04-13 11:00"));
	must(&negotiator, MOVE_CONSENT_TO_MEDIATION, &consent, at("2026-04-13 12:00"));
	play_appointed(&one_body);
	for (int32_t seq = 1; seq <= until; seq++)
		assert_int_equal(party_entry(played, party_of(&mediator), seq), before[seq]);
	assert_int_equal(party_entry(played, party_of(&mediator), played->seq),
			 party_of(&mediator)->entries);
	assert_int_equal(party_of(&mediator)->until_entry, 0);
}

static void what_nobody_may_know_leaves_no_gap_in_the_commissioners_numbers(void **state)
{
	struct write_note note = {.note = SAID("Canary note")};
	struct send_message message = {.message = SAID("Hello")};
	int32_t entries;

	(void)state;
	play_consented("2026-04-10 10:00");
	entries = party_of(&officer)->entries;
	must(&negotiator, MOVE_WRITE_NOTE, &note, at("2026-04-10 10:30"));
	must(&negotiator, MOVE_SEND_MESSAGE, &message, at("2026-04-10 10:40"));
	assert_int_equal(party_entry(played, party_of(&officer), played->seq), entries + 1);
	assert_int_equal(party_seq(played, party_of(&officer), entries + 1), played->seq);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_clock_goes_on_with_the_ticks_that_remain),
		TEST(hours_that_remain_are_counted_by_the_second),
		TEST(an_extension_inside_a_mediation_commutes_with_its_pause),
		TEST(reviews_and_what_is_owed_to_the_person_are_not_paused),
		TEST(once_care_has_started_a_missed_window_is_not_paused),
		TEST(past_the_calendars_end_people_are_refused_and_time_goes_on),
		TEST(the_mediator_sees_its_strand_from_the_invitation_until_the_end),
		TEST(the_first_acceptance_moves_nothing_that_the_other_side_sees),
		TEST(a_later_mediator_takes_nothing_from_the_first),
		TEST(a_body_that_mediates_again_keeps_its_numbers),
		TEST(what_nobody_may_know_leaves_no_gap_in_the_commissioners_numbers),
	};

	return cmocka_run_group_tests_name("mediation", tests, NULL, NULL);
}
