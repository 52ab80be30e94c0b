/*
 * reference_build.c - rows of reference data to one generation.
 *
 * Documents were checked when they were loaded; one that does not decode now is left out with an
 * error line, and so is an authority that rests on it: its placements are then not served, rather
 * than served wrongly. A protocol that an earlier release loaded, which knew fewer duties, is not
 * unsound for that, nor a cost model that it tried less hard.
 */
#include "held/reference.h"
#include "internal.h"

#include "concordat/base/report.h"
#include "concordat/wire/document.h"

enum part {
	PART_CALENDAR = 1,
	PART_PROTOCOL,
	PART_COST_MODEL,
	PART_OWN_CALENDAR,
	PART_AUTHORITY = REFERENCE_PART_AUTHORITY
};
enum column {
	PART,
	ID,
	VERSION,
	DIVISION,
	NAME,
	DOCUMENT,
	PANEL_WEEKDAY,
	PANEL_THRESHOLD,
	BANK_HOLIDAYS_VERSION
};

static void report_unsound(const struct rows *rows, size_t row, const char *what, struct text why)
{
	struct arena *scratch = arena_new();

	report(REPORT_ERROR, "app", "Reference data is unsound and left out; load it again", "kind",
	       what, "id", text_cstr(scratch, row_text(rows, row, ID)), "version",
	       text_cstr(scratch, row_text(rows, row, VERSION)), "why", text_cstr(scratch, why),
	       NULL);
	arena_free(scratch);
}

static int32_t division_parse(struct text name)
{
	for (int32_t i = 0; i < DIVISION_COUNT; i++)
		if (text_is(name, division_names[i]))
			return i;
	return NO_ENUM;
}

static void calendars_add(struct generation *g, struct calendars *of,
			  const struct calendar *calendar)
{
	*LIST_ADD(g->arena, of->versions, of->count) = calendar;
	if (!of->newest || calendar->version > of->newest->version)
		of->newest = calendar;
}

static const struct calendar *calendars_find(const struct calendars *of, int32_t version)
{
	for (size_t i = 0; i < of->count; i++)
		if (of->versions[i]->version == version)
			return of->versions[i];
	return NULL;
}

static void calendar_add(struct generation *g, const struct rows *rows, size_t row)
{
	struct text why;
	const struct calendar *calendar =
		calendar_decode(g->arena, row_text(rows, row, DOCUMENT), &why);

	if (calendar)
		calendars_add(g, &g->calendars[calendar->division], calendar);
	else
		report_unsound(rows, row, "calendar", why);
}

static struct own_calendars *own_calendars(struct generation *g, struct uuid authority)
{
	for (size_t i = g->own_count; i--;) /* the last one first: rows come by authority */
		if (uuid_eq(g->own[i].authority, authority))
			return &g->own[i];
	return NULL;
}

/* NULL, and it has been reported, when what it is made of is not sound. */
static const struct calendar *own_calendar(struct generation *g, const struct rows *rows,
					   size_t row, int32_t division, int32_t version)
{
	int32_t of = (int32_t)row_int(rows, row, BANK_HOLIDAYS_VERSION, 0);
	const struct calendar *bank_holidays = calendars_find(&g->calendars[division], of);
	const struct closures *closures;
	struct text why;

	if (!bank_holidays) {
		report_unsound(rows, row, "authority's calendar",
			       TEXT("its bank holidays are not loaded"));
		return NULL;
	}
	if (row_is_null(rows, row, DOCUMENT) && of == version)
		return bank_holidays; /* nothing is closed, and the number is theirs */
	closures = closures_decode(g->arena, row_text(rows, row, DOCUMENT), &why);
	if (!closures) {
		report_unsound(rows, row, "authority's closures", why);
		return NULL;
	}
	return calendar_with_closures(g->arena, bank_holidays, closures, version);
}

static void own_calendar_add(struct generation *g, const struct rows *rows, size_t row)
{
	int32_t division = division_parse(row_text(rows, row, DIVISION));
	const struct calendar *calendar;
	struct own_calendars *own;
	struct uuid authority;
	int64_t version;

	if (division == NO_ENUM || !uuid_parse(row_text(rows, row, ID), &authority) ||
	    !text_to_int(row_text(rows, row, VERSION), &version)) {
		report_unsound(rows, row, "authority's calendar", TEXT("its row makes no sense"));
		return;
	}
	calendar = own_calendar(g, rows, row, division, (int32_t)version);
	if (!calendar)
		return;
	own = own_calendars(g, authority);
	if (!own) {
		own = LIST_ADD(g->arena, g->own, g->own_count);
		own->authority = authority;
	}
	calendars_add(g, &own->calendars, calendar);
}

/* ---- protocols, cost models, authorities ---- */

static void protocol_add(struct generation *g, const struct rows *rows, size_t row)
{
	struct text why;
	const struct protocol *protocol =
		protocol_stored_decode(g->arena, row_text(rows, row, DOCUMENT), &why);

	if (protocol)
		*LIST_ADD(g->arena, g->protocols, g->protocol_count) = protocol;
	else
		report_unsound(rows, row, "protocol", why);
}

static void cost_model_add(struct generation *g, const struct rows *rows, size_t row)
{
	struct text why;
	const struct cost_model *model =
		cost_model_stored_decode(g->arena, row_text(rows, row, DOCUMENT), &why);

	if (model)
		*LIST_ADD(g->arena, g->cost_models, g->cost_model_count) = model;
	else
		report_unsound(rows, row, "cost model", why);
}

