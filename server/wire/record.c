/*
 * record.c - what every document that is handed out of the log is checked for: its entries, their
 * proofs, the texts, the names, the signature.
 *
 * What it claims beside that is record_terms.c's and record_no_reply.c's. The hashes come first and
 * the signatures last: they say most exactly where something was changed, and cost least.
 */
#include "record_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "concordat/wire/fact.h"
#include "json_parts.h"

#define NONCE_SIZE 16

const char *const finding_kind_names[] = {"holds", "unchecked", "fault", NULL};

/* ---- findings */

void check_add(struct checking *check, enum finding_kind kind, struct text where,
	       struct text sentence)
{
	struct verification *out = check->out;

	*LIST_ADD(check->arena, out->findings, out->finding_count) =
		(struct finding){kind, where, sentence};
	if (kind == FINDING_FAULT)
		out->verdict = VERDICT_FAULT;
}

bool check_fault(struct checking *check, struct text where, const char *format, ...)
{
	va_list arguments, again;
	struct text sentence;
	char *at;
	int len;

	va_start(arguments, format);
	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, arguments);
	at = arena_alloc(check->arena, (size_t)len + 1);
	vsnprintf(at, (size_t)len + 1, format, again);
	va_end(again);
	va_end(arguments);
	sentence = (struct text){at, (size_t)len};
	check_add(check, FINDING_FAULT, where, sentence);
	return false;
}

struct text entry_pointer(struct arena *arena, size_t index)
{
	return text_printf(arena, "/entries/%zu", index);
}

/* "Monday 6 April 2027 at 17:00" without its weekday. */
static struct text without_weekday(struct text words)
{
	const char *space = memchr(words.at, ' ', words.len);

	if (!space)
		return words;
	return (struct text){space + 1, words.len - (size_t)(space + 1 - words.at)};
}

struct text record_day(struct arena *arena, int32_t day)
{
	return without_weekday(day_words(arena, day));
}

struct text record_moment(struct arena *arena, int64_t at_us)
{
	return without_weekday(instant_words(arena, at_us));
}

/* ---- texts about the person */

struct personal_found {
	struct arena *arena;
	struct text wanted; /* the way to it; TEXT_NONE: only how many there are */
	const struct personal *found;
	size_t count;
};

static void find_personal(struct personal_found *p, const struct schema *schema, const void *data,
			  struct text prefix)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		const char *at = (const char *)data + field->offset;
		const struct list *list = (const void *)at;
		struct text path = field->kind != FIELD_PERSONAL && field->kind != FIELD_OBJECT &&
						   field->kind != FIELD_LIST
					   ? TEXT_NONE
				   : prefix.len ? text_printf(p->arena, "%.*s/%s", TEXT_FMT(prefix),
							      field->name)
						: text_of(field->name);

		if (field->kind == FIELD_PERSONAL &&
		    !digest_is_zero(&((const struct personal *)(const void *)at)->digest)) {
			p->count++;
			if (p->wanted.at && text_eq(p->wanted, path))
				p->found = (const void *)at;
		}
		if (field->kind == FIELD_OBJECT)
			find_personal(p, field->of, at, path);
		for (size_t n = 0; field->kind == FIELD_LIST && n < list->count; n++)
			find_personal(p, field->of, (const char *)list->items + n * field->of->size,
				      text_printf(p->arena, "%.*s/%zu", TEXT_FMT(path), n));
	}
}

static struct personal_found personals_of(struct arena *arena, const struct fact *fact,
					  struct text wanted)
{
	struct personal_found p = {.arena = arena, .wanted = wanted};

	find_personal(&p, move_schema((enum move)fact->kind), fact->data, TEXT_NONE);
	return p;
}

