/* test_quality.c - a home's scores brought to a placement, and the fee that follows them by night.
 */
#include "world.h"

#include "concordat/core/account.h"
#include "concordat/core/home.h"

static const struct uuid home_id = {{0}}; /* where invitation_of invites to */
static struct home_record *record;

static int home_set_up(void **state)
{
	int failed = set_up(state);

	record = home_record_new(arena, authority, home_id);
	return failed;
}
#define FOLLOWING_TEST(name) cmocka_unit_test_setup_teardown(name, home_set_up, tear_down)

/* 1,000.00 a week; gold adds 30.00; 2% from 85 and 5% from 95; 10% held back until 60. */
static struct make_offer offer_with_quality(const char *from)
{
	struct make_offer offer = offer_of(100000);
	struct quality_terms *quality = &offer.terms.quality;
	struct quality_tier *tier = arena_make(arena, struct quality_tier);
	struct quality_band *bands = arena_array(arena, struct quality_band, 2);

	*tier = (struct quality_tier){TEXT("gold"), 3000};
	bands[0] = (struct quality_band){850000, 20000, NO_INT};
	bands[1] = (struct quality_band){950000, 50000, NO_INT};
	quality->tiers = (struct list){tier, 1};
	quality->bands = (struct list){bands, 2};
	quality->withheld_r = 100000;
	quality->until_score_r = 600000;
	offer.terms.start_day = on(from);
	return offer;
}

/* From 6 April 2026, signed on 1 April. */
static void play_terms(const struct make_offer *offer)
{
	struct confirm_start start = {.started_day = on("2026-04-06")};
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct accept accept;
	struct sign sign;

	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, offer, at("2026-04-01 13:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-01 14:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-01 14:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-01 15:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-01 15:00"));
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-04-06 10:00"));
}

static void recorded(enum home_move move, const struct home_data *data, const char *when)
{
	const struct home_world there = {.of = &world, .resident_count = 1, .new_id = {{9}}};
	const struct home_asked asked = {move, data};
	struct refusal refusal;
	struct home_fact *fact =
		home_decide(arena, &there, record, &officer, &asked, at(when), &refusal);

	assert_non_null(fact);
	assert_true(home_apply(record, fact));
}

static void score(int64_t score_r, const char *tier, const char *from, int64_t corrects,
		  const char *when)
{
	struct home_data data;

	schema_clear(&home_data_schema, &data);
	data.score_r = score_r;
	data.tier = tier ? text_of(tier) : TEXT_NONE;
	data.on_day = on(from);
	data.corrects = corrects;
	recorded(HOME_SCORE_QUALITY, &data, when);
}

static void flag(enum flag_level level, const char *when)
{
	struct home_data data;

	schema_clear(&home_data_schema, &data);
	data.level = (int32_t)level;
	data.reason = FLAG_STAFFING;
	data.detail = SAID("Nights were short of staff");
	recorded(HOME_RAISE_FLAG, &data, when);
}

/* How many entries that made. */
static size_t follow(const char *when)
{
	struct list facts = {0};

	played = core_follow_home(arena, &world, played, record, after_the_last(at(when)), &facts);
	return facts.count;
}

static int64_t fee_on(const char *day)
{
	struct account_period period;

	assert_true(account_on(arena, played, on(day), &period));
	return period.weekly.total_p;
}

static struct account account_of(const char *from, const char *to, const char *known)
{
	struct account_question question = {0};
	struct account account;

	question.known_at_us = at(known);
	question.from_day = on(from);
	question.to_day = on(to);
	account_work(arena, played, &question, &account);
	assert_int_equal(account.charged.total_p + account.adjusted.total_p, account.due.total_p);
	return account;
}

