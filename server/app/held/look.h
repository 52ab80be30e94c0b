/*
 * look.h - what every look at one placement begins with, and what it holds on the way.
 *
 * Each begins with a fresh load, so no answer is older than the question. What is shown is the
 * placement as recorded with whatever fell due before now applied to a copy (core_settle): a look
 * never shows as open what has run out, even in the moment before the clock records it. Only a seal
 * is not broken by looking: an offer that came in time may still be on its way to the ledger, so
 * until the opening is recorded the placement is shown as recorded. The version
 * is the recorded one, because that is what a move's If-Match is compared with.
 *
 * Who looks has opened the placement: a notice that no channel could bring is served by that, which
 * is recorded first and shown.
 */
#ifndef CONCORDAT_SERVER_APP_LOOK_H
#define CONCORDAT_SERVER_APP_LOOK_H

#include "call/page.h"
#include "call/texts.h"
#include "view/view.h"

struct shown;

struct look {
	struct texts texts; /* first: the callback's argument is ours */
	struct call *call;
	void (*on_loaded)(const struct loaded *loaded, void *context);
	bool opened; /* what it has now seen has been recorded as served */
	const struct authority_settings *settings;
	struct actor actor;
	struct party party; /* as recorded */
	int64_t now_us;
	int32_t known_day;		  /* as it was known at the end of that day; NO_DAY: now */
	const struct placement *recorded; /* in the callback of the load only */
	const struct placement *now;	  /* settled; in the callback of the load only */
	enum audience audience;
	bool over;		     /* for a party that reads on what it said itself and no more */
	struct placement *placement; /* our own copy, texts filled in */
	struct held *held;	     /* whose facts it shares */
	void (*answer)(struct look *look);
	bool goes_on;	  /* answer has begun another read, and is to release held at its end */
	struct page page; /* of the history */
	struct shown *shown;
	size_t shown_count;
	bool more;
};

/* Loads the placement that the call's path names; on_loaded's context is the look. */
void look_start(struct call *call, void (*on_loaded)(const struct loaded *, void *));
/* From that callback. False when the call has been answered: the database is away, or nothing is
 * here for the caller. */
bool look_begin(struct look *look, const struct loaded *loaded) __attribute__((warn_unused_result));
/* Ends the call: what is recorded cannot be followed. */
void look_broken(struct call *call);
struct viewer look_viewer(const struct look *look, const struct placement *placement);
/* Of what it may see at all: once it is over for the other side, the person's texts are no longer
 * its business; what was said in its own strand still is. */
bool look_reads_texts(const struct look *look, const struct fact *fact);
/* Calls answer once the texts marked in look->texts are here. From the callback of the load, whose
 * placement is kept until the answer is written. */
void look_answer(struct look *look, void (*answer)(struct look *look));

#endif
