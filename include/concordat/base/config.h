/*
 * config.h - every setting, from one table.
 *
 * Order: default < file (KEY=VALUE lines) < CONCORDAT_KEY in the environment <
 * CONCORDAT_KEY_FILE (the value is that file's first line) < --key=value flag.
 * An unknown key is an error with a suggestion. The same table prints the
 * documentation (config_document), so it cannot drift.
 */
#ifndef CONCORDAT_BASE_CONFIG_H
#define CONCORDAT_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "concordat/base/relays.h"
#include "concordat/base/spans.h"
#include "concordat/base/text.h"

enum setting_kind { SETTING_TEXT, SETTING_INT, SETTING_BOOL, SETTING_PATH, SETTING_SECRET };

/* Fields are plain; secrets are never printed. All strings live in the arena given to config_load.
 */
struct config {
	const char *database;	     /* libpq connection string, service role for appends */
	const char *database_reader; /* the reading role; not set: same as database */
	const char *database_owner;  /* for migrate; not set: same as database */
	const char *listen_address;
	int64_t listen_port;	     /* 0 picks a free one, printed in the log */
	const char *tls_certificate; /* PEM chain; empty: plain HTTP (behind a proxy) */
	const char *tls_key;
	const char *public_url;	     /* for links in messages */
	const char *master_key_file; /* 32 bytes as 64 hex digits, wraps every person's key */
	const char *log_key_file;    /* Ed25519 (PEM), signs the logs; empty: nothing is sealed */
	const char *ocds_prefix;     /* of open contracting data; empty: none is given out */
	const char *log_dir;	     /* what must not come back with a backup; empty: not kept */
	int64_t retention_years;     /* after the last entry of a person's last placement */
	const char *seal_after;	     /* "local", or "standby:NAME" */
	const char *reference_dir;
	int64_t readers;       /* reading connections */
	int64_t cache_mib;     /* folded placements held */
	int64_t batch_streams; /* streams in one append, at most 32 */
	int64_t queue_moves;   /* moves waiting for the store before 503 */
	int64_t statement_timeout_ms;
	int64_t max_connections;     /* open HTTP connections */
	int64_t requests_per_second; /* per organisation; 429 beyond; 0: no limit */
	int64_t document_mib;	     /* largest document */
	int64_t document_hours;	     /* it may be attached; then it is removed */
	int64_t streams_most;	     /* live streams open at once */
	int64_t streams_each;	     /* of one organisation */
	int64_t stream_heartbeat_ms;
	int64_t drain_ms;     /* SIGTERM: time for requests in flight */
	int64_t lease_ms;     /* of the clock and of deliver */
	int64_t watch_ms;     /* between two looks at what waits */
	const char *smtp_url; /* as it is shown: without what is secret; empty: no e-mail */
	const char *smtp_user;
	const char *smtp_password;
	const char *smtp_from;
	int64_t smtp_require_tls; /* bool */
	int64_t smtp_concurrency;
	const char *smtp_retry; /* spans; the last repeats, for five days in all */
	const char *webhook_retry;
	int64_t webhook_concurrency;
	int64_t webhook_per_target;
	int64_t webhook_timeout_ms;
	int64_t webhook_private_targets; /* bool: loopback and private addresses are let through */
	int64_t webhook_disable_after_days;
	int64_t digest_hour; /* of who has chosen none */
	int64_t jobs;	     /* bool: run the clock and deliver in this daemon */
	const char *log_level;
	/* No settings: what smtp_url, smtp_retry and webhook_retry say. */
	struct relays smtp_relays;
	struct spans smtp_retries, webhook_retries;
};

struct setting {
	const char *key; /* snake_case, as in the file */
	enum setting_kind kind;
	size_t offset; /* in struct config */
	const char *fallback;
	int64_t least, most; /* SETTING_INT */
	const char *help;
};

extern const struct setting settings[];
extern const size_t settings_count;

/*
 * Fills config. file may be NULL. env is environ-shaped; a CONCORDAT_ variable that names no
 * setting is a fault. flags: argv entries, each --key=value or --key value ('-' and '_' are one).
 * database_reader and database_owner are never empty afterwards. On a fault returns false and *why
 * is a sentence: file, line, reason, what to do; it never holds a secret's value.
 */
bool config_load(struct arena *arena, struct config *config, const char *file, char **env,
		 int flags, char **flag, struct text *why) __attribute__((warn_unused_result));

void config_print(const struct config *config, FILE *out); /* secrets masked */
void config_document(FILE *out); /* Markdown table, for README and man page */

#endif
