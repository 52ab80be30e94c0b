/*
 * connection.c - one connection and the requests on it, one at a time.
 *
 * State changes in one place (enter), which also sets the one absolute deadline of the
 * new state. While a request is with the handler its successors wait in the input buffer,
 * which is bounded; reading stays on below that bound so that a client that leaves is
 * noticed. A client that ends its sending still gets the answers to what it asked.
 */
#include "connection.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "concordat/base/id.h"
#include "concordat/base/report.h"

/* Bytes that may wait behind the request being handled (and one read more). Not libevent's high
 * watermark, which calls back without end while the buffer stays full. */
#define READ_MOST 65536
#define WRITE_MOST ((size_t)256 * 1024) /* at once: most answers go in one piece */
#define LARGE_MOST 16

static const struct refusal late_request = {408, "request_timeout",
					    "The request did not arrive in time. Send it again."};
static const struct refusal too_many_large = {
	503, "busy", "Too many documents are being sent at once. Send it again in a moment."};
static const struct refusal late_answer = {
	503, "answer_timeout",
	"The service did not answer in time, and what was asked may or may not have been done. "
	"Send it again with the same Idempotency-Key."};

void connection_enter(struct connection *c, enum connection_state state, int64_t deadline_ms)
{
	struct timeval after = {deadline_ms / 1000, deadline_ms % 1000 * 1000};

	assert(c->state != CONNECTION_CLOSED);
	c->state = state;
	if (event_add(c->deadline, &after) != 0)
		report_fatal("http", "A deadline could not be set; the memory may be used up.");
}

static bool wants_bytes(const struct connection *c)
{
	return c->state == CONNECTION_IDLE || c->state == CONNECTION_HEAD ||
	       c->state == CONNECTION_BODY;
}

static struct evbuffer *input_of(struct connection *c)
{
	return bufferevent_get_input(c->stream);
}

/* --- a request's end --- */

void live_release(struct live *live)
{
	live->server->large -= live->large;
	live->large = false;
	TAILQ_INSERT_TAIL(&live->server->dead_requests, live, entry);
	event_active(live->server->sweep, 0, 0);
}

/* The handler still owes its answer, which will go nowhere. */
static void orphan(struct live *live)
{
	live->request.gone = true;
	live->connection->live = NULL;
	live->connection = NULL;
	TAILQ_INSERT_TAIL(&live->server->orphans, live, entry);
}

/* Tells the client that no more comes, which a plain close would do rudely: with unread bytes it
 * resets, and the reset destroys what the client has not read yet. */
static void finish_sending(struct connection *c)
{
	if (c->tls) {
		ERR_clear_error();
		SSL_shutdown(bufferevent_openssl_get_ssl(c->stream));
		ERR_clear_error();
	}
	shutdown(bufferevent_getfd(c->stream), SHUT_WR);
}

void connection_close(struct connection *c)
{
	struct http_server *server = c->server;

	assert(c->state != CONNECTION_CLOSED);
	if (c->live && c->state == CONNECTION_HANDLING)
		orphan(c->live);
	else if (c->live)
		live_release(c->live);
	c->live = NULL;
	c->state = CONNECTION_CLOSED;
	event_free(c->deadline);
	bufferevent_free(c->stream);
	ERR_clear_error();
	TAILQ_REMOVE(&server->connections, c, entry);
	TAILQ_INSERT_TAIL(&server->dead_connections, c, entry);
	server->stats.open--;
	event_active(server->sweep, 0, 0);
	stream_over(c);
}

