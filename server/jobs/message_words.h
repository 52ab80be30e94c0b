/*
 * message_words.h - the words of what a party is told, by kind of fact.
 */
#ifndef CONCORDAT_SERVER_JOBS_MESSAGE_WORDS_H
#define CONCORDAT_SERVER_JOBS_MESSAGE_WORDS_H

#include "concordat/core/words.h"

struct fact_words {
	const char *subject;
	const char *did;	/* after "The commissioner" or "You" */
	const char *did_to_you; /* the same, as the other side reads it; NULL: no different */
};

extern const struct fact_words fact_words[FACT_COUNT];
/* The same, as the one whom it makes mediator reads it; NULL: no different. */
extern const char *const mediator_words[FACT_COUNT];

extern const char *const review_words[REVIEW_KIND_COUNT];
/* What is decided and what to do about it; NULL: care goes on as it is. */
extern const char *const decision_words[REVIEW_DECISION_COUNT];

#endif
