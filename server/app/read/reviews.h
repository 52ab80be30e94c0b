/* reviews.h - which duties are reviews. */
#ifndef CONCORDAT_SERVER_APP_REVIEWS_H
#define CONCORDAT_SERVER_APP_REVIEWS_H

#include "internal.h"

/* The name of its kind; NULL when it is none. */
const char *review_kind_of(struct text duty);
/* Their names, for the statements that ask. */
struct param review_duties(struct arena *arena);

#endif
