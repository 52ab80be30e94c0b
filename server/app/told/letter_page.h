/* letter_page.h - letters as a page to print. */
#ifndef CONCORDAT_SERVER_APP_LETTER_PAGE_H
#define CONCORDAT_SERVER_APP_LETTER_PAGE_H

#include "concordat/app/schemas_mail.h"

struct letters {
	struct letter_row *rows;
	size_t count;
	bool is_list;	  /* a page of the queue: what has no address is not printed but named */
	struct text next; /* the query of the next page; TEXT_NONE: there is none */
	struct text sender;
	struct contact from;
	int32_t day; /* of all of them */
	struct text public_url;
};

/* HTML with nothing from elsewhere, one letter a sheet of A4; the address is where a window
 * envelope (DL or C5) shows it, however the sheet slips. */
struct text letter_page(struct arena *arena, const struct letters *letters);

#endif
