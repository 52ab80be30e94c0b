/* test_home.c - a home's records: who raises and answers, what is owed and by when, who is told. */
#include "versions.h"

#include "concordat/core/home.h"

#define AT(day, hour) london_instant(day_of(2026, 4, day), hour, 0)
#define FLAG_ID(n) ((struct uuid){{9, [15] = (uint8_t)n}})

static struct home_record *north, *south;
static struct home_world there; /* two residents */
static struct refusal last_refusal;
static const struct uuid home_id = {{7}}, north_id = {{1}}, south_id = {{2}}, provider_id = {{3}};

static struct actor officer_of(struct uuid whose)
{
	return (struct actor){{{4}}, whose, SIDE_COMMISSIONER, BIT(ROLE_CASE_OFFICER)};
}

static struct actor their_negotiator(void)
{
	return (struct actor){{{4}}, provider_id, SIDE_PROVIDER, BIT(ROLE_NEGOTIATOR)};
}

static int home_set_up(void **state)
{
	int failed = set_up(state);

	north = home_record_new(arena, north_id, home_id);
	south = home_record_new(arena, south_id, home_id);
	there = (struct home_world){.of = &world, .resident_count = 2, .new_id = FLAG_ID(1)};
	return failed;
}
#define HOME_TEST(name) cmocka_unit_test_setup_teardown(name, home_set_up, tear_down)

static struct home_data said(void)
{
	struct home_data data;

	schema_clear(&home_data_schema, &data);
	return data;
}

static struct home_data flag_at(enum flag_level level)
{
	struct home_data data = said();

	data.level = (int32_t)level;
	data.reason = FLAG_STAFFING;
	data.detail = SAID("Nights were short of staff");
	return data;
}

static const struct home_fact *moves(struct home_record *record, struct actor actor,
				     enum home_move move, struct home_data data, int64_t at_us)
{
	const struct home_asked asked = {move, &data};
	const struct home_fact *fact =
		home_decide(arena, &there, record, &actor, &asked, at_us, &last_refusal);

	if (fact)
		assert_true(home_apply(record, fact));
	return fact;
}

static void refuses(struct home_record *record, struct actor actor, enum home_move move,
		    struct home_data data, int64_t at_us, const char *rule, const char *pointer)
{
	int32_t before = record->seq;

	assert_null(moves(record, actor, move, data, at_us));
	assert_string_equal(last_refusal.rule, rule);
	assert_true(text_is(last_refusal.pointer, pointer));
	assert_int_equal(record->seq, before);
}

static const struct obligation *duty_of(const struct home_record *record, enum duty duty,
					size_t nth)
{
	for (size_t i = 0; i < record->owed_count; i++)
		if (record->owed[i].due.duty == duty && nth-- == 0)
			return &record->owed[i].due;
	fail_msg("%s is not owed", duty_names[duty]);
	return NULL;
}

static void assert_owed(const struct obligation *o, enum side by, int32_t day)
{
	assert_int_equal(o->state, OBLIGATION_OPEN);
	assert_int_equal(o->owed_by, by);
	assert_int_equal(o->due_day, day);
	assert_int_equal(o->due_at_us, london_instant(day, 17, 0));
}

/* How many entries time makes. */
static size_t settles(struct home_record *record, int64_t at_us)
{
	struct home_fact *fact;
	size_t count = 0;

	while ((fact = home_due(arena, &there, record, at_us + (int64_t)count))) {
		assert_true(home_apply(record, fact));
		count++;
	}
	return count;
}

/* ---- what is owed ---- */

