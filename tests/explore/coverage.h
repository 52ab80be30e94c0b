/*
 * coverage.h - which rows of the protocol's table a walk has taken.
 *
 * Every move, lapse, miss, start, lead and refusing rule is taken somewhere, or stands in the
 * program's table of excuses with its reason; what is neither fails the walk.
 */
#ifndef CONCORDAT_TESTS_COVERAGE_H
#define CONCORDAT_TESTS_COVERAGE_H

#include "abstract.h"

struct not_taken {
	const char *row, *reason;
};

/* What a program answers for: the moves of life or the others, and what only it can take of these.
 */
static struct {
	bool life;
	const struct not_taken *excuses;
	size_t excuse_count;
	const char *const *rules; /* of the other's moves; NULL-terminated */
} covers;

#define RULES_MOST 200
#define LEADS_MOST 4
#define STARTS_MOST 4

static struct {
	long moves[MOVE_COUNT], missed[DUTY_COUNT], lapsed[DUTY_COUNT];
	long leads[MOVE_COUNT][LEADS_MOST], starts[MOVE_COUNT][STARTS_MOST];
	const char *rules[RULES_MOST]; /* that have refused */
	long refusals[RULES_MOST];
	size_t rule_count;
	long voids[VOID_KIND_COUNT], restored;
} taken;

static void take_refusal(const char *rule)
{
	size_t i = 0;

	while (i < taken.rule_count && strcmp(taken.rules[i], rule) != 0)
		i++;
	assert_true(i < RULES_MOST);
	taken.rules[i] = rule;
	taken.rule_count += i == taken.rule_count;
	taken.refusals[i]++;
}

static bool has_opened(const struct fact *fact, enum duty duty)
{
	const struct opened *opens = fact->opens.items;

	for (size_t i = 0; i < fact->opens.count; i++)
		if (opens[i].duty == (int32_t)duty)
			return true;
	return false;
}

static void take_voids(const struct not_served *data)
{
	const struct voided *voids = data->voids.items;

	for (size_t i = 0; i < data->voids.count; i++) {
		taken.voids[voids[i].what]++;
		taken.restored += voids[i].is_restored;
	}
}

static void take_fact(const struct fact *fact, enum stage from, enum stage to)
{
	const struct move_row *row = protocol_move((enum move)fact->kind);
	const struct lead *lead = lead_taken(fact->kind, from, to);

	taken.moves[fact->kind]++;
	if (fact->kind == FACT_NOT_SERVED)
		take_voids(fact->data);
	if (fact->kind == FACT_MISSED)
		taken.missed[((const struct not_done *)fact->data)->duty]++;
	if (fact->kind == FACT_LAPSED)
		taken.lapsed[((const struct not_done *)fact->data)->duty]++;
	if (fact->kind == FACT_OFFERS_OPENED)
		taken.lapsed[DUTY_OPEN_OFFERS]++;
	if (lead)
		taken.leads[fact->kind][lead - row->leads]++;
	for (size_t i = 0; i < row->start_count; i++)
		taken.starts[fact->kind][i] += has_opened(fact, row->starts[i].duty);
}

/* ---- what is missing ---- */

static long missing, excused;

static void require(bool is_taken, struct text row)
{
	if (is_taken)
		return;
	for (size_t i = 0; i < covers.excuse_count; i++)
		if (text_is(row, covers.excuses[i].row)) {
			print_message("# not taken: %s: %s\n", covers.excuses[i].row,
				      covers.excuses[i].reason);
			excused++;
			return;
		}
	print_error("never taken: %.*s\n", TEXT_FMT(row));
	missing++;
}

static bool has_refused(const char *rule)
{
	for (size_t i = 0; i < taken.rule_count; i++)
		if (strcmp(taken.rules[i], rule) == 0)
			return true;
	return false;
}

static void require_row(const struct move_row *row)
{
	require(taken.moves[row->move], text_printf(arena, "move %s", move_names[row->move]));
	for (size_t i = 0; i < row->lead_count; i++)
		require(taken.leads[row->move][i],
			text_printf(arena, "lead %s to %s", move_names[row->move],
				    stage_names[row->leads[i].to]));
	for (size_t i = 0; i < row->start_count; i++)
		require(taken.starts[row->move][i],
			text_printf(arena, "start %s of %s", duty_names[row->starts[i].duty],
				    move_names[row->move]));
	for (const struct named_rule *const *rule = row->rules; rule && *rule; rule++)
		require(has_refused((*rule)->name), text_printf(arena, "rule %s", (*rule)->name));
}

/* A move that the program answers for begins it; what none does goes with the others. */
static bool duty_is_covered(enum duty duty)
{
	bool by_life = false, by_others = false;

	for (int move = 0; move < MOVE_COUNT; move++) {
		const struct move_row *row = protocol_move((enum move)move);

		for (size_t i = 0; i < row->start_count; i++)
			if (row->starts[i].duty == duty)
				*(is_of_life(row->move) ? &by_life : &by_others) = true;
	}
	return covers.life ? by_life && !by_others : by_others || !by_life;
}

static void require_every_row(void)
{
	for (int move = 0; move < MOVE_COUNT; move++)
		if (is_of_life((enum move)move) == covers.life)
			require_row(protocol_move((enum move)move));
	for (const char *const *rule = covers.rules; rule && *rule; rule++)
		require(has_refused(*rule), text_printf(arena, "rule %s", *rule));
	for (int what = 0; what < VOID_KIND_COUNT && !covers.life; what++)
		require(taken.voids[what], text_printf(arena, "void %s", void_kind_names[what]));
	require(covers.life || taken.restored,
		TEXT("a lapse that is void, and what had lapsed open again"));
	for (int duty = 0; duty < DUTY_COUNT; duty++) {
		if (!duty_is_covered((enum duty)duty))
			continue;
		enum when_not_done what =
			(enum when_not_done)world.protocol->timescales[duty].when_not_done;

		if (what != NOT_DONE_MISS)
			require(taken.lapsed[duty],
				text_printf(arena, "lapse %s", duty_names[duty]));
		if (what != NOT_DONE_LAPSE)
			require(taken.missed[duty],
				text_printf(arena, "miss %s", duty_names[duty]));
	}
}

#endif
