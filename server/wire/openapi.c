/*
 * openapi.c - the OpenAPI document: paths from the operations, components from the field tables.
 *
 * The one idea: first every schema is collected with the parts it plays (a move, asked, answered),
 * then each part gets a component. One component serves asked and answered where nothing differs.
 */
#include "concordat/wire/openapi.h"

#include <assert.h>
#include <string.h>

#include "json_parts.h"
#include "openapi_schema.h"
#include "openapi_told.h"

#define JSON_TYPE "application/json"
#define PROBLEM_TYPE "application/problem+json"

static json_t *json_body(json_t *schema, const char *type)
{
	return json_pack("{s:{s:o}}", type, "schema", schema);
}

static json_t *parameter_make(const struct openapi_parameter *parameter)
{
	bool required = parameter->required || strcmp(parameter->in, "path") == 0;

	return json_pack("{s:s, s:s, s:b, s:s*, s:{s:s}}", "name", parameter->name, "in",
			 parameter->in, "required", required, "description", parameter->help,
			 "schema", "type", "string");
}

/* Bytes as they are: a media type without a schema. */
static json_t *bytes_of(const char *const *types)
{
	json_t *content = json_object();

	for (size_t i = 0; types[i]; i++)
		json_object_set_new(content, types[i], json_object());
	return content;
}

/* One schema, or one of several told apart by "move". */
static json_t *request_schema(const struct catalogue *catalogue,
			      const struct openapi_operation *operation)
{
	json_t *choices = json_array(), *mapping = json_object();

	if (operation->request_count == 1) {
		json_decref(choices);
		json_decref(mapping);
		return catalogue_ref(catalogue, operation->request[0], PART_ASKED);
	}
	for (size_t i = 0; i < operation->request_count; i++) {
		json_t *ref = catalogue_move_ref(catalogue, operation->moves[i]);

		json_object_set(mapping, operation->moves[i], json_object_get(ref, "$ref"));
		json_array_append_new(choices, ref);
	}
	return json_pack("{s:o, s:{s:s, s:o}}", "oneOf", choices, "discriminator", "propertyName",
			 "move", "mapping", mapping);
}

static json_t *response_schema(const struct catalogue *catalogue,
			       const struct openapi_operation *operation)
{
	json_t *schema = catalogue_ref(catalogue, operation->response, PART_ANSWERED);

	if (!operation->response_is_page)
		return schema;
	return json_pack("{s:s, s:[s], s:{s:{s:s, s:o}, s:{s:[s,s], s:s}}}", "type", "object",
			 "required", "items", "properties", "items", "type", "array", "items",
			 schema, "next", "type", "string", "null", "description",
			 "What to pass as after for the next page; null at the end");
}

/* JSON, bytes, or either as the caller accepts. */
static json_t *answer_content(const struct catalogue *catalogue,
			      const struct openapi_operation *operation)
{
	json_t *content = operation->gives ? bytes_of(operation->gives) : json_object();

	if (operation->response) {
		json_t *body = json_body(response_schema(catalogue, operation), JSON_TYPE);

		json_object_update(content, body);
		json_decref(body);
	}
	return content;
}

static json_t *operation_make(struct arena *arena, const struct catalogue *catalogue,
			      const struct openapi_operation *operation)
{
	const char *help = operation->response_help ? operation->response_help : "Done.";
	json_t *made = json_pack("{s:s, s:s*}", "operationId", operation->id, "summary",
				 operation->summary);
	json_t *parameters = json_array(), *answer = json_pack("{s:s}", "description", help);
	struct text status = text_printf(arena, "%d", operation->status ? operation->status : 200);

	for (size_t i = 0; i < operation->parameter_count; i++)
		json_array_append_new(parameters, parameter_make(&operation->parameters[i]));
	if (json_array_size(parameters) > 0)
		json_object_set(made, "parameters", parameters);
	json_decref(parameters);
	if (operation->request_count > 0)
		json_object_set_new(
			made, "requestBody",
			json_pack("{s:b, s:o}", "required", true, "content",
				  json_body(request_schema(catalogue, operation), JSON_TYPE)));
	if (operation->sends)
		json_object_set_new(made, "requestBody",
				    json_pack("{s:b, s:o}", "required", true, "content",
					      bytes_of(operation->sends)));
	if (operation->gives || operation->response)
		json_object_set_new(answer, "content", answer_content(catalogue, operation));
	json_object_set_new(made, "responses",
			    json_pack("{s:o, s:{s:s}}", status.at, answer, "default", "$ref",
				      "#/components/responses/problem"));
	if (operation->open)
		json_object_set_new(made, "security", json_array());
	return made;
}

