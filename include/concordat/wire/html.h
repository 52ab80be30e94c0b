/* html.h - text inside a page: in an element, or in an attribute between quotes. */
#ifndef CONCORDAT_WIRE_HTML_H
#define CONCORDAT_WIRE_HTML_H

#include "concordat/base/text.h"

void html_put(struct writer *w, struct text t);

#endif
