"""Times the programs on the peers in interleaved rounds, and prints what came out."""
import math
import statistics
import sys

from peers import Faultline, Failed, run_program


class Wrong(Exception):
    """A peer whose checksum is another."""


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def instructions_of(program, binary, image):
    """How many instructions so much work takes, as two exact counts tell: by the time stamp, where
    an instruction is a clock."""
    counter = Faultline(binary, ["--cpu", "compat", "--timing", "none"])
    few, many = max(1, program.work // 64), max(2, program.work // 16)
    at_few, at_many = (run_program(counter, program, image, work, time_stamp=True).clocks
                       for work in (few, many))
    each = (at_many - at_few) / (many - few)
    return lambda work: at_few + each * (work - few)


def calibrate(name, peer, program, image, seconds):
    """The work that takes so long, after the little work whose checksum is known."""
    work = program.check
    run = run_program(peer, program, image, work)
    if run.sum != program.sum:
        raise Wrong(f"{program.name} on {name}: checksum {run.sum}, not {program.sum}")
    while run.seconds < seconds / 10:
        work *= 8
        run = run_program(peer, program, image, work)
    return max(1, round(work * seconds / run.seconds))


def measure(options, programs, peers, image_of):
    """{program: {peer: (MIPS, ns an event, spread in percent)}}"""
    pairs, counts = [], {}
    for program in programs:
        progress(f"{program.name}: how much work")
        image = image_of(program)
        counts[program.name] = instructions_of(program, options.faultline, image)
        for name, peer in peers.items():
            work = calibrate(name, peer, program, image, options.seconds)
            pairs.append((program, name, work, []))
    for turn in range(options.rounds):
        for program, name, work, times in pairs:
            progress(f"round {turn + 1} of {options.rounds}: {program.name} on {name}")
            run = run_program(peers[name], program, image_of(program), work)
            times.append(run.seconds)
    progress("")
    table = {}
    for program, name, work, times in pairs:
        median = statistics.median(times)
        table.setdefault(program.name, {})[name] = {
            "mips": counts[program.name](work) / median / 1e6,
            "ns": median / (work * program.each) * 1e9 if program.each else None,
            "spread": 50 * (max(times) - min(times)) / median, "work": work, "seconds": times}
    return table


def row(title, cells):
    print(f"{title:<15}" + "".join(f"{cell:>18}" for cell in cells))


def cell(entry, key, digits=0):
    return f"{entry[key]:.{digits}f} +-{entry['spread']:2.0f}%"


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}"


def report(programs, peers, table):
    """Medians with half the spread, and how many times as fast as each other peer the first is."""
    first, *others = peers
    titles = list(peers) + [f"x {other}" for other in others]
    plain = [p for p in programs if not p.timed_event()]
    if plain:
        row("guest MIPS", titles)
    for program in plain:
        entries = table[program.name]
        row(program.name, [cell(entries[p], "mips") for p in peers] +
            [ratio(entries[first]["mips"], entries[other]["mips"]) for other in others])
    mean = [p.name for p in plain if p.in_mean()]
    if len(mean) > 1:
        means = [math.exp(statistics.fmean(math.log(table[p][peer]["mips"]) for p in mean))
                 for peer in peers]
        row("geometric mean", [f"{m:.0f}" for m in means] +
            [ratio(means[0], m) for m in means[1:]])
    events = [p for p in programs if p.timed_event()]
    if events:
        row("\nns an event" if plain else "ns an event", titles)
    for program in events:
        entries = table[program.name]
        row(f"{program.name} {program.timed_event()}",
            [cell(entries[p], "ns") for p in peers] +
            [ratio(entries[other]["ns"], entries[first]["ns"]) for other in others])
