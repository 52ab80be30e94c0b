/* test_uplifting.c - the fee uplifted by the agreed method, challenged, and the agreement extended.
 */
#include "world.h"

#include "concordat/core/uplift.h"

#define WAGE_R 41000   /* 4.10% */
#define PRICES_R 30000 /* 3.00% */

/* 812.00 a week: 73.7% goes by the minimum wage, 26.3% by prices. */
static struct make_offer agreed_offer(void)
{
	static const struct uplift_weight weights[] = {{COST_INDEX_NLW, 737000},
						       {COST_INDEX_CPI, 263000}};
	struct make_offer offer = offer_of(81200);

	offer.terms.start_day = on("2026-03-30");
	offer.terms.uplift.basis = UPLIFT_WEIGHTED;
	offer.terms.uplift.weights = LIST_OF(weights);
	offer.terms.uplift.rounding = UPLIFT_TOTAL_TO_PENNY;
	return offer;
}

/* Both have signed by Tuesday 14 April 2026; in force from Monday 30 March. */
static void play_agreed(const struct make_offer *offer)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct accept accept;
	struct sign sign;

	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, offer, at("2026-04-09 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
}

static struct apply_uplift uplift_from(const char *day, int64_t wage_r, int64_t prices_r)
{
	struct index_rise *rises = arena_array(arena, struct index_rise, 2);
	struct apply_uplift data;

	rises[0] = (struct index_rise){.index = COST_INDEX_NLW, .percent_r = wage_r};
	rises[1] = (struct index_rise){.index = COST_INDEX_CPI, .percent_r = prices_r};
	schema_clear(move_schema(MOVE_APPLY_UPLIFT), &data);
	data.figures.from_day = on(day);
	data.figures.rises = (struct list){rises, 2};
	return data;
}

