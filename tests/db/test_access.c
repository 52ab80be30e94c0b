/* test_access.c - what each role may do in the database, and what a reading connection sees. */
#include "house.h"

static struct store *store;
static struct uuid stream;

static int open_all(void **state)
{
	struct append *a;

	if (house_open(state))
		return -1;
	store = open_store(&house.config);
	stream = new_id();
	a = keyed(move_of(house.authority, stream, 0, 2), house.provider, new_id());
	a->new_person_key = TEXT("wrapped");
	return append_now(store, a) == STORE_DONE ? 0 : -1;
}

static int close_all(void **state)
{
	close_store(store);
	return house_close(state);
}

/* The SQLSTATE that a role gets for a statement; "00000" when it is let. */
static const char *refused(const char *role, const char *statement)
{
	PGconn *conn = PQconnectdb(as_role(house.owner, role));
	PGresult *result = PQexec(conn, statement);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *answer = sqlstate ? text_cstr(house.arena, text_of(sqlstate)) : "00000";

	PQclear(result);
	PQfinish(conn);
	return answer;
}

static void a_fact_can_only_be_added(void **state)
{
	(void)state;
	assert_string_equal(refused("concordat_service", "update fact set body = ''"), "42501");
	assert_string_equal(refused("concordat_service", "delete from fact"), "42501");
	assert_string_equal(refused("concordat_service", "truncate fact"), "42501");
	assert_string_equal(refused("concordat_service", "delete from placement"), "42501");
	assert_string_equal(refused("concordat_service", "update personal_text set sealed = ''"),
			    "42501");
	assert_string_equal(
		refused("concordat_service", "alter table fact disable row level security"),
		"42501");
	assert_string_equal(refused("concordat_service", "create table mine (n int)"), "42501");
	assert_string_equal(refused("concordat_service", "select count(*) from fact"), "00000");
	assert_int_equal(facts_of(stream), 2);
}

static void a_reader_writes_nothing_but_its_own_access(void **state)
{
	(void)state;
	assert_string_equal(
		refused("concordat_reader", "insert into log_head values (gen_random_uuid(), 0)"),
		"42501");
	assert_string_equal(refused("concordat_reader", "update placement set stage = 'x'"),
			    "42501");
	assert_string_equal(refused("concordat_reader", "delete from fact"), "42501");
	assert_string_equal(refused("concordat_reader",
				    "insert into personal_access values (gen_random_uuid(), "
				    "gen_random_uuid(), gen_random_uuid(), "
				    "gen_random_uuid(), gen_random_uuid(), 1, now())"),
			    "42501");
}

struct look {
	struct tally tally;
	struct arena *arena;
	int64_t count;
};

static void on_count(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct look *look = context;

	look->tally.ended++;
	look->tally.last = outcome;
	look->count = outcome == STORE_DONE ? row_int(rows, 0, 0, -1) : -1;
}

static int64_t seen_by(struct uuid organisation, const char *statement)
{
	struct look look = {.tally = {.wanted = 1}};

	store_read(store, house.arena, organisation, statement, NULL, 0, on_count, &look);
	assert_true(turn_until(all_ended, &look.tally, 10));
	assert_int_equal(look.tally.last, STORE_DONE);
	return look.count;
}

/* Every table whose rows hang on a placement, with a row each. */
static const char *const everything[] = {
	"select count(*) from stream",	  "select count(*) from fact",
	"select count(*) from placement", "select count(*) from obligation",
	"select count(*) from person",	  "select count(*) from placement_party",
};

static void parties_see_their_placement_and_others_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(everything) / sizeof(everything[0]); i++) {
		assert_true(seen_by(house.authority, everything[i]) > 0);
		assert_true(seen_by(house.provider, everything[i]) > 0);
		assert_int_equal(seen_by(house.other_provider, everything[i]), 0);
		assert_int_equal(seen_by(house.other_authority, everything[i]), 0);
		assert_int_equal(seen_by((struct uuid){{0}}, everything[i]), 0);
	}
}

static void whose_part_is_over_sees_nothing_of_it(void **state)
{
	(void)state;
	sqlf("update placement_party set until = now() where organisation_id = '%s'",
	     id_text(house.provider));
	for (size_t i = 0; i + 1 < sizeof(everything) / sizeof(everything[0]); i++) {
		assert_int_equal(seen_by(house.provider, everything[i]), 0);
		assert_true(seen_by(house.authority, everything[i]) > 0);
	}
	sqlf("update placement_party set until = null where organisation_id = '%s'",
	     id_text(house.provider));
	assert_true(seen_by(house.provider, everything[0]) > 0);
}

static void who_pays_a_share_sees_no_action_due_of_another(void **state)
{
	(void)state;
	sqlf("update placement_party set side = 'co_payer' where organisation_id = '%s'",
	     id_text(house.provider));
	assert_true(seen_by(house.provider, "select count(*) from fact") > 0);
	assert_int_equal(seen_by(house.provider, "select count(*) from obligation"
						 " where owed_by_id is distinct from "
						 "reading_organisation()"),
			 0);
	sqlf("update placement_party set side = 'provider' where organisation_id = '%s'",
	     id_text(house.provider));
	assert_true(seen_by(house.provider, "select count(*) from obligation") > 0);
}

