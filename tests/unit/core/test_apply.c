/* test_apply.c - the fold: what it refuses to follow, and what each party is counted to see. */
#include "world.h"

static struct fact copy_of(size_t n)
{
	return *played->facts[n - 1];
}

static struct placement *folded(size_t count)
{
	struct placement *p = placement_new(arena, authority, placement_id);

	for (size_t i = 0; i < count; i++)
		assert_true(placement_apply(p, played->facts[i]));
	return p;
}

static void facts_fold_into_the_same_placement_again(void **state)
{
	struct placement *again;

	(void)state;
	play_started();
	again = folded(played->fact_count);
	assert_int_equal(again->stage, STAGE_IN_FORCE);
	assert_int_equal(again->obligation_count, played->obligation_count);
	for (size_t i = 0; i < again->obligation_count; i++) {
		assert_int_equal(again->obligations[i].state, played->obligations[i].state);
		assert_true(again->obligations[i].due_at_us == played->obligations[i].due_at_us);
	}
	assert_int_equal(again->parties[1].version, played->parties[1].version);
}

static void a_gap_in_seq_is_not_followed(void **state)
{
	struct fact fact;
	struct placement *p;

	(void)state;
	play_offered();
	p = folded(played->fact_count - 1);
	fact = copy_of(played->fact_count);
	fact.seq++;
	assert_false(placement_apply(p, &fact));
	fact.seq -= 2;
	assert_false(placement_apply(p, &fact));
}

static void only_the_first_fact_opens(void **state)
{
	struct placement *empty = placement_new(arena, authority, placement_id);
	struct fact fact;

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	fact = copy_of(2);
	fact.seq = 1;
	assert_false(placement_apply(empty, &fact));
	fact = copy_of(1);
	fact.seq = 5;
	assert_false(placement_apply(folded(4), &fact));
}

static void an_unknown_obligation_is_not_closed_or_changed(void **state)
{
	struct closed closed = {1, 1, OBLIGATION_MET, NEVER_US};
	struct due_change change = {.entry = 1, .n = 1, .new_due_at_us = NEVER_US};
	struct fact fact;

	(void)state;
	play_offered();
	fact = copy_of(played->fact_count);
	fact.closes = (struct list){&closed, 1};
	assert_false(placement_apply(folded(played->fact_count - 1), &fact));
	fact.closes = (struct list){NULL, 0};
	fact.changes = (struct list){&change, 1};
	assert_false(placement_apply(folded(played->fact_count - 1), &fact));
}

static void an_obligation_ends_once(void **state)
{
	struct fact again;

	(void)state;
	play_offered();
	again = copy_of(played->fact_count); /* closes what it has closed already */
	again.seq++;
	assert_true(again.closes.count > 0);
	assert_false(placement_apply(folded(played->fact_count), &again));
}

static void a_strand_that_is_not_there_is_not_followed(void **state)
{
	struct fact fact;

	(void)state;
	play_offered();
	fact = copy_of(played->fact_count);
	fact.thread = 2;
	assert_false(placement_apply(folded(played->fact_count - 1), &fact));
}

static void an_answer_without_a_question_is_not_followed(void **state)
{
	struct answer data = {1, SAID("Yes")};
	struct fact fact;

	(void)state;
	play_offered();
	fact = (struct fact){
		.seq = played->seq + 1, .kind = FACT_ANSWERED, .thread = 1, .data = &data};
	assert_false(placement_apply(folded(played->fact_count), &fact));
	data.number = 0;
	assert_false(placement_apply(folded(played->fact_count), &fact));
}

static void a_miss_is_recorded_once(void **state)
{
	struct fact again;

	(void)state;
	play_offered();
	settle(at("2026-04-17 09:00"));
	assert_int_equal(last_fact()->kind, FACT_MISSED);
	again = copy_of(played->fact_count);
	again.seq++;
	assert_false(placement_apply(folded(played->fact_count), &again));
}

/* ---- what a party sees ---- */

static int32_t version_of(struct uuid organisation)
{
	const struct party *party = placement_party(played, organisation);

	assert_non_null(party);
	return party->version;
}

