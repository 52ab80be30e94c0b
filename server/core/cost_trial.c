/*
 * cost_trial.c - a cost model that reads well is tried before it is loaded.
 *
 * With the defaults, with every input at its least and with every input at its most; and from each
 * of these, input by input, towards whatever takes more of the price. So a model whose margins can
 * reach the whole price is refused with the inputs that do it, and not once somebody gives them.
 * Where no input is required the defaults alone must make a price.
 */
#include "cost_check.h"

#define PASSES_MOST 8 /* over all inputs; each that goes on has taken more of the price */
/* Figures looked up from one start; real models need a tenth of it. What is larger on purpose is
 * searched less, for all others wait meanwhile. */
#define LOOKUPS_MOST 50000

enum trial { TRIAL_DEFAULTS, TRIAL_LEAST, TRIAL_MOST, TRIAL_COUNT };

/* The largest figure that is accepted. */
static int64_t top_of(const struct cost_input *input)
{
	return input->step_r == NO_INT
		       ? input->most_r
		       : input->most_r - (input->most_r - input->least_r) % input->step_r;
}

static int64_t trial_input(const struct cost_input *input, enum trial trial, enum cost_run run)
{
	if (trial == TRIAL_MOST)
		return top_of(input);
	if (trial == TRIAL_LEAST || cost_figure_is_absent(&input->usual))
		return input->least_r;
	return cost_figure_of(&input->usual, run);
}

/* Then the defaults alone make no calculation. */
static bool some_required(const struct cost_model *model)
{
	for (size_t i = 0; i < model->inputs.count; i++)
		if (cost_input_at(model, i)->required)
			return true;
	return false;
}

/* ---- which inputs a line is made of ---- */

/* Marks them, and the lines between. */
static void touch(const struct cost_model *model, bool *lines, bool *inputs)
{
	for (size_t at = model->lines.count; at-- > 0;) {
		const struct cost_slots *slots = &model->plans[at].all;

		for (size_t i = 0; lines[at] && i < slots->count; i++) {
			if (slots->at[i].kind == SLOT_LINE)
				lines[slots->at[i].at] = true;
			else if (slots->at[i].kind == SLOT_INPUT)
				inputs[slots->at[i].at] = true;
		}
	}
}

/* The inputs of every line in the fee that depends on the price; NULL without such a line. */
static bool *inputs_by_price(struct check *check)
{
	const struct cost_model *model = check->model;
	bool *lines = arena_array(check->arena, bool, model->lines.count);
	bool *inputs = arena_array(check->arena, bool, model->inputs.count), any = false;

	for (size_t i = 0; i < model->lines.count; i++) {
		lines[i] = check->by_price[i] && cost_line_in_fee(cost_line_at(model, i));
		any = any || lines[i];
	}
	if (!any)
		return NULL;
	touch(model, lines, inputs);
	return inputs;
}

/* ---- what is wrong ---- */

/* " with “Margin” at 50.00% and “Kept” at 10.00%": what the line is made of, as it was tried. */
static struct text tried(struct check *check, const struct cost_work *work, enum cost_run run)
{
	const bool *counts = inputs_by_price(check);
	const char *between = " with ";
	struct writer w;

	writer_init(&w, check->arena);
	for (size_t i = 0; counts && i < check->model->inputs.count; i++) {
		const struct cost_input *input = cost_input_at(check->model, i);

		if (!counts[i])
			continue;
		writer_printf(&w, "%s“%.*s” at %.*s", between, TEXT_FMT(input->label),
			      TEXT_FMT(cost_words_figure(check->arena, input->unit,
							 work->inputs[run][i])));
		between = " and ";
	}
	return writer_text(&w);
}

static bool refuse_all_price(struct check *check, const struct cost_work *work, enum cost_run run,
			     size_t line)
{
	bool has_percent = cost_line_at(check->model, line)->percent.len > 0;

	return check_refuse_at(
		check, "lines", line, has_percent ? "percent" : "key",
		text_printf(check->arena,
			    "Percentages of the price can reach 100 here%.*s, so no price would "
			    "cover them. Lower them, or narrow what their inputs accept.",
			    TEXT_FMT(tried(check, work, run))));
}

static bool check_trouble(struct check *check, const struct cost_work *work, enum trial trial,
			  enum cost_run run, enum cost_trouble trouble, size_t line)
{
	switch (trouble) {
	case TROUBLE_NONE:
		return true;
	case TROUBLE_BY_ZERO:
	case TROUBLE_BELOW:
		/* With the least or the most of everything: refused when it happens. */
		if (trial != TRIAL_DEFAULTS || some_required(check->model))
			return true;
		return check_refuse_at(
			check, "lines", line, "key",
			trouble == TROUBLE_BELOW
				? TEXT("With the defaults this line is made with a quantity below "
				       "zero. Change the defaults.")
				: TEXT("With the defaults this line is divided by nothing. Change "
				       "the defaults."));
	case TROUBLE_ALL_PRICE:
		return refuse_all_price(check, work, run, line);
	case TROUBLE_TOO_FINE:
		break;
	}
	return check_refuse_at(check, "lines", line, "key",
			       TEXT("This line cannot be worked out exactly: its figures have too "
				    "many digits. Use rounder figures."));
}

