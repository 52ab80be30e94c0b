/* test_remind.c - when the clock looks at an obligation again, and what it then says. */
#include "world.h"

static int64_t next_after(const struct obligation *o, int64_t after_us)
{
	return obligation_next_us(&world, o, after_us);
}

static void assert_told(const struct obligation *o, const char *after, const char *upto,
			const char *when, const char *words)
{
	struct text name;
	int64_t told;

	assert_true(obligation_reminder(arena, &world, o, at(after), at(upto), &told, &name));
	assert_true(told == at(when));
	assert_string_equal(text_cstr(arena, name), words);
}

static void assert_silent(const struct obligation *o, const char *after, const char *upto)
{
	struct text name;
	int64_t told;

	assert_false(obligation_reminder(arena, &world, o, at(after), at(upto), &told, &name));
}

static void working_day_reminders_count_working_days(void **state)
{
	const struct obligation *o;

	(void)state;
	play_invited(URGENCY_ORDINARY); /* offer by Friday 17 April: 3 and 1 working days before */
	o = owed(DUTY_MAKE_OFFER, SIDE_PROVIDER);
	assert_true(next_after(o, at("2026-04-01 10:00")) == at("2026-04-14 09:00"));
	assert_true(next_after(o, at("2026-04-14 09:00")) == at("2026-04-16 09:00"));
	assert_true(next_after(o, at("2026-04-16 09:00")) == at("2026-04-17 17:00") + 1);
	assert_told(o, "2026-04-01 10:00", "2026-04-14 09:00", "2026-04-14 09:00",
		    "3 working days before");
	assert_told(o, "2026-04-14 09:00", "2026-04-16 10:00", "2026-04-16 09:00",
		    "1 working day before");
	assert_silent(o, "2026-04-01 10:00", "2026-04-14 08:59");
	assert_silent(o, "2026-04-16 09:00", "2026-04-17 16:00");
}

static void after_an_outage_reminders_collapse_to_the_latest(void **state)
{
	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_told(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER), "2026-04-01 10:00", "2026-04-17 12:00",
		    "2026-04-16 09:00", "1 working day before");
}

static void each_offer_has_reminders_of_its_own(void **state)
{
	struct make_offer counter = offer_of(165550);
	const struct obligation *o;

	(void)state;
	play_offered();
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-16 11:00"));
	must(&negotiator, MOVE_MAKE_OFFER, &counter, at("2026-04-22 11:00"));
	/* due Wednesday 29: 2 working days before is Monday 27 */
	o = owed(DUTY_RESPOND, SIDE_COMMISSIONER);
	assert_true(next_after(o, at("2026-04-22 11:00")) == at("2026-04-27 09:00"));
}

static void a_short_clock_tells_only_what_is_still_to_come(void **state)
{
	struct confirm_start start = {.started_day = on("2026-05-18")};
	const struct obligation *o;

	(void)state;
	play_signed();
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-07-06 09:00"));
	/* first review by 13 July: 14 days before is past, 7 days before is this very instant */
	o = owed(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER);
	assert_true(next_after(o, at("2026-07-06 09:00")) == at("2026-07-13 17:00") + 1);
	assert_silent(o, "2026-07-01 09:00", "2026-07-10 09:00");
}

static void reviews_are_told_in_days_at_nine_in_london(void **state)
{
	const struct obligation *o;

	(void)state;
	play_started();
	o = owed(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER);
	assert_true(next_after(o, at("2026-05-19 10:00")) == at("2026-07-21 09:00"));
	assert_true(next_after(o, at("2026-07-21 09:00")) == at("2026-08-04 09:00"));
	assert_true(next_after(o, at("2026-08-04 09:00")) == at("2026-08-11 09:00"));
	assert_told(o, "2026-07-20 09:00", "2026-07-21 09:00", "2026-07-21 09:00",
		    "28 days before");
	/* 12 months: the first falls in GMT, 9:00 is 9:00 UTC then */
	o = owed(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER);
	assert_true(next_after(o, at("2026-05-19 10:00")) == at("2027-03-23 09:00"));
	assert_false(london_is_summer(at("2027-03-23 09:00")));
}

static void reminders_count_from_the_rolled_date(void **state)
{
	struct confirm_start start = {.started_day = on("2026-05-30")};
	const struct obligation *o;

	(void)state;
	play_signed();
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-06-01 10:00"));
	o = owed(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER); /* Friday 28 August */
	assert_true(next_after(o, at("2026-06-01 10:00")) == at("2026-07-31 09:00"));
}

