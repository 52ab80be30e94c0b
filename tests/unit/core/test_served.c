/*
 * test_served.c - notices that reach nobody: who learns of it, and that clocks come out the same
 * whatever else is done to them meanwhile.
 *
 * The cases of tests/golden/protocol/served.txt say what follows; here are the laws behind them.
 */
#include "versions.h"

static const struct party *party_of(struct uuid organisation)
{
	const struct party *party = placement_party(played, organisation);

	assert_non_null(party);
	return party;
}

static size_t notice_fails(const struct obligation *o, int64_t now_us)
{
	struct list facts = {0};

	played = core_not_served(arena, &world, played, o->entry, obligation_addressee(played, o),
				 after_the_last(now_us), &facts);
	return facts.count;
}

static size_t notice_arrives(const struct obligation *o, int64_t now_us)
{
	struct list facts = {0};

	played = core_served(arena, &world, played, o->entry, obligation_addressee(played, o),
			     CHANNEL_EMAIL, after_the_last(now_us), &facts);
	return facts.count;
}

static void play_two_invited(void)
{
	struct invite first = invitation_of(provider), second = invitation_of(rival_provider);

	play_approved(URGENCY_ORDINARY);
	first.closes_day = second.closes_day = on("2026-04-24");
	must(&officer, MOVE_INVITE, &first, at("2026-04-01 10:00"));
	must(&officer, MOVE_INVITE, &second, at("2026-04-01 10:00"));
}

static void a_rival_neither_sees_nor_counts_what_did_not_reach_another(void **state)
{
	const struct obligation *theirs;
	int32_t own, others, council;

	(void)state;
	play_two_invited();
	theirs = newest(DUTY_MAKE_OFFER, SIDE_PROVIDER);
	own = party_of(rival_provider)->version;
	others = party_of(provider)->version;
	council = party_of(authority)->version;
	assert_int_equal(notice_fails(theirs, at("2026-04-01 12:00")), 1);
	assert_int_equal(last_fact()->kind, FACT_NOT_SERVED);
	assert_int_equal(party_of(rival_provider)->version, own + 1);
	assert_int_equal(party_of(provider)->version, others);
	assert_int_equal(party_of(authority)->version, council + 1);
	assert_false(fact_visible(last_fact(), played, party_of(provider)));
	assert_null(placement_unserved(played, provider));
	assert_non_null(placement_unserved(played, rival_provider));
	assert_int_equal(
		notice_arrives(newest(DUTY_MAKE_OFFER, SIDE_PROVIDER), at("2026-04-02 12:00")), 1);
	assert_false(fact_visible(last_fact(), played, party_of(provider)));
	assert_null(placement_unserved(played, rival_provider));
}

static void what_nobody_has_to_be_told_cannot_fail(void **state)
{
	struct list facts = {0};
	const struct placement *before;

	(void)state;
	play_approved(URGENCY_ORDINARY);
	before = played;
	for (int32_t entry = -1; entry <= played->seq + 1; entry++) {
		played = core_not_served(arena, &world, played, entry, authority,
					 at("2026-04-01 12:00"), &facts);
		played = core_not_served(arena, &world, played, entry, provider,
					 at("2026-04-01 12:00"), &facts);
	}
	assert_int_equal(facts.count, 0);
	assert_ptr_equal(played, before);
}

static void nobody_may_move_for_time(void **state)
{
	struct not_served data = {.entry = 7};
	struct served served = {.entry = 7};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused(&officer, MOVE_NOT_SERVED, &data, at("2026-04-01 12:00"), "side");
	refused(&negotiator, MOVE_SERVED, &served, at("2026-04-01 12:00"), "side");
}

/* Whenever it is served, it is as if it had been opened then. */
static void served_at_an_instant_is_opened_at_that_instant(void **state)
{
	(void)state;
	for (int hour = 1; hour < 24 * 60; hour += 7) {
		const struct obligation *o;
		int64_t served_us;
		struct due due;

		tear_down(NULL);
		set_up(NULL);
		play_invited(hour % 2 ? URGENCY_ORDINARY : URGENCY_DISCHARGE);
		o = newest(DUTY_MAKE_OFFER, SIDE_PROVIDER);
		assert_int_equal(notice_fails(o, played->recorded_at_us + 1), 1);
		served_us = played->recorded_at_us + hour * US_PER_HOUR;
		settle(served_us);
		assert_int_equal(last.facts.count, 0);
		o = newest(DUTY_MAKE_OFFER, SIDE_PROVIDER);
		assert_int_equal(o->due_at_us, NEVER_US);
		assert_int_equal(notice_arrives(o, served_us), 1);
		o = newest(DUTY_MAKE_OFFER, SIDE_PROVIDER);
		due = due_derive(&calendar, o->rule, served_us, NULL, 0);
		assert_int_equal(o->anchor_us, served_us);
		assert_int_equal(o->due_at_us, due.at_us);
		assert_int_equal(o->due_day, due.due_day);
	}
}

