/*
 * send.c - SMTP through libcurl, and what the server's answer means.
 *
 * A 5xx to the message is final; a refusal that is about us (authentication, TLS, a greeting of
 * 554) is no fault of the recipient's and is tried again, as is everything that is not said at all.
 * libcurl doubles the dots at a line's start.
 */
#include "send.h"

#include "concordat/jobs/jobs.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define REACH_MS 10000L

static bool is_about_us(long code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

void sending_answer(struct sending *sending, const char *line, size_t size)
{
	sending->answer_len = 0;
	for (size_t i = 0; i < size && sending->answer_len < ANSWER_MOST; i++) {
		unsigned char c = (unsigned char)line[i];

		if (c == '\r' || c == '\n')
			break;
		sending->answer[sending->answer_len++] = (char)(c < ' ' || c > '~' ? '?' : c);
	}
}

static size_t on_read(char *into, size_t size, size_t count, void *context)
{
	struct sending *s = context;
	size_t left = s->bytes.len - s->given;
	size_t room = size * count;

	if (room > left)
		room = left;
	memcpy(into, s->bytes.at + s->given, room);
	s->given += room;
	return room;
}

/* The server's lines; the last final one ("250 2.0.0 Ok") is kept. What answers QUIT says nothing.
 */
static size_t on_line(char *bytes, size_t size, size_t count, void *context)
{
	size_t len = size * count;

	if (len >= 4 && bytes[3] != '-' && memcmp(bytes, "221", 3) != 0)
		sending_answer(context, bytes, len);
	return len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	(void)context;
	return size * count;
}

static int on_progress(void *context, curl_off_t down_most, curl_off_t down, curl_off_t up_most,
		       curl_off_t up)
{
	struct sending *s = context;

	(void)down_most;
	(void)down;
	(void)up_most;
	(void)up;
	return s->cut;
}

#define SET(option, value)                                                \
	do {                                                              \
		if (!code)                                                \
			code = curl_easy_setopt(easy, (option), (value)); \
	} while (0)

static CURLcode set_security(CURL *easy, const struct config *config)
{
	bool must = config->smtp_require_tls != 0;
	CURLcode code = CURLE_OK;

	SET(CURLOPT_USE_SSL, (long)(must ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	/* Where TLS is only hoped for, an unknown certificate is better than none; a password is
	 * still for the right server only. */
	if (!must && !config->smtp_user[0]) {
		SET(CURLOPT_SSL_VERIFYPEER, 0L);
		SET(CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (config->smtp_user[0]) {
		SET(CURLOPT_USERNAME, config->smtp_user);
		SET(CURLOPT_PASSWORD, config->smtp_password);
	}
	return code;
}

static CURLcode set_options(struct sending *s, CURL *easy, struct curl_slist *to)
{
	CURLcode code = set_security(easy, s->config);

	SET(CURLOPT_URL, s->config->smtp_url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)s->timeout_ms);
	SET(CURLOPT_MAIL_FROM, s->config->smtp_from);
	SET(CURLOPT_MAIL_RCPT, to);
	SET(CURLOPT_UPLOAD, 1L);
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, s);
	SET(CURLOPT_HEADERFUNCTION, on_line);
	SET(CURLOPT_HEADERDATA, s);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_XFERINFODATA, s);
	SET(CURLOPT_NOPROGRESS, 0L);
	return code;
}

static enum sent judge(const struct sending *s, CURLcode result, long code)
{
	if (result == CURLE_OK)
		return SENT_TAKEN;
	/* libcurl reports a refused MAIL, RCPT or DATA as this; a greeting otherwise. */
	if (code >= 500 && code < 600 && !is_about_us(code) &&
	    (result == CURLE_SEND_ERROR || s->all_given))
		return SENT_REFUSED;
	return SENT_LATER;
}

/* No answer of the server's says how it ended. */
static void explain(struct sending *s, const char *why)
{
	char line[ANSWER_MOST];
	int len = snprintf(line, sizeof(line), "%s: %s",
			   s->cut	  ? "The service stopped before the answer"
			   : s->all_given ? "No answer after the whole message was given"
					  : "Not given to the mail server",
			   why);

	sending_answer(s, line, len < (int)sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

void sending_run(struct sending *s)
{
	CURL *easy = curl_easy_init();
	struct curl_slist *to = curl_slist_append(NULL, s->to);
	char error[CURL_ERROR_SIZE] = "";
	CURLcode result = CURLE_OUT_OF_MEMORY;
	long code = 0;

	if (easy && to)
		result = set_options(s, easy, to);
	if (!result) {
		curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
		result = curl_easy_perform(easy);
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
	}
	curl_easy_cleanup(easy);
	curl_slist_free_all(to);
	s->all_given = s->given == s->bytes.len;
	s->sent = judge(s, result, code);
	if (result != CURLE_OK && (code < 400 || !s->answer_len))
		explain(s, error[0] ? error : curl_easy_strerror(result));
}

bool jobs_mail_reachable(const struct config *config, struct arena *arena, struct text *why)
{
	CURL *easy = curl_easy_init();
	struct sending s = {.config = config};
	char error[CURL_ERROR_SIZE] = "";
	CURLcode code = easy ? set_security(easy, config) : CURLE_OUT_OF_MEMORY;

	SET(CURLOPT_URL, config->smtp_url);
	SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT_MS, REACH_MS);
	SET(CURLOPT_CONNECT_ONLY, 1L);
	SET(CURLOPT_HEADERFUNCTION, on_line);
	SET(CURLOPT_HEADERDATA, &s);
	SET(CURLOPT_ERRORBUFFER, error);
	if (!code)
		code = curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	*why = code ? text_printf(arena, "%s", error[0] ? error : curl_easy_strerror(code))
		    : text_printf(arena, "%.*s", (int)s.answer_len, s.answer);
	return !code;
}

bool sending_begin(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void sending_end(void)
{
	curl_global_cleanup();
}
