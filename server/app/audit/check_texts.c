/*
 * check_texts.c - what was said about the person against the digests that the entries have of it.
 *
 * Each text is opened and hashed again with its salt, where the master key is there. Of who was
 * erased, and of an entry that was redacted, none may be left.
 */
#include "audit/check.h"

#include <openssl/crypto.h>

#include "internal.h"

enum text_column { LEDGER, SEQ, FIELD, PERSON, SEALED };
enum person_column { ID = 1, WRAPPED_KEY, ERASED_AT, ERASED_BY_ENTRY };

struct text_check {
	struct check *check;
	struct arena *arena;
	const struct ledger *ledger;
	struct uuid person;
	struct person_key key; /* present: texts can be opened */
};

static struct text text_key(struct text_check *t, int64_t seq, struct text field)
{
	struct text entry = verify_key(t->arena, t->ledger->id, seq);

	return text_printf(t->arena, "%.*s, %.*s", TEXT_FMT(entry), TEXT_FMT(field));
}

/* Whose words may be there at all; false when it has been said that they may not. */
static bool person_keeps_texts(struct text_check *t, bool wanted)
{
	const struct slice *people = &t->ledger->sets[SET_PERSON];
	const struct slice *texts = &t->ledger->sets[SET_TEXTS];
	struct text id = uuid_text(t->arena, t->person), wrapped;

	if (people->from == people->to) {
		if (wanted)
			verify_fault(t->check, CHECK_PERSON, id,
				     "the row is missing, and with it the key to every text.");
		return false;
	}
	wrapped = row_text(people->rows, people->from, WRAPPED_KEY);
	if (!wrapped.at != !row_is_null(people->rows, people->from, ERASED_AT))
		verify_fault(t->check, CHECK_PERSON, id,
			     "wrapped_key is %s and erased_at is %s: a key is gone when, and only "
			     "when, the person was erased.",
			     wrapped.at ? "there" : "null",
			     row_is_null(people->rows, people->from, ERASED_AT) ? "null" : "set");
	if (!wrapped.at && !row_bool(people->rows, people->from, ERASED_BY_ENTRY) &&
	    !uuid_eq(t->person, t->ledger->id)) /* a home's texts are nobody's */
		verify_fault(t->check, CHECK_PERSON, id,
			     "wrapped_key is null, and no entry says that the person was erased.");
	if (!wrapped.at) {
		for (size_t i = texts->from; i < texts->to; i++)
			verify_fault(t->check, CHECK_TEXT,
				     text_key(t, row_int(texts->rows, i, SEQ, 0),
					      row_text(texts->rows, i, FIELD)),
				     "the row is there, though the person was erased.");
		return false;
	}
	if (t->ledger->keys &&
	    !person_key_unwrap(t->ledger->keys, t->ledger->authority, t->person, wrapped, &t->key))
		verify_fault(t->check, CHECK_PERSON, id,
			     "wrapped_key does not open under the master key.");
	return true;
}

static void compare_text(struct text_check *t, const struct said_text *said, size_t row)
{
	const struct rows *rows = t->ledger->sets[SET_TEXTS].rows;
	struct text key = text_key(t, said->seq, said->field), plain;
	struct digest salt, digest;

	if (!uuid_eq(row_uuid(rows, row, PERSON), t->person)) {
		verify_fault(t->check, CHECK_TEXT, key, "person_id is %.*s and should be %.*s.",
			     TEXT_FMT(row_text(rows, row, PERSON)),
			     TEXT_FMT(uuid_text(t->arena, t->person)));
		return;
	}
	t->check->out->texts++;
	if (!t->key.present)
		return;
	if (!personal_open(t->ledger->keys, t->arena, &t->key, t->ledger->authority, t->ledger->id,
			   said->seq, said->field, row_text(rows, row, SEALED), &plain)) {
		verify_fault(t->check, CHECK_TEXT, key,
			     "sealed does not open: it is not what was sealed for this entry.");
		return;
	}
	salt = personal_salt(t->arena, &t->key, t->ledger->id, said->seq, said->field);
	digest = sha256((struct text){(const char *)salt.bytes, sizeof(salt.bytes)}, plain,
			TEXT_NONE);
	OPENSSL_cleanse((char *)plain.at, plain.len);
	OPENSSL_cleanse(&salt, sizeof(salt));
	if (!digest_eq(&digest, &said->digest))
		verify_fault(t->check, CHECK_TEXT, key,
			     "sealed holds another text than the one whose digest was recorded.");
}

static void compare_texts(struct text_check *t, const struct said_text *said, size_t count)
{
	const struct slice *are = &t->ledger->sets[SET_TEXTS];
	bool *known = arena_array(t->arena, bool, are->to - are->from);

	for (size_t i = 0; i < count; i++) {
		size_t row = are->from;

		while (row < are->to && (row_int(are->rows, row, SEQ, 0) != said[i].seq ||
					 !text_eq(row_text(are->rows, row, FIELD), said[i].field)))
			row++;
		if (row < are->to) {
			known[row - are->from] = true;
			compare_text(t, &said[i], row);
		} else {
			verify_fault(t->check, CHECK_TEXT, text_key(t, said[i].seq, said[i].field),
				     "the row is missing; the entry has the digest of a text.");
		}
	}
	for (size_t row = are->from; row < are->to; row++)
		if (!known[row - are->from])
			verify_fault(t->check, CHECK_TEXT,
				     text_key(t, row_int(are->rows, row, SEQ, 0),
					      row_text(are->rows, row, FIELD)),
				     "there is a row, and the entry has no such text, or it was "
				     "redacted.");
}

void texts_check(struct check *check, struct arena *arena, const struct ledger *ledger,
		 struct uuid person, const struct said_text *said, size_t count)
{
	struct text_check t = {.check = check, .arena = arena, .ledger = ledger, .person = person};
	const struct slice *texts = &ledger->sets[SET_TEXTS];

	if (person_keeps_texts(&t, count || texts->from < texts->to))
		compare_texts(&t, said, count);
	OPENSSL_cleanse(&t.key, sizeof(t.key));
}

void person_check(struct check *check, struct arena *arena, const struct ledger *ledger,
		  const int64_t *erased_us, size_t count)
{
	const struct slice *people = &ledger->sets[SET_PERSON];
	struct text id = uuid_text(arena, ledger->id), is;
	bool told = count == 0;

	if (people->from == people->to) {
		verify_fault(check, CHECK_PERSON, id, "the row is missing, and there are entries.");
		return;
	}
	is = row_text(people->rows, people->from, ERASED_AT);
	for (size_t i = 0; i < count; i++)
		told = told || row_int(people->rows, people->from, ERASED_AT, 0) == erased_us[i];
	if (!told || (!count && is.at))
		verify_fault(
			check, CHECK_PERSON, id,
			"erased_at is %.*s and should be %.*s, by the entries.",
			TEXT_FMT(cell_words(arena, CELL_INSTANT, is)),
			TEXT_FMT(cell_words(arena, CELL_INSTANT,
					    cell_instant(arena, count ? erased_us[0] : NEVER_US))));
	else if (count && !row_is_null(people->rows, people->from, WRAPPED_KEY))
		verify_fault(check, CHECK_PERSON, id,
			     "wrapped_key is there and should be null: the person was erased.");
}
