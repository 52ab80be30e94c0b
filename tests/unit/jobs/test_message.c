/*
 * test_message.c - what parties are told: every kind has words, nothing personal and no money is in
 * them.
 */
#include <cmocka.h>
#include <string.h>

#include "telling.h"

static bool says(struct text t, const char *words)
{
	return t.len && memmem(t.at, t.len, words, strlen(words)) != NULL;
}

static bool tell(struct fixture *f, const struct fact *fact, size_t party, struct message *out)
{
	return message_of_fact(f->arena, TEXT("https://care.example/"), f->placement, fact,
			       &f->parties[party], out);
}

static void assert_is_thin(struct message *m)
{
	for (size_t i = 0; i < m->subject.len; i++)
		assert_true((unsigned char)m->subject.at[i] >= ' ');
	assert_null(memchr(m->body.at, '\r', m->body.len));
	assert_null(memchr(m->body.at, '\0', m->body.len));
	assert_true(text_is_utf8(m->body));
	assert_false(says(m->body, PERSONAL) || says(m->subject, PERSONAL));
	assert_false(says(m->body, "4321") || says(m->body, "4,321") || says(m->body, "£"));
	assert_false(says(m->body, "(null)") || says(m->subject, "(null)"));
	assert_true(text_starts(m->subject, "PL-1000047-"));
	assert_true(says(m->body, "https://care.example/placements/PL-1000047-"));
}

static void every_kind_of_fact_has_thin_words(void **state)
{
	struct fixture *f = *state;

	for (int kind = 0; kind < FACT_COUNT; kind++) {
		struct fact *fact = fact_of(f, (enum fact_kind)kind);
		const struct fact *first = fact_of(f, FACT_PLACEMENT_OPENED);
		struct message m;

		/* what an entry about another is about */
		f->placement->facts = &first;
		f->placement->fact_count = 1;
		/* dates that moved are told with what they are of */
		if (kind == FACT_DUE_CHANGED)
			continue;
		assert_true(tell(f, fact, 0, &m));
		assert_is_thin(&m);
		if (fact_visible(fact, f->placement, &f->parties[1])) {
			assert_true(tell(f, fact, 1, &m));
			assert_is_thin(&m);
			assert_string_equal(m.kind, fact_names[kind]);
		}
		f->placement->fact_count = 0;
	}
}

static void every_duty_has_words_for_a_reminder_a_miss_and_an_expiry(void **state)
{
	struct fixture *f = *state;

	for (int duty = 0; duty < DUTY_COUNT; duty++) {
		struct obligation o = {.entry = 1,
				       .duty = (enum duty)duty,
				       .owed_by = SIDE_COMMISSIONER,
				       .thread = 1,
				       .due_at_us = SOME_INSTANT,
				       .missed_at_us = NEVER_US};
		struct fact *missed = fact_of(f, FACT_MISSED), *lapsed = fact_of(f, FACT_LAPSED);
		struct message m;

		assert_true(message_of_reminder(f->arena, TEXT("https://care.example"),
						f->placement, &o, TEXT("2 working days before"),
						&f->parties[0], &m));
		assert_is_thin(&m);
		assert_string_equal(m.kind, "reminder");
		assert_true(says(m.body, duty == DUTY_DISPUTE_ENTRY || duty == DUTY_CHALLENGE_UPLIFT
						 ? "You may "
						 : "You: "));
		assert_true(says(m.body, "Monday 13 April 2026 at 10:00"));
		((struct not_done *)missed->data)->duty = duty;
		((struct not_done *)lapsed->data)->duty = duty;
		assert_true(tell(f, missed, 0, &m));
		assert_is_thin(&m);
		assert_true(says(m.subject, "not done in time"));
		assert_true(tell(f, lapsed, 0, &m));
		assert_is_thin(&m);
		assert_true(says(m.subject, "expired"));
	}
}

static void the_side_that_acted_gets_a_receipt(void **state)
{
	struct fixture *f = *state;
	struct message m;

	assert_true(tell(f, fact_of(f, FACT_OFFER_MADE), 0, &m));
	assert_string_equal(m.kind, "receipt");
	assert_true(says(m.body, "You made an offer, on Monday 13 April 2026 at 10:00."));
	assert_true(tell(f, fact_of(f, FACT_OFFER_MADE), 1, &m));
	assert_string_equal(m.kind, "offer_made");
	assert_true(says(m.body, "The commissioner made you an offer"));
}

