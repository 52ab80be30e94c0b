/*
 * sound_model.h - one sound cost model, for tests that spoil one thing in it.
 */
#ifndef CONCORDAT_TESTS_SOUND_MODEL_H
#define CONCORDAT_TESTS_SOUND_MODEL_H

#include "models.h"

HELPER struct cost_line *line_at(size_t i)
{
	return (struct cost_line *)model.lines.items + i;
}

HELPER struct cost_input *input_at(size_t i)
{
	return (struct cost_input *)model.inputs.items + i;
}

HELPER struct cost_assumption *assumption_at(size_t i)
{
	return (struct cost_assumption *)model.assumptions.items + i;
}

enum { PAY, SHARED, HOLIDAY, STAFF, PROFIT };

/* Inputs: hours, people, margin. Lines: as above. */
HELPER int set_up_sound(void **state)
{
	struct cost_line *shared, *holiday, *staff;

	set_up(state);
	ask("hours", COST_UNIT_HOUR, 0, R(168), R(20));
	ask("people", COST_UNIT_PERSON, R(1), R(20), R(4));
	ask("margin", COST_UNIT_PERCENT, 0, R(50), R(5));
	assume_range("rate", COST_UNIT_POUND, R(12), R(13), R(14));
	assume("percent", COST_UNIT_PERCENT, R(12.07));
	assume("pay_figure", COST_UNIT_POUND, R(100));
	line("pay", COST_AMOUNT)->value = TEXT("pay_figure");
	shared = line("shared", COST_SHARED);
	shared->value = TEXT("rate");
	shared->quantity = refs("hours");
	shared->per = refs("people");
	holiday = line("holiday", COST_PERCENT_OF_LINES);
	holiday->percent = TEXT("percent");
	holiday->of = refs("pay shared");
	staff = line("staff", COST_SUM);
	staff->of = refs("pay shared holiday");
	staff->counts = COST_SUBTOTAL;
	line("profit", COST_PERCENT_OF_PRICE)->percent = TEXT("margin");
	expect_sound();
	return 0;
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_sound, tear_down)

#endif
