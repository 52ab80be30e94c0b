/*
 * test_view.c - what each party sees of one placement, and what it must never see.
 *
 * The placement is folded from facts made by hand. Whatever one side must not see holds a word that
 * stands nowhere else (CANARY), so that a leak through any member at all is found.
 */
#include <cmocka.h>
#include <string.h>

#include "app/view.h"
#include "concordat/app/parts.h"
#include "concordat/core/protocol.h"
#include "concordat/wire/document.h"

#define START_US INT64_C(1775120400000000) /* Thursday 2 April 2026, 09:00 UTC */
#define LIMIT_P 98765432

struct world_of_test {
	struct arena *arena;
	struct placement *placement;
	struct authority_settings authority;
	struct calendar calendar;
	int32_t seq;
};

static const struct uuid authority_id = {{1}}, placement_id = {{2}}, person_id = {{3}},
			 rival_id = {{4}}, provider_id = {{5}}, officer_id = {{6}};

static struct personal said(const char *words)
{
	return (struct personal){.text = text_of(words)};
}

static void *fresh(struct world_of_test *t, enum move move)
{
	void *data = arena_alloc(t->arena, move_schema(move)->size);

	schema_clear(move_schema(move), data);
	return data;
}

static struct fact *record(struct world_of_test *t, enum move move, enum side side, int64_t thread,
			   const void *data)
{
	struct fact *fact = arena_make(t->arena, struct fact);

	*fact = (struct fact){
		.seq = ++t->seq,
		.kind = (enum fact_kind)move,
		.recorded_at_us = START_US + t->seq * US_PER_HOUR,
		.occurred_at_us = START_US + t->seq * US_PER_HOUR,
		.user = officer_id,
		.organisation = side == SIDE_COMMISSIONER ? authority_id : provider_id,
		.side = (int32_t)side,
		.on_behalf_of = NO_ENUM,
		.protocol = TEXT("standard/1"),
		.round = 1,
		.thread = thread,
		.data = data,
	};
	return fact;
}

static void apply(struct world_of_test *t, const struct fact *fact)
{
	assert_true(placement_apply(t->placement, fact));
}

static void owe(struct world_of_test *t, struct fact *fact, enum duty duty, enum side owed_by,
		int64_t thread, int64_t due_at_us)
{
	struct opened *opened = arena_make(t->arena, struct opened);

	*opened = (struct opened){
		.n = 1,
		.duty = duty,
		.owed_by = owed_by,
		.thread = thread,
		.subject = NO_INT,
		.unit = UNIT_WORKING_DAYS,
		.count = 5,
		.roll = ROLL_NONE,
		.anchor_us = fact->recorded_at_us,
		.calendar_version = 1,
		.due_at_us = due_at_us,
		.nominal_day = london_day(due_at_us),
		.due_day = london_day(due_at_us),
	};
	fact->opens = (struct list){opened, 1};
}

static void open_it(struct world_of_test *t)
{
	struct open_placement *opening = fresh(t, MOVE_OPEN_PLACEMENT);
	struct funding_part *funding = arena_make(t->arena, struct funding_part);

	opening->person_name = said("CANARY-NAME");
	opening->person_initials = said("R.T.");
	opening->date_of_birth = said("CANARY-BIRTH");
	opening->case_reference = TEXT("CANARY-CASE");
	opening->care_setting = CARE_RESIDENTIAL;
	opening->urgency = URGENCY_ORDINARY;
	opening->wanted_start_day = day_of(2026, 6, 1);
	*funding = (struct funding_part){FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT};
	opening->funding = (struct list){funding, 1};
	opening->reference = TEXT("PL-1000047-P");
	opening->person = person_id;
	apply(t, record(t, MOVE_OPEN_PLACEMENT, SIDE_COMMISSIONER, 0, opening));
}

