/* Templates: what a head says, what a text becomes, and what is said of each that is malformed. */
#include "../fixture.h"

#include "../../codegen/template/template.h"

#define HEAD "//$ form   double: y[t] = $store($a(t))\n//$ target c neon\n"

static Template *read_text(const char *text)
{
    return template_read(arena, d, source_of_text(arena, "double.c", text, strlen(text)));
}

static void a_head_becomes_fields(void **state)
{
    (void)state;
    const Template *t = read_text("//$ form   gemm: y[b,m,n] = $store(sum[k] $a(b,m,k)\n"
                                  "//$            * $w(b,n,k))\n"
                                  "//$ need   n\n"
                                  "//$ target c avx2 avx512\n"
                                  "//$ # for readers of the template\n"
                                  "//$ hole   $a  in place, staged, lanes k\n"
                                  "//$ hole   $w  load-time panel48\n"
                                  "//$ hole   $s  dot 256, lanes q\n"
                                  "//$ hole   $p  lanes q, classes full causal\n"
                                  "//$ when   n <= 512\n"
                                  "//$ sample\n"
                                  "//$ end\n");
    assert_non_null(t);
    assert_string_equal(t->name, "gemm");
    assert_int_equal(t->head.n, 8);
    assert_string_equal(template_field(t, "form")->text, "gemm: y[b,m,n] = $store(sum[k] $a(b,m,k) * $w(b,n,k))");
    assert_string_equal(template_field(t, "need")->text, "n");
    assert_string_equal(template_field(t, "when")->text, "n <= 512");
    assert_null(template_field(t, "cost"));
    assert_int_equal(t->targets, TARGET_C | TARGET_AVX2 | TARGET_AVX512);
    const TemplateHole *a = template_hole(t, "a"), *w = template_hole(t, "w"), *s = template_hole(t, "s"), *p = template_hole(t, "p");
    assert_true(a->in_place && a->staged && a->lanes == 'k' && !a->layout);
    assert_true(!w->in_place && !w->staged && !w->lanes);
    assert_string_equal(w->layout, "panel48");
    assert_true(s->dot == 256 && s->lanes == 'q' && !s->classes);
    assert_string_equal(p->classes, "full causal");
    assert_null(template_hole(t, "z"));
    assert_int_equal(read_text("//$ form   a: y[t] = 1\n//$ target cpu\n//$ sample\n//$ end\n")->targets, TARGET_C | TARGET_AVX2 | TARGET_AVX512 | TARGET_NEON);
    assert_int_equal(source_place(a->span.source, a->span.begin).line, 6);
}

typedef struct Answers {
    int mates, mate, staged;
    char *text;
} Answers;

static const char *hole(void *with, Str name, const Str *argument, int n)
{
    const Answers *a = with;
    const char *first = n > 0 ? argument[0] : "", *second = n > 1 ? argument[1] : "";
    return strcmp(name, "kernel") == 0  ? "twice"
           : strcmp(name, "params") == 0 ? ", float *y"
           : strcmp(name, "mate") == 0   ? arena_printf(arena, "%d", a->mate)
           : strcmp(name, "store") == 0  ? arena_printf(arena, "y[%s] = %s;\ny[%s] += %d;", first, second, first, a->mate)
           : strcmp(name, "nothing") == 0 ? ""
                                          : NULL;
}

static int times(void *with, Str name)
{
    const Answers *a = with;
    return strcmp(name, "mates") == 0 ? a->mates : strcmp(name, "staged") == 0 ? a->staged : -1;
}

static void turn(void *with, Str name, int i)
{
    Answers *a = with;
    assert_string_equal(name, "mates");
    a->mate = i;
}

static const char *render(const char *text, Answers *a)
{
    const Template *t = read_text(arena_printf(arena,
                                               HEAD "//$ sample\n#define $kernel k\n#define $params float *y\n#define $mate 1\n"
                                                    "#define $store(row, acc) y[row] = acc\n#define $nothing\n#define $lost 1\n"
                                                    "#include <x.h>\n//$ end\n%s",
                                               text));
    if (!t) {
        return diag_text(arena, d);
    }
    const TemplateFill fill = {.with = a, .hole = hole, .times = times, .turn = turn};
    Text *out = text_new(arena, 0);
    if (!template_render(t, &fill, out, d)) {
        return diag_text(arena, d);
    }
    return arena_printf(arena, "%.*s", out->at.n, out->at.at ? out->at.at : "");
}

