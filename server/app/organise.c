/*
 * organise.c - who takes part: organisations, homes, users and their tokens.
 *
 * What is made and the key that it was asked for with stand in one statement: a repeat answers as
 * the first time did, and another request with that key changes nothing. In the caller's own world
 * what they may not do is 403; another's is 404, as if it were not there.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/calendar.h"
#include "concordat/wire/emit.h"
#include "identity.h"
#include "names.h"
#include "page.h"
#include "queries.h"

#define ROUNDS_MOST 3 /* the second already sees who used the key a moment ago */
#define PARAMS_MOST 12

struct organising {
	struct call *call;
	struct uuid id; /* of what is made: new, or what this request made before */
	struct digest digest;
	const char *sql;
	struct param params[PARAMS_MOST];
	size_t param_count;
	store_rows_cb on_rows;
	int rounds;
	union {
		struct organisation_request organisation;
		struct home_request home;
		struct user_request user;
		struct token_request token;
	} asked;
	struct text secret;
	struct page page;
};

/* ---- what the four have in common ---- */

static void refuse_forbidden(struct call *call)
{
	call_problem(call, 403, "forbidden",
		     TEXT("Your roles do not allow this. Ask an administrator of your organisation "
			  "to do it or to give you the role."));
}

static void refuse_member(struct call *call, const char *pointer, struct text sentence)
{
	struct json_error *error = arena_make(call->arena, struct json_error);
	struct json_errors errors = {.items = {error, 1}};

	*error = (struct json_error){text_of(pointer), sentence};
	call_json_errors(call, &errors);
}

/* NULL when the call has been answered. line: method and path. */
static struct organising *organising_begin(struct call *call, const char *line,
					   const struct schema *schema)
{
	struct organising *o = arena_make(call->arena, struct organising);
	struct json_errors errors = {0};

	o->call = call;
	o->id = uuid_new(call->received_us);
	o->digest = sha256(text_of(line), TEXT("\n"), call->body);
	if (json_decode(call->arena, call->body, schema, JSON_REQUEST, NULL, &o->asked, &errors))
		return o;
	call_json_errors(call, &errors);
	return NULL;
}

static void ask(struct organising *o)
{
	store_work(app_store(o->call->app), o->call->arena, o->sql, o->params, o->param_count,
		   o->on_rows, o);
}

/* Its own parameters are in params; those of the key go behind them. */
static void create(struct organising *o, const char *sql, size_t param_count, store_rows_cb on_rows)
{
	struct call *call = o->call;

	o->sql = sql;
	o->on_rows = on_rows;
	o->params[param_count] = param_uuid(call->arena, call->caller.user);
	o->params[param_count + 1] = param_uuid(call->arena, call->key);
	o->params[param_count + 2] = PARAM_BYTES(
		((struct text){(const char *)o->digest.bytes, sizeof(o->digest.bytes)}));
	o->param_count = param_count + 3;
	ask(o);
}

/* Fills in the caller's own organisation; false when the call has been answered. */
static bool organisation_is_managed(struct call *call, struct uuid *organisation,
				    unsigned other_roles)
{
	bool own;

	if (uuid_is_zero(*organisation))
		*organisation = call->caller.organisation;
	own = uuid_eq(*organisation, call->caller.organisation);
	if (access_manages(&call->caller, *organisation) ||
	    (own && call->caller.roles & other_roles))
		return true;
	if (own)
		refuse_forbidden(call);
	else
		call_not_found(call);
	return false;
}

/* True when it is absent or sound; else the call has been answered. */
static bool name_check(struct call *call, const char *pointer, struct text name)
{
	if (name_is_visible(name))
		return true;
	refuse_member(
		call, pointer,
		TEXT("Give it in characters that can be seen, on one line, and not only spaces."));
	return false;
}

/* The same, and then in small letters, so that one address is one person. */
static bool email_check(struct call *call, struct text *email)
{
	if (!email->at || email_fold(call->arena, email))
		return true;
	refuse_member(call, "/email", TEXT("Give an address such as name@example.org."));
	return false;
}

static void answer_row(struct call *call, const struct schema *schema, const void *row)
{
	struct writer w;

	writer_init(&w, call->arena);
	schema_write(&w, schema, row, AUDIENCE_COMMISSIONER);
	call_answer(call, 201, writer_text(&w));
}

enum column { ID, SAME, THERE, MORE };

/* True when it stands, made now or before; else the call is answered, or asked again. on_missing
 * answers when what it rests on is not there. */
static bool creation_stands(struct organising *o, enum store_outcome outcome,
			    const struct rows *rows, void (*on_missing)(struct call *call))
{
	struct call *call = o->call;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
	} else if (!row_is_null(rows, 0, SAME) && !row_bool(rows, 0, SAME)) {
		call_key_reused(call);
	} else if (!row_is_null(rows, 0, ID)) {
		o->id = row_uuid(rows, 0, ID);
		return true;
	} else if (!row_bool(rows, 0, THERE)) {
		on_missing(call);
	} else if (++o->rounds < ROUNDS_MOST) {
		ask(o);
	} else {
		call_store_fault(call, STORE_MOVED_ON);
	}
	return false;
}

