/*
 * fuzz_note.c - arbitrary bytes as a signed note, a verifier key, a file of keys, a PEM file.
 *
 * What is read must be written back byte for byte, and what is refused must say why. One known key
 * has signed a note of our own; the bytes stand before, within and behind it, and must never make
 * it say anything but what was signed.
 */
#include <stdlib.h>
#include <string.h>

#include "concordat/wire/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NAME "log.example"
#define BODY "log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static struct arena *arena;
static struct signing_key signing;
static struct note_key known;

static void must(bool held)
{
	if (!held)
		abort();
}

static void must_say(const char *why)
{
	must(why && strlen(why) > 20);
}

static void read_as_key(struct text line)
{
	const char *why = NULL;
	struct note_key key;

	if (note_key_parse(line, &key, &why)) {
		struct note_key again = note_key_of(key.name, key.public_key);

		must(text_eq(note_key_line(arena, &key), line));
		must(again.id == key.id);
	} else {
		must_say(why);
	}
}

static void read_as_keys(struct text file)
{
	struct text why = TEXT_NONE;
	struct list list;

	if (note_keys_parse(arena, file, &list, &why)) {
		const struct note_key *keys = list.items;

		must(list.count > 0);
		for (size_t i = 0; i < list.count; i++)
			read_as_key(note_key_line(arena, &keys[i]));
	} else {
		must(why.len > 20);
	}
}

static void read_as_checkpoint(struct text body)
{
	struct checkpoint checkpoint;
	const char *why = NULL;

	if (checkpoint_parse(body, &checkpoint, &why)) {
		struct text written = checkpoint_body(arena, &checkpoint);

		/* Lines behind the third are not kept. */
		must(written.len <= body.len && memcmp(written.at, body.at, written.len) == 0);
		must(checkpoint.size >= 0 && checkpoint.size < MERKLE_SIZE_MOST);
	} else {
		must_say(why);
	}
}

static void read_as_note(struct text text)
{
	const char *why = NULL;
	struct checkpoint checkpoint;
	struct note note;

	if (note_open(text, &known, 1, &note, &why)) {
		/* Nobody forges a signature here: these are the words that were signed. */
		must(text_is(note.body, BODY) && text_is(note.by.name, NAME));
		must(checkpoint_open(text, &known, 1, &checkpoint, &why) && checkpoint.size == 7);
	} else {
		must_say(why);
		must(!checkpoint_open(text, &known, 1, &checkpoint, &why));
	}
}

static struct text joined(struct text a, struct text b, struct text c)
{
	struct writer w;

	writer_init(&w, arena);
	writer_put(&w, a);
	writer_put(&w, b);
	writer_put(&w, c);
	return writer_text(&w);
}

/* A log may be called anything, and say anything that has no control in it. */
static void sign_and_open(struct text bytes)
{
	struct text body = joined(bytes, TEXT("\n"), TEXT_NONE), signed_note;
	const char *why = NULL;
	struct note note;

	for (size_t i = 0; i < bytes.len; i++)
		if ((unsigned char)bytes.at[i] < ' ' && bytes.at[i] != '\n')
			return;
	if (!text_is_utf8(bytes))
		return;
	signed_note = note_sign(arena, body, TEXT(NAME), &signing);
	must(note_open(signed_note, &known, 1, &note, &why));
	must(text_eq(note.body, body));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[32] = {1, 2, 3};
	struct text bytes = {(const char *)data, size}, ours;
	struct signing_key key;
	const char *why = NULL;

	arena = arena_new();
	signing_key_of_seed(seed, &signing);
	known = note_key_of(TEXT(NAME), signing.public_key);
	ours = note_sign(arena, TEXT(BODY), TEXT(NAME), &signing);
	read_as_key(bytes);
	read_as_keys(bytes);
	read_as_checkpoint(bytes);
	read_as_note(bytes);
	read_as_note(joined(ours, bytes, TEXT_NONE));
	read_as_note(joined(bytes, ours, TEXT_NONE));
	read_as_note(
		joined(TEXT(BODY "\n"), bytes,
		       (struct text){ours.at + strlen(BODY) + 1, ours.len - strlen(BODY) - 1}));
	sign_and_open(bytes);
	if (!signing_key_parse(bytes, &key, &why))
		must_say(why);
	arena_free(arena);
	return 0;
}
