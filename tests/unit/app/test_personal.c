/* test_personal.c - texts about a person: sealed, opened, and worthless in any other place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "concordat/app/parts.h"

#define MASTER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER_MASTER "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct uuid authority = {{1}}, stream = {{2}}, person = {{3}}, elsewhere = {{9}};

static struct arena *arena;
static struct event_base *base;
static struct config config;
static struct app *app;
static char folder[] = "/tmp/concordat-test-XXXXXX";
static char key_path[64];

static void write_key(const char *text, mode_t mode)
{
	FILE *file = fopen(key_path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(key_path, mode), 0);
}

static struct app *start(const char *key, mode_t mode, struct text *why)
{
	write_key(key, mode);
	config = (struct config){.master_key_file = key_path, .cache_mib = 1};
	return app_new(base, &config, NULL, arena, why);
}

static int set_up(void **state)
{
	struct text why;

	(void)state;
	arena = arena_new();
	base = event_base_new();
	app = start(MASTER "\n", 0600, &why);
	return app ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	app_free(app);
	event_base_free(base);
	arena_free(arena);
	return 0;
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(key_path, sizeof(key_path), "%s/master.key", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(key_path);
	return rmdir(folder);
}

static struct person_key new_key(void)
{
	struct person_key key;

	person_key_new(app, arena, authority, person, &key);
	return key;
}

static struct describe_needs *two_needs(void)
{
	struct describe_needs *data = arena_make(arena, struct describe_needs);
	struct need *needs = NULL;

	schema_clear(move_schema(MOVE_DESCRIBE_NEEDS), data);
	*LIST_ADD(arena, needs, data->needs.count) = (struct need){
		.area = TEXT("nights"), .task = {.text = TEXT("Turned every two hours")}};
	*LIST_ADD(arena, needs, data->needs.count) =
		(struct need){.area = TEXT("meals"), .task = {.text = TEXT("Help to cut up food")}};
	data->needs.items = needs;
	return data;
}

static struct list seal(const struct person_key *key, struct describe_needs *data, int32_t seq)
{
	struct fact fact = {.seq = seq, .kind = FACT_NEEDS_DESCRIBED, .data = data};

	return personal_seal(app, arena, key, authority, stream, &fact);
}

static void a_wrapped_key_opens_for_its_person_only(void **state)
{
	struct person_key made, opened;
	struct text wrapped = person_key_new(app, arena, authority, person, &made);

	(void)state;
	assert_true(made.present);
	assert_int_equal(wrapped.len, 12 + 32 + 16);
	assert_true(person_key_unwrap(app, authority, person, wrapped, &opened));
	assert_true(opened.present);
	assert_memory_equal(opened.bytes, made.bytes, 32);
	assert_false(person_key_unwrap(app, authority, elsewhere, wrapped, &opened));
	assert_false(opened.present);
	assert_false(person_key_unwrap(app, elsewhere, person, wrapped, &opened));
}

static void a_key_that_was_destroyed_is_absent_and_no_fault(void **state)
{
	struct person_key key;

	(void)state;
	assert_true(person_key_unwrap(app, authority, person, TEXT_NONE, &key));
	assert_false(key.present);
}

static void another_master_key_opens_nothing(void **state)
{
	struct person_key key;
	struct text wrapped = person_key_new(app, arena, authority, person, &key), why;
	struct app *other = start(OTHER_MASTER, 0600, &why);

	(void)state;
	assert_non_null(other);
	assert_false(person_key_unwrap(other, authority, person, wrapped, &key));
	app_free(other);
}

static void each_text_is_sealed_under_its_own_path(void **state)
{
	struct person_key key = new_key();
	struct describe_needs *data = two_needs();
	struct list sealed = seal(&key, data, 7);
	const struct append_text *rows = sealed.items;
	struct text opened;

	(void)state;
	assert_int_equal(sealed.count, 2);
	assert_true(text_is(rows[0].field, "needs/0/task"));
	assert_true(text_is(rows[1].field, "needs/1/task"));
	assert_int_equal(rows[1].seq, 7);
	assert_true(personal_open(app, arena, &key, authority, stream, 7, rows[1].field,
				  rows[1].sealed, &opened));
	assert_true(text_is(opened, "Help to cut up food"));
}

static void a_sealed_text_opens_in_no_other_place(void **state)
{
	struct person_key key = new_key(), other = new_key();
	struct list sealed = seal(&key, two_needs(), 7);
	const struct append_text *rows = sealed.items;
	struct text row = rows[0].sealed, field = rows[0].field, opened;

	(void)state;
	assert_false(personal_open(app, arena, &key, elsewhere, stream, 7, field, row, &opened));
	assert_false(personal_open(app, arena, &key, authority, elsewhere, 7, field, row, &opened));
	assert_false(personal_open(app, arena, &key, authority, stream, 8, field, row, &opened));
	assert_false(
		personal_open(app, arena, &key, authority, stream, 7, rows[1].field, row, &opened));
	assert_false(personal_open(app, arena, &other, authority, stream, 7, field, row, &opened));
	assert_null(opened.at);
	assert_true(personal_open(app, arena, &key, authority, stream, 7, field, row, &opened));
}

static void one_changed_byte_anywhere_is_noticed(void **state)
{
	struct person_key key = new_key();
	struct list sealed = seal(&key, two_needs(), 7);
	const struct append_text *row = sealed.items;
	struct text opened;

	(void)state;
	for (size_t i = 0; i < row->sealed.len; i++) {
		char *changed = arena_copy(arena, row->sealed.at, row->sealed.len);

		changed[i] ^= 1;
		assert_false(personal_open(app, arena, &key, authority, stream, 7, row->field,
					   (struct text){changed, row->sealed.len}, &opened));
	}
	for (size_t len = 0; len < row->sealed.len; len++)
		assert_false(personal_open(app, arena, &key, authority, stream, 7, row->field,
					   (struct text){row->sealed.at, len}, &opened));
}

static void a_digest_is_the_documented_one(void **state)
{
	struct person_key key = new_key();
	struct describe_needs *data = two_needs();
	const struct need *need = data->needs.items;
	char message[16 + 4 + sizeof("needs/0/task") - 1] = {2};
	struct digest salt, wanted;

	(void)state;
	seal(&key, data, 258);
	message[18] = 1; /* 258, big-endian, behind the stream's 16 bytes */
	message[19] = 2;
	memcpy(message + 20, "needs/0/task", sizeof("needs/0/task") - 1);
	salt = hmac_sha256(key.bytes, 32, (struct text){message, sizeof(message)});
	wanted = sha256((struct text){(const char *)salt.bytes, 32}, TEXT("Turned every two hours"),
			TEXT_NONE);
	assert_true(digest_eq(&need->task.digest, &wanted));
}

