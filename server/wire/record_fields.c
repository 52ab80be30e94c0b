/*
 * record_fields.c - the field tables of the documents that the log is handed out as, and writing
 * and reading them.
 *
 * They are read years later by another release: a row may be added, never renamed or taken away.
 */
#include "record_parts.h"

#include "concordat/core/fields.h"
#include "concordat/wire/fact.h"

#define BODY_MOST (1 << 20)

const char *const no_reply_until_names[] = {"missed", "lapsed", "newest", NULL};

const char no_reply_meaning[] =
	"This shows every entry of this placement's ledger, in order and without a gap, up to the "
	"last one here, and that none of those whose words are shown answers what was owed. Of "
	"entries that whoever holds this may not read it shows that they exist and when they were "
	"recorded, and nothing else. It does not show that no answer was given elsewhere: by "
	"telephone, by letter or in another system.";

#define TEXT_ROW(type, member, json, flags, help) \
	F(type, member, json, FIELD_TEXT, flags, 0, BODY_MOST, NULL, NULL, help)

/* ---- the parts */

static const struct field record_name_fields[] = {
	ID_F(record_name, id, REQ, "whose"),
	TEXT_F(record_name, name, REQ, 400, "as the service knew it"),
};
static TABLE(record_name, struct record_name, "A name");

static const struct field record_entry_fields[] = {
	TEXT_ROW(record_entry, body, "body", 0, "what was recorded, exactly; canonical JSON"),
	TEXT_ROW(record_entry, header, "header", REQ, "its leaf in the log, exactly"),
	TEXT_ROW(record_entry, nonce, "nonce", 0, "the header has SHA-256(nonce || body)"),
	TEXT_ROW(record_entry, proof, "proof", REQ, "C2SP tlog-proof"),
};
static TABLE(record_entry, struct record_entry, "An entry of the ledger, with its proof");

static const struct field record_text_fields[] = {
	INT_F(record_text, entry, REQ, 1, INT32_MAX, "which of the entries here, from 1"),
	TEXT_ROW(record_text, field, "field", REQ, "the way to it, such as line_reasons/0/reason"),
	DIGEST_F(record_text, salt, REQ, "the entry has SHA-256(salt || text)"),
	TEXT_ROW(record_text, text, "text", REQ, "the text"),
};
static TABLE(record_text, struct record_text, "A text about the person");

static const struct field record_calculation_fields[] = {
	TEXT_ROW(record_calculation, document, "document", 0, "the cost model, whole"),
	MONEY_F(record_calculation, high_p, "high", 0, "for one unit"),
	MAP_F(record_calculation, inputs, 0, 100, "the model's inputs"),
	MONEY_F(record_calculation, low_p, "low", 0, "for one unit"),
	MONEY_F(record_calculation, mid_p, "mid", 0, "for one unit"),
	TEXT_F(record_calculation, model, REQ, 60, "the cost model"),
	INT_F(record_calculation, number, REQ, 1, INT32_MAX, "as the terms name it"),
	TEXT_F(record_calculation, unit, 0, 10, "what the price is for"),
	TEXT_F(record_calculation, version, REQ, 30, "its version"),
	MONEY_F(record_calculation, weekly_high_p, "weekly_high", 0, "a week"),
	MONEY_F(record_calculation, weekly_low_p, "weekly_low", 0, "a week"),
	MONEY_F(record_calculation, weekly_mid_p, "weekly_mid", 0, "a week"),
};
static TABLE(record_calculation, struct record_calculation, "The calculation that terms rest on");

/* ---- the documents */

