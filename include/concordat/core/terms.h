/*
 * terms.h - what one side puts and both may sign: the fee line by line, who pays, quality, uplift.
 *
 * Everything that decides what is paid stands in the terms as data, so that both sides can work it
 * out alike: fee lines with the index each rises with, the split between payers, what quality adds
 * or holds back, and the method by which the fee is uplifted. Members marked derived are filled by
 * terms_complete and are part of what is signed.
 *
 * Money is in pence a week unless said; a rate and a percentage are in ten-thousandths (of a pound,
 * of one per cent). The weekly fee is the sum of the lines, each rounded to the nearest penny.
 */
#ifndef CONCORDAT_CORE_TERMS_H
#define CONCORDAT_CORE_TERMS_H

#include "concordat/core/calendar.h"
#include "concordat/core/schema.h"
#include "concordat/core/words.h"

struct fee_line {
	struct text key, label;
	int32_t unit;
	int32_t index;	    /* enum cost_index it rises with, or NO_ENUM */
	int64_t quantity_r; /* how many units a week, ten-thousandths */
	int64_t rate_r;	    /* for one unit, ten-thousandths of a pound */
	int64_t weekly_p;   /* derived */
};

struct outcome_ref {
	struct text key; /* of describe_needs */
};

struct clause {
	struct text key, text;
};

/* ---- who pays ---- */

/* An amount or a share; exactly one part has neither and takes the remainder. */
struct funding_part {
	int32_t funder;	  /* enum funder; each stands once */
	int64_t weekly_p; /* NO_INT: not an amount */
	int64_t share_r;  /* percent of the weekly fee; NO_INT: not a share */
	int64_t pays_p;	  /* derived: what it comes to a week; NO_INT before there is a fee */
	struct uuid organisation; /* of the NHS's or a third party's: the co-payer that pays it;
				     zero: nobody that takes part here */
};

/* ---- quality ---- */

struct quality_tier {
	struct text tier;  /* the accreditation's name: "gold" */
	int64_t premium_p; /* for a bed and a week */
};

/* From this score up to the next band's: a percentage of the weekly fee, which may be below zero.
 */
struct quality_band {
	int64_t from_score_r;
	int64_t percent_r;
	int64_t weekly_p; /* derived: what it comes to a week */
};

struct quality_terms {
	struct list tiers;  /* struct quality_tier */
	struct list bands;  /* struct quality_band, by rising score */
	int64_t withheld_r; /* percent of the weekly fee held back until the score is reached */
	int64_t until_score_r;
	struct text tier; /* the home's, as the terms begin; TEXT_NONE: none yet */
	int64_t score_r;  /* likewise; NO_INT: none yet */
	/* derived: the weekly effect at that tier and score */
	int64_t premium_p, band_p, withheld_p;
	int64_t payable_p; /* the fee + premium + band - withheld */
};

struct quality_worked { /* a week */
	int64_t premium_p, band_p, withheld_p;
	int64_t payable_p; /* the fee + premium + band - withheld */
};

/* ---- the uplift's method (uplift.h works it) ---- */

struct uplift_weight {
	int32_t index;	   /* enum cost_index */
	int64_t percent_r; /* of the fee */
};

/* Lines of this unit (and this key, when it is given) move to the rate. */
struct uplift_target {
	struct text key;
	int32_t unit; /* enum line_unit */
	int64_t rate_r;
};

struct uplift_method {
	int32_t basis;	     /* enum uplift_basis; NO_ENUM: there is no method */
	struct list weights; /* struct uplift_weight; weighted. What is left of 100 does not rise */
	int64_t flat_r;	     /* flat: pounds on top, below zero to go down */
	int32_t flat_unit;   /* flat: week, once on the fee; else on the rate of each line of it */
	struct list targets; /* struct uplift_target */
	int64_t years;	     /* target: reached in so many yearly steps */
	int32_t first_day;   /* target: the day of the first step */
	int64_t cap_r, floor_r;	   /* percent of the fee: no more, no less; NO_INT: none */
	int32_t rounding;	   /* enum uplift_rounding; NO_ENUM: to the penny, once */
	int64_t not_within_months; /* none while the agreement is younger; NO_INT: always */
	int64_t not_above_p;	   /* none where the weekly fee is above; NO_INT: always */
	int64_t month, day; /* the day of the year it is from, 1 to 12 and 1 to 31; an uplift from
			       another day says so */
};

/* ---- extension by performance ---- */

/* So many times by so many months, where the home's score is then high enough. */
struct extension_terms {
	int64_t months, times; /* NO_INT both: there is none */
	int64_t least_score_r; /* NO_INT: whatever the score */
};

/* ---- the whole ---- */

struct terms {
	struct list lines;    /* struct fee_line */
	struct list outcomes; /* struct outcome_ref */
	struct list clauses;  /* struct clause */
	struct list funding;  /* struct funding_part; empty: as the placement was opened */
	struct quality_terms quality;
	struct uplift_method uplift;
	struct extension_terms extension;
	int32_t end_day;   /* the last one; NO_DAY: none is agreed */
	int32_t began_day; /* derived, of an uplifted fee: when the agreement began, which its age
			      is counted from; NO_DAY: on start_day */
	int32_t day_count; /* enum day_count; NO_ENUM: nights */
	int32_t start_day;
	int64_t weekly_p;	    /* derived */
	int64_t calculation, needs; /* derived: which one; 1 is the first */
};

extern const struct schema terms_schema, fee_line_schema, funding_part_schema, quality_terms_schema,
	uplift_method_schema;

/* A copy with its derived members filled, calculation and needs excepted. False, and the first flaw
 * with its pointer into the terms ("/funding/1/share"), when they are not sound: two lines,
 * outcomes or clauses of one key, a total below nothing or above MONEY_MOST_P, payers that do not
 * add up, quality or uplift that could not be worked out. asked is not changed. */
bool terms_complete(struct arena *arena, const struct terms *asked, struct terms *out,
		    struct flaw *flaw) __attribute__((warn_unused_result));
/* What is paid a week: the fee, with what quality adds or holds back where it does. */
int64_t terms_payable(const struct terms *terms);
/* The day that the age of the agreement is counted from. */
int32_t terms_began(const struct terms *terms);
/* SHA-256 of the canonical terms, which accept and sign name. */
struct digest terms_digest(struct arena *arena, const struct terms *terms);

/* Fills pays_p of each part so that together they are exactly weekly_p: amounts as stated, shares
 * to the nearest penny, the remainder to the one with neither. weekly_p NO_INT: only whether the
 * parts are sound. False and the flaw ("/1/share") when a funder stands twice, one part has both,
 * not exactly one takes the remainder, the shares come to more than 100%, or, before any rounding,
 * the parts to more than the fee. */
bool funding_split(struct arena *arena, struct list *parts, int64_t weekly_p, struct flaw *flaw)
	__attribute__((warn_unused_result));
/* What each of sound parts pays of any fee, into by_p by enum funder: as funding_split says where
 * they fit it; else each, in their order, no more than those before it leave. */
void funding_amounts(const struct list *parts, int64_t weekly_p, int64_t *by_p);

/* Whether anything of a fee hangs on a score or a tier. */
bool quality_matters(const struct quality_terms *quality);
/* What that tier and score make of this fee. Without a score nothing is withheld but what waits for
 * one: all of withheld_r. */
struct quality_worked quality_at(const struct quality_terms *quality, struct text tier,
				 int64_t score_r, int64_t weekly_p);
/* Fills the four amounts of quality for its own tier and score, and each band's, for this fee. */
void quality_work(struct quality_terms *quality, int64_t weekly_p);

#endif
