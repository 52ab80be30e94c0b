/*
 * served.c - a notice that reached nobody: the clocks that wait for it, and what sets them going.
 *
 * Whoever owes something because of another's move is told of it. When every outside channel has
 * failed, time records it as not served: its clock has not run, so a miss or lapse recorded
 * meanwhile is void. Service by whatever way begins it anew, from the instant of service, or from
 * its own beginning where that is later; pauses stay as they were, for the date is derived from all
 * of them together. A clock of the placement or the person (reviews, the panel) waits for no
 * notice, nor does what merely runs out; the right of whoever represents the person does.
 */
#include <assert.h>

#include "concordat/core/situation.h"

#define NOTICED_DUTIES ((STRAND_DUTIES & ~BIT(DUTY_OPEN_OFFERS)) | BIT(DUTY_CONSENT_TO_NOVATION))

struct uuid obligation_addressee(const struct placement *placement, const struct obligation *o)
{
	static const struct uuid none;
	const struct fact *notice = placement->facts[o->entry - 1];
	const struct thread *thread = placement_thread(placement, o->thread);
	struct uuid whom;

	if (o->owed_by == SIDE_REPRESENTATIVE) { /* of no strand */
		whom = obligation_owner(placement, o);
		return uuid_eq(whom, notice->organisation) ? none : whom;
	}
	if (!thread || o->owed_by == SIDE_TIME || !(BIT(o->duty) & NOTICED_DUTIES))
		return none;
	if (o->owed_by == SIDE_EITHER)
		whom = notice->side == SIDE_COMMISSIONER ? thread->provider : placement->authority;
	else
		whom = obligation_owner(placement, o);
	return uuid_eq(whom, notice->organisation) ? none : whom;
}

bool obligation_waits_for_service(const struct obligation *o)
{
	return obligation_is_open(o) && o->not_served_us != NEVER_US;
}

const struct obligation *placement_unserved(const struct placement *placement,
					    struct uuid organisation)
{
	for (size_t i = 0; i < placement->obligation_count; i++) {
		const struct obligation *o = &placement->obligations[i];

		if (obligation_waits_for_service(o) &&
		    uuid_eq(obligation_addressee(placement, o), organisation))
			return o;
	}
	return NULL;
}

/* ---- not served ---- */

/* Whoever has recorded something since has been here, and has seen it. */
static bool has_acted_since(const struct placement *placement, int32_t entry,
			    struct uuid organisation)
{
	for (size_t i = (size_t)entry; i < placement->fact_count; i++)
		if (uuid_eq(placement->facts[i]->organisation, organisation))
			return true;
	return false;
}

/* Nobody has moved anything since: what it ended can be as it was. */
static bool nothing_is_built_on(const struct placement *placement, int32_t entry)
{
	for (size_t i = (size_t)entry; i < placement->fact_count; i++) {
		const struct fact *fact = placement->facts[i];

		if (fact->side != SIDE_TIME && fact_counts(fact->kind))
			return false;
	}
	return true;
}

/* An invitation, a proposal to mediate, a right to dispute. What a lapse ended beside them (a
 * round, a mediation, an offer by its own date) has gone its way. */
static bool can_be_restored(const struct placement *placement, const struct obligation *o)
{
	const struct thread *thread = placement_thread(placement, o->thread);

	switch (o->duty) {
	case DUTY_DISPUTE_ENTRY:
		return true;
	case DUTY_MAKE_OFFER:
		return thread->closes_day == NO_DAY && thread->state == THREAD_LAPSED &&
		       thread->ended_entry == o->changed_entry &&
		       nothing_is_built_on(placement, o->changed_entry);
	case DUTY_CONSENT_TO_MEDIATION:
		return thread->state == THREAD_OPEN && thread->mediation.state == MEDIATION_OVER &&
		       nothing_is_built_on(placement, o->changed_entry);
	default:
		return false;
	}
}

static void void_one(const struct situation *s, struct not_served *data, const struct obligation *o,
		     enum void_kind what, bool is_restored)
{
	struct voided *voids = data->voids.items;

	*LIST_ADD(s->arena, voids, data->voids.count) =
		(struct voided){o->n, (int32_t)o->duty, (int32_t)what, is_restored};
	data->voids.items = voids;
}

static void stop_clock(const struct situation *s, struct fact *fact, const struct obligation *o)
{
	static const struct due none = {
		.at_us = NEVER_US, .nominal_day = NO_DAY, .due_day = NO_DAY};

	set_due(s, fact, o, &none, "not_served");
}

