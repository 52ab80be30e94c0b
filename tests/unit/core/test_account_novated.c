/* test_account_novated.c - what each provider is paid where the care passes from one to another. */
#include "world.h"

#include "concordat/core/account.h"

/* 812.00 a week from Monday 30 March 2026, of the minimum wage alone. */
static void play_agreed(void)
{
	static const struct uplift_weight weights[] = {{COST_INDEX_NLW, 1000000}};
	struct confirm_start start = {.started_day = on("2026-03-30")};
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct make_offer offer = offer_of(81200);
	struct accept accept;
	struct sign sign;

	offer.terms.start_day = on("2026-03-30");
	offer.terms.uplift.basis = UPLIFT_WEIGHTED;
	offer.terms.uplift.weights = LIST_OF(weights);
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-04-14 11:00"));
}

/* By 10% to 893.20 from 6 April, paid from 8 June. */
static void play_uplifted(void)
{
	static struct index_rise rises[] = {{.index = COST_INDEX_NLW, .percent_r = 100000}};
	struct apply_uplift uplift;

	schema_clear(move_schema(MOVE_APPLY_UPLIFT), &uplift);
	uplift.figures.from_day = on("2026-04-06");
	uplift.figures.rises = LIST_OF(rises);
	uplift.paid_from_day = on("2026-06-08");
	must(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-05-20 10:00"));
}

/* From Monday 25 May, entered on the 26th. */
static void play_taken_over(void)
{
	struct novate novate = {.provider = rival_provider,
				.from_day = on("2026-05-25"),
				.reason = SAID("The home is sold")};
	struct consent_to_novation agreed;

	schema_clear(move_schema(MOVE_CONSENT_TO_NOVATION), &agreed);
	must(&officer, MOVE_NOVATE, &novate, at("2026-05-21 10:00"));
	must(&provider_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-05-22 10:00"));
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-05-26 10:00"));
}

/* 18 May to 14 June. */
static struct account account_of(struct uuid whose)
{
	struct account_question question = {
		.known_at_us = at("2026-06-15 12:00"),
		.from_day = on("2026-05-18"),
		.to_day = on("2026-06-14"),
		.provider = whose,
	};
	struct account account;

	account_work(arena, played, &question, &account);
	assert_int_equal(account.charged.total_p + account.adjusted.total_p, account.due.total_p);
	return account;
}

static const struct account_adjustment *adjustment(const struct account *account, size_t n)
{
	assert_true(n < account->adjustments.count);
	return (const struct account_adjustment *)account->adjustments.items + n;
}

static void a_rise_still_to_be_paid_waits_and_the_nights_are_the_new_providers(void **state)
{
	struct account account;

	(void)state;
	play_agreed();
	play_uplifted();
	play_taken_over();

	account = account_of(provider);
	assert_int_equal(account.nights, 7);
	assert_int_equal(account.charged.total_p, 81200 + 11600); /* 25 May: not yet entered */
	assert_int_equal(account.adjustments.count, 2);
	assert_int_equal(adjustment(&account, 0)->paid_day, on("2026-05-26"));
	assert_int_equal(adjustment(&account, 0)->difference.total_p, -11600);
	assert_int_equal(adjustment(&account, 1)->paid_day, on("2026-06-08"));
	assert_int_equal(adjustment(&account, 1)->difference.total_p, 8120);

	account = account_of(rival_provider);
	assert_int_equal(account.nights, 21);
	assert_int_equal(account.charged.total_p, 13 * 11600 + 89320);
	assert_int_equal(account.adjustments.count, 2);
	assert_int_equal(adjustment(&account, 0)->paid_day, on("2026-05-26"));
	assert_int_equal(adjustment(&account, 0)->difference.total_p, 11600);
	assert_int_equal(adjustment(&account, 1)->paid_day, on("2026-06-08"));
	assert_int_equal(adjustment(&account, 1)->difference.total_p, 2 * 8120);
	assert_int_equal(account.due.total_p, 3 * 89320);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_rise_still_to_be_paid_waits_and_the_nights_are_the_new_providers),
	};

	return cmocka_run_group_tests_name("account_novated", tests, NULL, NULL);
}
