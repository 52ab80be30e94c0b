/*
 * extending.c - an extension by performance: the agreement goes on as often as it says.
 *
 * How often it was extended is counted over the versions signed in rounds of that kind, as long as
 * the clause stays what it was; signing another clause begins the count again.
 */
#include "concordat/core/situation.h"

static bool is_same_clause(const struct extension_terms *a, const struct extension_terms *b)
{
	return a->months == b->months && a->times == b->times;
}

static int64_t times_extended(const struct placement *p)
{
	const struct extension_terms *clause = &placement_agreement(p)->terms->extension;
	int64_t times = 0;

	for (size_t i = p->agreement_count;
	     i-- > 0 && is_same_clause(&p->agreements[i].terms->extension, clause);)
		times += p->agreements[i].basis == AGREEMENT_SIGNED &&
			 thread_round(p, p->agreements[i].thread)->kind == ROUND_EXTENSION;
	return times;
}

/* To the day before that of the month on which the next would begin: 28 February goes on to
 * 29 February where there is one. */
static int32_t extended_end(const struct terms *terms)
{
	return day_add_months(terms->end_day + 1, (int32_t)terms->extension.months) - 1;
}

static bool refuse_end(const struct situation *s, const struct terms *agreed,
		       struct refusal *refusal)
{
	struct text end = day_words(s->arena, extended_end(agreed));

	return refuse(refusal, rule_extension_left.name, "/terms/end",
		      text_printf(s->arena,
				  "The agreement goes on to %.*s by an extension. Use that day, or "
				  "propose a variation.",
				  TEXT_FMT(end)));
}

/* As recorded of the home since it was signed; else as the offer states it. */
static int64_t score_now(const struct situation *s, const struct make_offer *offer)
{
	struct quality_clause clause =
		agreement_quality(s->placement, placement_agreement(s->placement));
	struct quality_found found = quality_on(&clause, s->placement->qualities,
						s->placement->quality_count, london_day(s->now_us));

	return found.score_entry ? found.score_r : offer->terms.quality.score_r;
}

RULE(extension_left, "extension_left",
     "the agreement may be extended once more, by so many months, and the home has the score that "
     "it asks for")
{
	const struct agreement *agreement = placement_agreement(s->placement);
	const struct terms *agreed = agreement ? agreement->terms : NULL;
	const struct make_offer *data = s->data;

	if (!agreed || agreed->end_day == NO_DAY || agreed->extension.months == NO_INT)
		return NO(extension_left, NULL,
			  "The agreement says nothing of an extension. Propose a variation.");
	if (times_extended(s->placement) >= agreed->extension.times)
		return NO(extension_left, NULL,
			  "The agreement was extended as often as it may be. Propose a variation.");
	if (!data)
		return true;
	if (data->terms.end_day != extended_end(agreed))
		return refuse_end(s, agreed, refusal);
	if (agreed->extension.least_score_r != NO_INT &&
	    (score_now(s, data) == NO_INT || score_now(s, data) < agreed->extension.least_score_r))
		return NO(extension_left, "/terms/quality/score",
			  "The home's score is not given or is below what an extension asks for.");
	return true;
}
