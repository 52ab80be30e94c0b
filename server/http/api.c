/*
 * api.c - from a request to an operation of app, and from its answer to bytes.
 *
 * The gates stand here in one order (see api.h). What an operation means is app's; which paths
 * there are is in routes.c.
 */
#include "concordat/http/api.h"

#include <string.h>
#include <time.h>

#include "accept.h"
#include "concordat/base/figure.h"
#include "concordat/base/report.h"
#include "concordat/wire/trace.h"
#include "figures.h"
#include "outlet.h"
#include "rate.h"
#include "request_log.h"
#include "routes.h"

struct http_api {
	struct http_api_options options;
	struct http_server *server;
	struct rate *rate;
	struct text document;
	const char *base_url;
};

/* One request on its way; the request's arena holds it. */
struct visit {
	struct call call;
	struct http_api *api;
	struct http_request *request;
	const struct route *route;
};

/* ---- one line and one figure a request ---- */

static int64_t took_us(const struct http_request *request)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec * INT64_C(1000000000) + now.tv_nsec - request->received_ns) / 1000;
}

static void on_answered(const struct http_request *request, int status, size_t body_size,
			void *context)
{
	const struct visit *visit = request->user;
	int64_t us = took_us(request);

	(void)context;
	figures_count(visit ? visit->route : NULL, status, us);
	request_log(request, visit ? visit->route : NULL, visit ? &visit->call.caller : NULL,
		    status, body_size, us);
}

#define HEADERS_MOST 10

static void add_header(struct http_header *headers, size_t *count, const char *name,
		       struct text value)
{
	if (value.at)
		headers[(*count)++] = (struct http_header){text_of(name), value};
}

static void send_reply(struct visit *visit, const struct reply *reply)
{
	struct http_request *request = visit->request;
	struct arena *arena = request->arena;
	struct http_header headers[HEADERS_MOST];
	struct text path = request->path, retry = TEXT_NONE, link = TEXT_NONE;
	const char *type = reply->content_type;
	size_t count = 0;

	if (!type)
		type = reply->is_problem ? "application/problem+json" : "application/json";
	if (reply->retry_after_s)
		retry = text_printf(arena, "%d", reply->retry_after_s);
	if (reply->next.at)
		link = text_printf(arena, "<%.*s?%.*s>; rel=\"next\"", TEXT_FMT(path),
				   TEXT_FMT(reply->next));
	if (reply->status != 204 && reply->status != 304)
		add_header(headers, &count, "Content-Type", text_of(type));
	add_header(headers, &count, "ETag", reply->etag);
	add_header(headers, &count, "Location", reply->location);
	add_header(headers, &count, "Link", link);
	add_header(headers, &count, "Content-Disposition", reply->disposition);
	add_header(headers, &count, "Retry-After", retry);
	add_header(headers, &count, "WWW-Authenticate",
		   reply->status == 401 ? TEXT("Bearer") : TEXT_NONE);
	add_header(headers, &count, "Cache-Control", TEXT("private, no-cache"));
	add_header(headers, &count, "X-Content-Type-Options", TEXT("nosniff"));
	http_reply(request, reply->status, headers, count, reply->body);
}

static struct text write_problem(struct http_api *api, struct arena *arena, int status,
				 const char *code, struct text detail, struct text request_id)
{
	struct problem problem = {
		.status = status, .code = code, .detail = detail, .request_id = request_id};

	return problem_write(arena, &problem, api->base_url);
}

static void refuse_visit(struct visit *visit, int status, const char *code, const char *detail)
{
	struct http_request *request = visit->request;
	struct reply reply = {.status = status,
			      .is_problem = true,
			      .retry_after_s = status == 503 || status == 429};

	reply.body = write_problem(visit->api, request->arena, status, code, text_of(detail),
				   request->request_id);
	send_reply(visit, &reply);
}

static struct text problem_of_edge(struct arena *arena, int status, const char *code,
				   const char *detail, struct text request_id, void *context)
{
	return write_problem(context, arena, status, code, text_of(detail), request_id);
}

static void on_answer(struct call *call, const struct reply *reply)
{
	struct visit *visit = call->user;

	if (reply->stream)
		outlet_open(visit->request, reply->stream);
	else
		send_reply(visit, reply);
}

/* ---- gates ---- */

static bool sends_json(const struct http_request *request)
{
	struct text type = http_header_value(request, "content-type");
	static const char json[] = "application/json";

	if (!type.at || type.len < sizeof(json) - 1 || strncasecmp(type.at, json, sizeof(json) - 1))
		return false;
	return type.len == sizeof(json) - 1 || type.at[sizeof(json) - 1] == ';' ||
	       type.at[sizeof(json) - 1] == ' ';
}

static struct text unquote(struct text value)
{
	if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
		return (struct text){value.at + 1, value.len - 2};
	return value;
}

/* "v7" or "v7-<hash>", quoted as one strong entity tag: no list, no weak tag, no "*", which would
 * let a move pass that has not seen what it moves. */
