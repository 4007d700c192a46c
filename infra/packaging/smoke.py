"""Tests an unpacked package: uses all parts of the libraries that Baton needs, in a process without other libraries.

This proves that the parts that `vendor.py` removes are not needed.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from infra.packaging.measure import environment
from infra.packaging.vendor import SERVICES

_SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import app
from chalicelib.core import aws

for service in sys.argv[2].split():
    aws.client(service, "http://127.0.0.1:9" if service == "apigatewaymanagementapi" else "")

from argon2 import PasswordHasher
hasher = PasswordHasher()
assert hasher.verify(hasher.hash("a long enough password"), "a long enough password")

import io
from PIL import Image
for kind in ("JPEG", "PNG", "WEBP"):
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, kind)
    assert Image.open(data).convert("L").resize((2, 2)).getpixel((0, 0))

from chalicelib.manufacturing.traceability.passports.qr import qr_svg
assert qr_svg("https://baton.example/passport#demo.PCK-1").startswith("<svg")

from PIL import ImageCms
profile = ImageCms.createProfile("sRGB")
assert ImageCms.profileToProfile(Image.new("RGB", (2, 2), "red"), profile, profile).getpixel((0, 0))

from chalicelib.packing.boxes.label_graphics import is_drawn, line_graphic
assert is_drawn("Zakład Łódź") and line_graphic("Zakład Łódź", 30).startswith("^GFA,")

from biip import parse
assert parse("00373400306809981733").gs1_message.element_strings.get(ai="00")

import zoneinfo
zoneinfo.reset_tzpath(to=())
assert zoneinfo.ZoneInfo("Europe/Amsterdam").key

import phonenumbers
assert phonenumbers.is_valid_number(phonenumbers.parse("+31205550203"))

from python_multipart import MultipartParser
MultipartParser(b"limit").finalize()
print("works")
"""


class DoesNotWork(Exception):
    """A package lacks a part that Baton needs; the message is Python's."""


def smoke(python: str, folder: Path) -> None:
    """Raise `DoesNotWork` if a part is missing. The package has to be built for this machine."""
    command = [python, "-S", "-c", _SCRIPT, str(folder), " ".join(sorted(SERVICES))]
    process = subprocess.run(command, env=environment(), check=False, capture_output=True, text=True)
    if process.returncode or not process.stdout.endswith("works\n"):
        raise DoesNotWork(process.stderr.strip().rpartition("\n")[2])
