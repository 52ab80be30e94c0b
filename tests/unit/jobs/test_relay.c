/*
 * test_relay.c - what a mail server's answer means, against a listener with a script.
 *
 * The listener runs in a thread: it reads a command, answers with the script's word for it, and
 * keeps what came after DATA.
 */
#include <arpa/inet.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jobs/relay.h"

struct script {
	const char *greeting, *ehlo, *mail, *rcpt, *data, *end; /* NULL: 250 and its like */
	bool drop_after_dot;
	bool stall_at_greeting, stall_after_dot; /* until the other side has had enough */
	bool stall_at_quit;
};

struct server {
	struct script script;
	int listener;
	pthread_t thread;
	char url[64];
	char message[4096];
	size_t message_len;
	char login[200]; /* base64 */
	int commands;
};

static void say(int fd, const char *given, const char *usual)
{
	char line[200];
	int len = snprintf(line, sizeof(line), "%s\r\n", given ? given : usual);

	assert_true(write(fd, line, (size_t)len) == len);
}

static bool read_line(FILE *in, char *line, int size)
{
	return fgets(line, size, in) != NULL;
}

static void read_message(struct server *s, FILE *in)
{
	char line[1200];

	while (read_line(in, line, sizeof(line)) && strcmp(line, ".\r\n") != 0) {
		size_t len = strlen(line);

		if (s->message_len + len < sizeof(s->message)) {
			memcpy(s->message + s->message_len, line, len);
			s->message_len += len;
		}
	}
}

static void serve(struct server *s, int fd)
{
	FILE *in = fdopen(dup(fd), "r");
	char line[1200];

	if (!s->script.stall_at_greeting)
		say(fd, s->script.greeting, "220 ready");
	while (read_line(in, line, sizeof(line)) && !s->script.stall_at_greeting) {
		s->commands++;
		if (strncmp(line, "EHLO", 4) == 0) {
			say(fd, s->script.ehlo, "250 sink.example");
		} else if (strncmp(line, "AUTH", 4) == 0) {
			say(fd, NULL, "334 ");
			assert_true(read_line(in, s->login, sizeof(s->login)));
			say(fd, NULL, "235 2.7.0 welcome");
		} else if (strncmp(line, "MAIL", 4) == 0) {
			say(fd, s->script.mail, "250 ok");
		} else if (strncmp(line, "RCPT", 4) == 0) {
			say(fd, s->script.rcpt, "250 ok");
		} else if (strncmp(line, "DATA", 4) == 0) {
			say(fd, s->script.data, "354 go on");
			if (s->script.data)
				continue;
			read_message(s, in);
			if (s->script.drop_after_dot)
				break;
			if (s->script.stall_after_dot)
				continue;
			say(fd, s->script.end, "250 2.0.0 taken as 17");
		} else if (!s->script.stall_at_quit) {
			say(fd, NULL, "221 bye");
			break;
		}
	}
	fclose(in);
}

static void *server_run(void *context)
{
	struct server *s = context;
	int fd = accept(s->listener, NULL, NULL);

	if (fd >= 0) {
		serve(s, fd);
		close(fd);
	}
	return NULL;
}

static void server_start(struct server *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, size), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &size), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	snprintf(s->url, sizeof(s->url), "smtp://127.0.0.1:%d", ntohs(at.sin_port));
	assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

static int64_t patience_ms = 5000;

/* One try over the servers in turn; one that is not there has no listener. */
struct
try {
	struct config config;
	struct attempt attempt;
	struct sending sending;
};

static void try_urls(struct try *try, const char *urls, bool require_tls)
{
	const char *shown;
	struct text why;

	*try = (struct try){
		.config = {.smtp_from = "concordat@council.example",
			   .smtp_require_tls = require_tls},
		.attempt = {.config = &try->config,
			    .arena = arena_new(),
			    .timeout_ms = patience_ms},
		.sending = {.attempt = &try->attempt,
			    .to = "fees@provider.example",
			    .bytes = TEXT("Subject: x\r\n\r\nOne\r\n.two\r\n")},
	};
	assert_true(relays_parse(try->attempt.arena, text_of(urls), "", "",
				 &try->config.smtp_relays, &shown, &why));
	relay_send(&try->sending);
	arena_free(try->attempt.arena);
}

