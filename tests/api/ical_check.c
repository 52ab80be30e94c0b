/* ical_check.c - judges the calendar on standard input; prints how many events it has. */
#include "../unit/wire/ical_strict.h"

#include <stdlib.h>

int main(void)
{
	static char text[4 << 20];
	size_t size = fread(text, 1, sizeof(text) - 1, stdin);
	int events = ical_check(text);

	if (memchr(text, '\0', size) || events < 0)
		return EXIT_FAILURE;
	printf("%d\n", events);
	return EXIT_SUCCESS;
}
