/*
 * sha256.c - SHA-256 and HMAC-SHA-256, through OpenSSL.
 *
 * OpenSSL's uses what the processor has for it, and is several times libsodium's: every entry,
 * answer and proof is hashed. Comparison is libsodium's, in constant time.
 */
#include "concordat/base/sha256.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <sodium.h>

#include "concordat/base/report.h"

static EVP_MD *algorithm;
static pthread_once_t found = PTHREAD_ONCE_INIT;

static _Noreturn void fail(void)
{
	report_fatal("base", "OpenSSL does not give SHA-256. Its configuration may forbid it, or "
			     "the memory is used up.");
}

static void find(void)
{
	algorithm = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	if (!algorithm || EVP_MD_get_size(algorithm) != sizeof(struct digest))
		fail();
}

static bool hash_piece(EVP_MD_CTX *context, struct text piece)
{
	return !piece.len || EVP_DigestUpdate(context, piece.at, piece.len);
}

struct digest sha256(struct text a, struct text b, struct text c)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct digest digest;

	pthread_once(&found, find);
	if (!context || !EVP_DigestInit_ex2(context, algorithm, NULL) || !hash_piece(context, a) ||
	    !hash_piece(context, b) || !hash_piece(context, c) ||
	    !EVP_DigestFinal_ex(context, digest.bytes, NULL))
		fail();
	EVP_MD_CTX_free(context);
	return digest;
}

struct digest hmac_sha256(const uint8_t *key, size_t key_size, struct text message)
{
	struct digest digest;

	pthread_once(&found, find);
	if (!HMAC(algorithm, key, (int)key_size, (const unsigned char *)message.at, message.len,
		  digest.bytes, NULL))
		fail();
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