/* Each text stands once, in the order of entries. */
static bool check_texts(struct checking *check, const struct record_head *head, struct shown *shown)
{
	const struct record_text *texts = head->texts.items;

	for (size_t i = 0; i < head->texts.count; i++) {
		const struct record_text *text = &texts[i];
		struct text where = text_printf(check->arena, "/texts/%zu", i);
		struct shown *entry;
		struct personal_found p;
		struct arena *scratch;
		struct digest digest;

		if (text->entry < 1 || (size_t)text->entry > head->entries.count ||
		    !shown[text->entry - 1].fact)
			return check_fault(check, where,
					   "This text is of an entry whose words are not here.");
		entry = &shown[text->entry - 1];
		for (size_t n = 0; n < i; n++)
			if (texts[n].entry == text->entry && text_eq(texts[n].field, text->field))
				return check_fault(check, where, "This text stands twice.");
		scratch = arena_new(); /* the ways to all of the entry's texts, for each text */
		p = personals_of(scratch, entry->fact, text->field);
		arena_free(scratch);
		digest = sha256((struct text){(const char *)text->salt.bytes, 32}, text->text,
				TEXT_NONE);
		if (!p.found || !digest_eq(&digest, &p.found->digest))
			return check_fault(check, where,
					   "This text is not the one that was recorded.");
		entry->texts_here++;
	}
	return true;
}

/* ---- entries */

static bool read_body(struct checking *check, const struct record_entry *entry, struct shown *shown,
		      struct text where)
{
	struct digest digest;
	char nonce[NONCE_SIZE];
	struct text why;

	if (!entry->body.at && !entry->nonce.at)
		return true;
	if (!entry->body.at || !entry->nonce.at || !text_unhex(entry->nonce, nonce, sizeof(nonce)))
		return check_fault(check, where, "Its words and their nonce belong together.");
	digest = sha256((struct text){nonce, sizeof(nonce)}, entry->body, TEXT_NONE);
	if (!digest_eq(&digest, &shown->header.body_digest))
		return check_fault(check, where,
				   "Its words are not those that were recorded: their digest is "
				   "another than the log has.");
	shown->fact =
		fact_decode(check->arena, (int32_t)shown->header.seq, shown->header.recorded_at_us,
			    &shown->header.leaf, entry->body, &why);
	if (!shown->fact)
		return check_fault(check, where, "Its words cannot be read: %.*s.", TEXT_FMT(why));
	shown->texts = personals_of(check->arena, shown->fact, TEXT_NONE).count;
	return true;
}

static bool read_entry(struct checking *check, const struct record_head *head,
		       const struct record_entry *entry, struct shown *shown, struct text where)
{
	struct flaw flaw;

	if (!entry_header_read(check->arena, entry->header, &shown->header, &flaw))
		return check_fault(check, where, "Its header cannot be read: %.*s",
				   TEXT_FMT(flaw.sentence));
	if (!uuid_eq(shown->header.authority, head->authority))
		return check_fault(check, where, "It is of another authority's log.");
	if (!uuid_eq(shown->header.stream, head->placement))
		return check_fault(check, where, "It is of another placement.");
	return read_body(check, entry, shown, where);
}

struct shown *check_entries(struct checking *check, const struct record_head *head)
{
	const struct record_entry *entries = head->entries.items;
	struct shown *shown = arena_array(check->arena, struct shown, head->entries.count);

	for (size_t i = 0; i < head->entries.count; i++) {
		struct text where = entry_pointer(check->arena, i);

		if (!read_entry(check, head, &entries[i], &shown[i], where))
			return NULL;
		if (i && shown[i].header.seq <= shown[i - 1].header.seq) {
			check_fault(check, where,
				    "It stands behind a later one: the entries are not in the "
				    "order in which they were recorded.");
			return NULL;
		}
	}
	if (!head->entries.count) {
		check_fault(check, TEXT("/entries"), "There is no entry in it.");
		return NULL;
	}
	return check_texts(check, head, shown) ? shown : NULL;
}

/* ---- proofs */

