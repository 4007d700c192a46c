"""The generators, how each is called, and how what it generates is compiled.

A client has a folder of its own below build/clients: its sources are copied there, and its commands run there. Options
beyond those here are not needed to use the API with a generator.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
OPENAPI_31 = "../openapi.json"
OPENAPI_30 = "../openapi-3.0.json"

Command = tuple[str, ...]
"""A program and its arguments. `{python}`, `{jar}` and `{maven}` stand for what the run installs."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client to generate and compile, and how to run its flows if it has some."""

    name: str
    language: str
    generator: str
    version: str
    document: str
    needs: tuple[str, ...]
    """Programs that have to be installed on the machine."""
    sources: tuple[str, ...]
    """Files below tests/clients. A path `folder/*->other` copies the files of a folder into another one."""
    commands: tuple[Command, ...]
    flows: Command | None = None
    notes: str = ""
    success: str = "yes"
    """What the table says about a client whose commands succeed."""


def clients() -> tuple[Client, ...]:
    """Return all clients, those that take longest first."""
    return (_kotlin(), *_go(), _java(), *_typescript(), *_python(), _dart())


def _kotlin() -> Client:
    return Client(
        name="kotlin",
        language="Kotlin",
        generator="openapi-generator `kotlin`",
        version=_python_pin("openapi-generator-cli"),
        document="3.0",
        needs=("java", "mvn"),
        sources=("kotlin/pom.xml->.", "kotlin/*.kt->flows"),
        commands=(_openapi_generator("kotlin", OPENAPI_30, packageName="baton"), _maven("compile")),
        flows=("java", "-cp", "target/classes:target/libraries/*", "FlowsKt"),
        notes="`jvm-okhttp4` with Moshi, its defaults. Name arguments: their order follows the document",
    )


def _java() -> Client:
    packages = {"invokerPackage": "baton", "apiPackage": "baton.api", "modelPackage": "baton.model"}
    return Client(
        name="java",
        language="Java",
        generator="openapi-generator `java`",
        version=_python_pin("openapi-generator-cli"),
        document="3.0",
        needs=("java", "mvn"),
        sources=("java/pom.xml->.",),
        commands=(_openapi_generator("java", OPENAPI_30, library="native", **packages), _maven("compile")),
        notes="`library=native`, for Java 11 and later",
    )


def _go() -> tuple[Client, Client]:
    return (
        Client(
            name="go-oapi-codegen",
            language="Go",
            generator="oapi-codegen",
            version=_pinned("go/go.mod", r"oapi-codegen/oapi-codegen/v2 v(\S+)"),
            document="3.1",
            needs=("go",),
            sources=("go/*->.",),
            commands=(
                ("mkdir", "-p", "baton"),
                ("go", "tool", "oapi-codegen", "--config", "oapi-codegen.yaml", "-o", "baton/api.go", OPENAPI_31),
                ("go", "vet", ".", "./baton"),
                ("go", "build", "-o", "flows", "."),
            ),
            flows=("./flows",),
            notes="`always-prefix-enum-values`: names of values stay the same when others are added",
        ),
        Client(
            name="go-openapi-generator",
            language="Go",
            generator="openapi-generator `go`",
            version=_python_pin("openapi-generator-cli"),
            document="3.0",
            needs=("java", "go"),
            sources=("go/go.mod->.", "go/go.sum->."),
            commands=(
                _openapi_generator("go", OPENAPI_30, enumClassPrefix="true", withGoMod="false", packageName="baton"),
                ("go", "vet", "./generated"),
            ),
            notes="`enumClassPrefix=true` is needed: several types have values of the same name",
        ),
    )


