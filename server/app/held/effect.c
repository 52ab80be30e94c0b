/*
 * effect.c - a decision as the one append that records it.
 *
 * Facts become bytes here: texts about the person are sealed and leave their digests behind, bodies
 * and headers are written once, and each header is chained to the one before. The rest are the
 * columns that lists filter and sort by, taken from the placement as the facts leave it.
 */
#include <assert.h>
#include <openssl/crypto.h>
#include <sodium.h>

#include "held/effect.h"

#include "concordat/base/report.h"
#include "concordat/core/situation.h"

struct effect {
	struct app *app;
	struct arena *arena;
	const struct placement *before, *after;
	struct append_text *texts;
	size_t text_count;
};

static struct text name_of(const char *const *names, int32_t index)
{
	return text_of(names[index]);
}

/* ---- facts ---- */

static void on_personal(void *context, struct text path, struct personal *personal)
{
	bool *found = context;

	(void)path;
	(void)personal;
	*found = true;
}

static bool says_something_personal(struct arena *arena, const struct list *facts)
{
	struct fact *const *items = facts->items;
	bool found = false;

	for (size_t i = 0; i < facts->count && !found; i++)
		schema_each_personal(arena, move_schema((enum move)items[i]->kind),
				     (void *)items[i]->data, on_personal, &found);
	return found;
}

static void seal_texts(struct effect *e, const struct person_key *key, const struct fact *fact)
{
	struct list sealed =
		personal_seal(e->app, e->arena, key, e->after->authority, e->after->id, fact);
	const struct append_text *rows = sealed.items;

	for (size_t i = 0; i < sealed.count; i++)
		*LIST_ADD(e->arena, e->texts, e->text_count) = rows[i];
}

struct digest leaf_of(struct text header)
{
	return sha256((struct text){"", 1}, header, TEXT_NONE);
}

static struct append_fact *write_facts(struct effect *e, const struct list *facts)
{
	struct fact *const *items = facts->items;
	struct append_fact *rows = arena_array(e->arena, struct append_fact, facts->count);
	struct digest prev = e->before->last_header;

	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = items[i];
		struct append_fact *row = &rows[i];

		assert(fact->seq == e->before->seq + 1 + (int32_t)i);
		assert(fact->recorded_at_us == items[0]->recorded_at_us);
		randombytes_buf(row->nonce, sizeof(row->nonce));
		row->seq = fact->seq;
		row->kind = name_of(fact_names, (int32_t)fact->kind);
		row->body = fact_body(e->arena, fact);
		row->header = fact_header(e->arena, e->after->authority, e->after->id, fact, &prev,
					  row->nonce, row->body);
		row->leaf_hash = leaf_of(row->header);
		row->occurred_at_us = fact->occurred_at_us;
		row->actor = fact->user;
		prev = row->leaf_hash;
	}
	return rows;
}

/* ---- what changes beside them ---- */

/* The strand that lists show with the placement: the one agreed, or negotiated in. */
static const struct thread *present_thread(const struct placement *placement)
{
	const struct agreement *agreement = placement_agreement(placement);

	return agreement ? placement_thread(placement, agreement->thread)
			 : placement_open_thread(placement);
}

/* What the provider that it concerns calls the entry that opened it. */
static int32_t provider_entry(const struct placement *placement, const struct obligation *o)
{
	const struct thread *thread =
		o->thread ? placement_thread(placement, o->thread) : present_thread(placement);
	const struct party *party = thread ? placement_party(placement, thread->provider) : NULL;

	return party ? party_entry(placement, party, o->entry) : 0;
}

/* What the commissioner calls it, where something before it is hidden; 0: as the stream does. */
static int32_t commissioner_entry(const struct placement *placement, const struct obligation *o)
{
	const struct party *party = placement_party(placement, placement->authority);
	int32_t entry = party_entry(placement, party, o->entry);

	return entry == o->entry ? 0 : entry;
}

/* Whoever mediates in the strand; NULL: nobody does now. */
static const struct party *mediator_of(const struct placement *placement,
				       const struct thread *thread)
{
	const struct party *party =
		thread ? placement_party(placement, thread->mediation.mediator) : NULL;

	return party && !party->until_entry && party_stage(placement, party) != STAGE_ENDED ? party
											    : NULL;
}

