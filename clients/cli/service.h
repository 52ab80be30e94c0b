/*
 * service.h - one question to the service: its address and the token come from outside the command
 * line's words, so that neither a history nor a list of processes holds the token.
 */
#ifndef CONCORDAT_CLI_SERVICE_H
#define CONCORDAT_CLI_SERVICE_H

#include "command.h"

#define SERVICE_VALUES 9

/* A parameter of the address; value NULL: left out. */
struct service_value {
	const char *name, *value;
};

/* GET path with these values (an array that ends in a NULL name). What goes wrong is said, as the
 * service says it where it answered. */
enum outcome service_get(const struct command_line *line, const char *path,
			 const struct service_value *values, struct text *body)
	__attribute__((warn_unused_result));

/* The items of every page of a list, as they came, one after another with commas between; at most
 * SERVICE_VALUES - 3 values. */
enum outcome service_all(const struct command_line *line, const char *path,
			 const struct service_value *values, struct text *items)
	__attribute__((warn_unused_result));

/* What is sent, under a key by which the service knows a repeat. */
struct service_body {
	const char *type;
	struct text bytes;
	const char *key; /* a UUID */
};

/* The same with POST. Of a refusal *body is the problem. */
enum outcome service_post(const struct command_line *line, const char *path,
			  const struct service_value *values, const struct service_body *sent,
			  struct text *body) __attribute__((warn_unused_result));

#endif
