/* octet.h - the classes of bytes that HTTP's grammar is made of (RFC 9110, RFC 3986). */
#ifndef CONCORDAT_HTTP_OCTET_H
#define CONCORDAT_HTTP_OCTET_H

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "concordat/base/text.h"

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_token(char c)
{
	return is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

/* -1 when it is not a hexadecimal digit, of either case. */
static inline int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Compares names without case. */
static inline bool header_is(struct text name, const char *known)
{
	return name.len == strlen(known) && strncasecmp(name.at, known, name.len) == 0;
}

#endif
