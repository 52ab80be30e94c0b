/*
 * compare_words.h - what became of the steps of a comparison, for the sentence about it.
 */
#ifndef CONCORDAT_CORE_COMPARE_WORDS_H
#define CONCORDAT_CORE_COMPARE_WORDS_H

#include "concordat/core/compare.h"

/* Which steps could not be priced, so that their part fell to the next. */
struct passed_over {
	bool inputs, rates;
};

struct text compare_summary(struct arena *arena, const struct comparison *comparison,
			    struct passed_over passed);

#endif
