/*
 * cost_model.h - the guide price: a versioned document in, a range line by line out.
 *
 * A model is an ordered list of lines over named figures: what the user gives (inputs) and what the
 * model assumes (assumptions). A line refers to inputs, assumptions and earlier lines by key; one
 * key names one thing. A calculation names model, version and inputs, and can be run again years
 * later to the same penny. A guide price is a starting point and not a conclusion.
 *
 * Low, mid and high are three runs of the lines: a figure is single, or has one value a run.
 * Arithmetic is exact: figures in ten-thousandths, 128-bit fractions that are never rounded; the
 * model's rounding policy is applied once, at the end. What does not fit is refused. A figure whose
 * unit is percent counts as its hundredth wherever a line uses it.
 *
 * Margin (percent_of_price) and mark-up (markup_on_cost) are different kinds. A margin, and any
 * later line that uses it, is a part of a price not known yet; the price is then found by division.
 */
#ifndef CONCORDAT_CORE_COST_MODEL_H
#define CONCORDAT_CORE_COST_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/core/schema.h"
#include "concordat/core/words.h"

/* The largest figure a model or an input may hold: ten million. */
#define COST_FIGURE_MOST_R INT64_C(100000000000)
/* The input that makes a week of an hourly price. */
#define COST_HOURS_A_WEEK "hours_a_week"

#define COST_PRICE_UNITS(X)      \
	X(COST_PER_HOUR, "hour") \
	X(COST_PER_WEEK, "week")

#define COST_ROUNDINGS(X)                                                                       \
	X(COST_PENNY_NEAREST, "penny_nearest")                                                  \
	X(COST_PENNY_UP_PER_QUARTER_HOUR, "penny_up_per_quarter_hour") /* hourly prices only */ \
	X(COST_POUND_NEAREST, "pound_nearest")                                                  \
	X(COST_PENNY_UP, "penny_up")                                                            \
	X(COST_POUND_UP, "pound_up")

/* What the range is: the arithmetic is the same, but the reader must know which. In runs each is
 * one whole, consistent home; as statistics the figures are medians or quartiles line by line. */
#define COST_RANGES(X)                         \
	X(COST_TOTAL_OF_RUNS, "total_of_runs") \
	X(COST_SUM_OF_LINE_STATISTICS, "sum_of_line_statistics")

#define COST_UNITS(X)                   \
	X(COST_UNIT_POUND, "pound")     \
	X(COST_UNIT_HOUR, "hour")       \
	X(COST_UNIT_MINUTE, "minute")   \
	X(COST_UNIT_VISIT, "visit")     \
	X(COST_UNIT_NIGHT, "night")     \
	X(COST_UNIT_DAY, "day")         \
	X(COST_UNIT_WEEK, "week")       \
	X(COST_UNIT_MONTH, "month")     \
	X(COST_UNIT_YEAR, "year")       \
	X(COST_UNIT_MILE, "mile")       \
	X(COST_UNIT_PERSON, "person")   \
	X(COST_UNIT_BED, "bed")         \
	X(COST_UNIT_PERCENT, "percent") \
	X(COST_UNIT_NUMBER, "number")

/*
 * What a line is worth, in its members' names:
 *
 * amount               value
 * rate_times_quantity  value [x each quantity] [/ each per], one of the two at least
 * percent_of_lines     percent x the sum of of
 * percent_of_price     percent x the price (margin)
 * markup_on_cost       percent x the sum of of, or of all above it in the fee
 * annual_per_resident  value [x each quantity] / 52 [/ each per (residents)]
 * return_on_value      value [x each quantity] x percent / 52 [/ each per (beds, occupancy)]
 * shared_hours         value x each quantity / each per (people sharing)
 * threshold            the sum of of x percent x the part of a year's pay that lies between
 *                      threshold and upper; a year's pay is value x hours x 52, or value itself
 *                      without hours. Without of: percent x that part in pounds, for one employee
 * sum                  of of, less each less
 * min, max             of of
 *
 * Pounds cancel: a line in pounds has pounds in its value and may have as many among quantity as
 * among per; a quantity line has as many above as below, so that £14 / £12 is a quantity. Nothing
 * multiplies or divides by a quantity below zero, or by what depends on the price. A quantity that
 * is summed or chosen from is in the line's own unit; a bed is a person, a percentage a number.
 */
