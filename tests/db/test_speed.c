/*
 * test_speed.c - moves a second, printed for whoever wonders; only that all were done is asserted.
 *
 * Closed loop: so many moves under way, each followed by the next move of the same placement, keyed
 * like a person's.
 */
#include "house.h"

#include <time.h>

#define MOST 256

struct slot {
	struct uuid stream;
	int32_t seq;
	struct timespec sent;
};

static struct store *store;
static struct slot slots[MOST];
static unsigned int started, ended, done, wanted;
static double *waits;

static double seconds_since(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static void next_move(struct slot *slot);

static void on_moved(enum store_outcome outcome, int64_t leaf, void *context)
{
	struct slot *slot = context;

	(void)leaf;
	waits[ended++] = seconds_since(&slot->sent);
	done += outcome == STORE_DONE;
	slot->seq++;
	next_move(slot);
}

static void next_move(struct slot *slot)
{
	if (started >= wanted)
		return;
	started++;
	clock_gettime(CLOCK_MONOTONIC, &slot->sent);
	store_append(store,
		     keyed(move_of((slot - slots) % 2 ? house.authority : house.other_authority,
				   slot->stream, slot->seq, 1),
			   house.provider, new_id()),
		     on_moved, slot);
}

static bool all_done(void *context)
{
	(void)context;
	return ended >= wanted;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(unsigned int under_way, unsigned int moves)
{
	struct timespec from;
	double took;
	struct store_stats before;

	started = ended = done = 0;
	wanted = moves;
	waits = arena_array(house.arena, double, moves);
	store = open_store(&house.config);
	before = store_stats(store);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (unsigned int i = 0; i < under_way; i++) {
		slots[i] = (struct slot){.stream = new_id()};
		next_move(&slots[i]);
	}
	assert_true(turn_until(all_done, NULL, 60));
	took = seconds_since(&from);
	assert_int_equal(done, moves);
	qsort(waits, moves, sizeof(*waits), by_size);
	print_message(
		"%3u under way: %6.0f moves/s, %.1f a batch, median %.2f ms, 99%% under %.2f ms\n",
		under_way, moves / took,
		(double)moves / (double)(store_stats(store).batches - before.batches),
		waits[moves / 2] * 1e3, waits[moves * 99 / 100] * 1e3);
	close_store(store);
}

static void moves_a_second(void **state)
{
	(void)state;
	measure(1, 500);
	measure(16, 4000);
	measure(64, 10000);
	measure(256, 20000);
	assert_ledger_is_sound();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(moves_a_second)};

	return cmocka_run_group_tests_name("speed", tests, house_open, house_close);
}
