"""RASP programs that become weights: name, vocabulary, longest input, text. The first part is the list of programs that Tracr's library has."""

LIBRARY = [
    ("length", "abcd", 20, "width = selector_width(select(tokens, tokens, ==) or not select(tokens, tokens, ==));"),
    ("reverse", "abcd", 20, "opposite = length - indices - 1; reversed = aggregate(select(indices, opposite, ==), tokens);"),
    ("frac_prevs", "abcd", 20, "frac = aggregate(select(indices, indices, <=), indicator(tokens == \"a\"));"),
    ("pair_balance", "()x", 20, """
def frac_prevs(b) { return aggregate(select(indices, indices, <=), indicator(b)); }
balance = frac_prevs(tokens == "(") - frac_prevs(tokens == ")");"""),
    ("shuffle_dyck", "()", 20, """
def frac_prevs(b) { return aggregate(select(indices, indices, <=), indicator(b)); }
balance = frac_prevs(tokens == "(") - frac_prevs(tokens == ")");
has_neg = aggregate(full_s, indicator(balance < 0)) > 0;
last_zero = aggregate(select(indices, length - 1, ==), balance == 0);
fine = last_zero and not has_neg;"""),
    ("shuffle_dyck2", "(){}", 20, """
def frac_prevs(b) { return aggregate(select(indices, indices, <=), indicator(b)); }
def balance(pair) { return frac_prevs(tokens == pair[0]) - frac_prevs(tokens == pair[1]); }
round_ = balance("()"); curly = balance("{}");
has_neg = aggregate(full_s, indicator(round_ < 0 or curly < 0)) > 0;
last_zero = aggregate(select(indices, length - 1, ==), round_ == 0 and curly == 0);
fine = last_zero and not has_neg;"""),
    ("hist", "abcd", 20, "hist = selector_width(select(tokens, tokens, ==));"),
    ("sort_unique", "abcdefgh", 20, """
place = selector_width(select(tokens, tokens, <));
sorted = aggregate(select(place, indices, ==), tokens, "-");"""),
    ("sort", "12345678", 20, """
key = tokens_int + indices / 20;
place = selector_width(select(key, key, <));
sorted = aggregate(select(place, indices, ==), tokens);"""),
    ("sort_freq", "abcd", 20, """
hist = selector_width(select(tokens, tokens, ==));
sorted = sort(tokens, -hist);"""),
    ("shift_by", "abcd", 20, "shifted = shift(tokens, 2, \"_\");"),
    ("detect_pattern", "abcd", 20, """
def before(n, t) { return aggregate(select(indices + n, indices, ==), tokens == t, False); }
found = before(2, "a") and before(1, "b") and before(0, "c");"""),
    ("count_less_freq", "abcd", 20, """
hist = selector_width(select(tokens, tokens, ==));
rare = selector_width(select(hist, 2, <=));"""),
    ("count", "abcd", 20, "n = selector_width(select(tokens, \"a\", ==));"),
    ("nary_sequencemap", "123", 20, "y = tokens_int * 2 + indices % 3 - (length > 3);"),
]

