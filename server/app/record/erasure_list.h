/* erasure_list.h - the list of people who were erased, out of the database's reach. */
#ifndef CONCORDAT_SERVER_APP_ERASURE_LIST_H
#define CONCORDAT_SERVER_APP_ERASURE_LIST_H

#include "concordat/base/config.h"
#include "concordat/base/id.h"

struct erasure_line {
	struct uuid authority, person;
};

struct erasure_list {
	int fd; /* locked; -1: only read, or none is kept */
	struct erasure_line *lines;
	size_t count;
};

/* All of it; no folder or no file: none. for_writing: makes it where it is not there, and holds it
 * against others until erasure_list_close. False and *why when it cannot be read to its end. */
bool erasure_list_open(const struct config *config, struct arena *arena, bool for_writing,
		       struct erasure_list *out, struct text *why)
	__attribute__((warn_unused_result));
bool erasure_list_has(const struct erasure_list *list, struct uuid authority, struct uuid person);
/* On the disk when this returns; false and *why: it may not be. */
bool erasure_list_add(struct erasure_list *list, const struct config *config, struct arena *arena,
		      struct uuid authority, struct uuid person, int64_t at_us, struct text *why)
	__attribute__((warn_unused_result));
void erasure_list_close(struct erasure_list *list);

#endif
