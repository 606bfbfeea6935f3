#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A token in Python's eyes: str(), int(), float(), bool() of it, or the type, int, real and string that it is. */
enum { READS_NOTHING, READS_STR, READS_INT, READS_FLOAT, READS_BOOL, READS_TYPE, READS_OWN_INT, READS_OWN_REAL, READS_OWN_TEXT };
