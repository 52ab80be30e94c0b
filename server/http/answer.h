/* answer.h - the head of an answer, as bytes. */
#ifndef CONCORDAT_HTTP_ANSWER_H
#define CONCORDAT_HTTP_ANSWER_H

#include "concordat/http/server.h"

struct answer {
	int status; /* one that answer.c has a phrase for: else a bug (assert) */
	const struct http_header *headers;
	size_t header_count;
	size_t body_size;
	bool endless; /* the body's end is the connection's */
	struct text request_id;
	bool close;	      /* the connection closes behind this answer */
	int64_t keep_seconds; /* else how long we keep it when idle */
};

/* The text of the Date header, made once a second. Zeroed to begin with. */
struct date_cache {
	int64_t second;
	char text[32];
};

/* 204 and 304 have no body whatever they were given. */
bool answer_has_body(int status);

struct text answer_head(struct arena *arena, const struct answer *answer, int64_t unix_second,
			struct date_cache *date);

#endif
