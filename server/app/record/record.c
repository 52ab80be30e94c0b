/*
 * record.c - the record of agreed terms: one version of an agreement, with the entries that made
 * it and what proves them.
 *
 * For the two sides of it: the commissioner, and its auditor, and the provider that it is with.
 * Whoever pays a share of the fee, or represents the person, sees what concerns them in the
 * placement and gets no record, for its entries are between the sides; nor does who mediates. An
 * entry that says anything besides that is not for the one who asks goes out as its header and
 * proof alone.
 */
#include "queries.h"
#include "record/gather.h"
#include "record/record_page.h"

const char *const app_record_types[] = {"text/html", NULL};

struct recording {
	struct gather gather; /* first: the callback's argument is ours */
	struct agreed_terms record;
	const struct agreement *agreement;
};

/* ---- which version, and for whom */

/* NULL when the call has been answered. */
static const struct agreement *agreement_asked(const struct look *look)
{
	const struct placement *p = look->recorded;
	const struct agreement *agreement;
	const struct thread *thread;
	int32_t number;

	if (text_to_number(look->call->path_second, &number) &&
	    (size_t)number <= p->agreement_count) {
		agreement = &p->agreements[number - 1];
		thread = placement_thread(p, agreement->thread);
		if (look->actor.side == SIDE_COMMISSIONER || look->actor.side == SIDE_AUDITOR ||
		    (look->actor.side == SIDE_PROVIDER &&
		     uuid_eq(thread->provider, look->party.organisation)))
			return agreement;
	}
	call_not_found(look->call);
	return NULL;
}

/* ---- which entries */

static bool is_about(const struct fact *fact, const struct agreement *a)
{
	switch (fact->kind) {
	case FACT_ACCEPTED:
		return digest_eq(&((const struct accept *)fact->data)->terms_digest,
				 &a->terms_digest);
	case FACT_SETTLEMENT_ACCEPTED:
		return digest_eq(&((const struct accept_settlement *)fact->data)->terms_digest,
				 &a->terms_digest);
	case FACT_SIGNED:
		return digest_eq(&((const struct sign *)fact->data)->terms_digest,
				 &a->terms_digest);
	default:
		return false;
	}
}

/* What stands between the offer and the last signature. */
static void choose_signed(const struct placement *p, const struct agreement *a, bool *chosen)
{
	chosen[a->terms_entry - 1] = true;
	for (int32_t i = a->terms_entry; i < a->entry; i++)
		chosen[i] |= p->facts[i]->thread == a->thread && is_about(p->facts[i], a);
}

static void choose_novated(const struct placement *p, const struct agreement *a, bool *chosen)
{
	for (int32_t i = a->entry; i > 0; i--) {
		enum fact_kind kind = p->facts[i - 1]->kind;

		chosen[i - 1] |= kind == FACT_NOVATION_CONSENTED || kind == FACT_NOVATION_PROPOSED;
		if (kind == FACT_NOVATION_PROPOSED)
			return;
	}
}

/* What made the provider and its home the ones it is with. */
static void choose_place(const struct placement *p, const struct thread *with, bool *chosen)
{
	for (size_t i = 0; i < p->thread_count; i++) {
		const struct thread *thread = &p->threads[i];
		enum fact_kind kind = p->facts[thread->invited_entry - 1]->kind;

		if (uuid_eq(thread->provider, with->provider) &&
		    uuid_eq(thread->home, with->home) &&
		    (kind == FACT_INVITED || kind == FACT_EXISTING_AGREEMENT_RECORDED ||
		     kind == FACT_NOVATION_CONSENTED))
			chosen[thread->invited_entry - 1] = true;
	}
}

static void choose(struct recording *r)
{
	const struct placement *p = r->gather.look->recorded;
	const struct agreement *a = r->agreement;
	bool *chosen = arena_array(r->gather.look->call->arena, bool, p->fact_count);
	int64_t calculation = a->terms->calculation;

	switch (a->basis) {
	case AGREEMENT_SIGNED:
		choose_signed(p, a, chosen);
		break;
	case AGREEMENT_EXISTING:
		chosen[a->terms_entry - 1] = true;
		break;
	case AGREEMENT_NOVATED:
		choose_novated(p, a, chosen);
		break;
	case AGREEMENT_UPLIFTED:
	case AGREEMENT_BASIS_COUNT:
		break;
	}
	chosen[a->entry - 1] = true;
	if (a->basis != AGREEMENT_EXISTING && a->basis != AGREEMENT_NOVATED)
		choose_place(p, placement_thread(p, a->thread), chosen);
	if (calculation >= 1 && (size_t)calculation <= p->calculation_count)
		chosen[p->calculations[calculation - 1].entry - 1] = true;
	for (size_t i = 0; i < p->fact_count; i++)
		if (chosen[i] && fact_visible(p->facts[i], p, &r->gather.look->party))
			gather_entry(&r->gather, p->facts[i], true);
}

/* Without one entry whose words hold these terms or name them, there is nothing to hand out. */
static bool terms_are_shown(const struct recording *r)
{
	const struct gather *g = &r->gather;

	for (size_t i = 0; i < g->count; i++) {
		const struct fact *fact = g->look->recorded->facts[g->entries[i].seq - 1];

		if (g->entries[i].whole && fact->kind != FACT_CALCULATED &&
		    fact->kind != FACT_INVITED && fact->kind != FACT_NOVATION_PROPOSED)
			return true;
	}
	call_problem(g->look->call, 409, "record_withheld",
		     TEXT("What made this version also says something that is the commissioner's "
			  "alone, so its words cannot be handed to you with proof. Ask the "
			  "commissioner for its own record of this version."));
	return false;
}

