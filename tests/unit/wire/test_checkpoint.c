/*
 * test_checkpoint.c - what a log says of itself: C2SP tlog-checkpoint's example, the one form it
 * has, and whose signature it takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/note.h"

#define ORIGIN "council.example/log/0198a2c4-5d2e-7c4a-9a51-3f6f0c1f2a10"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define SPECIFIED "example.com/behind-the-sofa\n20852163\n" ROOT

static struct arena *arena;
static struct signing_key ours, others;

static int set_up(void **state)
{
	uint8_t seed[32] = {1};

	(void)state;
	arena = arena_new();
	signing_key_of_seed(seed, &ours);
	seed[0] = 2;
	signing_key_of_seed(seed, &others);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void the_specified_checkpoint_is_read_and_written_back(void **state)
{
	struct checkpoint checkpoint;
	const char *why = NULL;

	(void)state;
	assert_true(checkpoint_parse(TEXT(SPECIFIED), &checkpoint, &why));
	assert_true(text_is(checkpoint.origin, "example.com/behind-the-sofa"));
	assert_int_equal(checkpoint.size, 20852163);
	assert_true(text_is(text_hex(arena, checkpoint.root.bytes, 32),
			    "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"));
	assert_true(text_is(checkpoint_body(arena, &checkpoint), SPECIFIED));
}

static void sizes_of_every_length_are_read_and_written_back(void **state)
{
	static const int64_t sizes[] = {0, 1, 9, 10, 70000, INT64_C(1) << 40, MERKLE_SIZE_MOST - 1};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct checkpoint checkpoint = {TEXT("a log"), sizes[i], {{1, 2, 3}}}, again;
		const char *why = NULL;

		assert_true(checkpoint_parse(checkpoint_body(arena, &checkpoint), &again, &why));
		assert_int_equal(again.size, sizes[i]);
		assert_true(text_is(again.origin, "a log"));
		assert_true(digest_eq(&again.root, &checkpoint.root));
	}
}

static void what_is_no_checkpoint_is_refused(void **state)
{
	static const char *const bodies[] = {
		"",
		"\n5\n" ROOT,
		"log",
		"log\n",
		"log\n5",
		"log\n5\n",
		"log\n\n" ROOT,
		"log\n05\n" ROOT,
		"log\n00\n" ROOT,
		"log\n-0\n" ROOT,
		"log\n-5\n" ROOT,
		"log\n+5\n" ROOT,
		"log\n 5\n" ROOT,
		"log\n5 \n" ROOT,
		"log\n0x5\n" ROOT,
		"log\n5.0\n" ROOT,
		"log\n4611686018427387904\n" ROOT,  /* 2^62 */
		"log\n9223372036854775808\n" ROOT,  /* 2^63 */
		"log\n18446744073709551617\n" ROOT, /* 2^64 + 1 */
		"log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
		"log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
		"log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
		"log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
		"log\n5\n0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62\n",
		"log\n5\n\n",
		"log\n5\n" ROOT "\n",
		"log\n5\n" ROOT "more\n\n",
		"log\n5\n" ROOT "more",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct checkpoint checkpoint;
		const char *why = NULL;

		assert_false(checkpoint_parse(text_of(bodies[i]), &checkpoint, &why));
		assert_non_null(strstr(why, "checkpoint"));
	}
}

static void lines_behind_the_root_are_let_pass(void **state)
{
	struct checkpoint checkpoint;
	const char *why = NULL;

	(void)state;
	assert_true(checkpoint_parse(TEXT("log\n5\n" ROOT "more\nand more\n"), &checkpoint, &why));
	assert_int_equal(checkpoint.size, 5);
}

static struct text signed_by(const char *name, const struct signing_key *key)
{
	struct checkpoint checkpoint = {TEXT(ORIGIN), 5, {{7}}};

	return note_sign(arena, checkpoint_body(arena, &checkpoint), text_of(name), key);
}

static void a_checkpoint_is_opened_with_its_logs_key(void **state)
{
	struct note_key keys[] = {note_key_of(TEXT("b.example"), others.public_key),
				  note_key_of(TEXT(ORIGIN), ours.public_key)};
	struct checkpoint checkpoint;
	const char *why = NULL;

	(void)state;
	assert_true(checkpoint_open(signed_by(ORIGIN, &ours), keys, 2, &checkpoint, &why));
	assert_true(text_is(checkpoint.origin, ORIGIN));
	assert_int_equal(checkpoint.size, 5);
	assert_int_equal(checkpoint.root.bytes[0], 7);
}

static void after_a_rotation_old_and_new_keys_open_what_they_signed(void **state)
{
	struct note_key keys[] = {note_key_of(TEXT(ORIGIN), ours.public_key),
				  note_key_of(TEXT(ORIGIN), others.public_key)};
	struct checkpoint checkpoint;
	const char *why = NULL;

	(void)state;
	assert_true(checkpoint_open(signed_by(ORIGIN, &ours), keys, 2, &checkpoint, &why));
	assert_true(checkpoint_open(signed_by(ORIGIN, &others), keys, 2, &checkpoint, &why));
	assert_false(checkpoint_open(signed_by(ORIGIN, &others), keys, 1, &checkpoint, &why));
}

static void another_logs_key_does_not_open_it(void **state)
{
	struct note_key keys[] = {note_key_of(TEXT("b.example"), ours.public_key),
				  note_key_of(TEXT(ORIGIN), ours.public_key)};
	struct text note = signed_by("b.example", &ours), beside;
	struct checkpoint checkpoint;
	const char *why = NULL, *second;

	(void)state;
	assert_false(checkpoint_open(note, keys, 2, &checkpoint, &why));
	assert_string_equal(
		why, "The checkpoint is signed, but not by a key that has the name of its log.");
	/* Signed by the log as well, behind the other. */
	second = strstr(signed_by(ORIGIN, &ours).at, "\n\n") + 2;
	beside = text_printf(arena, "%s%s", note.at, second);
	assert_true(checkpoint_open(beside, keys, 2, &checkpoint, &why));
	assert_false(checkpoint_open(beside, keys, 1, &checkpoint, &why));
}

static void a_signed_text_that_is_no_checkpoint_is_refused(void **state)
{
	struct note_key key = note_key_of(TEXT(ORIGIN), ours.public_key);
	struct checkpoint checkpoint;
	const char *why = NULL;

	(void)state;
	assert_false(
		checkpoint_open(note_sign(arena, TEXT(ORIGIN "\n05\n" ROOT), TEXT(ORIGIN), &ours),
				&key, 1, &checkpoint, &why));
	assert_true(text_starts(text_of(why), "The second line of a checkpoint"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_specified_checkpoint_is_read_and_written_back),
		cmocka_unit_test(sizes_of_every_length_are_read_and_written_back),
		cmocka_unit_test(what_is_no_checkpoint_is_refused),
		cmocka_unit_test(lines_behind_the_root_are_let_pass),
		cmocka_unit_test(a_checkpoint_is_opened_with_its_logs_key),
		cmocka_unit_test(after_a_rotation_old_and_new_keys_open_what_they_signed),
		cmocka_unit_test(another_logs_key_does_not_open_it),
		cmocka_unit_test(a_signed_text_that_is_no_checkpoint_is_refused),
	};

	return cmocka_run_group_tests_name("checkpoint", tests, set_up, tear_down);
}
