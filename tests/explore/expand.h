/*
 * expand.h - the walk itself: from each state every move with every request that stands for
 * others, now; or time passes to just after the next thing that comes.
 *
 * States with the same key (abstract.h) are one, so the walk ends. What is wrong is told with the
 * shortest way there.
 */
#ifndef CONCORDAT_TESTS_EXPAND_H
#define CONCORDAT_TESTS_EXPAND_H

#include "asked.h"
#include "coverage.h"
#include "walk.h"

#include <time.h>

static uint32_t at_state;
static struct state step; /* the one being taken from it */
static long transitions, decisions, beyond;
static const char
	*refusing; /* the first of the actor's own requests; NULL: others are not asked for */
static int deepest;

/* ---- what is wrong ---- */

#define FINDINGS_MOST 40

static struct {
	struct text words;
	long count;
} findings[FINDINGS_MOST];
static size_t finding_count;

static void found(struct text words, uint32_t state, const struct state *then)
{
	for (size_t i = 0; i < finding_count; i++)
		if (text_eq(findings[i].words, words)) {
			findings[i].count++;
			return;
		}
	if (finding_count == FINDINGS_MOST)
		return;
	findings[finding_count].words = (struct text){strndup(words.at, words.len), words.len};
	findings[finding_count++].count = 1;
	print_error("%.*s:\n", TEXT_FMT(words));
	state_tell(state);
	if (then)
		step_tell(then);
}

static void law_broken(const char *words)
{
	found(text_of(words), at_state, &step);
}

/* ---- one step ---- */

static void take_one(const struct fact *fact, const struct placement *from,
		     const struct placement *to)
{
	bool moved = from->seq == 0 || from->stage != to->stage;

	take_fact(fact, from->stage, moved ? to->stage : STAGE_COUNT);
	LAW(!moved || from->seq == 0 || lead_taken(fact->kind, from->stage, to->stage),
	    "a stage moved where no row leads");
}

static void take_facts(const struct placement *before, const struct list *facts)
{
	struct fact *const *items = facts->items;
	const struct placement *from = before;

	for (size_t i = 0; i + 1 < facts->count; i++) {
		struct placement *to = placement_copy(arena, from);

		if (!placement_apply(to, items[i]))
			law_broken("a fact does not fold again");
		take_one(items[i], from, to);
		from = to;
	}
	if (facts->count)
		take_one(items[facts->count - 1], from, played);
}

/* The state that a step leads to; played is there. */
static uint32_t arrive(const struct placement *before, const struct list *facts)
{
	bool is_new;
	uint32_t to;

	transitions++;
	step_is_sound(before, facts);
	life_is_sound(before, step.now_us);
	take_facts(before, facts);
	if (!within(step.now_us)) {
		beyond++;
		return NO_STATE;
	}
	to = state_find(&step, facts, &is_new);
	if (is_new || transitions % 16 == 0)
		nobody_reads_more(before);
	if (is_new) {
		the_ledger_is_sound();
		if (to % 16 == 0)
			the_account_adds_up(step.now_us);
		if (states[to].depth > deepest)
			deepest = states[to].depth;
	}
	return to;
}

static struct state step_of(size_t who, enum move move, const char *request, int64_t now_us)
{
	return (struct state){.parent = at_state,
			      .now_us = now_us,
			      .request = request,
			      .depth = (uint16_t)(states[at_state].depth + 1),
			      .who = (uint8_t)who,
			      .move = (uint8_t)move};
}

/* The placement's stage, or that of the round that is open. */
static bool stage_lets(const struct placement *p, const struct move_row *row)
{
	const struct round *round = placement_open_round(p);

	return row->stages & BIT(p->stage) || (round && row->stages & BIT(round->stage));
}

/* By its side, role or the stage: whatever is asked, so one request is enough. */
static bool is_out_of_the_question(const struct placement *p, size_t who, enum move move)
{
	const struct move_row *row = protocol_move(move);
	const struct actor *actor = people[who];
	bool by_side =
		(row->sides & BIT(actor->side)) && (move_roles(row, actor->side) & actor->roles);

	return (!by_side && !row->recorded_for) || (p->seq && !stage_lets(p, row));
}

