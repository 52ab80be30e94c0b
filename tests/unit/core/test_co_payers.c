/* test_co_payers.c - who pays a share: when it takes part, what it sees and does, and how long. */
#include "world.h"

#include "concordat/core/account.h"

#define NHS_P 23541
#define TOP_UP_P 9013
#define PERSON_P 20017

static const struct uuid nhs_board = HOUSE(11), brother_house = HOUSE(12);
static const struct actor nhs_officer = ACTOR(41, 11, SIDE_CO_PAYER, BIT(ROLE_CASE_OFFICER));
static const struct actor brother = ACTOR(42, 12, SIDE_CO_PAYER, BIT(ROLE_REPRESENTATIVE));

static const struct party *board(void)
{
	return placement_party(played, nhs_board);
}

static const struct party *his(void)
{
	return placement_party(played, brother_house);
}

/* The person 200.17, the NHS so much, a third party 90.13 where the brother pays, the authority the
 * rest. */
static struct change_funding funding(const char *from, int64_t nhs_p, struct uuid nhs,
				     struct uuid tops_up)
{
	struct funding_part *parts = arena_array(arena, struct funding_part, 4);
	size_t count = 0;

	parts[count++] = (struct funding_part){FUNDER_PERSON, PERSON_P, NO_INT, NO_INT, {{0}}};
	parts[count++] = (struct funding_part){FUNDER_NHS, nhs_p, NO_INT, NO_INT, nhs};
	if (!uuid_is_zero(tops_up))
		parts[count++] = (struct funding_part){FUNDER_THIRD_PARTY, TOP_UP_P, NO_INT, NO_INT,
						       tops_up};
	parts[count++] = (struct funding_part){FUNDER_AUTHORITY, NO_INT, NO_INT, NO_INT, {{0}}};
	return (struct change_funding){
		.from_day = on(from), .funding = {parts, count}, .weekly_p = NO_INT};
}

static void change(const char *from, int64_t nhs_p, struct uuid nhs, struct uuid tops_up,
		   const char *wall)
{
	struct change_funding data = funding(from, nhs_p, nhs, tops_up);

	must(&officer, MOVE_CHANGE_FUNDING, &data, at(wall));
}

/* Care from 18 May; both pay from 1 June. */
static void play_shared(void)
{
	play_started();
	change("2026-06-01", NHS_P, nhs_board, brother_house, "2026-06-15 10:00");
}

static const struct payer_share *share(const struct party *party, size_t i)
{
	assert_true(i < party->shares.count);
	return &((const struct payer_share *)party->shares.items)[i];
}

static bool sees_last(const struct party *party)
{
	return fact_visible(last_fact(), played, party);
}

static const char *shown(const struct party *party)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < played->fact_count; i++)
		if (fact_visible(played->facts[i], played, party))
			fact_render(&w, played->facts[i], AUDIENCE_CO_PAYER);
	return text_cstr(arena, writer_text(&w));
}

static void what_is_counted_is_what_is_seen(const struct party *party)
{
	int32_t entries = 0;

	for (size_t i = 0; i < played->fact_count; i++)
		entries += fact_visible(played->facts[i], played, party);
	assert_int_equal(party->entries, entries);
}

/* ---- taking part ---- */

static void whoever_a_change_of_funding_names_takes_part_from_it(void **state)
{
	(void)state;
	play_started();
	assert_null(board());
	change("2026-06-01", NHS_P, nhs_board, brother_house, "2026-06-15 10:00");
	assert_int_equal(board()->side, SIDE_CO_PAYER);
	assert_true(sees_last(board()) && sees_last(his()));
	assert_int_equal(board()->entries, 2); /* that care started, and this */
	assert_int_equal(board()->since_us, last_fact()->recorded_at_us);
}

static void it_knows_its_own_share_by_day(void **state)
{
	(void)state;
	play_shared();
	assert_int_equal(board()->side, SIDE_CO_PAYER);
	assert_int_equal(party_stage(played, board()), STAGE_IN_FORCE);
	assert_int_equal(board()->shares.count, 1);
	assert_int_equal(share(board(), 0)->from_day, on("2026-06-01"));
	assert_int_equal(share(board(), 0)->to_day, NO_DAY);
	assert_int_equal(share(board(), 0)->weekly_p, NHS_P);
	assert_int_equal(share(his(), 0)->weekly_p, TOP_UP_P);
	assert_true(share(his(), 0)->top_up_unsigned);
	assert_false(share(board(), 0)->top_up_unsigned);
	change("2026-07-06", 30000, nhs_board, brother_house, "2026-06-16 10:00");
	assert_int_equal(board()->shares.count, 2);
	assert_int_equal(share(board(), 0)->to_day, on("2026-07-05"));
	assert_int_equal(share(board(), 1)->weekly_p, 30000);
	what_is_counted_is_what_is_seen(board());
	what_is_counted_is_what_is_seen(his());
}

