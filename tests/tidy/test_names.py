"""One class name, one class; and no module is imported, however indirectly, by what it imports."""

from __future__ import annotations

import ast
from collections import defaultdict

import grimp

from tests.tidy.sources import project_sources


def test_class_names_are_unique_in_the_package() -> None:
    places = defaultdict(list)
    for source in project_sources():
        if source.under("src"):
            for node in ast.walk(source.tree):
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(source.path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_modules_import_each_other_in_no_circle() -> None:
    graph = grimp.build_graph("papertape", exclude_type_checking_imports=False)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert circles(imports) == []


def test_a_circle_is_found() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a", "e"}, "e": set[str]()}
    assert circles(imports) == [{"a", "b", "c"}]


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """The largest sets of modules that all reach one another."""
    reached = {module: _reached(imports, module) for module in imports}
    found: list[set[str]] = []
    for module in sorted(imports):
        circle = {other for other in reached[module] if module in reached.get(other, ())}
        if len(circle) > 1 and circle not in found:
            found.append(circle)
    return found


def _reached(imports: dict[str, set[str]], start: str) -> set[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        for module in imports.get(waiting.pop(), ()):
            if module not in seen:
                seen.add(module)
                waiting.append(module)
    return seen