BEYOND = [
    ("and", "abc", 8, "w = selector_width(select(tokens, tokens, ==) and select(indices, indices, <));"),
    ("or", "abc", 8, "w = selector_width(select(tokens, \"a\", ==) or select(indices, indices, <));"),
    ("not", "abc", 8, "w = selector_width(not (select(tokens, tokens, ==) or select(indices, indices, <=)));"),
    ("aggregate_or", "123", 8, "m = aggregate(select(tokens, tokens, <) or select(indices, indices, ==), tokens_int);"),
    ("nested", "abc", 8, """
near = select(indices, indices - 1, ==) or select(indices, indices + 1, ==);
s = not (near and not select(tokens, tokens, ==)) and select(indices, indices, <=);
a = aggregate(s, indicator(tokens == "a"), -1);
b = selector_width(s);
both = [a, b];"""),
    ("defaults", "ab", 8, """
none = select(tokens, "z", ==);
text = aggregate(select(indices, indices - 2, ==), tokens, "none");
number = aggregate(select(tokens, tokens, <), indices, 7.5);
low = aggregate(select(tokens, tokens, <), indices, -3);
truth = aggregate(select(indices + 1, indices, ==), tokens == "a", True);
all = [text, number, low, truth];"""),
    ("contaminated", "ab", 4, """
low = aggregate(select(tokens, tokens, <), indices, -3);
again = aggregate(select(indices, indices, <=), low);
marked = select(low, -3, ==) and select(indices, indices, <);
n = selector_width(marked);
t = aggregate(select(indices + 1, indices, ==), tokens, "b");
first = selector_width(select(t, "b", ==));
all = [again, n, first];"""),
    ("numeric_keys", "abc", 8, """
share = aggregate(select(indices, indices, <=), indicator(tokens == "a"));
same = select(share, share, ==);
n = selector_width(same);
more = selector_width(select(share, share, >));
half = aggregate(select(share, 0.5, <=), indices, -1);
all = [n, more, half];"""),
    ("numbers", "0123", 8, """
mean = aggregate(full_s, tokens_int);
above = tokens_int > mean;
n = selector_width(select(above, True, ==));
far = round(mean * 2) - tokens_int;
ratio = tokens_int / (1 + indices);
all = [mean, above, n, far, ratio];"""),
    ("mean_of_means", "ab", 8, """
share = aggregate(select(indices, indices, <=), indicator(tokens == "a"));
m = aggregate(select(tokens, tokens, ==), share > 0.5 and share < 1);
x = aggregate(select(indices, indices, >=), indicator(share == 1));""" .replace("m = aggregate(select(tokens, tokens, ==), share > 0.5 and share < 1);\n", "")),
    ("outputs", "ab", 8, """
hist = selector_width(select(tokens, tokens, ==));
d = {"hist": hist, "list": [tokens + "!", hist == 2], "max": max(hist, indices)};"""),
    ("names", "ab", 8, "sum = indices + 1; tok = tokens; t = length; x = t - indices; c = [sum, tok, t, x, sum];"),
    ("library_names", "ab", 4, """
relu = indices; exp = indices + 1; inf = tokens; pi = tokens == "a"; attention = tokens; round_ = length; h_0 = length - 1; y_0 = tokens; true = indices;
none = 3 * indices; softplus = tokens; count_ = indices; state = tokens; look = indices; hidden = indices; int = indices;
all = [relu, exp, inf, pi, attention, round_, h_0, y_0, true, none, softplus, count_, state, look, hidden, int];"""),
    ("large_ints", "12", 3, "big = tokens_int * 1000000007 + indices; n = selector_width(select(big, big, <)); all = [big, n];"),
    ("asis", "ab", 4, "a = aggregate(select(indices, 0, ==), tokens_asis); b = tokens_asis + \"!\"; all = [a, b];"),
    ("constant", "ab", 4, "n = aggregate(select(tokens, \"b\", ==), 3, \"none\") if indices > 100 else 5;".replace('"none"', "4")),
    ("tokens_alone", "ab", 4, "t = tokens;"),
    ("lookups", "abc", 8, "v = {\"a\": 1, \"b\": 2.5, \"c\": True}[tokens]; w = [5, 6, 7, 8, 9, 10, 11, 12][indices]; l = tokens in [\"a\", \"c\"]; all = [v, w, l];"),
    ("from_end", "abc", 8, "first = tokens[0]; last = tokens[-1]; all = [first, last];"),
    ("two_means", "abc", 12, """
before = aggregate(select(indices, indices, <=), indicator(tokens == "a"));
all = aggregate(full_s, indicator(tokens == "b"));
less = before < all;
gap = before - all;
both = [less, gap];"""),
    ("one_token", "a", 5, "n = length; odd = n % 2 == 1; all = [n, odd];"),
    ("longest_one", "abc", 1, "n = selector_width(select(tokens, tokens, ==)); s = sort(tokens, tokens); all = [n, s];"),
    ("deep", "ab", 6, """
x = tokens;
for i in range(6) { x = aggregate(select(indices + 1, indices, ==), x, "b"); }"""),
    ("two_brackets", "[]", 5, "h = selector_width(select(tokens, tokens, ==)); t = tokens + \"!\"; all = [h, t];"),
    ("no_text", "a b", 4, "h = selector_width(select(tokens, \" \", ==)); t = tokens + \"!\"; all = [h, t];"),
    ("words", '["to", "be", "or", "not"]', 8, "hist = selector_width(select(tokens, tokens, ==)); s = sort(tokens, tokens); all = [hist, s];"),
    ("numbers_as_tokens", "[1, 2, 3.5, 10]", 8, "double = tokens_float * 2; whole = tokens_int; text = tokens + \"!\"; all = [double, whole, text];"),
]

