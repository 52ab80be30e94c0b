/*
 * emit.h - JSON piece by piece, for views that no field table describes as a whole.
 *
 * Each call puts the comma that it needs. name is NULL inside an array. What is absent is left out.
 */
#ifndef CONCORDAT_WIRE_EMIT_H
#define CONCORDAT_WIRE_EMIT_H

#include "concordat/core/schema.h"

void emit_begin(struct writer *w, const char *name, char bracket);
void emit_end(struct writer *w, char bracket);
void emit_text(struct writer *w, const char *name, struct text value);
void emit_word(struct writer *w, const char *name, const char *value); /* NULL: left out */
void emit_bool(struct writer *w, const char *name, bool value);
void emit_int(struct writer *w, const char *name, int64_t value);   /* NO_INT: left out */
void emit_money(struct writer *w, const char *name, int64_t pence); /* NO_INT: left out */
void emit_rate(struct writer *w, const char *name, int64_t rate);   /* NO_INT: left out */
void emit_day(struct writer *w, const char *name, int32_t day);
void emit_instant(struct writer *w, const char *name, int64_t at_us);
void emit_id(struct writer *w, const char *name, struct uuid id); /* the zero id: left out */
void emit_digest(struct writer *w, const char *name, const struct digest *digest);
/* JSON that is there already. */
void emit_json(struct writer *w, const char *name, struct text json);
/* A whole struct by its table. */
void emit_struct(struct writer *w, const char *name, const struct schema *schema, const void *data,
		 enum audience audience);
/* The one member at offset, by its row of the table: its flags decide whether this audience sees
 * it. name NULL: the row's own. */
void emit_member(struct writer *w, const char *name, const struct schema *schema, size_t offset,
		 const void *data, enum audience audience);
/* Every member that this audience sees, into the object that is open. */
void emit_members(struct writer *w, const struct schema *schema, const void *data,
		  enum audience audience);

#endif
