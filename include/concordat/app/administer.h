/*
 * administer.h - setting a service up from the command line: synchronous, one statement at a time.
 */
#ifndef CONCORDAT_APP_ADMINISTER_H
#define CONCORDAT_APP_ADMINISTER_H

#include "concordat/base/config.h"

enum reference_kind { REFERENCE_CALENDAR, REFERENCE_PROTOCOL, REFERENCE_COST_MODEL };
#define REFERENCE_KINDS 3
extern const char *const reference_folders[REFERENCE_KINDS]; /* "calendars", ... */

/* Enters the operator organisation, the user and its role where they are missing, and a new token
 * for 30 days. *secret is the token. False and *why on a fault. */
bool administer_create_admin(const struct config *config, struct arena *arena, struct text email,
			     struct text name, struct text *secret, struct text *why)
	__attribute__((warn_unused_result));

/* Checks a document and loads it as an immutable version. The same version again is let pass when
 * it says the same, and refused when it differs. *said: what was done, in words. */
bool administer_load(const struct config *config, struct arena *arena, enum reference_kind kind,
		     struct text json, struct text *said, struct text *why)
	__attribute__((warn_unused_result));

#endif
