/*
 * test_ratio.c - exact fractions, beside the plainest that could be written.
 *
 * The plain ones are always in lowest terms and know no shorter way; what is worth the same and
 * what does not fit must be the same in both, over random chains of sums. The seed is fixed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/ratio.h"

#define CHAINS 40000
#define STEPS 12
#define MOST ((__int128)((unsigned __int128)-1 >> 1))

static uint64_t random_state;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t below(uint64_t most)
{
	return (random_next() >> 11) % most;
}

/* ---- the plain ones ---- */

static __int128 plain_factor(__int128 a, __int128 b)
{
	a = a < 0 ? -a : a;
	while (b != 0) {
		__int128 rest = a % b;

		a = b;
		b = rest < 0 ? -rest : rest;
	}
	return a;
}

static struct ratio plain(__int128 top, __int128 bottom)
{
	__int128 factor = plain_factor(top, bottom);

	return (struct ratio){top / factor, bottom / factor};
}

static bool plain_product(__int128 a, __int128 b, __int128 *out)
{
	return !__builtin_mul_overflow(a, b, out) && *out >= -MOST;
}

static struct ratio plain_add(struct ratio a, struct ratio b)
{
	__int128 factor, left, right, top, bottom;

	if (a.bottom == 0 || b.bottom == 0)
		return RATIO_NONE;
	factor = plain_factor(a.bottom, b.bottom);
	if (!plain_product(a.top, b.bottom / factor, &left) ||
	    !plain_product(b.top, a.bottom / factor, &right) ||
	    !plain_product(a.bottom / factor, b.bottom, &bottom) ||
	    __builtin_add_overflow(left, right, &top) || top < -MOST)
		return RATIO_NONE;
	return plain(top, bottom);
}

static struct ratio plain_multiply(struct ratio a, struct ratio b)
{
	__int128 across, along;
	struct ratio out;

	if (a.bottom == 0 || b.bottom == 0)
		return RATIO_NONE;
	across = plain_factor(a.top, b.bottom);
	along = plain_factor(b.top, a.bottom);
	if (!plain_product(a.top / across, b.top / along, &out.top) ||
	    !plain_product(a.bottom / along, b.bottom / across, &out.bottom))
		return RATIO_NONE;
	return out;
}

static struct ratio plain_divide(struct ratio a, struct ratio b)
{
	if (b.top == 0 || b.bottom == 0)
		return RATIO_NONE;
	return plain_multiply(a, b.top < 0 ? (struct ratio){-b.bottom, -b.top}
					   : (struct ratio){b.bottom, b.top});
}

/* ---- both side by side ---- */

struct pair {
	struct ratio ours, plain;
};

static void expect_same(struct pair p)
{
	struct ratio lowest = RATIO_NONE;

	assert_true(p.ours.bottom >= 0);
	assert_int_equal(ratio_is_sound(p.ours), p.plain.bottom != 0);
	assert_int_equal(ratio_sign(p.ours), (p.plain.top > 0) - (p.plain.top < 0));
	if (ratio_is_sound(p.ours))
		lowest = plain(p.ours.top, p.ours.bottom);
	assert_true(lowest.top == p.plain.top && lowest.bottom == p.plain.bottom);
}

/* Also where it is next to what 64 bits hold. */
static int64_t random_whole(void)
{
	static const int64_t edges[] = {INT64_MAX, INT64_MIN, INT64_MIN + 1, INT32_MAX, 1, -1, 0};
	uint64_t size = below(64);

	if (below(40) == 0)
		return edges[below(sizeof(edges) / sizeof(edges[0]))];
	if (size < 44)
		return (int64_t)below(1000000) * (below(5) == 0 ? -1 : 1);
	return (int64_t)random_next() >> (size - 44) * 3;
}

static struct pair random_pair(void)
{
	static const int64_t bottoms[] = {10000, 100, 1, 1000000, 52, 923, 3};
	int64_t top = random_whole();
	int64_t bottom = below(4) == 0 ? random_whole()
				       : bottoms[below(sizeof(bottoms) / sizeof(bottoms[0]))];
	struct pair made = {ratio_make(top, bottom), RATIO_NONE};

	if (bottom != 0)
		made.plain =
			bottom < 0 ? plain(-(__int128)top, -(__int128)bottom) : plain(top, bottom);
	return made;
}

static struct pair step(struct pair a, struct pair b)
{
	struct ratio turned = {-b.plain.top, b.plain.bottom};

