/*
 * parse.h - bytes to one request, or the reason why not.
 *
 * Knows no sockets and no clock: bytes go in, in any split, and the outcome depends on the bytes
 * alone. Two readers must agree on every message: our own scanner, which is strict and also limits,
 * and llhttp, which has the last word on framing.
 */
#ifndef CONCORDAT_HTTP_PARSE_H
#define CONCORDAT_HTTP_PARSE_H

#include <llhttp.h>

#include "concordat/http/server.h"

enum parse_state {
	PARSE_HEAD,   /* wants more of the head */
	PARSE_BODY,   /* the head is good; wants more of the body */
	PARSE_WHOLE,  /* one whole request; takes nothing more */
	PARSE_REFUSED /* see refusal; takes nothing more */
};

struct refusal {
	int status;
	const char *code;
	const char *detail;
};

enum chunk_part {
	CHUNK_SIZE,
	CHUNK_SIZE_LF,
	CHUNK_DATA,
	CHUNK_DATA_CR,
	CHUNK_DATA_LF,
	CHUNK_LAST_CR,
	CHUNK_LAST_LF,
	CHUNK_END
};

struct parser {
	const struct http_limits *limits;
	/* Asked once the head is sound, where it is set between parser_start and the first byte. */
	int64_t (*body_limit)(enum http_method method, struct text path, void *context);
	void *body_context;
	int64_t body_most; /* limits' own, or what body_limit said */
	struct arena *arena;
	enum parse_state state;
	const struct refusal *refusal; /* when PARSE_REFUSED */

	/* Sound from PARSE_BODY on, except body: that at PARSE_WHOLE. method is set as soon as
	 * the request line is read, so that a refused HEAD gets no body either. */
	enum http_method method;
	struct text method_name, path, query, body;
	struct http_header *headers;
	size_t header_count;
	bool keep_alive;       /* HTTP/1.1 without Connection: close, and no upgrade is asked */
	bool expects_continue; /* and has a body to send */

	/* Private to parse.c */
	char *head;
	size_t head_size, line_at, target_at, version_at;
	bool cr, request_line_done;
	int minor;
	bool chunked;
	int64_t left; /* body bytes to come, or of this chunk */
	enum chunk_part chunk_part;
	int chunk_digits;
	int64_t body_size;
	struct writer body_writer;
	llhttp_t llhttp;
	bool llhttp_head, llhttp_whole, llhttp_chunked, llhttp_keep_alive;
	uint64_t llhttp_length;
	size_t llhttp_headers;
};

/* Ready for the next request; everything it keeps comes from arena. limits must outlive it. */
void parser_start(struct parser *parser, struct arena *arena, const struct http_limits *limits);

/* Takes bytes and returns how many: all of them, unless the request became whole or was refused. */
size_t parser_feed(struct parser *parser, const char *bytes, size_t size)
	__attribute__((warn_unused_result));

/* The header's text when it is a well-formed W3C traceparent and stands once, else TEXT_NONE. */
struct text traceparent_of(const struct http_header *headers, size_t count);

#endif
