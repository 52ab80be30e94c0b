/*
 * uplift_words.c - why an uplift came out as it did, in one sentence that names the figures.
 *
 * For people of both sides; the figures in it are those that decided, not what was rounded after.
 */
#include "concordat/core/money.h"
#include "uplift_work.h"

static void put_percent(struct writer *w, int64_t percent_r)
{
	writer_printf(w, "%.*s%%", TEXT_FMT(rate_text(w->arena, percent_r)));
}

/* "rises by 4.10% (nlw)" */
static void put_rise(struct writer *w, const struct uplift_work *work, int32_t index)
{
	int64_t rise_r = work->rise_r[index];

	if (index == COST_INDEX_FIXED) {
		writer_puts(w, "is fixed");
		return;
	}
	writer_puts(w, rise_r < 0 ? "falls by " : "rises by ");
	put_percent(w, rise_r < 0 ? -rise_r : rise_r);
	writer_printf(w, " (%s)", cost_index_names[index]);
}

/* Between the parts of a list: ", ", and " and " before the last. */
static void put_between(struct writer *w, size_t at, size_t count)
{
	if (at > 0)
		writer_puts(w, at + 1 == count ? " and " : ", ");
}

static void put_by_line(struct writer *w, const struct uplift_work *work)
{
	int64_t weekly_p[COST_INDEX_COUNT] = {0};
	bool used[COST_INDEX_COUNT] = {false};
	size_t count = 0, at = 0;

	for (size_t i = 0; i < work->terms->lines.count; i++) {
		int32_t index = work->lines[i].index;

		count += !used[index];
		used[index] = true;
		weekly_p[index] += work->lines[i].weekly_now_p;
	}
	for (int32_t index = 0; index < COST_INDEX_COUNT; index++) {
		if (!used[index])
			continue;
		put_between(w, at++, count);
		writer_put(w, money_text(work->arena, weekly_p[index], true));
		writer_char(w, ' ');
		put_rise(w, work, index);
	}
}

static void put_weighted(struct writer *w, const struct uplift_work *work)
{
	const struct uplift_weight *weights = work->method->weights.items;
	size_t count = work->method->weights.count;

	for (size_t i = 0; i < count; i++) {
		put_between(w, i, count);
		put_percent(w, weights[i].percent_r);
		writer_puts(w, i == 0 ? " of the fee " : " ");
		put_rise(w, work, weights[i].index);
	}
}

static void put_flat(struct writer *w, const struct uplift_work *work)
{
	const struct uplift_method *method = work->method;
	bool down = method->flat_r < 0;
	struct text amount = rate_text(work->arena, down ? -method->flat_r : method->flat_r);

	if (method->flat_unit == LINE_WEEK)
		writer_puts(w, "The weekly fee");
	else
		writer_printf(w, "Each rate for a%s %s", method->flat_unit == LINE_HOUR ? "n" : "",
			      line_unit_names[method->flat_unit]);
	writer_printf(w, " goes %s by £%.*s", down ? "down" : "up", TEXT_FMT(amount));
}

static void put_basis(struct writer *w, const struct uplift_work *work)
{
	switch ((enum uplift_basis)work->method->basis) {
	case UPLIFT_BY_LINE:
		put_by_line(w, work);
		return;
	case UPLIFT_WEIGHTED:
		put_weighted(w, work);
		return;
	case UPLIFT_FLAT:
		put_flat(w, work);
		return;
	case UPLIFT_TARGET:
		writer_printf(w, "Step %d of %d to the target rates", (int)work->step,
			      (int)work->method->years);
		return;
	case UPLIFT_BASIS_COUNT:
		break;
	}
}

/* The day of the year agreed is not this one: said, because both sides may mean it. */
static void put_other_day(struct writer *w, const struct uplift_work *work)
{
	const struct uplift_method *method = work->method;
	struct civil from = civil_of(work->figures->from_day);
	int32_t agreed;

	if (method->month == NO_INT || (method->month == from.month && method->day == from.day))
		return;
	agreed = day_of(from.year, (int32_t)method->month, (int32_t)method->day);
	writer_printf(w, " The method says %.*s, and this is from %.*s.",
		      TEXT_FMT(day_words(w->arena, agreed)),
		      TEXT_FMT(day_words(w->arena, work->figures->from_day)));
}

