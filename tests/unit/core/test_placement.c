/* test_placement.c - each party's own numbers of what it may see. */
#include "world.h"

/* Every entry this party sees has the next number, and each number leads back to its entry. */
static void assert_counted(const struct party *party)
{
	int32_t count = 0;

	for (int32_t seq = 1; seq <= played->seq; seq++) {
		int32_t entry = party_entry(played, party, seq);

		if (!fact_visible(played->facts[seq - 1], played, party)) {
			assert_int_equal(entry, 0);
			continue;
		}
		assert_int_equal(entry, ++count);
		assert_int_equal(party_seq(played, party, entry), seq);
	}
	assert_int_equal(count, party->entries);
	assert_int_equal(party_seq(played, party, count + 1), 0);
}

static int32_t seq_of(enum fact_kind kind)
{
	for (size_t i = played->fact_count; i-- > 0;)
		if (played->facts[i]->kind == kind)
			return played->facts[i]->seq;
	fail_msg("no such fact");
	return 0;
}

static void numbers_have_no_gap_where_the_panel_decided(void **state)
{
	const struct party *party;

	(void)state;
	play_offered();
	party = placement_party(played, provider);
	assert_counted(party);
	assert_int_equal(party_entry(played, party, seq_of(FACT_PANEL_DECIDED)), 0);
	assert_int_equal(party_entry(played, party, seq_of(FACT_INVITED)),
			 party_entry(played, party, seq_of(FACT_PANEL_REFERRED)) + 1);
}

static void commissioner_counts_as_the_stream_does(void **state)
{
	const struct party *party;

	(void)state;
	play_offered();
	party = placement_party(played, authority);
	for (int32_t seq = 1; seq <= played->seq; seq++) {
		assert_int_equal(party_entry(played, party, seq), seq);
		assert_int_equal(party_seq(played, party, seq), seq);
	}
}

static void what_is_not_there_has_no_number(void **state)
{
	const struct party *parties[2];

	(void)state;
	play_offered();
	parties[0] = placement_party(played, authority);
	parties[1] = placement_party(played, provider);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(party_entry(played, parties[i], 0), 0);
		assert_int_equal(party_entry(played, parties[i], -1), 0);
		assert_int_equal(party_entry(played, parties[i], played->seq + 1), 0);
		assert_int_equal(party_seq(played, parties[i], 0), 0);
		assert_int_equal(party_seq(played, parties[i], -1), 0);
		assert_int_equal(party_seq(played, parties[i], played->seq + 1), 0);
	}
}

static int32_t before[100];

static void note_numbers(void)
{
	for (int32_t seq = 1; seq <= played->seq; seq++)
		before[seq] = party_entry(played, placement_party(played, provider), seq);
}

static void assert_kept(int32_t upto)
{
	for (int32_t seq = 1; seq <= upto; seq++)
		assert_int_equal(party_entry(played, placement_party(played, provider), seq),
				 before[seq]);
	assert_counted(placement_party(played, provider));
	assert_counted(placement_party(played, rival_provider));
}

/* A repeat of a request answers with them long after. */
static void a_number_once_given_stays(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};
	struct invite other = invitation_of(rival_provider), again = invitation_of(provider);
	int32_t count;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 11:00"));
	note_numbers();
	count = played->seq;
	must(&officer, MOVE_INVITE, &other, at("2026-04-01 12:00"));
	assert_kept(count);
	must(&rival, MOVE_DECLINE, &decline, at("2026-04-01 13:00"));
	must(&officer, MOVE_INVITE, &again, at("2026-04-01 14:00"));
	assert_kept(count);
	assert_int_equal(party_entry(played, placement_party(played, provider), played->seq),
			 before[count] + 1);
}

static void strands_are_counted_by_each_provider_for_itself(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};
	struct invite first = invitation_of(rival_provider), own = invitation_of(provider);
	const struct party *party;

	(void)state;
	play_approved(URGENCY_ORDINARY);
	must(&officer, MOVE_INVITE, &first, at("2026-04-01 10:00"));
	must(&rival, MOVE_DECLINE, &decline, at("2026-04-01 11:00"));
	must(&officer, MOVE_INVITE, &own, at("2026-04-01 12:00"));
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 13:00"));
	must(&officer, MOVE_INVITE, &first, at("2026-04-01 14:00"));
	must(&rival, MOVE_DECLINE, &decline, at("2026-04-01 15:00"));
	must(&officer, MOVE_INVITE, &own, at("2026-04-01 16:00"));
	party = placement_party(played, provider);
	for (int64_t thread = -1; thread <= 5; thread++) {
		bool is_own = thread == 2 || thread == 4;

		assert_int_equal(party_strand(played, party, thread), is_own ? thread / 2 : 0);
		assert_int_equal(party_thread(played, party, thread),
				 thread == 1 || thread == 2 ? thread * 2 : 0);
		assert_int_equal(party_strand(played, placement_party(played, authority), thread),
				 thread >= 1 && thread <= 4 ? thread : 0);
		assert_int_equal(party_thread(played, placement_party(played, authority), thread),
				 thread >= 1 && thread <= 4 ? thread : 0);
	}
	on_thread = 4; /* the placement's number is nothing that it knows */
	refused(&negotiator, MOVE_ACKNOWLEDGE, &(struct acknowledge){SAID("")},
		at("2026-04-01 17:00"), "thread_known");
	on_thread = 2;
	must(&negotiator, MOVE_ACKNOWLEDGE, &(struct acknowledge){SAID("")},
	     at("2026-04-01 17:00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_have_no_gap_where_the_panel_decided),
		TEST(commissioner_counts_as_the_stream_does),
		TEST(what_is_not_there_has_no_number),
		TEST(a_number_once_given_stays),
		TEST(strands_are_counted_by_each_provider_for_itself),
	};

	return cmocka_run_group_tests_name("test_placement", tests, NULL, NULL);
}
