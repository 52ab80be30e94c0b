/*
 * uplift.h - what the agreed method makes of a fee: the same sum for both sides, up or down.
 *
 * The method is data (terms.h); the figures of a year, how much each index rose, are given. The
 * order is: which method; exclusions; the basis; the cap and the floor, of the whole fee; rounding.
 * The split between payers comes after, of the new fee. Arithmetic is exact until the rounding.
 * What comes out says which rule decided it. Nothing is applied here: that is a move of its own.
 *
 * Exclusions: too young when from_day is before the day it began (terms_began) and so many calendar
 * months (clamped to the month's end); above the threshold when the weekly fee is above it, not at
 * it.
 *
 * Basis. by_line: each line by its own index's percentage; fixed does not rise. weighted: every
 * line by the same percentage, the sum of weight x rise. flat, week: once on the fee, to the lines
 * in proportion to their weekly amounts (those above nothing; the first line where the fee is
 * nothing); flat, another unit: on the rate of each line of that unit. target: on first_day and its
 * anniversaries (29 February: 28 where there is none) each line that fits a target, the first that
 * fits it, moves by (target - rate) / steps left; before first_day not yet; from the last step on
 * it is the target itself. A percentage is taken of what a line is paid, its weekly amount; where a
 * rate is named (flat by unit, target) the line is worth exactly quantity x that rate, short of a
 * limit.
 *
 * Cap and floor: past one of them the fee changes by exactly that percentage, and the lines'
 * changes are scaled alike, so that what does not rise stays. Where that would turn changes round
 * or drive lines apart (a floor above zero when some rose and others fell), every line changes by
 * the percentage.
 *
 * Rounding. total_to_penny, total_to_pound: the exact fee once, half away from zero; the lines to
 * the penny so that they add up to it, by largest remainder, the earlier line first; what the pound
 * adds or takes is spread by their weekly amounts. rate_then is then what a line comes to for one
 * unit, for showing. rate_to_penny: each rate that changed to the nearest penny, and the weekly
 * amount follows. rate_up_per_quarter_hour: rates by the hour that changed, up to a whole penny for
 * a quarter of an hour; other rates to the nearest penny. So after rounding a fee may pass a cap by
 * what the rounding adds.
 */
#ifndef CONCORDAT_CORE_UPLIFT_H
#define CONCORDAT_CORE_UPLIFT_H

#include "concordat/core/terms.h"

/* How much one index rose, in percent (ten-thousandths of one per cent); below zero it fell. */
struct index_rise {
	int32_t index; /* enum cost_index; fixed never rises and is not given */
	int64_t percent_r;
	struct text source, source_url;
};

/* A year's figures: a document of its own, for the command line and the API alike. */
struct uplift_figures {
	int32_t from_day;  /* the day from which the new fee is paid; money dates never roll */
	struct list rises; /* struct index_rise, each index once */
};
extern const struct schema uplift_figures_schema;

struct uplift_line {
	struct text key, label;
	int32_t unit;  /* enum line_unit */
	int32_t index; /* enum cost_index, or NO_ENUM */
	int64_t quantity_r, rate_now_r, rate_then_r;
	int64_t weekly_now_p, weekly_then_p;
};

struct uplift_step {
	int32_t from_day;
	int64_t weekly_p;
};

struct uplift {
	int32_t rule;	  /* enum uplift_rule: what decided */
	bool is_uplifted; /* false: one of the rules that leave the fee as it is */
	struct text reason;
	int32_t from_day;
	int64_t weekly_now_p, weekly_then_p;
	int64_t difference_p; /* below zero when the fee falls */
	int64_t percent_r;    /* of the fee, rounded for showing only; NO_INT: of nothing */
	struct list lines;    /* struct uplift_line; weekly_then_p adds up to the new fee */
	struct list funding;  /* struct funding_part of the new fee; empty without a split */
	/* struct uplift_step: to a target, this step and those to come, each from the rates and
	 * amounts paid after the one before it, while the method would still be worked. */
	struct list path;
};
extern const struct schema uplift_schema;

/* Whether the method can be worked; its flaw's pointer is into it ("/weights/1/percent"). Members
 * of another basis are refused. lines: those it is to be worked on, or NULL for whichever come;
 * with them by_line needs an index on each, and a unit or a target must fit one. */
bool uplift_method_check(struct arena *arena, const struct uplift_method *method,
			 const struct list *lines, struct flaw *flaw)
	__attribute__((warn_unused_result));
/* A day, each index once, none that is fixed, rises from -100 to 1,000 percent. */
bool uplift_figures_check(struct arena *arena, const struct uplift_figures *figures,
			  struct flaw *flaw) __attribute__((warn_unused_result));

/* What is asked of many agreements at once. */
struct uplift_question {
	const struct uplift_figures *figures; /* checked */
	const struct uplift_method *general;  /* checked; for those without a method of their own;
						 NULL: none */
	bool leave_out_own; /* those with a method of their own are left as they are */
};

/* terms: complete, as they stand in an agreement. The method in the terms comes before the general
 * one. A fee stays as it is when it or a line would come to below nothing or to more than may be
 * paid. Texts may point into the terms. A payer's amount that the new fee no longer covers leaves
 * funding empty, and reason says so. */
void uplift_work(struct arena *arena, const struct terms *terms,
		 const struct uplift_question *question, struct uplift *out);

#endif