static void describe(struct world_of_test *t)
{
	struct describe_needs *needs = fresh(t, MOVE_DESCRIBE_NEEDS);
	struct need *need = arena_make(t->arena, struct need);
	struct outcome *outcome = arena_make(t->arena, struct outcome);

	*need = (struct need){TEXT("nights"), said("A waking night"), 7, NO_INT, 1};
	*outcome = (struct outcome){
		.key = TEXT("swim"), .what = said("Swims each week"), .owner = SIDE_PROVIDER};
	needs->needs = (struct list){need, 1};
	needs->outcomes = (struct list){outcome, 1};
	apply(t, record(t, MOVE_DESCRIBE_NEEDS, SIDE_COMMISSIONER, 0, needs));
}

static void calculate(struct world_of_test *t)
{
	struct calculate *guide = fresh(t, MOVE_CALCULATE);
	struct line_range *line = arena_make(t->arena, struct line_range);

	guide->model = TEXT("residential-ld");
	guide->version = TEXT("1");
	guide->unit = TEXT("week");
	guide->low_p = guide->weekly_low_p = 110000;
	guide->mid_p = guide->weekly_mid_p = 120000;
	guide->high_p = guide->weekly_high_p = 130000;
	*line = (struct line_range){TEXT("care"), TEXT("Care"), 1, 2, 3};
	guide->lines = (struct list){line, 1};
	apply(t, record(t, MOVE_CALCULATE, SIDE_COMMISSIONER, 0, guide));
}

static void ask_panel(struct world_of_test *t)
{
	struct refer_to_panel *referral = fresh(t, MOVE_REFER_TO_PANEL);
	struct panel_decide *decision = fresh(t, MOVE_PANEL_DECIDE);
	struct closed *closed = arena_make(t->arena, struct closed);
	struct fact *referred, *decided;

	referral->note = said("CANARY-NOTE");
	referred = record(t, MOVE_REFER_TO_PANEL, SIDE_COMMISSIONER, 0, referral);
	owe(t, referred, DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, 0, START_US + 3 * US_PER_DAY);
	apply(t, referred);
	decision->outcome = PANEL_APPROVED;
	decision->limit_weekly_p = LIMIT_P;
	decision->reasons = said("CANARY-REASONS");
	decided = record(t, MOVE_PANEL_DECIDE, SIDE_COMMISSIONER, 0, decision);
	*closed = (struct closed){referred->seq, 1, OBLIGATION_MET, START_US + 3 * US_PER_DAY};
	decided->closes = (struct list){closed, 1};
	apply(t, decided);
}

static void invite(struct world_of_test *t, struct uuid provider, int64_t thread)
{
	struct invite *invitation = fresh(t, MOVE_INVITE);
	struct fact *invited;

	invitation->provider = provider;
	invitation->wanted_start_day = day_of(2026, 6, 1);
	invitation->calculation = 1;
	invitation->needs = 1;
	invited = record(t, MOVE_INVITE, SIDE_COMMISSIONER, thread, invitation);
	owe(t, invited, DUTY_MAKE_OFFER, SIDE_PROVIDER, thread,
	    START_US + (thread + 10) * US_PER_DAY);
	apply(t, invited);
}

static void offer(struct world_of_test *t, enum side side, int64_t thread, int64_t weekly_p,
		  const char *note)
{
	struct make_offer *data = fresh(t, MOVE_MAKE_OFFER);
	struct fee_line *line = arena_make(t->arena, struct fee_line);

	*line = (struct fee_line){.key = TEXT("care"),
				  .label = TEXT("Care"),
				  .unit = LINE_WEEK,
				  .index = NO_ENUM,
				  .quantity_r = 10000,
				  .rate_r = weekly_p * 100,
				  .weekly_p = weekly_p};
	data->terms.lines = (struct list){line, 1};
	data->terms.start_day = day_of(2026, 6, 1);
	data->terms.weekly_p = weekly_p;
	data->terms.calculation = 1;
	data->terms.needs = 1;
	data->covering_note = said(note);
	data->side = (int32_t)side;
	data->number = (int64_t)t->placement->threads[thread - 1].offer_count + 1;
	if (side == SIDE_COMMISSIONER)
		data->above_guide_reason = said("CANARY-ABOVE");
	apply(t, record(t, MOVE_MAKE_OFFER, side, thread, data));
}