static void versions_count_only_what_is_visible(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide approved = approval(LIMIT_P + 1);
	struct record_involvement involved = involvement(INVOLVED_IN_CHOICE);
	int32_t theirs, ours;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	/* opened, needs, calculated, referred, invited: not the decision; involvement moves none */
	assert_int_equal(version_of(provider), 5);
	assert_int_equal(placement_party(played, provider)->entries, 6);
	assert_int_equal(version_of(authority), 6);
	assert_int_equal(placement_party(played, authority)->entries, played->seq);

	tear_down(NULL);
	set_up(NULL);
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	theirs = version_of(provider);
	ours = version_of(authority);
	must(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-04-10 11:00"));
	assert_int_equal(version_of(provider), theirs);
	assert_int_equal(version_of(authority), ours + 1);
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 12:00"));
	assert_int_equal(version_of(provider), theirs);
	assert_int_equal(version_of(authority), ours + 1);
}

static void a_rivals_strand_is_not_seen(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};
	struct invite invited = invitation_of(rival_provider);
	struct make_offer offer = offer_of(160000);
	int32_t version;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 11:00"));
	version = version_of(provider);
	must(&officer, MOVE_INVITE, &invited, at("2026-04-01 12:00"));
	must(&rival, MOVE_MAKE_OFFER, &offer, at("2026-04-01 13:00"));
	assert_int_equal(version_of(provider), version);
	assert_false(fact_visible(last_fact(), played, placement_party(played, provider)));
	assert_true(fact_visible(last_fact(), played, placement_party(played, rival_provider)));
	assert_true(fact_visible(last_fact(), played, placement_party(played, authority)));
	for (size_t i = 0; i < played->fact_count; i++)
		if (played->facts[i]->thread == 1)
			assert_false(fact_visible(played->facts[i], played,
						  placement_party(played, rival_provider)));
	assert_int_equal(party_stage(played, placement_party(played, provider)), STAGE_ENDED);
	assert_int_equal(party_stage(played, placement_party(played, rival_provider)),
			 STAGE_NEGOTIATING);
}

static void nothing_is_seen_after_ones_own_end(void **state)
{
	struct decline decline = {.reason = DECLINE_PRICE};
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};
	int32_t version;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-01 11:00"));
	version = version_of(provider);
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-01 12:00"));
	assert_int_equal(version_of(provider), version);
}

static void everyone_in_it_sees_a_withdrawal(void **state)
{
	struct withdraw withdraw = {.reason = WITHDRAW_FUNDING};
	int32_t version;

	(void)state;
	play_offered();
	version = version_of(provider);
	must(&officer, MOVE_WITHDRAW, &withdraw, at("2026-04-10 12:00"));
	assert_int_equal(version_of(provider), version + 1);
}

