/*
 * cursor.c - where a reader stands in an authority's log, sealed.
 *
 * How long the log is would tell a provider how much others do there. So the index goes out sealed
 * (XChaCha20-Poly1305, a random nonce each time), bound to the authority and the organisation,
 * under a key made of the master key: every daemon that has it reads what another gave out. With it
 * goes the beginning of the hash of the entry before, so that one of a log that has lost its end
 * since, and grown again, is known.
 */
#include "call/cursor.h"

#include <sodium.h>
#include <string.h>

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define INDEX 8
#define LEAF 9 /* of the hash: so nothing is padded */
#define PLAIN (INDEX + LEAF)
#define SEALED (NONCE + PLAIN + TAG)
#define CHARACTERS (SEALED / 3 * 4)

static struct digest cursor_key(const struct app *app)
{
	return hmac_sha256(app->master, sizeof(app->master), TEXT("concordat stream cursor 1"));
}

static void bind(struct uuid authority, struct uuid organisation, uint8_t bound[32])
{
	memcpy(bound, authority.bytes, 16);
	memcpy(bound + 16, organisation.bytes, 16);
}

struct text cursor_seal(const struct app *app, struct arena *arena, struct uuid authority,
			struct uuid organisation, struct place place)
{
	uint8_t bytes[SEALED], bound[32], plain[PLAIN];
	char *out = arena_alloc(arena, CHARACTERS + 1);
	struct digest key = cursor_key(app);

	bind(authority, organisation, bound);
	for (int i = 0; i < INDEX; i++)
		plain[i] = (uint8_t)(place.index >> (8 * (INDEX - 1 - i)));
	memcpy(plain + INDEX, place.leaf.bytes, LEAF);
	randombytes_buf(bytes, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE, NULL, plain, PLAIN, bound,
						   sizeof(bound), NULL, bytes, key.bytes);
	sodium_memzero(&key, sizeof(key));
	sodium_bin2base64(out, CHARACTERS + 1, bytes, SEALED,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return (struct text){out, CHARACTERS};
}

bool cursor_open(const struct app *app, struct text cursor, struct uuid authority,
		 struct uuid organisation, struct place *place)
{
	uint8_t bytes[SEALED], bound[32], plain[PLAIN];
	struct digest key;
	size_t size;
	int failed;

	if (cursor.len != CHARACTERS ||
	    sodium_base642bin(bytes, sizeof(bytes), cursor.at, cursor.len, NULL, &size, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    size != SEALED)
		return false;
	key = cursor_key(app);
	bind(authority, organisation, bound);
	failed = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, bytes + NONCE,
							    PLAIN + TAG, bound, sizeof(bound),
							    bytes, key.bytes);
	sodium_memzero(&key, sizeof(key));
	*place = (struct place){0};
	if (failed)
		return false;
	for (int i = 0; i < INDEX; i++)
		place->index = place->index << 8 | plain[i];
	memcpy(place->leaf.bytes, plain + INDEX, LEAF);
	return place->index >= 0;
}

bool place_follows(const struct place *opened, const struct digest *leaf)
{
	return memcmp(opened->leaf.bytes, leaf->bytes, LEAF) == 0;
}
