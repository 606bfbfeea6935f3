/* streams.c - what is enqueued, and when it is done: as late as it may, when somebody waits for it; with EMU_EAGER at once
 *
 * Copies from memory that is not pinned take what is there when they are enqueued, those from pinned memory what is there when they are done:
 * who writes over it too early is found out. A stream that is captured keeps its operations for a graph. */
#include "inner.h"
#include "streams.h"

#include <stdlib.h>
#include <string.h>

typedef struct Op {
    enum { OP_COPY, OP_SET, OP_KERNEL, OP_WAIT, OP_CALL } kind;
    void *to;
    const void *from;
    unsigned char *kept; /* what is copied, taken when it was enqueued */
    size_t bytes;
    int value;
    EmuLaunch launch;
    void (*call)(const void *data); /* of what is kept */
    cudaStream_t other; /* that is waited for */
    long until;
} Op;

typedef struct Ops {
    Op *op;
    long n, room;
} Ops;

struct emu_stream {
    cudaStream_t next;
    Ops ops, capture; /* for a graph */
    long done;
    int captured; /* and how: its mode plus one */
};
struct emu_event {
    int captured; /* part of a graph: nothing else can wait for it */
    cudaStream_t stream;
    long until; /* operations of it */
};
struct emu_graph {
    Ops ops;
};

typedef struct Pinned {
    struct Pinned *next;
    unsigned char *at;
    size_t bytes;
} Pinned;

static struct emu_stream first; /* that of NULL */
static cudaStream_t streams;
static Pinned *pinned;
static enum cudaStreamCaptureMode mode_of_thread; /* there is one */

static cudaStream_t named(cudaStream_t stream)
{
    return stream ? stream : &first;
}

static void add(Ops *ops, const Op *op)
{
    if (ops->n == ops->room) {
        ops->room = 2 * ops->room + 16;
        ops->op = realloc(ops->op, (size_t)ops->room * sizeof *ops->op);
        if (!ops->op) {
            emu_stop("no memory for what is enqueued");
        }
    }
    ops->op[ops->n++] = *op;
}

static void run_until(cudaStream_t stream, long until)
{
    while (stream->done < until) {
        const Op op = stream->ops.op[stream->done++];
        switch (op.kind) {
        case OP_COPY:
            memcpy(op.to, op.kept ? op.kept : op.from, op.bytes);
            emu_written(op.to, op.bytes);
            break;
        case OP_SET:
            memset(op.to, op.value, op.bytes);
            emu_written(op.to, op.bytes);
            break;
        case OP_KERNEL: emu_launch(&op.launch); break;
        case OP_WAIT: run_until(op.other, op.until); break;
        case OP_CALL: op.call(op.kept); break;
        }
    }
}

void emu_drain(void)
{
    run_until(&first, first.ops.n);
    for (cudaStream_t s = streams; s; s = s->next) {
        run_until(s, s->ops.n);
    }
}

static cudaError_t enqueue(cudaStream_t stream, const Op *op)
{
    stream = named(stream);
    add(stream->captured ? &stream->capture : &stream->ops, op);
    if (stream == &first) {
        emu_drain(); /* the stream of NULL waits for all, and all for it */
    } else if (emu_is_eager() && !stream->captured) {
        run_until(stream, stream->ops.n);
    }
    return cudaSuccess;
}

/* ---- operations ------------------------------------------------------------------------------------------------ */

static int is_pinned(const void *at, size_t bytes)
{
    const unsigned char *const from = at;
    for (const Pinned *p = pinned; p; p = p->next) {
        if (from >= p->at && from + bytes <= p->at + p->bytes) {
            return 1;
        }
    }
    return 0;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream)
{
    EMU_CALL();
    if ((kind != cudaMemcpyDeviceToHost && !emu_owner(to, bytes)) || (kind != cudaMemcpyHostToDevice && !emu_owner(from, bytes))) {
        return cudaErrorInvalidValue;
    }
    const void *const host = kind == cudaMemcpyHostToDevice ? from : kind == cudaMemcpyDeviceToHost ? to : NULL;
    const int now = host && !is_pinned(host, bytes);
    if (now && named(stream)->captured) {
        return cudaErrorStreamCaptureUnsupported;
    }
    Op op = {.kind = OP_COPY, .to = to, .from = from, .bytes = bytes};
    if (now && kind == cudaMemcpyHostToDevice) {
        op.kept = malloc(bytes ? bytes : 1);
        if (!op.kept) {
            return cudaErrorMemoryAllocation;
        }
        memcpy(op.kept, from, bytes);
    }
    const cudaError_t error = enqueue(stream, &op);
    if (now && kind == cudaMemcpyDeviceToHost) {
        run_until(named(stream), named(stream)->ops.n);
    }
    return error;
}

cudaError_t cudaMemsetAsync(void *at, int value, size_t bytes, cudaStream_t stream)
{
    EMU_CALL();
    const Op op = {.kind = OP_SET, .to = at, .value = value, .bytes = bytes};
    return emu_owner(at, bytes) ? enqueue(stream, &op) : cudaErrorInvalidValue;
}

cudaError_t emu_enqueue(const EmuLaunch *launch, cudaStream_t stream)
{
    const Op op = {.kind = OP_KERNEL, .launch = *launch};
    return enqueue(stream, &op);
}

/* What a library does for itself. */
cudaError_t emu_later(void (*call)(const void *data), const void *data, size_t bytes, cudaStream_t stream)
{
    EMU_CALL();
    Op op = {.kind = OP_CALL, .call = call, .kept = malloc(bytes)};
    if (!op.kept) {
        return cudaErrorMemoryAllocation;
    }
    memcpy(op.kept, data, bytes);
    return enqueue(stream, &op);
}

