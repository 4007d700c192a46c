/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = {
  navigation: {
    board: "Picking board",
    assignments: "Picking",
    queue: "Pick queue",
    rejected: "Rejected scans",
    shorts: "Short lines",
    performance: "Pick rates",
  },
  board: { title: "Picking board" },
  assignments: { title: "Picking" },
  queue: { title: "Pick queue" },
  rejected: { title: "Rejected scans" },
  shorts: { title: "Short lines" },
  performance: { title: "Performance of picking" },
} as const;