static void holes_are_filled(void **state)
{
    (void)state;
    Answers a = {.mate = 7};
    assert_string_equal(render("void $kernel(int n $params)\n{\n    for (;;) {\n        $store(row, acc)\n    }\n    $nothing;\n    f($mate);\n}\n", &a),
                        "void twice(int n, float *y)\n{\n    for (;;) {\n        y[row] = acc;\n        y[row] += 7;\n    }\n    f(7);\n}\n");
}

static void parts_are_there_or_not_and_as_often_as_asked(void **state)
{
    (void)state;
    static const char text[] = "a\n"
                               "//$ if staged\n"
                               "staged\n"
                               "//$ each mates\n"
                               "    mate $mate\n"
                               "//$ end\n"
                               "//$ else\n"
                               "//$ # why\n"
                               "in place\n"
                               "//$ end\n"
                               "    //$ if not staged\n"
                               "again\n"
                               "    //$ end\n"
                               "z\n";
    Answers with = {.mates = 2, .staged = 1}, without = {.mates = 2}, none = {.staged = 1};
    assert_string_equal(render(text, &with), "a\nstaged\n    mate 0\n    mate 1\nz\n");
    assert_int_equal(with.mate, -1);
    assert_string_equal(render(text, &without), "a\nin place\nagain\nz\n");
    assert_string_equal(render(text, &none), "a\nstaged\nz\n");
}

/* text and what is said of it, the source line left out */
static void complains(const char *text, const char *said)
{
    Answers a = {.mates = 1};
    d = diag_new(arena);
    const char *is = render(text, &a), *line = strchr(is, '\n');
    assert_string_equal(arena_printf(arena, "%.*s", line ? (int)(line - is) : (int)strlen(is), is), said);
}

static void a_malformed_text_is_an_error_at_its_place(void **state)
{
    (void)state;
    complains("x\n  $lots\n", "double.c:13:3: error: the sample does not define '$lots'");
    complains("$store(row);\n", "double.c:12:1: error: '$store' takes 2 arguments, each a name");
    complains("$store(row, acc, i);\n", "double.c:12:1: error: '$store' takes 2 arguments, each a name");
    complains("$store(row + 1, acc);\n", "double.c:12:1: error: '$store' takes 2 arguments, each a name");
    complains("$store;\n", "double.c:12:1: error: '$store' takes 2 arguments, each a name");
    complains("$store(2, acc);\n", "double.c:12:1: error: '$store' takes 2 arguments, each a name");
    complains("//$ if\n//$ end\n", "double.c:12:5: error: unknown line '//$ if'");
    complains("//$ if a b\n//$ end\n", "double.c:12:1: error: a name is expected after 'if'");
    complains("//$ each mates\n", "double.c:12:1: error: this part has no '//$ end'");
    complains("//$ end\n", "double.c:12:1: error: '//$ end' without a part that it ends");
    complains("//$ else\n", "double.c:12:1: error: '//$ else' without a part that it ends");
    complains("//$ each mates\n//$ else\n//$ end\n", "double.c:13:1: error: '//$ else' in a part that is no 'if'");
    complains("//$ unless x\n", "double.c:12:5: error: unknown line '//$ unless x'");
    complains("//$ if strange\n//$ end\n", "double.c:12:8: error: nothing is known of 'strange'");
    complains("a $lost b\n", "double.c:12:3: error: nothing is known that could stand for '$lost'");
    complains("//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n"
              "//$ if a\n//$ if a\n//$ if a\n//$ if a\n//$ if a\n",
              "double.c:28:1: error: more than 16 parts within each other");
}

static void says(const char *text, const char *said)
{
    d = diag_new(arena);
    assert_null(read_text(text));
    const char *is = diag_text(arena, d), *line = strchr(is, '\n');
    assert_string_equal(arena_printf(arena, "%.*s", (int)(line - is), is), said);
}

