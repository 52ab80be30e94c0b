/*
 * home.h - a home as one authority knows it: its scores, its flag, and what both sides owe by it.
 *
 * Each authority keeps a record of its own of each home. A record is its facts, folded by
 * home_apply alone; home_decide makes a fact or refuses. A flag that one authority's provider has
 * answered is told to the other authorities that place there, in their own records and without
 * saying whose it is: by time's move flag_told, once for each level, as home_untold finds it.
 *
 * What is owed by a flag is an obligation as a placement's are: its times are the protocol's (an
 * amber flag's the ordinary ones, a red one's those of an emergency), and time makes its moves in
 * the record, one fact after another as home_due finds them. That a resident is looked at when a
 * flag is red is owed on each placement (core_follow_home).
 */
#ifndef CONCORDAT_CORE_HOME_H
#define CONCORDAT_CORE_HOME_H

#include "concordat/core/decide.h"

#define HOME_MOVES(X)                               \
	X(HOME_SCORE_QUALITY, "score_quality")      \
	X(HOME_RAISE_FLAG, "raise_flag")            \
	X(HOME_ANSWER_FLAG, "answer_flag")          \
	X(HOME_FILE_PLAN, "file_improvement_plan")  \
	X(HOME_OFFER_HELP, "offer_help")            \
	X(HOME_TELL_FLAG, "tell_flag") /* time's */ \
	X(HOME_MISS, "miss")                        \
	X(HOME_CHANGE_DUE, "change_due")

#define HOME_FACTS(X)                                \
	X(HOME_SCORED, "quality_scored")             \
	X(HOME_FLAG_RAISED, "flag_raised")           \
	X(HOME_FLAG_ANSWERED, "flag_answered")       \
	X(HOME_PLAN_FILED, "improvement_plan_filed") \
	X(HOME_HELP_OFFERED, "help_offered")         \
	X(HOME_FLAG_TOLD, "flag_told")               \
	X(HOME_MISSED, "missed")                     \
	X(HOME_DUE_CHANGED, "due_changed")           \
	X(HOME_CHECKED, "check_confirmed") /* by earlier releases: a placement's today */

#define FLAG_REASONS(X)                  \
	X(FLAG_SAFETY, "safety")         \
	X(FLAG_STAFFING, "staffing")     \
	X(FLAG_LEADERSHIP, "leadership") \
	X(FLAG_PREMISES, "premises")     \
	X(FLAG_INSPECTION, "inspection") \
	X(FLAG_FINANCE, "finance")       \
	X(FLAG_OTHER, "other")

enum home_move { HOME_MOVES(WORDS_ENUM) HOME_MOVE_COUNT };
enum home_fact_kind { HOME_FACTS(WORDS_ENUM) HOME_FACT_COUNT };
enum flag_reason { FLAG_REASONS(WORDS_ENUM) FLAG_REASON_COUNT };

extern const char *const home_move_names[];
extern const char *const home_fact_names[];

/* What any of the moves says; each has a table of its own over it. What is written freely is about
 * the home, and kept as texts about a person are, under a key of the record's own: a fact has its
 * digest alone. */
struct home_data {
	int64_t score_r; /* percent */
	struct text tier, reference;
	int32_t level, reason; /* enum flag_level, enum flag_reason */
	struct personal detail, answer, plan, help;
	int32_t on_day;	  /* of the score; by when the plan is done */
	int64_t corrects; /* of a score: the entry whose score it replaces; NO_INT: none */
	/* derived */
	struct uuid flag;     /* one from green back to green, whatever levels it goes through */
	int32_t raised_by;    /* enum side; of a flag told */
	int64_t raised_at_us; /* likewise */
	/* of what was not done in time */
	int64_t entry, n;
	int32_t duty, owed_by;
	int64_t due_at_us;
	/* as earlier releases wrote it, of a check: whose, and its enum check_outcome */
	struct uuid placement;
	int32_t outcome;
};

/* An action due begins; its number is its place in the fact, from 1. Earlier releases wrote how
 * many working days there were, and nothing else of the rule; and that a resident is looked at,
 * which is owed on the placement today, so that nothing is owed by it here. */
struct home_opened {
	struct uuid placement; /* whose resident; zero: not such a one */
	int64_t working_days;  /* NO_INT: as count, unit and roll say */
	int32_t duty, owed_by;
	int32_t unit, roll;
	int64_t count, calendar_version, anchor_us, due_at_us;
	int32_t nominal_day, due_day;
	bool provisional;
};

/* Its date is another one by a newer calendar. */
struct home_change {
	int64_t entry, n, calendar_version, old_due_at_us, new_due_at_us;
	int32_t nominal_day, due_day;
	bool provisional;
};

struct home_actor {
	struct uuid organisation, user; /* zero for time */
	int32_t side;
};

