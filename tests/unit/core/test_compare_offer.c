/*
 * test_compare_offer.c - an offer beside the guide price, line by line, for a week.
 */
#include "concordat/core/compare.h"
#include "models.h"

static struct calculate stored;
static struct fee_line offered[8];
static struct terms terms;
static struct offer_comparison c;

/* What a calculation's entry holds of a guide. */
static void store_guide(void)
{
	const struct guide_line *lines;
	struct line_range *ranges;

	run();
	lines = guide.lines.items;
	ranges = arena_array(arena, struct line_range, guide.lines.count);
	for (size_t i = 0; i < guide.lines.count; i++) {
		ranges[i].key = lines[i].key;
		ranges[i].label = lines[i].label;
		ranges[i].low_r = lines[i].low_r;
		ranges[i].mid_r = lines[i].mid_r;
		ranges[i].high_r = lines[i].high_r;
	}
	stored = (struct calculate){
		.model = model.id,
		.version = model.version,
		.inputs = inputs,
		.unit = guide.unit,
		.low_p = guide.low_p,
		.mid_p = guide.mid_p,
		.high_p = guide.high_p,
		.weekly_low_p = guide.weekly_low_p,
		.weekly_mid_p = guide.weekly_mid_p,
		.weekly_high_p = guide.weekly_high_p,
		.lines = {ranges, guide.lines.count},
	};
	terms = (struct terms){.lines = {offered, 0}};
}

static void offer(const char *key, int64_t weekly_p)
{
	offered[terms.lines.count++] = (struct fee_line){
		.key = text_of(key),
		.label = TEXT("offered"),
		.weekly_p = weekly_p,
	};
	terms.weekly_p += weekly_p;
}

static const struct offer_line *beside(size_t at, const char *key)
{
	const struct offer_line *lines;

	guide_beside_offer(arena, &model, &stored, &terms, &c);
	assert_in_range(at, 0, c.lines.count - 1);
	lines = c.lines.items;
	assert_string_equal(text_cstr(arena, lines[at].key), key);
	return &lines[at];
}

static void food_and_pay(void)
{
	assume_range("food_figure", COST_UNIT_POUND, R(40), R(50), R(60));
	line("food", COST_AMOUNT)->value = TEXT("food_figure");
	pounds_line("pay", R(300));
}

static void a_line_is_below_within_or_above(void **state)
{
	(void)state;
	food_and_pay();
	store_guide();
	offer("food", 3999);
	assert_int_equal(beside(0, "food")->beside, BESIDE_BELOW);
	assert_int_equal(beside(0, "food")->guide_low_p, 4000);
	assert_int_equal(beside(0, "food")->guide_mid_p, 5000);
	assert_int_equal(beside(0, "food")->guide_high_p, 6000);
	assert_int_equal(beside(0, "food")->to_mid_p, -1001);
	offered[0].weekly_p = 4000;
	assert_int_equal(beside(0, "food")->beside, BESIDE_WITHIN);
	offered[0].weekly_p = 6000;
	assert_int_equal(beside(0, "food")->beside, BESIDE_WITHIN);
	offered[0].weekly_p = 6001;
	assert_int_equal(beside(0, "food")->beside, BESIDE_ABOVE);
	assert_int_equal(beside(0, "food")->to_mid_p, 1001);
}

/* A 201st part of a pound is 0.4975 pence: nothing, though its four places, 0.0050, look like a
 * half. */
static void a_line_is_the_penny_that_the_calculation_shows(void **state)
{
	struct cost_line *part;

	(void)state;
	food_and_pay();
	assume("pound", COST_UNIT_POUND, R(1));
	assume("people", COST_UNIT_PERSON, R(201));
	part = line("part", COST_PRODUCT);
	part->value = TEXT("pound");
	part->per = refs("people");
	store_guide();
	offer("part", 0);
	assert_int_equal(shown("part")->mid_p, 0);
	assert_int_equal(shown("part")->mid_r, 50);
	assert_int_equal(beside(0, "part")->guide_mid_p, 0);
	assert_int_equal(beside(0, "part")->beside, BESIDE_WITHIN);
}

static void a_line_the_guide_has_not_is_offered_on_top(void **state)
{
	(void)state;
	food_and_pay();
	store_guide();
	offer("transport", 2500);
	assert_int_equal(beside(0, "transport")->beside, BESIDE_NO_GUIDE);
	assert_int_equal(beside(0, "transport")->guide_mid_p, NO_INT);
	assert_int_equal(beside(0, "transport")->to_mid_p, 2500);
}

static void a_line_the_offer_has_not_follows_as_nothing(void **state)
{
	const struct offer_line *food;

	(void)state;
	food_and_pay();
	store_guide();
	offer("pay", 30000);
	food = beside(1, "food");
	assert_int_equal(food->offered_p, NO_INT);
	assert_int_equal(food->to_mid_p, -5000);
	assert_int_equal(food->beside, BESIDE_BELOW);
	assert_string_equal(text_cstr(arena, food->label), "food");
	assert_int_equal(c.lines.count, 2);
}

