/*
 * server.h - the HTTP edge: listen, parse, limit, answer.
 *
 * HTTP/1.1 over libevent bufferevents (plain or TLS), parsed by llhttp with no
 * lenient flag, plus the checks llhttp leaves to us. Whatever is not plainly one
 * well-formed request is refused with 400 and the connection closed; nothing
 * behind it is run. Deadlines are absolute, by timer. It knows nothing of routes: each
 * whole request is given to one callback, and each request is answered exactly once.
 * Requests on one connection are handled one at a time, in order.
 */
#ifndef CONCORDAT_HTTP_SERVER_H
#define CONCORDAT_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/base/text.h"

struct event_base;
struct http_server;
struct http_request;

struct http_header {
	struct text name; /* as sent; compare without case */
	struct text value;
};

enum http_method {
	HTTP_OTHER,
	HTTP_GET_,
	HTTP_HEAD_,
	HTTP_POST_,
	HTTP_PUT_,
	HTTP_DELETE_,
	HTTP_PATCH_,
	HTTP_OPTIONS_
};

/* Valid until http_reply. All memory is in arena, which lives as long as the request. */
struct http_request {
	struct arena *arena;
	enum http_method method;
	struct text method_name;
	struct text path;  /* before '?', still percent-encoded */
	struct text query; /* after '?', TEXT_NONE without one */
	const struct http_header *headers;
	size_t header_count;
	struct text body;	 /* TEXT_NONE without one */
	struct text request_id;	 /* ours, a UUIDv7 */
	struct text traceparent; /* W3C, or TEXT_NONE when absent or malformed */
	struct text peer;	 /* the address it came from, as digits */
	int64_t received_ns;	 /* monotonic, when its first byte was here */
	bool gone;		 /* the client left; an answer goes nowhere but is still owed */
	void *user;		 /* the handler's own */
};

/* The first of that name, compared without case; TEXT_NONE without one. Host, Expect,
 * Content-Length, Content-Type, Authorization, Idempotency-Key and If-Match stand once at most. */
struct text http_header_value(const struct http_request *request, const char *name);
/* A decoded query parameter ('+' is a space); TEXT_NONE when absent. *bad is set when it is given
 * twice, or its escapes or UTF-8 are malformed; it is never cleared: one flag serves many. */
struct text http_query_value(struct http_request *request, const char *name, bool *bad);

struct http_limits {
	int64_t head_bytes;   /* 8 KiB: 431 */
	int64_t header_count; /* 64: 431 */
	int64_t target_bytes; /* 2 KiB: 414 */
	int64_t body_bytes;   /* 256 KiB: 413 before it is read */
	int64_t connections;  /* beyond: accept waits */
	int64_t handshake_ms; /* 10 s */
	int64_t head_ms;      /* 10 s */
	int64_t body_ms;      /* 30 s */
	int64_t idle_ms;      /* 60 s */
	int64_t answer_ms; /* 60 s for the handler (then 503), and again for the client to read */
	int64_t linger_ms; /* 2 s after the last answer, so that the client gets it */
	int64_t unsent_bytes; /* 64 KiB waiting in a stream: it is dropped */
};
extern const struct http_limits http_limits_default;

struct http_server_options {
	const char *address;
	uint16_t port;			       /* 0: any free one */
	const char *tls_certificate, *tls_key; /* NULL: plain */
	struct http_limits limits;
	/* Called once for each whole request, from the loop. The handler answers now or later. */
	void (*on_request)(struct http_request *request, void *context);
	/* The most bytes of this request's body, asked once its head is sound; may be NULL:
	 * limits.body_bytes. At most 16 requests at once send more than those: 503 beyond. */
	int64_t (*body_limit)(enum http_method method, struct text path, void *context);
	/* Writes the body of an error the server itself finds (400, 408, 413, 414, 417, 431, 501,
	 * 503, 505), as application/problem+json. */
	struct text (*problem)(struct arena *arena, int status, const char *code,
			       const char *detail, struct text request_id, void *context);
	/* Called once for each request that is answered, or whose client left before, with what was
	 * answered; user is NULL when no handler had it. For logs and figures; may be NULL. */
	void (*on_answered)(const struct http_request *request, int status, size_t body_size,
			    void *context);
	void *context;
};

struct http_stats {
	uint64_t accepted, open, requests;
	uint64_t refused;	/* answered by the server itself */
	uint64_t accept_paused; /* times, for the limit of connections or of descriptors */
	uint64_t streams;	/* open now */
	uint64_t dropped;	/* streams whose client was too slow */
};

/* NULL on a fault; *why, in arena, says which. The process must ignore SIGPIPE. */
struct http_server *http_server_new(struct event_base *base,
				    const struct http_server_options *options, struct arena *arena,
				    struct text *why) __attribute__((warn_unused_result));
uint16_t http_server_port(const struct http_server *server);
struct http_stats http_server_stats(const struct http_server *server);
/* Stop accepting; idle connections close, others after their answer (Connection: close). on_drained
 * is called once, from the loop and never before this returns, when no connection is left and every
 * request is answered. It may free the server. */
void http_server_drain(struct http_server *server, void (*on_drained)(void *context),
		       void *context);
/* Closes everything at once. Requests not yet answered are gone, and still owed an http_reply. Not
 * from on_request. */
void http_server_free(struct http_server *server);

/* Read certificate and key again and swap them under load; the old ones stay with the connections
 * that have them, and with all when this fails. *why is good until the next call. A plain server
 * has nothing to do. */
bool http_server_reload_tls(struct http_server *server, struct text *why)
	__attribute__((warn_unused_result));

/* Whether the files are a certificate chain and its key; *days_left until the certificate ends. */
bool http_tls_is_sound(const char *certificate, const char *key, struct arena *arena,
		       int *days_left, struct text *why) __attribute__((warn_unused_result));

/* Answers; the request is gone afterwards (its memory is freed after the bytes are sent). Header
 * values are checked: CR, LF or NUL in one is a bug (assert). Content-Length, Date, Connection and
 * X-Request-Id are added here. */
void http_reply(struct http_request *request, int status, const struct http_header *headers,
		size_t header_count, struct text body);

/* ---- an answer without an end (stream.c) ----
 *
 * Its bytes are written as they come about, up to the end of the connection. Of its memory only the
 * connection's own stays. A client that has left more than limits.unsent_bytes unread, or has not
 * taken all of what is unsent within limits.answer_ms, is dropped; the others do not notice. */

struct http_stream;

struct http_stream_writer {
	/* All that was written is out; for who has more. May be NULL. */
	void (*on_sent)(void *context);
	/* Once, unless the writer ended it or a write said false: the client has left or was too
	 * slow, or the server drains. The stream is gone. */
	void (*on_end)(void *context);
	void *context;
};

/* Answers 200 and goes on. The request is gone, its memory with the loop's next turn. NULL: nobody
 * is there to read, and on_end does not come. */
struct http_stream *http_reply_stream(struct http_request *request,
				      const struct http_header *headers, size_t header_count,
				      const struct http_stream_writer *writer);
/* False: the client was too slow and the stream is gone. */
bool http_stream_write(struct http_stream *stream, struct text bytes)
	__attribute__((warn_unused_result));
size_t http_stream_unsent(const struct http_stream *stream);
/* Behind what was written; the stream is gone for its writer. */
void http_stream_end(struct http_stream *stream);

#endif
