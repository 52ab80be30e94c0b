/* test_log_state.c - a log goes on only while all that is kept of it agrees. */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "concordat/app/log.h"

#define COLUMNS 13
#define LEAVES 5
#define ORIGIN TEXT("care.example/log/1")

/* As the statement log_state gives it. */
enum column {
	PLACE,
	ORIGIN_CELL,
	GENERATION,
	SIZE,
	ROOT,
	HEAD,
	NOTED_SIZE,
	NOTED_ROOT,
	NOTE,
	FILED_BEFORE,
	LEVEL,
	N,
	HASHES
};

static struct arena *arena;
static struct signing_key key;
static uint8_t keys[1][32];
static struct text cells[COLUMNS];
static struct log_filed filed;
static struct log_state state_of_it;
static struct digest root_of_three;

static struct text bytes_of(const struct digest *digest)
{
	return (struct text){(const char *)arena_copy(arena, digest->bytes, 32), 32};
}

static struct text note_of(struct text origin, int64_t size, const struct digest *root)
{
	const struct checkpoint checkpoint = {origin, size, *root};

	return note_sign(arena, checkpoint_body(arena, &checkpoint), origin, &key);
}

/* A log of five entries, all of one piece, and the file that goes with it. */
static int begin(void **state)
{
	static const uint8_t seed[32] = {7};
	struct merkle_range range = {0};
	struct tile tile = {0};
	struct digest root;

	(void)state;
	arena = arena_new();
	signing_key_of_seed(seed, &key);
	memcpy(keys[0], key.public_key, 32);
	for (int i = 0; i < LEAVES; i++) {
		tile.hashes[tile.width++] = merkle_leaf(text_printf(arena, "entry %d", i));
		merkle_range_add(&range, &tile.hashes[i]);
		if (i == 2)
			root_of_three = merkle_range_root(&range);
	}
	root = merkle_range_root(&range);
	memset(cells, 0, sizeof(cells));
	cells[PLACE] = TEXT("1");
	cells[ORIGIN_CELL] = ORIGIN;
	cells[GENERATION] = TEXT("1");
	cells[SIZE] = cells[HEAD] = cells[NOTED_SIZE] = TEXT("5");
	cells[ROOT] = cells[NOTED_ROOT] = bytes_of(&root);
	cells[NOTE] = note_of(ORIGIN, LEAVES, &root);
	cells[FILED_BEFORE] = TEXT("f");
	cells[LEVEL] = cells[N] = TEXT("0");
	cells[HASHES] = tile_encode(arena, &tile);
	filed = (struct log_filed){true, {ORIGIN, LEAVES, root}, cells[NOTE]};
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const char *fault(void)
{
	const struct rows rows = {1, COLUMNS, cells};

	assert_true(log_state_take(&rows, 0, &state_of_it));
	return log_state_fault(&state_of_it, &filed, keys, 1);
}

#define assert_fault(word) assert_non_null(strstr(fault() ? fault() : "none", word))

static void a_log_of_one_piece_goes_on(void **state)
{
	(void)state;
	assert_null(fault());
	filed.there = false; /* nothing was kept outside, or not here */
	assert_null(fault());
}

static void a_log_that_was_never_sealed_may_begin(void **state)
{
	(void)state;
	memset(cells, 0, sizeof(cells));
	cells[PLACE] = TEXT("1");
	cells[HEAD] = TEXT("5");
	filed.there = false;
	assert_null(fault());
	assert_int_equal(state_of_it.size, 0);
	assert_int_equal(state_of_it.head, 5);
	filed.there = true;
	assert_fault("an older backup was put back");
	filed.there = false;
	cells[NOTED_SIZE] = TEXT("5");
	cells[NOTED_ROOT] = bytes_of(&filed.checkpoint.root);
	assert_fault("another size");
}

static void a_changed_row_of_the_tree_is_found(void **state)
{
	char *hashes = (char *)cells[HASHES].at;

	(void)state;
	hashes[40] ^= 1;
	assert_fault("does not come to the root");
	hashes[40] ^= 1;
	cells[HASHES].len -= 32;
	assert_fault("longer or shorter");
	cells[HASHES].len -= 1;
	assert_fault("longer or shorter");
	cells[HASHES] = cells[LEVEL] = cells[N] = TEXT_NONE;
	assert_fault("longer or shorter");
}

static void a_changed_seal_or_checkpoint_is_found(void **state)
{
	static const uint8_t seed[32] = {8};
	struct text whole[COLUMNS];
	struct signing_key another;
	struct digest other = sha256(TEXT("other"), TEXT_NONE, TEXT_NONE);

	(void)state;
	signing_key_of_seed(seed, &another);
	memcpy(whole, cells, sizeof(cells));
	cells[ROOT] = bytes_of(&other);
	assert_fault("does not come to the root");
	memcpy(cells, whole, sizeof(cells));
	cells[SIZE] = TEXT("4");
	assert_fault("longer or shorter");
	memcpy(cells, whole, sizeof(cells));
	cells[HEAD] = TEXT("4");
	assert_fault("fewer entries");
	memcpy(cells, whole, sizeof(cells));
	cells[NOTED_SIZE] = TEXT("6");
	assert_fault("another size");
	memcpy(cells, whole, sizeof(cells));
	cells[NOTED_ROOT] = bytes_of(&other);
	assert_fault("signature");
	memcpy(cells, whole, sizeof(cells));
	cells[NOTE] = note_of(ORIGIN, LEAVES, &other);
	assert_fault("signature");
	cells[NOTE] = note_of(TEXT("care.example/log/2"), LEAVES, &filed.checkpoint.root);
	assert_fault("signature");
	memcpy(cells, whole, sizeof(cells));
	key = another;
	cells[NOTE] = note_of(ORIGIN, LEAVES, &filed.checkpoint.root);
	assert_fault("signature");
}

static void a_checkpoint_outside_that_is_ahead_or_of_another_tree_is_found(void **state)
{
	struct digest other = sha256(TEXT("other"), TEXT_NONE, TEXT_NONE);

	(void)state;
	filed.note = TEXT("what these checkpoints are of");
	filed.checkpoint.size = 6;
	assert_fault("an older backup was put back");
	filed.checkpoint.size = 5;
	filed.checkpoint.root = other;
	assert_fault("another tree");
	filed.checkpoint.size = 3; /* the daemon died before it wrote the newest */
	assert_fault("another tree");
	filed.checkpoint.root = root_of_three;
	assert_null(fault());
	filed.checkpoint.size = 4;
	assert_fault("another tree");
	filed.checkpoint.origin = TEXT("care.example/log/2");
	assert_fault("another log's");
	cells[FILED_BEFORE] = TEXT("t"); /* it began again, and the file is of before */
	assert_null(fault());
}

static bool reads(const char *dir, struct uuid authority, struct text file, struct log_filed *read)
{
	struct text why;

	assert_true(log_filed_write(dir, file));
	return log_filed_read(arena, dir, authority, keys, 1, read, &why);
}

static void what_lies_in_the_folder_is_read_or_refused(void **state)
{
	struct log_newest newest[] = {{{{1}}, filed.note}, {{{2}}, filed.note}};
	const struct uuid other = {{3}};
	char dir[] = "/tmp/log-state-XXXXXX";
	struct log_filed read;
	struct text all, more, why;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_true(log_filed_read(arena, dir, other, keys, 1, &read, &why) && !read.there);
	assert_true(log_filed_read(arena, "", other, keys, 1, &read, &why) && !read.there);
	all = log_filed_with(arena, TEXT_NONE, newest, 2);
	assert_true(reads(dir, newest[1].authority, all, &read) && read.there);
	assert_true(text_eq(read.note, filed.note) && read.checkpoint.size == LEAVES);
	assert_true(reads(dir, other, all, &read) && !read.there);
	newest[0].note = note_of(ORIGIN, 9, &filed.checkpoint.root);
	more = log_filed_with(arena, all, newest, 1);
	assert_int_equal(more.len, all.len);
	assert_true(reads(dir, newest[0].authority, more, &read) && read.checkpoint.size == 9);
	assert_true(reads(dir, newest[1].authority, more, &read) && read.checkpoint.size == 5);
	newest[0].note = TEXT("care.example/log/1\n5\n");
	assert_false(reads(dir, newest[0].authority, log_filed_with(arena, all, newest, 1), &read));
	for (size_t len = 0; len < all.len; len++)
		if (len != all.len / 2) /* where the second begins */
			assert_false(reads(dir, other, (struct text){all.at, len}, &read));
	assert_int_equal(unlink(text_cstr(arena, text_printf(arena, "%s/checkpoints", dir))), 0);
	assert_int_equal(rmdir(dir), 0); /* nothing else was left in it */
	assert_false(log_filed_write(dir, all));
}

static void a_key_that_the_folder_does_not_know_is_not_ours(void **state)
{
	uint8_t found[3][32] = {{1}, {2}, {3}};
	char dir[] = "/tmp/log-keys-XXXXXX";
	size_t count = 2;
	struct text why;

	(void)state;
	assert_non_null(mkdtemp(dir));
	/* no such file yet: all are ours, and with our first they are written down */
	assert_true(log_keys_vouched(arena, dir, NULL, found, &count, &why));
	assert_int_equal(count, 2);
	assert_true(log_keys_vouched(arena, dir, found[0], found, &count, &why));
	assert_int_equal(count, 2);
	count = 3; /* somebody has put another into the database */
	assert_true(log_keys_vouched(arena, dir, found[0], found, &count, &why));
	assert_int_equal(count, 2);
	assert_int_equal(found[1][0], 2);
	count = 3;
	assert_true(log_keys_vouched(arena, dir, found[2], found, &count, &why));
	assert_int_equal(count, 3);
	assert_int_equal(unlink(text_cstr(arena, text_printf(arena, "%s/keys", dir))), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_false(log_keys_vouched(arena, dir, found[0], found, &count, &why));
}

static void a_log_is_named_after_the_services_host(void **state)
{
	const struct uuid authority = {{0}};
	const char id[] = "/log/00000000-0000-0000-0000-000000000000";

	(void)state;
	assert_string_equal(log_origin(arena, "https://care.example.org/a?b", false, authority).at,
			    text_cstr(arena, text_printf(arena, "care.example.org%s", id)));
	assert_string_equal(log_origin(arena, "http://127.0.0.1:8440", true, authority).at,
			    text_cstr(arena, text_printf(arena, "rehearsal.127.0.0.1%s", id)));
	assert_string_equal(log_origin(arena, "http://[::1]:8440", false, authority).at,
			    text_cstr(arena, text_printf(arena, "[::1]%s", id)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_log_of_one_piece_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(a_log_that_was_never_sealed_may_begin, begin, end),
		cmocka_unit_test_setup_teardown(a_changed_row_of_the_tree_is_found, begin, end),
		cmocka_unit_test_setup_teardown(a_changed_seal_or_checkpoint_is_found, begin, end),
		cmocka_unit_test_setup_teardown(
			a_checkpoint_outside_that_is_ahead_or_of_another_tree_is_found, begin, end),
		cmocka_unit_test_setup_teardown(what_lies_in_the_folder_is_read_or_refused, begin,
						end),
		cmocka_unit_test_setup_teardown(a_key_that_the_folder_does_not_know_is_not_ours,
						begin, end),
		cmocka_unit_test_setup_teardown(a_log_is_named_after_the_services_host, begin, end),
	};

	return cmocka_run_group_tests_name("log_state", tests, NULL, NULL);
}
