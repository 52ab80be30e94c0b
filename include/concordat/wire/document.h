/*
 * document.h - reference documents: calendars, closures, protocols and cost models, decoded and
 * checked.
 *
 * A document that does not fit its tables or is not sound is refused here, when it is loaded and
 * not when it is used. What is returned lives in the arena.
 */
#ifndef CONCORDAT_WIRE_DOCUMENT_H
#define CONCORDAT_WIRE_DOCUMENT_H

#include "concordat/core/calendar.h"
#include "concordat/core/cost_model.h"
#include "concordat/wire/json.h"

struct protocol;

/* Each is NULL, and *why a sentence with the pointer, when the document is refused. */
struct calendar *calendar_decode(struct arena *arena, struct text json, struct text *why)
	__attribute__((warn_unused_result));
/* Sorted; by closures_schema. */
struct closures *closures_decode(struct arena *arena, struct text json, struct text *why)
	__attribute__((warn_unused_result));
struct protocol *protocol_decode(struct arena *arena, struct text json, struct text *why)
	__attribute__((warn_unused_result));
/* Of one that is loaded already: it may lack duties (protocol_from_stored). */
struct protocol *protocol_stored_decode(struct arena *arena, struct text json, struct text *why)
	__attribute__((warn_unused_result));
/* The same for one who is shown where: what does not fit, each with its pointer, or the one thing
 * that makes it unsound. */
/* In the order given, not checked yet: core's closures_follow does that. */
struct closures *closures_read(struct arena *arena, struct text json, struct json_errors *errors)
	__attribute__((warn_unused_result));
struct protocol *protocol_read(struct arena *arena, struct text json, struct json_errors *errors)
	__attribute__((warn_unused_result));
struct cost_model *cost_model_decode(struct arena *arena, struct text json, struct text *why)
	__attribute__((warn_unused_result));
/* Of one that is loaded already: it is not tried again (cost_model_prepare). */
struct cost_model *cost_model_stored_decode(struct arena *arena, struct text json, struct text *why)
	__attribute__((warn_unused_result));
struct cost_model *cost_model_read(struct arena *arena, struct text json,
				   struct json_errors *errors) __attribute__((warn_unused_result));

extern const struct schema closure_schema; /* of a struct holiday */
extern const struct schema closures_schema;
struct text closures_json(struct arena *arena, const struct closures *closures);

#endif
