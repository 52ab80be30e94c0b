/*
 * record_parts.h - what the files share that check what the log is handed out as.
 *
 * A check goes through a document from its form to its signature and stops at the first fault: each
 * step returns false then, and says nothing more.
 */
#ifndef CONCORDAT_WIRE_RECORD_PARTS_H
#define CONCORDAT_WIRE_RECORD_PARTS_H

#include "concordat/wire/record.h"
#include "stored.h"

/* What a leaf says (core's fact_header writes it). */
struct entry_header {
	struct uuid authority, stream;
	struct digest body_digest;
	struct text prev;
	int64_t recorded_at_us, seq, v;
	/* worked out */
	struct digest leaf, prev_leaf;
};
extern const struct schema entry_header_schema;
bool entry_header_read(struct arena *arena, struct text header, struct entry_header *out,
		       struct flaw *flaw) __attribute__((warn_unused_result));

/* The note's body that a document's signature is over. */
struct text record_signed_part(struct arena *arena, const struct schema *schema,
			       struct record_head *head, void *document);

struct checking {
	struct arena *arena;
	const struct note_key *keys;
	size_t key_count;
	struct verification *out;
};

/* An entry of the document that was read. */
struct shown {
	struct entry_header header;
	struct fact *fact;	  /* NULL: its words are not here */
	size_t texts, texts_here; /* how many it has about the person, and how many are here */
};

void check_add(struct checking *check, enum finding_kind kind, struct text where,
	       struct text sentence);
/* False, so that it can be returned. */
bool check_fault(struct checking *check, struct text where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "/entries/3" */
struct text entry_pointer(struct arena *arena, size_t index);

/* Every entry's form, its ledger, its order, its body's digest, the texts. NULL: a fault. */
struct shown *check_entries(struct checking *check, const struct record_head *head);
/* Each is in the log under the document's checkpoint, which a known key signed. */
bool check_proofs(struct checking *check, const struct record_head *head,
		  const struct shown *shown);
/* Every name is of an id that the entries hold; of ids beside them (zero: none). */
bool check_names(struct checking *check, const struct record_head *head, const struct shown *shown,
		 const struct uuid ids[], size_t id_count);
/* All of it is what the log's key signed. */
bool check_signature(struct checking *check, const struct schema *schema, struct record_head *head,
		     void *document);
/* What no document shows of itself. */
void check_limits(struct checking *check, const struct record_head *head,
		  const struct shown *shown);

bool check_agreed_terms(struct checking *check, struct agreed_terms *record); /* record_terms.c */
bool check_no_reply(struct checking *check, struct no_reply *statement); /* record_no_reply.c */

#endif
