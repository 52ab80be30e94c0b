/* test_novation.c - another provider takes over on the same terms: who consents, who sees what. */
#include "world.h"

#include "concordat/core/situation.h"

static struct novate novation(const char *from)
{
	return (struct novate){.provider = rival_provider,
			       .from_day = on(from),
			       .reason = SAID("The home is sold")};
}

static struct consent_to_novation consent(void)
{
	struct consent_to_novation out;

	schema_clear(move_schema(MOVE_CONSENT_TO_NOVATION), &out);
	out.note = SAID("Agreed");
	return out;
}

static bool sees(struct uuid organisation, int32_t seq)
{
	return fact_visible(played->facts[seq - 1], played, placement_party(played, organisation));
}

static int32_t newest_of(enum fact_kind kind)
{
	for (size_t i = played->fact_count; i-- > 0;)
		if (played->facts[i]->kind == kind)
			return played->facts[i]->seq;
	return 0;
}

/* Whatever is counted for a party is what it may see. */
static void numbers_hold(void)
{
	for (size_t i = 0; i < played->party_count; i++) {
		const struct party *party = &played->parties[i];
		int32_t entries = 0, version = 0;

		for (size_t n = 0; n < played->fact_count; n++) {
			if (!fact_visible(played->facts[n], played, party))
				continue;
			entries++;
			version += fact_counts(played->facts[n]->kind);
		}
		assert_int_equal(party->entries, entries);
		assert_int_equal(party->version, version);
	}
}

/* The old provider's own words, and both sides' messages, before a sale on 1 July 2026. */
static void play_proposed(void)
{
	struct send_message message = {.message = SAID("She sleeps badly")};
	struct write_note note = {.note = SAID("We lose money here")};
	struct novate novate = novation("2026-07-01");

	play_started();
	must(&negotiator, MOVE_SEND_MESSAGE, &message, at("2026-06-01 10:00"));
	must(&negotiator, MOVE_WRITE_NOTE, &note, at("2026-06-01 10:00"));
	must(&negotiator, MOVE_NOVATE, &novate, at("2026-06-02 10:00"));
}