/* ---- pinned memory --------------------------------------------------------------------------------------------- */

cudaError_t cudaMallocHost(void **at, size_t bytes)
{
    EMU_CALL();
    Pinned *const p = malloc(sizeof *p);
    unsigned char *const memory = malloc(bytes ? bytes : 1);
    if (!emu_may_allocate()) {
        free(p);
        free(memory);
        return cudaErrorStreamCaptureUnsupported;
    }
    if (!p || !memory) {
        free(p);
        free(memory);
        return cudaErrorMemoryAllocation;
    }
    memset(memory, EMU_POISON, bytes);
    *p = (Pinned){pinned, memory, bytes};
    pinned = p;
    emu_made(1);
    *at = memory;
    return cudaSuccess;
}

cudaError_t cudaFreeHost(void *at)
{
    EMU_CALL();
    emu_drain();
    for (Pinned **link = &pinned; at && *link; link = &(*link)->next) {
        Pinned *const p = *link;
        if (p->at == at) {
            *link = p->next;
            emu_made(-1);
            free(p->at);
            free(p);
            return cudaSuccess;
        }
    }
    return at ? cudaErrorInvalidValue : cudaSuccess;
}

/* ---- streams, events ------------------------------------------------------------------------------------------- */

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags)
{
    EMU_CALL();
    (void)flags;
    *stream = calloc(1, sizeof **stream);
    if (!*stream) {
        return cudaErrorMemoryAllocation;
    }
    (*stream)->next = streams;
    streams = *stream;
    return cudaSuccess;
}

/* It stays: events may still name it. */
cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    EMU_CALL();
    run_until(stream, stream->ops.n);
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    EMU_CALL();
    if (named(stream)->captured) {
        return cudaErrorStreamCaptureUnsupported;
    }
    run_until(named(stream), named(stream)->ops.n);
    emu_check_guards();
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags)
{
    EMU_CALL();
    (void)flags;
    *event = calloc(1, sizeof **event);
    emu_made(1);
    return *event ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    EMU_CALL();
    emu_made(-1);
    free(event);
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    EMU_CALL();
    *event = (struct emu_event){named(stream)->captured, named(stream), named(stream)->ops.n};
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    EMU_CALL();
    if (event->captured) {
        return cudaErrorStreamCaptureIsolation;
    }
    if (event->stream) {
        run_until(event->stream, event->until);
    }
    return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags)
{
    EMU_CALL();
    const Op op = {.kind = OP_WAIT, .other = event->stream, .until = event->until};
    (void)flags;
    if (event->captured || named(stream)->captured) { /* from inside to outside of a graph, or the other way */
        return cudaErrorStreamCaptureIsolation;
    }
    return event->stream && event->stream != named(stream) ? enqueue(stream, &op) : cudaSuccess;
}

/* ---- graphs ---------------------------------------------------------------------------------------------------- */

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode)
{
    EMU_CALL();
    stream->captured = (int)mode + 1;
    return cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, enum cudaStreamCaptureStatus *status)
{
    EMU_CALL();
    *status = named(stream)->captured ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
    return cudaSuccess;
}

cudaError_t cudaThreadExchangeStreamCaptureMode(enum cudaStreamCaptureMode *mode)
{
    EMU_CALL();
    const enum cudaStreamCaptureMode before = mode_of_thread;
    mode_of_thread = *mode;
    *mode = before;
    return cudaSuccess;
}

int emu_may_allocate(void)
{
    int strict = 0;
    for (cudaStream_t s = streams; s; s = s->next) {
        strict |= s->captured && s->captured - 1 != cudaStreamCaptureModeRelaxed;
    }
    return !strict || mode_of_thread == cudaStreamCaptureModeRelaxed;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph)
{
    const int locked __attribute__((cleanup(emu_unlock), unused)) = emu_lock();
    const cudaError_t failed = emu_call();
    if (failed != cudaSuccess) { /* it has ended all the same */
        stream->capture = (Ops){NULL, 0, 0};
        stream->captured = 0;
        return failed;
    }
    if (!stream->captured) {
        return cudaErrorInvalidValue;
    }
    *graph = calloc(1, sizeof **graph);
    if (!*graph) {
        return cudaErrorMemoryAllocation;
    }
    emu_made(1);
    (*graph)->ops = stream->capture;
    stream->capture = (Ops){NULL, 0, 0};
    stream->captured = 0;
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *made, cudaGraph_t graph, unsigned long long flags)
{
    EMU_CALL();
    (void)flags;
    *made = calloc(1, sizeof **made);
    if (!*made) {
        return cudaErrorMemoryAllocation;
    }
    emu_made(1);
    for (long i = 0; i < graph->ops.n; i++) {
        add(&(*made)->ops, &graph->ops.op[i]);
    }
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
    EMU_CALL();
    emu_made(-1);
    free(graph->ops.op);
    free(graph);
    return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph)
{
    return cudaGraphDestroy(graph);
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t stream)
{
    EMU_CALL();
    static long launched;
    if (named(stream)->captured) {
        return cudaErrorStreamCaptureUnsupported;
    }
    if (getenv("EMU_GRAPHS")) {
        fprintf(stderr, "emu: graph %ld of %ld operations\n", ++launched, graph->ops.n);
    }
    for (long i = 0; i < graph->ops.n; i++) {
        enqueue(stream, &graph->ops.op[i]);
    }
    return cudaSuccess;
}
