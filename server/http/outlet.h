/* outlet.h - an answer without an end, between app and the edge. */
#ifndef CONCORDAT_SERVER_HTTP_OUTLET_H
#define CONCORDAT_SERVER_HTTP_OUTLET_H

#include "concordat/app/stream.h"
#include "concordat/http/server.h"

/* Answers the request with it, as text/event-stream. */
void outlet_open(struct http_request *request, struct stream_answer *answer);

#endif