static void a_rival_is_told_nothing(void **state)
{
	struct fixture *f = *state;
	struct message m;

	assert_false(tell(f, fact_of(f, FACT_OFFER_MADE), 2, &m));
	assert_false(tell(f, fact_of(f, FACT_LAPSED), 2, &m));
}

static void a_provider_hears_nothing_of_the_panel(void **state)
{
	struct fixture *f = *state;
	struct fact *fact = fact_of(f, FACT_INVITED), *missed = fact_of(f, FACT_MISSED);
	struct opened opens[] = {{.duty = DUTY_DECIDE_AT_PANEL,
				  .owed_by = SIDE_COMMISSIONER,
				  .due_at_us = SOME_INSTANT},
				 {.n = 1,
				  .duty = DUTY_MAKE_OFFER,
				  .owed_by = SIDE_PROVIDER,
				  .thread = 1,
				  .due_at_us = SOME_INSTANT},
				 {.n = 2,
				  .duty = DUTY_ACKNOWLEDGE,
				  .owed_by = SIDE_PROVIDER,
				  .thread = 2,
				  .due_at_us = SOME_INSTANT}};
	struct message m;

	fact->opens = (struct list){opens, 3};
	assert_true(tell(f, fact, 1, &m));
	assert_true(says(m.body, "You: make an offer, by Monday 13 April 2026 at 10:00"));
	assert_false(says(m.body, "panel") || says(m.body, "acknowledge"));
	assert_true(tell(f, fact, 0, &m));
	assert_true(says(m.body, "You: decide at panel, by"));
	assert_true(says(m.body, "The provider: make an offer, by"));
	((struct not_done *)missed->data)->duty = DUTY_DECIDE_AT_PANEL;
	assert_false(tell(f, missed, 1, &m));
}

static void what_runs_out_and_what_either_may_do_is_said_so(void **state)
{
	struct fixture *f = *state;
	struct fact *fact = fact_of(f, FACT_REJECTED);
	struct opened opens[] = {{.duty = DUTY_AFTER_REJECTION,
				  .owed_by = SIDE_EITHER,
				  .thread = 1,
				  .due_at_us = SOME_INSTANT},
				 {.n = 1,
				  .duty = DUTY_OFFER_STANDS,
				  .owed_by = SIDE_TIME,
				  .thread = 1,
				  .due_at_us = NEVER_US}};
	struct message m;

	fact->opens = (struct list){opens, 2};
	assert_true(tell(f, fact, 1, &m));
	assert_true(says(m.body, "Either side may make another offer after the rejection, until"));
	assert_true(says(m.body, "The offer stands until a date not yet set."));
}

static void a_mediator_reads_of_itself_and_of_the_two_sides(void **state)
{
	struct fixture *f = *state;
	struct fact *agreed = fact_of(f, FACT_MEDIATOR_AGREED);
	struct opened opens[] = {{.duty = DUTY_MEDIATE,
				  .owed_by = SIDE_MEDIATOR,
				  .thread = 1,
				  .due_at_us = SOME_INSTANT}};
	struct message m;

	((struct agree_mediator *)agreed->data)->mediator = mediation_body;
	agreed->opens = (struct list){opens, 1};
	assert_true(tell(f, agreed, 3, &m));
	assert_true(
		says(m.body, "The commissioner agreed, as the other side has, that you mediate"));
	assert_true(says(m.body, "You: mediate, by Monday 13 April 2026 at 10:00"));
	assert_true(tell(f, agreed, 1, &m));
	assert_true(says(m.body, "The commissioner agreed to the mediator named"));
	assert_true(says(m.body, "The mediator: mediate, by"));
	assert_true(tell(f, fact_of(f, FACT_ASKED), 3, &m));
	assert_true(says(m.body, "The commissioner asked a question, on"));
	assert_false(tell(f, fact_of(f, FACT_NOTE_WRITTEN), 3, &m));
}

static void what_a_mediator_proposes_is_proposed_to_both(void **state)
{
	struct fixture *f = *state;
	struct fact *proposed = fact_of(f, FACT_SETTLEMENT_PROPOSED);
	struct message m;

	proposed->side = SIDE_MEDIATOR;
	proposed->organisation = mediation_body;
	for (size_t party = 0; party < 2; party++) {
		assert_true(tell(f, proposed, party, &m));
		assert_true(says(m.body, "The mediator proposed a settlement to you"));
	}
	assert_true(tell(f, proposed, 3, &m));
	assert_true(says(m.body, "You proposed a settlement, on"));
	assert_string_equal(m.kind, "receipt");
}

