/*
 * between.c - what the sides agree or say beside the offers: more time, notes, disputes.
 */
#include "concordat/core/situation.h"

/* ---- more time ---- */

/* The party's own numbers name it; a fact holds the stream's. */
static const struct obligation *obligation_meant(const struct situation *s, int64_t entry,
						 int64_t n)
{
	const struct party *party = placement_party(s->placement, s->actor->organisation);
	int32_t seq =
		party && entry <= INT32_MAX ? party_seq(s->placement, party, (int32_t)entry) : 0;

	return seq ? placement_obligation(s->placement, seq, (int32_t)n) : NULL;
}

#define CHANGES_MOST 20 /* of one date */
#define UNITS_MOST 366

/* The person's reviews and involvement are not the sides' to put off, nor the panel's sitting; what
 * merely runs out is nobody's. */
static bool is_the_sides_own(const struct situation *s, const struct obligation *o)
{
	return o->thread && o->owed_by != SIDE_TIME && o->rule.unit != UNIT_WEEKDAY &&
	       !(BIT(o->duty) & (REVIEW_DUTIES | BIT(DUTY_RECORD_INVOLVEMENT))) &&
	       !(s->thread->sealed && BIT(o->duty) & BIT(DUTY_MAKE_OFFER));
}

static size_t changes_asked(const struct placement *placement, const struct obligation *o)
{
	size_t count = 0;

	for (size_t i = 0; i < placement->extension_count; i++)
		count += placement->extensions[i].obligation_entry == o->entry &&
			 placement->extensions[i].n == o->n;
	return count;
}

/* Whether these rules would be kept by this request: allowed is what some request could ask. */
static bool would_keep(const struct situation *s, const struct named_rule *const *rules,
		       const void *data)
{
	struct situation probe = *s;
	struct refusal refusal;

	probe.data = data;
	for (; *rules; rules++)
		if (!(*rules)->check(&probe, &refusal))
			return false;
	return true;
}

static bool can_extend_any(const struct situation *s)
{
	static const struct named_rule *const rules[] = {&rule_can_be_extended, NULL};
	const struct party *party = placement_party(s->placement, s->actor->organisation);

	for (size_t i = 0; party && i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];
		struct change_timescale change = {
			.entry = party_entry(s->placement, party, o->entry), .n = o->n, .more = 1};

		if (obligation_is_open(o) && change.entry && would_keep(s, rules, &change))
			return true;
	}
	return false;
}

RULE(can_be_extended, "can_be_extended",
     "the action is open, in time, and its date is the sides' own")
{
	const struct change_timescale *data = s->data;
	const struct obligation *o;

	if (!data)
		return can_extend_any(s) ||
		       NO(can_be_extended, NULL,
			  "There is no action due whose date is the two sides' own to change.");
	o = obligation_meant(s, data->entry, data->n);
	if (!o || !obligation_is_open(o) || (o->thread && o->thread != s->thread->number))
		return NO(
			can_be_extended, "/entry",
			"There is no such action due. Name it by the id it has in the placement.");
	if (o->missed_at_us != NEVER_US)
		return NO(
			can_be_extended, "/entry",
			"Its time has run out already; it can still be done, and is marked late.");
	if (!is_the_sides_own(s, o))
		return NO(can_be_extended, "/entry",
			  "This date is not the two sides' own to change.");
	if (o->rule.count + data->more > UNITS_MOST ||
	    changes_asked(s->placement, o) >= CHANGES_MOST)
		return NO(can_be_extended, "/more",
			  "This date has been put off as far and as often as it can be.");
	return true;
}

bool derive_extension(const struct situation *s, void *data, struct refusal *refusal)
{
	struct change_timescale *change = data;
	const struct obligation *o = obligation_meant(s, change->entry, change->n);

	(void)refusal;
	change->entry = o->entry;
	change->n = o->n;
	change->number = 1;
	for (size_t i = 0; i < s->placement->extension_count; i++)
		change->number += s->placement->extensions[i].thread == s->thread->number;
	change->side = (int32_t)s->actor->side;
	return true;
}

static const struct extension *extension_meant(const struct situation *s)
{
	/* the number is the first member of each request about one */
	return s->data && s->thread ? placement_extension(s->placement, s->thread->number,
							  *(const int64_t *)s->data)
				    : NULL;
}

static const struct obligation *obligation_of(const struct situation *s,
					      const struct extension *extension)
{
	return placement_obligation(s->placement, extension->obligation_entry, extension->n);
}

static bool is_running(const struct situation *s, const struct extension *extension)
{
	const struct obligation *o = obligation_of(s, extension);

	return o && obligation_is_open(o) && o->missed_at_us == NEVER_US;
}

static bool any_extension(const struct situation *s, const struct named_rule *const *rules)
{
	/* the number is the first member of each request about one */
	struct consent_to_timescale request = {.number = 1};

	for (; (size_t)request.number <= s->placement->extension_count; request.number++)
		if (would_keep(s, rules, &request))
			return true;
	return false;
}

