/*
 * fill_history.h - one placement's history, decided by the core and made into what an append holds.
 *
 * Each step is a request as it would come over the API; core decides it, effect_make turns it into
 * bytes and rows, and the rows of all steps are laid over one another as the upserts of the append
 * would. Nothing is written here.
 */
#ifndef TESTS_BENCH_FILL_HISTORY_H
#define TESTS_BENCH_FILL_HISTORY_H

#include "concordat/core/placement.h"
#include "concordat/store/store.h"
#include "fill_people.h"

enum history_kind {
	/* An emergency whose guide was calculated without the person: their involvement is owed
	 * within five working days. The fewest facts (2) that leave something owed. */
	HISTORY_OPENED,
	/* Eight facts: to the provider's first offer, which the council owes an answer to. */
	HISTORY_NEGOTIATING,
	/* An emergency that is with the panel: one obligation, due 4 hours after the last fact. */
	HISTORY_WAITING,
	/* Ten facts: an emergency that both have signed, with fee lines that name their index, and
	 * for some a method of uplift of their own. */
	HISTORY_IN_FORCE,
	HISTORY_KINDS
};
extern const char *const history_names[HISTORY_KINDS];

#define WAITING_US (4 * US_PER_HOUR) /* of HISTORY_WAITING */

struct makers; /* what every history is made with */

/* master_key: 64 hexadecimal digits. now_us: what wanted starts are counted from. */
struct makers *makers_new(struct arena *arena, const char *reference_dir, const char *key_file,
			  int64_t now_us);
void makers_free(struct makers *makers);
/* The cost model of our own that cheap histories use, for the table cost_model. */
struct text makers_cost_model(void);
/* Its id, version and first day. */
#define BENCH_MODEL "bench-week"
#define BENCH_MODEL_VERSION "1"
#define BENCH_MODEL_FROM "2020-01-01"
/* A body for make_offer that either side may send in turn: it accepts the fee and moves the start,
 * so that no reason is owed; @DAY@ stands for the day of its month, two digits. */
struct text makers_offer(struct arena *arena, const struct makers *makers);

struct history_plan {
	enum history_kind kind;
	const struct council *council;
	const struct provider *provider;
	int64_t number;	 /* of the reference */
	int64_t last_us; /* when the last fact was recorded */
	int64_t dealt;	 /* in force: which terms, and at what fee */
};

/* As it stood before it changed. */
struct history_was {
	struct append_obligation row;
	int64_t known_us, until_us;
};

struct history {
	struct uuid id, person;
	struct text wrapped_key;
	const struct placement *placement;
	struct append last; /* its list columns and parties are what stands at the end */
	struct append_fact *facts;
	int64_t *recorded_us; /* of each fact */
	size_t fact_count;
	struct append_text *texts;
	size_t text_count;
	struct append_obligation *obligations;
	int64_t *known_us; /* of each of them: since when it stands so */
	size_t obligation_count;
	struct history_was *were;
	size_t was_count;
};

/* How long before its last fact a history begins. */
int64_t history_span_us(enum history_kind kind);
/* All of it is in arena. A move that is refused ends the program. */
const struct history *history_make(struct arena *arena, struct makers *makers,
				   const struct history_plan *plan);
/* Of what the clock will look at. */
int64_t history_next_us(const struct history *history);

#endif
