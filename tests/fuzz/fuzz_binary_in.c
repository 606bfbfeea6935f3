/* Any bytes as what the binary of a compiled model reads: JSON lines (first byte 'j'), or the file of --in, run through a model. */
#include "../command_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int holds)
{
    if (!holds) {
        abort();
    }
}

/* A string that is read can be written, and reads as the same. */
static void fuzz_string(const char *text, size_t size)
{
    bytes once = {NULL, 0, 0, 0}, quoted = {NULL, 0, 0, 0}, twice = {NULL, 0, 0, 0};
    json j = json_open(text, size);
    const int good = json_string(&j, &once) && json_end(&j);
    demand(good == (j.error == NULL) && j.at >= j.begin && j.at <= j.end);
    json_quote(&quoted, once.at ? once.at : "", once.size);
    j = json_open(quoted.at, quoted.size);
    demand(json_string(&j, &twice) && json_end(&j));
    demand(once.size == twice.size && (once.size == 0 || memcmp(once.at, twice.at, once.size) == 0));
    bytes_free(&once);
    bytes_free(&quoted);
    bytes_free(&twice);
}

static void fuzz_run(const options *o, source *from)
{
    trouble t = {0};
    sink to = {.kind = SINK_TENSORS, .options = o, .source = from};
    to.file.fd = -1;
    pool_answer(o, from, &to, &t);
    demand(t.code == TROUBLE_NONE || t.code == TROUBLE_USER);
    demand(!t.code == !t.text[0]);
    sink_drop(&to);
}

static void fuzz_file(const char *text, size_t size)
{
    trouble t = {0};
    options o = {.threads = 1, .value = {[opt_IN] = "fuzz"}};
    source from = {.kind = SOURCE_TENSORS, .options = &o, .most_items = 8, .most_bytes = SIZE_MAX};
    bytes_add(&from.tensors.file, text, size);
    tensors_parse(&from.tensors, &t);
    demand(t.code == TROUBLE_NONE || (t.code == TROUBLE_USER && t.text[0]));
    if (!t.code) {
        fuzz_run(&o, &from);
    }
    source_close(&from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] == 'j') {
        fuzz_string((const char *)data + 1, size - 1);
    } else {
        fuzz_file((const char *)data, size);
    }
    return 0;
}