static void find_not_served(const struct situation *s, struct fact *fact, struct not_served *data,
			    const struct obligation *o)
{
	bool is_restored;

	if (o->not_served_us != NEVER_US || o->served_entry)
		return; /* told already */
	if (o->missed_at_us != NEVER_US && o->state != OBLIGATION_MET_LATE)
		void_one(s, data, o, VOID_MISS, false);
	if (o->state == OBLIGATION_LAPSED) {
		is_restored = can_be_restored(s->placement, o);
		void_one(s, data, o, VOID_LAPSE, is_restored);
		if (is_restored)
			stop_clock(s, fact, o);
	}
	if (obligation_is_open(o))
		stop_clock(s, fact, o);
}

/* ---- one fact by time, folded in ---- */

static struct situation times_own(struct arena *arena, const struct world *world,
				  const struct placement *placement, const struct obligation *o,
				  int64_t now_us)
{
	static const struct actor time = {.side = SIDE_TIME};

	return (struct situation){
		.arena = arena,
		.world = world,
		.placement = placement,
		.actor = &time,
		.thread = placement_thread(placement, o->thread),
		.round = placement_open_round(placement),
		.now_us = now_us,
		.at_us = now_us,
	};
}

static const struct placement *fold(struct arena *arena, const struct placement *placement,
				    struct fact *fact, struct list *facts)
{
	struct placement *after = placement_copy(arena, placement);
	struct fact **items = facts->items;
	bool folded = after && placement_apply(after, fact);

	assert(folded);
	*LIST_ADD(arena, items, facts->count) = fact;
	facts->items = items;
	return after;
}

const struct placement *core_not_served(struct arena *arena, const struct world *world,
					const struct placement *placement, int32_t entry,
					struct uuid organisation, int64_t now_us,
					struct list *facts)
{
	const struct party *party = placement_party(placement, organisation);
	struct not_served *data = arena_make(arena, struct not_served);
	struct fact *fact = NULL;
	struct situation s;

	if (entry < 1 || entry > placement->seq || placement->stage == STAGE_ENDED || !party ||
	    has_acted_since(placement, entry, organisation))
		return placement;
	for (size_t i = 0; i < placement->obligation_count; i++) {
		const struct obligation *o = &placement->obligations[i];

		if (o->entry != entry || !uuid_eq(obligation_addressee(placement, o), organisation))
			continue;
		if (!fact) {
			s = times_own(arena, world, placement, o, now_us);
			fact = fact_begin(&s, FACT_NOT_SERVED);
			fact->data = data;
		}
		find_not_served(&s, fact, data, o);
	}
	if (!fact || (!fact->changes.count && !data->voids.count))
		return placement;
	data->entry = entry;
	data->side = (int32_t)party->side;
	return fold(arena, placement, fact, facts);
}

/* ---- served ---- */

/* The closing instant of a mini-competition is one for all, and does not wait for one of them. */
static int64_t begins_at(const struct situation *s, const struct obligation *o)
{
	const struct thread *thread = placement_thread(s->placement, o->thread);
	bool closes = o->duty == DUTY_MAKE_OFFER && thread->closes_day != NO_DAY;

	return closes || o->anchor_us > s->at_us ? o->anchor_us : s->at_us;
}

/* What the organisation owes by the entry, and was not served, begins at the situation's moment;
 * false when a date cannot be counted. */
static bool serve_notice(const struct situation *s, struct fact *fact, int32_t entry,
			 struct uuid organisation)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];
		int64_t anchor_us = begins_at(s, o);
		struct due due;

		if (o->entry != entry || !obligation_waits_for_service(o) ||
		    !uuid_eq(obligation_addressee(s->placement, o), organisation))
			continue;
		due = due_derive(s->world->calendar, o->rule, anchor_us, o->pauses, o->pause_count);
		if (due.state == DUE_UNCOUNTABLE)
			return false;
		set_due(s, fact, o, &due, "served")->anchor_us = anchor_us;
	}
	return true;
}

/* One notice that its addressee has had by now; NULL: there is none, or its dates cannot be counted
 * and wait for a newer calendar. */
