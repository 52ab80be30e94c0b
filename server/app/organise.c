/*
 * organise.c - who takes part: organisations, homes, users and their tokens.
 *
 * An id is made from the caller and the idempotency key, and every insert gives way to a row that
 * is there: so a repeat answers as the first time did, and nothing is made twice. In the caller's
 * own world what they may not do is 403; another's is 404, as if it were not there.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/calendar.h"
#include "emit.h"
#include "identity.h"
#include "page.h"
#include "queries.h"

struct organising {
	struct call *call;
	struct uuid id;
	union {
		struct organisation_request organisation;
		struct home_request home;
		struct user_request user;
		struct token_request token;
	} asked;
	struct text secret;
	struct page page;
};

/* ---- what the four have in common
 * ------------------------------------------------------------------------------------------- */

static void refuse_forbidden(struct call *call)
{
	call_problem(call, 403, "forbidden",
		     TEXT("Your roles do not allow this. Ask an administrator of your organisation "
			  "to do it or to give you the role."));
}

static void refuse_key_used(struct call *call)
{
	call_problem(call, 422, "key_reused",
		     TEXT("This Idempotency-Key was used for another request. Send this one with a "
			  "new key."));
}

static void refuse_member(struct call *call, const char *pointer, struct text sentence)
{
	struct json_error *error = arena_make(call->arena, struct json_error);
	struct json_errors errors = {.items = {error, 1}};

	*error = (struct json_error){text_of(pointer), sentence};
	call_json_errors(call, &errors);
}

/* UUIDv8 (RFC 9562): of what is made, by whom, with which key. */
static struct uuid id_made(const struct call *call, const char *kind)
{
	struct uuid id, both[2] = {call->caller.user, call->key};
	struct digest digest;

	if (uuid_is_zero(call->key))
		return uuid_new(app_now_us(call->app));
	digest = sha256(text_of(kind), (struct text){(const char *)both, sizeof(both)}, TEXT_NONE);
	for (size_t i = 0; i < sizeof(id.bytes); i++)
		id.bytes[i] = digest.bytes[i];
	id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x80);
	id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80);
	return id;
}

