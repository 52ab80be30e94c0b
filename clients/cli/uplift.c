/*
 * uplift.c - what the agreed method makes of a fee: terms and a year's figures in, the new fee out.
 *
 * The core works it out, and both sides have the same core: this only reads, asks and shows.
 */
#include "uplift.h"

#include "command.h"
#include "document.h"

static enum outcome read_terms(const struct command_line *line, struct terms *terms)
{
	struct document document;
	struct terms asked;
	struct flaw flaw;
	enum outcome outcome = document_read(line, line->options[OPTION_TERMS], &document);

	if (!outcome)
		outcome = document_enter(line, &document, "/terms");
	if (!outcome)
		outcome = document_decode(line, &document, &terms_schema, JSON_ANSWER, &asked);
	if (!outcome && !terms_complete(line->arena, &asked, terms, &flaw))
		outcome = document_refuse(line, &document, &flaw);
	return outcome;
}

static enum outcome read_figures(const struct command_line *line, struct uplift_figures *figures)
{
	struct document document;
	struct flaw flaw;
	enum outcome outcome = document_read(line, line->options[OPTION_INDICES], &document);

	if (!outcome)
		outcome = document_decode(line, &document, &uplift_figures_schema, JSON_DOCUMENT,
					  figures);
	if (!outcome && !uplift_figures_check(line->arena, figures, &flaw))
		outcome = document_refuse(line, &document, &flaw);
	return outcome;
}

/* Checked against these lines only where it is this method that they go by. */
static enum outcome read_method(const struct command_line *line, const struct terms *terms,
				struct uplift_method *method)
{
	bool is_own = terms->uplift.basis != NO_ENUM;
	struct document document;
	struct flaw flaw;
	enum outcome outcome = document_read(line, line->options[OPTION_METHOD], &document);

	if (!outcome)
		outcome = document_decode(line, &document, &uplift_method_schema, JSON_DOCUMENT,
					  method);
	if (!outcome &&
	    !uplift_method_check(line->arena, method, is_own ? NULL : &terms->lines, &flaw))
		outcome = document_refuse(line, &document, &flaw);
	return outcome;
}

int64_t funding_pays(const struct list *funding, int32_t funder)
{
	const struct funding_part *parts = funding->items;

	for (size_t i = 0; i < funding->count; i++)
		if (parts[i].funder == funder)
			return parts[i].pays_p;
	return NO_INT;
}

/* The bands are a list that is worked in place, so the new fee's are a copy. */
static void work_quality(struct arena *arena, struct worked_uplift *worked)
{
	const struct quality_terms *now = &worked->terms->quality;

	worked->has_quality = now->tiers.count || now->bands.count || now->withheld_r != NO_INT;
	worked->quality = *now;
	if (!worked->has_quality)
		return;
	if (now->bands.count)
		worked->quality.bands.items = arena_copy(
			arena, now->bands.items, now->bands.count * sizeof(struct quality_band));
	quality_work(&worked->quality, worked->uplift->weekly_then_p);
}

enum outcome command_uplift(const struct command_line *line)
{
	struct terms terms;
	struct uplift_figures figures;
	struct uplift_method method;
	struct uplift_question question = {&figures, NULL, false};
	struct uplift uplift;
	struct worked_uplift worked = {.terms = &terms, .uplift = &uplift};
	enum outcome outcome = read_terms(line, &terms);

	if (!outcome)
		outcome = read_figures(line, &figures);
	if (!outcome && line->options[OPTION_METHOD]) {
		outcome = read_method(line, &terms, &method);
		question.general = &method;
	}
	if (outcome)
		return outcome;
	uplift_work(line->arena, &terms, &question, &uplift);
	work_quality(line->arena, &worked);
	return command_print(line, line->options[OPTION_JSON] ? uplift_json(line->arena, &worked)
							      : uplift_page(line->arena, &worked));
}
