/*
 * internal.h - struct app, which the files of this room share, and what passes between them only.
 */
#ifndef CONCORDAT_SERVER_APP_INTERNAL_H
#define CONCORDAT_SERVER_APP_INTERNAL_H

#include <openssl/evp.h>

#include "call/call.h"

struct event;
struct reference;
struct cache;
struct log_heads;
struct feeds;
struct pending_answer;

struct app {
	struct event_base *base;
	const struct config *config;
	struct store *store;
	struct arena *arena; /* as long-lived as the app */
	uint8_t master[32];
	EVP_CIPHER *cipher; /* AES-256-GCM, fetched once */
	EVP_CIPHER_CTX *cipher_context;
	struct event *answering; /* runs the answers that wait for the loop's next turn */
	struct pending_answer *first_answer, **last_answer;
	struct reference *reference;
	struct cache *cache;
	struct log_heads *log_heads;
	struct feeds *feeds;		      /* of the live streams */
	void (*on_appended)(struct app *app); /* what was appended here is known at once */
	int previews;			      /* of whole portfolios, at work now */
	int imports;			      /* of caseloads, at work now */
	void *identity; /* identity.c's own, from app->arena; zeroed at the start */
};

bool reference_open(struct app *app) __attribute__((warn_unused_result));
void reference_start(struct app *app);
bool reference_ready(const struct app *app);
void reference_close(struct app *app);
/* What is held now; NULL when the authority is not. */
const struct authority_settings *reference_held(struct app *app, struct uuid authority);
/* The same under the protocol that a placement was opened with, "standard/1"; NULL when that
 * version is not held. */
const struct authority_settings *reference_under(struct app *app,
						 const struct authority_settings *adopted,
						 struct text protocol);
/* Something was not found: loads again unless that was done within the last second; on_done comes
 * either way. */
void reference_look_again(struct app *app, void (*on_done)(void *context), void *context);

/* Whether another daemon has counted dates of it by a calendar that is not held here yet. */
bool is_ahead_of(const struct placement *placement, const struct authority_settings *adopted);

void log_heads_open(struct app *app);
void log_heads_start(struct app *app);
void log_heads_close(struct app *app);

void feeds_open(struct app *app);
void feeds_close(struct app *app);

struct held;
/* Keeps the placement that a load is giving to its callback, until load_release: its facts stay
 * where they are and as they are, though newer ones may be folded in behind them. */
struct held *load_keep(struct app *app);
void load_release(struct held *held);
struct worked *load_worked(struct held *held);
void cache_figures_set(const struct app *app);
void cache_open(struct app *app);
void cache_close(struct app *app);

/* False for want of memory. */
bool answers_open(struct app *app) __attribute__((warn_unused_result));
void answers_close(struct app *app);

/* The master key of app->config, and the cipher. */
bool keys_open(struct app *app, struct arena *arena, struct text *why)
	__attribute__((warn_unused_result));
void keys_close(struct app *app);
bool personal_start(struct app *app, struct text *why) __attribute__((warn_unused_result));
void personal_stop(struct app *app);

#endif
