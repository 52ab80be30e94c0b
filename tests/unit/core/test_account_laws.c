/*
 * test_account_laws.c - what was charged and what was put right are what is due, whatever became
 * known when.
 *
 * Histories at random: interim terms, versions from any day, other payers, nights away, an end;
 * each entered days or months late, or early. They are folded, not decided: the account has to add
 * up for whatever is recorded.
 */
#include "world.h"

#include <stdlib.h>

#include "concordat/core/account.h"

#define HISTORIES 100000
#define NIGHTLY_EVERY 50 /* one in so many is also asked night by night */

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(random_state >> 33) % n;
}

static bool one_in(uint32_t n)
{
	return random_below(n) == 0;
}

/* ---- a history ---- */

static struct placement *p;
static int64_t clock_us;
static int32_t first_day; /* about when it all begins */
static bool paid_later;	  /* by then something was known that is not charged yet */

static void record(enum fact_kind kind, enum side side, const void *data, size_t size)
{
	struct fact *fact = arena_make(arena, struct fact);
	bool opens = kind == FACT_VARIATION_PROPOSED;

	clock_us += US_PER_HOUR * (1 + (int64_t)random_below(one_in(3) ? 1500 : 100));
	*fact = (struct fact){
		.seq = p->seq + 1,
		.kind = kind,
		.recorded_at_us = clock_us,
		.occurred_at_us = clock_us,
		.side = (int32_t)side,
		.on_behalf_of = NO_ENUM,
		.round = (int64_t)p->round_count + opens,
		.thread = kind == FACT_PLACEMENT_OPENED ? 0 : (int64_t)p->thread_count + opens,
		.data = arena_copy(arena, data, size),
	};
	if (kind == FACT_INVITED)
		fact->round = fact->thread = 1;
	assert_true(placement_apply(p, fact));
}

#define RECORD(kind, side, data) record(kind, side, &(data), sizeof(data))

static int32_t some_day(void)
{
	return first_day + (int32_t)random_below(200) - 20;
}

static struct list some_funding(void)
{
	struct funding_part *parts = arena_array(arena, struct funding_part, FUNDER_COUNT);
	uint32_t first = random_below(FUNDER_COUNT), count = 1 + random_below(FUNDER_COUNT);

	for (uint32_t i = 0; i < count; i++) {
		parts[i] = (struct funding_part){
			(int32_t)((first + i) % FUNDER_COUNT), NO_INT, NO_INT, NO_INT, {{0}}};
		if (i && one_in(2))
			parts[i].weekly_p = random_below(90000);
		else if (i)
			parts[i].share_r = random_below(700000);
	}
	return (struct list){parts, count};
}

static struct make_offer some_offer(void)
{
	struct make_offer offer = offer_of(50000 + random_below(150000));

	offer.terms.start_day = some_day();
	offer.terms.weekly_p = ((struct fee_line *)offer.terms.lines.items)->rate_r / 100;
	if (one_in(3))
		offer.terms.funding = some_funding();
	if (one_in(4))
		offer.terms.quality.payable_p = offer.terms.weekly_p - random_below(5000);
	if (one_in(4))
		offer.terms.day_count = DAY_COUNT_DAYS;
	return offer;
}

static void sign_some_terms(void)
{
	struct make_offer offer = some_offer();
	struct accept accept = {.number = 1};
	struct sign sign = {.side = SIDE_COMMISSIONER};
	bool first = p->agreement_count == 0;

	offer.side = SIDE_PROVIDER;
	offer.number = 1;
	RECORD(first ? FACT_OFFER_MADE : FACT_VARIATION_PROPOSED, SIDE_PROVIDER, offer);
	RECORD(FACT_ACCEPTED, SIDE_COMMISSIONER, accept);
	RECORD(FACT_SIGNED, SIDE_COMMISSIONER, sign);
	sign.side = SIDE_PROVIDER;
	RECORD(FACT_SIGNED, SIDE_PROVIDER, sign);
}

/* Announced, and paid from a day that may be weeks on. */
static void uplift(void)
{
	const struct agreement *agreed = placement_agreement(p);
	struct apply_uplift data;

	schema_clear(move_schema(MOVE_APPLY_UPLIFT), &data);
	data.terms = *agreed->terms;
	data.terms.weekly_p += random_below(9000);
	if (data.terms.quality.payable_p != NO_INT)
		data.terms.quality.payable_p += random_below(9000);
	data.figures.from_day = some_day();
	data.paid_from_day = london_day(clock_us) + (int32_t)random_below(90) - 20;
	data.uplifted = agreed->number;
	data.version = agreed->number + 1;
	data.to_day = NO_DAY;
	paid_later = true;
	RECORD(FACT_UPLIFT_APPLIED, SIDE_COMMISSIONER, data);
}