/* Both sides stand by it; the new provider is told. */
static void play_told(void)
{
	struct consent_to_novation agreed = consent();

	play_proposed();
	must(&signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-03 10:00"));
}

static void play_taken_over(void)
{
	struct consent_to_novation agreed = consent();

	play_told();
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-07-01 10:00"));
}

static void nobody_is_told_before_both_sides_stand_by_it(void **state)
{
	struct consent_to_novation agreed = consent();

	(void)state;
	play_proposed();
	assert_null(placement_party(played, rival_provider));
	assert_int_equal(open_count(), 4); /* the reviews, and the other side's consent */
	refused(&provider_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-02 11:00"),
		"novation_awaits");
	refused(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-02 11:00"),
		"novation_awaits");
	must(&signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-03 10:00"));
	assert_int_equal(last.facts.count, 2);
	assert_non_null(placement_party(played, rival_provider));
	assert_int_equal(played->threads[1].state, THREAD_NOVATING);
	assert_int_equal(placement_open_thread(played)->number, 1);
	numbers_hold();
}

static void who_is_to_take_over_may_only_consent_and_not_before_the_day(void **state)
{
	struct consent_to_novation agreed = consent();
	struct send_message message = {.message = SAID("When may we visit?")};
	struct give_notice notice = {
		.end_day = on("2026-08-01"), .clause = TEXT("notice"), .reason = NOTICE_OTHER};

	(void)state;
	play_told();
	refused(&rival, MOVE_SEND_MESSAGE, &message, at("2026-06-04 10:00"), "novation_pending");
	refused(&rival, MOVE_GIVE_NOTICE, &notice, at("2026-06-04 10:00"), "novation_pending");
	refused(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-30 16:59"),
		"novation_begun");
	refused(&signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-30 16:59"),
		"novation_awaits");
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-07-01 10:00"));
}

static void who_is_to_take_over_does_not_speak_for_the_person(void **state)
{
	struct invite_representative invited = {.representative = rival_provider};

	(void)state;
	play_proposed();
	refused_at(&officer, MOVE_INVITE_REPRESENTATIVE, &invited, at("2026-06-02 11:00"),
		   "represents_no_side", "/representative");
}

static void three_consents_make_the_next_version_on_the_same_terms(void **state)
{
	const struct agreement *agreement;

	(void)state;
	play_taken_over();
	assert_int_equal(played->agreement_count, 2);
	agreement = placement_agreement(played);
	assert_int_equal(agreement->basis, AGREEMENT_NOVATED);
	assert_int_equal(agreement->number, 2);
	assert_int_equal(agreement->from_day, on("2026-07-01"));
	assert_memory_equal(&agreement->terms_digest, &played->agreements[0].terms_digest, 32);
	assert_int_equal(agreement_on(played, on("2026-06-30"))->number, 1);
	assert_int_equal(agreement_on(played, on("2026-07-01"))->number, 2);
	assert_int_equal(played->threads[0].state, THREAD_ENDED);
	assert_int_equal(played->threads[1].state, THREAD_AGREED);
	assert_true(uuid_eq(placement_open_thread(played)->provider, rival_provider));
	assert_int_equal(party_stage(played, placement_party(played, provider)), STAGE_ENDED);
	assert_int_equal(party_stage(played, placement_party(played, rival_provider)),
			 STAGE_IN_FORCE);
	assert_due(DUTY_THREE_MONTH_REVIEW, SIDE_COMMISSIONER, "2026-08-18 17:00");
	numbers_hold();
}

static void the_new_provider_sees_the_care_and_not_the_old_ones_words(void **state)
{
	(void)state;
	play_taken_over();
	assert_true(sees(rival_provider, 1));
	assert_true(sees(rival_provider, newest_of(FACT_NEEDS_DESCRIBED)));
	assert_true(sees(rival_provider, newest_of(FACT_INVOLVEMENT_RECORDED)));
	assert_true(sees(rival_provider, newest_of(FACT_START_CONFIRMED)));
	assert_false(sees(rival_provider, newest_of(FACT_INVITED)));
	assert_false(sees(rival_provider, newest_of(FACT_OFFER_MADE)));
	assert_false(sees(rival_provider, newest_of(FACT_ACCEPTED)));
	assert_false(sees(rival_provider, newest_of(FACT_SIGNED)));
	assert_false(sees(rival_provider, newest_of(FACT_MESSAGE_SENT)));
	assert_false(sees(rival_provider, newest_of(FACT_NOTE_WRITTEN)));
	assert_false(sees(rival_provider, newest_of(FACT_NOVATION_PROPOSED)));
	assert_false(sees(rival_provider, newest_of(FACT_PANEL_DECIDED)));
}

static void the_old_provider_sees_everything_up_to_then_and_nothing_after(void **state)
{
	struct send_message message = {.message = SAID("Welcome")};
	struct describe_needs described = needs();
	struct make_offer offer = offer_of(160000);
	int32_t then;

	(void)state;
	play_taken_over();
	then = played->seq;
	assert_true(sees(provider, then));
	assert_false(sees(provider, then - 1)); /* the same consent, in the new one's strand */
	assert_true(sees(provider, newest_of(FACT_MESSAGE_SENT)));
	must(&officer, MOVE_SEND_MESSAGE, &message, at("2026-07-02 10:00"));
	must(&rival, MOVE_SEND_MESSAGE, &message, at("2026-07-02 10:00"));
	offer.terms.start_day = on("2026-08-01");
	must(&rival, MOVE_PROPOSE_VARIATION, &offer, at("2026-07-02 10:00"));
	must(&officer, MOVE_DESCRIBE_NEEDS, &described, at("2026-07-02 10:00"));
	for (int32_t seq = then + 1; seq <= played->seq; seq++) {
		assert_false(sees(provider, seq));
		assert_true(sees(rival_provider, seq));
	}
	refused(&negotiator, MOVE_SEND_MESSAGE, &message, at("2026-07-02 11:00"), "round_ended");
	on_thread = 1;
	refused(&officer, MOVE_SEND_MESSAGE, &message, at("2026-07-02 11:00"), "round_ended");
	numbers_hold();
}

static void it_begins_neither_too_early_nor_with_the_same_provider(void **state)
{
	struct novate novate = novation("2026-05-17");

	(void)state;
	play_signed();
	refused(&officer, MOVE_NOVATE, &novate, at("2026-04-20 10:00"), "novation_sound");
	arena_free(arena);
	set_up(NULL);
	play_started();
	refused_at(&officer, MOVE_NOVATE, &novate, at("2026-06-01 10:00"), "novation_sound",
		   "/from");
	novate = novation("2026-07-01");
	novate.provider = provider;
	refused_at(&officer, MOVE_NOVATE, &novate, at("2026-06-01 10:00"), "novation_sound",
		   "/provider");
	novate.provider = authority;
	refused_at(&officer, MOVE_NOVATE, &novate, at("2026-06-01 10:00"), "novation_sound",
		   "/provider");
}

static void it_waits_for_an_open_round_and_for_no_notice(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct novate novate = novation("2026-07-01");
	struct consent_to_novation agreed = consent();
	struct give_notice notice = {
		.end_day = on("2026-08-01"), .clause = TEXT("notice"), .reason = NOTICE_OTHER};

	(void)state;
	play_proposed();
	offer.terms.start_day = on("2026-06-20");
	must(&officer, MOVE_PROPOSE_VARIATION, &offer, at("2026-06-03 10:00"));
	refused(&signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-03 10:00"),
		"no_round_open");
	refused(&officer, MOVE_NOVATE, &novate, at("2026-06-03 10:00"), "no_round_open");
	arena_free(arena);
	set_up(NULL);
	play_told();
	must(&officer, MOVE_GIVE_NOTICE, &notice, at("2026-06-04 10:00"));
	refused(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-07-01 10:00"),
		"no_notice");
	refused(&officer, MOVE_NOVATE, &novate, at("2026-07-01 10:00"), "no_notice");
}

static void another_proposal_takes_the_place_of_one_that_nobody_answers(void **state)
{
	struct novate novate = novation("2026-08-01");
	struct consent_to_novation agreed = consent();

	(void)state;
	play_told();
	novate.provider = third_provider;
	must(&officer, MOVE_NOVATE, &novate, at("2026-06-10 10:00"));
	assert_int_equal(played->threads[1].state, THREAD_ENDED);
	refused(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-12 10:00"),
		"novation_awaits");
	must(&provider_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-12 10:00"));
	assert_int_equal(played->threads[2].state, THREAD_NOVATING);
	numbers_hold();
}

static void a_death_ends_it_for_all_three(void **state)
{
	struct record_death died = {.died_day = on("2026-06-05"),
				    .last_paid_day = on("2026-06-05")};

	(void)state;
	play_told();
	must(&officer, MOVE_RECORD_DEATH, &died, at("2026-06-06 10:00"));
	assert_int_equal(played->threads[1].state, THREAD_ENDED);
	assert_true(sees(rival_provider, played->seq));
	assert_int_equal(party_stage(played, placement_party(played, rival_provider)), STAGE_ENDED);
	numbers_hold();
}

static void nobody_consents_for_the_provider_that_takes_over(void **state)
{
	struct consent_to_novation consented = consent();

	(void)state;
	play_proposed();
	must(&signatory, MOVE_CONSENT_TO_NOVATION, &consented, at("2026-06-03 10:00"));
	assert_int_equal(played->threads[played->thread_count - 1].state, THREAD_NOVATING);
	on_thread = (int64_t)played->thread_count;
	refused(&signatory, MOVE_CONSENT_TO_NOVATION, &consented, at("2026-07-02 10:00"),
		"novation_awaits");
	on_thread = NO_INT;
	assert_false(core_allows(arena, &world, played, &signatory, MOVE_CONSENT_TO_NOVATION,
				 at("2026-07-02 10:00")));
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &consented, at("2026-07-02 11:00"));
}

static void the_nights_before_stay_with_the_provider_that_had_them(void **state)
{
	struct make_offer offer = offer_of(160000);
	struct record_absence away = {.kind = ABSENCE_HOSPITAL,
				      .from_day = on("2026-06-20"),
				      .to_day = on("2026-07-05"),
				      .held_r = NO_INT,
				      .number = NO_INT};
	struct change_funding funding = {.from_day = on("2026-06-30")};

	(void)state;
	play_taken_over();
	assert_int_equal(first_day_of_present_provider(played), on("2026-07-01"));
	offer.terms.start_day = on("2026-06-30");
	refused_at(&rival, MOVE_PROPOSE_VARIATION, &offer, at("2026-07-13 10:00"),
		   "begins_in_force", "/terms/start");
	offer.terms.start_day = played->agreements[0].from_day;
	refused_at(&officer, MOVE_PROPOSE_CORRECTION, &offer, at("2026-07-13 10:00"),
		   "version_to_correct", "/terms/start");
	refused_at(&officer, MOVE_RECORD_ABSENCE, &away, at("2026-07-13 10:00"), "absence_sound",
		   "/from");
	refused_at(&officer, MOVE_CHANGE_FUNDING, &funding, at("2026-07-13 10:00"), "funding_fits",
		   "/from");
	away.from_day = on("2026-07-01");
	must(&officer, MOVE_RECORD_ABSENCE, &away, at("2026-07-13 10:00"));
	offer.terms.start_day = on("2026-07-01");
	must(&rival, MOVE_PROPOSE_CORRECTION, &offer, at("2026-07-13 10:00"));
}

static void sign_next(const struct make_offer *offer, enum move move, const char *when)
{
	struct accept accept;
	struct sign sign;

	must(&officer, move, offer, at(when));
	accept = acceptance();
	must(&negotiator, MOVE_ACCEPT, &accept, at(when));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at(when));
	must(&provider_signatory, MOVE_SIGN, &sign, at(when));
}

static void nobody_consents_to_other_terms_than_were_proposed(void **state)
{
	static const char *const begins[] = {"2026-06-20", "2026-08-01"};
	static const char *const days[] = {"2026-07-03 10:00", "2026-08-03 10:00"};
	struct consent_to_novation agreed = consent();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct make_offer offer = offer_of(160000);
		struct novate novate = novation(begins[i]);

		play_told();
		offer.terms.start_day = on(begins[i]);
		sign_next(&offer, MOVE_PROPOSE_VARIATION, "2026-06-08 10:00");
		refused(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-07-02 10:00"),
			"novation_unchanged");
		must(&officer, MOVE_NOVATE, &novate, at("2026-07-02 10:00"));
		must(&provider_signatory, MOVE_CONSENT_TO_NOVATION, &agreed,
		     at("2026-07-02 10:00"));
		must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at(days[i]));
		assert_int_equal(agreement_on(played, on("2026-08-02"))->terms->weekly_p, 160000);
		assert_true(uuid_eq(placement_open_thread(played)->provider, rival_provider));
		arena_free(arena);
		set_up(NULL);
	}
}

