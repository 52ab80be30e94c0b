/*
 * submit.c - the way of one move: load, decide, append, answer.
 *
 * A submission goes round: each time it reads the key first (there: its receipt), then the
 * placement as it is now, and decides on that. Whenever the stream has moved on, or something it
 * names had to be looked up, it simply goes round again. Settled facts stand even when the move is
 * refused, and are appended before the refusal is told.
 *
 * A move on the version that is held here needs no reading: it is decided at once, and the append
 * takes it only when the stream and the key are as was thought. Whatever is not simply recorded
 * that way (a refusal, a repeat, a body that does not fit, a text about the person) goes round.
 */
#include <assert.h>
#include <openssl/crypto.h>

#include "call/figures.h"
#include "held/effect.h"
#include "move/asked.h"
#include "move/named.h"
#include "view/tell.h"

#include "concordat/core/protocol.h"

#define ROUNDS_MOST 3 /* decisions that were overtaken before the caller is told to come back */

struct submission {
	struct call *call;
	struct uuid placement; /* zero: one is being opened, and has no id yet */
	bool opening;
	struct digest digest;	/* of method, path and body */
	struct request request; /* data is NULL until it was decoded */
	bool looked_up;		/* what the request names beside the placement */
	struct named named;
	bool unknown;  /* an append's outcome is: the key will tell */
	bool repeated; /* the key was there */
	int rounds;

	/* of the append that is under way */
	struct append append;
	const struct problem *refusal;	/* told once what time did is recorded; NULL: none */
	struct text reference, entries; /* of the receipt */
	const struct authority_settings *adopted; /* opening */
};

static void go_round(struct submission *s);

/* The key is there: the same receipt again, a function of its row and its facts. */
static void answer_known(struct submission *s, const struct loaded *loaded)
{
	const struct receipt_row *row = &loaded->receipt;
	const struct placement *placement = loaded->placement;
	const struct party *party;

	if (!digest_eq(&row->request, &s->digest)) {
		call_key_reused(s->call);
		return;
	}
	if (!placement && s->opening && uuid_is_zero(s->placement)) {
		s->placement = row->stream;
		go_round(s);
		return;
	}
	s->repeated = true;
	party = placement ? placement_party(placement, s->call->caller.organisation) : NULL;
	if (!party || row->first_seq < 1 || (size_t)row->first_seq > placement->fact_count) {
		call_not_found(s->call);
		return;
	}
	s->request.move = (enum move)placement->facts[row->first_seq - 1]->kind;
	tell_receipt(
		s->call, placement->id, placement->opening->reference, s->request.move,
		receipt_entries(s->call->arena, placement, party, row->first_seq, row->last_seq),
		row);
}

static void on_named(void *context)
{
	go_round(context);
}

/* What the request names beside the placement: true when that must be waited for. */
static bool look_up(struct submission *s)
{
	if (s->looked_up)
		return false;
	s->looked_up = true;
	s->named.call = s->call;
	s->named.request = &s->request;
	s->named.on_found = on_named;
	s->named.context = s;
	return named_look_up(&s->named);
}

/* ---- deciding and recording ---- */

static void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct submission *s = context;
	const struct append *a = &s->append;
	struct receipt_row row;

	(void)first_leaf_index;
	if (outcome == STORE_DONE)
		load_advance(s->call->app, a);
	if (outcome == STORE_MOVED_ON && ++s->rounds < ROUNDS_MOST) {
		go_round(s);
		return;
	}
	if (outcome == STORE_MOVED_ON)
		load_forget(s->call->app,
			    a->stream); /* in case what is held is not what is stored */
	if (outcome == STORE_UNKNOWN && !s->refusal) {
		s->unknown = true;
		go_round(s);
		return;
	}
	if (outcome != STORE_DONE) {
		call_store_fault(s->call, outcome);
		return;
	}
	figures_count_time(a, s->refusal ? a->fact_count
					 : (size_t)(a->first_seq - a->expected_seq - 1));
	if (s->refusal) {
		struct problem problem = *s->refusal;

		call_finish_problem(s->call, &problem);
		return;
	}
	row = (struct receipt_row){
		.first_seq = a->first_seq,
		.last_seq = a->expected_seq + (int32_t)a->fact_count,
		.version = a->version,
		.recorded_at_us = a->recorded_at_us,
	};
	tell_receipt(s->call, a->stream, s->reference, s->request.move, s->entries, &row);
}

/* False when it has been answered. */
static bool make_effect(struct submission *s, const struct world *world,
			const struct placement *before, const struct decision *decision,
			struct text wrapped_key)
{
	struct call *call = s->call;

