/*
 * settings.c - the table of settings, and what is printed from it.
 *
 * The only place where a setting has a name, a kind, a default, its limits and
 * its help. Loading is config.c.
 */
#include "concordat/base/config.h"

#define HOUR_MS (INT64_C(3600) * 1000)

#define ROW(key, kind, fallback, least, most, help)                                   \
	{                                                                             \
#key, kind, offsetof(struct config, key), fallback, least, most, help \
	}
#define WORDS(kind, key, fallback, help) ROW(key, kind, fallback, 0, 0, help)
#define NUMBER(key, fallback, least, most, help) ROW(key, SETTING_INT, fallback, least, most, help)

const struct setting settings[] = {
	WORDS(SETTING_SECRET, database, "host=/var/run/postgresql dbname=concordat",
	      "PostgreSQL connection string of the service role, which appends"),
	WORDS(SETTING_SECRET, database_reader, "",
	      "connection string of the role that reads; empty: the same as database"),
	WORDS(SETTING_SECRET, database_owner, "",
	      "connection string of the owner, for migrate; empty: the same as database"),
	WORDS(SETTING_TEXT, listen_address, "127.0.0.1", "address to listen on"),
	NUMBER(listen_port, "8440", 0, 65535,
	       "port to listen on; 0 picks a free one and names it in the log"),
	WORDS(SETTING_PATH, tls_certificate, "",
	      "certificate chain (PEM); empty: plain HTTP, behind a proxy"),
	WORDS(SETTING_PATH, tls_key, "", "private key of the certificate (PEM)"),
	WORDS(SETTING_TEXT, public_url, "http://127.0.0.1:8440",
	      "the service's address as people see it, for links in messages"),
	WORDS(SETTING_PATH, master_key_file, "/etc/concordat/master.key",
	      "file of 64 hexadecimal digits: the key that wraps every person's key"),
	WORDS(SETTING_PATH, log_key_file, "",
	      "private key (PEM, Ed25519) that signs the logs' checkpoints; empty: no log is "
	      "sealed"),
	WORDS(SETTING_PATH, log_dir, "",
	      "folder outside the database and its backups, for the newest checkpoint of each log "
	      "and "
	      "the list of people who were erased; "
	      "empty: not kept"),
	WORDS(SETTING_TEXT, seal_after, "local",
	      "when an entry is safe enough to be sealed: local, or standby:NAME, once the standby "
	      "of that application_name has it on its disk"),
	NUMBER(retention_years, "8", 0, 150,
	       "years that a person's record is kept after the last entry of their last placement; "
	       "then, and not before, erase-person erases it"),
	WORDS(SETTING_PATH, reference_dir, "reference",
	      "folder with cost models, protocols and calendars"),
	NUMBER(readers, "8", 1, 32, "database connections for reading"),
	NUMBER(cache_mib, "256", 1, 65536, "memory for placements held ready, in MiB"),
	NUMBER(batch_streams, "32", 1, 32, "placements in one append"),
	NUMBER(queue_moves, "4096", 1, 1000000, "moves that may wait before 503 is answered"),
	NUMBER(statement_timeout_ms, "10000", 100, HOUR_MS, "longest database statement"),
	NUMBER(max_connections, "4096", 1, 1000000, "open HTTP connections"),
	NUMBER(requests_per_second, "200", 0, 1000000,
	       "requests a second for one organisation, 429 beyond; 0: no limit"),
	NUMBER(document_mib, "5", 1, 64, "largest document that can be uploaded, in MiB"),
	NUMBER(document_hours, "24", 1, 24 * 366,
	       "hours in which an uploaded document may be attached; then it is removed"),
	NUMBER(streams_most, "2000", 0, 100000, "live streams open at once"),
	NUMBER(streams_each, "200", 0, 100000, "of them, of one organisation"),
	NUMBER(stream_heartbeat_ms, "15000", 50, HOUR_MS,
	       "between two signs of life of a live stream; its token is looked at as often, and "
	       "every five seconds at least"),
	NUMBER(drain_ms, "10000", 0, HOUR_MS, "time for requests in flight when stopping"),
	NUMBER(lease_ms, "5000", 100, HOUR_MS, "how long the clock and the sender hold a lease"),
	NUMBER(watch_ms, "10000", 100, HOUR_MS, "how often what waits is counted for /metrics"),
	WORDS(SETTING_TEXT, ocds_prefix, "",
	      "prefix of open contracting identifiers (ocds-xxxxxx), registered by the publisher; "
	      "empty: no such data is given out, for one person's contract can tell who it is"),
	WORDS(SETTING_TEXT, smtp_url, "",
	      "mail server, smtp://host:port or smtps://host:port; several, with spaces between, "
	      "are tried in turn; one may have user:password@ of its own before the host, "
	      "percent-encoded; empty: no e-mail"),
	WORDS(SETTING_TEXT, smtp_user, "", "user at the mail servers that name none; empty: none"),
	WORDS(SETTING_SECRET, smtp_password, "", "its password"),
	WORDS(SETTING_TEXT, smtp_from, "concordat@localhost", "sender of e-mail"),
	WORDS(SETTING_BOOL, smtp_require_tls, "true", "refuse a mail server without TLS"),
	NUMBER(smtp_concurrency, "4", 1, 64, "e-mails sent at the same time"),
	WORDS(SETTING_TEXT, smtp_retry, "30m 1h 2h 4h",
	      "waits before an e-mail is tried again (ms, s, m, h, d); the last repeats, for five "
	      "days in all"),
	WORDS(SETTING_TEXT, webhook_retry, "5s 5m 30m 2h 5h 10h 14h 20h 24h",
	      "waits before a webhook is tried again; after the last it has failed"),
	NUMBER(webhook_concurrency, "16", 1, 256, "webhooks sent at the same time"),
	NUMBER(webhook_per_target, "2", 1, 64, "of them, to the same webhook"),
	NUMBER(webhook_timeout_ms, "20000", 100, HOUR_MS, "longest wait for a webhook's answer"),
	WORDS(SETTING_BOOL, webhook_private_targets, "false",
	      "let webhooks go to loopback and private addresses; for tests"),
	NUMBER(webhook_disable_after_days, "5", 1, 366,
	       "days of nothing but failures after which a webhook is disabled"),
	NUMBER(digest_hour, "8", 0, 23,
	       "hour of the reader's day at which daily e-mails go where none is chosen"),
	WORDS(SETTING_BOOL, jobs, "true", "run the clock and the sender in this daemon"),
	WORDS(SETTING_TEXT, log_level, "info", "debug, info, warning or error"),
};
const size_t settings_count = sizeof(settings) / sizeof(settings[0]);

