/*
 * cloud.h - what a party is told for programs, of one fact: for webhooks and for the live stream.
 *
 * traceparent: what stands beside the fact (trace.h).
 */
#ifndef CONCORDAT_APP_CLOUD_H
#define CONCORDAT_APP_CLOUD_H

#include "concordat/app/parts.h"
#include "concordat/core/home.h"
#include "concordat/wire/cloud_event.h"

/* False when the party is not told of it (core's fact_told_to). The placement may be ahead of the
 * fact: entry and version are the party's own as they were once it was recorded. The event stays
 * good as long as arena does. */
bool cloud_event_of_fact(struct app *app, struct arena *arena, const struct placement *placement,
			 const struct fact *fact, const struct party *party,
			 struct text traceparent, struct cloud_event *out)
	__attribute__((warn_unused_result));
/* The same of an authority's record of a home: false for who is not told of it (home_told), or does
 * not see it (core's home_fact_visible). */
bool cloud_event_of_home(struct app *app, struct arena *arena, const struct home_read *read,
			 const struct home_fact *fact, struct uuid organisation,
			 struct text traceparent, struct cloud_event *out)
	__attribute__((warn_unused_result));

#endif
