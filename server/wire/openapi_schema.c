/*
 * openapi_schema.c - field tables as JSON Schema (2020-12), for the OpenAPI document.
 *
 * The catalogue holds each schema once with the parts it plays; names follow from the parts (see
 * openapi.h). Limits are those the decoder applies, from the same function.
 */
#include "openapi_schema.h"

#include <assert.h>
#include <string.h>

#include "concordat/core/money.h"
#include "json_parts.h"

#define COMPONENT "#/components/schemas/"

struct entry {
	const struct schema *schema;
	bool plays[PART_COUNT];
};

struct asked_move {
	const char *name;
	const struct schema *schema, *beside; /* beside may be NULL */
};

struct catalogue {
	struct arena *arena;
	struct entry *items;
	size_t count;
	struct asked_move *moves;
	size_t move_count;
};

static struct entry *entry_of(const struct catalogue *catalogue, const struct schema *schema)
{
	for (size_t i = 0; i < catalogue->count; i++)
		if (catalogue->items[i].schema == schema)
			return &catalogue->items[i];
	return NULL;
}

/* ---- names */

static bool is_move(const struct catalogue *catalogue, const char *name)
{
	for (size_t i = 0; i < catalogue->move_count; i++)
		if (strcmp(catalogue->moves[i].name, name) == 0)
			return true;
	return false;
}

/* Is an answer another thing than what was asked? */
static bool differs(const struct schema *schema)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];

		if (field->flags & FIELD_DERIVED || field->kind == FIELD_PERSONAL)
			return true;
		if (field->flags & FIELD_REQUIRED && field->flags & FIELD_NOT_FOR_ALL)
			return true;
		if (field->flags & FIELD_PAYERS)
			return true;
		if (field->of && differs(field->of))
			return true;
	}
	return false;
}

static struct text component_name(const struct catalogue *catalogue, const struct schema *schema,
				  enum part part)
{
	const struct entry *entry = entry_of(catalogue, schema);
	bool taken = is_move(catalogue, schema->name);
	const char *suffix = "";

	if (part == PART_ASKED && taken)
		suffix = "_part";
	if (part == PART_ANSWERED && (taken || (entry->plays[PART_ASKED] && differs(schema))))
		suffix = "_entry";
	return text_printf(catalogue->arena, "%s%s", schema->name, suffix);
}

/* ---- single fields */

static json_t *ref_to(struct arena *arena, struct text name)
{
	return json_pack("{s:s}", "$ref", text_printf(arena, COMPONENT "%.*s", TEXT_FMT(name)).at);
}

static json_t *text_schema(const struct field *field, enum part part)
{
	struct limits limits = field_limits(field);
	bool may_be_gone = field->kind == FIELD_PERSONAL && part == PART_ANSWERED;

	if (may_be_gone)
		return json_pack("{s:[s,s]}", "type", "string", "null");
	return json_pack("{s:s, s:I, s:I}", "type", "string", "minLength", (json_int_t)limits.least,
			 "maxLength", (json_int_t)limits.most);
}

static json_t *enum_schema(const struct field *field)
{
	json_t *names = json_array();

	for (size_t i = 0; field->names[i]; i++)
		json_array_append_new(names, json_string(field->names[i]));
	return json_pack("{s:s, s:o}", "type", "string", "enum", names);
}

static json_t *money_schema(const struct field *field, enum part part)
{
	struct limits limits = field_limits(field);
	json_t *made = json_pack("{s:s}", "$ref", COMPONENT "money");

	if (part != PART_ANSWERED)
		json_object_set_new(made, "properties",
				    json_pack("{s:{s:I, s:I}}", "amount", "minimum",
					      (json_int_t)limits.least, "maximum",
					      (json_int_t)limits.most));
	return made;
}

static json_t *map_schema(const struct field *field, enum part part)
{
	struct limits limits = field_limits(field);

	if (part == PART_ANSWERED)
		return json_pack("{s:s, s:{s:s}}", "type", "object", "additionalProperties", "$ref",
				 COMPONENT "rate");
	return json_pack("{s:s, s:{s:[{s:s}, {s:s}]}, s:I, s:I}", "type", "object",
			 "additionalProperties", "anyOf", "$ref", COMPONENT "rate", "type",
			 "integer", "minProperties", (json_int_t)limits.least, "maxProperties",
			 (json_int_t)limits.most);
}

static json_t *list_schema(const struct catalogue *catalogue, const struct field *field,
			   enum part part)
{
	struct limits limits = field_limits(field);
	json_t *items = catalogue_ref(catalogue, field->of, part);

	if (part == PART_ANSWERED)
		return json_pack("{s:s, s:o}", "type", "array", "items", items);
	return json_pack("{s:s, s:o, s:I, s:I}", "type", "array", "items", items, "minItems",
			 (json_int_t)limits.least, "maxItems", (json_int_t)limits.most);
}