static void the_same_words_leave_different_digests_in_different_places(void **state)
{
	struct person_key key = new_key(), other = new_key();
	struct describe_needs *first = two_needs(), *later = two_needs(), *of_other = two_needs();
	const struct need *a = first->needs.items, *b = later->needs.items,
			  *c = of_other->needs.items;

	(void)state;
	seal(&key, first, 7);
	seal(&key, later, 8);
	seal(&other, of_other, 7);
	assert_false(digest_eq(&a->task.digest, &b->task.digest));
	assert_false(digest_eq(&a->task.digest, &c->task.digest));
}

static void a_fact_without_texts_seals_nothing(void **state)
{
	struct person_key key = new_key();
	struct describe_needs *data = arena_make(arena, struct describe_needs);

	(void)state;
	schema_clear(move_schema(MOVE_DESCRIBE_NEEDS), data);
	assert_int_equal(seal(&key, data, 7).count, 0);
}

static void a_secret_of_no_person_opens_where_it_belongs_and_nowhere_else(void **state)
{
	struct text plain = TEXT("whsec_none"), out;
	struct text sealed = secret_seal(app, arena, "webhook", authority, plain);
	char *bytes = (char *)sealed.at;

	(void)state;
	assert_null(memmem(sealed.at, sealed.len, plain.at, plain.len));
	assert_true(secret_open(app, arena, "webhook", authority, sealed, &out));
	assert_true(text_eq(out, plain));
	assert_false(secret_open(app, arena, "webhook", elsewhere, sealed, &out));
	assert_false(secret_open(app, arena, "other", authority, sealed, &out));
	assert_false(secret_open(app, arena, "webhook", authority, TEXT("short"), &out));
	bytes[sealed.len - 1] ^= 1;
	assert_false(secret_open(app, arena, "webhook", authority, sealed, &out));
	assert_null(out.at);
}

static void a_master_key_file_that_is_wrong_is_said_plainly(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *said;
	} wrong[] = {
		{MASTER, 0644, "chmod o="},
		{"0011", 0600, "64 hexadecimal digits"},
		{MASTER "00", 0600, "64 hexadecimal digits"},
		{"", 0600, "64 hexadecimal digits"},
	};
	struct text why;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_null(start(wrong[i].text, wrong[i].mode, &why));
		assert_non_null(strstr(text_cstr(arena, why), wrong[i].said));
		assert_null(strstr(text_cstr(arena, why), "00112233"));
	}
	config.master_key_file = "";
	assert_null(app_new(base, &config, NULL, arena, &why));
	assert_non_null(strstr(text_cstr(arena, why), "master_key_file is not set"));
	config.master_key_file = "/nowhere/master.key";
	assert_null(app_new(base, &config, NULL, arena, &why));
	assert_non_null(strstr(text_cstr(arena, why), "cannot be read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_wrapped_key_opens_for_its_person_only),
		TEST(a_key_that_was_destroyed_is_absent_and_no_fault),
		TEST(another_master_key_opens_nothing),
		TEST(each_text_is_sealed_under_its_own_path),
		TEST(a_sealed_text_opens_in_no_other_place),
		TEST(one_changed_byte_anywhere_is_noticed),
		TEST(a_digest_is_the_documented_one),
		TEST(the_same_words_leave_different_digests_in_different_places),
		TEST(a_fact_without_texts_seals_nothing),
		TEST(a_secret_of_no_person_opens_where_it_belongs_and_nowhere_else),
		TEST(a_master_key_file_that_is_wrong_is_said_plainly),
	};

	return cmocka_run_group_tests_name("personal", tests, make_folder, remove_folder);
}
