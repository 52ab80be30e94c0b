/* ed25519.h - signatures of RFC 8032 through OpenSSL, over bytes of any kind. */
#ifndef SERVER_WIRE_ED25519_H
#define SERVER_WIRE_ED25519_H

#include "concordat/wire/note.h"

#define ED25519_SIZE 64

void ed25519_sign(const struct signing_key *key, struct text message, uint8_t out[ED25519_SIZE]);
bool ed25519_holds(const uint8_t public_key[32], struct text message,
		   const uint8_t signature[ED25519_SIZE]);

#endif
