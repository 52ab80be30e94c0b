/*
 * test_openapi.c - the OpenAPI document: it parses, its references resolve, and its schemas say
 * what the field tables say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "concordat/wire/openapi.h"
#include "rich.h"

struct view {
	struct text reference;
	struct list entries, parts;
};

/* Asked and answered alike: no part of it differs. */
static const struct field plain_fields[] = {
	ROW(inner, start_day, FIELD_DAY, .flags = FIELD_REQUIRED),
};
static const struct schema plain_schema = SCHEMA("plain", struct inner, plain_fields, "Alike");

static const struct field view_fields[] = {
	ROW(view, reference, FIELD_TEXT, .flags = FIELD_REQUIRED, .most = 30),
	ROW(view, entries, FIELD_LIST, .of = &rich_schema),
	ROW(view, parts, FIELD_LIST, .of = &part_schema),
};
static const struct schema view_schema = SCHEMA("view", struct view, view_fields, "A view");

static const struct field beside_fields[] = {
	{.name = "thread", .kind = FIELD_INT, .least = 1, .most = 100, .help = "which strand"},
};
static const struct schema beside_schema = SCHEMA("beside", struct view, beside_fields, NULL);

static const struct openapi_parameter parameters[] = {
	{"id", "path", "the placement", false},
	{"If-Match", "header", "the version you have seen", true},
	{"Idempotency-Key", "header", "a UUID in quotes", true},
};
static const struct schema *const moves[] = {&rich_schema, &inner_schema, &rich_schema};
static const char *const move_labels[] = {"rich", "inner", "enrich"};
static const struct schema *const one[] = {&plain_schema};
static const struct openapi_operation operations[] = {
	{.method = "post",
	 .path = "/v1/placements/{id}/moves",
	 .id = "make_move",
	 .summary = "Make a move",
	 .parameters = parameters,
	 .parameter_count = 3,
	 .request = moves,
	 .request_count = 3,
	 .moves = move_labels,
	 .beside = &beside_schema,
	 .response = &view_schema,
	 .response_help = "The placement and your new version.",
	 .status = 201},
	{.method = "get",
	 .path = "/v1/placements/{id}/moves",
	 .id = "list_moves",
	 .response = &view_schema,
	 .response_is_page = true},
	{.method = "post",
	 .path = "/v1/plain",
	 .id = "make_plain",
	 .request = one,
	 .request_count = 1,
	 .response = &plain_schema},
	{.method = "get", .path = "/livez", .id = "livez", .open = true},
};

static const char *const told[] = {"offer_made", "reminder", NULL};

static struct arena *arena;
static json_t *document;

static int set_up(void **state)
{
	struct text written;

	(void)state;
	arena = arena_new();
	written = openapi_write(arena, "1.2.3", operations, 4, told);
	document = json_loadb(written.at, written.len, JSON_REJECT_DUPLICATES, NULL);
	return document ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(document);
	arena_free(arena);
	return 0;
}

/* What a way, its steps parted by dots, leads to; NULL when nowhere. */
static json_t *at(json_t *json, const char *way)
{
	struct text rest = text_of(way);

	while (json && rest.len > 0) {
		const char *slash = memchr(rest.at, '.', rest.len);
		size_t length = slash ? (size_t)(slash - rest.at) : rest.len;
		const char *name = text_cstr(arena, (struct text){rest.at, length});

		json = json_is_array(json) ? json_array_get(json, (size_t)(name[0] - '0'))
					   : json_object_get(json, name);
		rest.at += length + (slash ? 1 : 0);
		rest.len -= length + (slash ? 1 : 0);
	}
	return json;
}

static const char *string_at(json_t *json, const char *way)
{
	const char *found = json_string_value(at(json, way));

	if (!found)
		fail_msg("no string at %s", way);
	return found;
}

static json_t *component(const char *name)
{
	return json_object_get(at(document, "components.schemas"), name);
}

static bool requires(const char *schema, const char *member)
{
	json_t *required = json_object_get(component(schema), "required");

	for (size_t i = 0; i < json_array_size(required); i++)
		if (!strcmp(json_string_value(json_array_get(required, i)), member))
			return true;
	return false;
}

/* How many references there are below json; each must lead somewhere. */
static size_t references_checked(json_t *json)
{
	const char *name;
	json_t *value;
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(json); i++)
		count += references_checked(json_array_get(json, i));
	json_object_foreach(json, name, value)
	{
		const char *ref = strcmp(name, "$ref") == 0 ? json_string_value(value) : NULL;
		char *way;

		count += references_checked(value);
		if (!ref)
			continue;
		assert_memory_equal(ref, "#/", 2);
		way = arena_copy(arena, ref + 2, strlen(ref + 2) + 1);
		for (char *c = way; *c; c++)
			if (*c == '/')
				*c = '.';
		if (!at(document, way))
			fail_msg("%s leads nowhere", ref);
		count++;
	}
	return count;
}

