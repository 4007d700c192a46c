/** The permission of those who read the report on the line. */
export const READ_REPORT = "manufacturing.report.read";
