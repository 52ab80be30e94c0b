/*
 * decide.c - what a move does to a placement.
 *
 * The row of the table is executed here: sides, roles, stages, rules, then what it
 * meets, releases, pauses and starts. No clock and no I/O: now is given, so every answer can be
 * replayed.
 */
#include "concordat/core/decide.h"

#include <assert.h>

#include "concordat/core/situation.h"

struct fact *fact_begin(const struct situation *s, enum fact_kind kind)
{
	struct fact *fact = arena_make(s->arena, struct fact);
	const struct actor *by = s->recorder ? s->recorder : s->actor;
	struct text id = s->world->protocol->id;

	fact->seq = s->placement->seq + 1;
	fact->kind = kind;
	fact->recorded_at_us = s->now_us;
	fact->occurred_at_us = s->at_us;
	fact->user = by->user;
	fact->organisation = by->organisation;
	fact->side = (int32_t)by->side;
	fact->on_behalf_of = s->said ? (int32_t)s->actor->side : NO_ENUM;
	if (s->said)
		fact->evidence = evidence_kept(s);
	fact->protocol = text_printf(s->arena, "%.*s/%lld", TEXT_FMT(id),
				     (long long)s->world->protocol->version);
	fact->round = s->round ? s->round->number : 0;
	fact->thread = s->thread ? s->thread->number : 0;
	return fact;
}

static const struct thread *own_thread(const struct placement *placement, const struct actor *actor)
{
	const struct party *party = placement_party(placement, actor->organisation);

	return party ? placement_thread(placement, party->thread) : NULL;
}

/* That of the entry the request is about; NULL: the placement as a whole. */
static const struct thread *entry_strand(const struct placement *placement,
					 const struct actor *actor, const int64_t *number)
{
	const struct fact *entry = number ? entry_named(placement, actor, *number) : NULL;

	return entry ? placement_thread(placement, entry->thread) : NULL;
}

static const struct thread *agreed_thread(const struct placement *placement)
{
	const struct agreement *agreement = placement_agreement(placement);

	return agreement ? placement_thread(placement, agreement->thread) : NULL;
}

/* The one negotiated with or agreed; after the end, the last. */
static const struct thread *present_thread(const struct placement *placement)
{
	return placement->stage == STAGE_ENDED ? placement_last_thread(placement)
					       : placement_open_thread(placement);
}

/* What the person asks or says of the care is told to both sides, in the strand negotiated in. */
static bool is_of_care(enum move move)
{
	return move == MOVE_GIVE_FEEDBACK || move == MOVE_REQUEST_REVIEW ||
	       move == MOVE_GIVE_NOTICE || move == MOVE_RAISE_COMPLAINT || move == MOVE_ESCALATE;
}

/* Between the commissioner and whoever represents the person, or a co-payer: of no strand. */
static bool is_apart(const struct actor *actor, const struct request *request)
{
	if (actor->side == SIDE_REPRESENTATIVE)
		return !is_of_care(request->move) &&
		       !is_for_provider(request->move, request->data) &&
		       !fact_is_beside((enum fact_kind)request->move);
	return actor->side == SIDE_COMMISSIONER &&
	       (is_for_person(request->move, request->data) ||
		is_for_co_payer(request->move, request->data) ||
		(request->move == MOVE_SEND_MESSAGE && request->said &&
		 request->said->on_behalf_of == SIDE_REPRESENTATIVE));
}

/* A provider's or mediator's own strand; else the one asked for; else the open one. */
static const struct thread *meant_thread(const struct placement *placement,
					 const struct actor *actor, const struct request *request)
{
	const struct choose_provider *choice = request->data;

	if (request->move == MOVE_DISPUTE_ENTRY && request->data)
		return disputed_strand(placement, actor, request->data);
	if (request->move == MOVE_RECORD_SERVICE && request->data)
		return strand_to_serve(placement, actor, request->data);
	if (request->move == MOVE_ACKNOWLEDGE_DELIVERY && request->data)
		return strand_received(placement, actor, request->data);
	if (is_apart(actor, request))
		return NULL;
	if (fact_is_beside((enum fact_kind)request->move))
		return entry_strand(placement, actor, request->data);
	/* the agreement's, whatever is negotiated beside */
	if (request->move == MOVE_APPLY_UPLIFT || actor->side == SIDE_CO_PAYER)
		return agreed_thread(placement);
	if (actor->side == SIDE_REPRESENTATIVE)
		return present_thread(placement);
	if (actor->side != SIDE_COMMISSIONER)
		return own_thread(placement, actor);
	if (request->move == MOVE_CHOOSE_PROVIDER)
		return choice ? placement_thread(placement, choice->chosen) : NULL;
	if (request->thread != NO_INT)
		return placement_thread(placement, request->thread);
	return present_thread(placement);
}

