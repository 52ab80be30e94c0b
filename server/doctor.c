/*
 * doctor.c - `concordatd doctor`: looks at everything a service rests on, and says what to do.
 *
 * One line a finding, worst things not hidden among good ones: "ok", "warn" or "FAIL" stands first.
 * The database and what it holds is app's to judge; here are this machine and its neighbours.
 */
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "concordat/app/doctor.h"
#include "concordat/core/schema.h"
#include "concordat/http/server.h"
#include "concordat/jobs/jobs.h"

#include "command.h"

#define REACH_MS 5000L
#define CERTIFICATE_DAYS 14

static const char *const grades[] = {"ok", "warn", "FAIL"};
static const char *const json_grades[] = {"ok", "warn", "fail"};

static void find(struct doctor *d, enum finding_grade grade, const char *name, struct text found,
		 const char *advice)
{
	doctor_find(d, grade, name, found, text_of(advice));
}

/* ---- settings ---- */

static void look_at_reference_dir(struct doctor *d)
{
	const char *dir = d->config->reference_dir;

	if (access(dir, R_OK | X_OK) == 0)
		find(d, FINDING_OK, "settings", TEXT("They were read, and each is sound."), NULL);
	else
		find(d, FINDING_WARN, "settings",
		     text_printf(d->arena, "They were read, but reference_dir (%s) cannot be.",
				 dir),
		     "Name the folder that holds cost models, protocols and calendars.");
}

static bool is_here(const char *host)
{
	return !strncasecmp(host, "localhost", 9) || !strncmp(host, "127.", 4) ||
	       !strncmp(host, "[::1]", 5);
}

static void look_at_public_url(struct doctor *d)
{
	const char *url = d->config->public_url;
	bool tls = !strncmp(url, "https://", 8), plain = !strncmp(url, "http://", 7);
	const char *host = url + (tls ? 8 : 7);
	struct text found = text_printf(d->arena, "%s", url);

	if ((!tls && !plain) || !*host || *host == '/' || strpbrk(host, " \t?#@"))
		find(d, FINDING_FAIL, "public_url", found,
		     "Set it to the address people use, such as https://care.example.org.");
	else if (plain && !is_here(host))
		find(d, FINDING_WARN, "public_url", found,
		     "Tokens would cross the network in the clear. Serve https, here or at a "
		     "proxy, and set public_url to it.");
	else if (is_here(host) && d->config->smtp_url[0] && !is_here(d->config->listen_address))
		find(d, FINDING_WARN, "public_url", found,
		     "Links in e-mails would lead to the reader's own machine. Set the address "
		     "people use.");
	else
		find(d, FINDING_OK, "public_url", found, NULL);
}

static void look_at_tls(struct doctor *d)
{
	const char *certificate = d->config->tls_certificate, *key = d->config->tls_key;
	struct stat status;
	struct text found;
	int days;

	if (!certificate[0] && !key[0]) {
		find(d, FINDING_OK, "tls", TEXT("Plain HTTP, for a proxy in front."), NULL);
		return;
	}
	if (!certificate[0] || !key[0]) {
		find(d, FINDING_FAIL, "tls", TEXT("Only one of certificate and key is set."),
		     "Set both tls_certificate and tls_key, or neither.");
		return;
	}
	if (!http_tls_is_sound(certificate, key, d->arena, &days, &found)) {
		find(d, FINDING_FAIL, "tls", found, "Put the right pair of PEM files there.");
		return;
	}
	found = text_printf(d->arena, "The certificate ends in %d days.", days);
	if (stat(key, &status) == 0 && status.st_mode & S_IRWXO)
		find(d, FINDING_FAIL, "tls", TEXT("The key's file is open to everybody."),
		     "Close it with chmod o=, and have a new key made.");
	else if (days < 0)
		find(d, FINDING_FAIL, "tls", TEXT("The certificate has ended."),
		     "Put a new one there and send the daemon SIGHUP.");
	else
		find(d, days < CERTIFICATE_DAYS ? FINDING_WARN : FINDING_OK, "tls", found,
		     days < CERTIFICATE_DAYS
			     ? "Put a new one there soon and send the daemon SIGHUP."
			     : NULL);
}

/* ---- neighbours ---- */

static void look_at_mail(struct doctor *d)
{
	struct text why;

	if (!d->config->smtp_url[0])
		find(d, FINDING_WARN, "mail", TEXT("No mail server is set: parties get no e-mail."),
		     "Set smtp_url, unless that is meant.");
	else if (jobs_mail_reachable(d->config, d->arena, &why))
		find(d, FINDING_OK, "mail",
		     text_printf(d->arena, "%s can be reached.", d->config->smtp_url), NULL);
	else
		find(d, FINDING_FAIL, "mail",
		     text_printf(d->arena, "%s: %.*s.", d->config->smtp_url, TEXT_FMT(why)),
		     "Start the mail server, or put smtp_url, smtp_user, smtp_password and "
		     "smtp_require_tls right.");
}

static void look_at_webhooks(struct doctor *d)
{
	if (d->config->webhook_private_targets)
		find(d, FINDING_WARN, "webhooks",
		     TEXT("Webhooks may go to addresses inside this network."),
		     "Set webhook_private_targets to false, unless this is a test.");
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	writer_put(context, (struct text){bytes, size * count});
	return size * count;
}