#define HEAD_ROWS(type)                                                                            \
	TEXT_ROW(type, head.format, "format", REQ, "what this is"),                                \
		TEXT_ROW(type, head.origin, "origin", REQ, "the log's name, and its key's"),       \
		F(type, head.authority, "authority", FIELD_ID, REQ, 0, 0, NULL, NULL,              \
		  "the authority whose log it is"),                                                \
		F(type, head.placement, "placement", FIELD_ID, REQ, 0, 0, NULL, NULL,              \
		  "the placement, whose ledger the entries are of"),                               \
		TEXT_ROW(type, head.reference, "reference", REQ, "the placement's"),               \
		F(type, head.written_at_us, "written_at", FIELD_INSTANT, REQ, 0, 0, NULL, NULL,    \
		  "when this was written"),                                                        \
		TEXT_ROW(type, head.checkpoint, "checkpoint", REQ, "C2SP tlog-checkpoint"),        \
		TEXT_ROW(type, head.signature, "signature", 0, "C2SP signed note over the rest"),  \
		F(type, head.names, "names", FIELD_LIST, REQ, 0, 1000, &record_name_schema, NULL,  \
		  "whose ids these are"),                                                          \
		F(type, head.entries, "entries", FIELD_LIST, REQ, 1, 100000, &record_entry_schema, \
		  NULL, "entries of the ledger, in order"),                                        \
		F(type, head.texts, "texts", FIELD_LIST, REQ, 0, 10000, &record_text_schema, NULL, \
		  "texts about the person, for who may read them")

static const struct field agreed_terms_fields[] = {
	INT_F(agreed_terms, agreement, REQ, 1, INT32_MAX, "the agreement's version"),
	ENUM_F(agreed_terms, basis, REQ, agreement_basis_names, "how it came about"),
	DAY_F(agreed_terms, from_day, "from", REQ, "the first day that it covers"),
	ID_F(agreed_terms, provider, REQ, "the provider"),
	ID_F(agreed_terms, home, 0, "its home"),
	OBJECT_F(agreed_terms, terms, REQ, &terms_schema, "what is agreed"),
	OBJECT_F(agreed_terms, calculation, 0, &record_calculation_schema, "what they rest on"),
	HEAD_ROWS(agreed_terms),
};
TABLE(agreed_terms, struct agreed_terms, "Agreed terms, with what proves them");

static const struct field no_reply_fields[] = {
	INT_F(no_reply, entry, REQ, 1, INT32_MAX, "the entry that opened it, by the ledger"),
	INT_F(no_reply, n, REQ, 1, 100, "its number there"),
	ENUM_F(no_reply, duty, REQ, duty_names, "what was owed"),
	ENUM_F(no_reply, owed_by, REQ, side_names, "by which side"),
	INSTANT_F(no_reply, due_at_us, "due_at", 0, "by when, where that passed"),
	ENUM_F(no_reply, until, REQ, no_reply_until_names, "what the last entry here is"),
	TEXT_ROW(no_reply, meaning, "meaning", REQ, "what this shows and what it does not"),
	HEAD_ROWS(no_reply),
};
TABLE(no_reply, struct no_reply, "That no reply was recorded");

static const struct field entry_header_fields[] = {
	ID_F(entry_header, authority, REQ, "whose log"),
	DIGEST_F(entry_header, body_digest, REQ, "SHA-256(nonce || body)"),
	TEXT_ROW(entry_header, prev, "prev", REQ, "the leaf before it in its ledger"),
	INSTANT_F(entry_header, recorded_at_us, "recorded_at", REQ, "when"),
	INT_F(entry_header, seq, REQ, 1, INT32_MAX, "its number in its ledger"),
	ID_F(entry_header, stream, REQ, "the ledger"),
	INT_F(entry_header, v, REQ, 1, 1, "the form"),
};
TABLE(entry_header, struct entry_header, "What a leaf of the log says");

/* ---- writing and reading */

struct text record_signed_part(struct arena *arena, const struct schema *schema,
			       struct record_head *head, void *document)
{
	struct text signature = head->signature;
	struct digest digest;
	struct writer w;

	writer_init(&w, arena);
	head->signature = TEXT_NONE;
	schema_write(&w, schema, document, AUDIENCE_FACT);
	head->signature = signature;
	digest = sha256(writer_text(&w), TEXT_NONE, TEXT_NONE);
	return text_printf(arena, "%.*s\n%.*s\n", TEXT_FMT(head->format),
			   TEXT_FMT(text_hex(arena, digest.bytes, sizeof(digest.bytes))));
}

