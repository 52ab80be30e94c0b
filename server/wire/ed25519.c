/*
 * ed25519.c - what signs: an Ed25519 key from its file, and what is done with it (RFC 8032).
 *
 * The only door to OpenSSL's keys. A signing key comes from a file that the operator keeps and is
 * otherwise only in memory; nothing prints one but signing_key_new. That OpenSSL cannot sign is
 * fatal: a log goes on from what it last said, and nobody could say more.
 */
#include "ed25519.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "concordat/base/report.h"

/* An encrypted file is refused: nobody is there to be asked for its password. */
static int on_password(char *buffer, int size, int for_writing, void *context)
{
	(void)buffer;
	(void)size;
	(void)for_writing;
	(void)context;
	return -1;
}

static bool raw_keys(const EVP_PKEY *pkey, struct signing_key *out)
{
	size_t seed = sizeof(out->seed), public = sizeof(out->public_key);

	return EVP_PKEY_get_raw_private_key(pkey, out->seed, &seed) == 1 &&
	       EVP_PKEY_get_raw_public_key(pkey, out->public_key, &public) == 1 &&
	       seed == sizeof(out->seed) && public == sizeof(out->public_key);
}

static EVP_PKEY *pkey_of_seed(const uint8_t seed[32])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);

	if (!pkey)
		report_fatal("wire", "OpenSSL could not make an Ed25519 key of its seed.");
	return pkey;
}

/* What went wrong was said; left in OpenSSL's queue, TLS on this thread would take it for its own.
 */
static void forget_errors(void)
{
	ERR_clear_error();
}

void ed25519_sign(const struct signing_key *key, struct text message, uint8_t out[ED25519_SIZE])
{
	EVP_PKEY *pkey = pkey_of_seed(key->seed);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = ED25519_SIZE;

	if (!context || EVP_DigestSignInit(context, NULL, NULL, NULL, pkey) != 1 ||
	    EVP_DigestSign(context, out, &size, (const unsigned char *)message.at, message.len) !=
		    1 ||
	    size != ED25519_SIZE)
		report_fatal("wire", "OpenSSL could not sign with an Ed25519 key.");
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
}

bool ed25519_holds(const uint8_t public_key[32], struct text message,
		   const uint8_t signature[ED25519_SIZE])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool holds = pkey && context &&
		     EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
		     EVP_DigestVerify(context, signature, ED25519_SIZE,
				      (const unsigned char *)message.at, message.len) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
	forget_errors();
	return holds;
}

bool signing_key_parse(struct text pem, struct signing_key *out, const char **why)
{
	BIO *bio = pem.len && pem.len <= INT32_MAX ? BIO_new_mem_buf(pem.at, (int)pem.len) : NULL;
	EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, on_password, NULL) : NULL;
	bool read = false;

	if (!pkey)
		*why = "It is no PEM file of a private key, or a password is on it. Make one with "
		       "`concordatd log-key FILE`.";
	else if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519 || !raw_keys(pkey, out))
		*why = "It is a private key, but no Ed25519 one. Make one with "
		       "`concordatd log-key FILE`.";
	else
		read = true;
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	forget_errors();
	return read;
}

struct text signing_key_new(struct arena *arena, struct signing_key *out)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	struct text pem = TEXT_NONE;
	EVP_PKEY *pkey;
	char *at;

	if (RAND_priv_bytes(out->seed, sizeof(out->seed)) != 1)
		report_fatal("wire", "OpenSSL found no source of random numbers.");
	signing_key_of_seed(out->seed, out);
	pkey = pkey_of_seed(out->seed);
	if (bio && PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1) {
		pem.len = (size_t)BIO_get_mem_data(bio, &at);
		pem = text_copy(arena, (struct text){at, pem.len});
	}
	if (!pem.len)
		report_fatal("wire", "OpenSSL could not write the new Ed25519 key as PEM.");
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	return pem;
}

void signing_key_of_seed(const uint8_t seed[32], struct signing_key *out)
{
	EVP_PKEY *pkey = pkey_of_seed(seed);

	if (!raw_keys(pkey, out))
		report_fatal("wire", "OpenSSL could not make an Ed25519 key of its seed.");
	EVP_PKEY_free(pkey);
}
