/* Terms: what they come to, who pays, what quality adds or holds back, and what is not sound. */
#include <cmocka.h>

#include "concordat/core/money.h"
#include "concordat/core/terms.h"
#include "concordat/core/uplift.h"

static struct arena *arena;
static struct terms terms, out;
static struct flaw flaw;
static struct fee_line lines[3];
static struct funding_part parts[4];
static struct quality_tier tiers[2];
static struct quality_band bands[2];

static struct fee_line line(const char *key, int64_t quantity_r, int64_t rate_r)
{
	struct fee_line l;

	schema_clear(&fee_line_schema, &l);
	l.key = text_of(key);
	l.label = text_of(key);
	l.unit = LINE_WEEK;
	l.quantity_r = quantity_r;
	l.rate_r = rate_r;
	return l;
}

static struct funding_part part(enum funder funder, int64_t weekly_p, int64_t share_r)
{
	return (struct funding_part){(int32_t)funder, weekly_p, share_r, NO_INT, {{0}}};
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	schema_clear(&terms_schema, &terms);
	lines[0] = line("care", 10000, 8120000);
	terms.lines = (struct list){lines, 1};
	terms.start_day = day_of(2026, 4, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void completes(void)
{
	bool sound = terms_complete(arena, &terms, &out, &flaw);

	if (!sound)
		print_error("%.*s: %.*s\n", TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
	assert_true(sound);
}

static void is_refused_at(const char *pointer)
{
	assert_false(terms_complete(arena, &terms, &out, &flaw));
	if (!text_is(flaw.pointer, pointer))
		print_error("%.*s, not %s\n", TEXT_FMT(flaw.pointer), pointer);
	assert_true(text_is(flaw.pointer, pointer));
	assert_true(flaw.sentence.len > 20);
}

/* ---- the fee ---- */

static void each_line_is_rounded_and_the_fee_is_their_sum(void **state)
{
	(void)state;
	lines[0] = line("a", 125000, 142025);
	lines[1] = line("b", 3333, 100000);
	lines[2] = line("less", 10000, -50000);
	terms.lines.count = 3;
	completes();
	assert_int_equal(((struct fee_line *)out.lines.items)[0].weekly_p, 17753);
	assert_int_equal(((struct fee_line *)out.lines.items)[1].weekly_p, 333);
	assert_int_equal(out.weekly_p, 17753 + 333 - 500);
	assert_int_equal(lines[0].weekly_p, NO_INT);
}

static void total_below_nothing_or_beyond_ten_million_is_refused(void **state)
{
	(void)state;
	lines[0] = line("less", 10000, -1);
	lines[0].rate_r = -100;
	is_refused_at("/lines");
	lines[0] = line("more", 10000000, MONEY_MOST_P);
	is_refused_at("/lines/0");
	for (int i = 0; i < 2; i++)
		lines[i] = line(i ? "b" : "a", 10000, 60000000000);
	terms.lines.count = 2;
	is_refused_at("/lines");
}

static void key_that_stands_twice_is_refused(void **state)
{
	(void)state;
	lines[1] = line("care", 10000, 10000);
	terms.lines.count = 2;
	is_refused_at("/lines/1/key");
}

/* ---- who pays ---- */

static void payers_are_exactly_the_fee(void **state)
{
	const struct funding_part *got;

	(void)state;
	parts[0] = part(FUNDER_NHS, NO_INT, 333333);
	parts[1] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	parts[2] = part(FUNDER_PERSON, 15005, NO_INT);
	parts[3] = part(FUNDER_THIRD_PARTY, NO_INT, 55555);
	terms.funding = (struct list){parts, 4};
	lines[0].rate_r = 8120100;
	completes();
	got = out.funding.items;
	assert_int_equal(got[0].pays_p, 27067);
	assert_int_equal(got[2].pays_p, 15005);
	assert_int_equal(got[3].pays_p, 4511);
	assert_int_equal(got[0].pays_p + got[1].pays_p + got[2].pays_p + got[3].pays_p, 81201);
	assert_int_equal(parts[0].pays_p, NO_INT);
}

static void payers_that_do_not_add_up_are_refused(void **state)
{
	(void)state;
	parts[0] = part(FUNDER_NHS, NO_INT, 600000);
	parts[1] = part(FUNDER_PERSON, NO_INT, 500000);
	parts[2] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	terms.funding = (struct list){parts, 3};
	is_refused_at("/funding/1/share");
	parts[1] = part(FUNDER_PERSON, 81200, NO_INT);
	is_refused_at("/funding/1");
	parts[1] = part(FUNDER_PERSON, 100, 100);
	is_refused_at("/funding/1/share");
	parts[1] = part(FUNDER_NHS, 100, NO_INT);
	is_refused_at("/funding/1/funder");
	parts[1] = part(FUNDER_PERSON, NO_INT, NO_INT);
	is_refused_at("/funding");
	terms.funding.count = 1;
	is_refused_at("/funding");
}

/* A ten-thousandth of one per cent of this fee is less than a tenth of a penny. */
static void parts_a_hair_over_the_fee_are_refused_though_rounding_would_hide_it(void **state)
{
	(void)state;
	parts[0] = part(FUNDER_NHS, NO_INT, 333334);
	parts[1] = part(FUNDER_PERSON, NO_INT, 333333);
	parts[2] = part(FUNDER_THIRD_PARTY, NO_INT, 333334);
	parts[3] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	terms.funding = (struct list){parts, 4};
	is_refused_at("/funding/2/share");
	parts[2].share_r = 333333;
	completes();
	parts[0] = part(FUNDER_NHS, NO_INT, 500001);
	parts[1] = part(FUNDER_PERSON, 40600, NO_INT);
	parts[2] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	terms.funding.count = 3;
	is_refused_at("/funding/1");
	parts[0].share_r = 500000;
	completes();
}

static void shares_above_the_whole_are_refused_before_there_is_a_fee(void **state)
{
	struct list list = {parts, 3};

	(void)state;
	parts[0] = part(FUNDER_NHS, NO_INT, 500000);
	parts[1] = part(FUNDER_PERSON, NO_INT, 500001);
	parts[2] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	assert_false(funding_split(arena, &list, NO_INT, &flaw));
	assert_true(text_is(flaw.pointer, "/1/share"));
	assert_false(funding_split(arena, &list, 0, &flaw));
	assert_true(text_is(flaw.pointer, "/1/share"));
	parts[1].share_r = 500000;
	assert_true(funding_split(arena, &list, NO_INT, &flaw));
}

/* Twice 250.005 and 500.01 are 1,000.02: the amount is paid as stated, a share gives way. */
static void amount_that_fits_is_not_refused_for_the_rounding_of_shares(void **state)
{
	struct list list = {parts, 4};
	int64_t by_p[FUNDER_COUNT];

	(void)state;
	parts[0] = part(FUNDER_NHS, NO_INT, 250000);
	parts[1] = part(FUNDER_THIRD_PARTY, NO_INT, 250000);
	parts[2] = part(FUNDER_PERSON, 50001, NO_INT);
	parts[3] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	assert_true(funding_split(arena, &list, 100002, &flaw));
	funding_amounts(&list, 100002, by_p);
	for (int i = 0; i < 4; i++)
		assert_int_equal(by_p[parts[i].funder], parts[i].pays_p);
	assert_int_equal(by_p[FUNDER_NHS], 25001);
	assert_int_equal(by_p[FUNDER_THIRD_PARTY], 25000);
	assert_int_equal(by_p[FUNDER_PERSON], 50001);
	assert_int_equal(by_p[FUNDER_AUTHORITY], 0);
}

static void of_a_fee_that_fell_each_payer_pays_what_those_before_leave(void **state)
{
	const struct list list = {parts, 4};
	int64_t by_p[FUNDER_COUNT];

	(void)state;
	parts[0] = part(FUNDER_NHS, NO_INT, 500000);
	parts[1] = part(FUNDER_PERSON, 60000, NO_INT);
	parts[2] = part(FUNDER_THIRD_PARTY, 10000, NO_INT);
	parts[3] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	funding_amounts(&list, 100000, by_p);
	assert_int_equal(by_p[FUNDER_NHS], 50000);
	assert_int_equal(by_p[FUNDER_PERSON], 50000);
	assert_int_equal(by_p[FUNDER_THIRD_PARTY], 0);
	assert_int_equal(by_p[FUNDER_AUTHORITY], 0);
}

static void one_payer_may_pay_all_and_the_rest_nothing(void **state)
{
	(void)state;
	parts[0] = part(FUNDER_NHS, NO_INT, 1000000);
	parts[1] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	terms.funding = (struct list){parts, 2};
	completes();
	assert_int_equal(((struct funding_part *)out.funding.items)[0].pays_p, 81200);
	assert_int_equal(((struct funding_part *)out.funding.items)[1].pays_p, 0);
}

static void split_of_any_fee_adds_up_for_thousands_of_shares(void **state)
{
	uint64_t seed = 20260401;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		struct list list = {parts, 3};
		int64_t fee_p, share[2], sum = 0;

		for (int k = 0; k < 2; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			share[k] = (int64_t)((seed >> 33) % 500001);
		}
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		fee_p = (int64_t)((seed >> 33) % 500000);
		if (i % 10 == 0)
			share[1] = 1000000 - share[0];
		parts[0] = part(FUNDER_NHS, NO_INT, share[0]);
		parts[1] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
		parts[2] = part(FUNDER_THIRD_PARTY, NO_INT, share[1]);
		assert_true(funding_split(arena, &list, fee_p, &flaw));
		for (int k = 0; k < 3; k++) {
			assert_true(parts[k].pays_p >= 0);
			sum += parts[k].pays_p;
		}
		assert_int_equal(sum, fee_p);
	}
}

/* ---- quality ---- */

static void quality_begins(int64_t score_r, const char *tier)
{
	tiers[0] = (struct quality_tier){TEXT("silver"), 1000};
	tiers[1] = (struct quality_tier){TEXT("gold"), 2550};
	bands[0] = (struct quality_band){700000, 10000, NO_INT};
	bands[1] = (struct quality_band){850000, 25000, NO_INT};
	terms.quality.tiers = (struct list){tiers, 2};
	terms.quality.bands = (struct list){bands, 2};
	terms.quality.withheld_r = 20000;
	terms.quality.until_score_r = 750000;
	terms.quality.score_r = score_r;
	terms.quality.tier = tier ? text_of(tier) : TEXT_NONE;
}

static void quality_shows_what_it_comes_to_a_week(void **state)
{
	(void)state;
	quality_begins(850000, "gold");
	completes();
	assert_int_equal(out.quality.premium_p, 2550);
	assert_int_equal(out.quality.band_p, 2030); /* 2.5% of 812.00 */
	assert_int_equal(out.quality.withheld_p, 0);
	assert_int_equal(out.quality.payable_p, 81200 + 2550 + 2030);
	assert_int_equal(((struct quality_band *)out.quality.bands.items)[0].weekly_p, 812);
}

static void share_is_withheld_until_the_score_is_reached(void **state)
{
	(void)state;
	quality_begins(749999, NULL);
	completes();
	assert_int_equal(out.quality.band_p, 812);
	assert_int_equal(out.quality.withheld_p, 1624);
	assert_int_equal(out.quality.payable_p, 81200 + 812 - 1624);
	terms.quality.score_r = 750000;
	completes();
	assert_int_equal(out.quality.withheld_p, 0);
	terms.quality.score_r = NO_INT;
	completes();
	assert_int_equal(out.quality.band_p, 0);
	assert_int_equal(out.quality.withheld_p, 1624);
}

static void band_may_lower_the_fee(void **state)
{
	(void)state;
	quality_begins(0, NULL);
	bands[0] = (struct quality_band){0, -50000, NO_INT};
	completes();
	assert_int_equal(out.quality.band_p, -4060);
	assert_int_equal(out.weekly_p, 81200);
}

static void quality_that_cannot_be_worked_is_refused(void **state)
{
	(void)state;
	quality_begins(0, "bronze");
	is_refused_at("/quality/tier");
	quality_begins(0, NULL);
	tiers[1].tier = TEXT("silver");
	is_refused_at("/quality/tiers/1/tier");
	quality_begins(0, NULL);
	bands[1].from_score_r = bands[0].from_score_r;
	is_refused_at("/quality/bands/1/from_score");
	quality_begins(0, NULL);
	terms.quality.until_score_r = NO_INT;
	is_refused_at("/quality/until_score");
	quality_begins(0, NULL);
	terms.quality.withheld_r = NO_INT;
	is_refused_at("/quality/withheld");
	schema_clear(&quality_terms_schema, &terms.quality);
	terms.quality.score_r = 10000;
	is_refused_at("/quality");
	quality_begins(0, "gold");
	tiers[1].premium_p = MONEY_MOST_P;
	is_refused_at("/quality");
}

/* ---- the uplift in the terms ---- */

static void method_that_cannot_be_worked_on_these_lines_is_refused(void **state)
{
	(void)state;
	terms.uplift.basis = UPLIFT_BY_LINE;
	is_refused_at("/uplift/basis");
	lines[0].index = COST_INDEX_NLW;
	completes();
}

/* ---- what is signed ---- */

static void digest_covers_every_part(void **state)
{
	struct digest plain, funded, better, risen;

	(void)state;
	completes();
	plain = terms_digest(arena, &out);
	parts[0] = part(FUNDER_AUTHORITY, NO_INT, NO_INT);
	terms.funding = (struct list){parts, 1};
	completes();
	funded = terms_digest(arena, &out);
	quality_begins(850000, "gold");
	completes();
	better = terms_digest(arena, &out);
	terms.uplift.basis = UPLIFT_FLAT;
	terms.uplift.flat_r = 250000;
	terms.uplift.flat_unit = LINE_WEEK;
	completes();
	risen = terms_digest(arena, &out);
	assert_false(digest_eq(&plain, &funded));
	assert_false(digest_eq(&funded, &better));
	assert_false(digest_eq(&better, &risen));
}

static void terms_without_the_new_parts_are_written_as_before(void **state)
{
	struct writer w;

	(void)state;
	completes();
	out.calculation = 1;
	out.needs = 1;
	writer_init(&w, arena);
	schema_write(&w, &terms_schema, &out, AUDIENCE_FACT);
	assert_true(text_is(
		writer_text(&w),
		"{\"calculation\":1,\"lines\":[{\"key\":\"care\",\"label\":\"care\",\"quantity\":"
		"\"1.00\",\"rate\":\"812.00\",\"unit\":\"week\",\"weekly\":{\"amount\":81200,"
		"\"currency\":\"GBP\"}}],\"needs\":1,\"start\":\"2026-04-01\","
		"\"weekly\":{\"amount\":81200,\"currency\":\"GBP\"}}"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_line_is_rounded_and_the_fee_is_their_sum),
		TEST(total_below_nothing_or_beyond_ten_million_is_refused),
		TEST(key_that_stands_twice_is_refused),
		TEST(payers_are_exactly_the_fee),
		TEST(payers_that_do_not_add_up_are_refused),
		TEST(parts_a_hair_over_the_fee_are_refused_though_rounding_would_hide_it),
		TEST(shares_above_the_whole_are_refused_before_there_is_a_fee),
		TEST(amount_that_fits_is_not_refused_for_the_rounding_of_shares),
		TEST(of_a_fee_that_fell_each_payer_pays_what_those_before_leave),
		TEST(one_payer_may_pay_all_and_the_rest_nothing),
		TEST(split_of_any_fee_adds_up_for_thousands_of_shares),
		TEST(quality_shows_what_it_comes_to_a_week),
		TEST(share_is_withheld_until_the_score_is_reached),
		TEST(band_may_lower_the_fee),
		TEST(quality_that_cannot_be_worked_is_refused),
		TEST(method_that_cannot_be_worked_on_these_lines_is_refused),
		TEST(digest_covers_every_part),
		TEST(terms_without_the_new_parts_are_written_as_before),
	};

	return cmocka_run_group_tests_name("terms", tests, NULL, NULL);
}