static void ask_and_answer(struct world_of_test *t, int64_t thread)
{
	struct ask *question = fresh(t, MOVE_ASK);
	struct answer *reply = fresh(t, MOVE_ANSWER);

	question->question = said("Is there a garden?");
	question->number = 1;
	apply(t, record(t, MOVE_ASK, SIDE_COMMISSIONER, thread, question));
	reply->number = 1;
	reply->answer = said("A large one.");
	apply(t, record(t, MOVE_ANSWER, SIDE_PROVIDER, thread, reply));
}

static void decline(struct world_of_test *t, int64_t thread)
{
	struct decline *refusal = fresh(t, MOVE_DECLINE);

	refusal->reason = DECLINE_PRICE;
	refusal->detail = said("CANARY-DECLINE");
	apply(t, record(t, MOVE_DECLINE, SIDE_PROVIDER, thread, refusal));
}

static int on_setup(void **state)
{
	struct arena *arena = arena_new();
	struct world_of_test *t = arena_make(arena, struct world_of_test);

	t->arena = arena;
	t->placement = placement_new(arena, authority_id, placement_id);
	t->calendar = (struct calendar){
		.version = 1, .first_day = day_of(2026, 1, 1), .last_day = day_of(2028, 12, 31)};
	t->authority = (struct authority_settings){
		.id = authority_id,
		.name = TEXT("Eastmere Council"),
		.world = {.protocol = protocol_standard(),
			  .calendar = &t->calendar,
			  .panel_weekday = WEDNESDAY},
	};
	open_it(t);
	describe(t);
	calculate(t);
	ask_panel(t);
	invite(t, rival_id, 1);
	offer(t, SIDE_PROVIDER, 1, 77777700, "CANARY-RIVAL");
	decline(t, 1);
	invite(t, provider_id, 2);
	offer(t, SIDE_PROVIDER, 2, 125000, "We would be glad to.");
	ask_and_answer(t, 2);
	offer(t, SIDE_COMMISSIONER, 2, 121000, "Nearer the guide.");
	*state = t;
	return 0;
}

static int on_teardown(void **state)
{
	struct world_of_test *t = *state;

	arena_free(t->arena);
	return 0;
}

static const char *seen_by(struct world_of_test *t, struct uuid organisation, enum side side,
			   unsigned roles)
{
	const struct actor actor = {officer_id, organisation, side, roles};
	const struct party *party = placement_party(t->placement, organisation);

	assert_non_null(party);
	return text_cstr(t->arena, view_placement(t->arena, &t->authority, t->placement, &actor,
						  party, START_US + 20 * US_PER_HOUR, NO_DAY, NULL));
}

static const char *seen_by_provider(struct world_of_test *t)
{
	return seen_by(t, provider_id, SIDE_PROVIDER, 1u << ROLE_NEGOTIATOR);
}

static const char *seen_by_commissioner(struct world_of_test *t)
{
	return seen_by(t, authority_id, SIDE_COMMISSIONER, 1u << ROLE_CASE_OFFICER);
}

static void assert_has(const char *view, const char *part)
{
	if (!strstr(view, part))
		fail_msg("%s is not in %s", part, view);
}

static void assert_has_not(const char *view, const char *part)
{
	if (strstr(view, part))
		fail_msg("%s is in %s", part, view);
}

static void provider_sees_no_limit_reason_or_identity(void **state)
{
	struct world_of_test *t = *state;
	const char *view = seen_by_provider(t);
	char rival[37];

	uuid_format(rival_id, rival);
	assert_has_not(view, "CANARY");
	assert_has_not(view, "98765432");
	assert_has_not(view, "77777700");
	assert_has_not(view, rival);
	assert_has_not(view, "decide_at_panel");
	assert_has_not(view, "panel");
	assert_has_not(view, "limit");
	assert_has_not(view, "above_guide_reason");
}

