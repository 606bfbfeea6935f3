/* The numbers of a panel: as they are, halved, or rounded to bytes. */
#include "panel.h"

#include <math.h>
#include <string.h>

/* ---- sizes --------------------------------------------------------------------------------------------------------------------------- */

static int64_t panels_of(const Panel *panel)
{
    return (panel->n + PANEL - 1) / PANEL;
}

static int64_t groups_of(const Panel *panel)
{
    return (panel->k + PANEL_GROUP - 1) / PANEL_GROUP;
}

/* Of a panel of floats or halves. */
static int64_t rows_of(const Panel *panel)
{
    return panel->k + (panel->pairs ? 2 : 0);
}

int64_t panel_step(const Panel *panel)
{
    return panel->scales                          ? groups_of(panel) * 2 * PANEL
           : panel->arithmetic == ARITHMETIC_INT8 ? (panel->k + 3) / 4 * 4 * PANEL
                                                  : rows_of(panel) * PANEL;
}

int64_t panel_row(const Panel *panel)
{
    static const int64_t whole[ARITHMETICS] = {
        [ARITHMETIC_F32] = 4, [ARITHMETIC_BF16] = 8, [ARITHMETIC_F16] = 8, [ARITHMETIC_INT8] = 64};
    const int64_t to = whole[panel->arithmetic];
    return panel->scales ? groups_of(panel) * 2 : (panel->k + to - 1) / to * to;
}

int64_t panel_map(const Panel *panel)
{
    const int halves = panel->arithmetic == ARITHMETIC_BF16 || panel->arithmetic == ARITHMETIC_F16;
    return panel->rows && halves ? PANEL_MAP : 0;
}

int64_t panel_count(const Panel *panel)
{
    return panel->rows ? panel->b * panel->n * panel_row(panel) : panel->b * panels_of(panel) * panel_step(panel);
}

const char *panel_type(const Panel *panel)
{
    const int halves = panel->arithmetic == ARITHMETIC_BF16 || panel->arithmetic == ARITHMETIC_F16;
    return halves ? "uint16_t" : panel->arithmetic == ARITHMETIC_INT8 && !panel->scales ? "int8_t" : "float";
}

const char *panel_text(Arena *arena, const Panel *panel)
{
    const long long panels = panels_of(panel), groups = groups_of(panel), k = panel->k, fours = (k + 3) / 4;
    const char *b = panel->b > 1 ? arena_printf(arena, "[%lld]", (long long)panel->b) : "";
    const long long n = panel->n, row = panel_row(panel);
    return panel->rows && panel->scales           ? arena_printf(arena, "%s[%lld][%lld][2]", b, n, groups)
           : panel->rows                          ? arena_printf(arena, "%s[%lld][%lld]", b, n, row)
           : panel->scales                        ? arena_printf(arena, "%s[%lld][%lld][2][%d]", b, panels, groups, PANEL)
           : panel->arithmetic == ARITHMETIC_INT8 ? arena_printf(arena, "%s[%lld][%lld][%d][4]", b, panels, fours, PANEL)
           : panel->pairs                         ? arena_printf(arena, "%s[%lld][%lld + 2][%d]", b, panels, k, PANEL)
                                                  : arena_printf(arena, "%s[%lld][%lld][%d]", b, panels, k, PANEL);
}

/* ---- values -------------------------------------------------------------------------------------------------------------------------- */

typedef struct Numbers {
    const Panel *panel;
    PanelValue *value;
    const void *source;
} Numbers;

/* Of a column counted over all panels, of any b; 0 beyond N and K. */
static double value_at(const Numbers *s, int64_t column, int64_t k)
{
    const Panel *panel = s->panel;
    const int64_t wide = panels_of(panel) * PANEL, n = column % wide;
    return n < panel->n && k < panel->k ? s->value(s->source, panel->at_b[column / wide] + panel->at_n[n] + panel->at_k[k]) : 0.0;
}

