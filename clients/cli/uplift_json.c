/*
 * uplift_json.c - an uplift as JSON, for programs. README.md beside this file is its manual.
 */
#include "emit.h"
#include "uplift.h"

static void put_line(struct writer *w, const struct uplift_line *line)
{
	emit_begin(w, text_cstr(w->arena, line->key), '{');
	emit_text(w, "label", line->label);
	emit_text(w, "unit", text_of(line_unit_names[line->unit]));
	if (line->index != NO_ENUM)
		emit_text(w, "index", text_of(cost_index_names[line->index]));
	emit_rate(w, "quantity", line->quantity_r);
	emit_rate(w, "rate_now", line->rate_now_r);
	emit_rate(w, "rate_then", line->rate_then_r);
	emit_int(w, "weekly_now", line->weekly_now_p);
	emit_int(w, "weekly_then", line->weekly_then_p);
	emit_end(w, '}');
}

static void put_funding(struct writer *w, const struct worked_uplift *worked)
{
	const struct funding_part *parts = worked->uplift->funding.items;

	emit_begin(w, "funding", '[');
	for (size_t i = 0; i < worked->uplift->funding.count; i++) {
		emit_begin(w, NULL, '{');
		emit_text(w, "funder", text_of(funder_names[parts[i].funder]));
		emit_int(w, "pays_now", funding_pays(&worked->terms->funding, parts[i].funder));
		emit_int(w, "pays", parts[i].pays_p);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

static void put_effect(struct writer *w, const char *name, const struct quality_terms *quality)
{
	emit_begin(w, name, '{');
	emit_int(w, "premium", quality->premium_p);
	emit_int(w, "band", quality->band_p);
	emit_int(w, "withheld", quality->withheld_p);
	emit_int(w, "payable", quality->payable_p);
	emit_end(w, '}');
}

static void put_path(struct writer *w, const struct uplift *uplift)
{
	const struct uplift_step *steps = uplift->path.items;

	emit_begin(w, "path", '[');
	for (size_t i = 0; i < uplift->path.count; i++) {
		emit_begin(w, NULL, '{');
		emit_day(w, "from", steps[i].from_day);
		emit_int(w, "weekly", steps[i].weekly_p);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

struct text uplift_json(struct arena *arena, const struct worked_uplift *worked)
{
	const struct uplift *uplift = worked->uplift;
	const struct uplift_line *lines = uplift->lines.items;
	struct writer w;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	emit_text(&w, "rule", text_of(uplift_rule_names[uplift->rule]));
	emit_bool(&w, "is_uplifted", uplift->is_uplifted);
	emit_text(&w, "reason", uplift->reason);
	emit_day(&w, "from", uplift->from_day);
	emit_int(&w, "weekly_now", uplift->weekly_now_p);
	emit_int(&w, "weekly_then", uplift->weekly_then_p);
	emit_int(&w, "difference", uplift->difference_p);
	emit_rate(&w, "percent", uplift->percent_r);
	emit_begin(&w, "lines", '{');
	for (size_t i = 0; i < uplift->lines.count; i++)
		put_line(&w, &lines[i]);
	emit_end(&w, '}');
	emit_begin(&w, "order", '[');
	for (size_t i = 0; i < uplift->lines.count; i++)
		emit_text(&w, NULL, lines[i].key);
	emit_end(&w, ']');
	put_funding(&w, worked);
	if (worked->has_quality) {
		emit_begin(&w, "quality", '{');
		put_effect(&w, "now", &worked->terms->quality);
		put_effect(&w, "then", &worked->quality);
		emit_end(&w, '}');
	}
	put_path(&w, uplift);
	emit_end(&w, '}');
	writer_char(&w, '\n');
	return writer_text(&w);
}
