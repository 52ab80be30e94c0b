/*
 * erasure.h - what is recorded of a person apart from any placement: legal holds, and the erasure.
 *
 * A person's record in an authority's log is its facts, folded by person_apply alone; person_decide
 * makes a fact or refuses. Erasing waits until every placement has ended and the authority's years
 * have passed, unless it is ordered at once; while a legal hold stands, nothing erases. A fact says
 * on what grounds, in words that are about the law and never about the person.
 */
#ifndef CONCORDAT_CORE_ERASURE_H
#define CONCORDAT_CORE_ERASURE_H

#include "concordat/core/decide.h"

#define PERSON_FACTS(X)                          \
	X(PERSON_HOLD_PLACED, "hold_placed")     \
	X(PERSON_HOLD_RELEASED, "hold_released") \
	X(PERSON_ERASED, "person_erased")

enum person_fact_kind { PERSON_FACTS(WORDS_ENUM) PERSON_FACT_COUNT };
extern const char *const person_fact_names[];

#define GROUNDS_MOST 300

struct person_data {
	struct text grounds;	     /* why, in words about the law */
	int64_t hold;		     /* of a release: the entry that placed it */
	bool at_once;		     /* erased before the years had passed */
	bool replayed;		     /* erased again, from the list, after a restore */
	int32_t kept_until_day;	     /* of an erasure: until when the rule would have kept it */
	int64_t placements, records; /* how many; of texts, and of documents attached */
};

struct person_fact {
	int32_t seq;
	int64_t recorded_at_us;
	struct digest header_hash;
	/* the body, by person_fact_schema */
	struct person_data data;
	int32_t kind; /* enum person_fact_kind */
	int64_t occurred_at_us;
	int64_t v;
};
extern const struct schema person_fact_schema;

#define HOLDS_MOST 20
struct person_record {
	int32_t seq;
	int64_t recorded_at_us;
	struct digest last_header;
	int32_t holds[HOLDS_MOST]; /* entries that placed those that stand, oldest first */
	size_t hold_count;
	int64_t erased_at_us; /* NEVER_US: not erased; the first time */
};
void person_record_clear(struct person_record *record);
/* Folds one fact in; false, and the record must be thrown away, when it does not follow. */
bool person_apply(struct person_record *record, const struct person_fact *fact)
	__attribute__((warn_unused_result));

/* What stands beside the record. */
struct person_standing {
	bool has_key; /* texts about the person can still be read */
	bool listed;  /* erasing has begun: it is in the list outside the database */
	int64_t placements;
	struct text running;   /* the reference of one that has not ended; TEXT_NONE: all have */
	int64_t last_entry_us; /* the last thing recorded in any of them */
	int64_t records;
	int64_t years; /* that a record is kept after it */
};

struct person_asked {
	enum person_fact_kind kind;
	struct text grounds;
	int64_t hold; /* of a release: which; NO_INT: the only one */
	bool at_once;
	bool replayed; /* the list says it was erased: neither years nor holds are asked */
};

/* The fact, in arena; NULL and *refusal when a rule says no. now_us must be after the record's
 * last. */
struct person_fact *person_decide(struct arena *arena, const struct person_record *record,
				  const struct person_standing *standing,
				  const struct person_asked *asked, int64_t now_us,
				  struct refusal *refusal);
/* The canonical body (RFC 8785). */
struct text person_fact_body(struct arena *arena, const struct person_fact *fact);

#endif
