/*
 * no_reply.c - the statement that no reply to an action due was recorded.
 *
 * Made when it was missed or has lapsed, up to that entry; or while it is open, when asked for
 * (until=newest), up to the newest entry. For the two sides: the commissioner, and its auditor, and
 * the provider in whose strand it is. The headers of all entries go out, also of those that the
 * party may not read, because only then does the ledger show no gap; the words only of those from
 * the one that asked on that it may read all of.
 */
#include "record/gather.h"

struct stating {
	struct gather gather; /* first: the callback's argument is ours */
	struct no_reply statement;
};

/* The entry of the miss, or of the lapse, that stands: one before it may be void because its notice
 * had reached nobody, and one whose time was put right since says it no longer. */
static const struct fact *not_done_fact(const struct placement *p, const struct obligation *o)
{
	for (size_t i = p->fact_count; i > (size_t)o->entry; i--) {
		const struct fact *fact = p->facts[i - 1];
		const struct not_done *data = fact->data;

		if ((fact->kind == FACT_MISSED || fact->kind == FACT_LAPSED) &&
		    data->entry == o->entry && data->n == o->n &&
		    (fact->kind == FACT_MISSED ? data->due_at_us == o->missed_at_us
					       : o->state == OBLIGATION_LAPSED))
			return fact;
	}
	return NULL;
}

/* Whether offers in a round that the party was invited to are still sealed. */
static bool competes_under_seal(const struct placement *p, const struct party *party)
{
	for (size_t i = 0; i < p->thread_count; i++)
		for (size_t n = 0; n < p->thread_count && party_has_thread(party, &p->threads[i]);
		     n++)
			if (p->threads[n].round == p->threads[i].round && p->threads[n].sealed &&
			    p->threads[n].state == THREAD_OPEN)
				return true;
	return false;
}

/* False when the call has been answered. A provider asks about the other side; and while offers are
 * sealed, not even how many entries there are is for those who compete. */
static bool may_ask(const struct look *look, const struct obligation *o)
{
	const struct placement *p = look->recorded;

	if (look->actor.side != SIDE_PROVIDER)
		return true;
	if (o->owed_by == SIDE_PROVIDER) {
		call_problem(look->call, 409, "owed_by_you",
			     TEXT("You owe this yourself. A statement that no reply was recorded "
				  "is made about what the other side owes."));
		return false;
	}
	if (competes_under_seal(p, &look->party)) {
		call_problem(look->call, 409, "offers_sealed",
			     TEXT("Offers are sealed until they are opened, and so is how many "
				  "entries there are. Ask again once they are open."));
		return false;
	}
	return true;
}

/* The last entry of the statement; 0 when the call has been answered. */
static int32_t until_entry(struct stating *s, const struct obligation *o)
{
	struct look *look = s->gather.look;
	struct call *call = look->call;
	const struct placement *p = look->recorded;
	bool newest = text_is(call->query(call, "until"), "newest");
	const struct fact *closing = not_done_fact(p, o);

	if (call->query(call, "until").at && !newest) {
		query_refuse(call, "until",
			     TEXT("Leave it out, or say newest for a statement up to the newest "
				  "entry."));
		return 0;
	}
	if (newest && obligation_is_open(o)) {
		s->statement.until = UNTIL_NEWEST;
		s->statement.due_at_us = NEVER_US;
		return p->seq;
	}
	if (closing) {
		const struct not_done *data = closing->data;

		s->statement.until = closing->kind == FACT_MISSED ? UNTIL_MISSED : UNTIL_LAPSED;
		s->statement.due_at_us = data->due_at_us;
		return closing->seq;
	}
	if (o->missed_at_us != NEVER_US)
		call_problem(call, 409, "miss_corrected",
			     TEXT("When this was missed was put right since, so no one entry "
				  "says it. While it is open, ask for a statement up to the "
				  "newest entry (until=newest)."));
	else if (obligation_is_open(o))
		call_problem(call, 409, "still_open",
			     TEXT("This is still open and was not missed. Ask again when it is, "
				  "or for a statement up to the newest entry (until=newest)."));
	else
		call_problem(call, 409, "not_missed",
			     TEXT("This was done in time, or nobody owes it any more: there is "
				  "nothing to state."));
	return 0;
}

static void on_gathered(struct gather *g)
{
	struct stating *s = (struct stating *)g;
	struct arena *arena = g->look->call->arena;

	s->statement.head = g->head;
	gather_answer(g, no_reply_write(arena, &s->statement, &g->key), NULL,
		      text_printf(arena, "no-reply-%.*s-%lld.%lld", TEXT_FMT(g->head.reference),
				  (long long)s->statement.entry, (long long)s->statement.n));
}

static bool is_of_a_side(const struct look *look)
{
	return look->actor.side == SIDE_COMMISSIONER || look->actor.side == SIDE_AUDITOR ||
	       look->actor.side == SIDE_PROVIDER;
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct stating *s = arena_make(look->call->arena, struct stating);
	const struct obligation *o = NULL;
	struct viewer viewer;
	int32_t until;

	if (!look_begin(look, loaded))
		return;
	viewer = look_viewer(look, look->recorded);
	if (is_of_a_side(look))
		o = view_obligation_find(&viewer, look->call->path_second);
	if (!o) {
		call_not_found(look->call);
		return;
	}
	s->gather.look = look;
	s->gather.on_gathered = on_gathered;
	schema_clear(&no_reply_schema, &s->statement);
	s->statement.entry = o->entry;
	s->statement.n = o->n;
	s->statement.duty = (int32_t)o->duty;
	s->statement.owed_by = (int32_t)o->owed_by;
	until = may_ask(look, o) ? until_entry(s, o) : 0;
	if (!until)
		return;
	for (int32_t i = 0; i < until; i++) {
		gather_entry(&s->gather, look->recorded->facts[i],
			     i + 1 == o->entry || i + 1 == until);
		s->gather.entries[i].whole &= i + 1 >= o->entry;
	}
	if (s->gather.entries[o->entry - 1].whole &&
	    (s->statement.until == UNTIL_NEWEST || s->gather.entries[until - 1].whole))
		gather_start(&s->gather);
	else
		call_problem(look->call, 409, "statement_withheld",
			     TEXT("The entry that asks for this also says something that is not "
				  "for you, so its words cannot be handed to you with proof."));
}

void app_get_no_reply(struct call *call)
{
	look_start(call, on_loaded);
}
