/*
 * store.h - the only room that knows PostgreSQL.
 *
 * Two kinds of call, both asynchronous on the loop:
 *   store_append  a move's facts and all that changes with them, batched with other people's into
 *                 one transaction; the only way a fact is written;
 *   store_read / store_work  a named statement of a file in queries and its rows.
 * Every callback comes exactly once, from the loop, and never before the call returns. Rows and
 * outcome live in the arena the caller gave. No transaction is held open across a turn of the loop.
 *
 * Connections: two that append, config.readers that read (role under row-level security), one that
 * works (leases, deliveries, tokens). Each reconnects by itself with jittered back-off; while the
 * database is away calls end at once with STORE_AWAY.
 */
#ifndef CONCORDAT_STORE_STORE_H
#define CONCORDAT_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "concordat/base/config.h"
#include "concordat/base/id.h"
#include "concordat/base/sha256.h"
#include "concordat/base/text.h"

struct event_base;
struct store;

enum store_outcome {
	STORE_DONE,
	STORE_MOVED_ON, /* append: the stream's seq is not the expected one, or the key is there:
			   read again */
	STORE_AWAY, /* no connection, shutting down, or too many waiting: 503, nothing happened */
	STORE_FULL, /* the database has no room (53100, 53200): 503 "storage", nothing happened */
	STORE_TIMEOUT, /* statement or lock timeout: 503, nothing happened */
	STORE_UNKNOWN, /* the connection died after the statement was sent: read the key to learn */
	STORE_BUG /* the statement or its data is wrong (22xxx, 23xxx, 42xxx): 500 and an error line
		   */
};
extern const char *const store_outcome_names[];

/* Opens connections; the store is usable at once (calls wait up to a second for a first
 * connection). NULL and *why when the schema is newer or older than this binary, or the settings
 * make no sense. schema is checked synchronously at start (before the loop runs); everything else
 * is asynchronous. */
struct store *store_new(struct event_base *base, const struct config *config, struct arena *arena,
			struct text *why) __attribute__((warn_unused_result));
/* Answers what waits with STORE_AWAY once what is in flight has ended; then on_drained, from the
 * loop. */
void store_drain(struct store *store, void (*on_drained)(void *context), void *context);
/* Breaks off what is in flight and lets nothing more begin: every call ends at once, as when the
 * database has gone. For a drain that takes too long; store_drain follows. */
void store_cut(struct store *store);
void store_free(struct store *store);

/* True while at least one connection of each kind is up. */
bool store_ready(const struct store *store);

/* Protocol time, microseconds: the database's clock (offset from the monotonic clock measured with
 * every answer; no round trip), or in a rehearsal database its own row, as last seen by any answer.
 */
int64_t store_now_us(const struct store *store);
bool store_is_rehearsal(const struct store *store);
/* Daemon's clock minus database's, microseconds, of the last answer. */
int64_t store_clock_offset_us(const struct store *store);

/* Since this store began; /metrics has what the process counts. */
struct store_stats {
	uint64_t batches, bisected, reconnects;
};
struct store_stats store_stats(const struct store *store);

/* ---- reading and working ---- */

/* Cells are text as PostgreSQL prints it, NULL is TEXT_NONE, bytea is decoded to its bytes;
 * timestamptz arrives as the statement selects it: select instants with us(column), bigint
 * microseconds. */
struct rows {
	size_t count, columns;
	const struct text *cells;
};
struct text row_text(const struct rows *rows, size_t row, size_t column);
int64_t row_int(const struct rows *rows, size_t row, size_t column, int64_t when_null);
bool row_bool(const struct rows *rows, size_t row, size_t column);
struct uuid row_uuid(const struct rows *rows, size_t row, size_t column); /* zero when null */
bool row_is_null(const struct rows *rows, size_t row, size_t column);
/* False when it is not 32 bytes. */
bool row_digest(const struct rows *rows, size_t row, size_t column, struct digest *out);

/* Parameters go as text; TEXT_NONE is NULL; bytes are sent binary when binary is true. */
struct param {
	struct text value;
	bool binary;
};
#define PARAM(t) ((struct param){.value = (t)})
#define PARAM_BYTES(t) ((struct param){.value = (t), .binary = true})
struct param param_uuid(struct arena *arena, struct uuid id); /* the zero id is NULL */
struct param param_int(struct arena *arena, int64_t n);
struct param param_bool(bool value);
struct param param_digest(struct arena *arena, struct digest digest); /* as bytes */
/* As timestamptz text; NEVER (INT64_MAX) is NULL. */
struct param param_instant(struct arena *arena, int64_t at_us);
/* A PostgreSQL array literal of texts ("{...}" quoted), of any element type. */
struct param param_array(struct arena *arena, const struct text *items, size_t count);

typedef void (*store_rows_cb)(enum store_outcome outcome, const struct rows *rows, void *context);

/* A statement under row-level security for this organisation. sql: a SQL_... constant of queries.h.
 */
void store_read(struct store *store, struct arena *arena, struct uuid organisation, const char *sql,
		const struct param *params, size_t param_count, store_rows_cb on_rows,
		void *context);
/* A statement of the service's own (leases, deliveries, tokens, organisations): one implicit
 * transaction. */
void store_work(struct store *store, struct arena *arena, const char *sql,
		const struct param *params, size_t param_count, store_rows_cb on_rows,
		void *context);

/* Calls back when another session said NOTIFY on channel 'concordat' (a hint, at most one a batch).
 */
