/*
 * cloud.h - what a party is told for programs, of one fact: for webhooks and for the live stream.
 */
#ifndef CONCORDAT_APP_CLOUD_H
#define CONCORDAT_APP_CLOUD_H

#include "concordat/app/app.h"
#include "concordat/core/placement.h"
#include "concordat/wire/cloud_event.h"

/* False when the party is not told of it (core's fact_told_to). The placement may be ahead of the
 * fact: entry and version are the party's own as they were once it was recorded. The event stays
 * good as long as arena does. */
bool cloud_event_of_fact(struct app *app, struct arena *arena, const struct placement *placement,
			 const struct fact *fact, const struct party *party,
			 struct cloud_event *out) __attribute__((warn_unused_result));

#endif