static void whoever_represents_the_person_reads_nothing_of_the_sides(void **state)
{
	static const struct uuid family = {{6}};
	struct fixture *f = *state;
	struct fact *sent = fact_of(f, FACT_MESSAGE_SENT), *lapsed = fact_of(f, FACT_LAPSED);
	struct opened opens[] = {{.duty = DUTY_CONFIRM_START,
				  .owed_by = SIDE_COMMISSIONER,
				  .thread = 1,
				  .due_at_us = SOME_INSTANT},
				 {.duty = DUTY_DISPUTE_ENTRY,
				  .owed_by = SIDE_REPRESENTATIVE,
				  .due_at_us = SOME_INSTANT}};
	struct message m;

	f->parties[3] = (struct party){.organisation = family, .side = SIDE_REPRESENTATIVE};
	assert_false(tell(f, fact_of(f, FACT_OFFER_MADE), 3, &m));
	assert_false(tell(f, sent, 3, &m));
	((struct send_message *)sent->data)->representative = family;
	sent->opens = (struct list){opens, 2};
	assert_true(tell(f, sent, 3, &m));
	assert_true(says(m.body, "The commissioner sent you a message"));
	assert_true(says(m.body, "You may dispute the entry, until"));
	assert_false(says(m.body, "start of care"));
	assert_false(tell(f, lapsed, 3, &m));
	((struct not_done *)lapsed->data)->end_reason = END_LAPSED;
	assert_true(tell(f, lapsed, 3, &m));
	assert_is_thin(&m);
	assert_true(says(m.body, "No agreement was reached in time. The placement has ended"));
	assert_false(says(m.body, "offer") || says(m.subject, "offer"));
}

static void one_sides_acceptance_is_told_to_the_other_once_both_have(void **state)
{
	struct fixture *f = *state;
	struct fact *accepted = fact_of(f, FACT_SETTLEMENT_ACCEPTED);
	struct message m;

	assert_false(tell(f, accepted, 1, &m));
	assert_true(tell(f, accepted, 0, &m));
	assert_true(says(m.body, "The other side learns of it once it has accepted too"));
	assert_true(tell(f, accepted, 3, &m));
	((struct accept_settlement *)accepted->data)->is_agreed = true;
	assert_true(tell(f, accepted, 1, &m));
	assert_true(says(m.body, "Both sides have accepted it: it is to be signed"));
}

static void what_stands_once_care_has_started_is_a_managers_to_see_to(void **state)
{
	struct fixture *f = *state;
	struct obligation o = {.entry = 1,
			       .duty = DUTY_ACCEPTANCE_STANDS,
			       .owed_by = SIDE_TIME,
			       .thread = 1,
			       .due_at_us = SOME_INSTANT,
			       .missed_at_us = SOME_INSTANT};
	struct fact *missed = fact_of(f, FACT_MISSED);
	struct message m;

	for (size_t party = 0; party < 2; party++) {
		assert_true(message_of_reminder(f->arena, TEXT("https://care.example"),
						f->placement, &o, TEXT("7 days late"),
						&f->parties[party], &m));
		assert_is_thin(&m);
		assert_true(says(m.subject, "still to do: sign the accepted offer"));
		assert_true(says(m.body, "A manager should see to it."));
		assert_true(says(m.body, "There was time to sign the accepted offer until Monday "
					 "13 April 2026 at 10:00."));
	}
	((struct not_done *)missed->data)->duty = DUTY_ROUND_STANDS;
	((struct not_done *)missed->data)->owed_by = SIDE_TIME;
	assert_true(tell(f, missed, 1, &m));
	assert_is_thin(&m);
	assert_true(says(m.body, "There was time to reach an agreement until Monday"));
	assert_false(says(m.body, "was due from"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_kind_of_fact_has_thin_words, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			every_duty_has_words_for_a_reminder_a_miss_and_an_expiry, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(a_mediator_reads_of_itself_and_of_the_two_sides,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_a_mediator_proposes_is_proposed_to_both,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			whoever_represents_the_person_reads_nothing_of_the_sides, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			one_sides_acceptance_is_told_to_the_other_once_both_have, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			what_stands_once_care_has_started_is_a_managers_to_see_to, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(the_side_that_acted_gets_a_receipt, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_rival_is_told_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_provider_hears_nothing_of_the_panel, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_runs_out_and_what_either_may_do_is_said_so,
						set_up, tear_down),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