/* What the mediator calls it: whose it is, or who mediates now. */
static int32_t mediator_entry(const struct placement *placement, const struct obligation *o)
{
	const struct thread *thread =
		o->thread ? placement_thread(placement, o->thread) : present_thread(placement);
	const struct party *party =
		o->owed_by == SIDE_MEDIATOR
			? placement_party(placement, obligation_owner(placement, o))
			: mediator_of(placement, thread);

	return party ? party_entry(placement, party, o->entry) : 0;
}

/* What whoever represents the person calls it, where it concerns the person. */
static int32_t representative_entry(const struct placement *placement, const struct obligation *o)
{
	const struct party *party = placement_representative(placement);

	return party && duty_concerns_person(o->duty, o->owed_by)
		       ? party_entry(placement, party, o->entry)
		       : 0;
}

static void add_obligations(struct arena *arena, const struct world *world,
			    const struct effect_before *before, const struct placement *after,
			    struct append *append)
{
	const struct effect_before is = effect_before(after);
	/* What stands for the placement as a whole then has another provider's numbers. */
	bool renumbered = before->thread != is.thread;
	bool joined = before->mediated != is.mediated || before->represented != is.represented;
	struct append_obligation *rows = NULL;
	size_t count = 0;

	for (size_t i = 0; i < after->obligation_count; i++) {
		const struct obligation *o = &after->obligations[i];

		if (o->changed_entry <= before->seq && !(renumbered && !o->thread) && !joined)
			continue;
		*LIST_ADD(arena, rows, count) = (struct append_obligation){
			.seq = o->entry,
			.n = o->n,
			.kind = name_of(duty_names, (int32_t)o->duty),
			.owed_by = name_of(side_names, (int32_t)o->owed_by),
			.state = name_of(obligation_state_names, (int32_t)o->state),
			.owed_by_id = obligation_owner(after, o),
			.thread = (int32_t)o->thread,
			.provider_entry = provider_entry(after, o),
			.commissioner_entry = commissioner_entry(after, o),
			.mediator_entry = mediator_entry(after, o),
			.representative_entry = representative_entry(after, o),
			.due_at_us = o->due_at_us,
			.next_at_us = obligation_next_us(world, o, append->recorded_at_us),
			.missed_at_us = o->missed_at_us,
			.closed_at_us = obligation_done_us(after, o),
			.changed_entry = o->changed_entry,
			.not_served_us =
				obligation_waits_for_service(o) ? o->not_served_us : NEVER_US,
		};
	}
	append->obligations = rows;
	append->obligation_count = count;
}

/* Soonest of what the party itself owes, and whether any of it was not done in time. */
static void add_dues(const struct placement *placement, struct append_party *row)
{
	row->next_due_at_us = NEVER_US;
	for (size_t i = 0; i < placement->obligation_count; i++) {
		const struct obligation *o = &placement->obligations[i];

		if (!obligation_is_open(o) ||
		    !uuid_eq(obligation_owner(placement, o), row->organisation))
			continue;
		if (o->due_at_us < row->next_due_at_us)
			row->next_due_at_us = o->due_at_us;
		row->overdue = row->overdue || o->missed_at_us != NEVER_US;
	}
}

/* A mediator reads on what was so at its end; who no longer represents the person reads nothing,
 * nor who never took the care over. */
static int64_t until_us(const struct placement *placement, const struct party *party)
{
	return party_reads_no_more(party) ? placement->facts[party->until_entry - 1]->recorded_at_us
					  : NEVER_US;
}

static void add_parties(struct arena *arena, const struct placement *after, struct append *append)
{
	struct append_party *rows = arena_array(arena, struct append_party, after->party_count);

	for (size_t i = 0; i < after->party_count; i++) {
		const struct party *party = &after->parties[i];

		rows[i] = (struct append_party){
			.organisation = party->organisation,
			.side = name_of(side_names, (int32_t)party->side),
			.stage = name_of(stage_names, (int32_t)party_stage(after, party)),
			.since_us = party->since_us,
			.until_us = until_us(after, party),
			.version = party->version,
			.entries = party->entries,
		};
		add_dues(after, &rows[i]);
	}
	append->parties = rows;
	append->party_count = after->party_count;
}

