/*
 * test_dispatch.c - what waits to go out, where its claim, the record of a try and a replay
 * overlap.
 */
#include <unistd.h>

#include "house.h"
#include "queries.h"

#define WEBHOOK "00000000-0000-0000-0000-0000000000c1"
#define DELIVERY "00000000-0000-0000-0000-0000000000d1"
#define USER "00000000-0000-0000-0000-0000000000b1"
#define KEY "00000000-0000-0000-0000-0000000000e1"
#define DIGEST "\\x0000000000000000000000000000000000000000000000000000000000000000"
#define CLAIM "from dispatch_claim('webhook', 10, 60000, 8)"
#define POLL_US 5000
#define POLLS_MOST 2000

static void make_one_that_waits(void)
{
	const char *owner = id_text(house.provider);

	sql("insert into app_user (id, name, email) values ('" USER "', 'A', 'a@example')");
	sqlf("insert into webhook (id, organisation_id, url, secret, created_by) values ('" WEBHOOK
	     "', '%s', 'https://hook.example', 's', '" USER "')",
	     owner);
	sqlf("insert into delivery (id, recipient_id, channel, kind, subject, body, state, "
	     "created_at, dispatch_id, target) values ('" DELIVERY "', '%s', 'webhook', 'test', "
	     "'test', '{}', 'queued', now(), '" DELIVERY "', '" WEBHOOK "')",
	     owner);
	sqlf("insert into dispatch (id, channel, target, recipient_id, next_try_real) values "
	     "('" DELIVERY "', 'webhook', '" WEBHOOK "', '%s', now())",
	     owner);
}

static void record_taken(void)
{
	static const char *const end[] = {"{" DELIVERY "}", "{1}",   "{taken}", "{200}",
					  "{NULL}",	    "{200}", "{f}"};
	PGresult *result = PQexecParams(house.conn, SQL_JOBS_TRIED, 7, NULL, end, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s", PQresultErrorMessage(result));
	assert_string_equal(PQgetvalue(result, 0, 1), "delivered");
	PQclear(result);
}

static void wait_until_it_waits(PGconn *conn)
{
	const char *waits =
		text_cstr(house.arena, text_printf(house.arena,
						   "select count(*) from pg_locks where pid = %d "
						   "and not granted",
						   PQbackendPID(conn)));

	for (int i = 0; i < POLLS_MOST; i++) {
		if (number(waits))
			return;
		usleep(POLL_US);
	}
	fail_msg("the replay does not wait for who has its key");
}

/* Whoever has the replay's key keeps it standing, what it looked at seen, while the first try is
 * made and taken. */
static void a_replay_that_overlaps_the_first_try_stops_no_claim(void **state)
{
	PGconn *holder = PQconnectdb(house.owner), *replayer = PQconnectdb(house.owner);
	const char *params[] = {
		WEBHOOK, id_text(house.provider), DELIVERY, NULL, NULL, "f", "1000", USER, KEY,
		DIGEST};
	PGresult *result;

	(void)state;
	make_one_that_waits();
	PQclear(PQexec(holder, "begin"));
	PQclear(PQexec(holder,
		       "insert into idempotency (user_id, key, request_sha256, "
		       "authority_id, stream_id, first_seq, last_seq, version, recorded_at) "
		       "values ('" USER "', '" KEY "', '" DIGEST "', '" USER "', '" USER
		       "', 0, 0, 0, now())"));
	assert_true(
		PQsendQueryParams(replayer, SQL_WEBHOOK_REPLAY, 10, NULL, params, NULL, NULL, 0));
	PQflush(replayer);
	wait_until_it_waits(replayer);
	assert_string_equal(sql("select number " CLAIM), "1");
	record_taken();
	PQclear(PQexec(holder, "rollback"));
	while ((result = PQgetResult(replayer))) {
		assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
		PQclear(result);
	}
	assert_string_equal(sql("select number || ' ' || term " CLAIM), "1 2");
	assert_string_equal(sql("select string_agg(attempt::text, ' ' order by attempt) from "
				"delivery_attempt where dispatch_id = '" DELIVERY "'"),
			    "1 2");
	PQfinish(holder);
	PQfinish(replayer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replay_that_overlaps_the_first_try_stops_no_claim),
	};

	return cmocka_run_group_tests_name("dispatch", tests, house_open, house_close);
}
