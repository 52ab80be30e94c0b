/* test_novation_over.c - a change of provider that comes to nothing: who is told, who reads on. */
#include "world.h"

#include "concordat/core/situation.h"

static void propose(const struct actor *by, struct uuid to, const char *wall)
{
	struct novate novate = {
		.provider = to, .from_day = on("2026-07-01"), .reason = SAID("The home is sold")};

	must(by, MOVE_NOVATE, &novate, at(wall));
}

static void agree(const struct actor *by, const char *wall)
{
	struct consent_to_novation consent;

	schema_clear(move_schema(MOVE_CONSENT_TO_NOVATION), &consent);
	must(by, MOVE_CONSENT_TO_NOVATION, &consent, at(wall));
}

static void play_told(void)
{
	play_started();
	propose(&negotiator, rival_provider, "2026-06-02 10:00");
	agree(&signatory, "2026-06-03 10:00");
}

static bool sees(struct uuid organisation, int32_t seq)
{
	return fact_visible(played->facts[seq - 1], played, placement_party(played, organisation));
}

static bool reads(struct uuid organisation)
{
	return !party_reads_no_more(placement_party(played, organisation));
}

/* Whatever is counted for a party is what it may see. */
static void numbers_hold(void)
{
	for (size_t i = 0; i < played->party_count; i++) {
		int32_t entries = 0;

		for (size_t n = 0; n < played->fact_count; n++)
			entries +=
				fact_visible(played->facts[n], played, &played->parties[i]) ? 1 : 0;
		assert_int_equal(played->parties[i].entries, entries);
	}
}

static void a_proposal_that_the_other_side_lets_pass_is_over(void **state)
{
	(void)state;
	play_started();
	propose(&negotiator, rival_provider, "2026-06-02 10:00");
	assert_due(DUTY_CONSENT_TO_NOVATION, SIDE_COMMISSIONER, "2026-06-16 17:00");
	settle(at("2026-06-16 17:01"));
	assert_state(DUTY_CONSENT_TO_NOVATION, SIDE_COMMISSIONER, OBLIGATION_LAPSED);
	assert_int_equal(played->novation.entry, 0);
	assert_null(placement_party(played, rival_provider));
	assert_int_equal(played->threads[0].state, THREAD_AGREED);
}

static void who_is_to_take_over_has_its_time_from_the_day(void **state)
{
	(void)state;
	play_told();
	assert_state(DUTY_CONSENT_TO_NOVATION, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_due(DUTY_CONSENT_TO_NOVATION, SIDE_PROVIDER, "2026-07-15 17:00");
	assert_true(uuid_eq(obligation_owner(played, owed(DUTY_CONSENT_TO_NOVATION, SIDE_PROVIDER)),
			    rival_provider));
	agree(&rival_signatory, "2026-07-15 17:00");
	assert_state(DUTY_CONSENT_TO_NOVATION, SIDE_PROVIDER, OBLIGATION_MET);
	assert_true(reads(rival_provider));
}

static void both_providers_are_told_when_it_lets_its_time_pass_and_it_reads_no_more(void **state)
{
	(void)state;
	play_told();
	assert_true(reads(rival_provider));
	settle(at("2026-07-15 17:01"));
	assert_int_equal(played->facts[played->fact_count - 2]->kind, FACT_LAPSED);
	assert_int_equal(last_fact()->kind, FACT_NOVATION_DROPPED);
	assert_int_equal(last_fact()->side, SIDE_TIME);
	assert_true(sees(provider, played->seq));
	assert_false(sees(provider, played->seq - 1));
	assert_true(sees(rival_provider, played->seq - 1));
	assert_int_equal(played->threads[1].state, THREAD_ENDED);
	assert_int_equal(played->novation.entry, 0);
	assert_false(reads(rival_provider));
	assert_true(reads(provider));
	numbers_hold();
	propose(&officer, rival_provider, "2026-07-16 10:00");
	agree(&provider_signatory, "2026-07-16 11:00");
	assert_true(reads(rival_provider));
	numbers_hold();
}

static void one_that_is_replaced_is_told_in_its_own_strand_and_reads_no_more(void **state)
{
	(void)state;
	play_told();
	propose(&officer, third_provider, "2026-06-10 10:00");
	assert_int_equal(last.facts.count, 2);
	assert_int_equal(last_fact()->kind, FACT_NOVATION_DROPPED);
	assert_int_equal(last_fact()->thread, 2);
	assert_true(sees(rival_provider, played->seq));
	assert_false(sees(rival_provider, played->seq - 1)); /* another's name */
	assert_true(sees(provider, played->seq - 1));
	assert_false(reads(rival_provider));
	assert_state(DUTY_CONSENT_TO_NOVATION, SIDE_PROVIDER, OBLIGATION_OPEN); /* the old one's */
	numbers_hold();
	settle(at("2026-06-25 10:00"));
	assert_int_equal(played->novation.entry, 0);
	assert_null(placement_party(played, third_provider));
}

static void one_that_had_a_part_before_has_that_and_no_more(void **state)
{
	struct uuid before = rival_provider;

	(void)state;
	play_told();
	agree(&rival_signatory, "2026-07-01 10:00");
	/* back to the first provider, which never answers */
	propose(&officer, provider, "2026-07-02 10:00");
	agree(&rival_signatory, "2026-07-02 11:00");
	assert_int_equal(placement_party(played, provider)->thread, 3);
	numbers_hold();
	settle(at("2026-07-17 10:00"));
	assert_int_equal(played->threads[2].state, THREAD_ENDED);
	assert_int_equal(placement_party(played, provider)->thread, 1);
	assert_true(reads(provider));
	assert_true(reads(before));
	numbers_hold();
}

static void involve(const char *wall)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);

	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at(wall));
}

