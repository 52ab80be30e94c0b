/* test_decide.c - what each move does, and every rule that refuses it. */
#include "world.h"

/* ---- preparing ---- */

static void a_placement_opens_in_preparing(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	assert_int_equal(played->stage, STAGE_PREPARING);
	assert_int_equal(played->seq, 1);
	assert_int_equal(played->round_count, 1);
	assert_int_equal(played->party_count, 1);
	assert_int_equal(played->parties[0].version, 1);
	assert_true(text_is(last_fact()->protocol, "standard/1"));
}

static void nothing_happens_before_a_placement_is_opened(void **state)
{
	struct describe_needs described = needs();

	(void)state;
	refused(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"), "stage");
	assert_int_equal(played->seq, 0);
}

static void a_placement_opens_once(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	refused(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 11:00"), "stage");
}

static void planned_end_before_the_start_is_refused(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	open.planned_end_day = open.wanted_start_day - 1;
	refused_at(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"), "opening_sound",
		   "/planned_end");
}

static void exactly_one_payer_takes_the_remainder(void **state)
{
	static const struct funding_part none[] = {{FUNDER_AUTHORITY, 100}};
	static const struct funding_part two[] = {{FUNDER_AUTHORITY, NO_INT}, {FUNDER_NHS, NO_INT}};
	struct open_placement open = opening(URGENCY_ORDINARY);

	(void)state;
	open.funding = LIST_OF(none);
	refused_at(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"), "opening_sound",
		   "/funding");
	open.funding = LIST_OF(two);
	refused_at(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"), "opening_sound",
		   "/funding");
}

static void a_side_makes_its_own_moves_only(void **state)
{
	struct describe_needs described = needs();
	struct decline decline = {.reason = DECLINE_PRICE};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&negotiator, MOVE_DESCRIBE_NEEDS, &described, at("2026-04-01 11:00"), "side",
		   "/move");
	refused_at(&officer, MOVE_DECLINE, &decline, at("2026-04-01 11:00"), "side", "/move");
}

static void a_role_makes_its_own_moves_only(void **state)
{
	struct describe_needs described = needs();
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&signatory, MOVE_DESCRIBE_NEEDS, &described, at("2026-04-01 11:00"), "role",
		   "/move");
	refused_at(&provider_signatory, MOVE_MAKE_OFFER, &offer, at("2026-04-01 11:00"), "role",
		   "/move");
}

static void people_never_miss_or_lapse_for_time(void **state)
{
	struct not_done data = {.entry = 1, .n = 1, .end_reason = NO_ENUM};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused(&officer, MOVE_MISS, &data, at("2026-04-01 11:00"), "side");
	refused(&negotiator, MOVE_LAPSE, &data, at("2026-04-01 11:00"), "side");
}

static void outcomes_have_keys_of_their_own(void **state)
{
	static const struct outcome twice[] = {{.key = TEXT("garden")}, {.key = TEXT("garden")}};
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct describe_needs described = needs();

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	described.outcomes = LIST_OF(twice);
	refused_at(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"), "needs_sound",
		   "/outcomes/1/key");
}

static void involvement_says_how_or_why_not(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct record_involvement said = {.purpose = INVOLVED_IN_CALCULATION};
	int64_t now = at("2026-03-23 11:00");

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	said.took_part = TOOK_PART_FULLY;
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained", "/how");
	said.took_part = TOOK_PART_WITH_SUPPORT;
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained", "/how");
	said.how = SAID("With cards");
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained",
		   "/supported_by");
	said.took_part = TOOK_PART_CHOSE_NOT;
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained",
		   "/reason");
	said.took_part = TOOK_PART_LACKS_CAPACITY;
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained",
		   "/capacity_record");
	said.capacity_record = TEXT("MCA-7");
	refused_at(&officer, MOVE_RECORD_INVOLVEMENT, &said, now, "involvement_explained",
		   "/advocate");
	said.advocate = SAID("An advocate");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &said, now);
	assert_int_equal(played->involvement_count, 1);
}

static void calculating_waits_for_involvement(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct record_involvement choice = involvement(INVOLVED_IN_CHOICE);
	struct calculate calculated = calculation("home");

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &choice, at("2026-03-23 10:00"));
	refused(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"),
		"involvement_before_calculation");
}

static void a_calculation_is_filled_from_its_model(void **state)
{
	const struct calculate *guide;

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	guide = placement_calculation(played)->data;
	assert_int_equal(guide->weekly_low_p, 150000);
	assert_int_equal(guide->weekly_mid_p, 160000);
	assert_int_equal(guide->weekly_high_p, 169000);
	assert_int_equal(guide->lines.count, 1);
	assert_true(text_is(guide->unit, "week"));
}

static void an_unknown_or_old_model_is_refused(void **state)
{
	struct calculate calculated = calculation("castle");

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	refused_at(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"),
		   "cost_model_known", "/model");
	calculated = calculation("home");
	home_model.effective_to_day = on("2026-03-22");
	refused_at(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"),
		   "cost_model_in_effect", "/version");
	home_model.effective_to_day = NO_DAY;
	home_model.effective_from_day = on("2026-03-24");
	refused(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"),
		"cost_model_in_effect");
}

