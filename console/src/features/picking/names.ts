/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = {
  navigation: { assignments: "Picking", queue: "Pick queue", rejected: "Rejected scans", shorts: "Short lines" },
  assignments: { title: "Picking" },
  queue: { title: "Pick queue" },
  rejected: { title: "Rejected scans" },
  shorts: { title: "Short lines" },
} as const;
