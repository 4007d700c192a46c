"""The whole API against its own descriptions: whatever is sent, no crash and no answer that is not described.

The description is all that schemathesis knows. It sends what is allowed and what is not to every operation, on a stack
of its own with something to work on, until its time is over. `FUZZING_S=600` gives it more seconds; with many of
them it also tries every bound that the description names, and follows what one answer says into the next call.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.environment import examples
from tests.system.clients import Person, Stack
from tests.system.fuzzing_hooks import KNOWN
from tests.system.repairs import repair, upload
from tests.system.servers import PASSWORD, ROOT, clean_environment, running

BUDGET_S = int(os.environ.get("FUZZING_S", "30"))  # noqa: TID251 - chosen by who starts the tests
LONG_S = 120
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
ENDS_THE_SESSION = ("logout", "scanner_logout", "end_other_sessions")
"""Operations that are excluded, by their ids."""


def known(stack: Stack, admin: Person) -> dict[str, list[str]]:
    """Existing values by the parameters that accept them."""
    orders = admin.get("/v1/work-orders").json()["workOrders"]
    delivery = {"pickup_address": "Dam 1", "dropoff_address": "Amstel 2", "receiver_phone": "+31205550201"}
    placed = stack.person("customer1").post("/v1/orders", delivery).json()["order"]["id"]
    device = admin.post("/v1/devices/register", {"platform": "web", "fcmToken": "t"}).json()["id"]
    notices = stack.person("tech1").get("/v1/me/notifications").json()["items"]
    ids = [order["id"] for order in orders]
    photo = upload(stack.person("tech2"), repair(stack)).json()["id"]
    technicians = sorted({order["technicianId"] for order in orders if order["technicianId"]})
    return {
        "work_order_id": ids,
        "workOrderId": ids,
        "technicianId": technicians,
        "checklist_ref": ["CL-2041", "CL-2042"],
        "checklistRef": ["CL-2041", "CL-2042"],
        "itemRef": ["A-1", "B-1"],
        "order_id": [placed],
        "courier_id": [admin.user_id],
        "user_id": [stack.person("viewer1").user_id],
        "code": ["VIEW_ONLY"],
        "device_id": [device],
        "notice_id": [notice["id"] for notice in notices],
        "photo_id": [photo],
        "If-Match": ["1", "2", "3", "4"],
    }


def schemathesis(
    stack: Stack, admin: Person, folder: Path, document: str, phases: str
) -> tuple[int, str, dict[str, Any]]:
    """Run schemathesis with a document and return exit code, output and report."""
    report, each = folder / "report.json", "40" if BUDGET_S >= LONG_S else str(examples(3))
    arguments = [
        *("run", f"{stack.base}/v1/{document}", "--header", f"Authorization: Bearer {admin.token}"),
        *("--checks", ",".join(CHECKS), "--phases", phases),
        *("--max-time", str(BUDGET_S), "--max-examples", each, "--seed", "1", "--no-color"),
        *("--report-json-path", str(report), "--warnings", "off", "--request-timeout", "30"),
    ]
    for operation in ENDS_THE_SESSION:
        arguments += ["--exclude-operation-id", operation]
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *arguments],
        cwd=folder,
        env=clean_environment(
            SCHEMATHESIS_HOOKS="tests.system.fuzzing_hooks",
            PYTHONPATH=str(ROOT),
            **{KNOWN: json.dumps(known(stack, admin))},
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{done.stdout}\n{done.stderr}"
    return done.returncode, said, json.loads(report.read_text()) if report.exists() else {}


LONG_PHASES = "examples,coverage,fuzzing,stateful"
DOCUMENTS = {
    "openapi.json": LONG_PHASES if BUDGET_S >= LONG_S else "examples,fuzzing",
    "openapi-3.0.json": LONG_PHASES if BUDGET_S >= LONG_S else "examples",  # the same requests would be sent twice
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_generated_requests_get_documented_responses(tmp_path: Path, document: str) -> None:
    with running() as server:
        stack = Stack(server.base, PASSWORD)
        code, said, report = schemathesis(stack, stack.person("admin"), tmp_path, document, DOCUMENTS[document])
        stack.close()
    assert code == 0, said
    operations = report["operations"]
    assert operations["tested"] == operations["selected"] == operations["total"] - len(ENDS_THE_SESSION)
