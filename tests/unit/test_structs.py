"""Struct types that several threads decode for the first time at the same moment."""

import subprocess
import sys

SCRIPT = """
import sys
from threading import Barrier, Thread
from typing import Annotated
import msgspec
from chalicelib.edge.validation import decode_body, decode_query

sys.setswitchinterval(1e-6)
count = msgspec.Meta(ge=0)
for number in range(150):
    part = msgspec.defstruct("Part", [("quantity", Annotated[int, count]), ("name", str), ("codes", list[str])])
    parts = [(f"part{n}", part | None, None) for n in range(6)]
    whole = msgspec.defstruct("Whole", [*parts, ("parts", list[part], [])])
    query = msgspec.defstruct("Query", [("page", Annotated[int, count], 1), ("q", str | None, None)])
    start, results = Barrier(8), []

    def decode(number):
        start.wait()
        body = decode_body(b'{"part1": {"quantity": 1, "name": "a", "codes": ["b"]}}', whole)
        results.append((body.part1.quantity, decode_query({"page": ["3"]}, query).page))

    threads = [Thread(target=decode, args=(number,)) for number in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert results == [(1, 3)] * 8, results
print("decoded")
"""


def test_first_decoding_of_a_type_by_many_threads_does_not_crash() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "decoded"), done.stderr[-500:]
