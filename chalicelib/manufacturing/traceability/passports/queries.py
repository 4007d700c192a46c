"""Reads of battery passports: what is known of a pack, from its SKU, its record and the tests that it passed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from chalicelib.core.decimals import plain
from chalicelib.core.errors import NotFound
from chalicelib.core.settings import Settings
from chalicelib.core.store import get, parallel_pair_reads
from chalicelib.edge.dependencies import Dependencies
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.identity.settings import section_of
from chalicelib.manufacturing.quality.queries import newest_dispositions
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.quality.tests.queries import newest_tests
from chalicelib.manufacturing.quality.tests.tables import UnitTestRecord
from chalicelib.manufacturing.rules import PackStatus
from chalicelib.manufacturing.sku_spec import Measurement, PassportValue
from chalicelib.manufacturing.tables import Pack, Sku, pack_key, sku_key
from chalicelib.manufacturing.traceability.identifiers import digital_link
from chalicelib.manufacturing.traceability.passports.attributes import ATTRIBUTES, MEASURED_AS
from chalicelib.manufacturing.traceability.passports.errors import NoPassportAddress
from chalicelib.manufacturing.traceability.passports.rules import (
    PUBLISHED,
    PassportScope,
    PassportToken,
    parse_token,
)
from chalicelib.manufacturing.traceability.settings import TRACEABILITY
from chalicelib.manufacturing.traceability.units import measurement_unit

Measured = UnitTestRecord | DispositionRecord
_TENTH = Decimal("0.1")


class PassportRead(NamedTuple):
    """What is known of a pack, by the names of attributes, and the address of its public page, if it has one."""

    pack: Pack
    scope: PassportScope
    values: Mapping[str, PassportValue]
    address: str | None


def get_passport(
    pack: Pack, organisation: Organisation | None, scope: PassportScope, settings: Settings
) -> PassportRead:
    """Return the passport of a pack. The measurements are read only for a view that shows them."""
    reads: list[Callable[[], Sequence[Measured]]] = []
    if scope is PassportScope.RESTRICTED:
        reads = [partial(newest_tests, pack.pk), partial(newest_dispositions, pack.pk)]
    [sku], records = parallel_pair_reads([partial(get, sku_key(pack.org_id, pack.sku_id))], reads)
    measured = measured_values(pack, chain.from_iterable(records))
    link = digital_link_of(pack, organisation)
    return PassportRead(pack, scope, known_values(pack, sku, measured, link), page_address(pack, settings))


def open_passport(text: str, deps: Dependencies) -> PassportRead:
    """Return the public passport that a token names.

    Raise `NotFound` unless the pack was sealed once and is not void, and `RateLimited`.
    """
    token = parse_token(text)
    if token is None:
        raise NotFound
    of_pack, of_organisation = pack_key(token.org_id, token.pack_id), organisation_key(token.org_id)
    caller = f"passport:{token.pack_id}"
    found = deps.rate_limits.read(token.org_id, caller, [of_pack, of_organisation])
    pack = found.get(of_pack)
    if pack is None or pack.status not in PUBLISHED:
        raise NotFound
    deps.rate_limits.count(token.org_id, caller)
    return get_passport(pack, found.get(of_organisation), PassportScope.PUBLIC, deps.settings)


def get_qr_address(pack: Pack, organisation: Organisation | None, settings: Settings) -> str:
    """Return what the QR code of a pack holds: its Digital Link if it has a GTIN, else the address of its public page.

    Raise `NoPassportAddress` if it has neither, and for a void pack.
    """
    address = digital_link_of(pack, organisation) or page_address(pack, settings)
    if address is None or pack.status == PackStatus.VOID:
        raise NoPassportAddress(details={"packId": pack.item_id, "state": pack.status})
    return address


def page_address(pack: Pack, settings: Settings) -> str | None:
    """Return the address of the public page of a passport; None without such pages, and for a void pack."""
    if not settings.passport_url or pack.status == PackStatus.VOID:
        return None
    return f"{settings.passport_url}{PassportToken(pack.org_id, pack.item_id).text}"


def digital_link_of(pack: Pack, organisation: Organisation | None) -> str | None:
    """Return the GS1 Digital Link of a pack at the organisation's resolver; None without a GTIN.

    The GTIN is that of the SKU, or of the organisation's settings if the SKU has none of its own.
    """
    settings = section_of(organisation, TRACEABILITY)
    gtins = pack.sku.gtins or settings.gtins.get(pack.sku_id)
    return None if gtins is None else digital_link(settings.digital_link, gtins.pack, pack.serial)


def measured_values(pack: Pack, records: Iterable[Measured]) -> Mapping[str, Measurement]:
    """Return the newest measurements with which a pack passed since it was sealed last, by the names of attributes.

    `records` has the tests before the dispositions. A measurement counts if it has the unit of the attribute.
    """
    if pack.sealed_at is None:
        return {}
    passed = [record for record in records if record.at >= pack.sealed_at and _has_passed(record)]
    return dict(_matched(record.measurements or {} for record in sorted(passed, key=attrgetter("at"))))


def _has_passed(record: Measured) -> bool:
    return record.has_passed if isinstance(record, UnitTestRecord) else record.disposition == Disposition.PASS


def _matched(sets: Iterable[Mapping[str, Measurement]]) -> Iterable[tuple[str, Measurement]]:
    attributes = [(ATTRIBUTES[name], names) for name, names in MEASURED_AS.items()]
    for measurements in sets:
        for measured, measurement in measurements.items():
            for attribute, names in attributes:
                if measured.casefold() in names and _is_in(measurement.unit, attribute.unit or ""):
                    yield attribute.name, measurement


def _is_in(unit: str, expected: str) -> bool:
    """Return whether two texts are spellings of the same unit."""
    return unit == expected or (measurement_unit(unit) or unit) == measurement_unit(expected)


def known_values(
    pack: Pack, sku: Sku | None, measured: Mapping[str, Measurement], link: str | None
) -> Mapping[str, PassportValue]:
    """Return everything that is known of a pack by the names of attributes, in no order."""
    spec = pack.sku
    values = {
        "model": _text(spec.name),
        "modelCode": _text(spec.sku_code),
        "chemistry": _text(spec.chemistry),
        "ratedCapacity": _quantity("ratedCapacity", spec.nominal_capacity),
        "nominalVoltage": _quantity("nominalVoltage", spec.nominal_voltage),
        "serialNumber": _text(pack.serial),
        "identifier": _text(link),
        "manufacturingDate": _text(None if pack.sealed_at is None else f"{pack.sealed_at:%Y-%m}"),
        "cellCount": _quantity("cellCount", Decimal(spec.cells_per_module * spec.modules_per_pack)),
        "status": _text(_status(pack)),
        "stateOfHealth": _quantity("stateOfHealth", _state_of_health(spec.nominal_capacity, measured)),
        **{name: _quantity(name, measurement.value) for name, measurement in measured.items()},
        **((sku.passport if sku is not None else None) or {}),
    }
    return {name: value for name, value in values.items() if value is not None}


def _text(text: str | None) -> PassportValue | None:
    return None if text is None else PassportValue(text=text)


def _quantity(name: str, value: Decimal | None) -> PassportValue | None:
    return None if value is None else PassportValue(value=value, unit=ATTRIBUTES[name].unit)


def _status(pack: Pack) -> str | None:
    """Return `original` for a pack that did not come back; what became of another one is not known here."""
    return "original" if pack.returned_at is None and pack.status != PackStatus.VOID else None


def _state_of_health(rated: Decimal | None, measured: Mapping[str, Measurement]) -> Decimal | None:
    """Return the measured capacity in percent of the rated one."""
    capacity = measured.get("measuredCapacity")
    return None if rated is None or capacity is None else plain((100 * capacity.value / rated).quantize(_TENTH))