static struct text write_signed(struct arena *arena, const struct schema *schema,
				struct record_head *head, void *document,
				const struct signing_key *key)
{
	struct text part = record_signed_part(arena, schema, head, document);
	struct writer w;

	writer_init(&w, arena);
	head->signature = note_sign(arena, part, head->origin, key);
	schema_write(&w, schema, document, AUDIENCE_FACT);
	return writer_text(&w);
}

struct text agreed_terms_write(struct arena *arena, struct agreed_terms *record,
			       const struct signing_key *key)
{
	record->head.format = TEXT(AGREED_TERMS_FORMAT);
	return write_signed(arena, &agreed_terms_schema, &record->head, record, key);
}

struct text no_reply_write(struct arena *arena, struct no_reply *statement,
			   const struct signing_key *key)
{
	statement->head.format = TEXT(NO_REPLY_FORMAT);
	statement->meaning = text_of(no_reply_meaning);
	return write_signed(arena, &no_reply_schema, &statement->head, statement, key);
}

/* The reader of what is stored checks no limits, and a document may come from anywhere: lists are
 * compared with one another before the signature is. */
static bool lists_are_bounded(struct arena *arena, const struct schema *schema, const void *data,
			      struct flaw *flaw)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		const struct list *list = (const void *)((const char *)data + field->offset);

		if (field->kind != FIELD_LIST || (int64_t)list->count <= field->most)
			continue;
		*flaw = (struct flaw){text_printf(arena, "/%s", field->name),
				      TEXT("There are more than any document has.")};
		return false;
	}
	return true;
}

/* Only what would be written again as the same bytes: a document has one form. */
static bool read_whole(struct arena *arena, struct text document, const struct schema *schema,
		       void *data, struct flaw *flaw)
{
	struct json_errors errors = {0};
	const struct json_error *error;
	struct writer w;

	if (!stored_decode(arena, document, schema, data, &errors)) {
		error = errors.items.items;
		*flaw = (struct flaw){error->pointer, error->detail};
		return false;
	}
	if (!lists_are_bounded(arena, schema, data, flaw))
		return false;
	writer_init(&w, arena);
	schema_write(&w, schema, data, AUDIENCE_FACT);
	if (text_eq(writer_text(&w), document))
		return true;
	*flaw = (struct flaw){TEXT(""), TEXT("It is not laid out as it was written (canonical "
					     "JSON, RFC 8785).")};
	return false;
}

bool agreed_terms_read(struct arena *arena, struct text document, struct agreed_terms *record,
		       struct flaw *flaw)
{
	return read_whole(arena, document, &agreed_terms_schema, record, flaw);
}

bool no_reply_read(struct arena *arena, struct text document, struct no_reply *statement,
		   struct flaw *flaw)
{
	return read_whole(arena, document, &no_reply_schema, statement, flaw);
}

bool entry_header_read(struct arena *arena, struct text header, struct entry_header *out,
		       struct flaw *flaw)
{
	struct json_errors errors = {0};
	const struct json_error *error;
	struct digest prev;

	if (!stored_decode(arena, header, &entry_header_schema, out, &errors)) {
		error = errors.items.items;
		*flaw = (struct flaw){TEXT(""), error->detail};
		return false;
	}
	*flaw = (struct flaw){TEXT(""), TEXT("Its number, its form or the leaf before it is not "
					     "one that is written.")};
	out->leaf = merkle_leaf(header);
	if (out->seq < 1 || out->seq > INT32_MAX || out->v != 1 ||
	    !text_unhex(out->prev, prev.bytes, sizeof(prev.bytes)))
		return false;
	out->prev_leaf = prev;
	return true;
}

struct fact *record_fact(struct arena *arena, const struct record_entry *entry)
{
	struct entry_header header;
	struct flaw flaw;
	struct text why;

	if (!entry->body.at || !entry_header_read(arena, entry->header, &header, &flaw))
		return NULL;
	return fact_decode(arena, (int32_t)header.seq, header.recorded_at_us, &header.leaf,
			   entry->body, &why);
}