struct text uplift_words_worked(const struct uplift_work *work, enum uplift_rule rule)
{
	const struct uplift_method *method = work->method;
	bool capped = rule == UPLIFT_RULE_CAP, floored = rule == UPLIFT_RULE_FLOOR;
	struct writer w;

	writer_init(&w, work->arena);
	put_basis(&w, work);
	if (work->percent_r != NO_INT) {
		writer_puts(&w, ": ");
		put_percent(&w, work->percent_r);
		writer_puts(&w, " of the fee");
	}
	if (capped || floored) {
		writer_printf(&w, ", %s, so ",
			      capped ? "which is above the cap" : "which is below the floor");
		put_percent(&w, capped ? method->cap_r : method->floor_r);
	}
	writer_char(&w, '.');
	put_other_day(&w, work);
	return writer_text(&w);
}

static struct text missing_words(const struct uplift_work *work, const struct fee_line *line,
				 int32_t index)
{
	if (index == NO_ENUM)
		return text_printf(work->arena,
				   "The line “%.*s” (%.*s) names no index to rise with.",
				   TEXT_FMT(line->label), TEXT_FMT(line->key));
	if (line)
		return text_printf(
			work->arena, "No figure was given for %s, which “%.*s” (%.*s) rises with.",
			cost_index_names[index], TEXT_FMT(line->label), TEXT_FMT(line->key));
	return text_printf(work->arena, "No figure was given for %s, which the fee rises with.",
			   cost_index_names[index]);
}

struct text uplift_words_left(const struct uplift_work *work, enum uplift_rule rule,
			      const struct fee_line *line, int32_t index)
{
	struct arena *arena = work->arena;

	switch (rule) {
	case UPLIFT_RULE_NO_METHOD:
		return TEXT("The terms have no method of uplift, and none was given for those "
			    "without.");
	case UPLIFT_RULE_OWN_METHOD:
		return TEXT("The terms have a method of their own, and those were left out.");
	case UPLIFT_RULE_NOT_STARTED:
		return text_printf(arena, "The agreement begins on %.*s, after %.*s.",
				   TEXT_FMT(day_words(arena, work->terms->start_day)),
				   TEXT_FMT(day_words(arena, work->figures->from_day)));
	case UPLIFT_RULE_TOO_YOUNG:
		return text_printf(arena,
				   "The agreement began on %.*s, less than %d %s before %.*s.",
				   TEXT_FMT(day_words(arena, terms_began(work->terms))),
				   (int)work->method->not_within_months,
				   work->method->not_within_months == 1 ? "month" : "months",
				   TEXT_FMT(day_words(arena, work->figures->from_day)));
	case UPLIFT_RULE_ABOVE_THRESHOLD:
		return text_printf(arena,
				   "The weekly fee of %.*s is above %.*s, and such fees stay.",
				   TEXT_FMT(money_text(arena, work->weekly_now_p, true)),
				   TEXT_FMT(money_text(arena, work->method->not_above_p, true)));
	case UPLIFT_RULE_NOT_YET:
		return text_printf(arena, "The first step to the target rates is on %.*s.",
				   TEXT_FMT(day_words(arena, work->method->first_day)));
	case UPLIFT_RULE_FIGURE_MISSING:
		return missing_words(work, line, index);
	case UPLIFT_RULE_BY_LINE:
	case UPLIFT_RULE_WEIGHTED:
	case UPLIFT_RULE_FLAT:
	case UPLIFT_RULE_TARGET:
	case UPLIFT_RULE_CAP:
	case UPLIFT_RULE_FLOOR:
	case UPLIFT_RULE_OUT_OF_RANGE:
	case UPLIFT_RULE_COUNT:
		break;
	}
	return TEXT("The fee stays as it is.");
}

struct text uplift_words_range(const struct uplift_work *work, const struct uplift_line *line,
			       bool below)
{
	const char *beyond = below ? "below nothing" : "above what may be paid";

	if (line)
		return text_printf(work->arena,
				   "The line “%.*s” (%.*s) would be %s, so the fee stays.",
				   TEXT_FMT(line->label), TEXT_FMT(line->key), beyond);
	return text_printf(work->arena, "The new fee would be %s, so it stays as it is.", beyond);
}
