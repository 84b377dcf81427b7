#!/usr/bin/env python3
"""The coroutine rule of dns/task.hpp, which keeps clear of what g++ 12 miscompiles.

`co_await` stands only as the whole initialiser of a named local or as a statement of its own; its
operand is a name or a call without braces among its arguments (temporaries of lambdas, aggregates
and braced lists are freed twice); no coroutine is a lambda with captures.

It reads text, not syntax trees: comments and literals are blanked out first, and what it does not
recognise is a fault. Run alone it checks the rooms that have coroutines, after it has proved
itself on samples.
"""

import pathlib
import re
import sys

ROOMS = ["dns", "survey", "exporter"]

KEYWORDS = re.compile(r"\bco_(?:await|return|yield)\b")
CLOSING = {"(": ")", "[": "]", "{": "}"}
OPENING = {close: opening for opening, close in CLOSING.items()}

# Comments, raw strings, strings and characters; an apostrophe within a number is none of these.
BLANKED = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<raw>[^\s()\\]{0,16})\(.*?\)(?P=raw)"'
    r'|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)

# What may stand before the declaration or statement that holds the co_await.
LABEL = re.compile(r"(?:case\b[^;{}?]*?[^:]|default\s*):(?!:)\s*")
CONTROL = re.compile(r"(?:else\s+)?(?:if(?:\s+constexpr)?|while|for|switch)\s*\(|else\b|do\b")
DECLARATION = re.compile(r"(?:[\w:]+\s*(?:<[\w:<>,*&\s]*>)?(?:::\w+)*[\s*&]+)+\w+\s*=\s*")
NOT_A_TYPE = re.compile(r"(?:co_return|co_yield|return|throw|delete|new|case|goto)\b")

TEMPLATE_ARGUMENTS = re.compile(r"<[\w:<>,*&\s]*>(?=\s*\()")


def blank(text: str) -> str:
    """The text with comments and literals replaced by spaces, every line where it was."""
    return BLANKED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def matching(text: str, start: int) -> int:
    """The index after the bracket that closes the one at `start`; the end when none does."""
    open_brackets = []
    for index in range(start, len(text)):
        if text[index] in CLOSING:
            open_brackets.append(CLOSING[text[index]])
        elif text[index] in OPENING:
            if not open_brackets or open_brackets.pop() != text[index]:
                return len(text)
            if not open_brackets:
                return index + 1
    return len(text)


def statement_start(text: str, position: int) -> tuple[int, bool]:
    """Where the statement around `position` starts, and whether that is within parentheses."""
    depth = 0
    for index in range(position - 1, -1, -1):
        character = text[index]
        if character in ")]":
            depth += 1
        elif character in "([":
            if depth == 0:
                return index + 1, True
            depth -= 1
        elif character in ";{}" and depth == 0:
            return index + 1, False
    return 0, False


def without_control(prefix: str) -> str:
    """The prefix without labels and the heads of statements that are not a block."""
    prefix = prefix.strip()
    while True:
        found = LABEL.match(prefix) or CONTROL.match(prefix)
        if not found:
            return prefix
        end = found.end()
        if found[0].endswith("("):
            end = matching(prefix, end - 1)
        prefix = prefix[end:].strip()


def operand_fault(text: str, start: int) -> str:
    """What is wrong with the operand that starts at `start`; nothing when it is in order."""
    index = start
    while index < len(text):
        rest = text[index:]
        if text[index] == ";":
            return ""
        if text[index].isspace():
            index += 1
        elif text[index] in "([":
            end = matching(text, index)
            if "{" in text[index:end]:
                return "braces within an awaited call: give the temporary a name first"
            index = end
        else:
            found = re.match(r"\w+|::|\.|->", rest) or TEMPLATE_ARGUMENTS.match(rest)
            if not found:
                return "co_await is part of a larger expression"
            index += found.end()
    return "co_await without an end of its statement"


def await_fault(text: str, start: int, end: int) -> str:
    begin, within = statement_start(text, start)
    if within:
        return "co_await within parentheses or brackets (a condition, an argument, a loop's head)"
    prefix = without_control(text[begin:start])
    if prefix and (NOT_A_TYPE.match(prefix) or not DECLARATION.fullmatch(prefix)):
        return "co_await is neither a statement nor the initialiser of a named local"
    return operand_fault(text, end)


