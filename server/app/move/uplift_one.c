/*
 * uplift_one.c - one placement's part of an uplift of many: the ordinary move, made for its
 * manager.
 *
 * The placement's own ledger says whether that was done before, so that doing it again does nothing
 * but say what came of it. Behind people's moves in the queue, as time's are.
 */
#include "held/effect.h"
#include "internal.h"

#define ROUNDS_MOST 3

struct uplifting {
	struct app *app;
	struct arena *arena; /* its own */
	const struct uplift_of_many *many;
	struct uuid placement;
	void (*on_done)(enum store_outcome outcome, const struct uplift_part *part, void *context);
	void *context;
	struct append append;
	struct uplift_part part;
	int rounds;
};

static void go_round(struct uplifting *u);

static void uplifting_end(struct uplifting *u, enum store_outcome outcome)
{
	struct arena *arena = u->arena;

	u->on_done(outcome, &u->part, u->context);
	arena_free(arena);
}

static struct uplift_part left_out(const char *rule, struct text reason)
{
	return (struct uplift_part){
		.kind = UPLIFT_LEFT_OUT, .rule = text_of(rule), .reason = reason};
}

static struct uplift_part unreadable(void)
{
	return left_out("unreadable",
			TEXT("This placement cannot be read as it was recorded. Ask the service's "
			     "operator, then uplift it by itself."));
}

/* What the entry made of it. */
static struct uplift_part part_of(const struct fact *fact)
{
	const struct apply_uplift *data = fact->data;

	return (struct uplift_part){
		.kind = data->version == NO_INT ? UPLIFT_OFFERED : UPLIFT_APPLIED,
		.rule = text_of(uplift_rule_names[data->rule]),
		.reason = data->reason,
		.weekly_before_p = data->weekly_before_p,
		.weekly_after_p = data->terms.weekly_p,
	};
}

static const struct fact *done_before(const struct placement *placement, struct uuid id)
{
	for (size_t i = placement->fact_count; i-- > 0;) {
		const struct fact *fact = placement->facts[i];
		const struct apply_uplift *data = fact->data;

		if (fact->kind == FACT_UPLIFT_APPLIED && uuid_eq(data->uplift, id))
			return fact;
	}
	return NULL;
}

static bool passes(const struct uplift_of_many *many, const struct placement *placement)
{
	const struct agreement *agreement = agreement_on(placement, many->figures->from_day);
	int64_t weekly_p = agreement ? agreement->terms->weekly_p : 0;

	return (many->weekly_from_p == NO_INT || weekly_p >= many->weekly_from_p) &&
	       (many->weekly_to_p == NO_INT || weekly_p <= many->weekly_to_p);
}

static void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct uplifting *u = context;

	(void)first_leaf_index;
	if (outcome == STORE_DONE)
		load_advance(u->app, &u->append);
	if (outcome == STORE_MOVED_ON && ++u->rounds < ROUNDS_MOST) {
		go_round(u);
		return;
	}
	if (outcome == STORE_MOVED_ON)
		load_forget(u->app, u->placement);
	uplifting_end(u, outcome);
}

static struct decision decide(struct uplifting *u, const struct world *world,
			      const struct placement *placement)
{
	const struct actor manager = {u->many->asked_by, u->many->authority, SIDE_COMMISSIONER,
				      BIT(ROLE_MANAGER)};
	struct apply_uplift *data = arena_make(u->arena, struct apply_uplift);
	const struct request request = {.move = MOVE_APPLY_UPLIFT,
					.data = data,
					.thread = NO_INT,
					.occurred_at_us = NEVER_US};
	int64_t now_us = app_now_us(u->app);

	schema_clear(move_schema(MOVE_APPLY_UPLIFT), data);
	data->figures = *u->many->figures;
	data->paid_from_day = u->many->paid_from_day;
	data->uplift = u->many->id;
	if (now_us <= placement->recorded_at_us)
		now_us = placement->recorded_at_us + 1;
	return core_decide(u->arena, world, placement, &manager, &request, now_us);
}

/* True when an append was begun; else part says what came of it. */
static bool uplift(struct uplifting *u, const struct world *world,
		   const struct placement *placement)
{
	const struct fact *before = done_before(placement, u->many->id);
	struct fact *const *facts;
	struct decision decision;

	u->part = (struct uplift_part){.kind = UPLIFT_PASSED_OVER};
	if (before) {
		u->part = part_of(before);
		return false;
	}
	if (!uuid_eq(placement->authority, u->many->authority) || !passes(u->many, placement))
		return false;
	decision = decide(u, world, placement);
	if (decision.refused) { /* what time did on the way is the clock's to record */
		u->part = left_out(decision.refusal.rule, decision.refusal.sentence);
		return false;
	}
	/* An uplift says nothing about a person, so no key is needed. */
	if (effect_make(u->app, u->arena, world, placement, decision.after, &decision.facts,
			TEXT_NONE, &u->append) != EFFECT_MADE) {
		u->part = unreadable();
		return false;
	}
	facts = decision.facts.items;
	u->part = part_of(facts[decision.settled]);
	u->append.from_time = true;
	u->append.first_seq = facts[decision.settled]->seq;
	store_append(u->app->store, &u->append, on_appended, u);
	return true;
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct uplifting *u = context;

	if (loaded->outcome != STORE_DONE) {
		uplifting_end(u, loaded->outcome);
		return;
	}
	if (loaded->broken)
		u->part = unreadable();
	else if (loaded->placement && uplift(u, &loaded->settings->world, loaded->placement))
		return;
	uplifting_end(u, STORE_DONE);
}

static void go_round(struct uplifting *u)
{
	const struct uuid none = {{0}};

	load_placement(u->app, u->arena, u->many->authority, u->placement, none, none, on_loaded,
		       u);
}

void app_uplift_one(struct app *app, const struct uplift_of_many *many, struct uuid placement,
		    void (*on_done)(enum store_outcome outcome, const struct uplift_part *part,
				    void *context),
		    void *context)
{
	struct arena *arena = arena_new();
	struct uplifting *u = arena_make(arena, struct uplifting);

	*u = (struct uplifting){
		.app = app,
		.arena = arena,
		.many = many,
		.placement = placement,
		.on_done = on_done,
		.context = context,
		.part = {.kind = UPLIFT_PASSED_OVER},
	};
	go_round(u);
}