static void server_end(struct server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
}

static void send_through(struct server *s, struct try *try, bool require_tls)
{
	server_start(s);
	try_urls(try, s->url, require_tls);
	server_end(s);
}

static void send_through_both(struct server *first, struct server *second, struct try *try)
{
	char urls[140];

	server_start(first);
	server_start(second);
	snprintf(urls, sizeof(urls), "%s  %s ", first->url, second->url);
	try_urls(try, urls, false);
	server_end(first);
	server_end(second);
}

static void assert_answer(const struct try *try, const char *words)
{
	assert_true(try->attempt.answer_len >= strlen(words) &&
		    memmem(try->attempt.answer, try->attempt.answer_len, words, strlen(words)));
}

static void taken_with_250_and_dots_are_doubled(void **state)
{
	struct server s = {.commands = 0};
	struct try try;

	(void)state;
	send_through(&s, &try, false);
	assert_int_equal(try.attempt.end, ATTEMPT_TAKEN);
	assert_answer(&try, "250 2.0.0 taken as 17");
	assert_int_equal(s.message_len, strlen("Subject: x\r\n\r\nOne\r\n..two\r\n"));
	assert_memory_equal(s.message, "Subject: x\r\n\r\nOne\r\n..two\r\n", s.message_len);
}

static void a_5xx_to_the_recipient_or_the_message_is_final(void **state)
{
	struct server rcpt = {.script = {.rcpt = "550 5.1.1 no such mailbox"}};
	struct server end = {.script = {.end = "554 5.7.1 not wanted"}};
	struct try try;

	(void)state;
	send_through(&rcpt, &try, false);
	assert_int_equal(try.attempt.end, ATTEMPT_REFUSED);
	assert_answer(&try, "550 5.1.1 no such mailbox");
	send_through(&end, &try, false);
	assert_int_equal(try.attempt.end, ATTEMPT_REFUSED);
	assert_answer(&try, "554 5.7.1 not wanted");
}

static void a_4xx_is_for_later(void **state)
{
	static const struct script scripts[] = {
		{.rcpt = "450 4.2.0 greylisted"},
		{.mail = "451 4.3.0 greylisted"},
		{.end = "452 4.2.2 greylisted"},
		{.greeting = "421 4.3.2 greylisted"},
	};
	struct try try;

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct server s = {.script = scripts[i]};

		send_through(&s, &try, false);
		assert_int_equal(try.attempt.end, ATTEMPT_LATER);
		assert_answer(&try, "greylisted");
	}
}

static void what_is_about_us_is_for_later(void **state)
{
	struct server greeting = {.script = {.greeting = "554 no service here"}};
	struct server mail = {.script = {.mail = "530 5.7.0 authentication required"}};
	struct try try;

	(void)state;
	send_through(&greeting, &try, false);
	assert_int_equal(try.attempt.end, ATTEMPT_LATER);
	send_through(&mail, &try, false);
	assert_int_equal(try.attempt.end, ATTEMPT_LATER);
}

static void lost_after_the_last_dot_is_for_later_and_may_have_been_taken(void **state)
{
	struct server s = {.script = {.drop_after_dot = true}};
	struct try try;

	(void)state;
	send_through(&s, &try, false);
	assert_int_equal(try.attempt.end, ATTEMPT_LATER);
	assert_true(try.attempt.all_given);
	assert_true(try.attempt.answer_len > 0);
}

static void without_tls_nothing_is_said_when_tls_is_required(void **state)
{
	struct server s = {.commands = 0};
	struct try try;

	(void)state;
	send_through(&s, &try, true);
	assert_int_equal(try.attempt.end, ATTEMPT_LATER);
	assert_int_equal(s.message_len, 0);
	assert_false(try.attempt.all_given);
}