uint16_t bf16_of(double x)
{
    const float near = (float)x;
    uint32_t bits;
    memcpy(&bits, &near, sizeof bits);
    if (x != x) {
        return (uint16_t)(bits >> 16 | 0x40u);
    }
    if ((bits & 0xFFFFu) == 0x8000u && (double)near != x) { /* the float was rounded to a tie that the number is none of */
        bits = fabs((double)near) > fabs(x) ? bits - 1 : bits + 1;
    }
    return (uint16_t)((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

/* What a byte of this column and group counts. NAN where a number is not finite, 0 where all are 0. */
static float scale_of(const Numbers *s, int64_t column, int64_t group)
{
    double most = 0;
    for (int64_t k = group * PANEL_GROUP; k < (group + 1) * PANEL_GROUP && k < s->panel->k; k++) {
        const double x = fabs(value_at(s, column, k));
        if (!(x <= 3.4028234663852886e38)) {
            return NAN;
        }
        most = x > most ? x : most;
    }
    return (float)(most / 127.0);
}

static const float *scales_of(Arena *arena, const Numbers *s)
{
    const Panel *panel = s->panel;
    const int64_t columns = panel->b * panels_of(panel) * PANEL, groups = groups_of(panel);
    if (!*panel->scale) {
        float *scale = arena_array(arena, float, columns *groups + 1);
        for (int64_t i = 0; i < columns * groups; i++) {
            scale[i] = scale_of(s, i / groups, i % groups);
        }
        *panel->scale = scale;
    }
    return *panel->scale;
}

static int byte_at(const Numbers *s, const float *scale, int64_t column, int64_t k)
{
    const float each = scale[column * groups_of(s->panel) + k / PANEL_GROUP];
    const double byte = each > 0 && k < s->panel->k ? nearbyint(value_at(s, column, k) / (double)each) : 0.0;
    return byte > 127 ? 127 : byte < -127 ? -127 : (int)byte;
}

/* ---- arrays -------------------------------------------------------------------------------------------------------------------------- */

static void fill_scales(const Numbers *s, const float *scale, int64_t first, int64_t n, float *out)
{
    const int64_t groups = groups_of(s->panel);
    for (int64_t i = first; i < first + n; i++) {
        const int64_t lane = i % PANEL, sums = i / PANEL % 2, group = i / (2 * PANEL) % groups, panel = i / (2 * PANEL * groups);
        const int64_t column = panel * PANEL + lane;
        int sum = 0;
        for (int64_t k = group * PANEL_GROUP; sums && k < (group + 1) * PANEL_GROUP && k < s->panel->k; k++) {
            sum += byte_at(s, scale, column, k);
        }
        out[i - first] = sums ? (float)sum : scale[column * groups + group];
    }
}

static void fill_bytes(const Numbers *s, const float *scale, int64_t first, int64_t n, int8_t *out)
{
    const int64_t fours = (s->panel->k + 3) / 4;
    for (int64_t i = first; i < first + n; i++) {
        const int64_t within = i % 4, lane = i / 4 % PANEL, four = i / (4 * PANEL) % fours, panel = i / (4 * PANEL * fours);
        out[i - first] = (int8_t)byte_at(s, scale, panel * PANEL + lane, four * 4 + within);
    }
}

/* What the tile has too much of when a column goes in pairs, negative; as it adds, numbers are rounded before. */
static double pairs_of(const Numbers *s, int64_t column)
{
    double sum = 0;
    for (int64_t k = 0; k + 3 <= s->panel->k; k += 3) {
        sum -= (double)(float)value_at(s, column, k) * (double)(float)value_at(s, column, k + 1);
    }
    return sum;
}

/* What columns are long on average. 0: nothing, or some are so long that a row as long as others would lose digits. */
static double length_of(const Numbers *s)
{
    enum { FARTHEST = 8 };
    const Panel *panel = s->panel;
    double all = 0, most = 0;
    for (int64_t column = 0; column < panel->b * panels_of(panel) * PANEL; column++) {
        double squares = 0;
        for (int64_t k = 0; k < panel->k; k++) {
            squares += value_at(s, column, k) * value_at(s, column, k);
        }
        all += sqrt(squares);
        most = sqrt(squares) > most ? sqrt(squares) : most;
    }
    const double length = all / (double)(panel->b * panel->n);
    return length > 1e-10 && length < 1e10 && most <= FARTHEST * length ? length : 0;
}

/* Number i of an array of panels that go in pairs. */
static double paired_at(const Numbers *s, int64_t i)
{
    const Panel *panel = s->panel;
    const int64_t lane = i % PANEL, row = i / PANEL, k = row % rows_of(panel), column = row / rows_of(panel) * PANEL + lane;
    return k < panel->k ? value_at(s, column, k) : k == panel->k ? pairs_of(s, column) : (double)**panel->scale;
}

static double number_at(const Numbers *s, int64_t i)
{
    const int64_t lane = i % PANEL, row = i / PANEL;
    return value_at(s, row / s->panel->k * PANEL + lane, row % s->panel->k);
}

void panel_fill(Arena *arena, const Panel *panel, PanelValue *value, const void *source, int64_t first, int64_t n, void *out)
{
    const Numbers s = {panel, value, source};
    if (panel->arithmetic == ARITHMETIC_INT8) {
        const float *scale = scales_of(arena, &s);
        panel->scales ? fill_scales(&s, scale, first, n, out) : fill_bytes(&s, scale, first, n, out);
        return;
    }
    if (panel->pairs && !*panel->scale) {
        *panel->scale = arena_array(arena, float, 1);
        **panel->scale = (float)length_of(&s);
    }
    for (int64_t i = 0; i < n; i++) {
        const double x = panel->pairs ? paired_at(&s, first + i) : number_at(&s, first + i);
        if (panel->arithmetic == ARITHMETIC_BF16) {
            ((uint16_t *)out)[i] = bf16_of(x);
        } else {
            ((float *)out)[i] = (float)x;
        }
    }
}
