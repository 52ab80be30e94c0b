/*
 * log_filed.c - checkpoints outside the database: the newest of each log, all in one file; and the
 * public keys that sign them, in another, a line of hexadecimal digits for each.
 *
 * One file, because the disk is waited for once, however many logs a turn has sealed. Each
 * checkpoint stands behind a line "<authority> <bytes>". A note is opened once by a process and
 * known again by its digest: a signature takes longer to check than all else that is done for a
 * log.
 */
#include "concordat/app/log.h"

#include <errno.h>
#include <string.h>

#include "internal.h"

#define FILE_NAME "checkpoints"
#define KEYS_NAME "keys"
#define KNOWN_MOST 1024

struct note_key *log_keys_named(struct arena *arena, struct text name, const uint8_t (*keys)[32],
				size_t count)
{
	struct note_key *named = arena_array(arena, struct note_key, count);

	for (size_t i = 0; i < count; i++)
		named[i] = note_key_of(name, keys[i]);
	return named;
}

/* ---- notes that are known ---- */

static struct digest known[KNOWN_MOST];

static struct digest *place_of(const struct digest *digest)
{
	return &known[(digest->bytes[0] << 8 | digest->bytes[1]) % KNOWN_MOST];
}

void log_note_know(struct text note)
{
	struct digest digest = sha256(note, TEXT_NONE, TEXT_NONE);

	*place_of(&digest) = digest;
}

bool log_note_open(struct arena *arena, struct text note, const uint8_t (*keys)[32],
		   size_t key_count, struct checkpoint *out)
{
	struct digest digest = sha256(note, TEXT_NONE, TEXT_NONE);
	const char *end = note.len ? memmem(note.at, note.len, "\n\n", 2) : NULL, *flaw;
	struct text body, origin;

	if (!end)
		return false;
	body = (struct text){note.at, (size_t)(end + 1 - note.at)};
	if (digest_eq(place_of(&digest), &digest))
		return checkpoint_parse(body, out, &flaw);
	origin = (struct text){note.at, strcspn(text_cstr(arena, body), "\n")};
	if (!checkpoint_open(note, log_keys_named(arena, origin, keys, key_count), key_count, out,
			     &flaw))
		return false;
	*place_of(&digest) = digest;
	return true;
}

/* ---- the file ---- */

/* Takes one off the front; false when that is none. */
static bool take_entry(struct text *rest, struct uuid *authority, struct text *note)
{
	const char *line = memchr(rest->at, '\n', rest->len);
	size_t head = line ? (size_t)(line + 1 - rest->at) : 0;
	int64_t size;

	if (head < 39 || rest->at[36] != ' ' ||
	    !uuid_parse((struct text){rest->at, 36}, authority) ||
	    !text_to_int((struct text){rest->at + 37, head - 38}, &size) || size < 1 ||
	    (uint64_t)size > rest->len - head)
		return false;
	*note = (struct text){rest->at + head, (size_t)size};
	rest->at += head + (size_t)size;
	rest->len -= head + (size_t)size;
	return true;
}

bool log_filed_load(struct arena *arena, const char *dir, struct text *all, struct text *why)
{
	struct text path = text_printf(arena, "%s/" FILE_NAME, dir), rest, note;
	struct uuid authority;
	bool there;

	*all = TEXT_NONE;
	if (!dir[0])
		return true;
	if (!log_file_read(arena, path.at, all, &there)) {
		int reason = errno;

		*why = text_printf(arena, "%.*s cannot be read", TEXT_FMT(path));
		errno = reason;
		return false;
	}
	if (!there)
		*all = TEXT_NONE;
	for (rest = *all; rest.len;)
		if (!take_entry(&rest, &authority, &note)) {
			*why = text_printf(arena, "%.*s is damaged", TEXT_FMT(path));
			errno = 0;
			return false;
		}
	if (!there || all->len)
		return true;
	*why = text_printf(arena, "%.*s is empty", TEXT_FMT(path));
	errno = 0;
	return false;
}