static void the_fee_follows_the_score_from_its_day_and_says_why(void **state)
{
	struct make_offer offer = offer_with_quality("2026-04-06");
	struct account account;
	const struct account_period *periods;

	(void)state;
	play_terms(&offer);
	assert_int_equal(fee_on("2026-04-10"), 90000); /* no score: a tenth is held back */
	score(875000, NULL, "2026-04-20", NO_INT, "2026-04-22 10:00");
	assert_int_equal(follow("2026-04-22 10:01"), 1);
	assert_int_equal(last_fact()->kind, FACT_QUALITY_APPLIED);
	assert_int_equal(follow("2026-04-22 10:02"), 0);
	assert_int_equal(fee_on("2026-04-19"), 90000);
	assert_int_equal(fee_on("2026-04-20"), 102000);
	score(NO_INT, "gold", "2026-04-27", NO_INT, "2026-04-27 10:00");
	assert_int_equal(follow("2026-04-27 10:01"), 1);
	assert_int_equal(fee_on("2026-04-27"), 105000);

	account = account_of("2026-04-06", "2026-05-03", "2026-05-04 12:00");
	assert_int_equal(account.periods.count, 3);
	periods = account.periods.items;
	assert_int_equal(periods[1].from_day, on("2026-04-20"));
	assert_int_equal(periods[1].due.total_p, 102000);
	assert_int_equal(periods[1].quality.worked.band_p, 2000);
	assert_int_equal(periods[1].quality.entry, last_fact()->seq - 1);
	assert_string_equal(
		text_cstr(arena,
			  quality_words(arena, &periods[2].terms->quality, &periods[2].quality)),
		"The home's score of 87.50%, tier gold: £30.00 a week added for the tier, £20.00 a "
		"week added by the score's band.");
	assert_int_equal(account.due.total_p, 2 * 90000 + 102000 + 105000);
	/* two nights before it was entered are put right */
	assert_int_equal(account.adjusted.total_p, 3429);
}

static void a_score_put_right_is_as_if_it_had_been_so_and_known_since(void **state)
{
	struct make_offer offer = offer_with_quality("2026-04-06");

	(void)state;
	play_terms(&offer);
	score(870000, NULL, "2026-04-13", NO_INT, "2026-04-13 10:00");
	assert_int_equal(follow("2026-04-13 10:01"), 1);
	score(960000, NULL, "2026-04-20", 1, "2026-05-04 10:00"); /* the day was wrong too */
	assert_int_equal(follow("2026-05-04 10:01"), 1);
	assert_int_equal(fee_on("2026-04-13"), 90000);
	assert_int_equal(fee_on("2026-04-20"), 105000);
	assert_int_equal(account_of("2026-04-13", "2026-05-03", "2026-05-03 12:00").due.total_p,
			 3 * 102000);
	assert_int_equal(account_of("2026-04-13", "2026-05-03", "2026-05-04 12:00").due.total_p,
			 90000 + 2 * 105000);
	assert_int_equal(home_score_on(record, on("2026-04-15")).score_r, NO_INT);
	assert_int_equal(home_score_on(record, on("2026-05-04")).score_r, 960000);
}

static void what_was_signed_stands_until_a_later_score(void **state)
{
	struct make_offer offer = offer_with_quality("2026-04-06");

	(void)state;
	offer.terms.quality.score_r = 700000;
	score(960000, NULL, "2026-03-02", NO_INT, "2026-03-02 10:00");
	play_terms(&offer);
	assert_int_equal(follow("2026-04-06 10:01"), 1);
	assert_int_equal(fee_on("2026-04-06"), 100000);
	score(500000, NULL, "2026-04-06", NO_INT, "2026-04-07 10:00");
	assert_int_equal(follow("2026-04-07 10:01"), 1);
	assert_int_equal(fee_on("2026-04-06"), 90000);
}

static void who_comes_later_has_the_scores_in_force_and_no_older_ones(void **state)
{
	struct make_offer offer = offer_with_quality("2026-04-06");

	(void)state;
	score(500000, NULL, "2025-03-03", NO_INT, "2025-03-03 10:00");
	score(870000, NULL, "2026-01-05", NO_INT, "2026-01-05 10:00");
	score(960000, "gold", "2026-02-02", NO_INT, "2026-02-02 10:00");
	score(860000, NULL, "2026-02-02", 3, "2026-02-03 10:00");
	play_terms(&offer);
	assert_int_equal(follow("2026-04-06 10:01"), 1);
	assert_int_equal(fee_on("2026-04-06"), 102000);
}

static void nothing_is_brought_where_the_terms_say_nothing_of_quality(void **state)
{
	struct make_offer offer = offer_of(100000);

	(void)state;
	offer.terms.start_day = on("2026-04-06");
	play_terms(&offer);
	score(870000, NULL, "2026-04-13", NO_INT, "2026-04-13 10:00");
	assert_int_equal(follow("2026-04-13 10:01"), 0);
	assert_int_equal(fee_on("2026-04-13"), 100000);
}