	switch (below(4)) {
	case 0:
		return (struct pair){ratio_add(a.ours, b.ours), plain_add(a.plain, b.plain)};
	case 1:
		return (struct pair){ratio_subtract(a.ours, b.ours), plain_add(a.plain, turned)};
	case 2:
		return (struct pair){ratio_multiply(a.ours, b.ours),
				     plain_multiply(a.plain, b.plain)};
	}
	return (struct pair){ratio_divide(a.ours, b.ours), plain_divide(a.plain, b.plain)};
}

static void chains_are_worth_the_same_and_overflow_the_same(void **state)
{
	int sound = 0, none = 0;

	(void)state;
	random_state = 20260401;
	for (int chain = 0; chain < CHAINS; chain++) {
		struct pair earlier = random_pair(), now = random_pair();

		expect_same(now);
		for (int i = 0; i < STEPS && ratio_is_sound(now.ours); i++) {
			struct pair next = step(now, below(3) == 0 ? earlier : random_pair());

			expect_same(next);
			earlier = now;
			now = next;
		}
		sound += ratio_is_sound(now.ours);
		none += !ratio_is_sound(now.ours);
	}
	assert_true(sound > CHAINS / 10);
	assert_true(none > CHAINS / 10);
}

/* The whole number as the plain ones find it: from the lowest terms of the product. */
static bool plain_round(struct ratio a, int64_t scale, bool up, int64_t *out)
{
	struct ratio scaled = plain_multiply(a, (struct ratio){scale, 1});
	__int128 whole, rest;

	if (scaled.bottom == 0)
		return false;
	whole = scaled.top / scaled.bottom;
	rest = scaled.top % scaled.bottom;
	if (up)
		whole += rest > 0;
	else if (rest >= scaled.bottom - rest)
		whole++;
	else if (-rest >= scaled.bottom + rest)
		whole--;
	*out = (int64_t)whole;
	return whole > INT64_MIN && whole <= INT64_MAX;
}

static void expect_rounded(struct pair p, int64_t scale)
{
	int64_t ours = 0, other = 0;

	assert_int_equal(ratio_round(p.ours, scale, &ours),
			 plain_round(p.plain, scale, false, &other));
	assert_true(!plain_round(p.plain, scale, false, &other) || ours == other);
	assert_int_equal(ratio_round_up(p.ours, scale, &ours),
			 plain_round(p.plain, scale, true, &other));
	assert_true(!plain_round(p.plain, scale, true, &other) || ours == other);
}

static void rounding_is_the_same(void **state)
{
	static const int64_t scales[] = {1, 25, 100, 10000, 1000000};

	(void)state;
	random_state = 20260402;
	for (int chain = 0; chain < CHAINS; chain++) {
		struct pair now = random_pair();

		for (int i = 0; i < STEPS / 2 && ratio_is_sound(now.ours); i++) {
			expect_rounded(now, scales[below(sizeof(scales) / sizeof(scales[0]))]);
			now = step(now, random_pair());
		}
		expect_rounded(now, 100);
	}
}

static void halves_go_away_from_zero(void **state)
{
	int64_t out;

	(void)state;
	assert_true(ratio_round(ratio_make(5, 2), 1, &out) && out == 3);
	assert_true(ratio_round(ratio_make(-5, 2), 1, &out) && out == -3);
	assert_true(ratio_round(ratio_make(1, 8), 100, &out) && out == 13);
	assert_true(ratio_round_up(ratio_make(-5, 2), 1, &out) && out == -2);
	assert_true(ratio_round_up(ratio_make(1, 1000), 100, &out) && out == 1);
}

static void nothing_comes_of_nothing(void **state)
{
	int64_t out;

	(void)state;
	assert_false(ratio_is_sound(ratio_make(1, 0)));
	assert_false(ratio_is_sound(ratio_divide(RATIO_ONE, RATIO_ZERO)));
	assert_false(ratio_is_sound(ratio_multiply(RATIO_ZERO, RATIO_NONE)));
	assert_false(ratio_is_sound(ratio_add(RATIO_NONE, RATIO_ZERO)));
	assert_false(ratio_round(RATIO_NONE, 100, &out));
	assert_false(ratio_round_up(RATIO_NONE, 100, &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_are_worth_the_same_and_overflow_the_same),
		cmocka_unit_test(rounding_is_the_same),
		cmocka_unit_test(halves_go_away_from_zero),
		cmocka_unit_test(nothing_comes_of_nothing),
	};

	return cmocka_run_group_tests_name("ratio", tests, NULL, NULL);
}
