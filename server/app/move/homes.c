/*
 * homes.c - looking at a home, and a move in an authority's record of it.
 *
 * Either goes round: load all that is known of the home, record what fell due, tell an authority
 * what it is to know of another's flag, and go round again; when nothing is left to tell, do what
 * was asked. A move tells once more behind itself, so that an answer reaches the others with it;
 * should that be cut off, whoever follows the record goes on (app_tell_home).
 */
#include "move/homes.h"
#include "held/effect.h"
#include "internal.h"
#include "move/asked.h"
#include "queries.h"
#include "view/tell.h"

#include "concordat/base/report.h"

struct homing {
	struct call *call;
	struct uuid home;
	bool moving;
	struct digest digest;
	struct home_loaded loaded;
	struct actor actor;
	struct uuid authority; /* in whose record is moved */
	struct home_asked request;
	struct append append;
	bool unknown;		    /* an append's outcome is: the key will tell */
	struct receipt_row receipt; /* found once it is recorded */
	int rounds;
};

static void go_round(struct homing *h);

static void tell_home_receipt(struct homing *h, const struct receipt_row *row, enum home_move move)
{
	struct arena *arena = h->call->arena;
	struct text home = uuid_text(arena, h->home), authority = uuid_text(arena, row->authority),
		    at = instant_text(arena, row->recorded_at_us);

	call_answer(h->call, 200,
		    text_printf(arena,
				"{\"authority\":\"%.*s\",\"entries\":[%d],\"home\":\"%.*s\","
				"\"move\":\"%s\",\"recorded_at\":\"%.*s\",\"version\":\"v%d\"}",
				TEXT_FMT(authority), row->version, TEXT_FMT(home),
				home_move_names[move], TEXT_FMT(at), row->version));
}

static void answer_known(struct homing *h)
{
	const struct receipt_row *row = &h->loaded.receipt;
	const struct home_record *record;

	if (!digest_eq(&row->request, &h->digest)) {
		call_key_reused(h->call);
		return;
	}
	record = home_known_by(h->call->arena, &h->loaded, row->authority)->record;
	if (row->first_seq < 1 || (size_t)row->first_seq > record->fact_count)
		call_not_found(h->call);
	else
		tell_home_receipt(h, row, (enum home_move)record->facts[row->first_seq - 1]->kind);
}

/* ---- recording ---- */

static void on_told(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct homing *h = context;

	(void)first_leaf_index;
	if (outcome == STORE_DONE || outcome == STORE_MOVED_ON)
		go_round(h);
	else if (h->receipt.found)
		tell_home_receipt(h, &h->receipt, h->request.move);
	else
		call_store_fault(h->call, outcome);
}

static void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct homing *h = context;

	(void)first_leaf_index;
	if (outcome == STORE_DONE) {
		h->receipt = (struct receipt_row){
			.found = true,
			.authority = h->append.authority,
			.version = h->append.version,
			.recorded_at_us = h->append.recorded_at_us,
		};
		go_round(h);
	} else if (outcome == STORE_MOVED_ON || outcome == STORE_UNKNOWN) {
		h->unknown = outcome == STORE_UNKNOWN;
		go_round(h);
	} else {
		call_store_fault(h->call, outcome);
	}
}

/* False when its texts cannot be kept, for the key that would was destroyed. */
static bool append_move(struct homing *h, const struct home_known *known, struct home_fact *fact)
{
	struct call *call = h->call;

	if (!home_entry_make(call->app, call->arena, &h->loaded, known, fact, &h->append))
		return false;
	h->append.key_user = call->caller.user;
	h->append.key = call->key;
	h->append.request = h->digest;
	h->append.first_seq = fact->seq;
	h->append.version = fact->seq;
	h->append.traceparent = call->traceparent;
	store_append(app_store(call->app), &h->append, on_appended, h);
	return true;
}

/* ---- a move ---- */