/* Wednesday 1 April 2026; Good Friday is the 3rd and Easter Monday the 6th. */
static void amber_owes_a_plan_in_ten_working_days_and_help_in_three(void **state)
{
	(void)state;
	assert_non_null(moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_AMBER),
			      AT(1, 10)));
	assert_int_equal(north->owed_count, 3);
	assert_owed(duty_of(north, DUTY_ANSWER_FLAG, 0), SIDE_PROVIDER, day_of(2026, 4, 10));
	assert_owed(duty_of(north, DUTY_IMPROVEMENT_PLAN, 0), SIDE_PROVIDER, day_of(2026, 4, 17));
	assert_owed(duty_of(north, DUTY_OFFER_HELP, 0), SIDE_COMMISSIONER, day_of(2026, 4, 8));
	assert_int_equal(home_level(north), FLAG_AMBER);
}

static void red_owes_a_plan_in_three_and_an_answer_in_two(void **state)
{
	(void)state;
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 10));
	assert_owed(duty_of(north, DUTY_IMPROVEMENT_PLAN, 0), SIDE_PROVIDER, day_of(2026, 4, 8));
	assert_owed(duty_of(north, DUTY_ANSWER_FLAG, 0), SIDE_PROVIDER, day_of(2026, 4, 7));
}

static void the_authoritys_protocol_sets_the_times(void **state)
{
	struct protocol own = *world.protocol;
	struct world of = world;

	(void)state;
	own.timescales[DUTY_OFFER_HELP].by_urgency[URGENCY_ORDINARY].count = 1;
	of.protocol = &own;
	there.of = &of;
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_AMBER), AT(1, 10));
	assert_owed(duty_of(north, DUTY_OFFER_HELP, 0), SIDE_COMMISSIONER, day_of(2026, 4, 2));
}

static void what_is_not_done_in_time_is_recorded_once_and_stays_due(void **state)
{
	const struct obligation *answer;

	(void)state;
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 10));
	assert_int_equal(settles(north, AT(7, 17)), 0);
	assert_int_equal(settles(north, AT(7, 17) + 1), 1);
	assert_int_equal(settles(north, AT(8, 10)), 0);
	answer = duty_of(north, DUTY_ANSWER_FLAG, 0);
	assert_int_equal(answer->missed_at_us, AT(7, 17));
	assert_int_equal(answer->state, OBLIGATION_OPEN);
	assert_int_equal(north->facts[1]->occurred_at_us, AT(7, 17));
	assert_int_equal(settles(north, AT(9, 10)), 2); /* the plan and the help */
}

static void a_newer_calendar_moves_what_is_open(void **state)
{
	(void)state;
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_AMBER), AT(1, 10));
	calendar_adds(day_of(2026, 4, 9), TEXT("A day of rest"));
	assert_int_equal(settles(north, AT(2, 10)), 1);
	assert_owed(duty_of(north, DUTY_ANSWER_FLAG, 0), SIDE_PROVIDER, day_of(2026, 4, 13));
	assert_owed(duty_of(north, DUTY_OFFER_HELP, 0), SIDE_COMMISSIONER, day_of(2026, 4, 8));
	assert_int_equal(settles(north, AT(2, 11)), 0);
}

static void another_level_releases_what_the_last_one_owed(void **state)
{
	(void)state;
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 10));
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_AMBER), AT(2, 10));
	assert_int_equal(duty_of(north, DUTY_IMPROVEMENT_PLAN, 0)->state, OBLIGATION_RELEASED);
	assert_int_equal(duty_of(north, DUTY_IMPROVEMENT_PLAN, 1)->state, OBLIGATION_OPEN);
	assert_true(uuid_eq(north->flags[0].id, FLAG_ID(1)));
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_GREEN), AT(7, 10));
	assert_int_equal(duty_of(north, DUTY_IMPROVEMENT_PLAN, 1)->state, OBLIGATION_RELEASED);
	assert_int_equal(north->flag_count, 0);
	assert_int_equal(home_level(north), FLAG_GREEN);
}

