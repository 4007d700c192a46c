"""The demo data of manufacturing: the previous day of a production line, created through the API.

One batch is completed, with a pack that passed. Another is in progress: a pack in quarantine, a pack with room for a
module, a sealed module to bind to it, and a module with room for cells. Another SKU can be activated. So every step of
the line can be tried at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from infra.local.demo_story import PastClock, Teller

_LIMITS = {
    "Voltage": {"min": 25.2, "max": 29.2, "unit": "V"},
    "Resistance": {"max": 12, "unit": "mOhm"},
}
_SKU = {
    "name": "Home storage 8S",
    "skuCode": "HS-8S",
    "chemistry": "LFP",
    "cellsPerModule": 4,
    "modulesPerPack": 2,
    "nominalVoltage": 25.6,
    "nominalCapacity": 100,
    "limits": _LIMITS,
    "passport": {
        "manufacturer": {"text": "Volta Cells AG, Bahnhofstrasse 1, 6300 Zug"},
        "batteryCategory": {"text": "industrial"},
        "manufacturingPlace": {"text": "Zug, Switzerland"},
        "weight": {"value": 24.5, "unit": "kg"},
        "hazardousSubstances": {"text": "Lithium hexafluorophosphate"},
        "extinguishingAgent": {"text": "Water"},
        "criticalRawMaterials": {"text": "Lithium, natural graphite, phosphorus"},
        "carbonFootprint": {"value": 61.4, "unit": "kgCO2e/kWh"},
        "minimumVoltage": {"value": 20, "unit": "V"},
        "maximumVoltage": {"value": 29.2, "unit": "V"},
        "expectedCycles": {"value": 6000, "unit": "cycles"},
        "idleTemperatures": {"min": -20, "max": 55, "unit": "°C"},
        "warranty": {"value": 120, "unit": "months"},
        "cathodeMaterials": {"text": "Lithium iron phosphate"},
        "anodeMaterials": {"text": "Graphite"},
        "disassemblyTools": {"text": "Torque wrench, insulated, 8 mm"},
    },
}
_NEXT_SKU = {**_SKU, "name": "Home storage 16S", "skuCode": "HS-16S", "modulesPerPack": 4, "nominalVoltage": 51.2}
_MEASURED = {
    "Voltage": {"value": 26.4, "unit": "V"},
    "Resistance": {"value": 9.1, "unit": "mOhm"},
    "Capacity": {"value": 102.3, "unit": "Ah"},
}
_DOUBTFUL = {"Voltage": {"value": 26.3, "unit": "V"}, "Resistance": {"value": 12.4, "unit": "mOhm"}}
_LOTS = ("LOT-2409-A", "LOT-2409-B")

Data = dict[str, Any]


class Shift:
    """A day on the production line."""

    people: ClassVar[frozenset[str]] = frozenset({"admin", "shift1", "production1", "qa1"})
    age: ClassVar[timedelta] = timedelta(days=1)

    def __init__(self, clock: PastClock, teller: Teller) -> None:
        self._clock = clock
        self._voices = {name: teller.sign_in(name) for name in sorted(self.people)}
        self._cells = 0

    def play(self) -> None:
        """Create the data."""
        sku = self._post("shift1", "/v1/skus", _SKU)
        self._patch("admin", f"/v1/skus/{sku['id']}/activate")
        self._post("shift1", "/v1/skus", _NEXT_SKU)
        done = self._batch(sku, "Pilot run")
        self._decide(self._full_pack(done, 1), "PASS", _MEASURED)
        self._patch("shift1", f"/v1/batches/{done['id']}/complete")
        running = self._batch(sku, "First series")
        self._decide(self._full_pack(running, 2), "QUARANTINE", _DOUBTFUL, "Resistance is high; measure again.")
        self._pack(running, 3, [self._sealed(running, 31)])
        self._sealed(running, 32)
        self._fill(self._module(running, 33), 2)
        for voice in self._voices.values():
            voice.sign_out()

    def _batch(self, sku: Data, notes: str) -> Data:
        batch = self._post("production1", "/v1/batches", {"skuId": sku["id"], "targetQuantity": 3, "notes": notes})
        return self._patch("production1", f"/v1/batches/{batch['id']}/start")

    def _module(self, batch: Data, number: int) -> Data:
        self._clock.sleep(60)
        return self._post("production1", "/v1/modules", {"batchId": batch["id"], "serial": f"HSM-{number:04d}"})

    def _fill(self, module: Data, cells: int) -> None:
        serials = [f"LFP-{self._cells + number:06d}" for number in range(1, cells + 1)]
        self._cells += cells
        body = {"serials": serials, "lot": _LOTS[self._cells > 10]}
        self._post("production1", f"/v1/modules/{module['id']}/bind-cells", body)

    def _sealed(self, batch: Data, number: int) -> Data:
        module = self._module(batch, number)
        self._fill(module, module["cellsRequired"])
        return self._patch("production1", f"/v1/modules/{module['id']}/seal")

    def _pack(self, batch: Data, number: int, modules: list[Data]) -> Data:
        ids = [module["id"] for module in modules]
        body = {"batchId": batch["id"], "serial": f"HSP-{number:04d}", "moduleIds": ids}
        return self._post("production1", "/v1/packs", body)

    def _full_pack(self, batch: Data, number: int) -> Data:
        pack = self._pack(batch, number, [self._sealed(batch, 10 * number + part) for part in (1, 2)])
        return self._patch("production1", f"/v1/packs/{pack['id']}/seal")

    def _decide(self, pack: Data, disposition: str, measured: Data, notes: str | None = None) -> None:
        self._clock.sleep(600)
        body = {"disposition": disposition, "measurements": measured, "notes": notes}
        self._patch("qa1", f"/v1/packs/{pack['id']}/disposition", body)

    def _post(self, name: str, path: str, body: Data) -> Data:
        made: Data = self._voices[name].post(path, body)["data"]
        return made

    def _patch(self, name: str, path: str, body: Data | None = None) -> Data:
        changed: Data = self._voices[name].call("PATCH", path, body)["data"]
        return changed
