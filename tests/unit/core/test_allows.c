/* test_allows.c - what is allowed is what some request of it would be accepted: no more, no less.
 */
#include "world.h"

static bool allowed(const struct actor *who, enum move move, const char *wall)
{
	settle(at(wall));
	return core_allows(arena, &world, played, who, move, after_the_last(at(wall)));
}

static void an_offer_above_the_limit_cannot_be_accepted_so_it_is_not_offered(void **state)
{
	struct make_offer within = offer_of(165000);

	(void)state;
	play_offered();
	assert_false(allowed(&officer, MOVE_ACCEPT, "2026-04-10 10:00"));
	assert_true(allowed(&officer, MOVE_REJECT, "2026-04-10 10:00"));
	must(&negotiator, MOVE_WITHDRAW_OFFER, &(struct withdraw_offer){.number = NO_INT},
	     at("2026-04-10 11:00"));
	must(&negotiator, MOVE_MAKE_OFFER, &within, at("2026-04-10 12:00"));
	assert_true(allowed(&officer, MOVE_ACCEPT, "2026-04-10 13:00"));
}

static void more_time_is_agreed_to_only_where_it_was_asked_for(void **state)
{
	struct change_timescale more = {
		.n = 1, .more = 3, .reason = SAID("Illness"), .number = NO_INT, .side = NO_ENUM};

	(void)state;
	play_offered();
	assert_false(allowed(&negotiator, MOVE_CONSENT_TO_TIMESCALE, "2026-04-10 10:00"));
	assert_false(allowed(&negotiator, MOVE_REMOVE_EXTENSION, "2026-04-10 10:00"));
	assert_true(allowed(&officer, MOVE_CHANGE_TIMESCALE, "2026-04-10 10:00"));
	more.entry = owed(DUTY_RESPOND, SIDE_COMMISSIONER)->entry;
	must(&officer, MOVE_CHANGE_TIMESCALE, &more, at("2026-04-10 10:00"));
	assert_true(allowed(&negotiator, MOVE_CONSENT_TO_TIMESCALE, "2026-04-10 11:00"));
	assert_false(allowed(&officer, MOVE_CONSENT_TO_TIMESCALE, "2026-04-10 11:00"));
	must(&negotiator, MOVE_CONSENT_TO_TIMESCALE, &(struct consent_to_timescale){1},
	     at("2026-04-10 12:00"));
	assert_true(allowed(&officer, MOVE_REMOVE_EXTENSION, "2026-04-10 13:00"));
}

static void nothing_is_put_off_where_nothing_is_due_in_time(void **state)
{
	(void)state;
	play_offered();
	/* the reply is overdue, and what merely runs out is nobody's to put off */
	assert_false(allowed(&officer, MOVE_CHANGE_TIMESCALE, "2026-04-20 10:00"));
}

static void only_what_the_other_side_recorded_can_be_disputed(void **state)
{
	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_false(allowed(&officer, MOVE_DISPUTE_ENTRY, "2026-04-01 11:00"));
	assert_true(allowed(&negotiator, MOVE_DISPUTE_ENTRY, "2026-04-01 11:00"));
}

static void sign_by_both(const char *accepted, const char *signed_at)
{
	const struct actor *answers = last_fact()->side == SIDE_PROVIDER ? &officer : &negotiator;
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct accept accept = acceptance();
	struct sign sign;

	must(answers, MOVE_ACCEPT, &accept, at(accepted));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at(accepted));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at(signed_at));
	must(&provider_signatory, MOVE_SIGN, &sign, at(signed_at));
}

/* The next version, from September, names none: until then the first still does. */
static void a_fee_is_uplifted_while_a_version_that_names_a_method_covers_a_day(void **state)
{
	static struct index_rise rises[] = {{.index = COST_INDEX_NLW, .percent_r = 41000}};
	static const struct uplift_weight weights[] = {{COST_INDEX_NLW, 1000000}};
	struct make_offer first = offer_of(165000), next = offer_of(164000);
	struct apply_uplift uplift;

	(void)state;
	first.terms.uplift.basis = UPLIFT_WEIGHTED;
	first.terms.uplift.weights = LIST_OF(weights);
	next.terms.start_day = on("2026-09-07");
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &first, at("2026-04-09 10:00"));
	sign_by_both("2026-04-10 10:00", "2026-04-13 10:00");
	must(&negotiator, MOVE_PROPOSE_VARIATION, &next, at("2026-05-11 10:00"));
	sign_by_both("2026-05-12 10:00", "2026-05-13 10:00");
	schema_clear(move_schema(MOVE_APPLY_UPLIFT), &uplift);
	uplift.figures.from_day = on("2026-06-01");
	uplift.figures.rises = LIST_OF(rises);
	assert_true(allowed(&officer, MOVE_APPLY_UPLIFT, "2026-05-14 10:00"));
	must(&officer, MOVE_APPLY_UPLIFT, &uplift, at("2026-05-14 10:00"));
}

static void no_fee_is_uplifted_where_every_version_that_named_a_method_is_replaced(void **state)
{
	static const struct uplift_weight weights[] = {{COST_INDEX_NLW, 1000000}};
	struct make_offer first = offer_of(165000), next = offer_of(164000);

	(void)state;
	first.terms.uplift.basis = UPLIFT_WEIGHTED;
	first.terms.uplift.weights = LIST_OF(weights);
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &first, at("2026-04-09 10:00"));
	sign_by_both("2026-04-10 10:00", "2026-04-13 10:00");
	must(&negotiator, MOVE_PROPOSE_VARIATION, &next, at("2026-05-11 10:00"));
	sign_by_both("2026-05-12 10:00", "2026-05-13 10:00");
	assert_false(allowed(&officer, MOVE_APPLY_UPLIFT, "2026-05-14 10:00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_offer_above_the_limit_cannot_be_accepted_so_it_is_not_offered),
		TEST(more_time_is_agreed_to_only_where_it_was_asked_for),
		TEST(nothing_is_put_off_where_nothing_is_due_in_time),
		TEST(only_what_the_other_side_recorded_can_be_disputed),
		TEST(a_fee_is_uplifted_while_a_version_that_names_a_method_covers_a_day),
		TEST(no_fee_is_uplifted_where_every_version_that_named_a_method_is_replaced),
	};

	return cmocka_run_group_tests_name("allows", tests, NULL, NULL);
}
