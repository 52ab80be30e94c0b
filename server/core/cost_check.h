/*
 * cost_check.h - what the parts of the check of a cost model share.
 *
 * cost_check_line.c reads one line: its members, and what each may name. cost_check.c reads the
 * rest and decides the order. cost_trial.c then tries what was read. Each check returns false once
 * *fault is filled.
 */
#ifndef CONCORDAT_CORE_COST_CHECK_H
#define CONCORDAT_CORE_COST_CHECK_H

#include "cost_lines.h"

struct check {
	struct arena *arena;
	const struct cost_model *model;
	struct flaw *fault;
	bool *by_price;			    /* a line: depends on the price */
	bool *input_used, *assumption_used; /* by some line */
};

bool check_refuse(struct check *check, struct text pointer, struct text sentence);
/* At "/list/at/member". */
bool check_refuse_at(struct check *check, const char *list, size_t at, const char *member,
		     struct text sentence);
bool check_key(struct check *check, const char *list, size_t at, struct text key);
bool check_words(struct check *check, const char *list, size_t at, struct text label,
		 bool source_required, struct text source, struct text source_url);
/* Needs inputs and assumptions checked before, and the lines before this one. */
bool check_line(struct check *check, size_t at);
/* Needs all of that, and the plans. */
bool check_trials(struct check *check);

#endif
