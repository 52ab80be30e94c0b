/* test_append.c - what one append promises, against a real database. */
#include "house.h"

static struct store *store;

static int open_all(void **state)
{
	if (house_open(state))
		return -1;
	store = open_store(&house.config);
	return 0;
}

static int close_all(void **state)
{
	close_store(store);
	return house_close(state);
}

static void a_move_is_written_whole(void **state)
{
	struct uuid stream = new_id(), user = new_id(), key = new_id();
	struct append *a = keyed(move_of(house.authority, stream, 0, 3), user, key);
	struct append_text said = {1, TEXT("needs"), TEXT("sealed\0bytes")};
	struct tally t = {.wanted = 1};

	(void)state;
	a->texts = &said;
	a->text_count = 1;
	a->new_person_key = TEXT("wrapped");
	a->weekly_p = 123456;
	a->terms_entry = 2;
	store_append(store, a, on_appended, &t);
	assert_int_equal(t.ended, 0); /* never before the call returns */
	assert_true(turn_until(all_ended, &t, 10));
	assert_int_equal(t.last, STORE_DONE);
	assert_string_equal(
		sqlf("select string_agg(seq || ':' || leaf_index - %lld || ':' || us(recorded_at) "
		     "|| ':' || us(occurred_at), "
		     "' ' order by seq) from fact where stream_id = '%s'",
		     (long long)t.leaf, id_text(stream)),
		"1:0:1770000001000001:1770000000123457 2:1:1770000001000001:1770000000123457 "
		"3:2:1770000001000001:1770000000123457");
	assert_string_equal(
		sqlf("select kind || seq from stream where stream_id = '%s'", id_text(stream)),
		"placement3");
	assert_string_equal(
		sqlf("select weekly_p || ' ' || terms_entry || ' ' || (home_id is null) "
		     "|| ' ' || us(changed_at) from placement where id = '%s'",
		     id_text(stream)),
		"123456 2 true 1770000001000001");
	assert_string_equal(sqlf("select string_agg(side || version, ' ' order by side) from "
				 "placement_party where placement_id = '%s'",
				 id_text(stream)),
			    "commissioner3 provider3");
	assert_string_equal(sqlf("select state || us(due_at) || coalesce(us(missed_at), 0) || "
				 "':' || provider_entry from "
				 "obligation where stream_id = '%s'",
				 id_text(stream)),
			    "open17700000006543210:1");
	assert_string_equal(
		sqlf("select encode(sealed, 'hex') from personal_text where stream_id = '%s'",
		     id_text(stream)),
		"7365616c6564006279746573");
	assert_string_equal(sqlf("select encode(wrapped_key, 'escape') from person where id = '%s'",
				 id_text(stream)),
			    "wrapped");
	assert_string_equal(sqlf("select first_seq || '-' || last_seq || ' v' || version from "
				 "idempotency where key = '%s'",
				 id_text(key)),
			    "1-3 v3");
	assert_ledger_is_sound();
}

static void a_requests_trace_stands_beside_what_somebody_did_and_not_beside_times(void **state)
{
	static const char trace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
	struct uuid stream = new_id(), other = new_id();
	struct append *a = move_of(house.authority, stream, 0, 2);
	struct append_fact *facts = (void *)a->facts; /* the test's own */

	(void)state;
	facts[0].actor = (struct uuid){{0}};
	a->traceparent = text_of(trace);
	assert_int_equal(append_now(store, a), STORE_DONE);
	assert_int_equal(append_now(store, move_of(house.authority, other, 0, 1)), STORE_DONE);
	assert_string_equal(
		sqlf("select string_agg(seq || ' ' || coalesce(traceparent, 'none'), "
		     "', ' order by seq) from fact where stream_id = '%s'",
		     id_text(stream)),
		text_cstr(house.arena, text_printf(house.arena, "1 none, 2 %s", trace)));
	assert_string_equal(
		sqlf("select count(traceparent) from fact where stream_id = '%s'", id_text(other)),
		"0");
	assert_ledger_is_sound();
}

static void later_moves_upsert_what_changed(void **state)
{
	struct uuid stream = new_id();
	struct append *a = move_of(house.authority, stream, 0, 1);
	struct append_obligation done = a->obligations[0];

	(void)state;
	assert_int_equal(append_now(store, a), STORE_DONE);
	a = move_of(house.authority, stream, 1, 2);
	done.state = TEXT("met");
	done.next_at_us = NEVER_US;
	a->obligations = &done;
	a->stage = TEXT("in_force");
	assert_int_equal(append_now(store, a), STORE_DONE);
	assert_string_equal(sqlf("select string_agg(seq || state || (next_at is null), ' ') from "
				 "obligation where stream_id = '%s'",
				 id_text(stream)),
			    "1mettrue");
	assert_string_equal(sqlf("select stage from placement where id = '%s'", id_text(stream)),
			    "in_force");
	assert_string_equal(sqlf("select string_agg(concat_ws(' ', w.state, us(w.known_at), "
				 "us(w.until_at), o.state, "
				 "us(o.known_at)), ',') from obligation_was w join obligation o "
				 "using (authority_id, "
				 "stream_id, seq, n) where stream_id = '%s'",
				 id_text(stream)),
			    "open 1770000001000001 1770000001000002 met 1770000001000002");
	assert_ledger_is_sound();
}

