/*
 * cost_laws.c - what holds of every shipped cost model, whatever is given to it.
 *
 * Random inputs within their range, some left out, to each model in reference/cost-models. The seed
 * is fixed, so a failure comes back; each names its model and case. Run from the top of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "concordat/core/cost_model.h"
#include "concordat/core/money.h"
#include "concordat/wire/document.h"

#define SEED UINT64_C(0x5eed0f9c1d3e7a42)
#define CASES 250 /* a model */
#define INPUTS_MOST 100
#define RUNS 3

struct given {
	struct map_entry items[INPUTS_MOST];
	struct list list;
};

static struct arena *models_arena, *arena;
static const struct cost_model *models[40];
static size_t model_count;
static const struct cost_model *model; /* of this case */
static int case_number, taken, refused;
static uint64_t random_state;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static int64_t random_below(int64_t most)
{
	return (int64_t)(random_next() % (uint64_t)most);
}

#define LAW(held, ...)                                                           \
	do {                                                                     \
		if (!(held)) {                                                   \
			print_error("%.*s %.*s, case %d: ", TEXT_FMT(model->id), \
				    TEXT_FMT(model->version), case_number);      \
			fail_msg(__VA_ARGS__);                                   \
		}                                                                \
	} while (0)

static const struct cost_input *input_at(size_t i)
{
	return (const struct cost_input *)model->inputs.items + i;
}

static const struct guide_line *line_of(const struct guide *guide, size_t i)
{
	return (const struct guide_line *)guide->lines.items + i;
}

static int64_t in_range(const struct cost_input *input, int64_t least_r)
{
	int64_t step_r = input->step_r == NO_INT ? 1 : input->step_r;
	int64_t steps = (input->most_r - least_r) / step_r;
	int64_t at = random_below(8);

	if (at < 2)
		return at == 0 ? least_r : least_r + steps * step_r;
	/* Most people are near the small end. */
	if (at < 6 && steps > 20)
		steps = 20 + steps / 20;
	return least_r + random_below(steps + 1) * step_r;
}

static struct given random_inputs(void)
{
	struct given given = {.list = {NULL, 0}};

	assert_true(model->inputs.count <= INPUTS_MOST);
	for (size_t i = 0; i < model->inputs.count; i++) {
		const struct cost_input *input = input_at(i);

		if (!input->required && random_below(4) == 0)
			continue;
		given.items[given.list.count++] =
			(struct map_entry){input->key, in_range(input, input->least_r)};
	}
	return given;
}

