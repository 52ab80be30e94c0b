/* sha256.h - SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), through OpenSSL. */
#ifndef CONCORDAT_BASE_SHA256_H
#define CONCORDAT_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "concordat/base/text.h"

struct digest {
	uint8_t bytes[32];
};

/* The digest of up to three pieces one after another; pass TEXT_NONE for none. */
struct digest sha256(struct text a, struct text b, struct text c);
struct digest hmac_sha256(const uint8_t *key, size_t key_size, struct text message);
/* In constant time. */
bool digest_eq(const struct digest *a, const struct digest *b);
bool digest_is_zero(const struct digest *d);

#endif