static void document_says_what_it_is(void **state)
{
	(void)state;
	assert_string_equal(string_at(document, "openapi"), "3.1.0");
	assert_string_equal(string_at(document, "info.version"), "1.2.3");
	assert_string_equal(string_at(document, "info.license.identifier"), "MIT");
	assert_string_equal(string_at(document, "components.securitySchemes.bearer.scheme"),
			    "bearer");
	assert_non_null(at(document, "security.0.bearer"));
}

static void every_reference_leads_somewhere(void **state)
{
	(void)state;
	assert_true(references_checked(document) > 15);
}

static void every_operation_may_answer_a_problem(void **state)
{
	const char *path, *method;
	json_t *methods, *operation;
	size_t count = 0;

	(void)state;
	json_object_foreach(at(document, "paths"), path, methods)
	{
		json_object_foreach(methods, method, operation)
		{
			assert_string_equal(string_at(operation, "responses.default.$ref"),
					    "#/components/responses/problem");
			count++;
		}
	}
	assert_int_equal(count, 4);
	assert_non_null(json_object_get(at(document, "components.responses.problem.content"),
					"application/problem+json"));
	assert_true(requires("problem", "code"));
}

static void moves_are_told_apart_by_their_name(void **state)
{
	json_t *path = json_object_get(at(document, "paths"), "/v1/placements/{id}/moves");
	json_t *body = json_object_get(at(path, "post.requestBody.content"), "application/json");

	(void)state;
	assert_int_equal(json_array_size(at(body, "schema.oneOf")), 3);
	assert_string_equal(string_at(body, "schema.discriminator.propertyName"), "move");
	assert_string_equal(string_at(body, "schema.discriminator.mapping.rich"),
			    "#/components/schemas/rich");
	assert_string_equal(string_at(component("rich"), "properties.move.const"), "rich");
	assert_true(requires("rich", "move"));
	assert_int_equal(json_integer_value(at(component("inner"), "properties.thread.maximum")),
			 100);
	assert_false(requires("inner", "thread"));
	assert_null(at(component("inner_part"), "properties.thread"));
	assert_non_null(at(path, "post.responses.201.content"));
}

static void moves_of_one_schema_have_a_component_each(void **state)
{
	json_t *path = json_object_get(at(document, "paths"), "/v1/placements/{id}/moves");
	json_t *body = json_object_get(at(path, "post.requestBody.content"), "application/json");

	(void)state;
	assert_string_equal(string_at(body, "schema.oneOf.2.$ref"), "#/components/schemas/enrich");
	assert_string_equal(string_at(body, "schema.discriminator.mapping.enrich"),
			    "#/components/schemas/enrich");
	assert_string_equal(string_at(component("enrich"), "properties.move.const"), "enrich");
	assert_string_equal(string_at(component("rich"), "properties.move.const"), "rich");
	assert_true(json_equal(at(component("enrich"), "properties.parts"),
			       at(component("rich"), "properties.parts")));
}

static void parameters_are_those_given_and_path_ones_required(void **state)
{
	json_t *path = json_object_get(at(document, "paths"), "/v1/placements/{id}/moves");
	json_t *given = at(path, "post.parameters");

	(void)state;
	assert_int_equal(json_array_size(given), 3);
	assert_true(json_is_true(at(given, "0.required")));
	assert_string_equal(string_at(given, "1.name"), "If-Match");
	assert_string_equal(string_at(given, "2.in"), "header");
}

static void required_lists_are_the_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < rich_schema.count; i++) {
		const struct field *field = &rich_schema.fields[i];
		bool asked = field->flags & FIELD_REQUIRED && !(field->flags & FIELD_DERIVED);

		assert_int_equal(requires("rich", field->name), asked);
	}
	assert_int_equal(json_array_size(json_object_get(component("rich"), "required")), 6);
}

static void request_leaves_out_what_the_service_works_out(void **state)
{
	(void)state;
	assert_null(at(component("rich"), "properties.reference"));
	assert_non_null(at(component("rich_entry"), "properties.reference"));
	assert_null(at(component("rich_entry"), "properties.move"));
	assert_true(json_is_false(at(component("rich"), "additionalProperties")));
	assert_null(at(component("rich_entry"), "additionalProperties"));
}

static void answer_differs_where_a_text_may_be_gone(void **state)
{
	(void)state;
	assert_string_equal(string_at(component("part"), "properties.note.type"), "string");
	assert_string_equal(string_at(component("part_entry"), "properties.note.type.1"), "null");
	assert_string_equal(string_at(component("view"), "properties.parts.items.$ref"),
			    "#/components/schemas/part_entry");
	assert_string_equal(string_at(component("view"), "properties.entries.items.$ref"),
			    "#/components/schemas/rich_entry");
	assert_string_equal(string_at(component("rich"), "properties.parts.items.$ref"),
			    "#/components/schemas/part");
}

