/*
 * document_path.c - the protocol's stages and moves on half a page, as Markdown with a drawing.
 *
 * For the README, which holds it as it is printed here, from the same rows that decide. What a move
 * asks, meets and releases stands on the whole page (document.c).
 */
#include "concordat/core/protocol.h"

/* ---- the drawing ---- */

static bool leads(const struct move_row *row, int from, int to)
{
	for (size_t i = 0; i < row->lead_count; i++) {
		const struct lead *lead = &row->leads[i];
		bool starts = from == STAGE_COUNT && !lead->from;

		if ((int)lead->to == to && from != to &&
		    (starts || (from < STAGE_COUNT && lead->from & BIT(from))))
			return true;
	}
	return false;
}

/* One arrow with every move that leads there; STAGE_COUNT: from nothing. */
static void put_arrow(struct writer *w, int from, int to)
{
	bool first = true;

	for (int move = 0; move < MOVE_COUNT; move++) {
		if (!leads(protocol_move((enum move)move), from, to))
			continue;
		if (first)
			writer_printf(w, "    %s --> %s: ",
				      from == STAGE_COUNT ? "[*]" : stage_names[from],
				      stage_names[to]);
		writer_printf(w, "%s%s", first ? "" : ", ", move_names[move]);
		first = false;
	}
	if (!first)
		writer_puts(w, "\n");
}

static void put_drawing(struct writer *w)
{
	writer_puts(w, "```mermaid\nstateDiagram-v2\n    direction LR\n");
	put_arrow(w, STAGE_COUNT, STAGE_PREPARING);
	for (int from = 0; from < STAGE_COUNT; from++)
		for (int to = 0; to < STAGE_COUNT; to++)
			put_arrow(w, from, to);
	writer_puts(w, "    ended --> [*]\n```\n\n");
}

/* ---- the table ---- */

static void put_sides(struct writer *w, const struct move_row *row)
{
	bool first = true;

	for (unsigned side = 0; side < SIDE_COUNT; side++) {
		if (!(row->sides & BIT(side)))
			continue;
		writer_printf(w, "%s%s", first ? "" : ", ", side_names[side]);
		first = false;
	}
}

/* "inviting to signing", and each by its name where they do not follow one another. */
static void put_stages(struct writer *w, const struct move_row *row)
{
	bool first = true;
	unsigned from, to;

	for (from = 0; from < STAGE_COUNT; from = to + 1) {
		to = from;
		if (!(row->stages & BIT(from)))
			continue;
		while (to + 1 < STAGE_COUNT && row->stages & BIT(to + 1))
			to++;
		writer_printf(w, "%s%s", first ? "" : ", ", stage_names[from]);
		if (to > from)
			writer_printf(w, "%s%s", to > from + 1 ? " to " : ", ", stage_names[to]);
		first = false;
	}
	if (first && !(row->sides & BIT(SIDE_TIME)))
		writer_puts(w, "before it begins");
}

static const char *owed_by(enum owed owed)
{
	switch (owed) {
	case OWED_BY_MOVER:
		return "mover";
	case OWED_BY_OTHER:
		return "other side";
	case OWED_BY_COMMISSIONER:
		return "commissioner";
	case OWED_BY_PROVIDER:
		return "provider";
	case OWED_BY_MEDIATOR:
		return "mediator";
	case OWED_BY_BOTH:
		return "both";
	case OWED_BY_EITHER:
		return "either's right";
	case OWED_BY_NOBODY:
		break;
	}
	return "time";
}

static void put_starts(struct writer *w, const struct move_row *row,
		       const struct protocol *protocol)
{
	for (size_t i = 0; i < row->start_count; i++) {
		const struct start *start = &row->starts[i];
		struct rule rule = protocol->timescales[start->duty].by_urgency[URGENCY_ORDINARY];
		struct text limit = rule.unit == UNIT_WEEKDAY ? TEXT("the next sitting")
							      : rule_text(w->arena, rule);

		writer_printf(w, "%s%s, %s: %.*s", i ? "; " : "", duty_names[start->duty],
			      owed_by(start->owed), TEXT_FMT(limit));
	}
}

void protocol_path(struct writer *w, const struct protocol *protocol)
{
	put_drawing(w);
	writer_puts(w, "| move | by | in | starts, for whom, ordinarily |\n|---|---|---|---|\n");
	for (int move = 0; move < MOVE_COUNT; move++) {
		const struct move_row *row = protocol_move((enum move)move);

		writer_printf(w, "| %s | ", move_names[move]);
		put_sides(w, row);
		writer_puts(w, " | ");
		put_stages(w, row);
		writer_puts(w, " | ");
		put_starts(w, row, protocol);
		writer_puts(w, " |\n");
	}
}
