"""The case "beside" of perf/load/compare: how long small requests take while large responses pass through the shard.

Two runs follow each other for each proxy. In the first, 16 downloads of 1 GiB run; in the second, other small requests
instead, as many as make the proxy's CPU as busy. Both times a probe asks for 128 bytes at random times, 500 times a
second, on connections of its own, and what counts is the 99th percentile of its times, and the ratio of the two.
The probe and the origin of the small requests come before everything else on the CPU of the load, where that is
permitted: it is the proxy's queue that is to be measured and not theirs.
"""

import os
import statistics
import subprocess
import sys
import time

DOWNLOADS = 16
DOWNLOAD_LENGTH = 1 << 30
# Bytes per second of all downloads together; 0 is as fast as they come.
RATES = [0, 1 << 30]
PROBE_CONNECTIONS = 16
PROBE_RATE = 500
OTHER_CONNECTIONS = 64
SETTLE_SECONDS = 0.5
# With large responses the code is run less often, so that it takes longer until all of it is compiled.
WARM_UPS = 3
TRIES = 4
# How far the two runs' loads may be apart.
TOLERANCE = 0.05


def urgently(preexec):
    def run():
        preexec()
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        except PermissionError:
            pass
    return run


class Besides:
    """Runs the case; rounds is the module that knows proxies and their CPU time."""

    def __init__(self, rounds, options):
        self.rounds, self.options = rounds, options
        self.other_rate = {}

    def flow(self, kind, port, path, connections, rate, seconds, first=None):
        command = ["taskset", "-c", str(self.options.load_cpu), str(self.options.work / "flow"), kind, str(port), path,
                   str(connections), str(int(rate)), str(seconds)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                preexec_fn=first or self.rounds.die_with_parent)

    def share(self, proxy, before, elapsed):
        user, system, _ = self.rounds.usage_of(proxy.process.pid)
        return (user + system - before[0] - before[1]) / (elapsed * 1_000_000)

    def probe_beside(self, proxy, kind, path, connections, rate):
        """The proxy's share of its CPU, p50 and p99 of the probe in us, and how much of the other traffic there was."""
        seconds = self.options.seconds
        other = self.flow(kind, proxy.port, path, connections, rate, seconds + 3 * SETTLE_SECONDS)
        try:
            time.sleep(SETTLE_SECONDS)
            before, start = self.rounds.usage_of(proxy.process.pid), time.monotonic()
            busy = self.rounds.busy_of(self.options.proxy_cpu)
            probe = self.flow("requests", proxy.port, "/", PROBE_CONNECTIONS, PROBE_RATE, seconds,
                              urgently(self.rounds.die_with_parent))
            output = probe.communicate(timeout=seconds + 30)[0].split()
            elapsed = time.monotonic() - start
            share = self.share(proxy, before, elapsed)
            foreign = (self.rounds.busy_of(self.options.proxy_cpu) - busy) / (elapsed * 1_000_000) - share
            amount = float(other.communicate(timeout=30)[0].split()[0])
        finally:
            other.kill()
            other.wait()
        return {"share": share, "foreign": max(0.0, foreign), "p50Us": float(output[1]), "p99Us": float(output[2]),
                "perSecond": amount / (seconds + 3 * SETTLE_SECONDS)}

    def beside_requests(self, proxy, rate, wanted):
        """The same shard load by small requests: their rate is found by trying, and kept for the next round."""
        key = proxy.name, rate
        guess = self.other_rate.get(key, 60_000 * wanted)
        for _ in range(TRIES):
            result = self.probe_beside(proxy, "requests", "/", OTHER_CONNECTIONS, guess)
            if abs(result["share"] - wanted) <= TOLERANCE:
                break
            guess = min(400_000, guess * wanted / max(result["share"], 0.01))
        self.other_rate[key] = guess
        return result

    def warm_up(self, proxies):
        """The compiler shares the proxy's CPU, and takes it for milliseconds while there is something to compile."""
        for proxy in proxies:
            seconds = WARM_UPS * self.options.warm_up if proxy.name == "millrace" else 2
            both = [self.flow("download", proxy.port, "/large", DOWNLOADS, 0, seconds),
                    self.flow("requests", proxy.port, "/", PROBE_CONNECTIONS, PROBE_RATE, seconds)]
            for one in both:
                one.communicate(timeout=seconds + 30)

    def run(self, proxies):
        self.warm_up(proxies)
        samples = {}
        for number in range(self.options.rounds):
            shift = number % len(proxies)
            for proxy in proxies[shift:] + proxies[:shift]:
                for rate in RATES:
                    downloads = self.probe_beside(proxy, "download", "/large", DOWNLOADS, rate)
                    requests = self.beside_requests(proxy, rate, downloads["share"])
                    samples.setdefault((proxy.name, rate), []).append((downloads, requests))
                    print(f"  round {number + 1}: {proxy.name:<8} {downloads['perSecond'] / 2**30:.2f} GiB/s, load "
                          f"{downloads['share']:.0%} p99 {downloads['p99Us']:.0f} us; {requests['perSecond']:.0f}/s, "
                          f"load {requests['share']:.0%} p99 {requests['p99Us']:.0f} us", file=sys.stderr)
        return samples


def report_of(options, samples, facts):
    def median(values, which, key):
        return statistics.median(value[which][key] for value in values)

    lines = ["# Small requests beside 16 downloads of 1 GiB, one core for the proxy", "",
             f"{facts['date']}, commit {facts['commit']}. Medians of {options.rounds} interleaved rounds of "
             f"{options.seconds} s; times of {PROBE_RATE} requests a second in us.", "",
             f"{facts['cpu']}, {facts['cpus']} CPUs, Linux {facts['kernel']}. {facts['versions']}.", ""]
    worst = max(statistics.median(one["foreign"] for pair in values for one in pair) for values in samples.values())
    if worst > 0.05:
        lines += [f"**Not a quiet machine: other work took up to {worst:.0%} of the proxy's CPU.**", ""]
    lines += ["| proxy | downloads, GiB/s | CPU | p50 | p99 | other requests/s | CPU | p50 | p99 | p99 ratio |",
              "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for (name, _), values in samples.items():
        ratio = statistics.median(d["p99Us"] / r["p99Us"] for d, r in values)
        goal = f" (goal ≤ 2: {'reached' if ratio <= 2 else 'MISSED'})" if name == "millrace" else ""
        cells = [name, f"{median(values, 0, 'perSecond') / 2**30:.2f}"]
        for which in (0, 1):
            if which == 1:
                cells.append(f"{median(values, 1, 'perSecond'):,.0f}")
            cells += [f"{median(values, which, 'share'):.0%}", f"{median(values, which, 'p50Us'):,.0f}",
                      f"{median(values, which, 'p99Us'):,.0f}"]
        lines.append("| " + " | ".join([*cells, f"**{ratio:.2f}**{goal}"]) + " |")
    return "\n".join(lines) + "\n"
