/*
 * settle.c - time's own moves: whatever fell due before now is recorded, what became of notices,
 * and what follows from a home's record.
 *
 * The same way as a person's move, through the same append, and by expected seq: twice does
 * nothing, and a move that came first leaves nothing to do.
 */
#include "call/figures.h"
#include "held/effect.h"
#include "internal.h"

#include "concordat/core/home.h"

#define ROUNDS_MOST 3

struct settling {
	struct app *app;
	struct arena *arena; /* its own */
	struct uuid authority, placement;
	bool has_news; /* beside what fell due */
	struct notice_news news;
	const struct home_record *record; /* of a home, which is followed; NULL: none */
	void (*on_done)(enum store_outcome outcome, bool appended, void *context);
	void *context;
	struct append append;
	int rounds;
};

static void go_round(struct settling *s);

static void settling_end(struct settling *s, enum store_outcome outcome, bool appended)
{
	struct arena *arena = s->arena;

	s->on_done(outcome, appended, s->context);
	arena_free(arena);
}

static void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct settling *s = context;

	(void)first_leaf_index;
	if (outcome == STORE_DONE)
		load_advance(s->app, &s->append);
	if (outcome == STORE_MOVED_ON && ++s->rounds < ROUNDS_MOST) {
		go_round(s);
		return;
	}
	if (outcome == STORE_MOVED_ON)
		load_forget(s->app, s->placement);
	if (outcome == STORE_DONE)
		figures_count_time(&s->append, s->append.fact_count);
	settling_end(s, outcome, outcome == STORE_DONE);
}

enum settled { SETTLING, NOTHING_DUE, NOT_MADE };

/* On the settled placement, so that a miss or lapse that a notice makes void is there. */
static const struct placement *take_news(const struct settling *s, const struct world *world,
					 const struct placement *placement, int64_t now_us,
					 struct list *facts)
{
	const struct notice_news *news = &s->news;

	switch (news->fate) {
	case NOTICE_FAILED:
		return core_not_served(s->arena, world, placement, news->entry, news->organisation,
				       now_us, facts);
	case NOTICE_TAKEN:
		return core_served(s->arena, world, placement, news->entry, news->organisation,
				   news->channel, now_us, facts);
	case NOTICE_OPENED:
		return core_served(s->arena, world, placement, news->entry, news->organisation,
				   CHANNEL_SERVICE, now_us, facts);
	}
	return placement;
}

/* A placement that is not this authority's has nothing due for it. */
static enum settled settle(struct settling *s, const struct loaded *loaded)
{
	const struct placement *placement = loaded->placement, *after;
	const struct world *world = &loaded->settings->world;
	int64_t now_us = app_now_us(s->app);
	struct list facts = {0};

	if (!uuid_eq(placement->authority, s->authority))
		return NOTHING_DUE;
	if (now_us <= placement->recorded_at_us)
		now_us = placement->recorded_at_us + 1;
	after = core_settle(s->arena, world, placement, now_us, &facts);
	if (s->has_news)
		after = take_news(s, world, after, now_us, &facts);
	if (s->record)
		after = core_follow_home(s->arena, world, after, s->record, now_us, &facts);
	if (facts.count == 0)
		return NOTHING_DUE;
	/* Time says nothing about a person, so no key is needed. */
	if (effect_make(s->app, s->arena, world, placement, after, &facts, TEXT_NONE, &s->append) !=
	    EFFECT_MADE)
		return NOT_MADE;
	s->append.from_time = true;
	s->append.first_seq = placement->seq + 1;
	store_append(s->app->store, &s->append, on_appended, s);
	return SETTLING;
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct settling *s = context;
	enum settled settled = NOTHING_DUE;

	if (loaded->outcome != STORE_DONE) {
		settling_end(s, loaded->outcome, false);
		return;
	}
	if (loaded->placement)
		settled = settle(s, loaded);
	if (settled != SETTLING)
		settling_end(s, loaded->broken || settled == NOT_MADE ? STORE_BUG : STORE_DONE,
			     false);
}

static void go_round(struct settling *s)
{
	const struct uuid none = {{0}};

	/* Read as the authority reads it: beside other readings, and not in the way of what the
	 * service itself has to do. */
	load_placement(s->app, s->arena, s->authority, s->placement, none, none, on_loaded, s);
}

static struct settling *settling_new(struct app *app, struct uuid authority, struct uuid placement,
				     void (*on_done)(enum store_outcome outcome, bool appended,
						     void *context),
				     void *context)
{
	struct arena *arena = arena_new();
	struct settling *s = arena_make(arena, struct settling);

	*s = (struct settling){
		.app = app,
		.arena = arena,
		.authority = authority,
		.placement = placement,
		.on_done = on_done,
		.context = context,
	};
	return s;
}

static void begin(struct app *app, struct uuid authority, struct uuid placement,
		  const struct notice_news *news,
		  void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		  void *context)
{
	struct settling *s = settling_new(app, authority, placement, on_done, context);
	struct loaded held;

	if (news) {
		s->has_news = true;
		s->news = *news;
	}
	/* What is held may be behind, but an append on it would not happen then. */
	if (!load_held(app, placement, &held) || settle(s, &held) != SETTLING)
		go_round(s);
}

void app_settle(struct app *app, struct uuid authority, struct uuid placement,
		void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		void *context)
{
	begin(app, authority, placement, NULL, on_done, context);
}

void app_serve(struct app *app, struct uuid authority, struct uuid placement,
	       const struct notice_news *news,
	       void (*on_done)(enum store_outcome outcome, bool appended, void *context),
	       void *context)
{
	begin(app, authority, placement, news, on_done, context);
}

/* ---- a home's record ---- */

static void on_home(const struct home_read *read, void *context)
{
	struct settling *s = context;

	s->record = read->record;
	if (s->record)
		go_round(s);
	else
		settling_end(s, read->broken ? STORE_BUG : read->outcome, false);
}

void app_follow_home(struct app *app, struct uuid authority, struct uuid home,
		     struct uuid placement,
		     void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		     void *context)
{
	struct settling *s = settling_new(app, authority, placement, on_done, context);

	load_home(app, s->arena, authority, home, NEVER_US, on_home, s);
}
