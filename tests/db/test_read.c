/* test_read.c - rows and parameters, the clock, numbers, hints. */
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

struct answer {
	struct tally tally;
	const struct rows *rows;
};

static void on_rows(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct answer *a = context;

	a->tally.ended++;
	a->tally.by[outcome]++;
	a->tally.last = outcome;
	a->rows = rows;
}

static struct answer work(const char *statement, const struct param *params, size_t count)
{
	struct answer a = {.tally = {.wanted = 1}};

	store_work(store, house.arena, statement, params, count, on_rows, &a);
	assert_int_equal(a.tally.ended, 0);
	assert_true(turn_until(all_ended, &a.tally, 10));
	return a;
}

static void cells_arrive_as_what_they_are(void **state)
{
	struct answer a = work("select 7::bigint, true, null, ''::text, '\\x00ff'::bytea, "
			       "'0196a1b2-0000-7000-8000-00000000000a'::uuid "
			       "union all select null, false, 'x', 'y', null, null",
			       NULL, 0);

	(void)state;
	assert_int_equal(a.tally.last, STORE_DONE);
	assert_int_equal(a.rows->count, 2);
	assert_int_equal(a.rows->columns, 6);
	assert_int_equal(row_int(a.rows, 0, 0, -1), 7);
	assert_int_equal(row_int(a.rows, 1, 0, -1), -1);
	assert_true(row_bool(a.rows, 0, 1));
	assert_false(row_bool(a.rows, 1, 1));
	assert_true(row_is_null(a.rows, 0, 2));
	assert_non_null(row_text(a.rows, 0, 3).at);
	assert_int_equal(row_text(a.rows, 0, 3).len, 0);
	assert_int_equal(row_text(a.rows, 0, 4).len, 2);
	assert_memory_equal(row_text(a.rows, 0, 4).at, "\0\xff", 2);
	assert_string_equal(id_text(row_uuid(a.rows, 0, 5)),
			    "0196a1b2-0000-7000-8000-00000000000a");
	assert_true(uuid_is_zero(row_uuid(a.rows, 1, 5)));
}

static void parameters_arrive_whole(void **state)
{
	struct text items[] = {TEXT("plain"), TEXT("a \"quoted\" \\ one, {two}"), TEXT_NONE,
			       TEXT(""), TEXT("NULL")};
	struct text cut = {"cut here", 3};
	struct param params[] = {param_int(house.arena, INT64_MIN),
				 param_uuid(house.arena, (struct uuid){{0}}),
				 param_instant(house.arena, INT64_C(1774747800123457)),
				 param_instant(house.arena, NEVER_US),
				 param_array(house.arena, items, 5),
				 PARAM(cut),
				 PARAM_BYTES(TEXT("\0\1"))};
	struct answer a =
		work("select $1::bigint, $2::uuid is null, us($3::timestamptz), $4::timestamptz is "
		     "null, $5::text[] = array['plain', "
		     "'a \"quoted\" \\ one, {two}', null, '', 'NULL'], $6::text, $7::bytea",
		     params, 7);

	(void)state;
	assert_int_equal(a.tally.last, STORE_DONE);
	assert_true(row_int(a.rows, 0, 0, 0) == INT64_MIN);
	assert_true(row_bool(a.rows, 0, 1));
	assert_int_equal(row_int(a.rows, 0, 2, 0), INT64_C(1774747800123457));
	assert_true(row_bool(a.rows, 0, 3));
	assert_true(row_bool(a.rows, 0, 4));
	assert_true(text_is(row_text(a.rows, 0, 5), "cut"));
	assert_memory_equal(row_text(a.rows, 0, 6).at, "\0\1", 2);
}

static void faults_are_told_apart(void **state)
{
	struct param nul = PARAM(TEXT("a\0b")), zero = PARAM(TEXT("0"));

	(void)state;
	report_set_level(REPORT_ERROR + 1);
	assert_int_equal(work("select 1 / $1::int", &zero, 1).tally.last, STORE_BUG);
	assert_int_equal(work("select nonsense", NULL, 0).tally.last, STORE_BUG);
	assert_int_equal(work("select nonsense", NULL, 0).tally.last, STORE_BUG);
	assert_int_equal(work("select $1::text", &nul, 1).tally.last, STORE_BUG);
	report_set_level(REPORT_ERROR);
}

static void a_slow_statement_ends_in_timeout(void **state)
{
	struct config config = house.config;
	struct answer a = {.tally = {.wanted = 1}};
	struct store *hasty;

	(void)state;
	config.statement_timeout_ms = 200;
	hasty = open_store(&config);
	report_set_level(REPORT_ERROR + 1);
	store_work(hasty, house.arena, "select pg_sleep(30)", NULL, 0, on_rows, &a);
	assert_true(turn_until(all_ended, &a.tally, 10));
	assert_int_equal(a.tally.last, STORE_TIMEOUT);
	report_set_level(REPORT_ERROR);
	close_store(hasty);
}

static void a_changed_table_costs_one_new_connection(void **state)
{
	static const char *const statement = "select * from changing";

	(void)state;
	sql("create table changing (a int); grant select on changing to concordat_service");
	assert_int_equal(work(statement, NULL, 0).tally.last, STORE_DONE);
	sql("alter table changing add b int");
	report_set_level(REPORT_ERROR + 1);
	assert_int_equal(work(statement, NULL, 0).tally.last, STORE_AWAY);
	assert_true(turn_until(is_ready, store, 10));
	report_set_level(REPORT_ERROR);
	assert_int_equal(work(statement, NULL, 0).rows->columns, 2);
}