static const char *text_value(const struct config *config, const struct setting *setting)
{
	return *(const char *const *)((const char *)config + setting->offset);
}

static long long number_value(const struct config *config, const struct setting *setting)
{
	return *(const int64_t *)((const char *)config + setting->offset);
}

static void print_value(const struct config *config, const struct setting *setting, FILE *out)
{
	switch (setting->kind) {
	case SETTING_INT:
		fprintf(out, "%lld", number_value(config, setting));
		break;
	case SETTING_BOOL:
		fputs(number_value(config, setting) ? "true" : "false", out);
		break;
	case SETTING_SECRET:
		fputs(text_value(config, setting)[0] ? "********" : "", out);
		break;
	case SETTING_TEXT:
	case SETTING_PATH:
		fputs(text_value(config, setting), out);
		break;
	}
}

void config_print(const struct config *config, FILE *out)
{
	for (size_t i = 0; i < settings_count; i++) {
		fprintf(out, "%s=", settings[i].key);
		print_value(config, &settings[i], out);
		fputc('\n', out);
	}
}

void config_document(FILE *out)
{
	fputs("| Setting | Default | Allowed | What it is |\n|---|---|---|---|\n", out);
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings[i];

		fprintf(out, "| `%s` | ", setting->key);
		fprintf(out, setting->fallback[0] ? "`%s` | " : "%s | ", setting->fallback);
		switch (setting->kind) {
		case SETTING_TEXT:
			fputs("text", out);
			break;
		case SETTING_INT:
			fprintf(out, "%lld to %lld", (long long)setting->least,
				(long long)setting->most);
			break;
		case SETTING_BOOL:
			fputs("true or false", out);
			break;
		case SETTING_PATH:
			fputs("path", out);
			break;
		case SETTING_SECRET:
			fputs("secret text", out);
			break;
		}
		fprintf(out, " | %s |\n", setting->help);
	}
}