static void enter_some_interim(void)
{
	struct agree_interim_terms terms = {40000 + random_below(90000), INTERIM_FINAL, some_day(),
					    SIDE_COMMISSIONER, false};

	RECORD(FACT_INTERIM_TERMS_ENTERED, SIDE_COMMISSIONER, terms);
	terms.is_agreed = !one_in(5);
	terms.side = SIDE_PROVIDER;
	RECORD(FACT_INTERIM_TERMS_ENTERED, SIDE_PROVIDER, terms);
}

static void start_some_day(void)
{
	struct confirm_start start = {.started_day = some_day()};

	RECORD(FACT_START_CONFIRMED, SIDE_COMMISSIONER, start);
}

static void be_away(void)
{
	struct record_absence away = {ABSENCE_HOLIDAY, some_day(), NO_DAY, random_below(1000001),
				      NO_INT};
	struct end_absence back = {(int64_t)p->absence_count + 1, away.from_day};

	if (one_in(2))
		away.to_day = away.from_day + (int32_t)random_below(20);
	RECORD(FACT_ABSENCE_RECORDED, SIDE_PROVIDER, away);
	back.to_day += (int32_t)random_below(15);
	if (away.to_day == NO_DAY && !one_in(4))
		RECORD(FACT_ABSENCE_ENDED, SIDE_PROVIDER, back);
}

static void something_happens(void)
{
	struct change_funding funding;

	switch (random_below(7)) {
	case 0:
	case 1:
		sign_some_terms();
		break;
	case 2:
		be_away();
		break;
	case 3:
		start_some_day(); /* as a correction has it */
		break;
	case 4:
		uplift();
		break;
	default:
		funding =
			(struct change_funding){.from_day = some_day(), .funding = some_funding()};
		RECORD(FACT_FUNDING_CHANGED, SIDE_COMMISSIONER, funding);
		break;
	}
}

static void play_some_history(void)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct invite invited = invitation_of(provider);
	struct end_care ended = {.reason = ENDING_COMPLETED};

	p = placement_new(arena, authority, placement_id);
	paid_later = false;
	first_day = on("2026-02-20");
	clock_us = london_instant(first_day, 9, 0);
	open.funding = some_funding();
	RECORD(FACT_PLACEMENT_OPENED, SIDE_COMMISSIONER, open);
	RECORD(FACT_INVITED, SIDE_COMMISSIONER, invited);
	if (one_in(2))
		enter_some_interim();
	if (one_in(2))
		start_some_day();
	if (!one_in(8))
		sign_some_terms();
	for (uint32_t n = random_below(6); n && p->agreement_count; n--)
		something_happens();
	if (p->agreement_count && one_in(4)) {
		ended.last_day = some_day();
		RECORD(FACT_CARE_ENDED, SIDE_COMMISSIONER, ended);
	}
}

/* ---- laws ---- */

static long histories, adjusted, nights_seen;

static struct account ask(int64_t known_at_us, int32_t from_day, int32_t to_day)
{
	struct account_question question = {known_at_us, from_day, to_day, {{0}}, {{0}}};
	struct account account;

	account_work(arena, p, &question, &account);
	return account;
}

static void same(const struct amounts *one, const struct amounts *other, const char *law)
{
	bool is_same = one->total_p == other->total_p;

	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		is_same &= one->by_p[funder] == other->by_p[funder];
	if (!is_same)
		fail_msg("history %ld: %s: %lld is not %lld", histories, law,
			 (long long)one->total_p, (long long)other->total_p);
}

static void plus(struct amounts *sum, const struct amounts *more)
{
	sum->total_p += more->total_p;
	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		sum->by_p[funder] += more->by_p[funder];
}

/* The law: charged + adjusted = due, for each payer, and its parts are what they are parts of. */
static void it_adds_up(const struct account *account)
{
	const struct account_adjustment *adjustments = account->adjustments.items;
	const struct account_period *periods = account->periods.items;
	struct amounts both = account->charged, sum = {0}, put_right = {0};

	plus(&both, &account->adjusted);
	same(&both, &account->due, "charged and adjusted are due");
	for (size_t i = 0; i < account->periods.count; i++) {
		plus(&sum, &periods[i].due);
		assert_true(periods[i].due.total_p >= 0);
	}
	same(&sum, &account->due, "periods are due");
	for (size_t i = 0; i < account->adjustments.count; i++)
		plus(&put_right, &adjustments[i].difference);
	same(&put_right, &account->adjusted, "adjustments add up");
	sum.total_p = account->due.total_p;
	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		sum.total_p -= account->due.by_p[funder];
	assert_int_equal(sum.total_p, 0);
}

