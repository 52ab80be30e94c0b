/* test_account.c - the account of a placement, to the penny, by the figures of worked cases. */
#include "world.h"

#include "concordat/core/account.h"

/* ---- what is played ---- */

struct dates {
	const char *opened, *agreed, *signed_on; /* instants */
	const char *from, *started;
};

static struct list method_weights; /* of the uplift that offers agree; none: no method */

static struct make_offer offer_from(int64_t weekly_p, const char *from)
{
	struct make_offer offer = offer_of(weekly_p);

	offer.terms.start_day = on(from);
	if (method_weights.count) {
		offer.terms.uplift.basis = UPLIFT_WEIGHTED;
		offer.terms.uplift.weights = method_weights;
	}
	return offer;
}

/* Opened, calculated, approved up to 1,700.00 and invited, all at once. */
static void play_ready(const char *opened, const char *wanted)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct describe_needs described = needs();
	struct record_involvement involved = involvement(INVOLVED_IN_CALCULATION);
	struct calculate calculated = calculation("home");
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide approved = approval(LIMIT_P);
	struct invite invited = invitation_of(provider);

	open.wanted_start_day = on(wanted);
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at(opened));
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at(opened));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at(opened));
	must(&officer, MOVE_CALCULATE, &calculated, at(opened));
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at(opened));
	must(&panel, MOVE_PANEL_DECIDE, &approved, at(opened));
	must(&officer, MOVE_INVITE, &invited, at(opened));
}

/* The offer on the table is accepted by the other side and signed by both. */
static void play_agreed(const struct actor *accepts, const char *when)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct accept accept = acceptance();
	struct sign sign;

	must(accepts, MOVE_ACCEPT, &accept, at(when));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at(when));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at(when));
	must(&provider_signatory, MOVE_SIGN, &sign, at(when));
}

static void play_first(int64_t weekly_p, const struct dates *d)
{
	struct make_offer offer = offer_from(weekly_p, d->from);
	struct confirm_start start = {.started_day = on(d->started)};

	play_ready(d->opened, d->from);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at(d->agreed));
	play_agreed(&officer, d->signed_on);
	must(&officer, MOVE_CONFIRM_START, &start, at(d->signed_on));
}

static void play_variation(int64_t weekly_p, const char *from, const char *when)
{
	struct make_offer offer = offer_from(weekly_p, from);
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide approved = approval(LIMIT_P);

	must(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at(when));
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at(when));
	must(&panel, MOVE_PANEL_DECIDE, &approved, at(when));
	play_agreed(&officer, when);
}

/* ---- what is asserted ---- */

static struct account account_between(const char *from, const char *to, const char *known)
{
	struct account_question question = {
		.known_at_us = at(known),
		.from_day = on(from),
		.to_day = on(to),
	};
	struct account account;

	account_work(arena, played, &question, &account);
	return account;
}

static const struct account_adjustment *adjustment(const struct account *account, size_t n)
{
	assert_true(n < account->adjustments.count);
	return (const struct account_adjustment *)account->adjustments.items + n;
}

static const struct account_period *period(const struct account *account, size_t n)
{
	assert_true(n < account->periods.count);
	return (const struct account_period *)account->periods.items + n;
}

static void assert_period(const struct account *account, size_t n, const char *from, const char *to,
			  int64_t weekly_p, int64_t due_p)
{
	const struct account_period *p = period(account, n);

	assert_int_equal(p->from_day, on(from));
	assert_int_equal(p->to_day, on(to));
	assert_int_equal(p->weekly.total_p, weekly_p);
	assert_int_equal(p->due.total_p, due_p);
}

static void assert_closes(const struct account *account)
{
	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		assert_int_equal(account->charged.by_p[funder] + account->adjusted.by_p[funder],
				 account->due.by_p[funder]);
	assert_int_equal(account->charged.total_p + account->adjusted.total_p,
			 account->due.total_p);
}

/* ---- worked cases ---- */

static const struct said by_telephone = {SIDE_PROVIDER, {NO_INT, {"Call 7", 6}}};