static void inputs_that_do_not_fit_are_refused_with_their_place(void **state)
{
	static const struct map_entry inputs[] = {{TEXT("rooms"), 10000}};
	struct calculate calculated = calculation("home");

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	calculated.inputs = LIST_OF(inputs);
	refused_at(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"),
		   "inputs_fit_model", "/inputs/rooms");
}

/* ---- the panel ---- */

static void the_panel_is_asked_with_guide_and_needs(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct record_involvement involved = involvement(INVOLVED_IN_CALCULATION);
	struct calculate calculated = calculation("home");
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	refused(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-23 10:00"),
		"guide_calculated");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
	refused(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-23 10:00"),
		"needs_described");
}

static void a_referral_is_decided_at_the_next_sitting(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-25 09:00"));
	assert_int_equal(played->stage, STAGE_WITH_PANEL);
	assert_int_equal(((const struct refer_to_panel *)last_fact()->data)->sitting_day,
			 on("2026-04-01"));
	assert_due(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, "2026-04-01 17:00");
	refused(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-25 09:00"), "stage");
}

static void opener_may_not_approve(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide approved = approval(LIMIT_P);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	refused(&busy_officer, MOVE_PANEL_DECIDE, &approved, at("2026-03-24 10:00"),
		"three_people");
}

static void an_approval_states_a_limit_and_anything_else_reasons(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide decided = {.outcome = PANEL_APPROVED, .limit_weekly_p = NO_INT};
	int64_t now = at("2026-03-25 10:00");

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	refused_at(&panel, MOVE_PANEL_DECIDE, &decided, now, "panel_reasons", "/limit_weekly");
	decided.outcome = PANEL_RETURNED;
	refused_at(&panel, MOVE_PANEL_DECIDE, &decided, now, "panel_reasons", "/reasons");
	decided.limit_weekly_p = 100;
	refused_at(&panel, MOVE_PANEL_DECIDE, &decided, now, "panel_reasons", "/limit_weekly");
	decided.limit_weekly_p = NO_INT;
	decided.reasons = SAID("Ask another home too");
	must(&panel, MOVE_PANEL_DECIDE, &decided, now);
	assert_int_equal(played->stage, STAGE_PREPARING);
	assert_state(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void a_refusal_by_the_panel_ends_the_placement(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide decided = {PANEL_REFUSED, NO_INT, SAID("Needs are met elsewhere")};
	struct withdraw withdraw = {.reason = WITHDRAW_OTHER};

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-03-24 09:00"));
	must(&panel, MOVE_PANEL_DECIDE, &decided, at("2026-03-25 10:00"));
	assert_int_equal(played->stage, STAGE_ENDED);
	assert_int_equal(played->end_reason, END_REFUSED_BY_PANEL);
	assert_int_equal(open_count(), 0);
	refused(&officer, MOVE_WITHDRAW, &withdraw, at("2026-03-25 11:00"), "placement_ended");
}

static void the_panel_decides_what_it_was_asked(void **state)
{
	struct panel_decide approved = approval(LIMIT_P);

	(void)state;
	play_offered();
	refused(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-04-10 10:00"), "panel_asked");
}

static void the_panel_is_not_asked_twice(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	refused(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 11:00"),
		"panel_not_waiting");
}

static void panel_in_negotiation_moves_the_commissioners_reply(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_offered();
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-16 17:00");
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-15 10:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_due(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, "2026-04-22 17:00");
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-23 17:00");
	assert_int_equal(last_fact()->changes.count, 1);
}

static void a_reply_due_after_the_sitting_stays(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-09 11:00"));
	assert_due(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, "2026-04-15 17:00");
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-16 17:00");
	assert_int_equal(last_fact()->changes.count, 0);
}

static void an_acceptance_leaves_the_panel_nothing_to_decide(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct make_offer counter = offer_of(165550);
	struct accept accept;

	(void)state;
	play_offered();
	must(&officer, MOVE_MAKE_OFFER, &counter, at("2026-04-10 10:00"));
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 11:00"));
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at("2026-04-10 12:00"));
	assert_state(DUTY_DECIDE_AT_PANEL, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	assert_false(played->rounds[0].panel_pending);
}

/* ---- inviting ---- */

static void an_invitation_needs_approval(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "panel_approval");
}

static void a_guide_within_the_threshold_needs_no_panel(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	world.panel_threshold_p = 168999;
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "panel_approval");
	world.panel_threshold_p = 169000;
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
}

static void a_guide_without_a_weekly_price_is_under_no_threshold(void **state)
{
	struct calculate calculated = calculation("hourly");
	struct invite invited = invitation_of(provider);

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"));
	assert_true(placement_calculation(played)->data->weekly_high_p == NO_INT);
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "panel_approval");
}

static void an_invitation_needs_needs_and_a_guide(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct describe_needs described = needs();
	struct invite invited = invitation_of(provider);

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "needs_described");
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-04-01 10:00"));
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "guide_calculated");
}