static bool try_requests(const struct placement *before, size_t who, enum move move, int64_t now_us)
{
	static struct menu menu;
	bool accepted = false;
	uint32_t to;

	if (is_out_of_the_question(before, who, move)) {
		menu = (struct menu){.who = people[who], .move = move, .named = NO_INT};
		(void)add(&menu, "anything");
	} else {
		menu_of(&menu, people[who], move, now_us);
	}
	for (size_t i = 0; i < menu.count; i++) {
		struct request request = {.move = move,
					  .data = menu.items[i].data,
					  .thread = menu.items[i].thread,
					  .said = menu.items[i].said,
					  .occurred_at_us = NEVER_US};

		decisions++;
		last = core_decide(arena, &world, before, people[who], &request, now_us);
		if (last.refused) {
			take_refusal(last.refusal.rule);
			if (!request.said && is_beyond_menus(&last.refusal))
				refusing = NULL;
			else if (!request.said && i == 0)
				refusing = last.refusal.rule;
			continue;
		}
		accepted |= !request.said;
		step = step_of(who, move, menu.items[i].name, now_us);
		played = last.after;
		to = arrive(before, &last.facts);
		if (move != MOVE_WITHDRAW && move != MOVE_RECORD_DEATH)
			edge_add(at_state, to);
		played = before;
	}
	return accepted;
}

/* Allowed is what some request of it is accepted. */
static void try_move(const struct placement *before, size_t who, enum move move, int64_t now_us)
{
	bool allowed = core_allows(arena, &world, before, people[who], move, now_us);
	bool accepted = try_requests(before, who, move, now_us);

	step = step_of(who, move, "any", now_us);
	if (allowed && !accepted && refusing)
		law_broken(text_cstr(arena, text_printf(arena, "%s: allowed, and refused by %s",
							move_names[move], refusing)));
	if (accepted && !allowed)
		law_broken(text_cstr(arena, text_printf(arena, "%s: accepted, and not allowed",
							move_names[move])));
	LAW(!accepted || !states[at_state].ends || stays_open(move) || placement_open_round(before),
	    "something happens after the end");
	if (accepted && move != MOVE_WITHDRAW && protocol_move(move)->counts)
		states[at_state].somebody_can = true;
}

static int64_t next_due(const struct placement *p)
{
	int64_t next = NEVER_US;

	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		if (obligation_is_open(o) && o->missed_at_us == NEVER_US && o->due_at_us < next)
			next = o->due_at_us;
	}
	return next;
}

/* The first of the days to come that is no action's: of a notice, of another provider, of the
 * planned end. */
static int64_t next_day(const struct placement *p, int64_t now_us)
{
	const int32_t days[] = {p->notice.entry ? p->notice.end_day : NO_DAY,
				p->novation.entry ? p->novation.data->from_day : NO_DAY,
				p->seq ? p->opening->planned_end_day : NO_DAY};
	int64_t next = NEVER_US;

	for (size_t i = 0; bounds->begin && i < sizeof(days) / sizeof(days[0]); i++)
		if (p->stage == STAGE_IN_FORCE && days[i] != NO_DAY &&
		    days[i] > london_day(now_us) && london_instant(days[i], 9, 0) < next)
			next = london_instant(days[i], 9, 0);
	return next;
}

static void let_time_pass(const struct placement *before)
{
	int64_t day = next_day(before, states[at_state].now_us);
	int64_t due = next_due(before), now;
	struct list facts = {0};
	uint32_t to;

	due = day < due ? day : due;
	if (due == NEVER_US)
		return;
	now = due + 1 > before->recorded_at_us ? due + 1 : before->recorded_at_us + 1;
	step = step_of(NOBODY, MOVE_COUNT, "", now);
	played = core_settle(arena, &world, before, now, &facts);
	LAW(placement_is_settled(played, now), "something due is left undone");
	LAW(facts.count > 0 || due == day, "time passes and nothing happens");
	to = arrive(before, &facts);
	edge_add(at_state, to);
	states[at_state].left_alone = to == NO_STATE ? BEYOND : to;
	played = before;
}

/* A newer calendar with a holiday on the next day that something is due. It leads to another world,
 * so the walk does not go on there. */
static void let_calendar_change(const struct placement *before)
{
	int64_t due = next_due(before), now = states[at_state].now_us + 1;
	struct holiday *longer = arena_array(arena, struct holiday, HOLIDAYS + 1);
	struct calendar newer = calendar;
	const struct calendar *const versions[] = {&calendar, &newer};
	struct list facts = {0};
	struct world old = world;

	if (due == NEVER_US)
		return;
	newer.version = 2;
	newer.holidays = longer;
	newer.holiday_count = 0;
	for (size_t i = 0; i < HOLIDAYS; i++) {
		if (newer.holiday_count == i && holidays[i].day >= london_day(due))
			longer[newer.holiday_count++] =
				(struct holiday){london_day(due), TEXT("A day of mourning")};
		if (holidays[i].day != london_day(due))
			longer[newer.holiday_count++] = holidays[i];
	}
	world.calendar = &newer;
	world.calendars = versions;
	world.calendar_count = 2;
	step = step_of(NOBODY, MOVE_CHANGE_DUE, "", now);
	played = core_recount(arena, &world, before, now, &facts);
	if (facts.count) {
		transitions++;
		step_is_sound(before, &facts);
		take_facts(before, &facts);
	}
	played = before;
	world = old;
}

