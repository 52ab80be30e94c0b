/*
 * laws.h - what holds of every placement after every step, whoever takes it.
 *
 * The programs here play placements, each in its own way, and ask these after each step. A program
 * says what a broken law does (law_broken); `played` of world.h is the placement.
 */
#ifndef CONCORDAT_TESTS_LAWS_H
#define CONCORDAT_TESTS_LAWS_H

#include "concordat/core/situation.h"
#include "concordat/wire/fact.h"

#include "requests.h"

static void law_broken(const char *words);

#define LAW(holds, words)                  \
	do {                               \
		if (!(holds))              \
			law_broken(words); \
	} while (0)

#include "laws_reading.h"

/* So that it can be played again by hand; of a long body its beginning. */
HELPER void ledger_tell(void)
{
	for (size_t f = 0; f < played->fact_count; f++) {
		const struct fact *fact = played->facts[f];
		struct text when = instant_words(arena, fact->recorded_at_us);
		struct text body = fact_body(arena, fact);

		print_error("  %zu  %.*s  %s %s %x, strand %lld: %.*s\n", f + 1, TEXT_FMT(when),
			    fact_names[fact->kind], side_names[fact->side],
			    fact->organisation.bytes[15], (long long)fact->thread,
			    (int)(body.len < 700 ? body.len : 700), body.at);
	}
	for (size_t i = 0; i < played->party_count; i++)
		print_error("  a %s %x, strand %lld\n", side_names[played->parties[i].side],
			    played->parties[i].organisation.bytes[15],
			    (long long)played->parties[i].thread);
}

/* No menu has the amount that would do, or no other value of an entry is true. */
HELPER bool is_beyond_menus(const struct refusal *refusal)
{
	return strcmp(refusal->rule, "correction_sound") == 0 ||
	       strcmp(refusal->rule, "within_approved_limit") == 0 ||
	       (strcmp(refusal->rule, "top_up_there") == 0 && text_is(refusal->pointer, "/weekly"));
}

/* As the service asks: everybody acts for the side that their organisation has here. */
HELPER bool acts_for_its_side(const struct actor *who)
{
	const struct party *party = placement_party(played, who->organisation);

	return !party || party->side == who->side;
}

/* The account does, when a placement has ended. */
HELPER bool stays_open(enum move move)
{
	return protocol_move(move)->stages & BIT(STAGE_ENDED);
}

/* ---- of a placement ---- */

static bool strand_is_live(const struct thread *thread)
{
	return thread->state == THREAD_OPEN || thread->state == THREAD_AGREED;
}

static void each_obligation_is_sound(void)
{
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];
		const struct thread *thread = placement_thread(played, o->thread);
		bool is_open = obligation_is_open(o);
		size_t open_pauses = 0;

		LAW(is_open == (o->closed_at_us == NEVER_US), "an end without its time");
		LAW(!is_open || played->stage != STAGE_ENDED || placement_open_round(played) ||
			    BIT(o->duty) & (COMPLAINT_DUTIES | BIT(DUTY_DISPUTE_ENTRY)),
		    "something is owed after the end");
		LAW(!is_open || !thread || strand_is_live(thread) ||
			    BIT(o->duty) & (LASTING_DUTIES | BIT(DUTY_DISPUTE_ENTRY)),
		    text_cstr(arena, text_printf(arena, "%s is owed in a strand that is over",
						 duty_names[o->duty])));
		LAW(o->n >= 1, "obligations are numbered from 1");
		for (size_t n = 0; n < o->pause_count; n++)
			open_pauses += o->pauses[n].to_us == NEVER_US;
		LAW(open_pauses <= 1, "two pauses are open");
		LAW(!is_open || (o->due_at_us == NEVER_US) ==
					(open_pauses == 1 || obligation_waits_for_service(o)),
		    "an action due without a date is not paused, or one with a date is");
		LAW(o->not_served_us == NEVER_US || o->missed_at_us == NEVER_US,
		    "what was not served is missed");
		LAW(o->not_served_us == NEVER_US || o->state != OBLIGATION_LAPSED,
		    "what was not served lapses");
	}
}

