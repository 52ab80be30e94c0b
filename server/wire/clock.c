/*
 * clock.c - a clock asked for in words, and its date explained day by day.
 *
 * Core derives and explains; here are the words that come in, the sentences for those that do not
 * fit, and the field tables of the answer.
 */
#include "concordat/wire/clock.h"

#include <string.h>

#include "concordat/core/fields.h"

#define PAUSES_MOST 50
#define STEPS_MOST 4000

/* ---- words ---- */

/* "A/B,C/D": instants; nothing after the last stroke while it lasts. */
static bool pauses_parse(struct arena *arena, struct text t, struct clock_asked *asked)
{
	while (t.len) {
		const char *comma = memchr(t.at, ',', t.len);
		struct text one = {t.at, comma ? (size_t)(comma - t.at) : t.len};
		const char *stroke = memchr(one.at, '/', one.len);
		struct pause pause = {.to_us = NEVER_US};
		struct text from, to;

		if (!stroke || asked->pause_count == PAUSES_MOST)
			return false;
		from = (struct text){one.at, (size_t)(stroke - one.at)};
		to = (struct text){stroke + 1, one.len - from.len - 1};
		if (!instant_parse(from, &pause.from_us) ||
		    (to.len && !instant_parse(to, &pause.to_us)) || pause.to_us < pause.from_us)
			return false;
		*LIST_ADD(arena, asked->pauses, asked->pause_count) = pause;
		t.at += one.len + (comma != NULL);
		t.len -= one.len + (comma != NULL);
	}
	return true;
}

static bool wrong_word(struct flaw *wrong, const char *pointer, struct text sentence)
{
	*wrong = (struct flaw){text_of(pointer), sentence};
	return false;
}

/* One of the names, by its index; left alone when not given. */
static bool name_parse(struct arena *arena, struct text given, const char *const *names,
		       size_t count, const char *pointer, int32_t *index, struct flaw *wrong)
{
	struct writer w;

	if (!given.at)
		return true;
	for (size_t i = 0; i < count; i++)
		if (text_is(given, names[i])) {
			*index = (int32_t)i;
			return true;
		}
	writer_init(&w, arena);
	writer_puts(&w, "Give one of:");
	for (size_t i = 0; i < count; i++)
		writer_printf(&w, "%s %s", i ? "," : "", names[i]);
	writer_char(&w, '.');
	return wrong_word(wrong, pointer, writer_text(&w));
}

bool clock_read(struct arena *arena, const struct clock_words *words, struct clock_asked *asked,
		struct flaw *wrong)
{
	int32_t division = DIVISION_ENGLAND_AND_WALES, roll = NO_ENUM;

	*asked = (struct clock_asked){0};
	if (!words->from.at || !instant_parse(words->from, &asked->from_us))
		return wrong_word(wrong, "/from",
				  TEXT("Give an instant with its offset, such as "
				       "2026-04-02T09:00:00Z."));
	if (!words->rule.at || !rule_parse(words->rule, &asked->rule))
		return wrong_word(wrong, "/rule",
				  TEXT("Give one such as \"10 working days\", \"28 days\", \"3 "
				       "months\", \"24 hours\" or \"next Wednesday\"."));
	if (!name_parse(arena, words->division, division_names, DIVISION_COUNT, "/division",
			&division, wrong) ||
	    !name_parse(arena, words->roll, roll_names, ROLL_COUNT, "/roll", &roll, wrong))
		return false;
	asked->division = (enum division)division;
	if (roll > ROLL_NONE && asked->rule.unit != UNIT_DAYS && asked->rule.unit != UNIT_MONTHS)
		return wrong_word(wrong, "/roll",
				  TEXT("Only clocks of days, weeks, months and years roll. Leave "
				       "it out here."));
	if (roll != NO_ENUM)
		asked->rule.roll = (enum roll)roll;
	return pauses_parse(arena, words->pauses, asked) ||
	       wrong_word(wrong, "/pauses",
			  TEXT("Give each as FROM/TO, instants such as 2026-03-06T18:00:00Z, with "
			       "commas between them; nothing after the stroke while it lasts."));
}

/* ---- the answer ---- */

static const struct field explained_step_fields[] = {
	DAY_F(explained_step, day, "day", REQ, "the day"),
	TEXT_F(explained_step, day_words, REQ, 40, "the same in words"),
	BOOL_F(explained_step, counts, REQ, "whether it counts"),
	TEXT_F(explained_step, why, REQ, 400, "why, or why not"),
};
static TABLE(explained_step, struct explained_step, "One day of a clock");

