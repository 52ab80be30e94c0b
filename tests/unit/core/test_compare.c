/*
 * test_compare.c - what moved a guide price: inputs, rates or the model, and line by line.
 *
 * One small model in two versions: pay = hours x wage, holiday a percentage of it, food an amount.
 * What holds of any two models is in test_compare_laws.c.
 */
#include "concordat/core/compare.h"
#include "models.h"

static struct list before_inputs, after_inputs;
static struct cost_model before_model, after_model;
static struct comparison c;

/* What the versions differ by. */
struct version {
	const char *version;
	double wage, holiday, usual_hours, most_hours;
};

static const struct version first = {"1", 12, 10, 20, 100};

static void build(struct version v)
{
	struct cost_line *pay, *holiday;

	model.version = text_of(v.version);
	model.inputs = model.assumptions = model.lines = (struct list){NULL, 0};
	ask("hours", COST_UNIT_HOUR, 0, R(v.most_hours), R(v.usual_hours));
	assume("wage", COST_UNIT_POUND, R(v.wage));
	assume("holiday_percent", COST_UNIT_PERCENT, R(v.holiday));
	pay = line("pay", COST_PRODUCT);
	pay->value = TEXT("wage");
	pay->quantity = refs("hours");
	holiday = line("holiday", COST_PERCENT_OF_LINES);
	holiday->percent = TEXT("holiday_percent");
	holiday->of = refs("pay");
	pounds_line("food", R(50));
}

static struct list one_input(const char *key, double units)
{
	struct map_entry *entry = arena_make(arena, struct map_entry);

	*entry = (struct map_entry){text_of(key), R(units)};
	return (struct list){entry, 1};
}

static void build_before(struct version v)
{
	build(v);
	before_model = model;
	before_inputs = (struct list){NULL, 0};
}

static void build_after(struct version v)
{
	build(v);
	after_model = model;
	after_inputs = (struct list){NULL, 0};
}

static bool try_compare(void)
{
	struct calculation_asked before = {&before_model, &before_inputs};
	struct calculation_asked after = {&after_model, &after_inputs};

	model = before_model;
	expect_sound();
	before_model = model;
	model = after_model;
	expect_sound();
	after_model = model;
	return guide_compare(arena, &before, &after, &c, &fault);
}

static void compare(void)
{
	if (!try_compare())
		fail_msg("%.*s: %.*s", TEXT_FMT(fault.pointer), TEXT_FMT(fault.sentence));
	assert_int_equal(c.difference_p, c.by_inputs_p + c.by_rates_p + c.by_model_p);
	assert_int_equal(c.difference_p, c.after_mid_p - c.before_mid_p);
}

static void expect_parts(int64_t by_inputs_p, int64_t by_rates_p, int64_t by_model_p)
{
	assert_int_equal(c.by_inputs_p, by_inputs_p);
	assert_int_equal(c.by_rates_p, by_rates_p);
	assert_int_equal(c.by_model_p, by_model_p);
}

static void expect_summary(const char *sentence)
{
	assert_string_equal(text_cstr(arena, c.summary), sentence);
}

static const struct line_change *changed(const char *key)
{
	const struct line_change *lines = c.lines.items;

	for (size_t i = 0; i < c.lines.count; i++)
		if (text_is(lines[i].key, key))
			return &lines[i];
	fail_msg("no line %s", key);
	return NULL;
}

/* Keys between spaces. */
static const char *movers(const char *key)
{
	const struct list *moved_by = &changed(key)->moved_by;
	const struct line_mover *items = moved_by->items;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < moved_by->count; i++)
		writer_printf(&w, "%s%.*s", i ? " " : "", TEXT_FMT(items[i].key));
	writer_puts(&w, "");
	return text_cstr(arena, writer_text(&w));
}