/* The entry whose texts the move destroys; 0: none. */
static int32_t redacted_seq(const struct placement *after)
{
	const struct fact *last = after->facts[after->fact_count - 1];

	return last->kind == FACT_REDACTED ? (int32_t)((const struct redact *)last->data)->entry
					   : 0;
}

/* A provider's or mediator's own note changes nothing that lists show: without a stage they are not
 * written, and not even when they last changed tells the commissioner of it. */
static bool commissioner_sees_any(const struct effect_before *before, const struct placement *after)
{
	const struct party *party = placement_party(after, after->authority);

	for (size_t i = (size_t)before->seq; i < after->fact_count; i++)
		if (fact_visible(after->facts[i], after, party))
			return true;
	return false;
}

static void add_columns(struct arena *arena, const struct effect_before *before,
			const struct placement *after, struct append *append)
{
	const struct agreement *agreement = placement_agreement(after);
	const struct thread *thread = present_thread(after);

	append->reference = text_copy(arena, after->opening->reference);
	append->person = after->person;
	if (!commissioner_sees_any(before, after))
		return;
	append->stage = name_of(stage_names, (int32_t)after->stage);
	append->setting = name_of(care_setting_names, after->opening->care_setting);
	append->urgency = name_of(urgency_names, after->opening->urgency);
	append->owner = after->opened_by;
	append->opened_at_us = after->opened_at_us;
	append->team = text_copy(arena, after->opening->team);
	append->external_reference = text_copy(arena, after->opening->external_reference);
	append->weekly_p = agreement ? agreement->terms->weekly_p : -1;
	append->terms_entry = agreement ? agreement->terms_entry : 0;
	if (thread) {
		append->provider = thread->provider;
		append->home = thread->home;
	}
}

struct effect_before effect_before(const struct placement *placement)
{
	const struct thread *thread = present_thread(placement);

	return (struct effect_before){
		.seq = placement->seq,
		.thread = thread ? thread->number : 0,
		.mediated = mediator_of(placement, thread) != NULL,
		.represented = placement_representative(placement) != NULL,
	};
}

void effect_views(struct arena *arena, const struct world *world,
		  const struct effect_before *before, const struct placement *after,
		  struct append *append)
{
	*append = (struct append){
		.authority = after->authority,
		.stream = after->id,
		.expected_seq = before->seq,
		.recorded_at_us = after->recorded_at_us,
		.redacted_seq = redacted_seq(after),
	};
	add_obligations(arena, world, before, after, append);
	add_parties(arena, after, append);
	add_columns(arena, before, after, append);
}

static enum effect_outcome seal_all(struct effect *e, const struct list *facts,
				    struct text wrapped_key)
{
	struct fact *const *items = facts->items;
	struct person_key key;

	if (!says_something_personal(e->arena, facts))
		return EFFECT_MADE;
	if (!person_key_unwrap(e->app, e->after->authority, e->after->person, wrapped_key, &key)) {
		report(REPORT_ERROR, "app", "A person's key cannot be unwrapped", "reference",
		       text_cstr(e->arena, e->after->opening->reference), NULL);
		return EFFECT_SEALED;
	}
	if (!key.present)
		return EFFECT_ERASED;
	for (size_t i = 0; i < facts->count; i++)
		seal_texts(e, &key, items[i]);
	OPENSSL_cleanse(&key, sizeof(key));
	return EFFECT_MADE;
}

enum effect_outcome effect_make(struct app *app, struct arena *arena, const struct world *world,
				const struct placement *before, const struct placement *after,
				const struct list *facts, struct text wrapped_key,
				struct append *append)
{
	const struct effect_before was = effect_before(before);
	struct effect e = {.app = app, .arena = arena, .before = before, .after = after};
	enum effect_outcome outcome;

	assert(facts->count > 0);
	outcome = seal_all(&e, facts, wrapped_key);
	if (outcome != EFFECT_MADE)
		return outcome;
	effect_views(arena, world, &was, after, append);
	append->facts = write_facts(&e, facts);
	append->fact_count = facts->count;
	append->texts = e.texts;
	append->text_count = e.text_count;
	return EFFECT_MADE;
}
