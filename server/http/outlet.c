/*
 * outlet.c - an answer without an end, between app and the edge.
 */
#include "outlet.h"

static bool write_bytes(void *outlet, struct text bytes)
{
	return http_stream_write(outlet, bytes);
}

static size_t unsent(const void *outlet)
{
	return http_stream_unsent(outlet);
}

static void end(void *outlet)
{
	http_stream_end(outlet);
}

static const struct outlet_calls calls = {write_bytes, unsent, end};

static void on_sent(void *context)
{
	struct stream_answer *answer = context;

	answer->on_sent(answer);
}

static void on_end(void *context)
{
	struct stream_answer *answer = context;

	answer->outlet = NULL;
	answer->on_end(answer);
}

void outlet_open(struct http_request *request, struct stream_answer *answer)
{
	const struct http_header headers[] = {
		{TEXT("Content-Type"), TEXT("text/event-stream")},
		{TEXT("Cache-Control"), TEXT("no-store")},
		{TEXT("X-Content-Type-Options"), TEXT("nosniff")},
		/* a proxy that would hold events back until it has many */
		{TEXT("X-Accel-Buffering"), TEXT("no")},
	};
	const struct http_stream_writer writer = {on_sent, on_end, answer};

	answer->calls = &calls;
	answer->outlet =
		http_reply_stream(request, headers, sizeof(headers) / sizeof(*headers), &writer);
	if (answer->outlet)
		answer->on_open(answer);
	else
		answer->on_end(answer);
}