#define DATE_FIELDS(type, prefix)                                                             \
	F(type, prefix due_at_us, "due_at", FIELD_INSTANT, 0, 0, 0, NULL, NULL,               \
	  "when it is due; absent while it is paused"),                                       \
		F(type, prefix due_words, "due_words", FIELD_TEXT, 0, 1, 80, NULL, NULL,      \
		  "the same in words, London time"),                                          \
		F(type, prefix nominal_day, "nominal_day", FIELD_DAY, 0, 0, 0, NULL, NULL,    \
		  "the day before rolling"),                                                  \
		F(type, prefix paused, "paused", FIELD_BOOL, REQ, 0, 0, NULL, NULL,           \
		  "a pause has no end yet"),                                                  \
		F(type, prefix provisional, "provisional", FIELD_BOOL, REQ, 0, 0, NULL, NULL, \
		  "past the calendar's end: worked out again when it grows"),                 \
		F(type, prefix sentence, "sentence", FIELD_TEXT, REQ, 1, 2000, NULL, NULL,    \
		  "the whole in one sentence"),                                               \
		F(type, prefix steps, "steps", FIELD_LIST, REQ, 0, STEPS_MOST,                \
		  &explained_step_schema, NULL, "the days, as far as they matter")

static const struct field explained_date_fields[] = {DATE_FIELDS(explained_date, )};
TABLE(explained_date, struct explained_date, "A date and why it is that one");

static const struct field explained_clock_fields[] = {
	INSTANT_F(explained_clock, from_us, "from", REQ, "what it counts from"),
	TEXT_F(explained_clock, rule, REQ, 80, "the rule"),
	ENUM_F(explained_clock, division, REQ, division_names, "whose bank holidays"),
	F(explained_clock, versions.calendar, "calendar_version", FIELD_INT, 0, 1, 1000000, NULL,
	  NULL, "which version of them, or the authority's own number for its calendar"),
	F(explained_clock, versions.bank_holidays, "bank_holidays_version", FIELD_INT, 0, 1,
	  1000000, NULL, NULL, "which version of the bank holidays the authority's calendar has"),
	F(explained_clock, versions.closures, "closures_version", FIELD_INT, 0, 1, 1000000, NULL,
	  NULL, "and of the authority's own closures"),
	DATE_FIELDS(explained_clock, date.),
};
TABLE(explained_clock, struct explained_clock, "A clock worked out");

struct explained_date clock_date(struct arena *arena, const struct due_explanation *explanation)
{
	const struct due *due = &explanation->due;
	struct explained_step *steps =
		arena_array(arena, struct explained_step, explanation->step_count);
	bool is_set = due->at_us != NEVER_US;

	for (size_t i = 0; i < explanation->step_count; i++) {
		const struct due_step *step = &explanation->steps[i];

		steps[i] = (struct explained_step){step->day, day_words(arena, step->day),
						   step->counts, step->why};
	}
	return (struct explained_date){
		.due_at_us = due->at_us,
		.due_words = is_set ? instant_words(arena, due->at_us) : TEXT_NONE,
		.nominal_day = is_set ? due->nominal_day : NO_DAY,
		.paused = due->state == DUE_PAUSED,
		.provisional = due->provisional,
		.sentence = explanation->sentence,
		.steps = {steps, explanation->step_count},
	};
}

struct calendar_versions calendar_versions(const struct calendar *calendar)
{
	return (struct calendar_versions){
		.calendar = calendar->version ? calendar->version : NO_INT,
		.bank_holidays =
			calendar->bank_holidays ? calendar->bank_holidays->version : NO_INT,
		.closures = calendar->closures ? calendar->closures->version : NO_INT,
	};
}

bool clock_explain(struct arena *arena, const struct calendar *calendar,
		   const struct clock_asked *asked, struct explained_clock *out, struct flaw *wrong)
{
	struct due_explanation explanation = due_explain(
		arena, calendar, asked->rule, asked->from_us, asked->pauses, asked->pause_count);

	if (explanation.due.state == DUE_UNCOUNTABLE)
		return wrong_word(wrong, "/rule", explanation.sentence);
	*out = (struct explained_clock){
		.from_us = asked->from_us,
		.rule = rule_text(arena, asked->rule),
		.division = (int32_t)calendar->division,
		.versions = calendar_versions(calendar),
		.date = clock_date(arena, &explanation),
	};
	return true;
}

struct text clock_json(struct arena *arena, const struct explained_clock *explained)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &explained_clock_schema, explained, AUDIENCE_COMMISSIONER);
	return writer_text(&w);
}