void connection_reset(struct connection *c)
{
	static const struct linger reset = {1, 0};

	setsockopt(bufferevent_getfd(c->stream), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	connection_close(c);
}

/* --- answers --- */

/* One that timed out with its handler is answered twice, and noted once. */
void live_note(struct live *live, int status, size_t body_size)
{
	const struct http_server_options *options = &live->server->options;

	if (options->on_answered && !live->noted)
		options->on_answered(&live->request, status, body_size, options->context);
	live->noted = true;
}

static void send_answer(struct connection *c, int status, const struct http_header *headers,
			size_t header_count, struct text body)
{
	const struct http_limits *limits = &c->server->options.limits;
	struct http_request *request = &c->live->request;
	struct answer answer = {
		.status = status,
		.headers = headers,
		.header_count = header_count,
		.body_size = body.len,
		.request_id = request->request_id,
		.close = c->closing,
		.keep_seconds = limits->idle_ms / 1000,
	};
	struct timeval now;
	struct text head;

	if (request->method == HTTP_HEAD_ || !answer_has_body(status))
		body.len = 0;
	live_note(c->live, status, body.len);
	event_base_gettimeofday_cached(c->server->base, &now);
	head = answer_head(request->arena, &answer, now.tv_sec, &c->server->date);
	connection_enter(c, CONNECTION_ANSWERING, limits->answer_ms);
	bufferevent_write(c->stream, head.at, head.len);
	if (body.len > 0)
		bufferevent_write(c->stream, body.at, body.len);
}

static void send_problem(struct connection *c, const struct refusal *refusal)
{
	static const struct http_header type = {
		{"Content-Type", sizeof("Content-Type") - 1},
		{"application/problem+json", sizeof("application/problem+json") - 1}};
	const struct http_server_options *options = &c->server->options;
	struct http_request *request = &c->live->request;
	struct text body = options->problem(request->arena, refusal->status, refusal->code,
					    refusal->detail, request->request_id, options->context);

	c->server->stats.refused++;
	c->closing = true;
	send_answer(c, refusal->status, &type, 1, body);
}

/* The server's own answer, and the connection's last: what follows is not read as a request. */
static void refuse(struct connection *c, const struct refusal *refusal)
{
	c->live->answered = true;
	c->live->request.method = c->parser.method;
	send_problem(c, refusal);
}

void http_reply(struct http_request *request, int status, const struct http_header *headers,
		size_t header_count, struct text body)
{
	struct live *live = (struct live *)request;
	struct connection *c = live->connection;

	assert(!live->answered);
	live->answered = true;
	if (!live->server) {
		arena_free(request->arena);
		return;
	}
	if (!c) {
		live_note(live, status, 0);
		TAILQ_REMOVE(&live->server->orphans, live, entry);
		live_release(live);
		return;
	}
	assert(c->state == CONNECTION_HANDLING && c->live == live);
	if (!c->parser.keep_alive || c->server->draining ||
	    (c->finished && evbuffer_get_length(input_of(c)) == 0))
		c->closing = true;
	send_answer(c, status, headers, header_count, body);
}

/* --- a request's beginning --- */

static int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void begin_request(struct connection *c)
{
	struct arena *arena = arena_new();
	struct live *live = arena_make(arena, struct live);
	struct timeval now;

	event_base_gettimeofday_cached(c->server->base, &now);
	live->server = c->server;
	live->connection = c;
	live->request.arena = arena;
	live->request.request_id =
		uuid_text(arena, uuid_new((int64_t)now.tv_sec * 1000000 + now.tv_usec));
	live->request.received_ns = monotonic_ns();
	live->request.peer = text_copy(arena, text_of(c->peer));
	c->live = live;
	parser_start(&c->parser, arena, &c->server->options.limits);
	c->parser.body_limit = c->server->options.body_limit;
	c->parser.body_context = c->server->options.context;
	connection_enter(c, CONNECTION_HEAD, c->server->options.limits.head_ms);
}

/* Bodies are held whole: of those that may be large there are few at once. */
static bool admit_body(struct connection *c)
{
	const struct parser *p = &c->parser;
	int64_t usual = c->server->options.limits.body_bytes;
	int64_t size = p->chunked ? p->body_most : p->left + (int64_t)p->body_writer.len;

	if (size <= usual)
		return true;
	if (c->server->large >= LARGE_MOST)
		return false;
	c->live->large = true;
	c->server->large++;
	return true;
}

static void begin_body(struct connection *c)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (!admit_body(c)) {
		refuse(c, &too_many_large);
		return;
	}
	connection_enter(c, CONNECTION_BODY, c->server->options.limits.body_ms);
	if (c->parser.expects_continue)
		bufferevent_write(c->stream, go_on, sizeof(go_on) - 1);
}

static void hand_over(struct connection *c)
{
	const struct http_server_options *options = &c->server->options;
	struct http_request *request = &c->live->request;
	const struct parser *p = &c->parser;

	request->method = p->method;
	request->method_name = p->method_name;
	request->path = p->path;
	request->query = p->query;
	request->headers = p->headers;
	request->header_count = p->header_count;
	request->body = p->body;
	request->traceparent = traceparent_of(p->headers, p->header_count);
	c->server->stats.requests++;
	connection_enter(c, CONNECTION_HANDLING, options->limits.answer_ms);
	options->on_request(request, options->context);
}

static void take_bytes(struct connection *c)
{
	struct evbuffer_iovec piece;
	size_t taken;

	evbuffer_peek(input_of(c), -1, NULL, &piece, 1);
	assert(piece.iov_len > 0);
	if (c->state == CONNECTION_IDLE)
		begin_request(c);
	taken = parser_feed(&c->parser, piece.iov_base, piece.iov_len);
	evbuffer_drain(input_of(c), taken);
	switch (c->parser.state) {
	case PARSE_HEAD:
		break;
	case PARSE_BODY:
		if (c->state == CONNECTION_HEAD)
			begin_body(c);
		break;
	case PARSE_WHOLE:
		hand_over(c);
		break;
	case PARSE_REFUSED:
		refuse(c, c->parser.refusal);
		break;
	}
}

/* Does what the bytes at hand allow. Answers are flushed from the loop only, so a long pipeline
 * does not recurse. May close the connection: the caller's last act. */
