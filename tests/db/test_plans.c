/*
 * test_plans.c - how PostgreSQL answers a statement once its tables are full.
 *
 * Eighty authorities, 24,000 placements, 192,000 actions due, 50,000 messages; under row-level
 * security, as a reading connection asks. What one organisation asks for is found by index,
 * whatever the others have: a plan that reads a whole table of everybody's is a failure.
 */
#include "house.h"
#include "queries.h"

#define AUTHORITIES 80
#define PROVIDERS 400
#define PLACEMENTS 24000
#define MOST_COST 4000.0 /* all actions due of everybody cost twice that */
#define MESSAGES 50000
#define MOST_PAGE_COST 300.0 /* all messages of the asker cost ten times that */

static struct store *store;
static struct uuid auth, prov; /* one as any other */

static void fill(void)
{
	sqlf("insert into organisation (id, kind, name) select ('00000000-0000-4000-8000-' || "
	     "lpad(i::text, 12, '0'))::uuid, case when i <= %d then 'authority' else 'provider' "
	     "end, 'Example ' || i from generate_series(1, %d) i",
	     AUTHORITIES, AUTHORITIES + PROVIDERS);
	sqlf("create temp table made as select gen_random_uuid() as id, i, "
	     "('00000000-0000-4000-8000-' || lpad((1 + i %% %d)::text, 12, '0'))::uuid as a, "
	     "('00000000-0000-4000-8000-' || lpad((%d + 1 + i %% %d)::text, 12, '0'))::uuid as p "
	     "from generate_series(1, %d) i",
	     AUTHORITIES, AUTHORITIES, PROVIDERS, PLACEMENTS);
	sql("insert into placement (authority_id, id, reference, person_id, stage, setting, "
	    "urgency, provider_id, opened_at, changed_at) select a, id, 'PL-' || i, "
	    "gen_random_uuid(), 'in_force', 'residential', 'ordinary', p, now(), now() from made");
	sql("insert into placement_party (organisation_id, placement_id, authority_id, side, "
	    "since, version, entries, stage) select case s when 'provider' then p else a end, id, "
	    "a, s, now(), 9, 9, 'in_force' from made, unnest(array['commissioner', 'provider']) s");
	sql("insert into obligation (authority_id, stream_id, seq, n, kind, owed_by, owed_by_id, "
	    "thread, due_at, state, closed_at, provider_entry) select a, id, n, 1, 'respond', "
	    "case n % 2 when 0 then 'provider' else 'commissioner' end, case n % 2 when 0 then p "
	    "else a end, 1, now() - n * interval '9 days', case n % 3 when 0 then 'met_late' else "
	    "'met' end, now() - n * interval '8 days', n from made, generate_series(1, 8) n");
	sql("drop table made");
	sql("update obligation set known_at = now() - seq * interval '1 day'");
	sql("insert into obligation_was (authority_id, stream_id, seq, n, known_at, until_at, "
	    "owed_by, "
	    "owed_by_id, due_at, state) select authority_id, stream_id, seq, n, known_at - "
	    "interval "
	    "'30 days', known_at, owed_by, owed_by_id, due_at, 'open' from obligation where seq <= "
	    "4");
	sqlf("insert into delivery (id, recipient_id, channel, kind, subject, body, state, "
	     "created_at, "
	     "dispatch_id, read_real) select (lpad(to_hex(i), 8, '0') || "
	     "'-0000-7000-8000-000000000000')::uuid, '00000000-0000-4000-8000-000000000123', "
	     "'email', "
	     "'receipt', 'A', 'A', case i %% 1000 when 7 then 'failed' when 8 then 'queued' else "
	     "'sent' end, now(), gen_random_uuid(), case i %% 500 when 0 then now() end from "
	     "generate_series(1, %d) i",
	     MESSAGES);
	sql("insert into dispatch (id, channel, recipient_id, state) select dispatch_id, 'email', "
	    "recipient_id, case when id::text like '_____0%' then 'sending' else 'queued' end from "
	    "delivery where state = 'queued'");
	sql("analyze");
	auth = (struct uuid){{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 7}};
	prov = (struct uuid){{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 1, 0x23}};
}

static int open_all(void **state)
{
	if (house_open(state))
		return -1;
	fill();
	store = open_store(&house.config);
	return 0;
}

static int close_all(void **state)
{
	close_store(store);
	return house_close(state);
}

struct look {
	struct tally tally;
	struct text plan; /* its lines */
};

static void on_plan(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct look *look = context;
	struct writer w;

	look->tally.ended++;
	look->tally.last = outcome;
	writer_init(&w, house.arena);
	for (size_t i = 0; outcome == STORE_DONE && i < rows->count; i++) {
		writer_put(&w, row_text(rows, i, 0));
		writer_char(&w, '\n');
	}
	look->plan = writer_text(&w);
}

static const char *plan_of(struct uuid organisation, const char *statement, struct param *params,
			   size_t count)
{
	struct look look = {.tally = {.wanted = 1}};
	struct text asked = text_printf(house.arena, "explain %s", statement);

	store_read(store, house.arena, organisation, text_cstr(house.arena, asked), params, count,
		   on_plan, &look);
	assert_true(turn_until(all_ended, &look.tally, 20));
	assert_int_equal(look.tally.last, STORE_DONE);
	return text_cstr(house.arena, look.plan);
}

/* What of it is read whole, whoever's it is; NULL: nothing. */
static const char *read_whole(const char *plan)
{
	static const char *const tables[] = {
		"Seq Scan on obligation ", "Seq Scan on obligation_was ", "Seq Scan on placement ",
		"Seq Scan on placement_party ", "Seq Scan on fact "};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (strstr(plan, tables[i]))
			return tables[i];
	return NULL;
}

