/* cli.h - the command line of a compiled model: its nouns, in the order in which an input passes through them
 *
 *   options -> source -> job -> (worker: text or tensors -> pack -> model.run -> print or record) -> sink
 *
 * The reading thread fills jobs with raw input; a worker turns a job into output; sinks take jobs in the order of the input. Every file is
 * pasted into one translation unit, so all functions are static. Input is never trusted: sizes are checked before they are added or
 * multiplied, and every error ends as a `trouble`, which only main prints. */
#ifndef CLI_H
#define CLI_H

#include "posix.h"

#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#ifdef MODEL_THREADS
#include <pthread.h>
#endif

/* ---- bytes.c: a buffer that grows. A failed allocation sets `failed`, later additions do nothing; who uses the bytes asks once. */
typedef struct bytes {
    char *at;
    size_t size, room;
    int failed;
} bytes;

static void bytes_add(bytes *b, const void *data, size_t size);
static void bytes_string(bytes *b, const char *text);
static void bytes_char(bytes *b, char c);
static void bytes_rune(bytes *b, uint32_t rune); /* as UTF-8; what is no character becomes U+FFFD */
static void bytes_free(bytes *b);
/* Makes *array hold at least `need` elements of `size` bytes; 0: out of memory, the array is as it was. */
static int array_grow(void **array, size_t *room, size_t need, size_t size);

/* ---- trouble.c: why the program stops. The first one counts. */
enum { TROUBLE_NONE, TROUBLE_USER, TROUBLE_OURS }; /* exit codes */
typedef struct trouble {
    int code;
    char text[640];
    char hint[160];
} trouble;

static void trouble_set(trouble *t, int code, const char *format, ...);
static void trouble_hint(trouble *t, const char *format, ...);
static void trouble_memory(trouble *t);
static void trouble_near(trouble *t, const char *wrong, size_t size, const char *const *names, int count); /* hint: did you mean ... */
static void trouble_print(const trouble *t);
enum { SHOWN = 72 };
typedef struct shown {
    char text[SHOWN];
} shown;
static shown show(const char *text, size_t size); /* safe for a terminal and short */

/* ---- json.c: a strict reader (RFC 8259, UTF-8 checked) that is pulled along by who knows what should come */
typedef struct json {
    const unsigned char *begin, *at, *end;
    const char *error; /* NULL: none so far */
} json;

static json json_open(const char *text, size_t size);
static int json_take(json *j, char c);           /* skips space; takes c if it comes next */
static int json_want(json *j, char c);           /* the same, an error otherwise */
static int json_string(json *j, bytes *into);    /* appends the decoded string */
static int json_count(json *j, uint64_t *value); /* digits only: no sign, fraction, exponent */
static int json_end(json *j);
static size_t json_place(const json *j); /* of the error: the how manieth byte, from 1 */
static void json_quote(bytes *b, const char *text, size_t size);
/* One UTF-8 character at p < end: its length, 0 if malformed. */
static int rune_read(const unsigned char *p, const unsigned char *end, uint32_t *rune);

/* ---- options.c */
typedef enum option_id { /* in mixed case: names made of the model's own (OPT_IN of a model called opt) are never that */
    opt_INPUT_FORMAT, opt_PAIR, opt_NO_SPECIAL, opt_IN,
    opt_JSON, opt_NPY, opt_OUT, opt_SIMILARITY, opt_TOKENS,
    opt_BATCH, opt_THREADS, opt_KERNELS, opt_DEVICE, opt_BENCH, opt_MILLISECONDS,
    opt_INFO, opt_HELP, opt_VERSION,
    OPTIONS
} option_id;
typedef enum input_format { FORMAT_LINES, FORMAT_JSON, FORMAT_IDS } input_format;
typedef struct options {
    const char *value[OPTIONS]; /* NULL: not given; "" for one without a value */
    input_format format;
    int batch;   /* sequences packed at a time; 0: by rows */
    int threads; /* 1 .. 1024 */
    int milliseconds; /* that --bench takes */
    char **text; /* the arguments that are no options */
    int texts;
} options;

static void options_read(options *o, int argc, char **argv, trouble *t);
static void options_help(bytes *out);
static int model_reads_texts(void); /* it has a tokenizer, or takes characters */
static int model_reads_ids(void);   /* one input says all there is to say */

/* ---- file.c: output that is either whole or not there */
typedef struct outfile {
    const char *path;
    char *part; /* the name while it is written; NULL: `path` is no regular file and is written directly */
    int fd;
} outfile;