static json_t *paths_make(struct arena *arena, const struct catalogue *catalogue,
			  const struct openapi_operation *operations, size_t count)
{
	json_t *paths = json_object();

	for (size_t i = 0; i < count; i++) {
		json_t *path = json_object_get(paths, operations[i].path);

		if (!path) {
			path = json_object();
			json_object_set_new(paths, operations[i].path, path);
		}
		json_object_set_new(path, operations[i].method,
				    operation_make(arena, catalogue, &operations[i]));
	}
	return paths;
}

static json_t *problem_response(void)
{
	return json_pack(
		"{s:s, s:o}", "description",
		"It was refused or it failed: what happened and what to do next (RFC 9457).",
		"content",
		json_body(json_pack("{s:s}", "$ref", "#/components/schemas/problem"),
			  PROBLEM_TYPE));
}

static json_t *bearer_scheme(void)
{
	return json_pack(
		"{s:s, s:s, s:s}", "type", "http", "scheme", "bearer", "description",
		"An access token of this service, or one of a configured OpenID provider.");
}

static json_t *info_make(const char *version)
{
	return json_pack(
		"{s:s, s:s, s:s, s:{s:s, s:s}}", "title", "Concordat", "version", version,
		"description",
		"Social-care placements from the first cost calculation to the last review. Money "
		"is in pence, finer rates are decimal strings, days are civil days in London.",
		"license", "name", "MIT", "identifier", "MIT");
}

static int on_piece(const char *bytes, size_t size, void *context)
{
	writer_put(context, (struct text){bytes, size});
	return 0;
}

struct text openapi_write(struct arena *arena, const char *version,
			  const struct openapi_operation *operations, size_t count,
			  const char *const *told)
{
	struct catalogue *catalogue = catalogue_new(arena);
	json_t *document, *schemas;
	struct writer w;
	int failed;

	for (size_t i = 0; i < count; i++) {
		const struct openapi_operation *operation = &operations[i];

		for (size_t n = 0; n < operation->request_count; n++) {
			if (operation->request_count > 1)
				catalogue_add_move(catalogue, operation->moves[n],
						   operation->request[n], operation->beside);
			else
				catalogue_add(catalogue, operation->request[n], PART_ASKED);
		}
		if (operation->response)
			catalogue_add(catalogue, operation->response, PART_ANSWERED);
	}
	schemas = catalogue_schemas(catalogue);
	json_object_set_new(schemas, "cloud_event", told_schema());
	document = json_pack("{s:s, s:o, s:[{s:[]}], s:o, s:o, s:{s:o, s:{s:o}, s:{s:o}, s:{s:o}}}",
			     "openapi", "3.1.0", "info", info_make(version), "security", "bearer",
			     "paths", paths_make(arena, catalogue, operations, count), "webhooks",
			     told_webhooks(told), "components", "schemas", schemas, "pathItems",
			     "told", told_path_item(), "responses", "problem", problem_response(),
			     "securitySchemes", "bearer", bearer_scheme());
	writer_init(&w, arena);
	failed = json_dump_callback(document, on_piece, &w, JSON_COMPACT);
	json_decref(document);
	assert(failed == 0);
	return writer_text(&w);
}
