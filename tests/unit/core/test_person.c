/* test_person.c - who speaks for the person: what they see, what is theirs, and for how long. */
#include "world.h"

static const struct invite_representative invited = {.representative = HOUSE(6),
						     .relation = WORDS("Canary daughter")};
static const struct said by_telephone = {SIDE_REPRESENTATIVE, {NO_INT, TEXT("Call note 9")}};
static const struct release_representative released;

static const struct party *hers(void)
{
	return placement_party(played, family);
}

static void represent(const char *wall)
{
	must(&officer, MOVE_INVITE_REPRESENTATIVE, &invited, at(wall));
}

static void say_for_her(const struct actor *who, enum move move, const void *data, const char *wall)
{
	saying = &by_telephone;
	said_at_us = after_the_last(at(wall));
	must(who, move, data, at(wall));
	saying = NULL;
	said_at_us = NEVER_US;
}

/* All that she is shown, one entry after the other. */
static const char *shown(void)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < played->fact_count; i++)
		if (fact_visible(played->facts[i], played, hers()))
			fact_render(&w, played->facts[i], AUDIENCE_REPRESENTATIVE);
	return text_cstr(arena, writer_text(&w));
}

static void she_sees_what_concerns_the_person_and_nothing_between_the_sides(void **state)
{
	static const char *const hidden[] = {"offer",	 "1812",    "181200",	  "165000",
					     "150",	 "170000",  "panel",	  "guide",
					     "signed\"", "funding", "Canary note"};
	const char *seen;

	(void)state;
	play_offered();
	represent("2026-04-09 11:00");
	seen = shown();
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (strstr(seen, hidden[i]))
			fail_msg("she reads \"%s\"", hidden[i]);
	assert_non_null(strstr(seen, "Canary Person"));
	assert_non_null(strstr(seen, "Turned twice a night"));
	assert_non_null(strstr(seen, "involvement_recorded"));
	assert_int_equal(hers()->entries, 4);
	assert_int_equal(party_stage(played, hers()), STAGE_PREPARING);
}

static void the_agreement_is_hers_to_know_and_not_its_first_signature(void **state)
{
	struct hold_review held = review(REVIEW_FIRST, "2026-07-10");
	struct record_involvement involved = involvement(INVOLVED_IN_REVIEW);
	int32_t entries;

	(void)state;
	play_accepted();
	represent("2026-04-10 10:30");
	entries = hers()->entries;
	saying = NULL;
	must(&officer, MOVE_RECORD_INVOLVEMENT,
	     &(struct record_involvement){.purpose = INVOLVED_IN_SIGNATURE,
					  .took_part = TOOK_PART_FULLY,
					  .how = SAID("At home")},
	     at("2026-04-10 11:00"));
	must(&signatory, MOVE_SIGN, &(struct sign){.terms_digest = newest_digest()},
	     at("2026-04-13 10:00"));
	assert_int_equal(hers()->entries, entries + 1);
	must(&provider_signatory, MOVE_SIGN, &(struct sign){.terms_digest = newest_digest()},
	     at("2026-04-14 10:00"));
	assert_int_equal(hers()->entries, entries + 2);
	assert_int_equal(party_stage(played, hers()), STAGE_IN_FORCE);
	assert_null(strstr(shown(), "terms_digest"));
	must(&officer, MOVE_CONFIRM_START, &(struct confirm_start){.started_day = on("2026-05-18")},
	     at("2026-05-19 10:00"));
	must(&officer, MOVE_RECORD_INVOLVEMENT, &involved, at("2026-07-10 11:00"));
	must(&officer, MOVE_HOLD_REVIEW, &held, at("2026-07-10 12:00"));
	assert_non_null(strstr(shown(), "review_held"));
}

