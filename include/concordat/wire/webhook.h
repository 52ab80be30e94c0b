/*
 * webhook.h - how a message to a program is signed: Standard Webhooks, symmetric.
 *
 * Signed is "<id>.<timestamp>.<body>" with HMAC-SHA256, the timestamp in seconds. A secret is
 * written "whsec_" and base64; its key is what the base64 stands for.
 */
#ifndef CONCORDAT_WIRE_WEBHOOK_H
#define CONCORDAT_WIRE_WEBHOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/base/text.h"

#define WEBHOOK_KEY_SIZE 32 /* of those that are made here; others' may have 24 to 64 */

struct text webhook_secret_text(struct arena *arena, const uint8_t key[WEBHOOK_KEY_SIZE]);

/* One more signature, "v1,<base64>", with a space before it where one is there already. False and
 * nothing written when the secret is none. */
bool webhook_sign(struct writer *w, struct text secret, struct text id, int64_t timestamp_s,
		  struct text body) __attribute__((warn_unused_result));

#endif
