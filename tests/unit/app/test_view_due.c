/* test_view_due.c - actions due, and the numbers by which a party knows them and its entries. */
#include "viewed.h"

static void version_and_entries_are_the_partys_own(void **state)
{
	struct world_of_test *t = *state;
	const struct party *party = placement_party(t->placement, provider_id);

	assert_true(party->entries < t->placement->seq);
	assert_has(seen_by_provider(t),
		   text_cstr(t->arena, text_printf(t->arena, "\"version\":\"v%d\",\"entries\":%d,",
						   party->version, party->entries)));
}

static void obligation_says_when_and_what_follows(void **state)
{
	struct world_of_test *t = *state;
	const char *view = seen_by_provider(t);

	/* The second invitation is the provider's fifth entry; 12 days after the start is Tuesday
	 * 14 April. */
	assert_has(view, "\"id\":\"5.1\",\"duty\":\"make_offer\",\"owed_by\":\"provider\"");
	assert_has(view, "\"due_at\":\"2026-04-14T09:00:00Z\"");
	assert_has(view, "Tuesday 14 April 2026 at 10:00");
	assert_has(view, "/obligations/5.1\"");
	assert_has(view, "\"if_not_done\":\"");
}

static void refer_again(struct world_of_test *t)
{
	struct fact *referred =
		record(t, MOVE_REFER_TO_PANEL, SIDE_COMMISSIONER, 0, fresh(t, MOVE_REFER_TO_PANEL));

	owe(t, referred, DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, 0, START_US + 9 * US_PER_DAY);
	apply(t, referred);
}

static void what_is_owed_on_the_placement_is_hidden_from_whom_it_is_over_for(void **state)
{
	struct world_of_test *t = *state;

	refer_again(t);
	assert_has(seen_by_provider(t), "decide_at_panel");
	assert_has_not(seen_by(t, rival_id, SIDE_PROVIDER, 1u << ROLE_NEGOTIATOR),
		       "decide_at_panel");
	decline(t, 2);
	assert_has_not(seen_by_provider(t), "decide_at_panel");
	assert_has(seen_by_provider(t), "\"duty\":\"make_offer\"");
	assert_has(seen_by_commissioner(t), "decide_at_panel");
}

static void a_clock_is_explained_by_the_calendar_that_set_it(void **state)
{
	struct world_of_test *t = *state;
	const struct holiday holiday = {day_of(2026, 4, 8), TEXT("A day of thanks")};
	struct calendar newer = t->calendar;
	const struct calendar *versions[] = {&newer, &t->calendar};
	struct viewer v;
	struct writer w;
	const char *explained;

	newer.version = 2;
	newer.holidays = &holiday;
	newer.holiday_count = 1;
	t->authority.world.calendar = &newer;
	t->authority.calendars = (struct calendars){&newer, versions, 2};
	v = (struct viewer){.settings = &t->authority,
			    .placement = t->placement,
			    .party = placement_party(t->placement, provider_id)};
	writer_init(&w, t->arena);
	view_obligation_explained(&w, &v, view_obligation_find(&v, TEXT("5.1")));
	explained = text_cstr(t->arena, writer_text(&w));
	assert_has(explained, "\"calendar_version\":1");
	assert_has_not(explained, "A day of thanks");
}

static struct viewer viewer_of(struct world_of_test *t, struct uuid organisation)
{
	return (struct viewer){
		.settings = &t->authority,
		.placement = t->placement,
		.party = placement_party(t->placement, organisation),
	};
}

static void a_partys_numbers_have_no_gaps_where_entries_are_hidden(void **state)
{
	struct world_of_test *t = *state;
	const char *view = seen_by_provider(t);

	/* Hidden from it: the panel's decision and the rival's strand, entries 5 to 8. */
	assert_has_not(view, "\"seq\"");
	assert_has(view, "\"guide\":{\"entry\":3,");
	assert_has(view, "\"offers\":[{\"entry\":6,");
	assert_has(view, "{\"entry\":9,");
	assert_has_not(view, "{\"entry\":13,");
	assert_has(seen_by_commissioner(t), "{\"entry\":13,");
	/* And the rival's own strand begins at its fifth entry. */
	assert_has(seen_by(t, rival_id, SIDE_PROVIDER, 1u << ROLE_NEGOTIATOR),
		   "\"offers\":[{\"entry\":6,");
}

