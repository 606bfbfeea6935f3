/* What an input says: its characters, or the tokens of a JSON text; and what Python makes of them.
 * Above stand the tables about_.., the state cli and about_run() of this program. */

static void stop(int status, const char *what, const char *more)
{
    fflush(stdout);
    fprintf(stderr, "%s: error: %s%lld: %s%s\n", about_name, cli.place, cli.number, what, more);
    exit(status);
}

static void *grown(void *old, size_t count, size_t size)
{
    void *at = count <= SIZE_MAX / 2 / (size ? size : 1) ? realloc(old, count * size + 1) : NULL;
    if (!at) {
        stop(1, "there is no memory for it", "");
    }
    return at;
}

static void bytes_add(bytes *b, const char *text, size_t size)
{
    if (b->room - b->size <= size) { /* never a null pointer, even for nothing */
        b->room = 2 * b->room + size + 64;
        b->at = grown(b->at, b->room, 1);
    }
    memcpy(b->at + b->size, text, size);
    b->size += size;
}

static void put(const char *text)
{
    bytes_add(&cli.out, text, strlen(text));
}

/* ---- tokens ---- */

static rasp_token *token_new(int type)
{
    if (cli.tokens == cli.token_room) {
        cli.token_room = 2 * cli.token_room + 64;
        cli.token = grown(cli.token, cli.token_room, sizeof *cli.token);
    }
    rasp_token *token = &cli.token[cli.tokens++];
    memset(token, 0, sizeof *token);
    token->type = type;
    return token;
}

static const char *token_text(const rasp_token *token)
{
    return (token->made ? cli.made.at : cli.line.at) + token->at;
}

/* Bytes of the character at p, 0: this is no UTF-8. */
static size_t char_size(const char *p, size_t left)
{
    const unsigned char c = (unsigned char)*p;
    const size_t size = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < size; i++) {
        if (i >= left || ((unsigned char)p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return size;
}

static void read_characters(const char *text, size_t size, int made, size_t offset)
{
    for (size_t i = 0; i < size;) {
        const size_t n = char_size(text + i, size - i);
        if (n == 0) {
            stop(1, "this is no text in UTF-8", "");
        }
        rasp_token *token = token_new(TOKEN_STR);
        token->at = offset + i;
        token->size = n;
        token->made = made;
        i += n;
    }
}

/* ---- JSON: a string, or an array of strings, numbers and bools ---- */

static const char *json_at, *json_end;

static int json_next(void)
{
    while (json_at < json_end && (*json_at == ' ' || *json_at == '\t' || *json_at == '\r' || *json_at == '\n')) {
        json_at++;
    }
    return json_at < json_end ? *json_at : 0;
}

static void json_bad(void)
{
    stop(1, "not a JSON string, or an array of strings, numbers and bools", "");
}

static unsigned json_hex(void)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++, json_at++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *found = json_at < json_end && *json_at ? strchr(digits, *json_at) : NULL;
        if (!found) {
            json_bad();
        }
        const unsigned place = (unsigned)(found - digits);
        value = value * 16 + (place < 16 ? place : place - 6);
    }
    return value;
}

static void json_escape(void)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char c = json_at < json_end ? *json_at++ : 0;
    const char *known = c ? strchr(from, c) : NULL;
    if (known) {
        bytes_add(&cli.made, &to[known - from], 1);
        return;
    }
    if (c != 'u') {
        json_bad();
    }
    uint32_t point = json_hex();
    if (point >= 0xD800 && point < 0xDC00 && json_end - json_at > 5 && json_at[0] == '\\' && json_at[1] == 'u') {
        json_at += 2;
        const unsigned low = json_hex();
        point = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00) : 0;
    }
    if (point == 0 || (point >= 0xD800 && point < 0xE000)) {
        json_bad();
    }
    char utf8[4];
    size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    const size_t all = n;
    for (; n > 1; point >>= 6) {
        utf8[--n] = (char)(0x80 | (point & 0x3F));
    }
    utf8[0] = (char)(all == 1 ? point : (0xF00u >> all) | point);
    bytes_add(&cli.made, utf8, all);
}

/* Appends the string to cli.made. */
static void json_string(void)
{
    for (json_at++; json_at < json_end && *json_at != '"';) {
        const char c = *json_at;
        const size_t n = char_size(json_at, (size_t)(json_end - json_at));
        if (n == 0 || (unsigned char)c < ' ') {
            json_bad();
        }
        json_at += c == '\\' ? 1 : 0;
        if (c == '\\') {
            json_escape();
        } else {
            bytes_add(&cli.made, json_at, n);
            json_at += n;
        }
    }
    if (json_at++ >= json_end) {
        json_bad();
    }
}

static void json_number(void)
{
    const char *begin = json_at;
    int real = 0;
    while (json_at < json_end && strchr("+-0123456789.eE", *json_at)) {
        real |= *json_at == '.' || *json_at == 'e' || *json_at == 'E';
        json_at++;
    }
    char digits[64], *end = digits;
    const size_t n = (size_t)(json_at - begin);
    if (n == 0 || n >= sizeof digits) {
        json_bad();
    }
    memcpy(digits, begin, n);
    digits[n] = 0;
    rasp_token *token = token_new(real ? TOKEN_FLOAT : TOKEN_INT);
    errno = 0;
    if (real) {
        token->real = strtod(digits, &end);
    } else {
        token->integer = strtoll(digits, &end, 10);
        token->real = (double)token->integer;
        if (errno) {
            stop(1, "more than the 64 bits of an int hold: ", digits);
        }
    }
    if (*end) {
        json_bad();
    }
}