static void expect_change(const struct list *list, size_t at, const char *key, int64_t before_r,
			  int64_t after_r)
{
	const struct figure_change *items = list->items;

	assert_in_range(at, 0, list->count - 1);
	assert_true(text_is(items[at].key, key));
	assert_int_equal(items[at].before_r, before_r);
	assert_int_equal(items[at].after_r, after_r);
}

static void comparing_with_itself_is_all_zero(void **state)
{
	(void)state;
	build_before(first);
	build_after(first);
	compare();
	expect_parts(0, 0, 0);
	assert_true(c.same_version);
	assert_int_equal(c.inputs.count + c.rates.count, 0);
	assert_int_equal(changed("pay")->difference_r, 0);
	assert_int_equal(c.lines.count, 3);
	expect_summary("The weekly mid price stays at £314.00.");
}

static void another_input_moves_the_price_by_itself(void **state)
{
	(void)state;
	build_before(first);
	build_after(first);
	after_inputs = one_input("hours", 25);
	compare();
	expect_parts(6600, 0, 0);
	assert_int_equal(c.inputs.count, 1);
	expect_change(&c.inputs, 0, "hours", R(20), R(25));
	assert_int_equal(c.rates.count, 0);
	assert_string_equal(movers("pay"), "hours");
	assert_string_equal(movers("holiday"), "hours");
	assert_string_equal(movers("food"), "");
	expect_summary("The weekly mid price rises by £66.00, all of it from the inputs.");
}

static void another_wage_is_a_rate(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	second.wage = 11;
	build_before(first);
	build_after(second);
	compare();
	expect_parts(0, -2200, 0);
	assert_false(c.same_version);
	expect_change(&c.rates, 0, "wage", R(12), R(11));
	assert_int_equal(changed("holiday")->difference_r, -R(2));
	assert_string_equal(movers("holiday"), "wage");
	expect_summary("The weekly mid price falls by £22.00, all of it from the rates.");
}

static void inputs_and_rates_are_told_apart(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	second.wage = 11;
	build_before(first);
	build_after(second);
	after_inputs = one_input("hours", 25);
	compare();
	expect_parts(6600, -2750, 0);
	assert_string_equal(movers("pay"), "hours wage");
	expect_summary("The weekly mid price rises by £38.50: £66.00 from the inputs, -£27.50 from "
		       "the rates.");
}

static void a_default_that_moved_is_a_rate(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	second.usual_hours = 30;
	build_before(first);
	build_after(second);
	compare();
	expect_parts(0, 13200, 0);
	assert_int_equal(c.inputs.count, 0);
	expect_change(&c.rates, 0, "hours", R(20), R(30));
}

static void a_default_that_moved_is_nothing_where_both_were_given(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	second.usual_hours = 30;
	build_before(first);
	before_inputs = one_input("hours", 25);
	build_after(second);
	after_inputs = one_input("hours", 25);
	compare();
	expect_parts(0, 0, 0);
	assert_int_equal(c.rates.count, 0);
	assert_string_equal(movers("pay"), "");
}

static void an_input_left_out_goes_to_the_earlier_default_first(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	second.usual_hours = 30;
	build_before(first);
	before_inputs = one_input("hours", 25);
	build_after(second);
	compare();
	expect_parts(-6600, 13200, 0);
	expect_change(&c.inputs, 0, "hours", R(25), R(20));
	expect_change(&c.rates, 0, "hours", R(20), R(30));
	assert_string_equal(movers("pay"), "hours");
}

static void a_required_input_left_out_goes_to_the_later_default(void **state)
{
	struct version second = first;
	struct cost_input *hours;

	(void)state;
	second.version = "2";
	build_before(first);
	hours = before_model.inputs.items;
	hours->required = true;
	hours->usual.single_r = NO_INT;
	before_inputs = one_input("hours", 25);
	build_after(second);
	compare();
	expect_parts(-6600, 0, 0);
	expect_change(&c.inputs, 0, "hours", R(25), R(20));
}

