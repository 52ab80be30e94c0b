/*
 * apply_co_payers.c - who becomes a co-payer, what it pays by day, and until when it takes part.
 *
 * A co-payer is a party from the entry that first has it pay until the last night that it pays for.
 * After that it moves nothing, and of later entries it sees only those that change what it pays;
 * its own account stays open to it. Named again, it takes part again from there.
 */
#include "apply_parts.h"

#include "concordat/core/account.h"

/* What is paid, by whom and for which nights may be otherwise after one of these. */
static const bool moves_money[FACT_COUNT] = {
	[FACT_SIGNED] = true,
	[FACT_FUNDING_CHANGED] = true,
	[FACT_TOP_UP_SIGNED] = true,
	[FACT_START_CONFIRMED] = true,
	[FACT_ABSENCE_RECORDED] = true,
	[FACT_EXISTING_AGREEMENT_CONFIRMED] = true,
	[FACT_ABSENCE_ENDED] = true,
	[FACT_INTERIM_TERMS_ENTERED] = true,
	[FACT_UPLIFT_APPLIED] = true,
	[FACT_QUALITY_APPLIED] = true,
	[FACT_NOVATION_CONSENTED] = true,
	[FACT_CARE_ENDED] = true,
	[FACT_DEATH_RECORDED] = true,
	[FACT_TRANSFERRED] = true,
	[FACT_CORRECTED] = true,
	[FACT_ENTERED_IN_ERROR] = true,
};

static bool shares_are_same(const struct list *one, const struct list *other)
{
	const struct payer_share *a = one->items, *b = other->items;

	for (size_t i = 0; i < one->count && i < other->count; i++)
		if (a[i].from_day != b[i].from_day || a[i].to_day != b[i].to_day ||
		    a[i].weekly_p != b[i].weekly_p || a[i].top_up_unsigned != b[i].top_up_unsigned)
			return false;
	return one->count == other->count;
}

/* The last night that it pays for; NO_DAY: none is known. The end of care ends nobody's part. */
static int32_t last_night(const struct list *shares, bool goes_on)
{
	const struct payer_share *share = shares->items;

	return goes_on || !shares->count ? NO_DAY : share[shares->count - 1].to_day;
}

/* Where the entry changed what it pays, or its last night was before the entry, or it pays for none
 * at all any more. */
static void follow(struct placement *p, struct party *party, const struct fact *fact)
{
	bool goes_on;
	struct list shares = account_payer_shares(p->arena, p, party->organisation, &goes_on);

	if (!shares_are_same(&party->shares, &shares))
		*LIST_ADD(p->arena, party->told, party->told_count) = fact->seq;
	party->shares = shares;
	party->last_night = last_night(&shares, goes_on);
	if (!shares.count && !goes_on && !party->until_entry)
		party->until_entry = fact->seq;
}

static void join(struct placement *p, struct uuid organisation, const struct fact *fact)
{
	struct party *party = (struct party *)placement_party(p, organisation);

	if (!party) {
		party = LIST_ADD(p->arena, p->parties, p->party_count);
		*party = (struct party){
			.organisation = organisation,
			.side = SIDE_CO_PAYER,
			.since_us = fact->recorded_at_us,
			.last_night = NO_DAY,
		};
		count_entries(p, party, (size_t)fact->seq - 1);
	} else if (party->side == SIDE_CO_PAYER && party->until_entry) {
		*LIST_ADD(p->arena, party->gaps, party->gap_count) =
			(struct party_gap){party->until_entry, fact->seq};
		party->until_entry = 0;
	}
}

static bool any_pays(const struct placement *p)
{
	for (size_t i = 0; i < p->party_count; i++)
		if (p->parties[i].side == SIDE_CO_PAYER)
			return true;
	return false;
}

void follow_co_payers(struct placement *p, const struct fact *fact)
{
	struct list payers = {0};
	const struct uuid *payer;

	if (moves_money[fact->kind] && (any_pays(p) || placement_names_payers(p)))
		payers = account_payers(p->arena, p);
	payer = payers.items;
	for (size_t i = 0; i < payers.count; i++)
		join(p, payer[i], fact);
	for (size_t i = 0; i < p->party_count; i++) {
		struct party *party = &p->parties[i];

		if (party->side != SIDE_CO_PAYER)
			continue;
		if (moves_money[fact->kind])
			follow(p, party, fact);
		if (!party->until_entry && party->last_night != NO_DAY &&
		    london_day(fact->recorded_at_us) > party->last_night)
			party->until_entry = fact->seq - 1;
	}
}