static void whoever_signed_terms_name_takes_part_from_the_second_signature(void **state)
{
	struct make_offer offer = offer_of(165000);
	struct record_involvement involved = involvement(INVOLVED_IN_SIGNATURE);
	struct change_funding named = funding("2026-05-18", NHS_P, nhs_board, (struct uuid){0});
	struct accept accept;
	struct sign sign;

	(void)state;
	offer.terms.funding = named.funding;
	play_invited(URGENCY_ORDINARY);
	must(&negotiator, MOVE_MAKE_OFFER, &offer, at("2026-04-09 10:00"));
	accept = acceptance();
	must(&officer, MOVE_ACCEPT, &accept, at("2026-04-10 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-04-10 11:00"));
	sign = signature();
	must(&signatory, MOVE_SIGN, &sign, at("2026-04-13 10:00"));
	assert_null(board());
	must(&provider_signatory, MOVE_SIGN, &sign, at("2026-04-14 10:00"));
	assert_true(sees_last(board()));
	assert_int_equal(board()->entries, 1);
	assert_int_equal(share(board(), 0)->from_day, on("2026-05-18"));
}

/* ---- what it sees ---- */

static void no_figure_but_its_own_is_among_its_entries(void **state)
{
	static const char *const hidden[] = {
		"23541",  "20017",	 "165000", "1650",
		"112429", "\"funding\"", "Canary", "weekly\":{\"amount\":16"};
	const char *seen;

	(void)state;
	play_shared();
	must(&officer, MOVE_SIGN_TOP_UP,
	     &(struct sign_top_up){on("2026-06-15"), TEXT("TU-12"), TOP_UP_P, {{0}}},
	     at("2026-06-16 10:00"));
	assert_true(sees_last(his()));
	assert_false(sees_last(board()));
	seen = shown(his());
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (strstr(seen, hidden[i]))
			fail_msg("he reads \"%s\"", hidden[i]);
	assert_non_null(strstr(seen, "9013"));
	assert_null(strstr(shown(board()), "9013"));
	assert_non_null(strstr(shown(board()), "start_confirmed"));
}

static void it_is_told_of_what_changes_its_own_share_and_of_nobody_elses(void **state)
{
	struct record_absence away = {.kind = ABSENCE_HOSPITAL,
				      .from_day = on("2026-06-22"),
				      .to_day = on("2026-06-28"),
				      .held_r = 500000,
				      .number = NO_INT};

	(void)state;
	play_shared();
	change("2026-07-06", 30000, nhs_board, brother_house, "2026-06-16 10:00");
	assert_true(sees_last(board()));
	assert_false(sees_last(his()));
	must(&negotiator, MOVE_RECORD_ABSENCE, &away, at("2026-06-29 10:00"));
	assert_true(sees_last(board()) && sees_last(his()));
	assert_non_null(strstr(shown(his()), "2026-06-28"));
	assert_null(strstr(shown(his()), "hospital"));
}

static void its_account_is_its_own_part_and_closes(void **state)
{
	struct account whole, own;
	struct account_question question = {.known_at_us = at("2026-07-01 12:00"),
					    .from_day = on("2026-05-18"),
					    .to_day = on("2026-06-30")};

	(void)state;
	play_shared();
	account_work(arena, played, &question, &whole);
	question.payer = nhs_board;
	account_work(arena, played, &question, &own);
	assert_int_equal(own.due.total_p, whole.due.by_p[FUNDER_NHS]);
	assert_int_equal(own.due.payers, BIT(FUNDER_NHS));
	assert_int_equal(own.charged.total_p + own.adjusted.total_p, own.due.total_p);
	assert_int_equal(own.adjusted.total_p, 2 * NHS_P);
	assert_int_equal(own.nights, 30);
	assert_int_equal(own.periods.count, 1);
	assert_int_equal(((const struct account_period *)own.periods.items)->weekly.total_p, NHS_P);
	assert_true(account_changes_past(arena, played, nhs_board, last_fact()));
	change("2026-07-06", 30000, nhs_board, brother_house, "2026-06-16 10:00");
	assert_false(account_changes_past(arena, played, nhs_board, last_fact()));
}

/* ---- what it does ---- */