static json_t *words_schema(const struct field *field, enum part part)
{
	struct limits limits = field_limits(field);

	if (part == PART_ANSWERED)
		return json_pack("{s:s, s:o}", "type", "array", "items", enum_schema(field));
	return json_pack("{s:s, s:o, s:b, s:I, s:I}", "type", "array", "items", enum_schema(field),
			 "uniqueItems", true, "minItems", (json_int_t)limits.least, "maxItems",
			 (json_int_t)limits.most);
}

static json_t *int_schema(const struct field *field, enum part part)
{
	struct limits limits = field_limits(field);

	if (part == PART_ANSWERED)
		return json_pack("{s:s, s:s}", "type", "integer", "format", "int64");
	return json_pack("{s:s, s:s, s:I, s:I}", "type", "integer", "format", "int64", "minimum",
			 (json_int_t)limits.least, "maximum", (json_int_t)limits.most);
}

static json_t *formatted(const char *format)
{
	return json_pack("{s:s, s:s}", "type", "string", "format", format);
}

static json_t *field_schema(const struct catalogue *catalogue, const struct field *field,
			    enum part part)
{
	switch (field->kind) {
	case FIELD_BOOL:
		return json_pack("{s:s, s:b}", "type", "boolean", "default", false);
	case FIELD_INT:
		return int_schema(field, part);
	case FIELD_MONEY:
		return money_schema(field, part);
	case FIELD_RATE:
		return json_pack("{s:s}", "$ref", COMPONENT "rate");
	case FIELD_TEXT:
	case FIELD_PERSONAL:
		return text_schema(field, part);
	case FIELD_ENUM:
		return enum_schema(field);
	case FIELD_DAY:
		return formatted("date");
	case FIELD_INSTANT:
		return formatted("date-time");
	case FIELD_ID:
		return formatted("uuid");
	case FIELD_DIGEST:
		return json_pack("{s:s, s:s}", "type", "string", "pattern", "^[0-9a-f]{64}$");
	case FIELD_OBJECT:
		return catalogue_ref(catalogue, field->of, part);
	case FIELD_LIST:
		return list_schema(catalogue, field, part);
	case FIELD_MAP:
		return map_schema(field, part);
	case FIELD_WORDS:
		return words_schema(field, part);
	}
	return json_object();
}

/* ---- objects */

/* Of an entry that co-payers see, they are shown the members that are for them. */
static bool is_shown_to_co_payers(const struct schema *schema)
{
	for (size_t i = 0; i < schema->count; i++)
		if (schema->fields[i].flags & FIELD_PAYERS)
			return true;
	return false;
}

static bool is_always_there(const struct schema *schema, const struct field *field, enum part part)
{
	bool hidden = field->flags & FIELD_NOT_FOR_ALL ||
		      (is_shown_to_co_payers(schema) && !(field->flags & FIELD_PAYERS));

	return field->flags & FIELD_REQUIRED && !(part == PART_ANSWERED && hidden);
}

static void put_properties(const struct catalogue *catalogue, const struct schema *schema,
			   enum part part, json_t *properties, json_t *required)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		json_t *property;

		if (part != PART_ANSWERED && field->flags & FIELD_DERIVED)
			continue;
		property = field_schema(catalogue, field, part);
		if (field->help)
			json_object_set_new(property, "description", json_string(field->help));
		json_object_set_new(properties, field->name, property);
		if (is_always_there(schema, field, part))
			json_array_append_new(required, json_string(field->name));
	}
}

static json_t *object_made(const struct schema *schema, enum part part, json_t *properties,
			   json_t *required)
{
	json_t *made = json_pack("{s:s, s:s*, s:o}", "type", "object", "description", schema->help,
				 "properties", properties);

	if (json_array_size(required) > 0)
		json_object_set(made, "required", required);
	json_decref(required);
	if (part != PART_ANSWERED)
		json_object_set_new(made, "additionalProperties", json_false());
	return made;
}

static json_t *object_schema(const struct catalogue *catalogue, const struct schema *schema,
			     enum part part)
{
	json_t *properties = json_object(), *required = json_array();

	put_properties(catalogue, schema, part, properties, required);
	return object_made(schema, part, properties, required);
}

static json_t *move_object(const struct catalogue *catalogue, const struct asked_move *move)
{
	json_t *properties = json_object(), *required = json_array();

	json_object_set_new(properties, "move", json_pack("{s:s}", "const", move->name));
	json_array_append_new(required, json_string("move"));
	if (move->beside)
		put_properties(catalogue, move->beside, PART_ASKED, properties, required);
	put_properties(catalogue, move->schema, PART_ASKED, properties, required);
	return object_made(move->schema, PART_ASKED, properties, required);
}