struct home_fact {
	int32_t seq;
	int64_t recorded_at_us;
	struct digest header_hash;
	/* the body, by home_fact_schema */
	struct home_actor actor;
	struct home_data data;
	int32_t kind; /* enum home_fact_kind */
	int64_t occurred_at_us;
	struct list opens;   /* struct home_opened */
	struct list changes; /* struct home_change */
	struct text protocol;
	int64_t v;
};
extern const struct schema home_data_schema, home_fact_schema, home_fact_view_schema,
	home_beside_schema;

struct home_beside { /* what every request may carry beside its own members */
	struct uuid authority;
};

/* Of the request; its name is the move's. NULL for time's. */
const struct schema *home_move_schema(enum home_move move);

struct home_flag {
	struct uuid id;
	int32_t entry; /* the fact that put it at this level */
	int32_t level, reason;
	enum side raised_by;
	int64_t raised_at_us, answered_at_us; /* NEVER_US: not answered */
	struct personal detail, answer;
	struct text reference;
	bool told; /* another authority's */
};

struct home_owed {
	struct uuid flag;
	struct obligation due; /* thread 0; nothing pauses it */
};

struct home_record {
	struct arena *arena;
	struct uuid authority, home;
	int32_t seq;
	int64_t recorded_at_us;
	struct digest last_header;
	const struct home_data *plan; /* the newest for the flag that is up; NULL: none */
	const struct home_data *help; /* likewise */
	struct home_flag *flags;      /* that are up: one of its own at most, and those told */
	size_t flag_count;
	struct home_owed *owed;
	size_t owed_count;
	const struct home_fact **facts;
	size_t fact_count;
};

struct home_world {
	const struct world *of; /* the authority's protocol and calendar */
	size_t resident_count;	/* placements of the authority in force at the home */
	struct uuid new_id;	/* for a flag that goes up */
};

struct home_asked {
	enum home_move move;
	const struct home_data *data; /* NULL: only asks what is allowed */
};

struct home_record *home_record_new(struct arena *arena, struct uuid authority, struct uuid home);
/* Folds one fact in; false, and the record must be thrown away, when it does not follow. The fact
 * must live as long as the record. */
bool home_apply(struct home_record *record, const struct home_fact *fact)
	__attribute__((warn_unused_result));

/* The score and the tier in force on a day; each from the last assessment by then that gave it. */
struct home_score {
	int64_t score_r;  /* NO_INT: none */
	struct text tier; /* TEXT_NONE: none */
	int32_t on_day;	  /* the later of the two's; NO_DAY: neither */
};
struct home_score home_score_on(const struct home_record *record, int32_t day);
/* Whether a later entry has put the score at seq right. */
bool home_is_replaced(const struct home_record *record, int32_t seq);
/* Whether that side sees the entry: how a resident was found to be is the authority's own. */
bool home_fact_visible(const struct home_fact *fact, enum side side);
/* The authority's own flag that is up; NULL: green. */
const struct home_flag *home_own_flag(const struct home_record *record);
/* The highest level of all that are up. */
enum flag_level home_level(const struct home_record *record);
/* The same, and the newest entry that put one at it; the last that put one down, when none is up; 0
 * when none ever was. */
enum flag_level home_level_since(const struct home_record *record, int32_t *entry);

/* The fact that the move makes, in arena; NULL and *refusal when a rule says no. now_us must be
 * after the record's last. */
struct home_fact *home_decide(struct arena *arena, const struct home_world *world,
			      const struct home_record *record, const struct actor *actor,
			      const struct home_asked *request, int64_t now_us,
			      struct refusal *refusal);
/* Whether the actor may make it now, as far as can be said without a request. */
bool home_allows(struct arena *arena, const struct home_world *world,
		 const struct home_record *record, const struct actor *actor, enum home_move move,
		 int64_t now_us);
/* What time does in the record next, once home_due is asked before anything else is: a date moved
 * by a newer calendar, or something not done in time. NULL: nothing. */
struct home_fact *home_due(struct arena *arena, const struct home_world *world,
			   const struct home_record *record, int64_t now_us);
/* What of from's own flag this record is to be told next: time's move in it, in arena. It is told
 * once the provider has answered, or has let the time to answer pass. NULL: it knows, or it is not
 * to know yet, or it has nobody there. */
struct home_fact *home_untold(struct arena *arena, const struct home_world *world,
			      const struct home_record *record, const struct home_record *from,
			      int64_t now_us);

/* What the record makes of a placement of its authority: time's moves there, idempotent by the
 * record's entries. A score is brought where it matters to the fee by terms that were agreed for
 * this home. As core_settle, of facts and the placement returned; now_us as of core_decide. */
const struct placement *core_follow_home(struct arena *arena, const struct world *world,
					 const struct placement *placement,
					 const struct home_record *record, int64_t now_us,
					 struct list *facts);

/* The canonical body (RFC 8785). */
struct text home_fact_body(struct arena *arena, const struct home_fact *fact);

#endif
