/*
 * document.c - reference documents to what core works with.
 *
 * A calendar has the shape of the gov.uk feed of bank holidays, one division a document, with a
 * version and the span of whole years that it covers.
 */
#include "concordat/wire/document.h"

#include <stdlib.h>

#include "concordat/core/fields.h"
#include "concordat/core/protocol.h"
#include "concordat/wire/json.h"

struct calendar_event {
	struct text title, notes;
	int32_t day;
	bool bunting;
};

struct calendar_document {
	int32_t division;
	int64_t version;
	int32_t first_day, last_day;
	struct list events;
};

static const struct field calendar_event_fields[] = {
	TEXT_F(calendar_event, title, REQ, 200, "the holiday"),
	DAY_F(calendar_event, day, "date", REQ, "its day"),
	F(calendar_event, notes, "notes", FIELD_TEXT, 0, 0, 500, NULL, NULL,
	  "such as substitute day"),
	BOOL_F(calendar_event, bunting, 0, "whether flags go up"),
};
static TABLE(calendar_event, struct calendar_event, "A bank holiday");

/* A closure has two of a bank holiday's members. */
static const struct field closure_fields[] = {
	TEXT_F(holiday, title, REQ, 200, "why the authority is closed"),
	DAY_F(holiday, day, "date", REQ, "its day"),
};
TABLE(closure, struct holiday, "A Monday to Friday on which an authority is closed");

struct closures_document {
	int64_t version;
	struct list closures;
};

static const struct field closures_fields[] = {
	INT_F(closures_document, version, REQ, 1, 1000000,
	      "the list's version: one more than the newest"),
	LIST_F(closures_document, closures, REQ, 0, CLOSURES_MOST, &closure_schema,
	       "every day from today on; those past stay as they were"),
};
TABLE(closures, struct closures_document, "The days on which an authority itself is closed");

static const struct field calendar_fields[] = {
	ENUM_F(calendar_document, division, REQ, division_names, "the division"),
	INT_F(calendar_document, version, REQ, 1, 1000000, "the document's version"),
	DAY_F(calendar_document, first_day, "first_day", REQ, "the span's first day"),
	DAY_F(calendar_document, last_day, "last_day", REQ, "the span's last day"),
	LIST_F(calendar_document, events, REQ, 1, 2000, &calendar_event_schema,
	       "the bank holidays"),
};
static TABLE(calendar, struct calendar_document, "A division's bank holidays");

static const char *const calendar_extra[] = {"source", NULL}; /* for people */

static struct text first_error(struct arena *arena, const struct json_errors *errors)
{
	const struct json_error *error = errors->items.items;

	return text_printf(arena, "at \"%.*s\": %.*s", TEXT_FMT(error->pointer),
			   TEXT_FMT(error->detail));
}

/* What was made, or NULL and the first error. */
static void *or_why(struct arena *arena, void *made, const struct json_errors *errors,
		    struct text *why)
{
	if (!made)
		*why = first_error(arena, errors);
	return made;
}

static bool decode(struct arena *arena, struct text json, const struct schema *schema,
		   const char *const *extra, void *document, struct text *why)
{
	struct json_errors errors = {0};

	if (json_decode(arena, json, schema, JSON_DOCUMENT, extra, document, &errors))
		return true;
	*why = first_error(arena, &errors);
	return false;
}

static int holiday_compare(const void *a, const void *b)
{
	const struct holiday *one = a, *other = b;

	return (one->day > other->day) - (one->day < other->day);
}

static bool events_are_sound(const struct holiday *holidays,
			     const struct calendar_document *document, struct arena *arena,
			     struct text *why)
{
	for (size_t i = 0; i < document->events.count; i++) {
		struct text day = day_text(arena, holidays[i].day);

		if (holidays[i].day < document->first_day || holidays[i].day > document->last_day) {
			*why = text_printf(arena, "%.*s is outside the span first_day to last_day.",
					   TEXT_FMT(day));
			return false;
		}
		if (i && holidays[i].day == holidays[i - 1].day) {
			*why = text_printf(arena, "%.*s stands twice.", TEXT_FMT(day));
			return false;
		}
	}
	return true;
}

struct calendar *calendar_decode(struct arena *arena, struct text json, struct text *why)
{
	struct calendar_document document;
	const struct calendar_event *events;
	struct holiday *holidays;
	struct calendar *calendar;