static void rival_sees_nothing_after_its_own_end(void **state)
{
	struct world_of_test *t = *state;
	const char *view = seen_by(t, rival_id, SIDE_PROVIDER, 1u << ROLE_NEGOTIATOR);
	char provider[37];

	uuid_format(provider_id, provider);
	assert_has(view, "\"stage\":\"ended\"");
	assert_has(view, "\"end_reason\":\"declined\"");
	assert_has(view, "\"open\":false");
	assert_has_not(view, provider);
	assert_has_not(view, "121000");
	assert_has_not(view, "125000");
	assert_has_not(view, "CANARY-NAME");
	assert_has_not(view, "98765432");
}

static void commissioner_sees_the_limit_and_the_person(void **state)
{
	struct world_of_test *t = *state;
	const char *view = seen_by_commissioner(t);

	assert_has(view, "CANARY-NAME");
	assert_has(view, "CANARY-BIRTH");
	assert_has(view, "CANARY-CASE");
	assert_has(view, "CANARY-REASONS");
	assert_has(view, "\"limit_weekly\":{\"amount\":98765432,\"currency\":\"GBP\"}");
	assert_has(view, "CANARY-RIVAL");
	assert_has(view, "decide_at_panel");
}

static void both_sides_see_the_guide_and_each_offer_beside_it(void **state)
{
	struct world_of_test *t = *state;
	const char *const views[] = {seen_by_provider(t), seen_by_commissioner(t)};

	for (size_t i = 0; i < 2; i++) {
		assert_has(views[i], "A guide price is a starting point and not a conclusion.");
		assert_has(views[i], "\"weekly_mid\":{\"amount\":120000");
		assert_has(views[i], "\"to_guide_mid\":{\"amount\":1000,\"currency\":\"GBP\"}");
		assert_has(views[i], "\"to_previous\":{\"amount\":-4000,\"currency\":\"GBP\"}");
		assert_has(views[i], "\"moved\":{\"amount\":-4000,\"currency\":\"GBP\"}");
		assert_has(views[i], "\"beside_guide\":\"within\"");
		assert_has(views[i], "Is there a garden?");
		assert_has(views[i], "A large one.");
		assert_has(views[i], "R.T.");
	}
}

static void beside_a_guide_without_a_week_nothing_is_measured(void **state)
{
	struct world_of_test *t = *state;
	struct calculate *guide = fresh(t, MOVE_CALCULATE);
	const char *views[2];

	*guide = *t->placement->calculations[0].data;
	guide->unit = TEXT("hour");
	guide->weekly_low_p = guide->weekly_mid_p = guide->weekly_high_p = NO_INT;
	t->placement->calculations[0].data = guide;
	views[0] = seen_by_provider(t);
	views[1] = seen_by_commissioner(t);
	for (size_t i = 0; i < 2; i++) {
		assert_has_not(views[i], "to_guide_mid");
		assert_has_not(views[i], "beside_guide");
		assert_has(views[i], "\"to_previous\":{\"amount\":-4000,\"currency\":\"GBP\"}");
	}
}

/* An hour at 14.00; without hours it has no weekly price. */
static const struct cost_model *hourly_model(void *context, struct text id, struct text version)
{
	static const char document[] =
		"{\"id\":\"m\",\"version\":\"1\",\"title\":\"An hour\",\"price_unit\":\"hour\","
		"\"effective_from\":\"2026-01-01\",\"illustrative\":true,"
		"\"rounding\":\"penny_nearest\",\"range_is\":\"total_of_runs\",\"inputs\":[{"
		"\"key\":\"hours_a_week\",\"label\":\"Hours\",\"unit\":\"hour\",\"least\":\"1\","
		"\"most\":\"168\"}],\"assumptions\":[{\"key\":\"wage\",\"label\":\"Wage\","
		"\"unit\":\"pound\",\"value\":\"14\",\"source\":\"ours\"}],\"lines\":[{\"key\":"
		"\"pay\","
		"\"label\":\"Pay\",\"group\":\"staff\",\"kind\":\"amount\",\"value\":\"wage\","
		"\"source\":\"ours\"}]}";
	struct text why;

	(void)id;
	(void)version;
	return cost_model_decode(context, text_of(document), &why);
}

