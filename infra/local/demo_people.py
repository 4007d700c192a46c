"""The people of the demo organisations. The documentation refers to their user names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A user of a demo organisation; phone numbers and pictures are fictitious."""

    username: str
    full_name: str
    role: str
    phone: str | None = None
    profile_picture: str | None = None


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """A demo organisation and its people."""

    org_id: str
    name: str
    people: tuple[DemoPerson, ...]


def _courier(username: str, full_name: str, line: int) -> DemoPerson:
    picture = f"https://pictures.example/{username}.jpg"
    return DemoPerson(username, full_name, "courier", f"+3120555{line:04d}", picture)


def _customer(username: str, full_name: str, line: int) -> DemoPerson:
    return DemoPerson(username, full_name, "customer", f"+3120555{line:04d}")


DEMO = DemoOrganisation(
    "demo",
    "Demo",
    (
        DemoPerson("admin", "Ada Smit", "SYSTEM_ADMIN"),
        _courier("courier1", "Noor de Vries", 101),
        _courier("courier2", "Sem Bakker", 102),
        _courier("courier3", "Lotte Visser", 103),
        _courier("courier4", "Daan Mulder", 104),
        _courier("courier5", "Yara el Idrissi", 105),
        _customer("customer1", "Emma Jansen", 201),
        _customer("customer2", "Milan Peeters", 202),
        _customer("customer3", "Sofie Dekker", 203),
        DemoPerson("dispatcher1", "Bram Kuiper", "dispatcher"),
        DemoPerson("picker1", "Finn de Boer", "picker"),
        DemoPerson("picker2", "Julia Maas", "picker"),
        DemoPerson("picker3", "Omar Haddad", "picker"),
        DemoPerson("operative1", "Tess Vermeer", "operative"),
        DemoPerson("supervisor1", "Ruben Kok", "supervisor"),
        DemoPerson("packer1", "Isa Willems", "packer"),
        DemoPerson("packer2", "Lars Huisman", "packer"),
        DemoPerson("tech1", "Mees van Dijk", "TECH"),
        DemoPerson("tech2", "Zoe Brouwer", "TECH"),
        DemoPerson("maint1", "Hugo Prins", "MAINT_TL"),
        DemoPerson("ops1", "Eva Schouten", "OPS_TL"),
        DemoPerson("manager1", "Nina Hoekstra", "STORE_MANAGER"),
        DemoPerson("production1", "Jesse Postma", "PRODUCTION"),
        DemoPerson("qa1", "Fleur Scholten", "QA"),
        DemoPerson("shift1", "Thijs Blom", "SUPERVISOR"),
        DemoPerson("viewer1", "Anna Verhoeven", "VIEW_ONLY"),
    ),
)

OTHER = DemoOrganisation(
    "other",
    "Other",
    (
        DemoPerson("other-admin", "Otto Admiraal", "SYSTEM_ADMIN"),
        _courier("other-courier1", "Olga Courtois", 901),
        _customer("other-customer1", "Oscar Klant", 902),
        DemoPerson("other-packer1", "Odette Pakker", "packer"),
        DemoPerson("other-production1", "Olaf Productie", "PRODUCTION"),
    ),
)

ORGANISATIONS = (DEMO, OTHER)
