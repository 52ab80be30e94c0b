/*
 * test_uplift_laws.c - what holds of every uplift, over random fees, methods and figures.
 *
 * The seed is fixed, so a failure comes back; each names its case. Limits, halves of a penny and
 * falls come often, for it is there that a sum goes wrong.
 */
#include "uplifts.h"

#define CASES 200000
#define SEED UINT64_C(0x0b11f7)
#define FIRST_DAY day_of(2025, 4, 6)

static uint64_t random_state;
static int case_number;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static int64_t random_from(int64_t least, int64_t most)
{
	return least + (int64_t)(random_next() % (uint64_t)(most - least + 1));
}

static bool one_in(int n)
{
	return random_from(1, n) == 1;
}

#define HOLDS(law)                                                      \
	do {                                                            \
		if (!(law))                                             \
			fail_msg("case %d, rule %s: %s", case_number,   \
				 uplift_rule_names[uplift.rule], #law); \
	} while (0)

/* ---- cases ---- */

static void random_lines(bool with_deductions)
{
	static const char *const keys[] = {"a", "b", "c", "d", "e", "f"};
	size_t count = (size_t)random_from(1, 6);

	for (size_t i = 0; i < count; i++) {
		bool fine = one_in(3);
		int64_t rate_r = random_from(0, 3000) * (fine ? 37 : 100);

		if (with_deductions && i > 0 && one_in(6))
			rate_r = -rate_r / 20;
		line(keys[i], (int32_t)random_from(0, LINE_UNIT_COUNT - 1),
		     one_in(50) ? NO_ENUM : (int32_t)random_from(0, COST_INDEX_COUNT - 1),
		     one_in(3) ? R(1) : random_from(1, 168) * 2500, rate_r);
	}
}

static void random_figures(void)
{
	for (int32_t i = 0; i < COST_INDEX_FIXED; i++)
		rise(i, one_in(5) ? 0 : random_from(-60000, 140000));
	figures.from_day = FIRST_DAY + (int32_t)random_from(0, 1500);
}

static void random_basis(void)
{
	switch ((enum uplift_basis)random_from(0, UPLIFT_BASIS_COUNT - 1)) {
	case UPLIFT_WEIGHTED:
		for (int32_t i = 0; i < COST_INDEX_COUNT; i++)
			if (one_in(2) || i == COST_INDEX_FIXED)
				weight(i, random_from(1, R(100) / COST_INDEX_COUNT));
		return;
	case UPLIFT_FLAT:
		flat((int32_t)random_from(0, LINE_UNIT_COUNT - 1), random_from(-4000, 20000));
		return;
	case UPLIFT_TARGET:
		target("a", fee_lines[0].unit, fee_lines[0].rate_r + random_from(0, 30000));
		target(NULL, (int32_t)random_from(0, LINE_UNIT_COUNT - 1), random_from(0, 400000));
		target_in(random_from(1, 5), FIRST_DAY);
		return;
	case UPLIFT_BY_LINE:
	case UPLIFT_BASIS_COUNT:
		break;
	}
	method.basis = UPLIFT_BY_LINE;
}

static void random_limits(void)
{
	if (one_in(3))
		method.cap_r = random_from(0, 60000);
	if (one_in(3))
		method.floor_r = random_from(-30000, method.cap_r != NO_INT ? method.cap_r : 50000);
	if (method.cap_r != NO_INT && method.floor_r < 0 && method.floor_r != NO_INT && one_in(8))
		method.cap_r = method.floor_r + 1;
}

static void random_exclusions(void)
{
	if (one_in(10))
		method.not_above_p = random_from(0, 500000);
	if (one_in(10))
		method.not_within_months = random_from(1, 36);
}

static void random_funding(void)
{
	if (!one_in(3))
		return;
	pays(FUNDER_NHS, NO_INT, random_from(0, R(60)));
	pays(FUNDER_PERSON, random_from(0, 10000), NO_INT);
	pays(FUNDER_AUTHORITY, NO_INT, NO_INT);
}

/* False when the lines come to less than nothing, or the payers to more than the fee. */
static bool random_case(int number, bool with_deductions)
{
	struct terms complete;

	case_number = number;
	if (number % 500 == 0) {
		arena_free(arena);
		arena = arena_new();
	}
	begin();
	random_lines(with_deductions);
	random_figures();
	random_basis();
	random_limits();
	random_exclusions();
	random_funding();
	method.rounding = (int32_t)random_from(NO_ENUM, UPLIFT_ROUNDING_COUNT - 1);
	if (!terms_complete(arena, &terms, &complete, &flaw))
		return false;
	terms = complete;
	if (!uplift_method_check(arena, &method, NULL, &flaw) ||
	    !uplift_figures_check(arena, &figures, &flaw))
		fail_msg("case %d: %.*s", number, TEXT_FMT(flaw.sentence));
	uplift_work(arena, &terms, &question, &uplift);
	return true;
}

static struct uplift work_again(void)
{
	struct uplift out;

	uplift_work(arena, &terms, &question, &out);
	return out;
}

static bool rounds_total(void)
{
	return method.rounding == NO_ENUM || method.rounding == UPLIFT_TOTAL_TO_PENNY ||
	       method.rounding == UPLIFT_TOTAL_TO_POUND;
}

static bool goes_by_indexes(void)
{
	return method.basis == UPLIFT_BY_LINE || method.basis == UPLIFT_WEIGHTED;
}

/* How far rounding may carry the fee from the exact one, in pence: a bound, not the figure. */
static int64_t slack_p(void)
{
	const struct uplift_line *lines = uplift.lines.items;
	int64_t slack = 2;

	if (method.rounding == UPLIFT_TOTAL_TO_POUND)
		return 51;
	for (size_t i = 0; !rounds_total() && i < uplift.lines.count; i++)
		slack += lines[i].quantity_r * 4 / 10000 + 2;
	return slack;
}

/* ---- laws ---- */

static void lines_and_payers_add_up_to_the_fee(void **state)
{
	int split = 0, left = 0;

	(void)state;
	for (int i = 0; i < CASES + CASES / 20; i++) {
		int64_t sum_p = 0;

		if (!random_case(i, true))
			continue;
		expect_lines_add_up(&uplift);
		HOLDS(uplift.weekly_then_p >= 0 && uplift.weekly_then_p <= MONEY_MOST_P);
		HOLDS(uplift.is_uplifted || uplift.difference_p == 0);
		HOLDS(method.rounding != UPLIFT_TOTAL_TO_POUND || !uplift.is_uplifted ||
		      uplift.weekly_then_p % 100 == 0);
		for (size_t j = 0; j < uplift.funding.count; j++)
			sum_p += part_at(j)->pays_p;
		HOLDS(uplift.funding.count == 0 || sum_p == uplift.weekly_then_p);
		split += uplift.funding.count > 0;
		left += !uplift.is_uplifted;
	}
	assert_true(split > CASES / 10 && left > CASES / 40 && left < CASES / 4);
}

static void the_same_is_worked_twice(void **state)
{
	(void)state;
	for (int i = 0; i < CASES / 10; i++) {
		struct writer once, twice;
		struct uplift again;

		if (!random_case(i, true))
			continue;
		again = work_again();
		writer_init(&once, arena);
		writer_init(&twice, arena);
		schema_write(&once, &uplift_schema, &uplift, AUDIENCE_FACT);
		schema_write(&twice, &uplift_schema, &again, AUDIENCE_FACT);
		HOLDS(text_eq(writer_text(&once), writer_text(&twice)));
	}
}

/* The same sum in floating point, which no penny here may be more than a rounding away from. */
static void the_fee_is_the_plain_sum_within_the_rounding(void **state)
{
	int compared = 0;

	(void)state;
	for (int i = 0; i < CASES; i++) {
		long double share = 0, sum = 0, change, fee;

		if (!random_case(i, true) || !goes_by_indexes() || !uplift.is_uplifted)
			continue;
		for (size_t j = 0; j < method.weights.count; j++)
			if (weights[j].index != COST_INDEX_FIXED)
				share += weights[j].percent_r * 1e-6L *
					 rises[weights[j].index].percent_r * 1e-6L;
		for (size_t j = 0; j < uplift.lines.count; j++) {
			const struct uplift_line *l = then_at(j);
			bool fixed = l->index == COST_INDEX_FIXED;

			sum += l->weekly_now_p * (method.basis == UPLIFT_WEIGHTED ? share
						  : fixed			  ? 0
							  : rises[l->index].percent_r * 1e-6L);
		}
		fee = uplift.weekly_now_p;
		change = sum;
		if (method.cap_r != NO_INT && sum > fee * method.cap_r * 1e-6L)
			change = fee * method.cap_r * 1e-6L;
		else if (method.floor_r != NO_INT && sum < fee * method.floor_r * 1e-6L)
			change = fee * method.floor_r * 1e-6L;
		fee += change - uplift.weekly_then_p;
		HOLDS(fee <= slack_p() && fee >= -slack_p());
		HOLDS(method.rounding > UPLIFT_TOTAL_TO_PENNY || (fee < 0.501L && fee > -0.501L));
		compared++;
	}
	assert_true(compared > CASES / 3);
}

static void without_a_rise_nothing_changes(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		if (!random_case(i, true) || !goes_by_indexes())
			continue;
		for (size_t j = 0; j < figures.rises.count; j++)
			rises[j].percent_r = 0;
		method.floor_r = one_in(2) ? NO_INT : 0;
		if (method.cap_r < 0)
			method.cap_r = NO_INT;
		uplift = work_again();
		if (method.rounding == UPLIFT_TOTAL_TO_POUND) {
			HOLDS(uplift.difference_p <= 50 && uplift.difference_p >= -50);
			continue;
		}
		HOLDS(uplift.difference_p == 0);
		for (size_t j = 0; j < uplift.lines.count; j++)
			HOLDS(then_at(j)->weekly_then_p == then_at(j)->weekly_now_p &&
			      then_at(j)->rate_then_r == then_at(j)->rate_now_r);
	}
}

