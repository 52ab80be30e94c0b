/* html.c - text inside a page. */
#include "concordat/wire/html.h"

void html_put(struct writer *w, struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		switch (t.at[i]) {
		case '&':
			writer_puts(w, "&amp;");
			break;
		case '<':
			writer_puts(w, "&lt;");
			break;
		case '>':
			writer_puts(w, "&gt;");
			break;
		case '"':
			writer_puts(w, "&quot;");
			break;
		case '\'':
			writer_puts(w, "&#39;");
			break;
		default:
			writer_char(w, t.at[i]);
		}
}
