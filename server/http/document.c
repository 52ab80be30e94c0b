/*
 * document.c - the OpenAPI document of the route table.
 */
#include <string.h>

#include "concordat/app/schemas_webhook.h"
#include "concordat/app/stream.h"
#include "concordat/core/home.h"
#include "concordat/core/protocol.h"
#include "concordat/http/api.h"
#include "routes.h"

static const struct openapi_parameter key_parameter = {
	"Idempotency-Key", "header", "a UUID of your own: a repeat gets the same receipt", true};
static const struct openapi_parameter match_parameter = {
	"If-Match", "header", "your version of the placement, as \"v7\"", true};
static const struct openapi_parameter home_match_parameter = {
	"If-Match", "header",
	"your version of the record, as \"v7\"; \"v0\" before its first entry", true};
static const struct openapi_parameter last_event_parameter = {
	"Last-Event-ID", "header", "the id of the last event that was read: goes on behind it",
	false};

/* The name in braces. */
static struct text braced(const char *from)
{
	return (struct text){from + 1, (size_t)(strchr(from, '}') - from) - 1};
}

static void add_parameters(struct arena *arena, const struct route *route,
			   struct openapi_operation *operation)
{
	struct openapi_parameter *list = NULL;
	size_t count = 0;
	const char *at = route->pattern;

	for (; (at = strchr(at, '{')); at++)
		*LIST_ADD(arena, list, count) = (struct openapi_parameter){
			text_cstr(arena, braced(at)), "path",
			route->by_secret ? "as the answer that made it showed it"
					 : "as lists show it",
			true};
	for (size_t i = 0; route->query && route->query[i]; i++)
		*LIST_ADD(arena, list, count) = (struct openapi_parameter){
			route->query[i], "query", "narrows the answer", false};
	if (route->method == HTTP_POST_)
		*LIST_ADD(arena, list, count) = key_parameter;
	if (route->is_move)
		*LIST_ADD(arena, list, count) = match_parameter;
	if (route->is_home_move)
		*LIST_ADD(arena, list, count) = home_match_parameter;
	if (route->operation == app_stream_events)
		*LIST_ADD(arena, list, count) = last_event_parameter;
	operation->parameters = list;
	operation->parameter_count = count;
}

static void add_requests(struct arena *arena, const struct route *route,
			 struct openapi_operation *operation)
{
	const struct schema **list = NULL;
	const char **names = NULL;
	size_t count = 0, name_count = 0;

	if (route->request)
		*LIST_ADD(arena, list, count) = route->request;
	else if (route->operation == app_open_placement)
		*LIST_ADD(arena, list, count) = move_schema(MOVE_OPEN_PLACEMENT);
	for (int move = MOVE_OPEN_PLACEMENT + 1; route->is_move && move < MOVE_COUNT; move++) {
		if (protocol_move((enum move)move)->sides & BIT(SIDE_TIME))
			continue;
		*LIST_ADD(arena, list, count) = move_schema((enum move)move);
		*LIST_ADD(arena, names, name_count) = move_names[move];
	}
	for (int move = 0; route->is_home_move && move < HOME_TELL_FLAG; move++) {
		*LIST_ADD(arena, list, count) = home_move_schema((enum home_move)move);
		*LIST_ADD(arena, names, name_count) = home_move_names[move];
	}
	operation->request = count ? list : NULL;
	operation->request_count = count;
	operation->moves = names;
	operation->beside = route->is_move	  ? &move_beside_schema
			    : route->is_home_move ? &home_beside_schema
						  : NULL;
}

static const char *lower_method(enum http_method method)
{
	return method == HTTP_GET_ ? "get" : method == HTTP_POST_ ? "post" : "delete";
}

struct text http_api_document(struct arena *arena)
{
	struct openapi_operation *operations =
		arena_array(arena, struct openapi_operation, routes_count);

	for (size_t i = 0; i < routes_count; i++) {
		operations[i] = (struct openapi_operation){
			.method = lower_method(routes[i].method),
			.path = routes[i].pattern,
			.id = routes[i].id,
			.summary = routes[i].summary,
			.response = routes[i].response,
			.response_is_page = routes[i].is_page,
			.response_help = routes[i].response_help,
			.open = routes[i].operation == NULL || routes[i].by_secret,
			.status = routes[i].status,
			.sends = routes[i].sends,
			.gives = routes[i].gives,
		};
		add_parameters(arena, &routes[i], &operations[i]);
		add_requests(arena, &routes[i], &operations[i]);
	}
	return openapi_write(arena, CONCORDAT_VERSION, operations, routes_count,
			     webhook_kind_names);
}
