/* main.c - the whole program on one screen */
#include "cli.h"

/* A GPU runs the model if there is one, and has a lane for each thread of ours; whoever demands one wants no other answer. */
static void choose_device(options *o, trouble *t)
{
    const char *const wanted = o->value[opt_DEVICE];
    if (!model.open_device || (wanted && strcmp(wanted, "cpu") == 0)) {
        return;
    }
    const char *const why = model.open_device();
    if (!why) {
        const char *const lacks = model.device_lacks ? model.device_lacks() : NULL;
        o->threads = o->threads < model.lanes ? o->threads : model.lanes;
        if (lacks) {
            fprintf(stderr, "%s: %s; kernels of this program multiply\n", model.name, lacks);
        }
    } else if (wanted) {
        trouble_set(t, TROUBLE_USER, "--device=cuda: %s", why);
    } else {
        fprintf(stderr, "%s: %s; the CPU answers\n", model.name, why);
    }
}

static void run_model(const options *o, trouble *t)
{
    source from;
    sink to;
    source_open(&from, o, t);
    if (!t->code) {
        sink_open(&to, o, &from, t);
        if (!t->code) {
            pool_answer(o, &from, &to, t);
        }
        sink_finish(&to, t);
    }
    source_close(&from);
}

static void tell(void (*what)(bytes *out), trouble *t)
{
    bytes out = {NULL, 0, 0, 0};
    what(&out);
    if (out.failed) {
        trouble_memory(t);
    } else {
        print_out(out.at, out.size, t);
    }
    bytes_free(&out);
}

static void version_print(bytes *out)
{
    bytes_string(out, model.name);
    bytes_string(out, ", compiled by sinter ");
    bytes_string(out, model.version);
    bytes_char(out, '\n');
}

int main(int argc, char **argv)
{
    trouble t = {0};
    options o;
    signal(SIGPIPE, SIG_IGN); /* writes report what is wrong */
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN);
#endif
    options_read(&o, argc, argv, &t);
    const char *const kernels = o.value[opt_KERNELS];
    if (!t.code && kernels && !model.use_kernels(kernels)) {
        trouble_set(&t, TROUBLE_USER, "--kernels=%s: there are none of this name that run here", show(kernels, strlen(kernels)).text);
        trouble_hint(&t, "this program has %s; --info says which are in use", model.kernel_names);
    }
    if (!t.code) {
        if (o.value[opt_HELP]) {
            tell(options_help, &t);
        } else if (o.value[opt_VERSION]) {
            tell(version_print, &t);
        } else if (o.value[opt_INFO]) {
            tell(info_print, &t);
        } else {
            choose_device(&o, &t);
            if (!t.code && o.value[opt_BENCH]) {
                bench_measure(&o, &t);
            } else if (!t.code) {
                run_model(&o, &t);
            }
        }
    }
    if (t.code) {
        trouble_print(&t);
    }
    return t.code;
}
