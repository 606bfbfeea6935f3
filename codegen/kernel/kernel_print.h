/* kernel_print.h - kernels in C: a form's text with its holes filled
 *
 * Sizes and words that a template may use besides the holes of its head, x being the letter of a role:
 *     $kernel                 the function's name
 *     $params                 ", const float *x, .." behind its first two parameters, team and batch
 *     $team, $batch           their types
 *     $N_x                    product of the lengths of the fixed dims of x
 *     $rows_x                 how many rows x has in the batch
 *     $locate_x(row)          a line of its own: declares x_sequence and x_place of a row (and x_place2: in several dims), if asked for
 *     $first_x(s) $length_x(s)  of a ragged x: where sequence s begins, and its length
 *     $tiles_x                of a device, if tiles_x: the batch's list of tiles of x: how many; of each its sequence and first position
 *     $NAME_at(..)            pointer to the first element that hole NAME reads there, $NAME_step_x the distance of two x
 *     $NAME_panel(b, panel)   of a load-time hole: pointer to a packed panel
 *     $NAME_halves $NAME_bytes $NAME_scales   the same, as the plan has it: upper halves of floats; bytes, and their scales
 *     if NAME_f32, NAME_bf16, NAME_int8       which of them; outside of `each mate`: of some product
 *     $NAME_run(.., run)      of a hole that is read in runs: pointer to where that run begins, NULL: it is absent. $runs: how many
 *     $sides                  how many rows that belong together are rounded to bytes at once: $N_b in int8, else 1
 *     $rounded                1: some product's rows are rounded to bytes, else 0
 *     $operands               OPERAND_F32, OPERAND_BF16 or OPERAND_F16: what tensor cores multiply where both sides are computed
 *     $shared                 bytes of shared memory that a block is launched with, as the head says
 *     $room_x $left_x $sums_x of a library that multiplies: the rows of x at most in this batch, where they lie and where sums do
 *     $key_at(..)             of scores that are made of one dot product: where the numbers of a key lie (if key_in_place)
 *     $key_step_u             how far one lies behind the other
 *     if NAME_in_place        hole NAME is one tensor, read where it is
 *     if faded                a hole that fades is not 1 at every distance: $NAME is its value at distance 1
 *     each mate, if gated     results of one left side; or one result of several products
 *     each product            of a mate: one, or if gated $products, of which this is the $product-th, from 0
 *     $most                   the most $products of a mate
 * Arguments of a hole are role letters; `qi` is the place in its own sequence where `q` is the row in the batch; acc, acc2 .. are the
 * accumulators of the first part, the second .. (within `each mate`: acc is that mate's). */
#ifndef SINTER_FORMS_KERNEL_PRINT_H
#define SINTER_FORMS_KERNEL_PRINT_H

#include "../match/kernel.h"
#include "lane.h"

/* What can be printed stays a kernel, made ready: left sides that are formulas are stored, right sides packed. What cannot becomes plain
 * again, with the reason. Needs: cover. */
void kernels_prepare(Plan *p, Func *f);

/* Why a kernel that is ready cannot be printed; NULL: it can. */
const char *kernel_refused(Plan *p, Func *f, const Kernel *k);

/* A role whose rows count several ragged dims asks the batch where they begin. */
void kernel_register_pairs(Plan *p, const Kernel *k);

/* What its tensor cores multiply where both sides are computed, as the plan says. */
Arithmetic kernel_operands(const Plan *p, const Kernel *k);

/* The definition goes to p->definitions, the call to `out`; of a device to p->device below `about`, and what starts it to `out`. */
void kernel_print(Plan *p, Func *f, const Kernel *k, const Text *about, Text *out);

#endif
