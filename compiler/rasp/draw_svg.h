/* draw_svg.h - what pages with an SVG inside share with it */
#ifndef SINTER_RASP_DRAW_SVG_H
#define SINTER_RASP_DRAW_SVG_H

#include "draw.h"

void page_xml(Page *page, const char *text); /* as text or in quotes; what no XML may hold is replaced */
void svg_of(Page *page, const Drawing *d, int alone); /* alone: with its style and a ground */

#endif