static void what_is_done_after_its_instant_is_met_late(void **state)
{
	struct home_data plan = said(), help = said();

	(void)state;
	plan.plan = SAID("Two more on nights from May");
	plan.on_day = day_of(2026, 5, 4);
	help.help = SAID("A nurse from the council's team");
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 10));
	assert_non_null(moves(north, officer_of(north_id), HOME_OFFER_HELP, help, AT(8, 17)));
	assert_int_equal(duty_of(north, DUTY_OFFER_HELP, 0)->state, OBLIGATION_MET);
	assert_non_null(moves(north, their_negotiator(), HOME_FILE_PLAN, plan, AT(8, 18)));
	assert_int_equal(duty_of(north, DUTY_IMPROVEMENT_PLAN, 0)->state, OBLIGATION_MET_LATE);
	assert_true(text_is(north->plan->plan.text, "Two more on nights from May"));
}

static void a_home_is_about_no_one_person(void **state)
{
	struct home_data flag = flag_at(FLAG_RED);

	(void)state;
	flag.detail = SAID("See pl-1000047-P");
	refuses(north, officer_of(north_id), HOME_RAISE_FLAG, flag, AT(1, 10), "about_the_home",
		"/detail");
}

static void a_date_past_the_calendar_is_refused(void **state)
{
	(void)state;
	refuses(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_AMBER),
		london_instant(day_of(2028, 12, 29), 10, 0), "calendar_runs_out", "");
}

/* ---- who may ---- */

static void a_level_changes_and_is_said_why(void **state)
{
	struct home_data bare = flag_at(FLAG_AMBER);

	(void)state;
	bare.detail = (struct personal){0};
	refuses(north, officer_of(north_id), HOME_RAISE_FLAG, bare, AT(1, 10), "reason_given",
		"/detail");
	bare.reason = NO_ENUM;
	refuses(north, officer_of(north_id), HOME_RAISE_FLAG, bare, AT(1, 10), "reason_given",
		"/reason");
	refuses(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_GREEN), AT(1, 10),
		"flag_changes", "/level");
}

static void a_provider_raises_its_own_and_only_higher_and_where_somebody_lives(void **state)
{
	(void)state;
	assert_non_null(
		moves(north, their_negotiator(), HOME_RAISE_FLAG, flag_at(FLAG_AMBER), AT(1, 10)));
	assert_int_not_equal(home_own_flag(north)->answered_at_us, NEVER_US);
	refuses(north, their_negotiator(), HOME_RAISE_FLAG, flag_at(FLAG_GREEN), AT(1, 11),
		"flag_raised_higher", "/level");
	assert_non_null(
		moves(north, their_negotiator(), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 12)));
	refuses(north, their_negotiator(), HOME_RAISE_FLAG, flag_at(FLAG_AMBER), AT(1, 13),
		"flag_raised_higher", "/level");
	there.resident_count = 0;
	refuses(south, their_negotiator(), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 14),
		"places_there", "/authority");
}

static void each_side_and_role_has_its_own_moves(void **state)
{
	struct actor auditor = officer_of(north_id), signer = their_negotiator();
	struct home_data score = said();

	(void)state;
	score.on_day = day_of(2026, 4, 1);
	auditor.roles = BIT(ROLE_AUDITOR);
	signer.roles = BIT(ROLE_SIGNATORY);
	refuses(north, their_negotiator(), HOME_SCORE_QUALITY, score, AT(1, 10), "side", "/move");
	refuses(north, auditor, HOME_SCORE_QUALITY, score, AT(1, 10), "role", "/move");
	refuses(north, officer_of(north_id), HOME_SCORE_QUALITY, score, AT(1, 10), "score_given",
		"/score");
	score.score_r = 875000;
	score.on_day = day_of(2026, 4, 2);
	refuses(north, officer_of(north_id), HOME_SCORE_QUALITY, score, AT(1, 10), "day_has_come",
		"/on");
	assert_non_null(moves(north, officer_of(north_id), HOME_SCORE_QUALITY, score, AT(2, 10)));
	assert_int_equal(home_score_on(north, INT32_MAX).score_r, 875000);
	refuses(north, their_negotiator(), HOME_ANSWER_FLAG, said(), AT(2, 11), "flag_is_up",
		"/move");
	refuses(north, officer_of(north_id), HOME_OFFER_HELP, said(), AT(2, 11), "flag_is_up",
		"/move");
	refuses(north, signer, HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(2, 11), "role", "/move");
	assert_true(home_allows(
		arena, &there, north,
		&(struct actor){{{4}}, provider_id, SIDE_PROVIDER, BIT(ROLE_NEGOTIATOR)},
		HOME_RAISE_FLAG, AT(2, 11)));
	assert_false(home_allows(arena, &there, north, &auditor, HOME_RAISE_FLAG, AT(2, 11)));
}

