/*
 * cost_lines.h - the lines of a cost model at work: what check, run and words share.
 *
 * The price is not known while lines are worked out, so a line's worth is kept as two numbers:
 * fixed + per_price x the price. Sums and percentages keep that shape, and the price follows by one
 * division at the end. What would not keep it (the greater of two margins) cost_check.c refuses.
 */
#ifndef CONCORDAT_CORE_COST_LINES_H
#define CONCORDAT_CORE_COST_LINES_H

#include "concordat/core/cost_model.h"
#include "ratio.h"

enum cost_run { RUN_LOW, RUN_MID, RUN_HIGH, RUN_COUNT };

struct worth {
	struct ratio fixed, per_price;
};

enum slot_kind { SLOT_NONE, SLOT_INPUT, SLOT_ASSUMPTION, SLOT_LINE };

/* What a key names. */
struct cost_slot {
	enum slot_kind kind;
	size_t at;
};

struct cost_slots {
	const struct cost_slot *at;
	size_t count;
};

/* A line's keys looked up, and what else is the same in every calculation. */
struct cost_plan {
	struct cost_slot value, percent, hours, threshold, upper; /* SLOT_NONE: without */
	struct cost_slots quantity, per, of, less;
	struct cost_slots all; /* in that order, and what a mark-up without of is on */
	struct text source;    /* every source, in words */
};

/* One calculation: what was given, and what came of it. */
struct cost_work {
	const struct cost_model *model;
	int64_t *inputs[RUN_COUNT]; /* a figure an input; NO_INT: left out and without default */
	bool *given;		    /* an input: by the user */
	struct worth *worth[RUN_COUNT]; /* a line */
	struct ratio price[RUN_COUNT];
};

enum cost_trouble {
	TROUBLE_NONE,
	TROUBLE_BY_ZERO,   /* a line divides by nothing */
	TROUBLE_BELOW,	   /* a line multiplies or divides by a quantity below zero */
	TROUBLE_ALL_PRICE, /* percentages of the price reach 100 */
	TROUBLE_TOO_FINE   /* a fraction does not fit 128 bits */
};

const struct cost_input *cost_input_at(const struct cost_model *model, size_t i);
const struct cost_assumption *cost_assumption_at(const struct cost_model *model, size_t i);
const struct cost_line *cost_line_at(const struct cost_model *model, size_t i);
struct text cost_ref_at(const struct list *refs, size_t i);

/* Looks among inputs, assumptions and the first `lines` lines. */
struct cost_slot cost_find(const struct cost_model *model, struct text key, size_t lines);
/* Every key a line refers to, in the order of its members. */
struct list cost_line_refs(struct arena *arena, const struct cost_line *line);
/* Of each line. Every key must name something before it. */
const struct cost_plan *cost_plan_make(struct arena *arena, const struct cost_model *model);
bool cost_line_in_fee(const struct cost_line *line);
bool cost_line_is_quantity(const struct cost_line *line);
bool cost_figure_is_absent(const struct cost_figure *figure);
int64_t cost_figure_of(const struct cost_figure *figure, enum cost_run run);

/* Everything empty: inputs to be filled by the caller. */
void cost_work_init(struct arena *arena, struct cost_work *work, const struct cost_model *model);
/* Works out every line and the price, of one run or of all three; *line is where the trouble is. */
enum cost_trouble cost_work_one(struct cost_work *work, enum cost_run run, size_t *line);
enum cost_trouble cost_work_run(struct cost_work *work, size_t *line);
/* Of a run without trouble: which part of its price the lines take as parts of the price. */
struct ratio cost_work_taken(const struct cost_work *work, enum cost_run run);
/* A line's worth in figures, the price being known. */
struct ratio cost_work_line(const struct cost_work *work, enum cost_run run, size_t line);

/* The mid run's arithmetic, the figures, and the sources, of one line in words (cost_words.c). */
struct text cost_words_working(struct arena *arena, const struct cost_work *work, size_t line);
struct text cost_words_assumption(struct arena *arena, const struct cost_work *work, size_t line);
struct text cost_words_source(struct arena *arena, const struct cost_model *model,
			      const struct cost_line *line, const struct cost_slots *slots);
/* "12.50 hours", "£14.20", "9.50%". */
struct text cost_words_figure(struct arena *arena, int32_t unit, int64_t figure_r);

#endif
