/* head_field.h - a line of a form's head: "//$ need   n" is the key "need" with the text "n" */
#ifndef SINTER_FORMS_HEAD_FIELD_H
#define SINTER_FORMS_HEAD_FIELD_H

#include "source.h"

typedef struct HeadField {
    Str key, text;
    Span span; /* of the text */
} HeadField;

#endif
