/* test_competition.c - sealed offers, who sees what of whom, and the choice among several. */
#include "world.h"

#define CLOSES "2026-04-20"

static const struct actor *const bidders[] = {&negotiator, &rival, &third};
static const char *const notes[] = {"canarynote1", "canarynote2", "canarynote3"};

static void invite_one(struct uuid whom, const char *wall)
{
	struct invite invited = invitation_of(whom);

	invited.closes_day = on(CLOSES);
	must(&officer, MOVE_INVITE, &invited, at(wall));
}

static void play_several(void)
{
	play_approved(URGENCY_ORDINARY);
	invite_one(provider, "2026-04-01 10:00");
	invite_one(rival_provider, "2026-04-01 10:05");
	invite_one(third_provider, "2026-04-01 10:10");
}

static void put_offer(size_t bidder, int64_t weekly_p, const char *wall)
{
	struct make_offer *offer = arena_make(arena, struct make_offer);

	*offer = offer_of(weekly_p);
	offer->covering_note.text = text_of(notes[bidder]);
	must(bidders[bidder], MOVE_MAKE_OFFER, offer, at(wall));
}

static void take_back(size_t bidder, const char *wall)
{
	struct withdraw_offer withdrawn = {.number = NO_INT, .reason = SAID("canaryreason")};

	must(bidders[bidder], MOVE_WITHDRAW_OFFER, arena_copy(arena, &withdrawn, sizeof(withdrawn)),
	     at(wall));
}

/* The first and the second offered, the first after it had taken one back. */
static void play_opened(void)
{
	play_several();
	put_offer(0, 171183, "2026-04-07 10:00");
	take_back(0, "2026-04-07 11:00");
	put_offer(0, 161137, "2026-04-08 10:00");
	put_offer(1, 162259, "2026-04-08 11:00");
	settle(at(CLOSES " 17:01"));
}

static const struct party *party_of(struct uuid organisation)
{
	const struct party *party = placement_party(played, organisation);

	assert_non_null(party);
	return party;
}

static size_t sealed_to(struct uuid organisation)
{
	size_t count = 0;

	for (size_t i = 0; i < played->fact_count; i++)
		count += fact_is_sealed(played->facts[i], played, party_of(organisation));
	return count;
}

/* All that the party may read of the history, as it is rendered for it. */
static struct text read_by(struct uuid organisation, enum audience audience)
{
	const struct party *party = party_of(organisation);
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < played->fact_count; i++) {
		const struct fact *fact = played->facts[i];

		if (fact_visible(fact, played, party) && !fact_is_sealed(fact, played, party))
			fact_render(&w, fact, audience);
	}
	return writer_text(&w);
}

static bool says(struct text t, const char *word)
{
	return memmem(t.at, t.len, word, strlen(word)) != NULL;
}

static void choose(int64_t chosen, const int64_t *running, size_t count, const char *wall)
{
	struct score *scores = arena_array(arena, struct score, count);
	struct choose_provider *data = arena_make(arena, struct choose_provider);
	struct record_involvement involved = involvement(INVOLVED_IN_CHOICE);

	must(&officer, MOVE_RECORD_INVOLVEMENT, arena_copy(arena, &involved, sizeof(involved)),
	     at(wall));
	for (size_t i = 0; i < count; i++) {
		struct text reasons = text_printf(arena, "canaryreasons%d", (int)running[i]);

		scores[i] = (struct score){.thread = running[i],
					   .quality_r = 500000 + 1234 * running[i],
					   .price_r = 300000,
					   .total_r = NO_INT,
					   .reasons = {.text = reasons}};
	}
	*data = (struct choose_provider){
		.chosen = chosen, .scores = {scores, count}, .person_choice = SAID("canarychoice")};
	must(&officer, MOVE_CHOOSE_PROVIDER, data, at(wall));
}

/* ---- the seal ---- */