static void workings_that_come_to_another_price_are_not_shown(void **state)
{
	struct world_of_test *t = *state;
	struct calculate *guide = fresh(t, MOVE_CALCULATE);
	struct line_range *line = arena_make(t->arena, struct line_range);

	t->authority.world.cost_model = hourly_model;
	t->authority.world.context = t->arena;
	*guide = *t->placement->calculations[0].data;
	*line = (struct line_range){TEXT("pay"), TEXT("Pay"), 140000, 140000, 140000};
	guide->unit = TEXT("hour");
	guide->low_p = guide->mid_p = guide->high_p = 1400;
	guide->weekly_low_p = guide->weekly_mid_p = guide->weekly_high_p = NO_INT;
	guide->illustrative = true;
	guide->lines = (struct list){line, 1};
	apply(t, record(t, MOVE_CALCULATE, SIDE_COMMISSIONER, 0, guide));
	assert_has(seen_by_provider(t), "\"workings\"");
	guide->mid_p = 1399;
	assert_has_not(seen_by_provider(t), "\"workings\"");
}

static void version_and_entries_are_the_partys_own(void **state)
{
	struct world_of_test *t = *state;
	const struct party *party = placement_party(t->placement, provider_id);

	assert_true(party->entries < t->placement->seq);
	assert_has(seen_by_provider(t),
		   text_cstr(t->arena, text_printf(t->arena, "\"version\":\"v%d\",\"entries\":%d,",
						   party->version, party->entries)));
}

static void obligation_says_when_and_what_follows(void **state)
{
	struct world_of_test *t = *state;
	const char *view = seen_by_provider(t);

	/* The second invitation is the provider's fifth entry; 12 days after the start is Tuesday
	 * 14 April. */
	assert_has(view, "\"id\":\"5.1\",\"duty\":\"make_offer\",\"owed_by\":\"provider\"");
	assert_has(view, "\"due_at\":\"2026-04-14T09:00:00Z\"");
	assert_has(view, "Tuesday 14 April 2026 at 10:00");
	assert_has(view, "/obligations/5.1\"");
	assert_has(view, "\"if_not_done\":\"");
}

static void refer_again(struct world_of_test *t)
{
	struct fact *referred =
		record(t, MOVE_REFER_TO_PANEL, SIDE_COMMISSIONER, 0, fresh(t, MOVE_REFER_TO_PANEL));

	owe(t, referred, DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, 0, START_US + 9 * US_PER_DAY);
	apply(t, referred);
}

static void what_is_owed_on_the_placement_is_hidden_from_whom_it_is_over_for(void **state)
{
	struct world_of_test *t = *state;

	refer_again(t);
	assert_has(seen_by_provider(t), "decide_at_panel");
	assert_has_not(seen_by(t, rival_id, SIDE_PROVIDER, 1u << ROLE_NEGOTIATOR),
		       "decide_at_panel");
	decline(t, 2);
	assert_has_not(seen_by_provider(t), "decide_at_panel");
	assert_has(seen_by_provider(t), "\"duty\":\"make_offer\"");
	assert_has(seen_by_commissioner(t), "decide_at_panel");
}