/* Only the provider's number changes: a reminder whose time has come meanwhile is not passed over.
 */
static void renumbering_leaves_the_next_reminder_alone(void **state)
{
	struct uuid stream = new_id();
	struct append *a = move_of(house.authority, stream, 0, 1);
	struct append_obligation renumbered = a->obligations[0];

	(void)state;
	assert_int_equal(append_now(store, a), STORE_DONE);
	a = move_of(house.authority, stream, 1, 1);
	renumbered.provider_entry = 7;
	renumbered.next_at_us += 86400000000;
	a->obligations = &renumbered;
	assert_int_equal(append_now(store, a), STORE_DONE);
	assert_string_equal(
		sqlf("select provider_entry || ' ' || us(next_at) from obligation where "
		     "stream_id = '%s'",
		     id_text(stream)),
		"7 1770000000654321");
	assert_string_equal(
		sqlf("select count(*) from obligation_was where stream_id = '%s'", id_text(stream)),
		"0");
}

static void a_stale_seq_has_moved_on(void **state)
{
	struct uuid stream = new_id(), key = new_id();

	(void)state;
	assert_int_equal(append_now(store, move_of(house.authority, stream, 0, 2)), STORE_DONE);
	assert_int_equal(append_now(store, keyed(move_of(house.authority, stream, 1, 1), key, key)),
			 STORE_MOVED_ON);
	assert_int_equal(append_now(store, move_of(house.authority, stream, 3, 1)), STORE_MOVED_ON);
	assert_int_equal(append_now(store, move_of(house.authority, stream, 0, 1)), STORE_MOVED_ON);
	assert_int_equal(facts_of(stream), 2);
	assert_int_equal(
		number(text_cstr(house.arena,
				 text_printf(house.arena,
					     "select count(*) from idempotency where key = '%s'",
					     id_text(key)))),
		0);
	assert_ledger_is_sound();
}

static void a_key_counts_once(void **state)
{
	struct uuid stream = new_id(), user = new_id(), key = new_id();

	(void)state;
	assert_int_equal(
		append_now(store, keyed(move_of(house.authority, stream, 0, 1), user, key)),
		STORE_DONE);
	assert_int_equal(
		append_now(store, keyed(move_of(house.authority, stream, 1, 1), user, key)),
		STORE_MOVED_ON);
	assert_int_equal(
		append_now(store, keyed(move_of(house.authority, stream, 1, 1), new_id(), key)),
		STORE_DONE);
	assert_int_equal(facts_of(stream), 2);
	assert_ledger_is_sound();
}

static void of_fifty_at_once_with_one_key_one_wins(void **state)
{
	struct uuid user = new_id(), key = new_id();
	struct tally t = {.wanted = 50};
	struct store *other = open_store(&house.config);

	(void)state;
	for (int i = 0; i < 50; i++)
		store_append(i % 2 ? other : store,
			     keyed(move_of(house.authority, new_id(), 0, 1), user, key),
			     on_appended, &t);
	assert_true(turn_until(all_ended, &t, 20));
	assert_int_equal(t.by[STORE_DONE], 1);
	assert_int_equal(t.by[STORE_MOVED_ON], 49);
	close_store(other);
	assert_ledger_is_sound();
}

static void of_many_on_one_seq_one_wins(void **state)
{
	struct uuid stream = new_id();
	struct tally t = {.wanted = 40};
	struct store *other = open_store(&house.config);

	(void)state;
	assert_int_equal(append_now(store, move_of(house.authority, stream, 0, 1)), STORE_DONE);
	for (int i = 0; i < 40; i++)
		store_append(i % 2 ? other : store, move_of(house.authority, stream, 1, 1),
			     on_appended, &t);
	assert_true(turn_until(all_ended, &t, 20));
	assert_int_equal(t.by[STORE_DONE], 1);
	assert_int_equal(t.by[STORE_MOVED_ON], 39);
	assert_int_equal(facts_of(stream), 2);
	close_store(other);
}

static void a_poisoned_move_fails_alone(void **state)
{
	struct tally good = {.wanted = 29}, bad = {.wanted = 3};
	struct store_stats before = store_stats(store);
	struct uuid poisoned[3] = {new_id(), new_id(), new_id()};

	(void)state;
	report_set_level(REPORT_ERROR + 1);
	for (int i = 0; i < 32; i++) {
		bool poison = i % 11 == 5;
		struct append *a = keyed(move_of(i % 2 ? house.authority : house.other_authority,
						 poison ? poisoned[i / 11] : new_id(), 0, 2),
					 house.provider, new_id());

		if (poison && i == 5)
			((struct append_obligation *)a->obligations)->state = TEXT("nonsense");
		if (poison && i == 16)
			((struct append_fact *)a->facts)[1].body = TEXT("a NUL \0 inside");
		if (poison && i == 27)
			((struct append_fact *)a->facts)[1].seq = 1;
		store_append(store, a, on_appended, poison ? &bad : &good);
	}
	assert_true(turn_until(all_ended, &good, 20));
	assert_true(turn_until(all_ended, &bad, 20));
	report_set_level(REPORT_ERROR);
	assert_int_equal(good.by[STORE_DONE], 29);
	assert_int_equal(bad.by[STORE_BUG], 3);
	assert_true(store_stats(store).bisected > before.bisected);
	for (int i = 0; i < 3; i++)
		assert_int_equal(facts_of(poisoned[i]), 0);
	assert_ledger_is_sound();
}

