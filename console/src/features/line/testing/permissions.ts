/** The permission of those who record tests of modules and packs. */
export const RECORD_TEST = "manufacturing.test.record";