	switch (effect_make(call->app, call->arena, world, before, decision->after,
			    &decision->facts, wrapped_key, &s->append)) {
	case EFFECT_MADE:
		return true;
	case EFFECT_ERASED:
		call_problem(call, 409, "person_erased",
			     TEXT("This person's record has been erased, so nothing can be written "
				  "about them. Leave out what says something about the person."));
		return false;
	case EFFECT_SEALED:
		tell_unreadable(s->call);
		return false;
	}
	return false;
}

static void append_move(struct submission *s, const struct decision *decision,
			struct text wrapped_key)
{
	struct call *call = s->call;
	struct fact *const *facts = decision->facts.items;
	const struct party *party = placement_party(decision->after, call->caller.organisation);

	assert(decision->facts.count > decision->settled && party);
	s->reference = s->append.reference;
	s->append.key_user = call->caller.user;
	s->append.key = call->key;
	s->append.request = s->digest;
	s->append.version = party->version;
	s->append.traceparent = call->traceparent;
	s->append.first_seq = facts[decision->settled]->seq;
	s->entries = receipt_entries(call->arena, decision->after, party, s->append.first_seq,
				     decision->after->seq);
	if (s->opening)
		s->append.new_person_key = wrapped_key;
	store_append(call->app->store, &s->append, on_appended, s);
}

/* A move is judged by when it came, however long it then waited for the database. */
static int64_t move_instant(const struct submission *s, const struct placement *placement)
{
	int64_t now_us = s->call->received_us;

	return now_us > placement->recorded_at_us ? now_us : placement->recorded_at_us + 1;
}

static void decide(struct submission *s, const struct world *world,
		   const struct placement *placement, const struct actor *actor,
		   struct text wrapped_key)
{
	struct call *call = s->call;
	int64_t now_us = move_instant(s, placement);
	struct world with = named_world(world, &s->named);
	struct decision decision =
		core_decide(call->arena, &with, placement, actor, &s->request, now_us);

	s->refusal = decision.refused
			     ? refusal_problem(call->arena, world, &decision, actor, now_us)
			     : NULL;
	if (decision.refused && decision.facts.count == 0) {
		struct problem problem = *s->refusal;

		call_finish_problem(call, &problem);
		return;
	}
	if (!make_effect(s, world, placement, &decision, wrapped_key))
		return;
	if (decision.refused)
		store_append(call->app->store, &s->append, on_appended, s);
	else
		append_move(s, &decision, wrapped_key);
}

/* ---- opening: a placement that is not there yet ---- */

static void on_number(enum store_outcome outcome, int64_t number, void *context)
{
	struct submission *s = context;
	struct call *call = s->call;
	struct uuid authority = call->caller.organisation;
	struct open_placement *data = (void *)s->request.data; /* decoded here, and ours */
	const struct actor actor = {call->caller.user, authority, SIDE_COMMISSIONER,
				    call->caller.roles};
	struct person_key key;
	struct text wrapped_key;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	data->reference = reference_make(call->arena, "PL", number);
	data->person = uuid_new(call->received_us);
	wrapped_key = person_key_new(call->app, call->arena, authority, data->person, &key);
	OPENSSL_cleanse(&key, sizeof(key));
	decide(s, &s->adopted->world,
	       placement_new(call->arena, authority, uuid_new(call->received_us)), &actor,
	       wrapped_key);
}

static void on_adopted(enum store_outcome outcome, const struct authority_settings *adopted,
		       void *context)
{
	struct submission *s = context;

	s->adopted = adopted;
	if (outcome != STORE_DONE)
		call_store_fault(s->call, outcome);
	else if (!adopted)
		call_problem(s->call, 409, "authority_not_set_up",
			     TEXT("Your organisation has no protocol or no calendar here yet. Ask "
				  "the service's operator to set it up."));
	else
		store_next_number(s->call->app->store, on_number, s);
}

static void open_placement(struct submission *s)
{
	struct json_errors errors = {0};

	if (s->request.data || asked_opening(s->call, &s->request, &errors))
		reference_authority(s->call->app, s->call->caller.organisation, on_adopted, s);
	else
		call_json_errors(s->call, &errors);
}

/* ---- going round ---- */

/* The version named and the body; false when it has been answered, with what stands and what can be
 * done. */
static bool may_be_read(struct submission *s, const struct standing *standing)
{
	struct call *call = s->call;
	struct json_errors errors = {0};
	bool sound = false;

	call->describe = tell_standing;
	call->described = standing;
	if (!call->has_if_match || call->if_match != standing->party->version)
		tell_version(call);
	else if (s->request.data || asked_move(s->call, &s->request, &errors))
		sound = true;
	else
		call_json_errors(call, &errors);
	call->describe = NULL;
	return sound;
}

