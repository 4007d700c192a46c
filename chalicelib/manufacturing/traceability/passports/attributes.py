"""The attributes of the battery passport: what Annex XIII of Regulation (EU) 2023/1542 asks for, as a table.

Point 1(a) of the annex refers to part A of Annex VI: `VI.A.3` is its point 3. The order is that of the passport, and
docs/battery-passport.md shows the same table.
"""

from collections.abc import Iterator, Mapping

from chalicelib.manufacturing.traceability.passports.rules import Access, Attribute, Need, Source, ValueKind

_GROUPS: Mapping[str, str] = {
    "identity": """
manufacturer | 1(a) VI.A.1 | public | manufacturer | always | text | Name and postal address of the manufacturer
manufacturerContact | 1(a) VI.A.1 | public | manufacturer | optional | text | Web and e-mail address of the manufacturer
batteryCategory | 1(a) VI.A.2 | public | manufacturer | always | choice LMT, EV, industrial | Category of the battery
model | 1(a) VI.A.2 | public | sku | always | text | Model of the battery
modelCode | 1(a) VI.A.2 | public | sku | optional | text | Code of the model
serialNumber | 1(a) VI.A.2 | public | unit | always | text | Serial number
identifier | 1(a) VI.A.2 | public | computed | optional | text | GS1 Digital Link of the battery
manufacturingPlace | 1(a) VI.A.3 | public | manufacturer | always | text | Place of manufacture
manufacturingDate | 1(a) VI.A.4 | public | unit | always | month | Month of manufacture
weight | 1(a) VI.A.5 | public | manufacturer | always | quantity kg | Weight
""",
    "materials": """
chemistry | 1(a) VI.A.7, 1(b) | public | sku | always | text | Chemistry
hazardousSubstances | 1(a) VI.A.8, 1(b) | public | manufacturer | always | text | Hazardous substances (not Hg, Cd, Pb)
extinguishingAgent | 1(a) VI.A.9 | public | manufacturer | always | text | Usable extinguishing agent
criticalRawMaterials | 1(a) VI.A.10, 1(b) | public | manufacturer | always | text | Critical raw materials above 0.1 %
materialComposition | 1(b) | public | manufacturer | always | text | Material composition
recycledCobalt | 1(e) | public | manufacturer | always | quantity % | Recycled cobalt in active materials
recycledLead | 1(e) | public | manufacturer | always | quantity % | Recycled lead in active materials
recycledLithium | 1(e) | public | manufacturer | always | quantity % | Recycled lithium in active materials
recycledNickel | 1(e) | public | manufacturer | always | quantity % | Recycled nickel in active materials
renewableContent | 1(f) | public | manufacturer | always | quantity % | Renewable content
cathodeMaterials | 2(a) | restricted | manufacturer | always | text | Materials of the cathode
anodeMaterials | 2(a) | restricted | manufacturer | always | text | Materials of the anode
electrolyteMaterials | 2(a) | restricted | manufacturer | always | text | Materials of the electrolyte
detailedComposition | 2(a) | restricted | manufacturer | optional | text | Detailed composition of other parts
""",
    "sustainability": """
carbonFootprint | 1(c) | public | manufacturer | always | quantity kgCO2e/kWh | Carbon footprint over the life cycle
carbonFootprintByStage | 1(c) | public | manufacturer | always | text | Carbon footprint of each stage of the life cycle
carbonFootprintClass | 1(c) | public | manufacturer | optional | text | Performance class of the carbon footprint
carbonFootprintStudy | 1(c) | public | manufacturer | always | link | Study of the carbon footprint, public version
dueDiligenceReport | 1(d) | public | manufacturer | always | link | Report on due diligence in sourcing
""",
    "performance": """
ratedCapacity | 1(a) VI.A.6, 1(g) | public | sku | always | quantity Ah | Rated capacity
minimumVoltage | 1(h) | public | manufacturer | always | quantity V | Minimal voltage
nominalVoltage | 1(h) | public | sku | always | quantity V | Nominal voltage
maximumVoltage | 1(h) | public | manufacturer | always | quantity V | Maximum voltage
voltageTemperatures | 1(h) | public | manufacturer | optional | range °C | Temperatures of these voltages
powerCapability | 1(i) | public | manufacturer | always | quantity W | Original power capability
powerLimits | 1(i) | public | manufacturer | always | text | Limits of the power capability
powerTemperatures | 1(i) | public | manufacturer | optional | range °C | Temperatures of the power capability
initialEfficiency | 1(n) | public | manufacturer | always | quantity % | Round trip energy efficiency, initial
efficiencyAtHalfLife | 1(n) | public | manufacturer | always | quantity % | Round trip efficiency at 50 % of cycle life
cellResistance | 1(o) | public | manufacturer | always | quantity mOhm | Internal resistance of a cell
packResistance | 1(o) | public | manufacturer | always | quantity mOhm | Internal resistance of the pack
""",
    "durability": """
expectedCycles | 1(j) | public | manufacturer | always | quantity cycles | Expected lifetime in cycles
lifetimeTest | 1(j) | public | manufacturer | always | text | Reference test of the expected lifetime
exhaustionThreshold | 1(k) | public | manufacturer | ev | quantity % | Capacity threshold for exhaustion
idleTemperatures | 1(l) | public | manufacturer | always | range °C | Temperatures that it withstands when not in use
idleTemperatureTest | 1(l) | public | manufacturer | always | text | Reference test of these temperatures
warranty | 1(m) | public | manufacturer | always | quantity months | Commercial warranty for the calendar life
cycleLifeRate | 1(p) | public | manufacturer | always | quantity C | C-rate of the cycle-life test
""",
    "conformity": """
marking | 1(q) | public | manufacturer | always | text | Marking: separate collection, cadmium and lead
declarationOfConformity | 1(r) | public | manufacturer | always | link | EU declaration of conformity
wasteInformation | 1(s) | public | manufacturer | always | link | Prevention and management of waste batteries
testReports | 3 | authorities | manufacturer | always | link | Reports of the tests that prove compliance
""",
    "dismantling": """
partNumbers | 2(b) | restricted | manufacturer | always | text | Part numbers of components
spareParts | 2(b) | restricted | manufacturer | always | text | Contact details of sources of spare parts
explodedDiagrams | 2(c) | restricted | manufacturer | always | link | Exploded diagrams with the location of the cells
disassemblySequences | 2(c) | restricted | manufacturer | always | link | Sequences of disassembly
fastenings | 2(c) | restricted | manufacturer | always | text | Types and numbers of fastenings to be unlocked
disassemblyTools | 2(c) | restricted | manufacturer | always | text | Tools required for disassembly
damageWarnings | 2(c) | restricted | manufacturer | optional | text | Warnings where parts may be damaged
cellCount | 2(c) | restricted | computed | always | quantity cells | Number of cells
cellLayout | 2(c) | restricted | manufacturer | always | text | Layout of the cells
safetyMeasures | 2(d) | restricted | manufacturer | always | text | Safety measures
""",
    "condition": """
measuredCapacity | 4(a) | restricted | test | always | quantity Ah | Capacity when placed on the market
measuredPower | 4(a) | restricted | test | always | quantity W | Power when placed on the market
measuredResistance | 4(a) | restricted | test | always | quantity mOhm | Internal resistance when placed on the market
measuredEfficiency | 4(a) | restricted | test | optional | quantity % | Round trip efficiency when placed on the market
capacityFade | 4(a) | restricted | use | optional | quantity % | Loss of capacity
powerFade | 4(a) | restricted | use | optional | quantity % | Loss of power
resistanceIncrease | 4(a) | restricted | use | optional | quantity % | Increase of the internal resistance
efficiencyFade | 4(a) | restricted | use | optional | quantity % | Loss of round trip efficiency
stateOfHealth | 4(b) | restricted | computed | always | quantity % | State of health: measured of rated capacity
status | 4(c) | restricted | computed | always | choice original, repurposed, re-used, remanufactured, waste | Status
cycles | 4(d) | restricted | use | optional | quantity cycles | Charging and discharging cycles
negativeEvents | 4(d) | restricted | use | optional | text | Negative events, such as accidents
operatingConditions | 4(d) | restricted | use | optional | text | Operating conditions, including temperature
stateOfCharge | 4(d) | restricted | use | optional | quantity % | State of charge
""",
}

MEASURED_AS: Mapping[str, frozenset[str]] = {
    "measuredCapacity": frozenset({"capacity", "discharge capacity", "dischargecapacity"}),
    "measuredPower": frozenset({"power"}),
    "measuredResistance": frozenset({"resistance", "internal resistance", "internalresistance", "dcir"}),
    "measuredEfficiency": frozenset({"efficiency", "round trip efficiency", "roundtripefficiency"}),
}
"""The names of measurements that are the value of an attribute, without regard to case."""


def _read() -> Iterator[Attribute]:
    for group, rows in _GROUPS.items():
        for row in rows.strip().splitlines():
            name, points, access, source, need, form, title = (cell.strip() for cell in row.split("|"))
            kind, _, detail = form.partition(" ")
            is_choice = kind == ValueKind.CHOICE
            yield Attribute(
                name=name,
                title=title,
                group=group,
                points=points,
                access=Access(access),
                source=Source(source),
                need=Need(need),
                kind=ValueKind(kind),
                unit=None if is_choice or not detail else detail,
                choices=tuple(detail.split(", ")) if is_choice else (),
            )


ATTRIBUTES: Mapping[str, Attribute] = {attribute.name: attribute for attribute in _read()}
"""All attributes by their names, in the order of the passport."""