static void a_sealed_offer_is_there_for_the_commissioner_and_says_nothing(void **state)
{
	int32_t version, rivals;

	(void)state;
	play_several();
	version = party_of(authority)->version;
	rivals = party_of(rival_provider)->version;
	put_offer(0, 161137, "2026-04-07 10:00");
	assert_int_equal(party_of(authority)->version, version + 1);
	assert_int_equal(party_of(rival_provider)->version, rivals);
	assert_int_equal(sealed_to(authority), 1);
	assert_int_equal(sealed_to(provider), 0);
	assert_true(fact_visible(last_fact(), played, party_of(authority)));
	assert_false(fact_visible(last_fact(), played, party_of(rival_provider)));
	assert_false(says(read_by(authority, AUDIENCE_COMMISSIONER), "161137"));
	assert_true(says(read_by(provider, AUDIENCE_PROVIDER), "161137"));
	assert_null(newest(DUTY_RESPOND, SIDE_COMMISSIONER));
	assert_null(newest(DUTY_OFFER_STANDS, SIDE_TIME));
}

static void what_was_taken_back_before_the_opening_is_never_opened(void **state)
{
	struct text seen;

	(void)state;
	play_opened();
	seen = read_by(authority, AUDIENCE_COMMISSIONER);
	assert_int_equal(sealed_to(authority), 2);
	assert_true(says(seen, "161137") && says(seen, "162259"));
	assert_false(says(seen, "171183") || says(seen, "canaryreason"));
	assert_int_equal(sealed_to(provider), 0);
}

static void the_seal_of_a_strand_that_is_declined_is_never_broken(void **state)
{
	struct decline decline = {.reason = DECLINE_NO_VACANCY};

	(void)state;
	play_several();
	put_offer(0, 161137, "2026-04-07 10:00");
	must(&negotiator, MOVE_DECLINE, &decline, at("2026-04-08 10:00"));
	settle(at(CLOSES " 17:01"));
	assert_int_equal(sealed_to(authority), 1);
	assert_int_equal(played->threads[0].offers[0].state, OFFER_WITHDRAWN);
}

static void the_opening_starts_the_commissioners_clock_from_the_closing_instant(void **state)
{
	(void)state;
	play_opened();
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-27 17:00");
	assert_true(last_fact()->recorded_at_us == at(CLOSES " 17:01"));
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_int_equal(played->threads[2].state, THREAD_LAPSED);
	assert_null(placement_open_thread(played));
}

/* ---- who hears what ---- */

static void rivals_read_nothing_of_one_another(void **state)
{
	static const int64_t running[] = {1, 2};
	static const char *const of_first[] = {"161137", "171183", "canarynote1", "canaryreasons1",
					       "canarychoice"};
	struct text second;

	(void)state;
	play_opened();
	choose(1, running, 2, "2026-04-21 10:00");
	second = read_by(rival_provider, AUDIENCE_PROVIDER);
	for (size_t i = 0; i < sizeof(of_first) / sizeof(of_first[0]); i++)
		assert_false(says(second, of_first[i]));
	assert_false(says(second, text_cstr(arena, uuid_text(arena, provider))));
	assert_true(says(second, "canaryreasons2"));
	assert_false(says(read_by(third_provider, AUDIENCE_PROVIDER), "canaryreasons"));
	assert_false(says(read_by(provider, AUDIENCE_PROVIDER), "canaryreasons2"));
}

/* What a provider records of the placement as a whole names it, and would be heard by all. */
static void what_one_provider_records_about_the_person_no_other_hears(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_CALCULATION);
	int32_t entries;

	(void)state;
	play_several();
	entries = party_of(rival_provider)->entries;
	must(&negotiator, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-02 10:00"));
	assert_int_equal(party_of(rival_provider)->entries, entries);
	assert_true(fact_visible(last_fact(), played, party_of(provider)));
	assert_true(fact_visible(last_fact(), played, party_of(authority)));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-02 11:00"));
	assert_int_equal(party_of(rival_provider)->entries, entries + 1);
}

static void how_the_person_took_part_in_the_choice_no_provider_hears(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_CHOICE);

	(void)state;
	play_opened();
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-21 10:00"));
	assert_true(fact_visible(last_fact(), played, party_of(authority)));
	assert_false(fact_visible(last_fact(), played, party_of(provider)));
	assert_false(fact_visible(last_fact(), played, party_of(rival_provider)));
}

