/*
 * test_note.c - signed notes: the examples that others published, which must come out byte for
 * byte, and all that must not pass for one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/note.h"

#define DASH "\xe2\x80\x94 "

/* The example of C2SP signed-note, and the longer one of its earlier version, whose key is not
 * published: an empty line stands within its text. */
#define SPECIFIED_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define SPECIFIED                                                                                  \
	"This is an example message.\n\n" DASH "example.com/foo "                                  \
	"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72Iney" \
	"aQM=\n"
#define POEM                                                                                       \
	"Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned \xc3\xa8 "     \
	"subito "                                                                                  \
	"sera.\n\n" DASH "quasimodo.example/salvatore "                                            \
	"NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwN" \
	"tIc=\n"

/* golang.org/x/mod/sumdb/note, note.go and note_test.go. The second key's seed is all zeros. */
#define PETER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_SEED "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173"
#define ENOCH_KEY "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define WORDS                                                        \
	"If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define PETER DASH "PeterNeumann " PETER_SIGNATURE "\n"
#define PETER_SIGNATURE                                                                            \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ" \
	"nAM="
#define ENOCH                                               \
	DASH "EnochRoot "                                   \
	     "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/" \
	     "5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc" \
	     "+QQ=\n"

/* A checkpoint that the checksum database of Go published (research.swtch.com/tlog). */
#define GO_KEY "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
#define GO_CHECKPOINT                                                                              \
	"go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" DASH    \
	"sum.golang.org "                                                                          \
	"Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOA" \
	"YQ8=\n"

static struct arena *arena;
static struct note_key peter, enoch;

static struct note_key key_of(const char *line)
{
	const char *why = NULL;
	struct note_key key;