static bool side_may(const struct situation *s, struct refusal *refusal)
{
	const struct move_row *row = s->row;
	unsigned roles = move_roles(row, s->actor->side);

	if (!(row->sides & BIT(s->actor->side)))
		return refuse(refusal, "side", "/move",
			      text_printf(s->arena, "%s is not a move of your side.",
					  move_names[row->move]));
	if (!(roles & s->actor->roles))
		return refuse(refusal, "role", "/move",
			      text_printf(s->arena,
					  "Your role may not make the move %s. Ask a colleague "
					  "whose role may.",
					  move_names[row->move]));
	return true;
}

static bool representative_may(const struct situation *s, const struct party *party,
			       struct refusal *refusal)
{
	if (!party || party->until_entry)
		return refuse(refusal, "represents_no_longer", "/move",
			      TEXT("You represent the person here no longer; nothing more can be "
				   "done. Ask the commissioner."));
	return s->asked_thread == NO_INT ||
	       refuse(refusal, "thread_known", "/thread",
		      TEXT("The person's representative has no strand. Leave it out."));
}

static bool co_payer_may(const struct situation *s, const struct party *party,
			 struct refusal *refusal)
{
	if (!party || !co_payer_takes_part(party, london_day(s->now_us)))
		return refuse(refusal, "pays_no_longer", "/move",
			      TEXT("You pay no share here any more; nothing more can be done. Your "
				   "account stays open. Ask the commissioner."));
	return s->asked_thread == NO_INT || refuse(refusal, "thread_known", "/thread",
						   TEXT("A co-payer has no strand. Leave it out."));
}

/* A provider acts while its own strand is open, and hears nothing of how others fare after it. */
static bool strand_lets(const struct situation *s, struct refusal *refusal)
{
	const struct party *party = placement_party(s->placement, s->actor->organisation);
	struct situation own = *s;

	if (s->actor->side != SIDE_COMMISSIONER)
		own.thread = own_thread(s->placement, s->actor);
	if (s->actor->side == SIDE_REPRESENTATIVE && !s->recorder)
		return representative_may(s, party, refusal);
	if (s->actor->side == SIDE_REPRESENTATIVE)
		return true; /* whoever enters it: behalf.c has asked */
	if (s->actor->side == SIDE_CO_PAYER)
		return co_payer_may(s, party, refusal);
	if (s->actor->side == SIDE_MEDIATOR && party && party->until_entry)
		return refuse(refusal, "mediation_over", "/move",
			      TEXT("This mediation is over; nothing more can be done in it."));
	if (s->row->move == MOVE_REOPEN_INVITATION || s->row->move == MOVE_CHOOSE_PROVIDER ||
	    s->row->move == MOVE_CONSENT_TO_NOVATION || s->row->move == MOVE_DROP_NOVATION ||
	    s->row->move == MOVE_RECORD_SERVICE ||
	    (s->row->rules && s->row->rules[0] == &rule_provider_known) ||
	    fact_is_beside((enum fact_kind)s->row->move))
		return true; /* its own rules say which strand */
	if (own.thread && own.thread->state == THREAD_ENDED &&
	    own.thread->ended_entry == s->placement->ended_entry)
		return true; /* refused as the placement's end, with its reason */
	return (s->actor->side == SIDE_COMMISSIONER && !own.thread) ||
	       rule_thread_open.check(&own, refusal);
}