static int write_all(int fd, const char *data, size_t size); /* 0, or errno */
static void print_out(const char *data, size_t size, trouble *t); /* to standard output */
static void outfile_open(outfile *f, const char *path, trouble *t);
static void outfile_write(outfile *f, const char *data, size_t size, trouble *t);
static void outfile_write_at_start(outfile *f, const char *data, size_t size, trouble *t);
static void outfile_keep(outfile *f, trouble *t);
static void outfile_drop(outfile *f);

/* ---- lines.c: lines of a file descriptor, without waiting for more than the first */
typedef struct lines {
    int fd;
    int wake; /* a second descriptor to wait for; readable: stop. -1: none */
    int ended;
    bytes held;
    size_t from, looked; /* held.at[from..]: not yet given out; no newline before `looked` */
} lines;
typedef enum line_state { LINE_READ, LINE_LATER, LINE_END, LINE_STOP } line_state;

/* Appends the next line, without its newline, to `into`. LINE_LATER only if `wait` is 0 and a read would block. */
static line_state lines_next(lines *l, bytes *into, int wait, trouble *t);

/* ---- safetensors_in.c */
typedef struct tensor {
    size_t name, name_size; /* in tensors.names */
    int64_t k;              /* of "<k>/<input>" */
    int input;
    int type; /* into the table of dtypes */
    int rank; /* shape holds the first MODEL_MAX_RANK */
    int64_t shape[MODEL_MAX_RANK];
    size_t begin, end; /* bytes of tensors.data */
} tensor;
typedef struct tensors {
    bytes file, names;
    const unsigned char *data;
    tensor *at; /* by k, then by input */
    size_t count, room;
} tensors;

static void tensors_parse(tensors *ts, trouble *t);            /* of ts->file; the message has no file name */
static void tensors_read(tensors *ts, const char *path, trouble *t);
static void tensors_free(tensors *ts);

/* ---- source.c: where sequences come from */
typedef struct item {
    int64_t number;          /* of the line or argument, from 1; the k of --in */
    size_t raw, raw_size;    /* in job.raw */
    size_t pair, pair_size;  /* the second argument of a pair */
    size_t token;            /* in job.token */
    int32_t tokens;
    size_t tensor, tensors;  /* --in: its tensors */
} item;
typedef struct job {
    bytes raw;
    item *item;
    size_t items, item_room;
    model_token *token;
    size_t tokens, token_room;
    int64_t *length; /* [items][model.dims], of given ragged dims */
    size_t length_room;
    unsigned char *present; /* [items][model.inputs] */
    size_t present_room;
    bytes out; /* text for standard output, or records */
    trouble trouble;
    int64_t texts, rows; /* done */
    int done;
} job;
typedef enum source_kind { SOURCE_ARGUMENTS, SOURCE_LINES, SOURCE_TENSORS, SOURCE_MADE } source_kind;
typedef struct source {
    source_kind kind;
    const options *options;
    lines lines;
    tensors tensors;
    size_t next;      /* text or tensor that comes next */
    int64_t number;   /* of the line that came last */
    int made;         /* SOURCE_MADE: how many, for --bench */
    double deadline;  /* not 0: begin again at the end until this time */
    double limit;     /* with a deadline: a pass that takes longer ends in the middle */
    size_t most_items, most_bytes; /* of a job */
    size_t left;      /* bytes that are still to be read; SIZE_MAX: nobody knows */
} source;

static void source_open(source *s, const options *o, trouble *t);
static void source_again(source *s); /* from the first one, for measurements */
/* Empties the job and fills it; 0: there is nothing more. Waits for the first item only. */
static int source_fill(source *s, job *j, trouble *t);
static void source_close(source *s);
/* Where an item came from, for messages: "line 3", "argument 3", "k = 3". */
static shown source_place(const source *s, const item *it);
static void job_free(job *j);
static double now(void); /* seconds */

/* ---- text.c, tensors.c, made.c: what an item says. `prepare` sets lengths and presence, `fill` writes one input's elements. */
struct worker;
static void text_prepare(struct worker *w, job *j, size_t i);
static void text_fill(const job *j, size_t i, int input, void *to);
static void tensors_prepare(struct worker *w, job *j, size_t i);
static const void *tensors_at(const tensors *ts, const item *it, int input); /* NULL: it has to be copied */
static void tensors_fill(const tensors *ts, const item *it, int input, void *to, trouble *t);
static void made_prepare(job *j, size_t i);
static void made_fill(int input, size_t elements, void *to);
static const char *token_string(const model_token *token, char number[16], size_t *size);
static size_t type_size(model_type type);

