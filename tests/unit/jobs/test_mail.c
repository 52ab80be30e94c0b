/*
 * test_mail.c - an e-mail's bytes: no header can be broken out of, and lines end in CRLF.
 */
#include <cmocka.h>
#include <string.h>

#include "jobs/message.h"

static struct mail mail_to(struct text to)
{
	return (struct mail){
		.from = TEXT("concordat@council.example"),
		.to = to,
		.subject = TEXT("PL-1000047-P: offer made"),
		.body = TEXT("One\n.two = £3 \n"),
		.id = {{0x01, 0x99}},
		.date_us = INT64_C(1776073445) * US_PER_SECOND,
	};
}

static bool has(struct text t, const char *words)
{
	return memmem(t.at, t.len, words, strlen(words)) != NULL;
}

static void headers_and_body_are_written_as_they_must_be(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	struct text out;

	(void)state;
	assert_true(mail_write(arena, &mail, &out));
	assert_true(
		has(out, "From: <concordat@council.example>\r\nTo: <fees@provider.example>\r\n"));
	assert_true(has(out, "\r\nSubject: PL-1000047-P: offer made\r\n"));
	assert_true(has(out, "\r\nDate: Mon, 13 Apr 2026 09:44:05 +0000\r\n"));
	assert_true(has(out,
			"\r\nMessage-ID: <01990000-0000-0000-0000-000000000000@council.example>"
			"\r\n"));
	assert_true(has(out, "\r\n\r\nOne\r\n.two =3D =C2=A33=20\r\n"));
	arena_free(arena);
}

static void every_line_ends_in_crlf_and_is_short(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	char body[4000];
	struct text out;
	size_t since = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (char)(i % 7 == 0 ? '\r' : i % 11 == 0 ? ' ' : i % 613 == 0 ? '\n' : 'x');
	mail.body = (struct text){body, sizeof(body)};
	assert_true(mail_write(arena, &mail, &out));
	for (size_t i = 0; i < out.len; i++) {
		if (out.at[i] == '\n') {
			assert_true(i > 0 && out.at[i - 1] == '\r');
			since = 0;
			continue;
		}
		assert_true(out.at[i] != '\r' || (i + 1 < out.len && out.at[i + 1] == '\n'));
		assert_true(++since <= 78);
	}
	arena_free(arena);
}

static void an_address_that_ends_a_header_is_refused(void **state)
{
	static const struct text bad[] = {
		{"a@b.example\r\nBcc: c@d.example", 30},
		{"a@b.example\n", 12},
		{"a@b.example\0", 12},
		{"a b@c.example", 13},
		{"<a@b.example>", 13},
		{"a@b@c.example", 13},
		{"nobody", 6},
		{"@b.example", 10},
		{"a@", 2},
		{"a,b@c.example", 13},
		{"", 0},
	};
	struct arena *arena = arena_new();
	struct text out;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mail mail = mail_to(bad[i]);

		assert_false(mail_address_is_sound(bad[i]));
		assert_false(mail_write(arena, &mail, &out));
	}
	arena_free(arena);
}

static void a_subject_with_a_control_character_is_refused(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	struct text out;

	(void)state;
	mail.subject = TEXT("x\r\nBcc: c@d.example");
	assert_false(mail_write(arena, &mail, &out));
	mail.subject = (struct text){"x\0y", 3};
	assert_false(mail_write(arena, &mail, &out));
	arena_free(arena);
}

static void a_subject_beyond_ascii_is_an_encoded_word(void **state)
{
	struct arena *arena = arena_new();
	struct mail mail = mail_to(TEXT("fees@provider.example"));
	struct text out;

	(void)state;
	mail.subject = TEXT("Tŷ Gwyn");
	assert_true(mail_write(arena, &mail, &out));
	assert_true(has(out, "\r\nSubject: =?utf-8?B?VMW3IEd3eW4=?=\r\n"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_and_body_are_written_as_they_must_be),
		cmocka_unit_test(every_line_ends_in_crlf_and_is_short),
		cmocka_unit_test(an_address_that_ends_a_header_is_refused),
		cmocka_unit_test(a_subject_with_a_control_character_is_refused),
		cmocka_unit_test(a_subject_beyond_ascii_is_an_encoded_word),
	};

	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
