/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = {
  board: { title: "Repairs" },
  create: { title: "New work order" },
  schedules: { title: "Schedules" },
<<<<<<< HEAD
  rides: { title: "Rides" },
  checklists: { title: "Checklists" },
=======
  reports: { title: "Repair reports" },
>>>>>>> 96e8b482 (Show reports on repairs in the console, and report the cost of parts by currency)
  mine: { title: "My work orders" },
} as const;