static void identity_is_shown_to_whom_it_was_told(void **state)
{
	const struct fact *opened;
	struct writer w;

	(void)state;
	play_opened();
	opened = played->facts[0];
	writer_init(&w, arena);
	fact_render(&w, opened, AUDIENCE_PROVIDER);
	assert_false(says(writer_text(&w), "Canary Person"));
	writer_init(&w, arena);
	fact_render(&w, opened, AUDIENCE_TOLD_PROVIDER);
	assert_true(says(writer_text(&w), "Canary Person"));
	assert_false(says(writer_text(&w), "\"person\":\""));
}

/* ---- the choice ---- */

static void the_loser_is_answered_by_the_choice_and_its_strand_is_over(void **state)
{
	static const int64_t running[] = {1, 2};

	(void)state;
	play_opened();
	choose(1, running, 2, "2026-04-21 10:00");
	assert_int_equal(played->threads[1].state, THREAD_NOT_CHOSEN);
	assert_int_equal(played->threads[1].offers[0].state, OFFER_REJECTED);
	assert_ptr_equal(placement_open_thread(played), &played->threads[0]);
	assert_int_equal(party_stage(played, party_of(rival_provider)), STAGE_ENDED);
	assert_int_equal(party_stage(played, party_of(provider)), STAGE_NEGOTIATING);
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];

		if (o->thread != 2)
			continue;
		assert_false(obligation_is_open(o));
		if (o->duty == DUTY_RESPOND)
			assert_int_equal(o->state, OBLIGATION_MET);
	}
}

/* The bytes of its own entry, which an auditor may hand to it, as the choice was of one or another.
 */
static void the_losers_entry_is_the_same_whoever_was_chosen(void **state)
{
	static const int64_t running[] = {1, 2, 3};
	struct text bodies[2];

	(void)state;
	for (int64_t chosen = 1; chosen <= 2; chosen++) {
		const struct fact *lost;

		played = placement_new(arena, authority, placement_id);
		play_several();
		put_offer(0, 165000, "2026-04-10 10:00");
		put_offer(1, 164000, "2026-04-10 11:00");
		put_offer(2, 163000, "2026-04-10 12:00");
		settle(at("2026-04-20 17:30"));
		choose(chosen, running, 3, "2026-04-21 10:00");
		lost = last_fact();
		assert_int_equal(lost->thread, 3);
		fill_digests(MOVE_CHOOSE_PROVIDER, (void *)lost->data);
		bodies[chosen - 1] = fact_body(arena, lost);
		assert_false(says(bodies[chosen - 1], "\"chosen\""));
		assert_false(says(bodies[chosen - 1], "person_choice"));
		assert_true(says(fact_body(arena, played->facts[lost->seq - 3]), "\"chosen\""));
	}
	assert_true(text_eq(bodies[0], bodies[1]));
}

static void a_late_choice_answers_late(void **state)
{
	static const int64_t running[] = {1, 2};

	(void)state;
	play_opened();
	choose(1, running, 2, "2026-04-28 10:00");
	for (size_t i = 0; i < played->obligation_count; i++)
		if (played->obligations[i].thread == 2 &&
		    played->obligations[i].duty == DUTY_RESPOND)
			assert_int_equal(played->obligations[i].state, OBLIGATION_MET_LATE);
}

/* A second competition is another choice. */
static void each_choice_needs_the_person_anew(void **state)
{
	static const int64_t first[] = {1, 2}, second[] = {4};
	struct share_identity share = {.note = {.text = TEXT_NONE}};
	struct provider_assessment cannot = {.outcome = ASSESSMENT_CANNOT};
	struct invite invited = invitation_of(third_provider);
	struct score score = {4, 500000, 300000, NO_INT, SAID("Good")};
	struct choose_provider data = {4, {&score, 1}, SAID("This one"), false};

	(void)state;
	play_opened();
	choose(1, first, 2, "2026-04-21 10:00");
	must(&officer, MOVE_SHARE_IDENTITY, &share, at("2026-04-21 11:00"));
	must(&negotiator, MOVE_PROVIDER_ASSESSMENT, &cannot, at("2026-04-22 10:00"));
	invited.closes_day = on("2026-05-11");
	must(&officer, MOVE_INVITE, &invited, at("2026-04-22 11:00"));
	put_offer(2, 163371, "2026-04-23 10:00");
	settle(at("2026-05-11 17:01"));
	refused(&officer, MOVE_CHOOSE_PROVIDER, &data, at("2026-05-12 10:00"),
		"involvement_before_choice");
	choose(4, second, 1, "2026-05-12 11:00");
	assert_ptr_equal(placement_open_thread(played), &played->threads[3]);
}

