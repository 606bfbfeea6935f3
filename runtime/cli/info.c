/* info.c - what this model is */
#include "cli.h"

static void info_dims(bytes *out, const model_tensor *x)
{
    bytes_string(out, x->rank ? "[" : "");
    for (int d = 0; d < x->rank; d++) {
        const model_dim *const dim = &model.dim[x->dim[d]];
        bytes_string(out, d ? "," : "");
        bytes_string(out, dim->name);
        if (dim->length >= 0) {
            bytes_char(out, '=');
            print_int(out, dim->length);
        }
    }
    bytes_string(out, x->rank ? "]" : "");
}

static void info_of_tensor(bytes *out, const char *what, const model_tensor *x)
{
    static const char *const type[] = {"real", "int", "bool", "index", "char"};
    bytes_string(out, what);
    bytes_string(out, x->name);
    info_dims(out, x);
    bytes_string(out, ": ");
    bytes_string(out, type[x->type]);
    if (x->type == MODEL_INDEX) {
        bytes_string(out, " 0 .. ");
        print_int(out, x->extent - 1);
    }
    bytes_string(out, x->optional ? ", optional\n" : "\n");
}

static void info_print(bytes *out)
{
    bytes_string(out, model.name);
    bytes_string(out, model.title[0] ? " - " : "");
    bytes_string(out, model.title);
    bytes_string(out, "\ncompiled by sinter ");
    bytes_string(out, model.version);
    bytes_char(out, '\n');
    for (int n = 0; n < model.inputs; n++) {
        info_of_tensor(out, "input ", &model.input[n]);
    }
    for (int n = 0; n < model.outputs; n++) {
        info_of_tensor(out, "output ", &model.output[n]);
    }
    if (model.states > 0) {
        size_t kept = 0;
        for (int n = 0; n < model.states; n++) {
            kept += model.state_bytes[n];
        }
        bytes_string(out, "state ");
        print_int(out, (int64_t)kept);
        bytes_string(out, " bytes, kept from text to text; each sequence of --in begins anew\n");
    }
    for (int d = 0; d < model.dims; d++) {
        const model_dim *const dim = &model.dim[d];
        if (dim->length < 0) {
            bytes_string(out, "ragged ");
            bytes_string(out, dim->name);
            if (dim->bound != INT64_MAX) {
                bytes_string(out, " <= ");
                print_int(out, dim->bound);
            }
            bytes_string(out, dim->given ? "\n" : ", computed\n");
        }
    }
    if (model.labels > 0) {
        bytes_string(out, "labels");
        for (int i = 0; i < model.labels; i++) {
            bytes_string(out, i ? ", " : " ");
            bytes_string(out, model.label[i]);
        }
        bytes_char(out, '\n');
    }
    bytes_string(out, "parameters ");
    print_int(out, model.parameters);
    bytes_string(out, ", ");
    print_int(out, model.weight_bytes);
    bytes_string(out, " bytes\ntokenizer ");
    bytes_string(out, model.tokenize ? "built in\n" : model_reads_texts() ? "characters\n" : "none\n");
#ifdef MODEL_THREADS
    bytes_string(out, "threads yes\n");
#else
    bytes_string(out, "threads no\n");
#endif
    if (model.kernels) {
        const char *const kernels = model.kernels();
        bytes_string(out, "kernels ");
        bytes_string(out, kernels ? kernels : "none: this machine cannot run them");
        bytes_char(out, '\n');
    }
    for (const char *const *fact = model.facts; *fact; fact++) {
        bytes_string(out, *fact);
        bytes_char(out, '\n');
    }
}
