/*
 * entries_served.c - the field tables of notices: not served, served, and acknowledged.
 *
 * As entries.c: the contract of the API and of the stored ledger at once.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

static const struct field record_service_fields[] = {
	INT_F(record_service, entry, REQ, 1, SEQ_MOST, "the entry that opened the action due"),
	INT_F(record_service, n, REQ, 1, 100, "its number there"),
	ENUM_F(record_service, how, REQ, service_means_names, "how they were told"),
	INT_F(record_service, document, 0, 1, SEQ_MOST,
	      "the entry that attached what shows it, by one's own number"),
	TEXT_F(record_service, reference, 0, 200,
	       "else of the letter or the note of the call; nothing about the person"),
};
TABLE(record_service, struct record_service,
      "Another side is told of an action due whose notice was not served; occurred_at says when");

static const struct field acknowledge_delivery_fields[] = {
	INT_F(acknowledge_delivery, entry, REQ, 1, SEQ_MOST, "the entry, by one's own number"),
};
TABLE(acknowledge_delivery, struct acknowledge_delivery, "An entry is read and understood");

static const struct field voided_fields[] = {
	INT_F(voided, n, DER, 1, 100, "which action due of that entry"),
	ENUM_F(voided, duty, DER, duty_names, "what was owed"),
	ENUM_F(voided, what, DER, void_kind_names, "what is void"),
	BOOL_F(voided, is_restored, DER, "what had expired is open again"),
};
static TABLE(voided, struct voided, "What was recorded although the notice was not served");

static const struct field not_served_fields[] = {
	INT_F(not_served, entry, DER, 1, SEQ_MOST, "the entry whose notice was not served"),
	ENUM_F(not_served, side, DER, side_names, "who was to be told"),
	LIST_F(not_served, voids, DER, 0, 100, &voided_schema, "what is void"),
};
TABLE(not_served, struct not_served, "A notice failed on every outside channel");

static const struct field served_fields[] = {
	INT_F(served, entry, DER, 1, SEQ_MOST, "the entry whose notice is served"),
	ENUM_F(served, side, DER, side_names, "who was to be told"),
	ENUM_F(served, channel, DER, channel_names, "how it was reached"),
};
TABLE(served, struct served, "A notice that was not served has arrived");
