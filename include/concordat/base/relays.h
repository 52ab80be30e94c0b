/*
 * relays.h - the mail servers of smtp_url, each with the user and password that are its own.
 *
 * "smtp://user:pass%20word@relay.example:587 smtps://other.example": what stands before the @ is
 * for that one alone, percent-encoded (RFC 3986, 3.2.1). Once it is read it is nowhere in a text
 * that is shown.
 */
#ifndef CONCORDAT_BASE_RELAYS_H
#define CONCORDAT_BASE_RELAYS_H

#include <stdbool.h>
#include <stddef.h>

#include "concordat/base/text.h"

#define RELAYS_MOST 8

struct relay {
	const char *url; /* without user and password */
	const char *user, *password;
	bool has_own; /* it names them */
};

struct relays {
	struct relay at[RELAYS_MOST]; /* in the order in which they are asked */
	size_t count;
};

/* user and password: of those that name none; empty: they have none. *shown: the list without what
 * is secret. On a fault false, and *why is a sentence that holds none of the text. */
bool relays_parse(struct arena *arena, struct text urls, const char *user, const char *password,
		  struct relays *out, const char **shown, struct text *why)
	__attribute__((warn_unused_result));

#endif
