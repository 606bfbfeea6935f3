"""The same program in another spelling: all names changed, or the operands of + * and or swapped."""
import re

RED = {'sum', 'prod', 'max', 'min', 'mean', 'softmax', 'pick', 'rank', 'count', 'any', 'all'}
BARE = {'count', 'any'}  # without a body
KEPT = RED | {'dim', 'ragged', 'in', 'par', 'int', 'fn', 'output', 'where', 'and', 'or', 'not', 'len', 'div', 'mod', 'exp', 'sqrt', 'tanh',
              'abs', 'erf', 'sin', 'cos', 'floor', 'leaky_relu', 'argmax'}
TOKEN = re.compile(r"\s*(\d+\.?\d*|[A-Za-z_]\w*'*|<=|>=|==|!=|\?\?|[-+*/^()\[\],<>?:=])")


def renamed(text):
    table = {}

    def other(found):
        word, primes = found.group(1), found.group(2)
        if word in KEPT:
            return found.group(0)
        return 'z%sq' % table.setdefault(word, 'zyxwvutsrq'[len(table) % 10] + str(len(table))) + primes
    return re.sub(r"\b([A-Za-z_]\w*)('*)", other, text)


def commuted(text):
    return '\n'.join(line_commuted(line) for line in text.split('\n'))


def line_commuted(line):
    head, sign, body = line.partition(' = ')
    if not sign or head.split()[0] in ('dim', 'ragged', 'par', 'in', 'int'):
        return line
    return head + sign + Parser(body).whole()


class Parser:
    """Prints what it reads, with brackets everywhere."""

    def __init__(self, text):
        self.token, self.at = TOKEN.findall(text), 0
        assert ''.join(self.token) == re.sub(r'\s', '', text), text

    def peek(self, k=0):
        return self.token[self.at + k] if self.at + k < len(self.token) else ''

    def take(self, word=None):
        assert word is None or self.peek() == word, (word, self.token[self.at:])
        self.at += 1
        return self.token[self.at - 1]

    def whole(self):
        e = self.choice()
        assert not self.peek(), self.token[self.at:]
        return e

    def choice(self):
        e = self.either()
        if self.peek() != '?':
            return e
        self.take()
        yes = self.choice()
        self.take(':')
        return f'({e} ? {yes} : {self.choice()})'

    def chain(self, words, inner, swap):
        e = inner()
        while self.peek() in words:
            word, other = self.take(), inner()
            e = f'({other} {word} {e})' if word in swap else f'({e} {word} {other})'
        return e

    def either(self):
        return self.chain({'or'}, self.both, {'or'})

    def both(self):
        return self.chain({'and'}, self.negation, {'and'})

    def negation(self):
        if self.peek() == 'not':
            self.take()
            return f'(not {self.negation()})'
        return self.chain({'<', '<=', '>', '>=', '==', '!='}, self.total, set())

    def total(self):
        return self.chain({'+', '-'}, self.term, {'+'})

    def reduces(self):
        return self.peek() in RED and self.peek(1) == '['

    def term(self):
        e = self.reduction() if self.reduces() else self.unary()
        while self.peek() in {'*', '/', 'div', 'mod'}:
            word = self.take()
            other = self.reduction() if self.reduces() else self.unary()
            e = f'({other} * {e})' if word == '*' else f'({e} {word} {other})'
        return e

    def reduction(self):
        word = self.take()
        self.take('[')
        index = [self.take()]
        while self.peek() == ',':
            self.take()
            index.append(self.take())
        where = ''
        if self.peek() == 'where':
            self.take()
            where = ' where ' + self.either()
        self.take(']')
        domain = f'{word}[{",".join(index)}{where}]'
        return f'({domain})' if word in BARE else f'({domain} {self.term()})'

    def unary(self):
        if self.peek() == '-':
            self.take()
            return f'(-{self.unary()})'
        e = self.post()
        if self.peek() == '^':
            self.take()
            e = f'({e} ^ {self.unary()})'
        if self.peek() == '??':
            self.take()
            e = f'({e} ?? {self.post()})'
        return e

    def post(self):
        if self.peek() == '(':
            self.take()
            e = self.choice()
            self.take(')')
            return f'({e})'
        word = self.take()
        if self.peek() not in ('[', '('):
            return word
        close = ']' if self.take() == '[' else ')'
        items = [self.choice()]
        while self.peek() == ',':
            self.take()
            items.append(self.choice())
        self.take(close)
        return word + {']': '[', ')': '('}[close] + ', '.join(items) + close
