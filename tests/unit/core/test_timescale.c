/* test_timescale.c - the standard protocol's figures, its lapses, and its document as printed. */
#include "world.h"

static struct rule rule_for(enum duty duty, enum urgency urgency)
{
	return protocol_standard()->timescales[duty].by_urgency[urgency];
}

static void assert_rule(enum duty duty, enum urgency urgency, const char *words)
{
	assert_string_equal(text_cstr(arena, rule_text(arena, rule_for(duty, urgency))), words);
}

static void the_standard_figures_are_those_of_the_protocol(void **state)
{
	(void)state;
	assert_rule(DUTY_DECIDE_AT_PANEL, URGENCY_DISCHARGE, "1 working day");
	assert_rule(DUTY_DECIDE_AT_PANEL, URGENCY_EMERGENCY, "4 hours");
	assert_rule(DUTY_ACKNOWLEDGE, URGENCY_ORDINARY, "2 working days");
	assert_rule(DUTY_ACKNOWLEDGE, URGENCY_DISCHARGE, "4 hours");
	assert_rule(DUTY_MAKE_OFFER, URGENCY_ORDINARY, "10 working days");
	assert_rule(DUTY_MAKE_OFFER, URGENCY_DISCHARGE, "48 hours");
	assert_rule(DUTY_MAKE_OFFER, URGENCY_EMERGENCY, "24 hours");
	assert_rule(DUTY_ANSWER, URGENCY_ORDINARY, "3 working days");
	assert_rule(DUTY_RESPOND, URGENCY_ORDINARY, "5 working days");
	assert_rule(DUTY_RESPOND, URGENCY_DISCHARGE, "24 hours");
	assert_rule(DUTY_RESPOND, URGENCY_EMERGENCY, "4 hours");
	assert_rule(DUTY_OFFER_STANDS, URGENCY_ORDINARY, "20 working days");
	assert_rule(DUTY_AFTER_REJECTION, URGENCY_ORDINARY, "10 working days");
	assert_rule(DUTY_OFFER_AGAIN, URGENCY_ORDINARY, "5 working days");
	assert_rule(DUTY_ROUND_STANDS, URGENCY_ORDINARY, "20 working days");
	assert_rule(DUTY_SIGN, URGENCY_EMERGENCY, "5 working days");
	assert_rule(DUTY_ACCEPTANCE_STANDS, URGENCY_ORDINARY, "20 working days");
	assert_rule(DUTY_CONFIRM_START, URGENCY_ORDINARY, "2 working days");
	assert_rule(DUTY_FIRST_REVIEW, URGENCY_ORDINARY, "56 days, or the working day before");
	assert_rule(DUTY_THREE_MONTH_REVIEW, URGENCY_EMERGENCY,
		    "3 months, or the working day before");
	assert_rule(DUTY_YEARLY_REVIEW, URGENCY_ORDINARY, "12 months, or the working day before");
	assert_rule(DUTY_RECORD_INVOLVEMENT, URGENCY_EMERGENCY, "5 working days");
}

static void every_row_is_sound_and_in_its_place(void **state)
{
	const struct protocol *p = protocol_standard();

	(void)state;
	for (int duty = 0; duty < DUTY_COUNT; duty++) {
		assert_int_equal(p->timescales[duty].duty, duty);
		for (int urgency = 0; urgency < URGENCY_COUNT; urgency++)
			assert_true(rule_is_sound(p->timescales[duty].by_urgency[urgency]));
		/* what lapses has an effect, and what has an effect lapses */
		assert_int_equal(p->timescales[duty].when_not_done != NOT_DONE_MISS,
				 protocol_lapse((enum duty)duty) != NULL);
	}
	for (int move = 0; move < MOVE_COUNT; move++) {
		assert_int_equal(protocol_move((enum move)move)->move, move);
		assert_non_null(protocol_move((enum move)move)->help);
		assert_non_null(move_schema((enum move)move));
	}
}

/* The decoder is wire's; here the document is read for its members alone. */
static void the_document_names_every_timescale_once(void **state)
{
	const char *json = text_cstr(arena, protocol_write(arena, protocol_standard()));

	(void)state;
	for (int duty = 0; duty < DUTY_COUNT; duty++) {
		const char *member =
			text_cstr(arena, text_printf(arena, "\"duty\":\"%s\"", duty_names[duty]));
		const char *found = strstr(json, member);

		assert_non_null(found);
		assert_null(strstr(found + 1, member));
	}
	assert_non_null(strstr(json, "\"id\":\"standard\""));
	assert_non_null(strstr(json, "\"offer_soon_within_days\":28"));
	assert_non_null(strstr(json, "\"recalculation_within_days\":28"));
}

static void an_authoritys_own_times_are_used(void **state)
{
	struct protocol own = *protocol_standard();

	(void)state;
	own.id = TEXT("ours");
	own.version = 3;
	own.timescales[DUTY_MAKE_OFFER].by_urgency[URGENCY_ORDINARY].count = 12;
	world.protocol = &own;
	play_invited(URGENCY_ORDINARY);
	assert_due(DUTY_MAKE_OFFER, SIDE_PROVIDER, "2026-04-21 17:00");
	assert_true(text_is(last_fact()->protocol, "ours/3"));
}

static void the_page_and_the_diagram_name_every_move(void **state)
{
	struct writer page, diagram;

	(void)state;
	writer_init(&page, arena);
	writer_init(&diagram, arena);
	protocol_markdown(&page, protocol_standard());
	protocol_dot(&diagram);
	for (int move = 0; move < MOVE_COUNT; move++)
		assert_non_null(strstr(page.at, text_cstr(arena, text_printf(arena, "### %s\n",
									     move_names[move]))));
	for (int duty = 0; duty < DUTY_COUNT; duty++)
		assert_non_null(strstr(
			page.at, text_cstr(arena, text_printf(arena, "| %s |", duty_names[duty]))));
	assert_non_null(strstr(diagram.at, "start -> preparing"));
	assert_non_null(strstr(diagram.at, "signing -> in_force [label=\"sign"));
	assert_int_equal(diagram.at[diagram.len - 2], '}');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_standard_figures_are_those_of_the_protocol),
		TEST(every_row_is_sound_and_in_its_place),
		TEST(the_document_names_every_timescale_once),
		TEST(an_authoritys_own_times_are_used),
		TEST(the_page_and_the_diagram_name_every_move),
	};

	return cmocka_run_group_tests_name("test_timescale", tests, NULL, NULL);
}