static void enter_interim(int64_t weekly_p)
{
	struct agree_interim_terms terms = {weekly_p, INTERIM_ADJUSTED, on("2026-08-28"), NO_ENUM,
					    false};

	must(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-09-01 10:00"));
	saying = &by_telephone;
	said_at_us = at("2026-08-28 15:00");
	must(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-09-01 10:05"));
	saying = NULL;
	said_at_us = NEVER_US;
}

static void care_begins_on_interim_terms_and_what_is_signed_is_put_right(void **state)
{
	struct confirm_start start = {.started_day = on("2026-08-28")};
	struct make_offer offer = offer_from(106400, "2026-08-28");
	struct account account;
	const struct sign *sign;
	const struct payer_amount *back;

	(void)state;
	play_ready("2026-08-27 10:00", "2026-08-28");
	enter_interim(110000);
	assert_true(((const struct agree_interim_terms *)last_fact()->data)->is_agreed);
	assert_due(DUTY_DISPUTE_ENTRY, SIDE_PROVIDER, "2026-09-08 17:00");
	assert_due(DUTY_SIGNED_TERMS, SIDE_COMMISSIONER, "2026-09-28 17:00");
	assert_due(DUTY_SIGNED_TERMS, SIDE_PROVIDER, "2026-09-28 17:00");
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-09-01 10:10"));
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-09-09 10:00"));
	play_agreed(&officer, "2026-09-11 10:00");
	assert_state(DUTY_SIGNED_TERMS, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_state(DUTY_SIGNED_TERMS, SIDE_PROVIDER, OBLIGATION_MET);

	sign = last_fact()->data;
	assert_int_equal(sign->difference_p, -7200);
	assert_int_equal(sign->nights, 14);
	back = sign->differences.items;
	assert_int_equal(sign->differences.count, 2);
	assert_int_equal(back[0].funder, FUNDER_AUTHORITY);
	assert_int_equal(back[0].amount_p, -7200);
	assert_int_equal(back[1].amount_p, 0); /* the person's contribution is as it was */

	account = account_between("2026-08-28", "2026-09-10", "2026-09-11 12:00");
	assert_int_equal(account.nights, 14);
	assert_period(&account, 0, "2026-08-28", "2026-09-10", 106400, 212800);
	assert_int_equal(account.adjustments.count, 2); /* the start was entered on the fourth */
	assert_int_equal(adjustment(&account, 1)->entry, last_fact()->seq);
	assert_int_equal(adjustment(&account, 1)->difference.total_p, -7200);
	assert_closes(&account);
	account = account_between("2026-08-28", "2026-09-10", "2026-09-10 23:59");
	assert_period(&account, 0, "2026-08-28", "2026-09-10", 110000, 220000);
	assert_int_equal(period(&account, 0)->agreement, 0);
}

static void arrears_of_a_rise_are_counted_by_the_night(void **state)
{
	static const struct dates dates = {"2026-01-05 10:00", "2026-01-06 10:00",
					   "2026-01-12 10:00", "2026-01-12", "2026-01-12"};
	struct account account;

	(void)state;
	play_first(81200, &dates);
	play_variation(84294, "2026-04-06", "2026-06-08 10:00");
	account = account_between("2026-01-12", "2026-06-30", "2026-06-08 12:00");
	assert_int_equal(account.adjustments.count, 1);
	assert_int_equal(adjustment(&account, 0)->nights, 63);
	assert_int_equal(adjustment(&account, 0)->from_day, on("2026-04-06"));
	assert_int_equal(adjustment(&account, 0)->to_day, on("2026-06-07"));
	assert_int_equal(adjustment(&account, 0)->difference.total_p, 27846);
	assert_closes(&account);
}

/* Announced on 20 May from Easter Monday, paid from 8 June: what is charged until then is the old
 * fee, and what is known is the new one. */
static void an_uplift_is_paid_with_its_arrears_from_the_day_it_says(void **state)
{
	static const struct dates dates = {"2026-01-05 10:00", "2026-01-06 10:00",
					   "2026-01-12 10:00", "2026-01-12", "2026-01-12"};
	static struct index_rise rises[] = {{.index = COST_INDEX_NLW, .percent_r = 41000},
					    {.index = COST_INDEX_CPI, .percent_r = 30000}};
	static struct uplift_weight weights[] = {{COST_INDEX_NLW, 737000},
						 {COST_INDEX_CPI, 263000}};
	struct apply_uplift uplift;
	struct account account;

	(void)state;
	method_weights = LIST_OF(weights);
	play_first(81200, &dates);
	method_weights = (struct list){0};
	schema_clear(move_schema(MOVE_APPLY_UPLIFT), &uplift);
	uplift.figures.from_day = on("2026-04-06");
	uplift.figures.rises = LIST_OF(rises);
	uplift.paid_from_day = on("2026-06-08");
	must(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-05-20 10:00"));
	account = account_between("2026-05-25", "2026-05-31", "2026-05-20 12:00");
	assert_int_equal(account.charged.total_p, 81200);
	assert_int_equal(account.adjusted.total_p, 3094);
	assert_int_equal(account.due.total_p, 84294);
	account = account_between("2026-01-12", "2026-06-21", "2026-05-20 12:00");
	assert_int_equal(account.adjustments.count, 1);
	assert_int_equal(adjustment(&account, 0)->known_day, on("2026-05-20"));
	assert_int_equal(adjustment(&account, 0)->paid_day, on("2026-06-08"));
	assert_int_equal(adjustment(&account, 0)->nights, 63);
	assert_int_equal(adjustment(&account, 0)->difference.total_p, 27846);
	assert_closes(&account);
}

static void a_fall_from_the_first_day_is_credited(void **state)
{
	static const struct dates dates = {"2026-02-23 10:00", "2026-02-24 10:00",
					   "2026-03-02 10:00", "2026-03-02", "2026-03-02"};
	struct account account;

	(void)state;
	play_first(126500, &dates);
	play_variation(125600, "2026-03-02", "2026-04-13 10:00");
	account = account_between("2026-03-02", "2026-04-30", "2026-04-13 12:00");
	assert_int_equal(adjustment(&account, 0)->nights, 42);
	assert_int_equal(adjustment(&account, 0)->difference.total_p, -5400);
	assert_int_equal(account.periods.count, 1);
	assert_closes(&account);
	account = account_between("2026-03-02", "2026-04-30", "2026-04-01 23:59");
	assert_int_equal(period(&account, 0)->weekly.total_p, 126500);
	assert_int_equal(account.adjustments.count, 0);
}

static void one_fee_is_paid_through_the_day_before_the_next_begins(void **state)
{
	struct account account;
	struct account_period today, to_come;

	(void)state;
	play_started();
	play_variation(161000, "2026-10-05", "2026-09-28 10:00");
	account = account_between("2026-09-28", "2026-10-11", "2026-09-28 12:00");
	assert_int_equal(account.periods.count, 2);
	assert_period(&account, 0, "2026-09-28", "2026-10-04", 165000, 165000);
	assert_period(&account, 1, "2026-10-05", "2026-10-11", 161000, 161000);
	assert_int_equal(account.adjustments.count, 0);
	assert_true(account_on(arena, played, on("2026-10-04"), &today));
	assert_int_equal(today.weekly.total_p, 165000);
	assert_true(account_after(arena, played, on("2026-10-04"), &to_come));
	assert_int_equal(to_come.from_day, on("2026-10-05"));
	assert_int_equal(to_come.weekly.by_p[FUNDER_PERSON], 15000);
	assert_int_equal(to_come.weekly.by_p[FUNDER_AUTHORITY], 146000);
	assert_false(account_after(arena, played, on("2026-10-05"), &to_come));
}

/* ---- interim terms ---- */

static void interim_terms_are_agreed_by_the_same_figures_only(void **state)
{
	struct agree_interim_terms terms = {110000, INTERIM_FINAL, on("2026-05-18"), NO_ENUM,
					    false};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 10:00"));
	assert_false(played->interims[0].agreed_entry);
	assert_null(newest(DUTY_SIGNED_TERMS, SIDE_PROVIDER));
	refused(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 11:00"),
		"interim_sound");
	terms.weekly_p = 115000; /* another figure is put instead */
	must(&negotiator, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 12:00"));
	assert_int_equal(played->interim_count, 2);
	must(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 13:00"));
	assert_int_equal(played->interims[1].agreed_entry, last_fact()->seq);
	assert_due(DUTY_SIGNED_TERMS, SIDE_PROVIDER, "2026-05-05 17:00");
	refused(&negotiator, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 14:00"),
		"interim_sound");
}

static void interim_terms_stay_within_the_limit_and_the_placement(void **state)
{
	struct agree_interim_terms terms = {LIMIT_P + 1, INTERIM_FINAL, on("2026-05-18"), NO_ENUM,
					    false};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 10:00"),
		   "within_approved_limit", "/weekly");
	must(&negotiator, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 11:00"));
	refused(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 12:00"),
		"within_approved_limit");
	terms.weekly_p = LIMIT_P;
	terms.from_day = on("2026-03-22");
	refused_at(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 13:00"),
		   "interim_sound", "/from");
}

static void terms_not_signed_in_time_are_missed_and_told_weekly(void **state)
{
	struct agree_interim_terms terms = {110000, INTERIM_FINAL, on("2026-05-18"), NO_ENUM,
					    false};
	struct text name;
	int64_t reminded;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&officer, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 10:00"));
	must(&negotiator, MOVE_AGREE_INTERIM_TERMS, &terms, at("2026-04-02 10:30"));
	assert_true(obligation_reminder(arena, &world, owed(DUTY_SIGNED_TERMS, SIDE_PROVIDER),
					at("2026-04-24 12:00"), at("2026-05-04 12:00"), &reminded,
					&name));
	assert_int_equal(reminded, at("2026-04-30 09:00"));
	settle(at("2026-05-05 17:01"));
	assert_missed(DUTY_SIGNED_TERMS, SIDE_PROVIDER, "2026-05-05 17:00");
	assert_missed(DUTY_SIGNED_TERMS, SIDE_COMMISSIONER, "2026-05-05 17:00");
	assert_true(obligation_is_open(owed(DUTY_SIGNED_TERMS, SIDE_PROVIDER)));
	assert_int_equal(world.protocol->timescales[DUTY_SIGNED_TERMS].repeat_days, 7);
}

/* ---- who pays ---- */

static struct funding_part part(enum funder funder, int64_t weekly_p)
{
	return (struct funding_part){(int32_t)funder, weekly_p, NO_INT, NO_INT, {{0}}};
}

static struct change_funding funding_from(const char *from, const struct funding_part *parts,
					  size_t count)
{
	return (struct change_funding){
		.from_day = on(from),
		.funding = {(void *)parts, count},
		.weekly_p = NO_INT,
	};
}

static void other_payers_are_put_right_and_the_fee_is_as_it_was(void **state)
{
	const struct funding_part parts[] = {part(FUNDER_PERSON, 20000), part(FUNDER_NHS, 23541),
					     part(FUNDER_AUTHORITY, NO_INT)};
	struct change_funding change = funding_from("2026-05-25", parts, 3);
	struct account account;
	const struct account_adjustment *a;

	(void)state;
	play_started();
	must(&officer, MOVE_CHANGE_FUNDING, &change, at("2026-06-15 10:00"));
	account = account_between("2026-05-18", "2026-06-30", "2026-06-15 12:00");
	a = adjustment(&account, account.adjustments.count - 1);
	assert_int_equal(a->nights, 21);
	assert_int_equal(a->difference.total_p, 0);
	assert_int_equal(a->difference.by_p[FUNDER_PERSON], 3 * 5000);
	assert_int_equal(a->difference.by_p[FUNDER_NHS], 3 * 23541);
	assert_int_equal(a->difference.by_p[FUNDER_AUTHORITY], -3 * (5000 + 23541));
	assert_closes(&account);
	assert_int_equal(account.periods.count, 2);
	assert_int_equal(period(&account, 1)->funding_entry, last_fact()->seq);
}

static void parts_that_do_not_make_up_the_fee_are_refused(void **state)
{
	const struct funding_part more[] = {part(FUNDER_PERSON, 165001),
					    part(FUNDER_AUTHORITY, NO_INT)};
	const struct funding_part less[] = {part(FUNDER_PERSON, 1)};
	struct change_funding change = funding_from("2026-05-25", more, 2);

	(void)state;
	play_started();
	refused_at(&officer, MOVE_CHANGE_FUNDING, &change, at("2026-06-15 10:00"), "funding_fits",
		   "/funding/0");
	change = funding_from("2026-05-25", less, 1);
	refused_at(&officer, MOVE_CHANGE_FUNDING, &change, at("2026-06-15 10:00"), "funding_fits",
		   "/funding");
	change = funding_from("2026-05-17", more, 2);
	refused_at(&officer, MOVE_CHANGE_FUNDING, &change, at("2026-06-15 10:00"), "funding_fits",
		   "/from");
}

static void the_authority_stands_behind_a_top_up_that_is_not_signed(void **state)
{
	const struct funding_part parts[] = {part(FUNDER_THIRD_PARTY, 9000),
					     part(FUNDER_AUTHORITY, NO_INT)};
	struct change_funding change = funding_from("2026-06-01", parts, 2);
	struct sign_top_up top_up = {on("2026-06-19"), TEXT("TU-12"), 8000, {{0}}};
	struct account account;

	(void)state;
	play_started();
	refused(&officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-19 10:00"), "top_up_there");
	must(&officer, MOVE_CHANGE_FUNDING, &change, at("2026-06-19 10:00"));
	refused_at(&officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-19 11:00"), "top_up_there",
		   "/weekly");
	top_up.weekly_p = 9000;
	must(&officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-20 11:00"));
	account = account_between("2026-06-01", "2026-06-30", "2026-06-19 23:00");
	assert_true(period(&account, 0)->top_up_unsigned);
	account = account_between("2026-06-01", "2026-06-30", "2026-06-20 23:00");
	assert_false(period(&account, 0)->top_up_unsigned);
}

/* ---- nights away ---- */

static struct record_absence away(const char *from, const char *to, int64_t held_r)
{
	return (struct record_absence){ABSENCE_HOSPITAL, on(from), to ? on(to) : NO_DAY, held_r,
				       NO_INT};
}

static void nights_away_are_paid_at_the_bed_holding_rate(void **state)
{
	struct record_absence hospital = away("2026-06-01", NULL, 800000);
	struct end_absence back = {NO_INT, on("2026-06-07")};
	struct account account;

	(void)state;
	play_started();
	must(&negotiator, MOVE_RECORD_ABSENCE, &hospital, at("2026-06-03 10:00"));
	must(&officer, MOVE_END_ABSENCE, &back, at("2026-06-10 10:00"));
	account = account_between("2026-05-25", "2026-06-14", "2026-06-10 12:00");
	assert_int_equal(account.periods.count, 3);
	assert_period(&account, 1, "2026-06-01", "2026-06-07", 132000, 132000);
	assert_int_equal(period(&account, 1)->weekly.by_p[FUNDER_PERSON], 12000);
	assert_period(&account, 2, "2026-06-08", "2026-06-14", 165000, 165000);
	assert_int_equal(account.adjustments.count, 2);
	assert_int_equal(adjustment(&account, 0)->nights, 2); /* the first two, recorded late */
	assert_int_equal(adjustment(&account, 1)->nights, 2); /* the 8th and 9th, back already */
	assert_closes(&account);
}

static void absences_do_not_overlap_and_none_is_before_care(void **state)
{
	struct record_absence early = away("2026-05-17", "2026-05-20", NO_INT);
	struct record_absence first = away("2026-06-01", "2026-06-07", NO_INT);
	struct record_absence within = away("2026-06-07", "2026-06-09", NO_INT);
	struct record_absence open = away("2026-06-08", NULL, NO_INT);
	struct end_absence back = {NO_INT, on("2026-06-07")};

	(void)state;
	play_signed();
	refused(&officer, MOVE_RECORD_ABSENCE, &first, at("2026-05-18 10:00"), "care_started");
	must(&officer, MOVE_CONFIRM_START, &(struct confirm_start){.started_day = on("2026-05-18")},
	     at("2026-05-19 10:00"));
	refused_at(&officer, MOVE_RECORD_ABSENCE, &early, at("2026-06-09 10:00"), "absence_sound",
		   "/from");
	must(&officer, MOVE_RECORD_ABSENCE, &first, at("2026-06-09 10:00"));
	assert_int_equal(played->absences[0].held_r, 1000000);
	refused_at(&officer, MOVE_RECORD_ABSENCE, &within, at("2026-06-09 10:00"), "absence_sound",
		   "/from");
	refused(&officer, MOVE_END_ABSENCE, &back, at("2026-06-09 10:00"), "absence_open");
	must(&officer, MOVE_RECORD_ABSENCE, &open, at("2026-06-09 10:00"));
	refused(&negotiator, MOVE_RECORD_ABSENCE, &within, at("2026-06-09 10:00"), "absence_sound");
	refused_at(&negotiator, MOVE_END_ABSENCE, &back, at("2026-06-09 10:00"), "absence_open",
		   "/to");
	back.to_day = on("2026-06-10");
	refused_at(&negotiator, MOVE_END_ABSENCE, &back, at("2026-06-09 10:00"), "absence_open",
		   "/to");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(care_begins_on_interim_terms_and_what_is_signed_is_put_right),
		TEST(arrears_of_a_rise_are_counted_by_the_night),
		TEST(an_uplift_is_paid_with_its_arrears_from_the_day_it_says),
		TEST(a_fall_from_the_first_day_is_credited),
		TEST(one_fee_is_paid_through_the_day_before_the_next_begins),
		TEST(interim_terms_are_agreed_by_the_same_figures_only),
		TEST(interim_terms_stay_within_the_limit_and_the_placement),
		TEST(terms_not_signed_in_time_are_missed_and_told_weekly),
		TEST(other_payers_are_put_right_and_the_fee_is_as_it_was),
		TEST(parts_that_do_not_make_up_the_fee_are_refused),
		TEST(the_authority_stands_behind_a_top_up_that_is_not_signed),
		TEST(nights_away_are_paid_at_the_bed_holding_rate),
		TEST(absences_do_not_overlap_and_none_is_before_care),
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