static void many_reads_come_back_each_to_its_own(void **state)
{
	struct answer answers[500];
	unsigned int ended = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct param n = param_int(house.arena, i);

		answers[i] = (struct answer){.tally = {.wanted = 1}};
		store_read(store, house.arena, house.authority, "select $1::int", &n, 1, on_rows,
			   &answers[i]);
	}
	for (int i = 0; i < 500; i++) {
		assert_true(turn_until(all_ended, &answers[i].tally, 10));
		assert_int_equal(row_int(answers[i].rows, 0, 0, -1), i);
		ended += answers[i].tally.ended;
	}
	assert_int_equal(ended, 500);
}

static void the_clock_is_the_databases(void **state)
{
	int64_t before, after, now;

	(void)state;
	work("select 1", NULL, 0);
	before = number("select us(clock_timestamp())");
	now = store_now_us(store);
	after = number("select us(clock_timestamp())");
	assert_in_range(now, before - 5000, after + 5000);
	assert_in_range(store_clock_offset_us(store) + 5000, 0, 10000);
	assert_false(store_is_rehearsal(store));
}

static void a_rehearsal_stands_still_between_answers(void **state)
{
	(void)state;
	sql("insert into rehearsal (protocol_at) values ('2027-01-04 09:00:00.000001+00')");
	assert_int_equal(work("select 1", NULL, 0).tally.last, STORE_DONE);
	assert_true(store_is_rehearsal(store));
	assert_int_equal(store_now_us(store), INT64_C(1799053200000001));
	sql("update rehearsal set protocol_at = protocol_at + interval '1 day'");
	assert_int_equal(store_now_us(store), INT64_C(1799053200000001));
	assert_int_equal(append_now(store, move_of(house.authority, new_id(), 0, 1)), STORE_DONE);
	assert_int_equal(store_now_us(store), INT64_C(1799139600000001));
	sql("delete from rehearsal");
	assert_int_equal(work("select 1", NULL, 0).tally.last, STORE_DONE);
	assert_false(store_is_rehearsal(store));
}

#define NUMBERS 200

struct numbers {
	unsigned int count;
	int64_t got[NUMBERS];
};

static void on_number(enum store_outcome outcome, int64_t n, void *context)
{
	struct numbers *numbers = context;

	assert_int_equal(outcome, STORE_DONE);
	numbers->got[numbers->count++] = n;
}

static bool has_all_numbers(void *context)
{
	return ((struct numbers *)context)->count == NUMBERS;
}

static void two_daemons_never_give_the_same_number(void **state)
{
	struct store *other = open_store(&house.config);
	struct numbers numbers = {0};

	(void)state;
	for (int i = 0; i < NUMBERS; i++)
		store_next_number(i % 3 ? store : other, on_number, &numbers);
	assert_int_equal(numbers.count, 0);
	assert_true(turn_until(has_all_numbers, &numbers, 10));
	for (int i = 0; i < NUMBERS; i++) {
		assert_true(numbers.got[i] >= 1000001);
		for (int k = 0; k < i; k++)
			assert_true(numbers.got[i] != numbers.got[k]);
	}
	close_store(other);
}

static void on_hint(void *context)
{
	++*(unsigned int *)context;
}

static bool is_positive(void *context)
{
	return *(unsigned int *)context > 0;
}

static void another_daemon_hears_of_an_append_but_not_of_each(void **state)
{
	struct store *other = open_store(&house.config);
	struct tally done = {.wanted = 400};
	unsigned int hints = 0;

	(void)state;
	/* It listens once its first statement is through. */
	assert_int_equal(work("select 1", NULL, 0).tally.last, STORE_DONE);
	store_on_hint(other, on_hint, &hints);
	for (int i = 0; i < 400; i++)
		store_append(store, move_of(house.authority, new_id(), 0, 1), on_appended, &done);
	assert_true(turn_until(all_ended, &done, 20));
	assert_true(turn_until(is_positive, &hints, 5));
	assert_true(hints < 100);
	close_store(other);
}

static void too_many_waiting_are_away(void **state)
{
	struct config config = house.config;
	struct answer answers[100];
	struct store *small;
	unsigned int away = 0;

	(void)state;
	config.queue_moves = 5;
	config.readers = 1;
	small = open_store(&config);
	for (int i = 0; i < 100; i++) {
		answers[i] = (struct answer){.tally = {.wanted = 1}};
		store_read(small, house.arena, house.authority, "select 1", NULL, 0, on_rows,
			   &answers[i]);
	}
	for (int i = 0; i < 100; i++) {
		assert_true(turn_until(all_ended, &answers[i].tally, 10));
		away += answers[i].tally.by[STORE_AWAY];
	}
	/* 32 under way and five waiting */
	assert_int_equal(away, 63);
	close_store(small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_arrive_as_what_they_are),
		cmocka_unit_test(parameters_arrive_whole),
		cmocka_unit_test(faults_are_told_apart),
		cmocka_unit_test(a_slow_statement_ends_in_timeout),
		cmocka_unit_test(a_changed_table_costs_one_new_connection),
		cmocka_unit_test(many_reads_come_back_each_to_its_own),
		cmocka_unit_test(the_clock_is_the_databases),
		cmocka_unit_test(a_rehearsal_stands_still_between_answers),
		cmocka_unit_test(two_daemons_never_give_the_same_number),
		cmocka_unit_test(another_daemon_hears_of_an_append_but_not_of_each),
		cmocka_unit_test(too_many_waiting_are_away),
	};

	return cmocka_run_group_tests_name("read", tests, open_all, close_all);
}
