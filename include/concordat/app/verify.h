/*
 * verify.h - everything that is stored checked against what was recorded; and a log handed out
 * whole.
 *
 * Synchronous, for commands, on a live database: all of it is read at one moment, and nothing is
 * written. The work falls into units of bounded size that rest on nothing but that moment, so that
 * several processes can share them, each with a session of its own. A ledger's entries are hashed,
 * chained and folded again, and whatever the append wrote beside them is built anew and compared; a
 * log's leaves are made into its tree again, and every tile, checkpoint and signature compared.
 */
#ifndef CONCORDAT_APP_VERIFY_H
#define CONCORDAT_APP_VERIFY_H

#include "concordat/base/config.h"
#include "concordat/base/id.h"

/* Where a fault was found; check_table_names has the tables' names. */
enum check_table {
	CHECK_FACT,
	CHECK_STREAM,
	CHECK_PLACEMENT,
	CHECK_PARTY,
	CHECK_OBLIGATION,
	CHECK_OBLIGATION_WAS,
	CHECK_PERSON,
	CHECK_TEXT,
	CHECK_LOG_HEAD,
	CHECK_LOG_TILE,
	CHECK_LOG_CHECKPOINT,
	CHECK_LOG_SEAL,
	CHECK_LOG_DIR, /* no table: the checkpoint kept outside the database */
	CHECK_TABLES
};
extern const char *const check_table_names[];

struct verify_authority {
	struct uuid id;
	struct text name; /* TEXT_NONE: it is no organisation */
	int64_t size;	  /* of its log */
};

/* All ledgers behind one and up to another (zero: from the first, to the last), or the log. */
struct verify_unit {
	size_t authority; /* which of the plan's */
	bool log;
	struct uuid after, upto;
	int64_t entries; /* about so many; of the log, 0 */
};

struct verify_plan {
	const struct config *config;
	struct store_session *session; /* holds the moment */
	struct text snapshot;
	struct verify_authority *authorities;
	size_t authority_count;
	struct verify_unit *units; /* logs first, then ledgers; each authority's in their order */
	size_t unit_count;
	int64_t entries;
	struct log_filed *filed; /* of each authority, read before that moment */
	struct text *filed_why;	 /* why one cannot be relied on; TEXT_NONE: it can */
	struct text keyless;	 /* why no text is opened; TEXT_NONE: they are */
};

/* What was found in one unit; of faults the first in words, and how many rows of each table. */
struct verified {
	int64_t entries, ledgers, texts, checkpoints, sealed;
	int64_t faults[CHECK_TABLES];
	struct text first;  /* TEXT_NONE: none */
	struct text remark; /* no fault, but who reads the result should know; TEXT_NONE: nothing */
};

/* only: zero for every authority. False and *why when it cannot be begun, or there is no such. */
bool verify_plan_make(const struct config *config, struct arena *arena, struct uuid only,
		      struct verify_plan *out, struct text *why)
	__attribute__((warn_unused_result));
void verify_plan_end(struct verify_plan *plan);

/* A session at the plan's moment, with the reference data and the master key. */
struct verifier;
struct verifier *verifier_open(const struct verify_plan *plan, struct arena *arena,
			       struct text *why) __attribute__((warn_unused_result));
/* False and *why when the database failed; what is wrong in it is in *out, whose texts are in
 * arena. */
bool verifier_check(struct verifier *verifier, const struct verify_unit *unit, struct arena *arena,
		    struct verified *out, struct text *why) __attribute__((warn_unused_result));
void verifier_close(struct verifier *verifier);

/* ---- a log handed out ---- */

struct log_exported {
	int64_t facts, checkpoints;
	int64_t left_out; /* behind the newest checkpoint: not sealed yet */
};

/* The log as far as it is sealed, line by line as record.h's export, in little memory. put is given
 * whole lines, and false of it ends the writing. False and *why when there is no such log, or it
 * cannot be read on. */
bool log_export(const struct config *config, struct arena *arena, struct uuid authority,
		bool (*put)(void *context, struct text lines), void *context,
		struct log_exported *out, struct text *why) __attribute__((warn_unused_result));

#endif
