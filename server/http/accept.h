/* accept.h - what a caller takes, by its Accept headers. */
#ifndef CONCORDAT_SERVER_HTTP_ACCEPT_H
#define CONCORDAT_SERVER_HTTP_ACCEPT_H

#include "concordat/http/server.h"

/* The media type to answer in: JSON, or one of those beside it (NULL: none) that the caller would
 * rather have; NULL when it takes none of them. Several Accept headers are one list. The most exact
 * range that fits a type gives its weight, and 0 refuses it; without a header everything is taken.
 * What has no form in JSON is given as it is, whatever was asked for. */
const char *accept_choice(const struct http_request *request, bool has_json,
			  const char *const *beside);

#endif
