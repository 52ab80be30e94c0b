/*
 * gather.h - entries of a ledger with everything that proves them, for a document that is handed
 * out.
 *
 * What each look at the placement chose: which entries, and of which the words may go out. Then,
 * step by step: the entries' bytes, the newest checkpoint and the proofs, the names, the key.
 */
#ifndef CONCORDAT_SERVER_APP_GATHER_H
#define CONCORDAT_SERVER_APP_GATHER_H

#include "concordat/wire/record.h"
#include "held/look.h"

struct gathered {
	int32_t seq;
	bool whole; /* its words go out */
	int64_t leaf_index;
	struct digest leaf;
};

struct gather {
	struct look *look;
	struct gathered *entries; /* in the ledger's order */
	size_t count;
	struct uuid ids[4]; /* whose names are wanted beside those in the entries; zero: none */
	struct signing_key key;
	struct note_key *keys; /* of the log, that and the older ones */
	size_t key_count;
	struct record_head head; /* what both documents have */
	void (*on_gathered)(struct gather *gather);
};

/* Another entry; the ledger's order is the order of calls. One whose words go out has its texts
 * marked to be read where texts says so. */
void gather_entry(struct gather *gather, const struct fact *fact, bool texts);
/* From the callback of the load, as look_answer; what the look holds stays until the call is
 * answered. on_gathered comes when all is there; else the call has been answered: 409 while an
 * entry is not sealed. */
void gather_start(struct gather *gather);
/* Ends the call with a document that has been made, once it holds by the log's keys: as a file of
 * that name, or as the page where that is asked for (NULL: there is none). */
void gather_answer(struct gather *gather, struct text document,
		   struct text (*page)(struct gather *), struct text name);

#endif
