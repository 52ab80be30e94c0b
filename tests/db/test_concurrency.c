/*
 * test_concurrency.c - many writers, two daemons, two authorities.
 *
 * Each child is a daemon's store with 32 moves under way, some on streams of its own, some on
 * streams that both fight over. Meanwhile the parent looks: at every instant a log must be gapless
 * from 0, or log order is not commit order.
 */
#include "house.h"

#include <sys/wait.h>

#define CHILDREN 2
#define UNDER_WAY 32
#define MOVES 1500
#define SHARED 12

struct worker;

struct slot {
	struct worker *worker;
	struct uuid stream;
	struct uuid authority;
	int32_t seq;
	bool shared;
	struct arena *arena;
};

struct worker {
	struct store *store;
	struct slot slots[UNDER_WAY];
	unsigned int started, ended, done, facts, moved_on, other;
};

static struct uuid shared[SHARED];

static void next_move(struct slot *slot);

static void on_seq(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct slot *slot = context;

	if (outcome == STORE_DONE && rows->count)
		slot->seq = (int32_t)row_int(rows, 0, 0, 0);
	next_move(slot);
}

static void on_moved(enum store_outcome outcome, int64_t leaf, void *context)
{
	struct slot *slot = context;
	struct worker *w = slot->worker;
	struct param params[2];

	(void)leaf;
	w->ended++;
	if (outcome == STORE_DONE) {
		w->done++;
		w->facts += 1 + (unsigned int)slot->seq % 3;
		slot->seq += 1 + slot->seq % 3;
		next_move(slot);
		return;
	}
	if (outcome != STORE_MOVED_ON) {
		w->other++;
		next_move(slot);
		return;
	}
	w->moved_on++;
	params[0] = param_uuid(slot->arena, slot->authority);
	params[1] = param_uuid(slot->arena, slot->stream);
	store_read(w->store, slot->arena, slot->authority,
		   "select seq from stream where authority_id = $1 and stream_id = $2", params, 2,
		   on_seq, slot);
}

static void next_move(struct slot *slot)
{
	struct worker *w = slot->worker;
	struct append *a;

	if (w->started >= MOVES)
		return;
	w->started++;
	if (!slot->shared && slot->seq > 9) {
		slot->stream = new_id();
		slot->seq = 0;
	}
	a = move_of(slot->authority, slot->stream, slot->seq, 1 + slot->seq % 3);
	if (w->started % 2)
		keyed(a, house.provider, new_id());
	a->from_time = w->started % 5 == 0;
	store_append(w->store, a, on_moved, slot);
}

static bool work_is_done(void *context)
{
	const struct worker *w = context;

	return w->started >= MOVES && w->ended == w->started;
}

static void be_a_daemon(int result_fd)
{
	static struct worker w;
	struct text why;

	house.base = event_base_new();
	w.store = store_new(house.base, &house.config, house.arena, &why);
	if (!w.store || !turn_until(is_ready, w.store, 10))
		_exit(2);
	for (int i = 0; i < UNDER_WAY; i++) {
		struct slot *s = &w.slots[i];

		s->worker = &w;
		s->arena = house.arena;
		s->authority = i % 2 ? house.authority : house.other_authority;
		s->shared = i < SHARED;
		s->stream = s->shared ? shared[i] : new_id();
	}
	for (int i = 0; i < UNDER_WAY; i++)
		next_move(&w.slots[i]);
	if (!turn_until(work_is_done, &w, 60))
		_exit(3);
	close_store(w.store);
	if (write(result_fd, &w.done, 4) != 4 || write(result_fd, &w.facts, 4) != 4 ||
	    write(result_fd, &w.moved_on, 4) != 4 || write(result_fd, &w.other, 4) != 4)
		_exit(4);
	_exit(0);
}

static void logs_are_gapless_and_in_order_of_commits(void **state)
{
	int fds[2], left = CHILDREN, status, looks = 0;
	uint32_t got[4], done = 0, facts = 0, moved_on = 0;
	long long deadlocks;

	(void)state;
	for (int i = 0; i < SHARED; i++)
		shared[i] = new_id();
	assert_int_equal(pipe(fds), 0);
	deadlocks =
		number("select deadlocks from pg_stat_database where datname = current_database()");
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0)
			be_a_daemon(fds[1]);
	while (left) {
		assert_string_equal(
			sql("select count(*) from (select from fact group by authority_id "
			    "having count(*) <> max(leaf_index) + 1 or min(leaf_index) <> 0) as "
			    "gaps"),
			"0");
		looks++;
		if (waitpid(-1, &status, WNOHANG) <= 0)
			continue;
		assert_int_equal(status, 0);
		left--;
		assert_int_equal(read(fds[0], got, sizeof(got)), sizeof(got));
		done += got[0];
		facts += got[1];
		moved_on += got[2];
		assert_int_equal(got[3], 0);
	}
	assert_int_equal(number("select count(*) from fact"), facts);
	assert_int_equal(done + moved_on, CHILDREN * MOVES);
	assert_true(moved_on > 0);
	assert_true(looks > 10);
	assert_ledger_is_sound();
	sql("select pg_stat_force_next_flush()");
	assert_int_equal(
		number("select deadlocks from pg_stat_database where datname = current_database()"),
		deadlocks);
	print_message("%u done, %u moved on, %d looks\n", done, moved_on, looks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_are_gapless_and_in_order_of_commits)};

	return cmocka_run_group_tests_name("concurrency", tests, house_open, house_close);
}