def _typescript() -> tuple[Client, Client]:
    openapi_typescript = ("node", "../node_modules/openapi-typescript/bin/cli.js")
    return (
        Client(
            name="typescript",
            language="TypeScript",
            generator="openapi-typescript, openapi-fetch",
            version=f"{_npm_pin('openapi-typescript')}, {_npm_pin('openapi-fetch')}",
            document="3.1",
            needs=("node", "npm"),
            sources=("typescript/*.ts->.", "typescript/tsconfig.json->."),
            commands=(
                (*openapi_typescript, OPENAPI_31, "--default-non-nullable=false", "-o", "schema.d.ts"),
                ("node", "../node_modules/typescript/bin/tsc", "--outDir", "js"),
            ),
            flows=("node", "js/flows.js"),
            notes="`--default-non-nullable=false`: fields with a default are optional. Forms take a `bodySerializer`",
        ),
        Client(
            name="typescript-fetch",
            language="TypeScript",
            generator="openapi-generator `typescript-fetch`",
            version=_python_pin("openapi-generator-cli"),
            document="3.0",
            needs=("java", "node", "npm"),
            sources=("typescript/tsconfig.fetch.json->.",),
            commands=(
                _openapi_generator("typescript-fetch", OPENAPI_30),
                ("node", "../node_modules/typescript/bin/tsc", "-p", "tsconfig.fetch.json"),
            ),
            notes="Compiled with `strict`",
        ),
    )


def _python() -> tuple[Client, Client]:
    written = ("--meta", "none", "--overwrite", "--output-path", "baton_client")
    generate = ("generate", "--config", "openapi-python-client.yaml", *written, "--path", OPENAPI_31)
    return (
        Client(
            name="python",
            language="Python",
            generator="openapi-python-client",
            version=_python_pin("openapi-python-client"),
            document="3.1",
            needs=(),
            sources=("python/*->.",),
            commands=(
                ("{python}", "-m", "openapi_python_client", *generate),
                ("{python}", "-m", "mypy", "--strict", "baton_client", "session.py", "flows.py"),
            ),
            flows=("{python}", "flows.py"),
            notes="Checked with `mypy --strict`",
        ),
        Client(
            name="python-openapi-generator",
            language="Python",
            generator="openapi-generator `python`",
            version=_python_pin("openapi-generator-cli"),
            document="3.0",
            needs=("java",),
            sources=(),
            commands=(
                _openapi_generator("python", OPENAPI_30, packageName="baton"),
                ("{python}", "-m", "mypy", "generated/baton"),
                ("env", "PYTHONPATH=generated", "{python}", "-c", "import baton.api, baton.models"),
            ),
            notes="Checked with `mypy`",
        ),
    )


def _dart() -> Client:
    return Client(
        name="dart",
        language="Dart",
        generator="openapi-generator `dart`",
        version=_python_pin("openapi-generator-cli"),
        document="3.0",
        needs=("java",),
        sources=("dart/syntax.py->.",),
        commands=(
            _openapi_generator("dart", OPENAPI_30, pubName="baton"),
            ("{python}", "-m", "mypy", "--strict", "syntax.py"),
            ("{python}", "syntax.py", "generated/lib"),
        ),
        notes="Not analysed: the package indexes that are used here have no SDK. All types that it names exist",
        success="parsed only",
    )


def _openapi_generator(generator: str, document: str, **properties: str) -> Command:
    """Return the call of openapi-generator; without the compilers of the long run, Java takes a third of the time."""
    files = "models,apis,supportingFiles,modelTests=false,apiTests=false,modelDocs=false,apiDocs=false"
    given = ",".join(f"{name}={value}" for name, value in {"hideGenerationTimestamp": "true", **properties}.items())
    quick = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", "{jar}")
    arguments = ("-g", generator, "-i", document, "-o", "generated", "--skip-validate-spec")
    return (*quick, "generate", *arguments, f"--global-property={files}", f"--additional-properties={given}")


def _maven(goal: str) -> Command:
    return ("mvn", "-q", "-B", "-Dmaven.repo.local={maven}", goal)


def _python_pin(name: str) -> str:
    return _pinned("requirements.txt", rf"^{re.escape(name)}==(\S+)")


def _npm_pin(name: str) -> str:
    lock = json.loads((HERE / "typescript" / "package-lock.json").read_text())
    return str(lock["packages"][f"node_modules/{name}"]["version"])


def _pinned(file: str, pattern: str) -> str:
    found = re.search(pattern, (HERE / file).read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{file} has no pin {pattern}")
    return found[1]
