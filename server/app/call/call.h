/*
 * call.h - what every operation does with its call: reads what was asked, asks the database, and
 * ends it.
 *
 * app.h has the plainest endings; these are the others. Each that ends the call says so: nothing
 * may be done with it afterwards.
 */
#ifndef CONCORDAT_SERVER_APP_CALL_H
#define CONCORDAT_SERVER_APP_CALL_H

#include "concordat/app/parts.h"

/* ---- what was asked: false when the call has been answered ---- */

/* The body, by its field table. */
bool call_body(struct call *call, const struct schema *schema, void *data)
	__attribute__((warn_unused_result));
/* The id in the path; one that cannot be is 404. */
bool call_id(struct call *call, struct uuid *id) __attribute__((warn_unused_result));
/* True when the caller administers the authority; else 404, and for its own 403 with this sentence.
 */
bool call_manages(struct call *call, struct uuid authority, struct text refusal)
	__attribute__((warn_unused_result));

/* ---- the database ---- */

/* store_read for the caller's organisation, and store_work. */
void call_read(struct call *call, const char *sql, const struct param *params, size_t count,
	       store_rows_cb on_rows, void *context);
void call_work(struct call *call, const char *sql, const struct param *params, size_t count,
	       store_rows_cb on_rows, void *context);
/* Whether there is a row; else the call has been answered: 404 when there is none. */
bool call_found(struct call *call, enum store_outcome outcome, const struct rows *rows)
	__attribute__((warn_unused_result));

/* ---- ends ---- */

/* on_answer follows from the loop, never before this returns. The answer is copied; what its texts
 * point to must live as long as the call. */
void call_finish(struct call *call, const struct reply *answer);
/* The same of what has an etag: 304 without a body when the caller has that (If-None-Match). */
void call_finish_tagged(struct call *call, struct reply *answer);
bool call_holds(const struct call *call, struct text etag);
/* One struct by its field table, as the commissioner sees it. */
void call_answer_struct(struct call *call, int status, const struct schema *schema,
			const void *data);
/* The same with 201, and where what was made is: folder and id. */
void call_answer_made(struct call *call, const struct schema *schema, const void *data,
		      const char *folder, struct uuid id);
/* {"id": as the path has it, word: true} */
void call_answer_done(struct call *call, const char *word);

/* With a problem; its request_id is filled in here. */
void call_finish_problem(struct call *call, struct problem *problem);
/* For what will pass: with Retry-After. */
void call_problem_later(struct call *call, int status, const char *code, struct text detail,
			int retry_after_s);
void call_json_errors(struct call *call, const struct json_errors *errors); /* 400 */
/* 400 for one member. */
void call_refuse(struct call *call, struct text pointer, struct text sentence);
void call_key_reused(struct call *call); /* 422: the key was used for another request */

#endif
