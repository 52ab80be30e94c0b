/*
 * protocols.c - what is shipped is sound and is what the tables print; unsound ones are refused.
 *
 * reference/protocols/standard-1.json is laid out for people, so it is read and written again
 * before it is compared. Run from the top of the tree.
 */
#include "../unit/core/world.h"

#include "concordat/core/situation.h"
#include "concordat/wire/json.h"

#define SHIPPED "reference/protocols/standard-1.json"
#define SMALL "reference/protocols/small-packages-1.json"

static struct text shipped(const char *path)
{
	FILE *in = fopen(path, "r");
	struct writer w;
	int c;

	if (!in)
		fail_msg("%s cannot be opened. Run from the top of the tree.", path);
	writer_init(&w, arena);
	while ((c = fgetc(in)) != EOF)
		writer_char(&w, (char)c);
	fclose(in);
	return writer_text(&w);
}

static const struct protocol_document *decode(struct text json)
{
	void *document = arena_alloc(arena, protocol_document_schema.size);
	struct json_errors errors;
	const struct json_error *first;

	if (!json_decode(arena, json, &protocol_document_schema, JSON_DOCUMENT, NULL, document,
			 &errors)) {
		first = errors.items.items;
		fail_msg("%.*s: %.*s", TEXT_FMT(first->pointer), TEXT_FMT(first->detail));
	}
	return document;
}

static void the_shipped_protocol_is_what_the_tables_print(void **state)
{
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	schema_write(&w, &protocol_document_schema, decode(shipped(SHIPPED)),
		     AUDIENCE_COMMISSIONER);
	assert_string_equal(text_cstr(arena, writer_text(&w)),
			    text_cstr(arena, protocol_write(arena, protocol_standard())));
}

/* The printed document with one piece of it changed. */
static struct text changed(const char *piece, const char *into)
{
	const char *json = text_cstr(arena, protocol_write(arena, protocol_standard()));
	const char *found = strstr(json, piece);

	assert_non_null(found);
	return text_printf(arena, "%.*s%s%s", (int)(found - json), json, into,
			   found + strlen(piece));
}