/* Exactly so where the fee is rounded once; a rate's own rounding may take back up to its size. */
static void a_higher_rise_never_makes_a_lower_fee(void **state)
{
	int rose = 0;

	(void)state;
	for (int i = 0; i < CASES; i++) {
		int64_t before_p;

		if (!random_case(i, false) || !goes_by_indexes() || !uplift.is_uplifted)
			continue;
		before_p = uplift.weekly_then_p;
		rises[random_from(0, COST_INDEX_FIXED - 1)].percent_r += random_from(1, 30000);
		uplift = work_again();
		HOLDS(uplift.weekly_then_p >= before_p - (rounds_total() ? 0 : slack_p()));
		rose += uplift.weekly_then_p > before_p;
	}
	assert_true(rose > CASES / 8);
}

static void falls_lower_the_fee_and_rises_raise_it(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		bool down = i % 2;

		if (!random_case(i, false) || !goes_by_indexes())
			continue;
		for (size_t j = 0; j < figures.rises.count; j++)
			rises[j].percent_r = random_from(0, 90000) * (down ? -1 : 1);
		method.cap_r = method.floor_r = NO_INT;
		uplift = work_again();
		HOLDS(down ? uplift.difference_p <= slack_p() : uplift.difference_p >= -slack_p());
		if (rounds_total() && method.rounding != UPLIFT_TOTAL_TO_POUND)
			HOLDS(down ? uplift.difference_p <= 0 : uplift.difference_p >= 0);
	}
}

