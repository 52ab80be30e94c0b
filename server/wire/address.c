/*
 * address.c - which addresses are public, and which URLs messages may be sent to.
 *
 * The tables are IANA's special-purpose registries for IPv4 and IPv6, with what some hosts of
 * machines serve their secrets on. What has two spellings for a resolver (octal, hexadecimal, one
 * number) is refused, so that what was judged is what is resolved.
 */
#include "concordat/wire/address.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define URL_MOST 2000
#define HOST_MOST 253
#define LABEL_MOST 63

/* ---- addresses ---- */

struct block {
	uint8_t prefix[16];
	int bits;
	const char *word;
};

static const struct block blocks_v4[] = {
	{{0}, 8, "of this network"},
	{{10}, 8, "private"},
	{{100, 64}, 10, "a carrier's own"},
	{{127}, 8, "loopback"},
	{{168, 63, 129, 16}, 32, "a hosting service's own"},
	{{169, 254}, 16, "link-local"},
	{{172, 16}, 12, "private"},
	{{192, 0, 0}, 24, "for protocols"},
	{{192, 0, 2}, 24, "for documentation"},
	{{192, 88, 99}, 24, "a 6to4 relay"},
	{{192, 168}, 16, "private"},
	{{198, 18}, 15, "for benchmarks"},
	{{198, 51, 100}, 24, "for documentation"},
	{{203, 0, 113}, 24, "for documentation"},
	{{224}, 4, "multicast"},
	{{240}, 4, "reserved"},
};

/* Outside 2000::/3 nothing is public: the rows there only have a better word for it. */
static const struct block blocks_v6[] = {
	{{0}, 128, "unspecified"},
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "loopback"},
	{{0}, 96, "an IPv4 address within IPv6"},
	{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, "an IPv4 address within IPv6"},
	{{0xfc}, 7, "private"},
	{{0xfe, 0x80}, 10, "link-local"},
	{{0xfe, 0xc0}, 10, "site-local"},
	{{0xff}, 8, "multicast"},
	{{0x20, 0x01, 0x00, 0x00}, 32, "Teredo"},
	{{0x20, 0x01, 0x00, 0x02}, 48, "for benchmarks"},
	{{0x20, 0x01}, 23, "for protocols"},
	{{0x20, 0x01, 0x0d, 0xb8}, 32, "for documentation"},
	{{0x20, 0x02}, 16, "6to4"},
	{{0x3f, 0xfe}, 16, "reserved"},
	{{0x3f, 0xff}, 20, "for documentation"},
};
static const struct block global_v6 = {{0x20}, 3, NULL};
static const struct block nat64_v6 = {{0x00, 0x64, 0xff, 0x9b}, 96, NULL};

static bool is_in(const struct block *block, const uint8_t *bytes)
{
	size_t whole = (size_t)block->bits / 8;
	int rest = block->bits % 8;
	uint8_t mask = (uint8_t)(0xff << (8 - rest));

	return memcmp(block->prefix, bytes, whole) == 0 &&
	       (!rest || ((block->prefix[whole] ^ bytes[whole]) & mask) == 0);
}

static const char *word_in(const struct block *blocks, size_t count, const uint8_t *bytes)
{
	for (size_t i = 0; i < count; i++)
		if (is_in(&blocks[i], bytes))
			return blocks[i].word;
	return NULL;
}

static const char *not_public_v4(const uint8_t *bytes)
{
	return word_in(blocks_v4, sizeof(blocks_v4) / sizeof(blocks_v4[0]), bytes);
}

const char *address_not_public(const struct address *address)
{
	const uint8_t *bytes = address->bytes;
	const char *word;

	if (!address->is_v6)
		return not_public_v4(bytes);
	if (is_in(&nat64_v6, bytes))
		return not_public_v4(bytes + 12);
	word = word_in(blocks_v6, sizeof(blocks_v6) / sizeof(blocks_v6[0]), bytes);
	return word ? word : is_in(&global_v6, bytes) ? NULL : "reserved";
}

bool address_parse(struct text t, struct address *out)
{
	char plain[INET6_ADDRSTRLEN];

	*out = (struct address){0};
	if (!t.len || t.len >= sizeof(plain) || memchr(t.at, '\0', t.len))
		return false;
	memcpy(plain, t.at, t.len);
	plain[t.len] = '\0';
	if (inet_pton(AF_INET, plain, out->bytes) == 1)
		return true;
	out->is_v6 = true;
	return inet_pton(AF_INET6, plain, out->bytes) == 1;
}

/* ---- URLs ---- */

/* Names of what is inside: by themselves, or at the end of a longer one. */
static const char *const inner_names[] = {
	"localhost", "local",	"localdomain", "internal", "intranet",
	"lan",	     "private", "corp",	       "home",	   "home.arpa",
};