/* ---- organisations ---- */

static struct organisation_row organisation_row_of(const struct organising *o)
{
	const struct organisation_request *asked = &o->asked.organisation;
	struct organisation_row row = {
		.id = o->id,
		.kind = text_of(organisation_kind_names[asked->kind]),
		.name = asked->name,
		.email = asked->email,
		.protocol.version = NO_INT,
		.panel_weekday = NO_INT,
		.panel_threshold_p = NO_INT,
	};

	if (asked->kind != ORGANISATION_AUTHORITY)
		return row;
	row.division = text_of(division_names[asked->division]);
	row.protocol = asked->protocol;
	row.panel_weekday = asked->panel_weekday;
	row.panel_threshold_p = asked->panel_threshold_p;
	return row;
}

static void answer_organisation(void *context)
{
	struct organising *o = context;
	const struct organisation_row row = organisation_row_of(o);

	answer_row(o->call, &organisation_row_schema, &row);
}

static void refuse_protocol(struct call *call)
{
	refuse_member(call, "/protocol",
		      TEXT("This protocol is not loaded. GET /v1/protocols lists those that are."));
}

static void on_organisation(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;

	if (!creation_stands(o, outcome, rows, refuse_protocol))
		return;
	/* So that the authority can open a placement as soon as it has this answer. */
	if (o->asked.organisation.kind == ORGANISATION_AUTHORITY)
		reference_refresh(o->call->app, answer_organisation, o);
	else
		answer_organisation(o);
}

static bool organisation_check(struct call *call, struct organisation_request *asked)
{
	if (!name_check(call, "/name", asked->name) || !email_check(call, &asked->email))
		return false;
	if (asked->kind != ORGANISATION_AUTHORITY)
		return true;
	if (asked->division == NO_ENUM) {
		refuse_member(call, "/division",
			      TEXT("Say whose bank holidays count for this authority."));
		return false;
	}
	if (!asked->protocol.id.at)
		asked->protocol.id = TEXT("standard");
	if (asked->protocol.version == NO_INT)
		asked->protocol.version = 1;
	if (asked->panel_weekday == NO_INT)
		asked->panel_weekday = WEDNESDAY;
	if (asked->panel_threshold_p == NO_INT)
		asked->panel_threshold_p = 0;
	return true;
}

void app_create_organisation(struct call *call)
{
	struct organising *o;
	struct organisation_request *asked;
	struct param *params;

	if (!access_is_operator(&call->caller)) {
		refuse_forbidden(call);
		return;
	}
	o = organising_begin(call, "POST /v1/organisations", &organisation_request_schema);
	if (!o || !organisation_check(call, &o->asked.organisation))
		return;
	asked = &o->asked.organisation;
	params = o->params;
	params[0] = param_uuid(call->arena, o->id);
	params[1] = PARAM(text_of(organisation_kind_names[asked->kind]));
	params[2] = PARAM(asked->name);
	params[3] = PARAM(asked->email);
	if (asked->kind == ORGANISATION_AUTHORITY) {
		params[4] = PARAM(text_of(division_names[asked->division]));
		params[5] = PARAM(asked->protocol.id);
		params[6] = param_int(call->arena, asked->protocol.version);
		params[7] = param_int(call->arena, asked->panel_weekday);
		params[8] = param_int(call->arena, asked->panel_threshold_p);
	}
	create(o, SQL_ORGANISE_CREATE_ORGANISATION, 9, on_organisation);
}

/* ---- homes ---- */

static void refuse_home(struct call *call)
{
	refuse_member(call, "/organisation",
		      TEXT("Only a provider has homes. Name the provider whose home this is."));
}

static void on_home(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;
	const struct home_request *asked = &o->asked.home;
	struct home_row row = {
		.organisation = asked->organisation,
		.name = asked->name,
		.location_number = asked->location_number,
		.address = asked->address,
	};

	if (!creation_stands(o, outcome, rows, refuse_home))
		return;
	row.id = o->id;
	answer_row(o->call, &home_row_schema, &row);
}

void app_create_home(struct call *call)
{
	struct organising *o = organising_begin(call, "POST /v1/homes", &home_request_schema);
	struct home_request *asked;
	struct param *params;

	if (!o)
		return;
	asked = &o->asked.home;
	if (!organisation_is_managed(call, &asked->organisation, 1u << ROLE_NEGOTIATOR) ||
	    !name_check(call, "/name", asked->name) ||
	    !name_check(call, "/location_number", asked->location_number))
		return;
	params = o->params;
	params[0] = param_uuid(call->arena, o->id);
	params[1] = param_uuid(call->arena, asked->organisation);
	params[2] = PARAM(asked->name);
	params[3] = PARAM(asked->location_number);
	params[4] = PARAM(asked->address);
	create(o, SQL_ORGANISE_CREATE_HOME, 5, on_home);
}

/* ---- users ---- */

/* Whose it is, and that it is somebody's elsewhere, is not for an organisation to learn. */
static void refuse_email(struct call *call)
{
	call_problem(call, 409, "email_taken",
		     TEXT("This e-mail address cannot be used here. Ask the service's operator."));
}

