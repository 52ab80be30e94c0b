/*
 * house.h - what every test against a real PostgreSQL needs.
 *
 * TEST_DATABASE is a keyword/value connection string of an empty database, as a superuser. Waiting
 * is by condition, with a deadline; each program links the store and includes this once.
 */
#ifndef TESTS_DB_HOUSE_H
#define TESTS_DB_HOUSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>
#include <libpq-fe.h>
#include <unistd.h>

#include "concordat/base/report.h"
#include "concordat/core/calendar.h"
#include "concordat/store/store.h"

#define UNUSED __attribute__((unused))
#define OUTCOMES (STORE_BUG + 1)

struct house {
	struct arena *arena;
	struct event_base *base;
	struct config config;
	const char *owner; /* the superuser's connection string */
	PGconn *conn;	   /* the superuser's, blocking */
	struct uuid authority, other_authority, provider, other_provider;
};

static struct house house;

/* Answers of appends or reads, counted. */
struct tally {
	unsigned int wanted, ended, by[OUTCOMES];
	int64_t leaf;
	enum store_outcome last;
};

static UNUSED const char *sql(const char *statement)
{
	PGresult *result = PQexec(house.conn, statement);
	ExecStatusType status = PQresultStatus(result);
	const char *answer = "";

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s: %s", statement, PQresultErrorMessage(result));
	if (PQntuples(result) && PQnfields(result) && !PQgetisnull(result, 0, 0))
		answer = text_cstr(house.arena, text_of(PQgetvalue(result, 0, 0)));
	PQclear(result);
	return answer;
}

#define sqlf(...) sql(text_cstr(house.arena, text_printf(house.arena, __VA_ARGS__)))

static UNUSED long long number(const char *statement)
{
	return strtoll(sql(statement), NULL, 10);
}

static UNUSED const char *id_text(struct uuid id)
{
	return uuid_text(house.arena, id).at;
}

static UNUSED struct uuid new_id(void)
{
	return uuid_new(INT64_C(1770000000000000));
}

static UNUSED const char *as_role(const char *conninfo, const char *role)
{
	return text_cstr(house.arena, text_printf(house.arena, "%s user=%s", conninfo, role));
}

static UNUSED struct uuid new_organisation(const char *kind)
{
	struct uuid id = new_id();

	sqlf("insert into organisation (id, kind, name) values ('%s', '%s', 'Example')",
	     id_text(id), kind);
	if (strcmp(kind, "authority") == 0)
		sqlf("insert into authority (id, division, protocol_id, protocol_version) "
		     "values ('%s', 'england-and-wales', 'example', 1)",
		     id_text(id));
	return id;
}

static UNUSED void house_config(struct config *config, const char *conninfo)
{
	memset(config, 0, sizeof(*config));
	config->database = as_role(conninfo, "concordat_service");
	config->database_reader = as_role(conninfo, "concordat_reader");
	config->database_owner = conninfo;
	config->readers = 2;
	config->batch_streams = 32;
	config->queue_moves = 4096;
	config->statement_timeout_ms = 10000;
}

static UNUSED int house_open(void **state)
{
	const char *conninfo = getenv("TEST_DATABASE");
	struct text why = TEXT_NONE;

	(void)state;
	if (!conninfo) {
		fprintf(stderr, "set TEST_DATABASE to an empty database, as its superuser\n");
		return -1;
	}
	report_set_level(REPORT_ERROR);
	house.arena = arena_new();
	house.base = event_base_new();
	house.owner = conninfo;
	house_config(&house.config, conninfo);
	if (store_migrate(&house.config, false, house.arena, &why)) {
		fprintf(stderr, "%.*s\n", TEXT_FMT(why));
		return -1;
	}
	house.conn = PQconnectdb(conninfo);
	house.authority = new_organisation("authority");
	house.other_authority = new_organisation("authority");
	house.provider = new_organisation("provider");
	house.other_provider = new_organisation("provider");
	return PQstatus(house.conn) == CONNECTION_OK ? 0 : -1;
}

static UNUSED int house_close(void **state)
{
	(void)state;
	PQfinish(house.conn);
	event_base_free(house.base);
	arena_free(house.arena);
	return 0;
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	*(bool *)context = true;
}

/* Turns the loop until the condition holds. */
static UNUSED bool turn_until(bool (*holds)(void *), void *context, int seconds)
{
	bool late = false;
	struct event *deadline = evtimer_new(house.base, on_deadline, &late);

	event_add(deadline, &(struct timeval){.tv_sec = seconds});
	while (!holds(context) && !late)
		event_base_loop(house.base, EVLOOP_ONCE);
	event_free(deadline);
	return holds(context);
}

static UNUSED bool all_ended(void *context)
{
	const struct tally *t = context;

	return t->ended >= t->wanted;
}

static UNUSED bool is_ready(void *context)
{
	return store_ready(context);
}

static UNUSED struct store *open_store(const struct config *config)
{
	struct text why = TEXT_NONE;
	struct store *store = store_new(house.base, config, house.arena, &why);

	if (!store)
		fail_msg("%.*s", TEXT_FMT(why));
	assert_true(turn_until(is_ready, store, 10));
	return store;
}

