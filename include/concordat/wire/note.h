/*
 * note.h - signed notes, and what the log says in them: keys, checkpoints, proofs.
 *
 * The formats are C2SP's: signed-note, tlog-checkpoint, tlog-proof, with Ed25519 (RFC 8032) through
 * OpenSSL. What comes from outside is untrusted: a parser gives false and a sentence that says what
 * is wrong; nothing is normalised, so that one thing has one form. Texts in what is parsed point
 * into the text given.
 */
#ifndef CONCORDAT_WIRE_NOTE_H
#define CONCORDAT_WIRE_NOTE_H

#include "concordat/core/schema.h" /* struct list */
#include "concordat/wire/merkle.h"

/* ---- keys ---- */

/* Who may have signed: "NAME+8 hex digits+BASE64(0x01 || 32 bytes)", a line. The name of a log's
 * key is the log's origin. */
struct note_key {
	struct text name;
	uint32_t id; /* first four bytes of SHA-256(name || 0x0a || 0x01 || public_key) */
	uint8_t public_key[32];
};

struct note_key note_key_of(struct text name, const uint8_t public_key[32]);
bool note_key_parse(struct text line, struct note_key *out, const char **why)
	__attribute__((warn_unused_result));
struct text note_key_line(struct arena *arena, const struct note_key *key); /* without newline */
/* A file of such lines, empty ones and those that begin with # passed over; at least one key. */
bool note_keys_parse(struct arena *arena, struct text file, struct list *out /* struct note_key */,
		     struct text *why) __attribute__((warn_unused_result));

/* An Ed25519 private key; the caller cleanses it. */
struct signing_key {
	uint8_t seed[32];
	uint8_t public_key[32];
};
/* From a PEM file's text (PKCS #8), as `openssl genpkey -algorithm ed25519` makes it. */
bool signing_key_parse(struct text pem, struct signing_key *out, const char **why)
	__attribute__((warn_unused_result));
/* A new one, and its PEM. */
struct text signing_key_new(struct arena *arena, struct signing_key *out);
/* From the seed alone (RFC 8032). */
void signing_key_of_seed(const uint8_t seed[32], struct signing_key *out);

/* ---- notes ---- */

/* Longer ones are refused. */
#define NOTE_SIZE_MOST (1 << 20)

/* The note: body, an empty line, and one signature line. A bug when body is not UTF-8 without
 * controls that ends in a line feed, or the name is empty or has a space or a plus. */
struct text note_sign(struct arena *arena, struct text body, struct text name,
		      const struct signing_key *key);

struct note {
	struct text body;   /* with its last line feed: what was signed */
	struct note_key by; /* the first known key in the note's order */
};
/* False: not a note, a known key's signature does not hold, or no known key signed. Signatures of
 * keys that are not known, and of kinds that are not ours, are passed over. */
bool note_open(struct text text, const struct note_key *keys, size_t key_count, struct note *out,
	       const char **why) __attribute__((warn_unused_result));

/* ---- checkpoints ---- */

struct checkpoint {
	struct text origin;
	int64_t size;
	struct digest root;
};
/* A note's body. Lines behind the third are let pass (extensions). */
bool checkpoint_parse(struct text body, struct checkpoint *out, const char **why)
	__attribute__((warn_unused_result));
struct text checkpoint_body(struct arena *arena, const struct checkpoint *checkpoint);
/* Opened and parsed, and signed by a key that has the origin's name. */
bool checkpoint_open(struct text note, const struct note_key *keys, size_t key_count,
		     struct checkpoint *out, const char **why) __attribute__((warn_unused_result));

/* ---- proofs ---- */

/* "c2sp.org/tlog-proof@v1": that one entry is in the tree of a checkpoint. */
struct log_proof {
	int64_t index;
	struct text extra; /* others' base64, which nothing here proves; none: TEXT_NONE */
	struct merkle_proof path;
	struct text checkpoint; /* the signed note */
};
bool log_proof_parse(struct text text, struct log_proof *out, const char **why)
	__attribute__((warn_unused_result));
struct text log_proof_text(struct arena *arena, const struct log_proof *proof);

#endif