# program, vocabulary, longest input, first line of what is said
MEANS = """a = aggregate(select(indices, indices, <=), indices);
b = aggregate(select(indices, indices, >=), indices);
"""
REFUSED = [
    ("s = select(tokens, tokens, ==);", "ab", 4,
     "p.rasp:1:5: error: a selector is how a head looks, and no value of a position: it has no weights alone"),
    ("x = [length, select(tokens, tokens, ==)];", "ab", 4,
     "p.rasp:1:14: error: a selector is how a head looks, and no value of a position: it has no weights alone"),
    ("n = 5;", "ab", 4, "p.rasp: error: the program's value is an int, which needs no weights"),
    ("def f(a) { return a; } g = f;", "ab", 4, "p.rasp: error: the program's value is a function, which needs no weights"),
    ("l = [];", "ab", 4, "p.rasp: error: the program's value is empty, and needs no weights"),
    ("x = tokens_int + 1;", "12a", 4, "p.rasp:1:5: error: token 2, 'a', is no int of 64 bits, in the vocabulary"),
    ("x = tokens_float + 1;", "12a", 4, "p.rasp:1:5: error: token 2, 'a', is no float, in the vocabulary"),
    ("x = length;", "aba", 4, "sinter: error: the vocabulary has the token 'a' twice"),
    ("x = length;", '["1", 1]', 4, "sinter: error: the vocabulary has the token '1' twice"),
    ("x = length;", '["a", [1]]', 4, "p.rasp: error: a token is a string, a number or a bool, not a list, in the vocabulary"),
    ("x = length;", str(list(range(5000))), 4, "sinter: error: the vocabulary has 5000 tokens; 4096 are the most"),
    ("x = length;", "ab", 0, "sinter: error: '--max-length=0' is not a number from 1 to 9999"),
    ("x = length;", "ab", 20000, "sinter: error: '--max-length=20000' is not a number from 1 to 9999"),
    ("x = 1 + length;", "ab", 600,
     "p.rasp:1:7: error: values as near as 0.00166389351 and 0.00166666667, among others of up to 0.5, cannot be told apart in single precision"),
    ('x = aggregate(select(indices, indices, <), indices, "none");', "ab", 4,
     "p.rasp:1:5: error: a mean is one of numbers, and so is its default: this may be an int or a string"),
    ("x = tokens_float; y = aggregate(full_s, x);", '["inf", "1"]', 4,
     "p.rasp:1:5: error: what is averaged has to be a finite number, whatever the input"),
    ("x = average(tokens_int ^ 3 + indices * 1001);", "0123456789", 20,
     "p.rasp:1:5: error: the mean of 200 different values at up to 20 positions may have too many values"),
    (MEANS + "y = a - b;", "ab", 40, "p.rasp:3:7: error: this has too many different values: the sums of 19111 and 19111"),
    (MEANS + "y = a * b;", "ab", 20, "p.rasp:3:7: error: this depends on too much at once: on more than 262144 combinations of values"),
    (MEANS + "y = selector_width(select(a, indices, ==) or select(b, indices, ==));", "ab", 20,
     "p.rasp:3:46: error: this selector depends on too much at once: on too many combinations of values"),
    ("x = selector_width(select(indices, indices, <));", "ab", 2000,
     "p.rasp:1:20: error: this selector depends on too much at once: on 2000 values of keys and 2000 of queries"),
    ("x = 1 / (indices - indices);", "ab", 4, "p.rasp:1:7: error: this has no value, whatever the input"),
    ('x = {"z": 1}[tokens];', "ab", 4, "p.rasp:1:5: error: this has no value, whatever the input"),
    ("x = tokens_int * 1000 + indices; y = selector_width(select(x + 1, x * 2, <));", str(list(range(300))), 100,
     "p.rasp:1:62: error: values as near as 0 and 1, among others of up to 299099, cannot be told apart in single precision"),
]