/* Also the user's name, and whether the e-mail is somebody's whom the caller may not bring in. */
static void on_user(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;
	const struct user_request *asked = &o->asked.user;
	struct user_row row = {
		.organisation = asked->organisation,
		.email = asked->email,
		.roles = asked->roles,
	};

	if (outcome == STORE_DONE && row_bool(rows, 0, MORE + 1)) {
		refuse_email(o->call);
		return;
	}
	if (!creation_stands(o, outcome, rows, call_not_found))
		return;
	row.id = o->id;
	row.name = row_text(rows, 0, MORE);
	answer_row(o->call, &user_row_schema, &row);
}

void app_create_user(struct call *call)
{
	struct organising *o = organising_begin(call, "POST /v1/users", &user_request_schema);
	struct user_request *asked;
	struct param *params;
	const int32_t *roles;
	struct text *names;

	if (!o)
		return;
	asked = &o->asked.user;
	if (!organisation_is_managed(call, &asked->organisation, 0) ||
	    !name_check(call, "/name", asked->name) || !email_check(call, &asked->email))
		return;
	roles = asked->roles.items;
	names = arena_array(call->arena, struct text, asked->roles.count);
	for (size_t i = 0; i < asked->roles.count; i++)
		names[i] = text_of(role_names[roles[i]]);
	params = o->params;
	params[0] = param_uuid(call->arena, o->id);
	params[1] = PARAM(asked->name);
	params[2] = PARAM(asked->email);
	params[3] = param_uuid(call->arena, asked->organisation);
	params[4] = param_array(call->arena, names, asked->roles.count);
	params[5] = PARAM(access_is_operator(&call->caller) ? TEXT("t") : TEXT("f"));
	create(o, SQL_ORGANISE_CREATE_USER, 6, on_user);
}

/* ---- tokens ---- */

static void refuse_stranger(struct call *call)
{
	refuse_member(call, "/user",
		      TEXT("This user has no role in the organisation. Give them one first, with "
			   "POST /v1/users."));
}

/* Also when it ends. The secret is told only by the request that made it. */
static void on_token(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;
	const struct token_request *asked = &o->asked.token;
	struct token_row row = {
		.user = asked->user,
		.organisation = asked->organisation,
		.label = asked->label.len ? asked->label : TEXT_NONE,
	};

	if (!creation_stands(o, outcome, rows, refuse_stranger))
		return;
	row.id = o->id;
	row.expires_at_us = row_int(rows, 0, MORE, NEVER_US);
	if (row_is_null(rows, 0, SAME))
		row.secret = o->secret;
	answer_row(o->call, &token_row_schema, &row);
}

void app_create_token(struct call *call)
{
	struct organising *o = organising_begin(call, "POST /v1/tokens", &token_request_schema);
	struct digest *digest = arena_make(call->arena, struct digest);
	struct token_request *asked;
	struct param *params;

	if (!o)
		return;
	asked = &o->asked.token;
	if (!organisation_is_managed(call, &asked->organisation, 0) ||
	    !name_check(call, "/label", asked->label))
		return;
	if (!asked->label.at)
		asked->label = TEXT("");
	o->secret = identity_secret(call->arena);
	*digest = identity_digest(o->secret);
	params = o->params;
	params[0] = param_uuid(call->arena, o->id);
	params[1] =
		PARAM_BYTES(((struct text){(const char *)digest->bytes, sizeof(digest->bytes)}));
	params[2] = param_uuid(call->arena, asked->user);
	params[3] = param_uuid(call->arena, asked->organisation);
	params[4] = PARAM(asked->label);
	params[5] = param_int(call->arena, asked->days);
	create(o, SQL_ORGANISE_CREATE_TOKEN, 6, on_token);
}

static void on_revoked(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;

	if (outcome != STORE_DONE) {
		call_store_fault(o->call, outcome);
		return;
	}
	if (rows->count == 0) {
		call_not_found(o->call);
		return;
	}
	if (!row_bool(rows, 0, 0)) {
		refuse_forbidden(o->call);
		return;
	}
	identity_forget(o->call->app, o->id);
	call_answer_done(o->call, "revoked");
}

void app_revoke_token(struct call *call)
{
	struct organising *o = arena_make(call->arena, struct organising);
	struct param *params = arena_array(call->arena, struct param, 5);

	o->call = call;
	if (!uuid_parse(call->path_id, &o->id)) {
		call_not_found(call);
		return;
	}
	params[0] = param_uuid(call->arena, o->id);
	params[1] = param_uuid(call->arena, call->caller.organisation);
	params[2] = PARAM(access_is_operator(&call->caller) ? TEXT("t") : TEXT("f"));
	params[3] = PARAM(access_manages(&call->caller, call->caller.organisation) ? TEXT("t")
										   : TEXT("f"));
	params[4] = param_uuid(call->arena, call->caller.user);
	store_work(app_store(call->app), call->arena, SQL_ORGANISE_REVOKE_TOKEN, params, 5,
		   on_revoked, o);
}
