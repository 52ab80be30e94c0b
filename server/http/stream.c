/*
 * stream.c - an answer without an end: its bytes go out as they come about.
 *
 * Close-delimited, so that it is the same for HTTP/1.0 and 1.1. The request's memory goes as soon
 * as it begins: what stays for hours is the connection alone. What a client has not taken is
 * bounded here, and in the kernel by the size of the socket's buffer, so that thousands who do not
 * read cost little.
 */
#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <sys/socket.h>

#include "connection.h"

#define KERNEL_BYTES (32 * 1024)

static size_t unsent(const struct connection *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->stream));
}

static void put(struct connection *c, struct text bytes)
{
	if (!unsent(c))
		connection_enter(c, CONNECTION_STREAMING, c->server->options.limits.answer_ms);
	bufferevent_write(c->stream, bytes.at, bytes.len);
}

/* It is told no more. */
static void part(struct connection *c)
{
	if (c->answer.writer.on_end)
		c->server->stats.streams--;
	c->answer.writer = (struct http_stream_writer){0};
}

static void end(struct connection *c)
{
	part(c);
	connection_enter(c, CONNECTION_ANSWERING, c->server->options.limits.answer_ms);
	if (!unsent(c))
		connection_answered(c);
}

/* ---- what the connection says ---- */

void stream_over(struct connection *c)
{
	struct http_stream_writer writer = c->answer.writer;

	part(c);
	if (writer.on_end)
		writer.on_end(writer.context);
}

void stream_sent(struct connection *c)
{
	if (unsent(c))
		return;
	event_del(c->deadline);
	if (c->answer.writer.on_sent)
		c->answer.writer.on_sent(c->answer.writer.context);
}

void stream_stuck(struct connection *c)
{
	c->server->stats.dropped++;
	connection_reset(c);
}

void stream_drain(struct connection *c)
{
	struct http_stream_writer writer = c->answer.writer;

	end(c);
	writer.on_end(writer.context);
}

/* ---- what its writer says ---- */

struct http_stream *http_reply_stream(struct http_request *request,
				      const struct http_header *headers, size_t header_count,
				      const struct http_stream_writer *writer)
{
	static const int kernel_bytes = KERNEL_BYTES;
	struct live *live = (struct live *)request;
	struct connection *c = live->connection;
	struct answer answer = {
		.status = 200,
		.headers = headers,
		.header_count = header_count,
		.request_id = request->request_id,
		.endless = true,
		.close = true,
	};
	struct timeval now;

	assert(writer->on_end);
	if (!live->server || !c || c->finished || c->server->draining ||
	    request->method == HTTP_HEAD_) {
		http_reply(request, answer.status, headers, header_count, TEXT_NONE);
		return NULL;
	}
	assert(c->state == CONNECTION_HANDLING && !live->answered);
	live->answered = true;
	c->closing = true;
	c->answer = (struct http_stream){.connection = c, .writer = *writer};
	c->server->stats.streams++;
	setsockopt(bufferevent_getfd(c->stream), SOL_SOCKET, SO_SNDBUF, &kernel_bytes,
		   sizeof(kernel_bytes));
	event_base_gettimeofday_cached(c->server->base, &now);
	put(c, answer_head(request->arena, &answer, now.tv_sec, &c->server->date));
	live_note(live, answer.status, 0);
	live_release(live);
	c->live = NULL;
	bufferevent_enable(c->stream, EV_READ);
	return &c->answer;
}

bool http_stream_write(struct http_stream *stream, struct text bytes)
{
	struct connection *c = stream->connection;

	assert(c->state == CONNECTION_STREAMING);
	if (unsent(c) + bytes.len > (size_t)c->server->options.limits.unsent_bytes) {
		c->server->stats.dropped++;
		part(c);
		connection_reset(c);
		return false;
	}
	put(c, bytes);
	return true;
}

size_t http_stream_unsent(const struct http_stream *stream)
{
	return unsent(stream->connection);
}

void http_stream_end(struct http_stream *stream)
{
	end(stream->connection);
}
