/* openapi_told.h - the parts of the OpenAPI document about what is sent; new references. */
#ifndef CONCORDAT_WIRE_OPENAPI_TOLD_H
#define CONCORDAT_WIRE_OPENAPI_TOLD_H

#include <jansson.h>
#include <stdbool.h>

json_t *told_webhooks(const char *const *kinds); /* a member for each, and for a test */
json_t *told_path_item(void);			 /* components/pathItems/told */
json_t *told_schema(void);			 /* components/schemas/cloud_event */

#endif
