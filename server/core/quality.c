/*
 * quality.c - what a home's score makes of the fee, on any day, by the terms that both signed.
 *
 * Scores come from the authority's record of the home, each with the day from which it holds; the
 * fee follows the one in force on that day. A tier and a score are found apart: whoever assesses
 * the one need not have looked at the other.
 */
#include "concordat/core/money.h"
#include "concordat/core/placement.h"

struct quality_clause agreement_quality(const struct placement *placement,
					const struct agreement *agreement)
{
	return (struct quality_clause){
		.terms = agreement->terms,
		.home = placement_thread(placement, agreement->thread)->home,
		.signed_day = placement->agreements[agreement->rests_on - 1].from_day,
	};
}

/* What was signed stands until a later score does; where nothing was, any score before. */
static bool counts(const struct quality_clause *clause, const struct quality *one, bool was_signed,
		   int32_t day)
{
	return !one->replaced && uuid_eq(one->data->home, clause->home) &&
	       one->data->from_day <= day &&
	       (!was_signed || one->data->from_day >= clause->signed_day);
}

struct quality_found quality_on(const struct quality_clause *clause,
				const struct quality *qualities, size_t count, int32_t day)
{
	const struct quality_terms *quality = &clause->terms->quality;
	struct quality_found found = {.tier = quality->tier, .score_r = quality->score_r};
	const struct quality *tier = NULL, *score = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct quality *one = &qualities[i];

		if (one->data->tier.at && counts(clause, one, quality->tier.at != NULL, day) &&
		    (!tier || one->data->from_day >= tier->data->from_day))
			tier = one;
		if (one->data->score_r != NO_INT &&
		    counts(clause, one, quality->score_r != NO_INT, day) &&
		    (!score || one->data->from_day >= score->data->from_day))
			score = one;
	}
	if (tier)
		found.tier = tier->data->tier;
	if (score)
		found.score_r = score->data->score_r;
	found.entry = found.score_entry = score ? score->entry : 0;
	if (tier && tier->entry > found.entry)
		found.entry = tier->entry;
	found.worked = quality_at(quality, found.tier, found.score_r, clause->terms->weekly_p);
	if (found.worked.payable_p < 0) /* nobody pays back for having been cared for */
		found.worked.payable_p = 0;
	return found;
}

int64_t agreement_payable(const struct placement *placement, const struct agreement *agreement,
			  int32_t day)
{
	struct quality_clause clause = agreement_quality(placement, agreement);

	return quality_matters(&agreement->terms->quality)
		       ? quality_on(&clause, placement->qualities, placement->quality_count, day)
				 .worked.payable_p
		       : agreement->terms->weekly_p;
}

static void put_part(struct writer *w, bool *any, int64_t amount_p, const char *what)
{
	if (!amount_p)
		return;
	writer_printf(w, "%s %.*s a week %s", *any ? "," : ":",
		      TEXT_FMT(money_text(w->arena, amount_p < 0 ? -amount_p : amount_p, true)),
		      what);
	*any = true;
}

struct text quality_words(struct arena *arena, const struct quality_terms *quality,
			  const struct quality_found *found)
{
	const struct quality_worked *worked = &found->worked;
	bool any = false;
	struct writer w;

	if (!quality_matters(quality))
		return TEXT_NONE;
	writer_init(&w, arena);
	if (found->score_r == NO_INT)
		writer_puts(&w, "No score of the home");
	else
		writer_printf(&w, "The home's score of %.*s%%",
			      TEXT_FMT(rate_text(arena, found->score_r)));
	if (found->tier.at)
		writer_printf(&w, ", tier %.*s", TEXT_FMT(found->tier));
	put_part(&w, &any, worked->premium_p, "added for the tier");
	put_part(&w, &any, worked->band_p,
		 worked->band_p < 0 ? "taken off by the score's band"
				    : "added by the score's band");
	put_part(&w, &any, worked->withheld_p, "held back until the score is reached");
	writer_puts(&w, any ? "." : ": the fee is as it is.");
	return writer_text(&w);
}
