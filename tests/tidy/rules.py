"""The project's own rules that lint tools do not know. Each rule takes a file and returns its findings."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.tidy.sources import Function, Source

FILE_LINES = 400
FUNCTION_LINES = 60
SLEEP_SECONDS = 0.5

BANNED_MODULES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base"}
PRODUCTS = {
    "spot", "mix", "margin", "convert", "p2p", "futures", "tax", "insight", "insights", "announcement",
    "announcements", "copytrading", "broker", "earn", "subaccount", "subaccounts", "loan", "loans",
}  # fmt: skip
PURE = ("src/papertape/engine", "src/papertape/operations")
MARK = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bnoqa\b|type:\s*ignore|pragma:\s*no cover")
LICENCE = re.compile(r"copyright|spdx-|licensed under|all rights reserved", re.IGNORECASE)
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")

Rule = Callable[[Source], list[str]]


def file_size(source: Source) -> list[str]:
    """No file longer than ``FILE_LINES``."""
    lines = source.text.count("\n")
    return [source.at(lines, f"{lines} lines; at most {FILE_LINES}")] if lines > FILE_LINES else []


def function_size(source: Source) -> list[str]:
    """No function longer than ``FUNCTION_LINES``, docstring included."""
    return [
        source.at(function.lineno, f"{function.name} has {length} lines; at most {FUNCTION_LINES}")
        for function in source.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]


def module_names(source: Source) -> list[str]:
    """A module's name says what is in it; drawers for odds and ends are banned."""
    return [
        source.at(1, f"{part} says nothing about what is inside")
        for part in source.path.removesuffix(".py").split("/")
        if part in BANNED_MODULES
    ]


def precise_handlers(source: Source) -> list[str]:
    """An ``except`` names the errors that it can do something about; one that catches all raises again or logs it."""
    found = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = ast.unparse(node.type) if node.type else "everything"
        if not _shows_error(node) and re.search(r"\b(everything|Exception|BaseException)\b", caught):
            found.append(source.at(node.lineno, f"catches {caught}"))
    return found


def _shows_error(handler: ast.ExceptHandler) -> bool:
    first, last = handler.body[0], handler.body[-1]
    logs = isinstance(first, ast.Expr) and re.match(r"(\w+\.)*exception\(", ast.unparse(first)) is not None
    return logs or (isinstance(last, ast.Raise) and last.exc is None)


def no_marks(source: Source) -> list[str]:
    """No unfinished business and no switched-off check."""
    found = [source.at(line, match[0]) for line, text in source.comments if (match := MARK.search(text))]
    if (ast.get_docstring(source.tree) or "").startswith("TODO"):
        found.append(source.at(1, "TODO"))
    return found


def no_licence_headers(source: Source) -> list[str]:
    """The licence stands once, in its own file."""
    return [source.at(line, text) for line, text in source.comments if LICENCE.search(text)]


def exact_money(source: Source) -> list[str]:
    """The exchange's rules hold no float: no literal, no call, no annotation."""
    if not source.under(*PURE):
        return []
    return [
        source.at(node.lineno, "float")
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]


def no_set_order(source: Source) -> list[str]:
    """The exchange's rules walk no set: its order differs from one process to the next."""
    if not source.under(*PURE):
        return []
    walked: list[ast.expr] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            walked.append(node.iter)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"list", "tuple"}:
            walked.extend(node.args)
    return [source.at(node.lineno, f"walks {ast.unparse(node)}") for node in walked if _is_set(node)]


def _is_set(node: ast.expr) -> bool:
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"set", "frozenset"}
    return made or isinstance(node, ast.Set | ast.SetComp)


def no_products_in_gateway(source: Source) -> list[str]:
    """The gateway names no product, neither in a name nor in a string; prose may."""
    if not source.under("src/papertape/gateway"):
        return []
    return [
        source.at(line, f"names a product: {text}")
        for line, text in _names_and_strings(source)
        if PRODUCTS & {word.lower() for word in WORD.findall(text)}
    ]


def _names_and_strings(source: Source) -> Iterator[tuple[int, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            if id(node) not in source.docstrings:
                yield node.lineno, node.value if isinstance(node.value, str) else node.value.decode("latin-1")
        elif isinstance(node, ast.alias):
            yield node.lineno, node.name
        else:
            line = getattr(node, "lineno", 1)
            names = (getattr(node, part, None) for part in ("id", "attr", "name", "arg", "module"))
            yield from ((line, name) for name in names if isinstance(name, str))


def tests_claim(source: Source) -> list[str]:
    """Every test asserts something or expects an error, by itself or through a function of its file."""
    if not source.under("tests"):
        return []
    claiming = {function.name for function in source.functions() if _claims(function, set())}
    return [
        source.at(function.lineno, f"{function.name} asserts nothing")
        for function in source.functions()
        if function.name.startswith("test_") and not _claims(function, claiming)
    ]


def _claims(function: Function, claiming: set[str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called == "raises" or called in claiming:
                return True
    return False


def real_parts(source: Source) -> list[str]:
    """Tests use the parts as they are: no mocks."""
    if not source.under("tests"):
        return []
    imported = [node for node in ast.walk(source.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return [
        source.at(node.lineno, "imports a mock")
        for node in imported
        if {"mock", "pytest_mock"} & set(re.findall(r"\w+", ast.unparse(node)))
    ]


def short_sleeps(source: Source) -> list[str]:
    """No test waits long on the clock: it waits for what it wants to see."""
    if not source.under("tests"):
        return []
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    return [source.at(call.lineno, ast.unparse(call)) for call in calls if _sleeps(call) > SLEEP_SECONDS]


def _sleeps(node: ast.Call) -> float:
    if not node.args or not isinstance(node.args[0], ast.Constant):
        return 0
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    seconds = node.args[0].value
    return seconds if called == "sleep" and isinstance(seconds, int | float) else 0


def declares_endpoints(source: Source) -> bool:
    """Whether the module declares a product area: a class that derives from ``Group``."""
    classes = [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    return any(re.match(r"(\w+\.)?Group\b", ast.unparse(base)) for node in classes for base in node.bases)


def answers_endpoints(source: Source) -> bool:
    """Whether the module registers the function of an endpoint."""
    return any(
        re.match(r"(registry\.)?(command|query|history)\(", ast.unparse(decorator))
        for function in source.functions()
        for decorator in function.decorator_list
    )


RULES: tuple[Rule, ...] = (
    file_size, function_size, module_names, precise_handlers, no_marks, no_licence_headers, exact_money,
    no_set_order, no_products_in_gateway, tests_claim, real_parts, short_sleeps,
)  # fmt: skip
