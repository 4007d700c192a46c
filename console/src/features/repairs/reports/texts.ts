import { names } from "../names";

export const texts = {
  ...names.reports,
  description: "What was opened, repaired and overdue, and how long repairs took.",
  by: { ride: "Ride", technician: "Technician", zone: "Zone" },
  empty: "No work orders",
  emptyHint: "In these days no work order was opened, done or overdue.",
  columns: {
    opened: "Opened",
    done: "Done",
    overdue: "Overdue",
    repair: "Time to repair",
    failures: "Between failures",
    labour: "Labour",
    parts: "Parts",
    cost: "Cost of parts",
  },
  total: "Total",
  noTechnician: "No technician",
  none: "–",
  hours: (hours: number): string => `${hours.toLocaleString("en", { maximumFractionDigits: 2 })} h`,
  labour: (minutes: number): string => `${(minutes / 60).toLocaleString("en", { maximumFractionDigits: 1 })} h`,
  repair: (hours: string): string => `${hours} to repair`,
  narrow: (done: number, overdue: number, labour: string): string =>
    `${done.toLocaleString("en")} done, ${overdue.toLocaleString("en")} overdue, ${labour} of labour`,
  charts: {
    repair: "Mean time to repair, hours",
    overdue: "Overdue",
    of: (what: string, by: string): string => `${what} by ${by.toLowerCase()}`,
    nothing: "No repair was finished in these days.",
    most: (number: number): string => `Each chart shows the ${number} with the highest values.`,
  },
  days: (from: string, to: string, zone: string): string => `${from} to ${to}, days in ${zone}`,
} as const;