static void both_sides_see_it_and_nobody_makes_it_but_time(void **state)
{
	struct make_offer offer = offer_with_quality("2026-04-06");
	struct apply_quality data;

	(void)state;
	play_terms(&offer);
	score(870000, NULL, "2026-04-13", NO_INT, "2026-04-13 10:00");
	assert_int_equal(follow("2026-04-13 10:01"), 1);
	assert_true(fact_visible(last_fact(), played, placement_party(played, provider)));
	assert_true(fact_visible(last_fact(), played, placement_party(played, authority)));
	data = *(const struct apply_quality *)last_fact()->data;
	refused(&officer, MOVE_APPLY_QUALITY, &data, at("2026-04-13 11:00"), "side");
}

static void red_asks_for_a_check_that_is_the_commissioners_own(void **state)
{
	struct make_offer offer = offer_of(100000);
	struct confirm_check check = {CHECK_ALL_WELL, on("2026-04-14"),
				      SAID("Well, and in good spirits")};
	const struct party *home = NULL;

	(void)state;
	offer.terms.start_day = on("2026-04-06");
	play_terms(&offer);
	home = placement_party(played, provider);
	flag(FLAG_AMBER, "2026-04-13 09:00");
	assert_int_equal(follow("2026-04-13 09:01"), 0);
	flag(FLAG_RED, "2026-04-13 10:00");
	assert_int_equal(follow("2026-04-13 10:01"), 1);
	assert_int_equal(follow("2026-04-13 10:02"), 0);
	assert_due(DUTY_CONFIRM_CHECK, SIDE_COMMISSIONER, "2026-04-15 17:00");
	assert_false(fact_visible(last_fact(), played, home));
	settle(at("2026-04-15 17:01"));
	assert_missed(DUTY_CONFIRM_CHECK, SIDE_COMMISSIONER, "2026-04-15 17:00");
	assert_int_equal(last_fact()->kind, FACT_MISSED);
	assert_false(fact_visible(last_fact(), played, placement_party(played, provider)));
	check.on_day = on("2026-04-17");
	refused_at(&officer, MOVE_CONFIRM_CHECK, &check, at("2026-04-16 10:00"), "check_day",
		   "/on");
	check.on_day = on("2026-04-16");
	refused(&negotiator, MOVE_CONFIRM_CHECK, &check, at("2026-04-16 10:00"), "side");
	must(&officer, MOVE_CONFIRM_CHECK, &check, at("2026-04-16 10:00"));
	assert_state(DUTY_CONFIRM_CHECK, SIDE_COMMISSIONER, OBLIGATION_MET_LATE);
	assert_false(fact_visible(last_fact(), played, placement_party(played, provider)));
	refused(&officer, MOVE_CONFIRM_CHECK, &check, at("2026-04-16 11:00"), "check_owed");
}