/* An origin ends in the authority's id, and "/2" and so on where the log was begun again. */
static bool origin_is_of(struct text origin, struct uuid authority, struct arena *arena)
{
	struct text of = text_printf(arena, "/log/%.*s", TEXT_FMT(uuid_text(arena, authority)));
	const char *at = memmem(origin.at, origin.len, of.at, of.len);
	size_t end = at ? (size_t)(at - origin.at) + of.len : 0;

	return at && (end == origin.len || origin.at[end] == '/');
}

static bool open_checkpoint(struct checking *check, const struct record_head *head,
			    struct checkpoint *checkpoint)
{
	const char *why = "";

	if (!origin_is_of(head->origin, head->authority, check->arena))
		return check_fault(check, TEXT("/origin"),
				   "This is not the name of that authority's log.");
	if (!checkpoint_open(head->checkpoint, check->keys, check->key_count, checkpoint, &why))
		return check_fault(check, TEXT("/checkpoint"), "%s", why);
	if (!text_eq(checkpoint->origin, head->origin))
		return check_fault(check, TEXT("/checkpoint"), "It is another log's.");
	return true;
}

bool check_proofs(struct checking *check, const struct record_head *head, const struct shown *shown)
{
	const struct record_entry *entries = head->entries.items;
	struct checkpoint checkpoint;
	const char *why = "";
	int64_t last = -1;

	if (!open_checkpoint(check, head, &checkpoint))
		return false;
	for (size_t i = 0; i < head->entries.count; i++) {
		struct text where = text_printf(check->arena, "%.*s/proof",
						TEXT_FMT(entry_pointer(check->arena, i)));
		struct log_proof proof;

		if (!log_proof_parse(entries[i].proof, &proof, &why))
			return check_fault(check, where, "%s", why);
		if (!text_eq(proof.checkpoint, head->checkpoint))
			return check_fault(check, where,
					   "It is under another checkpoint than this document.");
		if (!merkle_inclusion_holds(&shown[i].header.leaf, proof.index, checkpoint.size,
					    &proof.path, &checkpoint.root))
			return check_fault(check, where,
					   "The entry is not in the log where its proof says: the "
					   "entry or the proof was changed.");
		if (proof.index <= last)
			return check_fault(check, where,
					   "It lies in the log before the entry before it.");
		last = proof.index;
	}
	check_add(check, FINDING_HOLDS, TEXT("/entries"),
		  text_printf(check->arena,
			      head->entries.count == 1
				      ? "%zu entry is in the log %.*s, under its checkpoint of "
					"%lld entries, which its key signed."
				      : "%zu entries are in the log %.*s, under its checkpoint of "
					"%lld entries, which its key signed.",
			      head->entries.count, TEXT_FMT(head->origin),
			      (long long)checkpoint.size));
	return true;
}

/* ---- names */