static void an_invitation_discloses_and_starts_two_clocks(void **state)
{
	const struct invite *data;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	data = last_fact()->data;
	assert_int_equal(data->wanted_start_day, on("2026-05-18"));
	assert_int_equal(data->calculation_entry, 4);
	assert_int_equal(data->needs_entry, 2);
	assert_int_equal(played->stage, STAGE_INVITING);
	assert_due(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-07 17:00");
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_int_equal(owed(DUTY_ACKNOWLEDGE, SIDE_PROVIDER)->n, 1);
	assert_int_equal(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->n, 2);
}

static void a_start_within_28_days_halves_the_offer_clock(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_approved(URGENCY_ORDINARY);
	invited.wanted_start_day = on("2026-04-29");
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-10 17:00");
}

static void one_invitation_at_a_time(void **state)
{
	struct invite invited = invitation_of(rival_provider);
	struct decline decline = {.reason = DECLINE_NO_VACANCY};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 11:00"),
		"one_invitation_at_a_time");
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	assert_int_equal(played->threads[0].state, THREAD_DECLINED);
	assert_int_equal(open_count(), 0);
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 13:00"));
	assert_int_equal(played->thread_count, 2);
	assert_true(uuid_eq(strand()->provider, rival_provider));
}

static void acknowledging_twice_is_refused(void **state)
{
	struct acknowledge acknowledge = {TEXT("Ms Poole, 01632 960001")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-02 10:00"));
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET);
	refused(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-02 10:00"),
		"not_acknowledged_yet");
}

static void an_answer_to_the_commissioners_own_offer_acknowledges(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct acknowledge acknowledge = {.contact = TEXT_NONE};
	struct reject reject = rejection();

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-01 11:00"));
	assert_state(DUTY_MAKE_OFFER, SIDE_PROVIDER, OBLIGATION_RELEASED);
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_OPEN);
	must(&negotiator, MOVE_REJECT, &reject, at("2026-04-01 12:00"));
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET);
	refused(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-01 13:00"),
		"not_acknowledged_yet");
}

static void an_invitation_can_be_acknowledged_while_an_offer_waits(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct acknowledge acknowledge = {.contact = TEXT_NONE};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-01 11:00"));
	must(&negotiator, MOVE_ACKNOWLEDGE, &acknowledge, at("2026-04-02 11:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET);
}

static void declining_is_only_for_invitations_without_offers(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};

	(void)state;
	play_offered();
	refused(&negotiator, MOVE_DECLINE, &decline, at("2026-04-10 10:00"), "stage");
}

static void offer_after_invitation_lapsed_is_refused_as_lapsed(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-17 17:01"), "invitation_lapsed");
	assert_int_equal(last.settled, 2); /* acknowledge missed, invitation lapsed */
	assert_int_equal(strand()->state, THREAD_LAPSED);
	assert_int_equal(last_fact()->kind, FACT_LAPSED);
}

static void offer_after_declining_is_refused_as_declined(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct decline decline = {.reason = DECLINE_PRICE};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-01 13:00"),
		"invitation_declined");
}

static void one_who_is_out_hears_nothing_of_how_others_fare(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};
	struct record_involvement involved = involvement(INVOLVED_IN_CHOICE);
	struct invite invited = invitation_of(rival_provider);
	struct make_offer offer = offer_of(160000);
	struct withdraw withdraw = {.reason = WITHDRAW_OTHER};
	struct sign sign = {.side = NO_ENUM};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 13:00"));
	must(&rival, MOVE_MAKE_OFFER, &offer, at("2026-04-02 13:00"));
	refused(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-02 14:00"),
		"invitation_declined");
	refused(&negotiator, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-02 14:00"),
		"invitation_declined");
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-03 14:00"));
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-03 15:00"),
		"invitation_declined");
	refused(&rival, MOVE_MAKE_OFFER, &offer, at("2026-04-03 15:00"), "placement_ended");
}

/* ---- questions ---- */