static void who_provides_a_home_reads_what_is_recorded_of_it_but_how_a_resident_was(void **state)
{
	static const char *const facts = "select count(*) from fact where kind in "
					 "('flag_raised', 'check_confirmed')";
	const char *home = id_text(new_id());

	(void)state;
	sqlf("insert into home (id, organisation_id, name, address) values ('%s', '%s', 'Example', "
	     "'Example')",
	     home, id_text(house.other_provider));
	sqlf("insert into stream (authority_id, stream_id, kind, seq) values "
	     "('%s', '%s', 'home', 2)",
	     id_text(house.other_authority), home);
	sqlf("insert into fact (authority_id, stream_id, seq, recorded_at, header, leaf_index, "
	     "leaf_hash, body, nonce, kind, occurred_at) "
	     "select '%s', '%s', n, now(), '', n, decode(repeat('ab', 32), 'hex'), '', "
	     "decode(repeat('cd', 16), 'hex'), "
	     "case n when 1 then 'flag_raised' else 'check_confirmed' end, now() "
	     "from generate_series(1, 2) n",
	     id_text(house.other_authority), home);
	assert_int_equal(seen_by(house.other_authority, facts), 2);
	assert_int_equal(seen_by(house.other_provider, facts), 1);
	assert_int_equal(seen_by(house.other_provider, "select count(*) from stream"), 1);
	assert_int_equal(seen_by(house.provider, facts), 0);
	assert_int_equal(seen_by(house.authority, facts), 0);
}

static void without_an_organisation_a_reader_sees_nothing(void **state)
{
	PGconn *conn = PQconnectdb(as_role(house.owner, "concordat_reader"));

	(void)state;
	for (size_t i = 0; i < sizeof(everything) / sizeof(everything[0]); i++) {
		PGresult *result = PQexec(conn, everything[i]);

		assert_string_equal(PQgetvalue(result, 0, 0), "0");
		PQclear(result);
	}
	PQfinish(conn);
}

static void the_organisation_ends_with_its_segment(void **state)
{
	(void)state;
	/* The setting of the read before would show on the same connection. */
	for (int i = 0; i < 20; i++) {
		assert_true(seen_by(house.provider, everything[1]) > 0);
		assert_int_equal(seen_by(house.other_provider, everything[1]), 0);
	}
}

static void a_key_is_seen_by_those_whose_member_used_it(void **state)
{
	static const char *const keys = "select count(*) from idempotency";

	(void)state;
	assert_int_equal(seen_by(house.authority, keys), 0);
	sqlf("insert into app_user (id, name, email) values ('%s', 'Example', 'a@example.org'); "
	     "insert into membership values ('%s', '%s', 'negotiator')",
	     id_text(house.provider), id_text(house.provider), id_text(house.provider));
	assert_int_equal(seen_by(house.provider, keys), 1);
	assert_int_equal(seen_by(house.authority, keys), 0);
}

static void every_table_of_a_placement_is_under_row_level_security(void **state)
{
	(void)state;
	assert_string_equal(sql("select coalesce(string_agg(relname, ' '), 'none') from pg_class c "
				"where relkind in ('r', 'p') "
				"and relnamespace = 'public'::regnamespace and not relrowsecurity "
				"and exists (select from pg_attribute a "
				"where a.attrelid = c.oid and attname in ('stream_id', "
				"'placement_id', 'person_id', 'delivery_id'))"),
			    "none");
	assert_string_equal(sql("select count(*) from pg_class where relnamespace = "
				"'public'::regnamespace and relrowsecurity"),
			    "27");
	/* and each has a policy for the service that also checks what is written */
	assert_string_equal(sql("select count(*) from pg_class c where relnamespace = "
				"'public'::regnamespace and relrowsecurity and not exists "
				"(select from pg_policy p where p.polrelid = c.oid and polname = "
				"'serve' and polwithcheck is not null)"),
			    "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fact_can_only_be_added),
		cmocka_unit_test(a_reader_writes_nothing_but_its_own_access),
		cmocka_unit_test(parties_see_their_placement_and_others_nothing),
		cmocka_unit_test(whose_part_is_over_sees_nothing_of_it),
		cmocka_unit_test(who_pays_a_share_sees_no_action_due_of_another),
		cmocka_unit_test(without_an_organisation_a_reader_sees_nothing),
		cmocka_unit_test(the_organisation_ends_with_its_segment),
		cmocka_unit_test(a_key_is_seen_by_those_whose_member_used_it),
		cmocka_unit_test(
			who_provides_a_home_reads_what_is_recorded_of_it_but_how_a_resident_was),
		cmocka_unit_test(every_table_of_a_placement_is_under_row_level_security),
	};

	return cmocka_run_group_tests_name("access", tests, open_all, close_all);
}
