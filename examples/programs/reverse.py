# Reverses a text of up to six letters between <s> and </s>, in the shape of a Transformer Program; written by hand, not trained.
#
# Every token finds the end; a table says how far from it the opposite place is; a second head copies what stands there.
import numpy as np
import pandas as pd


def select_closest(keys, queries, predicate):
    rows = []
    for i, q in enumerate(queries):
        fits = [j for j, k in enumerate(keys) if predicate(q, k)]
        far = {j: abs(j - i) if j != i else len(fits) for j in fits}
        at = min(fits, key=far.get, default=0)
        rows.append([j == at for j in range(len(keys))])
    return rows


def aggregate(attention, values):
    return [values[row.index(True)] for row in attention]


def run(tokens):
    # classifier weights ##########################################
    classifier_weights = pd.read_csv("reverse_weights.csv", index_col=[0, 1], dtype={"feature": str})
    # inputs #####################################################
    token_scores = classifier_weights.loc[[("tokens", str(v)) for v in tokens]]

    positions = list(range(len(tokens)))
    position_scores = classifier_weights.loc[[("positions", str(v)) for v in positions]]

    ones = [1 for _ in range(len(tokens))]
    one_scores = classifier_weights.loc[[("ones", "_") for v in ones]].mul(ones, axis=0)

    # attn_0_0: where the end is ##################################
    def predicate_0_0(q_token, k_token):
        if q_token in {"<s>", "</s>", "a", "b", "c", "d", "e"}:
            return k_token == "</s>"

    attn_0_0_pattern = select_closest(tokens, tokens, predicate_0_0)
    attn_0_0_outputs = aggregate(attn_0_0_pattern, positions)
    attn_0_0_output_scores = classifier_weights.loc[[("attn_0_0_outputs", str(v)) for v in attn_0_0_outputs]]

    # mlp_0_0: the opposite place #################################
    def mlp_0_0(position, attn_0_0_output):
        key = (position, attn_0_0_output)
        if key in {(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7)}:
            return 1
        elif key in {(0, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7)}:
            return 2
        elif key in {(0, 3), (1, 4), (2, 5), (3, 6), (4, 7)}:
            return 3
        elif key in {(0, 4), (1, 5), (2, 6), (3, 7)}:
            return 4
        elif key in {(0, 5), (1, 6), (2, 7)}:
            return 5
        elif key in {(0, 6), (1, 7)}:
            return 6
        elif key in {(0, 7)}:
            return 7
        return 0

    mlp_0_0_outputs = [mlp_0_0(k0, k1) for k0, k1 in zip(positions, attn_0_0_outputs)]
    mlp_0_0_output_scores = classifier_weights.loc[[("mlp_0_0_outputs", str(v)) for v in mlp_0_0_outputs]]

    # attn_1_0: what stands there #################################
    def predicate_1_0(mlp_0_0_output, position):
        if mlp_0_0_output in {0}:
            return position == 0
        elif mlp_0_0_output in {1}:
            return position == 1
        elif mlp_0_0_output in {2}:
            return position == 2
        elif mlp_0_0_output in {3}:
            return position == 3
        elif mlp_0_0_output in {4}:
            return position == 4
        elif mlp_0_0_output in {5}:
            return position == 5
        elif mlp_0_0_output in {6}:
            return position == 6
        elif mlp_0_0_output in {7}:
            return position == 7

    attn_1_0_pattern = select_closest(positions, mlp_0_0_outputs, predicate_1_0)
    attn_1_0_outputs = aggregate(attn_1_0_pattern, tokens)
    attn_1_0_output_scores = classifier_weights.loc[[("attn_1_0_outputs", str(v)) for v in attn_1_0_outputs]]

    feature_logits = pd.concat(
        [
            df.reset_index()
            for df in [
                token_scores,
                position_scores,
                attn_0_0_output_scores,
                mlp_0_0_output_scores,
                attn_1_0_output_scores,
                one_scores,
            ]
        ]
    )
    logits = feature_logits.groupby(level=0).sum(numeric_only=True).to_numpy()
    classes = classifier_weights.columns.to_numpy()
    predictions = classes[logits.argmax(-1)]
    if tokens[0] == "<s>":
        predictions[0] = "<s>"
    if tokens[-1] == "</s>":
        predictions[-1] = "</s>"
    return predictions.tolist()


print(run(["<s>", "a", "b", "c", "d", "</s>"]))
