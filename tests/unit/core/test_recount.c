/*
 * test_recount.c - what a newer calendar moves, who learns of it, and what a change of calendars
 * is.
 *
 * The cases of tests/golden/protocol/calendars.txt say which dates move; here are the laws behind
 * them and what each side may know.
 */
#include "versions.h"

static const struct party *party_of(struct uuid organisation)
{
	const struct party *party = placement_party(played, organisation);

	assert_non_null(party);
	return party;
}

/* Two strands of a mini-competition, which close on a day that no calendar moves. */
static void play_two_invited(void)
{
	struct invite first = invitation_of(provider), second = invitation_of(rival_provider);

	play_approved(URGENCY_ORDINARY);
	first.closes_day = second.closes_day = on("2026-04-24");
	must(&officer, MOVE_INVITE, &first, at("2026-04-01 10:00"));
	must(&officer, MOVE_INVITE, &second, at("2026-04-01 10:00"));
}

/* An answer is due on Tuesday 7 April. */
static void play_question(const struct actor *who)
{
	struct ask asked = {.question = SAID("Canary question"), .number = NO_INT};

	must(who, MOVE_ASK, &asked, at("2026-04-01 11:00"));
}

static void a_rival_neither_sees_nor_counts_what_moved_in_anothers_strand(void **state)
{
	int32_t own, others;

	(void)state;
	play_two_invited();
	play_question(&negotiator);
	own = party_of(provider)->version;
	others = party_of(rival_provider)->version;
	calendar_adds(on("2026-04-02"), TEXT("A day of thanks"));
	settle(at("2026-04-01 12:00"));
	assert_int_equal(last.facts.count, 1);
	assert_int_equal(last_fact()->kind, FACT_DUE_CHANGED);
	assert_int_equal(last_fact()->thread, 1);
	assert_int_equal(last_fact()->changes.count, 2); /* the answer, and the wait for it */
	assert_int_equal(party_of(provider)->version, own + 1);
	assert_int_equal(party_of(rival_provider)->version, others);
	assert_false(fact_visible(last_fact(), played, party_of(rival_provider)));
}

static void each_strand_hears_in_an_entry_of_its_own(void **state)
{
	struct fact *const *facts;

	(void)state;
	play_two_invited();
	play_question(&negotiator);
	play_question(&rival);
	calendar_adds(on("2026-04-02"), TEXT("A day of thanks"));
	settle(at("2026-04-01 12:00"));
	facts = last.facts.items;
	assert_int_equal(last.facts.count, 2);
	for (int64_t strand = 1; strand <= 2; strand++) {
		const struct fact *fact = facts[strand - 1];

		assert_int_equal(fact->kind, FACT_DUE_CHANGED);
		assert_int_equal(fact->thread, strand);
		assert_true(fact_visible(fact, played, party_of(provider)) == (strand == 1));
		assert_true(fact_visible(fact, played, party_of(rival_provider)) == (strand == 2));
		assert_true(fact_visible(fact, played, party_of(authority)));
	}
}

static void a_second_time_does_nothing_and_gives_the_same_placement_back(void **state)
{
	struct list facts = {0};
	const struct placement *again;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	calendar_adds(on("2026-04-09"), TEXT("Closed"));
	settle(at("2026-04-02 10:00"));
	assert_int_equal(last.facts.count, 1);
	again = core_recount(arena, &world, played, at("2026-04-02 10:01"), &facts);
	assert_ptr_equal(again, played);
	assert_int_equal(facts.count, 0);
}

/* A daemon that has not read the newest version yet moves nothing back. */
static void an_older_calendar_moves_nothing_back(void **state)
{
	struct list facts = {0};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	calendar_adds(on("2026-04-09"), TEXT("Closed"));
	settle(at("2026-04-02 10:00"));
	assert_int_equal(placement_calendar_version(played), 2);
	world.calendar = &calendar;
	assert_ptr_equal(core_recount(arena, &world, played, at("2026-04-02 10:01"), &facts),
			 played);
}

static void where_the_old_version_is_gone_the_date_moves_all_the_same(void **state)
{
	const struct change_due *data;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	calendar_adds(on("2026-04-09"), TEXT("Closed"));
	world.calendars = NULL;
	world.calendar_count = 0;
	settle(at("2026-04-02 10:00"));
	data = last_fact()->data;
	assert_true(text_is(data->why, "A newer calendar is loaded"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-20 17:00");
}

/* Counted again, each date is the one that it would have had, had the calendar always been so. */
static void the_order_of_calendar_and_move_does_not_matter(void **state)
{
	int64_t due;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	calendar_adds(on("2026-04-09"), TEXT("Closed"));
	settle(at("2026-04-02 10:00"));
	due = owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us;
	tear_down(NULL);
	set_up(NULL);
	calendar_adds(on("2026-04-09"), TEXT("Closed"));
	play_invited(URGENCY_ORDINARY);
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == due);
}

static void what_changed_between_two_calendars_is_named(void **state)
{
	struct calendar_change change;
	int32_t first;

	(void)state;
	assert_false(calendar_changed(&calendar, &calendar, INT32_MIN, INT32_MAX, &change));
	assert_false(calendar_changed_from(&calendar, &calendar, &first));
	calendar_adds(on("2026-04-11"), TEXT("A Saturday"));
	assert_false(calendar_changed(&calendar, world.calendar, INT32_MIN, INT32_MAX, &change));
	calendar_adds(on("2026-04-09"), TEXT("Closed"));
	calendar_loses(on("2026-04-06"));
	assert_true(calendar_changed(&calendar, world.calendar, INT32_MIN, INT32_MAX, &change));
	assert_int_equal(change.day, on("2026-04-06"));
	assert_int_equal(change.what, DAY_OPENED);
	assert_int_equal(change.more, 1);
	assert_true(calendar_changed(&calendar, world.calendar, on("2026-04-07"), on("2026-04-09"),
				     &change));
	assert_int_equal(change.what, DAY_CLOSED);
	assert_int_equal(change.more, 0);
	assert_false(calendar_changed(&calendar, world.calendar, on("2026-04-10"), on("2026-12-31"),
				      &change));
	calendar_reaches(on("2029-12-31"));
	assert_true(calendar_changed(&calendar, world.calendar, on("2028-12-31"), on("2029-02-01"),
				     &change));
	assert_int_equal(change.what, DAY_COVERED);
	assert_int_equal(change.day, on("2029-01-01"));
	assert_true(calendar_changed_from(&calendar, world.calendar, &first));
	assert_int_equal(first, on("2026-04-06"));
}

static void a_long_name_is_cut_between_characters(void **state)
{
	struct calendar_change change = {.day = on("2026-04-09"), .what = DAY_CLOSED, .more = 3};
	struct text words;
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	writer_char(&w, 'x');
	for (int i = 0; i < 80; i++)
		writer_puts(&w, "\xc3\xa9");
	change.title = writer_text(&w);
	words = calendar_change_words(arena, &calendar, &change);
	assert_true(text_is_utf8(words) && words.len <= 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_rival_neither_sees_nor_counts_what_moved_in_anothers_strand),
		TEST(each_strand_hears_in_an_entry_of_its_own),
		TEST(a_second_time_does_nothing_and_gives_the_same_placement_back),
		TEST(an_older_calendar_moves_nothing_back),
		TEST(where_the_old_version_is_gone_the_date_moves_all_the_same),
		TEST(the_order_of_calendar_and_move_does_not_matter),
		TEST(what_changed_between_two_calendars_is_named),
		TEST(a_long_name_is_cut_between_characters),
	};

	return cmocka_run_group_tests_name("recount", tests, NULL, NULL);
}
