/*
 * webhook.c - how a message to a program is signed.
 *
 * The one idea: the secret is text on both sides, and only in here it is a key, for as long as the
 * signing lasts.
 */
#include "concordat/wire/webhook.h"

#include <openssl/crypto.h>

#include "concordat/base/sha256.h"

#define PREFIX "whsec_"
#define KEY_LEAST 24
#define KEY_MOST 64

struct text webhook_secret_text(struct arena *arena, const uint8_t key[WEBHOOK_KEY_SIZE])
{
	struct text base64 = text_base64(arena, key, WEBHOOK_KEY_SIZE);

	return text_printf(arena, PREFIX "%.*s", TEXT_FMT(base64));
}

bool webhook_sign(struct writer *w, struct text secret, struct text id, int64_t timestamp_s,
		  struct text body)
{
	uint8_t key[KEY_MOST];
	struct writer signed_;
	struct digest digest;
	struct text base64;
	size_t size;

	if (!text_starts(secret, PREFIX))
		return false;
	secret = (struct text){secret.at + sizeof(PREFIX) - 1, secret.len - sizeof(PREFIX) + 1};
	size = text_base64_size(secret);
	if (size < KEY_LEAST || size > KEY_MOST || !text_unbase64(secret, key, size))
		return false;
	writer_init(&signed_, w->arena);
	writer_put(&signed_, id);
	writer_char(&signed_, '.');
	writer_int(&signed_, timestamp_s);
	writer_char(&signed_, '.');
	writer_put(&signed_, body);
	digest = hmac_sha256(key, size, writer_text(&signed_));
	OPENSSL_cleanse(key, sizeof(key));
	base64 = text_base64(w->arena, digest.bytes, sizeof(digest.bytes));
	writer_printf(w, "%sv1,%.*s", w->len ? " " : "", TEXT_FMT(base64));
	return true;
}
