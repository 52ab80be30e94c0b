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

#define BIT(n) (UINT64_C(1) << (n)) /* of stages, sides, roles and duties */

/* ---- timescales: data, replaceable by a JSON document ---- */

/* Owed by the flag of a home and met in the authority's record of it (home.h), not in a placement:
 * no row here starts or meets them. */
#define HOME_DUTIES (BIT(DUTY_ANSWER_FLAG) | BIT(DUTY_IMPROVEMENT_PLAN) | BIT(DUTY_OFFER_HELP))

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
	struct text id, title, note; /* title and note may be absent */
	int64_t version;
	struct timescale timescales[DUTY_COUNT]; /* indexed by duty */
	struct rule offer_soon;			 /* make_offer when the start is near */
	int64_t offer_soon_within_days;
	int64_t recalculation_within_days; /* of a review, before its day and after */
	uint64_t filled; /* bits of duties that its stored document lacked: the standard's */
};

/* The standard protocol, as reference/protocols/standard-1.json holds it. */
const struct protocol *protocol_standard(void);

/* Its document: schema of struct protocol_document, to be decoded by wire and turned into a struct
 * protocol. */
struct protocol_document;
extern const struct schema protocol_document_schema;
struct text protocol_write(struct arena *arena, const struct protocol *protocol);
/* False and the first flaw when a duty is missing, twice, or the whole is not sound. */
bool protocol_from_document(struct arena *arena, const struct protocol_document *document,
			    struct protocol *out, struct flaw *flaw)
	__attribute__((warn_unused_result));
/* The same of one that was loaded, perhaps by an earlier release, which knew fewer duties: those
 * that it lacks have the standard protocol's times. */
bool protocol_from_stored(struct arena *arena, const struct protocol_document *document,
			  struct protocol *out, struct flaw *flaw)
	__attribute__((warn_unused_result));
/* Whether what the stored one itself says is what the other says too. */
bool protocol_agrees(struct arena *arena, const struct protocol *stored,
		     const struct protocol *other);

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
	OWED_BY_MEDIATOR,
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

/* By sides: as by thread, and not by who mediates in it. */
enum seen { SEEN_BY_ALL, SEEN_BY_THREAD, SEEN_BY_SIDES, SEEN_BY_COMMISSIONER, SEEN_BY_OWN_SIDE };

struct move_row {
	enum move move;
	const char *help;
	unsigned sides;		     /* bits of enum side */
	unsigned commissioner_roles; /* bits of enum role, for each side */
	unsigned provider_roles;
	unsigned mediator_roles;
	unsigned representative_roles;
	unsigned co_payer_roles;
	unsigned stages;       /* bits of enum stage; 0: before there is a placement */
	unsigned recorded_for; /* bits of enum side: another may enter it for them (behalf.c) */
	const struct named_rule *const *rules; /* NULL-terminated, in the order they are asked */
	/* Fills the derived members of the copied request, or refuses; may be NULL. */
	bool (*derive)(const struct situation *s, void *data, struct refusal *refusal);
	uint64_t meets;	   /* bits of enum duty: the mover's own are met, in its thread */
	uint64_t releases; /* these end without being done, whoever owes them */
	uint64_t pauses;   /* the mover's own clocks, paused until the other side acts */
	uint64_t resumes;  /* the other side's clocks, going on when nothing else holds them */
	const struct start *starts;
	size_t start_count;
	/* What no column says about clocks; false when a date cannot be counted. May be NULL. */
	bool (*effect)(const struct situation *s, struct fact *fact);
	/* The request's facts in other strands, once the move's own is folded in: the n-th, from 0;
	 * NULL when there are no more. May be NULL. */
	struct fact *(*follow)(const struct situation *s, size_t n);
	/* A later round begins with it, when there is one to begin; initial: it opens none. */
	enum round_kind opens_round;
	bool (*opens_when)(const struct situation *s); /* NULL: always */
	enum seen seen;
	bool seen_by_person;	  /* their representative sees it too (placement.c) */
	bool counts;		  /* moves the versions of those who see it */
	const struct lead *leads; /* the stages it can lead to; none: no change */
	size_t lead_count;
};

const struct move_row *protocol_move(enum move move);
/* The roles of that side that may make the move. */
unsigned move_roles(const struct move_row *row, enum side side);

/* What time does when a duty of kind lapses: releases and starts, as a move's. */
struct lapse_row {
	enum duty duty;
	uint64_t also_lapses; /* bits of enum duty in the same thread */
	uint64_t resumes;     /* clocks of whoever waited, going on when nothing else holds them */
	bool ends_thread;
	bool ends_round; /* and an initial round's end ends the placement, reason lapsed */
	const struct start *starts;
	size_t start_count;
	const char *effect;
};
const struct lapse_row *protocol_lapse(enum duty duty); /* NULL: the duty never lapses */

/* ---- soundness (protocol_check.c) ---- */

/* The tables that are walked: protocol_move and protocol_lapse, or a test's own. */
struct protocol_table {
	const struct move_row *(*move)(enum move move);
	const struct lapse_row *(*lapse)(enum duty duty);
};

/* Every stage can end, every move can come about and is somebody's, every duty has an owner who can
 * meet it, or an end. */
bool protocol_table_check(struct arena *arena, const struct protocol_table *table,
			  struct flaw *flaw) __attribute__((warn_unused_result));
/* The times and consequences: in range, fitting each other and what the table can do. rows: where
 * each duty stands in the document, for the pointer. */
bool protocol_times_check(struct arena *arena, const struct protocol *protocol,
			  const size_t rows[DUTY_COUNT], struct flaw *flaw)
	__attribute__((warn_unused_result));

/* ---- documentation ---- */

void protocol_markdown(struct writer *w, const struct protocol *protocol);
void protocol_dot(struct writer *w);
/* Stages and moves on half a page, drawn and as a table: the README holds it. */
void protocol_path(struct writer *w, const struct protocol *protocol);

#endif
