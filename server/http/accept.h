/* accept.h - whether a caller takes JSON, by its Accept headers. */
#ifndef CONCORDAT_SERVER_HTTP_ACCEPT_H
#define CONCORDAT_SERVER_HTTP_ACCEPT_H

#include "concordat/http/server.h"

/* Several Accept headers are one list. The most exact range that fits decides, and a weight of 0
 * refuses. Without a header everything is taken. */
bool accepts_json(const struct http_request *request);

#endif
