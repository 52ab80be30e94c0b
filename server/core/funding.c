/*
 * funding.c - who pays what of a weekly fee, exactly.
 *
 * Amounts as stated, shares to the nearest penny, and what is left to the one payer that states
 * neither: so whatever the roundings come to, the parts are the fee.
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

/* To the nearest penny; two halves of a penny that are both rounded up are no more than is left. */
static int64_t share_of(int64_t weekly_p, int64_t share_r, int64_t left_p)
{
	int64_t share_p = (int64_t)divide_round((__int128)weekly_p * share_r, SHARE_WHOLE);

	return share_p == left_p + 1 ? left_p : share_p;
}

bool funding_split(struct arena *arena, struct list *parts, int64_t weekly_p, struct flaw *flaw)
{
	struct funding_part *part = parts->items, *last = NULL;
	int64_t left_p = weekly_p;

	if (!parts_are_sound(arena, parts, flaw))
		return false;
	for (size_t i = 0; i < parts->count && weekly_p != NO_INT; i++) {
		if (takes_remainder(&part[i])) {
			last = &part[i];
			continue;
		}
		part[i].pays_p = part[i].weekly_p;
		if (part[i].weekly_p == NO_INT)
			part[i].pays_p = share_of(weekly_p, part[i].share_r, left_p);
		left_p -= part[i].pays_p;
		if (left_p < 0)
			return wrong(
				flaw, text_printf(arena, "/%zu", i),
				text_printf(
					arena,
					"With this part the payers come to more than the fee of "
					"%.*s. Lower one of them.",
					TEXT_FMT(money_text(arena, weekly_p, true))));
	}
	if (last)
		last->pays_p = left_p;
	return true;
}