static void assert_unsound(struct text json, const char *pointer, const char *words)
{
	struct protocol out;
	struct flaw flaw = {0};

	assert_false(protocol_from_document(arena, decode(json), &out, &flaw));
	if (!text_is(flaw.pointer, pointer) || !strstr(text_cstr(arena, flaw.sentence), words))
		fail_msg("%.*s: %.*s", TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
}

static const struct protocol *read_sound(struct text json)
{
	struct protocol *out = arena_make(arena, struct protocol);
	struct flaw flaw;

	if (!protocol_from_document(arena, decode(json), out, &flaw))
		fail_msg("%.*s: %.*s", TEXT_FMT(flaw.pointer), TEXT_FMT(flaw.sentence));
	return out;
}

static void the_shipped_protocol_is_the_standard_one(void **state)
{
	const struct protocol *read = read_sound(shipped(SHIPPED));

	(void)state;
	assert_string_equal(text_cstr(arena, protocol_write(arena, read)),
			    text_cstr(arena, protocol_write(arena, protocol_standard())));
}

static void assert_sound(struct text json)
{
	assert_non_null(read_sound(json));
}

/* Nobody gets more time by it, and reviews are as often. */
static void the_protocol_for_small_packages_is_sound_and_shorter(void **state)
{
	const struct protocol *small = read_sound(shipped(SMALL)), *usual = protocol_standard();
	int shorter = 0;

	(void)state;
	assert_true(text_is(small->id, "small-packages"));
	for (int duty = 0; duty < DUTY_COUNT; duty++)
		for (int urgency = 0; urgency < URGENCY_COUNT; urgency++) {
			struct rule one = small->timescales[duty].by_urgency[urgency];
			struct rule other = usual->timescales[duty].by_urgency[urgency];

			assert_int_equal(one.unit, other.unit);
			assert_int_equal(one.roll, other.roll);
			assert_true(one.count <= other.count);
			if (BIT(duty) & REVIEW_DUTIES)
				assert_int_equal(one.count, other.count);
			shorter += one.count < other.count;
		}
	assert_true(shorter >= 30);
	assert_int_equal(small->timescales[DUTY_MAKE_OFFER].by_urgency[0].count, 5);
	assert_int_equal(small->timescales[DUTY_RESPOND].by_urgency[0].count, 3);
	assert_int_equal(small->timescales[DUTY_SIGN].by_urgency[0].count, 5);
	assert_int_equal(small->timescales[DUTY_MEDIATE].by_urgency[0].count, 14);
}

static const char wd_3[] = "{\"count\":3,\"roll\":\"none\",\"unit\":\"weekday\"}";

static void what_does_not_fit_its_unit_is_pointed_at(void **state)
{
	(void)state;
	assert_unsound(changed(wd_3, "{\"count\":8,\"roll\":\"none\",\"unit\":\"weekday\"}"),
		       "/timescales/0/ordinary", "a weekday runs from 1");
	assert_unsound(changed("{\"count\":2,\"roll\":\"none\",\"unit\":\"working_days\"}",
			       "{\"count\":2,\"roll\":\"none\",\"unit\":\"weekday\"}"),
		       "/timescales/1/ordinary", "A weekday is for decide_at_panel");
	assert_unsound(changed("{\"count\":2,\"roll\":\"none\",\"unit\":\"working_days\"}",
			       "{\"count\":2,\"roll\":\"back\",\"unit\":\"working_days\"}"),
		       "/timescales/1/ordinary", "Only days and months roll");
	assert_unsound(changed("{\"count\":12,\"roll\":\"back\",\"unit\":\"months\"}",
			       "{\"count\":26,\"roll\":\"back\",\"unit\":\"months\"}"),
		       "/timescales/15/discharge", "more than two years");
	assert_unsound(
		changed("\"offer_soon\":{\"count\":5,\"roll\":\"none\",\"unit\":\"working_"
			"days\"}",
			"\"offer_soon\":{\"count\":5,\"roll\":\"none\",\"unit\":\"weekday\"}"),
		"/offer_soon", "A weekday is for decide_at_panel");
}

static void a_duty_stands_once_and_lapses_or_not_as_the_table_says(void **state)
{
	(void)state;
	assert_unsound(changed("\"duty\":\"answer\"", "\"duty\":\"acknowledge\""),
		       "/timescales/3/duty", "stands twice");
	assert_unsound(changed("\"when_not_done\":\"miss\"", "\"when_not_done\":\"lapse\""),
		       "/timescales/0/when_not_done", "decide_at_panel cannot lapse");
	assert_unsound(changed("\"when_not_done\":\"lapse\"", "\"when_not_done\":\"miss\""),
		       "/timescales/2/when_not_done", "make_offer must lapse");
	assert_unsound(changed("\"when_not_done\":\"lapse\"",
			       "\"when_not_done\":\"lapse_unless_started\""),
		       "/timescales/2/when_not_done", "use lapse");
	assert_unsound(changed("\"when_not_done\":\"lapse_unless_started\"",
			       "\"when_not_done\":\"lapse\""),
		       "/timescales/7/when_not_done", "only while care has not started");
	assert_unsound(changed("\"when_not_done\":\"lapse\"",
			       "\"repeat_days\":7,\"when_not_done\":\"lapse\""),
		       "/timescales/2/repeat_days", "not told again");
}

static void a_reminder_goes_while_there_is_something_to_be_reminded_of(void **state)
{
	(void)state;
	assert_unsound(changed("{\"before\":2,\"unit\":\"working_days\"}",
			       "{\"before\":2,\"unit\":\"hours\"}"),
		       "/timescales/0/reminders/0", "use working_days or days");
	assert_unsound(changed("{\"before\":3,\"unit\":\"working_days\"}",
			       "{\"before\":28,\"unit\":\"days\"}"),
		       "/timescales/2/reminders/0",
		       "28 days before would go before the action begins, which is due after 10 "
		       "working days");
	assert_unsound(changed("{\"before\":3,\"unit\":\"working_days\"}",
			       "{\"before\":10,\"unit\":\"working_days\"}"),
		       "/timescales/2/reminders/0", "before the action begins");
	assert_unsound(changed("{\"before\":3,\"unit\":\"working_days\"}",
			       "{\"before\":1,\"unit\":\"working_days\"}"),
		       "/timescales/2/reminders/1", "stands twice");
	/* 13 days go into 10 working days */
	assert_sound(changed("{\"before\":3,\"unit\":\"working_days\"}",
			     "{\"before\":13,\"unit\":\"days\"}"));
}

/* The standard protocol with one time changed, in its own place. */
static struct text with_time(enum duty duty, enum urgency urgency, struct rule rule)
{
	struct protocol own = *protocol_standard();

	own.timescales[duty].by_urgency[urgency] = rule;
	own.timescales[duty].reminders = (struct list){0};
	return protocol_write(arena, &own);
}

static void times_that_would_leave_a_move_out_of_reach_are_refused(void **state)
{
	static const struct {
		enum duty duty;
		enum urgency urgency;
		struct rule rule;
		const char *pointer, *words;
	} cases[] = {
		{DUTY_APPOINT_MEDIATOR,
		 URGENCY_ORDINARY,
		 {UNIT_WORKING_DAYS, 10, ROLL_NONE},
		 "/timescales/20/ordinary",
		 "before the appointing body may name somebody"},
		{DUTY_AGREE_MEDIATOR,
		 URGENCY_EMERGENCY,
		 {UNIT_WORKING_DAYS, 15, ROLL_NONE},
		 "/timescales/20/emergency",
		 "agree_mediator is 15 working days"},
		{DUTY_WAIT_FOR_ANSWER,
		 URGENCY_ORDINARY,
		 {UNIT_WORKING_DAYS, 2, ROLL_NONE},
		 "/timescales/4/ordinary",
		 "go on before the answer is due"},
		{DUTY_OFFER_STANDS,
		 URGENCY_ORDINARY,
		 {UNIT_DAYS, 6, ROLL_NONE},
		 "/timescales/6/ordinary",
		 "expire before its answer is due"},
		{DUTY_ACKNOWLEDGE,
		 URGENCY_DISCHARGE,
		 {UNIT_HOURS, 49, ROLL_NONE},
		 "/timescales/2/discharge",
		 "acknowledged after its offer is due"},
		{DUTY_OFFER_AGAIN,
		 URGENCY_ORDINARY,
		 {UNIT_MONTHS, 1, ROLL_NONE},
		 "/timescales/9/ordinary",
		 "before the next offer is due"},
		{DUTY_SIGN,
		 URGENCY_ORDINARY,
		 {UNIT_WORKING_DAYS, 21, ROLL_NONE},
		 "/timescales/11/ordinary",
		 "lapse before it must be signed"},
		{DUTY_FIRST_REVIEW,
		 URGENCY_ORDINARY,
		 {UNIT_MONTHS, 3, ROLL_NONE},
		 "/timescales/14/ordinary",
		 "the first review comes first"},
		{DUTY_YEARLY_REVIEW,
		 URGENCY_ORDINARY,
		 {UNIT_DAYS, 90, ROLL_NONE},
		 "/timescales/15/ordinary",
		 "before the yearly one"},
		{DUTY_MAKE_OFFER,
		 URGENCY_ORDINARY,
		 {UNIT_WORKING_DAYS, 4, ROLL_NONE},
		 "/offer_soon",
		 "later than the usual 4 working days"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_unsound(with_time(cases[i].duty, cases[i].urgency, cases[i].rule),
			       cases[i].pointer, cases[i].words);
	/* as long as each other is enough, but for the mediator and the reviews */
	assert_sound(with_time(DUTY_OFFER_STANDS, URGENCY_ORDINARY,
			       (struct rule){UNIT_DAYS, 7, ROLL_NONE}));
	assert_sound(with_time(DUTY_SIGN, URGENCY_ORDINARY,
			       (struct rule){UNIT_WORKING_DAYS, 20, ROLL_NONE}));
}

/* ---- the table itself ---- */

static struct move_row broken_move;
static struct lapse_row broken_lapse;

static const struct move_row *move_of(enum move move)
{
	return move == broken_move.move ? &broken_move : protocol_move(move);
}

static const struct lapse_row *lapse_of(enum duty duty)
{
	return duty == broken_lapse.duty ? NULL : protocol_lapse(duty);
}

static void assert_table(const char *words)
{
	static const struct protocol_table own = {move_of, protocol_lapse};
	struct flaw flaw;

	assert_false(protocol_table_check(arena, &own, &flaw));
	if (!strstr(text_cstr(arena, flaw.sentence), words))
		fail_msg("%.*s", TEXT_FMT(flaw.sentence));
}

static void a_table_with_a_row_out_of_joint_is_refused(void **state)
{
	static const struct lead nowhere[] = {{BIT(STAGE_WITH_PANEL), STAGE_PREPARING, NULL}};
	static const struct lead out_of_the_end[] = {{BIT(STAGE_ENDED), STAGE_IN_FORCE, NULL}};

	(void)state;
	broken_move = *protocol_move(MOVE_ACKNOWLEDGE);
	broken_move.sides = 0;
	assert_table("The move acknowledge is nobody's");
	broken_move = *protocol_move(MOVE_ACKNOWLEDGE);
	broken_move.provider_roles = 0;
	assert_table("is the provider's, but no role of theirs");
	broken_move = *protocol_move(MOVE_ACKNOWLEDGE);
	broken_move.stages |= BIT(STAGE_ENDED);
	broken_move.leads = out_of_the_end;
	broken_move.lead_count = 1;
	assert_table("after the end");
	broken_move = *protocol_move(MOVE_ACKNOWLEDGE);
	broken_move.leads = nowhere;
	broken_move.lead_count = 1;
	assert_table("leads from a stage in which it cannot be made");
	/* nothing leads into mediation any more */
	broken_move = *protocol_move(MOVE_CONSENT_TO_MEDIATION);
	broken_move.lead_count = 0;
	assert_table("No move leads to the stage mediating");
	/* nor to the panel */
	broken_move = *protocol_move(MOVE_REFER_TO_PANEL);
	broken_move.lead_count = 0;
	assert_table("No move leads to the stage with_panel");
	/* and the panel's decision ends what is asked of it */
	broken_move = *protocol_move(MOVE_PANEL_DECIDE);
	broken_move.meets = 0;
	assert_table("The commissioner may owe decide_at_panel and has no move that meets it");
	broken_move = *protocol_move(MOVE_ANSWER);
	broken_move.sides = BIT(SIDE_COMMISSIONER);
	assert_table("The provider may owe answer");
	/* a question that is waited for until it is answered, if ever */
	broken_move = *protocol_move(MOVE_ASK);
	broken_move.start_count = 1;
	assert_table("The move ask pauses make_offer, and nothing that it starts lets it go on");
}

static void a_right_that_never_lapses_is_refused(void **state)
{
	static const struct protocol_table own = {protocol_move, lapse_of};
	static const enum duty rights[] = {DUTY_DISPUTE_ENTRY, DUTY_OFFER_STANDS,
					   DUTY_AFTER_REJECTION, DUTY_OPEN_OFFERS};
	struct flaw flaw;

	(void)state;
	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
		broken_lapse.duty = rights[i];
		assert_false(protocol_table_check(arena, &own, &flaw));
		assert_non_null(strstr(text_cstr(arena, flaw.sentence), "it has no other end"));
	}
}

/* ---- one table, three prints ---- */

static struct text page_of(const struct protocol *protocol)
{
	struct writer w;

	writer_init(&w, arena);
	protocol_markdown(&w, protocol);
	return writer_text(&w);
}

static void assert_in(struct text page, struct text piece)
{
	if (!strstr(text_cstr(arena, page), text_cstr(arena, piece)))
		fail_msg("not printed: %.*s", TEXT_FMT(piece));
}

static const char *rule_words(struct rule rule)
{
	return rule.unit == UNIT_WEEKDAY ? "the next sitting"
					 : text_cstr(arena, rule_text(arena, rule));
}

static void every_figure_of_a_protocol_is_on_its_page(void **state)
{
	static const char *const files[] = {SHIPPED, SMALL};

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		const struct protocol *protocol = read_sound(shipped(files[f]));
		struct text page = page_of(protocol);

		for (int duty = 0; duty < DUTY_COUNT; duty++) {
			const struct timescale *t = &protocol->timescales[duty];

			assert_in(page, text_printf(arena, "\n| %s | %s | %s | %s | ",
						    duty_names[duty], rule_words(t->by_urgency[0]),
						    rule_words(t->by_urgency[1]),
						    rule_words(t->by_urgency[2])));
			assert_in(page, text_printf(arena, " | %s",
						    when_not_done_names[t->when_not_done]));
		}
		assert_in(page, text_printf(arena, "# The protocol %.*s, version 1",
					    TEXT_FMT(protocol->id)));
		assert_in(page, protocol->note);
	}
}

static void every_move_is_on_the_page_and_in_the_diagram_where_it_leads(void **state)
{
	struct text page = page_of(protocol_standard()), drawn;
	size_t arrows = 0, printed = 0;
	struct writer w;

	(void)state;
	writer_init(&w, arena);
	protocol_dot(&w);
	drawn = writer_text(&w);
	for (int move = 0; move < MOVE_COUNT; move++) {
		const struct move_row *row = protocol_move((enum move)move);

		assert_in(page, text_printf(arena, "### %s\n\n%s\n", move_names[move], row->help));
		for (const struct named_rule *const *rule = row->rules; rule && *rule; rule++)
			assert_in(page, text_printf(arena, "(`%s`)", (*rule)->name));
		for (size_t i = 0; i < row->lead_count; i++)
			for (int from = -1; from < STAGE_COUNT; from++) {
				const struct lead *lead = &row->leads[i];

				if (from < 0 ? lead->from != 0
					     : !(lead->from & BIT(from)) || from == (int)lead->to)
					continue;
				assert_in(drawn,
					  text_printf(arena, "\t%s -> %s [label=\"%s",
						      from < 0 ? "start" : stage_names[from],
						      stage_names[lead->to], move_names[move]));
				arrows++;
			}
	}
	for (const char *at = text_cstr(arena, drawn); (at = strstr(at, " -> ")); at++)
		printed++;
	assert_int_equal(printed, arrows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_shipped_protocol_is_what_the_tables_print),
		TEST(the_shipped_protocol_is_the_standard_one),
		TEST(the_protocol_for_small_packages_is_sound_and_shorter),
		TEST(what_does_not_fit_its_unit_is_pointed_at),
		TEST(a_duty_stands_once_and_lapses_or_not_as_the_table_says),
		TEST(a_reminder_goes_while_there_is_something_to_be_reminded_of),
		TEST(times_that_would_leave_a_move_out_of_reach_are_refused),
		TEST(a_table_with_a_row_out_of_joint_is_refused),
		TEST(a_right_that_never_lapses_is_refused),
		TEST(every_figure_of_a_protocol_is_on_its_page),
		TEST(every_move_is_on_the_page_and_in_the_diagram_where_it_leads),
	};

	return cmocka_run_group_tests_name("protocols", tests, NULL, NULL);
}
