/* texts.h - the person's texts into a private copy of some facts, as far as one party may read
 * them. */
#ifndef CONCORDAT_SERVER_APP_TEXTS_H
#define CONCORDAT_SERVER_APP_TEXTS_H

#include "internal.h"

struct wanted {
	int32_t seq;
	struct text field;
	struct personal *at;
	struct digest salt; /* where salts are asked for, and the text is there */
};

struct texts {
	struct call *call;
	struct uuid authority, placement, person;
	struct actor actor;
	struct wanted *wanted; /* what is marked */
	size_t wanted_count;
	bool with_salts; /* for a record, which hands them out */
	void (*on_read)(struct texts *texts, enum store_outcome outcome);
	void *context;
};

/* A copy whose members and lists may be written to, unlike the cache's; its words are the
 * original's, which must outlive it. */
struct fact *texts_copy(struct arena *arena, const struct fact *fact);
/* Whether the fact says anything that would be marked. */
bool texts_are_in(const struct fact *fact, enum audience audience);
/* Marks what this audience may read of a copied fact. */
void texts_want(struct texts *texts, struct fact *fact, enum audience audience);
/* One read of the key and of the texts marked, which also records that they were read. on_read
 * comes later, never before this returns. Texts that were erased stay absent. */
void texts_read(struct texts *texts);

#endif