static struct text version_of(const struct homing *h, const struct home_record *record)
{
	return text_printf(h->call->arena, "v%d", record->seq);
}

/* Is it the version that stands? Else it has been answered. */
static bool version_stands(struct homing *h, const struct home_record *record)
{
	struct call *call = h->call;
	struct problem problem = {.version = version_of(h, record)};

	if (call->has_if_match && call->if_match == record->seq)
		return true;
	problem.status = call->has_if_match ? 412 : 428;
	problem.code = call->has_if_match ? "version_stale" : "version_required";
	problem.detail = call->has_if_match
				 ? TEXT("The home's record has changed since the version you "
					"named. Read it again, and move on what you see then.")
				 : TEXT("Say which version of the home's record you have seen, in "
					"If-Match, so that nobody moves on old news.");
	call_finish_problem(call, &problem);
	return false;
}

static void refuse_move(struct homing *h, const struct authority_settings *adopted,
			const struct home_known *known, const struct refusal *refusal)
{
	struct arena *arena = h->call->arena;
	struct json_error *error = arena_make(arena, struct json_error);
	struct problem problem = {
		.status = 409,
		.code = refusal->rule,
		.detail = refusal->sentence,
		.version = version_of(h, known->record),
		.allowed_moves = home_allowed(arena, adopted, known, &h->actor,
					      home_instant(known->record, h->call->received_us)),
	};

	*error = (struct json_error){refusal->pointer, refusal->sentence};
	if (refusal->pointer.at)
		problem.errors = (struct list){error, 1};
	call_finish_problem(h->call, &problem);
}

static void on_settings(enum store_outcome outcome, const struct authority_settings *adopted,
			void *context)
{
	struct homing *h = context;
	struct arena *arena = h->call->arena;
	const struct home_known *known;
	struct home_world world;
	struct refusal refusal;
	struct home_fact *fact;
	int64_t now_us;

	if (outcome != STORE_DONE) {
		call_store_fault(h->call, outcome);
		return;
	}
	if (!adopted) {
		tell_field(h->call, "/authority", "is no authority's id.");
		return;
	}
	known = home_known_by(arena, &h->loaded, h->authority);
	now_us = home_instant(known->record, h->call->received_us);
	if (!version_stands(h, known->record))
		return;
	world = home_world_of(adopted, known, now_us);
	fact = home_decide(arena, &world, known->record, &h->actor, &h->request, now_us, &refusal);
	if (!fact)
		refuse_move(h, adopted, known, &refusal);
	else if (!append_move(h, known, fact))
		call_problem(h->call, 409, "texts_erased",
			     TEXT("The texts of this record were erased, so none is added. Ask the "
				  "service's operator."));
}

/* What the body asks, and in whose record; false when it has been answered. */
static bool read_move(struct homing *h)
{
	struct call *call = h->call;
	struct json_errors errors = {0};
	struct text name = json_member(call->arena, call->body, "move", &errors);
	int32_t move = errors.items.count ? NO_ENUM : enum_parse(home_move_names, name);
	struct home_data *data = arena_make(call->arena, struct home_data);
	struct home_beside beside;
	const struct schema *schema;

	if (!errors.items.count && (move == NO_ENUM || move >= HOME_TELL_FLAG))
		field_error(call->arena, &errors, "/move",
			    name.at ? "is no move in a home's record. Its allowed_moves name what "
				      "can be done."
				    : "is required: the move's name.");
	schema = errors.items.count ? NULL : home_move_schema((enum home_move)move);
	if (!schema || !json_decode(call->arena, call->body, &home_beside_schema, JSON_REQUEST,
				    members_of(call->arena, schema), &beside, &errors)) {
		call_json_errors(call, &errors);
		return false;
	}
	schema_clear(&home_data_schema, data);
	if (!json_decode(call->arena, call->body, schema, JSON_REQUEST,
			 members_of(call->arena, &home_beside_schema), data, &errors)) {
		call_json_errors(call, &errors);
		return false;
	}
	h->authority =
		h->actor.side == SIDE_PROVIDER ? beside.authority : call->caller.organisation;
	h->request = (struct home_asked){(enum home_move)move, data};
	if (uuid_is_zero(h->authority)) {
		tell_field(call, "/authority", "is required: in whose record.");
		return false;
	}
	if (uuid_is_zero(beside.authority) || uuid_eq(beside.authority, h->authority))
		return true;
	tell_field(call, "/authority", "is another authority. Leave it out.");
	return false;
}