/* What its addressee owes by the newest notice that can fail: it does, or a channel brings it. */
static void let_notice_fail(const struct placement *before)
{
	const struct placement *settled;
	struct list settling = {0}, facts;
	int64_t now = states[at_state].now_us + 1;

	settled = core_settle(arena, &world, before, now, &settling);
	for (size_t i = settled->obligation_count; i-- > 0;) {
		const struct obligation *o = &settled->obligations[i];
		struct uuid whom = obligation_addressee(settled, o);

		facts = settling;
		step = step_of(NOBODY,
			       obligation_waits_for_service(o) ? MOVE_SERVED : MOVE_NOT_SERVED, "",
			       now);
		played = obligation_waits_for_service(o)
				 ? core_served(arena, &world, settled, o->entry, whom,
					       CHANNEL_EMAIL, now, &facts)
				 : core_not_served(arena, &world, settled, o->entry, whom, now,
						   &facts);
		if (facts.count > settling.count) {
			edge_add(at_state, arrive(before, &facts));
			break;
		}
	}
	played = before;
}

/* Where nothing falls due any more, it rests with whoever may be expected to act. */
static void rests_rightly(int64_t now_us)
{
	bool open_strand = false, review = false, told = is_told_weekly(now_us), waits = false;

	for (size_t i = 0; i < played->thread_count; i++)
		open_strand |= played->threads[i].state == THREAD_OPEN;
	for (size_t i = 0; i < played->obligation_count; i++) {
		if (!obligation_is_open(&played->obligations[i]))
			continue;
		review |= (BIT(played->obligations[i].duty) & REVIEW_DUTIES) != 0;
		/* somebody must be telephoned: who waits for it is shown that */
		waits |= obligation_waits_for_service(&played->obligations[i]);
	}
	LAW(played->stage != STAGE_INVITING || !open_strand || waits || told,
	    "invited, and nothing falls due");
	LAW((played->stage != STAGE_NEGOTIATING && played->stage != STAGE_MEDIATING &&
	     played->stage != STAGE_SIGNING) ||
		    told || waits,
	    "between the sides, nothing falls due, and nobody is told of it");
	LAW(!played->agreement_count || !placement_open_round(played) || waits,
	    "a later round is open, and nothing falls due");
	LAW(played->stage != STAGE_IN_FORCE || review || !care_has_started(played) ||
		    played->opening->planned_end_day != NO_DAY,
	    "in force, and no review is due");
}

static void expand(uint32_t number)
{
	const struct placement *before;
	struct digest digest;
	int64_t now;

	if (getenv("EXPLORE_TELL") && number % 10000 == 0)
		print_message("# %u of %zu states, %d deep\n", number, state_count, deepest);
	at_state = number;
	arena = arena_new();
	played = before = state_placement(number);
	step = states[number];
	digest = played_digest(step.now_us);
	LAW(slot_of(&digest)->state == number + 1, "a replay is another state");
	now = states[number].now_us + 1;
	/* what falls due within this very microsecond comes first */
	for (size_t who = 0; who < PEOPLE && placement_is_settled(before, now); who++)
		for (int move = takes_part(who) ? 0 : MOVE_MISS; move < MOVE_MISS; move++)
			if (is_asked((enum move)move))
				try_move(before, who, (enum move)move, now);
	let_time_pass(before);
	if (states[number].left_alone == NO_STATE)
		rests_rightly(now);
	if (bounds->kinds & BIT(DETOUR_UNSERVED) || !bounds->begin)
		let_notice_fail(before);
	let_calendar_change(before);
	arena_free(arena);
}

/* ---- where it all leads ---- */

/* From every state an end or an agreement can be reached, without withdrawing; from an agreement
 * the end, though nobody dies. */