static bool work(const struct cost_model *by, struct given *given, struct guide *guide)
{
	struct flaw flaw;
	bool worked;

	given->list.items = given->items;
	worked = cost_model_run(arena, by, &given->list, guide, &flaw);
	if (worked) {
		taken++;
		return true;
	}
	refused++;
	LAW(flaw.sentence.len > 0, "refused without a sentence");
	LAW(!strstr(text_cstr(arena, flaw.sentence), "too many digits"), "%.*s: %.*s",
	    TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
	return false;
}

/* Calls the law with each model's every case that has a price. */
static void each_case(void (*law)(struct given *given, const struct guide *guide))
{
	random_state = SEED;
	taken = refused = 0;
	for (size_t i = 0; i < model_count; i++)
		for (case_number = 0; case_number < CASES; case_number++) {
			struct given given;
			struct guide guide;

			arena = arena_new();
			model = models[i];
			given = random_inputs();
			if (work(model, &given, &guide))
				law(&given, &guide);
			arena_free(arena);
		}
	assert_true(taken > 9 * refused);
}

/* What the price is rounded to, in pence. */
static int64_t coarseness_p(void)
{
	switch ((enum cost_rounding)model->rounding) {
	case COST_PENNY_NEAREST:
	case COST_PENNY_UP:
		return 1;
	case COST_PENNY_UP_PER_QUARTER_HOUR:
		return 4;
	case COST_POUND_NEAREST:
	case COST_POUND_UP:
		return 100;
	case COST_ROUNDING_COUNT:
		break;
	}
	fail_msg("what is rounding %d?", (int)model->rounding);
	return 0;
}

static void in_runs(const struct guide_line *line, int64_t runs[RUNS])
{
	runs[0] = line->low_r;
	runs[1] = line->mid_r;
	runs[2] = line->high_r;
}

static void prices(const struct guide *guide, int64_t runs[RUNS])
{
	runs[0] = guide->low_p;
	runs[1] = guide->mid_p;
	runs[2] = guide->high_p;
}

/* ---- scaling ---- */

static void scale_figure(struct cost_figure *figure, int64_t by)
{
	int64_t *const figures[] = {&figure->single_r, &figure->low_r, &figure->mid_r,
				    &figure->high_r};

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		if (*figures[i] != NO_INT)
			*figures[i] *= by;
}

static struct cost_model scaled_model(int64_t by)
{
	struct cost_model out = *model;
	struct cost_input *inputs = arena_array(arena, struct cost_input, out.inputs.count);
	struct cost_assumption *assumptions =
		arena_array(arena, struct cost_assumption, out.assumptions.count);

	for (size_t i = 0; i < out.inputs.count; i++) {
		inputs[i] = *input_at(i);
		if (inputs[i].unit != COST_UNIT_POUND)
			continue;
		inputs[i].least_r *= by;
		inputs[i].most_r *= by;
		inputs[i].step_r *= inputs[i].step_r == NO_INT ? 1 : by;
		scale_figure(&inputs[i].usual, by);
	}
	for (size_t i = 0; i < out.assumptions.count; i++) {
		assumptions[i] = ((const struct cost_assumption *)out.assumptions.items)[i];
		if (assumptions[i].unit == COST_UNIT_POUND)
			scale_figure(&assumptions[i].figure, by);
	}
	out.inputs.items = inputs;
	out.assumptions.items = assumptions;
	return out;
}

static struct given scaled_inputs(const struct given *given, int64_t by)
{
	struct given out = *given;

	for (size_t n = 0; n < out.list.count; n++)
		for (size_t i = 0; i < model->inputs.count; i++)
			if (text_eq(input_at(i)->key, out.items[n].key) &&
			    input_at(i)->unit == COST_UNIT_POUND)
				out.items[n].value_r *= by;
	return out;
}

static bool stays_in_range(const struct guide *guide, int64_t by)
{
	for (size_t i = 0; i < guide->lines.count; i++)
		if (line_of(guide, i)->high_r > COST_FIGURE_MOST_R / by / 2)
			return false;
	return guide->high_p < MONEY_MOST_P / by / 2;
}

static void pounds_scale(struct given *given, const struct guide *guide)
{
	int64_t by = 2 + random_below(8), before[RUNS], after[RUNS];
	struct cost_model larger = scaled_model(by);
	struct given more = scaled_inputs(given, by);
	struct guide scaled;

	if (!stays_in_range(guide, by))
		return;
	LAW(work(&larger, &more, &scaled), "refused when scaled");
	for (size_t i = 0; i < guide->lines.count; i++) {
		bool quantity = line_of(guide, i)->counts == COST_QUANTITY;
		int64_t factor = quantity ? 1 : by;

		in_runs(line_of(guide, i), before);
		in_runs(line_of(&scaled, i), after);
		for (int run = 0; run < RUNS; run++)
			LAW(llabs(after[run] - factor * before[run]) <=
				    (quantity ? 0 : (by + 1) / 2),
			    "%.*s does not scale", TEXT_FMT(line_of(guide, i)->key));
	}
	prices(guide, before);
	prices(&scaled, after);
	for (int run = 0; run < RUNS; run++)
		LAW(llabs(after[run] - by * before[run]) <= by * coarseness_p(),
		    "the price does not scale");
}

static void scaling_every_pound_scales_every_line_and_the_price(void **state)
{
	(void)state;
	each_case(pounds_scale);
}

/* ---- more hours ---- */

static bool is_time(const struct cost_input *input)
{
	return input->unit == COST_UNIT_HOUR || input->unit == COST_UNIT_MINUTE ||
	       input->unit == COST_UNIT_NIGHT;
}

static void no_cheaper(const struct guide *before, const struct guide *after, struct text key)
{
	int64_t was[RUNS], is[RUNS];

	prices(before, was);
	prices(after, is);
	for (int run = 0; run < RUNS; run++)
		LAW(is[run] >= was[run], "more %.*s cost less", TEXT_FMT(key));
	if (before->weekly_mid_p != NO_INT)
		LAW(after->weekly_low_p >= before->weekly_low_p &&
			    after->weekly_mid_p >= before->weekly_mid_p &&
			    after->weekly_high_p >= before->weekly_high_p,
		    "a week of more %.*s costs less", TEXT_FMT(key));
}

static void more_time(struct given *given, const struct guide *guide)
{
	for (size_t i = 0; i < model->inputs.count; i++)
		for (size_t n = 0; is_time(input_at(i)) && n < given->list.count; n++) {
			struct given more = *given;
			struct guide dearer;

			if (!text_eq(input_at(i)->key, given->items[n].key))
				continue;
			more.items[n].value_r = in_range(input_at(i), given->items[n].value_r);
			if (work(model, &more, &dearer))
				no_cheaper(guide, &dearer, input_at(i)->key);
		}
}

static void more_hours_never_cost_less(void **state)
{
	(void)state;
	each_case(more_time);
}

/* ---- the whole and its parts ---- */

static void parts_add_up(struct given *given, const struct guide *guide)
{
	int64_t sum[RUNS] = {0}, price[RUNS], runs[RUNS], parts = 0;

	(void)given;
	for (size_t i = 0; i < guide->lines.count; i++) {
		if (!line_of(guide, i)->in_fee)
			continue;
		in_runs(line_of(guide, i), runs);
		for (int run = 0; run < RUNS; run++)
			sum[run] += runs[run];
		parts++;
	}
	prices(guide, price);
	for (int run = 0; run < RUNS; run++)
		LAW(llabs(price[run] * 100 - sum[run]) <= 100 * coarseness_p() + (parts + 1) / 2,
		    "the lines do not add up to the fee");
}

static void lines_in_the_fee_add_up_to_it(void **state)
{
	(void)state;
	each_case(parts_add_up);
}

static bool is_deduction(size_t i)
{
	return ((const struct cost_line *)model->lines.items)[i].deduction;
}

static void runs_rise(struct given *given, const struct guide *guide)
{
	(void)given;
	LAW(guide->low_p <= guide->mid_p && guide->mid_p <= guide->high_p, "the price falls");
	for (size_t i = 0; i < guide->lines.count; i++) {
		const struct guide_line *line = line_of(guide, i);

		if (line->counts == COST_QUANTITY || is_deduction(i))
			continue;
		LAW(line->low_r <= line->mid_r && line->mid_r <= line->high_r, "%.*s falls",
		    TEXT_FMT(line->key));
	}
}

static void low_mid_and_high_rise_in_every_line_and_the_price(void **state)
{
	(void)state;
	each_case(runs_rise);
}

/* ---- again ---- */

static struct text written(const struct guide *guide)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &guide_schema, guide, AUDIENCE_FACT);
	return writer_text(&w);
}

