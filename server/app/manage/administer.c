/*
 * administer.c - the operator's first administrator, and reference documents as immutable versions.
 */
#include "concordat/app/administer.h"

#include "concordat/core/protocol.h"
#include "concordat/store/store.h"
#include "concordat/wire/document.h"

#include "call/identity.h"
#include "call/names.h"
#include "queries.h"
#include "read/model_load.h"

const char *const reference_folders[REFERENCE_KINDS] = {"calendars", "protocols", "cost-models"};

/* The clock only orders the ids; protocol time has no part in them. */
static struct uuid fresh_id(void)
{
	return uuid_new(0);
}

bool administer_create_admin(const struct config *config, struct arena *arena, struct text email,
			     struct text name, struct text *secret, struct text *why)
{
	struct rows rows;

	if (!email_fold(arena, &email) || !name_is_visible(name) || !name.len) {
		*why = TEXT("That is no e-mail address, or the name is empty. Give --email "
			    "name@example.org.");
		return false;
	}
	*secret = identity_secret(arena);
	const struct param params[] = {
		param_uuid(arena, fresh_id()),
		param_uuid(arena, fresh_id()),
		PARAM(email),
		PARAM(name),
		param_uuid(arena, fresh_id()),
		param_digest(arena, identity_digest(*secret)),
	};
	return store_run(config, arena, SQL_ADMINISTER_CREATE_ADMIN, params, 6, &rows, why);
}

struct loading {
	const char *sql;
	struct param params[MODEL_LOAD_PARAMS]; /* the most that any kind has */
	size_t count;
	struct text what;
	const struct protocol *protocol; /* NULL: of another kind */
	const struct cost_model *model;	 /* NULL: of another kind */
};

static bool prepare_calendar(struct arena *arena, struct text json, struct loading *loading,
			     struct text *why)
{
	const struct calendar *calendar = calendar_decode(arena, json, why);

	if (!calendar)
		return false;
	loading->sql = SQL_ADMINISTER_LOAD_CALENDAR;
	loading->params[0] = PARAM(text_of(division_names[calendar->division]));
	loading->params[1] = param_int(arena, calendar->version);
	loading->count = 3;
	loading->what = text_printf(arena, "calendar %s, version %d",
				    division_names[calendar->division], calendar->version);
	return true;
}

static bool prepare_protocol(struct arena *arena, struct text json, struct loading *loading,
			     struct text *why)
{
	const struct protocol *protocol = protocol_decode(arena, json, why);

	if (!protocol)
		return false;
	loading->protocol = protocol;
	loading->sql = SQL_ADMINISTER_LOAD_PROTOCOL;
	loading->params[0] = PARAM(protocol->id);
	loading->params[1] = param_int(arena, protocol->version);
	loading->count = 3;
	loading->what = text_printf(arena, "protocol %.*s, version %lld", TEXT_FMT(protocol->id),
				    (long long)protocol->version);
	return true;
}

static bool prepare_cost_model(struct arena *arena, struct text json, struct loading *loading,
			       struct text *why)
{
	const struct cost_model *model = cost_model_decode(arena, json, why);

	if (!model)
		return false;
	loading->model = model;
	loading->sql = SQL_ADMINISTER_LOAD_COST_MODEL;
	model_load_params(arena, model, json, (struct uuid){0}, loading->params);
	loading->count = MODEL_LOAD_PARAMS;
	loading->what =
		text_printf(arena, "cost model %.*s, version %.*s", TEXT_FMT(cost_model_id(model)),
			    TEXT_FMT(cost_model_version(model)));
	return true;
}

static bool (*const prepare[REFERENCE_KINDS])(struct arena *, struct text, struct loading *,
					      struct text *) = {
	[REFERENCE_CALENDAR] = prepare_calendar,
	[REFERENCE_PROTOCOL] = prepare_protocol,
	[REFERENCE_COST_MODEL] = prepare_cost_model,
};

/* Whether the protocol that stands there was loaded by an earlier release, which knew fewer duties,
 * and says the same in all that it says; then *said is that it stands, and what is filled in. */
static bool stands_filled(struct arena *arena, const struct loading *loading,
			  const struct rows *rows, struct text *said)
{
	const struct protocol *stored;
	const char *before = "";
	struct writer w;
	struct text why;

	if (!loading->protocol || row_is_null(rows, 0, 2))
		return false;
	stored = protocol_stored_decode(arena, row_text(rows, 0, 2), &why);
	if (!stored || !stored->filled || !protocol_agrees(arena, stored, loading->protocol))
		return false;
	writer_init(&w, arena);
	writer_printf(&w,
		      "%.*s was there already and stands as it was loaded: this file's times for "
		      "what has been added since are not taken. The standard protocol's go for ",
		      TEXT_FMT(loading->what));
	for (int duty = 0; duty < DUTY_COUNT; duty++) {
		if (!(stored->filled & BIT(duty)))
			continue;
		writer_printf(&w, "%s%s", before, duty_names[duty]);
		before = ", ";
	}
	writer_puts(&w, ". To have other times, load a new version and adopt it");
	*said = writer_text(&w);
	return true;
}

/* Whether it is loaded, now or before, as far as the rows' two columns say. */
static bool is_loaded(struct arena *arena, const struct loading *loading, const struct rows *rows,
		      struct text *said, struct text *why)
{
	if (!row_bool(rows, 0, 0) && !row_bool(rows, 0, 1)) {
		if (stands_filled(arena, loading, rows, said))
			return true;
		*why = text_printf(arena,
				   "%.*s is loaded already and says something else. A version is "
				   "never changed: give this one a new version.",
				   TEXT_FMT(loading->what));
		return false;
	}
	*said = text_printf(arena, "%.*s %s", TEXT_FMT(loading->what),
			    row_bool(rows, 0, 0) ? "loaded" : "was there already");
	return true;
}

static bool is_loaded_model(struct arena *arena, const struct loading *loading,
			    const struct rows *rows, struct text *said, struct text *why)
{
	struct text differs;

	switch (model_load_outcome(arena, loading->model, rows, &differs)) {
	case MODEL_NEW:
		*said = text_printf(arena, "%.*s loaded", TEXT_FMT(loading->what));
		return true;
	case MODEL_THERE:
		*said = text_printf(arena, "%.*s was there already", TEXT_FMT(loading->what));
		return true;
	case MODEL_DIFFERS:
		*why = text_printf(arena,
				   "%.*s is loaded already and says something else. %.*s A version "
				   "is never changed, and the one that is loaded stays in use: "
				   "give this one a new version.",
				   TEXT_FMT(loading->what), TEXT_FMT(differs));
		return false;
	case MODEL_OTHERS:
		*why = text_printf(arena,
				   "%.*s cannot be loaded: an authority of this service loads the "
				   "versions of this id. Give yours another id.",
				   TEXT_FMT(loading->what));
		return false;
	case MODEL_AGAIN:
		break;
	}
	*why = text_printf(arena, "%.*s was being loaded elsewhere. Run this again.",
			   TEXT_FMT(loading->what));
	return false;
}

bool administer_load(const struct config *config, struct arena *arena, enum reference_kind kind,
		     struct text json, struct text *said, struct text *why)
{
	struct loading loading = {0};
	struct rows rows;

	if (!prepare[kind](arena, json, &loading, why))
		return false;
	loading.params[2] = PARAM(json);
	if (!store_run(config, arena, loading.sql, loading.params, loading.count, &rows, why))
		return false;
	return loading.model ? is_loaded_model(arena, &loading, &rows, said, why)
			     : is_loaded(arena, &loading, &rows, said, why);
}