/* More time is asked for what is open and in time; the question ends with it. */
static void extensions_are_sound(void)
{
	for (size_t i = 0; i < played->extension_count; i++) {
		const struct extension *e = &played->extensions[i];
		const struct obligation *o =
			placement_obligation(played, e->obligation_entry, e->n);

		LAW(e->state != EXTENSION_PROPOSED ||
			    (o && obligation_is_open(o) && o->missed_at_us == NEVER_US),
		    "more time is still asked for what is over or late");
	}
}

/* Each question is waited for, for a time, unless it is answered. */
static void questions_are_sound(void)
{
	for (size_t i = 0; i < played->thread_count; i++) {
		const struct thread *t = &played->threads[i];
		size_t waiting = 0, waits = 0;

		for (size_t q = 0; q < t->question_count; q++)
			waiting += !t->questions[q].answered && !t->questions[q].expired;
		for (size_t o = 0; o < played->obligation_count; o++)
			waits += played->obligations[o].duty == DUTY_WAIT_FOR_ANSWER &&
				 played->obligations[o].thread == t->number &&
				 obligation_is_open(&played->obligations[o]);
		LAW(!strand_is_live(t) || waits == waiting,
		    "a question is waited for without end, or none is");
	}
}

static void offers_are_sound(const struct round *round)
{
	size_t accepted = 0, unsealed_open = 0;

	for (size_t i = 0; i < played->thread_count; i++) {
		const struct thread *t = &played->threads[i];
		size_t on_table = 0, settlements = 0;

		for (size_t n = 0; t->round == round->number && n < t->offer_count; n++) {
			bool open = t->offers[n].state == OFFER_OPEN && t->state == THREAD_OPEN;

			accepted += t->offers[n].state == OFFER_ACCEPTED;
			on_table += open && t->offers[n].side != SIDE_MEDIATOR;
			settlements += open && t->offers[n].side == SIDE_MEDIATOR;
			LAW(t->offers[n].number == (int64_t)n + 1, "offers are numbered from 1");
		}
		LAW(on_table <= 1, "two offers are on the table");
		LAW(settlements <= 1, "two settlements are on the table");
		LAW(!settlements || t->mediation.state == MEDIATION_UNDER_WAY,
		    "a settlement is on the table and nobody mediates");
		unsealed_open += on_table + settlements;
	}
	LAW(accepted <= 1, "two offers are accepted");
	LAW(unsealed_open == 0 || accepted == 0, "an offer is on the table beside an accepted one");
	LAW(round->stage != STAGE_SIGNING || !round->open || accepted == 1,
	    "signing what nobody accepted");
}

/* What the stage says, some strand bears out. */
static void strands_are_sound(const struct round *round)
{
	size_t open = 0, mediating = 0, with_offers = 0, chosen = 0, unsealed = 0;

	for (size_t i = 0; i < played->thread_count; i++) {
		const struct thread *t = &played->threads[i];
		enum mediation_state m = t->mediation.state;

		if (t->round != round->number || !strand_is_live(t))
			continue;
		open++;
		unsealed += !t->sealed;
		chosen += t->chosen;
		with_offers += t->offer_count > 0;
		mediating += m == MEDIATION_CONSENTED || m == MEDIATION_UNDER_WAY;
		LAW(played->stage != STAGE_ENDED || t->state == THREAD_AGREED ||
			    round_is_later(round),
		    "a strand is open after the end");
	}
	LAW(chosen <= 1, "two providers are chosen");
	LAW(chosen == 0 || open == 1, "a provider is chosen and another strand is open still");
	LAW((round->open && round->stage == STAGE_MEDIATING) == (mediating > 0),
	    "the stage and the strand disagree whether there is a mediation");
	LAW(played->stage != STAGE_NEGOTIATING || round_is_later(round) ||
		    (with_offers && unsealed),
	    "the stage is negotiating and no open strand has an offer");
}

