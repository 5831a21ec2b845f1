"""Runs programs on the engine with and without its blocks and its shadow: everything that the
emulated machine can count must be the same."""
import concurrent.futures
import json
import pathlib
import tempfile

from peers import Faultline, run_program

MACHINES = [("i386dx", "table"), ("i486dx", "table"), ("i486dx", "none")]
ENGINES = [[], ["--no-shadow"], ["--no-blocks"], ["--no-blocks", "--no-shadow"]]
COUNTERS = ["cycles", "instructions", "tlb", "code", "reason"]


def counters(binary, program, image, machine, engine):
    cpu, timing = machine
    with tempfile.TemporaryDirectory() as scratch:
        result = pathlib.Path(scratch) / "result.json"
        peer = Faultline(binary, ["--cpu", cpu, "--timing", timing, "--result", result, *engine])
        run = run_program(peer, program, image, program.check)
        outcome = json.loads(result.read_text())
    return {"sum": run.sum, "events": run.events, **{key: outcome[key] for key in COUNTERS}}


def check(binary, programs, image_of, jobs):
    """Yields a line for each program and machine, and whether it is good."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        rows = [(program, machine,
                 [pool.submit(counters, binary, program, image_of(program), machine, engine)
                  for engine in ENGINES]) for program in programs for machine in MACHINES]
        for program, machine, futures in rows:
            first, *others = [future.result() for future in futures]
            wrong = [] if first["sum"] == program.sum else [f"checksum {first['sum']}, "
                                                            f"not {program.sum}"]
            for engine, other in zip(ENGINES[1:], others):
                wrong += [f"{' '.join(engine)}: {key} {other[key]}, not {first[key]}"
                          for key in first if first[key] != other[key]]
            tlb = first["tlb"]
            line = (f"{program.name:<9}{machine[0]} {machine[1]:<7}{first['cycles']:>12} clocks"
                    f"{first['instructions']:>12} instructions"
                    f"{tlb['data_lookups'] - tlb['data_misses']:>10} hits"
                    f"{tlb['data_misses'] + tlb['instruction_misses']:>8} misses"
                    f"{tlb['evictions']:>8} evictions")
            yield line + "".join(f"\n  {text}" for text in wrong), not wrong
