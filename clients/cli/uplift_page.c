/*
 * uplift_page.c - an uplift as a page for people: the fee, why, line by line, who pays, quality.
 */
#include "page.h"
#include "uplift.h"

#include "concordat/core/money.h"

#define COLUMNS 3 /* now, then, difference */
#define INSET 2
#define DETAIL 6

static const char *const funder_titles[FUNDER_COUNT] = {
	[FUNDER_AUTHORITY] = "Authority",
	[FUNDER_NHS] = "NHS",
	[FUNDER_PERSON] = "Person",
	[FUNDER_THIRD_PARTY] = "Third party",
};

static void put_change(struct writer *w, size_t indent, struct text label, int64_t now_p,
		       int64_t then_p)
{
	bool both = now_p != NO_INT && then_p != NO_INT;
	const struct text cells[COLUMNS] = {page_money(w->arena, now_p),
					    page_money(w->arena, then_p),
					    page_money(w->arena, both ? then_p - now_p : NO_INT)};

	page_row(w, indent, label, cells, COLUMNS);
}

static void put_head(struct writer *w, const struct uplift *uplift)
{
	const struct text heads[COLUMNS] = {TEXT("now"), TEXT("then"), TEXT("difference")};

	page_put(w, 0, 0,
		 text_printf(w->arena, "The fee from %.*s",
			     TEXT_FMT(page_day(w->arena, uplift->from_day))));
	page_put(w, 0, 0,
		 text_printf(w->arena, "%s; decided by the rule \"%s\".",
			     uplift->is_uplifted ? "Uplifted" : "Left as it is",
			     uplift_rule_names[uplift->rule]));
	page_put(w, 0, 0, uplift->reason);
	writer_char(w, '\n');
	page_row(w, 0, TEXT("Pounds a week"), heads, COLUMNS);
	put_change(w, 0,
		   text_printf(w->arena, "The fee (%s%.*s%%)", uplift->percent_r > 0 ? "+" : "",
			       TEXT_FMT(rate_text(w->arena, uplift->percent_r))),
		   uplift->weekly_now_p, uplift->weekly_then_p);
}

static void put_line(struct writer *w, const struct uplift_line *line)
{
	struct text then = TEXT_NONE;

	put_change(w, INSET, line->label, line->weekly_now_p, line->weekly_then_p);
	if (line->rate_then_r != line->rate_now_r)
		then = text_printf(w->arena, ", then £%.*s",
				   TEXT_FMT(rate_text(w->arena, line->rate_then_r)));
	page_put(w, DETAIL, 2,
		 text_printf(w->arena, "%.*s × £%.*s for each %s%.*s%s%s",
			     TEXT_FMT(rate_text(w->arena, line->quantity_r)),
			     TEXT_FMT(rate_text(w->arena, line->rate_now_r)),
			     line_unit_names[line->unit], TEXT_FMT(then),
			     line->index == NO_ENUM ? "" : ", index ",
			     line->index == NO_ENUM ? "" : cost_index_names[line->index]));
}

static void put_funding(struct writer *w, const struct worked_uplift *worked)
{
	const struct list *now = &worked->terms->funding, *then = &worked->uplift->funding;
	const struct funding_part *parts = now->items;

	if (now->count)
		writer_puts(w, "\nWho pays\n");
	for (size_t i = 0; i < now->count; i++)
		put_change(w, INSET, text_of(funder_titles[parts[i].funder]), parts[i].pays_p,
			   funding_pays(then, parts[i].funder));
}

static void put_quality(struct writer *w, const struct worked_uplift *worked)
{
	const struct quality_terms *now = &worked->terms->quality, *then = &worked->quality;
	struct text score = TEXT("no score yet");

	if (!worked->has_quality)
		return;
	writer_puts(w, "\nWith quality\n");
	if (now->score_r != NO_INT)
		score = text_printf(w->arena, "score %.*s",
				    TEXT_FMT(rate_text(w->arena, now->score_r)));
	if (now->tiers.count)
		put_change(w, INSET,
			   now->tier.at ? text_printf(w->arena, "Premium of the tier %.*s",
						      TEXT_FMT(now->tier))
					: TEXT("Premium (no tier yet)"),
			   now->premium_p, then->premium_p);
	if (now->bands.count)
		put_change(w, INSET,
			   text_printf(w->arena, "By band of score (%.*s)", TEXT_FMT(score)),
			   now->band_p, then->band_p);
	if (now->withheld_r != NO_INT)
		put_change(w, INSET,
			   text_printf(w->arena, "Held back until the score is reached (%.*s)",
				       TEXT_FMT(score)),
			   -now->withheld_p, -then->withheld_p);
	put_change(w, INSET, TEXT("To be paid"), now->payable_p, then->payable_p);
}

static void put_path(struct writer *w, const struct uplift *uplift)
{
	const struct uplift_step *steps = uplift->path.items;
	int64_t before_p = uplift->weekly_now_p;

	if (uplift->path.count)
		writer_puts(w, "\nStep by step to the target\n");
	for (size_t i = 0; i < uplift->path.count; i++) {
		put_change(w, INSET,
			   text_printf(w->arena, "from %.*s",
				       TEXT_FMT(page_day(w->arena, steps[i].from_day))),
			   before_p, steps[i].weekly_p);
		before_p = steps[i].weekly_p;
	}
}

struct text uplift_page(struct arena *arena, const struct worked_uplift *worked)
{
	const struct uplift_line *lines = worked->uplift->lines.items;
	struct writer w;

	writer_init(&w, arena);
	put_head(&w, worked->uplift);
	if (worked->uplift->lines.count)
		writer_puts(&w, "\nLine by line\n");
	for (size_t i = 0; i < worked->uplift->lines.count; i++)
		put_line(&w, &lines[i]);
	put_funding(&w, worked);
	put_quality(&w, worked);
	put_path(&w, worked->uplift);
	writer_puts(&w, "\nNothing is applied by this: both sides can work out the same.\n");
	return writer_text(&w);
}
