/*
 * documents.c - documents: uploaded by an organisation, named by a fact, read by those who see it.
 *
 * The bytes are sealed under a key of their own from the moment they are here, because nobody knows
 * yet whom they are about; destroying that key erases them. A document that is attached nowhere is
 * its organisation's alone, and not for long: jobs' forget.c removes it. Else whoever may see the
 * entry may read it, and that is recorded. With the texts of an entry that attached it its bytes
 * are destroyed too (append.sql), and it is not found any more.
 */
#include <openssl/crypto.h>
#include <string.h>

#include "call/keyed.h"
#include "concordat/app/schemas.h"
#include "queries.h"

#define MIB (INT64_C(1024) * 1024)
#define CONTENT TEXT("content") /* the sealed bytes' field */

/* ---- what may be uploaded ---- */

const char *const app_document_types[] = {
	"application/pdf",
	"image/png",
	"image/jpeg",
	"text/plain",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.oasis.opendocument.text",
	NULL};

/* What the bytes of each begin with; NULL: it is text. */
static const char *const beginnings[] = {"%PDF-", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff",
					 NULL,	  "PK\x03\x04",	       "PK\x03\x04"};

/* Without its parameters. */
static struct text bare_type(struct text type)
{
	const char *end = type.at ? memchr(type.at, ';', type.len) : NULL;

	if (end)
		type.len = (size_t)(end - type.at);
	while (type.len && type.at[type.len - 1] == ' ')
		type.len--;
	return type;
}

static const char *const *kind_of(struct text type)
{
	type = bare_type(type);
	for (size_t i = 0; app_document_types[i]; i++)
		if (type.len == strlen(app_document_types[i]) &&
		    !strncasecmp(type.at, app_document_types[i], type.len))
			return &app_document_types[i];
	return NULL;
}

static bool is_of_kind(const char *const *kind, struct text bytes)
{
	const char *begins = beginnings[kind - app_document_types];

	if (!begins)
		return text_is_utf8(bytes) && !memchr(bytes.at, '\0', bytes.len);
	return text_starts(bytes, begins);
}

/* ---- uploading ---- */

struct uploaded {
	struct uuid id; /* new, or of what this request made before */
	struct digest sha256;
	const char *media_type;
};

static void on_created(struct keyed *k, const struct rows *rows)
{
	const struct uploaded *u = k->context;
	struct call *call = k->call;
	const struct document_row row = {
		.id = row_uuid(rows, 0, KEYED_ID),
		.sha256 = u->sha256,
		.bytes = (int64_t)call->body.len,
		.media_type = text_of(u->media_type),
	};

	call_answer_made(call, &document_row_schema, &row, "/v1/documents/", row.id);
}

static void seal_and_send(struct keyed *k)
{
	const struct uploaded *u = k->context;
	struct call *call = k->call;
	struct uuid organisation = call->caller.organisation;
	const char *route = text_cstr(
		call->arena, text_printf(call->arena, "POST /v1/documents %s", u->media_type));
	struct text wrapped, sealed;
	struct person_key key;

	wrapped = person_key_new(call->app, call->arena, organisation, u->id, &key);
	sealed = personal_seal_one(call->app, call->arena, &key, organisation, u->id, 0, CONTENT,
				   call->body);
	OPENSSL_cleanse(&key, sizeof(key));
	k->params[0] = param_uuid(call->arena, u->id);
	k->params[1] = param_uuid(call->arena, organisation);
	k->params[2] = param_digest(call->arena, u->sha256);
	k->params[3] = param_int(call->arena, (int64_t)call->body.len);
	k->params[4] = PARAM(text_of(u->media_type));
	k->params[5] = PARAM_BYTES(wrapped);
	k->params[6] = PARAM_BYTES(sealed);
	k->params[7] = param_int(call->arena, app_config(call->app)->document_hours);
	keyed_run(k, 8, route);
}

void app_upload_document(struct call *call)
{
	struct uploaded *u = arena_make(call->arena, struct uploaded);
	struct keyed *k = keyed_new(call, SQL_DOCUMENTS_CREATE, u);
	const char *const *kind = kind_of(call->content_type);

	if (!call->caller.roles) {
		call_not_found(call);
	} else if (!kind) {
		call_problem(call, 415, "content_type",
			     TEXT("Send a PDF, PNG, JPEG, plain text, .docx or .odt, with its "
				  "Content-Type."));
	} else if (!call->body.len) {
		call_problem(call, 400, "document_empty",
			     TEXT("There is nothing in this document. Send its bytes as the "
				  "body."));
	} else if ((int64_t)call->body.len > app_config(call->app)->document_mib * MIB) {
		call_problem(call, 413, "body_too_large",
			     TEXT("This document is too large. Send a smaller one."));
	} else if (!is_of_kind(kind, call->body)) {
		call_problem(call, 415, "content_type",
			     TEXT("These bytes are not what the Content-Type says. Send it with "
				  "its own."));
	} else {
		u->id = uuid_new(call->received_us);
		u->media_type = *kind;
		u->sha256 = sha256(call->body, TEXT_NONE, TEXT_NONE);
		k->on_done = on_created;
		seal_and_send(k);
	}
}

