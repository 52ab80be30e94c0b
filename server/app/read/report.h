/* report.h - what the files of the scorecard share: what was asked for, and what has changed since
 * the day that it is to be known as of. */
#ifndef CONCORDAT_SERVER_APP_REPORT_H
#define CONCORDAT_SERVER_APP_REPORT_H

#include "concordat/app/schemas.h"
#include "internal.h"

#define REPORT_PARAMS 6

struct reporting {
	struct call *call;
	struct timescale_report report;
	struct param params[REPORT_PARAMS]; /* of both statements */
	struct report_item *items;
	size_t count, explained;
};

/* What stood otherwise on that day than it does now, into report.changes, and why; at most
 * CHANGES_MOST, the latest known first. on_done unless the call has been answered. */
#define CHANGES_MOST 200
void report_changes(struct reporting *r, void (*on_done)(struct reporting *r));

#endif
