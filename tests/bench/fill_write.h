/*
 * fill_write.h - histories into the tables, as the append would have left them, and into the lists
 * that a load generator reads.
 *
 * One worker has one writing: a connection and a COPY for each table, all committed at the end. The
 * lists are parts, named by the worker, until they are joined.
 */
#ifndef TESTS_BENCH_FILL_WRITE_H
#define TESTS_BENCH_FILL_WRITE_H

#include "fill_history.h"

/* The list, beside those of what is negotiating, that what is added now belongs in. */
enum timed_list { LIST_NONE, LIST_DUE, LIST_LONE };

struct writing;

struct writing *writing_begin(const char *conninfo, const char *folder, int worker);
/* What is added until it is closed belongs to this council's log. */
void writing_open_log(struct writing *writing, const struct council *council);
void writing_close_log(struct writing *writing);
void writing_list(struct writing *writing, enum timed_list list);
/* dealt: even ones are read by the council, odd ones by the provider. */
void writing_add(struct writing *writing, const struct history_plan *plan,
		 const struct history *history, int64_t dealt);
/* Commits all of it and frees the writing. */
void writing_end(struct writing *writing);

void writing_join_lists(const char *folder, int workers);

#endif