/* v1, v2 from July, and v3, which corrects v1: v2 is what goes on. */
static void what_passes_on_is_the_present_version_and_no_correction_of_an_earlier(void **state)
{
	struct make_offer later = offer_of(160000), right = offer_of(164100);
	struct novate novate = novation("2026-06-30");
	struct consent_to_novation agreed = consent();

	(void)state;
	play_started();
	later.terms.start_day = on("2026-07-01");
	sign_next(&later, MOVE_PROPOSE_VARIATION, "2026-06-22 10:00");
	sign_next(&right, MOVE_PROPOSE_CORRECTION, "2026-07-13 10:00");
	refused_at(&officer, MOVE_NOVATE, &novate, at("2026-07-14 10:00"), "novation_sound",
		   "/from");
	novate.from_day = on("2026-07-20");
	must(&officer, MOVE_NOVATE, &novate, at("2026-07-14 10:00"));
	must(&provider_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-07-15 10:00"));
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-07-20 10:00"));
	assert_int_equal(played->agreement_count, 4);
	assert_int_equal(placement_agreement(played)->number, 4);
	assert_int_equal(placement_agreement(played)->terms->weekly_p, 160000);
	assert_int_equal(agreement_on(played, on("2027-07-20"))->number, 4);
	assert_int_equal(agreement_on(played, on("2026-06-30"))->number, 3);
	assert_false(agreement_is_disputed(played, &played->agreements[0]));
	assert_false(agreement_is_disputed(played, &played->agreements[2]));
}

static struct drop_novation drop(void)
{
	return (struct drop_novation){.reason = SAID("The sale fell through")};
}

static void who_proposed_it_takes_it_back_before_anybody_is_told(void **state)
{
	struct drop_novation dropped = drop();
	struct consent_to_novation agreed = consent();

	(void)state;
	play_started();
	refused(&officer, MOVE_DROP_NOVATION, &dropped, at("2026-06-02 10:00"), "novation_open");
	arena_free(arena);
	set_up(NULL);
	play_proposed();
	must(&negotiator, MOVE_DROP_NOVATION, &dropped, at("2026-06-03 10:00"));
	assert_int_equal(last.facts.count, 1);
	assert_int_equal(played->novation.entry, 0);
	assert_null(placement_party(played, rival_provider));
	refused(&signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-03 11:00"),
		"novation_awaits");
	numbers_hold();
}

static void who_is_to_take_over_declines_and_its_strand_is_over(void **state)
{
	struct drop_novation dropped = drop();
	struct consent_to_novation agreed = consent();

	(void)state;
	play_told();
	refused(&officer, MOVE_DROP_NOVATION, &dropped, at("2026-06-04 10:00"), "novation_open");
	must(&rival, MOVE_DROP_NOVATION, &dropped, at("2026-06-04 10:00"));
	assert_int_equal(last.facts.count, 2);
	assert_int_equal(played->novation.entry, 0);
	assert_int_equal(played->threads[1].state, THREAD_ENDED);
	assert_int_equal(played->threads[0].state, THREAD_AGREED);
	assert_int_equal(party_stage(played, placement_party(played, rival_provider)), STAGE_ENDED);
	assert_true(sees(rival_provider, played->seq - 1));
	assert_true(sees(provider, played->seq));
	assert_false(sees(provider, played->seq - 1));
	refused(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-07-01 10:00"),
		"novation_awaits");
	numbers_hold();
}

static void who_proposed_it_takes_it_back_and_who_was_told_learns_it(void **state)
{
	struct drop_novation dropped = drop();
	struct novate novate = novation("2026-08-01");
	struct consent_to_novation agreed = consent();

	(void)state;
	play_told();
	must(&negotiator, MOVE_DROP_NOVATION, &dropped, at("2026-06-04 10:00"));
	assert_int_equal(played->threads[1].state, THREAD_ENDED);
	assert_true(sees(rival_provider, played->seq));
	assert_false(sees(rival_provider, played->seq - 1));
	must(&officer, MOVE_NOVATE, &novate, at("2026-06-05 10:00"));
	must(&provider_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-05 11:00"));
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-08-01 10:00"));
	assert_true(uuid_eq(placement_open_thread(played)->provider, rival_provider));
	numbers_hold();
}

/* The calculation asked for was left in the first strand, and the agreement is another's by now. */
static void nothing_is_owed_any_more_in_any_strand_of_who_gave_the_care_up(void **state)
{
	struct make_offer offer = offer_of(164000);
	struct request_recalculation again;
	struct novate novate = novation("2026-08-01");
	struct consent_to_novation agreed = consent();
	struct accept accept;
	struct sign sign;

	(void)state;
	play_started();
	schema_clear(move_schema(MOVE_REQUEST_RECALCULATION), &again);
	again.reason = SAID("More nights");
	offer.terms.start_day = on("2026-07-06");
	must(&negotiator, MOVE_PROPOSE_VARIATION, &offer, at("2026-06-22 10:00"));
	on_thread = 1;
	must(&officer, MOVE_REQUEST_RECALCULATION, &again, at("2026-06-22 11:00"));
	on_thread = NO_INT;
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-06-23 10:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-06-23 11:00"));
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-06-23 12:00"));
	assert_int_equal(owed(DUTY_RECALCULATE, SIDE_COMMISSIONER)->thread, 1);
	must(&officer, MOVE_NOVATE, &novate, at("2026-06-24 10:00"));
	must(&provider_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-06-24 11:00"));
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-08-01 10:00"));
	assert_state(DUTY_RECALCULATE, SIDE_COMMISSIONER, OBLIGATION_RELEASED);
	numbers_hold();
}

/* It gave the care up, is asked for it again and does not take it: what it has read it has read. */
static void who_had_the_care_and_does_not_take_it_again_keeps_its_numbers(void **state)
{
	struct novate back = novation("2026-09-01");
	struct consent_to_novation agreed = consent();
	struct drop_novation dropped = drop();
	const struct party *party;
	int32_t version, entries;

	(void)state;
	back.provider = provider;
	play_taken_over();
	must(&officer, MOVE_NOVATE, &back, at("2026-08-03 10:00"));
	must(&rival_signatory, MOVE_CONSENT_TO_NOVATION, &agreed, at("2026-08-03 11:00"));
	party = placement_party(played, provider);
	version = party->version;
	entries = party->entries;
	must(&provider_signatory, MOVE_DROP_NOVATION, &dropped, at("2026-08-04 10:00"));
	party = placement_party(played, provider);
	assert_int_equal(party->version, version + 1);
	assert_int_equal(party->entries, entries + 1);
	assert_int_equal(party->until_entry, 0);
	assert_int_equal(party->thread, 1);
	numbers_hold();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_is_told_before_both_sides_stand_by_it),
		TEST(who_is_to_take_over_may_only_consent_and_not_before_the_day),
		TEST(who_is_to_take_over_does_not_speak_for_the_person),
		TEST(three_consents_make_the_next_version_on_the_same_terms),
		TEST(the_new_provider_sees_the_care_and_not_the_old_ones_words),
		TEST(the_old_provider_sees_everything_up_to_then_and_nothing_after),
		TEST(it_begins_neither_too_early_nor_with_the_same_provider),
		TEST(it_waits_for_an_open_round_and_for_no_notice),
		TEST(another_proposal_takes_the_place_of_one_that_nobody_answers),
		TEST(a_death_ends_it_for_all_three),
		TEST(nobody_consents_for_the_provider_that_takes_over),
		TEST(the_nights_before_stay_with_the_provider_that_had_them),
		TEST(nobody_consents_to_other_terms_than_were_proposed),
		TEST(what_passes_on_is_the_present_version_and_no_correction_of_an_earlier),
		TEST(who_proposed_it_takes_it_back_before_anybody_is_told),
		TEST(who_is_to_take_over_declines_and_its_strand_is_over),
		TEST(who_proposed_it_takes_it_back_and_who_was_told_learns_it),
		TEST(nothing_is_owed_any_more_in_any_strand_of_who_gave_the_care_up),
		TEST(who_had_the_care_and_does_not_take_it_again_keeps_its_numbers),
	};

	return cmocka_run_group_tests_name("novation", tests, NULL, NULL);
}
