/*
 * id.h - identifiers: UUIDv7 (RFC 9562), and references that people read out.
 *
 * A reference is PREFIX-NUMBER-CHECK, for example PL-1000047-P; the check
 * character is ISO/IEC 7064 MOD 37,36 over the number: every single wrong digit is
 * noticed, and 99 in 100 swaps of neighbours. The prefix is not in it: there are
 * few, and a wrong one is unknown.
 */
#ifndef CONCORDAT_BASE_ID_H
#define CONCORDAT_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/base/text.h"

struct uuid {
	uint8_t bytes[16];
};

/* now_us: microseconds since 1970; random: 10 bytes from a good source. */
struct uuid uuid_make(int64_t now_us, const uint8_t random[10]);
/* With libsodium's random source. */
struct uuid uuid_new(int64_t now_us);
/* 36 characters, lower case on output, either case on input. */
bool uuid_parse(struct text t, struct uuid *out);
struct text uuid_text(struct arena *arena, struct uuid id);
void uuid_format(struct uuid id, char out[37]);
bool uuid_eq(struct uuid a, struct uuid b);
bool uuid_is_zero(struct uuid id);
int uuid_compare(struct uuid a, struct uuid b);

/* prefix: 1 to 8 of A to Z; number: 0 or more, at most 18 digits. */
struct text reference_make(struct arena *arena, const char *prefix, int64_t number);
/* False when the shape (upper case, no leading zero) or the check character is wrong. */
bool reference_is_sound(struct text t);

#endif