/* ---- other authorities ---- */

static const struct home_fact *tells(struct home_record *to, const struct home_record *from,
				     int64_t at_us)
{
	const struct home_fact *fact = home_untold(arena, &there, to, from, at_us);

	if (fact)
		assert_true(home_apply(to, fact));
	return fact;
}

static void others_are_told_once_it_is_answered_and_only_once(void **state)
{
	struct home_data answer = said();
	const struct home_fact *told;

	(void)state;
	answer.answer = SAID("Agency staff are in place");
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 10));
	assert_null(tells(south, north, AT(1, 11)));
	assert_non_null(moves(north, their_negotiator(), HOME_ANSWER_FLAG, answer, AT(1, 12)));
	refuses(north, their_negotiator(), HOME_ANSWER_FLAG, answer, AT(1, 13), "flag_waits",
		"/move");
	told = tells(south, north, AT(1, 14));
	assert_non_null(told);
	assert_true(uuid_is_zero(told->actor.organisation));
	assert_true(text_is(told->data.answer.text, "Agency staff are in place"));
	assert_int_equal(told->opens.count, 0); /* answer, plan and help are north's */
	assert_int_equal(home_level(south), FLAG_RED);
	assert_null(tells(south, north, AT(1, 15)));
	assert_null(tells(north, south, AT(1, 15)));
}

static void a_silent_provider_keeps_nobody_from_being_told(void **state)
{
	(void)state;
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 10));
	settles(north, AT(7, 18));
	assert_non_null(tells(south, north, AT(7, 19)));
	assert_int_equal(home_level(south), FLAG_RED);
}

static void who_has_nobody_there_is_not_told(void **state)
{
	(void)state;
	moves(north, their_negotiator(), HOME_RAISE_FLAG, flag_at(FLAG_AMBER), AT(1, 10));
	there.resident_count = 0;
	assert_null(tells(south, north, AT(1, 11)));
}

static void a_higher_level_waits_for_its_own_answer_and_green_follows_at_once(void **state)
{
	(void)state;
	moves(north, their_negotiator(), HOME_RAISE_FLAG, flag_at(FLAG_AMBER), AT(1, 10));
	assert_non_null(tells(south, north, AT(1, 11)));
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 12));
	assert_null(tells(south, north, AT(1, 13)));
	assert_int_equal(home_level(south), FLAG_AMBER);
	moves(north, officer_of(north_id), HOME_RAISE_FLAG, flag_at(FLAG_GREEN), AT(2, 10));
	there.resident_count = 0; /* who was told is told of the end */
	assert_non_null(tells(south, north, AT(2, 11)));
	assert_int_equal(home_level(south), FLAG_GREEN);
	assert_null(tells(south, north, AT(2, 12)));
}

static void a_flag_of_ones_own_stands_beside_one_that_was_told(void **state)
{
	(void)state;
	moves(north, their_negotiator(), HOME_RAISE_FLAG, flag_at(FLAG_RED), AT(1, 10));
	tells(south, north, AT(1, 11));
	there.new_id = FLAG_ID(2);
	assert_non_null(moves(south, officer_of(south_id), HOME_RAISE_FLAG, flag_at(FLAG_AMBER),
			      AT(1, 12)));
	assert_int_equal(south->flag_count, 2);
	assert_int_equal(home_level(south), FLAG_RED);
	assert_int_equal(home_own_flag(south)->level, FLAG_AMBER);
	assert_null(tells(north, south, AT(1, 13)));
}

