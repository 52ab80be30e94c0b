/*
 * document.h - files in, and what is wrong with them.
 *
 * Each call that fails has said why on standard error, a line a finding: the file, the JSON
 * pointer, a sentence. "-" is standard input. A document is at most 1 MiB.
 */
#ifndef CONCORDAT_CLI_DOCUMENT_H
#define CONCORDAT_CLI_DOCUMENT_H

#include "concordat/wire/json.h"

#include "command.h"

struct document {
	const char *name;   /* as people know it: the path, or "standard input" */
	struct text json;   /* of the part that is read; its bytes, where it is no JSON */
	const char *inside; /* the pointer to that part: "" or "/terms" */
};

enum outcome document_read(const struct command_line *line, const char *path,
			   struct document *document) __attribute__((warn_unused_result));
/* The same of what may be larger. */
enum outcome document_read_most(const struct command_line *line, const char *path, size_t mib,
				struct document *document) __attribute__((warn_unused_result));
/* Goes on with the object that stands in it by that name, where there is one. */
enum outcome document_enter(const struct command_line *line, struct document *document,
			    const char *pointer) __attribute__((warn_unused_result));
enum outcome document_decode(const struct command_line *line, const struct document *document,
			     const struct schema *schema, enum json_purpose purpose, void *data)
	__attribute__((warn_unused_result));
/* {"key": "12.5", ...}, or the same behind {"inputs": ...}: struct map_entry. */
enum outcome document_decode_inputs(const struct command_line *line, struct document *document,
				    struct list *inputs) __attribute__((warn_unused_result));
/* Says the flaw, its pointer seen from the document's part. */
enum outcome document_refuse(const struct command_line *line, const struct document *document,
			     const struct flaw *flaw);

#endif
