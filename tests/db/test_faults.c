/* test_faults.c - backends killed, links cut at every byte, locks held: each append ends once, and
 * tells the truth. */
#include "relay.h"

#define APPENDERS "application_name = 'concordatd append' and datname = current_database()"

static struct store *store;

static int open_all(void **state)
{
	if (house_open(state))
		return -1;
	report_set_level(REPORT_ERROR + 1);
	store = open_store(&house.config);
	return 0;
}

static int close_all(void **state)
{
	close_store(store);
	return house_close(state);
}

/* One of many moves, and what was said of it. */
struct promise {
	struct uuid stream;
	struct tally tally;
};

/* I1 and I2: done is there, refused is not, unknown is there whole or not at all, and the key says
 * which. */
static void assert_kept(const struct promise *promises, size_t count, int facts)
{
	for (size_t i = 0; i < count; i++) {
		const struct promise *p = &promises[i];
		/* both in one look: an unknown one may be committed while we ask */
		long long both = strtoll(
			sqlf("select (select count(*) from fact where stream_id = '%s') * 1000 + "
			     "(select count(*) from idempotency where stream_id = '%s')",
			     id_text(p->stream), id_text(p->stream)),
			NULL, 10);
		long long there = both / 1000;

		assert_int_equal(p->tally.ended, 1);
		if (p->tally.last == STORE_DONE)
			assert_int_equal(there, facts);
		else if (p->tally.last == STORE_UNKNOWN)
			assert_true(there == 0 || there == facts);
		else
			assert_int_equal(there, 0);
		assert_int_equal(both % 1000, there ? 1 : 0);
	}
}

static bool promises_ended(void *context)
{
	for (struct promise *p = context; p->tally.wanted; p++)
		if (!p->tally.ended)
			return false;
	return true;
}

static struct promise *promise_moves(struct store *with, int count, int facts)
{
	struct promise *promises = arena_array(house.arena, struct promise, count + 1);

	for (int i = 0; i < count; i++) {
		promises[i].stream = new_id();
		promises[i].tally.wanted = 1;
		store_append(with,
			     keyed(move_of(house.authority, promises[i].stream, 0, facts),
				   house.provider, new_id()),
			     on_appended, &promises[i].tally);
	}
	return promises;
}

static bool backend_waits(void *context)
{
	(void)context;
	return number("select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
		      "and " APPENDERS) > 0;
}

/* A turn of the loop and a look from outside, again and again. */
static void turn_until_backend_waits(void)
{
	for (int i = 0; i < 20000 && !backend_waits(NULL); i++)
		event_base_loop(house.base, EVLOOP_NONBLOCK);
	assert_true(backend_waits(NULL));
}

/* All that there are have been up for a while: none is still being dialled on our side. */
static bool all_are_settled(void *context)
{
	return is_ready(context) &&
	       number("select count(*) from pg_stat_activity where application_name like "
		      "'concordatd%' and datname = current_database() and (state <> 'idle' or "
		      "state_change > clock_timestamp() - interval '0.3 seconds')") == 0;
}

static uint64_t redials_wanted;

static bool has_redialled(void *context)
{
	return store_stats(context).reconnects >= redials_wanted && store_ready(context);
}

static void an_idle_backend_killed_is_dialled_again(void **state)
{
	(void)state;
	assert_true(turn_until(all_are_settled, store, 10));
	redials_wanted = store_stats(store).reconnects;
	redials_wanted += (uint64_t)number(
		"select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity "
		"where application_name like 'concordatd%' and datname = current_database()");
	assert_true(turn_until(has_redialled, store, 10));
	assert_int_equal(append_now(store, move_of(house.authority, new_id(), 0, 1)), STORE_DONE);
}

