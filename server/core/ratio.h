/*
 * ratio.h - exact fractions of 128 bits, for the guide price.
 *
 * The bottom is positive; lowest terms are not promised, so one is compared with another by their
 * difference. A fraction that does not fit, or a division by zero, becomes RATIO_NONE, and
 * everything made from it is RATIO_NONE too: so a chain of sums is asked once, at its end, with
 * ratio_is_sound. Nothing here ever rounds but the two functions that say so.
 */
#ifndef CONCORDAT_CORE_RATIO_H
#define CONCORDAT_CORE_RATIO_H

#include <stdbool.h>
#include <stdint.h>

struct ratio {
	__int128 top, bottom;
};

#define RATIO_NONE ((struct ratio){0, 0})
#define RATIO_ZERO ((struct ratio){0, 1})
#define RATIO_ONE ((struct ratio){1, 1})

struct ratio ratio_make(int64_t top, int64_t bottom);
bool ratio_is_sound(struct ratio a);
struct ratio ratio_add(struct ratio a, struct ratio b);
struct ratio ratio_subtract(struct ratio a, struct ratio b);
struct ratio ratio_multiply(struct ratio a, struct ratio b);
struct ratio ratio_divide(struct ratio a, struct ratio b);
/* -1, 0 or 1; 0 also for RATIO_NONE. */
int ratio_sign(struct ratio a);

/* a x scale as a whole number, half away from zero, or upwards. False when it does not fit. */
bool ratio_round(struct ratio a, int64_t scale, int64_t *out);
bool ratio_round_up(struct ratio a, int64_t scale, int64_t *out);

#endif
