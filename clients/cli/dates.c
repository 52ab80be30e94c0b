/*
 * dates.c - a due date and why it is that one, from a rule and a calendar alone.
 *
 * Words, sentences and the JSON are the service's own (wire's clock.h), so that either side can
 * work out any date that the other names, without a server and with no clock read.
 */
#include <unistd.h>

#include "concordat/wire/clock.h"
#include "concordat/wire/document.h"

#include "command.h"
#include "document.h"
#include "page.h"

#define INSTALLED "/usr/share/concordat"
#define DAY_COLUMN 30

static struct text given(const struct command_line *line, enum option option)
{
	return text_of(line->options[option]);
}

/* The words are the command line's, so a wrong one is wrong use. */
static enum outcome wrong_word(const struct command_line *line, const struct flaw *wrong)
{
	struct text name = {wrong->pointer.at + 1, wrong->pointer.len - 1};

	if (text_is(name, "pauses"))
		name = TEXT("pause");
	command_say(line, text_printf(line->arena, "--%.*s does not fit. %.*s", TEXT_FMT(name),
				      TEXT_FMT(wrong->sentence)));
	command_say(line, TEXT("`concordat help dates explain` says what there is."));
	return OUTCOME_USAGE;
}

static const char *calendar_path(const struct command_line *line, enum division division)
{
	const char *folder = line->options[OPTION_REFERENCE];

	if (line->options[OPTION_CALENDAR])
		return line->options[OPTION_CALENDAR];
	if (!folder)
		folder = access("reference/calendars", F_OK) == 0 ? "reference" : INSTALLED;
	return text_printf(line->arena, "%s/calendars/%s.json", folder, division_names[division])
		.at;
}

static enum outcome read_calendar(const struct command_line *line, struct clock_asked *asked,
				  struct document *document, const struct calendar **calendar)
{
	enum outcome outcome = document_read(line, calendar_path(line, asked->division), document);
	struct flaw flaw = {TEXT(""), TEXT_NONE};

	if (outcome)
		return outcome;
	*calendar = calendar_decode(line->arena, document->json, &flaw.sentence);
	if (!*calendar)
		return document_refuse(line, document, &flaw);
	if (!line->options[OPTION_DIVISION] && line->options[OPTION_CALENDAR])
		asked->division = (*calendar)->division;
	if ((*calendar)->division == asked->division)
		return OUTCOME_DONE;
	flaw = (struct flaw){TEXT("/division"),
			     text_printf(line->arena,
					 "This is the calendar for %s, and %s is asked for. Name "
					 "the other file, or the other division.",
					 division_names[(*calendar)->division],
					 division_names[asked->division])};
	return document_refuse(line, document, &flaw);
}

/* Merged in where they are given. What number the service gives the two together is not known here.
 */
static enum outcome read_closures(const struct command_line *line, const struct calendar **calendar)
{
	const char *path = line->options[OPTION_CLOSURES];
	struct document document;
	struct flaw flaw = {TEXT(""), TEXT_NONE};
	struct closures *closures;
	enum outcome outcome;

	if (!path)
		return OUTCOME_DONE;
	outcome = document_read(line, path, &document);
	if (outcome)
		return outcome;
	closures = closures_decode(line->arena, document.json, &flaw.sentence);
	if (!closures)
		return document_refuse(line, &document, &flaw);
	*calendar = calendar_with_closures(line->arena, *calendar, closures, 0);
	return OUTCOME_DONE;
}

static void put_versions(struct writer *w, const struct explained_clock *explained)
{
	const struct calendar_versions *by = &explained->versions;
	bool own = by->closures != NO_INT;

	writer_printf(w, "\nBy the bank holidays of %s, version %lld",
		      division_names[explained->division],
		      (long long)(own ? by->bank_holidays : by->calendar));
	if (own)
		writer_printf(w, ", and the authority's closures, version %lld",
			      (long long)by->closures);
	writer_puts(w, ".\n");
}

static struct text date_page(struct arena *arena, const struct explained_clock *explained)
{
	const struct explained_date *date = &explained->date;
	const struct explained_step *steps = date->steps.items;
	struct writer w;

	writer_init(&w, arena);
	if (date->due_words.at)
		writer_printf(&w, "Due %.*s.\n\n", TEXT_FMT(date->due_words));
	else
		writer_puts(&w, "Paused: no due date yet.\n\n");
	page_put(&w, 0, 0, date->sentence);
	writer_char(&w, '\n');
	for (size_t i = 0; i < date->steps.count; i++)
		writer_printf(&w, "%-*.*s%.*s\n", DAY_COLUMN, TEXT_FMT(steps[i].day_words),
			      TEXT_FMT(steps[i].why));
	put_versions(&w, explained);
	return writer_text(&w);
}

enum outcome command_dates_explain(const struct command_line *line)
{
	const struct clock_words words = {
		.from = given(line, OPTION_FROM),
		.rule = given(line, OPTION_RULE),
		.division = given(line, OPTION_DIVISION),
		.roll = given(line, OPTION_ROLL),
		.pauses = given(line, OPTION_PAUSE),
	};
	const struct calendar *calendar;
	struct clock_asked asked;
	struct explained_clock explained;
	struct document document;
	struct flaw wrong;
	enum outcome outcome;

	if (!clock_read(line->arena, &words, &asked, &wrong))
		return wrong_word(line, &wrong);
	outcome = read_calendar(line, &asked, &document, &calendar);
	if (!outcome)
		outcome = read_closures(line, &calendar);
	if (outcome)
		return outcome;
	if (!clock_explain(line->arena, calendar, &asked, &explained, &wrong)) {
		wrong.pointer = TEXT("");
		return document_refuse(line, &document, &wrong);
	}
	if (!line->options[OPTION_JSON])
		return command_print(line, date_page(line->arena, &explained));
	return command_print(line, text_printf(line->arena, "%.*s\n",
					       TEXT_FMT(clock_json(line->arena, &explained))));
}
