/*
 * document.c - the protocol's tables as a page and as a diagram.
 *
 * Printed from the rows that decide, so that the documentation cannot drift from what is enforced.
 */
#include "concordat/core/situation.h"

static void put_bits(struct writer *w, uint64_t bits, const char *const *names, const char *none)
{
	bool first = true;

	for (unsigned i = 0; names[i]; i++) {
		if (!(bits & BIT(i)))
			continue;
		writer_puts(w, first ? "" : ", ");
		writer_puts(w, names[i]);
		first = false;
	}
	if (first)
		writer_puts(w, none);
}

static const char *owed_words(enum owed owed)
{
	switch (owed) {
	case OWED_BY_MOVER:
		return "the one who moves";
	case OWED_BY_OTHER:
		return "the other side";
	case OWED_BY_COMMISSIONER:
		return "the commissioner";
	case OWED_BY_PROVIDER:
		return "the provider";
	case OWED_BY_MEDIATOR:
		return "the mediator";
	case OWED_BY_BOTH:
		return "both, each for itself";
	case OWED_BY_EITHER:
		return "either, as a right";
	case OWED_BY_NOBODY:
		break;
	}
	return "nobody: it runs out";
}

static void put_starts(struct writer *w, const struct start *starts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		writer_printf(w, "%s%s (%s%s%s)", i ? "; " : "", duty_names[starts[i].duty],
			      owed_words(starts[i].owed), starts[i].condition ? "; " : "",
			      starts[i].condition ? starts[i].condition : "");
	}
	if (!count)
		writer_puts(w, "-");
}

static void put_rules(struct writer *w, const struct named_rule *const *rule)
{
	for (size_t i = 0; rule && rule[i]; i++)
		writer_printf(w, "%s%s (`%s`)", i ? "; " : "", rule[i]->sentence, rule[i]->name);
	if (!rule || !rule[0])
		writer_puts(w, "-");
}

static void put_leads(struct writer *w, const struct move_row *row)
{
	writer_puts(w, "\n- leads to: ");
	for (size_t i = 0; i < row->lead_count; i++)
		writer_printf(w, "%s%s%s%s", i ? ", " : "", stage_names[row->leads[i].to],
			      row->leads[i].when ? " " : "",
			      row->leads[i].when ? row->leads[i].when : "");
	if (!row->lead_count)
		writer_puts(w, "no other stage");
}

static void put_move(struct writer *w, const struct move_row *row)
{
	writer_printf(w, "### %s\n\n%s\n\n", move_names[row->move], row->help);
	writer_puts(w, "- by: ");
	put_bits(w, row->sides, side_names, "-");
	writer_puts(w, "\n- in: ");
	put_bits(w, row->stages, stage_names, "before there is a placement");
	writer_puts(w, "\n- asks that: ");
	put_rules(w, row->rules);
	if (row->recorded_for) {
		writer_puts(w, "\n- the other side may enter it for: ");
		put_bits(w, row->recorded_for, side_names, "-");
	}
	writer_puts(w, "\n- meets: ");
	put_bits(w, row->meets, duty_names, "-");
	writer_puts(w, "\n- releases: ");
	put_bits(w, row->releases, duty_names, "-");
	if (row->pauses) {
		writer_puts(w, "\n- pauses the mover's: ");
		put_bits(w, row->pauses, duty_names, "-");
	}
	if (row->resumes) {
		writer_puts(w, "\n- lets the other side's go on: ");
		put_bits(w, row->resumes, duty_names, "-");
	}
	writer_puts(w, "\n- starts: ");
	put_starts(w, row->starts, row->start_count);
	put_leads(w, row);
	writer_printf(w, "\n- recorded as: %s\n\n", fact_names[row->move]);
}

static void put_on_behalf(struct writer *w)
{
	writer_puts(
		w, "## What the other side said\n\n"
		   "One side may enter what the other, or the person, said by telephone, letter or "
		   "e-mail, with `on_behalf_of`,\n`occurred_at` and `evidence` beside the move's "
		   "members. The "
		   "rules and clocks of the move then go by the side\nthat said it and by when. "
		   "That side hears of it and may dispute the entry.\n\n- asks that: ");
	put_rules(w, rules_on_behalf);
	writer_puts(w, "\n\n");
}

