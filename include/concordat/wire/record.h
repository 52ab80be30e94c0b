/*
 * record.h - what the log is handed out as, for anybody to check (verify.h) with public keys,
 * without network or database.
 *
 * Three documents. The agreed-terms record: one version of an agreement with the entries that made
 * it. The statement that no reply was recorded: a ledger's headers from the first to one that
 * closes the question. The export: a whole log, line by line. The first two are canonical JSON (RFC
 * 8785) of the structs below, signed as a whole by the log's key, so that no byte can change; what
 * can be worked out from proven entries is worked out again and compared all the same, because the
 * signature shows only what the service said, and the log what it cannot unsay.
 *
 * A body goes out with its nonce only to who may read all of it. Bodies hold the ledger's own
 * numbers, and whoever reads one learns from them how many entries and strands came before. Of a
 * text about a person they hold the salted digest; the text and its salt stand beside for who may
 * read it, and its presence shows for everybody that something was said there.
 */
#ifndef CONCORDAT_WIRE_RECORD_H
#define CONCORDAT_WIRE_RECORD_H

#include "concordat/core/placement.h"
#include "concordat/wire/verify.h"

/* ---- what documents are made of ---- */

/* Names stand in no entry: they are what the service says. Each is of an id that an entry holds. */
struct record_name {
	struct uuid id;
	struct text name;
};

struct record_entry {
	struct text header; /* exact */
	struct text proof;  /* C2SP tlog-proof, under the document's checkpoint */
	struct text body;   /* exact; TEXT_NONE: not for the party that the document is for */
	struct text nonce;  /* 32 hexadecimal digits, with the body */
};

struct record_text {
	int64_t entry; /* which of the entries, from 1 */
	struct text field;
	struct text text;
	struct digest salt; /* the entry has SHA-256(salt || text) */
};

/* What each document has, at its head. */
struct record_head {
	struct text format, origin;
	struct uuid authority, placement;
	struct text reference; /* of the placement */
	int64_t written_at_us;
	struct text checkpoint; /* the signed note that all proofs are under */
	struct text signature;	/* a signed note over the format and the digest of all the rest */
	struct list names;	/* struct record_name */
	struct list entries;	/* struct record_entry, by the ledger's order */
	struct list texts;	/* struct record_text */
};

struct record_calculation {
	int64_t number; /* as the terms name it */
	struct text model, version, unit;
	struct list inputs; /* struct map_entry */
	int64_t low_p, mid_p, high_p, weekly_low_p, weekly_mid_p, weekly_high_p;
	struct text document; /* the cost model, JSON */
};

struct agreed_terms {
	struct record_head head;
	int64_t agreement; /* its number */
	int32_t basis;	   /* enum agreement_basis */
	int32_t from_day;
	struct uuid provider, home;
	struct terms terms;
	struct record_calculation calculation; /* number NO_INT: they rest on none */
};

enum no_reply_until { UNTIL_MISSED, UNTIL_LAPSED, UNTIL_NEWEST };
extern const char *const no_reply_until_names[]; /* "missed", "lapsed", "newest" */

struct no_reply {
	struct record_head head;
	int64_t entry, n;    /* the ledger's own number of the entry that opened it */
	int32_t duty;	     /* enum duty */
	int32_t owed_by;     /* enum side */
	int64_t due_at_us;   /* when it was missed or lapsed; NEVER_US: up to the newest entry */
	int32_t until;	     /* enum no_reply_until: what the last entry is */
	struct text meaning; /* no_reply_meaning */
};
extern const char no_reply_meaning[];

extern const struct schema agreed_terms_schema, no_reply_schema;

/* Fills the format, the meaning and the signature, and writes it. */
struct text agreed_terms_write(struct arena *arena, struct agreed_terms *record,
			       const struct signing_key *key);
struct text no_reply_write(struct arena *arena, struct no_reply *statement,
			   const struct signing_key *key);
/* False when it is none. Nothing is checked but its form. */
bool agreed_terms_read(struct arena *arena, struct text document, struct agreed_terms *record,
		       struct flaw *flaw) __attribute__((warn_unused_result));
bool no_reply_read(struct arena *arena, struct text document, struct no_reply *statement,
		   struct flaw *flaw) __attribute__((warn_unused_result));
/* An entry's body as a fact, with the instant of its header; NULL when it has none that can be
 * read. Nothing is checked. */
struct fact *record_fact(struct arena *arena, const struct record_entry *entry);

/* "6 April 2027", and in London "6 April 2027 at 17:00". */
struct text record_day(struct arena *arena, int32_t day);
struct text record_moment(struct arena *arena, int64_t at_us);

#endif
