/* test_told.c - what a party is told of: what is its business, since it came, and until when. */
#include "world.h"

static const struct invite_representative invited = {.representative = HOUSE(6),
						     .relation = WORDS("Canary daughter")};

static const struct party *party_of(struct uuid organisation)
{
	return placement_party(played, organisation);
}

static size_t told_count(struct uuid organisation)
{
	size_t count = 0;

	for (size_t i = 0; i < played->fact_count; i++)
		count += fact_told_to(played->facts[i], played, party_of(organisation));
	return count;
}

static const struct fact *first_of(enum fact_kind kind)
{
	for (size_t i = 0; i < played->fact_count; i++)
		if (played->facts[i]->kind == kind)
			return played->facts[i];
	fail_msg("there is none");
	return NULL;
}

static void who_came_later_is_not_told_of_what_was_before(void **state)
{
	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(fact_visible(played->facts[0], played, party_of(provider)));
	assert_false(fact_told_to(played->facts[0], played, party_of(provider)));
	assert_true(fact_told_to(first_of(FACT_INVITED), played, party_of(provider)));
	assert_int_equal(told_count(authority), played->fact_count);
}

static void one_that_is_invited_again_was_there_in_its_earlier_strand(void **state)
{
	const struct invite again = invitation_of(provider);
	const struct fact *declined;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &(struct decline){DECLINE_OTHER, SAID("Full")},
	     at("2026-04-07 10:00"));
	declined = last_fact();
	must(&officer, MOVE_INVITE, &again, at("2026-04-08 10:00"));
	assert_true(party_of(provider)->since_us > declined->recorded_at_us);
	assert_true(fact_told_to(declined, played, party_of(provider)));
	assert_false(fact_told_to(played->facts[0], played, party_of(provider)));
}

static void what_is_the_commissioners_own_is_told_to_nobody_else(void **state)
{
	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(duty_told_to(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, 0, played,
				 party_of(authority)));
	assert_false(duty_told_to(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, 0, played,
				  party_of(provider)));
	assert_true(duty_told_to(DUTY_MAKE_OFFER, SIDE_PROVIDER, 1, played, party_of(provider)));
	assert_false(duty_told_to(DUTY_MAKE_OFFER, SIDE_PROVIDER, 2, played, party_of(provider)));
}

static void after_a_death_nothing_goes_to_the_family(void **state)
{
	const struct record_death death = {.died_day = on("2026-06-20"),
					   .last_paid_day = on("2026-06-20")};

	(void)state;
	play_started();
	must(&officer, MOVE_INVITE_REPRESENTATIVE, &invited, at("2026-06-10 11:00"));
	assert_true(told_count(family) > 0);
	must(&officer, MOVE_RECORD_DEATH, &death, at("2026-06-21 10:00"));
	assert_true(fact_visible(first_of(FACT_DEATH_RECORDED), played, party_of(family)));
	assert_int_equal(told_count(family), 0);
	assert_true(party_hears_no_more(played, party_of(family)));
	assert_true(fact_told_to(first_of(FACT_DEATH_RECORDED), played, party_of(provider)));
}

static void a_version_is_given_as_it_was_once_an_entry_was_recorded(void **state)
{
	(void)state;
	play_offered();
	for (size_t i = 0; i < played->party_count; i++) {
		const struct party *party = &played->parties[i];
		int32_t before = 0, version;

		for (int32_t seq = 1; seq <= played->seq; seq++) {
			version = party_version_at(played, party, seq);
			assert_true(version == before || version == before + 1);
			before = version;
		}
		assert_int_equal(before, party->version);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_came_later_is_not_told_of_what_was_before),
		CASE(one_that_is_invited_again_was_there_in_its_earlier_strand),
		CASE(what_is_the_commissioners_own_is_told_to_nobody_else),
		CASE(after_a_death_nothing_goes_to_the_family),
		CASE(a_version_is_given_as_it_was_once_an_entry_was_recorded),
	};

	return cmocka_run_group_tests_name("told", tests, NULL, NULL);
}