/* One whose action is over, or late, is released with it. */
RULE(extension_asked, "extension_asked", "more time was asked for, and the action is open still")
{
	static const struct named_rule *const rules[] = {&rule_extension_asked,
							 &rule_others_extension, NULL};
	const struct extension *extension = extension_meant(s);

	if (!s->data)
		return any_extension(s, rules) ||
		       NO(extension_asked, NULL, "No change of a date waits for your consent.");
	return (extension && extension->state == EXTENSION_PROPOSED) ||
	       NO(extension_asked, "/number",
		  "No such change waits for an answer, or the action is over.");
}

RULE(others_extension, "others_extension", "the other side asked for it")
{
	const struct extension *extension = extension_meant(s);

	return !extension || extension->asked_by != s->actor->side ||
	       NO(others_extension, "/number",
		  "Your own side asked for this. Only the other side can answer it.");
}

RULE(extension_fits, "extension_fits", "the action is still counted in the units asked for")
{
	static const struct named_rule *const rules[] = {
		&rule_extension_asked, &rule_others_extension, &rule_extension_fits, NULL};
	const struct extension *extension = extension_meant(s);

	if (!s->data)
		return any_extension(s, rules) ||
		       NO(extension_fits, NULL,
			  "The action is counted in other units since. Ask for the change again.");
	return !extension || extension->unit == obligation_of(s, extension)->rule.unit ||
	       NO(extension_fits, "/number",
		  "The action is counted in other units since. Refuse this; the other side can "
		  "ask again.");
}

RULE(extension_stands, "extension_stands", "the extension was agreed, and the action is open still")
{
	static const struct named_rule *const rules[] = {&rule_extension_stands,
							 &rule_removal_in_time, NULL};
	const struct extension *extension = extension_meant(s);

	if (!s->data)
		return any_extension(s, rules) ||
		       NO(extension_stands, NULL, "No extension stands that you could take back.");
	if (!extension || extension->state != EXTENSION_AGREED || !is_running(s, extension))
		return NO(extension_stands, "/number",
			  "No such extension stands, or the action is over.");
	return !(s->actor->side == SIDE_COMMISSIONER ? extension->removal_by_commissioner
						     : extension->removal_by_provider) ||
	       NO(extension_stands, "/number",
		  "Your side has asked for this already. It is taken back when the other does.");
}

/* Whether both will have asked for it. */
static bool is_last_to_ask(const struct situation *s, const struct extension *extension)
{
	return s->actor->side == SIDE_COMMISSIONER ? extension->removal_by_provider
						   : extension->removal_by_commissioner;
}

RULE(removal_in_time, "removal_in_time", "the date without the extension is still to come")
{
	const struct extension *extension = extension_meant(s);
	const struct obligation *o;
	struct rule rule;
	struct due due;

	if (!extension || !is_last_to_ask(s, extension))
		return true;
	o = obligation_of(s, extension);
	if (o->rule.unit != extension->unit)
		return true;
	rule = o->rule;
	rule.count -= (int32_t)extension->more;
	due = due_derive(s->world->calendar, rule, o->anchor_us, o->pauses, o->pause_count);
	return obligation_waits_for_service(o) || due.state != DUE_SET || due.at_us >= s->now_us ||
	       NO(removal_in_time, "/number",
		  "Without this extension the action would be late at once, so it stays.");
}

bool derive_extension_removal(const struct situation *s, void *data, struct refusal *refusal)
{
	struct remove_extension *removal = data;
	const struct extension *extension = extension_meant(s);

	(void)refusal;
	removal->is_removed = is_last_to_ask(s, extension);
	return true;
}

bool extend_due(const struct situation *s, struct fact *fact)
{
	const struct extension *extension = extension_meant(s);

	return stretch_due(s, fact, obligation_of(s, extension), extension->more, "extended");
}

bool shorten_due(const struct situation *s, struct fact *fact)
{
	const struct extension *extension = extension_meant(s);

	if (!((const struct remove_extension *)s->data)->is_removed ||
	    obligation_of(s, extension)->rule.unit != extension->unit)
		return true; /* its units went when the action began to be counted in others */
	return stretch_due(s, fact, obligation_of(s, extension), -extension->more,
			   "extension_removed");
}

/* ---- notes and disputes ---- */

bool derive_note(const struct situation *s, void *data, struct refusal *refusal)
{
	(void)refusal;
	((struct write_note *)data)->side = (int32_t)s->actor->side;
	return true;
}

const struct fact *disputed_entry(const struct placement *placement, const struct actor *actor,
				  const struct dispute_entry *data)
{
	return entry_named(placement, actor, data->entry);
}

/* It was said in another provider's strand, from which this one took the care over. */
static bool is_of_another(const struct placement *placement, const struct actor *actor,
			  const struct fact *entry)
{
	return actor->side == SIDE_PROVIDER &&
	       !uuid_eq(placement_thread(placement, entry->thread)->provider, actor->organisation);
}