static bool refuse_stage(const struct situation *s, struct refusal *refusal)
{
	const struct thread *t = s->thread;

	if (s->placement->stage == STAGE_ENDED)
		return refuse(
			refusal, "placement_ended", "/move",
			text_printf(
				s->arena,
				"This placement has ended (%s); nothing more can be done in it.",
				end_reason_names[s->placement->end_reason]));
	if (s->row->move == MOVE_SIGN && t && t->offer_count &&
	    t->offers[t->offer_count - 1].state == OFFER_EXPIRED)
		return refuse(
			refusal, "acceptance_lapsed", NULL,
			TEXT("The acceptance has expired. Either side may make a new offer."));
	return refuse(refusal, "stage", "/move",
		      text_printf(s->arena, "%s cannot be done while the placement is %s.",
				  move_names[s->row->move], stage_names[s->placement->stage]));
}

static bool ends_placement(const struct move_row *row)
{
	for (size_t i = 0; i < row->lead_count; i++)
		if (row->leads[i].to == STAGE_ENDED)
			return true;
	return false;
}

/* A later one runs in its own strand, and what has ended does not end in it again. */
static bool round_lets(const struct situation *s)
{
	if (!s->round || !(s->row->stages & BIT(s->round->stage)))
		return false;
	if (!round_is_later(s->round))
		return true;
	return (!s->thread || s->thread->number == s->round->thread) &&
	       (s->placement->stage != STAGE_ENDED || !ends_placement(s->row));
}

/* The placement's stage, or that of the round that is open: both run while one is in force. */
static bool stage_lets(const struct situation *s)
{
	if (s->placement->stage == STAGE_ENDED && s->actor->side == SIDE_REPRESENTATIVE)
		return s->row->stages & BIT(STAGE_ENDED); /* a round that goes on is the sides' */
	return s->row->stages & BIT(s->placement->stage) || round_lets(s);
}

static bool keeps(const struct situation *s, const struct named_rule *const *rule,
		  struct refusal *refusal)
{
	for (; rule && *rule; rule++)
		if (!(*rule)->check(s, refusal))
			return false;
	return true;
}

static bool may_be_made(const struct situation *s, struct refusal *refusal)
{
	bool is_new = s->placement->seq == 0;

	if (!(s->said ? keeps(s, rules_on_behalf, refusal) : side_may(s, refusal)) ||
	    !strand_lets(s, refusal))
		return false;
	if (is_new != (s->row->move == MOVE_OPEN_PLACEMENT) || (!is_new && !stage_lets(s)))
		return refuse_stage(s, refusal);
	return keeps(s, s->row->rules, refusal);
}

/* With a provider that has none open. */
static bool opens_strand(enum move move)
{
	return move == MOVE_INVITE || move == MOVE_RECORD_EXISTING_AGREEMENT;
}

static bool make_fact(struct situation *s, const struct request *request, struct fact **out,
		      struct refusal *refusal)
{
	const struct schema *schema = move_schema(request->move);
	void *data = arena_copy(s->arena, request->data, schema->size);
	struct fact *fact;
	struct placement *fresh;

	s->asked = request->data;
	s->data = data;
	if (s->row->derive && !s->row->derive(s, data, refusal))
		return false;
	fact = fact_begin(s, (enum fact_kind)request->move);
	fact->data = data;
	if (opens_strand(request->move))
		fact->round = s->round ? s->round->number : 1;
	if (round_begins(s))
		fact->round = (int64_t)s->placement->round_count + 1;
	if (opens_strand(request->move) || round_begins(s))
		fact->thread = (int64_t)s->placement->thread_count + 1;
	if (request->move == MOVE_OPEN_PLACEMENT) { /* its timescales are asked of itself */
		fresh = placement_new(s->arena, s->placement->authority, s->placement->id);
		fresh->opening = data;
		s->placement = fresh;
	}
	if (!move_clocks(s, fact) || !owe_starts(s, fact, s->row->starts, s->row->start_count) ||
	    (s->row->effect && !s->row->effect(s, fact)) ||
	    (s->said && !owe_right_to_dispute(s, fact)))
		return refuse(refusal, "calendar_runs_out", NULL,
			      TEXT("A date cannot be counted: the bank holidays loaded end too "
				   "soon. Ask the administrator to load a newer calendar."));
	*out = fact;
	return true;
}

/* Moves about the placement as a whole belong to no strand, so that every side that may hears of
 * them. */
static bool is_strandless(enum move move)
{
	enum seen seen = protocol_move(move)->seen;

	return seen != SEEN_BY_THREAD && seen != SEEN_BY_SIDES &&
	       !fact_is_beside((enum fact_kind)move);
}