#define COST_KINDS(X)                                \
	X(COST_AMOUNT, "amount")                     \
	X(COST_PRODUCT, "rate_times_quantity")       \
	X(COST_PERCENT_OF_LINES, "percent_of_lines") \
	X(COST_PERCENT_OF_PRICE, "percent_of_price") \
	X(COST_MARKUP, "markup_on_cost")             \
	X(COST_ANNUAL, "annual_per_resident")        \
	X(COST_RETURN, "return_on_value")            \
	X(COST_SHARED, "shared_hours")               \
	X(COST_THRESHOLD, "threshold")               \
	X(COST_SUM, "sum")                           \
	X(COST_MIN, "min")                           \
	X(COST_MAX, "max")

/* Where a line's worth goes. */
#define COST_COUNTS(X)                                                                    \
	X(COST_IN_FEE, "in_fee")     /* part of the price; also when left out */          \
	X(COST_OUTSIDE, "outside")   /* shown, paid otherwise: rent, benefits, nursing */ \
	X(COST_SUBTOTAL, "subtotal") /* a step in pounds, counted elsewhere */            \
	X(COST_QUANTITY, "quantity") /* a step that is not money, in the line's unit */

enum cost_price_unit { COST_PRICE_UNITS(WORDS_ENUM) COST_PRICE_UNIT_COUNT };
enum cost_rounding { COST_ROUNDINGS(WORDS_ENUM) COST_ROUNDING_COUNT };
enum cost_range { COST_RANGES(WORDS_ENUM) COST_RANGE_COUNT };
enum cost_unit { COST_UNITS(WORDS_ENUM) COST_UNIT_COUNT };
enum cost_kind { COST_KINDS(WORDS_ENUM) COST_KIND_COUNT };
enum cost_counts { COST_COUNTS(WORDS_ENUM) COST_COUNTS_COUNT };

extern const char *const cost_price_unit_names[];
extern const char *const cost_rounding_names[];
extern const char *const cost_range_names[];
extern const char *const cost_unit_names[];
extern const char *const cost_kind_names[];
extern const char *const cost_counts_names[];

/* ---- the document ---- */

/* A figure is single, or low, mid and high; the others are NO_INT. */
struct cost_figure {
	int64_t single_r, low_r, mid_r, high_r;
};

/* Something the user gives: one figure for all three runs, least..most in steps from least. When it
 * is left out the default stands; one without a default is required (hours_a_week excepted). */
struct cost_input {
	struct text key, label;
	int32_t unit; /* enum cost_unit */
	struct text hint;
	int64_t least_r, most_r, step_r; /* step NO_INT: any */
	struct cost_figure usual;	 /* "default" or "default_low", "_mid", "_high" */
	bool required;			 /* then it has no default */
	struct text source, source_url;
};

struct cost_assumption {
	struct text key, label;
	int32_t unit;		   /* enum cost_unit */
	struct cost_figure figure; /* "value", or "low", "mid", "high" */
	bool falls; /* low >= mid >= high, as of occupancy: fewer residents, higher price */
	struct text source, source_url;
};

struct cost_ref {
	struct text ref; /* the key of an input, an assumption or an earlier line */
};

