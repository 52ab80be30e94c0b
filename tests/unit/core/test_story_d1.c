/* test_story_d1.c - an ordinary placement from its opening to its first review, every date. */
#include "world.h"

static void invited_on_1_april(void)
{
	play_invited(URGENCY_ORDINARY); /* limit 1,700.00, guide's high 1,690.00 */
	assert_due(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-07 17:00");
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
}

static void negotiated_to_1698(void)
{
	struct acknowledge acknowledge = {.contact.text = TEXT("Larch House, 01632 960002")};
	struct make_offer first = offer_of(181200), counter = offer_of(165550),
			  second = offer_of(169800);

	must(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-02 09:30"));
	/* after 17:00 on Thursday counts as Friday 10 */
	must(&negotiator, MOVE_MAKE_OFFER, &first, at("2026-04-09 18:20"));
	assert_state(DUTY_MAKE_OFFER, SIDE_PROVIDER, OBLIGATION_MET);
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-17 17:00");
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-16 11:00"));
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_due(DUTY_RESPOND, SIDE_PROVIDER, "2026-04-23 17:00");
	must(&negotiator, MOVE_MAKE_OFFER, &second, at("2026-04-22 14:00"));
	assert_state(DUTY_RESPOND, SIDE_PROVIDER, OBLIGATION_MET);
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-29 17:00");
}

static void accepted_on_28_april(void)
{
	struct accept accept = acceptance();

	refused_at(&officer, MOVE_ACCEPT, &accept, at("2026-04-28 10:00"), "above_guide_reason",
		   "/above_guide_reason");
	accept.above_guide_reason = SAID("Canary: the only home near her sister");
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-28 10:05"));
	assert_due(DUTY_SIGN, SIDE_COMMISSIONER, "2026-05-06 17:00"); /* 4 May is a holiday */
	assert_due(DUTY_SIGN, SIDE_PROVIDER, "2026-05-06 17:00");
}

static void signed_and_started(void)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct confirm_start start = {.started_day = on("2026-05-18")};
	struct sign sign = signature();

	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-29 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-30 10:00"));
	must(&signatory, MOVE_SIGN, &sign, at("2026-05-05 10:00"));
	assert_int_equal(placement_agreement(played)->terms->weekly_p, 169800);
	assert_due(DUTY_CONFIRM_START, SIDE_COMMISSIONER, "2026-05-20 17:00");
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-05-18 15:00"));
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-07-13 17:00");
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-08-18 17:00");
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-05-18 17:00");
}

static void reminded_of_the_three_month_review(void)
{
	static const char *const told[] = {"2026-07-21 09:00", "2026-08-04 09:00",
					   "2026-08-11 09:00"};
	const struct obligation *o = owed(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER);
	int64_t now = at("2026-05-18 15:00");

	for (size_t i = 0; i < 3; i++) {
		now = obligation_next_us(&world, o, now);
		assert_true(now == at(told[i]));
	}
	assert_true(obligation_next_us(&world, o, now) == at("2026-08-18 17:00") + 1);
}

static void first_review_held_on_10_july(void)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-10");

	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-10 11:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-10 14:00"));
	assert_state(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-08-18 17:00");
}

static void the_provider_never_saw_the_limit(void)
{
	const struct party *party = placement_party(played, provider);
	const char *rendered;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < played->fact_count; i++)
		if (fact_visible(played->facts[i], played, party))
			fact_render(&w, played->facts[i], AUDIENCE_PROVIDER);
	rendered = text_cstr(arena, writer_text(&w));
	assert_null(strstr(rendered, "170000"));
	assert_null(strstr(rendered, "Canary"));
}

static void an_ordinary_placement_keeps_every_date(void **state)
{
	(void)state;
	invited_on_1_april();
	negotiated_to_1698();
	accepted_on_28_april();
	signed_and_started();
	reminded_of_the_three_month_review();
	first_review_held_on_10_july();
	the_provider_never_saw_the_limit();
	for (size_t i = 0; i < played->fact_count; i++)
		assert_true(played->facts[i]->kind != FACT_MISSED);
	assert_int_equal(open_count(), 2); /* the three-month and the yearly review */
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(an_ordinary_placement_keeps_every_date)};

	return cmocka_run_group_tests_name("test_story_d1", tests, NULL, NULL);
}
