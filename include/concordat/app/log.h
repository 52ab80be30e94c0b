/*
 * log.h - the log of an authority as it is sealed: how far, whether it is all of one piece, proofs.
 *
 * The facts' headers are its leaves (merkle.h), a row of the table log_seal says how far they are
 * sealed, and log_tile holds the tree. A log has one name for good, its origin, which is its key's
 * name too. jobs/sealer.c makes it grow; here it is read, judged and proven from. What must not
 * come back with a backup of the database lies in a folder of its own, config.log_dir.
 */
#ifndef CONCORDAT_APP_LOG_H
#define CONCORDAT_APP_LOG_H

#include "concordat/app/app.h"
#include "concordat/wire/note.h"

/* ---- proofs (log_tree.c) ---- */

struct log_tile_row {
	int level;
	int64_t n;
	struct tile tile;
};

/* A log at one of its sizes, with the tiles of it that were asked for. */
struct log_tree {
	struct text origin;
	int64_t sealed; /* how far it is sealed now */
	int64_t size;
	struct digest root;
	struct text checkpoint; /* the signed note of that size; TEXT_NONE: none was signed at it */
	struct log_tile_row *tiles;
	size_t tile_count;
};

typedef void (*log_tree_cb)(enum store_outcome outcome, const struct log_tree *tree, void *context);
/* Reads what is needed for proofs of those leaves, and of those sizes, in the tree of that size (0:
 * the newest). NULL: nothing is sealed, or nothing that the organisation may see (zero: the service
 * itself). A size that is not sealed yet comes with its own number in tree->size, and no tiles. */
void log_read(struct app *app, struct arena *arena, struct uuid organisation, struct uuid authority,
	      const int64_t *leaves, size_t count, int64_t size, log_tree_cb on_read,
	      void *context);
/* The path of the leaf, checked against the root before it is given. False: a tile is not there, or
 * is not what was sealed. */
bool log_prove(const struct log_tree *tree, int64_t index, const struct digest *leaf,
	       struct merkle_proof *out) __attribute__((warn_unused_result));
/* That the tree begins with the smaller one, checked too. from was among the sizes read. */
bool log_prove_grown(const struct log_tree *tree, int64_t from, struct merkle_proof *out)
	__attribute__((warn_unused_result));

/* ---- whether it may go on (log_state.c) ---- */

/* Public keys of the statement log_keys, with room for one more. */
size_t log_keys_take(struct arena *arena, const struct rows *rows, uint8_t (**keys)[32]);

/* Leaves of the keys those that the file "keys" in the folder knows; what only the database says is
 * a key of ours is none. own, if given, is written there first when it is not there, and with the
 * first of all the others that there are. No folder, or no such file: all of them. False and *why:
 * it cannot be read or written. log_filed.c */
bool log_keys_vouched(struct arena *arena, const char *dir, const uint8_t *own, uint8_t (*keys)[32],
		      size_t *count, struct text *why) __attribute__((warn_unused_result));

/* The keys under that name, which may have signed under it. */
struct note_key *log_keys_named(struct arena *arena, struct text name, const uint8_t (*keys)[32],
				size_t count);

/* As the statement log_state gives it. */
struct log_state {
	struct text origin; /* TEXT_NONE: never sealed */
	int64_t generation;
	int64_t size, head; /* sealed; recorded */
	struct digest root;
	int64_t noted_size; /* of the newest checkpoint; 0: none */
	struct digest noted_root;
	struct text note;
	bool filed_before; /* the file is of the origin that it had before it began again */
	struct merkle_range range;
	struct tile edge[TILE_LEVELS]; /* the tile at the right edge of each level; width 0: none */
	/* the statement's, and the first of this log: what shows that it grew from the file's size
	 */
	struct rows rows;
	size_t row;
	const char *broken; /* why the edge is no edge; NULL: it is one */
};

/* The newest checkpoint as it was kept outside the database. */
struct log_filed {
	bool there;
	struct checkpoint checkpoint;
	struct text note;
};

/* Of the folder: false and *why when what lies there cannot be read (errno says why), or is signed
 * by none of the keys (public keys, 32 bytes each; errno is 0). No folder, or nothing in it: not
 * there. log_filed.c */
bool log_filed_read(struct arena *arena, const char *dir, struct uuid authority,
		    const uint8_t (*keys)[32], size_t key_count, struct log_filed *out,
		    struct text *why) __attribute__((warn_unused_result));
