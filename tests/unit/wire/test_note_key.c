/*
 * test_note_key.c - verifier keys as lines, and Ed25519 keys and signatures: the vectors of
 * RFC 8032, 7.1, and keys that others published.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/ed25519.h"

/* The example of C2SP signed-note. */
#define SPECIFIED "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
/* golang.org/x/mod/sumdb/note, note_test.go. */
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_LONGER "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="
#define PETER_OTHER_KIND "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
/* github.com/transparency-dev/formats, note_cosigv1_test.go: base64 with a plus in it. */
#define WITH_PLUS "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

struct vector {
	const char *seed, *public_key, *message, *signature;
};

/* RFC 8032, section 7.1, TEST 1, TEST 2 and TEST 3. */
static const struct vector rfc8032[] = {
	{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
	 "c"
	 "f9b46bd25bf5f0595bbe24655141438e7a100b"},
	{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
	 "0"
	 "f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
	{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
	 "8"
	 "4dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static void rfc8032_keys_and_signatures_come_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rfc8032) / sizeof(rfc8032[0]); i++) {
		const struct vector *vector = &rfc8032[i];
		uint8_t seed[32], message[2], signature[ED25519_SIZE];
		struct text bytes = {(const char *)message, strlen(vector->message) / 2};
		struct signing_key key;

		assert_true(text_unhex(text_of(vector->seed), seed, sizeof(seed)));
		assert_true(text_unhex(text_of(vector->message), message, bytes.len));
		signing_key_of_seed(seed, &key);
		assert_memory_equal(key.seed, seed, sizeof(seed));
		assert_true(text_is(text_hex(arena, key.public_key, 32), vector->public_key));
		ed25519_sign(&key, bytes, signature);
		assert_true(
			text_is(text_hex(arena, signature, sizeof(signature)), vector->signature));
		assert_true(ed25519_holds(key.public_key, bytes, signature));
		for (size_t bit = 0; bit < sizeof(signature) * 8; bit++) {
			signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_false(ed25519_holds(key.public_key, bytes, signature));
			signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		assert_false(ed25519_holds(key.public_key, TEXT("other"), signature));
	}
}

static void published_keys_are_read_and_written_back(void **state)
{
	static const char *const lines[] = {SPECIFIED, PETER, WITH_PLUS};
	static const char *const names[] = {"example.com/foo", "PeterNeumann", "TEST"};
	static const uint32_t ids[] = {0x530d903a, 0xc74f20a3, 0x7997405c};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const char *why = NULL;
		struct note_key key;

		assert_true(note_key_parse(text_of(lines[i]), &key, &why));
		assert_true(text_is(key.name, names[i]));
		assert_int_equal(key.id, ids[i]);
		assert_true(text_is(note_key_line(arena, &key), lines[i]));
	}
}

static void assert_refused(struct text line)
{
	const char *why = NULL;
	struct note_key key;

	assert_false(note_key_parse(line, &key, &why));
	assert_true(why && strlen(why) > 20);
}

static void no_part_of_a_key_and_no_changed_one_is_taken(void **state)
{
	char line[] = PETER;
	size_t len = strlen(line);

	(void)state;
	for (size_t from = 0; from <= len; from++)
		for (size_t to = from; to <= len; to++)
			if (to - from < len)
				assert_refused((struct text){line + from, to - from});
	for (size_t bit = 0; bit < len * 8; bit++) {
		line[bit / 8] ^= (char)(1u << bit % 8);
		assert_refused((struct text){line, len});
		line[bit / 8] ^= (char)(1u << bit % 8);
	}
}

static void keys_of_another_form_are_refused(void **state)
{
	(void)state;
	assert_refused(TEXT(PETER_LONGER));
	assert_refused(TEXT(PETER_OTHER_KIND));
	assert_refused(TEXT("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
	assert_refused(TEXT(" " PETER));
	assert_refused(TEXT(PETER " "));
	assert_refused(TEXT(PETER "\n"));
	assert_refused(TEXT(PETER "\r"));
}

/* With the id that such a name would have. */
static void names_with_spaces_or_plus_are_refused(void **state)
{
	static const char *const names[] = {
		"",
		"a b",
		"a\tb",
		"a\xc2\xa0z",
		"a\xe2\x80\x83z",
		"\xe3\x80\x80",
		"a\xe2\x80\xa8",
		"a\x7fz",
		"not \xff utf-8",
		"a+b",
		"a\xc2\x85z",
		"a\xe1\x9a\x80z",
	};
	static const char *const good[] = {"a", "council.example/log/1", "\xc3\xa9t\xc3\xa9",
					   "a=b"};
	static const uint8_t public_key[32] = {1, 2, 3};
	const char *why = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct note_key key = note_key_of(text_of(names[i]), public_key);

		assert_refused(note_key_line(arena, &key));
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct note_key key = note_key_of(text_of(good[i]), public_key), again;

		assert_true(note_key_parse(note_key_line(arena, &key), &again, &why));
		assert_true(text_eq(again.name, key.name) && again.id == key.id);
		assert_memory_equal(again.public_key, public_key, sizeof(public_key));
	}
}

static void a_file_of_keys_is_read_past_what_is_no_key(void **state)
{
	struct text why = TEXT_NONE;
	const struct note_key *keys;
	struct list list;

	(void)state;
	assert_true(note_keys_parse(arena,
				    TEXT("# whose they are\n\n" PETER "\n\n# the last\n" SPECIFIED),
				    &list, &why));
	assert_int_equal(list.count, 2);
	keys = list.items;
	assert_int_equal(keys[0].id, 0xc74f20a3);
	assert_int_equal(keys[1].id, 0x530d903a);
}

static void a_file_that_is_wrong_says_where(void **state)
{
	struct text why = TEXT_NONE;
	struct list list;

	(void)state;
	assert_false(
		note_keys_parse(arena, TEXT(PETER "\n#\n" PETER_OTHER_KIND "\n"), &list, &why));
	assert_true(text_starts(why, "Line 3: A key is base64 of the byte 1"));
	assert_false(note_keys_parse(arena, TEXT(PETER "\r\n"), &list, &why));
	assert_true(text_starts(why, "Line 1: "));
	assert_false(note_keys_parse(arena, TEXT("# nothing\n"), &list, &why));
	assert_true(text_starts(why, "There is no key."));
	assert_false(note_keys_parse(arena, TEXT_NONE, &list, &why));
	assert_true(text_starts(why, "There is no key."));
}

/* RFC 8410, section 10.3: an Ed25519 private key in PKCS #8, and its public key. */
#define RFC8410                                                              \
	"-----BEGIN PRIVATE KEY-----\n"                                      \
	"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n" \
	"-----END PRIVATE KEY-----\n"
#define RFC8410_PUBLIC "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"

static void a_key_file_is_read_and_a_new_one_is_its_like(void **state)
{
	struct signing_key key, other, again;
	const char *why = NULL;
	struct text pem;

	(void)state;
	assert_true(signing_key_parse(TEXT(RFC8410), &key, &why));
	assert_true(text_is(text_hex(arena, key.public_key, 32), RFC8410_PUBLIC));
	pem = signing_key_new(arena, &key);
	assert_int_equal(pem.len, strlen(RFC8410));
	assert_true(text_starts(pem, "-----BEGIN PRIVATE KEY-----\n"));
	assert_true(signing_key_parse(pem, &again, &why));
	assert_memory_equal(&again, &key, sizeof(key));
	signing_key_new(arena, &other);
	assert_memory_not_equal(&other, &key, sizeof(key));
}

/* Made with `openssl genpkey`: of another kind, and under a password. */
#define X25519                                                               \
	"-----BEGIN PRIVATE KEY-----\n"                                      \
	"MC4CAQAwBQYDK2VuBCIEIAiqYztPwfmghyBviuXBbqSLH+zZglTFTsOMAsPIHARK\n" \
	"-----END PRIVATE KEY-----\n"
#define ENCRYPTED                                                            \
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"                            \
	"MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhRTb6Q72qjvwICCAAw\n" \
	"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEIcVhPV6HY1o572ElZRpAoMEQHcM\n" \
	"a3QVT6hnRt13c+pPdFLZEqH8r0QQf4L4IscP1LMD1l99nOLSVAMJxHsM6ia5ijl+\n" \
	"Fjf2TROw6b/hhVTyWw0=\n"                                             \
	"-----END ENCRYPTED PRIVATE KEY-----\n"

static void a_file_that_holds_no_such_key_is_refused(void **state)
{
	static const char *const files[] = {
		"",
		"a password",
		"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
		"-----BEGIN PUBLIC KEY-----\n"
		"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
		"-----END PUBLIC KEY-----\n",
		X25519,
		ENCRYPTED,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *why = NULL;
		struct signing_key key;

		assert_false(signing_key_parse(text_of(files[i]), &key, &why));
		assert_non_null(strstr(why, "`concordatd log-key FILE`"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc8032_keys_and_signatures_come_out),
		cmocka_unit_test(published_keys_are_read_and_written_back),
		cmocka_unit_test(no_part_of_a_key_and_no_changed_one_is_taken),
		cmocka_unit_test(keys_of_another_form_are_refused),
		cmocka_unit_test(names_with_spaces_or_plus_are_refused),
		cmocka_unit_test(a_file_of_keys_is_read_past_what_is_no_key),
		cmocka_unit_test(a_file_that_is_wrong_says_where),
		cmocka_unit_test(a_key_file_is_read_and_a_new_one_is_its_like),
		cmocka_unit_test(a_file_that_holds_no_such_key_is_refused),
	};

	return cmocka_run_group_tests_name("note_key", tests, set_up, tear_down);
}