static void question_pauses_the_askers_offer_clock(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct answer answer = {1, SAID("Yes")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == NEVER_US);
	assert_due(DUTY_ANSWER, SIDE_COMMISSIONER, "2026-04-09 17:00");
	must(&officer, MOVE_ANSWER, &answer, at("2026-04-09 10:00"));
	assert_state(DUTY_ANSWER, SIDE_COMMISSIONER, OBLIGATION_MET);
	/* the ticks of 2, 7 and 8 April fell into the pause */
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-22 17:00");
	assert_due(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-07 17:00");
}

static void a_second_question_keeps_the_clock_paused_until_both_are_answered(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct answer answer = {2, SAID("Yes")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 11:00"));
	must(&officer, MOVE_ANSWER, &answer, at("2026-04-02 12:00"));
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == NEVER_US);
	answer.number = 1;
	must(&officer, MOVE_ANSWER, &answer, at("2026-04-02 13:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
}

static void a_question_by_the_other_side_pauses_nothing(void **state)
{
	struct ask ask = {SAID("How many staff at night?"), NO_INT};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&officer, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_due(DUTY_ANSWER, SIDE_PROVIDER, "2026-04-09 17:00");
}

static void an_answer_names_an_open_question_of_the_other_side(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct answer answer = {1, SAID("Yes")};
	int64_t now = at("2026-04-02 11:00");

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&officer, MOVE_ANSWER, &answer, now, "question_open", "/number");
	must(&negotiator, MOVE_ASK, &ask, now);
	refused_at(&negotiator, MOVE_ANSWER, &answer, now, "question_open", "/number");
	answer.number = 0;
	refused_at(&officer, MOVE_ANSWER, &answer, now, "question_open", "/number");
	answer.number = 1;
	must(&officer, MOVE_ANSWER, &answer, now);
	refused_at(&officer, MOVE_ANSWER, &answer, now, "question_open", "/number");
}

/* ---- offers ---- */

static void an_offer_is_totalled_numbered_and_digested(void **state)
{
	static const struct fee_line lines[] = {
		{TEXT("care"), TEXT("Care"), LINE_HOUR, 105000, 142025, NO_INT},
		{TEXT("less"), TEXT("Reduction"), LINE_WEEK, 10000, -100050, NO_INT},
	};
	struct make_offer offer = offer_of(0);
	const struct make_offer *made;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.terms.lines = LIST_OF(lines);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 18:20"));
	made = last_fact()->data;
	assert_int_equal(((const struct fee_line *)made->terms.lines.items)[0].weekly_p, 14913);
	assert_int_equal(((const struct fee_line *)made->terms.lines.items)[1].weekly_p, -1001);
	assert_int_equal(made->terms.weekly_p, 13912);
	assert_int_equal(made->number, 1);
	assert_int_equal(made->side, SIDE_PROVIDER);
	assert_int_equal(lines[0].weekly_p == NO_INT, true); /* the request is left alone */
	assert_false(digest_is_zero(&made->terms_digest));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_int_equal(strand()->offers[0].number, 1);
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET_LATE);
	assert_state(DUTY_MAKE_OFFER, SIDE_PROVIDER, OBLIGATION_MET);
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-17 17:00");
	assert_due(DUTY_OFFER_STANDS, SIDE_TIME, "2026-05-11 17:00");
}

static void nobody_offers_twice_in_a_row(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_offered();
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-10 10:00"), "turn");
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-10 10:00"));
	assert_int_equal(strand()->offers[0].state, OFFER_COUNTERED);
	assert_state(DUTY_RESPOND, SIDE_PROVIDER, OBLIGATION_OPEN);
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-10 11:00"), "turn");
}

static void unsound_terms_are_refused(void **state)
{
	static const struct fee_line twice[] = {
		{TEXT("care"), TEXT("Care"), LINE_WEEK, 10000, 10000, NO_INT},
		{TEXT("care"), TEXT("Care"), LINE_WEEK, 10000, 10000, NO_INT},
	};
	static const struct outcome_ref unknown[] = {{TEXT("garden")}, {TEXT("moon")}};
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.terms.lines = LIST_OF(twice);
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "terms_sound",
		   "/terms/lines/1/key");
	offer = offer_of(-1);
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "terms_sound",
		   "/terms/lines");
	offer = offer_of(160000);
	offer.terms.outcomes = LIST_OF(unknown);
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"), "outcome_known",
		   "/terms/outcomes/1/key");
}

static void an_offer_stands_until_the_answer_is_due(void **state)
{
	struct make_offer offer = offer_of(160000);
	int64_t now = at("2026-04-09 10:00"); /* reply by Thursday 16 April */

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.valid_until_day = on("2026-04-15");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, now, "valid_until", "/valid_until");
	offer.valid_until_day = on("2027-04-11");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, now, "valid_until", "/valid_until");
	offer.valid_until_day = on("2026-04-18");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, now);
	assert_due(DUTY_OFFER_STANDS, SIDE_TIME, "2026-04-18 17:00"); /* a Saturday: as they said */
}

static void an_urgent_offer_stands_until_tomorrow_at_the_least(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_EMERGENCY);
	offer.valid_until_day = on("2026-04-01");
	refused_at(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-01 10:30"), "valid_until",
		   "/valid_until");
	offer.valid_until_day = on("2026-04-02");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-01 10:30"));
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-01 14:30");
	assert_due(DUTY_OFFER_STANDS, SIDE_TIME, "2026-04-02 17:00");
}

static void an_offer_in_hours_stands_past_its_hour(void **state)
{
	struct make_offer offer = offer_of(160000);

	(void)state;
	play_invited(URGENCY_DISCHARGE); /* reply in 24 hours: 20:00 on the 3rd, past 17:00 */
	offer.valid_until_day = on("2026-04-03");
	refused(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 20:00"), "valid_until");
	offer.valid_until_day = on("2026-04-04");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 20:00"));
}

static void the_commissioner_offers_within_the_limit(void **state)
{
	struct make_offer offer = offer_of(LIMIT_P + 1);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.above_guide_reason = SAID("The only home near her sister");
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"),
		"within_approved_limit");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
}

static void without_a_panel_the_threshold_is_the_limit(void **state)
{
	struct invite invited = invitation_of(provider);
	struct make_offer offer = offer_of(169001);

	(void)state;
	world.panel_threshold_p = 169000;
	play_prepared(URGENCY_ORDINARY);
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	offer.above_guide_reason = SAID("The only home near her sister");
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"),
		"within_approved_limit");
}

static void accepting_above_the_limit_is_refused(void **state)
{
	struct accept accept;

	(void)state;
	play_offered(); /* 1,812.00 */
	accept = acceptance();
	accept.above_guide_reason = SAID("The only home near her sister");
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"), "within_approved_limit");
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
}

