/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = {
  line: "Battery line",
  traceability: "Traceability",
  tabs: {
    packs: "Packs",
    modules: "Modules",
    batches: "Batches",
    skus: "SKUs",
    holds: "Holds",
    quarantine: "Quarantine",
    reports: "Report",
    trace: "Trace",
    recall: "Recall by lot",
  },
  reports: { title: "Report on the line" },
  lots: { title: "Lots of cells" },
  tracing: { title: "Trace" },
  passport: { title: "Battery passport" },
  recall: { title: "Recall by lot" },
  recalls: { title: "Recall cases" },
} as const;
