/*
 * test_send.c - what a mail server's answer means, against a listener with a script.
 *
 * The listener runs in a thread: it reads a command, answers with the script's word for it, and
 * keeps what came after DATA.
 */
#include <arpa/inet.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jobs/send.h"

struct script {
	const char *greeting, *ehlo, *mail, *rcpt, *data, *end; /* NULL: 250 and its like */
	bool drop_after_dot;
};

struct server {
	struct script script;
	int listener;
	pthread_t thread;
	char url[64];
	char message[4096];
	size_t message_len;
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

	say(fd, s->script.greeting, "220 ready");
	while (read_line(in, line, sizeof(line))) {
		s->commands++;
		if (strncmp(line, "EHLO", 4) == 0) {
			say(fd, s->script.ehlo, "250 sink.example");
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
			say(fd, s->script.end, "250 2.0.0 taken as 17");
		} else {
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

static void send_through(struct server *s, struct sending *sending, bool require_tls)
{
	struct config config = {.smtp_url = s->url,
				.smtp_user = "",
				.smtp_password = "",
				.smtp_from = "concordat@council.example",
				.smtp_require_tls = require_tls};

	server_start(s);
	*sending = (struct sending){.config = &config,
				    .to = "fees@provider.example",
				    .bytes = TEXT("Subject: x\r\n\r\nOne\r\n.two\r\n"),
				    .timeout_ms = 5000};
	sending_run(sending);
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
}

static void assert_answer(const struct sending *sending, const char *words)
{
	assert_true(sending->answer_len >= strlen(words) &&
		    memmem(sending->answer, sending->answer_len, words, strlen(words)) != NULL);
}

static void taken_with_250_and_dots_are_doubled(void **state)
{
	struct server s = {.commands = 0};
	struct sending sending;

	(void)state;
	send_through(&s, &sending, false);
	assert_int_equal(sending.sent, SENT_TAKEN);
	assert_answer(&sending, "250 2.0.0 taken as 17");
	assert_int_equal(s.message_len, strlen("Subject: x\r\n\r\nOne\r\n..two\r\n"));
	assert_memory_equal(s.message, "Subject: x\r\n\r\nOne\r\n..two\r\n", s.message_len);
}

static void a_5xx_to_the_recipient_or_the_message_is_final(void **state)
{
	struct server rcpt = {.script = {.rcpt = "550 5.1.1 no such mailbox"}};
	struct server end = {.script = {.end = "554 5.7.1 not wanted"}};
	struct sending sending;

	(void)state;
	send_through(&rcpt, &sending, false);
	assert_int_equal(sending.sent, SENT_REFUSED);
	assert_answer(&sending, "550 5.1.1 no such mailbox");
	send_through(&end, &sending, false);
	assert_int_equal(sending.sent, SENT_REFUSED);
	assert_answer(&sending, "554 5.7.1 not wanted");
}

static void a_4xx_is_for_later(void **state)
{
	static const struct script scripts[] = {
		{.rcpt = "450 4.2.0 greylisted"},
		{.mail = "451 4.3.0 greylisted"},
		{.end = "452 4.2.2 greylisted"},
		{.greeting = "421 4.3.2 greylisted"},
	};
	struct sending sending;

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct server s = {.script = scripts[i]};

		send_through(&s, &sending, false);
		assert_int_equal(sending.sent, SENT_LATER);
		assert_answer(&sending, "greylisted");
	}
}

static void what_is_about_us_is_for_later(void **state)
{
	struct server greeting = {.script = {.greeting = "554 no service here"}};
	struct server mail = {.script = {.mail = "530 5.7.0 authentication required"}};
	struct sending sending;

	(void)state;
	send_through(&greeting, &sending, false);
	assert_int_equal(sending.sent, SENT_LATER);
	send_through(&mail, &sending, false);
	assert_int_equal(sending.sent, SENT_LATER);
}

static void lost_after_the_last_dot_is_for_later_and_may_have_been_taken(void **state)
{
	struct server s = {.script = {.drop_after_dot = true}};
	struct sending sending;

	(void)state;
	send_through(&s, &sending, false);
	assert_int_equal(sending.sent, SENT_LATER);
	assert_true(sending.all_given);
	assert_true(sending.answer_len > 0);
}

static void without_tls_nothing_is_said_when_tls_is_required(void **state)
{
	struct server s = {.commands = 0};
	struct sending sending;

	(void)state;
	send_through(&s, &sending, true);
	assert_int_equal(sending.sent, SENT_LATER);
	assert_int_equal(s.message_len, 0);
	assert_false(sending.all_given);
}

static int set_up(void **state)
{
	(void)state;
	return sending_begin() ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	sending_end();
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
		cmocka_unit_test(without_tls_nothing_is_said_when_tls_is_required),
	};

	return cmocka_run_group_tests_name("send", tests, set_up, tear_down);
}
