#!/usr/bin/env python3
"""Runs the CTest tests of one label and closes with 'N passed, N failed, N skipped'.

Counts test cases, not executables: an executable that prints its own closing line (Catch2's, or
'N passed, N failed') is counted by it, any other as one.
"""

import re
import subprocess
import sys

CATCH_ALL = re.compile(r"All tests passed \(\d+ assertions? in (\d+) test cases?\)")
CATCH_SOME = re.compile(r"test cases:\s*(\d+)\s*\|(?:\s*(\d+) passed)?(?:\s*\|?\s*(\d+) failed)?")
PLAIN = re.compile(r"^(?:\d+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
RESULT = re.compile(r"^\s*\d+/\d+ Test\s+#\d+: (\S+) \.*\s*(\*{3})?(\S+)")


def count(output: list[str]) -> tuple[int, int, int]:
    for line in reversed(output):
        if found := CATCH_ALL.search(line):
            return int(found[1]), 0, 0
        if found := CATCH_SOME.search(line):
            return int(found[2] or 0), int(found[3] or 0), 0
        if found := PLAIN.match(line):
            return int(found[1]), int(found[2]), int(found[3] or 0)
    return -1, 0, 0


def main() -> int:
    build, label = sys.argv[1:3]
    command = ["ctest", "--test-dir", build, "-L", f"^{label}$", "-V", "--no-tests=error"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace")
    assert process.stdout
    block: list[str] = []
    passed = failed = skipped = 0
    for line in process.stdout:
        line = line.rstrip("\n")
        block.append(line)
        result = RESULT.match(line)
        if not result:
            continue
        good, bad, left_out = count(block[:-1])
        ok = result[3] == "Passed"
        if good < 0:
            good, bad = (1, 0) if ok else (0, 1)
        if not ok:
            bad = max(bad, 1)
            print("\n".join(block))
        print(f"{result[1]}: {'ok' if ok else result[3]}, {good} passed, {bad} failed"
              + (f", {left_out} skipped" if left_out else ""), flush=True)
        passed, failed, skipped = passed + good, failed + bad, skipped + left_out
        block = []
    status = process.wait()
    if status != 0 and failed == 0:
        print("\n".join(block))
        failed = 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
