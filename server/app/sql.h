/* sql.h - the statements of server/store/queries that reading and administration ask for. */
#ifndef CONCORDAT_SERVER_APP_SQL_H
#define CONCORDAT_SERVER_APP_SQL_H

extern const char *const SQL_QUERY_TEXTS;
extern const char *const SQL_QUERY_PLACEMENTS;
extern const char *const SQL_QUERY_OWED_BY;
extern const char *const SQL_QUERY_OWED_TO;
extern const char *const SQL_QUERY_DELIVERIES;
extern const char *const SQL_QUERY_COST_MODEL;
extern const char *const SQL_QUERY_PROTOCOLS;
extern const char *const SQL_QUERY_CALENDARS;

extern const char *const SQL_IDENTITY_CALLER;

extern const char *const SQL_ORGANISE_CREATE_ORGANISATION;
extern const char *const SQL_ORGANISE_ORGANISATIONS;
extern const char *const SQL_ORGANISE_CREATE_HOME;
extern const char *const SQL_ORGANISE_HOMES;
extern const char *const SQL_ORGANISE_CREATE_USER;
extern const char *const SQL_ORGANISE_CREATE_TOKEN;
extern const char *const SQL_ORGANISE_REVOKE_TOKEN;

#endif