	if (!decode(arena, json, &calendar_schema, calendar_extra, &document, why))
		return NULL;
	if (document.first_day > document.last_day) {
		*why = TEXT("first_day is after last_day.");
		return NULL;
	}
	events = document.events.items;
	holidays = arena_array(arena, struct holiday, document.events.count);
	for (size_t i = 0; i < document.events.count; i++)
		holidays[i] = (struct holiday){events[i].day, events[i].title};
	qsort(holidays, document.events.count, sizeof(*holidays), holiday_compare);
	if (!events_are_sound(holidays, &document, arena, why))
		return NULL;
	calendar = arena_make(arena, struct calendar);
	*calendar = (struct calendar){
		.division = (enum division)document.division,
		.version = (int32_t)document.version,
		.first_day = document.first_day,
		.last_day = document.last_day,
		.holidays = holidays,
		.holiday_count = document.events.count,
	};
	return calendar;
}

/* The one thing that makes it unsound. */
static struct json_errors errors_of(struct arena *arena, const struct flaw *flaw)
{
	struct json_error *error = arena_make(arena, struct json_error);

	*error = (struct json_error){flaw->pointer, flaw->sentence};
	return (struct json_errors){.items = {error, 1}};
}

struct closures *closures_read(struct arena *arena, struct text json, struct json_errors *errors)
{
	struct closures *closures = arena_make(arena, struct closures);
	struct closures_document document;

	*errors = (struct json_errors){0};
	if (!json_decode(arena, json, &closures_schema, JSON_DOCUMENT, NULL, &document, errors))
		return NULL;
	*closures = (struct closures){(int32_t)document.version, document.closures.items,
				      document.closures.count};
	return closures;
}

struct closures *closures_decode(struct arena *arena, struct text json, struct text *why)
{
	struct json_errors errors;
	struct closures *closures = closures_read(arena, json, &errors);
	struct closures *sorted = arena_make(arena, struct closures);
	struct flaw flaw;

	if (closures && closures_check(arena, closures, sorted, &flaw))
		return sorted;
	if (closures)
		errors = errors_of(arena, &flaw);
	*why = first_error(arena, &errors);
	return NULL;
}

struct text closures_json(struct arena *arena, const struct closures *closures)
{
	size_t size = closures->count * sizeof(*closures->days);
	const struct closures_document document = {
		closures->version, {arena_copy(arena, closures->days, size), closures->count}};
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &closures_schema, &document, AUDIENCE_COMMISSIONER);
	return writer_text(&w);
}

static struct protocol *protocol_take(struct arena *arena, struct text json, bool stored,
				      struct json_errors *errors)
{
	struct protocol_document *document = arena_alloc(arena, protocol_document_schema.size);
	struct protocol *protocol = arena_make(arena, struct protocol);
	struct flaw flaw;

	*errors = (struct json_errors){0};
	if (!json_decode(arena, json, &protocol_document_schema, JSON_DOCUMENT, NULL, document,
			 errors))
		return NULL;
	if (stored ? protocol_from_stored(arena, document, protocol, &flaw)
		   : protocol_from_document(arena, document, protocol, &flaw))
		return protocol;
	*errors = errors_of(arena, &flaw);
	return NULL;
}

struct protocol *protocol_read(struct arena *arena, struct text json, struct json_errors *errors)
{
	return protocol_take(arena, json, false, errors);
}

struct protocol *protocol_decode(struct arena *arena, struct text json, struct text *why)
{
	struct json_errors errors;

	return or_why(arena, protocol_take(arena, json, false, &errors), &errors, why);
}

struct protocol *protocol_stored_decode(struct arena *arena, struct text json, struct text *why)
{
	struct json_errors errors;

	return or_why(arena, protocol_take(arena, json, true, &errors), &errors, why);
}

static struct cost_model *cost_model_take(struct arena *arena, struct text json, bool stored,
					  struct json_errors *errors)
{
	struct cost_model *model = arena_make(arena, struct cost_model);
	struct flaw flaw;

	*errors = (struct json_errors){0};
	if (!json_decode(arena, json, &cost_model_schema, JSON_DOCUMENT, NULL, model, errors))
		return NULL;
	if (stored ? cost_model_prepare(arena, model, &flaw)
		   : cost_model_check(arena, model, &flaw))
		return model;
	*errors = errors_of(arena, &flaw);
	return NULL;
}

struct cost_model *cost_model_read(struct arena *arena, struct text json,
				   struct json_errors *errors)
{
	return cost_model_take(arena, json, false, errors);
}

struct cost_model *cost_model_decode(struct arena *arena, struct text json, struct text *why)
{
	struct json_errors errors;

	return or_why(arena, cost_model_take(arena, json, false, &errors), &errors, why);
}

struct cost_model *cost_model_stored_decode(struct arena *arena, struct text json, struct text *why)
{
	struct json_errors errors;

	return or_why(arena, cost_model_take(arena, json, true, &errors), &errors, why);
}