static void put_reminders(struct writer *w, const struct timescale *t)
{
	const struct reminder *r = t->reminders.items;

	for (size_t i = 0; i < t->reminders.count; i++)
		writer_printf(w, "%s%lld %s", i ? ", " : "", (long long)r[i].before,
			      r[i].unit == UNIT_WORKING_DAYS ? "wd" : "d");
	if (!t->reminders.count)
		writer_puts(w, "-");
}

static void put_timescale(struct writer *w, const struct timescale *t)
{
	const struct lapse_row *lapse = protocol_lapse((enum duty)t->duty);

	writer_printf(w, "| %s ", duty_names[t->duty]);
	for (int i = 0; i < URGENCY_COUNT; i++) {
		struct text rule = rule_text(w->arena, t->by_urgency[i]);

		if (t->by_urgency[i].unit == UNIT_WEEKDAY)
			rule = TEXT("the next sitting");
		writer_printf(w, "| %.*s ", TEXT_FMT(rule));
	}
	writer_puts(w, "| ");
	put_reminders(w, t);
	writer_printf(w, " | %s", when_not_done_names[t->when_not_done]);
	if (lapse)
		writer_printf(w, ": %s", lapse->effect);
	if (t->repeat_days != NO_INT)
		writer_printf(w, ", then every %lld days", (long long)t->repeat_days);
	writer_puts(w, " |\n");
}

void protocol_markdown(struct writer *w, const struct protocol *protocol)
{
	struct text soon = rule_text(w->arena, protocol->offer_soon);

	writer_printf(w, "# The protocol %.*s, version %lld\n\n", TEXT_FMT(protocol->id),
		      (long long)protocol->version);
	if (protocol->note.len)
		writer_printf(w, "%.*s\n\n", TEXT_FMT(protocol->note));
	writer_puts(w, "Printed by `concordatd protocol --markdown` from the tables that the "
		       "service enforces.\n\n"
		       "## Moves\n\n");
	for (int i = 0; i < MOVE_COUNT; i++)
		put_move(w, protocol_move((enum move)i));
	put_on_behalf(w);
	writer_puts(w, "## Timescales\n\n"
		       "| what is due | ordinary | discharge | emergency | reminders before | when "
		       "not done |\n"
		       "|---|---|---|---|---|---|\n");
	for (int i = 0; i < DUTY_COUNT; i++)
		put_timescale(w, &protocol->timescales[i]);
	writer_printf(
		w,
		"\nmake_offer is %.*s when care is wanted within %lld days of the invitation. A "
		"review is near for %lld days before its day and after it was held: then the "
		"calculation may be asked for again and feedback be given.\n",
		TEXT_FMT(soon), (long long)protocol->offer_soon_within_days,
		(long long)protocol->recalculation_within_days);
}

static void put_arrow(struct writer *w, const struct move_row *row, const char *from,
		      const struct lead *lead)
{
	writer_printf(w, "\t%s -> %s [label=\"%s%s%s\"%s];\n", from, stage_names[lead->to],
		      move_names[row->move], lead->when ? " " : "", lead->when ? lead->when : "",
		      row->sides & BIT(SIDE_TIME) ? ", style=dashed" : "");
}

static void put_arrows(struct writer *w, const struct move_row *row)
{
	for (size_t i = 0; i < row->lead_count; i++) {
		const struct lead *lead = &row->leads[i];

		if (!lead->from)
			put_arrow(w, row, "start", lead);
		for (unsigned from = 0; from < STAGE_COUNT; from++)
			if ((lead->from & BIT(from)) && from != (unsigned)lead->to)
				put_arrow(w, row, stage_names[from], lead);
	}
}

void protocol_dot(struct writer *w)
{
	writer_puts(
		w,
		"digraph protocol {\n\trankdir=LR;\n\tnode [shape=box, fontname=\"sans-serif\"];\n"
		"\tedge [fontname=\"sans-serif\", fontsize=10];\n\tstart [shape=point];\n");
	for (int i = 0; i < MOVE_COUNT; i++)
		put_arrows(w, protocol_move((enum move)i));
	writer_puts(w, "}\n");
}
