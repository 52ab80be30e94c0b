/* test_faults.c - backends killed, links cut at every byte, locks held: each append ends once, and tells the truth. */
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

/* I1 and I2: done is there, refused is not, unknown is there whole or not at all, and the key says which. */
static void assert_kept(const struct promise *promises, size_t count, int facts)
{
	for (size_t i = 0; i < count; i++) {
		const struct promise *p = &promises[i];
		long long there = facts_of(p->stream);

		assert_int_equal(p->tally.ended, 1);
		if (p->tally.last == STORE_DONE)
			assert_int_equal(there, facts);
		else if (p->tally.last == STORE_UNKNOWN)
			assert_true(there == 0 || there == facts);
		else
			assert_int_equal(there, 0);
		assert_int_equal(strtoll(sqlf("select count(*) from idempotency where stream_id = '%s'", id_text(p->stream)), NULL, 10),
				 there ? 1 : 0);
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
		store_append(with, keyed(move_of(house.authority, promises[i].stream, 0, facts), house.provider, new_id()), on_appended,
			     &promises[i].tally);
	}
	return promises;
}

static bool backend_waits(void *context)
{
	(void)context;
	return number("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and " APPENDERS) > 0;
}

/* A turn of the loop and a look from outside, again and again. */
static void turn_until_backend_waits(void)
{
	for (int i = 0; i < 20000 && !backend_waits(NULL); i++)
		event_base_loop(house.base, EVLOOP_NONBLOCK);
	assert_true(backend_waits(NULL));
}

static void an_idle_backend_killed_is_dialled_again(void **state)
{
	uint64_t before = store_stats(store).reconnects;

	(void)state;
	assert_true(turn_until(is_ready, store, 10));
	sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'concordatd%' and datname = current_database()");
	while (store_stats(store).reconnects < before + 5)
		event_base_loop(house.base, EVLOOP_ONCE);
	assert_true(turn_until(is_ready, store, 10));
	assert_int_equal(append_now(store, move_of(house.authority, new_id(), 0, 1)), STORE_DONE);
}

static void a_backend_killed_before_its_commit_wrote_nothing(void **state)
{
	struct promise *p;

	(void)state;
	assert_true(turn_until(is_ready, store, 10));
	sqlf("begin; select from log_head where authority_id = '%s' for update", id_text(house.authority));
	p = promise_moves(store, 5, 2);
	turn_until_backend_waits();
	sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and " APPENDERS);
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
		for (int turn = 0; turn < round % 8; turn++)
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
	print_message("done %u, away %u, unknown %u\n", by[STORE_DONE], by[STORE_AWAY], by[STORE_UNKNOWN]);
}

static void a_link_cut_at_every_byte_ends_every_call_once(void **state)
{
	struct relay *relay = relay_new();
	struct config config = house.config;
	unsigned int by[OUTCOMES] = {0};
	size_t enough, offsets = 0;
	struct store *behind;
	struct promise *p;

	(void)state;
	config.readers = 1;
	behind = NULL;
	/* The schema is looked at before the loop runs, so the relay takes over only after that. */
	assert_null(behind);
	config.database = relay->conninfo;
	house.config.database = relay->conninfo;
	house.config.database = as_role(house.owner, "concordat_service");
	(void)config;
	behind = store_behind(relay, &config);
	relay->passed_bytes = 0;
	p = promise_moves(behind, 3, 1);
	assert_true(turn_until(promises_ended, p, 10));
	enough = relay->passed_bytes;
	for (size_t n = 1; n <= enough + 1; n += 1 + enough / 60, offsets++) {
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
	print_message("%zu offsets of %zu bytes: done %u, unknown %u, away %u\n", offsets, enough, by[STORE_DONE], by[STORE_UNKNOWN],
		      by[STORE_AWAY]);
}
