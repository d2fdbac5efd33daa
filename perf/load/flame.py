"""Draws where the shard's time goes under one of the loads of perf/load/compare, kernel and Java together.

    perf/load/flame --case pipe16 --output src/docs/performance/pipe16.svg

It needs perf (linux-perf on Debian) and the right to use it. Java's names come from the JVM's own map; frame pointers,
which perf needs to walk the stack, cost about 2%.
"""

import argparse
import collections
import html
import os
import pathlib
import re
import subprocess

import rounds

WIDTH = 1200
ROW = 16
# Narrower boxes are left out: nobody could read them.
SMALLEST = 0.002


def folded(script):
    """Stacks from the root on, with their numbers of samples, of the shard's thread."""
    stacks = collections.Counter()
    for sample in script.split("\n\n"):
        lines = sample.strip().splitlines()
        if not lines or not lines[0].startswith("shard-"):
            continue
        frames = [named(line) for line in lines[1:]]
        stacks[tuple(reversed(frames))] += 1
    return stacks


def named(line):
    match = re.match(r"\s*[0-9a-f]+ (.*?)(?:\+0x[0-9a-f]+)? \((.*)\)$", line)
    if not match:
        return "?", "other"
    name, where = match.groups()
    java = re.match(r".*?([\w$]+\.[\w$<>]+)\(", name)
    if java and where.startswith("/tmp/perf-"):
        return java.group(1), "millrace" if "io.millrace" in name else "java"
    return name.split("(")[0] or "?", "kernel" if "kernel" in where else "other"


def boxes_of(stacks):
    """(depth, first sample, number of samples, frame) of every box, children above their parents."""
    boxes = []

    def lay(level, depth, at):
        children = collections.OrderedDict()
        for stack, count in level:
            if len(stack) > depth:
                children.setdefault(stack[depth], []).append((stack, count))
        for frame, of in children.items():
            count = sum(number for _, number in of)
            boxes.append((depth, at, count, frame))
            lay(of, depth + 1, at)
            at += count

    lay(sorted(stacks.items()), 0, 0)
    return boxes


COLOURS = {"millrace": "#e8a33d", "java": "#8fbf6a", "kernel": "#c96f6f", "other": "#b8b8b8"}


def drawn(boxes, total, title):
    wide = [box for box in boxes if box[2] >= SMALLEST * total]
    height = (max(box[0] for box in wide) + 1) * ROW + 40
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="11">',
           f'<text x="4" y="14">{html.escape(title)}</text>']
    for depth, at, count, (name, kind) in wide:
        x, width = at * WIDTH / total, count * WIDTH / total
        y = height - (depth + 1) * ROW - 4
        shown = html.escape(name[:int(width / 6.7)]) if width > 20 else ""
        out.append(f'<g><title>{html.escape(name)} {count / total:.1%}</title><rect x="{x:.1f}" y="{y}" width="{width:.1f}" '
                   f'height="{ROW - 1}" fill="{COLOURS[kind]}"/><text x="{x + 2:.1f}" y="{y + 11}">{shown}</text></g>')
    return "\n".join([*out, "</svg>", ""])


def arguments():
    parser = argparse.ArgumentParser(prog="perf/load/flame", description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--project", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--case", choices=[name for name in rounds.CASES if name != "beside"], default="small")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="the SVG file to write")
    parser.add_argument("--connections", type=int, help="client connections (as the case says)")
    parser.add_argument("--seconds", type=int, default=10, help="how long is sampled (10)")
    parser.add_argument("--warm-up", type=int, default=20, help="seconds of load before (20)")
    options = parser.parse_args()
    options.load = rounds.CASES[options.case]
    options.connections = options.connections or options.load["connections"][0]
    options.proxy_cpu, options.load_cpu = 0, 1
    options.large = rounds.free_port()
    return options


def names_of(proxy):
    """Where the JVM writes the names of its compiled methods, and where perf looks for them."""
    return pathlib.Path(f"/tmp/perf-{proxy.process.pid}.map")


def main():
    options = arguments()
    rounds.write_files(options)
    origin = rounds.start_origin(options, options.load["body"])
    os.environ["MILLRACE_JAVA_OPTS"] = "-XX:+PreserveFramePointer"
    script = str(options.project / "target/millrace/bin/millrace")
    config = f"millrace{options.load.get('suffix', '')}.yaml"
    proxy = rounds.Proxy("millrace", options, rounds.port_of(origin), [script, "run", "--config"], config)
    try:
        proxy.await_answer(options.load)
        rounds.wrk(options, proxy.port, options.connections, options.warm_up)
        data = options.work / "perf.data"
        record = subprocess.Popen(
            ["perf", "record", "-q", "-F", "997", "-g", "-o", str(data), "-p", str(proxy.process.pid), "--", "sleep",
             str(options.seconds)], preexec_fn=rounds.die_with_parent)
        requests, elapsed, _, _ = rounds.wrk(options, proxy.port, options.connections, options.seconds + 1)
        if record.wait():
            raise SystemExit("flame: perf could not sample the process; it may need root, or kernel.perf_event_paranoid=1")
        java = pathlib.Path(f"/proc/{proxy.process.pid}/exe").resolve().parent / "jcmd"
        subprocess.run([str(java), str(proxy.process.pid), "Compiler.perfmap"], check=True, stdout=subprocess.DEVNULL)
        text = subprocess.run(["perf", "script", "-i", str(data), "-F", "comm,ip,sym,dso"], check=True, capture_output=True,
                              text=True).stdout
    finally:
        proxy.stop()
        origin.terminate()
        origin.wait()
        names_of(proxy).unlink(missing_ok=True)
    stacks = folded(text)
    if not stacks:
        raise SystemExit("flame: no samples of a shard's thread")
    total = sum(stacks.values())
    title = (f"{options.load['title']}, {options.connections} connections, {requests / elapsed:,.0f} requests/s: the shard's "
             f"time; orange: Millrace, green: Netty and the JDK, red: kernel")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(drawn(boxes_of(stacks), total, title))
    print(f"written: {options.output}, {total} samples")


if __name__ == "__main__":
    main()
