/*
 * note_key.c - who is known to sign notes, as lines that are handed about (C2SP signed-note).
 *
 * A key's id is made from its name and the key, so that a line with one letter changed is refused.
 */
#include "concordat/wire/note.h"

#include <string.h>

#include "lines.h"

#define ED25519_SIGNATURE 0x01 /* the signature type's byte in signed-note */

/* The byte of its type, and the key. */
struct encoded {
	uint8_t bytes[33];
};

static struct encoded encode(const uint8_t public_key[32])
{
	struct encoded encoded = {{ED25519_SIGNATURE}};

	memcpy(encoded.bytes + 1, public_key, 32);
	return encoded;
}

/* What is before the next plus; the rest is what is behind it. */
static bool part_take(struct text *rest, struct text *part)
{
	const char *plus = rest->len ? memchr(rest->at, '+', rest->len) : NULL;

	if (!plus)
		return false;
	*part = (struct text){rest->at, (size_t)(plus - rest->at)};
	*rest = (struct text){plus + 1, rest->len - part->len - 1};
	return true;
}

static bool id_parse(struct text hex, uint32_t *out)
{
	uint8_t bytes[4];

	for (size_t i = 0; i < hex.len; i++)
		if (hex.at[i] >= 'A' && hex.at[i] <= 'F')
			return false;
	if (!text_unhex(hex, bytes, sizeof(bytes)))
		return false;
	*out = note_id(bytes);
	return true;
}

struct note_key note_key_of(struct text name, const uint8_t public_key[32])
{
	struct encoded encoded = encode(public_key);
	struct digest digest = sha256(name, TEXT("\n"),
				      (struct text){(char *)encoded.bytes, sizeof(encoded.bytes)});
	struct note_key key = {.name = name, .id = note_id(digest.bytes)};

	memcpy(key.public_key, public_key, sizeof(key.public_key));
	return key;
}

bool note_key_parse(struct text line, struct note_key *out, const char **why)
{
	struct text name, hex;
	struct encoded encoded;
	uint32_t id;

	if (!part_take(&line, &name) || !part_take(&line, &hex)) {
		*why = "A key is written NAME+ID+KEY, on one line.";
		return false;
	}
	if (!line_is_name(name)) {
		*why = "A key's name is not empty and has no space.";
		return false;
	}
	if (!id_parse(hex, &id)) {
		*why = "A key's id is eight digits of lower-case hexadecimal.";
		return false;
	}
	if (!text_unbase64(line, encoded.bytes, sizeof(encoded.bytes)) ||
	    encoded.bytes[0] != ED25519_SIGNATURE) {
		*why = "A key is base64 of the byte 1, for Ed25519, and the 32 bytes of the key.";
		return false;
	}
	*out = note_key_of(name, encoded.bytes + 1);
	if (out->id != id) {
		*why = "The key's id is not that of its name and key. One of them was changed.";
		return false;
	}
	return true;
}

struct text note_key_line(struct arena *arena, const struct note_key *key)
{
	struct encoded encoded = encode(key->public_key);
	struct text base64 = text_base64(arena, encoded.bytes, sizeof(encoded.bytes));

	return text_printf(arena, "%.*s+%08x+%.*s", TEXT_FMT(key->name), key->id, TEXT_FMT(base64));
}

bool note_keys_parse(struct arena *arena, struct text file, struct list *out, struct text *why)
{
	struct note_key *keys = NULL, key;
	const char *wrong;
	size_t count = 0;
	struct text line;

	for (int64_t number = 1; file.len > 0; number++) {
		if (!line_take(&file, &line)) {
			line = file;
			file = TEXT_NONE;
		}
		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (!note_key_parse(line, &key, &wrong)) {
			*why = text_printf(arena, "Line %lld: %s", (long long)number, wrong);
			return false;
		}
		*LIST_ADD(arena, keys, count) = key;
	}
	if (!count) {
		*why = TEXT("There is no key. A key is written NAME+ID+KEY, on one line.");
		return false;
	}
	*out = (struct list){keys, count};
	return true;
}