/* ---- the fold ---- */

static void how_a_resident_was_found_to_be_is_the_authoritys_own(void **state)
{
	struct home_fact fact = {.kind = HOME_CHECKED};

	(void)state;
	assert_true(home_fact_visible(&fact, SIDE_COMMISSIONER));
	assert_false(home_fact_visible(&fact, SIDE_PROVIDER));
	fact.kind = HOME_HELP_OFFERED;
	assert_true(home_fact_visible(&fact, SIDE_PROVIDER));
}

static void a_gap_or_an_answer_to_nothing_is_not_folded(void **state)
{
	struct home_fact fact;

	(void)state;
	schema_clear(&home_fact_schema, &fact);
	fact.seq = 2;
	fact.kind = HOME_SCORED;
	fact.recorded_at_us = AT(1, 10);
	assert_false(home_apply(north, &fact));
	fact.seq = 1;
	fact.kind = HOME_FLAG_ANSWERED;
	assert_false(home_apply(north, &fact));
	fact.kind = HOME_SCORED;
	assert_true(home_apply(north, &fact));
}

static void a_body_is_canonical(void **state)
{
	struct home_data score = said();
	const struct home_fact *fact;

	(void)state;
	score.score_r = 875000;
	score.tier = TEXT("gold");
	score.on_day = day_of(2026, 4, 1);
	fact = moves(north, officer_of(north_id), HOME_SCORE_QUALITY, score, AT(1, 10));
	assert_string_equal(
		text_cstr(arena, home_fact_body(arena, fact)),
		"{\"actor\":{\"organisation\":\"01000000-0000-0000-0000-000000000000\",\"side\":"
		"\"commissioner\",\"user\":\"04000000-0000-0000-0000-000000000000\"},\"data\":{"
		"\"on\":\"2026-04-01\",\"score\":\"87.50\",\"tier\":\"gold\"},\"kind\":"
		"\"quality_scored\",\"occurred_at\":\"2026-04-01T09:00:00Z\",\"protocol\":"
		"\"standard/1\",\"v\":1}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(amber_owes_a_plan_in_ten_working_days_and_help_in_three),
		HOME_TEST(red_owes_a_plan_in_three_and_an_answer_in_two),
		HOME_TEST(the_authoritys_protocol_sets_the_times),
		HOME_TEST(what_is_not_done_in_time_is_recorded_once_and_stays_due),
		HOME_TEST(a_newer_calendar_moves_what_is_open),
		HOME_TEST(a_home_is_about_no_one_person),
		HOME_TEST(a_silent_provider_keeps_nobody_from_being_told),
		HOME_TEST(another_level_releases_what_the_last_one_owed),
		HOME_TEST(what_is_done_after_its_instant_is_met_late),
		HOME_TEST(a_date_past_the_calendar_is_refused),
		HOME_TEST(a_level_changes_and_is_said_why),
		HOME_TEST(a_provider_raises_its_own_and_only_higher_and_where_somebody_lives),
		HOME_TEST(each_side_and_role_has_its_own_moves),
		HOME_TEST(others_are_told_once_it_is_answered_and_only_once),
		HOME_TEST(who_has_nobody_there_is_not_told),
		HOME_TEST(a_higher_level_waits_for_its_own_answer_and_green_follows_at_once),
		HOME_TEST(a_flag_of_ones_own_stands_beside_one_that_was_told),
		HOME_TEST(how_a_resident_was_found_to_be_is_the_authoritys_own),
		HOME_TEST(a_gap_or_an_answer_to_nothing_is_not_folded),
		HOME_TEST(a_body_is_canonical),
	};

	return cmocka_run_group_tests_name("home", tests, NULL, NULL);
}