static struct fact *next_served(struct arena *arena, const struct world *world,
				const struct placement *placement, int32_t upto,
				struct uuid organisation, enum channel channel, int64_t now_us)
{
	for (size_t i = 0; i < placement->obligation_count; i++) {
		const struct obligation *o = &placement->obligations[i];
		struct served *data;
		struct situation s;
		struct fact *fact;

		if (o->entry > upto || !obligation_waits_for_service(o) ||
		    !uuid_eq(obligation_addressee(placement, o), organisation))
			continue;
		s = times_own(arena, world, placement, o, now_us);
		fact = fact_begin(&s, FACT_SERVED);
		data = arena_make(arena, struct served);
		*data = (struct served){
			.entry = o->entry,
			.side = (int32_t)placement_party(placement, organisation)->side,
			.channel = (int32_t)channel,
		};
		fact->data = data;
		if (serve_notice(&s, fact, o->entry, organisation))
			return fact;
	}
	return NULL;
}

const struct placement *core_served(struct arena *arena, const struct world *world,
				    const struct placement *placement, int32_t upto,
				    struct uuid organisation, enum channel channel, int64_t now_us,
				    struct list *facts)
{
	struct fact *fact;

	while ((fact = next_served(arena, world, placement, upto, organisation, channel, now_us)))
		placement = fold(arena, placement, fact, facts);
	return placement;
}

/* ---- service that one side records ---- */

/* Named in the party's own numbers. */
static const struct obligation *unserved_meant(const struct placement *placement,
					       const struct actor *actor,
					       const struct record_service *data)
{
	const struct party *party = placement_party(placement, actor->organisation);
	int32_t seq = party && data->entry <= INT32_MAX
			      ? party_seq(placement, party, (int32_t)data->entry)
			      : 0;
	const struct obligation *o =
		seq ? placement_obligation(placement, seq, (int32_t)data->n) : NULL;

	return o && obligation_waits_for_service(o) ? o : NULL;
}

const struct thread *strand_to_serve(const struct placement *placement, const struct actor *actor,
				     const struct record_service *data)
{
	const struct obligation *o = unserved_meant(placement, actor, data);

	return o ? placement_thread(placement, o->thread) : NULL;
}

/* In the strand; or the person's, whose representative the commissioner reaches. */
static bool is_to_serve_here(const struct situation *s, const struct obligation *o)
{
	if (o->owed_by == SIDE_REPRESENTATIVE)
		return s->actor->side == SIDE_COMMISSIONER;
	return s->thread && o->thread == s->thread->number;
}

static bool is_anothers(const struct situation *s, const struct obligation *o)
{
	return !uuid_eq(obligation_addressee(s->placement, o), s->actor->organisation);
}

RULE(waits_for_service, "not_served", "the action is another side's, and its notice is not served")
{
	const struct record_service *data = s->data;
	const struct obligation *o = data ? unserved_meant(s->placement, s->actor, data) : NULL;

	for (size_t i = 0; !data && i < s->placement->obligation_count; i++) {
		o = &s->placement->obligations[i];
		if (obligation_waits_for_service(o) && is_anothers(s, o) && is_to_serve_here(s, o))
			return true;
	}
	if (!data)
		return NO(waits_for_service, NULL,
			  "No action due waits for its notice to be served.");
	if (!o || !is_to_serve_here(s, o))
		return NO(waits_for_service, "/entry",
			  "No such action waits for its notice to be served. Name it by the id it "
			  "has in the placement.");
	if (s->asked_thread != NO_INT && s->asked_thread != o->thread)
		return NO(waits_for_service, "/thread",
			  "The action is in another strand. Leave it out.");
	return is_anothers(s, o) ||
	       NO(waits_for_service, "/entry",
		  "This action is your own side's, and is served by your reading it.");
}

/* In the same strand, as far as the one who records it sees; NULL: there is none. */
static const struct fact *document_shown(const struct situation *s,
					 const struct record_service *data)
{
	const struct fact *entry = entry_named(s->placement, s->actor, data->document);

	return entry && entry->kind == FACT_DOCUMENT_ATTACHED &&
			       entry->thread == (s->thread ? s->thread->number : 0)
		       ? entry
		       : NULL;
}

RULE(service_shown, "evidence_given",
     "it names a document attached in the same strand, or the reference of a letter or call")
{
	const struct record_service *data = s->data;

	if (!data)
		return true;
	if ((data->document != NO_INT) == (data->reference.at != NULL))
		return NO(service_shown, "/document",
			  "Name one: the entry of an attached document, or a reference.");
	return data->document == NO_INT || document_shown(s, data) ||
	       NO(service_shown, "/document",
		  "No document is attached there. Attach it first, and give its entry.");
}

