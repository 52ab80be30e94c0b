/*
 * erasure.h - legal holds on a person's record, erasing it, and erasing again after a restore.
 *
 * Who is to be erased is first written to the list `erasures` in config.log_dir, outside the
 * database and its backups; then the key, the texts and the documents go in the same transaction
 * that records it. Cut off between the two, or after an older backup was put back, the list says
 * what is left to do, and erasures_replay does it before the service opens. Needs no master key.
 */
#ifndef CONCORDAT_APP_ERASURE_H
#define CONCORDAT_APP_ERASURE_H

#include "concordat/core/erasure.h"
#include "concordat/store/store.h"

struct person_request {
	struct uuid authority, person; /* person zero: by the reference of a placement */
	struct text reference;
	struct person_asked asked;
	bool only_look; /* says what would be done */
};

/* done: it is recorded, or would be; said: what, or why not, in words. */
typedef void (*person_done_cb)(bool done, struct text said, void *context);

/* Everything given must stay until on_done, which comes once: from the loop, or at once where the
 * list cannot be used. The list is locked meanwhile. */
void person_record_move(struct store *store, const struct config *config, struct arena *arena,
			const struct person_request *request, person_done_cb on_done,
			void *context);
/* Erases whoever is in the list and can still be read; on_done comes at once where nobody is in it.
 * False: not all of them could be, or the list cannot be read, and the service must not open; said:
 * why. */
void erasures_replay(struct store *store, const struct config *config, struct arena *arena,
		     person_done_cb on_done, void *context);

#endif
