/*
 * test_between.c - more time by agreement, entries on the other side's behalf, notes and documents.
 */
#include "world.h"

/* In that party's own numbers. */
static int64_t number_of(const struct actor *who, int32_t seq)
{
	return party_entry(played, placement_party(played, who->organisation), seq);
}

static bool ask_for_more(const struct actor *who, enum duty duty, enum side side, int64_t more,
			 const char *when)
{
	const struct obligation *o = owed(duty, side);
	const struct change_timescale change = {
		.entry = number_of(who, o->entry),
		.n = o->n,
		.more = more,
		.reason = SAID("There is a lot to read"),
		.number = NO_INT,
		.side = NO_ENUM,
	};

	return moved(who, MOVE_CHANGE_TIMESCALE, &change, at(when));
}

static bool consent(const struct actor *who, int64_t number, const char *when)
{
	const struct consent_to_timescale agreed = {number};

	return moved(who, MOVE_CONSENT_TO_TIMESCALE, &agreed, at(when));
}

static bool take_back(const struct actor *who, int64_t number, const char *when)
{
	const struct remove_extension removal = {.number = number};

	return moved(who, MOVE_REMOVE_EXTENSION, &removal, at(when));
}

static void put_question(const struct actor *who, const char *when)
{
	const struct ask question = {SAID("Does she use a hoist?"), NO_INT};

	must(who, MOVE_ASK, &question, at(when));
}

static void answer_question(const struct actor *who, int64_t number, const char *when)
{
	const struct answer answer = {number, SAID("Yes")};

	must(who, MOVE_ANSWER, &answer, at(when));
}

/* ---- more time ---- */