void store_on_hint(struct store *store, void (*on_hint)(void *context), void *context);

/* ---- appending ---- */

struct append_fact {
	int32_t seq;
	struct text kind;
	struct text header; /* exact bytes, stored as hashed */
	struct text body;
	uint8_t nonce[16];
	struct digest leaf_hash;
	int64_t occurred_at_us;
	struct uuid actor; /* zero for time */
};

struct append_obligation {
	int32_t seq, n; /* the opening fact, and which of its obligations */
	struct text kind, owed_by, state;
	struct uuid owed_by_id;
	int32_t thread;
	int32_t provider_entry; /* the provider's own number of the opening entry; 0: it has none */
	int32_t commissioner_entry;   /* the commissioner's; 0: it is seq */
	int32_t mediator_entry;	      /* the mediator's; 0: it has none */
	int32_t representative_entry; /* of whoever represents the person; 0: it has none */
	int32_t changed_entry;	      /* the last fact that touched it */
	int64_t due_at_us, next_at_us, missed_at_us, closed_at_us; /* NEVER_US: null */
	int64_t not_served_us; /* since when its notice is known to have reached nobody; NEVER_US */
};

struct append_party {
	struct uuid organisation;
	struct text side, stage;
	int64_t since_us, until_us; /* until: NEVER_US while it has a part */
	int32_t version, entries;
	int64_t next_due_at_us; /* NEVER_US: null */
	bool overdue;
};

struct append_text {
	int32_t seq;
	struct text field;
	struct text sealed; /* nonce, ciphertext, tag */
};

/* One move's whole effect. All memory must stay until on_done. */
struct append {
	struct uuid authority, stream;
	int32_t expected_seq; /* 0: the stream is new */
	int64_t recorded_at_us;
	struct text stream_kind; /* "placement" (also when absent), "person", "authority", "home" */
	bool from_time;		 /* time's own move: queued behind people's */

	const struct append_fact *facts;
	size_t fact_count;			     /* at least 1, seq = expected_seq + 1 .. */
	const struct append_obligation *obligations; /* changed only; upserted */
	size_t obligation_count;
	const struct append_party *parties; /* changed only; upserted */
	size_t party_count;
	const struct append_text *texts;
	size_t text_count;

	int32_t redacted_seq; /* the entry whose texts are destroyed; 0: none */
	struct uuid erased;   /* the person whose key, texts and documents are; zero: none */

	/* list columns of placement, upserted whole; an absent stage: the stream is no placement,
	 * none are written */
	struct text reference, stage, setting, urgency;
	struct uuid person, provider, home, owner;
	int64_t weekly_p;    /* -1: null */
	int32_t terms_entry; /* the fact that holds the terms in force; 0: null */
	int64_t opened_at_us;
	struct text team, external_reference; /* TEXT_NONE: null */
	struct text new_person_key;	      /* wrapped; TEXT_NONE unless the person is new */

	/* idempotency; a zero key: none */
	struct uuid key_user, key;
	struct digest request;
	int32_t version;   /* the actor's own, for the receipt */
	int32_t first_seq; /* of the move's own facts, after what time did */

	/* of the request, beside those of its facts that somebody made; TEXT_NONE: none */
	struct text traceparent;
};

typedef void (*store_append_cb)(enum store_outcome outcome, int64_t first_leaf_index,
				void *context);
void store_append(struct store *store, const struct append *append, store_append_cb on_done,
		  void *context);

/* The next number for a reference, from a block taken in one round trip. */
void store_next_number(struct store *store,
		       void (*on_number)(enum store_outcome, int64_t number, void *context),
		       void *context);

/* ---- migrations (synchronous, for the command) ---- */

/* Applies what is missing, under a polled try-lock; prints a line each. 0, or an exit code and
 * *why. */
int store_migrate(const struct config *config, bool status_only, struct arena *arena,
		  struct text *why);
int store_schema_wanted(void);

/* A statement run synchronously, for commands such as create-admin and load-reference (service
 * role). False and *why on a fault. */
bool store_run(const struct config *config, struct arena *arena, const char *sql,
	       const struct param *params, size_t param_count, struct rows *rows, struct text *why)
	__attribute__((warn_unused_result));

/* The same on one connection, as any of the three roles, and whatever the schema. NULL and *why
 * when it cannot be reached. */
enum store_role { STORE_SERVICE, STORE_READER, STORE_OWNER };
struct store_session;
struct store_session *store_session_open(const struct config *config, struct arena *arena,
					 enum store_role role, struct text *why)
	__attribute__((warn_unused_result));
bool store_session_ask(struct store_session *session, const char *sql, const struct param *params,
		       size_t param_count, struct rows *rows, struct text *why)
	__attribute__((warn_unused_result));
/* The same with its rows in another arena than the session's, for what asks very often. */
bool store_session_read(struct store_session *session, struct arena *arena, const char *sql,
			const struct param *params, size_t param_count, struct rows *rows,
			struct text *why) __attribute__((warn_unused_result));
/* From here on, however long it takes, the session reads the database as it stands at this moment
 * and writes nothing. *snapshot names the moment, for others to read at while this one is open;
 * given one, it reads at that. */
bool store_session_freeze(struct store_session *session, struct text *snapshot, struct text *why)
	__attribute__((warn_unused_result));
/* Whether the schema's version is this program's; *why says what to run. */
bool store_session_fits(struct store_session *session, struct text *why)
	__attribute__((warn_unused_result));
void store_session_close(struct store_session *session);

#endif