/* Above 1023, what is no web server there: remote desktops, databases, queues, caches, clusters. */
static const uint16_t other_ports[] = {
	1080, 1433,  1434,  1521,  1719,  1720,	 1723,	1883,  2049,  2181,  2375, 2376, 2379,
	2380, 2483,  2484,  3306,  3389,  3659,	 4045,	4369,  5060,  5061,  5432, 5433, 5671,
	5672, 5900,  5984,  5985,  5986,  6000,	 6379,	6380,  6432,  6443,  6566, 6665, 6666,
	6667, 6668,  6669,  6697,  8086,  8125,	 8500,	8883,  9042,  9092,  9100, 9200, 9300,
	9418, 10080, 10250, 10255, 11211, 15672, 26257, 27017, 27018, 27019,
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* As RFC 3986 has it, and percent signs; nothing that a parser might take for a slash. */
static bool is_plain(struct text url)
{
	for (size_t i = 0; i < url.len; i++) {
		char c = url.at[i];

		if (!is_letter(c) && !is_digit(c) && (!c || !strchr("-._~:/?#[]@!$&'()*+,;=%", c)))
			return false;
	}
	return url.len > 0 && url.len <= URL_MOST;
}

static struct text last_label(struct text host)
{
	size_t at = host.len;

	while (at > 0 && host.at[at - 1] != '.')
		at--;
	return (struct text){host.at + at, host.len - at};
}

/* Whether a resolver might take it for a number: "127.1", "0x7f000001", "2130706433". */
static bool ends_in_number(struct text host)
{
	struct text label = last_label(host);
	bool is_hex = label.len >= 2 && label.at[0] == '0' && (label.at[1] | 0x20) == 'x';

	for (size_t i = 0; i < label.len && !is_hex; i++)
		if (!is_digit(label.at[i]))
			return false;
	return label.len > 0;
}

static bool is_name(struct text host)
{
	size_t label = 0;

	for (size_t i = 0; i <= host.len; i++) {
		char c = i < host.len ? host.at[i] : '.';

		if (c == '.') {
			if (!label || label > LABEL_MOST || host.at[i - 1] == '-')
				return false;
			label = 0;
		} else if (is_letter(c) || is_digit(c) || (c == '-' && label)) {
			label++;
		} else {
			return false;
		}
	}
	return host.len <= HOST_MOST;
}

static bool is_inner(struct text host)
{
	for (size_t i = 0; i < sizeof(inner_names) / sizeof(inner_names[0]); i++) {
		struct text name = text_of(inner_names[i]);
		size_t before = host.len - name.len;

		if (host.len >= name.len && strncasecmp(host.at + before, name.at, name.len) == 0 &&
		    (!before || host.at[before - 1] == '.'))
			return true;
	}
	return !memchr(host.at, '.', host.len);
}

/* digits: behind the colon; absent when there is none. */
static bool port_is_sound(struct text digits)
{
	int64_t port = 0;

	if (!digits.at)
		return true;
	if (!digits.len || digits.len > 5 || !is_digit(digits.at[0]) || digits.at[0] == '0' ||
	    !text_to_int(digits, &port) || port > 65535)
		return false;
	for (size_t i = 0; i < sizeof(other_ports) / sizeof(other_ports[0]); i++)
		if (port == other_ports[i])
			return false;
	return port == 80 || port == 443 || port >= 1024;
}

/* host: without brackets. False when it is neither an address nor a name. */
static bool authority_split(struct text authority, struct text *host, bool *bracketed,
			    struct text *port)
{
	const char *end, *stop = authority.at + authority.len;

	*bracketed = authority.len > 0 && authority.at[0] == '[';
	end = authority.len ? memchr(authority.at, *bracketed ? ']' : ':', authority.len) : NULL;
	if (*bracketed && !end)
		return false;
	*host = *bracketed ? (struct text){authority.at + 1, (size_t)(end - authority.at) - 1}
			   : (struct text){authority.at,
					   end ? (size_t)(end - authority.at) : authority.len};
	if (*bracketed)
		end = end + 1 < stop ? end + 1 : NULL;
	if (end && *end != ':')
		return false;
	*port = end ? (struct text){end + 1, (size_t)(stop - end) - 1} : TEXT_NONE;
	return true;
}

static bool host_is_sound(struct text host, bool bracketed, bool private_too, struct text *why)
{
	struct address address;

	*why = TEXT("Name the host by its name, such as hooks.council.example, or by its address "
		    "in the usual form.");
	if (bracketed || ends_in_number(host)) {
		if (!address_parse(host, &address) || address.is_v6 != bracketed)
			return false;
		*why = TEXT("This address is not a public one: messages go over the internet "
			    "only. Give one that can be reached from outside.");
		return private_too || !address_not_public(&address);
	}
	if (!is_name(host))
		return false;
	*why = TEXT("This is the name of something inside a network: messages go over the "
		    "internet only. Give one that can be reached from outside.");
	return private_too || !is_inner(host);
}

bool target_is_sound(struct text url, bool private_too, struct text *why)
{
	struct text rest = url, authority, host, port;
	bool bracketed;

	*why = TEXT("Give the whole address, such as https://hooks.council.example/concordat, in "
		    "plain characters.");
	if (!is_plain(url))
		return false;
	if (text_starts(url, "https://"))
		rest = (struct text){url.at + 8, url.len - 8};
	else if (private_too && text_starts(url, "http://"))
		rest = (struct text){url.at + 7, url.len - 7};
	if (rest.at == url.at) {
		*why = TEXT("Messages are sent to addresses that begin with https:// only.");
		return false;
	}
	authority = rest;
	for (size_t i = 0; i < rest.len && authority.len == rest.len; i++)
		if (strchr("/?#", rest.at[i]))
			authority.len = i;
	if (memchr(rest.at, '#', rest.len) || memchr(authority.at, '@', authority.len)) {
		*why = TEXT("Leave out a user, a password and what stands behind #: each message "
			    "is signed instead.");
		return false;
	}
	if (!authority_split(authority, &host, &bracketed, &port))
		return false;
	if (!port_is_sound(port)) {
		*why = TEXT("Messages are not sent to this port. Use 443, 80, or one above 1023 "
			    "that is not known for something else.");
		return false;
	}
	return host_is_sound(host, bracketed, private_too, why);
}
