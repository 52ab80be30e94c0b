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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_offer_above_the_limit_cannot_be_accepted_so_it_is_not_offered),
		TEST(more_time_is_agreed_to_only_where_it_was_asked_for),
		TEST(nothing_is_put_off_where_nothing_is_due_in_time),
		TEST(only_what_the_other_side_recorded_can_be_disputed),
	};

	return cmocka_run_group_tests_name("allows", tests, NULL, NULL);
}