const struct thread *disputed_strand(const struct placement *placement, const struct actor *actor,
				     const struct dispute_entry *data)
{
	const struct fact *entry = disputed_entry(placement, actor, data);
	struct uuid other = actor->organisation;
	const struct party *party;

	if (!entry || actor->side == SIDE_CO_PAYER)
		return NULL;
	if (entry->thread && !is_of_another(placement, actor, entry))
		return placement_thread(placement, entry->thread);
	if (actor->side == SIDE_COMMISSIONER || actor->side == SIDE_REPRESENTATIVE)
		other = entry->organisation;
	party = placement_party(placement, other);
	return party ? placement_thread(placement, party->thread) : NULL;
}

/* The right to dispute an entry, of the side that it was made for. */
static const struct obligation *right_to_dispute(const struct situation *s, int32_t seq)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (o->duty == DUTY_DISPUTE_ENTRY && obligation_is_open(o) &&
		    o->owed_by == s->actor->side && o->entry == seq &&
		    (s->actor->side == SIDE_COMMISSIONER ||
		     uuid_eq(obligation_owner(s->placement, o), s->actor->organisation)))
			return o;
	}
	return NULL;
}

/* Whoever enters it names it by its own numbers. */
static const struct actor *who_names(const struct situation *s)
{
	return s->recorder ? s->recorder : s->actor;
}

/* Some entry of the history, in its own strand. */
static bool can_dispute_any(const struct situation *s)
{
	static const struct named_rule *const rules[] = {&rule_entry_known, NULL};
	const struct party *party = placement_party(s->placement, s->actor->organisation);
	struct situation own = *s;

	for (size_t i = s->placement->fact_count; party && i-- > 0;) {
		struct dispute_entry dispute = {
			.entry = party_entry(s->placement, party, (int32_t)i + 1)};

		own.thread = disputed_strand(s->placement, s->actor, &dispute);
		if (dispute.entry && would_keep(&own, rules, &dispute))
			return true;
	}
	return false;
}

/* By that side: another's statement beside it says nothing of this one's. */
static bool is_disputed_already(const struct situation *s, int32_t seq)
{
	const struct party *party = placement_party(s->placement, who_names(s)->organisation);

	for (size_t i = (size_t)seq; i < s->placement->fact_count; i++) {
		const struct fact *fact = s->placement->facts[i];
		const struct dispute_entry *data = fact->data;

		if (fact->kind == FACT_ENTRY_DISPUTED && data->entry == seq &&
		    fact_speaker(fact) == s->actor->side && fact_visible(fact, s->placement, party))
			return true;
	}
	return false;
}

static bool has_no_strand(enum side side)
{
	return side == SIDE_REPRESENTATIVE || side == SIDE_CO_PAYER;
}

RULE(entry_known, "entry_known",
     "the entry is another side's, or made on one's behalf no more than 5 working days ago, and "
     "not disputed yet")
{
	const struct fact *entry;
	const struct thread *strand = s->thread;

	if (!s->data)
		return can_dispute_any(s) ||
		       NO(entry_known, NULL, "There is no entry that your side could dispute.");
	entry = disputed_entry(s->placement, who_names(s), s->data);
	if (!entry ||
	    (!strand && !has_no_strand(s->actor->side) && entry->side != SIDE_REPRESENTATIVE))
		return NO(entry_known, "/entry", "There is no such entry in your history.");
	if (s->asked_thread != NO_INT && (!strand || s->asked_thread != strand->number))
		return NO(entry_known, "/thread", "The entry is in another strand. Leave it out.");
	if (entry->side == (int32_t)s->actor->side || entry->side == SIDE_TIME)
		return NO(entry_known, "/entry",
			  "Only the other side's entries, and those that it made on your behalf, "
			  "can be disputed.");
	if (is_disputed_already(s, entry->seq))
		return NO(entry_known, "/entry",
			  "Your side has disputed this entry already; the statement stands beside "
			  "it.");
	if (entry->on_behalf_of != (int32_t)s->actor->side)
		return !strand || has_no_strand(s->actor->side) ||
		       rule_thread_open.check(s, refusal);
	return right_to_dispute(s, entry->seq) ||
	       NO(entry_known, "/entry",
		  "The right to dispute what was entered on your behalf has expired.");
}

bool derive_dispute(const struct situation *s, void *data, struct refusal *refusal)
{
	struct dispute_entry *dispute = data;

	(void)refusal;
	dispute->entry = disputed_entry(s->placement, who_names(s), dispute)->seq;
	return true;
}

bool release_right_to_dispute(const struct situation *s, struct fact *fact)
{
	const struct dispute_entry *dispute = s->data;
	const struct obligation *right = right_to_dispute(s, (int32_t)dispute->entry);

	if (right)
		end_obligation(s, fact, right, OBLIGATION_MET);
	return true;
}