RULE(service_instant, "service_instant",
     "it was served after the notice, not in the future, and not so long ago that the action would "
     "be late already")
{
	const struct record_service *data = s->data;
	const struct obligation *o = data ? unserved_meant(s->placement, s->actor, data) : NULL;
	struct fact probe = {.seq = 0};
	const struct due_change *changes;

	if (!o)
		return true;
	if (s->at_us > s->now_us)
		return NO(service_instant, "/occurred_at",
			  "This instant is still to come. Record it once it has been served.");
	if (s->at_us < s->placement->facts[o->entry - 1]->recorded_at_us)
		return NO(service_instant, "/occurred_at",
			  "This is before the entry that it is about.");
	if (!serve_notice(s, &probe, o->entry, obligation_addressee(s->placement, o)))
		return true; /* refused as the calendar's end */
	changes = probe.changes.items;
	for (size_t i = 0; i < probe.changes.count; i++)
		if (changes[i].new_due_at_us < s->now_us)
			return NO(service_instant, "/occurred_at",
				  "Counted from then the action would be late already, and nobody "
				  "was told that its time ran. Give a later contact.");
	return true;
}

bool derive_service(const struct situation *s, void *data, struct refusal *refusal)
{
	struct record_service *service = data;

	(void)refusal;
	service->entry = unserved_meant(s->placement, s->actor, service)->entry;
	if (service->document != NO_INT)
		service->document = document_shown(s, service)->seq;
	return true;
}

bool serve_by_hand(const struct situation *s, struct fact *fact)
{
	const struct record_service *data = s->data;
	const struct obligation *o =
		placement_obligation(s->placement, (int32_t)data->entry, (int32_t)data->n);

	return serve_notice(s, fact, o->entry, obligation_addressee(s->placement, o));
}

/* ---- read and understood ---- */

static bool is_acknowledged(const struct placement *placement, int32_t seq,
			    struct uuid organisation)
{
	for (size_t i = (size_t)seq; i < placement->fact_count; i++) {
		const struct fact *fact = placement->facts[i];

		if (fact->kind == FACT_DELIVERY_ACKNOWLEDGED &&
		    uuid_eq(fact->organisation, organisation) &&
		    ((const struct acknowledge_delivery *)fact->data)->entry == seq)
			return true;
	}
	return false;
}

/* Another's entry in this strand that this organisation may see, and has not acknowledged. */
static bool can_be_acknowledged(const struct situation *s, int32_t seq)
{
	const struct party *party = placement_party(s->placement, s->actor->organisation);
	const struct fact *fact = s->placement->facts[seq - 1];
	bool is_here = s->thread && fact->thread == s->thread->number;

	if (!s->data && s->actor->side == SIDE_PROVIDER && s->placement->stage != STAGE_ENDED)
		is_here = fact->thread > 0; /* an earlier strand of its own too */
	return party && is_here && !uuid_eq(fact->organisation, s->actor->organisation) &&
	       fact_visible(fact, s->placement, party) &&
	       !is_acknowledged(s->placement, seq, s->actor->organisation);
}

static int32_t entry_received(const struct placement *placement, const struct actor *actor,
			      const struct acknowledge_delivery *data)
{
	const struct party *party = placement_party(placement, actor->organisation);

	return party && data->entry <= INT32_MAX ? party_seq(placement, party, (int32_t)data->entry)
						 : 0;
}

const struct thread *strand_received(const struct placement *placement, const struct actor *actor,
				     const struct acknowledge_delivery *data)
{
	int32_t seq = entry_received(placement, actor, data);

	return seq ? placement_thread(placement, placement->facts[seq - 1]->thread) : NULL;
}

RULE(entry_received, "entry_received",
     "the entry is another's, in this strand, and not acknowledged by one's own side yet")
{
	int32_t seq;

	for (int32_t i = s->placement->seq; !s->data && i > 0; i--)
		if (can_be_acknowledged(s, i))
			return true;
	if (!s->data)
		return NO(entry_received, NULL, "There is no entry left for you to acknowledge.");
	seq = entry_received(s->placement, s->actor, s->data);
	if (s->thread && s->asked_thread != NO_INT && s->asked_thread != s->thread->number)
		return NO(entry_received, "/thread",
			  "The entry is in another strand. Leave it out.");
	return (seq && can_be_acknowledged(s, seq)) ||
	       NO(entry_received, "/entry",
		  "There is no such entry of another's here, or your side has acknowledged it "
		  "already.");
}

bool derive_received(const struct situation *s, void *data, struct refusal *refusal)
{
	struct acknowledge_delivery *received = data;

	(void)refusal;
	received->entry = entry_received(s->placement, s->actor, received);
	return true;
}
