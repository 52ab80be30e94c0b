/*
 * models.h - cost models built by hand, for the tests of the guide price.
 *
 * Everything absent but what is given; figures are in units here and in ten-thousandths below.
 */
#ifndef CONCORDAT_TESTS_MODELS_H
#define CONCORDAT_TESTS_MODELS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/core/calendar.h"
#include "concordat/core/cost_model.h"

#define HELPER __attribute__((unused)) static
#define R(units) ((int64_t)((units)*10000.0 + 0.5))
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static struct arena *arena;
static struct cost_model model;
static struct map_entry given[8];
static struct list inputs;
static struct guide guide;
static struct flaw fault;

/* A weekly model without lines. */
HELPER int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	model = (struct cost_model){
		.id = TEXT("test"),
		.version = TEXT("1"),
		.title = TEXT("Test"),
		.price_unit = COST_PER_WEEK,
		.effective_from_day = day_of(2026, 4, 1),
		.effective_to_day = NO_DAY,
		.rounding = COST_PENNY_NEAREST,
		.range_is = COST_TOTAL_OF_RUNS,
	};
	inputs = (struct list){given, 0};
	return 0;
}

HELPER int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

HELPER void *add(struct list *list, size_t size)
{
	list->items = arena_grow(arena, list->items, list->count, size);
	return (char *)list->items + size * list->count++;
}

HELPER struct cost_assumption *assume_range(const char *key, enum cost_unit unit, int64_t low_r,
					    int64_t mid_r, int64_t high_r)
{
	struct cost_assumption *out = add(&model.assumptions, sizeof(*out));

	*out = (struct cost_assumption){
		.key = text_of(key),
		.label = text_of(key),
		.unit = unit,
		.figure = {NO_INT, low_r, mid_r, high_r},
		.source = TEXT("test"),
	};
	return out;
}

HELPER struct cost_assumption *assume(const char *key, enum cost_unit unit, int64_t figure_r)
{
	struct cost_assumption *out = assume_range(key, unit, NO_INT, NO_INT, NO_INT);

	out->figure.single_r = figure_r;
	return out;
}

/* least..most, with a default. */
HELPER struct cost_input *ask(const char *key, enum cost_unit unit, int64_t least_r, int64_t most_r,
			      int64_t usual_r)
{
	struct cost_input *out = add(&model.inputs, sizeof(*out));

	*out = (struct cost_input){
		.key = text_of(key),
		.label = text_of(key),
		.unit = unit,
		.least_r = least_r,
		.most_r = most_r,
		.step_r = NO_INT,
		.usual = {usual_r, NO_INT, NO_INT, NO_INT},
	};
	return out;
}

/* Keys between spaces. */
HELPER struct list refs(const char *keys)
{
	struct list out = {NULL, 0};

	while (*keys) {
		size_t len = strcspn(keys, " ");
		struct cost_ref *ref = add(&out, sizeof(*ref));

		ref->ref = (struct text){keys, len};
		keys += len + (keys[len] == ' ');
	}
	return out;
}

HELPER struct cost_line *line(const char *key, enum cost_kind kind)
{
	struct cost_line *out = add(&model.lines, sizeof(*out));

	*out = (struct cost_line){
		.key = text_of(key),
		.label = text_of(key),
		.group = TEXT("staff"),
		.unit = NO_ENUM,
		.kind = kind,
		.index = NO_ENUM,
		.counts = NO_ENUM,
		.source = TEXT("test"),
	};
	return out;
}

/* An amount of so many pounds, in the fee. */
HELPER struct cost_line *pounds_line(const char *key, int64_t figure_r)
{
	const char *figure = text_printf(arena, "%s_figure", key).at;
	struct cost_line *out;

	assume(figure, COST_UNIT_POUND, figure_r);
	out = line(key, COST_AMOUNT);
	out->value = text_of(figure);
	return out;
}

HELPER void give(const char *key, int64_t value_r)
{
	given[inputs.count++] = (struct map_entry){text_of(key), value_r};
}

HELPER void make_hourly(void)
{
	model.price_unit = COST_PER_HOUR;
	ask("hours_a_week", COST_UNIT_HOUR, 0, R(168), NO_INT);
}

HELPER void expect_sound(void)
{
	if (!cost_model_check(arena, &model, &fault))
		fail_msg("%.*s: %.*s", TEXT_FMT(fault.pointer), TEXT_FMT(fault.sentence));
}

HELPER void expect_unsound(const char *pointer)
{
	assert_false(cost_model_check(arena, &model, &fault));
	assert_string_equal(text_cstr(arena, fault.pointer), pointer);
	assert_true(fault.sentence.len > 0);
	assert_int_equal(fault.sentence.at[fault.sentence.len - 1], '.');
}

HELPER void run(void)
{
	expect_sound();
	if (!cost_model_run(arena, &model, &inputs, &guide, &fault))
		fail_msg("%.*s: %.*s", TEXT_FMT(fault.pointer), TEXT_FMT(fault.sentence));
}

HELPER void expect_price(int64_t low_p, int64_t mid_p, int64_t high_p)
{
	run();
	assert_int_equal(guide.low_p, low_p);
	assert_int_equal(guide.mid_p, mid_p);
	assert_int_equal(guide.high_p, high_p);
}

HELPER void expect_refused(const char *pointer)
{
	expect_sound();
	assert_false(cost_model_run(arena, &model, &inputs, &guide, &fault));
	assert_string_equal(text_cstr(arena, fault.pointer), pointer);
	assert_true(fault.sentence.len > 0);
}

HELPER const struct guide_line *shown(const char *key)
{
	const struct guide_line *lines = guide.lines.items;

	for (size_t i = 0; i < guide.lines.count; i++)
		if (text_is(lines[i].key, key))
			return &lines[i];
	fail_msg("no line %s", key);
	return NULL;
}

HELPER const char *working(const char *key)
{
	return text_cstr(arena, shown(key)->working);
}

#endif
