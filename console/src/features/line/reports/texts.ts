import { names } from "../names";

/** Texts of the report on the battery line. */
export const texts = {
  ...names.reports,
  description: "Yields of packs and tests, what failed, and how capable the process is of each limit.",
  by: { sku: "SKU", batch: "Batch", station: "Station" },
  empty: "Nothing was decided or tested",
  emptyHint: "In these days no pack was decided on and no test was recorded.",
  total: "Total",
  days: (from: string, to: string, zone: string): string => `${from} to ${to}, days in ${zone}`,
  none: "–",
  noStation: "No station",
  columns: {
    firstPass: "First-pass yield",
    finalYield: "Final yield",
    firstDispositions: "First decisions",
    passed: "Passed",
    failed: "Failed",
    quarantined: "Quarantined",
    tests: "Tests",
    testYield: "Yield of tests",
    lowestCpk: "Lowest Cpk",
  },
  percent: (fraction: number): string => `${(fraction * 100).toLocaleString("en", { maximumFractionDigits: 1 })} %`,
  ofPacks: (passed: number, all: number): string => `${passed.toLocaleString("en")} of ${all.toLocaleString("en")}`,
  narrow: (passed: number, failed: number, tests: number): string =>
    `${passed.toLocaleString("en")} passed, ${failed.toLocaleString("en")} failed, ${tests.toLocaleString("en")} tests`,
  charts: {
    yield: "First-pass yield, %",
    yieldBy: (by: string): string => `First-pass yield by ${by}, %`,
    failures: "Failures by measurement",
    below: "Below limit",
    above: "Above limit",
    missing: "Not measured",
    cpk: "Cpk by limit",
    noYield: "No pack was decided on for the first time in these days.",
    noFailures: "No value was outside its limits in these days.",
    noCpk: "Cpk needs two different values of a limit.",
    most: (number: number): string =>
      `Charts show the ${number} lowest yields and Cpk, and the ${number} measurements that failed most.`,
  },
  capability: {
    title: "Capability",
    open: (name: string): string => `Capability of ${name}`,
    none: "No limit was measured in these days.",
    hint: "The band is what passes, the line reaches three standard deviations to both sides of the mean.",
    sources: { disposition: "Decision", packTest: "Test of packs", moduleTest: "Test of modules" },
    source: (source: string, step: string | null): string => (step === null ? source : `${source}, step ${step}`),
    values: (count: number): string => (count === 1 ? "1 value" : `${count.toLocaleString("en")} values`),
    mean: (mean: string, deviation: string | null, unit: string): string =>
      deviation === null ? `mean ${mean} ${unit}` : `mean ${mean} ${unit}, standard deviation ${deviation} ${unit}`,
    outside: (below: number, above: number, missing: number): string =>
      `${below.toLocaleString("en")} below, ${above.toLocaleString("en")} above, ${missing.toLocaleString("en")} not measured`,
    cp: (cp: string): string => `Cp ${cp}`,
    cpk: (cpk: string): string => `Cpk ${cpk}`,
    between: (min: string, max: string): string => `Limits: ${min} to ${max}`,
    atLeast: (min: string): string => `Limit: at least ${min}`,
    atMost: (max: string): string => `Limit: at most ${max}`,
    spread: (low: string, mean: string, high: string, limits: string): string =>
      `${limits}; mean ${mean}, three standard deviations from ${low} to ${high}`,
    onlyMean: (mean: string, limits: string): string => `${limits}; mean ${mean}`,
  },
} as const;