static void agreed_time_is_counted_from_the_same_anchor(void **state)
{
	int64_t anchor;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	anchor = owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->anchor_us;
	assert_true(
		ask_for_more(&negotiator, DUTY_MAKE_OFFER, SIDE_PROVIDER, 5, "2026-04-10 10:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_true(consent(&officer, 1, "2026-04-13 10:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-24 17:00");
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->anchor_us == anchor);
	assert_int_equal(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->rule.count, 15);
}

static void without_consent_nothing_moves(void **state)
{
	const struct actor colleague = ACTOR(7, 2, SIDE_PROVIDER, BIT(ROLE_NEGOTIATOR));

	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(
		ask_for_more(&negotiator, DUTY_MAKE_OFFER, SIDE_PROVIDER, 5, "2026-04-10 10:00"));
	assert_false(consent(&negotiator, 1, "2026-04-10 11:00"));
	assert_string_equal(last.refusal.rule, "others_extension");
	assert_false(consent(&colleague, 1, "2026-04-10 11:00"));
	assert_string_equal(last.refusal.rule, "others_extension");
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
}

static bool refuse_more(const struct actor *who, int64_t number, const char *when)
{
	const struct refuse_timescale refusal = {.number = number};

	return moved(who, MOVE_REFUSE_TIMESCALE, &refusal, at(when));
}

static enum extension_state extension_state(int64_t number)
{
	return placement_extension(played, 1, number)->state;
}

static void more_time_is_refused_by_the_other_side_alone(void **state)
{
	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(
		ask_for_more(&negotiator, DUTY_MAKE_OFFER, SIDE_PROVIDER, 5, "2026-04-10 10:00"));
	assert_false(refuse_more(&negotiator, 1, "2026-04-10 11:00"));
	assert_string_equal(last.refusal.rule, "others_extension");
	assert_true(refuse_more(&officer, 1, "2026-04-10 11:00"));
	assert_int_equal(extension_state(1), EXTENSION_REFUSED);
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
	assert_false(consent(&officer, 1, "2026-04-10 12:00"));
	assert_false(core_allows(arena, &world, played, &officer, MOVE_REFUSE_TIMESCALE,
				 at("2026-04-10 12:00")));
	/* and asked for again */
	assert_true(
		ask_for_more(&negotiator, DUTY_MAKE_OFFER, SIDE_PROVIDER, 2, "2026-04-10 13:00"));
	assert_true(consent(&officer, 2, "2026-04-10 14:00"));
	assert_int_equal(extension_state(1), EXTENSION_REFUSED);
	assert_int_equal(extension_state(2), EXTENSION_AGREED);
}

static void more_time_nobody_answers_for_ends_with_the_action_or_its_time(void **state)
{
	struct make_offer offer = offer_of(165000);

	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(
		ask_for_more(&negotiator, DUTY_MAKE_OFFER, SIDE_PROVIDER, 5, "2026-04-08 10:00"));
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	assert_int_equal(extension_state(1), EXTENSION_RELEASED);
	assert_true(ask_for_more(&officer, DUTY_RESPOND, SIDE_COMMISSIONER, 5, "2026-04-10 10:00"));
	settle(at("2026-04-17 09:00"));
	assert_missed(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-16 17:00");
	assert_int_equal(extension_state(2), EXTENSION_RELEASED);
	assert_false(refuse_more(&negotiator, 2, "2026-04-17 10:00"));
	assert_string_equal(last.refusal.rule, "extension_asked");
}

static void a_rival_neither_sees_nor_agrees_to_it(void **state)
{
	struct invite invited = invitation_of(provider);
	struct invite other = invitation_of(rival_provider);

	(void)state;
	play_approved(URGENCY_ORDINARY);
	invited.closes_day = other.closes_day = on("2026-04-24");
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	must(&officer, MOVE_INVITE, &other, at("2026-04-01 10:05"));
	put_question(&negotiator, "2026-04-02 10:00");
	assert_true(
		ask_for_more(&negotiator, DUTY_ANSWER, SIDE_COMMISSIONER, 2, "2026-04-02 11:00"));
	assert_false(consent(&rival, 1, "2026-04-02 12:00"));
	put_question(&rival, "2026-04-02 13:00");
	assert_true(ask_for_more(&rival, DUTY_ANSWER, SIDE_COMMISSIONER, 1, "2026-04-02 14:00"));
	/* its own first, whatever others have asked for */
	assert_int_equal(((const struct change_timescale *)last_fact()->data)->number, 1);
	on_thread = 1;
	assert_true(consent(&officer, 1, "2026-04-02 15:00"));
	assert_int_equal(placement_extension(played, 1, 1)->state, EXTENSION_AGREED);
	assert_int_equal(placement_extension(played, 2, 1)->state, EXTENSION_PROPOSED);
}

static void what_is_not_the_sides_own_is_not_extended(void **state)
{
	(void)state;
	play_started();
	assert_false(ask_for_more(&officer, DUTY_FIRST_REVIEW, SIDE_COMMISSIONER, 10,
				  "2026-06-01 10:00"));
	assert_string_equal(last.refusal.rule, "can_be_extended");
}

static void the_sealed_offers_of_several_have_one_closing_day(void **state)
{
	struct invite invited = invitation_of(provider);

	(void)state;
	play_approved(URGENCY_ORDINARY);
	invited.closes_day = on("2026-04-24");
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	assert_false(
		ask_for_more(&negotiator, DUTY_MAKE_OFFER, SIDE_PROVIDER, 2, "2026-04-02 10:00"));
	assert_string_equal(last.refusal.rule, "can_be_extended");
}

/* ---- the order of pause, resume, extension and removal does not matter ---- */

enum step { PAUSE, RESUME, EXTEND, SHORTEN, STEPS };

/* Each at its own instant, whatever the order: what a step needs has come before it. */
static void play_steps(const enum step *steps)
{
	static const char *const instants[STEPS][2] = {{"2026-04-09 09:00", "2026-04-09 09:30"},
						       {"2026-04-09 10:00", "2026-04-09 10:30"},
						       {"2026-04-09 11:00", "2026-04-09 11:30"},
						       {"2026-04-09 12:00", "2026-04-09 12:30"}};

	play_invited(URGENCY_ORDINARY);
	for (int i = 0; i < STEPS; i++) {
		const char *when = instants[i][0], *later = instants[i][1];

		switch (steps[i]) {
		case PAUSE:
			put_question(&negotiator, when);
			break;
		case RESUME:
			answer_question(&officer, 1, when);
			break;
		case EXTEND:
			assert_true(
				ask_for_more(&officer, DUTY_MAKE_OFFER, SIDE_PROVIDER, 5, when));
			assert_true(consent(&negotiator, 1, later));
			break;
		case SHORTEN:
			assert_true(take_back(&officer, 1, when));
			assert_true(take_back(&negotiator, 1, later));
			break;
		case STEPS:
			break;
		}
	}
}

static void pauses_and_extensions_commute(void **state)
{
	static const enum step orders[][STEPS] = {
		{PAUSE, RESUME, EXTEND, SHORTEN}, {PAUSE, EXTEND, RESUME, SHORTEN},
		{PAUSE, EXTEND, SHORTEN, RESUME}, {EXTEND, PAUSE, RESUME, SHORTEN},
		{EXTEND, PAUSE, SHORTEN, RESUME}, {EXTEND, SHORTEN, PAUSE, RESUME},
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		play_steps(orders[i]);
		/* all within the working day of 9 April: as if nothing had been */
		assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
		tear_down(state);
		set_up(state);
	}
}

static void a_pause_keeps_its_ticks_under_an_extension(void **state)
{
	(void)state;
	play_invited(URGENCY_ORDINARY);
	put_question(&negotiator, "2026-04-07 09:00");
	assert_true(ask_for_more(&officer, DUTY_MAKE_OFFER, SIDE_PROVIDER, 2, "2026-04-07 10:00"));
	assert_true(consent(&negotiator, 1, "2026-04-07 11:00"));
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == NEVER_US);
	answer_question(&officer, 1, "2026-04-09 09:00");
	/* ten, two more, and the two that fell into the pause */
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-23 17:00");
	assert_true(take_back(&officer, 1, "2026-04-09 10:00"));
	assert_true(take_back(&negotiator, 1, "2026-04-09 11:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-21 17:00");
}

static void a_clock_in_hours_is_extended_by_hours(void **state)
{
	(void)state;
	play_invited(URGENCY_EMERGENCY);
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-02 10:00");
	assert_true(
		ask_for_more(&negotiator, DUTY_MAKE_OFFER, SIDE_PROVIDER, 6, "2026-04-01 11:00"));
	assert_true(consent(&officer, 1, "2026-04-01 12:00"));
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-02 16:00");
}

/* ---- on behalf of the other side ---- */

static bool said_by(enum side side, const char *when, const struct actor *who, enum move move,
		    const void *data, const char *entered)
{
	const struct said said = {(int32_t)side, {NO_INT, TEXT("Call note 17")}};
	bool done;

	saying = &said;
	said_at_us = at(when);
	done = moved(who, move, data, at(entered));
	saying = NULL;
	said_at_us = NEVER_US;
	return done;
}

static void the_fact_keeps_who_entered_it_and_for_whom(void **state)
{
	const struct acknowledge acknowledged = {SAID("Larch House")};
	const struct fact *fact;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(said_by(SIDE_PROVIDER, "2026-04-02 09:00", &officer, MOVE_ACKNOWLEDGE,
			    &acknowledged, "2026-04-02 10:00"));
	fact = last_fact();
	assert_int_equal(fact->side, SIDE_COMMISSIONER);
	assert_true(uuid_eq(fact->organisation, authority));
	assert_true(uuid_eq(fact->user, officer.user));
	assert_int_equal(fact->on_behalf_of, SIDE_PROVIDER);
	assert_int_equal(fact_speaker(fact), SIDE_PROVIDER);
	assert_true(fact->occurred_at_us == at("2026-04-02 09:00"));
	assert_true(text_is(fact->evidence.reference, "Call note 17"));
	assert_true(strand()->acknowledged);
	assert_int_equal(owed(DUTY_DISPUTE_ENTRY, SIDE_PROVIDER)->thread, 1);
}

static void one_that_was_said_in_time_turns_a_miss_into_met(void **state)
{
	const struct acknowledge acknowledged = {.contact = {.text = TEXT_NONE}};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	settle(at("2026-04-08 10:00"));
	assert_missed(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, "2026-04-07 17:00");
	assert_true(said_by(SIDE_PROVIDER, "2026-04-07 17:00", &officer, MOVE_ACKNOWLEDGE,
			    &acknowledged, "2026-04-08 11:00"));
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET);
}

static void one_that_was_said_late_is_met_late(void **state)
{
	const struct acknowledge acknowledged = {.contact = {.text = TEXT_NONE}};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(said_by(SIDE_PROVIDER, "2026-04-07 17:01", &officer, MOVE_ACKNOWLEDGE,
			    &acknowledged, "2026-04-08 11:00"));
	assert_state(DUTY_ACKNOWLEDGE, SIDE_PROVIDER, OBLIGATION_MET_LATE);
}

static void a_question_said_by_telephone_is_the_providers_own(void **state)
{
	const struct ask question = {SAID("Does she use a hoist?"), NO_INT};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(said_by(SIDE_PROVIDER, "2026-04-08 09:00", &officer, MOVE_ASK, &question,
			    "2026-04-08 10:00"));
	assert_int_equal(strand()->questions[0].asker, SIDE_PROVIDER);
	assert_true(owed(DUTY_MAKE_OFFER, SIDE_PROVIDER)->due_at_us == NEVER_US);
	answer_question(&officer, 1, "2026-04-08 11:00");
	assert_state(DUTY_ANSWER, SIDE_COMMISSIONER, OBLIGATION_MET);
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-17 17:00");
}

static void a_limit_is_not_found_out_by_accepting_for_the_other_side(void **state)
{
	struct accept accept;

	(void)state;
	play_offered();
	accept = acceptance();
	assert_false(said_by(SIDE_COMMISSIONER, "2026-04-10 09:00", &negotiator, MOVE_ACCEPT,
			     &accept, "2026-04-10 10:00"));
	assert_string_equal(last.refusal.rule, "recordable");
}

static void a_sealed_offer_is_its_makers_own(void **state)
{
	struct invite invited = invitation_of(provider);
	struct make_offer offer;

	(void)state;
	play_approved(URGENCY_ORDINARY);
	invited.closes_day = on("2026-04-24");
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	offer = offer_of(160000);
	on_thread = 1;
	assert_false(said_by(SIDE_PROVIDER, "2026-04-02 09:00", &officer, MOVE_MAKE_OFFER, &offer,
			     "2026-04-02 10:00"));
	assert_string_equal(last.refusal.rule, "seal_kept");
}

static void the_right_to_dispute_counts_from_the_entry(void **state)
{
	const struct send_message message = {.message = SAID("We shall answer on Monday")};

	(void)state;
	play_invited(URGENCY_ORDINARY);
	assert_true(said_by(SIDE_COMMISSIONER, "2026-04-01 11:00", &negotiator, MOVE_SEND_MESSAGE,
			    &message, "2026-04-09 10:00"));
	assert_due(DUTY_DISPUTE_ENTRY, SIDE_COMMISSIONER, "2026-04-16 17:00");
	settle(at("2026-04-17 10:00"));
	assert_state(DUTY_DISPUTE_ENTRY, SIDE_COMMISSIONER, OBLIGATION_LAPSED);
	assert_int_equal(played->stage, STAGE_INVITING);
}

static void two_providers_dispute_one_entry_each_for_itself(void **state)
{
	struct invite invited = invitation_of(provider), other = invitation_of(rival_provider);
	struct dispute_entry dispute = {.statement = SAID("She is not turned twice a night")};

	(void)state;
	play_approved(URGENCY_ORDINARY);
	invited.closes_day = other.closes_day = on("2026-04-24");
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 10:00"));
	must(&officer, MOVE_INVITE, &other, at("2026-04-01 10:05"));
	dispute.entry = number_of(&negotiator, 2);
	must(&negotiator, MOVE_DISPUTE_ENTRY, &dispute, at("2026-04-02 10:00"));
	assert_true(placement_beside(played, placement_party(played, authority),
				     FACT_ENTRY_DISPUTED, 2) == last_fact());
	assert_null(placement_beside(played, placement_party(played, rival_provider),
				     FACT_ENTRY_DISPUTED, 2));
	must(&rival, MOVE_DISPUTE_ENTRY, &dispute, at("2026-04-02 11:00"));
	refused(&rival, MOVE_DISPUTE_ENTRY, &dispute, at("2026-04-02 12:00"), "entry_known");
}

/* ---- notes and documents ---- */

static void a_note_leaves_no_trace_on_the_other_side(void **state)
{
	const struct write_note note = {SAID("They will go up to 1,700"), NO_ENUM};
	const struct actor *sides[] = {&negotiator, &officer};

	(void)state;
	play_offered();
	for (size_t i = 0; i < 2; i++) {
		struct party before = *placement_party(played, sides[1 - i]->organisation);
		const struct party *after;

		must(sides[i], MOVE_WRITE_NOTE, &note, at("2026-04-10 10:00"));
		after = placement_party(played, sides[1 - i]->organisation);
		assert_int_equal(after->entries, before.entries);
		assert_int_equal(after->version, before.version);
		assert_false(fact_visible(last_fact(), played, after));
		assert_int_equal(party_entry(played, after, played->seq), 0);
	}
	/* what follows has the next number on each side */
	must(&officer, MOVE_SEND_MESSAGE, &(struct send_message){.message = SAID("Soon")},
	     at("2026-04-10 11:00"));
	assert_int_equal(number_of(&officer, played->seq),
			 placement_party(played, authority)->entries);
	assert_int_equal(number_of(&negotiator, played->seq),
			 placement_party(played, provider)->entries);
}

static void a_document_is_attached_by_what_was_uploaded(void **state)
{
	struct attach attach = {.document = document_id, .bytes = NO_INT, .title = SAID("Letter")};
	const struct attach *kept;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_ATTACH, &attach, at("2026-04-02 10:00"));
	kept = last_fact()->data;
	assert_int_equal(kept->bytes, 8);
	assert_true(text_is(kept->media_type, "text/plain"));
	assert_false(digest_is_zero(&kept->sha256));
	attach.document = provider;
	refused_at(&negotiator, MOVE_ATTACH, &attach, at("2026-04-02 11:00"), "document_known",
		   "/document");
}