static void a_clock_is_explained_by_the_calendar_that_set_it(void **state)
{
	struct world_of_test *t = *state;
	const struct holiday holiday = {day_of(2026, 4, 8), TEXT("A day of thanks")};
	struct calendar newer = t->calendar;
	const struct calendar *versions[] = {&newer, &t->calendar};
	struct viewer v;
	struct writer w;
	const char *explained;

	newer.version = 2;
	newer.holidays = &holiday;
	newer.holiday_count = 1;
	t->authority.world.calendar = &newer;
	t->authority.calendars = (struct calendars){&newer, versions, 2};
	v = (struct viewer){.settings = &t->authority,
			    .placement = t->placement,
			    .party = placement_party(t->placement, provider_id)};
	writer_init(&w, t->arena);
	view_obligation_explained(&w, &v, view_obligation_find(&v, TEXT("5.1")));
	explained = text_cstr(t->arena, writer_text(&w));
	assert_has(explained, "\"calendar_version\":1");
	assert_has_not(explained, "A day of thanks");
}

static void every_question_stands_beside_its_own_answer(void **state)
{
	struct world_of_test *t = *state;
	struct answer *reply;
	struct ask *question;
	const char *view;

	for (int64_t n = 2; n <= 3; n++) {
		question = fresh(t, MOVE_ASK);
		question->question = said(n == 2 ? "Second?" : "Third?");
		question->number = n;
		apply(t, record(t, MOVE_ASK, SIDE_PROVIDER, 2, question));
	}
	reply = fresh(t, MOVE_ANSWER);
	reply->number = 3;
	reply->answer = said("To the third.");
	apply(t, record(t, MOVE_ANSWER, SIDE_COMMISSIONER, 2, reply));
	view = seen_by_provider(t);
	assert_has(view, "\"question\":\"Second?\",\"answered\":false}");
	assert_has(view, "\"question\":\"Third?\",\"answered\":true");
	assert_has(view, "\"answer\":\"To the third.\"}]");
}

static struct viewer viewer_of(struct world_of_test *t, struct uuid organisation)
{
	return (struct viewer){
		.settings = &t->authority,
		.placement = t->placement,
		.party = placement_party(t->placement, organisation),
	};
}

static void a_partys_numbers_have_no_gaps_where_entries_are_hidden(void **state)
{
	struct world_of_test *t = *state;
	const char *view = seen_by_provider(t);

	/* Hidden from it: the panel's decision and the rival's strand, entries 5 to 8. */
	assert_has_not(view, "\"seq\"");
	assert_has(view, "\"guide\":{\"entry\":3,");
	assert_has(view, "\"offers\":[{\"entry\":6,");
	assert_has(view, "{\"entry\":9,");
	assert_has_not(view, "{\"entry\":13,");
	assert_has(seen_by_commissioner(t), "{\"entry\":13,");
	/* And the rival's own strand begins at its fifth entry. */
	assert_has(seen_by(t, rival_id, SIDE_PROVIDER, 1u << ROLE_NEGOTIATOR),
		   "\"offers\":[{\"entry\":6,");
}

static void obligation_ids_go_there_and_back(void **state)
{
	struct world_of_test *t = *state;
	const struct uuid parties[] = {authority_id, provider_id, rival_id};
	size_t seen = 0;

	for (size_t i = 0; i < 3; i++) {
		struct viewer v = viewer_of(t, parties[i]);

		for (size_t n = 0; n < t->placement->obligation_count; n++) {
			const struct obligation *o = &t->placement->obligations[n];

			if (!view_sees_obligation(&v, o))
				continue;
			seen++;
			assert_ptr_equal(
				view_obligation_find(&v, view_obligation_id(t->arena, &v, o)), o);
		}
	}
	assert_int_equal(seen, 5); /* all three, and each provider its own */
}

static void no_id_finds_what_is_hidden(void **state)
{
	static const char *const ids[] = {"9.1", "4.1",	 "5.2",	 "5",	 "5.",	  ".1",	  "",
					  "0.1", "05.1", "+5.1", "5.01", "5.1.1", "-5.1", "5.1 "};
	struct world_of_test *t = *state;
	struct viewer provider = viewer_of(t, provider_id);

	assert_non_null(view_obligation_find(&provider, TEXT("5.1")));
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_null(view_obligation_find(&provider, text_of(ids[i])));
	assert_null(view_obligation_find(&provider, TEXT_NONE));
}

