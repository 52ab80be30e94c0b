/* accounts.h - what a case of the protocol says of money: expect account, expect adjusted. */
#ifndef CONCORDAT_TESTS_ACCOUNTS_H
#define CONCORDAT_TESTS_ACCOUNTS_H

#include "concordat/core/account.h"
#include "concordat/core/money.h"

static int32_t day_meant(struct text t)
{
	int32_t day;

	if (!day_parse(t, &day))
		WRONG("no day: %.*s", TEXT_FMT(t));
	return day;
}

static void expect_pence(struct text wanted, int64_t found_p)
{
	int64_t pence;

	if (!money_parse(wanted, &pence))
		WRONG("no amount: %.*s", TEXT_FMT(wanted));
	if (pence != found_p)
		WRONG("it is %.*s, not %.*s", TEXT_FMT(money_text(arena, found_p, true)),
		      TEXT_FMT(wanted));
}

static void expect_nights(struct text wanted, int64_t found)
{
	int64_t nights;

	if (!text_to_int(wanted, &nights) || nights != found)
		WRONG("there are %lld nights", (long long)found);
}

/* Payers and their parts, to the end of the line. */
static void expect_parts(struct text rest, const struct amounts *found)
{
	struct text funder;

	while ((funder = word(&rest)).len)
		expect_pence(word(&rest), found->by_p[word_of(funder_names, funder)]);
}

static struct account account_at(int32_t from_day, int32_t to_day, int64_t known_at_us)
{
	struct account_question question = {
		.known_at_us = known_at_us, .from_day = from_day, .to_day = to_day};
	struct account account;

	account_work(arena, played, &question, &account);
	return account;
}

/* FROM TO, as known on a day: nights, charged, adjusted, due, and payers' parts of that. */
static void expect_account(struct text rest)
{
	int32_t from = day_meant(word(&rest)), to = day_meant(word(&rest));
	int32_t known = day_meant(word(&rest));
	struct account account = account_at(from, to, london_instant(known + 1, 0, 0) - 1);

	expect_nights(word(&rest), account.nights);
	expect_pence(word(&rest), account.charged.total_p);
	expect_pence(word(&rest), account.adjusted.total_p);
	expect_pence(word(&rest), account.due.total_p);
	expect_parts(rest, &account.due);
}

/* What was put right last: from, to, nights, the difference, and payers' parts of it. */
static void expect_adjusted(struct text rest)
{
	struct account account =
		account_at(NO_DAY, london_day(played->recorded_at_us) + 366, INT64_MAX);
	const struct account_adjustment *last_one = account.adjustments.items;

	if (!account.adjustments.count)
		WRONG("nothing was put right");
	last_one += account.adjustments.count - 1;
	if (last_one->from_day != day_meant(word(&rest)) ||
	    last_one->to_day != day_meant(word(&rest)))
		WRONG("from %.*s to %.*s", TEXT_FMT(day_text(arena, last_one->from_day)),
		      TEXT_FMT(day_text(arena, last_one->to_day)));
	expect_nights(word(&rest), last_one->nights);
	expect_pence(word(&rest), last_one->difference.total_p);
	expect_parts(rest, &last_one->difference);
}

#endif
