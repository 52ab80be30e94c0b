/*
 * check.h - whether rows are what was recorded: rows go in, findings come out.
 *
 * Nothing here reads the database; verify.c does. A fault is said once in words, the first there
 * is, and counted by table after that.
 */
#ifndef CONCORDAT_SERVER_APP_CHECK_H
#define CONCORDAT_SERVER_APP_CHECK_H

#include "concordat/app/log.h"
#include "concordat/app/verify.h"
#include "held/reference.h"
#include "move/homes.h"

struct check {
	struct arena *arena; /* where the first finding is kept */
	struct verified *out;
};

/* key: which row, in words. */
void verify_fault(struct check *check, enum check_table table, struct text key, const char *format,
		  ...) __attribute__((format(printf, 4, 5)));
struct text verify_key(struct arena *arena, struct uuid ledger, int64_t entry); /* 0: all of it */

/* ---- cells, as the database gives them ---- */

struct text cell_int(struct arena *arena, int64_t n);
struct text cell_int_or_null(struct arena *arena, int64_t n); /* 0: null */
struct text cell_instant(struct arena *arena, int64_t at_us); /* NEVER_US: null */
struct text cell_id(struct arena *arena, struct uuid id);     /* zero: null */
struct text cell_bool(bool b);

enum cell_kind { CELL_WORD, CELL_INSTANT };
struct check_column {
	const char *name;
	enum cell_kind kind;
};

/* Some rows of a set, sorted by their keys. */
struct slice {
	const struct rows *rows;
	size_t from, to;
};

/* Rows of a ledger in one table against those that there should be. The first columns are the
 * ledger, which is not looked at, and key_columns more that tell rows apart. */
struct check_rows {
	enum check_table table;
	const struct check_column *columns; /* behind the ledger's */
	size_t column_count, key_columns;
	struct text *cells; /* of the rows there should be, one row after another */
	size_t row_count;
};
/* The next row there should be, to be filled in from its first cell on. */
struct text *check_rows_add(struct arena *arena, struct check_rows *rows);
void check_rows_compare(struct check *check, struct arena *arena, struct uuid ledger,
			const struct check_rows *should, const struct slice *are);
/* One cell said in words. */
struct text cell_words(struct arena *arena, enum cell_kind kind, struct text cell);

/* ---- a ledger ---- */

enum ledger_set {
	SET_STREAM,
	SET_FACTS,
	SET_PLACEMENT,
	SET_PARTIES,
	SET_OBLIGATIONS,
	SET_WERE,
	SET_TEXTS,
	SET_PERSON,
	LEDGER_SETS
};

/* The rows of one ledger, and what they are judged by. */
struct ledger {
	struct uuid authority, id;
	struct slice sets[LEDGER_SETS];
	struct generation *reference;
	struct app *keys;	  /* the master key; NULL: texts are not opened */
	int64_t history_since_us; /* before it, the past of actions due was not kept */
	int64_t now_us;
};

void ledger_check(struct check *check, const struct ledger *ledger);

/* ---- an entry (check_entry.c) ---- */

enum fact_column { /* of SET_FACTS */
		   FACT_LEDGER,
		   FACT_SEQ,
		   FACT_RECORDED_AT,
		   FACT_HEADER,
		   FACT_LEAF_INDEX,
		   FACT_LEAF_HASH,
		   FACT_BODY,
		   FACT_NONCE,
		   FACT_KIND,
		   FACT_ACTOR,
		   FACT_OCCURRED_AT
};

/* A ledger's entries as far as they are proven. */
struct chain {
	struct check *check;
	struct arena *arena;
	const struct ledger *ledger;
	int32_t seq;	    /* of the last */
	struct digest prev; /* its leaf */
};

/* Each is false when a fault was found. The next entry's bytes, and then it is proven. */
bool chain_prove(struct chain *chain, size_t row);
/* Its place behind the one before it. */
bool chain_order(struct chain *chain, size_t row);
/* What stands in columns of its own against what its body says. */
bool chain_copies(struct chain *chain, size_t row, struct text kind, struct uuid actor,
		  int64_t occurred_at_us);

/* ---- what the append wrote beside the entries (check_views.c) ---- */

struct views;
struct views *views_new(struct arena *arena, const struct ledger *ledger);
/* One append's, in their order. */
void views_take(struct views *views, const struct append *append);
/* Against what is stored. next: whether that instant can be when the clock looks at it again. */
typedef bool (*next_is_sound_cb)(void *context, int32_t seq, int32_t n, int64_t next_us);
void views_compare(struct views *views, struct check *check, next_is_sound_cb next_is_sound,
		   void *context);
bool views_redacted(const struct views *views, int32_t seq);

/* ---- texts about the person (check_texts.c) ---- */

/* What an entry says of the person, in the order of entries. */
struct said_text {
	int32_t seq;
	struct text field;
	struct digest digest;
};
/* said: without what was redacted. */
void texts_check(struct check *check, struct arena *arena, const struct ledger *ledger,
		 struct uuid person, const struct said_text *said, size_t count);

/* Of the person's own ledger: erased_us, when its entries say that the person was. */
void person_check(struct check *check, struct arena *arena, const struct ledger *ledger,
		  const int64_t *erased_us, size_t count);

/* ---- a log (check_log.c) ---- */

/* Its leaves go in one after another; the tiles that they make come out. */
struct tree_check;
typedef void (*tile_made_cb)(void *context, int level, int64_t n, const struct tile *tile);
struct tree_check *tree_check_new(struct arena *arena, int64_t sealed, tile_made_cb on_tile,
				  void *context);
void tree_check_add(struct tree_check *tree, const struct digest *leaf);
int64_t tree_check_size(const struct tree_check *tree);
struct digest tree_check_root(const struct tree_check *tree);

#endif
