"""The rounds of perf/load/compare: starts the proxies and the origin, loads one proxy at a time, takes medians.

The proxy runs on one CPU, wrk and the origin on another. Rounds are interleaved, so that what disturbs the machine
for a while disturbs all proxies alike. CPU time is what the kernel charged the whole process (all its threads and
children) between the start and the end of one wrk run, divided by the requests that wrk counted.
"""

import argparse
import beside
import ctypes
import datetime
import http.client
import json
import os
import pathlib
import platform
import re
import signal
import socket
import statistics
import subprocess
import sys
import time

TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
# What is loaded: "body" is the answer's length, "upload" the request's, "path" what is asked for, "closes" that the
# origin says no length and ends its connection instead; None instead of a peer's line leaves it out. Goals are ratios
# of CPU per request to reach, by (peer, connections). A body that is spliced is compared with nginx as it must be run
# to stream it, and with HAProxy splicing it, but not where it ends with the connection, for HAProxy closes the client's
# as well then; a file with nginx sending it by sendfile(2) out of descriptors that it remembers, as Millrace does.
# At 2,500 requests a second the JVM's compiler is at work for the first 90 s, so a file needs a longer warm-up.
# "pipeline" is how many requests a client sends at once, "rate" the requests per second that Millrace is to reach.
# "suffix" is that of the configurations for bytes that are passed on unread, "upstream" what Millrace's upstream has more, "limits" its listener.
CASES = {
    "small": {"title": "GET, 128-byte body", "body": 128, "connections": [64, 256], "nginx": "", "haproxy": "",
              "goals": {("nginx", 64): 0.82, ("nginx", 256): 0.70, ("haproxy", 64): 0.70, ("haproxy", 256): 0.55}},
    "big": {"title": "GET, 1 MiB body", "body": MIB, "connections": [16], "nginx": "proxy_buffering off;",
            "haproxy": "option splice-response", "goals": {("nginx", 16): 0.55, ("haproxy", 16): 0.95}},
    "upload": {"title": "POST, 1 MiB body", "body": 128, "upload": MIB, "connections": [16],
               "nginx": "proxy_request_buffering off; proxy_buffering off; client_max_body_size 0;",
               "haproxy": "option splice-request", "goals": {("nginx", 16): 0.55, ("haproxy", 16): 0.95}},
    "close": {"title": "GET, 1 MiB body that ends with its connection", "body": MIB, "closes": True, "connections": [16],
              "nginx": "proxy_buffering off;", "haproxy": None, "goals": {("nginx", 16): 0.55}},
    "file": {"title": "GET, file of 1 MiB", "body": MIB, "path": "/files/large.bin", "connections": [16], "nginx": "",
             "haproxy": None, "warm-up": 120, "goals": {("nginx", 16): 1.0}},
    "small-file": {"title": "GET, file of 16 KiB", "body": 16 << 10, "path": "/files/small.bin", "connections": [64],
                   "nginx": "", "haproxy": None, "goals": {("nginx", 64): 1.0}},
    "tcp": {"title": "Tunnels, 1 MiB answers to small questions", "body": MIB, "connections": [16], "suffix": "-tcp",
            "nginx": None, "haproxy": "", "goals": {("haproxy", 16): 0.95}},
    "tcp-small": {"title": "Tunnels, 128-byte answers to small questions", "body": 128, "connections": [64],
                  "suffix": "-tcp", "nginx": None, "haproxy": "", "goals": {}},
    "coalesce": {"title": "GET, 128-byte body, upstream connections shared by Millrace's clients", "body": 128,
                 "connections": [64, 256], "upstream": ", pipelining: {depth: 512, connections: 2}", "nginx": "",
                 "haproxy": "", "goals": {("nginx", 64): 0.52, ("nginx", 256): 0.42, ("haproxy", 64): 0.45,
                                          ("haproxy", 256): 0.33}},
    "pipe16": {"title": "GET, 128-byte body, clients pipeline 16 deep, upstream connections shared", "body": 128,
               "connections": [64], "pipeline": 16, "upstream": ", pipelining: {depth: 128, connections: 8}", "nginx": "",
               "haproxy": "", "goals": {("nginx", 64): 0.10}, "rate": 1_000_000},
    "pipe64": {"title": "GET, 128-byte body, clients pipeline 64 deep, upstream connections shared", "body": 128,
               "connections": [64], "pipeline": 64, "limits": ", limits: {pipelined: 64}",
               "upstream": ", pipelining: {depth: 1024, connections: 8, maximumAge: 2s}, pool: {maximumPending: 8192}",
               "nginx": "", "haproxy": "", "goals": {}},
    "respond": {"title": "GET, a fixed answer of 128 bytes, clients pipeline 16 deep", "body": 128, "path": "/fixed",
                "connections": [64], "pipeline": 16, "nginx": "", "haproxy": "", "goals": {}, "rate": 2_000_000},
    "beside": {"title": "", "body": 128, "connections": [64], "nginx": "proxy_buffering off;",
               "haproxy": "option splice-response", "goals": {}},
}
# Share of the proxy's CPU that others may take before the report says so.
QUIET = 0.05
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1