/* The rival declines; care starts with the provider. */
static void play_declined_and_started(void)
{
	struct decline decline = {.reason = DECLINE_NO_VACANCY};
	struct invite asked = invitation_of(rival_provider);
	struct invite invited = invitation_of(provider);
	struct make_offer offer = offer_of(165000);
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct confirm_start start = {.started_day = on("2026-05-18")};
	struct accept accept;
	struct sign sign;

	play_approved(URGENCY_ORDINARY);
	must(&officer, MOVE_INVITE, &asked, at("2026-04-01 10:00"));
	must(&rival, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	must(&officer, MOVE_INVITE, &invited, at("2026-04-02 10:00"));
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"));
}

static void one_that_lost_before_and_never_takes_over_has_its_lost_strand_and_no_more(void **state)
{
	int32_t start, involved_at, version;

	(void)state;
	play_declined_and_started();
	start = played->seq;
	involve("2026-06-01 10:00");
	involved_at = played->seq;
	assert_false(sees(rival_provider, start) || sees(rival_provider, involved_at));
	propose(&negotiator, rival_provider, "2026-06-02 10:00");
	agree(&signatory, "2026-06-03 10:00");
	assert_true(sees(rival_provider, start) && sees(rival_provider, involved_at));
	version = placement_party(played, rival_provider)->version;
	settle(at("2026-07-15 17:01"));
	assert_int_equal(placement_party(played, rival_provider)->thread, 1);
	assert_true(sees(rival_provider, 1) && sees(rival_provider, played->seq - 1));
	assert_false(sees(rival_provider, start) || sees(rival_provider, involved_at));
	assert_true(placement_party(played, rival_provider)->version > version);
	numbers_hold();
}

/* As ledgers are in which no entry drops a change of provider that another replaced. */
static void replaced_without_an_entry(void)
{
	struct placement *old = placement_new(arena, authority, placement_id);

	play_told();
	propose(&officer, third_provider, "2026-06-10 10:00");
	for (size_t i = 0; i + 1 < played->fact_count; i++)
		assert_true(placement_apply(old, played->facts[i]));
	played = old;
	assert_int_equal(last_fact()->kind, FACT_NOVATION_PROPOSED);
}

static void one_that_was_replaced_without_an_entry_consents_to_nothing(void **state)
{
	struct consent_to_novation consent;

	(void)state;
	replaced_without_an_entry();
	schema_clear(move_schema(MOVE_CONSENT_TO_NOVATION), &consent);
	assert_false(core_allows(arena, &world, played, &rival_signatory, MOVE_CONSENT_TO_NOVATION,
				 at("2026-06-10 11:00")));
	agree(&provider_signatory, "2026-06-11 10:00");
	assert_int_equal(played->threads[1].state, THREAD_ENDED);
	assert_int_equal(played->threads[2].state, THREAD_NOVATING);
	assert_int_equal(played->novation.new_thread, 3);
	assert_false(reads(rival_provider));
	assert_true(reads(third_provider));
	numbers_hold();
	refused(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &consent, at("2026-07-01 10:00"),
		"novation_awaits");
}

static void one_that_was_replaced_reads_nothing_of_what_comes_next(void **state)
{
	(void)state;
	replaced_without_an_entry();
	involve("2026-06-10 11:00");
	assert_false(reads(rival_provider));
	assert_false(sees(rival_provider, played->seq));
	assert_true(uuid_eq(played->novation.data->provider, third_provider));
	numbers_hold();
}

static void a_death_closes_it_to_who_never_consented(void **state)
{
	struct record_death died = {.died_day = on("2026-06-05"),
				    .last_paid_day = on("2026-06-05")};

	(void)state;
	play_told();
	must(&officer, MOVE_RECORD_DEATH, &died, at("2026-06-06 10:00"));
	assert_false(reads(rival_provider));
	assert_true(reads(provider));
	numbers_hold();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_proposal_that_the_other_side_lets_pass_is_over),
		TEST(who_is_to_take_over_has_its_time_from_the_day),
		TEST(both_providers_are_told_when_it_lets_its_time_pass_and_it_reads_no_more),
		TEST(one_that_is_replaced_is_told_in_its_own_strand_and_reads_no_more),
		TEST(one_that_had_a_part_before_has_that_and_no_more),
		TEST(one_that_lost_before_and_never_takes_over_has_its_lost_strand_and_no_more),
		TEST(one_that_was_replaced_without_an_entry_consents_to_nothing),
		TEST(one_that_was_replaced_reads_nothing_of_what_comes_next),
		TEST(a_death_closes_it_to_who_never_consented),
	};

	return cmocka_run_group_tests_name("novation over", tests, NULL, NULL);
}