static void the_panels_word_in_a_negotiation_stays_with_the_commissioner(void **state)
{
	struct refer_to_panel referred = {.sitting_day = NO_DAY};
	struct panel_decide refusal = {PANEL_REFUSED, NO_INT, SAID("Canary reasons")};
	int32_t version;

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	version = version_of(provider);
	must(&panel, MOVE_PANEL_DECIDE, &refusal, at("2026-04-10 11:00"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_int_equal(strand()->state, THREAD_OPEN);
	assert_int_equal(played->rounds[0].limit_weekly_p, LIMIT_P);
	assert_int_equal(version_of(provider), version);
	assert_false(fact_visible(last_fact(), played, placement_party(played, provider)));
}

static void a_version_never_falls_when_one_is_invited_again(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	struct invite invited = invitation_of(provider);
	int32_t version;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	for (int i = 0; i < 5; i++)
		must(&officer, MOVE_ASK, &ask, at("2026-04-01 11:00"));
	settle(at("2026-04-18 10:00"));
	assert_int_equal(strand()->state, THREAD_LAPSED);
	version = version_of(provider);
	must(&officer, MOVE_INVITE, &invited, at("2026-04-20 10:00"));
	assert_int_equal(version_of(provider), version + 1);
	assert_int_equal(placement_party(played, provider)->thread, 2);
	assert_int_equal(played->party_count, 2);
	assert_true(fact_visible(played->facts[played->fact_count - 2], played,
				 placement_party(played, provider)));
}

static void provider_never_sees_the_limit(void **state)
{
	struct refer_to_panel referred = {SAID("Canary note"), NO_DAY};
	struct panel_decide approved = approval(181299);
	struct accept accept;
	struct writer w;
	const char *rendered;

	(void)state;
	play_offered();
	must(&officer, MOVE_REFER_TO_PANEL, &referred, at("2026-04-10 10:00"));
	must(&panel, MOVE_PANEL_DECIDE, &approved, at("2026-04-10 11:00"));
	accept = acceptance();
	accept.above_guide_reason = SAID("Canary reason");
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 12:00"));
	writer_init(&w, arena);
	for (size_t i = 0; i < played->fact_count; i++)
		fact_render(&w, played->facts[i], AUDIENCE_PROVIDER);
	rendered = text_cstr(arena, writer_text(&w));
	assert_null(strstr(rendered, "Canary")); /* name, note, reasons */
	assert_null(strstr(rendered, "limit"));
	assert_null(strstr(rendered, "181299"));
	assert_null(strstr(rendered, "170000"));
	assert_non_null(strstr(rendered, "181200")); /* the offer itself */
	writer_init(&w, arena);
	for (size_t i = 0; i < played->fact_count; i++)
		fact_render(&w, played->facts[i], AUDIENCE_COMMISSIONER);
	rendered = text_cstr(arena, writer_text(&w));
	assert_non_null(strstr(rendered, "Canary note"));
	assert_non_null(strstr(rendered, "181299"));
}

static void a_body_holds_digests_and_no_words(void **state)
{
	struct writer w;

	(void)state;
	play_offered();
	writer_init(&w, arena);
	for (size_t i = 0; i < played->fact_count; i++)
		writer_put(&w, fact_body(arena, played->facts[i]));
	assert_null(strstr(text_cstr(arena, writer_text(&w)), "Canary"));
	assert_null(strstr(text_cstr(arena, writer_text(&w)), "kitchen"));
}

static void a_header_says_when_and_nothing_else(void **state)
{
	static const uint8_t nonce[16] = {1}, other[16] = {2};
	struct digest none = {{0}};
	struct text body, header;

	(void)state;
	play_offered();
	body = fact_body(arena, last_fact());
	header = fact_header(arena, authority, placement_id, last_fact(), &none, nonce, body);
	assert_null(strstr(text_cstr(arena, header), "offer"));
	assert_non_null(strstr(text_cstr(arena, header), "\"seq\":9"));
	assert_non_null(
		strstr(text_cstr(arena, header), "\"recorded_at\":\"2026-04-09T09:00:00Z\""));
	assert_false(text_eq(header, fact_header(arena, authority, placement_id, last_fact(), &none,
						 other, body)));
}

static void obligations_know_whom_they_fall_on(void **state)
{
	(void)state;
	play_offered();
	assert_true(uuid_eq(obligation_owner(played, owed(DUTY_RESPOND, SIDE_COMMISSIONER)),
			    authority));
	assert_true(
		uuid_eq(obligation_owner(played, owed(DUTY_ACKNOWLEDGE, SIDE_PROVIDER)), provider));
	assert_true(uuid_is_zero(obligation_owner(played, owed(DUTY_OFFER_STANDS, SIDE_TIME))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(facts_fold_into_the_same_placement_again),
		TEST(a_gap_in_seq_is_not_followed),
		TEST(only_the_first_fact_opens),
		TEST(an_unknown_obligation_is_not_closed_or_changed),
		TEST(an_obligation_ends_once),
		TEST(a_strand_that_is_not_there_is_not_followed),
		TEST(an_answer_without_a_question_is_not_followed),
		TEST(a_miss_is_recorded_once),
		TEST(versions_count_only_what_is_visible),
		TEST(a_rivals_strand_is_not_seen),
		TEST(nothing_is_seen_after_ones_own_end),
		TEST(everyone_in_it_sees_a_withdrawal),
		TEST(the_panels_word_in_a_negotiation_stays_with_the_commissioner),
		TEST(a_version_never_falls_when_one_is_invited_again),
		TEST(provider_never_sees_the_limit),
		TEST(a_body_holds_digests_and_no_words),
		TEST(a_header_says_when_and_nothing_else),
		TEST(obligations_know_whom_they_fall_on),
	};

	return cmocka_run_group_tests_name("test_apply", tests, NULL, NULL);
}