static void a_check_is_owed_no_more_when_the_flag_is_red_no_more(void **state)
{
	struct make_offer offer = offer_of(100000);

	(void)state;
	offer.terms.start_day = on("2026-04-06");
	play_terms(&offer);
	flag(FLAG_RED, "2026-04-13 10:00");
	assert_int_equal(follow("2026-04-13 10:01"), 1);
	flag(FLAG_AMBER, "2026-04-14 10:00");
	assert_int_equal(follow("2026-04-14 10:01"), 1);
	assert_state(DUTY_CONFIRM_CHECK, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	flag(FLAG_GREEN, "2026-04-15 10:00");
	assert_int_equal(follow("2026-04-15 10:01"), 0);
	flag(FLAG_RED, "2026-04-16 10:00");
	assert_int_equal(follow("2026-04-16 10:01"), 1);
	assert_due(DUTY_CONFIRM_CHECK, SIDE_COMMISSIONER, "2026-04-20 17:00");
}

/* ---- what rests on it ---- */

/* A tenth more from 1 May, entered when the terms from 1 July are signed already. */
static void play_uplifted_behind_what_is_signed(struct make_offer *offer)
{
	static const struct uplift_weight weights[] = {{COST_INDEX_NLW, 1000000}};
	static struct index_rise rises[] = {{.index = COST_INDEX_NLW, .percent_r = 100000}};
	struct apply_uplift uplift;
	struct accept accept;
	struct sign sign;

	offer->terms.uplift.basis = UPLIFT_WEIGHTED;
	offer->terms.uplift.weights = LIST_OF(weights);
	play_terms(offer);
	offer->terms.start_day = on("2026-07-01");
	must(&officer, MOVE_PROPOSE_VARIATION, offer, at("2026-04-20 10:00"));
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-04-21 10:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-22 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-22 11:00"));
	schema_clear(move_schema(MOVE_APPLY_UPLIFT), &uplift);
	uplift.figures.from_day = on("2026-05-01");
	uplift.figures.rises = LIST_OF(rises);
	must(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-04-23 10:00"));
}

static void an_uplift_goes_by_the_scores_since_the_terms_that_it_raised(void **state)
{
	struct make_offer offer = offer_with_quality("2026-04-06");

	(void)state;
	offer.terms.quality.score_r = 500000;
	play_uplifted_behind_what_is_signed(&offer);
	score(600000, NULL, "2026-04-13", NO_INT, "2026-04-24 10:00");
	assert_int_equal(follow("2026-04-24 10:01"), 1);
	assert_int_equal(fee_on("2026-04-30"), 100000);
	assert_int_equal(fee_on("2026-05-01"), 110000);
	assert_int_equal(fee_on("2026-06-30"), 110000);
	assert_int_equal(fee_on("2026-07-01"), 90000); /* signed with the score of 50 */
}

/* The person 150.00, the NHS so much, the authority the rest. */
static struct change_funding funding_with(const char *from, int64_t nhs_p)
{
	struct funding_part *parts = arena_array(arena, struct funding_part, 3);

	parts[0] = (struct funding_part){FUNDER_PERSON, 15000, NO_INT, NO_INT, {{0}}};
	parts[1] = (struct funding_part){FUNDER_NHS, nhs_p, NO_INT, NO_INT, {{0}}};
	parts[2] = (struct funding_part){FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT, {{0}}};
	return (struct change_funding){
		.from_day = on(from), .funding = {parts, 3}, .weekly_p = NO_INT};
}

static int64_t nhs_pays_on(const char *day)
{
	struct account_period period;

	assert_true(account_on(arena, played, on(day), &period));
	return period.weekly.by_p[FUNDER_NHS];
}

static void other_payers_since_the_terms_that_an_uplift_raised_go_on(void **state)
{
	struct change_funding change = funding_with("2026-04-13", 20000);
	struct make_offer offer = offer_of(100000);

	(void)state;
	offer.terms.start_day = on("2026-04-06");
	offer.terms.funding = funding_with("2026-04-06", 10000).funding;
	play_uplifted_behind_what_is_signed(&offer);
	must(&officer, MOVE_CHANGE_FUNDING, &change, at("2026-04-24 10:00"));
	assert_int_equal(nhs_pays_on("2026-04-12"), 10000);
	assert_int_equal(nhs_pays_on("2026-04-30"), 20000);
	assert_int_equal(nhs_pays_on("2026-05-01"), 20000);
	assert_int_equal(nhs_pays_on("2026-07-01"), 10000);
}

static void who_pays_is_judged_by_the_fee_of_that_day(void **state)
{
	struct make_offer offer = offer_with_quality("2026-04-06");
	struct change_funding early = funding_with("2026-04-19", 86000);
	struct change_funding change = funding_with("2026-04-20", 86000);
	struct correct right = {.field = TEXT("nhs"),
				.was = TEXT("740.00"),
				.is = TEXT("760.00"),
				.reason = SAID("A slip")};

	(void)state;
	offer.terms.quality.score_r = 700000;
	play_terms(&offer);
	score(870000, NULL, "2026-04-20", NO_INT, "2026-04-20 10:00");
	assert_int_equal(follow("2026-04-20 10:01"), 1);
	refused_at(&officer, MOVE_CHANGE_FUNDING, &early, at("2026-04-21 10:00"), "funding_fits",
		   "/funding/1");
	must(&officer, MOVE_CHANGE_FUNDING, &change, at("2026-04-21 10:00"));
	assert_int_equal(nhs_pays_on("2026-04-20"), 86000); /* with 150.00: of 1,020.00 */

	score(500000, NULL, "2026-04-27", NO_INT, "2026-04-27 10:00");
	assert_int_equal(follow("2026-04-27 10:01"), 1);
	change = funding_with("2026-04-27", 74000);
	must(&officer, MOVE_CHANGE_FUNDING, &change, at("2026-04-28 10:00"));
	right.entry = placement_party(played, authority)->entries;
	refused_at(&officer, MOVE_CORRECT, &right, at("2026-04-29 10:00"), "correction_sound",
		   "/is"); /* with 150.00: above 900.00 */
	right.is = TEXT("750.00");
	must(&officer, MOVE_CORRECT, &right, at("2026-04-29 10:00"));
	assert_int_equal(nhs_pays_on("2026-04-27"), 75000);
}

static void an_extension_asks_for_a_score_and_a_tier_is_none(void **state)
{
	struct make_offer offer = offer_with_quality("2026-04-06");

	(void)state;
	offer.terms.end_day = on("2027-04-05");
	offer.terms.extension = (struct extension_terms){12, 2, 600000};
	play_terms(&offer);
	score(NO_INT, "gold", "2026-04-20", NO_INT, "2026-04-20 10:00");
	assert_int_equal(follow("2026-04-20 10:01"), 1);
	offer.terms.start_day = on("2027-04-06");
	offer.terms.end_day = on("2028-04-05");
	offer.terms.quality.score_r = 599999;
	refused_at(&negotiator, MOVE_PROPOSE_EXTENSION, &offer, at("2026-04-21 10:00"),
		   "extension_left", "/terms/quality/score");
	offer.terms.quality.score_r = 600000;
	must(&negotiator, MOVE_PROPOSE_EXTENSION, &offer, at("2026-04-21 10:00"));
}

static void a_check_is_owed_no_more_when_another_home_takes_over(void **state)
{
	struct make_offer offer = offer_of(100000);
	struct novate novate = {.provider = rival_provider,
				.home = {{7}},
				.from_day = on("2026-04-14"),
				.reason = SAID("The home is sold")};
	struct consent_to_novation agreed;
	const struct apply_flag *left;

	(void)state;
	offer.terms.start_day = on("2026-04-06");
	play_terms(&offer);
	flag(FLAG_RED, "2026-04-13 10:00");
	assert_int_equal(follow("2026-04-13 10:01"), 1);
	schema_clear(move_schema(MOVE_CONSENT_TO_NOVATION), &agreed);
	agreed.note = SAID("Agreed");
	must(&negotiator, MOVE_NOVATE, &novate, at("2026-04-13 11:00"));
	must(&signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-04-13 12:00"));
	assert_state(DUTY_CONFIRM_CHECK, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-04-14 10:00"));
	assert_state(DUTY_CONFIRM_CHECK, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	left = last_fact()->data;
	assert_int_equal(last_fact()->kind, FACT_FLAG_APPLIED);
	assert_int_equal(last_fact()->side, SIDE_TIME);
	assert_true(uuid_eq(left->home, novate.home));
	assert_false(fact_visible(last_fact(), played, placement_party(played, rival_provider)));
	assert_int_equal(follow("2026-04-14 10:01"), 0); /* the old home's, still red */
	record = home_record_new(arena, authority, novate.home);
	flag(FLAG_RED, "2026-04-14 11:00");
	assert_int_equal(follow("2026-04-14 11:01"), 1);
	assert_due(DUTY_CONFIRM_CHECK, SIDE_COMMISSIONER, "2026-04-16 17:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLLOWING_TEST(the_fee_follows_the_score_from_its_day_and_says_why),
		FOLLOWING_TEST(a_score_put_right_is_as_if_it_had_been_so_and_known_since),
		FOLLOWING_TEST(what_was_signed_stands_until_a_later_score),
		FOLLOWING_TEST(who_comes_later_has_the_scores_in_force_and_no_older_ones),
		FOLLOWING_TEST(nothing_is_brought_where_the_terms_say_nothing_of_quality),
		FOLLOWING_TEST(red_asks_for_a_check_that_is_the_commissioners_own),
		FOLLOWING_TEST(a_check_is_owed_no_more_when_the_flag_is_red_no_more),
		FOLLOWING_TEST(a_check_is_owed_no_more_when_another_home_takes_over),
		FOLLOWING_TEST(both_sides_see_it_and_nobody_makes_it_but_time),
		FOLLOWING_TEST(an_uplift_goes_by_the_scores_since_the_terms_that_it_raised),
		FOLLOWING_TEST(other_payers_since_the_terms_that_an_uplift_raised_go_on),
		FOLLOWING_TEST(who_pays_is_judged_by_the_fee_of_that_day),
		FOLLOWING_TEST(an_extension_asks_for_a_score_and_a_tier_is_none),
	};

	return cmocka_run_group_tests_name("following", tests, NULL, NULL);
}
