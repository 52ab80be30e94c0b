/*
 * verify.h - whether what was handed out of the log is what was sealed: with public keys alone.
 *
 * What the documents are is record.h's. A check goes on until its first fault. What it could not
 * check is said, for no file shows of itself whose key signed it.
 */
#ifndef CONCORDAT_WIRE_VERIFY_H
#define CONCORDAT_WIRE_VERIFY_H

#include "concordat/wire/note.h"

#define AGREED_TERMS_FORMAT "concordat-agreed-terms/1"
#define NO_REPLY_FORMAT "concordat-no-reply/1"
#define EXPORT_FORMAT "concordat-export/1"

enum finding_kind {
	FINDING_HOLDS,	   /* what was checked, and it is so */
	FINDING_UNCHECKED, /* what cannot be checked with this document alone */
	FINDING_FAULT
};
extern const char *const finding_kind_names[]; /* "holds", "unchecked", "fault" */

struct finding {
	enum finding_kind kind;
	struct text where; /* JSON pointer, or "line 12"; "" for all of it */
	struct text sentence;
};

enum verdict {
	VERDICT_HOLDS,
	VERDICT_FAULT,
	VERDICT_UNREADABLE /* none of the documents that are known here */
};

/* In the order checked; of faults only the first is there. */
struct verification {
	enum verdict verdict;
	const char *format; /* NULL: unreadable */
	struct finding *findings;
	size_t finding_count;
};

/* A record or a statement. */
void record_verify(struct arena *arena, struct text document, const struct note_key *keys,
		   size_t key_count, struct verification *out);

/* That the log only grew from one checkpoint to the other. proof: JSON with "hashes", as the log's
 * consistency answer has them. */
void growth_verify(struct arena *arena, struct text older, struct text newer, struct text proof,
		   const struct note_key *keys, size_t key_count, struct verification *out);

/* An export, line by line; it may be far larger than memory: some 200 bytes are kept for each
 * ledger. JSON Lines: {"format","authority","origin","keys"}; then {"leaf_index","stream","header",
 * "body","nonce"} in the log's order, with {"size","note"} of a checkpoint where its size is
 * reached; last {"end":true,"facts","left_out","checkpoint"}: how many entries, how many more there
 * were that nothing was signed over yet, and the newest note, which is over all that are here. */
struct export_check;
bool export_begins(struct text first_line);
struct export_check *export_check_new(struct arena *arena, const struct note_key *keys,
				      size_t key_count);
/* False once a fault is found; more lines are then of no use. */
bool export_check_line(struct export_check *check, struct text line);
void export_check_end(struct export_check *check, struct verification *out);

#endif
