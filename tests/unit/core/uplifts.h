/*
 * uplifts.h - terms, methods and a year's figures built by hand, for the tests of uplifts.
 *
 * Everything absent but what is given; figures are in pounds, units or percent here and in
 * ten-thousandths below. expect_lines_add_up holds of every answer, so every test asks it.
 */
#ifndef CONCORDAT_TESTS_UPLIFTS_H
#define CONCORDAT_TESTS_UPLIFTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/core/money.h"
#include "concordat/core/uplift.h"

#define HELPER __attribute__((unused)) static
#define R(units) ((int64_t)((units)*10000.0 + ((units) < 0 ? -0.5 : 0.5)))
#define P(pounds) ((int64_t)((pounds)*100.0 + ((pounds) < 0 ? -0.5 : 0.5)))
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define LIST_MOST 60

static struct arena *arena;
static struct fee_line fee_lines[LIST_MOST];
static struct funding_part parts[FUNDER_COUNT];
static struct uplift_weight weights[COST_INDEX_COUNT];
static struct uplift_target targets[LIST_MOST];
static struct index_rise rises[COST_INDEX_COUNT];
static struct terms terms;
static struct uplift_method method;
static struct uplift_figures figures;
static struct uplift_question question;
static struct uplift uplift;
static struct flaw flaw;

HELPER void method_clear(struct uplift_method *out)
{
	schema_clear(&uplift_method_schema, out);
}

/* An agreement since 1 April 2024 and figures from Monday 6 April 2026; no lines, no method. */
HELPER void begin(void)
{
	schema_clear(&terms_schema, &terms);
	method_clear(&method);
	terms.lines.items = fee_lines;
	terms.funding.items = parts;
	terms.start_day = day_of(2024, 4, 1);
	method.weights.items = weights;
	method.targets.items = targets;
	figures = (struct uplift_figures){day_of(2026, 4, 6), {rises, 0}};
	question = (struct uplift_question){&figures, &method, false};
}

HELPER int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	begin();
	return 0;
}

HELPER int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

HELPER void line(const char *key, int32_t unit, int32_t index, int64_t quantity_r, int64_t rate_r)
{
	fee_lines[terms.lines.count++] = (struct fee_line){
		.key = text_of(key),
		.label = text_of(key),
		.unit = unit,
		.index = index,
		.quantity_r = quantity_r,
		.rate_r = rate_r,
	};
}

HELPER void rise(int32_t index, int64_t percent_r)
{
	rises[figures.rises.count++] = (struct index_rise){.index = index, .percent_r = percent_r};
}

HELPER void weight(int32_t index, int64_t percent_r)
{
	weights[method.weights.count++] = (struct uplift_weight){index, percent_r};
	method.basis = UPLIFT_WEIGHTED;
}

HELPER void target(const char *key, int32_t unit, int64_t rate_r)
{
	targets[method.targets.count++] = (struct uplift_target){text_of(key), unit, rate_r};
	method.basis = UPLIFT_TARGET;
}

HELPER void target_in(int64_t years, int32_t first_day)
{
	method.years = years;
	method.first_day = first_day;
}

HELPER void flat(int32_t unit, int64_t flat_r)
{
	method.basis = UPLIFT_FLAT;
	method.flat_unit = unit;
	method.flat_r = flat_r;
}

HELPER void pays(int32_t funder, int64_t weekly_p, int64_t share_r)
{
	parts[terms.funding.count++] =
		(struct funding_part){funder, weekly_p, share_r, NO_INT, {{0}}};
}

HELPER const struct uplift_line *then_at(size_t at)
{
	assert_true(at < uplift.lines.count);
	return (const struct uplift_line *)uplift.lines.items + at;
}

HELPER const struct uplift_step *step_at(size_t at)
{
	assert_true(at < uplift.path.count);
	return (const struct uplift_step *)uplift.path.items + at;
}

HELPER const struct funding_part *part_at(size_t at)
{
	assert_true(at < uplift.funding.count);
	return (const struct funding_part *)uplift.funding.items + at;
}

HELPER void expect_lines_add_up(const struct uplift *out)
{
	const struct uplift_line *lines = out->lines.items;
	int64_t now_p = 0, then_p = 0;

	for (size_t i = 0; i < out->lines.count; i++) {
		now_p += lines[i].weekly_now_p;
		then_p += lines[i].weekly_then_p;
	}
	assert_int_equal(now_p, out->weekly_now_p);
	assert_int_equal(then_p, out->weekly_then_p);
	assert_int_equal(out->difference_p, then_p - now_p);
}

HELPER void work(void)
{
	struct terms complete;

	if (!terms_complete(arena, &terms, &complete, &flaw))
		fail_msg("terms%.*s: %.*s", TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
	if (question.general && !uplift_method_check(arena, &method, NULL, &flaw))
		fail_msg("method%.*s: %.*s", TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
	if (!uplift_figures_check(arena, &figures, &flaw))
		fail_msg("figures%.*s: %.*s", TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
	uplift_work(arena, &complete, &question, &uplift);
	assert_int_equal(uplift.lines.count, terms.lines.count);
	expect_lines_add_up(&uplift);
}

HELPER void expect_fee(enum uplift_rule rule, int64_t weekly_p)
{
	assert_string_equal(uplift_rule_names[uplift.rule], uplift_rule_names[rule]);
	assert_int_equal(uplift.weekly_then_p, weekly_p);
	assert_true(uplift.is_uplifted);
}

/* The fee stays, and every line of it. */
HELPER void expect_left(enum uplift_rule rule)
{
	assert_string_equal(uplift_rule_names[uplift.rule], uplift_rule_names[rule]);
	assert_false(uplift.is_uplifted);
	assert_int_equal(uplift.difference_p, 0);
	assert_int_equal(uplift.path.count, 0);
	for (size_t i = 0; i < uplift.lines.count; i++) {
		assert_int_equal(then_at(i)->weekly_then_p, then_at(i)->weekly_now_p);
		assert_int_equal(then_at(i)->rate_then_r, then_at(i)->rate_now_r);
	}
}

HELPER void expect_reason(const char *reason)
{
	assert_string_equal(text_cstr(arena, uplift.reason), reason);
}

#endif