static void lines_outside_the_fee_are_not_missing(void **state)
{
	struct cost_line *at;

	(void)state;
	food_and_pay();
	pounds_line("rent", R(120))->counts = COST_OUTSIDE;
	at = line("all", COST_SUM);
	at->of = refs("food pay");
	at->counts = COST_SUBTOTAL;
	store_guide();
	offer("rent", 100);
	beside(0, "rent");
	assert_int_equal(c.lines.count, 3);
	assert_int_equal(beside(0, "rent")->beside, BESIDE_NO_GUIDE);
	beside(1, "food");
	beside(2, "pay");
}

static void the_whole_is_beside_the_weekly_price(void **state)
{
	(void)state;
	food_and_pay();
	store_guide();
	offer("food", 4500);
	offer("pay", 32000);
	beside(0, "food");
	assert_int_equal(c.guide_low_p, 34000);
	assert_int_equal(c.guide_mid_p, 35000);
	assert_int_equal(c.guide_high_p, 36000);
	assert_int_equal(c.offered_p, 36500);
	assert_int_equal(c.to_mid_p, 1500);
	assert_int_equal(c.beside, BESIDE_ABOVE);
}

static void a_deduction_is_within_between_its_runs(void **state)
{
	struct cost_line *less;

	(void)state;
	food_and_pay();
	assume_range("less_figure", COST_UNIT_POUND, R(5), R(10), R(15));
	less = line("less", COST_AMOUNT);
	less->value = TEXT("less_figure");
	less->deduction = true;
	store_guide();
	offer("less", -1200);
	assert_int_equal(beside(0, "less")->guide_low_p, -500);
	assert_int_equal(beside(0, "less")->guide_high_p, -1500);
	assert_int_equal(beside(0, "less")->beside, BESIDE_WITHIN);
	offered[0].weekly_p = -499;
	assert_int_equal(beside(0, "less")->beside, BESIDE_ABOVE);
	offered[0].weekly_p = -1501;
	assert_int_equal(beside(0, "less")->beside, BESIDE_BELOW);
}

static void an_hour_is_made_a_week_by_the_hours_given(void **state)
{
	(void)state;
	make_hourly();
	food_and_pay();
	give("hours_a_week", R(10.5));
	store_guide();
	offer("food", 52500);
	assert_int_equal(beside(0, "food")->guide_mid_p, 52500);
	assert_int_equal(beside(0, "food")->guide_low_p, 42000);
	assert_int_equal(c.guide_mid_p, 367500);
}

static void hours_left_at_their_default_are_the_models(void **state)
{
	(void)state;
	model.price_unit = COST_PER_HOUR;
	ask("hours_a_week", COST_UNIT_HOUR, 0, R(168), NO_INT)->usual =
		(struct cost_figure){NO_INT, R(10), R(20), R(30)};
	food_and_pay();
	store_guide();
	offer("food", 1);
	assert_int_equal(beside(0, "food")->guide_low_p, 40000);
	assert_int_equal(beside(0, "food")->guide_mid_p, 100000);
	assert_int_equal(beside(0, "food")->guide_high_p, 180000);
}

static void without_hours_there_is_no_guide(void **state)
{
	(void)state;
	make_hourly();
	food_and_pay();
	store_guide();
	offer("food", 5000);
	assert_int_equal(beside(0, "food")->beside, BESIDE_NO_GUIDE);
	assert_int_equal(beside(0, "food")->to_mid_p, NO_INT);
	assert_int_equal(c.lines.count, 1);
	assert_int_equal(c.beside, BESIDE_NO_GUIDE);
	assert_int_equal(c.guide_mid_p, NO_INT);
	assert_int_equal(c.to_mid_p, NO_INT);
	assert_int_equal(c.offered_p, 5000);
}

/* The lines add up to the whole where the guide is weekly and to the penny. */
static void the_lines_add_up_to_the_whole(void **state)
{
	const struct offer_line *lines;
	int64_t sum_p = 0;

	(void)state;
	food_and_pay();
	store_guide();
	offer("pay", 31234);
	offer("transport", 777);
	beside(0, "pay");
	lines = c.lines.items;
	for (size_t i = 0; i < c.lines.count; i++)
		sum_p += lines[i].to_mid_p;
	assert_int_equal(sum_p, c.to_mid_p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_below_within_or_above),
		TEST(a_line_is_the_penny_that_the_calculation_shows),
		TEST(a_line_the_guide_has_not_is_offered_on_top),
		TEST(a_line_the_offer_has_not_follows_as_nothing),
		TEST(lines_outside_the_fee_are_not_missing),
		TEST(the_whole_is_beside_the_weekly_price),
		TEST(a_deduction_is_within_between_its_runs),
		TEST(an_hour_is_made_a_week_by_the_hours_given),
		TEST(hours_left_at_their_default_are_the_models),
		TEST(without_hours_there_is_no_guide),
		TEST(the_lines_add_up_to_the_whole),
	};

	return cmocka_run_group_tests_name("compare_offer", tests, NULL, NULL);
}