/* ---- reading ---- */

struct reading {
	struct call *call;
	struct uuid id, owner;
	struct digest sha256;
	struct text media_type;
	const struct rows *places;
	size_t at; /* the place that is looked at */
};

enum place { OWNER, DIGEST, MEDIA_TYPE, AUTHORITY, PLACEMENT, SEQ };

static void look_at(struct reading *r);

static void on_content(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct reading *r = context;
	struct call *call = r->call;
	struct reply reply = {.status = 200};
	struct text id = uuid_text(call->arena, r->id);
	struct person_key key = {0};
	bool opened;

	if (!call_found(call, outcome, rows))
		return;
	opened = person_key_unwrap(call->app, r->owner, r->id, row_text(rows, 0, 0), &key) &&
		 personal_open(call->app, call->arena, &key, r->owner, r->id, 0, CONTENT,
			       row_text(rows, 0, 1), &reply.body);
	OPENSSL_cleanse(&key, sizeof(key));
	if (!opened) {
		call_problem(call, 503, "document_unreadable",
			     TEXT("This document cannot be read as it is stored. The service's "
				  "operator must look at it."));
		return;
	}
	reply.content_type = text_cstr(call->arena, r->media_type);
	reply.disposition = text_printf(call->arena, "attachment; filename=\"%.*s\"", TEXT_FMT(id));
	reply.etag = text_printf(call->arena, "\"%.*s\"",
				 TEXT_FMT(text_hex(call->arena, r->sha256.bytes, 32)));
	call_finish_tagged(call, &reply);
}

/* By the place that lets it be read; TEXT_NONE cells (its owner's, attached nowhere) are NULL. */
static void read_content(struct reading *r)
{
	struct call *call = r->call;
	struct param *params = arena_array(call->arena, struct param, 6);

	params[0] = param_uuid(call->arena, r->id);
	params[1] = param_uuid(call->arena, row_uuid(r->places, r->at, AUTHORITY));
	params[2] = param_uuid(call->arena, row_uuid(r->places, r->at, PLACEMENT));
	params[3] = param_uuid(call->arena, call->caller.user);
	params[4] = param_uuid(call->arena, call->caller.organisation);
	params[5] = param_instant(call->arena, app_now_us(call->app));
	call_read(call, SQL_DOCUMENTS_CONTENT, params, 6, on_content, r);
}

/* Row-level security says whose placement it is; that the entry is seen is the fold's to say. */
static void on_loaded(const struct loaded *loaded, void *context)
{
	struct reading *r = context;
	int64_t seq = row_int(r->places, r->at, SEQ, 0);
	const struct placement *placement = loaded->placement;
	const struct party *party;
	struct actor actor;

	if (loaded->outcome != STORE_DONE) {
		call_store_fault(r->call, loaded->outcome);
		return;
	}
	if (!loaded->broken && access_actor(placement, &r->call->caller, &actor, &party) &&
	    seq >= 1 && (size_t)seq <= placement->fact_count &&
	    fact_visible(placement->facts[seq - 1], placement, party)) {
		read_content(r);
		return;
	}
	r->at++;
	look_at(r);
}

static void look_at(struct reading *r)
{
	struct call *call = r->call;

	if (r->at == r->places->count || row_is_null(r->places, r->at, PLACEMENT))
		call_not_found(call);
	else
		load_placement(call->app, call->arena, call->caller.organisation,
			       row_uuid(r->places, r->at, PLACEMENT), (struct uuid){{0}},
			       (struct uuid){{0}}, on_loaded, r);
}

static void on_places(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct reading *r = context;

	if (!call_found(r->call, outcome, rows))
		return;
	if (!row_digest(rows, 0, DIGEST, &r->sha256)) {
		call_not_found(r->call);
		return;
	}
	r->places = rows;
	r->owner = row_uuid(rows, 0, OWNER);
	r->media_type = row_text(rows, 0, MEDIA_TYPE);
	if (uuid_eq(r->owner, r->call->caller.organisation))
		read_content(r);
	else
		look_at(r);
}

void app_get_document(struct call *call)
{
	struct reading *r = arena_make(call->arena, struct reading);
	struct param *param = arena_array(call->arena, struct param, 1);

	r->call = call;
	if (!call->caller.roles) {
		call_not_found(call);
		return;
	}
	if (!call_id(call, &r->id))
		return;
	*param = param_uuid(call->arena, r->id);
	call_read(call, SQL_DOCUMENTS_PLACES, param, 1, on_places, r);
}
