/*
 * look.c - what every look at one placement begins with: the load, who looks, and what fell due.
 *
 * Also how it waits for the person's texts. What is then shown is query.c's, and calculations.c's.
 */
#include "look.h"

void look_broken(struct call *call)
{
	call_problem(call, 503, "placement_unreadable",
		     TEXT("This placement cannot be read as it is recorded. It has been reported; "
			  "nothing about it is shown until it is put right."));
}

static bool opens_offers(const struct list *settled)
{
	struct fact *const *facts = settled->items;

	for (size_t i = 0; i < settled->count; i++)
		if (facts[i]->kind == FACT_OFFERS_OPENED)
			return true;
	return false;
}

/* A mediator reads on what was so when its mediation ended, and nothing of what came after. NULL:
 * the entries cannot be followed. */
static const struct placement *as_it_ended(struct look *look)
{
	const struct placement *now = look->now;
	struct placement *then = placement_new(look->call->arena, now->authority, now->id);

	for (int32_t i = 0; i < look->party.until_entry; i++)
		if (!placement_apply(then, now->facts[i]))
			return NULL;
	return then;
}

bool look_begin(struct look *look, const struct loaded *loaded)
{
	struct call *call = look->call;
	struct list settled = {0};
	const struct party *party;

	if (loaded->outcome != STORE_DONE) {
		call_store_fault(call, loaded->outcome);
		return false;
	}
	if (loaded->broken) {
		look_broken(call);
		return false;
	}
	if (!access_actor(loaded->placement, &call->caller, &look->actor, &party)) {
		call_not_found(call);
		return false;
	}
	look->settings = loaded->settings;
	look->party = *party;
	look->now_us = app_now_us(call->app);
	if (look->now_us <= loaded->placement->recorded_at_us)
		look->now_us = loaded->placement->recorded_at_us + 1;
	look->now = core_settle(call->arena, &look->settings->world, loaded->placement,
				look->now_us, &settled);
	if (opens_offers(&settled))
		look->now = loaded->placement;
	look->party.until_entry =
		placement_party(look->now, call->caller.organisation)->until_entry;
	if (look->party.until_entry)
		look->now = as_it_ended(look);
	if (!look->now) {
		look_broken(call);
		return false;
	}
	look->audience = access_audience(look->now, &look->actor, party);
	look->over = party->side != SIDE_COMMISSIONER && party->side != SIDE_REPRESENTATIVE &&
		     party_stage(look->now, party) == STAGE_ENDED;
	look->texts = (struct texts){
		.call = call,
		.authority = loaded->placement->authority,
		.placement = loaded->placement->id,
		.person = loaded->placement->person,
		.actor = look->actor,
	};
	return true;
}

bool look_reads_texts(const struct look *look, const struct fact *fact)
{
	return (!look->over || fact->thread) && !fact_is_sealed(fact, look->now, &look->party) &&
	       texts_are_in(fact, look->audience);
}

static void look_load(struct look *look, struct uuid placement);

static void on_opened(enum store_outcome outcome, bool appended, void *context)
{
	struct look *look = context;
	struct uuid placement;

	(void)outcome; /* if not now, then with the next look */
	(void)appended;
	if (uuid_parse(look->call->path_id, &placement))
		look_load(look, placement);
}

static void on_look_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	const struct caller *caller = &look->call->caller;
	const struct placement *p = loaded->outcome == STORE_DONE ? loaded->placement : NULL;
	const struct party *party;
	struct actor actor;

	if (look->opened || loaded->broken || !access_actor(p, caller, &actor, &party) ||
	    !placement_unserved(p, caller->organisation)) {
		look->on_loaded(loaded, look);
		return;
	}
	look->opened = true;
	app_serve(look->call->app, p->authority, p->id,
		  &(struct notice_news){NOTICE_OPENED, caller->organisation, p->seq}, on_opened,
		  look);
}

static void look_load(struct look *look, struct uuid placement)
{
	struct call *call = look->call;

	load_placement(call->app, call->arena, call->caller.organisation, placement,
		       (struct uuid){0}, (struct uuid){0}, on_look_loaded, look);
}

void look_start(struct call *call, void (*on_loaded)(const struct loaded *, void *))
{
	struct look *look = arena_make(call->arena, struct look);
	struct uuid placement;

	look->call = call;
	look->on_loaded = on_loaded;
	if (!uuid_parse(call->path_id, &placement)) {
		call_not_found(call);
		return;
	}
	look_load(look, placement);
}

struct viewer look_viewer(const struct look *look, const struct placement *placement)
{
	return (struct viewer){
		.settings = look->settings,
		.placement = placement,
		.actor = &look->actor,
		.party = &look->party,
		.audience = look->audience,
		.now_us = look->now_us,
	};
}

static void on_texts(struct texts *texts, enum store_outcome outcome)
{
	struct look *look = (struct look *)texts;

	if (outcome != STORE_DONE)
		call_store_fault(look->call, outcome);
	else
		look->answer(look);
	load_release(look->held);
}

void look_answer(struct look *look, void (*answer)(struct look *look))
{
	look->answer = answer;
	look->held = load_keep(look->call->app);
	look->texts.on_read = on_texts;
	if (look->texts.wanted_count)
		texts_read(&look->texts);
	else
		on_texts(&look->texts, STORE_DONE);
}