/* ---- the record */

static const struct calculate *calculation_of(const struct recording *r)
{
	const struct placement *p = r->gather.look->recorded;
	int64_t number = r->agreement->terms->calculation;
	const struct gather *g = &r->gather;

	for (size_t i = 0; number != NO_INT && i < g->count; i++)
		if (g->entries[i].whole && p->calculations[number - 1].entry == g->entries[i].seq)
			return p->calculations[number - 1].data;
	return NULL;
}

static struct text page_of(struct gather *g)
{
	struct recording *r = (struct recording *)g;

	return record_page(g->look->call->arena, &r->record);
}

static void answer_record(struct recording *r, struct text model)
{
	struct gather *g = &r->gather;
	struct arena *arena = g->look->call->arena;
	const struct agreement *a = r->agreement;
	const struct thread *thread = placement_thread(g->look->recorded, a->thread);
	const struct calculate *calculation = calculation_of(r);
	struct agreed_terms *record = &r->record;
	struct text document;

	schema_clear(&agreed_terms_schema, record);
	record->head = g->head;
	record->agreement = a->number;
	record->basis = (int32_t)a->basis;
	record->from_day = a->from_day;
	record->provider = thread->provider;
	record->home = thread->home;
	record->terms = *a->terms;
	if (calculation)
		record->calculation = (struct record_calculation){
			.number = a->terms->calculation,
			.model = calculation->model,
			.version = calculation->version,
			.unit = calculation->unit,
			.inputs = calculation->inputs,
			.low_p = calculation->low_p,
			.mid_p = calculation->mid_p,
			.high_p = calculation->high_p,
			.weekly_low_p = calculation->weekly_low_p,
			.weekly_mid_p = calculation->weekly_mid_p,
			.weekly_high_p = calculation->weekly_high_p,
			.document = model,
		};
	document = agreed_terms_write(arena, record, &g->key);
	gather_answer(g, document, page_of,
		      text_printf(arena, "agreed-terms-%.*s-%lld", TEXT_FMT(g->head.reference),
				  (long long)a->number));
}

static void on_model(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct recording *r = context;

	if (outcome != STORE_DONE)
		call_store_fault(r->gather.look->call, outcome);
	else
		answer_record(r, rows->count ? row_text(rows, 0, 0) : TEXT_NONE);
}

static void on_gathered(struct gather *g)
{
	struct recording *r = (struct recording *)g;
	const struct calculate *calculation = calculation_of(r);
	struct call *call = g->look->call;
	struct param *params;

	if (!calculation) {
		answer_record(r, TEXT_NONE);
		return;
	}
	params = arena_array(call->arena, struct param, 2);
	params[0] = PARAM(calculation->model);
	params[1] = PARAM(calculation->version);
	call_read(call, SQL_QUERY_COST_MODEL, params, 2, on_model, r);
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct recording *r = arena_make(look->call->arena, struct recording);
	const struct thread *thread;

	if (!look_begin(look, loaded))
		return;
	r->agreement = agreement_asked(look);
	if (!r->agreement)
		return;
	thread = placement_thread(look->recorded, r->agreement->thread);
	r->gather.look = look;
	r->gather.ids[0] = thread->provider;
	r->gather.ids[1] = thread->home;
	r->gather.on_gathered = on_gathered;
	choose(r);
	if (terms_are_shown(r))
		gather_start(&r->gather);
}

void app_get_record(struct call *call)
{
	look_start(call, on_loaded);
}

/* ---- its proof alone */

static void on_proven(struct gather *g)
{
	const struct record_entry *entries = g->head.entries.items;

	call_finish(g->look->call, &(struct reply){.status = 200,
						   .body = entries[0].proof,
						   .content_type = "text/plain; charset=utf-8"});
}

static void on_proof_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct gather *g = arena_make(look->call->arena, struct gather);
	const struct agreement *agreement;

	if (!look_begin(look, loaded))
		return;
	agreement = agreement_asked(look);
	if (!agreement)
		return;
	g->look = look;
	g->on_gathered = on_proven;
	gather_entry(g, look->recorded->facts[agreement->entry - 1], false);
	gather_start(g);
}

void app_get_agreement_proof(struct call *call)
{
	look_start(call, on_proof_loaded);
}

/* ---- the version as a view */

static void on_agreement_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct call *call = look->call;
	struct viewer viewer;
	struct writer w;
	int32_t number;

	if (!look_begin(look, loaded))
		return;
	viewer = look_viewer(look, look->now);
	writer_init(&w, call->arena);
	/* a co-payer's part of the fee is its own view's */
	if (look->actor.side != SIDE_CO_PAYER && text_to_number(call->path_second, &number) &&
	    (size_t)number <= look->now->agreement_count &&
	    view_agreement(&w, &viewer, &look->now->agreements[number - 1]))
		call_answer(call, 200, writer_text(&w));
	else
		call_not_found(call);
}

void app_get_agreement(struct call *call)
{
	look_start(call, on_agreement_loaded);
}
