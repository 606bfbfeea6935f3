#include "kernel.h"

int form_hole(const Form *form, const char *name)
{
    for (int i = 0; i < form->holes; i++) {
        if (form->hole[i].name == str_of(name)) {
            return i;
        }
    }
    return -1;
}

int form_role(const Form *form, char letter)
{
    for (int i = 0; i < form->roles; i++) {
        if (form->role[i].letter == letter) {
            return i;
        }
    }
    return -1;
}