static void advance(struct connection *c)
{
	while (wants_bytes(c) && evbuffer_get_length(input_of(c)) > 0)
		take_bytes(c);
	if (c->closing)
		evbuffer_drain(input_of(c), evbuffer_get_length(input_of(c)));
	else if (evbuffer_get_length(input_of(c)) >= READ_MOST)
		bufferevent_disable(c->stream, EV_READ);
	if (c->finished && (wants_bytes(c) || c->state == CONNECTION_LINGERING ||
			    c->state == CONNECTION_STREAMING))
		connection_close(c);
}

void connection_answered(struct connection *c)
{
	const struct http_limits *limits = &c->server->options.limits;

	if (c->live)
		live_release(c->live);
	c->live = NULL;
	if (c->server->draining)
		c->closing = true;
	if (c->closing) {
		finish_sending(c);
		connection_enter(c, CONNECTION_LINGERING, limits->linger_ms);
	} else {
		connection_enter(c, CONNECTION_IDLE, limits->idle_ms);
	}
	if (!c->finished)
		bufferevent_enable(c->stream, EV_READ);
	advance(c);
}

/* --- what the loop tells us --- */

static void on_read(struct bufferevent *stream, void *context)
{
	(void)stream;
	advance(context);
}

static void on_write(struct bufferevent *stream, void *context)
{
	struct connection *c = context;

	/* A 100 Continue is flushed too, and nobody waits for that. */
	if (c->state == CONNECTION_ANSWERING &&
	    evbuffer_get_length(bufferevent_get_output(stream)) == 0)
		connection_answered(c);
	else if (c->state == CONNECTION_STREAMING)
		stream_sent(c);
}

static void on_change(struct bufferevent *stream, short what, void *context)
{
	struct connection *c = context;

	(void)stream;
	/* A stale entry would be blamed on another connection of this thread. */
	ERR_clear_error();
	if (what & BEV_EVENT_CONNECTED) {
		connection_enter(c, CONNECTION_IDLE, c->server->options.limits.head_ms);
	} else if ((what & BEV_EVENT_EOF) && !c->tls) {
		c->finished = true;
		advance(c);
	} else {
		connection_close(c);
	}
}

static void on_deadline(evutil_socket_t unused, short what, void *context)
{
	struct connection *c = context;

	(void)unused;
	(void)what;
	switch (c->state) {
	case CONNECTION_IDLE:
		finish_sending(c);
		connection_close(c);
		break;
	case CONNECTION_HEAD:
	case CONNECTION_BODY:
		refuse(c, &late_request);
		break;
	case CONNECTION_HANDLING:
		send_problem(c, &late_answer);
		orphan(c->live);
		break;
	case CONNECTION_STREAMING:
		stream_stuck(c);
		break;
	case CONNECTION_ANSWERING:
		connection_reset(c);
		break;
	case CONNECTION_HANDSHAKE:
	case CONNECTION_LINGERING:
		connection_close(c);
		break;
	case CONNECTION_CLOSED:
		assert(!"a deadline after the end");
		break;
	}
}

/* --- the connection's own life --- */

static struct bufferevent *stream_new(struct http_server *server, int fd)
{
	struct bufferevent *stream;
	SSL *ssl;

	if (!server->tls)
		return bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	ERR_clear_error();
	ssl = SSL_new(server->tls);
	if (!ssl)
		return NULL;
	stream = bufferevent_openssl_socket_new(server->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
						BEV_OPT_CLOSE_ON_FREE);
	if (!stream)
		SSL_free(ssl);
	return stream;
}

void connection_new(struct http_server *server, int fd, const char *peer)
{
	const struct http_limits *limits = &server->options.limits;
	struct bufferevent *stream = stream_new(server, fd);
	struct arena *arena;
	struct connection *c;
	int on = 1;

	if (!stream) {
		report(REPORT_WARNING, "http", "A connection could not be set up and was closed.",
		       NULL);
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	arena = arena_new();
	c = arena_make(arena, struct connection);
	c->arena = arena;
	c->server = server;
	c->stream = stream;
	c->tls = server->tls != NULL;
	snprintf(c->peer, sizeof(c->peer), "%s", peer);
	c->deadline = event_new(server->base, -1, 0, on_deadline, c);
	if (!c->deadline)
		report_fatal("http", "A deadline could not be made; the memory may be used up.");
	TAILQ_INSERT_TAIL(&server->connections, c, entry);
	server->stats.accepted++;
	server->stats.open++;
	bufferevent_setcb(stream, on_read, on_write, on_change, c);
	bufferevent_set_max_single_write(stream, WRITE_MOST);
	if (c->tls)
		connection_enter(c, CONNECTION_HANDSHAKE, limits->handshake_ms);
	else
		connection_enter(c, CONNECTION_IDLE, limits->head_ms);
	bufferevent_enable(stream, EV_READ | EV_WRITE);
}

void connection_drain(struct connection *c)
{
	if (c->state == CONNECTION_STREAMING)
		stream_drain(c);
	if (c->state != CONNECTION_IDLE && c->state != CONNECTION_HANDSHAKE)
		return;
	if (c->state == CONNECTION_IDLE)
		finish_sending(c);
	connection_close(c);
}