/* Low <= mid <= high in every line, with the defaults. */
static bool check_order(struct check *check, const struct cost_work *work)
{
	for (size_t i = 0; i < work->model->lines.count; i++) {
		const struct cost_line *line = cost_line_at(work->model, i);
		struct ratio low = cost_work_line(work, RUN_LOW, i);
		struct ratio mid = cost_work_line(work, RUN_MID, i);
		struct ratio high = cost_work_line(work, RUN_HIGH, i);

		if (line->deduction || cost_line_is_quantity(line))
			continue;
		if (ratio_sign(ratio_subtract(mid, low)) < 0 ||
		    ratio_sign(ratio_subtract(high, mid)) < 0)
			return check_refuse_at(
				check, "lines", i, "key",
				TEXT("Its low, mid and high do not rise. Put the figures in order, "
				     "or say that it is a deduction."));
	}
	return true;
}

/* ---- the search for inputs that take the whole price ---- */

struct climb {
	struct check *check;
	struct cost_work *work;
	enum cost_run run;
	struct ratio taken; /* the most so far */
	size_t tries;	    /* that are left */
};

/* How often a model may be worked out from one start. */
static size_t tries_of(const struct cost_model *model)
{
	size_t lookups = model->lines.count;

	for (size_t i = 0; i < model->lines.count; i++)
		lookups += model->plans[i].all.count;
	return LOOKUPS_MOST / lookups;
}

/* Tries one figure of one input and keeps it when it takes more; false once it takes all. */
static bool climb_try(struct climb *climb, size_t input, int64_t figure_r, bool *higher)
{
	int64_t *at_r = &climb->work->inputs[climb->run][input], was_r = *at_r;
	enum cost_trouble trouble;
	struct ratio taken;
	size_t line;

	if (was_r == figure_r || !climb->tries)
		return true;
	climb->tries--;
	*at_r = figure_r;
	trouble = cost_work_one(climb->work, climb->run, &line);
	if (trouble == TROUBLE_ALL_PRICE)
		return refuse_all_price(climb->check, climb->work, climb->run, line);
	taken = cost_work_taken(climb->work, climb->run);
	if (trouble == TROUBLE_NONE && ratio_sign(ratio_subtract(taken, climb->taken)) > 0) {
		climb->taken = taken;
		*higher = true;
		return true;
	}
	*at_r = was_r; /* what cannot be worked out there is refused when it is used */
	return true;
}

/* From where the run stands, which has been worked out. */
static bool climb_run(struct climb *climb, const bool *counts)
{
	const struct cost_model *model = climb->check->model;
	bool higher = true;

	climb->taken = cost_work_taken(climb->work, climb->run);
	climb->tries = tries_of(model);
	for (int pass = 0; pass < PASSES_MOST && higher; pass++) {
		higher = false;
		for (size_t i = 0; i < model->inputs.count; i++) {
			const struct cost_input *input = cost_input_at(model, i);

			if (counts[i] && (!climb_try(climb, i, input->least_r, &higher) ||
					  !climb_try(climb, i, top_of(input), &higher)))
				return false;
		}
	}
	return true;
}

/* ---- the trials ---- */

/* Last: what nobody changed must give a price that may be paid, every line of it. */
static bool check_price(struct check *check)
{
	const struct list nothing_given = {NULL, 0};
	struct guide guide;
	struct flaw flaw;

	if (some_required(check->model) ||
	    cost_model_run(check->arena, check->model, &nothing_given, &guide, &flaw))
		return true;
	return check_refuse(check, TEXT("/lines"),
			    text_printf(check->arena, "With the defaults alone: %.*s",
					TEXT_FMT(flaw.sentence)));
}

static bool check_trial(struct check *check, struct cost_work *work, enum trial trial,
			const bool *counts)
{
	bool sound = true;
	size_t line = 0;

	for (int run = 0; run < RUN_COUNT; run++) {
		enum cost_trouble trouble;

		for (size_t i = 0; i < check->model->inputs.count; i++)
			work->inputs[run][i] = trial_input(cost_input_at(check->model, i), trial,
							   (enum cost_run)run);
		trouble = cost_work_one(work, (enum cost_run)run, &line);
		if (!check_trouble(check, work, trial, (enum cost_run)run, trouble, line))
			return false;
		sound = sound && trouble == TROUBLE_NONE;
	}
	if (!sound)
		return true;
	if (trial == TRIAL_DEFAULTS && !check_order(check, work))
		return false;
	for (int run = 0; counts && run < RUN_COUNT; run++) {
		struct climb climb = {.check = check, .work = work, .run = (enum cost_run)run};

		if (!climb_run(&climb, counts))
			return false;
	}
	return true;
}

bool check_trials(struct check *check)
{
	const bool *counts = inputs_by_price(check);
	struct cost_work work;

	cost_work_init(check->arena, &work, check->model);
	for (int trial = 0; trial < TRIAL_COUNT; trial++)
		if (!check_trial(check, &work, (enum trial)trial, counts))
			return false;
	return check_price(check);
}