static void rounds_are_sound(void)
{
	LAW(played->stage != STAGE_IN_FORCE || played->agreement_count, "in force is an agreement");
	LAW(!played->agreement_count || played->stage >= STAGE_IN_FORCE,
	    "there is an agreement and it is not in force");
	for (size_t i = 0; i < played->round_count; i++) {
		offers_are_sound(&played->rounds[i]);
		strands_are_sound(&played->rounds[i]);
	}
}

/* What would have ended the negotiation, had care not started, is told again week by week; so are
 * terms that are not signed or confirmed. */
HELPER bool is_told_weekly(int64_t now_us)
{
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];

		if (BIT(o->duty) & (BIT(DUTY_AFTER_REJECTION) | BIT(DUTY_ROUND_STANDS) |
				    BIT(DUTY_ACCEPTANCE_STANDS) | BIT(DUTY_SIGNED_TERMS) |
				    BIT(DUTY_CONFIRM_EXISTING_AGREEMENT)) &&
		    obligation_is_open(o) && o->missed_at_us != NEVER_US &&
		    obligation_next_us(&world, o, now_us) <= now_us + 8 * US_PER_DAY)
			return true;
	}
	return false;
}

/* What is void did not happen. */
static void take_back(const struct not_served *data, const struct obligation *o, int *ends,
		      int *missed)
{
	const struct voided *voids = data->voids.items;

	for (size_t i = 0; data->entry == o->entry && i < data->voids.count; i++) {
		*missed -= voids[i].n == o->n && voids[i].what == VOID_MISS;
		*ends -= voids[i].n == o->n && voids[i].is_restored;
	}
}

/* What an entry ended that should never have been made. */
static bool is_owed_again(const struct fact *fact, const struct obligation *o)
{
	const struct due_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->changes.count; i++)
		if (changes[i].entry == o->entry && changes[i].n == o->n &&
		    changes[i].state == OBLIGATION_OPEN)
			return true;
	return false;
}

/* Put right, what was missed is due later, or was in time. */
static bool is_not_late_after_all(const struct fact *fact, const struct obligation *o)
{
	const struct due_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->changes.count; i++)
		if (changes[i].entry == o->entry && changes[i].n == o->n &&
		    (changes[i].state == OBLIGATION_MET ||
		     (changes[i].new_due_at_us != NEVER_US &&
		      changes[i].new_due_at_us >= fact->recorded_at_us)))
			return true;
	return false;
}

/* Each obligation is closed once and missed once at most, over the whole ledger; no gap in seq. */
static void the_ledger_is_sound(void)
{
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];
		int ends = 0, missed = 0;

		for (size_t f = (size_t)o->entry; f < played->fact_count; f++) {
			const struct fact *fact = played->facts[f];
			const struct closed *closes = fact->closes.items;
			const struct not_done *data = fact->data;

			for (size_t c = 0; c < fact->closes.count; c++)
				ends += closes[c].entry == o->entry && closes[c].n == o->n;
			missed += fact->kind == FACT_MISSED && data->entry == o->entry &&
				  data->n == o->n;
			if (fact->kind == FACT_ENTERED_IN_ERROR)
				ends -= is_owed_again(fact, o);
			if (fact->kind == FACT_CORRECTED && is_not_late_after_all(fact, o))
				missed = 0;
			if (fact->kind == FACT_NOT_SERVED)
				take_back(fact->data, o, &ends, &missed);
		}
		LAW(ends <= 1 && (ends == 0) == obligation_is_open(o), "an obligation ends once");
		LAW(missed <= 1, "a miss is told once");
	}
	for (size_t f = 0; f < played->fact_count; f++)
		LAW(played->facts[f]->seq == (int32_t)f + 1, "seq has a gap");
}

/* ---- of a step ---- */

