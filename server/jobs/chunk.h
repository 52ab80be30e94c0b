/*
 * chunk.h - what a walk through an authority's placements looks at before it marks how far it has
 * come.
 *
 * Its rows are read, folded ahead, and visited, some at once, until all have come back or one of
 * them could not be done just now. Then the walk is told, and decides what is next.
 */
#ifndef CONCORDAT_SERVER_JOBS_CHUNK_H
#define CONCORDAT_SERVER_JOBS_CHUNK_H

#include "internal.h"

struct chunk {
	struct jobs *jobs;
	const struct lease *lease; /* nothing more is begun once it is lost */
	size_t at_once;
	/* Begins what is to be done for that row; its end is told by chunk_visited, never before
	 * this has returned. */
	void (*on_visit)(void *walk, size_t row);
	/* Everything that was begun has come back; whole: all of it was begun, and nothing failed.
	 */
	void (*on_end)(void *walk, bool whole);
	void *walk;

	struct arena *arena; /* until the next chunk; NULL: none */
	const struct rows *rows;
	struct uuid *placements; /* or homes: each row's first column */
	size_t count, begun, out;
	bool failed; /* one of them could not be looked at just now */
};

/* Another, without rows: its arena is new. */
void chunk_begin(struct chunk *chunk);
/* Reads its rows, the parameters in its arena, and goes through them. */
void chunk_walk(struct chunk *chunk, const char *sql, const struct param *params, size_t count);
void chunk_visited(struct chunk *chunk, bool failed);
/* How far it reaches; zero without rows. */
struct uuid chunk_last(const struct chunk *chunk);
void chunk_clear(struct chunk *chunk);

#endif