static void a_fact_names_entries_by_the_viewers_numbers(void **state)
{
	struct world_of_test *t = *state;
	struct closed closed[] = {{6, 1, OBLIGATION_RELEASED, 0}, {9, 1, OBLIGATION_MET, 0}};
	struct due_change changes[] = {{.entry = 9, .n = 1}, {.entry = 6, .n = 1}};
	struct not_done *not_done = fresh(t, MOVE_MISS);
	struct fact *fact = record(t, MOVE_MISS, SIDE_TIME, 2, not_done);
	struct viewer provider = viewer_of(t, provider_id),
		      commissioner = viewer_of(t, authority_id);

	fact->closes = (struct list){closed, 2};
	fact->changes = (struct list){changes, 2};
	not_done->entry = 9;
	not_done->n = 1;
	view_own_numbers(&commissioner, fact);
	assert_int_equal(fact->closes.count, 2);
	assert_int_equal(not_done->entry, 9);
	view_own_numbers(&provider, fact);
	assert_int_equal(fact->closes.count, 1);
	assert_int_equal(closed[0].entry, 5);
	assert_int_equal(closed[0].state, OBLIGATION_MET);
	assert_int_equal(fact->changes.count, 1);
	assert_int_equal(changes[0].entry, 5);
	assert_int_equal(not_done->entry, 5);
	not_done->entry = 6; /* the rival's */
	view_own_numbers(&provider, fact);
	assert_true(not_done->entry == NO_INT && not_done->n == NO_INT);
}

static void allowed_moves_name_their_schema_and_until(void **state)
{
	struct world_of_test *t = *state;
	const struct actor actor = {officer_id, provider_id, SIDE_PROVIDER, 1u << ROLE_NEGOTIATOR};
	const char *moves =
		text_cstr(t->arena, view_allowed_moves(t->arena, &t->authority.world, t->placement,
						       &actor, START_US + 20 * US_PER_HOUR));

	assert_has(moves, "{\"move\":\"make_offer\",\"schema\":\"/openapi.json#/components/schemas/"
			  "make_offer\",\"until\":\"2026-04-14T09:00:00Z\"}");
	assert_has_not(moves, "panel_decide");
	assert_has_not(moves, "\"miss\"");
}

static void auditor_may_do_nothing(void **state)
{
	struct world_of_test *t = *state;
	const struct actor actor = {officer_id, authority_id, SIDE_AUDITOR, 1u << ROLE_AUDITOR};
	const char *moves =
		text_cstr(t->arena, view_allowed_moves(t->arena, &t->authority.world, t->placement,
						       &actor, START_US + 20 * US_PER_HOUR));

	assert_string_equal(moves, "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(provider_sees_no_limit_reason_or_identity, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(rival_sees_nothing_after_its_own_end, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(commissioner_sees_the_limit_and_the_person,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(both_sides_see_the_guide_and_each_offer_beside_it,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(beside_a_guide_without_a_week_nothing_is_measured,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(workings_that_come_to_another_price_are_not_shown,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(version_and_entries_are_the_partys_own, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(obligation_says_when_and_what_follows, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_owed_on_the_placement_is_hidden_from_whom_it_is_over_for, on_setup,
			on_teardown),
		cmocka_unit_test_setup_teardown(a_clock_is_explained_by_the_calendar_that_set_it,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(every_question_stands_beside_its_own_answer,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(
			a_partys_numbers_have_no_gaps_where_entries_are_hidden, on_setup,
			on_teardown),
		cmocka_unit_test_setup_teardown(obligation_ids_go_there_and_back, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(no_id_finds_what_is_hidden, on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(a_fact_names_entries_by_the_viewers_numbers,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(allowed_moves_name_their_schema_and_until, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(auditor_may_do_nothing, on_setup, on_teardown),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
