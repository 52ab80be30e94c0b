/*
 * counter.c - a counter-offer answers each line of the offer it meets.
 *
 * What becomes of a line (accepted, moved, added, removed) is worked out from the two terms, so
 * nobody can claim otherwise; why it is changed only its maker can say, and must.
 */
#include "concordat/core/compare.h"
#include "concordat/core/situation.h"

static const struct fee_line *line_by_key(const struct terms *terms, struct text key)
{
	const struct fee_line *lines = terms->lines.items;

	for (size_t i = 0; i < terms->lines.count; i++)
		if (text_eq(lines[i].key, key))
			return &lines[i];
	return NULL;
}

/* The label is words about the line; what is paid for it is these four. */
static bool is_same(const struct fee_line *a, const struct fee_line *b)
{
	return a->unit == b->unit && a->quantity_r == b->quantity_r && a->rate_r == b->rate_r &&
	       a->index == b->index;
}

struct list offer_line_answers(struct arena *arena, const struct terms *before,
			       const struct terms *after)
{
	const struct fee_line *own = after->lines.items, *theirs = before->lines.items;
	struct line_answer *answers =
		arena_array(arena, struct line_answer, before->lines.count + after->lines.count);
	size_t count = 0;

	for (size_t i = 0; i < after->lines.count; i++) {
		const struct fee_line *line = line_by_key(before, own[i].key);

		answers[count++] =
			(struct line_answer){own[i].key, !line			  ? LINE_ADDED
							 : is_same(line, &own[i]) ? LINE_ACCEPTED
										  : LINE_MOVED};
	}
	for (size_t i = 0; i < before->lines.count; i++)
		if (!line_by_key(after, theirs[i].key))
			answers[count++] = (struct line_answer){theirs[i].key, LINE_REMOVED};
	return (struct list){answers, count};
}

const struct line_answer *line_answer_find(const struct list *answers, struct text key)
{
	const struct line_answer *items = answers->items;

	for (size_t i = 0; i < answers->count; i++)
		if (text_eq(items[i].key, key))
			return &items[i];
	return NULL;
}

const struct line_reason *line_reason_find(const struct list *reasons, struct text key)
{
	const struct line_reason *items = reasons->items;

	for (size_t i = 0; i < reasons->count; i++)
		if (text_eq(items[i].key, key))
			return &items[i];
	return NULL;
}

const struct offer *offer_answered(const struct situation *s)
{
	const struct offer *open = s->thread ? thread_open_offer(s->thread) : NULL;

	return open && open->side != s->actor->side ? open : NULL;
}

/* Why the reason at i is out of place; NULL: it is not. */
static const char *out_of_place(const struct list *reasons, size_t i, const struct offer *answered,
				const struct list *answers)
{
	const struct line_reason *reason = (const struct line_reason *)reasons->items + i;
	const struct line_answer *answer = line_answer_find(answers, reason->key);

	if (!answered)
		return "There is no offer of the other side's to answer. Leave line_reasons out.";
	if (line_reason_find(reasons, reason->key) != reason)
		return "There are two reasons for this line. Give one.";
	if (!answer)
		return "No line has this key, neither in your offer nor in the one you answer.";
	if (answer->what == LINE_ACCEPTED)
		return "You leave this line as the other side put it. Take the reason out, or "
		       "change the line.";
	return NULL;
}

/* The keys of the changed lines without a reason, "nights, transport"; nothing: each has one. */
static struct text lines_unexplained(struct arena *arena, const struct list *reasons,
				     const struct list *answers)
{
	const struct line_answer *items = answers->items;
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < answers->count; i++)
		if (items[i].what != LINE_ACCEPTED && !line_reason_find(reasons, items[i].key))
			writer_printf(&w, "%s%.*s", w.len ? ", " : "", TEXT_FMT(items[i].key));
	return w.len ? writer_text(&w) : TEXT_NONE;
}

RULE(lines_answered, "lines_answered",
     "a counter-offer says why of each line that it moves, adds or takes out, and of no other")
{
	const struct make_offer *data = s->data;
	const struct offer *answered = offer_answered(s);
	struct list answers = {0};
	struct text keys;
	const char *flaw;

	if (!data)
		return true;
	if (answered)
		answers = offer_line_answers(s->arena, &answered->data->terms, &data->terms);
	for (size_t i = 0; i < data->line_reasons.count; i++) {
		flaw = out_of_place(&data->line_reasons, i, answered, &answers);
		if (!flaw)
			continue;
		refuse(refusal, rule_lines_answered.name, NULL, text_of(flaw));
		refusal->pointer = text_printf(s->arena, "/line_reasons/%zu/key", i);
		return false;
	}
	keys = lines_unexplained(s->arena, &data->line_reasons, &answers);
	if (!keys.at)
		return true;
	return refuse(refusal, rule_lines_answered.name, "/line_reasons",
		      text_printf(s->arena,
				  "Say why of each line that you move, add or take out. There is "
				  "no reason for: %.*s.",
				  TEXT_FMT(keys)));
}
