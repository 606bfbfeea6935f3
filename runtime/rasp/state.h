enum { TOKEN_BOOL, TOKEN_INT, TOKEN_FLOAT, TOKEN_STR };

typedef struct rasp_token {
    int type;
    int64_t integer;
    double real;
    size_t at, size; /* TOKEN_STR: in line.at or in made.at */
    int made;        /* it stands in made: decoded from JSON */
} rasp_token;

typedef struct bytes {
    char *at;
    size_t size, room;
} bytes;

static struct {
    int json, json_input, bench;
    bytes line, made, out;
    rasp_token *token;
    size_t tokens, token_room;
    void *input[ABOUT_INPUTS], *output[ABOUT_OUTPUTS], *workspace, *text_memory;
    size_t room, workspace_bytes, text_bytes; /* room: tokens that input and output hold */
    model_texts texts;
    const char *place, *device; /* "line 3"; --device */
    long long number;
} cli;
