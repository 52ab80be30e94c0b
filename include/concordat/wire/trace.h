/*
 * trace.h - W3C Trace Context: what of a caller's own tracing goes along with what it asked for.
 *
 * version(2)-trace(32)-parent(16)-flags(2), all hexadecimal. A request's is kept beside the entries
 * that it made; whoever is told of one gets it as the CloudEvent's extension attribute traceparent,
 * which says where it all began, and as the header of the request that tells it, which is the same
 * trace below a parent of its own: that one try.
 */
#ifndef CONCORDAT_WIRE_TRACE_H
#define CONCORDAT_WIRE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/base/text.h"

#define TRACE_PARENT_BYTES 8

bool trace_is_sound(struct text header);
/* As it is handed on: in version 00 whatever version it came in, with the flags that one knows. */
struct text trace_kept(struct arena *arena, struct text header);
/* The same trace below another parent, which is not all zero. */
struct text trace_below(struct arena *arena, struct text traceparent,
			const uint8_t parent[TRACE_PARENT_BYTES]);
/* The trace's id, within it. */
struct text trace_id(struct text traceparent);

#endif