/* ---- batch.c: packs of sequences, run one after the other */
typedef struct result {
    int64_t shape[MODEL_MAX_RANK];
    size_t elements;
    const void *data;
} result;
typedef struct room {
    void *at;
    size_t bytes;
} room;
typedef struct crew crew;
typedef struct worker {
    crew *crew; /* threads that run its batches with it, or NULL */
    int lane;   /* its own, of a GPU */
    const options *options;
    const source *source;
    struct sink *sink;
    bytes text;           /* of one item, decoded */
    room workspace, *input, *output, *begin, *state;
    const void **input_at;
    void **output_at, **state_at;
    int goes_on; /* the states hold what the text before left */
    int32_t **begin_at;
    int64_t *capacity;
    result *result;
} worker;

static void worker_open(worker *w, const options *o, const source *s, struct sink *sink, trouble *t);
static void worker_close(worker *w);
static void job_answer(worker *w, job *j);

/* ---- number.c */
enum { NUMBER_MOST = 24 };
static void number_string(char *to, double value); /* as %.9g; NUMBER_MOST characters */

/* ---- print.c */
typedef enum view { VIEW_VALUES, VIEW_LABEL, VIEW_TOKEN_LABELS } view;
static view model_view(void);
static void print_plain(bytes *out, const job *j, const item *it, const result *r);
static void print_json(bytes *out, const job *j, const item *it, const result *r);
static void print_tokens_text(bytes *out, const job *j, const item *it);
static void print_tokens_json(bytes *out, const job *j, const item *it, int pair);
static void print_real(bytes *out, double value, int as_json);
static void print_int(bytes *out, int64_t value);

/* ---- sink.c, npy.c, safetensors_out.c, similarity.c: where results go */
typedef enum sink_kind { SINK_TEXT, SINK_JSON, SINK_TOKENS, SINK_NPY, SINK_TENSORS, SINK_SIMILARITY, SINK_NONE } sink_kind;
typedef struct sink {
    sink_kind kind;
    const options *options;
    const source *source;
    int output;    /* the one that SINK_NPY and SINK_SIMILARITY take */
    outfile file;
    bytes records; /* SINK_TENSORS, SINK_SIMILARITY: all of them */
    int64_t count; /* results taken */
    int64_t rows;  /* rows taken, for --bench; SINK_NPY: along the first axis */
    int shaped;
    int64_t shape[MODEL_MAX_RANK]; /* SINK_NPY: of one row */
    int progress;
    double began, told;
} sink;
/* A record is an item's number and the results of all outputs: shape, then elements as the model has them in memory. */
static void record_write(bytes *out, const item *it, const result *r);
static const char *record_read(const char *at, int64_t *number, result *r); /* returns the end */

static void sink_open(sink *s, const options *o, const source *from, trouble *t);
static void sink_item(worker *w, job *j, size_t i, const result *r); /* in a worker; r is NULL for --tokens */
static void sink_take(sink *s, job *j, trouble *t);                  /* in the order of the input */
static void sink_finish(sink *s, trouble *t);
static void sink_drop(sink *s);

static void npy_open(sink *s, trouble *t);
static void npy_take(sink *s, const job *j, trouble *t);
static void npy_finish(sink *s, trouble *t);
static void tensors_write(sink *s, trouble *t);
static void similarity_open(sink *s, trouble *t);
static void similarity_print(sink *s, trouble *t);
static void put_element(bytes *out, model_type type, const void *data, size_t i); /* little-endian: float or int64 */

/* ---- cores.c, crew.c: threads */
static int cores_allowed(void);
static crew *crew_open(int threads); /* NULL: nothing is gained by one, or no thread can be started */
static void crew_close(crew *c);
static size_t crew_size(const crew *c); /* 1 where there is none */
static int crew_answer(crew *c, const model_call *call, void *workspace, size_t size); /* model.run, by all of them */

/* ---- pool.c: jobs through workers, in order */
static void pool_answer(const options *o, source *from, sink *to, trouble *t);

/* ---- bench.c, info.c */
static void bench_measure(const options *o, trouble *t);
static void info_print(bytes *out);

#endif
