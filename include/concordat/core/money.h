/*
 * money.h - exact money.
 *
 * An amount is integer pence (int64_t, name ends in _p); a rate is integer
 * ten-thousandths of a pound (name ends in _r, so GBP 14.2025 is 142025). Never
 * a float. Intermediates are 128-bit and never rounded.
 */
#ifndef CONCORDAT_CORE_MONEY_H
#define CONCORDAT_CORE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/base/text.h"

/* The largest amount accepted anywhere: GBP 10 million, so sums cannot overflow. */
#define MONEY_MOST_P INT64_C(1000000000)
/* The largest sum of amounts over many years. */
#define MONEY_SUM_MOST_P (MONEY_MOST_P * 10000)

/* "1,250.50" with the pound sign before it when symbol is true; "-" before the sign when below
 * zero. */
struct text money_text(struct arena *arena, int64_t pence, bool symbol);
void money_put(struct writer *w, int64_t pence, bool symbol);
/* "1250.5", "1250", "-1250.50": at most two decimals, no sign of thousands or of pounds, within
 * MONEY_MOST_P either way. */
bool money_parse(struct text t, int64_t *pence);
/* A decimal string of a number in ten-thousandths, trailing zeros beyond two decimals dropped:
 * "14.2025", "14.20", "-0.50". Read with at most four decimals, within the same amount. */
struct text rate_text(struct arena *arena, int64_t ten_thousandths);
void rate_put(struct writer *w, int64_t ten_thousandths);
bool rate_parse(struct text t, int64_t *ten_thousandths);

/* Half away from zero; divisor > 0. */
__int128 divide_round(__int128 dividend, __int128 divisor);
/* Towards plus infinity; divisor > 0. */
__int128 divide_up(__int128 dividend, __int128 divisor);

#endif
