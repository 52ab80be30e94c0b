/* csv.h - cells and lines of RFC 4180, for what is also answered as text/csv. */
#ifndef CONCORDAT_SERVER_APP_CSV_H
#define CONCORDAT_SERVER_APP_CSV_H

#include "concordat/app/app.h"

/* Each cell puts the comma behind it; csv_end takes the last one back and ends the line. */

/* Always quoted. What a spreadsheet would take for a formula is led by an apostrophe. */
void csv_text(struct writer *w, struct text value);
void csv_int(struct writer *w, int64_t n); /* NO_INT: empty */
/* Pounds and pence, without a sign of thousands or of pounds; NO_INT: empty. */
void csv_money(struct writer *w, int64_t pence);
void csv_day(struct writer *w, int32_t day);
void csv_end(struct writer *w);

/* Whether this is how the caller wants it. */
bool csv_is_wanted(const struct call *call);
/* Ends the call with a file of that name. */
void csv_answer(struct call *call, struct text body, const char *name, struct text next);

#endif