static const struct protocol *protocol_find(const struct generation *g, struct text id,
					    int64_t version)
{
	for (size_t i = 0; i < g->protocol_count; i++)
		if (g->protocols[i]->version == version && text_eq(g->protocols[i]->id, id))
			return g->protocols[i];
	return NULL;
}

static const struct cost_model *find_cost_model(void *context, struct text id, struct text version)
{
	return reference_cost_model(context, id, version);
}

static void authority_add(struct app *app, struct generation *g, const struct rows *rows,
			  size_t row)
{
	struct authority_settings *made = arena_make(g->arena, struct authority_settings);
	const struct own_calendars *own;
	int64_t version;

	if (!uuid_parse(row_text(rows, row, ID), &made->id) ||
	    !text_to_int(row_text(rows, row, VERSION), &version)) {
		report_unsound(rows, row, "authority", TEXT("its row makes no sense"));
		return;
	}
	own = own_calendars(g, made->id);
	made->name = text_copy(g->arena, row_text(rows, row, NAME));
	if (own)
		made->calendars = own->calendars;
	made->world = (struct world){
		.protocol = protocol_find(g, row_text(rows, row, DOCUMENT), version),
		.calendar = made->calendars.newest,
		.calendars = made->calendars.versions,
		.calendar_count = made->calendars.count,
		.panel_weekday = (int32_t)row_int(rows, row, PANEL_WEEKDAY, 3),
		.panel_threshold_p = row_int(rows, row, PANEL_THRESHOLD, 0),
		.cost_model = find_cost_model,
		.context = app,
	};
	if (!made->world.protocol || !made->world.calendar) {
		report_unsound(rows, row, "authority",
			       TEXT("its protocol or its division's calendar is not loaded"));
		return;
	}
	*LIST_ADD(g->arena, g->authorities, g->authority_count) = made;
}

/* Each cell's digest in a row: cheap, and no two different sets of rows are alike. */
static struct digest rows_digest(const struct rows *rows)
{
	struct digest sum = {{0}};

	for (size_t i = 0; i < rows->count * rows->columns; i++) {
		struct digest cell = sha256(rows->cells[i], TEXT_NONE, TEXT_NONE);

		sum = sha256((struct text){(const char *)sum.bytes, sizeof(sum.bytes)},
			     (struct text){(const char *)cell.bytes, sizeof(cell.bytes)},
			     TEXT_NONE);
	}
	return sum;
}

struct generation *generation_build(struct app *app, const struct rows *rows)
{
	struct arena *arena = arena_new();
	struct generation *g = arena_make(arena, struct generation);

	g->arena = arena;
	g->rows = rows_digest(rows);
	for (size_t row = 0; row < rows->count; row++)
		switch ((enum part)row_int(rows, row, PART, 0)) {
		case PART_CALENDAR:
			calendar_add(g, rows, row);
			break;
		case PART_PROTOCOL:
			protocol_add(g, rows, row);
			break;
		case PART_COST_MODEL:
			cost_model_add(g, rows, row);
			break;
		case PART_OWN_CALENDAR:
			own_calendar_add(g, rows, row);
			break;
		case PART_AUTHORITY:
			authority_add(app, g, rows, row);
			break;
		}
	return g;
}

bool generation_is_of(const struct generation *generation, const struct rows *rows)
{
	struct digest digest = rows_digest(rows);

	return digest_eq(&generation->rows, &digest);
}

const struct authority_settings *generation_authority(const struct generation *generation,
						      struct uuid authority)
{
	for (size_t i = 0; i < generation->authority_count; i++)
		if (uuid_eq(generation->authorities[i]->id, authority))
			return generation->authorities[i];
	return NULL;
}

const struct calendar *settings_calendar(const struct authority_settings *authority,
					 int32_t version)
{
	const struct calendar *found = calendars_find(&authority->calendars, version);

	return found ? found : authority->world.calendar;
}

static bool is_under(const struct protocol *protocol, struct text name)
{
	struct text id = {name.at, protocol->id.len};
	int64_t version;

	return name.len > protocol->id.len + 1 && text_eq(id, protocol->id) &&
	       name.at[id.len] == '/' &&
	       text_to_int((struct text){name.at + id.len + 1, name.len - id.len - 1}, &version) &&
	       version == protocol->version;
}

const struct authority_settings *generation_under(struct generation *generation,
						  const struct authority_settings *adopted,
						  struct text protocol)
{
	struct authority_settings *made;

	if (is_under(adopted->world.protocol, protocol))
		return adopted;
	for (size_t i = 0; i < generation->variant_count; i++)
		if (uuid_eq(generation->variants[i]->id, adopted->id) &&
		    is_under(generation->variants[i]->world.protocol, protocol))
			return generation->variants[i];
	for (size_t i = 0; i < generation->protocol_count; i++)
		if (is_under(generation->protocols[i], protocol)) {
			made = arena_make(generation->arena, struct authority_settings);
			*made = *adopted;
			made->world.protocol = generation->protocols[i];
			*LIST_ADD(generation->arena, generation->variants,
				  generation->variant_count) = made;
			return made;
		}
	return NULL;
}

const struct cost_model *generation_cost_model(const struct generation *generation, struct text id,
					       struct text version)
{
	for (size_t i = 0; i < generation->cost_model_count; i++) {
		const struct cost_model *model = generation->cost_models[i];

		if (text_eq(cost_model_id(model), id) &&
		    text_eq(cost_model_version(model), version))
			return model;
	}
	return NULL;
}
