/* json_text.h - JSON being written: one member a line, short arrays and objects on one */
#ifndef SINTER_JSON_TEXT_H
#define SINTER_JSON_TEXT_H

#include "text.h"

typedef struct Json {
    Text *out;
    int first;  /* nothing stands in the present brackets yet */
    int inline_;/* how many brackets around here are on one line */
} Json;

/* key NULL: in an array */
void json_open(Json *j, const char *key, char bracket);  /* { or [ */
void json_row(Json *j, const char *key, char bracket);   /* the same on one line */
void json_close(Json *j, char bracket);
void json_string(Json *j, const char *key, const char *value); /* NULL: null */
void json_number(Json *j, const char *key, double value); /* that is whole */
void json_real(Json *j, const char *key, double value);   /* not finite: null */
void json_bool(Json *j, const char *key, int value);

#endif