bool log_filed_find(struct arena *arena, struct text all, struct uuid authority,
		    const uint8_t (*keys)[32], size_t key_count, struct log_filed *out,
		    struct text *why)
{
	struct uuid whose;
	struct text note;

	*out = (struct log_filed){0};
	while (all.len && take_entry(&all, &whose, &note))
		if (uuid_eq(whose, authority))
			out->note = note;
	if (!out->note.at)
		return true;
	out->there = log_note_open(arena, out->note, keys, key_count, &out->checkpoint);
	*why = TEXT("what stands there is no checkpoint that this service signed");
	return out->there;
}

bool log_filed_read(struct arena *arena, const char *dir, struct uuid authority,
		    const uint8_t (*keys)[32], size_t key_count, struct log_filed *out,
		    struct text *why)
{
	struct text all;

	*out = (struct log_filed){0};
	return log_filed_load(arena, dir, &all, why) &&
	       log_filed_find(arena, all, authority, keys, key_count, out, why);
}

static void put_entry(struct writer *w, struct uuid authority, struct text note)
{
	char id[37];

	uuid_format(authority, id);
	writer_printf(w, "%s %zu\n", id, note.len);
	writer_put(w, note);
}

struct text log_filed_with(struct arena *arena, struct text all, const struct log_newest *newest,
			   size_t count)
{
	struct uuid whose;
	struct text note;
	struct writer w;
	size_t i;

	writer_init(&w, arena);
	while (all.len && take_entry(&all, &whose, &note)) {
		for (i = 0; i < count && !uuid_eq(newest[i].authority, whose); i++)
			;
		if (i == count)
			put_entry(&w, whose, note);
	}
	for (i = 0; i < count; i++)
		put_entry(&w, newest[i].authority, newest[i].note);
	return writer_text(&w);
}

bool log_filed_write(const char *dir, struct text all)
{
	return log_file_write(dir, FILE_NAME, all);
}

/* ---- the keys ---- */

static struct text key_line(struct arena *arena, const uint8_t key[32])
{
	return text_printf(arena, "%.*s\n", TEXT_FMT(text_hex(arena, key, 32)));
}

static bool has_key(struct arena *arena, struct text all, const uint8_t key[32])
{
	struct text line = key_line(arena, key);

	return all.len && memmem(all.at, all.len, line.at, line.len);
}

/* The first time all that there are are taken for what they say. */
static bool add_key(struct arena *arena, const char *dir, const uint8_t own[32],
		    const uint8_t (*keys)[32], size_t count, bool first, struct text *all)
{
	struct writer w;

	if (has_key(arena, *all, own))
		return true;
	writer_init(&w, arena);
	writer_put(&w, *all);
	for (size_t i = 0; first && i < count; i++)
		if (memcmp(keys[i], own, 32) != 0)
			writer_put(&w, key_line(arena, keys[i]));
	writer_put(&w, key_line(arena, own));
	*all = writer_text(&w);
	return log_file_write(dir, KEYS_NAME, *all);
}

bool log_keys_vouched(struct arena *arena, const char *dir, const uint8_t *own, uint8_t (*keys)[32],
		      size_t *count, struct text *why)
{
	struct text path = text_printf(arena, "%s/" KEYS_NAME, dir), all = TEXT_NONE;
	size_t kept = 0;
	bool there;

	if (!dir[0])
		return true;
	if (!log_file_read(arena, path.at, &all, &there)) {
		*why = text_printf(arena, "%.*s cannot be read", TEXT_FMT(path));
		return false;
	}
	if (!there)
		all = TEXT_NONE;
	if (own && !add_key(arena, dir, own, keys, *count, !there, &all)) {
		*why = text_printf(arena, "%.*s cannot be written", TEXT_FMT(path));
		return false;
	}
	for (size_t i = 0; (there || own) && i < *count; i++)
		if (has_key(arena, all, keys[i]))
			memmove(keys[kept++], keys[i], 32);
	if (there || own)
		*count = kept;
	return true;
}
