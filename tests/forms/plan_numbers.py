"""What products of bytes are, one number after the other, as runtime/simd/tile_u8.h and codegen/kernel/panel.h say it: in float32, nothing
fused, so that every tier has to give these bits."""
import numpy as np

GROUP = 192
F = np.float32
SHIFT = F(12582912.0)


def rounded(x):
    """Rows of numbers as bytes, with the scale and the zero of each."""
    with np.errstate(all='ignore'):
        low, high = np.fmin(x.min(1, initial=0), F(0)), np.fmax(x.max(1, initial=0), F(0))
        low, high = np.where(np.isnan(low), F(0), low), np.where(np.isnan(high), F(0), high)
        scale = np.maximum(high / F(255) - low / F(255), F(1.17549435e-38)).astype(F)
        inverse = (F(1) / scale).astype(F)
        zero = ((-low * inverse).astype(F) + SHIFT) - SHIFT
        turned = np.clip((x * inverse[:, None]).astype(F), -zero[:, None], (F(255) - zero)[:, None])
        shift = (SHIFT + zero)[:, None]
        byte = (turned + shift).astype(F) - SHIFT
        scale = np.where(np.isfinite(x).all(1), scale, F(np.nan))
    return np.where(np.isfinite(byte), byte, 0).astype(np.int64), scale, np.nan_to_num(zero).astype(np.int64)


def packed(w):
    """Columns of a matrix [n, k] as signed bytes, with their scales."""
    with np.errstate(all='ignore'):
        scale = (np.abs(w.astype(np.float64)).max(1) / 127).astype(F)
        each = scale.astype(np.float64)[:, None]
        byte = np.where(each > 0, np.clip(np.rint(w.astype(np.float64) / np.where(each > 0, each, 1)), -127, 127), 0)
    return np.where(np.isfinite(byte), byte, 0).astype(np.int64), np.where(np.isfinite(w).all(1), scale, F(np.nan))


def product(x, w, off=0):
    """x[m, k] times w[n, k]. off: a mistake, zeros that are wrong by so much."""
    total = None
    for first in range(0, x.shape[1], GROUP):
        a, scale, zero = rounded(x[:, first:first + GROUP])
        b, column = packed(w[:, first:first + GROUP])
        sums = a @ b.T - (zero + off)[:, None] * b.sum(1)
        with np.errstate(all='ignore'):
            one = (sums.astype(F) * (scale[:, None] * column).astype(F)).astype(F)
            total = one if total is None else (total + one).astype(F)
    return total


def halved(w):
    """Floats whose lower halves are nothing: the nearest, ties to even."""
    bits = np.asarray(w, F).view(np.uint32).astype(np.uint64)
    up = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16 << 16
    return np.where(np.isnan(w), w, up.astype(np.uint32).view(F))
