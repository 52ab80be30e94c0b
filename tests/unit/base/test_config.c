/* test_config.c - where settings come from, in which order, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "concordat/base/config.h"

#define NO_FLAGS 0, NULL
/* argv and environ are not const; literals are. */
#define WORD(literal) ((char[]){literal})

static struct arena *arena;
static struct config config;
static struct text why;
static char *no_env[] = {NULL};

/* The path of a new file with these bytes; unlinked by drop_files. */
static char paths[4][32];
static size_t path_count;

static const char *file_of(const char *bytes, size_t size)
{
	char *path = paths[path_count++];
	int fd;

	strncpy(path, "/tmp/concordat-test-XXXXXX", sizeof(paths[0]) - 1);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
	return path;
}

static const char *settings_file(const char *bytes)
{
	return file_of(bytes, strlen(bytes));
}

static void assert_why_has(const char *part)
{
	if (!why.at || !strstr(why.at, part))
		fail_msg("'%.*s' does not say '%s'", TEXT_FMT(why), part);
}

static void refuse_file(const char *bytes, const char *part)
{
	assert_false(config_load(arena, &config, settings_file(bytes), no_env, NO_FLAGS, &why));
	assert_why_has(part);
	unlink(paths[--path_count]);
}

static void refuse_env(char *variable, const char *part)
{
	char *env[] = {variable, NULL};

	assert_false(config_load(arena, &config, NULL, env, NO_FLAGS, &why));
	assert_why_has(part);
}

static void defaults_stand_without_any_source(void **state)
{
	(void)state;
	assert_true(config_load(arena, &config, NULL, no_env, NO_FLAGS, &why));
	assert_string_equal(config.database, "host=/var/run/postgresql dbname=concordat");
	assert_string_equal(config.database_reader, config.database);
	assert_string_equal(config.database_owner, config.database);
	assert_string_equal(config.listen_address, "127.0.0.1");
	assert_int_equal(config.listen_port, 8440);
	assert_string_equal(config.master_key_file, "/etc/concordat/master.key");
	assert_int_equal(config.batch_streams, 32);
	assert_int_equal(config.smtp_retries.count, 4);
	assert_int_equal(config.smtp_retries.ms[0], 1800000);
	assert_int_equal(config.webhook_retries.count, 9);
	assert_int_equal(config.jobs, 1);
	assert_string_equal(config.smtp_url, "");
}

static void waits_that_cannot_be_read_are_refused(void **state)
{
	(void)state;
	refuse_file("webhook_retry=5s five minutes\n", "webhook_retry is '5s five minutes'");
	refuse_file("smtp_retry=\n", "smtp_retry is ''. Give waits such as 30m 1h 2h");
}

static void each_source_goes_over_the_last(void **state)
{
	const char *secret = settings_file("9005\r\nsecond line\n");
	const char *file = settings_file("# ours\n\n listen_port = 9001 \r\nreaders=5\n"
					 "drain_ms=1\npublic_url=https://a.example/?a=b\n");
	char from_file[80], *env[] = {from_file, WORD("CONCORDAT_LISTEN_PORT=9002"),
				      WORD("CONCORDAT_READERS=6"), WORD("HOME=/"), NULL};
	char *flags[] = {WORD("--listen-port=9003"), WORD("--jobs"), WORD("false")};

	(void)state;
	snprintf(from_file, sizeof(from_file), "CONCORDAT_LISTEN_PORT_FILE=%s", secret);
	assert_true(config_load(arena, &config, file, no_env, NO_FLAGS, &why));
	assert_int_equal(config.listen_port, 9001);
	assert_string_equal(config.public_url, "https://a.example/?a=b");
	assert_true(config_load(arena, &config, file, env + 1, NO_FLAGS, &why));
	assert_int_equal(config.listen_port, 9002);
	assert_true(config_load(arena, &config, file, env, NO_FLAGS, &why));
	assert_int_equal(config.listen_port, 9005);
	assert_true(config_load(arena, &config, file, env, 3, flags, &why));
	assert_int_equal(config.listen_port, 9003);
	assert_int_equal(config.readers, 6);
	assert_int_equal(config.drain_ms, 1);
	assert_int_equal(config.jobs, 0);
}

static void a_key_that_ends_in_file_is_set_plainly(void **state)
{
	const char *holder = settings_file("/run/secrets/wrapping\n");
	char twice[80], *env[] = {WORD("CONCORDAT_MASTER_KEY_FILE=/srv/master.key"), NULL};
	char *env_twice[] = {twice, NULL};

	(void)state;
	assert_true(config_load(arena, &config, NULL, env, NO_FLAGS, &why));
	assert_string_equal(config.master_key_file, "/srv/master.key");
	snprintf(twice, sizeof(twice), "CONCORDAT_MASTER_KEY_FILE_FILE=%s", holder);
	assert_true(config_load(arena, &config, NULL, env_twice, NO_FLAGS, &why));
	assert_string_equal(config.master_key_file, "/run/secrets/wrapping");
}

static void an_unknown_key_is_refused_with_the_nearest_one(void **state)
{
	char *flags[] = {WORD("--listen-prot=1")};

	(void)state;
	refuse_file("readers=2\nlisten_prot=1\n", "line 2: there is no setting listen_prot. Did "
						  "you mean listen_port?");
	refuse_file("colour=blue\n", "there is no setting colour. Take the line out");
	refuse_env(WORD("CONCORDAT_DATABSE=x"),
		   "CONCORDAT_DATABSE: there is no setting databse. Did you "
		   "mean database?");
	refuse_env(WORD("CONCORDAT_DATABSE_FILE=/x"), "no setting databse_file");
	assert_false(config_load(arena, &config, NULL, no_env, 1, flags, &why));
	assert_why_has("Did you mean listen_port?");
}

