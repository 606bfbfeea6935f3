/* command_line.h - all of the command line of a compiled model, around a model by hand that reads tensors */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#define main cli_main
#include "../runtime/cli/posix.h"

#include "codegen/cli/fake_tensors.c"

#include "../runtime/cli/cli.h"

#include "../runtime/cli/bytes.c"
#include "../runtime/cli/trouble.c"
#include "../runtime/cli/json.c"
#include "../runtime/cli/cores.c"
#include "../runtime/cli/options.c"
#include "../runtime/cli/file.c"
#include "../runtime/cli/lines.c"
#include "../runtime/cli/safetensors_in.c"
#include "../runtime/cli/source.c"
#include "../runtime/cli/text.c"
#include "../runtime/cli/tensors.c"
#include "../runtime/cli/made.c"
#include "../runtime/cli/crew.c"
#include "../runtime/cli/batch.c"
#include "../runtime/cli/number.c"
#include "../runtime/cli/print.c"
#include "../runtime/cli/sink.c"
#include "../runtime/cli/npy.c"
#include "../runtime/cli/safetensors_out.c"
#include "../runtime/cli/similarity.c"
#include "../runtime/cli/pool.c"
#include "../runtime/cli/bench.c"
#include "../runtime/cli/info.c"
#include "../runtime/cli/main.c"
#undef main

#endif