static bool names_one_of(struct uuid id, const struct uuid ids[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (uuid_eq(ids[i], id))
			return true;
	return false;
}

bool check_names(struct checking *check, const struct record_head *head, const struct shown *shown,
		 const struct uuid ids[], size_t id_count)
{
	const struct record_name *names = head->names.items;

	for (size_t i = 0; i < head->names.count; i++) {
		bool known = uuid_eq(names[i].id, head->authority) ||
			     names_one_of(names[i].id, ids, id_count);

		for (size_t n = 0; n < head->entries.count && !known; n++)
			known = shown[n].fact &&
				(uuid_eq(shown[n].fact->user, names[i].id) ||
				 uuid_eq(shown[n].fact->organisation, names[i].id));
		for (size_t n = 0; n < i; n++)
			known = known && !uuid_eq(names[n].id, names[i].id);
		if (!known)
			return check_fault(check, text_printf(check->arena, "/names/%zu", i),
					   "This is the name of nobody that the entries hold, or "
					   "stands twice.");
	}
	return true;
}

/* ---- the signature */

bool check_signature(struct checking *check, const struct schema *schema, struct record_head *head,
		     void *document)
{
	struct text part;
	struct note note;
	const char *why = "";

	if (!head->signature.at)
		return check_fault(check, TEXT("/signature"), "It is not signed.");
	part = record_signed_part(check->arena, schema, head, document);
	if (!note_open(head->signature, check->keys, check->key_count, &note, &why))
		return check_fault(check, TEXT("/signature"), "%s", why);
	if (!text_eq(note.by.name, head->origin))
		return check_fault(check, TEXT("/signature"), "It is signed by another log's key.");
	if (!text_eq(note.body, part))
		return check_fault(check, TEXT("/signature"),
				   "This is not word for word what was signed: something in it was "
				   "changed.");
	check_add(check, FINDING_HOLDS, TEXT("/signature"),
		  text_printf(check->arena,
			      "All of it is word for word what the log's key (id %08x) signed, "
			      "written on %.*s.",
			      note.by.id,
			      TEXT_FMT(record_moment(check->arena, head->written_at_us))));
	return true;
}

/* ---- what stays open */

void check_limits(struct checking *check, const struct record_head *head, const struct shown *shown)
{
	struct text where = TEXT("/entries");
	size_t hidden = 0, texts = 0, here = 0;

	for (size_t i = 0; i < head->entries.count; i++) {
		hidden += !shown[i].fact;
		texts += shown[i].texts;
		here += shown[i].texts_here;
	}
	if (here)
		check_add(check, FINDING_HOLDS, TEXT("/texts"),
			  text_printf(check->arena,
				      here == 1 ? "%zu text about the person is as recorded."
						: "%zu texts about the person are as recorded.",
				      here));
	if (texts > here)
		check_add(check, FINDING_UNCHECKED, TEXT("/texts"),
			  text_printf(check->arena,
				      "Of %zu texts that the entries have digests of, %zu are not "
				      "here: they are not for whom this was made, or were "
				      "erased.",
				      texts, texts - here));
	if (hidden)
		check_add(check, FINDING_UNCHECKED, where,
			  text_printf(check->arena,
				      "The words of %zu of the %zu entries are not here: "
				      "they are not needed for this, or not for whom it was made. "
				      "That they were recorded, and when, is proven.",
				      hidden, head->entries.count));
	check_add(check, FINDING_UNCHECKED, TEXT("/names"),
		  TEXT("Names and the placement's reference are what the service says: the log "
		       "holds identifiers alone."));
	check_add(check, FINDING_UNCHECKED, TEXT("/checkpoint"),
		  TEXT("Whether the key is the service's own, and whether the log was ever "
		       "rewritten, no file shows of itself: compare the key with one that "
		       "you were given otherwise, and the checkpoint with an earlier one "
		       "(concordat verify --old FILE --new FILE)."));
}

void record_verify(struct arena *arena, struct text document, const struct note_key *keys,
		   size_t key_count, struct verification *out)
{
	struct checking check = {arena, keys, key_count, out};
	struct text format = json_member_slice(document, "format");
	bool terms = text_is(format, "\"" AGREED_TERMS_FORMAT "\"");
	bool no_reply = text_is(format, "\"" NO_REPLY_FORMAT "\"");
	struct agreed_terms record;
	struct no_reply statement;
	struct flaw flaw;

	*out = (struct verification){.verdict = VERDICT_HOLDS};
	if (!terms && !no_reply) {
		out->verdict = VERDICT_UNREADABLE;
		return;
	}
	out->format = terms ? AGREED_TERMS_FORMAT : NO_REPLY_FORMAT;
	if (terms ? agreed_terms_read(arena, document, &record, &flaw)
		  : no_reply_read(arena, document, &statement, &flaw))
		(void)(terms ? check_agreed_terms(&check, &record)
			     : check_no_reply(&check, &statement));
	else
		check_fault(&check, flaw.pointer,
			    "It cannot be read as it was written: %.*s It was changed, cut off or "
			    "laid out anew.",
			    TEXT_FMT(flaw.sentence));
}
