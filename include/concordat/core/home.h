/*
 * home.h - a home as one authority knows it: its scores, its flag, and what both sides owe by it.
 *
 * Each authority keeps a record of its own of each home. A record is its facts, folded by
 * home_apply alone; home_decide makes a fact or refuses. A flag that one authority's provider has
 * answered is told to the other authorities that place there, in their own records and without
 * saying whose it is: by time's move flag_told, once for each level, as home_untold finds it.
 *
 * Deadlines stand in the fact that begins them. Nothing fires when one passes: what is open after
 * its instant is late to whoever reads it.
 */
#ifndef CONCORDAT_CORE_HOME_H
#define CONCORDAT_CORE_HOME_H

#include "concordat/core/decide.h"

#define HOME_MOVES(X)                              \
	X(HOME_SCORE_QUALITY, "score_quality")     \
	X(HOME_RAISE_FLAG, "raise_flag")           \
	X(HOME_ANSWER_FLAG, "answer_flag")         \
	X(HOME_FILE_PLAN, "file_improvement_plan") \
	X(HOME_OFFER_HELP, "offer_help")           \
	X(HOME_CONFIRM_CHECK, "confirm_check")     \
	X(HOME_TELL_FLAG, "tell_flag") /* time */

#define HOME_FACTS(X)                                \
	X(HOME_SCORED, "quality_scored")             \
	X(HOME_FLAG_RAISED, "flag_raised")           \
	X(HOME_FLAG_ANSWERED, "flag_answered")       \
	X(HOME_PLAN_FILED, "improvement_plan_filed") \
	X(HOME_HELP_OFFERED, "help_offered")         \
	X(HOME_CHECKED, "check_confirmed")           \
	X(HOME_FLAG_TOLD, "flag_told")

#define FLAG_LEVELS(X)         \
	X(FLAG_GREEN, "green") \
	X(FLAG_AMBER, "amber") \
	X(FLAG_RED, "red")

#define FLAG_REASONS(X)                  \
	X(FLAG_SAFETY, "safety")         \
	X(FLAG_STAFFING, "staffing")     \
	X(FLAG_LEADERSHIP, "leadership") \
	X(FLAG_PREMISES, "premises")     \
	X(FLAG_INSPECTION, "inspection") \
	X(FLAG_FINANCE, "finance")       \
	X(FLAG_OTHER, "other")

#define CHECK_OUTCOMES(X)                       \
	X(CHECK_ALL_WELL, "all_well")           \
	X(CHECK_ACTION_NEEDED, "action_needed") \
	X(CHECK_NOT_THERE, "not_there")

#define HOME_DUTIES(X)                        \
	X(HOME_DUTY_PLAN, "improvement_plan") \
	X(HOME_DUTY_HELP, "offer_help")       \
	X(HOME_DUTY_CHECK, "confirm_check")

enum home_move { HOME_MOVES(WORDS_ENUM) HOME_MOVE_COUNT };
enum home_fact_kind { HOME_FACTS(WORDS_ENUM) HOME_FACT_COUNT };
enum flag_level { FLAG_LEVELS(WORDS_ENUM) FLAG_LEVEL_COUNT };
enum flag_reason { FLAG_REASONS(WORDS_ENUM) FLAG_REASON_COUNT };
enum check_outcome { CHECK_OUTCOMES(WORDS_ENUM) CHECK_OUTCOME_COUNT };
enum home_duty { HOME_DUTIES(WORDS_ENUM) HOME_DUTY_COUNT };

extern const char *const home_move_names[];
extern const char *const home_fact_names[];
extern const char *const flag_level_names[];
extern const char *const home_duty_names[];

/* What any of the moves says; each has a table of its own over it. What is written freely is about
 * the home, and kept as texts about a person are, under a key of the record's own: a fact has its
 * digest alone. */
struct home_data {
	int64_t score_r; /* percent */
	struct text tier, reference;
	int32_t level, reason; /* enum flag_level, enum flag_reason */
	struct personal detail, answer, plan, help;
	int32_t on_day; /* of the score or the check; by when the plan is done */
	struct uuid placement;
	int32_t outcome; /* enum check_outcome */
	/* derived */
	struct uuid flag;     /* one from green back to green, whatever levels it goes through */
	int32_t raised_by;    /* enum side; of a flag told */
	int64_t raised_at_us; /* likewise */
};

struct home_opened { /* a duty begins; its number is its place in the fact, from 1 */
	int32_t duty, owed_by;
	struct uuid placement; /* of a check */
	int64_t working_days, calendar_version, due_at_us;
	int32_t due_day;
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
	struct list opens; /* struct home_opened */
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
	int32_t level, reason;
	enum side raised_by;
	int64_t raised_at_us, answered_at_us; /* NEVER_US: not answered */
	struct personal detail, answer;
	struct text reference;
	bool told; /* another authority's */
};

struct home_owed {
	int32_t entry, n; /* the fact that began it, and its number there */
	struct uuid flag;
	const struct home_opened *opened;
	enum obligation_state state;
	int64_t closed_at_us; /* NEVER_US: open */
};

struct home_record {
	struct arena *arena;
	struct uuid authority, home;
	int32_t seq;
	int64_t recorded_at_us;
	struct digest last_header;
	const struct home_data *score; /* the newest; NULL: none */
	const struct home_data *plan;  /* the newest for the flag that is up; NULL: none */
	const struct home_data *help;  /* likewise */
	struct home_flag *flags;       /* that are up: one of its own at most, and those told */
	size_t flag_count;
	struct home_owed *owed;
	size_t owed_count;
	const struct home_fact **facts;
	size_t fact_count;
};

struct home_world {
	const struct calendar *calendar; /* the authority's */
	struct text protocol;
	const struct uuid *residents; /* placements of the authority in force at the home */
	size_t resident_count;
	struct uuid new_id; /* for a flag that goes up */
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

/* The authority's own flag that is up; NULL: green. */
const struct home_flag *home_own_flag(const struct home_record *record);
/* The highest level of all that are up. */
enum flag_level home_level(const struct home_record *record);
/* Checks on residents are the authority's own business. */
bool home_fact_is_for(const struct home_fact *fact, enum side side);
bool home_owed_is_for(const struct home_owed *owed, enum side side);
/* A side counts what it may see: its version. */
int32_t home_version(const struct home_record *record, enum side side);

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
/* What of from's own flag this record is to be told next: time's move in it, in arena. NULL: it
 * knows, or it is not to know yet, or it has nobody there. */
struct home_fact *home_untold(struct arena *arena, const struct home_world *world,
			      const struct home_record *record, const struct home_record *from,
			      int64_t now_us);

/* The canonical body (RFC 8785). */
struct text home_fact_body(struct arena *arena, const struct home_fact *fact);

#endif
