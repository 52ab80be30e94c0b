/*
 * named.c - looks up what a move names that is not on the placement.
 *
 * What is found is kept for the decision; what cannot be is told at once.
 */
#include "named.h"

#include "queries.h"
#include "tell.h"

static void on_looked_again(void *context)
{
	const struct named *named = context;

	named->on_found(named->context);
}

static void on_invited(enum store_outcome outcome, const struct rows *rows, void *context)
{
	const struct named *named = context;

	if (outcome != STORE_DONE)
		call_store_fault(named->call, outcome);
	else if (!row_bool(rows, 0, 0))
		tell_field(named->call, "/provider",
			   "is no provider that is known here. Choose one from the organisations "
			   "you may invite.");
	else if (!row_bool(rows, 0, 1))
		tell_field(named->call, "/home",
			   "is no home of this provider. Choose one of its homes.");
	else
		named->on_found(named->context);
}

static void on_representative(enum store_outcome outcome, const struct rows *rows, void *context)
{
	const struct named *named = context;

	if (outcome != STORE_DONE)
		call_store_fault(named->call, outcome);
	else if (!row_bool(rows, 0, 0))
		tell_field(named->call, "/representative",
			   "is no representative that is known here. Ask the service's operator "
			   "to enter the person or their family as one.");
	else
		named->on_found(named->context);
}

static void on_mediator(enum store_outcome outcome, const struct rows *rows, void *context)
{
	const struct named *named = context;

	if (outcome != STORE_DONE)
		call_store_fault(named->call, outcome);
	else if (!row_bool(rows, 0, 0))
		tell_field(named->call, "/mediator",
			   "is no mediation body that is known here. Choose one from the "
			   "organisations that mediate.");
	else
		named->on_found(named->context);
}

static void on_payer(enum store_outcome outcome, const struct rows *rows, void *context)
{
	const struct named *named = context;

	if (outcome != STORE_DONE)
		call_store_fault(named->call, outcome);
	else if (!row_bool(rows, 0, 0))
		tell_field(named->call, "/organisation",
			   "is no authority that is known here. Leave it out, and name the payer.");
	else
		named->on_found(named->context);
}

static void on_document(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct named *named = context;

	if (outcome != STORE_DONE) {
		call_store_fault(named->call, outcome);
		return;
	}
	named->has_document = rows->count && row_digest(rows, 0, 0, &named->document.sha256);
	if (named->has_document) {
		named->document.bytes = row_int(rows, 0, 1, 0);
		named->document.media_type = row_text(rows, 0, 2);
	}
	named->on_found(named->context);
}

static void ask(struct named *named, const char *sql, struct uuid first, struct param second,
		store_rows_cb on_rows)
{
	struct call *call = named->call;
	struct param params[2] = {param_uuid(call->arena, first), second};

	store_read(app_store(call->app), call->arena, call->caller.organisation, sql, params, 2,
		   on_rows, named);
}

/* Whether that organisation is of the kind. */
static void ask_kind(struct named *named, struct uuid organisation, enum organisation_kind kind,
		     store_rows_cb on_rows)
{
	ask(named, SQL_SUBMIT_ORGANISATION, organisation,
	    PARAM(text_of(organisation_kind_names[kind])), on_rows);
}

static bool names_mediator(enum move move)
{
	return move == MOVE_NOMINATE_MEDIATOR || move == MOVE_APPOINT_BY_BODY;
}

static bool names_provider(enum move move)
{
	return move == MOVE_INVITE || move == MOVE_NOVATE || move == MOVE_RECORD_EXISTING_AGREEMENT;
}

bool names_others(enum move move)
{
	return move == MOVE_CALCULATE || names_provider(move) || move == MOVE_ATTACH ||
	       move == MOVE_TRANSFER || move == MOVE_INVITE_REPRESENTATIVE || names_mediator(move);
}

bool named_look_up(struct named *named)
{
	const struct invite *invite = named->request->data;
	const struct calculate *calculate = named->request->data;
	const struct attach *attach = named->request->data;
	const struct novate *novate = named->request->data;
	const struct record_existing_agreement *existing = named->request->data;
	const struct transfer_care *transfer = named->request->data;
	const struct uuid *organisation = named->request->data; /* the first member of each */
	struct call *call = named->call;

	if (named->request->move == MOVE_INVITE) {
		ask(named, SQL_SUBMIT_INVITED, invite->provider,
		    param_uuid(call->arena, invite->home), on_invited);
		return true;
	}
	if (named->request->move == MOVE_RECORD_EXISTING_AGREEMENT) {
		ask(named, SQL_SUBMIT_INVITED, existing->provider,
		    param_uuid(call->arena, existing->home), on_invited);
		return true;
	}
	if (named->request->move == MOVE_NOVATE) {
		ask(named, SQL_SUBMIT_INVITED, novate->provider,
		    param_uuid(call->arena, novate->home), on_invited);
		return true;
	}
	if (named->request->move == MOVE_TRANSFER) {
		if (uuid_is_zero(transfer->organisation))
			return false;
		ask_kind(named, transfer->organisation, ORGANISATION_AUTHORITY, on_payer);
		return true;
	}
	if (names_mediator(named->request->move)) {
		ask_kind(named, *organisation, ORGANISATION_MEDIATION_BODY, on_mediator);
		return true;
	}
	if (named->request->move == MOVE_INVITE_REPRESENTATIVE) {
		ask_kind(named, *organisation, ORGANISATION_REPRESENTATIVE, on_representative);
		return true;
	}
	if (named->request->move == MOVE_ATTACH) {
		ask(named, SQL_DOCUMENTS_OWN, attach->document,
		    param_uuid(call->arena, call->caller.organisation), on_document);
		return true;
	}
	if (named->request->move != MOVE_CALCULATE ||
	    reference_cost_model(call->app, calculate->model, calculate->version))
		return false;
	reference_look_again(call->app, on_looked_again, named);
	return true;
}

static const struct document_facts *find_document(void *context, struct uuid id)
{
	const struct named *named = context;

	(void)id;
	return named->has_document ? &named->document : NULL;
}

struct world named_world(const struct world *world, const struct named *named)
{
	struct world with = *world;

	if (named->request && named->request->move == MOVE_ATTACH) {
		with.document = find_document;
		with.context = (void *)named; /* an attachment asks for no cost model */
	}
	return with;
}