static void obligation_ids_go_there_and_back(void **state)
{
	struct world_of_test *t = *state;
	const struct uuid parties[] = {authority_id, provider_id, rival_id};
	size_t seen = 0;

	for (size_t i = 0; i < 3; i++) {
		struct viewer v = viewer_of(t, parties[i]);

		for (size_t n = 0; n < t->placement->obligation_count; n++) {
			const struct obligation *o = &t->placement->obligations[n];

			if (!view_sees_obligation(&v, o))
				continue;
			seen++;
			assert_ptr_equal(
				view_obligation_find(&v, view_obligation_id(t->arena, &v, o)), o);
		}
	}
	assert_int_equal(seen, 5); /* all three, and each provider its own */
}

static void no_id_finds_what_is_hidden(void **state)
{
	static const char *const ids[] = {"9.1", "4.1",	 "5.2",	 "5",	 "5.",	  ".1",	  "",
					  "0.1", "05.1", "+5.1", "5.01", "5.1.1", "-5.1", "5.1 "};
	struct world_of_test *t = *state;
	struct viewer provider = viewer_of(t, provider_id);

	assert_non_null(view_obligation_find(&provider, TEXT("5.1")));
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_null(view_obligation_find(&provider, text_of(ids[i])));
	assert_null(view_obligation_find(&provider, TEXT_NONE));
}

static void a_fact_names_entries_by_the_viewers_numbers(void **state)
{
	struct world_of_test *t = *state;
	struct closed closed[] = {{6, 1, OBLIGATION_RELEASED, 0}, {9, 1, OBLIGATION_MET, 0}};
	struct due_change changes[] = {{.entry = 9, .n = 1}, {.entry = 6, .n = 1}};
	struct not_done *not_done = fresh(t, MOVE_MISS);
	struct fact *fact = record(t, MOVE_MISS, SIDE_TIME, 2, not_done);
	struct viewer provider = viewer_of(t, provider_id),
		      commissioner = viewer_of(t, authority_id);

	fact->closes = (struct list){closed, 2};
	fact->changes = (struct list){changes, 2};
	not_done->entry = 9;
	not_done->n = 1;
	view_own_numbers(&commissioner, fact);
	assert_int_equal(fact->closes.count, 2);
	assert_int_equal(not_done->entry, 9);
	view_own_numbers(&provider, fact);
	assert_int_equal(fact->closes.count, 1);
	assert_int_equal(closed[0].entry, 5);
	assert_int_equal(closed[0].state, OBLIGATION_MET);
	assert_int_equal(fact->changes.count, 1);
	assert_int_equal(changes[0].entry, 5);
	assert_int_equal(not_done->entry, 5);
	not_done->entry = 6; /* the rival's */
	view_own_numbers(&provider, fact);
	assert_true(not_done->entry == NO_INT && not_done->n == NO_INT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(version_and_entries_are_the_partys_own, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(obligation_says_when_and_what_follows, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_owed_on_the_placement_is_hidden_from_whom_it_is_over_for, on_setup,
			on_teardown),
		cmocka_unit_test_setup_teardown(a_clock_is_explained_by_the_calendar_that_set_it,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(
			a_partys_numbers_have_no_gaps_where_entries_are_hidden, on_setup,
			on_teardown),
		cmocka_unit_test_setup_teardown(obligation_ids_go_there_and_back, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(no_id_finds_what_is_hidden, on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(a_fact_names_entries_by_the_viewers_numbers,
						on_setup, on_teardown),
	};

	return cmocka_run_group_tests_name("view_due", tests, NULL, NULL);
}