static void an_answer_says_whether_the_address_is_to_blame(void **state)
{
	static const struct {
		struct script script;
		enum address_news news;
	} cases[] = {
		{{.rcpt = NULL}, ADDRESS_TAKES},
		{{.rcpt = "550 5.1.1 no such mailbox"}, ADDRESS_PERMANENT},
		{{.rcpt = "550 nobody of that name"}, ADDRESS_PERMANENT},
		{{.rcpt = "553 5.1.3 what address is that"}, ADDRESS_PERMANENT},
		{{.end = "550 5.1.1 no such mailbox after all"}, ADDRESS_PERMANENT},
		{{.rcpt = "552 5.2.2 full"}, ADDRESS_TEMPORARY},
		{{.rcpt = "450 4.2.0 greylisted"}, ADDRESS_TEMPORARY},
		{{.rcpt = "452 4.2.2 full"}, ADDRESS_TEMPORARY},
		{{.rcpt = "550 5.7.1 relaying denied"}, ADDRESS_UNKNOWN},
		{{.rcpt = "554 5.7.1 blocked"}, ADDRESS_UNKNOWN},
		{{.end = "554 5.6.0 not such a message"}, ADDRESS_UNKNOWN},
		{{.mail = "550 5.1.8 bad sender"}, ADDRESS_UNKNOWN},
		{{.greeting = "554 no service here"}, ADDRESS_UNKNOWN},
		{{.drop_after_dot = true}, ADDRESS_UNKNOWN},
	};
	struct try try;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server s = {.script = cases[i].script};

		send_through(&s, &try, false);
		if (try.sending.news != cases[i].news)
			fail_msg("case %zu: %d", i, (int)try.sending.news);
	}
}

static void the_next_relay_is_asked_where_one_serves_nobody(void **state)
{
	static const struct script none_serves[] = {
		{.greeting = "421 4.3.2 not now"}, {.greeting = "554 no service here"},
		{.ehlo = "421 4.3.2 not now"},	   {.mail = "421 4.3.2 not now"},
		{.rcpt = "421 4.3.2 not now"},
	};
	struct try try;

	(void)state;
	for (size_t i = 0; i < sizeof(none_serves) / sizeof(none_serves[0]); i++) {
		struct server first = {.script = none_serves[i]}, second = {.commands = 0};

		send_through_both(&first, &second, &try);
		assert_int_equal(try.attempt.end, ATTEMPT_TAKEN);
		assert_true(second.message_len > 0);
	}
}

static void a_relay_that_stalls_leaves_the_next_its_share_of_the_time(void **state)
{
	struct server first = {.script = {.stall_at_greeting = true}}, second = {.commands = 0};
	struct try try;

	(void)state;
	patience_ms = 1000;
	send_through_both(&first, &second, &try);
	patience_ms = 5000;
	assert_int_equal(try.attempt.end, ATTEMPT_TAKEN);
}

/* libcurl would wait two minutes for it, past its own limit. */
static void what_answers_quit_is_not_waited_for(void **state)
{
	struct server takes = {.script = {.stall_at_quit = true}};
	struct server stalls = {.script = {.stall_after_dot = true, .stall_at_quit = true}};
	int64_t begun_us = jobs_monotonic_us();
	struct try try;

	(void)state;
	send_through(&takes, &try, false);
	assert_int_equal(try.attempt.end, ATTEMPT_TAKEN);
	assert_answer(&try, "250 2.0.0 taken as 17");
	patience_ms = 200;
	send_through(&stalls, &try, false);
	patience_ms = 5000;
	assert_int_equal(try.attempt.end, ATTEMPT_LATER);
	assert_true(try.attempt.all_given && !try.attempt.status);
	assert_true(jobs_monotonic_us() - begun_us < 900 * 1000);
}

static void one_that_stalls_after_the_last_dot_may_have_taken_it(void **state)
{
	struct server s = {.script = {.stall_after_dot = true}};
	struct try try;

	(void)state;
	patience_ms = 200;
	send_through(&s, &try, false);
	patience_ms = 5000;
	assert_int_equal(try.attempt.end, ATTEMPT_LATER);
	assert_true(try.attempt.all_given);
	assert_int_equal(try.attempt.status, 0);
	assert_answer(&try, "No answer after the whole message was given");
}

