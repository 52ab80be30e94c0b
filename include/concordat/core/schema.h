/*
 * schema.h - field tables: one description of a struct for every purpose.
 *
 * The same table decodes a request, writes a fact's canonical body, renders a view for one party,
 * and makes the OpenAPI schema. A struct's optional members have a sentinel for "absent", given
 * with each kind.
 */
#ifndef CONCORDAT_CORE_SCHEMA_H
#define CONCORDAT_CORE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "concordat/base/id.h"
#include "concordat/base/sha256.h"
#include "concordat/base/text.h"

#define NO_INT INT64_MIN
#define NO_ENUM (-1)

/* Text about a person. The fact carries only the digest: SHA-256(salt || text), where the salt is
 * HMAC(the person's key, stream, seq, field). The text lies elsewhere, encrypted under that key. */
struct personal {
	struct text text;     /* TEXT_NONE: absent, not loaded, or erased */
	struct digest digest; /* zero: absent */
};

/* A list of structs described by field.of. */
struct list {
	void *items;
	size_t count;
};

/* What is wrong with something that was given: where, and a sentence that says what to do. */
struct flaw {
	struct text pointer; /* JSON pointer into it; "": all of it */
	struct text sentence;
};

/* One member of a FIELD_MAP: {"contact_hours": "12.5"}. Canonical order is by key. */
struct map_entry {
	struct text key;
	int64_t value_r; /* ten-thousandths */
};

enum field_kind {
	FIELD_BOOL,  /* bool; absent = false */
	FIELD_INT,   /* int64_t; absent = NO_INT; least..most */
	FIELD_MONEY, /* int64_t pence; absent = NO_INT; JSON {"amount":125000,"currency":"GBP"} */
	FIELD_RATE,  /* int64_t ten-thousandths; absent = NO_INT; JSON decimal string "14.2025" */
	FIELD_TEXT,  /* struct text, not about the person; absent = TEXT_NONE; least..most bytes */
	FIELD_PERSONAL, /* struct personal; least..most bytes */
	FIELD_ENUM,	/* int32_t index into names; absent = NO_ENUM */
	FIELD_DAY,	/* int32_t civil day; absent = NO_DAY; JSON "2026-04-13" */
	FIELD_INSTANT,	/* int64_t; absent = NEVER_US; JSON RFC 3339 */
	FIELD_ID,	/* struct uuid; absent = zero */
	FIELD_DIGEST,	/* struct digest; absent = zero; JSON 64 hex digits */
	FIELD_OBJECT,	/* a struct inline, described by of; absent when all its members are */
	FIELD_LIST,	/* struct list of of; absent = empty; least..most items */
	FIELD_MAP, /* struct list of struct map_entry; JSON object of decimal strings or integers */
	FIELD_WORDS /* struct list of int32_t indexes into names, each once; absent = empty;
		       least..most of them; JSON ["red","blue"] */
};

enum field_flags {
	FIELD_REQUIRED = 1,
	FIELD_DERIVED =
		2, /* never accepted in a request; written by the core into facts and views */
	FIELD_COMMISSIONER = 4, /* shown to the commissioner's side (and its auditor) only */
	FIELD_IDENTITY = 8,	/* identifies the person: to the commissioner's side, to the
				   provider that was told who the person is, and to their
				   representative */
	FIELD_ASKED = 16,	/* with REQUIRED: of a request; its fact may leave it out */
	FIELD_SIDES = 32,	/* between commissioner and provider: not for the person's
				   representative */
	FIELD_PAYERS = 64	/* also for a co-payer, who is shown nothing else of an entry */
};
#define FIELD_NOT_FOR_ALL (FIELD_COMMISSIONER | FIELD_IDENTITY | FIELD_SIDES)

struct schema;

struct field {
	const char *name; /* snake_case, as in JSON */
	enum field_kind kind;
	unsigned flags;
	size_t offset;
	int64_t least, most;
	const struct schema *of;  /* OBJECT, LIST */
	const char *const *names; /* ENUM, WORDS: NULL-terminated */
	const char *help;	  /* a phrase for OpenAPI and the web form */
};

struct schema {
	const char *name; /* OpenAPI component, e.g. "make_offer" */
	size_t size;	  /* of the struct */
	const struct field *fields;
	size_t count;
	const char *help;
};

#define SCHEMA(schema_name, type, table, text)                              \
	{                                                                   \
		.name = schema_name, .size = sizeof(type), .fields = table, \
		.count = sizeof(table) / sizeof((table)[0]), .help = text   \
	}

/* Sets every member of a struct to absent, lists inside lists excepted (they are empty). */
void schema_clear(const struct schema *schema, void *data);
bool field_is_absent(const struct field *field, const void *data);
/* NO_ENUM when unknown. */
int32_t enum_parse(const char *const *names, struct text t);

/* ---- writing (canon.c) ---- */

enum audience {
	AUDIENCE_FACT,
	AUDIENCE_COMMISSIONER,
	AUDIENCE_PROVIDER,
	AUDIENCE_TOLD_PROVIDER, /* the one that was told who the person is */
	AUDIENCE_REPRESENTATIVE,
	AUDIENCE_CO_PAYER
};

/* Whether the field's flags let that audience see it. */
bool field_is_for(const struct field *field, enum audience audience);

/*
 * Writes an RFC 8785 object: members sorted by name, absent ones left out, integers only.
 * AUDIENCE_FACT writes every member, personal ones as their digest (hex). The others leave out what
 * that side may not see (field_is_for) and write personal members as their text, or as null when
 * the text is gone.
 */
void schema_write(struct writer *w, const struct schema *schema, const void *data,
		  enum audience audience);
/* A JSON string with RFC 8785 escapes, quotes included. t must be UTF-8. */
void canon_string(struct writer *w, struct text t);

/* ---- comparing (difference.c) ---- */

struct difference {
	struct text pointer;	   /* "/lines/3/label" */
	struct text first, second; /* what each says there, "\"label\":\"Pay\"": "nothing" where
				      it says none, "something else" where that is long */
};
/* The first of them, by the table's rows; false when two structs of one table say the same. prefix:
 * of its pointer. */
bool schema_difference(struct arena *arena, const struct schema *schema, const void *a,
		       const void *b, struct text prefix, struct difference *out);

/* ---- personal texts ---- */

/* Calls on_text for every personal member that has a text, with its path ("needs/0/what"). */
typedef void (*personal_cb)(void *context, struct text path, struct personal *personal);
void schema_each_personal(struct arena *arena, const struct schema *schema, void *data,
			  personal_cb on_text, void *context);
/* The same for every one that has a digest: of what is stored. */
void schema_each_digest(struct arena *arena, const struct schema *schema, void *data,
			personal_cb on_digest, void *context);

#endif