static void a_missed_review_is_told_weekly(void **state)
{
	const struct obligation *o;

	(void)state;
	play_started();
	settle(at("2026-08-18 17:00") + 1);
	o = owed(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER);
	assert_missed(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-08-18 17:00");
	assert_true(next_after(o, at("2026-08-18 18:00")) == at("2026-08-25 09:00"));
	assert_true(next_after(o, at("2026-08-25 09:00")) == at("2026-09-01 09:00"));
	assert_silent(o, "2026-08-18 18:00", "2026-08-25 08:59");
	assert_told(o, "2026-08-18 18:00", "2026-08-25 09:00", "2026-08-25 09:00", "7 days late");
	assert_told(o, "2026-08-18 18:00", "2026-09-10 09:00", "2026-09-08 09:00", "21 days late");
	assert_silent(o, "2026-09-08 09:00", "2026-09-10 09:00");
}

/* What would end the negotiation takes nothing from somebody whose care has started. */
static void what_does_not_lapse_once_care_has_started_is_told_weekly(void **state)
{
	struct confirm_start start = {.started_day = on("2026-04-10")};
	struct reject reject = {REJECT_PRICE, SAID("Too much"), NO_INT};
	const struct obligation *o;

	(void)state;
	play_offered();
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-04-10 10:00"));
	must(&officer, MOVE_REJECT, &reject, at("2026-04-10 11:00"));
	settle(at("2026-04-27 09:00")); /* ten working days, to Friday 24 April */
	o = owed(DUTY_AFTER_REJECTION, SIDE_EITHER);
	assert_true(obligation_is_open(o) && o->missed_at_us == at("2026-04-24 17:00"));
	assert_told(o, "2026-04-27 09:00", "2026-05-01 09:00", "2026-05-01 09:00", "7 days late");
	assert_told(o, "2026-04-27 09:00", "2027-04-24 09:00", "2027-04-23 09:00", "364 days late");
}

static void a_missed_reply_is_told_no_more(void **state)
{
	(void)state;
	play_offered();
	settle(at("2026-04-17 09:00"));
	assert_true(next_after(owed(DUTY_RESPOND, SIDE_COMMISSIONER), at("2026-04-17 09:00")) ==
		    NEVER_US);
	assert_silent(owed(DUTY_RESPOND, SIDE_COMMISSIONER), "2026-04-17 09:00",
		      "2026-12-01 09:00");
}

static void clocks_in_hours_have_no_reminders(void **state)
{
	const struct obligation *o;

	(void)state;
	play_invited(URGENCY_DISCHARGE);
	o = owed(DUTY_MAKE_OFFER, SIDE_PROVIDER);
	assert_true(next_after(o, at("2026-04-01 10:00")) == at("2026-04-03 10:00") + 1);
	assert_silent(o, "2026-04-01 10:00", "2026-04-03 09:59");
}

static void a_paused_clock_is_silent(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	const struct obligation *o;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	o = owed(DUTY_MAKE_OFFER, SIDE_PROVIDER);
	assert_true(next_after(o, at("2026-04-02 10:00")) == NEVER_US);
	assert_silent(o, "2026-04-02 10:00", "2026-05-02 10:00");
}

static void what_is_done_is_silent(void **state)
{
	(void)state;
	play_offered();
	assert_true(next_after(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER), at("2026-04-09 10:00")) ==
		    NEVER_US);
	assert_silent(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER), "2026-04-01 10:00", "2026-05-01 10:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(working_day_reminders_count_working_days),
		TEST(after_an_outage_reminders_collapse_to_the_latest),
		TEST(each_offer_has_reminders_of_its_own),
		TEST(a_short_clock_tells_only_what_is_still_to_come),
		TEST(reviews_are_told_in_days_at_nine_in_london),
		TEST(reminders_count_from_the_rolled_date),
		TEST(a_missed_review_is_told_weekly),
		TEST(what_does_not_lapse_once_care_has_started_is_told_weekly),
		TEST(a_missed_reply_is_told_no_more),
		TEST(clocks_in_hours_have_no_reminders),
		TEST(a_paused_clock_is_silent),
		TEST(what_is_done_is_silent),
	};

	return cmocka_run_group_tests_name("test_remind", tests, NULL, NULL);
}
