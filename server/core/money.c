/*
 * money.c - exact money: reading, writing and rounding.
 *
 * One reader and one writer serve pence (two decimals) and rates (four). No
 * float anywhere, and nothing rounds but the two divisions.
 */
#include "concordat/core/money.h"

#include <assert.h>
#include <stddef.h>

#define PENCE_DECIMALS 2
#define RATE_DECIMALS 4

static uint64_t magnitude(int64_t n)
{
	return n < 0 ? -(uint64_t)n : (uint64_t)n;
}

/* Digits, perhaps a point and 1 to `decimals` digits more, perhaps a '-' before. */
static bool parse_decimal(struct text t, int decimals, int64_t most, int64_t *out)
{
	bool below = t.len > 0 && t.at[0] == '-';
	size_t at = below ? 1 : 0, whole = 0;
	int64_t n = 0;
	int places = -1; /* digits behind the point; -1 before it */

	for (; at < t.len; at++) {
		char c = t.at[at];

		if (c == '.' && places < 0 && whole > 0) {
			places = 0;
			continue;
		}
		if (c < '0' || c > '9' || places == decimals)
			return false;
		n = n * 10 + (c - '0');
		if (n > most)
			return false;
		if (places >= 0)
			places++;
		else
			whole++;
	}
	if (whole == 0 || places == 0)
		return false;
	for (int i = places < 0 ? 0 : places; i < decimals; i++)
		n *= 10;
	if (n > most)
		return false;
	*out = below ? -n : n;
	return true;
}

/* 1250 -> "1,250" */
static void put_thousands(struct writer *w, uint64_t pounds)
{
	if (pounds < 1000) {
		writer_int(w, (int64_t)pounds);
		return;
	}
	put_thousands(w, pounds / 1000);
	writer_char(w, ',');
	writer_digits(w, pounds % 1000, 3);
}

void money_put(struct writer *w, int64_t pence, bool symbol)
{
	uint64_t size = magnitude(pence);

	if (pence < 0)
		writer_char(w, '-');
	if (symbol)
		writer_puts(w, "£");
	put_thousands(w, size / 100);
	writer_char(w, '.');
	writer_digits(w, size % 100, 2);
}

struct text money_text(struct arena *arena, int64_t pence, bool symbol)
{
	struct writer w;

	writer_init(&w, arena);
	money_put(&w, pence, symbol);
	return writer_text(&w);
}

bool money_parse(struct text t, int64_t *pence)
{
	return parse_decimal(t, PENCE_DECIMALS, MONEY_MOST_P, pence);
}

void rate_put(struct writer *w, int64_t ten_thousandths)
{
	uint64_t size = magnitude(ten_thousandths), behind = size % 10000;
	unsigned int decimals = RATE_DECIMALS;

	for (; decimals > PENCE_DECIMALS && behind % 10 == 0; decimals--)
		behind /= 10;
	if (ten_thousandths < 0)
		writer_char(w, '-');
	writer_digits(w, size / 10000, 1);
	writer_char(w, '.');
	writer_digits(w, behind, decimals);
}

struct text rate_text(struct arena *arena, int64_t ten_thousandths)
{
	struct writer w;

	writer_init(&w, arena);
	rate_put(&w, ten_thousandths);
	return writer_text(&w);
}

bool rate_parse(struct text t, int64_t *ten_thousandths)
{
	return parse_decimal(t, RATE_DECIMALS, MONEY_MOST_P * 100, ten_thousandths);
}

__int128 divide_round(__int128 dividend, __int128 divisor)
{
	__int128 quotient, rest, away;

	assert(divisor > 0);
	quotient = dividend / divisor;
	rest = dividend - quotient * divisor;
	away = rest < 0 ? -rest : rest;
	/* Not 2 * rest: that could overflow. */
	if (away >= divisor - away)
		return quotient + (dividend < 0 ? -1 : 1);
	return quotient;
}

__int128 divide_up(__int128 dividend, __int128 divisor)
{
	assert(divisor > 0);
	return dividend / divisor + (dividend % divisor > 0 ? 1 : 0);
}