static void a_letter_to_one_representative_is_not_the_next_ones(void **state)
{
	static const struct actor advocate =
		ACTOR(20, 5, SIDE_REPRESENTATIVE, BIT(ROLE_REPRESENTATIVE));
	static const struct invite_representative another = {.representative = HOUSE(5),
							     .relation = WORDS("An advocate")};
	const struct send_message to_her = {.to_representative = true,
					    .message = SAID("canaryletter")};
	const struct party *next;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	represent("2026-04-01 11:00");
	must(&officer, MOVE_SEND_MESSAGE, &to_her, at("2026-04-01 12:00"));
	assert_int_equal(last_fact()->thread, 0);
	assert_true(fact_visible(last_fact(), played, hers()));
	assert_false(fact_visible(last_fact(), played, placement_party(played, provider)));
	must(&officer, MOVE_RELEASE_REPRESENTATIVE, &released, at("2026-04-01 13:00"));
	assert_int_equal(party_stage(played, hers()), STAGE_ENDED);
	must(&officer, MOVE_INVITE_REPRESENTATIVE, &another, at("2026-04-01 14:00"));
	next = placement_party(played, advocate.organisation);
	assert_int_equal(next->entries, hers()->entries - 2);
	assert_false(fact_visible(last_fact(), played, hers()));
	refused(&daughter, MOVE_SEND_MESSAGE, &(struct send_message){.message = SAID("Hello")},
		at("2026-04-01 15:00"), "represents_no_longer");
	must(&advocate, MOVE_SEND_MESSAGE, &(struct send_message){.message = SAID("Hello")},
	     at("2026-04-01 15:00"));
}

static void her_right_to_dispute_is_no_strands(void **state)
{
	struct record_involvement involved = involvement(INVOLVED_IN_CHOICE);
	const struct obligation *right;

	(void)state;
	play_invited(URGENCY_ORDINARY);
	represent("2026-04-01 11:00");
	say_for_her(&negotiator, MOVE_RECORD_INVOLVEMENT, &involved, "2026-04-02 10:00");
	right = owed(DUTY_DISPUTE_ENTRY, SIDE_REPRESENTATIVE);
	assert_int_equal(right->thread, 0);
	assert_true(uuid_eq(obligation_owner(played, right), family));
	assert_true(duty_concerns_person(right->duty, right->owed_by));
	must(&negotiator, MOVE_DECLINE, &(struct decline){DECLINE_OTHER, SAID("Full")},
	     at("2026-04-07 10:00"));
	assert_state(DUTY_DISPUTE_ENTRY, SIDE_REPRESENTATIVE, OBLIGATION_OPEN);
	must(&officer, MOVE_WITHDRAW, &(struct withdraw){.reason = WITHDRAW_OTHER},
	     at("2026-04-08 10:00"));
	assert_state(DUTY_DISPUTE_ENTRY, SIDE_REPRESENTATIVE, OBLIGATION_RELEASED);
}

static void nobody_mediates_or_cares_who_has_spoken_for_her(void **state)
{
	const struct invite provider_too = invitation_of(family);
	const struct nominate_mediator nominated = {.mediator = HOUSE(6)};
	const struct propose_mediation proposed = {.appointing_body = TEXT("An institute"),
						   .commissioner_share_r = 500000};

	(void)state;
	play_offered();
	represent("2026-04-09 11:00");
	must(&officer, MOVE_RELEASE_REPRESENTATIVE, &released, at("2026-04-09 12:00"));
	must(&officer, MOVE_PROPOSE_MEDIATION, &proposed, at("2026-04-09 13:00"));
	must(&negotiator, MOVE_CONSENT_TO_MEDIATION,
	     &(struct consent_to_mediation){.note = SAID("Yes")}, at("2026-04-09 14:00"));
	refused_at(&officer, MOVE_NOMINATE_MEDIATOR, &nominated, at("2026-04-09 15:00"),
		   "mediator_is_another", "/mediator");
	tear_down(NULL);
	set_up(NULL);
	play_approved(URGENCY_ORDINARY);
	represent("2026-04-01 09:00");
	refused_at(&officer, MOVE_INVITE, &provider_too, at("2026-04-01 10:00"),
		   "invitee_is_another", "/provider");
}

static void a_fold_follows_no_second_representative(void **state)
{
	struct fact *fact;

	(void)state;
	play_prepared(URGENCY_ORDINARY);
	represent("2026-03-24 10:00");
	fact = arena_copy(arena, last_fact(), sizeof(*fact));
	fact->seq++;
	assert_false(placement_apply((struct placement *)placement_copy(arena, played), fact));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(she_sees_what_concerns_the_person_and_nothing_between_the_sides),
		CASE(the_agreement_is_hers_to_know_and_not_its_first_signature),
		CASE(a_letter_to_one_representative_is_not_the_next_ones),
		CASE(her_right_to_dispute_is_no_strands),
		CASE(nobody_mediates_or_cares_who_has_spoken_for_her),
		CASE(a_fold_follows_no_second_representative),
	};

	return cmocka_run_group_tests_name("person", tests, NULL, NULL);
}
