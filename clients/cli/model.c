/*
 * model.c - cost models offline: is one sound, and what does it make of these inputs.
 */
#include "model.h"

#include "concordat/core/calendar.h"

#include "command.h"
#include "document.h"
#include "page.h"

const char *model_rounding(const struct cost_model *model)
{
	switch ((enum cost_rounding)model->rounding) {
	case COST_PENNY_NEAREST:
		return "rounded to the penny";
	case COST_PENNY_UP:
		return "rounded up to a whole penny";
	case COST_PENNY_UP_PER_QUARTER_HOUR:
		return "rounded up to a whole penny for each quarter of an hour";
	case COST_POUND_NEAREST:
		return "rounded to the pound";
	case COST_POUND_UP:
		return "rounded up to a whole pound";
	case COST_ROUNDING_COUNT:
		break;
	}
	return "";
}

const char *model_unit(const struct cost_model *model)
{
	return model->price_unit == COST_PER_WEEK ? "a week" : "an hour";
}

struct text model_life(struct arena *arena, const struct cost_model *model)
{
	int32_t first_day, last_day;
	struct text from;

	cost_model_effective(model, &first_day, &last_day);
	from = text_printf(arena, "from %.*s", TEXT_FMT(page_day(arena, first_day)));
	return last_day == NO_DAY ? from
				  : text_printf(arena, "%.*s to %.*s", TEXT_FMT(from),
						TEXT_FMT(page_day(arena, last_day)));
}

static enum outcome load(const struct command_line *line, struct document *document,
			 struct cost_model *model)
{
	enum outcome outcome = document_read(line, line->words[0], document);
	struct flaw flaw;

	if (!outcome)
		outcome = document_decode(line, document, &cost_model_schema, JSON_DOCUMENT, model);
	if (!outcome && !cost_model_check(line->arena, model, &flaw))
		outcome = document_refuse(line, document, &flaw);
	return outcome;
}

static void put_count(struct writer *w, size_t count, const char *one)
{
	writer_printf(w, "%zu %s%s", count, one, count == 1 ? "" : "s");
}

enum outcome command_model_check(const struct command_line *line)
{
	struct cost_model model;
	struct document document;
	enum outcome outcome = load(line, &document, &model);
	struct writer w;

	if (outcome)
		return outcome;
	writer_init(&w, line->arena);
	writer_printf(&w, "%.*s %.*s is sound: ", TEXT_FMT(model.id), TEXT_FMT(model.version));
	put_count(&w, model.inputs.count, "input");
	writer_puts(&w, ", ");
	put_count(&w, model.assumptions.count, "assumption");
	writer_puts(&w, ", ");
	put_count(&w, model.lines.count, "line");
	writer_printf(&w, "; price %s, %s; %.*s.\n", model_unit(&model), model_rounding(&model),
		      TEXT_FMT(model_life(line->arena, &model)));
	return command_print(line, writer_text(&w));
}

/* Whether the model may be used on the day of --at. */
static enum outcome check_life(const struct command_line *line, const struct document *document,
			       const struct cost_model *model)
{
	int32_t first_day, last_day;
	bool early;
	struct flaw flaw;

	cost_model_effective(model, &first_day, &last_day);
	if (line->at_day == NO_DAY ||
	    (line->at_day >= first_day && (last_day == NO_DAY || line->at_day <= last_day)))
		return OUTCOME_DONE;
	early = line->at_day < first_day;
	flaw = (struct flaw){
		early ? TEXT("/effective_from") : TEXT("/effective_to"),
		text_printf(line->arena,
			    "This version is for calculations %.*s; %.*s is %s. Name %s version of "
			    "the model, or another day behind --at.",
			    TEXT_FMT(model_life(line->arena, model)),
			    TEXT_FMT(page_day(line->arena, line->at_day)),
			    early ? "before that" : "after that", early ? "an earlier" : "a later"),
	};
	return document_refuse(line, document, &flaw);
}

static enum outcome read_inputs(const struct command_line *line, struct document *document,
				struct list *inputs)
{
	const char *path = line->options[OPTION_INPUTS];
	enum outcome outcome;

	*document = (struct document){"--inputs", TEXT_NONE, ""};
	*inputs = (struct list){NULL, 0};
	if (!path)
		return OUTCOME_DONE;
	outcome = document_read(line, path, document);
	return outcome ? outcome : document_decode_inputs(line, document, inputs);
}

static int64_t hours_of(const struct list *entries)
{
	const struct map_entry *items = entries->items;

	for (size_t i = 0; i < entries->count; i++)
		if (text_is(items[i].key, COST_HOURS_A_WEEK))
			return items[i].value_r;
	return NO_INT;
}

enum outcome command_model_calculate(const struct command_line *line)
{
	struct cost_model model;
	struct guide guide;
	struct worked_guide worked = {&model, &guide, NO_INT};
	struct document document, asked;
	struct list inputs;
	struct flaw flaw;
	enum outcome outcome = load(line, &document, &model);

	if (!outcome)
		outcome = check_life(line, &document, &model);
	if (!outcome)
		outcome = read_inputs(line, &asked, &inputs);
	if (outcome)
		return outcome;
	if (!cost_model_run(line->arena, &model, &inputs, &guide, &flaw))
		return document_refuse(line, &asked, &flaw);
	worked.hours_r = hours_of(&inputs);
	if (worked.hours_r == NO_INT)
		worked.hours_r = hours_of(&guide.defaulted);
	return command_print(line, line->options[OPTION_JSON] ? guide_json(line->arena, &worked)
							      : guide_page(line->arena, &worked));
}
