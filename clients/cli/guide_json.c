/*
 * guide_json.c - a guide price as JSON, for programs. README.md beside this file is its manual.
 *
 * Whole pence beside exact figures: a line's pence are for showing and for comparing to a penny;
 * the exact figure is what adds up.
 */
#include "emit.h"
#include "model.h"

#include "concordat/core/money.h"

static void put_line(struct writer *w, const struct guide_line *line)
{
	emit_begin(w, text_cstr(w->arena, line->key), '{');
	emit_text(w, "label", line->label);
	emit_text(w, "group", line->group);
	emit_text(w, "unit", line->unit);
	emit_text(w, "counts", text_of(cost_counts_names[line->counts]));
	emit_bool(w, "in_fee", line->in_fee);
	if (line->counts != COST_QUANTITY) {
		emit_int(w, "low", line->low_p);
		emit_int(w, "mid", line->mid_p);
		emit_int(w, "high", line->high_p);
	}
	emit_begin(w, "exact", '{');
	emit_rate(w, "low", line->low_r);
	emit_rate(w, "mid", line->mid_r);
	emit_rate(w, "high", line->high_r);
	emit_end(w, '}');
	if (line->index != NO_ENUM)
		emit_text(w, "index", text_of(cost_index_names[line->index]));
	emit_text(w, "working", line->working);
	emit_text(w, "assumption", line->assumption);
	emit_text(w, "source", line->source);
	emit_end(w, '}');
}

struct text guide_json(struct arena *arena, const struct worked_guide *worked)
{
	const struct guide *guide = worked->guide;
	const struct guide_line *lines = guide->lines.items;
	const struct map_entry *defaulted = guide->defaulted.items;
	struct writer w;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	emit_text(&w, "model", guide->model);
	emit_text(&w, "version", guide->version);
	emit_text(&w, "title", worked->model->title);
	emit_text(&w, "unit", guide->unit);
	emit_bool(&w, "illustrative", guide->illustrative);
	emit_text(&w, "range_is", text_of(cost_range_names[guide->range_is]));
	emit_text(&w, "rounding", text_of(cost_rounding_names[worked->model->rounding]));
	emit_range(&w, "total", guide->low_p, guide->mid_p, guide->high_p);
	emit_range(&w, "weekly", guide->weekly_low_p, guide->weekly_mid_p, guide->weekly_high_p);
	emit_begin(&w, "lines", '{');
	for (size_t i = 0; i < guide->lines.count; i++)
		put_line(&w, &lines[i]);
	emit_end(&w, '}');
	emit_begin(&w, "order", '[');
	for (size_t i = 0; i < guide->lines.count; i++)
		emit_text(&w, NULL, lines[i].key);
	emit_end(&w, ']');
	emit_begin(&w, "defaulted", '{');
	for (size_t i = 0; i < guide->defaulted.count; i++)
		emit_text(&w, text_cstr(arena, defaulted[i].key),
			  rate_text(arena, defaulted[i].value_r));
	emit_end(&w, '}');
	emit_text(&w, "note", TEXT(GUIDE_NOTE));
	emit_end(&w, '}');
	writer_char(&w, '\n');
	return writer_text(&w);
}
