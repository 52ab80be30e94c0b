/* test_view.c - what each party sees of one placement, and what it must never see. */
#include "viewed.h"

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
	assert_has(view, "\"question\":\"Second?\",\"answered\":false,\"expired\":false}");
	assert_has(view, "\"question\":\"Third?\",\"answered\":true");
	assert_has(view, "\"answer\":\"To the third.\"}]");
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
		cmocka_unit_test_setup_teardown(every_question_stands_beside_its_own_answer,
						on_setup, on_teardown),
		cmocka_unit_test_setup_teardown(allowed_moves_name_their_schema_and_until, on_setup,
						on_teardown),
		cmocka_unit_test_setup_teardown(auditor_may_do_nothing, on_setup, on_teardown),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