static void a_backend_killed_before_its_commit_wrote_nothing(void **state)
{
	struct promise *p;

	(void)state;
	assert_true(turn_until(is_ready, store, 10));
	sqlf("begin; select from log_head where authority_id = '%s' for update",
	     id_text(house.authority));
	p = promise_moves(store, 5, 2);
	turn_until_backend_waits();
	sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' "
	    "and " APPENDERS);
	sql("rollback");
	assert_true(turn_until(promises_ended, p, 10));
	/* The server refused the statement itself, so this is known. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(p[i].tally.last, STORE_AWAY);
	assert_kept(p, 5, 2);
	assert_ledger_is_sound();
}

static void backends_killed_at_any_moment_keep_every_promise(void **state)
{
	unsigned int by[OUTCOMES] = {0};

	(void)state;
	for (int round = 0; round < 40; round++) {
		struct promise *p;

		assert_true(turn_until(is_ready, store, 10));
		p = promise_moves(store, 40, 2);
		for (int turn = 0; turn < round % 8 && !promises_ended(p); turn++)
			event_base_loop(house.base, EVLOOP_ONCE);
		sql("select pg_terminate_backend(pid) from pg_stat_activity where " APPENDERS);
		assert_true(turn_until(promises_ended, p, 10));
		assert_kept(p, 40, 2);
		for (int i = 0; i < 40; i++)
			by[p[i].tally.last]++;
	}
	assert_true(by[STORE_DONE] > 0 && by[STORE_AWAY] > 0);
	assert_int_equal(by[STORE_BUG] + by[STORE_MOVED_ON] + by[STORE_FULL], 0);
	assert_ledger_is_sound();
	print_message("done %u, away %u, unknown %u\n", by[STORE_DONE], by[STORE_AWAY],
		      by[STORE_UNKNOWN]);
}

/* A store whose every connection goes through the relay. */
static struct store *store_behind(struct cable *relay, int64_t statement_timeout_ms)
{
	struct config config = house.config;
	struct text why = TEXT_NONE;
	struct store *behind;

	config.database = relay->conninfo;
	config.database_reader = NULL;
	config.readers = 1;
	config.statement_timeout_ms = statement_timeout_ms;
	behind = store_new(house.base, &config, house.arena, &why);
	assert_non_null(behind);
	relay_open(relay);
	assert_true(turn_until(is_ready, behind, 10));
	return behind;
}

static void a_link_cut_anywhere_ends_every_call_once(void **state)
{
	struct cable *relay = relay_new();
	struct store *behind = store_behind(relay, 10000);
	unsigned int by[OUTCOMES] = {0};
	struct promise *p = promise_moves(behind, 3, 1);

	(void)state;
	assert_true(turn_until(promises_ended, p, 10));
	/* On until so much passes that all were answered. */
	for (size_t n = 1; !by[STORE_DONE]; n += 5) {
		assert_true(n < 5000);
		assert_true(turn_until(is_ready, behind, 10));
		relay->left_bytes = n;
		relay->cutting = true;
		p = promise_moves(behind, 3, 1);
		assert_true(turn_until(promises_ended, p, 10));
		relay->cutting = false;
		assert_kept(p, 3, 1);
		for (int i = 0; i < 3; i++)
			by[p[i].tally.last]++;
	}
	assert_true(by[STORE_UNKNOWN] > 0);
	close_store(behind);
	relay_free(relay);
	assert_ledger_is_sound();
	print_message("done %u, unknown %u, away %u\n", by[STORE_DONE], by[STORE_UNKNOWN],
		      by[STORE_AWAY]);
}

static void a_dead_link_is_noticed_by_our_own_clock(void **state)
{
	struct cable *relay = relay_new();
	struct store *behind = store_behind(relay, 100);
	struct promise *p;

	(void)state;
	relay->swallow = true;
	p = promise_moves(behind, 2, 1);
	/* statement_timeout and two seconds */
	assert_true(turn_until(promises_ended, p, 10));
	assert_int_equal(p[0].tally.last, STORE_UNKNOWN);
	assert_kept(p, 2, 1);
	relay->swallow = false;
	assert_true(turn_until(is_ready, behind, 10));
	assert_int_equal(append_now(behind, move_of(house.authority, new_id(), 0, 1)), STORE_DONE);
	close_store(behind);
	relay_free(relay);
}

static void a_lock_held_ends_in_timeout_while_the_loop_turns(void **state)
{
	struct config config = house.config;
	struct store *hasty;
	struct promise *p, *other;

	(void)state;
	config.statement_timeout_ms = 400;
	hasty = open_store(&config);
	sqlf("begin; select from log_head where authority_id = '%s' for update",
	     id_text(house.authority));
	p = promise_moves(hasty, 3, 1);
	assert_true(turn_until(promises_ended, p, 10));
	for (int i = 0; i < 3; i++)
		assert_int_equal(p[i].tally.last, STORE_TIMEOUT);
	sql("rollback");
	assert_kept(p, 3, 1);
	other = promise_moves(hasty, 1, 1);
	assert_true(turn_until(promises_ended, other, 10));
	assert_int_equal(other->tally.last, STORE_DONE);
	close_store(hasty);
}

/* Every fact written asks this trigger, which refuses as often as told. */
static void refuse(const char *sqlstate, int times)
{
	sql("set client_min_messages = warning; drop trigger if exists refuse on fact; drop "
	    "sequence if exists refusals; create sequence refusals; "
	    "grant usage on sequence refusals to concordat_service");
	sqlf("create or replace function refuse() returns trigger language plpgsql as $$ begin "
	     "if nextval('refusals') <= %d then raise exception using errcode = '%s'; end if; "
	     "return new; end $$",
	     times, sqlstate);
	sql("create trigger refuse before insert on fact for each row execute function refuse()");
}