static void the_commissioner_may_move_in_each_strand_that_it_names(void **state)
{
	struct ask ask = {SAID("Is there a hoist?"), NO_INT};
	int64_t now_us = at("2026-04-02 10:00");

	(void)state;
	play_several();
	refused_at(&officer, MOVE_ASK, &ask, now_us, "thread_named", "/thread");
	assert_true(core_allows(arena, &world, played, &officer, MOVE_ASK, now_us));
	assert_false(core_allows(arena, &world, played, &officer, MOVE_REOPEN_INVITATION, now_us));
	on_thread = 2;
	must(&officer, MOVE_ASK, &ask, now_us);
	assert_int_equal(last_fact()->thread, 2);
}

/* ---- an invitation that is open again ---- */

static void one_that_is_open_again_counts_what_was_told_to_all_meanwhile(void **state)
{
	struct describe_needs described = needs();
	struct reopen_invitation again = {.closes_day = NO_DAY};
	const struct party *party;
	int32_t seen = 0, version = 0;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	settle(at("2026-04-18 10:00"));
	assert_int_equal(played->threads[0].state, THREAD_LAPSED);
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-04-20 10:00"));
	assert_true(core_allows(arena, &world, played, &officer, MOVE_REOPEN_INVITATION,
				at("2026-04-20 10:30")));
	on_thread = 1;
	must(&officer, MOVE_REOPEN_INVITATION, &again, at("2026-04-20 11:00"));
	party = party_of(provider);
	for (size_t i = 0; i < played->fact_count; i++) {
		if (!fact_visible(played->facts[i], played, party))
			continue;
		version += fact_counts(played->facts[i]->kind);
		assert_int_equal(party_entry(played, party, played->facts[i]->seq), ++seen);
	}
	assert_int_equal(party->entries, seen);
	assert_int_equal(party->version, version);
	assert_true(says(read_by(provider, AUDIENCE_PROVIDER), "invitation_reopened"));
}

static void one_that_is_open_again_alone_is_not_sealed(void **state)
{
	struct reopen_invitation again = {.closes_day = NO_DAY};

	(void)state;
	play_several();
	settle(at(CLOSES " 17:01"));
	on_thread = 1;
	must(&officer, MOVE_REOPEN_INVITATION, &again, at("2026-04-21 10:00"));
	on_thread = NO_INT;
	put_offer(0, 161137, "2026-04-22 10:00");
	assert_int_equal(sealed_to(authority), 0);
	assert_int_equal(played->stage, STAGE_NEGOTIATING);
	assert_due(DUTY_RESPOND, SIDE_COMMISSIONER, "2026-04-29 17:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sealed_offer_is_there_for_the_commissioner_and_says_nothing),
		TEST(what_was_taken_back_before_the_opening_is_never_opened),
		TEST(the_seal_of_a_strand_that_is_declined_is_never_broken),
		TEST(the_opening_starts_the_commissioners_clock_from_the_closing_instant),
		TEST(rivals_read_nothing_of_one_another),
		TEST(what_one_provider_records_about_the_person_no_other_hears),
		TEST(how_the_person_took_part_in_the_choice_no_provider_hears),
		TEST(identity_is_shown_to_whom_it_was_told),
		TEST(the_loser_is_answered_by_the_choice_and_its_strand_is_over),
		TEST(the_losers_entry_is_the_same_whoever_was_chosen),
		TEST(a_late_choice_answers_late),
		TEST(each_choice_needs_the_person_anew),
		TEST(the_commissioner_may_move_in_each_strand_that_it_names),
		TEST(one_that_is_open_again_counts_what_was_told_to_all_meanwhile),
		TEST(one_that_is_open_again_alone_is_not_sealed),
	};

	return cmocka_run_group_tests_name("test_competition", tests, NULL, NULL);
}
