/*
 * entries.c - a line of moves from which one may be taken out of the middle.
 */
#include "entries.h"

void entries_add(struct entry_list *list, struct entry *e)
{
	e->next = NULL;
	if (list->tail)
		list->tail->next = e;
	else
		list->head = e;
	list->tail = e;
	list->count++;
}

struct entry *entries_take(struct entry_list *list, struct entry *previous)
{
	struct entry *e = previous ? previous->next : list->head;

	if (previous)
		previous->next = e->next;
	else
		list->head = e->next;
	if (list->tail == e)
		list->tail = previous;
	list->count--;
	return e;
}