static void play_uplifted(void)
{
	struct make_offer offer = agreed_offer();
	struct apply_uplift uplift = uplift_from("2026-04-06", WAGE_R, PRICES_R);

	play_agreed(&offer);
	uplift.paid_from_day = on("2026-06-08");
	must(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-05-20 10:00"));
}

static struct challenge_uplift challenge(void)
{
	return (struct challenge_uplift){SAID("Our nights are all at the wage"), NO_INT};
}

static void assert_fee(const char *day, int64_t number, int64_t weekly_p)
{
	const struct agreement *version = agreement_on(played, on(day));

	assert_non_null(version);
	assert_int_equal(version->number, number);
	assert_int_equal(version->terms->weekly_p, weekly_p);
}

static int64_t lines_come_to(const struct terms *terms)
{
	const struct fee_line *lines = terms->lines.items;
	int64_t sum = 0;

	for (size_t i = 0; i < terms->lines.count; i++)
		sum += lines[i].weekly_p;
	return sum;
}

static void a_rise_is_the_next_version_at_once(void **state)
{
	const struct apply_uplift *data;
	const struct agreement *version;

	(void)state;
	play_uplifted();
	assert_fee("2026-04-05", 1, 81200);
	assert_fee("2026-04-06", 2, 84294);
	version = placement_agreement(played);
	assert_int_equal(version->basis, AGREEMENT_UPLIFTED);
	assert_int_equal(version->paid_from_day, on("2026-06-08"));
	assert_int_equal(version->to_day, NO_DAY);
	assert_int_equal(version->thread, 1);
	assert_int_equal(version->terms->start_day, on("2026-04-06"));
	assert_int_equal(version->terms->began_day, on("2026-03-30"));
	assert_int_equal(lines_come_to(version->terms), 84294);
	data = last_fact()->data;
	assert_int_equal(data->weekly_before_p, 81200);
	assert_int_equal(data->percent_r,
			 38103); /* of the rounded fee; the method's own is in words */
	assert_int_equal(data->rule, UPLIFT_RULE_WEIGHTED);
	assert_true(strstr(text_cstr(arena, data->reason), "3.8107%"));
	assert_null(placement_open_round(played));
	assert_int_equal(open_count(), 2); /* the start to be confirmed, and the right */
	assert_due(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER, "2026-06-11 17:00");
	assert_true(uuid_eq(obligation_owner(played, owed(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER)),
			    provider));
}

static void nobody_answers_and_that_is_no_miss(void **state)
{
	struct challenge_uplift late = challenge();
	const struct obligation *right;
	struct text name;
	int64_t due;

	(void)state;
	play_uplifted();
	right = owed(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER);
	assert_true(obligation_reminder(arena, &world, right, at("2026-05-21 00:00"),
					at("2026-06-05 00:00"), &due, &name));
	assert_true(due == at("2026-06-04 09:00"));
	assert_true(obligation_reminder(arena, &world, right, due, at("2026-06-11 16:00"), &due,
					&name));
	assert_true(due == at("2026-06-09 09:00"));
	settle(at("2026-06-11 17:00"));
	assert_state(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER, OBLIGATION_OPEN);
	settle(at("2026-06-11 17:01"));
	assert_state(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER, OBLIGATION_LAPSED);
	assert_true(owed(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER)->missed_at_us == NEVER_US);
	assert_fee("2026-06-12", 2, 84294);
	refused(&negotiator, MOVE_CHALLENGE_UPLIFT, &late, at("2026-06-12 10:00"),
		"right_to_challenge");
}

static void it_is_paid_from_the_day_recorded_or_the_day_it_is_from(void **state)
{
	struct make_offer offer = agreed_offer();
	struct apply_uplift past = uplift_from("2026-04-06", WAGE_R, PRICES_R);
	struct apply_uplift coming = uplift_from("2027-04-05", WAGE_R, PRICES_R);

	(void)state;
	play_agreed(&offer);
	must(&officer, MOVE_APPLY_UPLIFT, &past, at("2026-05-20 10:00"));
	assert_int_equal(placement_agreement(played)->paid_from_day, on("2026-05-20"));
	must(&officer, MOVE_APPLY_UPLIFT, &coming, at("2026-05-21 10:00"));
	assert_int_equal(placement_agreement(played)->paid_from_day, on("2027-04-05"));
	assert_fee("2027-04-04", 2, 84294);
	assert_fee("2027-04-05", 3, 87506);
}

/* The rise that is owed from 6 April is paid from 8 June, whoever provides the care then. */
static void who_takes_over_is_paid_the_rise_as_agreed_and_none_of_the_days_before(void **state)
{
	struct confirm_start start = {.started_day = on("2026-03-30")};
	struct novate novate = {.provider = rival_provider,
				.from_day = on("2026-05-25"),
				.reason = SAID("The home is sold")};
	struct apply_uplift early = uplift_from("2026-05-24", WAGE_R, PRICES_R);
	struct consent_to_novation agreed;

	(void)state;
	play_uplifted();
	schema_clear(move_schema(MOVE_CONSENT_TO_NOVATION), &agreed);
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-05-20 11:00"));
	must(&officer, MOVE_NOVATE, &novate, at("2026-05-21 10:00"));
	must(&provider_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-05-22 10:00"));
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-05-26 10:00"));
	assert_fee("2026-05-25", 3, 84294);
	assert_int_equal(placement_agreement(played)->paid_from_day, on("2026-06-08"));
	refused_at(&officer, MOVE_APPLY_UPLIFT, &early, at("2026-05-27 10:00"), "uplift_covered",
		   "/figures/from");
}

static void one_from_that_day_or_later_stands_already(void **state)
{
	struct apply_uplift again = uplift_from("2026-04-06", WAGE_R, PRICES_R);
	struct apply_uplift before = uplift_from("2026-04-01", WAGE_R, PRICES_R);

	(void)state;
	play_uplifted();
	refused_at(&officer, MOVE_APPLY_UPLIFT, &again, at("2026-05-21 10:00"), "uplifted_once",
		   "/figures/from");
	refused_at(&officer, MOVE_APPLY_UPLIFT, &before, at("2026-05-21 10:00"), "uplifted_once",
		   "/figures/from");
}

static void what_the_method_leaves_out_is_refused_for_its_reason(void **state)
{
	struct make_offer offer = agreed_offer();
	struct apply_uplift early = uplift_from("2026-03-29", WAGE_R, PRICES_R);
	struct apply_uplift young = uplift_from("2026-09-29", WAGE_R, PRICES_R);
	struct apply_uplift bare = uplift_from("2026-09-30", WAGE_R, PRICES_R);
	struct apply_uplift twice = uplift_from("2026-09-30", WAGE_R, PRICES_R);
	struct apply_uplift backwards = uplift_from("2026-09-30", WAGE_R, PRICES_R);

	(void)state;
	offer.terms.uplift.not_within_months = 6;
	play_agreed(&offer);
	refused_at(&officer, MOVE_APPLY_UPLIFT, &early, at("2026-05-20 10:00"), "uplift_covered",
		   "/figures/from");
	refused_at(&officer, MOVE_APPLY_UPLIFT, &young, at("2026-05-20 10:00"), "too_young",
		   "/figures");
	bare.figures.rises.count = 1;
	refused(&officer, MOVE_APPLY_UPLIFT, &bare, at("2026-05-20 10:00"), "figure_missing");
	((struct index_rise *)twice.figures.rises.items)[1].index = COST_INDEX_NLW;
	refused(&officer, MOVE_APPLY_UPLIFT, &twice, at("2026-05-20 10:00"), "uplift_figures");
	backwards.paid_from_day = on("2026-09-29");
	refused_at(&officer, MOVE_APPLY_UPLIFT, &backwards, at("2026-05-20 10:00"), "paid_from",
		   "/paid_from");
	refused(&negotiator, MOVE_APPLY_UPLIFT, &young, at("2026-05-20 10:00"), "side");
}

static void its_age_is_the_agreements_through_every_uplift(void **state)
{
	struct make_offer offer = agreed_offer();
	struct apply_uplift first = uplift_from("2027-10-04", WAGE_R, PRICES_R);
	struct apply_uplift next = uplift_from("2028-04-03", WAGE_R, PRICES_R);

	(void)state;
	offer.terms.uplift.not_within_months = 18;
	play_agreed(&offer);
	must(&officer, MOVE_APPLY_UPLIFT, &first, at("2027-05-20 10:00"));
	must(&officer, MOVE_APPLY_UPLIFT, &next, at("2027-06-20 10:00"));
	assert_int_equal(placement_agreement(played)->terms->began_day, on("2026-03-30"));
}

static void without_a_method_it_is_a_variation(void **state)
{
	struct make_offer offer = offer_of(81200);
	struct apply_uplift uplift = uplift_from("2026-05-18", WAGE_R, PRICES_R);

	(void)state;
	play_agreed(&offer);
	refused(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-05-20 10:00"), "uplift_method");
	assert_true(strstr(last.refusal.sentence.at, "propose a variation"));
	assert_false(core_allows(arena, &world, played, &officer, MOVE_APPLY_UPLIFT,
				 at("2026-05-20 10:00")));
}

static void a_rise_ends_before_a_newer_version_begins(void **state)
{
	struct make_offer offer = agreed_offer(), varied = agreed_offer();
	struct apply_uplift uplift = uplift_from("2026-04-06", WAGE_R, PRICES_R);
	struct accept accept;
	struct sign sign;

	(void)state;
	play_agreed(&offer);
	varied.terms.start_day = on("2026-05-01");
	must(&officer, MOVE_PROPOSE_VARIATION, &varied, at("2026-04-20 10:00"));
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-04-21 10:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-22 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-22 11:00"));
	must(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-05-20 10:00"));
	assert_fee("2026-04-30", 3, 84294);
	assert_fee("2026-05-01", 2, 81200);
}

static void a_fall_is_an_offer_that_both_sign(void **state)
{
	struct make_offer offer = agreed_offer();
	struct apply_uplift fall = uplift_from("2026-04-06", -WAGE_R, 0);
	struct accept accept;
	struct sign sign;

	(void)state;
	play_agreed(&offer);
	must(&officer, MOVE_APPLY_UPLIFT, &fall, at("2026-05-20 10:00"));
	assert_int_equal(played->agreement_count, 1);
	assert_int_equal(placement_open_round(played)->kind, ROUND_UPLIFT);
	assert_null(newest(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER));
	assert_due(DUTY_RESPOND, SIDE_PROVIDER, "2026-05-28 17:00");
	assert_due(DUTY_OFFER_STANDS, SIDE_TIME, "2026-06-18 17:00");
	assert_int_equal(thread_open_offer(strand())->data->terms.weekly_p, 78746);
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-05-21 10:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-05-22 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-05-22 11:00"));
	assert_fee("2026-04-06", 2, 78746);
	assert_int_equal(placement_agreement(played)->basis, AGREEMENT_SIGNED);
	refused(&officer, MOVE_APPLY_UPLIFT, &fall, at("2026-05-23 10:00"), "uplifted_once");
}

static void a_fall_waits_for_the_round_that_is_open_and_a_rise_does_not(void **state)
{
	struct make_offer offer = agreed_offer();
	struct apply_uplift fall = uplift_from("2026-04-06", -WAGE_R, 0);
	struct apply_uplift rise = uplift_from("2026-04-06", WAGE_R, PRICES_R);
	struct challenge_uplift challenged = challenge();

	(void)state;
	play_agreed(&offer);
	must(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at("2026-05-20 10:00"));
	refused(&officer, MOVE_APPLY_UPLIFT, &fall, at("2026-05-20 11:00"), "fall_has_room");
	must(&officer, MOVE_APPLY_UPLIFT, &rise, at("2026-05-20 11:00"));
	assert_int_equal(owed(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER)->thread, 1);
	must(&negotiator, MOVE_CHALLENGE_UPLIFT, &challenged, at("2026-05-21 10:00"));
	assert_int_equal(played->round_count, 2); /* taken up in the one that is open */
	assert_state(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER, OBLIGATION_MET);
	assert_int_equal(last_fact()->thread, 2);
}

static void a_challenge_opens_a_round_and_the_rise_stands(void **state)
{
	struct challenge_uplift challenged = challenge();
	struct make_offer offer = agreed_offer();
	const struct challenge_uplift *data;

	(void)state;
	play_uplifted();
	must(&negotiator, MOVE_CHALLENGE_UPLIFT, &challenged, at("2026-06-11 16:59"));
	data = last_fact()->data;
	assert_int_equal(data->version, 2);
	assert_int_equal(placement_open_round(played)->kind, ROUND_UPLIFT);
	assert_state(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER, OBLIGATION_MET);
	assert_due(DUTY_ROUND_STANDS, SIDE_TIME, "2026-07-09 17:00");
	assert_fee("2026-06-12", 2, 84294);
	refused(&negotiator, MOVE_CHALLENGE_UPLIFT, &challenged, at("2026-06-11 17:00"),
		"right_to_challenge");
	((struct fee_line *)offer.terms.lines.items)->rate_r = 8600000;
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-06-15 10:00"));
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-06-22 17:00");
	assert_fee("2026-06-15", 2, 84294);
}

static void a_challenge_left_alone_ends_its_round_and_nothing_else(void **state)
{
	struct challenge_uplift challenged = challenge();

	(void)state;
	play_uplifted();
	must(&negotiator, MOVE_CHALLENGE_UPLIFT, &challenged, at("2026-06-01 10:00"));
	settle(at("2026-06-29 17:01"));
	assert_null(placement_open_round(played));
	assert_int_equal(played->stage, STAGE_IN_FORCE);
	assert_fee("2026-06-30", 2, 84294);
}

static void a_challenge_made_by_telephone_is_entered_for_the_provider(void **state)
{
	static const struct said call = {SIDE_PROVIDER, {NO_INT, TEXT("Call 12")}};
	struct challenge_uplift challenged = challenge();

	(void)state;
	play_uplifted();
	saying = &call;
	must(&officer, MOVE_CHALLENGE_UPLIFT, &challenged, at("2026-06-01 10:00"));
	assert_state(DUTY_CHALLENGE_UPLIFT, SIDE_PROVIDER, OBLIGATION_MET);
	assert_int_equal(placement_open_round(played)->kind, ROUND_UPLIFT);
}

/* Quality is worked again of the new fee, and each payer's part. */
static void payers_and_quality_follow_the_new_fee(void **state)
{
	static struct quality_band bands[] = {{0, 0, NO_INT}, {4 * 10000, 50000, NO_INT}};
	static struct funding_part parts[] = {{FUNDER_PERSON, 15000, NO_INT, NO_INT, {{0}}},
					      {FUNDER_NHS, NO_INT, 250000, NO_INT, {{0}}},
					      {FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT, {{0}}}};
	struct make_offer offer = agreed_offer();
	struct apply_uplift uplift = uplift_from("2026-04-06", WAGE_R, PRICES_R);
	const struct funding_part *part;
	const struct terms *terms;

	(void)state;
	offer.terms.quality.bands = LIST_OF(bands);
	offer.terms.quality.score_r = 5 * 10000;
	offer.terms.funding = LIST_OF(parts);
	play_agreed(&offer);
	must(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-05-20 10:00"));
	terms = placement_agreement(played)->terms;
	part = terms->funding.items;
	assert_int_equal(part[0].pays_p, 15000);
	assert_int_equal(part[1].pays_p, 21074); /* 21,073.5 */
	assert_int_equal(part[2].pays_p, 84294 - 15000 - 21074);
	assert_int_equal(terms->quality.band_p, 4215);
	assert_int_equal(terms->quality.payable_p, 84294 + 4215);
	assert_int_equal(agreement_on(played, on("2026-04-05"))->terms->quality.band_p, 4060);
}

/* ---- extension ---- */

/* 3 + 1 + 1: to 29 March 2029, then twice by a year, where the home scores 4. */
static struct make_offer extendable(void)
{
	struct make_offer offer = agreed_offer();

	offer.terms.end_day = on("2029-03-29");
	offer.terms.extension = (struct extension_terms){12, 2, 40000};
	offer.terms.quality.score_r = 40000;
	return offer;
}

static void sign_extension(const char *day, const char *to)
{
	struct make_offer offer = extendable();
	struct accept accept;
	struct sign sign;

	offer.terms.start_day = placement_agreement(played)->terms->end_day + 1;
	offer.terms.end_day = on(to);
	must(&officer, MOVE_PROPOSE_EXTENSION, &offer, at(day));
	assert_int_equal(placement_open_round(played)->kind, ROUND_EXTENSION);
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at(day));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at(day));
	must(&provider_signatory, MOVE_SIGN, &sign, at(day));
}

static void an_agreement_is_extended_as_often_as_it_says(void **state)
{
	struct confirm_start start = {.started_day = on("2026-03-30")};
	struct make_offer offer = extendable();

	(void)state;
	play_agreed(&offer);
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-04-15 10:00"));
	sign_extension("2028-01-10 10:00", "2030-03-29");
	assert_int_equal(placement_agreement(played)->terms->end_day, on("2030-03-29"));
	sign_extension("2028-02-10 10:00", "2031-03-29");
	assert_int_equal(placement_agreement(played)->terms->end_day, on("2031-03-29"));
	offer.terms.end_day = on("2032-03-29");
	refused(&officer, MOVE_PROPOSE_EXTENSION, &offer, at("2028-03-10 10:00"), "extension_left");
}

static void an_extension_asks_for_the_score_and_the_day(void **state)
{
	struct make_offer offer = extendable();

	(void)state;
	play_agreed(&offer);
	offer.terms.end_day = NO_DAY;
	refused_at(&negotiator, MOVE_PROPOSE_EXTENSION, &offer, at("2028-01-10 10:00"),
		   "extension_left", "/terms/end");
	offer.terms.end_day = on("2031-03-29");
	refused_at(&negotiator, MOVE_PROPOSE_EXTENSION, &offer, at("2028-01-10 10:00"),
		   "extension_left", "/terms/end");
	offer.terms.end_day = on("2030-03-29");
	offer.terms.quality.score_r = 39999;
	refused_at(&negotiator, MOVE_PROPOSE_EXTENSION, &offer, at("2028-01-10 10:00"),
		   "extension_left", "/terms/quality/score");
	offer.terms.quality.score_r = 40000;
	must(&negotiator, MOVE_PROPOSE_EXTENSION, &offer, at("2028-01-10 10:00"));
	assert_int_equal(thread_open_offer(strand())->data->terms.end_day, on("2030-03-29"));
}

static void without_a_clause_there_is_no_extension(void **state)
{
	struct make_offer offer = agreed_offer(), strange = agreed_offer();

	(void)state;
	play_agreed(&offer);
	refused(&officer, MOVE_PROPOSE_EXTENSION, &offer, at("2028-01-10 10:00"), "extension_left");
	strange.terms.extension = (struct extension_terms){12, 2, NO_INT};
	refused_at(&officer, MOVE_PROPOSE_VARIATION, &strange, at("2028-01-10 10:00"),
		   "terms_sound", "/terms/extension");
	strange.terms.end_day = on("2026-03-29");
	refused_at(&officer, MOVE_PROPOSE_VARIATION, &strange, at("2028-01-10 10:00"),
		   "terms_sound", "/terms/end");
}

static void terms_without_the_new_members_keep_their_digest(void **state)
{
	struct make_offer offer = agreed_offer();
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	schema_write(&w, &terms_schema, &offer.terms, AUDIENCE_FACT);
	assert_null(strstr(text_cstr(arena, writer_text(&w)), "extension"));
	assert_null(strstr(text_cstr(arena, writer_text(&w)), "\"end\""));
	assert_null(strstr(text_cstr(arena, writer_text(&w)), "began"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_rise_is_the_next_version_at_once),
		TEST(nobody_answers_and_that_is_no_miss),
		TEST(it_is_paid_from_the_day_recorded_or_the_day_it_is_from),
		TEST(who_takes_over_is_paid_the_rise_as_agreed_and_none_of_the_days_before),
		TEST(one_from_that_day_or_later_stands_already),
		TEST(what_the_method_leaves_out_is_refused_for_its_reason),
		TEST(its_age_is_the_agreements_through_every_uplift),
		TEST(without_a_method_it_is_a_variation),
		TEST(a_rise_ends_before_a_newer_version_begins),
		TEST(a_fall_is_an_offer_that_both_sign),
		TEST(a_fall_waits_for_the_round_that_is_open_and_a_rise_does_not),
		TEST(a_challenge_opens_a_round_and_the_rise_stands),
		TEST(a_challenge_left_alone_ends_its_round_and_nothing_else),
		TEST(a_challenge_made_by_telephone_is_entered_for_the_provider),
		TEST(payers_and_quality_follow_the_new_fee),
		TEST(an_agreement_is_extended_as_often_as_it_says),
		TEST(an_extension_asks_for_the_score_and_the_day),
		TEST(without_a_clause_there_is_no_extension),
		TEST(terms_without_the_new_members_keep_their_digest),
	};

	return cmocka_run_group_tests_name("uplifting", tests, NULL, NULL);
}