static void a_collision_is_tried_again_and_then_given_up(void **state)
{
	static const char *const collisions[] = {"40001", "40P01", "55P03"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		refuse(collisions[i], 3);
		assert_int_equal(append_now(store, move_of(house.authority, new_id(), 0, 1)),
				 STORE_DONE);
		assert_int_equal(number("select last_value from refusals"), 4);
		refuse(collisions[i], 100);
		assert_int_equal(append_now(store, move_of(house.authority, new_id(), 0, 1)),
				 STORE_TIMEOUT);
		assert_int_equal(number("select last_value from refusals"), 4);
	}
	sql("drop trigger refuse on fact");
	assert_ledger_is_sound();
}

static void no_room_is_said_at_once(void **state)
{
	struct promise *p;

	(void)state;
	refuse("53100", 1000);
	p = promise_moves(store, 20, 1);
	assert_true(turn_until(promises_ended, p, 10));
	for (int i = 0; i < 20; i++)
		assert_int_equal(p[i].tally.last, STORE_FULL);
	assert_true(number("select last_value from refusals") <= 2); /* one try a batch: no storm */
	sql("drop trigger refuse on fact");
	assert_kept(p, 20, 1);
}

static bool nothing_is_up(void *context)
{
	return number("select count(*) from pg_stat_activity where application_name like "
		      "'concordatd%' and datname = current_database()") == 0 &&
	       !store_ready(context);
}

static void while_the_database_is_away_calls_end_at_once(void **state)
{
	struct promise *p;

	(void)state;
	sqlf("revoke connect on database %s from public", PQdb(house.conn));
	sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name like "
	    "'concordatd%' and datname = current_database()");
	/* and on our side too, of every connection */
	for (int i = 0, turns = 0; i < 10000 && turns < 300; i++) {
		event_base_loop(house.base, EVLOOP_NONBLOCK);
		turns = nothing_is_up(store) ? turns + 1 : 0;
	}
	assert_true(nothing_is_up(store));
	p = promise_moves(store, 10, 1);
	assert_true(turn_until(promises_ended, p, 10));
	for (int i = 0; i < 10; i++)
		assert_int_equal(p[i].tally.last, STORE_AWAY);
	assert_kept(p, 10, 1);
	sqlf("grant connect on database %s to public", PQdb(house.conn));
	assert_true(turn_until(is_ready, store, 15));
	assert_int_equal(append_now(store, move_of(house.authority, new_id(), 0, 1)), STORE_DONE);
}

static void draining_ends_what_waits_and_finishes_what_is_under_way(void **state)
{
	struct store *leaving = open_store(&house.config);
	struct promise *first, *second;
	bool drained = false;

	(void)state;
	sqlf("begin; select from log_head where authority_id = '%s' for update",
	     id_text(house.authority));
	first = promise_moves(leaving, 32, 1); /* one batch: an authority is on one lane */
	turn_until_backend_waits();
	second = promise_moves(leaving, 10, 1);
	store_drain(leaving, on_store_drained, &drained);
	assert_true(turn_until(promises_ended, second, 10));
	assert_false(drained);
	for (int i = 0; i < 10; i++)
		assert_int_equal(second[i].tally.last, STORE_AWAY);
	sql("rollback");
	assert_true(turn_until(is_true, &drained, 10));
	for (int i = 0; i < 32; i++)
		assert_int_equal(first[i].tally.last, STORE_DONE);
	store_free(leaving);
	assert_kept(first, 32, 1);
	assert_kept(second, 10, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_idle_backend_killed_is_dialled_again),
		cmocka_unit_test(a_backend_killed_before_its_commit_wrote_nothing),
		cmocka_unit_test(backends_killed_at_any_moment_keep_every_promise),
		cmocka_unit_test(a_link_cut_anywhere_ends_every_call_once),
		cmocka_unit_test(a_dead_link_is_noticed_by_our_own_clock),
		cmocka_unit_test(a_lock_held_ends_in_timeout_while_the_loop_turns),
		cmocka_unit_test(a_collision_is_tried_again_and_then_given_up),
		cmocka_unit_test(no_room_is_said_at_once),
		cmocka_unit_test(while_the_database_is_away_calls_end_at_once),
		cmocka_unit_test(draining_ends_what_waits_and_finishes_what_is_under_way),
	};

	return cmocka_run_group_tests_name("faults", tests, open_all, close_all);
}
