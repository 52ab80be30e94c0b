/*
 * uplift_work.h - an uplift while it is worked: its lines, their exact changes, the reason in
 * words.
 *
 * Shared by the files of uplift.h and no others. The lines' changes share one bottom: in pence a
 * line changes by change.weekly / bottom, its rate by change.rate / bottom. Everything fits 128
 * bits for terms that are complete and for a method and figures that were checked.
 */
#ifndef UPLIFT_WORK_H
#define UPLIFT_WORK_H

#include "concordat/core/uplift.h"

#define QUANTITY_RATE INT64_C(1000000) /* quantity_r x rate_r over pence */
#define WHOLE_R INT64_C(1000000)       /* 100% */

struct line_change {
	__int128 weekly; /* pence */
	__int128 rate;	 /* ten-thousandths of a pound */
};

struct uplift_work {
	struct arena *arena;
	const struct terms *terms;
	const struct uplift_method *method;
	const struct uplift_figures *figures;
	int64_t rise_r[COST_INDEX_COUNT]; /* NO_INT: no figure was given; fixed: 0 */
	int64_t step;			  /* target: which of the years; the last one ever after */
	struct uplift_line *lines;	  /* as many as the terms have */
	struct line_change *changes;
	int64_t weekly_now_p;
	__int128 bottom;
	int64_t percent_r; /* what the method alone makes of it, of the fee; NO_INT: of nothing */
};

/* Fills changes and bottom from what the lines have now. */
void uplift_change(struct uplift_work *work);
/* Of the fee, over bottom. */
__int128 uplift_change_of_fee(const struct uplift_work *work);
/* Scales the changes to the cap or the floor where one is passed; the rule that decided. */
enum uplift_rule uplift_limit(struct uplift_work *work);

/* Why the fee stays as it is. line: the one at fault, or NULL for the whole fee; index: the one
 * without a figure. */
struct text uplift_words_left(const struct uplift_work *work, enum uplift_rule rule,
			      const struct fee_line *line, int32_t index);
/* The new fee, or this line of it, would be below nothing or too large. */
struct text uplift_words_range(const struct uplift_work *work, const struct uplift_line *line,
			       bool below);
/* What the method made of it; rule: the basis, or the limit that held. */
struct text uplift_words_worked(const struct uplift_work *work, enum uplift_rule rule);

#endif
