/*
 * uplifting.c - the fee uplifted by the method that the agreement names, and a challenge of it.
 *
 * The sum is uplift.c's; here it becomes terms, of the version in force on the day it is from. Both
 * agreed to the method, so a rise stands at once and the provider may challenge it; a fall needs
 * both signatures, as any other terms do.
 */
#include "concordat/core/money.h"
#include "concordat/core/situation.h"
#include "concordat/core/uplift.h"

#define DAYS_AHEAD_MOST 366

/* ---- what is uplifted, and what comes of it ---- */

static const struct agreement *version_of(const struct situation *s)
{
	const struct apply_uplift *data = s->data;

	return agreement_on(s->placement, data->figures.from_day);
}

static void work(const struct situation *s, struct uplift *out)
{
	const struct apply_uplift *data = s->data;
	const struct uplift_question question = {.figures = &data->figures};

	uplift_work(s->arena, version_of(s)->terms, &question, out);
}

/* The amounts are what counts: where the whole fee was rounded, quantity x rate may be a penny off.
 */
static struct list uplifted_lines(struct arena *arena, const struct terms *terms,
				  const struct uplift *uplift)
{
	size_t size = terms->lines.count * sizeof(struct fee_line);
	struct fee_line *lines = arena_copy(arena, terms->lines.items, size);
	const struct uplift_line *then = uplift->lines.items;

	for (size_t i = 0; i < terms->lines.count; i++) {
		lines[i].rate_r = then[i].rate_then_r;
		lines[i].weekly_p = then[i].weekly_then_p;
	}
	return (struct list){lines, terms->lines.count};
}

static struct terms uplifted_terms(struct arena *arena, const struct terms *before,
				   const struct uplift *uplift)
{
	struct quality_terms *quality;
	struct terms terms = *before;

	terms.lines = uplifted_lines(arena, before, uplift);
	terms.weekly_p = uplift->weekly_then_p;
	terms.funding = uplift->funding;
	terms.began_day = terms_began(before);
	terms.start_day = uplift->from_day;
	quality = &terms.quality;
	if (quality->payable_p != NO_INT) {
		quality->bands.items =
			arena_copy(arena, quality->bands.items,
				   quality->bands.count * sizeof(struct quality_band));
		quality_work(quality, terms.weekly_p);
	}
	return terms;
}

/* ---- rules ---- */

RULE(uplift_covered, "uplift_covered", "an agreement is in force on the day it is from")
{
	const struct apply_uplift *data = s->data;

	if (data && data->figures.from_day < first_day_of_present_provider(s->placement))
		return NO(uplift_covered, "/figures/from",
			  "Another provider provided the care on this day. Choose a day from when "
			  "the present one took over.");
	return !s->data || version_of(s) ||
	       NO(uplift_covered, "/figures/from",
		  "No agreement is in force on this day. Choose a day that one covers.");
}

static bool has_method(const struct agreement *version)
{
	return version->terms->uplift.basis != NO_ENUM;
}

/* Of those of the present provider, on some day of its own. */
static bool any_has_method(const struct placement *p)
{
	int32_t first = first_day_of_present_provider(p);

	for (size_t i = 0; i < p->agreement_count; i++) {
		const struct agreement *version = &p->agreements[i];
		int32_t day = version->from_day < first ? first : version->from_day;

		if (has_method(version) && agreement_on(p, day) == version)
			return true;
	}
	return false;
}

RULE(has_uplift_method, "uplift_method", "the agreement names a method of uplift")
{
	bool named = s->data ? has_method(version_of(s)) : any_has_method(s->placement);

	return named ||
	       NO(has_uplift_method, NULL,
		  "The agreement names no method of uplift, so both sides agree the new fee: "
		  "propose a variation.");
}

/* Signed in a round of its kind, after a fall or a challenge, or made by itself. */
static bool is_uplifted(const struct placement *p, const struct agreement *version)
{
	return version->basis == AGREEMENT_UPLIFTED ||
	       (version->basis == AGREEMENT_SIGNED &&
		thread_round(p, version->thread)->kind == ROUND_UPLIFT);
}

RULE(uplifted_once, "uplifted_once",
     "it is not uplifted from that day, or from a later one, already")
{
	const struct apply_uplift *data = s->data;

	for (size_t i = 0; data && i < s->placement->agreement_count; i++) {
		const struct agreement *version = &s->placement->agreements[i];

		if (version->from_day < data->figures.from_day ||
		    !is_uplifted(s->placement, version))
			continue;
		return refuse(refusal, rule_uplifted_once.name, "/figures/from",
			      text_printf(s->arena,
					  "The fee is uplifted from %.*s already (agreement %lld). "
					  "Choose a later day.",
					  TEXT_FMT(day_words(s->arena, version->from_day)),
					  (long long)version->number));
	}
	return true;
}

RULE(uplift_figures_sound, "uplift_figures", "each index has one figure, within bounds")
{
	const struct apply_uplift *data = s->data;
	struct flaw flaw;

	if (!data || uplift_figures_check(s->arena, &data->figures, &flaw))
		return true;
	refuse(refusal, rule_uplift_figures_sound.name, NULL, flaw.sentence);
	refusal->pointer = text_printf(s->arena, "/figures%.*s", TEXT_FMT(flaw.pointer));
	return false;
}