/* ---- what is the same for all */

static json_t *money_component(void)
{
	return json_pack("{s:s, s:s, s:{s:{s:s, s:s}, s:{s:s}}, s:[s,s], s:b}", "type", "object",
			 "description", "An amount of money, exact, in pence", "properties",
			 "amount", "type", "integer", "format", "int64", "currency", "const", "GBP",
			 "required", "amount", "currency", "additionalProperties", false);
}

static json_t *rate_component(void)
{
	return json_pack("{s:s, s:s, s:s, s:[s,s]}", "type", "string", "pattern",
			 "^-?[0-9]+(\\.[0-9]{1,4})?$", "description",
			 "A decimal number with at most four decimals, never a float", "examples",
			 "14.2025", "12.5");
}

static json_t *problem_component(void)
{
	json_t *string = json_pack("{s:s}", "type", "string");
	json_t *error =
		json_pack("{s:s, s:{s:O, s:O}, s:[s,s]}", "type", "object", "properties", "detail",
			  string, "pointer", string, "required", "detail", "pointer");
	json_t *made =
		json_pack("{s:s, s:s, s:[s,s,s,s], s:{s:O, s:O, s:{s:s}, s:O, s:O, s:{s:s, s:o}, "
			  "s:O, s:O, s:{s:s}}}",
			  "type", "object", "description", "A problem (RFC 9457)", "required",
			  "type", "title", "status", "code", "properties", "type", string, "title",
			  string, "status", "type", "integer", "detail", string, "code", string,
			  "errors", "type", "array", "items", error, "request_id", string,
			  "version", string, "allowed_moves", "type", "array");

	json_decref(string);
	return made;
}

/* Two parts of a schema may share a component; the first, stricter one describes it. */
static void put_component(const struct catalogue *catalogue, const struct entry *entry,
			  enum part part, json_t *schemas)
{
	struct text name = component_name(catalogue, entry->schema, part);

	if (!entry->plays[part])
		return;
	for (int before = 0; before < (int)part; before++)
		if (entry->plays[before] &&
		    text_eq(component_name(catalogue, entry->schema, before), name))
			return;
	/* Two tables of one name: one of them would go undescribed. */
	assert(!json_object_get(schemas, name.at));
	json_object_set_new(schemas, name.at, object_schema(catalogue, entry->schema, part));
}

struct catalogue *catalogue_new(struct arena *arena)
{
	struct catalogue *catalogue = arena_make(arena, struct catalogue);

	catalogue->arena = arena;
	return catalogue;
}

static void add_below(struct catalogue *catalogue, const struct schema *schema, enum part part)
{
	for (size_t i = 0; i < schema->count; i++) {
		bool reached = part == PART_ANSWERED || !(schema->fields[i].flags & FIELD_DERIVED);

		if (schema->fields[i].of && reached)
			catalogue_add(catalogue, schema->fields[i].of, part);
	}
}

void catalogue_add(struct catalogue *catalogue, const struct schema *schema, enum part part)
{
	struct entry *entry = entry_of(catalogue, schema);

	if (!entry) {
		entry = LIST_ADD(catalogue->arena, catalogue->items, catalogue->count);
		entry->schema = schema;
	}
	if (entry->plays[part])
		return;
	entry->plays[part] = true;
	add_below(catalogue, schema, part);
}

void catalogue_add_move(struct catalogue *catalogue, const char *name, const struct schema *schema,
			const struct schema *beside)
{
	assert(!is_move(catalogue, name));
	*LIST_ADD(catalogue->arena, catalogue->moves, catalogue->move_count) =
		(struct asked_move){name, schema, beside};
	add_below(catalogue, schema, PART_ASKED);
	if (beside)
		add_below(catalogue, beside, PART_ASKED);
}

json_t *catalogue_ref(const struct catalogue *catalogue, const struct schema *schema,
		      enum part part)
{
	return ref_to(catalogue->arena, component_name(catalogue, schema, part));
}

json_t *catalogue_move_ref(const struct catalogue *catalogue, const char *name)
{
	return ref_to(catalogue->arena, text_of(name));
}

json_t *catalogue_schemas(const struct catalogue *catalogue)
{
	json_t *schemas = json_pack("{s:o, s:o, s:o}", "money", money_component(), "rate",
				    rate_component(), "problem", problem_component());

	for (size_t i = 0; i < catalogue->move_count; i++)
		json_object_set_new(schemas, catalogue->moves[i].name,
				    move_object(catalogue, &catalogue->moves[i]));
	for (size_t i = 0; i < catalogue->count; i++)
		for (int part = 0; part < PART_COUNT; part++)
			put_component(catalogue, &catalogue->items[i], part, schemas);
	return schemas;
}
