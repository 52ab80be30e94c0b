/*
 * test_log_proof.c - C2SP tlog-proof: its one form, and that a proof holds for its own entry under
 * its own log's key and for nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/note.h"

#define ORIGIN "council.example/log/1"
#define SIZE 11
#define INDEX 6

/* The example of tlog-proof, with checkpoint and extra data whole (it prints them cut off). */
#define HASHES                                           \
	"gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n" \
	"B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n" \
	"EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n"
#define FIRST "c2sp.org/tlog-proof@v1\n"
#define CHECKPOINT                                                                       \
	"example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n" \
	"\xe2\x80\x94 example.com/fancylog hI2DJwAA\n"

static struct arena *arena;
static struct digest leaves[SIZE];
static struct merkle_proof path;
static struct note_key key;
static struct text made; /* of entry INDEX */

static struct digest span(int64_t from, int64_t to)
{
	struct merkle_range range = {0};

	for (; from < to; from++)
		merkle_range_add(&range, &leaves[from]);
	return merkle_range_root(&range);
}

static bool on_node(void *context, int level, int64_t index, struct digest *out)
{
	(void)context;
	*out = span(index << level, (index + 1) << level);
	return true;
}

static int set_up(void **state)
{
	struct checkpoint checkpoint = {TEXT(ORIGIN), SIZE, {{0}}};
	struct log_proof proof = {.index = INDEX};
	static const uint8_t seed[32] = {9};
	struct signing_key signing;

	(void)state;
	arena = arena_new();
	for (int i = 0; i < SIZE; i++)
		leaves[i] = merkle_leaf((struct text){(const char *)&i, sizeof(i)});
	checkpoint.root = span(0, SIZE);
	signing_key_of_seed(seed, &signing);
	key = note_key_of(TEXT(ORIGIN), signing.public_key);
	assert_true(merkle_inclusion(INDEX, SIZE, on_node, NULL, &path));
	proof.path = path;
	proof.checkpoint =
		note_sign(arena, checkpoint_body(arena, &checkpoint), TEXT(ORIGIN), &signing);
	made = log_proof_text(arena, &proof);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static bool holds(struct text text, const struct digest *leaf, const char **why)
{
	struct checkpoint checkpoint;
	struct log_proof proof;

	return log_proof_parse(text, &proof, why) &&
	       checkpoint_open(proof.checkpoint, &key, 1, &checkpoint, why) &&
	       merkle_inclusion_holds(leaf, proof.index, checkpoint.size, &proof.path,
				      &checkpoint.root);
}

static void proofs_of_the_specified_form_are_read_and_written_back(void **state)
{
	static const char *const proofs[] = {
		FIRST "index 73894\n" HASHES "\n" CHECKPOINT,
		FIRST "index 0\n\n" CHECKPOINT,
		FIRST "extra YWdlLXYxLjIuMQ==\nindex 73894\n" HASHES "\n" CHECKPOINT,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
		const char *why = NULL;
		struct log_proof proof;

		assert_true(log_proof_parse(text_of(proofs[i]), &proof, &why));
		assert_int_equal(proof.index, i == 1 ? 0 : 73894);
		assert_int_equal(proof.path.count, i == 1 ? 0 : 3);
		assert_true(text_is(proof.extra, i == 2 ? "YWdlLXYxLjIuMQ==" : ""));
		assert_true(text_is(proof.checkpoint, CHECKPOINT));
		assert_true(text_is(log_proof_text(arena, &proof), proofs[i]));
	}
}

static void what_is_no_proof_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"c2sp.org/tlog-proof@v2\nindex 0\n\n" CHECKPOINT,
		"c2sp.org/tlog-proof@v1",
		FIRST,
		FIRST "\n" CHECKPOINT,
		FIRST "index\n\n" CHECKPOINT,
		FIRST "index \n\n" CHECKPOINT,
		FIRST "index 01\n\n" CHECKPOINT,
		FIRST "index -1\n\n" CHECKPOINT,
		FIRST "index  1\n\n" CHECKPOINT,
		FIRST "index 1 \n\n" CHECKPOINT,
		FIRST "Index 1\n\n" CHECKPOINT,
		FIRST "index 1\r\n\n" CHECKPOINT,
		FIRST "index 4611686018427387904\n\n" CHECKPOINT,
		FIRST "extra \nindex 1\n\n" CHECKPOINT,
		FIRST "extra YQ\nindex 1\n\n" CHECKPOINT,
		FIRST "extra YR==\nindex 1\n\n" CHECKPOINT,
		FIRST "extra YQ==\nextra YQ==\nindex 1\n\n" CHECKPOINT,
		FIRST "index 1\nextra YQ==\n\n" CHECKPOINT,
		FIRST "index 1\n" HASHES,
		FIRST "index 1\n" HASHES "YQ==\n\n" CHECKPOINT,
		FIRST "index 1\n " HASHES "\n" CHECKPOINT,
		FIRST "index 1\n" HASHES "\n",
		FIRST "index 1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *why = NULL;
		struct log_proof proof;

		assert_false(log_proof_parse(text_of(texts[i]), &proof, &why));
		assert_non_null(strstr(why, "proof"));
	}
}

static void a_path_longer_than_any_tree_has_is_refused(void **state)
{
	(void)state;
	for (size_t count = MERKLE_PROOF_MOST; count <= MERKLE_PROOF_MOST + 1; count++) {
		const char *why = NULL;
		struct log_proof proof;
		struct writer w;

		writer_init(&w, arena);
		writer_puts(&w, FIRST "index 0\n");
		for (size_t i = 0; i < count; i++)
			writer_puts(&w, "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n");
		writer_puts(&w, "\n" CHECKPOINT);
		assert_int_equal(log_proof_parse(writer_text(&w), &proof, &why),
				 count == MERKLE_PROOF_MOST);
	}
}

static void a_proof_holds_for_its_own_entry_only(void **state)
{
	const char *why = NULL;

	(void)state;
	for (int i = 0; i < SIZE; i++)
		assert_int_equal(holds(made, &leaves[i], &why), i == INDEX);
}

static void no_changed_bit_and_no_shorter_proof_is_let_through(void **state)
{
	char *copy = arena_copy(arena, made.at, made.len);
	const char *why = NULL;

	(void)state;
	for (size_t bit = 0; bit < made.len * 8; bit++) {
		copy[bit / 8] ^= (char)(1u << bit % 8);
		assert_false(holds((struct text){copy, made.len}, &leaves[INDEX], &why));
		copy[bit / 8] ^= (char)(1u << bit % 8);
	}
	assert_true(holds((struct text){copy, made.len}, &leaves[INDEX], &why));
	for (size_t len = 0; len < made.len; len++)
		assert_false(holds((struct text){copy, len}, &leaves[INDEX], &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proofs_of_the_specified_form_are_read_and_written_back),
		cmocka_unit_test(what_is_no_proof_is_refused),
		cmocka_unit_test(a_path_longer_than_any_tree_has_is_refused),
		cmocka_unit_test(a_proof_holds_for_its_own_entry_only),
		cmocka_unit_test(no_changed_bit_and_no_shorter_proof_is_let_through),
	};

	return cmocka_run_group_tests_name("log_proof", tests, set_up, tear_down);
}
