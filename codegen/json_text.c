#include "json_text.h"

#include <math.h>

static void item(Json *j, const char *key)
{
    if (!j->first) {
        text_raw(j->out, j->inline_ ? ", " : ",");
    }
    if (!j->inline_) {
        text_raw(j->out, "\n%*s", j->out->indent * 2, "");
    }
    if (key) {
        text_raw(j->out, "\"%s\": ", key);
    }
    j->first = 0;
}

void json_open(Json *j, const char *key, char bracket)
{
    if (j->out->at.n) {
        item(j, key);
    }
    text_raw(j->out, "%c", bracket);
    j->out->indent++;
    j->first = 1;
}

void json_row(Json *j, const char *key, char bracket)
{
    item(j, key);
    text_raw(j->out, "%c", bracket);
    j->inline_++;
    j->first = 1;
}

void json_close(Json *j, char bracket)
{
    if (j->inline_) {
        j->inline_--;
    } else {
        j->out->indent--;
        if (!j->first) {
            text_raw(j->out, "\n%*s", j->out->indent * 2, "");
        }
    }
    text_raw(j->out, "%c%s", bracket, j->out->indent ? "" : "\n");
    j->first = 0;
}

void json_string(Json *j, const char *key, const char *value)
{
    item(j, key);
    if (!value) {
        text_raw(j->out, "null");
        return;
    }
    text_raw(j->out, "\"");
    for (; *value; value++) {
        const unsigned char c = (unsigned char)*value;
        if (c == '"' || c == '\\') {
            text_raw(j->out, "\\%c", c);
        } else if (c < ' ') {
            text_raw(j->out, "\\u%04x", c);
        } else {
            text_bytes(j->out, value, 1);
        }
    }
    text_raw(j->out, "\"");
}

void json_number(Json *j, const char *key, double value)
{
    item(j, key);
    text_raw(j->out, "%.0f", value);
}

void json_real(Json *j, const char *key, double value)
{
    item(j, key);
    if (isfinite(value)) {
        text_raw(j->out, "%.9g", value);
    } else {
        text_raw(j->out, "null");
    }
}

void json_bool(Json *j, const char *key, int value)
{
    item(j, key);
    text_raw(j->out, value ? "true" : "false");
}