static void moves_of_one_stream_go_one_after_another(void **state)
{
	struct uuid stream = new_id();
	struct tally t = {.wanted = 10};

	(void)state;
	for (int i = 0; i < 10; i++)
		store_append(store, move_of(house.authority, stream, i, 1), on_appended, &t);
	assert_true(turn_until(all_ended, &t, 20));
	assert_int_equal(t.by[STORE_DONE], 10);
	assert_ledger_is_sound();
}

static void a_person_made_twice_has_moved_on(void **state)
{
	struct uuid person = new_id(), second = new_id();
	struct append *a = move_of(house.authority, new_id(), 0, 1),
		      *b = move_of(house.authority, second, 0, 1);

	(void)state;
	a->person = b->person = person;
	a->new_person_key = b->new_person_key = TEXT("wrapped");
	assert_int_equal(append_now(store, a), STORE_DONE);
	report_set_level(REPORT_ERROR + 1);
	assert_int_equal(append_now(store, b), STORE_MOVED_ON);
	report_set_level(REPORT_ERROR);
	assert_int_equal(facts_of(second), 0);
}

static void a_stream_that_is_no_placement_has_no_list_row(void **state)
{
	struct uuid home = new_id();
	struct append *a = move_of(house.authority, home, 0, 1);

	(void)state;
	a->stream_kind = TEXT("home");
	a->stage = TEXT_NONE;
	a->party_count = a->obligation_count = 0;
	assert_int_equal(append_now(store, a), STORE_DONE);
	assert_string_equal(sqlf("select kind from stream where stream_id = '%s'", id_text(home)),
			    "home");
	assert_string_equal(sqlf("select count(*) from placement where id = '%s'", id_text(home)),
			    "0");
}

static void without_a_log_nothing_is_written(void **state)
{
	struct uuid stream = new_id(), key = new_id();

	(void)state;
	report_set_level(REPORT_ERROR + 1);
	assert_int_equal(append_now(store, keyed(move_of(new_id(), stream, 0, 1), key, key)),
			 STORE_BUG);
	report_set_level(REPORT_ERROR);
	assert_int_equal(facts_of(stream), 0);
	assert_ledger_is_sound();
}

struct order {
	struct tally *tally;
	bool from_time;
	unsigned int *place;
};

static unsigned int places[8];

static void on_in_order(enum store_outcome outcome, int64_t leaf, void *context)
{
	struct order *o = context;

	*o->place = o->tally->ended;
	on_appended(outcome, leaf, o->tally);
}

static void people_go_before_time(void **state)
{
	struct config config = house.config;
	struct store *narrow;
	struct tally t = {.wanted = 8};
	struct order orders[8];

	(void)state;
	config.batch_streams = 1;
	narrow = open_store(&config);
	for (int i = 0; i < 8; i++) {
		struct append *a = move_of(house.authority, new_id(), 0, 1);

		a->from_time = i < 4;
		orders[i] = (struct order){&t, a->from_time, &places[i]};
		store_append(narrow, a, on_in_order, &orders[i]);
	}
	assert_true(turn_until(all_ended, &t, 20));
	assert_int_equal(t.by[STORE_DONE], 8);
	/* Two lanes: by the time that one of time's ends, one of people's at most is under way
	 * still. */
	for (int i = 0; i < 4; i++) {
		int later = 0;

		for (int k = 4; k < 8; k++)
			later += places[k] > places[i];
		assert_true(later <= 1);
	}
	close_store(narrow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_move_is_written_whole),
		cmocka_unit_test(
			a_requests_trace_stands_beside_what_somebody_did_and_not_beside_times),
		cmocka_unit_test(later_moves_upsert_what_changed),
		cmocka_unit_test(renumbering_leaves_the_next_reminder_alone),
		cmocka_unit_test(a_stale_seq_has_moved_on),
		cmocka_unit_test(a_key_counts_once),
		cmocka_unit_test(of_fifty_at_once_with_one_key_one_wins),
		cmocka_unit_test(of_many_on_one_seq_one_wins),
		cmocka_unit_test(a_poisoned_move_fails_alone),
		cmocka_unit_test(moves_of_one_stream_go_one_after_another),
		cmocka_unit_test(a_person_made_twice_has_moved_on),
		cmocka_unit_test(a_stream_that_is_no_placement_has_no_list_row),
		cmocka_unit_test(without_a_log_nothing_is_written),
		cmocka_unit_test(people_go_before_time),
	};

	return cmocka_run_group_tests_name("append", tests, open_all, close_all);
}
