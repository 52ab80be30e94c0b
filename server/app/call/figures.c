/*
 * figures.c - app's table of figures.
 */
#include "call/figures.h"

static const char *const move_values[] = {MOVES(WORDS_NAME) "unread", NULL};
static const char *const result_values[] = {
	[MOVE_RECORDED] = "recorded", [MOVE_REPEATED] = "repeated", [MOVE_REFUSED] = "refused",
	[MOVE_STALE] = "stale",	      [MOVE_INVALID] = "invalid",   [MOVE_DENIED] = "denied",
	[MOVE_CONFLICT] = "conflict", [MOVE_FAULT] = "fault",	    NULL};
static const char *const load_values[] = {
	[LOAD_HIT] = "hit", [LOAD_BEHIND] = "behind", [LOAD_MISS] = "miss", NULL};

struct figure app_figures[APP_FIGURES] = {
	[MOVES_BY_RESULT] =
		{FIGURE_COUNTER, "concordat_moves_total",
		 "Moves by result; miss and lapse are time's, unread is one that failed before its "
		 "name was read.",
		 .labels = {{"move", move_values}, {"result", result_values}}, .sparse = true,
		 FIGURE_CELLS((MOVE_COUNT + 1) * MOVE_RESULTS)},
	[CACHE_LOADS] = {FIGURE_COUNTER, "concordat_cache_loads_total",
			 "Looks at a placement; hit: as it is, behind: brought forward, miss: not "
			 "held.",
			 .labels = {{"result", load_values}}, FIGURE_CELLS(CACHE_LOAD_RESULTS)},
	[CACHE_BYTES] = {FIGURE_GAUGE, "concordat_cache_bytes",
			 "Memory of the placements held ready.", FIGURE_CELLS(1)},
	[CACHE_PLACEMENTS] = {FIGURE_GAUGE, "concordat_cache_placements", "Placements held ready.",
			      FIGURE_CELLS(1)},
	[CALENDAR_END] = {FIGURE_GAUGE, "concordat_calendar_end_timestamp_seconds",
			  "Where each division's newest calendar ends, in seconds since 1970.",
			  .labels = {{"division", division_names}}, .sparse = true,
			  FIGURE_CELLS(DIVISION_COUNT)},
	[CALENDAR_RUNS_OUT] =
		{FIGURE_GAUGE, "concordat_calendar_runs_out",
		 "1 where an authority goes by a division whose newest calendar ends within six "
		 "months.",
		 .labels = {{"division", division_names}}, FIGURE_CELLS(DIVISION_COUNT)},
};

static void count_move(enum move move, enum move_result result)
{
	figure_add(&app_figures[MOVES_BY_RESULT], (size_t)move * MOVE_RESULTS + result, 1);
}

static enum move_result result_of(int status, bool repeated, bool overtaken)
{
	switch (status) {
	case 200:
	case 201:
		return repeated ? MOVE_REPEATED : MOVE_RECORDED;
	case 400:
	case 422:
		return MOVE_INVALID;
	case 403:
	case 404:
		return MOVE_DENIED;
	case 409:
		return MOVE_REFUSED;
	case 412:
	case 428:
		return MOVE_STALE;
	default:
		return overtaken ? MOVE_CONFLICT : MOVE_FAULT;
	}
}

void figures_count_answer(const struct call *call, enum move move, int status, bool repeated,
			  bool overtaken)
{
	struct json_errors errors = {0};
	int32_t named = (int32_t)move;

	/* One that went no further than its version. */
	if (move == MOVE_COUNT)
		named = enum_parse(move_names,
				   json_member(call->arena, call->body, "move", &errors));
	count_move(named == NO_ENUM ? MOVE_COUNT : (enum move)named,
		   result_of(status, repeated, overtaken));
}

void figures_count_time(const struct append *append, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int32_t kind = enum_parse(fact_names, append->facts[i].kind);

		if (kind != NO_ENUM)
			count_move((enum move)kind, MOVE_RECORDED);
	}
}
