/* entries.h - moves that wait to be appended, first come first; append.c owns their memory. */
#ifndef STORE_ENTRIES_H
#define STORE_ENTRIES_H

#include "concordat/store/store.h"

struct entry {
	const struct append *append;
	store_append_cb on_done;
	void *context;
	int64_t since_us, first_leaf;
	enum store_outcome outcome;
	struct entry *next;
};

struct entry_list {
	struct entry *head, *tail;
	size_t count;
};

void entries_add(struct entry_list *list, struct entry *e);
/* Takes out what stands behind previous (NULL: the head). */
struct entry *entries_take(struct entry_list *list, struct entry *previous);

#endif
