/*
 * ratio.c - exact fractions of 128 bits.
 *
 * Nearly every sum fits in 64 bits as it stands, which a processor reckons by itself: lowest terms
 * are taken only of what does not. Then common factors are taken out before multiplying, not only
 * after, so that a fraction overflows only when its lowest terms do not fit. What they are used for
 * is guide.c's business.
 */
#include "ratio.h"

#include "concordat/core/money.h"

static const __int128 most = (__int128)((unsigned __int128)-1 >> 1);

static __int128 positive(__int128 n)
{
	return n < 0 ? -n : n;
}

static bool is_narrow(__int128 n)
{
	return n == (int64_t)n;
}

static uint64_t narrow_factor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static __int128 common_factor(__int128 a, __int128 b)
{
	a = positive(a);
	b = positive(b);
	while (!is_narrow(a) || !is_narrow(b)) {
		__int128 rest;

		if (b == 0)
			return a;
		rest = a % b;
		a = b;
		b = rest;
	}
	return narrow_factor((uint64_t)a, (uint64_t)b);
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
	return bottom < 0 ? (struct ratio){-(__int128)top, -(__int128)bottom}
			  : (struct ratio){top, bottom};
}

bool ratio_is_sound(struct ratio a)
{
	return a.bottom != 0;
}

/* As they stand; false when that does not fit in 64 bits. */
static bool add_narrow(struct ratio a, struct ratio b, struct ratio *sum)
{
	int64_t factor, over, left, right, top, bottom;

	if (!is_narrow(a.top) || !is_narrow(a.bottom) || !is_narrow(b.top) || !is_narrow(b.bottom))
		return false;
	factor = (int64_t)narrow_factor((uint64_t)a.bottom, (uint64_t)b.bottom);
	over = (int64_t)a.bottom / factor;
	if (__builtin_mul_overflow((int64_t)a.top, (int64_t)b.bottom / factor, &left) ||
	    __builtin_mul_overflow((int64_t)b.top, over, &right) ||
	    __builtin_mul_overflow(over, (int64_t)b.bottom, &bottom) ||
	    __builtin_add_overflow(left, right, &top))
		return false;
	*sum = (struct ratio){top, bottom};
	return true;
}

/* Of lowest terms. What the sum's top and bottom have in common, the two bottoms had. */
static struct ratio add_wide(struct ratio a, struct ratio b)
{
	__int128 factor = common_factor(a.bottom, b.bottom), left, right, top, bottom;

	if (!multiply(a.top, b.bottom / factor, &left) ||
	    !multiply(b.top, a.bottom / factor, &right) ||
	    !multiply(a.bottom / factor, b.bottom, &bottom) ||
	    __builtin_add_overflow(left, right, &top) || top < -most)
		return RATIO_NONE;
	factor = common_factor(top, factor);
	return (struct ratio){top / factor, bottom / factor};
}

struct ratio ratio_add(struct ratio a, struct ratio b)
{
	struct ratio sum;

	if (a.bottom == 0 || b.bottom == 0)
		return RATIO_NONE;
	if (a.top == 0 || b.top == 0)
		return a.top == 0 ? b : a;
	if (add_narrow(a, b, &sum))
		return sum;
	return add_wide(lowest_terms(a.top, a.bottom), lowest_terms(b.top, b.bottom));
}

struct ratio ratio_subtract(struct ratio a, struct ratio b)
{
	b.top = -b.top;
	return ratio_add(a, b);
}

static bool multiply_narrow(struct ratio a, struct ratio b, struct ratio *product)
{
	int64_t top, bottom;

	if (!is_narrow(a.top) || !is_narrow(a.bottom) || !is_narrow(b.top) || !is_narrow(b.bottom))
		return false;
	if (__builtin_mul_overflow((int64_t)a.top, (int64_t)b.top, &top) ||
	    __builtin_mul_overflow((int64_t)a.bottom, (int64_t)b.bottom, &bottom))
		return false;
	*product = (struct ratio){top, bottom};
	return true;
}

static struct ratio multiply_wide(struct ratio a, struct ratio b)
{
	__int128 across = common_factor(a.top, b.bottom), along = common_factor(b.top, a.bottom);
	struct ratio out;

	if (!multiply(a.top / across, b.top / along, &out.top) ||
	    !multiply(a.bottom / along, b.bottom / across, &out.bottom))
		return RATIO_NONE;
	return out;
}

struct ratio ratio_multiply(struct ratio a, struct ratio b)
{
	struct ratio product;

	if (a.bottom == 0 || b.bottom == 0)
		return RATIO_NONE;
	if (a.top == 0 || b.top == 0)
		return RATIO_ZERO;
	if (multiply_narrow(a, b, &product))
		return product;
	return multiply_wide(lowest_terms(a.top, a.bottom), lowest_terms(b.top, b.bottom));
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

/* To be divided out at once, so lowest terms would be for nothing unless it does not fit. */
static struct ratio scaled(struct ratio a, int64_t scale)
{
	struct ratio out = a;

	if (multiply(a.top, scale, &out.top))
		return out;
	return ratio_multiply(a, ratio_make(scale, 1));
}

bool ratio_round(struct ratio a, int64_t scale, int64_t *out)
{
	struct ratio whole = scaled(a, scale);

	return ratio_is_sound(whole) && narrow(divide_round(whole.top, whole.bottom), out);
}

bool ratio_round_up(struct ratio a, int64_t scale, int64_t *out)
{
	struct ratio whole = scaled(a, scale);

	return ratio_is_sound(whole) && narrow(divide_up(whole.top, whole.bottom), out);
}