/* The table says where a move leads, and nothing else moves the stage. */
HELPER const struct lead *lead_taken(enum fact_kind kind, enum stage from, enum stage to)
{
	const struct move_row *row = protocol_move((enum move)kind);

	for (size_t i = 0; i < row->lead_count; i++)
		if (row->leads[i].to == to &&
		    (kind == FACT_PLACEMENT_OPENED || (row->leads[i].from & BIT(from))))
			return &row->leads[i];
	return NULL;
}

/* A clock stops by consent to mediate, or by a question of its owner's; never otherwise. */
static void pauses_are_agreed(const struct fact *fact)
{
	const struct due_change *changes = fact->changes.items;
	const struct opened *opens = fact->opens.items;
	const struct thread *thread = placement_thread(played, fact->thread);
	int32_t side = fact->on_behalf_of != NO_ENUM ? fact->on_behalf_of : fact->side;

	for (size_t i = 0; i < fact->changes.count; i++) {
		const struct obligation *o = placement_obligation(played, (int32_t)changes[i].entry,
								  (int32_t)changes[i].n);

		if (changes[i].paused_from_us == NEVER_US)
			continue;
		LAW(fact->kind == FACT_MEDIATION_CONSENTED
			    ? thread && (int32_t)thread->mediation.proposed_by != side
			    : fact->kind == FACT_ASKED && o && (int32_t)o->owed_by == side,
		    "a clock is paused without consent");
	}
	for (size_t i = 0; i < fact->opens.count; i++)
		LAW(opens[i].paused_from_us == NEVER_US || opens[i].duty == DUTY_OFFER_AGAIN,
		    "a clock begins paused");
}

static bool thread_is_replaced(const struct placement *before, const struct party *was)
{
	const struct thread *thread = placement_thread(before, was->thread);

	return thread && thread->state == THREAD_NOVATING &&
	       placement_thread(played, thread->number)->state == THREAD_ENDED;
}

/* A party's numbers and stage move by what it sees and counts, and by nothing else: not by a rival,
 * nor by a note of the other side's. */
static void versions_follow_what_is_seen(const struct placement *before, const struct list *facts)
{
	struct fact *const *items = facts->items;

	for (size_t i = 0; i < before->party_count; i++) {
		const struct party *was = &before->parties[i];
		const struct party *is = placement_party(played, was->organisation);
		int32_t version = was->version, entries = was->entries;

		if (is->since_us != was->since_us) {
			/* invited again; in another part it is told other things */
			LAW(is->version > was->version || is->side != was->side, "a version falls");
			continue;
		}
		for (size_t f = 0; f < facts->count; f++) {
			bool seen = fact_visible(items[f], played, is);

			version += seen && fact_counts(items[f]->kind);
			entries += seen;
		}
		LAW(is->version == version, "a version moves by what is not seen");
		/* one that lost before has its lost strand again, and no more */
		LAW(is->entries == entries || thread_is_replaced(before, was),
		    "a count of entries moves by what is not seen");
		/* who is to take over is not told when another is to instead */
		LAW(entries > was->entries || party_stage(played, is) == party_stage(before, was) ||
			    thread_is_replaced(before, was),
		    text_cstr(arena,
			      text_printf(arena,
					  "the stage of a %s in strand %lld moves by what is not "
					  "seen",
					  side_names[is->side], (long long)is->thread)));
	}
}

/* Each party reads its own in what has come; all of it when it joins, or its strand is another. */
static void nobody_reads_more(const struct placement *before)
{
	for (size_t i = 0; i < played->party_count; i++) {
		const struct party *is = &played->parties[i];
		const struct party *was = placement_party(before, is->organisation);
		bool same = was && was->thread == is->thread && was->since_us == is->since_us;

		reads_only_its_own(is, same ? before->fact_count : 0, played->fact_count);
	}
}

static void step_is_sound(const struct placement *before, const struct list *facts)
{
	struct fact *const *items = facts->items;

	for (size_t f = 0; f < facts->count; f++)
		pauses_are_agreed(items[f]);
	versions_follow_what_is_seen(before, facts);
	each_obligation_is_sound();
	extensions_are_sound();
	questions_are_sound();
	rounds_are_sound();
}

#endif
