/*
 * openapi_told.c - the OpenAPI document's webhooks: what is sent to whoever asks to be told.
 *
 * Every kind is one and the same request, a CloudEvent that is signed as Standard Webhooks has it.
 */
#include "openapi_told.h"

static json_t *header(const char *name, bool is_always, const char *help)
{
	return json_pack("{s:s, s:s, s:b, s:s, s:{s:s}}", "name", name, "in", "header", "required",
			 is_always, "description", help, "schema", "type", "string");
}

static json_t *typed(const char *type, const char *help)
{
	return json_pack("{s:s, s:s}", "type", type, "description", help);
}

json_t *told_webhooks(const char *const *kinds)
{
	json_t *webhooks = json_object();

	for (size_t i = 0; kinds[i]; i++)
		json_object_set_new(webhooks, kinds[i],
				    json_pack("{s:s}", "$ref", "#/components/pathItems/told"));
	json_object_set_new(webhooks, "test",
			    json_pack("{s:s}", "$ref", "#/components/pathItems/told"));
	return webhooks;
}

json_t *told_path_item(void)
{
	json_t *headers = json_pack(
		"[o,o,o,o]",
		header("webhook-id", true,
		       "the delivery's id, the same at every try: what was had "
		       "already may be dropped"),
		header("webhook-timestamp", true, "when this try began, in seconds since 1970"),
		header("webhook-signature", true,
		       "v1,<base64 HMAC-SHA256 of id.timestamp.body>; several, with spaces "
		       "between, while a secret is rotated"),
		header("traceparent", false,
		       "W3C trace context: the trace of the event's own, below this try"));
	json_t *body = json_pack("{s:b, s:{s:{s:{s:s}}}}", "required", true, "content",
				 "application/cloudevents+json", "schema", "$ref",
				 "#/components/schemas/cloud_event");
	json_t *answers = json_pack(
		"{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}", "2XX", "description", "It was taken.",
		"410", "description", "The webhook is disabled.", "429", "description",
		"It is left alone for as long as Retry-After says.", "default", "description",
		"It was not taken, redirects too, and is tried again by the schedule.");

	return json_pack("{s:{s:s, s:s, s:[], s:o, s:o, s:o}}", "post", "summary",
			 "Something happened on a placement or at a home", "description",
			 "Signed as Standard Webhooks has it.", "security", "parameters", headers,
			 "requestBody", body, "responses", answers);
}

static json_t *log_schema(void)
{
	return json_pack("{s:s, s:s, s:{s:o, s:o, s:o}}", "type", "object", "description",
			 "How far the authority's log is sealed", "properties", "origin",
			 typed("string", "the log's name"), "size",
			 typed("integer", "entries that it covers"), "root",
			 typed("string", "the root of its tree at that size, in base64"));
}

static json_t *data_schema(void)
{
	return json_pack(
		"{s:s, s:[s], s:{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}}", "type", "object",
		"required", "kind", "properties", "placement",
		typed("string", "of which placement, where it is of one"), "home",
		typed("string", "of which home, where an authority recorded it of one"),
		"reference", typed("string", "its reference"), "authority",
		typed("string", "whose it is"), "kind", typed("string", "the same as type"),
		"entry", typed("integer", "the receiver's own number of the entry"), "version",
		typed("string", "the receiver's own version of the placement, as \"v7\": drop "
				"what is older than what you have"),
		"href", typed("string", "where to read more, with a token"), "log", log_schema());
}

json_t *told_schema(void)
{
	return json_pack(
		"{s:s, s:s, s:[s,s,s,s,s], s:{s:{s:s}, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}}",
		"type", "object", "description",
		"A CloudEvents 1.0 document: never a person's name, never a figure of money",
		"required", "specversion", "id", "source", "type", "data", "properties",
		"specversion", "const", "1.0", "id",
		typed("string", "one for each entry, at every receiver of that party"), "source",
		typed("string", "the placement or home, at this service"), "type",
		typed("string", "what happened"), "subject",
		typed("string", "the placement's reference"), "time",
		typed("string", "when it was recorded (RFC 3339)"), "datacontenttype",
		typed("string", "application/json"), "traceparent",
		typed("string", "W3C trace context of the request that did it, where it had one"),
		"data", data_schema());
}
