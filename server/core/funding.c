/*
 * funding.c - who pays what of a weekly fee, exactly.
 *
 * Amounts as stated, shares to the nearest penny, and what is left to the one payer that states
 * neither: so whatever the roundings come to, the parts are the fee. Whether they fit it is asked
 * of the exact figures, before any rounding.
 */
#include "concordat/core/money.h"
#include "concordat/core/terms.h"

#define SHARE_WHOLE 1000000 /* 100%, ten-thousandths of one per cent */

static bool wrong(struct flaw *flaw, struct text pointer, struct text sentence)
{
	*flaw = (struct flaw){pointer, sentence};
	return false;
}

static bool takes_remainder(const struct funding_part *part)
{
	return part->weekly_p == NO_INT && part->share_r == NO_INT;
}

static bool parts_are_sound(struct arena *arena, const struct list *parts, struct flaw *flaw)
{
	const struct funding_part *part = parts->items;
	bool seen[FUNDER_COUNT] = {false};
	size_t remainders = 0;

	for (size_t i = 0; i < parts->count; i++) {
		if (seen[part[i].funder])
			return wrong(flaw, text_printf(arena, "/%zu/funder", i),
				     TEXT("This payer stands twice. Put its parts together."));
		seen[part[i].funder] = true;
		if (part[i].weekly_p != NO_INT && part[i].share_r != NO_INT)
			return wrong(flaw, text_printf(arena, "/%zu/share", i),
				     TEXT("Give an amount or a share, not both."));
		if (!uuid_is_zero(part[i].organisation) && part[i].funder != FUNDER_NHS &&
		    part[i].funder != FUNDER_THIRD_PARTY)
			return wrong(flaw, text_printf(arena, "/%zu/organisation", i),
				     TEXT("Only the NHS's or a third party's part is paid by "
					  "another organisation. Leave this out."));
		remainders += takes_remainder(&part[i]);
	}
	if (remainders != 1)
		return wrong(flaw, TEXT(""),
			     TEXT("Leave out the amount and the share of exactly one payer: it "
				  "takes the remainder."));
	return true;
}

static int64_t stated_p(const struct funding_part *part, int64_t weekly_p)
{
	if (part->share_r == NO_INT)
		return part->weekly_p;
	return (int64_t)divide_round((__int128)weekly_p * part->share_r, SHARE_WHOLE);
}

/* How far the parts fit the fee. Exactly: what is over must not hide in the rounding. */
struct fit {
	size_t count;	  /* so many of them do */
	bool only_shares; /* and with the next one the shares alone are more than the whole */
};

static struct fit parts_fit(const struct list *parts, int64_t weekly_p)
{
	const struct funding_part *part = parts->items;
	__int128 whole = (__int128)weekly_p * SHARE_WHOLE, sum = 0;
	int64_t shares_r = 0;

	for (size_t i = 0; i < parts->count; i++) {
		if (part[i].share_r != NO_INT) {
			shares_r += part[i].share_r;
			sum += (__int128)weekly_p * part[i].share_r;
		} else if (part[i].weekly_p != NO_INT) {
			sum += (__int128)part[i].weekly_p * SHARE_WHOLE;
		}
		if (shares_r > SHARE_WHOLE || (weekly_p != NO_INT && sum > whole))
			return (struct fit){i, shares_r > SHARE_WHOLE};
	}
	return (struct fit){parts->count, false};
}

static bool too_much(struct arena *arena, struct fit fit, int64_t weekly_p, struct flaw *flaw)
{
	if (fit.only_shares)
		return wrong(flaw, text_printf(arena, "/%zu/share", fit.count),
			     TEXT("With this part the shares come to more than 100% of the fee. "
				  "Lower one of them."));
	return wrong(flaw, text_printf(arena, "/%zu", fit.count),
		     text_printf(arena,
				 "With this part the payers come to more than the fee of %.*s. "
				 "Lower one of them.",
				 TEXT_FMT(money_text(arena, weekly_p, true))));
}

/* Where they fit, amounts come first: halves of a penny that are rounded up are the shares'. */
void funding_amounts(const struct list *parts, int64_t weekly_p, int64_t *by_p)
{
	const struct funding_part *part = parts->items;
	bool fits = parts_fit(parts, weekly_p).count == parts->count;
	int64_t left_p = weekly_p;

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < parts->count; i++) {
			int64_t all_p = stated_p(&part[i], weekly_p);
			int its_round = fits && part[i].share_r != NO_INT;

			if (takes_remainder(&part[i]) || round != its_round)
				continue;
			by_p[part[i].funder] = all_p < left_p ? all_p : left_p;
			left_p -= by_p[part[i].funder];
		}
	for (size_t i = 0; i < parts->count; i++)
		if (takes_remainder(&part[i]))
			by_p[part[i].funder] = left_p;
}

bool funding_split(struct arena *arena, struct list *parts, int64_t weekly_p, struct flaw *flaw)
{
	struct funding_part *part = parts->items;
	int64_t by_p[FUNDER_COUNT];
	struct fit fit;

	if (!parts_are_sound(arena, parts, flaw))
		return false;
	fit = parts_fit(parts, weekly_p);
	if (fit.count < parts->count)
		return too_much(arena, fit, weekly_p, flaw);
	if (weekly_p == NO_INT)
		return true;
	funding_amounts(parts, weekly_p, by_p);
	for (size_t i = 0; i < parts->count; i++)
		part[i].pays_p = by_p[part[i].funder];
	return true;
}