static void cap_and_floor_hold_within_the_rounding(void **state)
{
	int capped = 0, floored = 0;

	(void)state;
	for (int i = 0; i < CASES; i++) {
		__int128 change, fee;

		if (!random_case(i, true) || !uplift.is_uplifted)
			continue;
		change = ((__int128)uplift.difference_p) * 1000000;
		fee = uplift.weekly_now_p;
		HOLDS(method.cap_r == NO_INT ||
		      change <= fee * method.cap_r + slack_p() * (__int128)1000000);
		HOLDS(method.floor_r == NO_INT ||
		      change >= fee * method.floor_r - slack_p() * (__int128)1000000);
		capped += uplift.rule == UPLIFT_RULE_CAP;
		floored += uplift.rule == UPLIFT_RULE_FLOOR;
	}
	assert_true(capped > CASES / 20 && floored > CASES / 20);
}

/* Ten times the rates are ten times the fee, but for what the rounding did to either. */
static void scaling_every_rate_scales_the_fee(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		int64_t once_p;
		struct terms scaled;

		if (!random_case(i, true) || !goes_by_indexes() || !uplift.is_uplifted)
			continue;
		method.rounding = UPLIFT_TOTAL_TO_PENNY;
		method.not_above_p = NO_INT;
		once_p = work_again().weekly_then_p;
		for (size_t j = 0; j < terms.lines.count; j++) {
			fee_lines[j] = ((struct fee_line *)terms.lines.items)[j];
			fee_lines[j].rate_r *= 10;
		}
		terms.lines.items = fee_lines;
		assert_true(terms_complete(arena, &terms, &scaled, &flaw));
		terms = scaled;
		uplift = work_again();
		/* Six lines, half a penny each before, ten times that and the totals' own after. */
		HOLDS(uplift.weekly_then_p - 10 * once_p <= 50 &&
		      uplift.weekly_then_p - 10 * once_p >= -50);
	}
}

