# SPDX-License-Identifier: GPL-2.0-or-later
"""What the log tests share: fixtures, facts, and how a fact is held against a verdict."""
import json
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TRIAGE = os.environ.get("TRIAGE", os.path.join(ROOT, "build", "triage"))

# Who died, where and of what: a verdict that is wrong here misleads.
IDENTITY = re.compile(r"crash\.(kind|cpu|task\..*|rip\.(symbol|module))$|verdict\.(cause|headline)$")

LEADING_FRAMES = 10  # of the watchdog, of panic() or of another context, in front of the crash's own


class Fixture:
    def __init__(self, name, data=None, spec=None):
        self.name = name
        if data is None:
            with open(os.path.join(HERE, name + ".log"), "rb") as f:
                data = f.read()
        if spec is None:
            with open(os.path.join(HERE, name + ".json"), encoding="utf-8") as f:
                spec = json.load(f)
        self.data, self.kind, self.facts = data, spec["kind"], spec["facts"]
        self.core = spec.get("core", False)


def fixture_names():
    return sorted(n[:-4] for n in os.listdir(HERE) if n.endswith(".log"))


class Answer:
    """What triage says of one log: the verdict as JSON, the page, the exit status."""

    def __init__(self, verdict, page, status, error=""):
        self.verdict, self.page, self.status, self.error = verdict, page, status, error

    def read_a_log(self):
        return (self.verdict.get("dump") or {}).get("format") == "log"

    def confidence(self):
        return (self.verdict.get("verdict") or {}).get("confidence") or 0


def triage(arguments, stdin=None, timeout=60):
    options = os.environ.get("TRIAGE_OPTIONS", "").split()
    command = [TRIAGE, "analyze", *options, *arguments]
    source = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    try:
        ran = subprocess.run(command, capture_output=True, timeout=timeout, **source)
    except subprocess.TimeoutExpired:
        return "", f"no answer within {timeout} s", -1
    return (ran.stdout.decode("utf-8", "replace"), ran.stderr.decode("utf-8", "replace"),
            ran.returncode)


def answer(path, stdin=None, page=True):
    text, error, status = triage(["--json", path], stdin)
    try:
        verdict = json.loads(text)
    except ValueError:
        verdict = {}
        error = error or text
    shown = triage([path], stdin)[0] if page else ""
    return Answer(verdict, re.sub(r"\s+", " ", shown), status, error.strip()[:200])


# --- facts ------------------------------------------------------------------------------------

def values(tree, path):
    """All values at a path in which [] stands for every element and [n] for one."""
    found = [tree]
    for step in re.findall(r"\w+|\[\d*\]", path):
        if step == "[]":
            found = [e for v in found if isinstance(v, list) for e in v]
        elif step[0] == "[":
            at = int(step[1:-1])
            found = [v[at] for v in found if isinstance(v, list) and at < len(v)]
        else:
            found = [v[step] for v in found if isinstance(v, dict) and step in v]
    return found


def equal(wanted, value):
    if isinstance(wanted, float) and isinstance(value, (int, float)):
        return abs(wanted - value) < 1e-6
    return wanted == value and isinstance(wanted, bool) == isinstance(value, bool)


def fits(wanted, value):
    """Is this one value as wanted?"""
    if isinstance(wanted, str) and wanted.startswith("~"):
        return isinstance(value, str) and re.search(wanted[1:], value) is not None
    if isinstance(wanted, dict) and "any" in wanted:
        return any(fits(w, value) for w in wanted["any"])
    if isinstance(wanted, dict) and "min" in wanted:
        return (isinstance(value, (int, float)) and not isinstance(value, bool) and
                wanted["min"] <= value <= wanted["max"])
    if isinstance(wanted, dict) and "len" in wanted:
        return isinstance(value, list) and len(value) == wanted["len"]
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(fits(w, value.get(k)) for k, w in wanted.items())
    return equal(wanted, value)


def negative(wanted):
    return wanted is None or (isinstance(wanted, str) and wanted.startswith("!"))


def absent_fits(wanted):
    return wanted is None or (isinstance(wanted, dict) and None in wanted.get("any", []))


def base_name(symbol):
    return re.sub(r"\.(isra|constprop|part|cold)(\.\d+)*", "", symbol or "")


