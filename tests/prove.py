#!/usr/bin/env python3
"""Runs the test of a security claim, and on request shows that it fails when the defence is taken out.

  tests/prove.py            checks that every claim names a test and a defence that exist, and that the tests which
                            docs/security.md names for the threats T1 to T26 do
  tests/prove.py S7         runs the test of claim S7
  tests/prove.py S7 out     copies the checkout, takes the defence of S7 out there, and expects the test to fail
  tests/prove.py all        every claim, both ways

The claims stand in docs/claims.toml.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRATCH = ROOT / "target" / "prove"


def claims():
    with open(ROOT / "docs" / "claims.toml", "rb") as f:
        return tomllib.load(f)["claim"]


def edits(claim):
    """What is replaced in the defence's file to take it out."""
    return [claim["defence"], *filter(None, [claim["defence"].get("also")])]


def check(claim):
    """Every word of a claim still means something; returns what is wrong."""
    wrong = []
    source = (ROOT / claim["defence"]["file"]).read_text()
    for edit in edits(claim):
        if source.count(edit["find"]) != 1:
            wrong.append(f"{claim['id']}: {claim['defence']['file']} does not contain its defence exactly once: {edit['find']}")
    if claim["id"] not in (ROOT / "docs" / "security.md").read_text():
        wrong.append(f"{claim['id']}: docs/security.md does not name it")
    test = claim["function"].rsplit("::", 1)[-1]
    if f"fn {test}" not in (ROOT / claim["where"]).read_text():
        wrong.append(f"{claim['id']}: {claim['where']} has no test {test}")
    return wrong


def threats():
    """Every threat has a row in docs/security.md, and every test named there exists; returns how many, and what is wrong."""
    document = (ROOT / "docs" / "security.md").read_text()
    wrong = []
    for number in range(1, 27):
        row = re.search(rf"^\| T{number} \|.*$", document, re.M)
        if not row or ".rs::" not in row[0]:
            wrong.append(f"T{number}: docs/security.md names no test for it")
    named = set(re.findall(r"`([\w/.-]+\.rs)::(\w+)`", document))
    for file, test in sorted(named):
        source = (ROOT / file).read_text() if (ROOT / file).is_file() else ""
        if not re.search(rf"#\[(?:\w+::)?test\b[^\n]*\]\n(?:\s*#\[[^\n]*\n)*\s*(?:async )?fn {test}\(", source):
            wrong.append(f"docs/security.md: {file} has no test {test}")
    return len(named), wrong


def run(claim, root, target):
    """Runs the claim's test; True if it passed, None if it did not even build or run."""
    command = ["cargo", "test", "--locked", "--target-dir", str(target), *claim["cargo"], "--", "--exact", claim["function"]]
    print("+", " ".join(command), flush=True)
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    out = done.stdout + done.stderr
    ran = "1 passed" in out or "1 failed" in out
    if done.returncode and not ran:
        print(out[-3000:])
    return None if not ran else done.returncode == 0


def without(claim):
    """A copy of the checkout with the defence taken out."""
    tree = SCRATCH / "tree"
    tree.mkdir(parents=True, exist_ok=True)
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, files):
        source, copy = ROOT / name, tree / name
        if not source.is_file():
            continue
        # Equal files keep their time, so that only what changed is built again.
        if not copy.exists() or copy.read_bytes() != source.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    defence = claim["defence"]
    file = tree / defence["file"]
    source = file.read_text()
    for edit in edits(claim):
        source = source.replace(edit["find"], edit["out"], 1)
    file.write_text(source)
    return tree


def prove(claim, both, only_out=False):
    print(f"{claim['id']}: {claim['text']}")
    good = True
    if not only_out:
        passed = run(claim, ROOT, ROOT / "target")
        print(f"  with the defence: {'passed' if passed else 'FAILED'}")
        good &= bool(passed)
    if both or only_out:
        passed = run(claim, without(claim), SCRATCH / "target")
        word = {True: "PASSED: the test proves nothing", False: "failed, as it must", None: "did not build"}[passed]
        print(f"  without the defence: {word}")
        good &= passed is False
    return good


def main():
    every = claims()
    named, missing = threats()
    wrong = [w for claim in every for w in check(claim)] + missing
    for w in wrong:
        print(w, file=sys.stderr)
    wanted, how = (sys.argv[1:] + ["", ""])[:2]
    if not wanted:
        print(f"claims: {len(every)} named; tests of threats: {named} named; {len(wrong)} broken")
        return 1 if wrong else 0
    chosen = [c for c in every if wanted in ("all", c["id"])]
    if not chosen:
        print(f"there is no claim {wanted}; there are: {', '.join(c['id'] for c in every)}", file=sys.stderr)
        return 64
    good = [prove(c, both=wanted == "all", only_out=how == "out") for c in chosen]
    print(f"prove: {sum(good)} of {len(good)} hold")
    return 0 if all(good) and not wrong else 1


sys.exit(main())