# What compiles the page of metrics, which rounds ask for, belongs to no request.
SCRAPES = 400


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stat_of(pid):
    """Parent, user ticks, system ticks and resident pages of a process; None when it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rsplit(")", 1)[1].split()
    return int(fields[1]), int(fields[11]), int(fields[12]), int(fields[21])


def tree_of(root):
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := stat_of(int(entry))):
            parents[int(entry)] = stat[0]
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return tree


def usage_of(root):
    """User us, system us and resident bytes of a process and its children."""
    stats = [stat for pid in tree_of(root) if (stat := stat_of(pid))]
    return (sum(s[1] for s in stats) * TICK_US, sum(s[2] for s in stats) * TICK_US,
            sum(s[3] for s in stats) * PAGE)


def busy_of(cpu):
    """Ticks that a CPU spent on anything at all, by whomever, in us."""
    line = re.search(rf"^cpu{cpu} (.*)$", pathlib.Path("/proc/stat").read_text(), re.M).group(1)
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, line.split()[:8])
    return (user + nice + system + irq + softirq + steal) * TICK_US


def get(port, path, upload=0):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("POST" if upload else "GET", path, b"m" * upload or None)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


class Proxy:
    """One proxy under test: a process pinned to one CPU, in front of the origin."""

    def __init__(self, name, options, origin, command, config):
        self.name = name
        self.port = free_port()
        self.admin = free_port()
        self.gc_log = options.work / f"{name}-gc.log"
        text = (HERE / config).read_text()
        values = {"PORT": self.port, "ADMIN": self.admin, "ORIGIN": origin, "LARGE": options.large, "DIRECTORY": options.work,
                  "CPU": options.proxy_cpu, "NGINX": options.load["nginx"] or "", "HAPROXY": options.load["haproxy"] or "",
                  "UPSTREAM": options.load.get("upstream", ""), "LIMITS": options.load.get("limits", ""),
                  "FIXED": "m" * 128}
        for key, value in values.items():
            text = text.replace(f"@{key}@", str(value))
        path = options.work / config
        path.write_text(text)
        environment = dict(os.environ)
        environment["MILLRACE_JAVA_OPTS"] = f"{environment.get('MILLRACE_JAVA_OPTS', '')} -Xlog:gc:file={self.gc_log}"
        self.log = options.work / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", str(options.proxy_cpu), *command, str(path)], stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, env=environment, preexec_fn=die_with_parent)

    def await_answer(self, load, seconds=30):
        """Waits for the first right answer: what does not proxy is not measured."""
        deadline = time.monotonic() + seconds
        seen = "nothing"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                status, body = get(self.port, load.get("path", "/"), load.get("upload", 0))
                if status == 200 and len(body) == load["body"]:
                    return
                seen = f"{status} and {len(body)} bytes"
            except OSError as error:
                seen = str(error)
            time.sleep(0.1)
        output = self.log.read_text(errors="replace")[-3000:]
        raise SystemExit(f"compare: {self.name} does not answer through the proxy ({seen}):\n{output}")

    def allocated(self):
        """Heap bytes that the shard's thread has allocated, by Millrace's own counter; None for the others."""
        if self.name != "millrace":
            return None
        try:
            _, body = get(self.admin, "/metrics")
        except OSError:
            return None
        values = re.findall(r"^millrace_shard_allocated_bytes(?:_total)?(?:\{[^}]*\})? (\S+)", body.decode(), re.M)
        return sum(map(float, values)) if values else None

    def collections(self):
        if self.name != "millrace" or not self.gc_log.exists():
            return None
        return len(re.findall(r"Pause", self.gc_log.read_text()))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def wrk(options, port, connections, seconds):
    """Requests, elapsed seconds, p50 and p99 in ms of one run; a bad answer or a socket error ends the comparison."""
    command = ["taskset", "-c", str(options.load_cpu), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
               f"http://127.0.0.1:{port}{options.load.get('path', '/')}"]
    if "upload" in options.load:
        command[5:5] = ["-s", str(HERE / "upload.lua")]
    if "pipeline" in options.load:
        command[5:5] = ["-s", str(HERE / "pipeline.lua")]
        command += ["--", str(options.load["pipeline"])]
    output = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=die_with_parent).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"compare: errors under load on port {port}:\n{output}")
    requests, elapsed, unit = re.search(r"(\d+) requests in ([\d.]+)([smh])", output).groups()
    p50 = re.search(r"^\s+50%\s+(\S+)", output, re.M).group(1)
    p99 = re.search(r"^\s+99%\s+(\S+)", output, re.M).group(1)
    return int(requests), float(elapsed) * {"s": 1, "m": 60, "h": 3600}[unit], milliseconds(p50), milliseconds(p99)


def measure(options, proxy, connections):
    allocated, collections = proxy.allocated(), proxy.collections()
    user, system, _ = usage_of(proxy.process.pid)
    busy = busy_of(options.proxy_cpu)
    requests, elapsed, p50, p99 = wrk(options, proxy.port, connections, options.seconds)
    user_after, system_after, resident = usage_of(proxy.process.pid)
    charged = user_after - user + system_after - system
    foreign = max(0.0, busy_of(options.proxy_cpu) - busy - charged) / (elapsed * 1_000_000)
    allocated_after, collections_after = proxy.allocated(), proxy.collections()
    return {
        "requestsPerSecond": requests / elapsed,
        "userUs": (user_after - user) / requests,
        "systemUs": (system_after - system) / requests,
        "cpuUs": charged / requests,
        "p50Ms": p50,
        "p99Ms": p99,
        "rssMiB": resident / 2**20,
        "foreignLoad": foreign,
        "allocatedBytes": None if None in (allocated, allocated_after) else (allocated_after - allocated) / requests,
        "collections": None if None in (collections, collections_after) else collections_after - collections,
    }


def median_of(samples):
    medians = {}
    for key in samples[0]:
        values = [sample[key] for sample in samples if sample[key] is not None]
        medians[key] = statistics.median(values) if values else None
    # A cycle in any round counts: a median would hide it.
    cycles = [sample["collections"] for sample in samples if sample["collections"] is not None]
    medians["collections"] = sum(cycles) if cycles else None
    return medians


def run_rounds(options, proxies):
    samples = {}
    for connections in options.connections:
        for number in range(options.rounds):
            # Nobody is always first.
            shift = number % len(proxies)
            for proxy in proxies[shift:] + proxies[:shift]:
                sample = measure(options, proxy, connections)
                samples.setdefault((proxy.name, connections), []).append(sample)
                print(f"  {connections:>3} connections, round {number + 1}: {proxy.name:<8} "
                      f"{sample['requestsPerSecond']:>8.0f}/s {sample['cpuUs']:6.2f} us", file=sys.stderr)
    return samples


def shown(value, form):
    return "–" if value is None else format(value, form)


def row_of(name, m):
    cells = [name, shown(m["requestsPerSecond"], ",.0f"), shown(m["cpuUs"], ".2f"), shown(m["userUs"], ".2f"),
             shown(m["systemUs"], ".2f"), shown(m["p50Ms"], ".2f"), shown(m["p99Ms"], ".2f"), shown(m["rssMiB"], ".0f"),
             shown(m["allocatedBytes"], ".2f"), shown(m["collections"], "d")]
    return "| " + " | ".join(cells) + " |"


def ratios_of(medians, connections, load):
    lines = []
    for peer in ("nginx", "haproxy"):
        ours, theirs = medians.get(("millrace", connections)), medians.get((peer, connections))
        if not ours or not theirs:
            continue
        ratio = ours["cpuUs"] / theirs["cpuUs"]
        goal = load["goals"].get((peer, connections))
        verdict = "" if goal is None else f" (goal ≤ {goal:.2f}: {'reached' if ratio <= goal else 'MISSED'})"
        # wrk has no latencies of clients that pipeline to a proxy that answers one by one.
        p99 = f", p99 {ours['p99Ms'] / theirs['p99Ms']:.2f}" if theirs["p99Ms"] else ""
        lines.append(f"Millrace/{peer}: CPU per request **{ratio:.2f}**{verdict}, requests per second "
                     f"{ours['requestsPerSecond'] / theirs['requestsPerSecond']:.2f}{p99}.")
    ours, rate = medians.get(("millrace", connections)), load.get("rate")
    if ours and rate:
        reached = "reached" if ours["requestsPerSecond"] >= rate else "MISSED"
        lines.append(f"Millrace: **{ours['requestsPerSecond']:,.0f}** requests per second (goal ≥ {rate:,}: {reached}).")
    return lines


def noise_of(medians):
    """A sentence when something else ran on the proxy's CPU: then the numbers say little."""
    worst = max(m["foreignLoad"] for m in medians.values())
    return [] if worst < QUIET else [f"**Not a quiet machine: other work took up to {worst:.0%} of the proxy's CPU.**", ""]


