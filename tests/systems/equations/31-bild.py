"""BiLD: a big and a little Llama, greedy, with fallback and rollback."""
from formulas import *

SMALL = dict(hidden_size=6, num_attention_heads=3, num_key_value_heads=1, intermediate_size=5, num_hidden_layers=1, rms_norm_eps=1e-6,
             rope_theta=10000.0)
LARGE = dict(hidden_size=12, num_attention_heads=2, num_key_value_heads=2, intermediate_size=17, num_hidden_layers=2, rms_norm_eps=1e-6,
             rope_theta=500.0)
CONFIG = dict(vocab_size=19, eos_token_id=7, max_new_tokens=15, num_small_iters=3, fallback_threshold=0.2, rollback_threshold=2.5,
              small=SMALL, large=LARGE)
OPTIONS = [dict(num_small_iters=1), dict(fallback_threshold=0.0, num_small_iters=20), dict(fallback_threshold=1.1), dict(rollback_threshold=0.5),
           dict(max_new_tokens=1), dict(eos_token_id=11, max_new_tokens=40, small=dict(SMALL, num_hidden_layers=2, hidden_size=12))]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'], (1, 2, 3, 5, 9, 14))


def outputs(c, w, x):
    prompt = list(x['tok'])

    def z(size, ids):
        named = lambda name, *shape, **how: w(f'{size}.{name}', *shape, **how)
        return llama(dict(c[size], vocab_size=c['vocab_size']), named, np.array(ids), lambda l: causal(len(ids)))

    z('small', prompt)  # its weights are there even if it never writes
    ids, checked, large, count = list(prompt), 0, True, dict(fallbacks=0, rollbacks=0, large_runs=0)
    written = 0
    while True:
        if large:
            count['large_runs'] += 1
            logits = z('large', ids)
            p = softmax(logits)
            bad = [j for j in range(checked + 1, len(ids)) if checked > 0 and -np.log(p[j - 1, ids[j]]) > c['rollback_threshold']]
            if bad and logits[bad[0] - 1].argmax() != ids[bad[0]]:
                ids = ids[:bad[0]] + [int(logits[bad[0] - 1].argmax())]
                count['rollbacks'] += 1
                continue
            checked = len(ids)
            ids.append(int(logits[-1].argmax()))
            large, written = False, 0
        else:
            p = softmax(z('small', ids)[-1])
            if p.max() < c['fallback_threshold']:
                count['fallbacks'] += 1
                large = True
                continue
            ids.append(int(p.argmax()))
            written += 1
            large = written == c['num_small_iters']
        if ids[-1] == c['eos_token_id'] or len(ids) == len(prompt) + c['max_new_tokens']:
            break
    return dict(out=np.array(ids[len(prompt):], dtype=np.int64), **{k: np.array(v) for k, v in count.items()})