static UNUSED void on_store_drained(void *context)
{
	*(bool *)context = true;
}

static UNUSED bool is_true(void *context)
{
	return *(bool *)context;
}

static UNUSED void close_store(struct store *store)
{
	bool drained = false;

	store_drain(store, on_store_drained, &drained);
	assert_true(turn_until(is_true, &drained, 20));
	store_free(store);
}

static UNUSED void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct tally *t = context;

	t->ended++;
	t->by[outcome]++;
	t->last = outcome;
	t->leaf = first_leaf_index;
}

/* A placement's move of n facts with one of everything: two parties, an obligation, a list row. */
static UNUSED struct append *move_of(struct uuid authority, struct uuid stream, int32_t expected,
				     int n)
{
	struct append *a = arena_make(house.arena, struct append);
	struct append_fact *facts = arena_array(house.arena, struct append_fact, n);
	struct append_obligation *o = arena_make(house.arena, struct append_obligation);
	struct append_party *parties = arena_array(house.arena, struct append_party, 2);

	for (int i = 0; i < n; i++) {
		facts[i].seq = expected + 1 + i;
		facts[i].kind = TEXT("offer_made");
		facts[i].header = text_printf(house.arena, "{\"seq\":%d}", facts[i].seq);
		facts[i].body = TEXT("{\"kind\":\"offer_made\"}");
		facts[i].leaf_hash = sha256(facts[i].header, TEXT_NONE, TEXT_NONE);
		facts[i].occurred_at_us = INT64_C(1770000000123457);
		facts[i].actor = house.provider;
	}
	*o = (struct append_obligation){.seq = expected + 1,
					.kind = TEXT("answer_offer"),
					.owed_by = TEXT("commissioner"),
					.state = TEXT("open"),
					.owed_by_id = authority,
					.provider_entry = 1,
					.due_at_us = INT64_C(1770000000654321),
					.next_at_us = INT64_C(1770000000654321),
					.missed_at_us = NEVER_US,
					.closed_at_us = NEVER_US,
					.not_served_us = NEVER_US};
	for (int i = 0; i < 2; i++)
		parties[i] =
			(struct append_party){.organisation = i ? house.provider : authority,
					      .side = i ? TEXT("provider") : TEXT("commissioner"),
					      .stage = TEXT("negotiating"),
					      .since_us = INT64_C(1770000000000000),
					      .until_us = NEVER_US,
					      .version = expected + n,
					      .entries = expected + n,
					      .next_due_at_us = NEVER_US};
	*a = (struct append){.authority = authority,
			     .stream = stream,
			     .expected_seq = expected,
			     .recorded_at_us = INT64_C(1770000001000001) + expected,
			     .facts = facts,
			     .fact_count = (size_t)n,
			     .obligations = o,
			     .obligation_count = 1,
			     .parties = parties,
			     .party_count = 2,
			     .reference = text_printf(house.arena, "PL-%s", id_text(stream)),
			     .stage = TEXT("negotiating"),
			     .setting = TEXT("residential"),
			     .urgency = TEXT("standard"),
			     .person = stream,
			     .provider = house.provider,
			     .weekly_p = -1,
			     .opened_at_us = INT64_C(1770000000000000),
			     .first_seq = expected + 1,
			     .version = expected + n};
	return a;
}

static UNUSED struct append *keyed(struct append *a, struct uuid user, struct uuid key)
{
	a->key_user = user;
	a->key = key;
	a->request = sha256(TEXT("request"), TEXT_NONE, TEXT_NONE);
	return a;
}

static UNUSED enum store_outcome append_now(struct store *store, const struct append *a)
{
	struct tally t = {.wanted = 1};

	store_append(store, a, on_appended, &t);
	assert_true(turn_until(all_ended, &t, 20));
	return t.last;
}

static UNUSED long long facts_of(struct uuid stream)
{
	return strtoll(sqlf("select count(*) from fact where stream_id = '%s'", id_text(stream)),
		       NULL, 10);
}

/* Nothing half done, anywhere: every stream is as long as its seq says, every log is gapless and as
 * long as its head. */
static UNUSED void assert_ledger_is_sound(void)
{
	assert_string_equal(
		sql("select count(*) from stream s left join (select authority_id, stream_id, "
		    "count(*) n, min(seq) a, "
		    "max(seq) b from fact group by 1, 2) f using (authority_id, stream_id) "
		    "where f.n is distinct from s.seq or f.a <> 1 or f.b <> s.seq"),
		"0");
	assert_string_equal(
		sql("select count(*) from log_head h left join (select authority_id, count(*) n, "
		    "min(leaf_index) a, "
		    "max(leaf_index) b from fact group by 1) f using (authority_id) "
		    "where coalesce(f.n, 0) <> h.size or f.a <> 0 or f.b <> h.size - 1"),
		"0");
	assert_string_equal(sql("select count(*) from idempotency i left join stream s using "
				"(authority_id, stream_id) "
				"where s.seq is null or s.seq < i.last_seq"),
			    "0");
}

#endif