static void a_value_out_of_its_limits_is_refused_with_them(void **state)
{
	(void)state;
	refuse_file("readers=33\n", "readers is '33'. Give a whole number from 1 to 32.");
	refuse_file("readers=0\n", "readers is '0'");
	refuse_file("readers=four\n", "readers is 'four'");
	refuse_file("readers=\n", "readers is ''");
	refuse_file("listen_port=65536\n", "from 0 to 65535");
	refuse_file("jobs=perhaps\n", "Give true or false");
	refuse_file("log_level=loud\n", "log_level is 'loud'. Give debug, info, warning or error.");
	refuse_file("tls_key=/a\n", "Set both");
	refuse_file("public_url=example.org\n", "https://");
	refuse_file("database=\n", "database is empty");
}

static void a_file_that_is_not_settings_is_refused(void **state)
{
	(void)state;
	refuse_file("just words\n", "line 1: 'just words' has no '='");
	refuse_file("readers=2\n#\nreaders=3\n", "line 3: readers was already set on line 1");
	assert_false(config_load(arena, &config, file_of("smtp_from=a\0b\n", 14), no_env, NO_FLAGS,
				 &why));
	assert_why_has("NUL");
	assert_false(config_load(arena, &config, "/nowhere/at/all", no_env, NO_FLAGS, &why));
	assert_why_has("/nowhere/at/all cannot be read: No such file");
	assert_false(config_load(arena, &config, "/tmp", no_env, NO_FLAGS, &why));
	refuse_env(WORD("CONCORDAT_DATABASE_FILE=/nowhere/at/all"), "No such file");
}

static void flags_that_are_not_settings_are_refused(void **state)
{
	char *word[] = {WORD("serve")}, *bare[] = {WORD("--readers")};

	(void)state;
	assert_false(config_load(arena, &config, NULL, no_env, 1, word, &why));
	assert_why_has("'serve' is no flag");
	assert_false(config_load(arena, &config, NULL, no_env, 1, bare, &why));
	assert_why_has("Write --readers=value");
}

/* What a printer writes, in the arena. */
static const char *printed(bool document)
{
	char *bytes = NULL;
	const char *copy;
	size_t size;
	FILE *out = open_memstream(&bytes, &size);

	if (document)
		config_document(out);
	else
		config_print(&config, out);
	fclose(out);
	copy = text_cstr(arena, (struct text){bytes, size});
	free(bytes);
	return copy;
}

static void printing_masks_secrets(void **state)
{
	char *env[] = {
		WORD("CONCORDAT_SMTP_PASSWORD=hunter2x"),
		WORD("CONCORDAT_SMTP_URL=smtp://post:hunter2@one.example:587 smtps://two.example"),
		WORD("CONCORDAT_DATABASE=host=db password=hunter2"), NULL};

	(void)state;
	assert_true(config_load(arena, &config, NULL, env, NO_FLAGS, &why));
	assert_null(strstr(printed(false), "hunter2"));
	assert_non_null(strstr(printed(false),
			       "smtp_url=smtp://********@one.example:587 smtps://two.example\n"));
	assert_string_equal(config.smtp_relays.at[0].password, "hunter2");
	assert_string_equal(config.smtp_relays.at[1].password, "hunter2x");
	assert_non_null(strstr(printed(false), "smtp_password=********\n"));
	assert_non_null(strstr(printed(false), "listen_port=8440\n"));
	assert_non_null(strstr(printed(false), "jobs=true\n"));
}

static void the_documentation_names_every_setting(void **state)
{
	const char *document = printed(true);

	(void)state;
	for (size_t i = 0; i < settings_count; i++) {
		struct text row = text_printf(arena, "| `%s` | ", settings[i].key);

		assert_non_null(strstr(document, row.at));
		assert_true(strlen(settings[i].help) > 10);
	}
	assert_non_null(strstr(document, "| `readers` | `8` | 1 to 32 | "));
}

/* Every setting's member of struct config is eight bytes, so that a row forgotten shows; behind
 * them stands what is read from them. */
static void the_table_covers_the_struct_once(void **state)
{
	bool seen[sizeof(struct config) / 8] = {false};

	(void)state;
	assert_int_equal(settings_count, offsetof(struct config, smtp_relays) / 8);
	for (size_t i = 0; i < settings_count; i++) {
		assert_int_equal(settings[i].offset % 8, 0);
		assert_false(seen[settings[i].offset / 8]);
		seen[settings[i].offset / 8] = true;
	}
}

static int make_arena(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int drop_all(void **state)
{
	(void)state;
	while (path_count)
		unlink(paths[--path_count]);
	arena_free(arena);
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make_arena, drop_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(defaults_stand_without_any_source),
		CASE(waits_that_cannot_be_read_are_refused),
		CASE(each_source_goes_over_the_last),
		CASE(a_key_that_ends_in_file_is_set_plainly),
		CASE(an_unknown_key_is_refused_with_the_nearest_one),
		CASE(a_value_out_of_its_limits_is_refused_with_them),
		CASE(a_file_that_is_not_settings_is_refused),
		CASE(flags_that_are_not_settings_are_refused),
		CASE(printing_masks_secrets),
		CASE(the_documentation_names_every_setting),
		CASE(the_table_covers_the_struct_once),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
