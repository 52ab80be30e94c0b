/*
 * account_payer.c - what one co-payer pays of it: its own part, cut out of the whole.
 *
 * The whole is always worked out first, so that the parts add up to the penny; then everything of
 * anybody else is put away, the total with it.
 */
#include "account_parts.h"

unsigned run_parts_of(const struct run *run, struct uuid payer)
{
	const struct funding_part *part = run->parts->items;
	unsigned funders = 0;

	if (uuid_is_zero(payer))
		return ~0u;
	for (size_t i = 0; i < run->parts->count; i++)
		if (uuid_eq(part[i].organisation, payer))
			funders |= 1u << part[i].funder;
	return funders;
}

struct amounts amounts_of(const struct amounts *amounts, unsigned funders)
{
	struct amounts out = {.payers = amounts->payers & funders};

	if (!(amounts->payers & ~funders))
		return *amounts;
	for (int funder = 0; funder < FUNDER_COUNT; funder++) {
		if (!(funders & 1u << funder))
			continue;
		out.by_p[funder] = amounts->by_p[funder];
		out.total_p += amounts->by_p[funder];
	}
	return out;
}

/* ---- top-ups ---- */

/* Zero: a third party that takes no part here. */
static struct uuid who_tops_up(const struct run *run)
{
	const struct funding_part *part = run->parts->items;

	for (size_t i = 0; i < run->parts->count; i++)
		if (part[i].funder == FUNDER_THIRD_PARTY)
			return part[i].organisation;
	return (struct uuid){0};
}

bool top_up_is_unsigned(const struct placement *placement, const struct run *run)
{
	struct uuid payer = who_tops_up(run);

	if (run->weekly.by_p[FUNDER_THIRD_PARTY] <= 0)
		return false;
	for (size_t i = 0; i < placement->top_up_count; i++)
		if (placement->top_ups[i].data->weekly_p >= run->top_up_p &&
		    uuid_eq(placement->top_ups[i].data->organisation, payer))
			return false;
	return true;
}

static bool is_among(const struct uuid *list, size_t count, struct uuid id)
{
	for (size_t i = 0; i < count; i++)
		if (uuid_eq(list[i], id))
			return true;
	return false;
}

struct list account_top_up_payers(struct arena *arena, const struct placement *placement,
				  int64_t weekly_p)
{
	struct runs runs = runs_now(arena, placement);
	struct uuid *list = NULL;
	struct list out = {0};

	for (size_t i = 0; i < runs.count; i++) {
		struct uuid payer = who_tops_up(&runs.items[i]);
		int64_t third_p = runs.items[i].top_up_p;

		if (third_p > 0 && (weekly_p == NO_INT || third_p == weekly_p) &&
		    !is_among(list, out.count, payer))
			*LIST_ADD(arena, list, out.count) = payer;
	}
	out.items = list;
	return out;
}

/* ---- by day ---- */

static struct payer_share share_of(const struct placement *placement, const struct run *run,
				   unsigned funders)
{
	return (struct payer_share){
		.from_day = run->from_day,
		.to_day = run->to_day == EVER ? NO_DAY : run->to_day,
		.weekly_p = amounts_of(&run->weekly, funders).total_p,
		.top_up_unsigned =
			funders & 1u << FUNDER_THIRD_PARTY && top_up_is_unsigned(placement, run),
	};
}

struct list account_payer_shares(struct arena *arena, const struct placement *placement,
				 struct uuid payer, bool *last)
{
	struct runs runs = runs_now(arena, placement);
	struct payer_share *list = NULL, share, *before;
	struct list out = {0};

	*last = !runs.count || run_parts_of(&runs.items[runs.count - 1], payer);
	for (size_t i = 0; i < runs.count; i++) {
		unsigned funders = run_parts_of(&runs.items[i], payer);

		if (!funders)
			continue;
		share = share_of(placement, &runs.items[i], funders);
		before = out.count ? &list[out.count - 1] : NULL;
		if (before && before->to_day + 1 == share.from_day &&
		    before->weekly_p == share.weekly_p &&
		    before->top_up_unsigned == share.top_up_unsigned)
			before->to_day = share.to_day;
		else
			*LIST_ADD(arena, list, out.count) = share;
	}
	out.items = list;
	return out;
}

struct list account_payers(struct arena *arena, const struct placement *placement)
{
	struct runs runs = runs_now(arena, placement);
	struct uuid *list = NULL;
	struct list out = {0};

	for (size_t i = 0; i < runs.count; i++) {
		const struct funding_part *part = runs.items[i].parts->items;

		for (size_t n = 0; n < runs.items[i].parts->count; n++)
			if (!uuid_is_zero(part[n].organisation) &&
			    !is_among(list, out.count, part[n].organisation))
				*LIST_ADD(arena, list, out.count) = part[n].organisation;
	}
	out.items = list;
	return out;
}

bool account_changes_past(struct arena *arena, const struct placement *placement, struct uuid payer,
			  const struct fact *fact)
{
	struct account_question question = {
		.known_at_us = fact->recorded_at_us,
		.from_day = NO_DAY,
		.to_day = london_day(fact->recorded_at_us) - 1,
		.payer = payer,
	};
	const struct account_adjustment *items;
	struct account account;

	account_work(arena, placement, &question, &account);
	items = account.adjustments.items;
	for (size_t i = 0; i < account.adjustments.count; i++)
		if (items[i].entry == fact->seq)
			return true;
	return false;
}