/* ---- a mediation in between ---- */

static void mediation_is_proposed(int64_t now_us)
{
	struct propose_mediation proposal = {TEXT("The Elm Tree Centre"), 500000,
					     SAID("We are far apart")};

	must(&officer, MOVE_PROPOSE_MEDIATION, &proposal, now_us);
}

/* The council's reply to the provider's second offer, its notice not served; the provider consents
 * to mediation on Friday 17 April and the council leaves it on Wednesday 22. */
static const struct obligation *reply_after_mediation(int64_t served_us)
{
	struct make_offer first = offer_of(181200), counter = offer_of(165500),
			  second = offer_of(169800);
	struct consent_to_mediation consent = {.note = {.text = TEXT_NONE}};
	struct leave_mediation leave = {.reason = {.text = TEXT_NONE}};

	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &first, at("2026-04-09 10:00"));
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-13 10:00"));
	mediation_is_proposed(at("2026-04-13 10:30"));
	must(&negotiator, MOVE_MAKE_OFFER, &second, at("2026-04-14 10:00"));
	assert_int_equal(
		notice_fails(newest(DUTY_RESPOND, SIDE_COMMISSIONER), at("2026-04-14 10:01")), 1);
	if (served_us < at("2026-04-17 10:00"))
		notice_arrives(newest(DUTY_RESPOND, SIDE_COMMISSIONER), served_us);
	must(&negotiator, MOVE_CONSENT_TO_MEDIATION, &consent, at("2026-04-17 10:00"));
	if (served_us > at("2026-04-17 10:00") && served_us < at("2026-04-22 10:00")) {
		notice_arrives(newest(DUTY_RESPOND, SIDE_COMMISSIONER), served_us);
		assert_int_equal(newest(DUTY_RESPOND, SIDE_COMMISSIONER)->due_at_us, NEVER_US);
	}
	must(&negotiator, MOVE_LEAVE_MEDIATION, &leave, at("2026-04-22 10:00"));
	if (served_us > at("2026-04-22 10:00")) {
		assert_int_equal(newest(DUTY_RESPOND, SIDE_COMMISSIONER)->due_at_us, NEVER_US);
		notice_arrives(newest(DUTY_RESPOND, SIDE_COMMISSIONER), served_us);
	}
	return newest(DUTY_RESPOND, SIDE_COMMISSIONER);
}

static void service_and_a_pause_commute(void **state)
{
	static const struct {
		const char *served, *due;
	} cases[] = {
		{"2026-04-15 10:00", "2026-04-27 17:00"}, /* one tick, then four from Wednesday */
		{"2026-04-20 10:00", "2026-04-28 17:00"}, /* in the mediation: five from its end */
		{"2026-04-23 10:00", "2026-04-30 17:00"}, /* behind it */
	};
	const struct obligation *o;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pause held = {at("2026-04-17 10:00"), at("2026-04-22 10:00")};
		int64_t served_us = at(cases[i].served);

		tear_down(NULL);
		set_up(NULL);
		o = reply_after_mediation(served_us);
		assert_int_equal(o->anchor_us, served_us);
		assert_int_equal(o->due_at_us,
				 due_derive(&calendar, o->rule, served_us, &held, 1).at_us);
		assert_int_equal(o->due_at_us, at(cases[i].due));
	}
}

static void a_void_miss_is_no_miss_in_any_list(void **state)
{
	const struct obligation *o;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	settle(at("2026-04-08 09:00"));
	o = newest(DUTY_ACKNOWLEDGE, SIDE_PROVIDER);
	assert_true(o->missed_at_us != NEVER_US);
	assert_int_equal(notice_fails(o, at("2026-04-08 10:00")), 1);
	o = newest(DUTY_ACKNOWLEDGE, SIDE_PROVIDER);
	assert_int_equal(o->missed_at_us, NEVER_US);
	assert_int_equal(obligation_next_us(&world, o, at("2026-04-08 10:00")), NEVER_US);
	assert_non_null(placement_copy(arena, played));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_rival_neither_sees_nor_counts_what_did_not_reach_another),
		TEST(what_nobody_has_to_be_told_cannot_fail),
		TEST(nobody_may_move_for_time),
		TEST(served_at_an_instant_is_opened_at_that_instant),
		TEST(service_and_a_pause_commute),
		TEST(a_void_miss_is_no_miss_in_any_list),
	};

	return cmocka_run_group_tests_name("served", tests, NULL, NULL);
}