/* A range that is cut anywhere comes to the same. */
static void it_can_be_cut(const struct account *whole, int64_t known_at_us)
{
	int32_t cut = whole->asked.from_day + (int32_t)random_below(200);
	struct account first = ask(known_at_us, whole->asked.from_day, cut);
	struct account second = ask(known_at_us, cut + 1, whole->asked.to_day);

	plus(&first.due, &second.due);
	same(&first.due, &whole->due, "cut in two");
	plus(&first.charged, &second.charged);
	same(&first.charged, &whole->charged, "charges cut in two");
	plus(&first.adjusted, &second.adjusted);
	same(&first.adjusted, &whole->adjusted, "adjustments cut in two");
	assert_int_equal(first.nights + second.nights, whole->nights);
}

/* Cut by who pays, or by a night away that is paid in full, a fee comes to the same: neither is
 * another fee. */
static void a_cut_that_is_no_other_fee_changes_no_sum(const struct account *whole)
{
	struct change_funding funding = {.from_day = some_day(), .funding = some_funding()};
	struct record_absence away = {ABSENCE_HOLIDAY, some_day(), NO_DAY, 1000000, NO_INT};
	struct account_period there;
	struct account cut;

	if (account_on(arena, p, away.from_day, &there) && !there.absence_entry) {
		away.to_day = away.from_day;
		RECORD(FACT_ABSENCE_RECORDED, SIDE_PROVIDER, away);
		cut = ask(INT64_MAX, whole->asked.from_day, whole->asked.to_day);
		same(&cut.due, &whole->due, "a night away that is paid in full");
	}
	RECORD(FACT_FUNDING_CHANGED, SIDE_COMMISSIONER, funding);
	cut = ask(INT64_MAX, whole->asked.from_day, whole->asked.to_day);
	if (cut.due.total_p != whole->due.total_p)
		fail_msg("history %ld: by who pays it is %lld and not %lld", histories,
			 (long long)cut.due.total_p, (long long)whole->due.total_p);
}

/* No stretch with one fee is rounded more than once. */
static void it_is_rounded_once(const struct account *account)
{
	const struct account_period *periods = account->periods.items;
	__int128 exact_7 = 0, off;

	for (size_t i = 0; i < account->periods.count; i++)
		exact_7 += (__int128)periods[i].weekly.total_p * periods[i].nights;
	off = exact_7 - (__int128)account->due.total_p * 7;
	off = off < 0 ? -off : off;
	assert_true(off <= 7 * (__int128)account->periods.count / 2 + 7);
}

/* Each night asked for by itself, as it was known at its end. */
static void it_was_charged_night_by_night(const struct account *account)
{
	struct amounts sum = {0};

	for (int32_t day = account->asked.from_day; day <= account->asked.to_day; day++) {
		struct account night = ask(london_instant(day + 1, 0, 0) - 1, day, day);

		plus(&sum, &night.due);
		nights_seen++;
	}
	same(&sum, &account->charged, "charged night by night");
}

static void one_history(void)
{
	struct account account;
	int64_t known_at_us;
	int32_t from;

	set_up(NULL);
	play_some_history();
	from = first_day - 40 + (int32_t)random_below(80);
	known_at_us = one_in(2) ? p->recorded_at_us
				: p->facts[random_below((uint32_t)p->fact_count)]->recorded_at_us;
	account = ask(known_at_us, from, first_day + 250);
	it_adds_up(&account);
	it_is_rounded_once(&account);
	if (histories % 5 == 0)
		it_can_be_cut(&account, known_at_us);
	if (histories % NIGHTLY_EVERY == 0 && !paid_later) {
		account = ask(p->recorded_at_us, from, first_day + 250);
		it_was_charged_night_by_night(&account);
	}
	adjusted += (long)account.adjustments.count;
	if (histories % 5 == 0 && p->started_day != NO_DAY) {
		account = ask(INT64_MAX, from, first_day + 250);
		a_cut_that_is_no_other_fee_changes_no_sum(&account);
	}
	tear_down(NULL);
}

static void the_account_closes_in_every_history(void **state)
{
	const char *seed = getenv("LAWS_SEED"), *wanted = getenv("LAWS_HISTORIES");
	long count = wanted ? strtol(wanted, NULL, 10) : HISTORIES;

	(void)state;
	random_state = seed ? strtoull(seed, NULL, 10) * 2 + 1 : 20260828;
	for (histories = 0; histories < count; histories++)
		one_history();
	print_message("# %ld histories, %ld adjustments, %ld nights asked for by themselves\n",
		      count, adjusted, nights_seen);
	assert_true(adjusted > count / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_account_closes_in_every_history)};

	return cmocka_run_group_tests_name("account_laws", tests, NULL, NULL);
}