static void no_move_has_a_member_that_stands_beside_every_move(void **state)
{
	(void)state;
	for (int32_t move = 0; move < MOVE_COUNT; move++) {
		const struct schema *schema = move_schema((enum move)move);

		for (size_t i = 0; i < schema->count; i++)
			for (size_t n = 0; n < move_beside_schema.count; n++)
				assert_string_not_equal(schema->fields[i].name,
							move_beside_schema.fields[n].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(agreed_time_is_counted_from_the_same_anchor),
		TEST(without_consent_nothing_moves),
		TEST(more_time_is_refused_by_the_other_side_alone),
		TEST(more_time_nobody_answers_for_ends_with_the_action_or_its_time),
		TEST(a_rival_neither_sees_nor_agrees_to_it),
		TEST(what_is_not_the_sides_own_is_not_extended),
		TEST(the_sealed_offers_of_several_have_one_closing_day),
		TEST(pauses_and_extensions_commute),
		TEST(a_pause_keeps_its_ticks_under_an_extension),
		TEST(a_clock_in_hours_is_extended_by_hours),
		TEST(the_fact_keeps_who_entered_it_and_for_whom),
		TEST(one_that_was_said_in_time_turns_a_miss_into_met),
		TEST(one_that_was_said_late_is_met_late),
		TEST(a_question_said_by_telephone_is_the_providers_own),
		TEST(a_limit_is_not_found_out_by_accepting_for_the_other_side),
		TEST(a_sealed_offer_is_its_makers_own),
		TEST(the_right_to_dispute_counts_from_the_entry),
		TEST(two_providers_dispute_one_entry_each_for_itself),
		TEST(a_note_leaves_no_trace_on_the_other_side),
		TEST(a_document_is_attached_by_what_was_uploaded),
		TEST(no_move_has_a_member_that_stands_beside_every_move),
	};

	return cmocka_run_group_tests_name("between", tests, NULL, NULL);
}