def frames_fit(wanted, backtrace):
    """These functions stand one below the other. Frames the kernel itself only guesses ("?", found
    by scanning) may stand between, a few of another context in front."""
    have = [(base_name(f.get("symbol")), f.get("found_by") == "scan")
            for f in backtrace or [] if isinstance(f, dict)]
    wanted = [base_name(w) for w in wanted]
    for start in range(min(len(have), LEADING_FRAMES + 1)):
        at = 0
        for symbol, guessed in have[start:]:
            if symbol == wanted[at]:
                at += 1
                if at == len(wanted):
                    return True
            elif at == 0 or not guessed:
                break
    return False


def got(path, answered):
    if path == "page":
        return [answered.page]
    if path == "status":
        return [answered.status]
    if path == "frames":
        path = "crash.backtrace"
    return values(answered.verdict, path)


def right(path, wanted, answered):
    found = got(path, answered)
    if path == "frames":
        return any(frames_fit(wanted, f) for f in found)
    if negative(wanted):
        # To say nothing at all is no merit.
        if not answered.read_a_log():
            return False
        if wanted is None:
            return all(v is None for v in found)
        return not any(fits(wanted[1:], v) for v in found)
    if absent_fits(wanted) and all(v is None for v in found):
        return answered.read_a_log()
    return any(fits(wanted, v) for v in found)


def wrong_facts(fixture, answered):
    return [(p, w) for p, w in fixture.facts if not right(p, w, answered)]


def misleads(wrong, answered):
    """Something is said of who, where or what, it is not so, and triage is sure of it."""
    return answered.confidence() > 0.5 and any(
        IDENTITY.match(p) and any(v not in (None, "unknown") for v in got(p, answered))
        for p, w in wrong)


def show(path, wanted, answered):
    found = "…" if path == "page" else json.dumps(got(path, answered), ensure_ascii=False)
    if path == "frames":
        found = json.dumps([f.get("symbol") for v in got(path, answered) for f in v or []])
    return f"{path}: {found[:160]} instead of {json.dumps(wanted, ensure_ascii=False)}"


# --- are the facts worth asking? --------------------------------------------------------------

LITERAL = re.compile(r"(comm|symbol|module|object|release|hostname|name|cgroup|taint)$")


def literals(path, wanted):
    """The names, numbers and addresses of a fact that the log itself must hold, as patterns."""
    if path == "frames":
        yield from (re.escape(w) for w in wanted)
    elif isinstance(wanted, dict):
        for key, value in wanted.items():
            if key not in ("any", "min", "max", "len"):
                yield from literals(f"{path}.{key}", value)
    elif isinstance(wanted, str) and wanted[:1] in "~!":
        return
    elif isinstance(wanted, str) and wanted.startswith("0x"):
        # ip and sp are "(null)" when they are 0; a computed fault address is not printed.
        if int(wanted, 16) and not path.endswith("fault.address"):
            yield f"{int(wanted, 16):x}"
    elif isinstance(wanted, str) and LITERAL.search(path):
        yield re.escape(wanted)
    elif isinstance(wanted, int) and path.endswith(("pid", "cpu", "bank", "from", "to")):
        yield rf"(?<!\d){wanted}(?!\d)"


def not_in_the_log(fixture):
    # Wrapped lines may break anywhere.
    text = re.sub(r"\n(> )*", " ", fixture.data.decode("utf-8", "replace"))
    return [f"{path}: the log does not hold {pattern}" for path, wanted in fixture.facts
            for pattern in literals(path, wanted) if not re.search(pattern, text)]


NOTHING = Answer({"dump": {"format": None}}, "", 0)
# Read, and nothing found: only what is to be absent may be right then.
EMPTY = Answer({"dump": {"format": "log"}, "verdict": {"headline": "something", "cause": "x"}},
               "a page", 0)


def not_falsifiable(fixture):
    result = [f"{p}: right even when nothing is said" for p, w in fixture.facts
              if right(p, w, NOTHING)]
    result += [f"{p}: right of an empty verdict" for p, w in fixture.facts
               if not negative(w) and not absent_fits(w) and right(p, w, EMPTY)]
    return result + [f"{p}: a pattern that fits anything" for p, w in fixture.facts
                     if isinstance(w, str) and w[:1] == "~" and re.search(w[1:], "")]


def double_facts(fixture):
    seen = [json.dumps(f) for f in fixture.facts]
    return [f"asked twice: {s}" for s in sorted(set(seen)) if seen.count(s) > 1]


def faults(fixture):
    """What is wrong with the fixture itself."""
    return not_in_the_log(fixture) + not_falsifiable(fixture) + double_facts(fixture)
