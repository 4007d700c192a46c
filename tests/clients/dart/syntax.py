"""`python syntax.py FOLDER`: parse all Dart files and check that each type that they name is declared.

It stands in for Dart's analyzer where there is no SDK: a class that cannot be parsed or does not exist is found, a
wrong type is not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import tree_sitter_dart_orchard
from tree_sitter import Language, Node, Parser

DECLARATIONS = {"class_definition", "class_declaration", "enum_declaration", "type_alias", "extension_declaration"}
# Types of Dart's libraries and of the packages that the generated code imports, and its type parameters.
LIBRARIES = {
    *(
        "ArgumentError",
        "Duration",
        "DateTime",
        "Exception",
        "Function",
        "Future",
        "FutureOr",
        "Iterable",
        "List",
        "Map",
    ),
    *(
        "MapEntry",
        "Never",
        "Null",
        "Object",
        "Pattern",
        "RegExp",
        "Set",
        "StackTrace",
        "Stream",
        "String",
        "StringBuffer",
    ),
    *("Type", "UnsupportedError", "Uri", "bool", "double", "dynamic", "int", "num", "void"),
    *("BaseRequest", "ByteStream", "Client", "ClientException", "DateFormat", "HandshakeException", "HttpStatus"),
    *("IOException", "MediaType", "MultipartFile", "MultipartRequest", "Request", "Response", "SocketException"),
    *("StreamedRequest", "StreamedResponse", "TlsException"),
    *("K", "T", "V"),
}
# The generator's own file, which calls a nullable function field with `!()`; the grammar does not know that.
UNPARSABLE = {"http_bearer_auth.dart"}


def nodes(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes below it."""
    yield node
    for child in node.children:
        yield from nodes(child)


def main(folder: str) -> int:
    """Return 1 if a file cannot be parsed or names an unknown type."""
    parser = Parser(Language(tree_sitter_dart_orchard.language()))
    files = sorted(path for path in Path(folder).rglob("*.dart") if path.name not in UNPARSABLE)
    declared: set[str] = set()
    used: dict[str, Path] = {}
    problems: list[str] = []
    for path in files:
        root = parser.parse(path.read_bytes()).root_node
        for node in nodes(root):
            name = node.child_by_field_name("name") if node.type in DECLARATIONS else None
            if node.is_error or node.is_missing:
                problems.append(f"{path}:{node.start_point[0] + 1}: syntax error")
            elif name is not None and name.text:
                declared.add(name.text.decode())
            elif node.type == "type_identifier" and node.text:
                used.setdefault(node.text.decode(), path)
    problems += [f"{path}: unknown type {name}" for name, path in used.items() if name not in declared | LIBRARIES]
    print(*problems[:50], f"{len(files)} files, {len(declared)} types, {len(problems)} problems", sep="\n")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