/* NULL when the call has been answered. */
static struct organising *organising_begin(struct call *call, const char *kind,
					   const struct schema *schema)
{
	struct organising *o = arena_make(call->arena, struct organising);
	struct json_errors errors = {0};

	o->call = call;
	o->id = id_made(call, kind);
	if (json_decode(call->arena, call->body, schema, JSON_REQUEST, NULL, &o->asked, &errors))
		return o;
	call_json_errors(call, &errors);
	return NULL;
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

/* Beside what no text may hold (control characters, overrides of direction): line breaks, tabs, and
 * marks that are not seen, with which one name could pass itself off as another. */
static bool character_is_hidden(const unsigned char *at, size_t left)
{
	if (at[0] < 0x20)
		return true;
	if (left >= 2 && at[0] == 0xd8 && at[1] == 0x9c)
		return true; /* U+061C */
	return left >= 3 && at[0] == 0xe2 && at[1] == 0x80 &&
	       ((at[2] >= 0x8b && at[2] <= 0x8f) || at[2] == 0xa8 || at[2] == 0xa9);
	/* U+200B to U+200F, U+2028, U+2029 */
}

static bool name_is_plain(struct text name)
{
	bool seen = false;

	for (size_t i = 0; i < name.len; i++) {
		if (character_is_hidden((const unsigned char *)name.at + i, name.len - i))
			return false;
		seen = seen || name.at[i] != ' ';
	}
	return seen || !name.at;
}

/* True when it is absent or sound; else the call has been answered. */
static bool name_check(struct call *call, const char *pointer, struct text name)
{
	if (name_is_plain(name))
		return true;
	refuse_member(call, pointer,
		      TEXT("Give it in characters that can be seen, on one line, and not only "
			   "spaces."));
	return false;
}

/* In small letters, so that one address is one person. */
static bool email_check(struct call *call, struct text *email)
{
	struct writer w;
	size_t at_signs = 0, dots = 0;
	bool sound = true;

	if (!email->at)
		return true;
	writer_init(&w, call->arena);
	for (size_t i = 0; i < email->len; i++) {
		char c = email->at[i];

		sound = sound && c > ' ' && c < 0x7f && c != '<' && c != '>' && c != ',' &&
			c != ';' && c != '"' && c != '\\';
		sound = sound && !(c == '@' && (i == 0 || i + 1 == email->len));
		at_signs += c == '@';
		dots += c == '.' && at_signs;
		writer_char(&w, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	if (sound && at_signs == 1 && dots) {
		*email = writer_text(&w);
		return true;
	}
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

/* Rows: made, the same was there, what it stands on is there. True when the call goes on. */
static bool creation_stands(struct call *call, enum store_outcome outcome, const struct rows *rows,
			    const char *pointer, struct text missing)
{
	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return false;
	}
	if (row_bool(rows, 0, 0) || row_bool(rows, 0, 1))
		return true;
	if (row_bool(rows, 0, 2))
		refuse_key_used(call);
	else
		refuse_member(call, pointer, missing);
	return false;
}

/* ---- organisations
 * ------------------------------------------------------------------------------------------- */

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

static void on_organisation(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;

	if (!creation_stands(o->call, outcome, rows, "/protocol",
			     TEXT("This protocol is not loaded. GET /v1/protocols lists those that "
				  "are.")))
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
	struct param *params = arena_array(call->arena, struct param, 9);

	if (!access_is_operator(&call->caller)) {
		refuse_forbidden(call);
		return;
	}
	o = organising_begin(call, "organisation", &organisation_request_schema);
	if (!o || !organisation_check(call, &o->asked.organisation))
		return;
	asked = &o->asked.organisation;
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
	store_work(app_store(call->app), call->arena, SQL_ORGANISE_CREATE_ORGANISATION, params, 9,
		   on_organisation, o);
}

/* ---- homes
 * ------------------------------------------------------------------------------------------- */

static void on_home(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;
	const struct home_request *asked = &o->asked.home;
	const struct home_row row = {o->id, asked->organisation, asked->name,
				     asked->location_number, asked->address};

	if (creation_stands(o->call, outcome, rows, "/organisation",
			    TEXT("Only a provider has homes. Name the provider whose home this "
				 "is.")))
		answer_row(o->call, &home_row_schema, &row);
}

void app_create_home(struct call *call)
{
	struct organising *o = organising_begin(call, "home", &home_request_schema);
	struct param *params = arena_array(call->arena, struct param, 5);
	struct home_request *asked;

	if (!o)
		return;
	asked = &o->asked.home;
	if (!organisation_is_managed(call, &asked->organisation, 1u << ROLE_NEGOTIATOR) ||
	    !name_check(call, "/name", asked->name) ||
	    !name_check(call, "/location_number", asked->location_number))
		return;
	params[0] = param_uuid(call->arena, o->id);
	params[1] = param_uuid(call->arena, asked->organisation);
	params[2] = PARAM(asked->name);
	params[3] = PARAM(asked->location_number);
	params[4] = PARAM(asked->address);
	store_work(app_store(call->app), call->arena, SQL_ORGANISE_CREATE_HOME, params, 5, on_home,
		   o);
}

/* ---- users
 * ------------------------------------------------------------------------------------------- */

/* Rows: the user's id and name, and whether the organisation is there. */
static void on_user(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;
	const struct user_request *asked = &o->asked.user;
	struct user_row row = {
		.organisation = asked->organisation,
		.email = asked->email,
		.roles = asked->roles,
	};

	if (outcome != STORE_DONE) {
		call_store_fault(o->call, outcome);
		return;
	}
	if (row_is_null(rows, 0, 0)) {
		if (row_bool(rows, 0, 2))
			refuse_key_used(o->call);
		else
			call_not_found(o->call);
		return;
	}
	row.id = row_uuid(rows, 0, 0);
	/* Under which name others know this address is not for an organisation to learn. */
	row.name = access_is_operator(&o->call->caller) ? row_text(rows, 0, 1) : asked->name;
	answer_row(o->call, &user_row_schema, &row);
}

void app_create_user(struct call *call)
{
	struct organising *o = organising_begin(call, "user", &user_request_schema);
	struct param *params = arena_array(call->arena, struct param, 5);
	struct user_request *asked;
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
	params[0] = param_uuid(call->arena, o->id);
	params[1] = PARAM(asked->name);
	params[2] = PARAM(asked->email);
	params[3] = param_uuid(call->arena, asked->organisation);
	params[4] = param_array(call->arena, names, asked->roles.count);
	store_work(app_store(call->app), call->arena, SQL_ORGANISE_CREATE_USER, params, 5, on_user,
		   o);
}

/* ---- tokens
 * ------------------------------------------------------------------------------------------- */

/* Rows: made, the same was there, the user works there, when it ends. */
static void on_token(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;
	const struct token_request *asked = &o->asked.token;
	struct token_row row = {
		.id = o->id,
		.user = asked->user,
		.organisation = asked->organisation,
		.label = asked->label.len ? asked->label : TEXT_NONE,
	};

	if (!creation_stands(o->call, outcome, rows, "/user",
			     TEXT("This user has no role in the organisation. Give them one first, "
				  "with POST /v1/users.")))
		return;
	row.expires_at_us = row_int(rows, 0, 3, NEVER_US);
	if (row_bool(rows, 0, 0))
		row.secret = o->secret;
	answer_row(o->call, &token_row_schema, &row);
}

void app_create_token(struct call *call)
{
	struct organising *o = organising_begin(call, "token", &token_request_schema);
	struct param *params = arena_array(call->arena, struct param, 6);
	struct digest *digest = arena_make(call->arena, struct digest);
	struct token_request *asked;

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
	params[0] = param_uuid(call->arena, o->id);
	params[1] =
		PARAM_BYTES(((struct text){(const char *)digest->bytes, sizeof(digest->bytes)}));
	params[2] = param_uuid(call->arena, asked->user);
	params[3] = param_uuid(call->arena, asked->organisation);
	params[4] = PARAM(asked->label);
	params[5] = param_int(call->arena, asked->days);
	store_work(app_store(call->app), call->arena, SQL_ORGANISE_CREATE_TOKEN, params, 6,
		   on_token, o);
}

static void on_revoked(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct organising *o = context;
	struct writer w;

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
	writer_init(&w, o->call->arena);
	emit_begin(&w, NULL, '{');
	emit_id(&w, "id", o->id);
	emit_bool(&w, "revoked", true);
	emit_end(&w, '}');
	call_answer(o->call, 200, writer_text(&w));
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