static void a_line_that_came_is_the_model(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	build_before(first);
	build(second);
	pounds_line("heating", R(15));
	after_model = model;
	after_inputs = (struct list){NULL, 0};
	compare();
	expect_parts(0, 0, 1500);
	assert_int_equal(changed("heating")->before_mid_r, NO_INT);
	assert_int_equal(changed("heating")->difference_r, R(15));
	assert_string_equal(movers("heating"), "heating_figure");
	expect_change(&c.rates, 0, "heating_figure", NO_INT, R(15));
}

static void a_line_that_went_stands_last(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	build(first);
	pounds_line("heating", R(15));
	before_model = model;
	before_inputs = (struct list){NULL, 0};
	build_after(second);
	compare();
	expect_parts(0, 0, -1500);
	assert_true(text_is(((struct line_change *)c.lines.items)[3].key, "heating"));
	assert_int_equal(changed("heating")->after_mid_r, NO_INT);
	assert_int_equal(changed("heating")->difference_r, -R(15));
}

static void the_rounding_is_the_model(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	build(first);
	((struct cost_assumption *)model.assumptions.items)[2].figure.single_r = R(50.4);
	before_model = model;
	before_inputs = (struct list){NULL, 0};
	build(second);
	((struct cost_assumption *)model.assumptions.items)[2].figure.single_r = R(50.4);
	model.rounding = COST_POUND_NEAREST;
	after_model = model;
	after_inputs = (struct list){NULL, 0};
	compare();
	expect_parts(0, 0, -40);
}

static void a_line_taken_out_of_the_fee_went_and_came(void **state)
{
	struct version second = first;
	const struct line_change *lines;

	(void)state;
	second.version = "2";
	build_before(first);
	build(second);
	((struct cost_line *)model.lines.items)[2].counts = COST_OUTSIDE;
	after_model = model;
	after_inputs = (struct list){NULL, 0};
	compare();
	expect_parts(0, 0, -5000);
	lines = c.lines.items;
	assert_int_equal(c.lines.count, 4);
	assert_false(lines[2].in_fee);
	assert_int_equal(lines[2].difference_r, R(50));
	assert_true(lines[3].in_fee);
	assert_int_equal(lines[3].difference_r, -R(50));
}

static void inputs_beyond_the_earlier_limits_are_counted_with_the_rates(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	second.most_hours = 168;
	second.wage = 13;
	build_before(first);
	build_after(second);
	after_inputs = one_input("hours", 120);
	compare();
	expect_parts(0, 120 * 1430 - 20 * 1320, 0);
	assert_non_null(strstr(text_cstr(arena, c.summary),
			       "the later inputs do not fit the earlier model"));
}

static void rates_that_make_the_earlier_model_unsound_are_counted_with_the_model(void **state)
{
	struct version second = first;
	struct cost_line *margin;

	(void)state;
	second.version = "2";
	build(first);
	assume("margin_percent", COST_UNIT_PERCENT, R(10));
	margin = line("margin", COST_PERCENT_OF_PRICE);
	margin->percent = TEXT("margin_percent");
	before_model = model;
	before_inputs = (struct list){NULL, 0};
	build(second);
	assume("margin_percent", COST_UNIT_PERCENT, R(100));
	margin = line("margin", COST_MARKUP); /* the whole cost again */
	margin->percent = TEXT("margin_percent");
	after_model = model;
	after_inputs = (struct list){NULL, 0};
	compare();
	assert_int_equal(c.by_rates_p, 0);
	assert_int_equal(c.by_model_p, 62800 - 34889);
	assert_non_null(strstr(text_cstr(arena, c.summary),
			       "the later rates do not fit the earlier model"));
	/* A mark-up on everything is made of everything above it. */
	assert_string_equal(movers("margin"), "margin_percent");
}