/* Each step of the path is what the next year's sum gives from what is then paid. */
static void a_path_is_walked_as_it_was_shown(void **state)
{
	int walked = 0;

	(void)state;
	for (int i = 0; i < CASES / 2; i++) {
		struct list path;

		if (!random_case(i, false) || method.basis != UPLIFT_TARGET || !uplift.is_uplifted)
			continue;
		path = uplift.path;
		for (size_t step = 1; step < path.count; step++) {
			const struct uplift_step *next = (struct uplift_step *)path.items + step;
			struct fee_line *lines = terms.lines.items;

			for (size_t j = 0; j < terms.lines.count; j++) {
				lines[j].rate_r = then_at(j)->rate_then_r;
				lines[j].weekly_p = then_at(j)->weekly_then_p;
			}
			terms.weekly_p = uplift.weekly_then_p;
			figures.from_day = next->from_day;
			uplift = work_again();
			HOLDS(uplift.weekly_then_p == next->weekly_p);
			HOLDS(uplift.path.count == path.count - step);
			walked++;
		}
		for (size_t j = 0; j < terms.lines.count && rounds_total(); j++)
			if (method.cap_r == NO_INT && method.floor_r == NO_INT &&
			    method.not_above_p == NO_INT && text_is(then_at(j)->key, "a"))
				HOLDS(uplift.path.count > 1 ||
				      then_at(j)->rate_then_r == targets[0].rate_r);
	}
	assert_true(walked > CASES / 20);
}

static int set_up_laws(void **state)
{
	random_state = SEED;
	return set_up(state);
}

#define LAW(name) cmocka_unit_test_setup_teardown(name, set_up_laws, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAW(lines_and_payers_add_up_to_the_fee),
		LAW(the_same_is_worked_twice),
		LAW(the_fee_is_the_plain_sum_within_the_rounding),
		LAW(without_a_rise_nothing_changes),
		LAW(a_higher_rise_never_makes_a_lower_fee),
		LAW(falls_lower_the_fee_and_rises_raise_it),
		LAW(cap_and_floor_hold_within_the_rounding),
		LAW(scaling_every_rate_scales_the_fee),
		LAW(a_path_is_walked_as_it_was_shown),
	};

	return cmocka_run_group_tests_name("uplift_laws", tests, NULL, NULL);
}
