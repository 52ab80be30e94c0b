/*
 * reference_build.c - rows of reference data to one generation.
 *
 * Documents were checked when they were loaded; one that does not decode now is left out with an
 * error line, and so is an authority that rests on it: its placements are then not served, rather
 * than served wrongly.
 */
#include <stdlib.h>

#include "internal.h"
#include "reference.h"

#include "concordat/base/report.h"

enum part { PART_CALENDAR = 1, PART_PROTOCOL, PART_COST_MODEL, PART_AUTHORITY };
enum column { PART, ID, VERSION, DIVISION, NAME, DOCUMENT, PANEL_WEEKDAY, PANEL_THRESHOLD };

/* ---- calendars: the shape of the gov.uk feed, with a version and the span it covers ---- */

struct calendar_event {
	struct text title, notes;
	int32_t day;
	bool bunting;
};

struct calendar_document {
	struct text division, source;
	int64_t version;
	int32_t first_day, last_day;
	struct list events;
};

#define ROW(type, member, json, kind_, flags_, least_, most_)                           \
	{                                                                               \
		.name = json, .kind = kind_, .flags = flags_,                           \
		.offset = offsetof(struct type, member), .least = least_, .most = most_ \
	}
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct field event_fields[] = {
	ROW(calendar_event, title, "title", FIELD_TEXT, FIELD_REQUIRED, 1, 200),
	ROW(calendar_event, day, "date", FIELD_DAY, FIELD_REQUIRED, 0, 0),
	ROW(calendar_event, notes, "notes", FIELD_TEXT, 0, 0, 500),
	ROW(calendar_event, bunting, "bunting", FIELD_BOOL, 0, 0, 0),
};
static const struct schema event_schema =
	SCHEMA("calendar_event", struct calendar_event, event_fields, "A bank holiday");

static const struct field calendar_fields[] = {
	ROW(calendar_document, division, "division", FIELD_TEXT, FIELD_REQUIRED, 1, 40),
	ROW(calendar_document, version, "version", FIELD_INT, FIELD_REQUIRED, 1, 1000000),
	ROW(calendar_document, first_day, "first_day", FIELD_DAY, FIELD_REQUIRED, 0, 0),
	ROW(calendar_document, last_day, "last_day", FIELD_DAY, FIELD_REQUIRED, 0, 0),
	ROW(calendar_document, source, "source", FIELD_TEXT, 0, 0, 500),
	{.name = "events",
	 .kind = FIELD_LIST,
	 .flags = FIELD_REQUIRED,
	 .offset = offsetof(struct calendar_document, events),
	 .most = 2000,
	 .of = &event_schema},
};
static const struct schema calendar_schema =
	SCHEMA("calendar", struct calendar_document, calendar_fields, "A division's bank holidays");

static void report_unsound(const struct rows *rows, size_t row, const char *what, struct text why)
{
	struct arena *scratch = arena_new();

	report(REPORT_ERROR, "app", "Reference data is unsound and left out; load it again", "kind",
	       what, "id", text_cstr(scratch, row_text(rows, row, ID)), "version",
	       text_cstr(scratch, row_text(rows, row, VERSION)), "why", text_cstr(scratch, why),
	       NULL);
	arena_free(scratch);
}

/* A document by its schema; NULL, and an error line, when it does not fit. */
static void *document_decode(struct arena *arena, const struct rows *rows, size_t row,
			     const struct schema *schema, const char *what)
{
	struct json_errors errors = {0};
	void *document = arena_alloc(arena, schema->size);
	const struct json_error *error;

	if (json_decode(arena, row_text(rows, row, DOCUMENT), schema, JSON_DOCUMENT, NULL, document,
			&errors))
		return document;
	error = errors.items.items;
	report_unsound(rows, row, what,
		       errors.items.count
			       ? text_printf(arena, "%.*s: %.*s", TEXT_FMT(error->pointer),
					     TEXT_FMT(error->detail))
			       : TEXT("not sound JSON"));
	return NULL;
}

static int holiday_compare(const void *a, const void *b)
{
	const struct holiday *one = a, *other = b;

	return (one->day > other->day) - (one->day < other->day);
}

static int32_t division_parse(struct text name)
{
	for (int32_t i = 0; i < DIVISION_COUNT; i++)
		if (text_is(name, division_names[i]))
			return i;
	return NO_ENUM;
}

static void calendar_add(struct generation *g, const struct rows *rows, size_t row)
{
	int32_t division = division_parse(row_text(rows, row, ID));
	const struct calendar_document *document =
		document_decode(g->arena, rows, row, &calendar_schema, "calendar");
	const struct calendar_event *events;
	struct holiday *holidays;
	struct calendar *calendar;

	if (!document)
		return;
	if (division == NO_ENUM || document->first_day > document->last_day) {
		report_unsound(rows, row, "calendar", TEXT("its division or its span is wrong"));
		return;
	}
	events = document->events.items;
	holidays = arena_array(g->arena, struct holiday, document->events.count);
	for (size_t i = 0; i < document->events.count; i++)
		holidays[i] = (struct holiday){events[i].day, events[i].title};
	qsort(holidays, document->events.count, sizeof(*holidays), holiday_compare);
	calendar = arena_make(g->arena, struct calendar);
	*calendar = (struct calendar){
		.division = (enum division)division,
		.version = (int32_t)document->version,
		.first_day = document->first_day,
		.last_day = document->last_day,
		.holidays = holidays,
		.holiday_count = document->events.count,
	};
	g->calendars[division] = calendar;
}

/* ---- protocols, cost models, authorities ---- */

static void protocol_add(struct generation *g, const struct rows *rows, size_t row)
{
	const struct protocol_document *document =
		document_decode(g->arena, rows, row, &protocol_document_schema, "protocol");
	struct protocol *protocol = arena_make(g->arena, struct protocol);
	struct text why;

	if (!document)
		return;
	if (!protocol_from_document(g->arena, document, protocol, &why))
		report_unsound(rows, row, "protocol", why);
	else
		*LIST_ADD(g->arena, g->protocols, g->protocol_count) = protocol;
}

static void cost_model_add(struct generation *g, const struct rows *rows, size_t row)
{
	const struct cost_model *model =
		document_decode(g->arena, rows, row, &cost_model_schema, "cost model");
	struct cost_fault fault;

	if (!model)
		return;
	if (!cost_model_check(g->arena, model, &fault))
		report_unsound(rows, row, "cost model", fault.sentence);
	else
		*LIST_ADD(g->arena, g->cost_models, g->cost_model_count) = model;
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
	int32_t division = division_parse(row_text(rows, row, DIVISION));
	int64_t version;

	if (!uuid_parse(row_text(rows, row, ID), &made->id) || division == NO_ENUM ||
	    !text_to_int(row_text(rows, row, VERSION), &version)) {
		report_unsound(rows, row, "authority", TEXT("its row makes no sense"));
		return;
	}
	made->name = text_copy(g->arena, row_text(rows, row, NAME));
	made->world = (struct world){
		.protocol = protocol_find(g, row_text(rows, row, DOCUMENT), version),
		.calendar = g->calendars[division],
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
