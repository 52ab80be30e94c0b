/* record_page.h - a record of agreed terms as a page to read and print. */
#ifndef CONCORDAT_SERVER_APP_RECORD_PAGE_H
#define CONCORDAT_SERVER_APP_RECORD_PAGE_H

#include "concordat/wire/html.h"
#include "concordat/wire/record.h"

/* HTML with nothing from elsewhere: no script, no picture, its style in it. */
struct text record_page(struct arena *arena, const struct agreed_terms *record);

/* ---- what its files share */

/* "per_quarter" -> "Per quarter" */
void page_word(struct writer *w, const char *word);
/* A table's head: its caption and its columns (NULL-terminated); "#" before those of figures. */
void page_table(struct writer *w, const char *caption, const char *const columns[]);
void page_cell(struct writer *w, struct text t);
void page_figure(struct writer *w, struct text t);

/* record_page_terms.c: the fee, who pays, quality, uplift, extension, outcomes, clauses. */
void page_terms(struct writer *w, const struct terms *terms);

#endif
