"""The rule that keeps rules pure finds what it is there to find."""

import pytest
from grimp import ImportGraph

from tests.architecture import PureContract

GEO, RULES, SERVICE = "baton.dispatch.geo", "baton.dispatch.rules", "baton.dispatch.service"


def _strangers(*imports: tuple[str, str], exceptions: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return what the contract objects to in these imports, when `geo` and the rules are to be pure."""
    graph = ImportGraph()
    for module in (GEO, RULES, SERVICE, "baton.identity.rules"):
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    options = {"modules": ["baton.*.rules", GEO], "exceptions": list(exceptions)}
    contract = PureContract("pure", {"root_packages": ["baton"]}, options)
    check = contract.check(graph, verbose=False)
    strangers: list[tuple[str, str]] = check.metadata["strangers"]
    assert check.kept == (not strangers)
    return strangers


@pytest.mark.parametrize("imported", ["decimal", "collections.abc", GEO, "baton.identity.rules"])
def test_rules_may_import_the_standard_library_and_other_pure_modules(imported: str) -> None:
    assert _strangers((RULES, imported)) == []


@pytest.mark.parametrize("imported", ["pynamodb", "msgspec", SERVICE])
def test_rules_may_import_nothing_else(imported: str) -> None:
    assert _strangers((RULES, imported)) == [(RULES, imported)]


def test_a_module_named_beside_the_rules_is_held_to_the_same() -> None:
    assert _strangers((GEO, "botocore"), (RULES, GEO)) == [(GEO, "botocore")]


def test_whoever_is_not_pure_imports_what_it_likes() -> None:
    assert _strangers((SERVICE, "pynamodb"), (SERVICE, RULES)) == []


def test_an_exception_allows_one_import_of_one_module() -> None:
    allowed = (f"{GEO} -> biip",)
    assert _strangers((GEO, "biip"), exceptions=allowed) == []
    assert _strangers((RULES, "biip"), exceptions=allowed) == [(RULES, "biip")]