static void move_on(struct submission *s, const struct loaded *loaded)
{
	struct call *call = s->call;
	const struct party *party;
	struct actor actor;

	if (!access_actor(loaded->placement, &call->caller, &actor, &party)) {
		call_not_found(call);
		return;
	}
	if (!may_be_read(s, &(struct standing){&loaded->settings->world, loaded->placement, &actor,
					       party}))
		return;
	if (!look_up(s))
		decide(s, &loaded->settings->world, loaded->placement, &actor, loaded->wrapped_key);
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct submission *s = context;

	if (loaded->outcome != STORE_DONE)
		call_store_fault(s->call, s->unknown ? STORE_UNKNOWN : loaded->outcome);
	else if (loaded->broken)
		tell_unreadable(s->call);
	else if (loaded->receipt.found)
		answer_known(s, loaded);
	else if (s->unknown)
		call_store_fault(s->call, STORE_UNKNOWN);
	else if (s->opening)
		open_placement(s);
	else
		move_on(s, loaded);
}

static void go_round(struct submission *s)
{
	struct call *call = s->call;

	load_placement(call->app, call->arena, call->caller.organisation, s->placement,
		       call->caller.user, call->key, on_loaded, s);
}

/* Decides on what is held here; false, and nothing has happened, when it must go round instead. */
static bool decide_on_held(struct submission *s)
{
	struct call *call = s->call;
	struct json_errors errors = {0};
	const struct world *world;
	const struct party *party;
	struct loaded held;
	struct decision decision;
	struct actor actor;

	if (!load_held(call->app, s->placement, &held) ||
	    !access_actor(held.placement, &call->caller, &actor, &party) || !call->has_if_match ||
	    call->if_match != party->version || !asked_move(s->call, &s->request, &errors) ||
	    names_others(&s->request))
		return false;
	world = &held.settings->world;
	decision = core_decide(call->arena, world, held.placement, &actor, &s->request,
			       move_instant(s, held.placement));
	if (decision.refused ||
	    effect_make(call->app, call->arena, world, held.placement, decision.after,
			&decision.facts, TEXT_NONE, &s->append) != EFFECT_MADE)
		return false;
	s->rounds = -1; /* whoever overtakes this has not yet overtaken a fresh look */
	figure_add(&app_figures[CACHE_LOADS], LOAD_HIT, 1);
	append_move(s, &decision, TEXT_NONE);
	return true;
}

/* What both ways in ask before anything else; false when it has been answered. An organisation of
 * zero would be the service itself to a load. */
static bool may_begin(struct call *call)
{
	if (uuid_is_zero(call->caller.organisation) || uuid_is_zero(call->caller.user)) {
		call_not_found(call);
		return false;
	}
	if (uuid_is_zero(call->key)) {
		call_problem(call, 400, "idempotency_key_required",
			     TEXT("Send an Idempotency-Key with this: a new UUID for each request, "
				  "and the same one when you try again."));
		return false;
	}
	return true;
}

static void on_end(struct call *call, int status)
{
	struct submission *s = call->operation;

	figures_count_answer(call, s->request.move, status, s->repeated, s->rounds == ROUNDS_MOST);
}

static void begin(struct call *call, struct uuid placement, bool opening, struct text line)
{
	struct submission *s = arena_make(call->arena, struct submission);

	s->call = call;
	s->placement = placement;
	s->opening = opening;
	s->request.occurred_at_us = NEVER_US;
	s->request.move = opening ? MOVE_OPEN_PLACEMENT : MOVE_COUNT;
	call->on_end = on_end;
	call->operation = s;
	s->digest = sha256(line, TEXT("\n"), call->body);
	if (opening || !decide_on_held(s))
		go_round(s);
}

void app_open_placement(struct call *call)
{
	if (!may_begin(call))
		return;
	if (call->caller.kind != ORGANISATION_AUTHORITY) {
		call_problem(call, 403, "not_an_authority",
			     TEXT("Only an authority opens placements. Sign in for your council or "
				  "NHS body."));
		return;
	}
	begin(call, (struct uuid){{0}}, true, TEXT("POST /v1/placements"));
}

void app_move(struct call *call)
{
	struct uuid placement;
	struct text id;

	if (!may_begin(call))
		return;
	if (!call_id(call, &placement))
		return;
	id = uuid_text(call->arena, placement);
	begin(call, placement, false,
	      text_printf(call->arena, "POST /v1/placements/%.*s/moves", TEXT_FMT(id)));
}