static void one_component_serves_where_nothing_differs(void **state)
{
	json_t *path = json_object_get(at(document, "paths"), "/v1/plain");

	(void)state;
	assert_non_null(component("plain"));
	assert_null(component("plain_entry"));
	assert_null(at(path, "post.requestBody.content.application/json.schema.oneOf"));
	assert_string_equal(
		string_at(path, "post.responses.200.content.application/json.schema.$ref"),
		"#/components/schemas/plain");
}

static void words_are_a_list_of_one_of_the_table_each_once(void **state)
{
	json_t *tones = at(component("rich"), "properties.tones");
	json_t *answered = at(component("rich_entry"), "properties.tones");

	(void)state;
	assert_string_equal(string_at(tones, "type"), "array");
	assert_string_equal(string_at(tones, "items.enum.2"), "blue");
	assert_true(json_is_true(at(tones, "uniqueItems")));
	assert_int_equal(json_integer_value(at(tones, "maxItems")), 3);
	assert_string_equal(string_at(answered, "items.enum.0"), "red");
	assert_null(at(answered, "minItems"));
}

/* inner is a move of its own and a part of rich: that part carries no "move". */
static void move_that_is_also_a_part_has_a_component_for_it(void **state)
{
	(void)state;
	assert_string_equal(string_at(component("rich"), "properties.inner.$ref"),
			    "#/components/schemas/inner_part");
	assert_true(requires("inner", "move"));
	assert_false(requires("inner_part", "move"));
	assert_true(requires("inner_part", "start_day"));
}

static void limits_are_those_of_the_decoder(void **state)
{
	json_t *properties = json_object_get(component("rich"), "properties");

	(void)state;
	assert_int_equal(json_integer_value(at(properties, "visits.minimum")), 1);
	assert_int_equal(json_integer_value(at(properties, "visits.maximum")), 168);
	assert_int_equal(json_integer_value(at(properties, "remark.maxLength")), 2000);
	assert_int_equal(json_integer_value(at(properties, "spare.minItems")), 1);
	assert_int_equal(json_integer_value(at(properties, "weekly_p.properties.amount.maximum")),
			 5000000);
	assert_string_equal(string_at(properties, "colour.enum.2"), "blue");
	assert_string_equal(string_at(properties, "urgent.description"), "whether it cannot wait");
}

static void page_holds_items_and_what_comes_next(void **state)
{
	json_t *path = json_object_get(at(document, "paths"), "/v1/placements/{id}/moves");
	json_t *schema = at(path, "get.responses.200.content.application/json.schema");

	(void)state;
	assert_string_equal(string_at(schema, "properties.items.items.$ref"),
			    "#/components/schemas/view");
	assert_string_equal(string_at(schema, "properties.next.type.1"), "null");
}

static void open_operation_needs_no_token(void **state)
{
	json_t *path = json_object_get(at(document, "paths"), "/livez");

	(void)state;
	assert_true(json_is_array(at(path, "get.security")));
	assert_int_equal(json_array_size(at(path, "get.security")), 0);
	assert_null(at(path, "get.responses.200.content"));
}

static void every_kind_that_is_told_is_one_signed_request(void **state)
{
	json_t *webhooks = at(document, "webhooks");
	json_t *request = at(document, "components.pathItems.told.post");

	(void)state;
	assert_int_equal(json_object_size(webhooks), 3);
	assert_string_equal(string_at(webhooks, "offer_made.$ref"), "#/components/pathItems/told");
	assert_string_equal(string_at(webhooks, "test.$ref"), "#/components/pathItems/told");
	assert_string_equal(string_at(request, "parameters.2.name"), "webhook-signature");
	assert_string_equal(
		string_at(request, "requestBody.content.application/cloudevents+json.schema.$ref"),
		"#/components/schemas/cloud_event");
	assert_string_equal(string_at(component("cloud_event"), "properties.specversion.const"),
			    "1.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document_says_what_it_is),
		cmocka_unit_test(every_reference_leads_somewhere),
		cmocka_unit_test(every_operation_may_answer_a_problem),
		cmocka_unit_test(moves_are_told_apart_by_their_name),
		cmocka_unit_test(moves_of_one_schema_have_a_component_each),
		cmocka_unit_test(parameters_are_those_given_and_path_ones_required),
		cmocka_unit_test(required_lists_are_the_tables),
		cmocka_unit_test(request_leaves_out_what_the_service_works_out),
		cmocka_unit_test(answer_differs_where_a_text_may_be_gone),
		cmocka_unit_test(one_component_serves_where_nothing_differs),
		cmocka_unit_test(words_are_a_list_of_one_of_the_table_each_once),
		cmocka_unit_test(move_that_is_also_a_part_has_a_component_for_it),
		cmocka_unit_test(limits_are_those_of_the_decoder),
		cmocka_unit_test(page_holds_items_and_what_comes_next),
		cmocka_unit_test(open_operation_needs_no_token),
		cmocka_unit_test(every_kind_that_is_told_is_one_signed_request),
	};

	return cmocka_run_group_tests_name("openapi", tests, set_up, tear_down);
}