/* ---- going round ---- */

static void go_on(struct homing *h)
{
	struct call *call = h->call;

	if (!h->moving)
		call_answer(call, 200,
			    home_view(call->app, call->arena, &h->loaded, &h->actor,
				      app_now_us(call->app)));
	else if (h->receipt.found)
		tell_home_receipt(h, &h->receipt, h->request.move);
	else if (h->loaded.receipt.found)
		answer_known(h);
	else if (h->unknown)
		call_store_fault(call, STORE_UNKNOWN);
	else if (read_move(h))
		reference_authority(call->app, h->authority, on_settings, h);
}

static void on_loaded(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct homing *h = context;
	struct call *call = h->call;
	struct text why = TEXT_NONE;

	if (outcome != STORE_DONE && h->receipt.found) {
		tell_home_receipt(h, &h->receipt, h->request.move);
		return;
	}
	if (outcome != STORE_DONE) {
		call_store_fault(call, h->unknown ? STORE_UNKNOWN : outcome);
		return;
	}
	if (!home_rows_take(call->app, call->arena, rows, &h->loaded, &why)) {
		report(REPORT_ERROR, "app", "A home's record cannot be folded and is not served",
		       "home", uuid_text(call->arena, h->home).at, "why",
		       text_cstr(call->arena, why), NULL);
		call_problem(call, 503, "home_unreadable",
			     TEXT("A record of this home cannot be read as it stands, so nothing "
				  "is done with it. Ask the service's operator."));
		return;
	}
	if (uuid_is_zero(h->loaded.home.id) ||
	    !access_home(h->loaded.home.organisation, &call->caller, &h->actor)) {
		call_not_found(call);
		return;
	}
	if (h->rounds < HOME_ROUNDS_MOST &&
	    home_tell_next(call->app, call->arena, &h->loaded, &h->append)) {
		store_append(app_store(call->app), &h->append, on_told, h);
		return;
	}
	if (h->rounds >= HOME_ROUNDS_MOST && !h->receipt.found)
		call_store_fault(call, STORE_MOVED_ON);
	else
		go_on(h);
}

static void go_round(struct homing *h)
{
	struct call *call = h->call;
	struct param *params = arena_array(call->arena, struct param, 3);

	h->rounds++;
	params[0] = param_uuid(call->arena, h->home);
	params[1] = param_uuid(call->arena, call->caller.user);
	params[2] = param_uuid(call->arena, call->key);
	call_work(call, SQL_HOMES_LOAD, params, 3, on_loaded, h);
}

static void begin(struct call *call, bool moving)
{
	struct homing *h = arena_make(call->arena, struct homing);
	struct text line;

	h->call = call;
	h->moving = moving;
	if (!uuid_parse(call->path_id, &h->home) || uuid_is_zero(h->home) ||
	    uuid_is_zero(call->caller.organisation)) {
		call_not_found(call);
		return;
	}
	line = text_printf(call->arena, "POST /v1/homes/%.*s/moves\n",
			   TEXT_FMT(uuid_text(call->arena, h->home)));
	h->digest = sha256(line, TEXT_NONE, call->body);
	go_round(h);
}

void app_get_home(struct call *call)
{
	begin(call, false);
}

void app_move_home(struct call *call)
{
	begin(call, true);
}
