/*
 * ratio.c - exact fractions of 128 bits.
 *
 * Common factors are taken out before multiplying, not only after, so that a fraction overflows
 * only when its lowest terms do not fit. What they are used for is guide.c's business.
 */
#include "ratio.h"

#include "concordat/core/money.h"

static const __int128 most = (__int128)((unsigned __int128)-1 >> 1);

static __int128 positive(__int128 n)
{
	return n < 0 ? -n : n;
}

static __int128 common_factor(__int128 a, __int128 b)
{
	a = positive(a);
	b = positive(b);
	while (b != 0) {
		__int128 rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* The most negative number has no positive twin, so it counts as not fitting. */
static bool multiply(__int128 a, __int128 b, __int128 *out)
{
	return !__builtin_mul_overflow(a, b, out) && *out >= -most;
}

static struct ratio lowest_terms(__int128 top, __int128 bottom)
{
	__int128 factor = common_factor(top, bottom);

	return (struct ratio){top / factor, bottom / factor};
}

struct ratio ratio_make(int64_t top, int64_t bottom)
{
	if (bottom == 0)
		return RATIO_NONE;
	return bottom < 0 ? lowest_terms(-(__int128)top, -(__int128)bottom)
			  : lowest_terms(top, bottom);
}

bool ratio_is_sound(struct ratio a)
{
	return a.bottom != 0;
}

struct ratio ratio_add(struct ratio a, struct ratio b)
{
	__int128 factor, left, right, top, bottom;

	if (a.bottom == 0 || b.bottom == 0)
		return RATIO_NONE;
	factor = common_factor(a.bottom, b.bottom);
	if (!multiply(a.top, b.bottom / factor, &left) ||
	    !multiply(b.top, a.bottom / factor, &right) ||
	    !multiply(a.bottom / factor, b.bottom, &bottom) ||
	    __builtin_add_overflow(left, right, &top) || top < -most)
		return RATIO_NONE;
	return lowest_terms(top, bottom);
}

struct ratio ratio_subtract(struct ratio a, struct ratio b)
{
	b.top = -b.top;
	return ratio_add(a, b);
}

struct ratio ratio_multiply(struct ratio a, struct ratio b)
{
	__int128 across, along;
	struct ratio out;

	if (a.bottom == 0 || b.bottom == 0)
		return RATIO_NONE;
	across = common_factor(a.top, b.bottom);
	along = common_factor(b.top, a.bottom);
	if (!multiply(a.top / across, b.top / along, &out.top) ||
	    !multiply(a.bottom / along, b.bottom / across, &out.bottom))
		return RATIO_NONE;
	return out;
}

struct ratio ratio_divide(struct ratio a, struct ratio b)
{
	struct ratio turned = {b.bottom, b.top};

	if (b.top == 0 || b.bottom == 0)
		return RATIO_NONE;
	if (b.top < 0)
		turned = (struct ratio){-b.bottom, -b.top};
	return ratio_multiply(a, turned);
}

int ratio_sign(struct ratio a)
{
	return (a.top > 0) - (a.top < 0);
}

static bool narrow(__int128 n, int64_t *out)
{
	if (n > INT64_MAX || n <= INT64_MIN)
		return false;
	*out = (int64_t)n;
	return true;
}

bool ratio_round(struct ratio a, int64_t scale, int64_t *out)
{
	struct ratio scaled = ratio_multiply(a, ratio_make(scale, 1));

	return ratio_is_sound(scaled) && narrow(divide_round(scaled.top, scaled.bottom), out);
}

bool ratio_round_up(struct ratio a, int64_t scale, int64_t *out)
{
	struct ratio scaled = ratio_multiply(a, ratio_make(scale, 1));

	return ratio_is_sound(scaled) && narrow(divide_up(scaled.top, scaled.bottom), out);
}
