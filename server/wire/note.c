/*
 * note.c - signed notes (C2SP signed-note): a text, an empty line, and who signed it.
 *
 * Keys that are not known are passed over, so that others may sign beside; but a known key's
 * signature that does not hold spoils the note. What a text says is for others (checkpoint.c).
 */
#include "concordat/wire/note.h"

#include <assert.h>
#include <string.h>

#include "ed25519.h"
#include "lines.h"

#define DASH "\xe2\x80\x94 " /* what a signature line begins with */
#define ID_SIZE 4
/* The largest of a signature with its key's id. Those of after quantum computers need 5 kB. */
#define SIGNATURE_MOST 8192
#define SIGNATURES_MOST 100

/* One line of those behind the text. */
struct signature {
	struct text name;
	uint32_t id;
	struct text bytes; /* behind the id */
};

static bool is_note_text(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.at[i] < ' ' && t.at[i] != '\n')
			return false;
	return text_is_utf8(t);
}

/* At the last empty line. */
static bool note_split(struct text text, struct text *body, struct text *signatures)
{
	size_t at = text.len;

	while (at >= 2 && !(text.at[at - 1] == '\n' && text.at[at - 2] == '\n'))
		at--;
	if (at < 2)
		return false;
	*body = (struct text){text.at, at - 1};
	*signatures = (struct text){text.at + at, text.len - at};
	return true;
}

static bool signature_parse(struct text line, uint8_t buffer[SIGNATURE_MOST], struct signature *out)
{
	struct text encoded;
	const char *space;
	size_t size;

	if (!text_starts(line, DASH))
		return false;
	line = (struct text){line.at + strlen(DASH), line.len - strlen(DASH)};
	space = line.len ? memchr(line.at, ' ', line.len) : NULL;
	if (!space)
		return false;
	out->name = (struct text){line.at, (size_t)(space - line.at)};
	encoded = (struct text){space + 1, line.len - out->name.len - 1};
	size = text_base64_size(encoded);
	if (!line_is_name(out->name) || size <= ID_SIZE || size > SIGNATURE_MOST ||
	    !text_unbase64(encoded, buffer, size))
		return false;
	out->id = note_id(buffer);
	out->bytes = (struct text){(char *)buffer + ID_SIZE, size - ID_SIZE};
	return true;
}

/* Which of the keys it says it is by; of two with one name and id, the one that it holds with.
 * NULL: none. */
static const struct note_key *signer(const struct signature *signature, struct text body,
				     const struct note_key *keys, size_t key_count, bool *holds)
{
	const struct note_key *found = NULL;

	*holds = false;
	for (size_t i = 0; i < key_count && !*holds; i++) {
		if (keys[i].id != signature->id || !text_eq(keys[i].name, signature->name))
			continue;
		found = &keys[i];
		*holds = signature->bytes.len == ED25519_SIZE &&
			 ed25519_holds(found->public_key, body,
				       (const uint8_t *)signature->bytes.at);
	}
	return found;
}

struct text note_sign(struct arena *arena, struct text body, struct text name,
		      const struct signing_key *key)
{
	uint32_t id = note_key_of(name, key->public_key).id;
	uint8_t signature[ID_SIZE + ED25519_SIZE] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16),
						     (uint8_t)(id >> 8), (uint8_t)id};
	struct text base64;

	assert(body.len > 0 && body.at[body.len - 1] == '\n' && is_note_text(body));
	assert(line_is_name(name));
	ed25519_sign(key, body, signature + ID_SIZE);
	base64 = text_base64(arena, signature, sizeof(signature));
	return text_printf(arena, "%.*s\n" DASH "%.*s %.*s\n", TEXT_FMT(body), TEXT_FMT(name),
			   TEXT_FMT(base64));
}

bool note_open(struct text text, const struct note_key *keys, size_t key_count, struct note *out,
	       const char **why)
{
	uint8_t buffer[SIGNATURE_MOST];
	struct text rest, line;
	size_t count = 0, good = 0;

	if (text.len > NOTE_SIZE_MOST || !is_note_text(text)) {
		*why = "It is no signed note: it is too long, or no plain text of UTF-8.";
		return false;
	}
	if (!note_split(text, &out->body, &rest) || rest.len == 0) {
		*why = "It is no signed note: a text, an empty line, and lines of signatures.";
		return false;
	}
	while (rest.len > 0) {
		const struct note_key *by;
		struct signature signature;
		bool holds;

		if (!line_take(&rest, &line) || !signature_parse(line, buffer, &signature) ||
		    ++count > SIGNATURES_MOST) {
			*why = "It is no signed note: a line behind its last empty line is no "
			       "signature, or there are too many.";
			return false;
		}
		by = signer(&signature, out->body, keys, key_count, &holds);
		if (by && !holds) {
			*why = "The signature of a known key does not hold: the note or the "
			       "signature was changed.";
			return false;
		}
		if (by && !good++)
			out->by = *by;
	}
	if (!good)
		*why = "No key that is known signed the note.";
	return good > 0;
}
