/*
 * protocol.h - the protocol as tables: moves, timescales, consequences.
 *
 * The same rows drive decide, allowed_moves, the OpenAPI document, the documentation and the
 * diagram. A rule that is not in the table does not exist. The standard protocol's figures are
 * ours, but for the three-month review, which comes from the good-practice protocol it follows; an
 * authority changes times by loading its own version.
 */
#ifndef CONCORDAT_CORE_PROTOCOL_H
#define CONCORDAT_CORE_PROTOCOL_H

#include "concordat/core/decide.h"

#define BIT(n) (1u << (n))

/* ---- timescales: data, replaceable by a JSON document ---- */

enum when_not_done {
	NOT_DONE_MISS,		      /* recorded; stays open; acting late closes it */
	NOT_DONE_LAPSE,		      /* recorded, and the row's effect follows */
	NOT_DONE_LAPSE_UNLESS_STARTED /* a lapse while care has not started, else a miss */
};
extern const char *const when_not_done_names[];

struct reminder {
	int64_t before; /* this many ... */
	int32_t unit;	/* enum unit: working days or days, before the due day, at 09:00 London */
};

struct timescale {
	int32_t duty;
	struct rule by_urgency[URGENCY_COUNT];
	struct list reminders; /* struct reminder */
	int32_t when_not_done;
	int64_t repeat_days; /* after a miss: told again every so many days; NO_INT: not */
};

struct protocol {
	struct text id;
	int64_t version;
	struct timescale timescales[DUTY_COUNT]; /* indexed by duty */
	struct rule offer_soon;			 /* make_offer when the start is near */
	int64_t offer_soon_within_days;
};

/* The standard protocol, as reference/protocols/standard-1.json holds it. */
const struct protocol *protocol_standard(void);

/* Its document: schema of struct protocol_document, to be decoded by wire and turned into a struct
 * protocol. */
struct protocol_document;
extern const struct schema protocol_document_schema;
struct text protocol_write(struct arena *arena, const struct protocol *protocol);
/* False and *why when a duty is missing, twice, or its figures make no sense. */
bool protocol_from_document(struct arena *arena, const struct protocol_document *document,
			    struct protocol *out, struct text *why)
	__attribute__((warn_unused_result));

/* ---- moves: C ---- */

struct situation;

/* A named predicate: true when the rule is kept, else it has filled the refusal. data may be NULL
 * (what could be moved, asked before there is a request): rules about the request then keep silent.
 */
typedef bool (*rule_check)(const struct situation *s, struct refusal *refusal);

struct named_rule {
	const char *name;
	rule_check check;
	const char *sentence; /* what it asks, for the documentation */
};

enum owed {
	OWED_BY_MOVER,
	OWED_BY_OTHER,
	OWED_BY_COMMISSIONER,
	OWED_BY_PROVIDER,
	OWED_BY_BOTH,
	OWED_BY_EITHER,
	OWED_BY_NOBODY
};

struct start {
	enum duty duty;
	enum owed owed;
	bool (*when)(const struct situation *s); /* NULL: always */
	const char *condition;			 /* when, in words */
};

/* Where a move leads, from which stages, and when: what apply.c does, for the documentation and the
 * diagram. */
struct lead {
	unsigned from; /* bits of enum stage; 0: before there is a placement */
	enum stage to;
	const char *when; /* in words; NULL: always */
};

enum seen { SEEN_BY_ALL, SEEN_BY_THREAD, SEEN_BY_COMMISSIONER };

struct move_row {
	enum move move;
	const char *help;
	unsigned sides;		     /* bits of enum side */
	unsigned commissioner_roles; /* bits of enum role, for each side */
	unsigned provider_roles;
	unsigned stages; /* bits of enum stage; 0: before there is a placement */
	const struct named_rule *const *rules; /* NULL-terminated, in the order they are asked */
	/* Fills the derived members of the copied request, or refuses; may be NULL. */
	bool (*derive)(const struct situation *s, void *data, struct refusal *refusal);
	unsigned meets;	   /* bits of enum duty: the mover's own are met, in its thread */
	unsigned releases; /* these end without being done, whoever owes them */
	unsigned pauses;   /* the mover's own clocks, paused until the other side acts */
	unsigned resumes;  /* the other side's clocks, going on when nothing else holds them */
	const struct start *starts;
	size_t start_count;
	/* What no column says about clocks; false when a date cannot be counted. May be NULL. */
	bool (*effect)(const struct situation *s, struct fact *fact);
	enum seen seen;
	bool counts;		  /* moves the versions of those who see it */
	const struct lead *leads; /* the stages it can lead to; none: no change */
	size_t lead_count;
};

const struct move_row *protocol_move(enum move move);

/* What time does when a duty of kind lapses: releases and starts, as a move's. */
struct lapse_row {
	enum duty duty;
	unsigned also_lapses; /* bits of enum duty in the same thread */
	bool ends_thread;
	bool ends_round; /* and an initial round's end ends the placement, reason lapsed */
	const struct start *starts;
	size_t start_count;
	const char *effect;
};
const struct lapse_row *protocol_lapse(enum duty duty); /* NULL: the duty never lapses */

/* ---- documentation ---- */

void protocol_markdown(struct writer *w, const struct protocol *protocol);
void protocol_dot(struct writer *w);

#endif
