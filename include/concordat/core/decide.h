/*
 * decide.h - what a move does to a placement.
 *
 * Pure: no clock and no I/O; now is given, so every answer can be replayed. A move is decided on a
 * settled placement: whatever fell due before now has happened first, so none slips past a deadline
 * that the clock has not fired yet. Settled facts stand even when the move is refused.
 */
#ifndef CONCORDAT_CORE_DECIDE_H
#define CONCORDAT_CORE_DECIDE_H

#include "concordat/core/cost_model.h"
#include "concordat/core/placement.h"

struct protocol;

/* What a decision rests on beside the placement. All of it is read-only and outlives the call. */
struct document_facts {
	struct digest sha256;
	int64_t bytes;
	struct text media_type;
};

struct world {
	const struct protocol *protocol;
	const struct calendar *calendar; /* the authority's division and closures; the newest */
	/* Every version of it that is known, to say why a date moved; may be none. */
	const struct calendar *const *calendars;
	size_t calendar_count;
	int32_t panel_weekday;	   /* 1 Monday .. 5 Friday */
	int64_t panel_threshold_p; /* a weekly guide at or under this may be invited without panel
				    */
	/* The model and version, or NULL. */
	const struct cost_model *(*cost_model)(void *context, struct text id, struct text version);
	/* The actor's own uploaded document, or NULL; may be NULL itself: there are none. */
	const struct document_facts *(*document)(void *context, struct uuid id);
	void *context;
};

struct refusal {
	const char *rule;     /* the rule's name: the problem's code */
	struct text pointer;  /* into the request, or TEXT_NONE */
	struct text sentence; /* what is wrong and what to do next */
};

/* What the other side said by telephone, letter or e-mail, where one side enters it. */
struct said {
	int32_t on_behalf_of;	  /* enum side: who said it */
	struct evidence evidence; /* its entry by the entering side's own number */
};

/* The request, decoded. */
struct request {
	enum move move;
	const void *data; /* by move_schema; NULL when only asking what is allowed */
	int64_t thread; /* by the mover's own number; NO_INT: the open one, or the provider's own */
	int64_t occurred_at_us;	 /* NEVER_US: now; another with said, or of service */
	const struct said *said; /* NULL: one's own move */
};

struct decision {
	bool refused;
	struct refusal refusal;
	struct list facts; /* struct fact *; first what time did, then the move's own */
	size_t settled;	   /* how many of them are time's */
	const struct placement
		*after; /* with all of facts folded in; the one given when there are none */
};

/* Open dates that the newest calendar moves, moved (recount.c): what is not paused, was not missed,
 * and was counted by an older version with a changed day in its span. A date that would be past by
 * then stays as it is, so that nobody is late by a calendar. facts: struct fact * are added, one a
 * strand, each naming the day. Returns placement itself when nothing moves, else a copy in arena.
 */
const struct placement *core_recount(struct arena *arena, const struct world *world,
				     const struct placement *placement, int64_t now_us,
				     struct list *facts);

/* The dates that a newer calendar moves, and then whatever falls due before now, applied. facts:
 * struct fact * are added. Returns placement itself when there was nothing, else a copy in arena.
 */
const struct placement *core_settle(struct arena *arena, const struct world *world,
				    const struct placement *placement, int64_t now_us,
				    struct list *facts);

/* The notice of the entry failed on every outside channel that the organisation has: what it owes
 * by it has no date, and what was recorded of that meanwhile is void. Nothing when it has recorded
 * anything since (it has seen it), after the placement's end, or when this is known. Settle first.
 * As core_settle, of facts and the placement returned. */
const struct placement *core_not_served(struct arena *arena, const struct world *world,
					const struct placement *placement, int32_t entry,
					struct uuid organisation, int64_t now_us,
					struct list *facts);
/* The channel has reached it: what it owes by entries up to upto, and was not served, begins now.
 */
const struct placement *core_served(struct arena *arena, const struct world *world,
				    const struct placement *placement, int32_t upto,
				    struct uuid organisation, enum channel channel, int64_t now_us,
				    struct list *facts);

/* now_us must be after the placement's last recorded_at_us. For open_placement, placement is an
 * empty one (seq 0). data's personal members carry their text; their digests are the caller's to
 * fill before fact_body. */
struct decision core_decide(struct arena *arena, const struct world *world,
			    const struct placement *placement, const struct actor *actor,
			    const struct request *request, int64_t now_us);

/* Two moves of one actor in one instant, of which both are made or neither: the second on what the
 * first has made of the placement. */
struct decision core_decide_both(struct arena *arena, const struct world *world,
				 const struct placement *placement, const struct actor *actor,
				 const struct request *first, const struct request *second,
				 int64_t now_us);

/* Whether the actor may make this move now, as far as can be said without a request. */
bool core_allows(struct arena *arena, const struct world *world, const struct placement *placement,
		 const struct actor *actor, enum move move, int64_t now_us);

/* The instant at which the clock must look at the obligation again: its next reminder, or just
 * after it is due; NEVER_US when there is none. after_us: reminders at or before it are past. */
int64_t obligation_next_us(const struct world *world, const struct obligation *obligation,
			   int64_t after_us);
/* The same 09:00 in London and in any other time zone are never further from each other. */
#define MORNINGS_APART_US (14 * US_PER_HOUR)
/* The latest reminder instant in (after_us, upto_us], and its name ("28 days before", "7 days
 * late"); false when none. It is 09:00 in London: each reader has it at 09:00 of that day where
 * they are. */
bool obligation_reminder(struct arena *arena, const struct world *world,
			 const struct obligation *obligation, int64_t after_us, int64_t upto_us,
			 int64_t *at_us, struct text *name);

#endif