/* The status of /readyz; 0: nothing listens; -1: something that is not ours. */
static long ask_ready(struct doctor *d, struct writer *body)
{
	const char *address = d->config->listen_address;
	bool v6 = strchr(address, ':') != NULL;
	struct text url;
	CURL *easy = curl_easy_init();
	CURLcode code;
	long status = -1;

	if (!strcmp(address, "0.0.0.0") || !strcmp(address, "::"))
		address = v6 ? "::1" : "127.0.0.1";
	url = text_printf(d->arena, "%s://%s%s%s:%lld/readyz",
			  d->config->tls_certificate[0] ? "https" : "http", v6 ? "[" : "", address,
			  v6 ? "]" : "", (long long)d->config->listen_port);
	curl_easy_setopt(easy, CURLOPT_URL, url.at);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, REACH_MS);
	/* The certificate names the public address, and only a word is asked for. */
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
	code = curl_easy_perform(easy);
	if (code == CURLE_OK)
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	else if (code == CURLE_COULDNT_CONNECT)
		status = 0;
	curl_easy_cleanup(easy);
	return status;
}

/* Whether this user could listen there now. */
static bool can_listen(struct doctor *d)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
	const char *port = text_printf(d->arena, "%lld", (long long)d->config->listen_port).at;
	int fd, on = 1;
	bool can;

	if (getaddrinfo(d->config->listen_address, port, &hints, &found) != 0)
		return false;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	can = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0;
	if (fd >= 0)
		close(fd);
	freeaddrinfo(found);
	return can;
}

static void look_at_port(struct doctor *d)
{
	struct text place = text_printf(d->arena, "%s port %lld", d->config->listen_address,
					(long long)d->config->listen_port);
	struct writer body;
	long status;

	if (!d->config->listen_port) {
		find(d, FINDING_OK, "port", TEXT("A free one is picked at each start."), NULL);
		return;
	}
	writer_init(&body, d->arena);
	status = ask_ready(d, &body);
	if (status == 200)
		find(d, FINDING_OK, "port",
		     text_printf(d->arena, "A daemon serves on %.*s and is ready.",
				 TEXT_FMT(place)),
		     NULL);
	else if (status == 503)
		find(d, FINDING_FAIL, "port",
		     text_printf(d->arena, "A daemon serves on %.*s and is not ready: %.*s",
				 TEXT_FMT(place), TEXT_FMT(writer_text(&body))),
		     "See what else is said here, and the daemon's log.");
	else if (status)
		find(d, FINDING_FAIL, "port",
		     text_printf(d->arena, "Something else answers on %.*s.", TEXT_FMT(place)),
		     "Stop it, or set another listen_port.");
	else if (can_listen(d))
		find(d, FINDING_OK, "port",
		     text_printf(d->arena, "%.*s is free; no daemon serves there.",
				 TEXT_FMT(place)),
		     NULL);
	else
		find(d, FINDING_FAIL, "port",
		     text_printf(d->arena, "Nothing can listen on %.*s.", TEXT_FMT(place)),
		     "Set an address of this machine, and a port above 1023 or the right to a "
		     "lower one.");
}

/* ---- the report ---- */

static void print_lines(const struct doctor *d)
{
	for (size_t i = 0; i < d->finding_count; i++) {
		const struct finding *f = &d->findings[i];

		printf("%-4s  %-26s  %.*s", grades[f->grade], f->name, TEXT_FMT(f->found));
		if (f->advice.at)
			printf(" — %.*s", TEXT_FMT(f->advice));
		putchar('\n');
	}
}

static void put_member(struct writer *w, const char *name, struct text value)
{
	writer_printf(w, ",\"%s\":", name);
	canon_string(w, value);
}

static void print_json(const struct doctor *d, bool sound)
{
	struct writer w;
	struct text out;

	writer_init(&w, d->arena);
	writer_printf(&w, "{\"sound\":%s,\"findings\":[", sound ? "true" : "false");
	for (size_t i = 0; i < d->finding_count; i++) {
		const struct finding *f = &d->findings[i];

		writer_printf(&w, "%s{\"grade\":\"%s\"", i ? "," : "", json_grades[f->grade]);
		put_member(&w, "name", text_of(f->name));
		put_member(&w, "found", f->found);
		if (f->advice.at)
			put_member(&w, "advice", f->advice);
		writer_char(&w, '}');
	}
	writer_puts(&w, "]}\n");
	out = writer_text(&w);
	fwrite(out.at, 1, out.len, stdout);
}

int command_doctor(const struct command_line *line)
{
	struct doctor doctor = {.arena = line->arena, .config = line->config};
	bool sound = true;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return command_failed(TEXT("libcurl cannot start."));
	look_at_reference_dir(&doctor);
	look_at_public_url(&doctor);
	look_at_tls(&doctor);
	doctor_look_at_database(&doctor);
	look_at_mail(&doctor);
	look_at_webhooks(&doctor);
	look_at_port(&doctor);
	curl_global_cleanup();
	for (size_t i = 0; i < doctor.finding_count; i++)
		sound = sound && doctor.findings[i].grade != FINDING_FAIL;
	if (command_flag(line, "json"))
		print_json(&doctor, sound);
	else
		print_lines(&doctor);
	return sound ? 0 : 1;
}
