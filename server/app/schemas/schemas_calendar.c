/*
 * schemas_calendar.c - the field tables of calendar feeds.
 */
#include "concordat/app/schemas.h"
#include "concordat/core/fields.h"

const char *const feed_scope_names[] = {"user", "team", "organisation", NULL};

static const struct field calendar_feed_request_fields[] = {
	ENUM_F(calendar_feed_request, scope, REQ, feed_scope_names,
	       "of which placements: those that the caller looks after, a team's, or all of the "
	       "organisation's; the first two are an authority's"),
	TEXT_F(calendar_feed_request, team, 0, 60, "which team; of the scope team alone"),
};
TABLE(calendar_feed_request, struct calendar_feed_request, "A calendar feed of the caller's own");

static const struct field calendar_feed_row_fields[] = {
	ID_F(calendar_feed_row, id, REQ, "its id, to revoke it by"),
	ID_F(calendar_feed_row, user, REQ, "whose it is"),
	ID_F(calendar_feed_row, organisation, REQ, "acting for which organisation"),
	TEXT_F(calendar_feed_row, scope, REQ, 20, "of which placements"),
	TEXT_F(calendar_feed_row, team, 0, 60, "which team"),
	INSTANT_F(calendar_feed_row, created_at_us, "created_at", REQ, "when it was made"),
	TEXT_F(calendar_feed_row, address, 0, 400,
	       "where a calendar program reads it, shown once: whoever has it reads the feed. A "
	       "repeat of the request answers without it"),
};
TABLE(calendar_feed_row, struct calendar_feed_row, "A calendar feed");
