/*
 * look.c - what every look at one placement begins with: the load, who looks, and what fell due.
 *
 * Also how it waits for the person's texts. What is then shown is query.c's, and calculations.c's.
 */
#include "held/look.h"

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

/* The placement by its first entries alone: a mediator reads on what was so when its mediation
 * ended, and anybody what was known on a day. NULL: the entries cannot be followed. */
static const struct placement *as_it_was(const struct look *look, const struct placement *now,
					 int32_t entries)
{
	struct placement *then = placement_new(look->call->arena, now->authority, now->id);

	for (int32_t i = 0; i < entries; i++)
		if (!placement_apply(then, now->facts[i]))
			return NULL;
	return then;
}

static int32_t entries_known(const struct placement *now, int64_t known_us)
{
	int32_t entries = 0;

	while ((size_t)entries < now->fact_count && now->facts[entries]->recorded_at_us <= known_us)
		entries++;
	return entries;
}

/* What this party could have read at the end of that day, and no more than it may read today. False
 * when the call has been answered. */
static bool look_back(struct look *look, const struct placement *recorded)
{
	int64_t known_us = london_instant(look->known_day + 1, 0, 0) - 1;
	enum audience today = look->audience;
	const struct party *party;
	struct list settled = {0};

	if (known_us >= look->now_us)
		return true;
	look->now = as_it_was(look, recorded, entries_known(recorded, known_us));
	if (!look->now) {
		look_broken(look->call);
		return false;
	}
	party = placement_party(look->now, look->call->caller.organisation);
	if (!party) {
		call_not_found(look->call);
		return false;
	}
	look->party = *party;
	look->now_us = known_us;
	look->recorded = look->now;
	look->now = core_settle(look->call->arena, &look->settings->world, look->now, known_us,
				&settled);
	look->audience = access_audience(look->now, &look->actor, party);
	if (today == AUDIENCE_PROVIDER)
		look->audience = today;
	look->over |= access_is_over(look->now, party);
	return true;
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
	look->recorded = loaded->placement;
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
	/* A co-payer's account stays open, and what it may see of the rest is core's to say. */
	if (look->party.until_entry && look->party.side != SIDE_CO_PAYER)
		look->now = as_it_was(look, look->now, look->party.until_entry);
	if (!look->now) {
		look_broken(call);
		return false;
	}
	look->audience = access_audience(look->now, &look->actor, party);
	look->over = access_is_over(look->now, party);
	look->texts = (struct texts){
		.call = call,
		.authority = loaded->placement->authority,
		.placement = loaded->placement->id,
		.person = loaded->placement->person,
		.actor = look->actor,
	};
	return look->known_day == NO_DAY || look_back(look, look->now);
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
		  &(struct notice_news){.fate = NOTICE_OPENED,
					.organisation = caller->organisation,
					.entry = p->seq},
		  on_opened, look);
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
	look->known_day = NO_DAY;
	if (!query_day(call, "as_known_on", &look->known_day))
		return;
	if (!call_id(call, &placement))
		return;
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
	if (!look->goes_on)
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
