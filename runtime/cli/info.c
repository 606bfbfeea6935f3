/* info.c - what this model is */
#include "cli.h"

static void info_dims(bytes *out, const model_tensor *x)
{
    bytes_text(out, x->rank ? "[" : "");
    for (int d = 0; d < x->rank; d++) {
        const model_dim *const dim = &model.dim[x->dim[d]];
        bytes_text(out, d ? "," : "");
        bytes_text(out, dim->name);
        if (dim->length >= 0) {
            bytes_char(out, '=');
            print_int(out, dim->length);
        }
    }
    bytes_text(out, x->rank ? "]" : "");
}

static void info_tensor(bytes *out, const char *what, const model_tensor *x)
{
    static const char *const type[] = {"real", "int", "bool", "index", "char"};
    bytes_text(out, what);
    bytes_text(out, x->name);
    info_dims(out, x);
    bytes_text(out, ": ");
    bytes_text(out, type[x->type]);
    if (x->type == MODEL_INDEX) {
        bytes_text(out, " 0 .. ");
        print_int(out, x->extent - 1);
    }
    bytes_text(out, x->optional ? ", optional\n" : "\n");
}

static void info_print(bytes *out)
{
    bytes_text(out, model.name);
    bytes_text(out, model.title[0] ? " - " : "");
    bytes_text(out, model.title);
    bytes_text(out, "\ncompiled by sinter ");
    bytes_text(out, model.version);
    bytes_char(out, '\n');
    for (int n = 0; n < model.inputs; n++) {
        info_tensor(out, "input ", &model.input[n]);
    }
    for (int n = 0; n < model.outputs; n++) {
        info_tensor(out, "output ", &model.output[n]);
    }
    if (model.states > 0) {
        size_t kept = 0;
        for (int n = 0; n < model.states; n++) {
            kept += model.state_bytes[n];
        }
        bytes_text(out, "state ");
        print_int(out, (int64_t)kept);
        bytes_text(out, " bytes, kept from text to text; each sequence of --in begins anew\n");
    }
    for (int d = 0; d < model.dims; d++) {
        const model_dim *const dim = &model.dim[d];
        if (dim->length < 0) {
            bytes_text(out, "ragged ");
            bytes_text(out, dim->name);
            if (dim->bound != INT64_MAX) {
                bytes_text(out, " <= ");
                print_int(out, dim->bound);
            }
            bytes_text(out, dim->given ? "\n" : ", computed\n");
        }
    }
    if (model.labels > 0) {
        bytes_text(out, "labels");
        for (int i = 0; i < model.labels; i++) {
            bytes_text(out, i ? ", " : " ");
            bytes_text(out, model.label[i]);
        }
        bytes_char(out, '\n');
    }
    bytes_text(out, "parameters ");
    print_int(out, model.parameters);
    bytes_text(out, ", ");
    print_int(out, model.weight_bytes);
    bytes_text(out, " bytes\ntokenizer ");
    bytes_text(out, model.tokenize ? "built in\n" : model_reads_texts() ? "characters\n" : "none\n");
#ifdef MODEL_THREADS
    bytes_text(out, "threads yes\n");
#else
    bytes_text(out, "threads no\n");
#endif
    if (model.kernels) {
        const char *const kernels = model.kernels();
        bytes_text(out, "kernels ");
        bytes_text(out, kernels ? kernels : "none: this machine cannot run them");
        bytes_char(out, '\n');
    }
    for (const char *const *fact = model.facts; *fact; fact++) {
        bytes_text(out, *fact);
        bytes_char(out, '\n');
    }
}