/* The same in two steps, for many: the file "checkpoints", and one log's in it. */
bool log_filed_load(struct arena *arena, const char *dir, struct text *all, struct text *why)
	__attribute__((warn_unused_result));
bool log_filed_find(struct arena *arena, struct text all, struct uuid authority,
		    const uint8_t (*keys)[32], size_t key_count, struct log_filed *out,
		    struct text *why) __attribute__((warn_unused_result));
struct log_newest {
	struct uuid authority;
	struct text note;
};
/* The file with these in the place of what it had of those logs; as it is to be written. */
struct text log_filed_with(struct arena *arena, struct text all, const struct log_newest *newest,
			   size_t count);
/* As log_file_write. */
bool log_filed_write(const char *dir, struct text all) __attribute__((warn_unused_result));
/* A checkpoint signed by one of the keys. What was opened once, or is made known by who signed it,
 * is not checked again by this process. */
bool log_note_open(struct arena *arena, struct text note, const uint8_t (*keys)[32],
		   size_t key_count, struct checkpoint *out) __attribute__((warn_unused_result));
void log_note_know(struct text note);
#define LOG_STATE_PARAMS 3
/* For the statement log_state, of several logs with what is filed of each. */
void log_state_params(struct arena *arena, const struct uuid *authorities,
		      const struct log_filed *const *filed, size_t count,
		      struct param params[LOG_STATE_PARAMS]);
/* The log that had that place among them, from 0. False when it is no authority. */
bool log_state_take(const struct rows *rows, size_t place, struct log_state *out)
	__attribute__((warn_unused_result));
/* Why nothing may be signed over it: what is kept of it does not agree. NULL: it is of one piece.
 */
const char *log_state_fault(const struct log_state *state, const struct log_filed *filed,
			    const uint8_t (*keys)[32], size_t key_count);

/* The application_name of the standby that seal_after names; NULL: local. */
const char *log_standby(const struct config *config);
/* What a log is called that was never sealed: "<host>/log/<authority>". */
struct text log_origin(struct arena *arena, const char *public_url, bool rehearsal,
		       struct uuid authority);

/* ---- files (log_files.c) ---- */

/* False and *why when the file is not there, open to others, or no key. */
bool log_key_read(struct arena *arena, const char *path, struct signing_key *out, struct text *why)
	__attribute__((warn_unused_result));
/* False and *why when nothing can be kept there. */
bool log_dir_is_usable(const char *dir, struct arena *arena, struct text *why)
	__attribute__((warn_unused_result));
/* False: it cannot be read, or is larger than such a file may be. Not there is no fault. */
bool log_file_read(struct arena *arena, const char *path, struct text *out, bool *there)
	__attribute__((warn_unused_result));
/* In its place as a whole, and on the disk, when this returns; false: as it was (errno says why).
 * Blocks on the disk. */
bool log_file_write(const char *dir, const char *name, struct text bytes)
	__attribute__((warn_unused_result));

/* ---- what goes out with views (log_heads.c) ---- */

/* How far a log was sealed, a second ago at most. */
struct log_head {
	struct uuid authority;
	struct text origin;
	int64_t size;
	struct digest root;
};
/* NULL: it is not sealed. Valid until the caller returns to the loop. */
const struct log_head *log_head_of(struct app *app, struct uuid authority);
/* "log":{"origin","size","root"}, into the object that is open; nothing when it is not sealed. */
void log_head_put(struct writer *w, const struct log_head *head);

/* ---- commands (log_administer.c): synchronous ---- */

/* Rows of the statement log_keys_of, a line for each key that the folder vouches for. False and
 * *why: the folder cannot be read. */
bool log_keys_text(struct arena *arena, const char *dir, const struct rows *rows, struct text *out,
		   struct text *why) __attribute__((warn_unused_result));
/* The same of a log, or *why there is none. */
bool log_keys_print(const struct config *config, struct arena *arena, struct uuid authority,
		    struct text *out, struct text *why) __attribute__((warn_unused_result));
/* Begins it again under another origin. *said: what was done. */
bool log_restart(const struct config *config, struct arena *arena, struct uuid authority,
		 struct text reason, struct text *said, struct text *why)
	__attribute__((warn_unused_result));

#endif