static void a_malformed_head_is_an_error_at_its_place(void **state)
{
    (void)state;
    says("//$ shape  x\n", "double.c:1:5: error: unknown line in the head of a form: 'shape'");
    says("//$ need\n", "double.c:1:5: error: 'need' says nothing");
    says("int x;\n", "double.c:1:1: error: text before the sample");
    says(HEAD, "double.c: error: the form has no sample");
    says("//$ sample\n//$ end\n", "double.c: error: no line '//$ form NAME: EQUATION' before the sample");
    says("//$ form   y[t] = 1\n//$ sample\n", "double.c:1:12: error: a form is NAME: EQUATION");
    says(HEAD "//$ form   b: y[t] = 1\n//$ sample\n", "double.c:3:12: error: a file has one form, and this is the second: 'double' is the first");
    says("//$ form   b: y[t] = 1\n//$ sample\n", "double.c:1:12: error: 'b' serves no target");
    says(HEAD "//$ target arm\n//$ sample\n", "double.c:3:12: error: unknown target 'arm'");
    says(HEAD "//$ hole   a\n//$ sample\n", "double.c:3:12: error: a line about a hole begins with its name: '$a'");
    says(HEAD "//$ hole   $a staged\n//$ hole   $a lanes k\n//$ sample\n", "double.c:4:12: error: '$a' has two lines");
    says(HEAD "//$ hole   $a staged, wide\n//$ sample\n", "double.c:3:12: error: 'wide' is nothing that a hole can be");
    says(HEAD "//$ hole   $a fades t\n//$ sample\n", "double.c:3:12: error: 'fades t' is nothing that a hole can be");
    says(HEAD "//$ hole   $a lanes two\n//$ sample\n", "double.c:3:12: error: 'lanes two' is nothing that a hole can be");
    says(HEAD "//$ sample\n#define $a 1\n", "double.c:3:1: error: the sample has no '//$ end'");
    says(HEAD "//$ sample\n//$ if x\n", "double.c:4:5: error: '//$ if x' within the sample");
    says(HEAD "//$ sample\n#define $a(a, b, c, d, e, f, g, h, i, j, k, l, m) 1\n", "double.c:4:9: error: '$a' takes more than 12 arguments");
}

/* Sorted by name; for processors first, then for GPUs; and those beside a form by the form's name. */
static int is_before(const Template *a, const Template *b)
{
    const int name = strcmp(a->name, b->name), kind = !(b->targets & TARGET_CUDA) - !(a->targets & TARGET_CUDA);
    const HeadField *of_a = template_field(a, "beside"), *of_b = template_field(b, "beside");
    return name < 0 || (name == 0 && (kind < 0 || (kind == 0 && of_b && strcmp(of_a ? of_a->text : "", of_b->text) < 0)));
}

static void a_folder_adds_forms_and_replaces_those_of_the_same_name(void **state)
{
    (void)state;
    Templates all = {0}, more = {0}, beside = {0};
    assert_true(templates_load(arena, d, NULL, 0, &all));
    for (int i = 1; i < all.n; i++) {
        assert_true(is_before(all.at[i - 1], all.at[i]));
    }
    files_put_text("one.c", "//$ form   aaa: y[t] = $a(t)\n//$ target c\n//$ sample\n//$ end\n");
    files_put_text("two.c", "//$ form   aaa: y[t] = $b(t)\n//$ target c\n//$ sample\n//$ end\n");
    files_put_text("no_form.txt", "anything");
    const char *folder[] = {"."};
    assert_true(templates_load(arena, d, folder, 1, &more));
    assert_int_equal(more.n, all.n + 1);
    assert_string_equal(more.at[0]->name, "aaa");
    assert_string_equal(template_field(more.at[0], "form")->text, "aaa: y[t] = $b(t)");
    files_put_text("other.c", "//$ form   aaa: y[t] = $c(t)\n//$ beside map\n//$ target c\n//$ sample\n//$ end\n");
    assert_true(templates_load(arena, d, folder, 1, &beside));
    assert_int_equal(beside.n, more.n + 1); /* beside a form: another text, though of one name */

    Templates none = {0};
    const char *missing[] = {"missing"};
    assert_false(templates_load(arena, d, missing, 1, &none));
    assert_string_equal(diag_text(arena, d), "missing: error: cannot be read as a folder of forms: No such file or directory\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_head_becomes_fields, begin, end),
        cmocka_unit_test_setup_teardown(holes_are_filled, begin, end),
        cmocka_unit_test_setup_teardown(parts_are_there_or_not_and_as_often_as_asked, begin, end),
        cmocka_unit_test_setup_teardown(a_malformed_text_is_an_error_at_its_place, begin, end),
        cmocka_unit_test_setup_teardown(a_malformed_head_is_an_error_at_its_place, begin, end),
        cmocka_unit_test_setup_teardown(a_folder_adds_forms_and_replaces_those_of_the_same_name, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