static void all_can_come_to_an_end(void)
{
	uint8_t *reaches = calloc(state_count, 1);
	bool more = true;

	assert_non_null(reaches);
	for (size_t i = 0; i < state_count; i++)
		reaches[i] =
			states[i].ends || (states[i].stage == STAGE_IN_FORCE && !bounds->begin);
	while (more) {
		more = false;
		for (size_t e = edge_count; e-- > 0;)
			if (!reaches[edges[e].from] &&
			    (edges[e].to == NO_STATE || reaches[edges[e].to]))
				reaches[edges[e].from] = more = true;
	}
	for (size_t i = 0; i < state_count; i++)
		if (!reaches[i])
			found(TEXT("neither an end nor an agreement can be reached"), (uint32_t)i,
			      NULL);
	free(reaches);
}

/* When nobody does anything any more: how many states come to rest in which stage. */
static void tell_of_silence(void)
{
	long rests[STAGE_COUNT + 1] = {0};
	uint32_t first[STAGE_COUNT + 1];

	for (size_t i = 0; i < state_count; i++) {
		uint32_t at = (uint32_t)i;

		while (states[at].left_alone < BEYOND)
			at = states[at].left_alone;
		if (states[at].left_alone == BEYOND)
			continue;
		if (!rests[states[at].stage]++)
			first[states[at].stage] = at;
	}
	for (int stage = 0; stage < STAGE_COUNT; stage++) {
		if (!rests[stage])
			continue;
		print_message("# left alone, %ld states come to rest %s\n", rests[stage],
			      stage_names[stage]);
		if (getenv("EXPLORE_TELL"))
			state_tell(first[stage]);
	}
}

static void nobody_is_stuck(void)
{
	for (size_t i = 0; i < state_count; i++)
		if (!states[i].ends && !states[i].somebody_can &&
		    states[i].left_alone == NO_STATE && states[i].stage != STAGE_IN_FORCE)
			found(text_printf(arena, "stuck: nobody can move on and no clock runs (%s)",
					  stage_names[states[i].stage]),
			      (uint32_t)i, NULL);
}

static void walk(const struct bounds *how_far)
{
	struct arena *worlds = arena;
	struct list known = {0};
	int64_t counts[DETOUR_COUNT];
	struct timespec from, to;
	bool is_new;

	bounds = how_far;
	world.panel_threshold_p = bounds->threshold_p;
	transitions = decisions = beyond = deepest = 0;
	clock_gettime(CLOCK_MONOTONIC, &from);
	walk_start();
	played = placement_new(worlds, authority, placement_id);
	step = (struct state){.parent = NO_STATE, .now_us = at("2026-03-23 10:00")};
	memset(begun, 0, sizeof(begun));
	if (bounds->begin) {
		bounds->begin();
		count_detours(counts);
		memcpy(begun, counts, sizeof(begun));
		step.now_us = played->recorded_at_us;
		known = (struct list){played->facts, played->fact_count};
	}
	(void)state_find(&step, &known, &is_new);
	for (uint32_t i = 0; i < state_count; i++)
		expand(i);
	arena = arena_new();
	all_can_come_to_an_end();
	nobody_is_stuck();
	clock_gettime(CLOCK_MONOTONIC, &to);
	print_message("# %s: %zu states, %ld transitions (%ld out of bounds), %ld decisions, %d "
		      "steps deep, %.1f s\n",
		      bounds->name, state_count, transitions, beyond, decisions, deepest,
		      (double)(to.tv_sec - from.tv_sec) +
			      (double)(to.tv_nsec - from.tv_nsec) / 1e9);
	tell_of_silence();
	arena_free(arena);
	arena = worlds;
	walk_stop();
}

/* EXPLORE_ONLY takes the walks whose name holds it, and asks for no row. */
static void walk_all(const struct bounds *walks, size_t count)
{
	const char *only = getenv("EXPLORE_ONLY");

	set_up(NULL);
	for (size_t i = 0; i < count; i++)
		if (!only || strstr(walks[i].name, only))
			walk(&walks[i]);
	if (!only)
		require_every_row();
	for (size_t i = 0; getenv("EXPLORE_TELL") && i < taken.rule_count; i++)
		print_message("#   refused by %s: %ld\n", taken.rules[i], taken.refusals[i]);
	for (size_t i = 0; i < finding_count; i++)
		print_error("%ld times: %.*s\n", findings[i].count, TEXT_FMT(findings[i].words));
	print_message("# %zu rules have refused; %ld rows are not taken, each with its reason\n",
		      taken.rule_count, excused);
	assert_int_equal(finding_count, 0);
	assert_int_equal(missing, 0);
	tear_down(NULL);
}

#endif
