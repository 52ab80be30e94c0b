/*
 * request_log.c - one line a request.
 *
 * The path is not in it, nor the query: both may say something about a person.
 */
#include "request_log.h"

#include <stdio.h>

#include "concordat/base/report.h"
#include "concordat/wire/trace.h"

/* The caller's, else one of our own: the request's id, which is as random as it must be. */
static void trace_of(const struct http_request *request, char out[33])
{
	struct text id = request->request_id;
	size_t n = 0;

	if (request->traceparent.at)
		id = trace_id(request->traceparent);
	for (size_t i = 0; i < id.len && n < 32; i++)
		if (id.at[i] != '-')
			out[n++] = id.at[i];
	out[n] = '\0';
}

static const char *id_or_none(struct uuid id, char out[37])
{
	uuid_format(id, out);
	return uuid_is_zero(id) ? NULL : out;
}

void request_log(const struct http_request *r, const struct route *route,
		 const struct caller *caller, int status, size_t body_size, int64_t us)
{
	static const struct caller nobody;
	enum report_level level = status >= 500 ? REPORT_WARNING : REPORT_INFO;
	char code[8], took[24], bytes[24], trace[33], organisation[37], user[37];

	if (!report_is_on(level))
		return;
	if (!caller)
		caller = &nobody;
	snprintf(code, sizeof(code), "%d", status);
	snprintf(took, sizeof(took), "%lld.%03d", (long long)(us / 1000), (int)(us % 1000));
	snprintf(bytes, sizeof(bytes), "%zu", body_size);
	trace_of(r, trace);
	report(level, "http", "request", "request_id", text_cstr(r->arena, r->request_id),
	       "trace_id", trace, "traceparent",
	       r->traceparent.at ? text_cstr(r->arena, r->traceparent) : NULL, "method",
	       method_name(r->method), "route", route ? route->pattern : NULL, "status", code, "ms",
	       took, "bytes", bytes, "organisation", id_or_none(caller->organisation, organisation),
	       "user", id_or_none(caller->user, user), "peer", text_cstr(r->arena, r->peer), "gone",
	       r->gone ? "true" : NULL, NULL);
}
