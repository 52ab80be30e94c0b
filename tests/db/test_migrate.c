/* test_migrate.c - migrations, their lock, their roles, and what a daemon says of a schema that
 * does not fit. */
#include "house.h"

#include <sys/wait.h>

static const char *empty_database(const char *name)
{
	sqlf("drop database if exists %s with (force)", name);
	sqlf("create database %s", name);
	return text_cstr(house.arena, text_printf(house.arena, "%s dbname=%s", house.owner, name));
}

static void drop_database(const char *name)
{
	sqlf("drop database %s with (force)", name);
}

static void twice_changes_nothing(void **state)
{
	const char *before =
		sql("select string_agg(version || name || applied_real, ' ') from schema_version");
	struct text why = TEXT_NONE;

	(void)state;
	assert_int_equal(store_migrate(&house.config, false, house.arena, &why), 0);
	assert_int_equal(store_migrate(&house.config, true, house.arena, &why), 0);
	assert_string_equal(
		sql("select string_agg(version || name || applied_real, ' ') from schema_version"),
		before);
	assert_int_equal(number("select max(version) from schema_version"), store_schema_wanted());
}

static void of_two_at_once_one_migrates_and_the_other_waits(void **state)
{
	struct config config;
	int status;

	(void)state;
	house_config(&config, empty_database("concordat_twice"));
	for (int i = 0; i < 2; i++) {
		if (fork() == 0) {
			struct text why = TEXT_NONE;

			_exit(store_migrate(&config, false, house.arena, &why));
		}
	}
	for (int i = 0; i < 2; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	drop_database("concordat_twice");
}

static void a_newer_schema_is_refused(void **state)
{
	struct text why = TEXT_NONE;
	struct store *store;

	(void)state;
	sql("insert into schema_version (version, name) values (9999, '9999_from_the_future')");
	assert_int_not_equal(store_migrate(&house.config, false, house.arena, &why), 0);
	assert_non_null(strstr(text_cstr(house.arena, why), "run a newer concordatd"));
	why = TEXT_NONE;
	store = store_new(house.base, &house.config, house.arena, &why);
	assert_null(store);
	assert_non_null(strstr(text_cstr(house.arena, why), "run a newer concordatd"));
	sql("delete from schema_version where version = 9999");
}

static void a_database_without_schema_is_refused(void **state)
{
	struct config config;
	struct text why = TEXT_NONE;
	struct store *store;

	(void)state;
	house_config(&config, empty_database("concordat_bare"));
	store = store_new(house.base, &config, house.arena, &why);
	assert_null(store);
	assert_non_null(strstr(text_cstr(house.arena, why), "run concordatd migrate"));
	assert_int_equal(store_migrate(&config, true, house.arena, &why), 0);
	drop_database("concordat_bare");
}

static void a_connection_string_that_is_none_is_refused(void **state)
{
	struct config config = house.config;
	struct text why = TEXT_NONE;
	struct store *store;

	(void)state;
	config.database_reader = "not a connection string";
	store = store_new(house.base, &config, house.arena, &why);
	assert_null(store);
	assert_non_null(strstr(text_cstr(house.arena, why), "database_reader"));
}

static void an_owner_that_may_not_create_roles_is_told_what_to_run(void **state)
{
	struct config config;
	struct text why = TEXT_NONE;
	const char *conninfo = empty_database("concordat_poor");

	(void)state;
	/* A cluster has its roles once; under another name they are missing. */
	sql("drop role if exists concordat_poor");
	sql("create role concordat_poor login");
	sql("alter database concordat_poor owner to concordat_poor");
	sql("alter role concordat_reader rename to concordat_reader_away");
	house_config(&config, conninfo);
	config.database_owner = as_role(conninfo, "concordat_poor");
	assert_int_not_equal(store_migrate(&config, false, house.arena, &why), 0);
	sql("alter role concordat_reader_away rename to concordat_reader");
	assert_non_null(strstr(text_cstr(house.arena, why), "CREATE ROLE concordat_reader LOGIN"));
	/* and with the roles there, an owner without any other right is enough */
	assert_int_equal(store_migrate(&config, false, house.arena, &why), 0);
	drop_database("concordat_poor");
	sql("drop role concordat_poor");
}

static void instants_leave_the_database_exactly(void **state)
{
	(void)state;
	assert_string_equal(sql("select us('1970-01-01 00:00:00+00')"), "0");
	assert_string_equal(sql("select us('1969-12-31 23:59:59.999999+00')"), "-1");
	assert_string_equal(sql("select us('2026-03-29 02:30:00.000001+01')"), "1774747800000001");
	assert_string_equal(sql("select us('2199-12-31 23:59:59.999999+00')"), "7258118399999999");
	assert_string_equal(sql("select coalesce(us(null), -5)"), "-5");
	assert_string_equal(
		sql("select count(*) from generate_series(0, 100000) n where us(timestamptz "
		    "'2026-10-25 00:59:00.123456+00' "
		    "+ n * 7919 * interval '1 microsecond') <> 1792889940123456 + n * 7919"),
		"0");
}

static void commands_run_a_statement_at_once(void **state)
{
	struct param params[] = {PARAM(TEXT("41")), PARAM_BYTES(TEXT("\0\xff"))};
	struct rows rows;
	struct text why = TEXT_NONE;

	(void)state;
	assert_true(store_run(&house.config, house.arena,
			      "select $1::int + 1, $2::bytea, current_user", params, 2, &rows,
			      &why));
	assert_int_equal(row_int(&rows, 0, 0, 0), 42);
	assert_memory_equal(row_text(&rows, 0, 1).at, "\0\xff", 2);
	assert_true(text_is(row_text(&rows, 0, 2), "concordat_service"));
	assert_false(store_run(&house.config, house.arena, "select 1 / $1::int", &PARAM(TEXT("0")),
			       1, &rows, &why));
	assert_non_null(strstr(text_cstr(house.arena, why), "division by zero"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twice_changes_nothing),
		cmocka_unit_test(of_two_at_once_one_migrates_and_the_other_waits),
		cmocka_unit_test(a_newer_schema_is_refused),
		cmocka_unit_test(a_database_without_schema_is_refused),
		cmocka_unit_test(a_connection_string_that_is_none_is_refused),
		cmocka_unit_test(an_owner_that_may_not_create_roles_is_told_what_to_run),
		cmocka_unit_test(instants_leave_the_database_exactly),
		cmocka_unit_test(commands_run_a_statement_at_once),
	};

	return cmocka_run_group_tests_name("migrate", tests, house_open, house_close);
}