static void a_higher_limit_lets_the_offer_be_accepted(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide approved = approval(181200);
	struct accept accept;

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	must(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-04-10 11:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	accept = acceptance();
	accept.above_guide_reason = SAID("The only home near her sister");
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 12:00"));
}

static void above_guide_high_needs_a_reason(void **state)
{
	struct make_offer offer = offer_of(169001);
	struct accept accept;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	refused_at(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"),
		   "above_guide_reason", "/above_guide_reason");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
	accept = acceptance();
	refused_at(&officer, MOVE_ACCEPT, &accept, at("2026-04-02 11:00"), "above_guide_reason",
		   "/above_guide_reason");
	accept.above_guide_reason = SAID("The only home near her sister");
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-02 11:00"));
}

static void at_the_guides_high_no_reason_is_asked(void **state)
{
	struct make_offer offer = offer_of(169000);
	struct accept accept;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-02 11:00"));
}

static void an_acceptance_names_the_digest(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct accept accept;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-02 10:00"));
	accept = acceptance();
	accept.terms_digest.bytes[31] ^= 1;
	refused_at(&officer, MOVE_ACCEPT, &accept, at("2026-04-02 11:00"), "names_digest",
		   "/terms_digest");
}

static void nobody_answers_ones_own_offer(void **state)
{
	struct accept accept;
	struct reject reject = rejection();
	struct withdraw_offer withdraw = {.number = NO_INT};

	(void)state;
	play_offered();
	accept = acceptance();
	refused(&negotiator, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"), "others_offer");
	refused(&negotiator, MOVE_REJECT, &reject, at("2026-04-10 10:00"), "others_offer");
	refused(&officer, MOVE_WITHDRAW_OFFER, &withdraw, at("2026-04-10 10:00"), "own_offer");
}

static void an_acceptance_owes_two_signatures(void **state)
{
	const struct accept *accept;

	(void)state;
	play_accepted();
	accept = last_fact()->data;
	assert_int_equal(accept->number, 1);
	assert_int_equal(accept->weekly_p, 165000);
	assert_int_equal(played->stage, STAGE_SIGNING);
	assert_due(DUTY_SIGN, SIDE_COMMISSIONER, "2026-04-17 17:00");
	assert_due(DUTY_SIGN, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_due(DUTY_ACCEPTANCE_STANDS, SIDE_TIME, "2026-05-11 17:00");
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_state(DUTY_OFFER_STANDS, SIDE_TIME, OBLIGATION_RELEASED);
	assert_non_null(thread_accepted_offer(strand()));
}

static void a_withdrawn_offer_is_owed_again_by_its_maker(void **state)
{
	struct withdraw_offer withdraw = {.number = NO_INT};
	struct make_offer offer = offer_of(160000);
	struct accept accept;

	(void)state;
	play_offered();
	accept = acceptance();
	must(&negotiator, MOVE_WITHDRAW_OFFER, &withdraw, at("2026-04-10 10:00"));
	assert_int_equal(((const struct withdraw_offer *)last_fact()->data)->number, 1);
	assert_due(DUTY_OFFER_AGAIN, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_due(DUTY_ROUND_STANDS, SIDE_TIME, "2026-05-11 17:00");
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 11:00"), "offer_withdrawn");
	refused(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-10 11:00"), "turn");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-10 12:00"));
	assert_state(DUTY_OFFER_AGAIN, SIDE_PROVIDER, OBLIGATION_MET);
	assert_state(DUTY_ROUND_STANDS, SIDE_TIME, OBLIGATION_RELEASED);
}

static void a_rejection_leaves_ten_days_for_either_to_offer(void **state)
{
	struct reject reject = rejection();
	struct make_offer offer = offer_of(165000);
	struct accept accept;

	(void)state;
	play_offered();
	accept = acceptance();
	must(&officer, MOVE_REJECT, &reject, at("2026-04-10 10:00"));
	assert_int_equal(((const struct reject *)last_fact()->data)->number, 1);
	assert_state(DUTY_RESPOND, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_due(DUTY_AFTER_REJECTION, SIDE_EITHER, "2026-04-24 17:00");
	refused(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 11:00"), "offer_on_table");
	assert_true(core_allows(arena, &world, played, &officer, MOVE_MAKE_OFFER,
				at("2026-04-10 11:00")));
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-10 12:00"));
	assert_state(DUTY_AFTER_REJECTION, SIDE_EITHER, OBLIGATION_RELEASED);
}

/* ---- signing ---- */

static void signing_waits_for_involvement(void **state)
{
	struct sign sign;

	(void)state;
	play_accepted();
	sign = signature();
	refused(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"),
		"involvement_before_signature");
}

static void opener_and_approver_may_not_sign(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct sign sign;

	(void)state;
	play_accepted();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	refused(&busy_officer, MOVE_SIGN, &sign, at("2026-04-13 10:00"), "three_people");
	refused(&busy_panel, MOVE_SIGN, &sign, at("2026-04-13 10:00"), "three_people");
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
}

static void the_second_signature_makes_the_agreement(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	const struct agreement *agreement;
	struct sign sign, wrong;

	(void)state;
	play_accepted();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = wrong = signature();
	wrong.terms_digest.bytes[0] ^= 1;
	refused(&provider_signatory, MOVE_SIGN, &wrong, at("2026-04-13 10:00"), "names_digest");
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	assert_int_equal(played->stage, STAGE_SIGNING);
	assert_true(((const struct sign *)last_fact()->data)->agreement == NO_INT);
	refused(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-13 11:00"), "not_signed_yet");
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	assert_int_equal(((const struct sign *)last_fact()->data)->agreement, 1);
	assert_int_equal(played->stage, STAGE_IN_FORCE);
	agreement = placement_agreement(played);
	assert_int_equal(agreement->number, 1);
	assert_int_equal(agreement->from_day, on("2026-05-18"));
	assert_int_equal(agreement->terms->weekly_p, 165000);
	assert_state(DUTY_ACCEPTANCE_STANDS, SIDE_TIME, OBLIGATION_RELEASED);
	assert_due(DUTY_CONFIRM_START, SIDE_COMMISSIONER, "2026-05-20 17:00");
	assert_int_equal(open_count(), 1);
}

static void an_agreed_start_in_the_past_is_confirmed_from_now(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct make_offer offer = offer_of(160000);
	struct accept accept;
	struct sign sign;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	offer.terms.start_day = on("2026-03-30");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
	must(&negotiator, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	assert_due(DUTY_CONFIRM_START, SIDE_COMMISSIONER, "2026-04-16 17:00");
}

/* ---- care ---- */

static void the_start_schedules_three_reviews_rolled_back(void **state)
{
	struct confirm_start start = {.started_day = on("2026-05-30")};

	(void)state;
	play_signed();
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-06-01 10:00"));
	assert_state(DUTY_CONFIRM_START, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	/* 25 July and 30 August are a Saturday and a Sunday, 30 May 2027 a Sunday */
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-07-24 17:00");
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-08-28 17:00");
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-05-28 17:00");
	assert_int_equal(owed(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER)->nominal_day,
			 on("2026-08-30"));
}

static void a_stay_planned_to_end_sooner_gets_no_review_it_would_outlive(void **state)
{
	struct confirm_start start = {.started_day = on("2026-03-23")};
	struct open_placement open = opening(URGENCY_EMERGENCY);
	struct describe_needs described = needs();
	struct calculate calculated = calculation("home");
	struct invite invited = invitation_of(provider);

	(void)state;
	world.panel_threshold_p = 169000;
	open.planned_end_day = on("2026-06-01");
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
	must(&officer, MOVE_INVITE, &invited, at("2026-03-23 10:00"));
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-03-23 11:00"));
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-05-18 17:00");
	assert_null(newest(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER));
	assert_null(newest(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER));
}

static void the_start_is_confirmed_once_and_in_the_past(void **state)
{
	struct confirm_start start = {.started_day = on("2026-05-20")};

	(void)state;
	play_approved(URGENCY_ORDINARY);
	refused(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"), "care_agreed");
	tear_down(NULL);
	set_up(NULL);
	play_signed();
	refused_at(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"), "start_in_past",
		   "/started");
	start.started_day = on("2026-03-22");
	refused_at(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"), "start_in_past",
		   "/started");
	start.started_day = on("2026-05-18");
	must(&officer, MOVE_CONFIRM_START, &start, at("2026-05-19 10:00"));
	assert_state(DUTY_CONFIRM_START, SIDE_COMMISSIONER, OBLIGATION_MET);
	refused(&negotiator, MOVE_CONFIRM_START, &start, at("2026-05-19 11:00"),
		"start_not_confirmed_yet");
}

static void reviews_outlast_an_invitation_that_is_declined(void **state)
{
	struct confirm_start start = {.started_day = on("2026-04-01")};
	struct decline decline = {.reason = DECLINE_CANNOT_MEET_NEEDS};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_CONFIRM_START, &start, at("2026-04-01 12:00"));
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 13:00"));
	assert_due(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, "2026-05-27 17:00");
	assert_state(DUTY_MAKE_OFFER, SIDE_PROVIDER, OBLIGATION_RELEASED);
}

static void a_review_waits_for_involvement_in_it(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-10");

	(void)state;
	play_started();
	refused(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-10 10:00"),
		"involvement_before_review");
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-10 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-10 11:00"));
	assert_state(DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_state(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-05-18 17:00");
	held.kind = REVIEW_THREE_MONTH;
	refused(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-10 12:00"),
		"involvement_before_review");
}

static void a_three_month_review_moves_the_yearly_one(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_THREE_MONTH, "2026-08-14");

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-08-14 10:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-08-14 11:00"));
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2027-08-13 17:00"); /* Saturday 14 */
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2027-08-10 10:00"));
	held = review(REVIEW_YEARLY, "2027-08-10");
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2027-08-10 11:00"));
	assert_due(DUTY_YEARLY_REVIEW, SIDE_COMMISSIONER, "2028-08-10 17:00");
	held = review(REVIEW_THREE_MONTH, "2027-08-10");
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, at("2027-08-10 12:00"), "review_open",
		   "/kind");
}

static void unsound_reviews_are_refused(void **state)
{
	static const struct outcome_result_entry unknown[] = {
		{TEXT("moon"), OUTCOME_MET, {.text = TEXT_NONE}}};
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	struct hold_review held = review(REVIEW_FIRST, "2026-07-11");
	int64_t now = at("2026-07-10 10:00");

	(void)state;
	play_started();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, now);
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "review_sound", "/held_on");
	held.held_day = on("2026-05-17");
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "review_sound", "/held_on");
	held.held_day = on("2026-07-10");
	held.needs = NEEDS_FELL;
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "review_sound", "/reassessed_on");
	held.reassessed_day = on("2026-07-11");
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "review_sound", "/reassessed_on");
	held.reassessed_day = on("2026-07-09");
	held.outcomes = LIST_OF(unknown);
	refused_at(&officer, MOVE_HOLD_REVIEW, &held, now, "outcome_known", "/outcomes/0/key");
}

static void no_review_is_due_before_care_starts(void **state)
{
	struct hold_review held = review(REVIEW_FIRST, "2026-05-10");

	(void)state;
	play_signed();
	refused(&officer, MOVE_HOLD_REVIEW, &held, at("2026-05-10 10:00"), "review_open");
}

static void a_review_belongs_to_the_strand_that_was_agreed(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};
	struct hold_review held = review(REVIEW_FIRST, "2026-05-10");

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 12:00"));
	on_thread = 1;
	refused(&officer, MOVE_HOLD_REVIEW, &held, at("2026-05-10 10:00"), "invitation_declined");
}

/* ---- emergencies ---- */

static void an_emergency_owes_involvement_within_five_working_days(void **state)
{
	struct open_placement open = opening(URGENCY_EMERGENCY);
	struct calculate calculated = calculation("home");
	struct record_involvement involved = involvement(INVOLVED_IN_CHOICE);

	(void)state;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
	assert_due(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, "2026-03-30 17:00");
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 11:00"));
	assert_int_equal(open_count(), 1); /* not owed twice */
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-03-24 10:00"));
	assert_state(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, OBLIGATION_OPEN);
	involved.purpose = INVOLVED_IN_CALCULATION;
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-03-24 11:00"));
	assert_state(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void an_emergency_signature_owes_involvement_after(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct make_offer offer = offer_of(165000);
	struct accept accept;
	struct sign sign;

	(void)state;
	play_invited(URGENCY_EMERGENCY);
	assert_due(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-01 14:00");
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-02 10:00");
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-01 11:00"));
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-01 15:00");
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-01 12:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-01 13:00"));
	assert_null(newest(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-01 14:00"));
	assert_due(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, "2026-04-10 17:00");
	must(&negotiator, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-02 10:00"));
	assert_state(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, OBLIGATION_MET);
}

static void involvement_owed_outlasts_an_invitation_that_is_declined(void **state)
{
	struct open_placement open = opening(URGENCY_EMERGENCY);
	struct describe_needs described = needs();
	struct calculate calculated = calculation("home");
	struct invite invited = invitation_of(provider);
	struct decline decline = {.reason = DECLINE_NO_VACANCY};

	(void)state;
	world.panel_threshold_p = 169000;
	must(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"));
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-03-23 10:00"));
	must(&officer, MOVE_CALCULATE, &calculated, at("2026-03-23 10:00"));
	must(&officer, MOVE_INVITE, &invited, at("2026-03-23 10:00"));
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-03-23 11:00"));
	assert_state(DUTY_RECORD_INVOLVEMENT, SIDE_COMMISSIONER, OBLIGATION_OPEN);
}

/* ---- the end ---- */

static void withdrawing_stops_every_clock(void **state)
{
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};
	struct refer_to_panel referred = {.sitting_day = NO_DAY};

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-10 11:00"));
	assert_int_equal(played->stage, STAGE_ENDED);
	assert_int_equal(played->end_reason, END_WITHDRAWN);
	assert_int_equal(open_count(), 0);
	assert_int_equal(strand()->state, THREAD_ENDED);
	assert_null(placement_open_round(played));
}

static void an_agreement_in_force_is_not_withdrawn(void **state)
{
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};

	(void)state;
	play_signed();
	refused(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-15 11:00"), "stage");
}

static void ended_is_final(void **state)
{
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};

	(void)state;
	play_offered();
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-10 11:00"));
	for (int move = 0; move < MOVE_COUNT; move++) {
		assert_false(core_allows(arena, &world, played, &busy_officer, (enum move)move,
					 at("2026-04-10 12:00")));
		assert_false(core_allows(arena, &world, played, &negotiator, (enum move)move,
					 at("2026-04-10 12:00")));
	}
}

static void a_date_past_the_calendar_is_refused_with_the_reason(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_approved(URGENCY_ORDINARY);
	calendar.last_day = on("2026-04-10");
	invited.wanted_start_day = on("2026-12-01");
	refused(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"), "calendar_runs_out");
}

static void an_answer_past_the_calendar_is_refused_too(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct answer answer = {1, SAID("Yes")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ASK, &ask, at("2026-04-02 10:00"));
	calendar.last_day = on("2026-04-20");
	refused(&officer, MOVE_ANSWER, &answer, at("2026-04-09 10:00"), "calendar_runs_out");
}

static void deciding_leaves_the_placement_it_was_given_alone(void **state)
{
	struct make_offer offer = offer_of(165000);
	const struct placement *before;

	(void)state;
	play_offered();
	before = played;
	must(&officer, MOVE_MAKE_OFFER, &offer, at("2026-04-20 10:00"));
	assert_int_equal(before->seq + 2, played->seq); /* a miss and the offer */
	assert_int_equal(before->fact_count, (size_t)before->seq);
	assert_int_equal(before->threads[0].offer_count, 1);
	assert_int_equal(before->threads[0].offers[0].state, OFFER_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_placement_opens_in_preparing),
		TEST(nothing_happens_before_a_placement_is_opened),
		TEST(a_placement_opens_once),
		TEST(planned_end_before_the_start_is_refused),
		TEST(exactly_one_payer_takes_the_remainder),
		TEST(a_side_makes_its_own_moves_only),
		TEST(a_role_makes_its_own_moves_only),
		TEST(people_never_miss_or_lapse_for_time),
		TEST(outcomes_have_keys_of_their_own),
		TEST(involvement_says_how_or_why_not),
		TEST(calculating_waits_for_involvement),
		TEST(a_calculation_is_filled_from_its_model),
		TEST(an_unknown_or_old_model_is_refused),
		TEST(inputs_that_do_not_fit_are_refused_with_their_place),
		TEST(the_panel_is_asked_with_guide_and_needs),
		TEST(a_referral_is_decided_at_the_next_sitting),
		TEST(opener_may_not_approve),
		TEST(an_approval_states_a_limit_and_anything_else_reasons),
		TEST(a_refusal_by_the_panel_ends_the_placement),
		TEST(the_panel_decides_what_it_was_asked),
		TEST(the_panel_is_not_asked_twice),
		TEST(panel_in_negotiation_moves_the_commissioners_reply),
		TEST(a_reply_due_after_the_sitting_stays),
		TEST(an_acceptance_leaves_the_panel_nothing_to_decide),
		TEST(an_invitation_needs_approval),
		TEST(a_guide_within_the_threshold_needs_no_panel),
		TEST(a_guide_without_a_weekly_price_is_under_no_threshold),
		TEST(an_invitation_needs_needs_and_a_guide),
		TEST(an_invitation_discloses_and_starts_two_clocks),
		TEST(a_start_within_28_days_halves_the_offer_clock),
		TEST(one_invitation_at_a_time),
		TEST(acknowledging_twice_is_refused),
		TEST(an_answer_to_the_commissioners_own_offer_acknowledges),
		TEST(an_invitation_can_be_acknowledged_while_an_offer_waits),
		TEST(declining_is_only_for_invitations_without_offers),
		TEST(offer_after_invitation_lapsed_is_refused_as_lapsed),
		TEST(offer_after_declining_is_refused_as_declined),
		TEST(one_who_is_out_hears_nothing_of_how_others_fare),
		TEST(question_pauses_the_askers_offer_clock),
		TEST(a_second_question_keeps_the_clock_paused_until_both_are_answered),
		TEST(a_question_by_the_other_side_pauses_nothing),
		TEST(an_answer_names_an_open_question_of_the_other_side),
		TEST(an_offer_is_totalled_numbered_and_digested),
		TEST(nobody_offers_twice_in_a_row),
		TEST(unsound_terms_are_refused),
		TEST(an_offer_stands_until_the_answer_is_due),
		TEST(an_urgent_offer_stands_until_tomorrow_at_the_least),
		TEST(an_offer_in_hours_stands_past_its_hour),
		TEST(the_commissioner_offers_within_the_limit),
		TEST(without_a_panel_the_threshold_is_the_limit),
		TEST(accepting_above_the_limit_is_refused),
		TEST(a_higher_limit_lets_the_offer_be_accepted),
		TEST(above_guide_high_needs_a_reason),
		TEST(at_the_guides_high_no_reason_is_asked),
		TEST(an_acceptance_names_the_digest),
		TEST(nobody_answers_ones_own_offer),
		TEST(an_acceptance_owes_two_signatures),
		TEST(a_withdrawn_offer_is_owed_again_by_its_maker),
		TEST(a_rejection_leaves_ten_days_for_either_to_offer),
		TEST(signing_waits_for_involvement),
		TEST(opener_and_approver_may_not_sign),
		TEST(the_second_signature_makes_the_agreement),
		TEST(an_agreed_start_in_the_past_is_confirmed_from_now),
		TEST(the_start_schedules_three_reviews_rolled_back),
		TEST(a_stay_planned_to_end_sooner_gets_no_review_it_would_outlive),
		TEST(the_start_is_confirmed_once_and_in_the_past),
		TEST(reviews_outlast_an_invitation_that_is_declined),
		TEST(a_review_waits_for_involvement_in_it),
		TEST(a_three_month_review_moves_the_yearly_one),
		TEST(unsound_reviews_are_refused),
		TEST(no_review_is_due_before_care_starts),
		TEST(a_review_belongs_to_the_strand_that_was_agreed),
		TEST(an_emergency_owes_involvement_within_five_working_days),
		TEST(an_emergency_signature_owes_involvement_after),
		TEST(involvement_owed_outlasts_an_invitation_that_is_declined),
		TEST(withdrawing_stops_every_clock),
		TEST(an_agreement_in_force_is_not_withdrawn),
		TEST(ended_is_final),
		TEST(a_date_past_the_calendar_is_refused_with_the_reason),
		TEST(an_answer_past_the_calendar_is_refused_too),
		TEST(deciding_leaves_the_placement_it_was_given_alone),
	};

	return cmocka_run_group_tests_name("test_decide", tests, NULL, NULL);
}
