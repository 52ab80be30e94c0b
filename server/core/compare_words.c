/*
 * compare_words.c - a comparison of two guide prices in one sentence.
 *
 * How much the mid price moved and for which reasons; reasons that come to nothing are left out,
 * and a step that could not be priced is owned up to.
 */
#include "compare_words.h"

#include "concordat/core/money.h"

static void put_parts(struct writer *w, const struct comparison *c)
{
	const struct {
		int64_t part_p;
		const char *from;
	} parts[] = {
		{c->by_inputs_p, "from the inputs"},
		{c->by_rates_p, "from the rates"},
		{c->by_model_p, "from the model"},
	};
	const size_t count = sizeof(parts) / sizeof(parts[0]);
	const char *between = ": ";
	size_t some = 0;

	for (size_t i = 0; i < count; i++)
		some += parts[i].part_p != 0;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].part_p == 0)
			continue;
		if (some == 1)
			writer_printf(w, ", all of it %s", parts[i].from);
		else
			writer_printf(w, "%s%.*s %s", between,
				      TEXT_FMT(money_text(w->arena, parts[i].part_p, true)),
				      parts[i].from);
		between = ", ";
	}
}

static void put_passed_over(struct writer *w, struct passed_over passed)
{
	if (passed.inputs && passed.rates)
		writer_puts(w, "; neither the later inputs nor the later rates fit the earlier "
			       "model, so what they moved is counted with the model");
	else if (passed.inputs)
		writer_puts(w, "; the later inputs do not fit the earlier model, so what they "
			       "moved is counted with the rates");
	else if (passed.rates)
		writer_puts(w, "; the later rates do not fit the earlier model, so what they "
			       "moved is counted with the model");
}

struct text compare_summary(struct arena *arena, const struct comparison *comparison,
			    struct passed_over passed)
{
	int64_t moved_p = comparison->difference_p;
	struct writer w;

	writer_init(&w, arena);
	writer_printf(&w, "The %s mid price ",
		      text_is(comparison->unit, "hour") ? "hourly" : "weekly");
	if (moved_p == 0)
		writer_printf(&w, "stays at %.*s",
			      TEXT_FMT(money_text(arena, comparison->after_mid_p, true)));
	else
		writer_printf(&w, "%s by %.*s", moved_p > 0 ? "rises" : "falls",
			      TEXT_FMT(money_text(arena, moved_p < 0 ? -moved_p : moved_p, true)));
	put_parts(&w, comparison);
	put_passed_over(&w, passed);
	writer_char(&w, '.');
	return writer_text(&w);
}
