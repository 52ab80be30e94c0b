/*
 * named.c - looks up what a move names that is not on the placement.
 *
 * What is found is kept for the decision; what cannot be is told at once.
 */
#include "move/named.h"

#include "queries.h"
#include "view/tell.h"

static void on_looked_again(void *context)
{
	const struct named *named = context;

	named->on_found(named->context);
}

/* ---- who pays ---- */

/* What the request says of who pays, and where it says so; NULL: nothing. */
static const struct list *funding_asked(const struct request *request, const char **at)
{
	const struct terms *terms = fact_puts_offer((enum fact_kind)request->move) ||
						    request->move == MOVE_PROPOSE_SETTLEMENT ||
						    request->move == MOVE_RECORD_EXISTING_AGREEMENT
					    ? request->data /* the first member of each */
					    : NULL;

	*at = terms ? "/terms/funding" : "/funding";
	if (request->move == MOVE_CHANGE_FUNDING)
		return &((const struct change_funding *)request->data)->funding;
	return terms ? &terms->funding : NULL;
}

static bool names_payers(const struct request *request)
{
	const char *at;
	const struct list *funding = funding_asked(request, &at);
	const struct funding_part *part = funding ? funding->items : NULL;

	for (size_t i = 0; funding && i < funding->count; i++)
		if (!uuid_is_zero(part[i].organisation))
			return true;
	return false;
}

static void on_payers(enum store_outcome outcome, const struct rows *rows, void *context)
{
	const struct named *named = context;
	struct arena *arena = named->call->arena;
	const char *at;

	if (outcome != STORE_DONE) {
		call_store_fault(named->call, outcome);
	} else if (row_is_null(rows, 0, 0)) {
		named->on_found(named->context);
	} else {
		(void)funding_asked(named->request, &at);
		tell_field(named->call,
			   text_cstr(arena, text_printf(arena, "%s/%lld/organisation", at,
							(long long)row_int(rows, 0, 0, 0))),
			   "is no organisation that is known here as one that pays for care: an "
			   "authority, or one entered as a representative. Leave it out, or ask "
			   "the service's operator to enter it.");
	}
}

/* True when it must be waited for. */
static bool ask_payers(struct named *named)
{
	struct call *call = named->call;
	const char *at;
	const struct list *funding;
	const struct funding_part *part;
	struct text *places, *ids;
	struct param *params;
	size_t count = 0;

	if (!names_payers(named->request))
		return false;
	funding = funding_asked(named->request, &at);
	part = funding->items;
	places = arena_array(call->arena, struct text, funding->count);
	ids = arena_array(call->arena, struct text, funding->count);
	for (size_t i = 0; i < funding->count; i++) {
		if (uuid_is_zero(part[i].organisation))
			continue;
		places[count] = text_printf(call->arena, "%zu", i);
		ids[count++] = uuid_text(call->arena, part[i].organisation);
	}
	params = arena_array(call->arena, struct param, 2);
	params[0] = param_array(call->arena, places, count);
	params[1] = param_array(call->arena, ids, count);
	call_read(call, SQL_SUBMIT_PAYERS, params, 2, on_payers, named);
	return true;
}

/* ---- one organisation ---- */

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
	else if (!ask_payers((struct named *)named))
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

	call_read(call, sql, params, 2, on_rows, named);
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

bool names_others(const struct request *request)
{
	enum move move = request->move;

	return move == MOVE_CALCULATE || names_provider(move) || move == MOVE_ATTACH ||
	       move == MOVE_TRANSFER || move == MOVE_INVITE_REPRESENTATIVE ||
	       names_mediator(move) || names_payers(request);
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
	if (names_payers(named->request))
		return ask_payers(named);
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