RULE(paid_from_sound, "paid_from",
     "it is from a day within the coming year and paid from that day or a later one, no more than "
     "a year from now")
{
	const struct apply_uplift *data = s->data;
	int32_t last = london_day(s->now_us) + DAYS_AHEAD_MOST;

	if (data && data->figures.from_day > last)
		return NO(paid_from_sound, "/figures/from",
			  "This day is more than a year away. Apply the uplift nearer to it.");
	if (!data || data->paid_from_day == NO_DAY)
		return true;
	if (data->paid_from_day < data->figures.from_day)
		return NO(paid_from_sound, "/paid_from",
			  "The new fee is paid from the day it is from, or later.");
	return data->paid_from_day <= last ||
	       NO(paid_from_sound, "/paid_from",
		  "This day is more than a year away. Choose an earlier one.");
}

/* What quality would add or hold back of the new fee is an amount that can be paid. */
static bool is_payable(struct arena *arena, const struct terms *before, const struct uplift *uplift)
{
	int64_t payable_p = uplifted_terms(arena, before, uplift).quality.payable_p;

	return payable_p == NO_INT || (payable_p >= 0 && payable_p <= MONEY_MOST_P);
}

RULE(uplift_worked, "uplift_worked", "the method makes a new fee of the figures")
{
	const struct terms *before;
	struct uplift uplift;

	if (!s->data)
		return true;
	before = version_of(s)->terms;
	work(s, &uplift);
	if (!uplift.is_uplifted)
		return refuse(refusal, uplift_rule_names[uplift.rule], "/figures", uplift.reason);
	if (before->funding.count && !uplift.funding.count)
		return refuse(refusal, "uplift_split", "/figures",
			      text_printf(s->arena, "%.*s Propose a variation.",
					  TEXT_FMT(uplift.reason)));
	return is_payable(s->arena, before, &uplift) ||
	       refuse(refusal, uplift_rule_names[UPLIFT_RULE_OUT_OF_RANGE], "/figures",
		      TEXT("With what quality adds or holds back, the weekly payment would be "
			   "below nothing or above £10 million. Propose a variation."));
}

RULE(fall_has_room, "fall_has_room",
     "no other round is open, where the fee falls and needs both signatures")
{
	struct uplift uplift;

	if (!s->data || !s->round)
		return true;
	work(s, &uplift);
	return uplift.difference_p >= 0 ||
	       NO(fall_has_room, NULL,
		  "The fee would fall, which both must sign, and another round is open. Settle it "
		  "first, or offer this in it.");
}

/* ---- what the core fills in ---- */

bool derive_uplift(const struct situation *s, void *data, struct refusal *refusal)
{
	struct apply_uplift *applied = data;
	const struct agreement *version = version_of(s);
	int32_t from_day = applied->figures.from_day, today = london_day(s->now_us);
	struct uplift uplift;

	(void)refusal;
	work(s, &uplift);
	applied->terms = uplifted_terms(s->arena, version->terms, &uplift);
	applied->terms_digest = terms_digest(s->arena, &applied->terms);
	applied->weekly_before_p = uplift.weekly_now_p;
	applied->percent_r = uplift.percent_r;
	applied->rule = uplift.rule;
	applied->reason = uplift.reason;
	applied->uplifted = version->number;
	if (uplift.difference_p < 0) {
		applied->paid_from_day = NO_DAY;
		return true;
	}
	applied->version = (int64_t)s->placement->agreement_count + 1;
	applied->to_day = agreement_last_day(s->placement, version);
	if (applied->paid_from_day == NO_DAY)
		applied->paid_from_day = today > from_day ? today : from_day;
	return true;
}

bool uplift_is_version(const struct situation *s)
{
	return ((const struct apply_uplift *)s->data)->version != NO_INT;
}

bool uplift_is_offer(const struct situation *s)
{
	return !uplift_is_version(s);
}

/* ---- the challenge ---- */

static const struct obligation *right_to_challenge(const struct situation *s)
{
	for (size_t i = s->placement->obligation_count; i-- > 0;) {
		const struct obligation *o = &s->placement->obligations[i];

		if (o->duty == DUTY_CHALLENGE_UPLIFT && obligation_is_open(o) && s->thread &&
		    uuid_eq(obligation_owner(s->placement, o), s->thread->provider))
			return o;
	}
	return NULL;
}

RULE(right_to_challenge, "right_to_challenge", "an uplift was applied that may still be challenged")
{
	return right_to_challenge(s) ||
	       NO(right_to_challenge, NULL,
		  "No uplift can be challenged now. You may propose a variation instead.");
}

bool derive_challenge(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct challenge_uplift *)data)->version = right_to_challenge(s)->subject;
	return true;
}

/* In whatever strand it stands: a round that is open has one of its own. */
bool meet_rights_to_challenge(const struct situation *s, struct fact *fact)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++)
		if (s->placement->obligations[i].duty == DUTY_CHALLENGE_UPLIFT)
			end_obligation(s, fact, &s->placement->obligations[i], OBLIGATION_MET);
	return true;
}
