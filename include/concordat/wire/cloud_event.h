/*
 * cloud_event.h - what a party is told for programs: a CloudEvents 1.0 document in JSON.
 *
 * The one form for webhooks and for the live stream. Thin like every message: which placement, what
 * happened, the party's own version of it, so that a receiver drops what is older than what it
 * has, and how far the authority's log is sealed, so that a rewriting would show at the receivers'.
 * Never a person's name, never a figure of money.
 *
 *   {"specversion":"1.0","id":...,"source":"https://.../v1/placements/{id}","type":"offer_made",
 *    "subject":"PL-1000047-P","time":...,"datacontenttype":"application/json","traceparent":...,
 *    "data":{"placement":...,"reference":...,"authority":...,"kind":"offer_made","entry":12,
 *            "version":"v7","href":"/v1/placements/...","log":{"origin":...,"size":...,"root":...}}}
 *
 * id: "<placement>.<entry>" for an entry, with the party's own number of it: the same at every
 * receiver of that party and in the stream. What is no entry (a reminder, a test) has an id of its
 * own. Of what an authority recorded of a home it is the home that stands there, and in data.
 *
 * traceparent is CloudEvents' distributed tracing extension: of the request that made the entry,
 * where it had one; the same at every hop, as that asks.
 */
#ifndef CONCORDAT_WIRE_CLOUD_EVENT_H
#define CONCORDAT_WIRE_CLOUD_EVENT_H

#include "concordat/base/id.h"
#include "concordat/base/sha256.h"
#include "concordat/base/text.h"

struct cloud_event {
	struct text id;		/* TEXT_NONE: made of placement or home, and entry */
	struct text public_url; /* source is below it; a slash at its end is passed over */
	struct text kind;	/* type, and data.kind: a fact's name, "reminder", "test" */
	struct uuid placement, home, authority; /* of the first two at most one is not zero */
	struct text reference;	 /* of the placement; the division of a calendar; or TEXT_NONE */
	int32_t entry, version;	 /* the party's own; 0: none */
	int64_t at_us;		 /* recorded, by the database's clock */
	struct text traceparent; /* TEXT_NONE: none */
	struct text log_origin;	 /* TEXT_NONE: it is not sealed yet */
	struct digest log_root;
	int64_t log_size;
};

void cloud_event_write(struct writer *w, const struct cloud_event *event);

#endif
