"""Tables of what was measured, with empty cells where it was not, and why."""
import statistics

TORCH = ('eager', 'padded', 'dynamic', 'compiled', 'nested', 'packed_eager', 'packed_compiled', 'packed', 'jagged')
WAYS = ('sinter', 'sinter mma', 'sinter cublaslt', *TORCH, 'jax', 'bytetransformer', 'patched')
# what is required: ratio of a way's time to sinter's, at least; for which shapes
REQUIRED = [('2x torch padded, lengths of 0.6', 'padded', 2.0, lambda shape, tokens: shape[1] == 'uniform'),
            ('1x packed varlen_attn with graphs', 'packed', 1.0, lambda shape, tokens: True),
            ('1.15x packed varlen_attn, at most 2,000 tokens', 'packed', 1.15, lambda shape, tokens: tokens <= 2000),
            ('1.5x patched ByteTransformer', 'patched', 1.5, lambda shape, tokens: shape[1] == 'uniform'),
            ('0.98x torch compiled, constant lengths', 'compiled', 0.98, lambda shape, tokens: shape[1] == 'constant')]
PEAK = {'H100': 989, 'H200': 989, 'A100': 312, 'L4': 121}  # dense bf16, TFLOP/s, as published
MEMORY = {'H100': 3.35, 'H200': 4.8, 'A100': 2.0, 'L4': 0.3}  # TB/s, as published
FLASH = {512: 333, 1024: 392, 2048: 460}  # FlashAttention-3, forward, size 64, f16, H100, TFLOP/s, as published


def cell(result, way):
    got = result.get(way, {})
    return '%.3f' % got['median'] if 'median' in got else ''


def tables(about, results, grid):
    lines = ['# On a GPU', '']
    if about['dry']:
        lines += [f'{about["date"]}: a dry run on a GPU that the processor plays. Answers were compared; nothing was timed, so the cells are empty.', '']
    elif not about['gpu']:
        lines += [f'{about["date"]}: no GPU on this machine. Nothing was measured, so the cells are empty.', '']
    else:
        lines += [f'{about["date"]}, {about["gpu"]}. Milliseconds a batch, medians; all ways with what the host does.', '']
    by = {tuple(r['shape']): r for r in results}
    lines += ['| model | lengths | batch | longest | numbers | tokens | ' + ' | '.join(WAYS) + ' | tokens/s | TFLOP/s | of peak | of the roofline |',
              '|---' * (len(WAYS) + 10) + '|']
    kind = next((name for name in PEAK if about['gpu'] and name in about['gpu']), None)
    peak = PEAK.get(kind)
    for shape in grid:
        result = by.get(tuple(shape), {})
        speed = result['flops'] / result['sinter']['median'] / 1e9 if 'median' in result.get('sinter', {}) else None
        least = max(result['flops'] / peak / 1e9, result['moved'] / MEMORY[kind] / 1e9) if speed and kind else None  # milliseconds
        lines.append('| ' + ' | '.join([*map(str, shape), '%d' % result['tokens'] if result else '', *(cell(result, way) for way in WAYS),
                                        '%.2g' % (result['tokens'] / result['sinter']['median'] * 1e3) if speed else '',
                                        '%.1f' % speed if speed else '', '%.0f %%' % (100 * speed / peak) if speed and peak else '',
                                        '%.0f %%' % (100 * least / result['sinter']['median']) if least else '']) + ' |')
    lines += ['', '| way | 95th percentile over the median, at most | share of the host, at most | memory, MB, at most | difference to f32, at most |',
              '|---|---|---|---|---|']
    for way in WAYS:
        got = [r[way] for r in results if 'median' in r.get(way, {})]
        most = lambda what, form: form % max(what) if what else ''  # noqa: E731
        lines.append('| %s | %s | %s | %s | %s |' % (
            way, most([g['p95'] / g['median'] for g in got], '%.2f'), most([100 * g['host'] / g['median'] for g in got if 'host' in g], '%.0f %%'),
            most([g['memory'] / 1e6 for g in got if 'memory' in g], '%.0f'), most([g['difference'] for g in got if 'difference' in g], '%.1e')))
    lines += ['', '| required | least ratio measured | median | shapes |', '|---|---|---|---|']
    for text, way, least, holds in REQUIRED:
        ratios = [r[way]['median'] / r['sinter']['median'] for r in results
                  if 'median' in r.get(way, {}) and 'median' in r['sinter'] and holds(r['shape'], r['tokens'])]
        lines.append('| %s | %s | %s | %s |' % (text, '%.2f' % min(ratios) if ratios else '', '%.2f' % statistics.median(ratios) if ratios else '',
                                               len(ratios) or ''))
    shares = [r['share'] for r in results if 'share' in r]
    lines.append("| 70 %% of FlashAttention-3's published figures | %s | %s | %s |" % (
        '%.0f %%' % (100 * min(shares)) if shares else '', '%.0f %%' % (100 * statistics.median(shares)) if shares else '', len(shares) or ''))
    cold = [r['sinter']['cold'] for r in results if 'cold' in r.get('sinter', {})]
    size = [(r['sinter']['bytes'] - r['sinter']['weights']) / 1e6 for r in results if 'bytes' in r.get('sinter', {})]
    lines.append('| cold start under 0.5 s | %s | | |' % ('%.2f s' % max(cold) if cold else ''))
    lines.append('| beside the weights at most 4 MB for an architecture | %s | | |' % ('%.1f MB for all' % max(size) if size else ''))
    build = [r['sinter']['build'] for r in results if 'build' in r.get('sinter', {})]
    lines.append('| seconds of `sinter build` | %s | | |' % ('%.0f s' % max(build) if build else ''))
    lines += ['', '| before anything is timed | |', '|---|---|'] + [f'| {what} | {said} |' for what, _, said in about['found']]
    why = sorted({f'{way}: {r[way]["why"]}' for r in results for way in WAYS if 'why' in r.get(way, {})})
    return '\n'.join(lines + [''] + [f'- {line}' for line in why]) + '\n'
