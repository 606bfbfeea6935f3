"""BST: MCAN at a part of its width and depth."""
from formulas import *

CONFIG = dict(WORD_EMBED_SIZE=5, HIDDEN_SIZE=8, MULTI_HEAD=4, FF_SIZE=12, LAYER=3, FLAT_MLP_SIZE=8, FLAT_GLIMPSES=2, FLAT_OUT_SIZE=12,
              FEAT_SIZE=6, token_size=11, answer_size=4, width=0.75, depth=2 / 3, enc_priority_idx=[0, 2, 1], dec_priority_idx=[2, 0, 1],
              dataset='vqa', active_layers=2)
OPTIONS = [dict(dataset='gqa'), dict(width=1.0, depth=1.0, active_layers=3), dict(width=0.5, depth=1 / 3, active_layers=1,
           FLAT_GLIMPSES=1), dict(depth=0.4, active_layers=None), dict(width=2 / 3, HIDDEN_SIZE=6, MULTI_HEAD=3)]


def inputs(c, draw):
    return [dict(ques=draw.integers(1, c['token_size'], n), img=draw.standard_normal((r, c['FEAT_SIZE'])).astype(np.float32))
            for n, r in ((1, 1), (2, 5), (7, 3))]


def outputs(c, w, x):
    D, part = c['HIDDEN_SIZE'], lambda n: int(n * c['width'])
    d, heads, e, active = part(D), part(c['MULTI_HEAD']), D // c['MULTI_HEAD'], c.get('active_layers', int(c['depth'] * c['LAYER']))

    def lin(p, x, out, whole_in, start=False, end=False):
        rows = out if end else part(out)
        return x @ w(p + '.weight', out, whole_in)[:rows, :x.shape[-1]].T + w(p + '.bias', out)[:rows]

    def norm(p, x, whole):
        k = x.shape[-1]
        mu, std = x.mean(axis=-1, keepdims=True), x.std(axis=-1, ddof=1, keepdims=True)
        return w(p + '.weight', whole, around=1)[:k] * (x - mu) / (std + 1e-6) + w(p + '.bias', whole)[:k]

    def MHA(p, q, k):
        Q, K, V = (lin(p + f'.linear_{n}', u, D, D).reshape(len(u), heads, e) for n, u in (('q', q), ('k', k), ('v', k)))
        return lin(p + '.linear_merge', attend(Q, K, V), D, D)

    def FFN(p, x):
        return lin(p + '.mlp.linear', relu(lin(p + '.mlp.fc.linear', x, c['FF_SIZE'], D)), D, c['FF_SIZE'])

    def flat(p, x):
        a = softmax(lin(p + '.linear', relu(lin(p + '.fc.linear', x, c['FLAT_MLP_SIZE'], D)), c['FLAT_GLIMPSES'], c['FLAT_MLP_SIZE'], end=True), 0)
        return lin(p + '.linear_merge', (a.T @ x).reshape(-1), c['FLAT_OUT_SIZE'], D * c['FLAT_GLIMPSES'])

    out, cell, y = np.zeros(D), np.zeros(D), []
    for t in x['ques']:
        z = w('lstm.weight_ih_l0', 4 * D, c['WORD_EMBED_SIZE']) @ w('embedding.weight', c['token_size'], c['WORD_EMBED_SIZE'], spread=1)[t]
        z = z + w('lstm.bias_ih_l0', 4 * D) + w('lstm.weight_hh_l0', 4 * D, D) @ out + w('lstm.bias_hh_l0', 4 * D)
        i, f, g, o = z.reshape(4, D)
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        out = sigmoid(o) * np.tanh(cell)
        y.append(out)
    y = norm('lang_adapter.lang_ln', lin('lang_adapter.lang_linear', np.array(y), D, D), D)
    x = lin('img_adapter.frcn_linear', x['img'], D, c['FEAT_SIZE'])
    x = norm('img_adapter.frcn_ln', x, D) if c['dataset'] == 'vqa' else x
    for l in sorted(c['enc_priority_idx'][:active]):
        p = f'backbone.enc_list.{l}.'
        y = norm(p + 'norm1', y + MHA(p + 'mhatt', y, y), D)
        y = norm(p + 'norm2', y + FFN(p + 'ffn', y), D)
    for l in sorted(c['dec_priority_idx'][:active]):
        p = f'backbone.dec_list.{l}.'
        x = norm(p + 'norm1', x + MHA(p + 'mhatt1', x, x), D)
        x = norm(p + 'norm2', x + MHA(p + 'mhatt2', x, y), D)
        x = norm(p + 'norm3', x + FFN(p + 'ffn', x), D)
    z = norm('proj_norm', flat('attflat_lang', y) + flat('attflat_img', x), c['FLAT_OUT_SIZE'])
    return dict(logits=lin('proj', z, c['answer_size'], c['FLAT_OUT_SIZE'], end=True))
