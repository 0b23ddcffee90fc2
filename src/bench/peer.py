"""The peer's part of a measurement: transformers and PEFT on PyTorch.

Reads requests from standard input and answers on standard output, one JSON object a line, as protocol.ts says. Networks are drawn at
random and float32, attention is 'sdpa', dropout 0, tokens are random: none of it changes the time.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import time


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    worker = Worker()
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:
            answer = {"type": "failed", "message": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")


class Worker:
    def __init__(self):
        self.work = None

    def answer(self, request):
        if request["type"] == "job":
            job = request["job"]
            environment = environment_of(job["threads"])
            resident = resident_bytes()
            self.work = works[job["work"]](job)
            self.repeated(job["warmup"])
            return {"type": "ready", "environment": environment, "residentBytes": resident, "counts": {}}
        if request["type"] == "measure":
            return {"type": "measured", "milliseconds": self.repeated(request["repeats"])}
        return {"type": "ended", "peakBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}

    def repeated(self, times):
        return [self.work() for _ in range(times)]


def environment_of(threads):
    import peft
    import safetensors
    import torch
    import transformers

    torch.set_num_threads(threads)
    transformers.logging.set_verbosity_error()
    modules = dict(torch=torch, transformers=transformers, peft=peft, safetensors=safetensors)
    try:
        import bitsandbytes

        modules["bitsandbytes"] = bitsandbytes
    except ImportError:
        pass  # rows that need it are done without the peer
    versions = {name: str(module.__version__) for name, module in modules.items()}
    return {
        "engine": "torch",
        "reason": "the peer",
        "cpu": platform.processor() or platform.machine(),
        "threads": torch.get_num_threads(),
        "versions": {"python": platform.python_version(), **versions},
        "commit": None,
        "platform": f"{sys.platform} {platform.machine()}",
    }


def resident_bytes():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def timed(work):
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def nothing(job):
    return lambda: 0.0


def product(job):
    import torch

    size = job["size"]
    a, b = torch.randn(size, size), torch.randn(size, size)
    return lambda: timed(lambda: a @ b)


def network(shape):
    import torch
    from transformers import LlamaForCausalLM

    torch.manual_seed(0)
    return LlamaForCausalLM(config_of(shape))


def config_of(shape):
    from transformers import LlamaConfig

    return LlamaConfig(
        hidden_size=shape["hidden"],
        num_hidden_layers=shape["layers"],
        num_attention_heads=shape["heads"],
        num_key_value_heads=shape["heads"],
        intermediate_size=shape["feedForward"],
        vocab_size=shape["vocabulary"],
        max_position_embeddings=2048,
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        attn_implementation="sdpa",
    )


PLANNED_STEPS = 1000
RANK = 8
ALPHA = 16


def adapted(model, method, targets):
    """The model with the method on it, and its optimizer."""
    import torch
    from peft import AdaLoraConfig, LoraConfig, get_peft_model
    from peft.optimizers import create_loraplus_optimizer

    adamw = dict(lr=1e-4, weight_decay=0.0)
    if method == "full":
        return model, torch.optim.AdamW(model.parameters(), **adamw)
    common = dict(lora_alpha=ALPHA, target_modules=targets, task_type="CAUSAL_LM")
    if method == "qlora":
        model = in_four_bits(model)
    if method == "adalora":
        # Prunes from the first step on, with a new mask after each.
        schedule = dict(init_r=RANK + RANK // 2, target_r=RANK, tinit=0, tfinal=0, deltaT=1, total_step=PLANNED_STEPS)
        config = AdaLoraConfig(**schedule, **common)
    else:
        config = LoraConfig(r=RANK, use_dora=method == "dora", **common)
    model = get_peft_model(model, config)
    if method == "loraPlus":
        return model, create_loraplus_optimizer(model, torch.optim.AdamW, lr=1e-4, loraplus_lr_ratio=16)
    return model, torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], **adamw)


def in_four_bits(model):
    """Every linear map but the head in NF4 with double quantization."""
    import bitsandbytes as bnb
    import torch

    for name, module in list(model.named_modules()):
        if not isinstance(module, torch.nn.Linear) or name == "lm_head":
            continue
        parent, leaf = name.rsplit(".", 1)
        four_bit = bnb.nn.Linear4bit(
            module.in_features,
            module.out_features,
            bias=False,
            compute_dtype=torch.float32,
            quant_type="nf4",
            compress_statistics=True,
        )
        four_bit.load_state_dict(module.state_dict())
        setattr(model.get_submodule(parent), leaf, four_bit.to("cpu"))
    return model


def step(job):
    import torch

    shape, method = job["shape"], job["method"]
    model, optimizer = adapted(network(shape), method, job["targets"])
    model.train()
    ids = torch.randint(shape["vocabulary"], (shape["batch"], shape["sequence"]))
    done = 0

    def one():
        nonlocal done
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        if method == "adalora":
            model.base_model.update_and_allocate(done)
        optimizer.zero_grad()
        loss.item()
        done += 1

    return lambda: timed(one)


def load(job):
    import torch
    from safetensors.torch import load_file
    from transformers import LlamaForCausalLM

    config = config_of(job["shape"])
    file = os.path.join(job["folder"], "model.safetensors")

    def one():
        with torch.device("meta"):
            model = LlamaForCausalLM(config)
        model.to_empty(device="cpu")
        model.tie_weights()
        unread = model.load_state_dict(load_file(file), strict=False).unexpected_keys
        assert not unread, unread

    return lambda: timed(one)


def merge(job):
    from peft import LoraConfig, get_peft_model

    model = network(job["shape"])

    def one():
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=job["targets"], task_type="CAUSAL_LM")
        adapted_model = get_peft_model(model, config)
        return timed(adapted_model.merge_and_unload)

    return one


def quantize(job):
    import torch
    from bitsandbytes.functional import quantize_4bit

    linear = [m for name, m in network(job["shape"]).named_modules() if isinstance(m, torch.nn.Linear) and name != "lm_head"]

    def one():
        for module in linear:
            quantize_4bit(module.weight.data, quant_type="nf4", compress_statistics=True)

    return lambda: timed(one)


def generate(job):
    import torch

    shape, new = job["shape"], job["newTokens"]
    model = network(shape).eval()
    ids = torch.randint(shape["vocabulary"], (1, job["promptTokens"]))
    options = dict(max_new_tokens=new, min_new_tokens=new, do_sample=False, use_cache=True, pad_token_id=0)

    def one():
        made = model.generate(ids, attention_mask=torch.ones_like(ids), **options)
        assert made.shape[1] == ids.shape[1] + new

    return lambda: timed(one)


def sweep(job):
    """Whole processes: each starts Python, and makes its share of the runs one after the other."""
    processes = job["processes"]
    shares = [job["runs"] // processes + (i < job["runs"] % processes) for i in range(processes)]
    commands = [[sys.executable, __file__, "--runs", json.dumps({**job, "runs": share})] for share in shares]

    def one():
        started = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for command in commands]
        statuses = [process.wait() for process in started]
        if any(statuses):
            raise RuntimeError(f"a process of the sweep ended with {statuses}")

    return lambda: timed(one)


def make_runs(job):
    """Runs of LoRA on a pretrained network, each from its checkpoint: one process of a sweep."""
    import torch
    import transformers
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(job["threads"])
    transformers.logging.set_verbosity_error()
    for seed in range(job["runs"]):
        torch.manual_seed(seed)
        base = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
        model = get_peft_model(base, config)
        model.train()
        trained = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.0)
        for _ in range(job["steps"]):
            ids = torch.randint(base.config.vocab_size, (job["batch"], job["sequence"]))
            loss = model(input_ids=ids, labels=ids).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            loss.item()


works = {f.__name__: f for f in (nothing, product, step, sweep, load, merge, quantize, generate)}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--runs"]:
        make_runs(json.loads(sys.argv[2]))
    else:
        main()