static bool read_version(struct text value, int32_t *version)
{
	const char *hyphen;
	int64_t n;

	if (value.len < 4 || value.at[0] != '"' || value.at[value.len - 1] != '"')
		return false;
	value = unquote(value);
	if (value.at[0] != 'v' || memchr(value.at, '"', value.len))
		return false;
	hyphen = memchr(value.at, '-', value.len);
	if (hyphen)
		value.len = (size_t)(hyphen - value.at);
	if (!text_to_int((struct text){value.at + 1, value.len - 1}, &n) || n < 0 || n > INT32_MAX)
		return false;
	*version = (int32_t)n;
	return true;
}

static bool gate_post(struct visit *visit)
{
	const struct http_request *request = visit->request;
	struct text key = http_header_value(request, "idempotency-key");

	if (visit->route->sends) {
		visit->call.content_type = http_header_value(request, "content-type");
	} else if (!sends_json(request)) {
		refuse_visit(visit, 415, "content_type",
			     "Send the body as Content-Type: application/json.");
		return false;
	}
	if (!key.at || !uuid_parse(unquote(key), &visit->call.key) ||
	    uuid_is_zero(visit->call.key)) {
		refuse_visit(visit, 400, "idempotency_key",
			     "Send an Idempotency-Key header with a UUID of your own, so that a "
			     "repeat does nothing twice.");
		return false;
	}
	return true;
}

static bool gate_headers(struct visit *visit)
{
	const struct http_request *request = visit->request;
	struct text match = http_header_value(request, "if-match");

	visit->call.accepted = accept_choice(
		request, !visit->route->gives || visit->route->response, visit->route->gives);
	if (!visit->call.accepted) {
		refuse_visit(visit, 406, "accept",
			     "This service answers in application/json. Say so in Accept.");
		return false;
	}
	if (request->method == HTTP_POST_ && !gate_post(visit))
		return false;
	if (match.at) {
		if (!read_version(match, &visit->call.if_match)) {
			refuse_visit(
				visit, 400, "if_match",
				"If-Match must be your version of the placement, such as \"v7\".");
			return false;
		}
		visit->call.has_if_match = true;
	}
	visit->call.if_none_match = http_header_value(request, "if-none-match");
	visit->call.last_event = http_header_value(request, "last-event-id");
	if (request->traceparent.at)
		visit->call.traceparent = trace_kept(request->arena, request->traceparent);
	return true;
}

static struct text query_value(struct call *call, const char *name)
{
	const struct visit *visit = call->user;
	bool bad = false;

	return http_query_value(visit->request, name, &bad);
}

/* Each parameter is one the route knows, given once and well formed. */
static bool gate_query(struct visit *visit)
{
	struct text rest = visit->request->query;
	bool bad = false;

	while (rest.len) {
		const char *and = memchr(rest.at, '&', rest.len);
		struct text pair = {rest.at, and? (size_t)(and-rest.at) : rest.len};
		const char *equals = memchr(pair.at, '=', pair.len);
		struct text name = {pair.at, equals ? (size_t)(equals - pair.at) : pair.len};
		bool known = false;

		for (size_t i = 0; visit->route->query && visit->route->query[i]; i++)
			if (text_is(name, visit->route->query[i])) {
				known = true;
				http_query_value(visit->request, visit->route->query[i], &bad);
			}
		if (!known || bad) {
			refuse_visit(visit, 400, "query_unknown",
				     "A query parameter is unknown, given twice or malformed. See "
				     "/openapi.json.");
			return false;
		}
		rest.at += pair.len + (and? 1 : 0);
		rest.len -= pair.len + (and? 1 : 0);
	}
	return true;
}

static void on_caller(enum store_outcome outcome, const struct caller *caller, void *context)
{
	struct visit *visit = context;

	if (outcome != STORE_DONE) {
		call_store_fault(&visit->call, outcome);
		return;
	}
	if (!caller && visit->route->by_secret) {
		call_not_found(&visit->call);
		return;
	}
	if (!caller) {
		refuse_visit(visit, 401, "token",
			     "The bearer token is unknown, expired or revoked. Ask your "
			     "administrator for one.");
		return;
	}
	if (!rate_allows(visit->api->rate, caller->organisation)) {
		refuse_visit(visit, 429, "rate",
			     "Your organisation sends too much at once. Wait a second.");
		return;
	}
	visit->call.caller = *caller;
	visit->route->operation(&visit->call);
}

static bool bearer_of(const struct http_request *request, struct text *bearer)
{
	struct text value = http_header_value(request, "authorization");

	if (value.len < 8 || strncasecmp(value.at, "Bearer ", 7))
		return false;
	*bearer = (struct text){value.at + 7, value.len - 7};
	return true;
}

/* ---- the api's own paths ---- */

static void answer_plain(struct visit *visit, int status, const char *type, struct text body)
{
	send_reply(visit, &(struct reply){.status = status, .content_type = type, .body = body});
}

static void answer_ready(struct visit *visit)
{
	struct http_api *api = visit->api;
	struct text why = TEXT_NONE;

	if (api->options.ready(&why, api->options.context))
		answer_plain(visit, 200, NULL, TEXT("{\"ready\":true}"));
	else
		refuse_visit(visit, 503, "not_ready", text_cstr(visit->request->arena, why));
}

