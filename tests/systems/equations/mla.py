"""Multi-head latent attention."""
from formulas import *

CONFIG = dict(vocab_size=11, hidden_size=10, num_attention_heads=3, q_lora_rank=5, kv_lora_rank=4, qk_nope_head_dim=3, qk_rope_head_dim=2,
              v_head_dim=5, intermediate_size=7, num_hidden_layers=2, rms_norm_eps=1e-5, rope_theta=10000.0)
OPTIONS = [dict(q_lora_rank=None), dict(qk_rope_head_dim=6, v_head_dim=3, kv_lora_rank=7)]


def inputs(c, draw):
    return tokens(draw, c['vocab_size'])


def attention(c, w, p, y):
    h, n, r, v, m = (c[k] for k in ('num_attention_heads', 'qk_nope_head_dim', 'qk_rope_head_dim', 'v_head_dim', 'kv_lora_rank'))
    if 'q_lora_rank' in c:
        low = rmsnorm(w, p + 'q_a_layernorm', linear(w, p + 'q_a_proj', y, c['q_lora_rank'], bias=False), 1e-6)
        q = linear(w, p + 'q_b_proj', low, h, n + r, bias=False)
    else:
        q = linear(w, p + 'q_proj', y, h, n + r, bias=False)
    both = linear(w, p + 'kv_a_proj_with_mqa', y, m + r, bias=False)
    kv = linear(w, p + 'kv_b_proj', rmsnorm(w, p + 'kv_a_layernorm', both[:, :m], 1e-6), h, n + v, bias=False)
    shared = np.repeat(rope(both[:, None, m:], c['rope_theta'], pairs=True), h, axis=1)
    q = np.concatenate([q[..., :n], rope(q[..., n:], c['rope_theta'], pairs=True)], axis=-1)
    o = attend(q, np.concatenate([kv[..., :n], shared], axis=-1), kv[..., n:], causal(len(y)))
    return linear(w, p + 'o_proj', o, c['hidden_size'], bias=False)


def outputs(c, w, x):
    eps = c['rms_norm_eps']
    x = w('model.embed_tokens.weight', c['vocab_size'], c['hidden_size'])[x['tok']]
    for l in range(c['num_hidden_layers']):
        p = f'model.layers.{l}.'
        x = x + attention(c, w, p + 'self_attn.', rmsnorm(w, p + 'input_layernorm', x, eps))
        x = x + gated(w, p + 'mlp.', rmsnorm(w, p + 'post_attention_layernorm', x, eps), c['intermediate_size'], silu)
    return dict(logits=linear(w, 'lm_head', rmsnorm(w, 'model.norm', x, eps), c['vocab_size'], bias=False))
