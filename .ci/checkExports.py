"""Load every export of `adapterlab parity --export` in PEFT itself and compare its logits with the recorded ones.

    python .ci/checkExports.py EXPORTS [--oracle ../shared/oracle] [--only NAME ...]

EXPORTS holds a folder a case, each with check.json beside the adapter (src/parity/exportAdapter.ts). One process checks them all, as
starting torch and PEFT takes longer than the checks. A line an export; the last line is "N passed, N failed". Exit status 0 if
nothing failed, and something was checked.
"""

import argparse
import json
import logging
import os
import sys
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TORCHDYNAMO_DISABLE": "1"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exports", type=Path)
    shared = Path(os.environ.get("ADAPTERLAB_SHARED", "../shared"))
    parser.add_argument("--oracle", type=Path, default=shared / "oracle", help="the folder of check_adapter.py")
    parser.add_argument("--only", nargs="+", default=None, help="the folders to check, by name")
    parser.add_argument("--report", type=Path, default=None, help="a file for the results, in the form of vitest's reporter json")
    args = parser.parse_args()
    checks = sorted(args.exports.glob("*/check.json"))
    if args.only is not None:
        checks = [file for file in checks if file.parent.name in args.only]
    sys.path.insert(0, str(args.oracle.resolve()))

    import torch
    from transformers.utils.logging import disable_progress_bar

    torch.set_num_threads(1)
    logging.disable()
    disable_progress_bar()
    results = []
    for file in checks:
        report = check(json.loads(file.read_text()))
        results.append({"fullName": file.parent.name, "status": "passed" if report["ok"] else "failed"})
        print(line(file.parent.name, report), flush=True)
    failed = sum(result["status"] == "failed" for result in results)
    if args.report is not None:
        whole = {"name": str(args.exports), "status": "failed" if failed else "passed", "assertionResults": results}
        args.report.write_text(json.dumps({"testResults": [whole]}))
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not checks else 0)


def check(asked):
    """What check_adapter.py says of one export: the same steps, in this process."""
    import bases
    import check_adapter
    import torch
    from safetensors.torch import load_file

    report = {"ok": False, "missing": [], "unexpected": []}
    try:
        model = bases.load(asked["base"])
        if quantize := asked["quantize"]:
            bases.quantise(model, quantize["type"], quantize["blockSize"], quantize["doubleQuant"])
        if asked["adapter"] != "-":
            model, missing, unexpected, _ = check_adapter.load_adapter(model, asked["adapter"])
            report |= {"missing": list(missing), "unexpected": list(unexpected)}
        expected = load_file(asked["expected"])
        inputs = {k: expected[k] for k in ("input_ids", "attention_mask", "pixel_values") if k in expected}
        with torch.no_grad():
            logits = model(**{k: v if v.is_floating_point() else v.long() for k, v in inputs.items()}).logits
        report["difference"] = float((logits - expected[asked["key"]]).abs().max())
        report["tolerance"] = asked["tolerance"]
        fits = not report["missing"] and not report["unexpected"]
        report["ok"] = fits and report["difference"] <= asked["tolerance"]
    except Exception as error:  # a folder that PEFT refuses is an answer too
        report["error"] = f"{type(error).__name__}: {error}"
    return report


def line(name, report):
    status = "passed" if report["ok"] else "failed"
    if "error" in report:
        return f"{status}  {name:28} {report['error']}"
    keys = "".join(f"  {what}: {', '.join(report[what])}" for what in ("missing", "unexpected") if report[what])
    return f"{status}  {name:28} logits {report['difference']:.1e} of {report['tolerance']}{keys}"


if __name__ == "__main__":
    main()