/* Which members a kind needs stands beside COST_KINDS; any other is refused. */
struct cost_line {
	struct text key, label, group; /* staff, premises, supplies, overhead, return, ... */
	int32_t unit;		       /* enum cost_unit: what drives it; of a quantity, its own */
	int32_t kind;		       /* enum cost_kind */
	struct text value, percent, hours, threshold, upper; /* refs */
	struct list quantity, per, of, less;		     /* struct cost_ref */
	int32_t index;					     /* enum cost_index, or NO_ENUM */
	int32_t counts; /* enum cost_counts, or NO_ENUM for in_fee */
	bool deduction; /* taken off; its low, mid and high may fall */
	struct text source, source_url;
};

struct cost_plan; /* what a line's keys name, looked up once */

struct cost_model {
	struct text id, version, title, about;
	int32_t price_unit;			      /* enum cost_price_unit */
	int32_t effective_from_day, effective_to_day; /* NO_DAY: while it governs */
	bool illustrative;			      /* not every figure is a published one */
	int32_t rounding;			      /* enum cost_rounding */
	int32_t range_is;			      /* enum cost_range */
	struct list inputs;			      /* struct cost_input */
	struct list assumptions;		      /* struct cost_assumption */
	struct list lines;			      /* struct cost_line */
	const struct cost_plan *plans; /* of each line; cost_model_prepare's, not the document's */
};
extern const struct schema cost_model_schema;

/* A model that is not sound (a cycle, an unknown key, percentages of the price that can reach 100,
 * a line that cannot be computed) is refused when it is loaded, not when it is used. The pointer is
 * into the document. Fills the plans of a sound one, in the arena. They hold for a copy with other
 * figures too, but not with other keys or sources. */
bool cost_model_check(struct arena *arena, struct cost_model *model, struct flaw *fault)
	__attribute__((warn_unused_result));
/* The same by reading alone, without trying inputs on it: all that cost_model_run needs. So a model
 * that was loaded stays usable when later releases try more. */
bool cost_model_prepare(struct arena *arena, struct cost_model *model, struct flaw *fault)
	__attribute__((warn_unused_result));

/* ---- the answer ---- */

struct guide_line {
	struct text key, label, group;
	struct text unit; /* of the price: "hour" or "week"; of a quantity line, its own */
	int64_t low_r, mid_r, high_r; /* ten-thousandths of a pound, rounded for showing only; a
					 deduction is below zero */
	int64_t low_p, mid_p, high_p; /* the same in whole pence, rounded once from what is exact;
					 NO_INT of a quantity */
	bool in_fee;
	int32_t counts;		/* enum cost_counts */
	int32_t index;		/* enum cost_index, or NO_ENUM */
	struct text working;	/* of mid: "12.50 hours × £14.20" */
	struct text assumption; /* the figures used, in words; "left at its default" is said */
	struct text source;
};
extern const struct schema guide_line_schema;

struct guide {
	struct text model, version, unit;
	bool illustrative;
	int32_t range_is;	      /* enum cost_range */
	int64_t low_p, mid_p, high_p; /* the price for one unit, rounded by the model's policy */
	/* A week: the price itself, or the rounded price x hours_a_week; NO_INT without them. */
	int64_t weekly_low_p, weekly_mid_p, weekly_high_p;
	struct list lines;     /* struct guide_line */
	struct list defaulted; /* struct map_entry: inputs left at their default (mid) */
};
extern const struct schema guide_schema;

/* inputs: struct map_entry list. Deterministic; false and *fault on bad input, its pointer into the
 * inputs ("/people_sharing"), or "" for all of them together. The model must have passed
 * cost_model_prepare. Texts in the guide may point into the model. */
bool cost_model_run(struct arena *arena, const struct cost_model *model, const struct list *inputs,
		    struct guide *guide, struct flaw *fault) __attribute__((warn_unused_result));

struct text cost_model_id(const struct cost_model *model);
struct text cost_model_version(const struct cost_model *model);
bool cost_model_is_illustrative(const struct cost_model *model);
/* First day and last day it may be used for new calculations; last NO_DAY while it governs. */
void cost_model_effective(const struct cost_model *model, int32_t *first_day, int32_t *last_day);

#endif