static void assert_by_index(const char *plan)
{
	const char *cost = strstr(plan, "..");

	if (read_whole(plan))
		fail_msg("%s\n%s", read_whole(plan), plan);
	if (!strstr(plan, "using obligation_") && !strstr(plan, "on obligation_"))
		fail_msg("no index of obligation\n%s", plan);
	if (!cost || strtod(cost + 2, NULL) > MOST_COST)
		fail_msg("it costs too much\n%s", plan);
}

static void assert_report_by_index(struct uuid organisation, int64_t from_us, const char *side,
				   const char *duty)
{
	struct param params[6] = {param_uuid(house.arena, organisation),
				  param_instant(house.arena, from_us),
				  param_instant(house.arena, NEVER_US),
				  PARAM(text_of(side)),
				  PARAM(text_of(duty)),
				  PARAM(TEXT("infinity"))};

	assert_by_index(plan_of(organisation, SQL_REPORT_TIMESCALES, params, 6));
	params[5] = param_instant(house.arena, INT64_C(1780000000000000));
	assert_by_index(plan_of(organisation, SQL_REPORT_TIMESCALES, params, 6));
	assert_by_index(plan_of(organisation, SQL_REPORT_CHANGES, params, 6));
}

static void the_scorecard_reads_what_is_the_askers_by_index(void **state)
{
	const struct uuid askers[] = {auth, prov};

	(void)state;
	assert_int_equal(number("select count(*) from obligation"), 8 * PLACEMENTS);
	for (size_t i = 0; i < 2; i++) {
		assert_report_by_index(askers[i], NEVER_US, NULL, NULL);
		assert_report_by_index(askers[i], INT64_C(1770000000000000), NULL, NULL);
		assert_report_by_index(askers[i], NEVER_US, "provider", "respond");
	}
}

static void on_placements(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct tally *tally = context;

	tally->ended++;
	tally->last = outcome;
	tally->leaf = outcome == STORE_DONE ? (int64_t)rows->count : 0;
}

/* They have another home now, or none; a score of the former one still moves a fee. */
static void a_homes_placements_are_its_providers_and_found_by_index(void **state)
{
	const struct uuid owner = {{0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x87}};
	const struct uuid home = {{9}};
	struct param params[5] = {param_uuid(house.arena, auth), param_uuid(house.arena, home),
				  param_uuid(house.arena, (struct uuid){{0}}),
				  param_uuid(house.arena, home), param_int(house.arena, 128)};
	struct tally tally = {.wanted = 1};
	const char *plan;

	(void)state;
	sqlf("insert into home (id, organisation_id, name) values ('%s', '%s', 'Larch House')",
	     text_cstr(house.arena, uuid_text(house.arena, home)),
	     text_cstr(house.arena, uuid_text(house.arena, owner)));
	plan = plan_of(auth, SQL_HOMES_FOLLOW_NEXT, params, 5);
	if (read_whole(plan))
		fail_msg("%s\n%s", read_whole(plan), plan);
	store_read(store, house.arena, auth, SQL_HOMES_FOLLOW_NEXT, params, 5, on_placements,
		   &tally);
	assert_true(turn_until(all_ended, &tally, 20));
	assert_int_equal(tally.last, STORE_DONE);
	assert_int_equal(tally.leaf, PLACEMENTS / PROVIDERS);
}

static void assert_page_by_index(const char *state, const char *read, const char *index)
{
	struct param params[8] = {param_uuid(house.arena, prov),
				  PARAM(TEXT_NONE),
				  PARAM(text_of(state)),
				  PARAM(TEXT_NONE),
				  PARAM(TEXT_NONE),
				  PARAM(text_of(read)),
				  PARAM(TEXT_NONE),
				  param_int(house.arena, 51)};
	const char *plan = plan_of(prov, SQL_DELIVERIES_LIST, params, 8);
	const char *cost = strstr(plan, "..");

	if (!strstr(plan, index) || strstr(plan, "Seq Scan on delivery ") || !cost ||
	    strtod(cost + 2, NULL) > MOST_PAGE_COST)
		fail_msg("%s, read %s: not by %s\n%s", state, read, index, plan);
}

static void a_page_of_messages_is_found_by_their_state_and_whether_they_are_read(void **state)
{
	static const char *const few[] = {"failed", "unknown", "queued", "delivered"};

	(void)state;
	for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++)
		assert_page_by_index(few[i], NULL, "delivery_state");
	assert_page_by_index("sending", NULL, "delivery_dispatch");
	assert_page_by_index("sent", NULL, "delivery_");
	assert_page_by_index(NULL, "true", "delivery_read");
	assert_page_by_index(NULL, "false", "delivery_");
}

/* So that the one above can fail. */
static void a_statement_that_no_index_serves_is_found_out(void **state)
{
	const char *plan =
		plan_of(auth, "select max(due_at) from obligation where thread = 1", NULL, 0);

	(void)state;
	if (!read_whole(plan))
		fail_msg("%s", plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_scorecard_reads_what_is_the_askers_by_index),
		cmocka_unit_test(a_homes_placements_are_its_providers_and_found_by_index),
		cmocka_unit_test(
			a_page_of_messages_is_found_by_their_state_and_whether_they_are_read),
		cmocka_unit_test(a_statement_that_no_index_serves_is_found_out),
	};

	return cmocka_run_group_tests_name("plans", tests, open_all, close_all);
}
