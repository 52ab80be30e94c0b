/*
 * organise.c - who takes part: organisations, homes, users and their tokens.
 *
 * What is made and the key that it was asked for with stand in one statement: a repeat answers as
 * the first time did, and another request with that key changes nothing. In the caller's own world
 * what they may not do is 403; another's is 404, as if it were not there.
 */
#include "call/contact.h"
#include "call/identity.h"
#include "call/keyed.h"
#include "call/names.h"
#include "concordat/app/schemas.h"
#include "concordat/core/calendar.h"
#include "queries.h"

/* ---- what the four have in common ---- */

static void refuse_forbidden(struct call *call)
{
	call_problem(call, 403, "forbidden",
		     TEXT("Your roles do not allow this. Ask an administrator of your organisation "
			  "to do it or to give you the role."));
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

/* ---- organisations ---- */

static struct organisation_row organisation_row_of(const struct organisation_request *asked)
{
	struct organisation_row row = {
		.kind = text_of(organisation_kind_names[asked->kind]),
		.name = asked->name,
		.contact = asked->contact,
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
	struct keyed *k = context;

	call_answer_struct(k->call, 201, &organisation_row_schema, k->context);
}

static void on_organisation(struct keyed *k, const struct rows *rows)
{
	const struct organisation_request *asked = k->context;
	struct organisation_row *row = arena_make(k->call->arena, struct organisation_row);

	*row = organisation_row_of(asked);
	row->id = row_uuid(rows, 0, KEYED_ID);
	k->context = row;
	/* So that the authority can open a placement as soon as it has this answer. */
	if (asked->kind == ORGANISATION_AUTHORITY)
		reference_refresh(k->call->app, answer_organisation, k);
	else
		answer_organisation(k);
}

static void refuse_protocol(struct keyed *k, const struct rows *rows)
{
	(void)rows;
	call_refuse(k->call, TEXT("/protocol"),
		    TEXT("This protocol is not loaded. GET /v1/protocols lists those that are."));
}

static bool organisation_check(struct call *call, struct organisation_request *asked)
{
	if (!name_check(call, "/name", asked->name) || !contact_check(call, &asked->contact))
		return false;
	if (asked->kind != ORGANISATION_AUTHORITY)
		return true;
	if (asked->division == NO_ENUM) {
		call_refuse(call, TEXT("/division"),
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
	struct organisation_request *asked = arena_make(call->arena, struct organisation_request);
	struct keyed *k = keyed_new(call, SQL_ORGANISE_CREATE_ORGANISATION, asked);
	struct param *params = k->params;

	if (!access_is_operator(&call->caller)) {
		refuse_forbidden(call);
		return;
	}
	if (!call_body(call, &organisation_request_schema, asked) ||
	    !organisation_check(call, asked))
		return;
	k->on_done = on_organisation;
	k->on_missing = refuse_protocol;
	params[0] = param_uuid(call->arena, uuid_new(call->received_us));
	params[1] = PARAM(text_of(organisation_kind_names[asked->kind]));
	params[2] = PARAM(asked->name);
	contact_params(&asked->contact, params + 3);
	params += 3 + CONTACT_COLUMNS;
	if (asked->kind == ORGANISATION_AUTHORITY) {
		params[0] = PARAM(text_of(division_names[asked->division]));
		params[1] = PARAM(asked->protocol.id);
		params[2] = param_int(call->arena, asked->protocol.version);
		params[3] = param_int(call->arena, asked->panel_weekday);
		params[4] = param_int(call->arena, asked->panel_threshold_p);
	}
	keyed_run(k, 8 + CONTACT_COLUMNS, "POST /v1/organisations");
}

/* ---- homes ---- */

static void refuse_home(struct keyed *k, const struct rows *rows)
{
	(void)rows;
	call_refuse(k->call, TEXT("/organisation"),
		    TEXT("Only a provider has homes. Name the provider whose home this is."));
}

static void on_home(struct keyed *k, const struct rows *rows)
{
	const struct home_request *asked = k->context;
	const struct home_row row = {
		.id = row_uuid(rows, 0, KEYED_ID),
		.organisation = asked->organisation,
		.name = asked->name,
		.location_number = asked->location_number,
		.address = asked->address,
	};

	call_answer_struct(k->call, 201, &home_row_schema, &row);
}

void app_create_home(struct call *call)
{
	struct home_request *asked = arena_make(call->arena, struct home_request);
	struct keyed *k = keyed_new(call, SQL_ORGANISE_CREATE_HOME, asked);

	if (!call_body(call, &home_request_schema, asked) ||
	    !organisation_is_managed(call, &asked->organisation, 1u << ROLE_NEGOTIATOR) ||
	    !name_check(call, "/name", asked->name) ||
	    !name_check(call, "/location_number", asked->location_number))
		return;
	k->on_done = on_home;
	k->on_missing = refuse_home;
	k->params[0] = param_uuid(call->arena, uuid_new(call->received_us));
	k->params[1] = param_uuid(call->arena, asked->organisation);
	k->params[2] = PARAM(asked->name);
	k->params[3] = PARAM(asked->location_number);
	k->params[4] = PARAM(asked->address);
	keyed_run(k, 5, "POST /v1/homes");
}

/* ---- users ---- */

enum user_column { USER_NAME = KEYED_OWN, IS_STRANGE };

/* Whose an e-mail is, and that it is somebody's elsewhere, is not for an organisation to learn. */
static void refuse_user(struct keyed *k, const struct rows *rows)
{
	if (row_bool(rows, 0, IS_STRANGE))
		call_problem(k->call, 409, "email_taken",
			     TEXT("This e-mail address cannot be used here. Ask the service's "
				  "operator."));
	else
		call_not_found(k->call);
}

static void on_user(struct keyed *k, const struct rows *rows)
{
	const struct user_request *asked = k->context;
	const struct user_row row = {
		.id = row_uuid(rows, 0, KEYED_ID),
		.organisation = asked->organisation,
		.name = row_text(rows, 0, USER_NAME),
		.email = asked->email,
		.roles = asked->roles,
	};

	call_answer_struct(k->call, 201, &user_row_schema, &row);
}

void app_create_user(struct call *call)
{
	struct user_request *asked = arena_make(call->arena, struct user_request);
	struct keyed *k = keyed_new(call, SQL_ORGANISE_CREATE_USER, asked);
	const int32_t *roles;
	struct text *names;

	if (!call_body(call, &user_request_schema, asked) ||
	    !organisation_is_managed(call, &asked->organisation, 0) ||
	    !name_check(call, "/name", asked->name) || !email_check(call, &asked->email))
		return;
	roles = asked->roles.items;
	names = arena_array(call->arena, struct text, asked->roles.count);
	for (size_t i = 0; i < asked->roles.count; i++)
		names[i] = text_of(role_names[roles[i]]);
	k->on_done = on_user;
	k->on_missing = refuse_user;
	k->params[0] = param_uuid(call->arena, uuid_new(call->received_us));
	k->params[1] = PARAM(asked->name);
	k->params[2] = PARAM(asked->email);
	k->params[3] = param_uuid(call->arena, asked->organisation);
	k->params[4] = param_array(call->arena, names, asked->roles.count);
	k->params[5] = param_bool(access_is_operator(&call->caller));
	keyed_run(k, 6, "POST /v1/users");
}

/* ---- tokens ---- */

enum token_column { EXPIRES_AT = KEYED_OWN };

static void refuse_stranger(struct keyed *k, const struct rows *rows)
{
	(void)rows;
	call_refuse(k->call, TEXT("/user"),
		    TEXT("This user has no role in the organisation. Give them one first, with "
			 "POST /v1/users."));
}

static void on_token(struct keyed *k, const struct rows *rows)
{
	const struct token_request *asked = k->context;
	const struct token_row row = {
		.id = row_uuid(rows, 0, KEYED_ID),
		.user = asked->user,
		.organisation = asked->organisation,
		.label = asked->label.len ? asked->label : TEXT_NONE,
		.expires_at_us = row_int(rows, 0, EXPIRES_AT, NEVER_US),
		.secret = k->secret,
	};

	call_answer_struct(k->call, 201, &token_row_schema, &row);
}

void app_create_token(struct call *call)
{
	struct token_request *asked = arena_make(call->arena, struct token_request);
	struct keyed *k = keyed_new(call, SQL_ORGANISE_CREATE_TOKEN, asked);

	if (!call_body(call, &token_request_schema, asked) ||
	    !organisation_is_managed(call, &asked->organisation, 0) ||
	    !name_check(call, "/label", asked->label))
		return;
	k->on_done = on_token;
	k->on_missing = refuse_stranger;
	k->secret = identity_secret(call->arena);
	k->params[0] = param_uuid(call->arena, uuid_new(call->received_us));
	k->params[1] = param_digest(call->arena, identity_digest(k->secret));
	k->params[2] = param_uuid(call->arena, asked->user);
	k->params[3] = param_uuid(call->arena, asked->organisation);
	k->params[4] = PARAM(asked->label.at ? asked->label : TEXT(""));
	k->params[5] = param_int(call->arena, asked->days);
	keyed_run(k, 6, "POST /v1/tokens");
}

/* ---- a token revoked ---- */

struct revoking {
	struct call *call;
	struct uuid token;
};

static void on_revoked(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct revoking *r = context;

	if (!call_found(r->call, outcome, rows))
		return;
	if (!row_bool(rows, 0, 0)) {
		refuse_forbidden(r->call);
		return;
	}
	identity_forget(r->call->app, r->token);
	call_answer_done(r->call, "revoked");
}

void app_revoke_token(struct call *call)
{
	struct revoking *r = arena_make(call->arena, struct revoking);
	struct param *params = arena_array(call->arena, struct param, 5);
	const struct caller *caller = &call->caller;

	r->call = call;
	if (!call_id(call, &r->token))
		return;
	params[0] = param_uuid(call->arena, r->token);
	params[1] = param_uuid(call->arena, caller->organisation);
	params[2] = param_bool(access_is_operator(caller));
	params[3] = param_bool(access_manages(caller, caller->organisation));
	params[4] = param_uuid(call->arena, caller->user);
	call_work(call, SQL_ORGANISE_REVOKE_TOKEN, params, 5, on_revoked, r);
}
