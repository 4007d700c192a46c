"""The architecture rule that import-linter has no words for: a pure module.

A module of rules may import the standard library and other pure modules, and nothing else. The linter's own "forbidden"
contract wants the forbidden packages by name, so a new dependency would be allowed until somebody thought of the list;
this one states what is allowed. It looks at direct imports only: whatever a pure module may import is checked itself.
"""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules


class PureContract(Contract):
    """The modules named by `modules` import only the standard library and each other, but for `exceptions`."""

    modules: Any = fields.SetField(subfield=fields.ModuleExpressionField())
    exceptions: Any = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """List every import of a pure module that is neither standard library nor pure."""
        pure = {module.name for module in module_expressions_to_modules(graph, self.modules)}
        strangers = [
            (importer, imported)
            for importer in sorted(pure)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported not in pure
            and imported.partition(".")[0] not in sys.stdlib_module_names
            and f"{importer} -> {imported}" not in self.exceptions
        ]
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the imports that broke the contract."""
        for importer, imported in check.metadata["strangers"]:
            output.print_error(f"{importer} is not allowed to import {imported}", bold=False)
