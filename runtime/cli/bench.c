/* bench.c - how fast the model is here: packed throughput, and latency of one sequence at a time */
#include "cli.h"

enum { BENCH_MADE = 256, BENCH_LATENCIES = 1 << 16 };

typedef struct bench_input {
    bytes text;
    size_t *line; /* where each begins in text */
    size_t lines, room;
    char **at;
} bench_input;

/* The line read last becomes two arguments. */
static void bench_pair(bench_input *in, trouble *t)
{
    char *const tab = strchr(in->text.at + in->line[in->lines - 1], '\t');
    void *at = in->line;
    const int have = array_grow(&at, &in->room, in->lines + 1, sizeof *in->line);
    in->line = at;
    if (!tab) {
        trouble_set(t, TROUBLE_USER, "line %zu: --pair wants two texts with one TAB between them", in->lines / 2 + 1);
    } else if (!have) {
        trouble_memory(t);
    } else {
        *tab = '\0';
        in->line[in->lines++] = (size_t)(tab + 1 - in->text.at);
    }
}

/* All lines of standard input become arguments, so that they can be read again; a NUL ends a text here. */
static void bench_lines(bench_input *in, options *o, trouble *t)
{
    lines from = {STDIN_FILENO, -1, 0, {NULL, 0, 0, 0}, 0, 0};
    while (!t->code) {
        void *at = in->line;
        const int have = array_grow(&at, &in->room, in->lines + 1, sizeof *in->line);
        in->line = at;
        if (!have) {
            trouble_memory(t);
            break;
        }
        in->line[in->lines] = in->text.size;
        if (lines_next(&from, &in->text, 1, t) != LINE_READ) {
            break;
        }
        bytes_char(&in->text, '\0');
        in->lines++;
        if (o->value[opt_PAIR] && o->format == FORMAT_LINES && !in->text.failed) {
            bench_pair(in, t);
        }
    }
    bytes_free(&from.held);
    in->at = calloc(in->lines + 1, sizeof *in->at);
    if (!in->at || in->text.failed || in->lines > INT_MAX) {
        trouble_memory(t);
        return;
    }
    for (size_t i = 0; i < in->lines; i++) {
        in->at[i] = in->text.at + in->line[i];
    }
    o->text = in->at;
    o->texts = (int)in->lines;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

typedef struct bench_result {
    double texts, rows, seconds; /* packed */
    double percent[4];           /* 50, 90, 99, 100: seconds of one sequence */
} bench_result;

static void bench_latency(const options *o, source *from, sink *to, bench_result *r, trouble *t)
{
    double *const time = malloc(BENCH_LATENCIES * sizeof *time);
    worker w;
    job j;
    size_t count = 0;
    memset(&j, 0, sizeof j);
    worker_open(&w, o, from, to, t);
    w.crew = crew_open(o->threads);
    from->most_items = 1;
    from->limit = from->deadline = now() + o->milliseconds / 3e3; /* the packed batch takes the rest */
    source_again(from);
    while (time && !t->code && count < BENCH_LATENCIES && source_fill(from, &j, t)) {
        const double begin = now();
        job_answer(&w, &j);
        time[count++] = now() - begin;
        if (j.trouble.code) {
            *t = j.trouble;
        }
    }
    if (!time) {
        trouble_memory(t);
    } else if (count > 0) {
        static const double percent[4] = {0.5, 0.9, 0.99, 1};
        qsort(time, count, sizeof *time, by_size);
        for (int i = 0; i < 4; i++) {
            r->percent[i] = time[(size_t)(percent[i] * (double)(count - 1))];
        }
    }
    crew_close(w.crew);
    worker_close(&w);
    job_free(&j);
    free(time);
}

static void bench_print(const options *o, const bench_result *r, trouble *t)
{
    char text[640];
    const double texts = r->texts / r->seconds, rows = r->rows / r->seconds, speed = model.flops_per_row * rows / 1e9;
    const char *const what = model.ids >= 0 ? "tokens" : "rows";
    if (o->value[opt_JSON]) {
        snprintf(text, sizeof text,
                 "{\"texts_per_second\":%.9g,\"%s_per_second\":%.9g,\"gflops\":%.9g,\"seconds\":%.9g,\"threads\":%d,"
                 "\"latency_p50\":%.9g,\"latency_p90\":%.9g,\"latency_p99\":%.9g,\"latency_max\":%.9g}\n",
                 texts, what, rows, speed, r->seconds, o->threads, r->percent[0], r->percent[1], r->percent[2], r->percent[3]);
    } else {
        char flops[48] = "";
        if (speed > 0) {
            snprintf(flops, sizeof flops, ", %.1f GFLOP/s", speed);
        }
        snprintf(text, sizeof text,
                 "packed:  %.0f texts/s, %.0f %s/s%s (%.0f texts in %.2f s, threads: %d)\n"
                 "latency: 50%% %.3f ms, 90%% %.3f ms, 99%% %.3f ms, most %.3f ms (one at a time)\n",
                 texts, rows, what, flops, r->texts, r->seconds, o->threads, 1e3 * r->percent[0], 1e3 * r->percent[1], 1e3 * r->percent[2],
                 1e3 * r->percent[3]);
    }
    print_out(text, strlen(text), t);
}

static void bench_measure(const options *given, trouble *t)
{
    options o = *given;
    bench_input in = {{NULL, 0, 0, 0}, NULL, 0, 0, NULL};
    source from;
    sink to;
    bench_result r = {0, 0, 0, {0, 0, 0, 0}};
    const int reads = model_reads_texts() || (model_reads_ids() && o.format == FORMAT_IDS);
    if (!o.value[opt_IN] && o.texts == 0 && reads && !isatty(STDIN_FILENO)) {
        bench_lines(&in, &o, t);
    }
    source_open(&from, &o, t);
    if (from.kind == SOURCE_LINES) {
        from.kind = SOURCE_MADE;
        from.made = BENCH_MADE;
    }
    sink_open(&to, &o, &from, t);
    to.kind = SINK_NONE;
    if (!t->code) {
        bench_latency(&o, &from, &to, &r, t);
    }
    if (!t->code) {
        from.most_items = o.batch > 0 ? (size_t)o.batch : 32;
        source_again(&from);
        to.began = to.told = now();
        from.deadline = to.began + o.milliseconds * 2 / 3e3;
        from.limit = to.began + o.milliseconds * 4 / 3e3; /* whole passes, where one is no longer: each text counts as often as another */
        pool_answer(&o, &from, &to, t);
        r.seconds = now() - to.began;
        r.texts = (double)to.count;
        r.rows = (double)to.rows;
    }
    sink_drop(&to);
    if (!t->code && to.count == 0) {
        trouble_set(t, TROUBLE_USER, "--bench: there is nothing to run");
    }
    if (!t->code) {
        bench_print(&o, &r, t);
    }
    source_close(&from);
    bytes_free(&in.text);
    free(in.line);
    free(in.at);
}