static void answer_metrics(struct visit *visit)
{
	struct writer w;

	writer_init(&w, visit->request->arena);
	figures_write(&w);
	answer_plain(visit, 200, "text/plain; version=0.0.4; charset=utf-8", writer_text(&w));
}

static void answer_problem_page(struct visit *visit)
{
	struct text code = visit->call.path_id;
	struct text page = text_printf(
		visit->request->arena,
		"%.*s\n\nThis is the name of the rule or check that a request did not pass. The "
		"problem's detail says what was wrong and what to do next;\nits errors point at "
		"the members concerned. The rules of the protocol are listed in the documentation "
		"that\n"
		"`concordatd protocol --markdown` prints, and the requests in /openapi.json.\n",
		TEXT_FMT(code));

	answer_plain(visit, 200, "text/plain; charset=utf-8", page);
}

static void answer_open_route(struct visit *visit)
{
	const char *id = visit->route->id;

	if (!strcmp(id, "live"))
		answer_plain(visit, 200, NULL, TEXT("{\"live\":true}"));
	else if (!strcmp(id, "ready"))
		answer_ready(visit);
	else if (!strcmp(id, "metrics"))
		answer_metrics(visit);
	else if (!strcmp(id, "openapi"))
		answer_plain(visit, 200, NULL, visit->api->document);
	else
		answer_problem_page(visit);
}

static void refuse_route(struct visit *visit, struct text allow)
{
	struct http_request *request = visit->request;
	struct http_header header = {TEXT("Allow"), allow};
	struct http_header type = {TEXT("Content-Type"), TEXT("application/problem+json")};

	if (!allow.at) {
		refuse_visit(visit, 404, "not_found", "There is nothing at this address.");
		return;
	}
	http_reply(
		request, 405, (struct http_header[]){header, type}, 2,
		write_problem(
			visit->api, request->arena, 405, "method",
			TEXT("This address does not take this method. Allow lists those it does."),
			request->request_id));
}

static void on_request(struct http_request *request, void *context)
{
	struct http_api *api = context;
	struct visit *visit = arena_make(request->arena, struct visit);
	struct text parts[2] = {TEXT_NONE, TEXT_NONE}, allow = TEXT_NONE, bearer;

	visit->api = api;
	visit->request = request;
	request->user = visit;
	visit->route = route_find(request->arena, request->method, request->path, parts, &allow);
	if (!visit->route) {
		refuse_route(visit, allow);
		return;
	}
	visit->call = (struct call){
		.app = api->options.app,
		.arena = request->arena,
		.path_id = parts[0],
		.path_second = parts[1],
		.body = request->body,
		.received_us = app_now_us(api->options.app),
		.request_id = request->request_id,
		.query = query_value,
		.on_answer = on_answer,
		.user = visit,
	};
	if (!visit->route->operation) {
		answer_open_route(visit);
		return;
	}
	if (!gate_headers(visit) || !gate_query(visit))
		return;
	if (visit->route->by_secret) {
		app_identify_feed(api->options.app, request->arena, parts[0], on_caller, visit);
		return;
	}
	if (!bearer_of(request, &bearer)) {
		refuse_visit(visit, 401, "token",
			     "Send a bearer token: Authorization: Bearer cnc_...");
		return;
	}
	app_identify(api->options.app, request->arena, bearer, on_caller, visit);
}

/* Documents may be larger than what else is sent. */
static int64_t body_limit(enum http_method method, struct text path, void *context)
{
	const struct http_api *api = context;

	return route_takes_bytes(method, path)
		       ? app_config(api->options.app)->document_mib * 1024 * 1024
		       : http_limits_default.body_bytes;
}

struct http_api *http_api_new(struct event_base *base, const struct http_api_options *options,
			      struct arena *arena, struct text *why)
{
	const struct config *config = app_config(options->app);
	struct http_api *api = arena_make(arena, struct http_api);
	struct http_server_options server = {
		.address = config->listen_address,
		.port = (uint16_t)config->listen_port,
		.tls_certificate = config->tls_certificate[0] ? config->tls_certificate : NULL,
		.tls_key = config->tls_key[0] ? config->tls_key : NULL,
		.limits = http_limits_default,
		.on_request = on_request,
		.problem = problem_of_edge,
		.body_limit = body_limit,
		.on_answered = on_answered,
		.context = api,
	};

	server.limits.connections = config->max_connections;
	api->options = *options;
	api->base_url = config->public_url;
	api->document = http_api_document(arena);
	api->rate = rate_new(arena, config->requests_per_second);
	api->server = http_server_new(base, &server, arena, why);
	if (!api->server)
		return NULL;
	api_figures_open(api->server, arena);
	return api;
}

struct http_server *http_api_server(struct http_api *api)
{
	return api->server;
}

void http_api_free(struct http_api *api)
{
	if (!api)
		return;
	api_figures_close(api->server);
	http_server_free(api->server);
}