/* The thread that the request names, by the mover's own number of it; 0: there is none such. */
static int64_t asked_thread(const struct placement *placement, const struct actor *actor,
			    const struct request *request)
{
	const struct party *party = placement_party(placement, actor->organisation);

	return request->thread == NO_INT || !party
		       ? request->thread
		       : party_thread(placement, party, request->thread);
}

static struct situation situation_of(struct arena *arena, const struct world *world,
				     const struct placement *placement, const struct actor *actor,
				     const struct request *request, int64_t now_us)
{
	return (struct situation){
		.arena = arena,
		.world = world,
		.placement = placement,
		.actor = actor,
		.row = protocol_move(request->move),
		.data = request->data,
		.thread = is_strandless(request->move) || opens_strand(request->move)
				  ? NULL
				  : meant_thread(placement, actor, request),
		.asked_thread = asked_thread(placement, actor, request),
		.round = placement_open_round(placement),
		.now_us = now_us,
		.at_us = request->occurred_at_us == NEVER_US ? now_us : request->occurred_at_us,
	};
}

static void fold(struct arena *arena, struct decision *decision, struct placement *after,
		 struct fact *fact)
{
	if (!after || !placement_apply(after, fact))
		assert(!"a decided fact must fold");
	fact_add(arena, &decision->facts, fact);
}

/* Adds the move's facts to what is decided, or the refusal. */
static void decide_one(struct arena *arena, const struct world *world, struct decision *decision,
		       const struct actor *actor, const struct request *request, int64_t now_us)
{
	struct situation s = situation_of(arena, world, decision->after, actor, request, now_us);
	struct placement *after;
	struct fact *fact = NULL;

	if (request->said)
		speak_for(&s, request->said);
	if (!may_be_made(&s, &decision->refusal) ||
	    !make_fact(&s, request, &fact, &decision->refusal)) {
		decision->refused = true;
		return;
	}
	after = placement_copy(arena, decision->after);
	fold(arena, decision, after, fact);
	s.placement = after;
	for (size_t n = 0; s.row->follow && (fact = s.row->follow(&s, n)); n++)
		fold(arena, decision, after, fact);
	decision->after = after;
}

struct decision core_decide(struct arena *arena, const struct world *world,
			    const struct placement *placement, const struct actor *actor,
			    const struct request *request, int64_t now_us)
{
	struct decision decision = {.after = placement};

	assert(request->data && now_us > placement->recorded_at_us);
	decision.after = core_settle(arena, world, placement, now_us, &decision.facts);
	/* whoever moves has opened the placement */
	decision.after = core_served(arena, world, decision.after, decision.after->seq,
				     actor->organisation, CHANNEL_SERVICE, now_us, &decision.facts);
	decision.settled = decision.facts.count;
	decide_one(arena, world, &decision, actor, request, now_us);
	return decision;
}

struct decision core_decide_both(struct arena *arena, const struct world *world,
				 const struct placement *placement, const struct actor *actor,
				 const struct request *first, const struct request *second,
				 int64_t now_us)
{
	struct decision decision = core_decide(arena, world, placement, actor, first, now_us);
	struct decision both = decision;

	if (decision.refused)
		return decision;
	decide_one(arena, world, &both, actor, second, now_us);
	if (!both.refused)
		return both;
	both.facts = (struct list){0};
	both.after = core_settle(arena, world, placement, now_us, &both.facts);
	return both;
}

bool core_allows(struct arena *arena, const struct world *world, const struct placement *placement,
		 const struct actor *actor, enum move move, int64_t now_us)
{
	struct request request = {.move = move, .thread = NO_INT, .occurred_at_us = NEVER_US};
	struct situation s = situation_of(arena, world, placement, actor, &request, now_us);
	struct refusal refusal;
	bool allowed = may_be_made(&s, &refusal);

	/* Or in a strand that the commissioner would name. */
	for (size_t i = 0; !allowed && actor->side == SIDE_COMMISSIONER && !is_strandless(move) &&
			   i < placement->thread_count;
	     i++) {
		request.thread = placement->threads[i].number;
		s = situation_of(arena, world, placement, actor, &request, now_us);
		allowed = may_be_made(&s, &refusal);
	}
	return allowed;
}