static void json_token(void)
{
    const int c = json_next();
    const size_t left = (size_t)(json_end - json_at);
    if (c == '"') {
        const size_t at = cli.made.size;
        json_string();
        rasp_token *token = token_new(TOKEN_STR);
        token->made = 1;
        token->at = at;
        token->size = cli.made.size - at;
    } else if ((left >= 4 && memcmp(json_at, "true", 4) == 0) || (left >= 5 && memcmp(json_at, "false", 5) == 0)) {
        rasp_token *token = token_new(TOKEN_BOOL);
        token->integer = c == 't';
        token->real = (double)token->integer;
        json_at += c == 't' ? 4 : 5;
    } else {
        json_number();
    }
}

static void read_json(void)
{
    json_at = cli.line.at;
    json_end = cli.line.at + cli.line.size;
    bytes_add(&cli.made, "", 0);
    const int first = json_next();
    if (first == '"') {
        json_string();
        read_characters(cli.made.at, cli.made.size, 1, 0);
    } else if (first == '[') {
        json_at++;
        for (int more = json_next() != ']'; more; more = json_next() == ',' && json_at++) {
            json_token();
        }
        if (json_next() != ']') {
            json_bad();
        }
        json_at++;
    } else {
        json_bad();
    }
    if (json_next()) {
        json_bad();
    }
}

/* ---- inputs: what Python's str, int, float and bool make of a token ---- */

/* Written from its last digit to its first: printf takes longer than all the rest of a program. */
static const char *whole_text(int64_t value, char room[400])
{
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char *at = room + 24;
    *at = 0;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0) {
        *--at = '-';
    }
    return at;
}

/* Shortest digits that read back the same; an exponent below 1e-4 and from 1e16 on. */
static const char *real_text(double value, char room[400])
{
    char digits[40];
    int n = 0;
    if (!(value - value == 0)) {
        return value != value ? "nan" : value > 0 ? "inf" : "-inf";
    }
    do {
        snprintf(digits, sizeof digits, "%.*e", n, value);
    } while (strtod(digits, NULL) != value && n++ < 17);
    const int exponent = atoi(strchr(digits, 'e') + 1);
    if (value != 0 && (exponent < -4 || exponent >= 16)) {
        *strchr(digits, 'e') = 0;
        snprintf(room, 400, "%se%c%02d", digits, exponent < 0 ? '-' : '+', abs(exponent));
    } else {
        snprintf(room, 400, "%.*f", n - exponent > 1 ? n - exponent : 1, value);
    }
    return room;
}

static int64_t token_symbol(const rasp_token *token)
{
    char room[400];
    if (token->type == TOKEN_STR) {
        return model_symbol(&cli.texts, token_text(token), token->size);
    }
    const char *text = token->integer ? "True" : "False";
    if (token->type == TOKEN_INT) {
        text = whole_text(token->integer, room);
    } else if (token->type == TOKEN_FLOAT) {
        text = real_text(token->real, room);
    }
    return model_symbol(&cli.texts, text, strlen(text));
}

static int token_number(const rasp_token *token, int whole, int64_t *integer, double *real)
{
    char digits[400], *end = digits;
    if (!number_plain(token_text(token), token->size, digits, sizeof digits)) {
        return 0;
    }
    errno = 0;
    if (whole) {
        *integer = strtoll(digits, &end, 10);
    } else {
        *real = strtod(digits, &end);
    }
    return *end == 0 && end != digits && !(whole && errno);
}

static void stop_token(const rasp_token *token, size_t i, int input, const char *kind)
{
    char what[160];
    const int shown = token->size < 40 ? (int)token->size : 40;
    if (token->type == TOKEN_STR) {
        snprintf(what, sizeof what, "token %zu, '%.*s', is no %s", i, shown, token_text(token), kind);
    } else {
        snprintf(what, sizeof what, "token %zu is no %s", i, kind);
    }
    stop(1, about_place[input], what);
}

static void token_fill(const rasp_token *token, size_t i, int input)
{
    int64_t *const integers = cli.input[input];
    double *const reals = cli.input[input];
    switch (about_input[input]) {
    case READS_NOTHING: integers[i] = 0; break;
    case READS_STR: integers[i] = token_symbol(token); break;
    case READS_BOOL: ((uint8_t *)cli.input[input])[i] = token->type == TOKEN_STR ? token->size > 0 : token->real != 0; break;
    case READS_INT:
        if (token->type == TOKEN_STR ? !token_number(token, 1, &integers[i], NULL)
                                     : token->type == TOKEN_FLOAT && !(token->real > -9.2e18 && token->real < 9.2e18)) {
            stop_token(token, i, input, "int of 64 bits");
        }
        integers[i] = token->type == TOKEN_STR ? integers[i] : token->type == TOKEN_FLOAT ? (int64_t)token->real : token->integer;
        break;
    case READS_FLOAT:
        if (token->type == TOKEN_STR && !token_number(token, 0, NULL, &reals[i])) {
            stop_token(token, i, input, "float");
        }
        reals[i] = token->type == TOKEN_STR ? reals[i] : token->real;
        break;
    case READS_TYPE: integers[i] = token->type; break;
    case READS_OWN_INT: integers[i] = token->integer; break;
    case READS_OWN_REAL: reals[i] = token->real; break;
    case READS_OWN_TEXT: integers[i] = token->type == TOKEN_STR ? token_symbol(token) : MODEL_EMPTY; break;
    }
}
