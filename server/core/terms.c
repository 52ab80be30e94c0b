/*
 * terms.c - what one side puts: are they sound, what do they come to, and their digest.
 *
 * Whoever puts terms states what decides the money; every sum that follows from it is filled in
 * here, once, and signed with the rest.
 */
#include "concordat/core/money.h"
#include "concordat/core/uplift.h"

#define R_PER_UNIT 10000 /* ten-thousandths in one */
#define R_PER_PENNY 100
#define WHOLE_R 1000000 /* 100% */

struct puts {
	struct arena *arena;
	struct flaw *flaw;
};

static bool wrong(struct puts *puts, struct text pointer, const char *sentence)
{
	*puts->flaw = (struct flaw){pointer, text_of(sentence)};
	return false;
}

/* Each item's first member is its key. */
static bool keys_differ(struct puts *puts, const struct list *list, size_t size, const char *where,
			const char *member)
{
	for (size_t i = 0; i < list->count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct text *one =
				(const void *)((const char *)list->items + i * size);
			const struct text *other =
				(const void *)((const char *)list->items + j * size);

			if (text_eq(*one, *other))
				return wrong(
					puts,
					text_printf(puts->arena, "%s/%zu/%s", where, i, member),
					"The same key stands twice. Give each its own, or leave "
					"one out.");
		}
	return true;
}

/* A flaw of a part, its pointer led by where the part stands. */
static bool wrong_in(struct puts *puts, const char *where)
{
	puts->flaw->pointer =
		text_printf(puts->arena, "%s%.*s", where, TEXT_FMT(puts->flaw->pointer));
	return false;
}

/* ---- quality ---- */

static bool quality_is_there(const struct quality_terms *quality)
{
	return quality->tiers.count || quality->bands.count || quality->withheld_r != NO_INT ||
	       quality->until_score_r != NO_INT || quality->tier.at || quality->score_r != NO_INT;
}

static const struct quality_tier *tier_find(const struct quality_terms *quality, struct text name)
{
	const struct quality_tier *tiers = quality->tiers.items;

	for (size_t i = 0; i < quality->tiers.count; i++)
		if (text_eq(tiers[i].tier, name))
			return &tiers[i];
	return NULL;
}

static const struct quality_band *band_find(const struct quality_terms *quality, int64_t score_r)
{
	const struct quality_band *bands = quality->bands.items;
	const struct quality_band *found = NULL;

	for (size_t i = 0; i < quality->bands.count && score_r != NO_INT; i++)
		if (bands[i].from_score_r <= score_r)
			found = &bands[i];
	return found;
}

static int64_t percent_of(int64_t weekly_p, int64_t percent_r)
{
	return (int64_t)divide_round((__int128)weekly_p * percent_r, WHOLE_R);
}

bool quality_matters(const struct quality_terms *quality)
{
	return quality->tiers.count || quality->bands.count || quality->withheld_r != NO_INT;
}

struct quality_worked quality_at(const struct quality_terms *quality, struct text tier,
				 int64_t score_r, int64_t weekly_p)
{
	const struct quality_tier *premium = tier_find(quality, tier);
	const struct quality_band *band = band_find(quality, score_r);
	bool waits = quality->withheld_r != NO_INT &&
		     (score_r == NO_INT || score_r < quality->until_score_r);
	struct quality_worked worked = {
		.premium_p = premium ? premium->premium_p : 0,
		.band_p = band ? percent_of(weekly_p, band->percent_r) : 0,
		.withheld_p = waits ? percent_of(weekly_p, quality->withheld_r) : 0,
	};

	worked.payable_p = weekly_p + worked.premium_p + worked.band_p - worked.withheld_p;
	return worked;
}

void quality_work(struct quality_terms *quality, int64_t weekly_p)
{
	struct quality_worked worked =
		quality_at(quality, quality->tier, quality->score_r, weekly_p);
	struct quality_band *bands = quality->bands.items;

	for (size_t i = 0; i < quality->bands.count; i++)
		bands[i].weekly_p = percent_of(weekly_p, bands[i].percent_r);
	quality->premium_p = worked.premium_p;
	quality->band_p = worked.band_p;
	quality->withheld_p = worked.withheld_p;
	quality->payable_p = worked.payable_p;
}

