/* The parts of a kernel: which a template means, and how many there are. Mates are the results of one left side (kernel_use.h). */
#include "kernel_holes.h"

#include <string.h>

int filling_part_of_mate(const Filling *with, int mate, int n)
{
    for (int i = 0; i < with->k->part.n; i++) {
        if (with->mates[i] == mate && n-- == 0) {
            return i;
        }
    }
    return -1;
}

int filling_mates(const Filling *with)
{
    int n = 0;
    for (int i = 0; i < with->k->part.n; i++) {
        n += with->mates[i] == i;
    }
    return n;
}

int filling_products(const Filling *with)
{
    int n = 0;
    while (with->mate && filling_part_of_mate(with, with->mates[with->part], n) >= 0) {
        n++;
    }
    return n;
}

int filling_most_products(const Filling *with)
{
    int most = 0;
    for (int i = 0; i < with->k->part.n; i++) {
        int n = 0;
        while (filling_part_of_mate(with, with->mates[i], n) >= 0) {
            n++;
        }
        most = n > most ? n : most;
    }
    return most;
}

const Part *filling_part(const Filling *with)
{
    return &with->k->part.at[with->part < 0 ? 0 : with->part];
}

void filling_turn(void *filling, Str name, int i)
{
    Filling *with = filling;
    if (strcmp(name, "product") == 0) {
        with->part = filling_part_of_mate(with, with->mates[with->part], i < 0 ? 0 : i);
        with->product = i < 0 ? 0 : i;
        return;
    }
    with->mate = i >= 0 && strcmp(name, "mate") == 0;
    with->part = i;
    for (int first = 0; with->mate && first < with->k->part.n; first++) { /* the i-th mate begins with this part */
        if (with->mates[first] == first && i-- == 0) {
            with->part = first;
        }
    }
}
