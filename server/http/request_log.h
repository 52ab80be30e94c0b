/* request_log.h - one line a request. */
#ifndef CONCORDAT_SERVER_HTTP_REQUEST_LOG_H
#define CONCORDAT_SERVER_HTTP_REQUEST_LOG_H

#include "routes.h"

/* route NULL: none was reached; caller NULL: nobody was known. us: how long it took. */
void request_log(const struct http_request *request, const struct route *route,
		 const struct caller *caller, int status, size_t body_size, int64_t us);

#endif
