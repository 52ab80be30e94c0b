/*
 * test_message.c - what parties are told: every kind has words, nothing personal and no money is in
 * them.
 */
#include <cmocka.h>
#include <string.h>

#include "jobs/message.h"

#define PERSONAL "Zebedee-Personal"
#define SOME_DAY 20556 /* 13 April 2026 */
#define SOME_INSTANT ((int64_t)SOME_DAY * US_PER_DAY + 9 * US_PER_HOUR)

static const struct uuid commissioner = {{1}}, provider = {{2}}, rival = {{3}},
			 mediation_body = {{4}};

struct fixture {
	struct arena *arena;
	struct placement *placement;
	struct open_placement opening;
	struct thread threads[2];
	struct party parties[4];
};

static void put_personal(void *context, struct text path, struct personal *personal)
{
	(void)context;
	(void)path;
	personal->text = TEXT(PERSONAL);
}

static int set_up(void **state)
{
	struct arena *arena = arena_new();
	struct fixture *f = arena_make(arena, struct fixture);

	f->arena = arena;
	f->placement = placement_new(arena, commissioner, (struct uuid){{9}});
	schema_clear(move_schema(MOVE_OPEN_PLACEMENT), &f->opening);
	f->opening.reference = reference_make(arena, "PL", 1000047);
	f->opening.person_name.text = TEXT(PERSONAL);
	f->opening.person_initials.text = TEXT(PERSONAL);
	f->placement->opening = &f->opening;
	f->threads[0] = (struct thread){.number = 1, .round = 1, .provider = provider};
	f->threads[1] = (struct thread){.number = 2, .round = 1, .provider = rival};
	f->placement->threads = f->threads;
	f->placement->thread_count = 2;
	f->parties[0] = (struct party){.organisation = commissioner, .side = SIDE_COMMISSIONER};
	f->parties[1] =
		(struct party){.organisation = provider, .side = SIDE_PROVIDER, .thread = 1};
	f->parties[2] = (struct party){.organisation = rival, .side = SIDE_PROVIDER, .thread = 2};
	f->placement->parties = f->parties;
	f->parties[3] =
		(struct party){.organisation = mediation_body, .side = SIDE_MEDIATOR, .thread = 1};
	f->placement->party_count = 4;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(((struct fixture *)*state)->arena);
	return 0;
}

/* A fact of that kind whose personal members all hold a text and whose sums are all 4321 pounds. */
static struct fact *fact_of(struct fixture *f, enum fact_kind kind)
{
	const struct schema *schema = move_schema((enum move)kind);
	struct fact *fact = arena_make(f->arena, struct fact);
	void *data = arena_alloc(f->arena, schema->size);

	schema_clear(schema, data);
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		char *at = (char *)data + field->offset;

		if (field->kind == FIELD_PERSONAL)
			put_personal(NULL, TEXT_NONE, (struct personal *)(void *)at);
		if (field->kind == FIELD_MONEY)
			*(int64_t *)(void *)at = 432100;
		if (field->kind == FIELD_ENUM)
			*(int32_t *)(void *)at = 0;
		if (field->kind == FIELD_DAY)
			*(int32_t *)(void *)at = SOME_DAY;
		if (field->kind == FIELD_INSTANT)
			*(int64_t *)(void *)at = SOME_INSTANT;
	}
	fact->seq = 1;
	fact->kind = kind;
	fact->recorded_at_us = fact->occurred_at_us = SOME_INSTANT;
	fact->organisation = commissioner;
	fact->side = SIDE_COMMISSIONER;
	fact->on_behalf_of = NO_ENUM;
	fact->thread = 1;
	fact->data = data;
	if (fact_is_beside(kind))
		*(int64_t *)data = 1;
	if (kind == FACT_MISSED || kind == FACT_LAPSED) {
		struct not_done *not_done = data;

		not_done->duty = DUTY_RESPOND;
		not_done->owed_by = SIDE_PROVIDER;
		not_done->end_reason = NO_ENUM;
		fact->organisation = (struct uuid){{0}};
		fact->side = SIDE_TIME;
	}
	return fact;
}

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
