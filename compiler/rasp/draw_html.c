/* draw_html.c - one page with everything in it: the picture, what it says in numbers, the program. It is XML as well. */
#include "../embed.h"
#include "draw_svg.h"

static void add_file(Page *page, const char *path)
{
    const Embedded *file = embed_find(path);
    page_bytes(page, file->text, file->bytes);
}

static void add_input(Page *page, const Drawing *d)
{
    for (int i = 0; i < d->tokens.atom.n; i++) {
        page_puts(page, "<code>");
        page_xml(page, draw_token(d, page->arena, i));
        page_puts(page, "</code>\n");
    }
}

static void add_fact(Page *page, const char *name, const char *value)
{
    page_add(page, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, value);
}

static void add_facts(Page *page, const Flow *flow)
{
    const char *each = "";
    for (int layer = 1; layer <= flow->layers; layer++) {
        each = arena_printf(page->arena, "%s%s%d", each, layer > 1 ? " + " : "", flow_heads(flow, layer));
    }
    page_puts(page, "<dl>\n");
    add_fact(page, "layers", arena_printf(page->arena, "%d", flow->layers));
    add_fact(page, "heads", arena_printf(page->arena, "%d", flow->head.n));
    if (flow->layers > 1) {
        add_fact(page, "heads in each layer", each);
        add_fact(page, "most in one", arena_printf(page->arena, "%d", flow_most_heads(flow)));
    }
    page_puts(page, "</dl>\n");
}

void draw_html(Page *page, const Drawing *d)
{
    page_puts(page, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>");
    page_xml(page, d->name);
    page_puts(page, "</title>\n<style>\n");
    add_file(page, "templates/draw/flow.css");
    add_file(page, "templates/draw/page.css");
    page_puts(page, "</style>\n</head>\n<body>\n<h1>");
    page_xml(page, d->name);
    page_puts(page, "</h1>\n<p>as a transformer computes it, on\n");
    add_input(page, d);
    page_puts(page, "</p>\n");
    add_facts(page, d->flow);
    page_puts(page, "<figure>\n");
    svg_of(page, d, 0);
    page_puts(page,
              "</figure>\n<figcaption>A row of a grid is a query, a column a key; a filled cell says that the query looks at the key. "
              "Below a grid stand the values of the keys, on its right what each query gets: the mean of the values it looks at, or the "
              "default where it looks at none. What is read beyond the next column travels on a lane above.</figcaption>\n"
              "<details><summary>The program</summary>\n<pre>");
    page_xml(page, arena_printf(page->arena, "%.*s", (int)d->flow->p->source->bytes, d->flow->p->source->text));
    page_puts(page, "</pre>\n</details>\n<script>\n");
    add_file(page, "templates/draw/flow.js");
    page_puts(page, "</script>\n</body>\n</html>\n");
}