	assert_true(note_key_parse(text_of(line), &key, &why));
	return key;
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	peter = key_of(PETER_KEY);
	enoch = key_of(ENOCH_KEY);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct note opened(const char *text, const struct note_key *keys, size_t count)
{
	const char *why = NULL;
	struct note note;

	assert_true(note_open(text_of(text), keys, count, &note, &why));
	return note;
}

static const char *refused(struct text text, const struct note_key *keys, size_t count)
{
	const char *why = NULL;
	struct note note;

	assert_false(note_open(text, keys, count, &note, &why));
	assert_true(why && strlen(why) > 20);
	return why;
}

static void published_notes_are_opened(void **state)
{
	struct note_key specified = key_of(SPECIFIED_KEY), go = key_of(GO_KEY);
	struct note note = opened(SPECIFIED, &specified, 1);

	(void)state;
	assert_true(text_is(note.body, "This is an example message.\n"));
	assert_true(text_is(note.by.name, "example.com/foo"));
	assert_true(text_is(opened(WORDS "\n" PETER, &peter, 1).body, WORDS));
	assert_true(text_starts(opened(GO_CHECKPOINT, &go, 1).body, "go.sum database tree\n2085"));
}

static void published_notes_are_signed_the_same(void **state)
{
	struct signing_key key;
	uint8_t seed[32];

	(void)state;
	assert_true(text_unhex(TEXT(PETER_SEED), seed, sizeof(seed)));
	signing_key_of_seed(seed, &key);
	assert_true(text_is(note_sign(arena, TEXT(WORDS), TEXT("PeterNeumann"), &key),
			    WORDS "\n" PETER));
	memset(seed, 0, sizeof(seed));
	signing_key_of_seed(seed, &key);
	assert_memory_equal(key.public_key, enoch.public_key, sizeof(key.public_key));
	assert_true(
		text_is(note_sign(arena, TEXT(WORDS), TEXT("EnochRoot"), &key), WORDS "\n" ENOCH));
}

static void keys_that_are_not_known_are_passed_over(void **state)
{
	struct note_key both[] = {enoch, peter};

	(void)state;
	assert_true(text_eq(opened(WORDS "\n" PETER ENOCH, &enoch, 1).by.name, enoch.name));
	assert_true(text_eq(opened(WORDS "\n" PETER ENOCH, &peter, 1).by.name, peter.name));
	/* The first in the note's order, not in that of the keys. */
	assert_true(text_eq(opened(WORDS "\n" PETER ENOCH, both, 2).by.name, peter.name));
	assert_true(text_eq(opened(WORDS "\n" ENOCH PETER, both, 2).by.name, enoch.name));
	/* Of a kind, length and name of others' own. */
	opened(WORDS "\n" DASH "witness.example AAAAAAE=\n" PETER, &peter, 1);
}

static void no_known_key_is_no_signature(void **state)
{
	static const char none[] = "No key that is known signed the note.";
	struct note_key renamed = peter;

	(void)state;
	assert_string_equal(refused(TEXT(POEM), &peter, 1), none);
	assert_string_equal(refused(TEXT(WORDS "\n" PETER), &enoch, 1), none);
	assert_string_equal(refused(TEXT(WORDS "\n" PETER), NULL, 0), none);
	/* Name and id must be the key's, not one of them. */
	renamed.name = TEXT("PeterNewman");
	assert_string_equal(refused(TEXT(WORDS "\n" PETER), &renamed, 1), none);
	renamed = peter;
	renamed.id++;
	assert_string_equal(refused(TEXT(WORDS "\n" PETER), &renamed, 1), none);
}

static void a_known_signature_that_fails_spoils_the_note(void **state)
{
	struct note_key both[] = {peter, enoch}, alike[] = {peter, peter};

	(void)state;
	refused(TEXT("Other words.\n\n" PETER), &peter, 1);
	/* What holds beside it does not make up for it. */
	refused(TEXT("Other words.\n\n" PETER ENOCH), both, 2);
	refused(TEXT(WORDS "\n" PETER DASH "EnochRoot rwz+eAAA\n"), both, 2);
	/* A key that only looks alike may stand beside the one that signed. */
	alike[0].public_key[0] ^= 1;
	opened(WORDS "\n" PETER, alike, 2);
	refused(TEXT(WORDS "\n" PETER), alike, 1);
}

static void no_changed_bit_is_let_through(void **state)
{
	char note[] = WORDS "\n" PETER;

	(void)state;
	for (size_t bit = 0; bit < (sizeof(note) - 1) * 8; bit++) {
		note[bit / 8] ^= (char)(1u << bit % 8);
		refused((struct text){note, sizeof(note) - 1}, &peter, 1);
		note[bit / 8] ^= (char)(1u << bit % 8);
	}
	for (size_t len = 0; len < sizeof(note) - 1; len++)
		refused((struct text){note, len}, &peter, 1);
}

static void what_is_no_note_is_refused(void **state)
{
	static const char *const texts[] = {
		WORDS,
		WORDS "\n",
		WORDS PETER,
		PETER,
		"\n" PETER,
		WORDS "\n" PETER "\n",
		WORDS "\n" PETER "x",
		WORDS "\n" PETER DASH "EnochRoot\n",
		WORDS "\n" PETER DASH "EnochRoot \n",
		WORDS "\n" PETER DASH "EnochRoot rwz+eA==\n",
		WORDS "\n" PETER DASH " rwz+eBzm\n",
		WORDS "\n" PETER DASH "Enoch+Root rwz+eBzm\n",
		WORDS "\n" PETER DASH "Enoch\xc2\xa0Root rwz+eBzm\n",
		WORDS "\n" PETER DASH "EnochRoot  rwz+eBzm\n",
		WORDS "\n" PETER DASH "EnochRoot rwz+eBzm \n",
		WORDS "\n" PETER DASH "EnochRoot rwz+eBz\n",
		WORDS "\n" PETER "- EnochRoot rwz+eBzm\n",
		WORDS "\n" DASH "PeterNeumann\t" PETER_SIGNATURE "\n",
		"a\tb\n" WORDS "\n" PETER,
		"a\r\n" WORDS "\n" PETER,
		"\xff\n" WORDS "\n" PETER,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_true(text_starts(text_of(refused(text_of(texts[i]), &peter, 1)),
					"It is no signed note: "));
	refused(TEXT_NONE, &peter, 1);
	refused(TEXT("a\0b\n\n" PETER), &peter, 1);
}

static void only_the_signed_form_of_a_signature_is_taken(void **state)
{
	/* Base64 that other readers take for the same bytes. */
	refused(TEXT(WORDS
		     "\n" DASH "PeterNeumann "
		     "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
		     "tpRZb6KE6RyyBwJnAN=\n"),
		&peter, 1);
	(void)state;
	refused(TEXT(WORDS
		     "\n" DASH "PeterNeumann "
		     "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
		     "tpRZb6KE6RyyBwJnAM\n"),
		&peter, 1);
	refused(TEXT(WORDS
		     "\n" DASH "PeterNeumann "
		     "x08go_ZJkuBS9UG_SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
		     "tpRZb6KE6RyyBwJnAM=\n"),
		&peter, 1);
}

/* Sixteen must be taken (signed-note); a hundred are. */
static void signatures_are_taken_up_to_a_hundred(void **state)
{
	(void)state;
	for (size_t count = 16; count <= 101; count++) {
		struct writer w;

		writer_init(&w, arena);
		writer_puts(&w, WORDS "\n");
		for (size_t i = 1; i < count; i++)
			writer_printf(&w, DASH "witness%zu.example rwz+eBzm\n", i);
		writer_puts(&w, PETER);
		if (count <= 100)
			opened(writer_text(&w).at, &peter, 1);
		else
			refused(writer_text(&w), &peter, 1);
	}
}

static void a_text_may_hold_empty_lines_and_be_long(void **state)
{
	struct signing_key key;
	struct writer w;
	struct text note;
	uint8_t seed[32] = {0};

	(void)state;
	signing_key_of_seed(seed, &key);
	note = note_sign(arena, TEXT("\na\n\n\n"), TEXT("EnochRoot"), &key);
	assert_true(text_is(opened(note.at, &enoch, 1).body, "\na\n\n\n"));
	note = note_sign(arena, TEXT("\n"), TEXT("EnochRoot"), &key);
	assert_true(text_is(opened(note.at, &enoch, 1).body, "\n"));
	writer_init(&w, arena);
	while (w.len < NOTE_SIZE_MOST - 200)
		writer_puts(&w, "One more line.\n");
	note = note_sign(arena, writer_text(&w), TEXT("EnochRoot"), &key);
	opened(note.at, &enoch, 1);
	while (w.len <= NOTE_SIZE_MOST)
		writer_puts(&w, "One more line.\n");
	note = note_sign(arena, writer_text(&w), TEXT("EnochRoot"), &key);
	refused(note, &enoch, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_notes_are_opened),
		cmocka_unit_test(published_notes_are_signed_the_same),
		cmocka_unit_test(keys_that_are_not_known_are_passed_over),
		cmocka_unit_test(no_known_key_is_no_signature),
		cmocka_unit_test(a_known_signature_that_fails_spoils_the_note),
		cmocka_unit_test(no_changed_bit_is_let_through),
		cmocka_unit_test(what_is_no_note_is_refused),
		cmocka_unit_test(only_the_signed_form_of_a_signature_is_taken),
		cmocka_unit_test(signatures_are_taken_up_to_a_hundred),
		cmocka_unit_test(a_text_may_hold_empty_lines_and_be_long),
	};

	return cmocka_run_group_tests_name("note", tests, set_up, tear_down);
}