def lambdas(text: str) -> list[tuple[int, int, bool]]:
    """Each lambda's body (start, end) and whether it captures."""
    found = []
    for introducer in re.finditer(r"\[", text):
        start = introducer.start()
        before = text[:start].rstrip()
        if before and (before[-1].isalnum() or before[-1] in "_)]\"["):
            if not re.search(r"\b(?:return|co_return|co_await|co_yield)$", before):
                continue  # an index or an attribute
        if text.startswith("[[", start):
            continue
        captures_end = matching(text, start)
        index = captures_end
        while index < len(text) and text[index] != "{":
            if text[index] in "([":
                index = matching(text, index)
            elif text[index] in ";,)}":
                break
            else:
                index += 1
        if index < len(text) and text[index] == "{":
            captures = text[start + 1:captures_end - 1].strip()
            found.append((index, matching(text, index), bool(captures)))
    return found


def faults_in(source: str, name: str) -> list[str]:
    text = blank(source)
    bodies = lambdas(text)
    faults = []
    for keyword in KEYWORDS.finditer(text):
        line = text.count("\n", 0, keyword.start()) + 1
        around = [body for body in bodies if body[0] < keyword.start() < body[1]]
        if around and max(around)[2]:
            faults.append(f"{name}:{line}: a lambda with captures is a coroutine")
        if keyword[0] == "co_await" and not re.search(r"\boperator\s*$", text[:keyword.start()]):
            fault = await_fault(text, keyword.start(), keyword.end())
            if fault:
                faults.append(f"{name}:{line}: {fault}")
    return faults


GOOD = [
    "co_await f(x);",
    "{ co_await scope.join(); }",
    "const bool ok = co_await f(x);",
    "Result<std::vector<int>> r = co_await engine_.ask(server, std::move(question), limits);",
    "std::shared_ptr<const Exchange> e =\n    co_await client.ask(a, b);",
    "dns::Message* m = co_await f();",
    "auto value = co_await f<int>(x);",
    "auto value = co_await std::move(task);",
    "int v = co_await tasks[i];",
    "if (ready) co_await f();",
    "else co_await f();",
    "for (Task<void>& each : tasks) co_await each;",
    "switch (x) { case Kind::one: co_await f(); break; default: co_await g(); }",
    "case 1: { const int v = co_await f(); }",
    'log("co_await in a condition: if (co_await f())");',
    "// if (co_await f())\n/* return co_await f(); */ int x = 1'000;",
    'const char* s = R"(if (co_await f()) {)";',
    "const auto f = [](int x) -> Task<int> { co_return x; };",
    "run([&] { spawn(start()); }); co_await done;",
    "const auto f = [&x] { return [](int y) -> Task<int> { co_return y; }; };",
    "values[i] = 1; co_await f();",
    "Awaiter operator co_await() && noexcept { return Awaiter{handle_}; }",
]
BAD = [
    "if (co_await f(x)) n++;",
    "while (!stop) { if (co_await f(x)) n++; }",
    "while (co_await f()) {}",
    "for (auto& x : co_await f()) use(x);",
    "switch (co_await f()) {}",
    "co_return co_await f();",
    "return co_await f();",
    "throw co_await f();",
    "g(co_await f());",
    "CHECK(co_await f() == 1);",
    "x = co_await f();",
    "result.tcp = co_await f();",
    "int x = co_await f() + 1;",
    "int x = 1 + co_await f();",
    "bool b = !co_await f();",
    "bool b = co_await f() && co_await g();",
    "auto v = ready ? co_await f() : 0;",
    "auto v = (co_await f()).value;",
    "int v{co_await f()};",
    "const auto [a, b] = co_await f();",
    "v[co_await f()] = 1;",
    "co_await f([s] { use(s); });",
    "co_await f(Request{.name = n});",
    "co_await f({a, b});",
    "const int v = co_await f(g(), Request{1});",
    "case 1: x = co_await f();",
    "scope.spawn([&]() -> Task<void> { co_await f(); }());",
    "const auto f = [this](int x) -> Task<int> { co_return x; };",
    "const auto f = [=] () mutable -> Task<int> { co_yield 1; };",
    "return [x] { co_return x; };",
]


def prove() -> None:
    """Fails when the rule misses a bad sample or finds fault with a good one."""
    for sample in GOOD:
        assert not faults_in(sample, "sample"), f"the rule finds fault with: {sample}"
    for sample in BAD:
        assert faults_in(sample, "sample"), f"the rule misses: {sample}"
    assert faults_in("\n\nif (co_await f()) {}", "sample")[0].startswith("sample:3: ")


def check(paths: list[pathlib.Path], root: pathlib.Path) -> list[str]:
    """The faults in these files, each as `file:line: sentence`."""
    prove()
    faults = []
    for path in paths:
        text = path.read_text()
        if KEYWORDS.search(text):
            faults += faults_in(text, str(path.relative_to(root)))
    return faults


def main() -> int:
    root = pathlib.Path(__file__).resolve().parents[2]
    paths = [path for room in ROOMS for path in sorted((root / room).rglob("*.[ch]pp"))]
    faults = check(paths, root)
    for fault in faults:
        print(fault)
    print(f"{len(paths)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
