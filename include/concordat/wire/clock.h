/*
 * clock.h - a clock asked for in words, and its date explained day by day.
 *
 * The API (GET /v1/dates/explain) and the command line (concordat dates explain) read the same
 * words, refuse the same ones with the same sentence, and answer the same JSON, byte for byte.
 */
#ifndef CONCORDAT_WIRE_CLOCK_H
#define CONCORDAT_WIRE_CLOCK_H

#include "concordat/core/calendar.h"
#include "concordat/core/schema.h"

/* As they were given; TEXT_NONE: not given. */
struct clock_words {
	struct text from;     /* an instant, RFC 3339 with its offset */
	struct text rule;     /* "10 working days" */
	struct text division; /* england-and-wales when not given */
	struct text roll;     /* none, forward, back; as the rule says when not given */
	struct text pauses;   /* "FROM/TO,FROM/TO"; nothing after the stroke while it lasts */
};

struct clock_asked {
	int64_t from_us;
	struct rule rule;
	enum division division;
	struct pause *pauses;
	size_t pause_count;
};

/* False, and *wrong is the word ("/rule") and what to give instead. */
bool clock_read(struct arena *arena, const struct clock_words *words, struct clock_asked *asked,
		struct flaw *wrong) __attribute__((warn_unused_result));

/* ---- the answer ---- */

struct explained_step {
	int32_t day;
	struct text day_words;
	bool counts;
	struct text why;
};

/* A date, also beside an action due. */
struct explained_date {
	int64_t due_at_us;
	struct text due_words;
	int32_t nominal_day;
	bool paused, provisional;
	struct text sentence;
	struct list steps; /* struct explained_step */
};
extern const struct schema explained_date_schema;

struct explained_date clock_date(struct arena *arena, const struct due_explanation *explanation);

/* By which calendar: an authority's own number for it, and what it is made of. */
struct calendar_versions {
	int64_t calendar; /* NO_INT: not known, where the service that numbers it is not asked */
	int64_t bank_holidays, closures; /* NO_INT both for a division's own */
};

struct calendar_versions calendar_versions(const struct calendar *calendar);

struct explained_clock {
	int64_t from_us;
	struct text rule;
	int32_t division;
	struct calendar_versions versions;
	struct explained_date date;
};
extern const struct schema explained_clock_schema;

/* False when it cannot be counted in this calendar: *wrong says why. */
bool clock_explain(struct arena *arena, const struct calendar *calendar,
		   const struct clock_asked *asked, struct explained_clock *out, struct flaw *wrong)
	__attribute__((warn_unused_result));
/* The whole as JSON. */
struct text clock_json(struct arena *arena, const struct explained_clock *explained);

#endif