static void a_relay_that_is_not_there_is_passed_over(void **state)
{
	struct server s = {.commands = 0};
	char urls[140];
	struct try try;

	(void)state;
	server_start(&s);
	snprintf(urls, sizeof(urls), "smtp://127.0.0.1:1 %s", s.url);
	try_urls(&try, urls, false);
	server_end(&s);
	assert_int_equal(try.attempt.end, ATTEMPT_TAKEN);
	assert_answer(&try, "250 2.0.0 taken as 17");
	try_urls(&try, "smtp://127.0.0.1:1 smtp://127.0.0.1:1", false);
	assert_int_equal(try.attempt.end, ATTEMPT_LATER);
	assert_answer(&try, "Not given to the mail server");
}

static void each_relay_is_told_its_own_user_and_password_and_no_other(void **state)
{
	static const char asks[] = "250-sink.example\r\n250 AUTH PLAIN";
	struct server first = {.script = {.ehlo = asks, .rcpt = "421 4.3.2 not now"}};
	struct server second = {.script = {.ehlo = asks}};
	char urls[200];
	struct try try;

	(void)state;
	server_start(&first);
	server_start(&second);
	snprintf(urls, sizeof(urls), "smtp://one:a%%40b@%s smtp://two:c@%s", strchr(first.url, '1'),
		 strchr(second.url, '1'));
	try_urls(&try, urls, false);
	server_end(&first);
	server_end(&second);
	assert_int_equal(try.attempt.end, ATTEMPT_TAKEN);
	assert_string_equal(first.login, "AG9uZQBhQGI=\r\n"); /* one, a@b */
	assert_string_equal(second.login, "AHR3bwBj\r\n");    /* two, c */
}

static void what_a_relay_decided_or_may_have_taken_is_not_asked_of_another(void **state)
{
	static const struct script decides[] = {
		{.rcpt = "550 5.1.1 no such mailbox"},
		{.rcpt = "450 4.2.0 greylisted"},
		{.end = "554 5.6.0 not wanted"},
		{.end = "451 4.3.0 later"},
		{.end = "421 4.3.2 later"},
		{.drop_after_dot = true},
		{.mail = "530 5.7.0 who are you"},
	};
	struct try try;

	(void)state;
	for (size_t i = 0; i < sizeof(decides) / sizeof(decides[0]); i++) {
		struct server first = {.script = decides[i]}, second = {.commands = 0};

		send_through_both(&first, &second, &try);
		assert_int_not_equal(try.attempt.end, ATTEMPT_TAKEN);
		assert_int_equal(second.commands, 0);
	}
}

static int set_up(void **state)
{
	(void)state;
	return curl_global_init(CURL_GLOBAL_DEFAULT) ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	curl_global_cleanup();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_with_250_and_dots_are_doubled),
		cmocka_unit_test(a_5xx_to_the_recipient_or_the_message_is_final),
		cmocka_unit_test(a_4xx_is_for_later),
		cmocka_unit_test(what_is_about_us_is_for_later),
		cmocka_unit_test(lost_after_the_last_dot_is_for_later_and_may_have_been_taken),
		cmocka_unit_test(an_answer_says_whether_the_address_is_to_blame),
		cmocka_unit_test(the_next_relay_is_asked_where_one_serves_nobody),
		cmocka_unit_test(a_relay_that_stalls_leaves_the_next_its_share_of_the_time),
		cmocka_unit_test(one_that_stalls_after_the_last_dot_may_have_taken_it),
		cmocka_unit_test(what_answers_quit_is_not_waited_for),
		cmocka_unit_test(a_relay_that_is_not_there_is_passed_over),
		cmocka_unit_test(each_relay_is_told_its_own_user_and_password_and_no_other),
		cmocka_unit_test(what_a_relay_decided_or_may_have_taken_is_not_asked_of_another),
		cmocka_unit_test(without_tls_nothing_is_said_when_tls_is_required),
	};

	return cmocka_run_group_tests_name("relay", tests, set_up, tear_down);
}