static bool quality_is_sound(struct puts *puts, const struct terms *terms)
{
	const struct quality_terms *quality = &terms->quality;
	bool extends = terms->extension.least_score_r != NO_INT && quality->score_r != NO_INT;
	const struct quality_band *bands = quality->bands.items;

	if (!keys_differ(puts, &quality->tiers, sizeof(struct quality_tier), "/quality/tiers",
			 "tier"))
		return false;
	for (size_t i = 1; i < quality->bands.count; i++)
		if (bands[i].from_score_r <= bands[i - 1].from_score_r)
			return wrong(
				puts, text_printf(puts->arena, "/quality/bands/%zu/from_score", i),
				"Each band begins above the one before it. Put them in order.");
	if (quality->tier.at && !tier_find(quality, quality->tier))
		return wrong(puts, TEXT("/quality/tier"),
			     "No premium is stated for this tier. Add one to tiers, of nothing if "
			     "it has none.");
	if (quality->withheld_r != NO_INT && quality->until_score_r == NO_INT)
		return wrong(puts, TEXT("/quality/until_score"),
			     "Say at which score what is withheld is paid.");
	if (quality->until_score_r != NO_INT && quality->withheld_r == NO_INT)
		return wrong(puts, TEXT("/quality/withheld"),
			     "Say what percentage is withheld until that score.");
	if (!quality_matters(quality) && !extends)
		return wrong(
			puts, TEXT("/quality"),
			"Nothing follows from this. Give tiers, bands, a share withheld or a score "
			"for an extension, or leave it out.");
	return true;
}

static bool quality_complete(struct puts *puts, struct terms *terms)
{
	struct quality_terms *quality = &terms->quality;

	if (!quality_is_there(quality))
		return true;
	if (!quality_is_sound(puts, terms))
		return false;
	quality->bands.items = arena_copy(puts->arena, quality->bands.items,
					  quality->bands.count * sizeof(struct quality_band));
	quality_work(quality, terms->weekly_p);
	if (quality->payable_p < 0 || quality->payable_p > MONEY_MOST_P)
		return wrong(puts, TEXT("/quality"),
			     "With this the weekly payment would be below nothing or above £10 "
			     "million.");
	return true;
}

/* ---- the whole ---- */

/* Fills each line's weekly amount; false when the total is no fair amount. */
static bool lines_complete(struct puts *puts, struct terms *terms)
{
	size_t size = terms->lines.count * sizeof(struct fee_line);
	struct fee_line *lines = arena_copy(puts->arena, terms->lines.items, size);
	__int128 total = 0;

	terms->lines.items = lines;
	for (size_t i = 0; i < terms->lines.count; i++) {
		__int128 exact = (__int128)lines[i].quantity_r * lines[i].rate_r;
		__int128 weekly = divide_round(exact, R_PER_UNIT * R_PER_PENNY);

		if (weekly > MONEY_MOST_P || weekly < -MONEY_MOST_P)
			return wrong(puts, text_printf(puts->arena, "/lines/%zu", i),
				     "A line comes to £10 million a week at most. Check its "
				     "quantity and rate.");
		lines[i].weekly_p = (int64_t)weekly;
		total += weekly;
	}
	if (total < 0 || total > MONEY_MOST_P)
		return wrong(puts, TEXT("/lines"),
			     "The weekly total must be between nothing and £10 million.");
	terms->weekly_p = (int64_t)total;
	return true;
}

/* An extension puts off a last day. */
static bool end_is_sound(struct puts *puts, const struct terms *terms)
{
	if (terms->end_day != NO_DAY && terms->start_day != NO_DAY &&
	    terms->end_day < terms->start_day)
		return wrong(puts, TEXT("/end"), "The last day is before the first.");
	if (terms->extension.months != NO_INT && terms->end_day == NO_DAY)
		return wrong(puts, TEXT("/extension"),
			     "An extension puts off the last day, and none is given (end).");
	return true;
}

bool terms_complete(struct arena *arena, const struct terms *asked, struct terms *out,
		    struct flaw *flaw)
{
	struct puts puts = {arena, flaw};

	*out = *asked;
	if (!keys_differ(&puts, &out->lines, sizeof(struct fee_line), "/lines", "key") ||
	    !keys_differ(&puts, &out->outcomes, sizeof(struct outcome_ref), "/outcomes", "key") ||
	    !keys_differ(&puts, &out->clauses, sizeof(struct clause), "/clauses", "key") ||
	    !lines_complete(&puts, out))
		return false;
	out->funding.items = arena_copy(arena, out->funding.items,
					out->funding.count * sizeof(struct funding_part));
	if (out->funding.count && !funding_split(arena, &out->funding, out->weekly_p, flaw))
		return wrong_in(&puts, "/funding");
	if (!quality_complete(&puts, out) || !end_is_sound(&puts, out))
		return false;
	if (out->uplift.basis != NO_ENUM &&
	    !uplift_method_check(arena, &out->uplift, &out->lines, flaw))
		return wrong_in(&puts, "/uplift");
	return true;
}

int64_t terms_payable(const struct terms *terms)
{
	return terms->quality.payable_p == NO_INT ? terms->weekly_p : terms->quality.payable_p;
}

int32_t terms_began(const struct terms *terms)
{
	return terms->began_day == NO_DAY ? terms->start_day : terms->began_day;
}

struct digest terms_digest(struct arena *arena, const struct terms *terms)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &terms_schema, terms, AUDIENCE_FACT);
	return sha256(writer_text(&w), TEXT_NONE, TEXT_NONE);
}