static void again_the_same(struct given *given, const struct guide *guide)
{
	struct given turned = *given;
	struct guide again;

	for (size_t n = 0; n < given->list.count; n++)
		turned.items[n] = given->items[given->list.count - 1 - n];
	LAW(work(model, &turned, &again), "refused the second time");
	LAW(text_eq(written(guide), written(&again)), "the second guide differs");
}

static void the_same_inputs_in_any_order_give_the_same_bytes(void **state)
{
	(void)state;
	each_case(again_the_same);
}

/* ---- a form ---- */

static void refused_alone(const struct cost_input *input, int64_t figure_r)
{
	struct given given = {.list = {NULL, 1}};
	struct text pointer = text_printf(arena, "/%.*s", TEXT_FMT(input->key));
	struct guide guide;
	struct flaw flaw;

	given.items[0] = (struct map_entry){input->key, figure_r};
	given.list.items = given.items;
	LAW(!cost_model_run(arena, model, &given.list, &guide, &flaw), "%.*s takes %.*s",
	    TEXT_FMT(input->key), TEXT_FMT(rate_text(arena, figure_r)));
	LAW(text_eq(flaw.pointer, pointer), "%.*s is refused at %.*s", TEXT_FMT(input->key),
	    TEXT_FMT(flaw.pointer));
}

/* What stands on a form, and that nothing is taken which the form would not let through. */
static void a_form_is_drawn_from_a_model_and_holds(void **state)
{
	(void)state;
	for (size_t at = 0; at < model_count; at++) {
		arena = arena_new();
		model = models[at];
		for (size_t i = 0; i < model->inputs.count; i++) {
			const struct cost_input *input = input_at(i);

			case_number = (int)i;
			LAW(input->label.len > 0, "an input without a label");
			LAW(input->hint.len > 0, "%.*s has no hint", TEXT_FMT(input->key));
			LAW(input->step_r != NO_INT, "%.*s has no step", TEXT_FMT(input->key));
			refused_alone(input, input->least_r - 1);
			refused_alone(input, input->most_r + 1);
			refused_alone(input, input->least_r + input->step_r / 2);
		}
		arena_free(arena);
	}
}

static struct text file_text(const char *path)
{
	FILE *in = fopen(path, "r");
	struct writer w;
	int c;

	assert_non_null(in);
	writer_init(&w, models_arena);
	while ((c = fgetc(in)) != EOF)
		writer_char(&w, (char)c);
	fclose(in);
	return writer_text(&w);
}

static int load_models(void **state)
{
	glob_t found;

	(void)state;
	models_arena = arena_new();
	assert_int_equal(glob("reference/cost-models/*.json", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct text why = TEXT_NONE;

		assert_true(model_count < sizeof(models) / sizeof(models[0]));
		models[model_count] =
			cost_model_decode(models_arena, file_text(found.gl_pathv[i]), &why);
		if (!models[model_count++])
			fail_msg("%s: %.*s", found.gl_pathv[i], TEXT_FMT(why));
	}
	globfree(&found);
	return 0;
}

static int free_models(void **state)
{
	(void)state;
	arena_free(models_arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scaling_every_pound_scales_every_line_and_the_price),
		cmocka_unit_test(more_hours_never_cost_less),
		cmocka_unit_test(lines_in_the_fee_add_up_to_it),
		cmocka_unit_test(low_mid_and_high_rise_in_every_line_and_the_price),
		cmocka_unit_test(the_same_inputs_in_any_order_give_the_same_bytes),
		cmocka_unit_test(a_form_is_drawn_from_a_model_and_holds),
	};

	return cmocka_run_group_tests_name("cost_laws", tests, load_models, free_models);
}
