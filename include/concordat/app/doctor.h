/*
 * doctor.h - what an operator would look at: each finding with what to do about it.
 *
 * Synchronous, for a command. Nothing is changed. What rests on something that was found wrong is
 * not looked at.
 */
#ifndef CONCORDAT_APP_DOCTOR_H
#define CONCORDAT_APP_DOCTOR_H

#include "concordat/base/config.h"

enum finding_grade { FINDING_OK, FINDING_WARN, FINDING_FAIL };

struct finding {
	enum finding_grade grade;
	const char *name;
	struct text found;  /* a sentence */
	struct text advice; /* what to do; TEXT_NONE: nothing */
};

struct doctor {
	struct arena *arena;
	const struct config *config;
	struct finding *findings;
	size_t finding_count;
};

void doctor_find(struct doctor *doctor, enum finding_grade grade, const char *name,
		 struct text found, struct text advice);

/* The database and its server: reached as each role, rights, durability, connections, schema,
 * clock; then the house in it: keys, reference data, calendars, what waits, leases, logs. */
void doctor_look_at_database(struct doctor *doctor);

#endif
