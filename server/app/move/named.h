/*
 * named.h - what a move names that is not on the placement, looked up before it is decided.
 *
 * A cost model that may have been loaded since, a provider and its home, a mediation body, a
 * representative, who pays a share, a document of one's own.
 */
#ifndef CONCORDAT_SERVER_APP_NAMED_H
#define CONCORDAT_SERVER_APP_NAMED_H

#include "internal.h"

struct named {
	struct call *call;
	const struct request *request;
	void (*on_found)(void *context);
	void *context;
	bool has_document; /* that is attached, of the caller's own organisation: */
	struct document_facts document;
};

/* Whether a move names anything of the kind. */
bool names_others(const struct request *request);
/* True when it must be waited for: on_found comes, unless what is named cannot be and the call was
 * answered so. False: there is nothing to wait for. named must outlive the call's answer. */
bool named_look_up(struct named *named);
/* The world with what was found. */
struct world named_world(const struct world *world, const struct named *named);

#endif