def notes_of(options):
    if "suffix" in options.load:
        return ["The load speaks HTTP, which the proxies pass on unread: a request is a question and its answer in a tunnel.",
                "HAProxy runs with `option splice-auto`. Millrace keeps its metrics; nobody logs."]
    return ["Millrace writes its forwarding headers and keeps its metrics; the peers do neither, and log nothing.",
            "HAProxy runs with `http-reuse always`; nginx with one worker and 256 kept upstream connections."]


def report_of(options, medians, facts):
    lines = [f"# {options.load['title']}, keep-alive, one core for the proxy", "",
             f"{facts['date']}, commit {facts['commit']}. Medians of {options.rounds} interleaved rounds of "
             f"{options.seconds} s. CPU in us per request, of the whole process; memory in MiB.", "",
             f"{facts['cpu']}, {facts['cpus']} CPUs, Linux {facts['kernel']}. {facts['versions']}.", "", *noise_of(medians)]
    for connections in options.connections:
        lines += [f"## {connections} connections", "",
                  "| proxy | requests/s | CPU | user | system | p50 ms | p99 ms | RSS | B allocated/request | GC cycles |",
                  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
        lines += [row_of(name, m) for (name, of), m in medians.items() if of == connections]
        lines += ["", *ratios_of(medians, connections, options.load), ""]
    lines += notes_of(options)
    return "\n".join(lines) + "\n"


def facts_of(options, binaries):
    def first_line(*command):
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        return ((result.stdout + result.stderr).strip().splitlines() or ["unknown"])[0]

    git = ["git", "-C", str(options.project)]
    commit = first_line(*git, "rev-parse", "--short=10", "HEAD")
    changed = subprocess.run([*git, "status", "--porcelain", "--", "src", "pom.xml"], capture_output=True, text=True,
                             check=False).stdout.strip()
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    haproxy = re.search(r"version (\S+)", first_line(binaries["haproxy"], "-v"))
    return {"date": datetime.date.today().isoformat(), "commit": commit + ("-changed" if changed else ""),
            "cpu": cpu.group(1) if cpu else platform.machine(), "cpus": os.cpu_count(), "kernel": platform.release(),
            "versions": f"nginx {first_line(binaries['nginx'], '-v').rsplit('/', 1)[-1]}, "
                        f"HAProxy {haproxy.group(1) if haproxy else 'unknown'}"}


def arguments():
    parser = argparse.ArgumentParser(prog="perf/load/compare", description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--project", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peers-only", action="store_true", help="leave Millrace out and write no result file")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per proxy and number of connections (5)")
    parser.add_argument("--seconds", type=int, default=5, help="length of one round (5)")
    parser.add_argument("--warm-up", type=int, help="seconds of load for the JVM before the rounds (20; file: 120)")
    parser.add_argument("--case", choices=CASES, default="small", help="what is loaded (small)")
    parser.add_argument("--connections", type=int, nargs="+", help="client connections (as the case says)")
    parser.add_argument("--proxy-cpu", type=int, default=0)
    parser.add_argument("--load-cpu", type=int, default=1)
    parser.add_argument("--dry", action="store_true", help="print only, write no result file")
    options = parser.parse_args()
    options.load = CASES[options.case]
    options.connections = options.connections or options.load["connections"]
    options.warm_up = options.warm_up or options.load.get("warm-up", 20)
    return options


def start_origin(options, body, first=die_with_parent):
    command = ["taskset", "-c", str(options.load_cpu), str(options.work / "origin"), str(body),
               str(options.load.get("upload", 0)), "close" if options.load.get("closes") else "keep"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=first)


def port_of(origin):
    return int(origin.stdout.readline())


def write_files(options):
    directory = options.work / "root/files"
    directory.mkdir(parents=True)
    for name, length in (("large.bin", MIB), ("small.bin", 16 << 10)):
        (directory / name).write_bytes(b"m" * length)


def start_proxies(options, origin, binaries):
    started = []
    suffix = options.load.get("suffix", "")
    try:
        if not options.peers_only:
            script = str(options.project / "target/millrace/bin/millrace")
            started.append(Proxy("millrace", options, origin, [script, "run", "--config"], f"millrace{suffix}.yaml"))
        if options.load["nginx"] is not None:
            command = [binaries["nginx"], "-p", str(options.work), "-c"]
            started.append(Proxy("nginx", options, origin, command, "nginx.conf"))
        if options.load["haproxy"] is not None:
            started.append(Proxy("haproxy", options, origin, [binaries["haproxy"], "-f"], f"haproxy{suffix}.cfg"))
        for proxy in started:
            proxy.await_answer(options.load)
    except BaseException:
        for proxy in started:
            proxy.stop()
        raise
    return started


def warm_up(options, proxies):
    for proxy in proxies:
        seconds = options.warm_up if proxy.name == "millrace" else 2
        for connections in options.connections:
            wrk(options, proxy.port, connections, max(1, seconds // len(options.connections)))
        for _ in range(SCRAPES):
            proxy.allocated()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    binaries = {name: os.environ.get(name.upper(), name) for name in ("nginx", "haproxy")}
    write_files(options)
    is_beside = options.case == "beside"
    origins = [start_origin(options, beside.DOWNLOAD_LENGTH)] if is_beside else []
    options.large = port_of(origins[0]) if is_beside else free_port()
    first = beside.urgently(die_with_parent) if is_beside else die_with_parent
    origins.append(start_origin(options, options.load["body"], first))
    proxies = []
    try:
        proxies = start_proxies(options, port_of(origins[-1]), binaries)
        warm_up(options, proxies)
        samples = beside.Besides(sys.modules[__name__], options).run(proxies) if is_beside else run_rounds(options, proxies)
    finally:
        for process in proxies:
            process.stop()
        for process in origins:
            process.terminate()
            process.wait()
    facts = facts_of(options, binaries)
    medians = {} if is_beside else {key: median_of(values) for key, values in samples.items()}
    report = beside.report_of(options, samples, facts) if is_beside else report_of(options, medians, facts)
    print(report)
    if options.peers_only or options.dry:
        return
    case = "" if options.case == "small" else f"-{options.case}"
    name = options.project / "perf/results" / f"{facts['date']}-{facts['commit']}{case}"
    name.with_name(name.name + ".md").write_text(report)
    results = [{"proxy": proxy, "connections": connections, "median": medians.get((proxy, connections)), "rounds": values}
               for (proxy, connections), values in samples.items()]
    name.with_name(name.name + ".json").write_text(
        json.dumps({**facts, "seconds": options.seconds, "results": results}, indent=1) + "\n")
    print(f"written: {name.relative_to(options.project)}.md and .json", file=sys.stderr)


if __name__ == "__main__":
    main()
