/*
 * fuzz_address.c - arbitrary bytes as a URL that messages are to go to, as an address, as a secret.
 *
 * What is let pass is what any reader of URLs takes it for: https, a host in plain characters that
 * is no number and, as an address, a public one. Whatever is let pass is so where what is inside
 * may be told, too.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "concordat/wire/address.h"
#include "concordat/wire/webhook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

/* As the C library reads it, which takes "127.1" and "0x7f000001" for addresses as well. */
static void must_lead_outside(const char *host)
{
	struct address address = {0};
	struct in_addr loose;

	if (inet_aton(host, &loose))
		memcpy(address.bytes, &loose, 4);
	else if (inet_pton(AF_INET6, host, address.bytes) == 1)
		address.is_v6 = true;
	else
		return;
	must(!address_not_public(&address));
}

static void look_at(struct arena *arena, const char *url)
{
	const char *host = url + strlen("https://");
	size_t len = *host == '[' ? strcspn(++host, "]") : strcspn(host, ":/?");

	must(strncmp(url, "https://", 8) == 0);
	must(!strpbrk(url, "\\\"<>^`{|} #") && len > 0);
	must(!memchr(host, '@', strcspn(host, "/?")));
	must_lead_outside(text_cstr(arena, (struct text){host, len}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text given = {(const char *)data, size}, why = TEXT_NONE;
	struct arena *arena = arena_new();
	struct address address;
	struct writer w;

	if (target_is_sound(given, false, &why)) {
		look_at(arena, text_cstr(arena, given));
		must(target_is_sound(given, true, &why));
	} else {
		must(why.len > 20);
	}
	if (address_parse(given, &address))
		address_not_public(&address);
	writer_init(&w, arena);
	must(webhook_sign(&w, given, TEXT("id"), 1, TEXT("body")) == (w.len == 47));
	arena_free(arena);
	return 0;
}