static void a_mark_up_on_everything_is_moved_by_what_is_above_it(void **state)
{
	struct cost_line *markup, *margin;

	(void)state;
	build(first);
	assume("markup_percent", COST_UNIT_PERCENT, R(10));
	assume("margin_percent", COST_UNIT_PERCENT, R(10));
	markup = line("markup", COST_MARKUP);
	markup->percent = TEXT("markup_percent");
	margin = line("margin", COST_PERCENT_OF_PRICE);
	margin->percent = TEXT("margin_percent");
	before_model = after_model = model;
	before_inputs = (struct list){NULL, 0};
	after_inputs = one_input("hours", 25);
	compare();
	assert_string_equal(movers("markup"), "hours");
	assert_true(changed("margin")->difference_r > 0);
	assert_string_equal(movers("margin"), "");
}

static void a_figure_whose_unit_changed_is_two(void **state)
{
	struct version second = first;

	(void)state;
	second.version = "2";
	build(first);
	assume("rest", COST_UNIT_NUMBER, R(2));
	((struct cost_line *)model.lines.items)[0].per = refs("rest");
	before_model = model;
	before_inputs = (struct list){NULL, 0};
	build(second);
	assume("rest", COST_UNIT_PERSON, R(4));
	((struct cost_line *)model.lines.items)[0].per = refs("rest");
	after_model = model;
	after_inputs = (struct list){NULL, 0};
	compare();
	expect_parts(0, 0, -6600);
	expect_change(&c.rates, 0, "rest", NO_INT, R(4));
	expect_change(&c.rates, 1, "rest", R(2), NO_INT);
	assert_string_equal(movers("pay"), "rest");
}

static void what_cannot_be_run_is_refused_with_its_side(void **state)
{
	(void)state;
	build_before(first);
	build_after(first);
	before_inputs = one_input("hours", 101);
	assert_false(try_compare());
	assert_string_equal(text_cstr(arena, fault.pointer), "/before/inputs/hours");
	before_inputs = (struct list){NULL, 0};
	after_inputs = one_input("beds", 1);
	assert_false(try_compare());
	assert_string_equal(text_cstr(arena, fault.pointer), "/after/inputs/beds");
}

static void an_hour_is_not_compared_with_a_week(void **state)
{
	(void)state;
	build_before(first);
	build(first);
	make_hourly();
	after_model = model;
	after_inputs = (struct list){NULL, 0};
	assert_false(try_compare());
	assert_string_equal(text_cstr(arena, fault.pointer), "/after/model");
}

static void the_models_compared_are_left_as_they_were(void **state)
{
	struct version second = first;
	struct cost_assumption wage;

	(void)state;
	second.version = "2";
	second.wage = 11;
	second.usual_hours = 30;
	build_before(first);
	build_after(second);
	wage = ((struct cost_assumption *)before_model.assumptions.items)[0];
	compare();
	assert_memory_equal(before_model.assumptions.items, &wage, sizeof(wage));
	assert_int_equal(((struct cost_input *)before_model.inputs.items)[0].usual.single_r, R(20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(comparing_with_itself_is_all_zero),
		TEST(another_input_moves_the_price_by_itself),
		TEST(another_wage_is_a_rate),
		TEST(inputs_and_rates_are_told_apart),
		TEST(a_default_that_moved_is_a_rate),
		TEST(a_default_that_moved_is_nothing_where_both_were_given),
		TEST(an_input_left_out_goes_to_the_earlier_default_first),
		TEST(a_required_input_left_out_goes_to_the_later_default),
		TEST(a_line_that_came_is_the_model),
		TEST(a_line_that_went_stands_last),
		TEST(the_rounding_is_the_model),
		TEST(a_line_taken_out_of_the_fee_went_and_came),
		TEST(inputs_beyond_the_earlier_limits_are_counted_with_the_rates),
		TEST(rates_that_make_the_earlier_model_unsound_are_counted_with_the_model),
		TEST(a_mark_up_on_everything_is_moved_by_what_is_above_it),
		TEST(a_figure_whose_unit_changed_is_two),
		TEST(what_cannot_be_run_is_refused_with_its_side),
		TEST(an_hour_is_not_compared_with_a_week),
		TEST(the_models_compared_are_left_as_they_were),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
