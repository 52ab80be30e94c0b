/*
 * sha256.c - SHA-256 and HMAC-SHA-256, through libsodium.
 *
 * libsodium's hashes need no sodium_init; comparison is in constant time.
 */
#include "concordat/base/sha256.h"

#include <sodium.h>

_Static_assert(sizeof(struct digest) == crypto_hash_sha256_BYTES, "a digest is 32 bytes");
_Static_assert(sizeof(struct digest) == crypto_auth_hmacsha256_BYTES, "an HMAC is 32 bytes");

static void hash_piece(crypto_hash_sha256_state *state, struct text piece)
{
	if (piece.len)
		crypto_hash_sha256_update(state, (const unsigned char *)piece.at, piece.len);
}

struct digest sha256(struct text a, struct text b, struct text c)
{
	crypto_hash_sha256_state state;
	struct digest digest;

	crypto_hash_sha256_init(&state);
	hash_piece(&state, a);
	hash_piece(&state, b);
	hash_piece(&state, c);
	crypto_hash_sha256_final(&state, digest.bytes);
	return digest;
}

struct digest hmac_sha256(const uint8_t *key, size_t key_size, struct text message)
{
	crypto_auth_hmacsha256_state state;
	struct digest digest;

	crypto_auth_hmacsha256_init(&state, key, key_size);
	if (message.len)
		crypto_auth_hmacsha256_update(&state, (const unsigned char *)message.at,
					      message.len);
	crypto_auth_hmacsha256_final(&state, digest.bytes);
	sodium_memzero(&state, sizeof(state));
	return digest;
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
	return sodium_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool digest_is_zero(const struct digest *d)
{
	return sodium_is_zero(d->bytes, sizeof(d->bytes)) == 1;
}