static void it_signs_for_its_own_top_up_and_for_no_other(void **state)
{
	struct sign_top_up top_up = {on("2026-06-16"), TEXT("TU-12"), TOP_UP_P, {{0}}};

	(void)state;
	play_shared();
	refused(&nhs_officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 10:00"), "role");
	top_up.weekly_p = TOP_UP_P + 1;
	refused_at(&brother, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 10:00"), "top_up_there",
		   "/weekly");
	top_up.weekly_p = TOP_UP_P;
	must(&brother, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 10:00"));
	assert_true(uuid_eq(((const struct sign_top_up *)last_fact()->data)->organisation,
			    brother_house));
	assert_false(share(his(), 0)->top_up_unsigned);
	assert_true(sees_last(placement_party(played, provider)));
	assert_false(sees_last(board()));
}

/* The brother tops up from 1 June, the board the same from 6 July. */
static void play_two_top_ups(void)
{
	play_shared();
	change("2026-07-06", NHS_P, nhs_board, nhs_board, "2026-06-15 11:00");
}

static void which_of_two_that_pay_the_same_has_signed_is_named(void **state)
{
	struct sign_top_up top_up = {on("2026-06-16"), TEXT("TU-12"), TOP_UP_P, {{0}}};

	(void)state;
	play_two_top_ups();
	refused_at(&officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 10:00"), "top_up_there",
		   "/organisation");
	top_up.organisation = provider;
	refused_at(&officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 10:00"), "top_up_there",
		   "/organisation");
	top_up.organisation = nhs_board;
	refused_at(&brother, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 10:00"), "top_up_there",
		   "/organisation");
	top_up.organisation = brother_house;
	must(&officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 10:00"));
	assert_true(sees_last(his()));
	assert_false(sees_last(board()));
	assert_false(share(his(), 0)->top_up_unsigned);
	assert_true(share(board(), 1)->top_up_unsigned);
}

static void one_that_takes_no_part_signs_the_same_amount_and_no_co_payer_is_told(void **state)
{
	struct sign_top_up top_up = {on("2026-06-16"), TEXT("TU-12"), TOP_UP_P, {{0}}};
	struct change_funding unnamed = funding("2026-07-06", NHS_P, nhs_board, brother_house);

	(void)state;
	play_shared();
	((struct funding_part *)unnamed.funding.items)[2].organisation = (struct uuid){0};
	must(&officer, MOVE_CHANGE_FUNDING, &unnamed, at("2026-06-15 11:00"));
	must(&officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 10:00"));
	assert_false(sees_last(his()));
	assert_true(share(his(), 0)->top_up_unsigned);
	top_up.organisation = brother_house;
	must(&officer, MOVE_SIGN_TOP_UP, &top_up, at("2026-06-16 11:00"));
	assert_true(sees_last(his()));
}

static void another_who_tops_up_signs_again(void **state)
{
	(void)state;
	play_shared();
	must(&brother, MOVE_SIGN_TOP_UP,
	     &(struct sign_top_up){on("2026-06-16"), TEXT("TU-12"), TOP_UP_P, {{0}}},
	     at("2026-06-16 10:00"));
	change("2026-07-06", NHS_P, nhs_board, nhs_board, "2026-06-17 10:00");
	assert_int_equal(board()->shares.count, 2);
	assert_true(share(board(), 1)->top_up_unsigned);
	assert_int_equal(share(board(), 1)->weekly_p, NHS_P + TOP_UP_P);
}

static void what_it_disputes_is_between_it_and_the_commissioner(void **state)
{
	struct dispute_entry dispute = {.statement = SAID("Canary statement")};

	(void)state;
	play_shared();
	dispute.entry = party_entry(played, board(), last_fact()->seq);
	assert_true(dispute.entry > 0);
	must(&nhs_officer, MOVE_DISPUTE_ENTRY, &dispute, at("2026-06-16 10:00"));
	assert_int_equal(last_fact()->thread, 0);
	assert_true(sees_last(board()) && sees_last(placement_party(played, authority)));
	assert_false(sees_last(his()) || sees_last(placement_party(played, provider)));
	dispute.entry = board()->entries + 1;
	refused_at(&nhs_officer, MOVE_DISPUTE_ENTRY, &dispute, at("2026-06-16 10:05"),
		   "entry_known", "/entry");
}

static void the_commissioner_writes_to_it_and_it_writes_nothing(void **state)
{
	struct send_message letter = {.co_payer = nhs_board, .message = SAID("Canary letter")};

	(void)state;
	play_shared();
	must(&officer, MOVE_SEND_MESSAGE, &letter, at("2026-06-16 10:00"));
	assert_int_equal(last_fact()->thread, 0);
	assert_true(sees_last(board()));
	assert_false(sees_last(his()) || sees_last(placement_party(played, provider)));
	letter.co_payer = rival_provider;
	refused_at(&officer, MOVE_SEND_MESSAGE, &letter, at("2026-06-16 10:00"), "addressee_known",
		   "/co_payer");
	letter.co_payer = brother_house;
	refused_at(&negotiator, MOVE_SEND_MESSAGE, &letter, at("2026-06-16 10:00"),
		   "addressee_known", "/co_payer");
	refused(&nhs_officer, MOVE_SEND_MESSAGE, &letter, at("2026-06-16 10:00"), "side");
	refused(&nhs_officer, MOVE_CHANGE_FUNDING, &letter, at("2026-06-16 10:00"), "side");
}

/* ---- who is named ---- */

static void no_side_of_the_placement_is_named_and_no_other_part_is(void **state)
{
	struct change_funding data = funding("2026-06-01", NHS_P, provider, (struct uuid){0});

	(void)state;
	play_started();
	refused_at(&officer, MOVE_CHANGE_FUNDING, &data, at("2026-06-15 10:00"), "funding_fits",
		   "/funding/1/organisation");
	data = funding("2026-06-01", NHS_P, authority, (struct uuid){0});
	refused_at(&officer, MOVE_CHANGE_FUNDING, &data, at("2026-06-15 10:00"), "funding_fits",
		   "/funding/1/organisation");
	data = funding("2026-06-01", NHS_P, nhs_board, (struct uuid){0});
	((struct funding_part *)data.funding.items)[0].organisation = brother_house;
	refused_at(&officer, MOVE_CHANGE_FUNDING, &data, at("2026-06-15 10:00"), "funding_fits",
		   "/funding/0/organisation");
}

static void nobody_is_named_before_there_are_terms(void **state)
{
	struct open_placement open = opening(URGENCY_ORDINARY);
	struct change_funding named = funding("2026-05-18", NHS_P, nhs_board, (struct uuid){0});

	(void)state;
	open.funding = named.funding;
	refused_at(&officer, MOVE_OPEN_PLACEMENT, &open, at("2026-03-23 10:00"), "opening_sound",
		   "/funding/1/organisation");
}

static void who_pays_a_share_does_not_speak_for_the_person(void **state)
{
	static const struct invite_representative invited = {.representative = HOUSE(12),
							     .relation = WORDS("A brother")};

	(void)state;
	play_shared();
	refused_at(&officer, MOVE_INVITE_REPRESENTATIVE, &invited, at("2026-06-16 10:00"),
		   "represents_no_side", "/representative");
}

/* ---- until when ---- */

static void it_takes_part_until_the_last_night_that_it_pays_for(void **state)
{
	struct record_absence away = {.kind = ABSENCE_HOLIDAY,
				      .from_day = on("2026-06-28"),
				      .to_day = on("2026-06-29"),
				      .held_r = 500000,
				      .number = NO_INT};
	int32_t entries;

	(void)state;
	play_shared();
	change("2026-07-06", NHS_P, (struct uuid){0}, brother_house, "2026-06-16 10:00");
	assert_true(sees_last(board()));
	assert_int_equal(board()->last_night, on("2026-07-05"));
	assert_int_equal(board()->until_entry, 0);
	must(&negotiator, MOVE_RECORD_ABSENCE, &away, at("2026-07-01 10:00"));
	assert_true(sees_last(board()));
	entries = board()->entries;
	must(&officer, MOVE_SEND_MESSAGE, &(struct send_message){.message = SAID("Hello")},
	     at("2026-07-08 10:00"));
	assert_int_equal(party_stage(played, board()), STAGE_ENDED);
	assert_int_equal(party_stage(played, his()), STAGE_IN_FORCE);
	refused(&nhs_officer, MOVE_DISPUTE_ENTRY, &(struct dispute_entry){1, SAID("It was not so")},
		at("2026-07-08 11:00"), "pays_no_longer");
	assert_int_equal(board()->entries, entries);
	/* what changes its own nights it is still told */
	change("2026-06-22", 10000, nhs_board, brother_house, "2026-07-08 12:00");
	assert_true(sees_last(board()));
	what_is_counted_is_what_is_seen(board());
}

static void after_its_last_night_it_moves_nothing_and_is_written_nothing(void **state)
{
	struct send_message letter = {.co_payer = nhs_board, .message = SAID("Canary letter")};
	struct dispute_entry dispute = {.statement = SAID("It was not so")};

	(void)state;
	play_shared();
	change("2026-07-06", NHS_P, (struct uuid){0}, brother_house, "2026-06-16 10:00");
	dispute.entry = board()->entries;
	must(&officer, MOVE_SEND_MESSAGE, &letter, at("2026-07-05 10:00"));
	must(&nhs_officer, MOVE_DISPUTE_ENTRY, &dispute, at("2026-07-05 23:59"));
	assert_true(sees_last(board()));
	/* nothing was recorded since that ends its part */
	dispute.entry = board()->entries;
	refused(&nhs_officer, MOVE_DISPUTE_ENTRY, &dispute, at("2026-07-06 00:01"),
		"pays_no_longer");
	refused_at(&officer, MOVE_SEND_MESSAGE, &letter, at("2026-07-06 00:01"), "addressee_known",
		   "/co_payer");
	letter.co_payer = brother_house;
	must(&officer, MOVE_SEND_MESSAGE, &letter, at("2026-07-06 00:01"));
}

static void named_again_it_takes_part_from_there(void **state)
{
	int32_t hidden;

	(void)state;
	play_shared();
	change("2026-06-17", NHS_P, (struct uuid){0}, brother_house, "2026-06-17 10:00");
	must(&officer, MOVE_SEND_MESSAGE, &(struct send_message){.message = SAID("Hello")},
	     at("2026-06-18 10:00"));
	must(&officer, MOVE_CORRECT,
	     &(struct correct){.entry = party_entry(played, placement_party(played, authority),
						    board()->told[0] - 1),
			       .field = TEXT("started"),
			       .was = TEXT("2026-05-18"),
			       .is = TEXT("2026-05-19"),
			       .reason = SAID("A day later")},
	     at("2026-06-19 10:00"));
	hidden = last_fact()->seq;
	assert_false(sees_last(board()));
	change("2026-07-06", NHS_P, nhs_board, brother_house, "2026-06-20 10:00");
	assert_int_equal(board()->until_entry, 0);
	assert_int_equal(board()->shares.count, 2);
	assert_true(sees_last(board()));
	assert_false(fact_visible(played->facts[hidden - 1], played, board()));
	what_is_counted_is_what_is_seen(board());
}

static void the_end_of_care_ends_nobodys_account(void **state)
{
	struct record_death death = {.died_day = on("2026-06-20"),
				     .last_paid_day = on("2026-06-20"),
				     .clause = TEXT("death"),
				     .note = SAID("Canary note")};

	(void)state;
	play_shared();
	must(&officer, MOVE_RECORD_DEATH, &death, at("2026-06-21 10:00"));
	assert_true(sees_last(board()));
	assert_int_equal(board()->until_entry, 0);
	assert_int_equal(share(board(), 0)->to_day, on("2026-06-20"));
	change("2026-06-08", 10000, nhs_board, brother_house, "2026-06-22 10:00");
	assert_true(sees_last(board()));
	must(&brother, MOVE_SIGN_TOP_UP,
	     &(struct sign_top_up){on("2026-06-22"), TEXT("TU-12"), TOP_UP_P, {{0}}},
	     at("2026-06-22 11:00"));
	assert_null(strstr(shown(board()), "Canary"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(whoever_a_change_of_funding_names_takes_part_from_it),
		CASE(it_knows_its_own_share_by_day),
		CASE(whoever_signed_terms_name_takes_part_from_the_second_signature),
		CASE(no_figure_but_its_own_is_among_its_entries),
		CASE(it_is_told_of_what_changes_its_own_share_and_of_nobody_elses),
		CASE(its_account_is_its_own_part_and_closes),
		CASE(it_signs_for_its_own_top_up_and_for_no_other),
		CASE(which_of_two_that_pay_the_same_has_signed_is_named),
		CASE(one_that_takes_no_part_signs_the_same_amount_and_no_co_payer_is_told),
		CASE(another_who_tops_up_signs_again),
		CASE(what_it_disputes_is_between_it_and_the_commissioner),
		CASE(the_commissioner_writes_to_it_and_it_writes_nothing),
		CASE(no_side_of_the_placement_is_named_and_no_other_part_is),
		CASE(nobody_is_named_before_there_are_terms),
		CASE(who_pays_a_share_does_not_speak_for_the_person),
		CASE(it_takes_part_until_the_last_night_that_it_pays_for),
		CASE(after_its_last_night_it_moves_nothing_and_is_written_nothing),
		CASE(named_again_it_takes_part_from_there),
		CASE(the_end_of_care_ends_nobodys_account),
	};

	return cmocka_run_group_tests_name("co_payers", tests, NULL, NULL);
}
