"""The model as the peers see it: the checkpoint by transformers, the mean over real positions, unit length. And as .onnx files for two of them."""
import json
import os
import shutil
import sys


def sentence(directory, attention):
    """ids and mask [n, longest] -> embeddings [n, d]."""
    import torch
    from transformers import BertModel

    class Sentence(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = BertModel.from_pretrained(directory, attn_implementation=attention, add_pooling_layer=False, dtype=torch.float32)

        def forward(self, input_ids, attention_mask):
            x = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            there = attention_mask.unsqueeze(-1).to(x.dtype)
            mean = (x * there).sum(1) / there.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    return Sentence().eval()


def random_checkpoint(like, directory, shape):
    """A directory of the same kind with other sizes and random weights; tokenizer and limits are those of `like`."""
    import torch
    from transformers import BertConfig, BertModel
    if os.path.exists(os.path.join(directory, "model.safetensors")):
        return directory
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(like, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    config.update(hidden_size=shape["d"], intermediate_size=shape["f"], num_hidden_layers=shape["layers"], num_attention_heads=shape["heads"])
    with open(os.path.join(directory, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2)
    for name in ("tokenizer.json", "sentence_bert_config.json"):
        shutil.copy(os.path.join(like, name), directory)
    from safetensors.torch import save_file
    torch.manual_seed(1)
    model = BertModel(BertConfig.from_dict(config), add_pooling_layer=False)
    part = os.path.join(directory, "model.part")
    save_file({k: v.contiguous() for k, v in model.state_dict().items() if not k.endswith("_ids")}, part)
    os.replace(part, os.path.join(directory, "model.safetensors"))
    return directory


def export(directory, folder, shape):
    """Writes plain.onnx, fused.onnx (onnxruntime's transformer fusions) and int8.onnx (dynamic, per channel) into `folder`."""
    import torch
    plain, fused, int8 = (os.path.join(folder, name + ".onnx") for name in ("plain", "fused", "int8"))
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(plain):
        ids = torch.randint(1000, 20000, (2, 7))
        mask = torch.ones_like(ids)
        mask[1, 5:] = 0
        axes = {name: {0: "batch", 1: "length"} for name in ("input_ids", "attention_mask")}
        torch.onnx.export(sentence(directory, "eager"), (ids, mask), plain + ".part", input_names=list(axes), output_names=["embedding"],
                          dynamic_axes={**axes, "embedding": {0: "batch"}}, opset_version=17, dynamo=False)
        os.replace(plain + ".part", plain)
    told = {}
    if not os.path.exists(fused):
        from onnxruntime.transformers import optimizer
        from onnxruntime.transformers.fusion_options import FusionOptions
        options = FusionOptions("bert")
        options.enable_gelu_approximation = False
        made = optimizer.optimize_model(plain, "bert", num_heads=shape["heads"], hidden_size=shape["d"], optimization_options=options,
                                        opt_level=0, use_gpu=False)
        told["fusions"] = {k: v for k, v in made.get_fused_operator_statistics().items() if v}
        made.save_model_to_file(fused + ".part")
        os.replace(fused + ".part", fused)
        with open(os.path.join(folder, "fusions.json"), "w", encoding="utf-8") as file:
            json.dump(told["fusions"], file)
    if not os.path.exists(int8):
        from onnx import TensorProto
        from onnxruntime.quantization import QuantType, quantize_dynamic
        quantize_dynamic(fused, int8 + ".part", per_channel=True, reduce_range=False, weight_type=QuantType.QInt8,
                         extra_options={"DefaultTensorType": TensorProto.FLOAT})
        os.replace(int8 + ".part", int8)
    with open(os.path.join(folder, "fusions.json"), encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":  # export DIR FOLDER SHAPE, or random LIKE DIR SHAPE: in a process of its own, for its memory
    what, source, target, sizes = sys.argv[1:5]
    sys.stdout, answers = sys.stderr, sys.stdout
    result = (export if what == "export" else random_checkpoint)(source, target, json.loads(sizes))
    print(json.dumps(result), file=answers)
