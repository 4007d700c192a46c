export const READ = "picking.assignment.read";
export const MANAGE = "picking.assignment.manage";
export const RELEASE = "picking.assignment.release";
export const CLOSE = "picking.assignment.close";
export const REVIEW = "picking.event.review";
export const READ_PERFORMANCE = "picking.performance.read";
export const READ_LINES = "picking.state.read";
export const SHORT = "picking.line.short";
